# SPDX-License-Identifier: Apache-2.0
"""Whatever is taken, erased or read again, a replay of the log comes out equal, and what was erased is gone."""

import json

import pytest

from lintas.work.intake import TakenFile, TakeOptions, guess_mapping
from lintas.work.keeping import rebuild
from lintas.work.services import Services, no_progress
from tests.scenario.giving import take_bytes

TABLE = b"phone,victim name\n0123456789,Tan\n0198765432,Lim\n"


def mapping_of(services: Services, data: bytes, **changed: object) -> str:
    """The mapping that a table suggests, corrected."""
    guessed = json.loads(guess_mapping(services, TakenFile(name="x.csv", data=data)))
    return json.dumps(guessed | changed)


def changed_views(services: Services) -> list[str]:
    """Which views come out otherwise when the log is replayed."""
    return rebuild(services, progress=no_progress).changed


@pytest.mark.parametrize("first", ["text/1", "table/1"])
def test_the_same_bytes_taken_as_a_text_and_as_a_table_are_two_messages(services: Services, first: str) -> None:
    second = "text/1" if first == "table/1" else "table/1"
    mapping = mapping_of(services, TABLE)
    given = {"text/1": TakeOptions(format="text/1"), "table/1": TakeOptions(format="table/1", mapping=mapping)}
    one, two = (take_bytes(services, TABLE, name="x.csv", options=given[reader]) for reader in (first, second))
    assert one.messages != two.messages and two.duplicates == 0
    assert changed_views(services) == []


def test_a_corrected_header_survives_a_replay(services: Services) -> None:
    data = b"Ali bin Abu;x\n0123456789;Tan\n"
    take_bytes(services, data, name="x.csv")
    corrected = TakeOptions(mapping=mapping_of(services, data, header=False))
    again = take_bytes(services, data, name="x.csv", options=corrected)
    assert again.duplicates == 1
    assert changed_views(services) == []
