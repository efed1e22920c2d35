#!/bin/sh
# Everything that needs no server: format, lint, types, layering, dead code, contracts, generated pages, unit tests.
# Each step runs even when one before it failed, so that one run shows all that is wrong.
set -u
cd "$(dirname -- "$0")/../../../.." || exit 1
PATH=$PWD/node_modules/.bin:$PATH
failed=""

step() {
  name=$1
  shift
  printf '\n== %s\n' "$name"
  "$@" || failed="$failed [$name]"
}

step "format and lint" biome ci --colors=off .
step "contracts: lint" buf lint
step "contracts: format" buf format --diff --exit-code
step "contracts: generated code" services/libs/tools/src/check-generated.sh
step "contracts: nothing breaks" services/libs/tools/src/check-breaking.sh
step "build" tsc -b
step "types of tests" tsc -p tsconfig.tests.json
step "typed lint" oxlint --type-aware --deny-warnings services proto
step "layering" depcruise --config .dependency-cruiser.cjs services proto
step "dead code" knip --no-config-hints
step "generated pages" node services/libs/tools/src/generate-docs.mjs --check
step "unit tests" vitest run --project unit

[ -z "$failed" ] && { printf '\ncheck: all is well\n'; exit 0; }
printf '\ncheck: failed:%s\n' "$failed"
exit 1
