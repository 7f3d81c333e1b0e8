# SPDX-License-Identifier: Apache-2.0
"""Messages that are read again: with a newer reader or pack, or as a person corrected a table's columns.

Each reading is itself an entry, so that a replay derives what stands in the views now. No alert fires.
"""

import json
from collections.abc import Iterable, Sequence
from typing import Final

from lintas.model.found import EntryHead
from lintas.model.header import Kind
from lintas.model.ids import MessageId
from lintas.model.reading import Derived
from lintas.ports.store import Snapshot, Transaction
from lintas.views.rows import DerivedRows, UnreadRow
from lintas.work.appending import append, prepare_control
from lintas.work.intake.recipe import Recipe
from lintas.work.services import Services

_SIGN: Final = f'"kind":"{Kind.DERIVE.value}"'.encode()
AT_ONCE: Final = 200  # messages named in one entry: a header is at most HEADER_BYTES_MAX long


def last_readings(entries: Iterable[EntryHead]) -> dict[MessageId, str]:
    """Which recipe each message that was read again was last read with; all others by the recipe in their header.

    Args:
        entries: At least every entry of kind derive, in order; others are passed over.
    """
    found: dict[MessageId, str] = {}
    for entry in entries:
        if _SIGN in entry.header:  # parsing every header of a long log would cost more than the replay
            header = json.loads(entry.header)
            if header["kind"] == Kind.DERIVE:
                found |= dict.fromkeys(map(MessageId, header["body"]["messages"]), header["body"]["reading"])
    return found


def current_readings(snapshot: Snapshot) -> dict[MessageId, str]:
    """The same, from the view of messages."""
    places = snapshot.places_of(Kind.DERIVE.value)
    return last_readings(entry for seq in places for entry in snapshot.entries(seq, seq + 1))


def append_readings(
    services: Services, tx: Transaction, recipe: Recipe, read: Sequence[tuple[int, MessageId, Derived]]
) -> None:
    """Append that messages were read again, and show what they say now; part of the caller's transaction."""
    recipe.keep(tx)
    for start in range(0, len(read), AT_ONCE):
        # erased since they were read: nothing to show, and nothing to say
        alive = [one for one in read[start : start + AT_ONCE] if tx.payload(one[0]) is not None]
        if not alive:
            continue
        body = {"messages": [message for _, message, _ in alive], "reading": recipe.digest}
        append(tx, prepare_control(services, Kind.DERIVE, body))
        tx.apply([UnreadRow(tuple(seq for seq, _, _ in alive))])
        tx.apply(DerivedRows(seq, derived) for seq, _, derived in alive)
