#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Makes .venv hold exactly requirements/RING.txt (core, money, dev or fuzz; each holds the one before) and this project, editable.
# Silent and instant when nothing is to do; may be interrupted at any moment and simply run again.
set -eu
cd "$(dirname "$0")/.."
ring=${1:-dev}

case $ring in
core) rank=1 ;;
money) rank=2 ;;
dev) rank=3 ;;
fuzz) rank=4 ;;
*)
    echo "usage: tools/bootstrap.sh core|money|dev|fuzz" >&2
    exit 2
    ;;
esac

digest() { # of the files given
    if command -v sha256sum >/dev/null; then
        cat "$@" | sha256sum
    else
        cat "$@" | shasum -a 256
    fi | cut -d ' ' -f 1
}

read_stamp() {
    old_rank=0 old_place= old_lock= old_project=
    if [ -f .venv/lintas.stamp ]; then
        read -r old_rank old_lock old_project old_place <.venv/lintas.stamp || old_rank=0
    fi
}

set_targets() { # a larger ring that is already there is kept: it holds the smaller one
    [ "$old_rank" -le "$rank" ] || rank=$old_rank
    case $rank in 1) ring=core ;; 2) ring=money ;; 3) ring=dev ;; 4) ring=fuzz ;; esac
    lock=$(digest "requirements/$ring.txt" tools/bootstrap.sh)
    project=$(digest pyproject.toml src/lintas/__init__.py tools/bootstrap.sh)
}

is_done() {
    [ "$old_rank" = "$rank" ] && [ "$old_lock" = "$lock" ] && [ "$old_project" = "$project" ] &&
        [ "$old_place" = "$PWD" ] && [ -x .venv/bin/python ] && [ ! -e .venv/lintas.busy ]
}

read_stamp
set_targets
if is_done; then
    exit 0
fi

mkdir -p .cache
if command -v flock >/dev/null; then
    exec 9>.cache/bootstrap.lock
    flock 9
    read_stamp # somebody else may have done the work while we waited
    set_targets
    if is_done; then
        exit 0
    fi
fi

started=$(date +%s)
echo "set-up: .venv, ring $ring ..." >&2
tools/uv.sh --version >/dev/null # fetched before anything is touched
# An environment left in the middle of a change, broken, or moved from elsewhere is made anew.
if [ -e .venv/lintas.busy ] || { [ -n "$old_place" ] && [ "$old_place" != "$PWD" ]; } ||
    ! .venv/bin/python -c 'import sys; sys.exit(sys.version_info < (3, 11) or sys.prefix == sys.base_prefix)' 2>/dev/null; then
    rm -rf .venv
fi
if [ ! -e .venv ]; then
    tools/uv.sh venv -q .venv
    old_lock=
fi
: >.venv/lintas.busy
rm -f .venv/lintas.stamp
if [ "$old_rank" != "$rank" ] || [ "$old_lock" != "$lock" ]; then
    tools/uv.sh pip sync -q --python .venv/bin/python --require-hashes "requirements/$ring.txt"
fi
# hatchling and editables are in the lock, so the build needs nothing more from outside.
tools/uv.sh pip install -q --python .venv/bin/python --no-deps --no-build-isolation --offline -e .
echo "$rank $lock $project $PWD" >.venv/lintas.stamp.new
mv .venv/lintas.stamp.new .venv/lintas.stamp
rm .venv/lintas.busy
echo "set-up: done in $(($(date +%s) - started)) s" >&2
