#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Runs uv with the arguments given: the one on PATH, else one fetched into .cache/boot.
# pip's settings (index, extra indexes, trust, proxies) are handed to uv by environment and never written down.
set -eu
cd "$(dirname "$0")/.."

is_python() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; }
is_uv() { # 0.5 is the first line that knows UV_DEFAULT_INDEX and UV_INDEX
    "$1" --version 2>/dev/null | grep -Eq '^uv (0\.([5-9]|[1-9][0-9])|[1-9])'
}

find_python() {
    for python in ${LINTAS_PYTHON:-} python3 python3.11 python3.12 python3.13 python3.14 python; do
        if is_python "$python"; then
            command -v "$python"
            return
        fi
    done
}

fetch_uv() { # $1: python
    export PIP_REQUIRE_VIRTUALENV=0 PIP_USER=0 PIP_DISABLE_PIP_VERSION_CHECK=1
    rm -rf .cache/boot
    mkdir -p .cache/boot
    if "$1" -m venv .cache/boot/venv >.cache/boot/log 2>&1 &&
        .cache/boot/venv/bin/python -m pip install -q --require-hashes -r requirements/boot.txt >>.cache/boot/log 2>&1; then
        return
    fi
    rm -rf .cache/boot/venv
    "$1" -m pip install -q --require-hashes --target .cache/boot/uv -r requirements/boot.txt >>.cache/boot/log 2>&1
}

python=$(find_python)
uv=
for candidate in "$(command -v uv || true)" "${HOME:-}/.local/bin/uv" .cache/boot/venv/bin/uv .cache/boot/uv/bin/uv; do
    if [ -n "$candidate" ] && is_uv "$candidate"; then
        uv=$candidate
        break
    fi
done
if [ -z "$uv" ]; then
    if [ -z "$python" ] || ! fetch_uv "$python"; then
        cat >&2 <<'MESSAGE'
set-up: there is no uv here, and no Python that could fetch it (what pip said follows, if it was asked).
Install one of these, then run the same command again:
  - uv 0.5 or newer (any system: https://docs.astral.sh/uv/), or
  - Python 3.11 or newer with venv and pip (Debian, Ubuntu: apt-get install python3-venv python3-pip).
MESSAGE
        [ ! -f .cache/boot/log ] || tail -n 5 .cache/boot/log >&2
        exit 1
    fi
    for uv in .cache/boot/venv/bin/uv .cache/boot/uv/bin/uv; do
        [ ! -x "$uv" ] || break
    done
fi

if [ -n "$python" ]; then
    pip_python=$python
    [ ! -x .cache/boot/venv/bin/python ] || pip_python=.cache/boot/venv/bin/python
    eval "$("$pip_python" tools/pip_settings.py)"
    export UV_PYTHON="${UV_PYTHON:-$python}"
fi
if [ "${1:-} ${2:-}" = "pip compile" ]; then
    # A lock holds the hashes of all platforms' files; an extra index often has those of one.
    unset UV_INDEX UV_EXTRA_INDEX_URL UV_FIND_LINKS
fi
unset VIRTUAL_ENV CONDA_PREFIX PYTHONPATH
exec "$uv" "$@"
