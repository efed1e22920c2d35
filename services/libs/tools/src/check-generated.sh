#!/bin/sh
# The generated contracts in proto/gen are those of the .proto files, and no message changed in a way that old records
# or the other version of a service in a rolling update can't bear.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp -r buf.yaml buf.gen.yaml "$work/"
mkdir "$work/proto"
cp -r proto/portcullis "$work/proto/"
ln -s "$PWD/node_modules" "$work/node_modules"
(cd "$work" && buf generate)
diff -r "$work/proto/gen" proto/gen >&2 || { echo "proto/gen is stale: run 'npm run proto'" >&2; exit 1; }
