# SPDX-License-Identifier: Apache-2.0
"""docs/design/store.md names every table, and only tests that are there."""

import re
from pathlib import Path

from lintas.store.queries import migrations

ROOT = Path(__file__).resolve().parents[3]
PAGE = (ROOT / "docs" / "design" / "store.md").read_text(encoding="utf-8")


def test_every_table_stands_on_the_page() -> None:
    made = {
        found[1]
        for step in migrations()
        for statement in step.statements
        if (found := re.match(r"CREATE TABLE (\w+)", statement))
    }
    section = PAGE[PAGE.index("## Tables") : PAGE.index("Rejected:")]
    named = {
        name for row in re.findall(r"^\| (`.*?) \|", section, re.MULTILINE) for name in re.findall(r"`(\w+)`", row)
    }
    assert named == made


def test_every_test_that_the_page_names_is_there() -> None:
    code = "".join(file.read_text(encoding="utf-8") for file in (ROOT / "tests").rglob("test_*.py"))
    names = set(re.findall(r"`(test_\w+)`", PAGE))
    assert names
    assert [name for name in sorted(names) if f"def {name}(" not in code] == []
    files = re.findall(r"`(?:tests/\w+/)?(test_\w+\.py)`", PAGE)
    assert [file for file in files if not list((ROOT / "tests").rglob(file))] == []
