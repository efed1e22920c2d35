#!/bin/sh
# Installs the packages of the lock file, once for each state of it, and the one library that the pinned Node needs.
set -eu
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
cd "$here/../../../../.."

mark=node_modules/.portcullis-installed
if ! cmp -s package-lock.json "$mark" 2>/dev/null; then
  command -v npm >/dev/null || { echo "npm is missing: install Node.js 20 or newer with npm first" >&2; exit 1; }
  echo "Installing packages (about 15 seconds to a minute)..." >&2
  npm ci --no-audit --no-fund --loglevel=error >&2
  cp package-lock.json "$mark"
fi
# Node 25 and newer need libatomic1, which a minimal Debian lacks.
if ! node_modules/.bin/node --version >/dev/null 2>&1; then "$here/debian-packages.sh" libatomic1; fi
