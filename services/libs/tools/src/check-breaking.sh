#!/bin/sh
# No message changed in a way that old records, or the other version of a service in a rolling update, can't bear.
# What was promised is what the last release had; before the first one there is nothing to break.
set -eu
release=$(git describe --tags --abbrev=0 --match 'v*' 2>/dev/null) || { echo "no release yet: nothing to compare with"; exit 0; }
buf breaking --against ".git#tag=$release"
