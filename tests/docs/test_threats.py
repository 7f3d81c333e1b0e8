# SPDX-License-Identifier: Apache-2.0
"""The threat model names tests that there are, and answers for every kind of threat at every boundary."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "threats.md").read_text(encoding="utf-8")
KINDS = "STRIDE"
BOUNDARIES = [part for part in re.split(r"^## ", PAGE, flags=re.MULTILINE)[1:] if "| kind |" in part]
NAMED = sorted(set(re.findall(r"`([a-z_/]+\.py)::(test_\w+)`", PAGE)))


def rows(part: str) -> list[list[str]]:
    lines = [line for line in part.splitlines() if re.match(r"\| [A-Z] \|", line)]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


@pytest.mark.parametrize("part", BOUNDARIES, ids=lambda part: part.splitlines()[0])
def test_every_boundary_answers_for_every_kind(part: str) -> None:
    assert {row[0] for row in rows(part)} == set(KINDS)


@pytest.mark.parametrize("part", BOUNDARIES, ids=lambda part: part.splitlines()[0])
def test_every_threat_has_an_answer_and_a_test(part: str) -> None:
    for row in rows(part):
        assert len(row) == 4, row
        assert all(row), row
        assert "::test_" in row[3], row


@pytest.mark.parametrize(("file", "name"), NAMED)
def test_every_named_test_is_there(file: str, name: str) -> None:
    source = (ROOT / "tests" / file).read_text(encoding="utf-8")
    assert re.search(rf"^(?:async )?def {name}\(", source, re.MULTILINE), f"{file} has no {name}"


def test_every_boundary_of_the_design_is_there() -> None:
    assert len(BOUNDARIES) == 13
    assert len(NAMED) > 80
