#!/usr/bin/env bash
# Make .venv if there is none that runs, and install a requirements file into it.
#   scripts/venv.sh requirements.txt
# A stamp file in .venv records what was installed, so a second call returns at once. PYTHON chooses the interpreter for a
# new .venv; TORCH_INDEX_URL, when set, is where torch and torchvision come from (see docs/hosting.md).
set -euo pipefail
cd "$(dirname "$0")/.."

requirements=$1
venv=.venv
python=$venv/bin/python
stamp=$venv/.installed-$(basename "$requirements" .txt)

say() { printf '%s\n' "$*" >&2; }

create() {
  local base=${PYTHON:-python3}
  if ! "$base" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
    say "gan_demo needs Python 3.11 or newer, and '$base' is not. Name one: make run PYTHON=python3.12"
    exit 1
  fi
  say "Making $venv ..."
  rm -rf "$venv"
  if ! "$base" -m venv "$venv"; then
    rm -rf "$venv" # half made
    if ! command -v uv >/dev/null || ! uv venv --python "$(command -v "$base")" "$venv"; then
      say "'$base -m venv' failed. On Debian and Ubuntu: apt-get install python3-venv"
      exit 1
    fi
  fi
}

# Try uv, which is several times faster, then pip, which reads the settings of this machine.
install() {
  if command -v uv >/dev/null && uv pip install --quiet --python "$python" "$@"; then
    return
  fi
  "$python" -m pip --version >/dev/null 2>&1 || "$python" -m ensurepip --upgrade >/dev/null
  "$python" -m pip install --quiet --disable-pip-version-check --no-input "$@"
}

key() { { "$python" --version; echo "${TORCH_INDEX_URL:-}"; cat requirements.txt "$requirements"; } | sha256sum; }

"$python" -c '' 2>/dev/null || create
wanted=$(key)
if [[ -f $stamp && $(<"$stamp") == "$wanted" ]]; then
  exit 0
fi

say "Installing $requirements (torch is large: a minute or two the first time) ..."
if [[ -n ${TORCH_INDEX_URL:-} ]]; then
  grep -E '^torch' requirements.txt >"$venv/torch.txt"
  install --index-url "$TORCH_INDEX_URL" -r "$venv/torch.txt"
fi
install -r "$requirements"
printf '%s\n' "$wanted" >"$stamp"
