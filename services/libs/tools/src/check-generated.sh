#!/bin/sh
# The generated contracts in proto/gen are those of the .proto files.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp -r buf.yaml buf.gen.yaml "$work/"
mkdir "$work/proto"
cp -r proto/portcullis "$work/proto/"
ln -s "$PWD/node_modules" "$work/node_modules"
(cd "$work" && buf generate)
diff -r "$work/proto/gen" proto/gen >&2 || { echo "proto/gen is stale: run 'npm run proto'" >&2; exit 1; }
