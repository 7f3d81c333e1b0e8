# SPDX-License-Identifier: Apache-2.0
"""The drills of docs/trust.md are those that are run: every drill stands in a row, every row names a drill."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]


def table() -> list[str]:
    """Rows of the table."""
    page = (ROOT / "docs" / "trust.md").read_text(encoding="utf-8")
    part = page.split("\n## Drills\n")[1].split("\n## ")[0]
    return [
        line for line in part.splitlines() if line.startswith("| ") and not line.startswith(("| what is done", "| ---"))
    ]


def test_every_drill_has_a_row_and_every_row_a_drill() -> None:
    drills = (ROOT / "tests" / "scenario" / "test_drills.py").read_text(encoding="utf-8")
    run = set(re.findall(r"^def (test_\w+)", drills, re.MULTILINE))
    run -= {"test_files_that_nobody_touched_pass_every_drill"}
    rows = table()
    assert all(re.search(r"`test_\w+`", row) for row in rows)
    assert run - set(re.findall(r"`(test_\w+)`", "\n".join(rows))) == set()


def test_all_six_ways_are_drilled() -> None:
    done = {row.split("|")[1].strip() for row in table()}
    assert {"edit", "delete", "reorder", "truncate", "roll back", "fork"} <= done
