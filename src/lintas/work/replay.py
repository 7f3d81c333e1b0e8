# SPDX-License-Identifier: Apache-2.0
"""Replay the log into the views: the same fold as at append, over what survives of the payloads.

A message that was read again later is derived once, as it was last read: the views come out equal, at half the work.
"""

import json
from typing import Any, Final

from lintas.model.found import EntryHead, StoredPayload
from lintas.model.header import Kind
from lintas.model.ids import MessageId
from lintas.model.reading import Derived
from lintas.ports.readers import DeriveJob
from lintas.ports.store import Transaction
from lintas.views.desk import is_desk
from lintas.views.fold import Logged, fold
from lintas.work.intake.recipe import Recipe, open_recipe
from lintas.work.payloads import bytes_of
from lintas.work.rereading import last_readings
from lintas.work.services import Progress, Services

_BATCH: Final = 500
_NEEDS_PAYLOAD: Final = frozenset(
    {
        Kind.INTAKE,
        Kind.WATCH,
        Kind.ALERT,
        Kind.DESCRIPTOR,
        Kind.REJECTION,
        Kind.INTRODUCTION,
        Kind.EVIDENCE,
        Kind.ACCESS,
        Kind.ORDER,
    }
)


def replay(services: Services, tx: Transaction, *, progress: Progress) -> int:
    """Fold every entry into empty views, in order; returns how many. Fires no alert and sends nothing."""
    size = tx.size()
    readings = last_readings(tx.entries(0, size))
    recipes: dict[str, Recipe] = {}
    for start in range(0, size, _BATCH):
        progress("replaying", start, size)
        entries = list(tx.entries(start, min(start + _BATCH, size)))
        payloads = tx.payload_rows(start, start + _BATCH)
        headers = [json.loads(entry.header) for entry in entries]
        derived = _derive(services, tx, entries, headers, payloads, readings, recipes)
        for entry, header in zip(entries, headers, strict=True):
            row = payloads.get(entry.seq)
            is_needed = header["kind"] in _NEEDS_PAYLOAD or is_desk(header)
            data = bytes_of(services, row) if row is not None and is_needed else None
            openings = row.openings if row is not None else b"{}"
            tx.apply(fold(Logged(entry.seq, entry.id, header, data, derived.get(entry.seq), openings)))
    progress("replayed", size, size)
    return size


def _derive(
    services: Services,
    tx: Transaction,
    entries: list[EntryHead],
    headers: list[dict[str, Any]],
    payloads: dict[int, StoredPayload],
    readings: dict[MessageId, str],
    recipes: dict[str, Recipe],
) -> dict[int, Derived]:
    jobs, places = [], []
    for entry, header in zip(entries, headers, strict=True):
        row = payloads.get(entry.seq)
        if header["kind"] != Kind.ITEM or row is None:
            continue
        digest = readings.get(entry.id) or header.get("reading")
        if digest is None:
            continue  # released, so its local message says it; or a peer's that no reader here could read
        if digest not in recipes:
            recipes[digest] = open_recipe(digest, tx.pack)
        recipe = recipes[digest]
        jobs.append(
            DeriveJob(
                reader=recipe.reader,
                raw=bytes_of(services, row),
                media_type=header["media_type"],
                options=recipe.options,
                packs=recipe.packs,
            )
        )
        places.append(entry.seq)
    return dict(zip(places, services.readers.derive(jobs), strict=True)) if jobs else {}
