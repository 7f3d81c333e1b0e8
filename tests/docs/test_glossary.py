# SPDX-License-Identifier: Apache-2.0
"""The glossary says what the catalogs say."""

from pathlib import Path
from typing import Final

import pytest

from lintas.config.packs import read_packs
from lintas.web.console.labels import labels_of
from lintas.web.console.language import languages

PAGE: Final = Path(__file__).resolve().parents[2] / "docs/reference/glossary.md"
LABELS: Final = labels_of(read_packs(None))
ALL: Final = languages(LABELS)
COLUMNS: Final = ("en", "ms", "th", "zh")


def rows() -> list[list[str]]:
    """Rows of the table: kind, code, a word for each language, why."""
    lines = PAGE.read_text("utf-8").splitlines()
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("| ")]
    return [row for row in cells if row[0] not in {"kind", "---"}]


@pytest.mark.parametrize("row", rows(), ids=lambda row: f"{row[0]}.{row[1]}")
def test_each_word_is_the_one_that_pages_show(row: list[str]) -> None:
    kind, code, *words = row
    assert (kind, code) in LABELS
    assert words[: len(COLUMNS)] == [ALL[language].label(kind, code) for language in COLUMNS]


def test_every_power_and_every_end_of_a_request_has_a_row() -> None:
    said = {(row[0], row[1]) for row in rows()}
    wanted = {key for key in LABELS if key[0] == "power"} | {
        ("state", code) for code in ("held", "returned", "expired")
    }
    assert wanted <= said
