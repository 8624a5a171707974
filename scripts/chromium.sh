#!/usr/bin/env bash
# A Chromium for the browser tests, where there is none: Debian's package when root and apt are there, Playwright's else.
set -euo pipefail
cd "$(dirname "$0")/.."

python=.venv/bin/python

works() { [[ -x $1 ]] && "$1" --version >/dev/null 2>&1; }

playwrights_own() {
  "$python" - <<'PY'
from playwright.sync_api import sync_playwright

with sync_playwright() as playwright:
    print(playwright.chromium.executable_path)
PY
}

if works /usr/bin/chromium || works "$(playwrights_own)"; then
  exit 0
fi

if [[ $(id -u) == 0 ]] && command -v apt-get >/dev/null; then
  echo "Installing Chromium with apt-get ..." >&2
  export DEBIAN_FRONTEND=noninteractive
  apt=(apt-get -qq -o Acquire::Retries=3 -o Dpkg::Use-Pty=0)
  if "${apt[@]}" update </dev/null && "${apt[@]}" install -y --no-install-recommends chromium </dev/null >/dev/null; then
    # Chinese glyphs, for screenshots that look as they do elsewhere; the tests do without.
    "${apt[@]}" install -y --no-install-recommends fonts-noto-cjk </dev/null >/dev/null || true
  fi
  # On Ubuntu the package of that name is a stub that asks for a snap.
  if works /usr/bin/chromium; then
    exit 0
  fi
fi

echo "Installing Playwright's Chromium ..." >&2
"$python" -m playwright install chromium </dev/null
