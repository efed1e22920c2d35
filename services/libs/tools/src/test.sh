#!/bin/sh
# All tests: check (with the unit tests), adapters on real stores, the whole product in both modes. Ends with one line:
# N passed, N failed.
set -u
cd "$(dirname -- "$0")/../../../.." || exit 1
PATH=$PWD/node_modules/.bin:$PATH
mkdir -p .cache
TEST_SUMMARY_FILE=$(mktemp .cache/test-summary.XXXXXX)
export TEST_SUMMARY_FILE
trap 'rm -f "$TEST_SUMMARY_FILE"' EXIT
status=0

services/libs/tools/src/check.sh || status=1
printf '\n== adapters on real stores\n'
vitest run --project real || status=1
printf '\n== the whole product\n'
vitest run --project e2e || status=1
printf '\n== the whole product, killed and flooded\n'
vitest run --project alone --no-file-parallelism || status=1

# A step that failed without failing a test counts as one failure.
awk -v status="$status" '{ passed += $1; failed += $2 } END {
  if (status != 0 && failed == 0) failed = 1
  printf "%d passed, %d failed\n", passed, failed
}' "$TEST_SUMMARY_FILE"
exit "$status"
