# SPDX-License-Identifier: Apache-2.0
"""Forget the recipes that repeat what an erased message said."""

import json
from collections.abc import Sequence

from lintas.model.header import Kind
from lintas.model.ids import MessageId
from lintas.ports.store import Snapshot, Transaction
from lintas.work.intake.recipe import repeats_content
from lintas.work.rereading import current_readings


def forget_recipes(tx: Transaction, erased: Sequence[MessageId]) -> None:
    """Forget recipes with a mapping that only erased messages were read with: a mapping repeats a table's headers.

    Args:
        erased: Messages whose payloads are gone already.
    """
    gone, recipes = set(erased), set[str]()
    for seq in tx.places_of(Kind.DERIVE.value):
        for entry in tx.entries(seq, seq + 1):
            body = json.loads(entry.header)["body"]
            if not gone.isdisjoint(body["messages"]):
                recipes.add(body["reading"])
    for message in gone:
        held = tx.entry_by_id(message)
        recipes.add("" if held is None else json.loads(held.header).get("reading", ""))
    unneeded = {digest for digest in recipes if repeats_content(digest, tx.pack)}
    if unneeded:  # seldom: then the whole log is looked through for what else needs them
        unneeded -= set(_standing_readings(tx).values())
    for digest in unneeded:
        tx.remove_pack(digest)


def _standing_readings(snapshot: Snapshot) -> dict[MessageId, str]:
    """Which recipe each item whose payload stands was last read with."""
    last, found = current_readings(snapshot), dict[MessageId, str]()
    for seq in snapshot.places_of(Kind.ITEM.value):
        if snapshot.payload(seq) is not None:
            entry = next(snapshot.entries(seq, seq + 1))
            found[entry.id] = last.get(entry.id) or json.loads(entry.header).get("reading", "")
    return found
