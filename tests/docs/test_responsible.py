# SPDX-License-Identifier: Apache-2.0
"""docs/design/responsible.md answers each of the twenty rules, and every test that it names is there."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "design" / "responsible.md").read_text(encoding="utf-8")
ROWS = re.findall(r"^\| (\d+) \| (.*?) \| (.*) \|$", PAGE, re.MULTILINE)


def test_every_rule_has_a_row_with_an_answer() -> None:
    assert [int(number) for number, _, _ in ROWS] == list(range(1, 21))
    assert all(len(answer) > 30 for _, _, answer in ROWS)


def test_every_test_that_the_page_names_is_there() -> None:
    named = re.findall(r"`(tests/[\w/]+\.py)::(test_\w+)`", PAGE)
    assert len(named) > 30
    for file, name in named:
        path = ROOT / file
        assert path.exists(), file
        assert re.search(rf"^def {name}\(", path.read_text(encoding="utf-8"), re.MULTILINE), f"{file}::{name}"


def test_what_has_no_test_says_why() -> None:
    for number, _, answer in ROWS:
        assert "::test_" in answer or re.search(r"there is no|nothing|not there", answer, re.IGNORECASE), number
