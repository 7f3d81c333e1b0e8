# SPDX-License-Identifier: Apache-2.0
"""A table that grew by a message is the table that opening all messages together gives."""

from random import Random

import pytest

from lintas.model.money import Covered, LedgerRows, Method
from lintas.tracing.reference import trace
from lintas.tracing.table import LedgerTable, from_rows, grown
from tests.unit.tracing.ledgers import WIDE, WORDS, rows_of
from tests.unit.tracing.worlds import make_query, make_world

MESSAGES = [f"{letter * 4}" for letter in "dbface"]


def said(table: LedgerTable) -> dict[str, object]:
    """What a table says, whatever its words are numbered as."""
    texts = {name: [table.words[place] for place in getattr(table, name)] for name in WORDS}
    numbers = {name: getattr(table, name).tolist() for name in (*WIDE, "row", "legs")}
    messages = [table.messages[place] for place in table.message]
    return texts | numbers | {"message": messages, "messages": table.messages, "covered": table.covered}


def make_messages(dice: Random) -> list[tuple[str, LedgerRows]]:
    """A world's payments dealt to some messages; some have none, some tell twice, some have statements."""
    world = make_world(dice, accounts=5, pays=25)
    made = []
    for message in MESSAGES[: dice.randrange(2, len(MESSAGES) + 1)]:
        pays = [one for one in world.pays if dice.random() < 0.4]
        covered = [
            Covered(dice.choice("AB"), "SGD", 0, dice.randrange(1, 9), dice.randrange(9))
            for _ in range(dice.randrange(3))
        ]
        made.append((message, rows_of(pays, covered)))
    return made


@pytest.mark.parametrize("number", range(40))
def test_grown_is_opened_together(number: int) -> None:
    dice = Random(number)
    messages = make_messages(dice)
    order = dice.sample(messages, len(messages))
    first = dice.randrange(len(order))
    table = from_rows(order[:first])
    while first < len(order):
        more = dice.randrange(1, len(order) - first + 1)
        table = grown(table, from_rows(order[first : first + more]))
        first += more
    whole = from_rows(messages)
    assert said(table) == said(whole)
    assert len(set(table.words)) == len(table.words)
    assert table.words[0] == ""
    for name in WORDS:
        assert getattr(table, name).dtype == getattr(whole, name).dtype
    for method in Method:
        query = make_query(dice, make_world(Random(number)), method)
        assert trace(table, query) == trace(whole, query)


def test_a_message_is_not_added_twice() -> None:
    one = from_rows([("aaaa", rows_of([]))])
    with pytest.raises(AssertionError, match="in one of them"):
        grown(one, one)
