#!/usr/bin/env bash
# Install a Chromium for the browser tests if there is none: with apt as root if possible, else with Playwright.
#   scripts/chromium.sh apt
# does no more than what needs no .venv, so that it can run while scripts/venv.sh does.
set -euo pipefail
cd "$(dirname "$0")/.."

python=.venv/bin/python

works() { [[ -x $1 ]] && "$1" --version >/dev/null 2>&1; }

playwright_path() {
  "$python" - 2>/dev/null <<'PY' # it is not there yet where only the app was installed
from playwright.sync_api import sync_playwright

with sync_playwright() as playwright:
    print(playwright.chromium.executable_path)
PY
}

shell=/usr/bin/chromium-headless-shell
if works "$shell"; then
  exit 0
elif [[ ${1:-} == apt && ! -x $python ]]; then
  # Playwright's own cannot be asked for yet: where it has fetched any, the call after scripts/venv.sh decides
  compgen -G "${PLAYWRIGHT_BROWSERS_PATH:-$HOME/.cache/ms-playwright}/chromium*" >/dev/null && exit 0
elif works "$(playwright_path)"; then
  exit 0
fi

# Debian has a Chromium without windows, with which the tests take a quarter less of the CPU. On Ubuntu the package is missing.
if [[ $(id -u) == 0 ]] && command -v apt-get >/dev/null; then
  echo "Installing Chromium's headless shell with apt-get ..." >&2
  export DEBIAN_FRONTEND=noninteractive
  retries=3
  if works /usr/bin/chromium; then retries=0; fi # the tests can do with that one
  apt=(apt-get -qq -o "Acquire::Retries=$retries" -o Acquire::http::Timeout=20 -o Dpkg::Use-Pty=0)
  if "${apt[@]}" update </dev/null &&
    "${apt[@]}" install -y --no-install-recommends chromium-headless-shell </dev/null >/dev/null; then
    # Chinese glyphs, for screenshots that look as they do elsewhere; the tests do without.
    "${apt[@]}" install -y --no-install-recommends fonts-noto-cjk </dev/null >/dev/null || true
  fi
fi
if [[ ${1:-} == apt ]] || works "$shell" || works /usr/bin/chromium; then
  exit 0
fi

echo "Installing Playwright's Chromium ..." >&2
"$python" -m playwright install chromium </dev/null
