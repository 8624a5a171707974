#!/usr/bin/env bash
# Install what package-lock.json lists into node_modules, with the Node of .venv; a stamp file says when it is up to date.
set -euo pipefail
cd "$(dirname "$0")/.."

PATH="$PWD/.venv/bin:$PATH"
stamp=node_modules/.installed
wanted=$(sha256sum package-lock.json)
if [[ -f $stamp && $(<"$stamp") == "$wanted" ]]; then
  exit 0
fi
npm ci --silent --ignore-scripts </dev/null
printf '%s\n' "$wanted" >"$stamp"
