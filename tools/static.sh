#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What can be told of the code without running it. All tools run beside each other; each that finds something says it at
# the end. A command that is given runs meanwhile: tools/static.sh pytest tests/unit.
# bandit looks at one file at a time, so it is shown only those that changed since it last found nothing.
set -u
cd "$(dirname "$0")/.."
bin=.venv/bin
mkdir -p .cache
said=$(mktemp -d .cache/static.XXXXXX)
trap 'rm -rf "$said"' EXIT

begin() { # NAME COMMAND...: what it prints is kept; a file NAME.bad tells that it failed
    name=$1
    shift
    ("$@" >"$said/$name" 2>&1 || : >"$said/$name.bad") &
}

bandit() {
    stamp=.cache/bandit.stamp
    new=.cache/bandit.stamp.$$
    : >"$new" # as of now: a file that changes meanwhile is looked at again
    if [ -e "$stamp" ] && [ -z "$(find pyproject.toml requirements/dev.txt -newer "$stamp")" ]; then
        find src -name '*.py' -newer "$stamp" -print0 >"$said/bandit.files"
    else
        find src -name '*.py' -print0 >"$said/bandit.files"
    fi
    if [ ! -s "$said/bandit.files" ] || xargs -0 "$bin/bandit" --quiet --configfile pyproject.toml <"$said/bandit.files"; then
        mv "$new" "$stamp"
    else
        rm -f "$new"
        return 1
    fi
}

begin mypy "$bin/mypy" --no-error-summary
begin bandit bandit
begin imports "$bin/lint-imports" --no-logo
begin format "$bin/ruff" format --check --quiet --output-format concise
begin ruff "$bin/ruff" check --quiet --output-format concise
begin licences "$bin/python" tools/licences.py
failed=0
[ $# = 0 ] || "$@" || failed=1
wait

for bad in "$said"/*.bad; do
    [ -e "$bad" ] || continue
    failed=1
    cat "${bad%.bad}"
    [ "$(basename "$bad")" != format.bad ] || echo "run: make format"
done
exit $failed
