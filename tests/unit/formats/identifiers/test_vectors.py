# SPDX-License-Identifier: Apache-2.0
"""The vectors beside docs/spec/identifiers.md are what the code does."""

import json
from pathlib import Path
from typing import Any

import pytest

from lintas.formats.identifiers import canonical, extract, guess, implied
from lintas.formats.identifiers.canonical import VALIDATORS
from lintas.formats.packs import Packs
from lintas.model.identifier import Identifier
from lintas.model.reading import Rejected

FOLDER = Path(__file__).resolve().parents[4] / "docs/spec/vectors/identifiers"
FILES = {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in sorted(FOLDER.glob("*.json"))}
GOOD = [(name, row) for name, file in FILES.items() for row in file.get("canonical", ())]
BAD = [(name, row) for name, file in FILES.items() for row in file.get("rejected", ())]


def name_of(value: Any) -> str:
    return value if isinstance(value, str) else str(value.get("defect", value["text"]))[:60]


def test_every_scheme_has_vectors_good_and_bad(packs: Packs) -> None:
    assert set(FILES) == set(VALIDATORS) | {"guess", "extract"}
    assert set(packs.identifiers.schemes) == set(VALIDATORS)
    assert {name for name, _ in GOOD} == {name for name, _ in BAD} == set(VALIDATORS)


@pytest.mark.parametrize("scheme", sorted(VALIDATORS))
def test_a_good_value_has_its_canonical_form(scheme: str, packs: Packs) -> None:
    for row in FILES[scheme]["canonical"]:
        found = canonical(scheme, row["text"], packs=packs, region=row.get("region", ""))
        assert isinstance(found, Identifier), row
        assert (found.scheme, found.value, found.strength) == (scheme, row["value"], row["strength"]), row
        assert (found.country, list(found.flags)) == (row.get("country", ""), row.get("flags", [])), row
        assert [[one.scheme, one.value] for one in implied(found, packs=packs)] == row.get("implied", []), row


@pytest.mark.parametrize("scheme", sorted(VALIDATORS))
def test_the_canonical_form_stays_as_it_is(scheme: str, packs: Packs) -> None:
    for row in FILES[scheme]["canonical"]:
        again = canonical(scheme, row["value"], packs=packs)
        assert isinstance(again, Identifier), row
        assert again.value == row["value"], row


@pytest.mark.parametrize("scheme", sorted(VALIDATORS))
def test_a_bad_value_is_rejected_with_a_sentence(scheme: str, packs: Packs) -> None:
    for row in FILES[scheme]["rejected"]:
        found = canonical(scheme, row["text"], packs=packs, region=row.get("region", ""))
        assert isinstance(found, Rejected), row
        assert found.id == scheme, row
        assert found.reason.endswith(".") and 10 < len(found.reason) <= 200, row


@pytest.mark.parametrize("scheme", sorted(VALIDATORS))
def test_a_search_for_the_canonical_form_finds_it(scheme: str, packs: Packs) -> None:
    for row in FILES[scheme]["canonical"]:
        if row["value"] not in ("::", "wxyz"):  # too short, and a plain word: no search term is guessed to be these
            found = [(one.scheme, one.value) for one in guess(row["value"], packs=packs)]
            assert (scheme, row["value"]) in found, row


@pytest.mark.parametrize("row", FILES["guess"]["guess"], ids=name_of)
def test_a_term_is_guessed(row: dict[str, Any], packs: Packs) -> None:
    found = guess(row["text"], packs=packs, region=row.get("region", ""))
    assert [[one.scheme, one.value] for one in found] == row["guesses"]


@pytest.mark.parametrize("row", FILES["extract"]["extract"], ids=name_of)
def test_a_text_gives_its_identifiers(row: dict[str, Any], packs: Packs) -> None:
    mentions = extract(row["text"], packs=packs, region=row.get("region", ""))
    found = [
        {
            "scheme": m.identifier.scheme,
            "value": m.identifier.value,
            "start": m.start,
            "end": m.end,
            "original": m.original,
            "flags": list(m.identifier.flags),
        }
        for m in mentions
    ]
    assert found == [{"flags": [], **mention} for mention in row["mentions"]]
