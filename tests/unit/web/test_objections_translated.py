# SPDX-License-Identifier: Apache-2.0
"""What a trace objects to is said in the reader's language, whatever it names; the trace itself keeps its English."""

from collections.abc import Iterator
from random import Random
from typing import Final

import pytest

from lintas.config.packs import read_packs
from lintas.model.money import Method, Segment
from lintas.tracing import reference, settling, stretches
from lintas.tracing.reference import trace
from lintas.tracing.settling import doubt
from lintas.web.console.labels import labels_of
from lintas.web.console.language import TONGUES, languages
from tests.unit.tracing.ledgers import ask, pay, seed, table_of
from tests.unit.tracing.test_rules import from_abroad
from tests.unit.tracing.worlds import make_query, make_world, torn

ALL: Final = languages(labels_of(read_packs(None)))
OTHERS: Final = sorted(set(TONGUES) - {"en"})
DOUBTS: Final = sorted(
    value
    for module in (reference, settling, stretches)
    for name, value in vars(module).items()
    if name.isupper() and isinstance(value, str) and " " in value
)
KINDS_MIN: Final = 11  # of what the traces below object to


def objections() -> Iterator[str]:
    """What traces say over random rows of which some are missing, and over rows made to contradict each other."""
    dice = Random(7)
    for _ in range(60):
        world = make_world(dice)
        yield from trace(torn(dice, world, 0.3), make_query(dice, world, Method.FIFO)).objections
    local = [pay("TESTSG00:1", "TESTMY00:2", 6, 1, "uetr:x", legs=2)]
    home = [pay("TESTMY00:1", "TESTMY00:2", 6, 1, "uetr:x")]
    for rows, payment in ((local, "uetr:x"), (local, "uetr:z"), (home, "uetr:x")):
        said = from_abroad(4, Segment(9, "v", 1), payment=payment)
        yield from trace(table_of(rows), ask(own=("MY",), injected=(said,))).objections
    two = [pay("", "a", 3, 1, debit_currency="SGD"), pay("", "a", 3, 2, debit_currency="THB", credit_currency="THB")]
    for one in (seed("a", 3), seed("nobody", 3), seed("TESTSG00:1", 3), seed("a", start=9), seed("a", 5, payment="p")):
        yield from trace(table_of(two), ask(one, own=("MY",), until=5)).objections
    apart = [pay("v", "a", 3, 1, "uetr:1"), pay("w", "b", 4, 2, "uetr:1"), pay("v", "a", 5, 1, "uetr:1")]
    yield from trace(table_of(apart), ask(seed("a", 3))).objections
    yield from trace(table_of([pay("v", "a", 3, 9, "uetr:2", credit_at=1)]), ask(seed("v", 3))).objections


SAID: Final = sorted(set(objections()))


def kinds(code: str) -> set[str]:
    """The patterns by which the sentences above are recognised."""
    catalog = ALL[code].catalog
    return {msgid for msgid in (matching(code, one) for one in SAID) if catalog.find(msgid)}


def matching(code: str, english: str) -> str:
    """The text of the catalog that a sentence is; empty when it is none."""
    found = ALL[code].catalog.matched(english)
    return next((msgid for (_, msgid), said in ALL[code].catalog.texts.items() if found and said == found[0]), "")


@pytest.mark.parametrize("code", OTHERS)
def test_no_objection_is_left_in_english(code: str) -> None:
    assert [one for one in SAID if ALL[code].sentence(one) == one] == []
    assert len(kinds(code)) >= KINDS_MIN


@pytest.mark.parametrize("what", DOUBTS)
@pytest.mark.parametrize("code", OTHERS)
def test_every_kind_of_doubt_has_its_words_and_keeps_its_values(code: str, what: str) -> None:
    said = ALL[code].sentence(doubt(what, 1_234, "uetr:example"))
    assert "1234" in said
    assert "uetr:example" in said
    assert what not in said
    assert "first" not in said


def test_the_trace_itself_keeps_its_english() -> None:
    assert [one for one in SAID if ALL["en"].sentence(one) != one] == []
    assert all(one.isascii() for one in SAID)
