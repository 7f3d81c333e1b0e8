# SPDX-License-Identifier: Apache-2.0
"""Drop all views and replay the log; or read every message again with current readers and packs."""

import json
from collections.abc import Sequence
from typing import Final

from lintas.formats.reader import current_reader
from lintas.model.answers import Rebuilt
from lintas.model.header import Kind
from lintas.model.ids import MessageId
from lintas.model.reading import Derived
from lintas.ports.readers import DeriveJob
from lintas.ports.store import Snapshot, Transaction
from lintas.views.rows import DerivedRows, UnreadRow
from lintas.work.appending import Prepared, append, prepare_control
from lintas.work.intake.recipe import Recipe, open_recipe, reader_packs
from lintas.work.payloads import bytes_of
from lintas.work.replay import replay
from lintas.work.services import Progress, Services

_AT_ONCE: Final = 200  # messages named in one entry: a header is at most HEADER_BYTES_MAX long


def rebuild(services: Services, *, read_again: bool = False, progress: Progress) -> Rebuilt:
    """Build every view anew from the log, in one transaction.

    If we die at any moment before it ends, the old views stand untouched. Other writers wait for the whole of it.

    Args:
        read_again: First read every item again with the newest readers and the packs of today; each such reading is
            itself an entry. No alert fires.
    """
    started = services.clock.monotonic_s()
    again = _read_again(services, progress) if read_again else 0

    def build(tx: Transaction) -> tuple[int, dict[str, tuple[int, str]], list[str]]:
        before = tx.views_digest()
        tx.empty_views()
        entries = replay(services, tx, progress=progress)
        after = tx.views_digest()
        return entries, after, [view for view in after if after[view] != before[view]]

    entries, views, changed = services.store.write(build)
    return Rebuilt(
        entries=entries,
        views={view: count for view, (count, _) in views.items()},
        changed=changed,
        read_again=again,
        seconds=round(services.clock.monotonic_s() - started, 3),
    )


def _read_again(services: Services, progress: Progress) -> int:
    """Read items whose recipe is no longer today's; each batch of readings and its entry are one transaction."""
    waiting = services.store.read(lambda snapshot: _outdated(services, snapshot))
    done = 0
    total = sum(len(group) for _, group in waiting)
    for recipe, group in waiting:
        for start in range(0, len(group), _AT_ONCE):
            progress("reading again", done, total)
            _read_group(services, recipe, group[start : start + _AT_ONCE])
            done += len(group[start : start + _AT_ONCE])
    return done


def _outdated(services: Services, snapshot: Snapshot) -> list[tuple[Recipe, list[tuple[int, MessageId, str]]]]:
    packs = reader_packs(services.packs)
    readings: dict[MessageId, str] = {}
    items: dict[MessageId, tuple[int, str]] = {}
    size = snapshot.size()
    payloads = {seq for start in range(0, size, 1000) for seq in snapshot.payload_rows(start, start + 1000)}
    for entry in snapshot.entries(0, size):
        header = json.loads(entry.header)
        if header["kind"] == Kind.ITEM and entry.seq in payloads:
            items[entry.id] = (entry.seq, header["media_type"])
            readings[entry.id] = header["reading"]
        elif header["kind"] == Kind.DERIVE:
            readings |= dict.fromkeys(map(MessageId, header["body"]["messages"]), header["body"]["reading"])
    groups: dict[str, tuple[Recipe, list[tuple[int, MessageId, str]]]] = {}
    for message, (seq, media_type) in items.items():
        old = open_recipe(readings[message], snapshot.pack)
        new = Recipe(reader=current_reader(old.reader), options=old.options, packs=packs)
        if new.digest != readings[message]:
            groups.setdefault(new.digest, (new, []))[1].append((seq, message, media_type))
    return list(groups.values())


def _read_group(services: Services, recipe: Recipe, group: Sequence[tuple[int, MessageId, str]]) -> None:
    def job(snapshot: Snapshot, seq: int, media_type: str) -> DeriveJob | None:
        row = snapshot.payload(seq)
        if row is None:
            return None  # erased since
        return DeriveJob(recipe.reader, bytes_of(services, row), media_type, recipe.options, recipe.packs)

    jobs = services.store.read(lambda snapshot: [job(snapshot, seq, media) for seq, _, media in group])
    alive = [(place, one) for place, one in zip(group, jobs, strict=True) if one is not None]
    if not alive:
        return
    derived = services.readers.derive([one for _, one in alive])
    entry = prepare_control(
        services, Kind.DERIVE, {"messages": [message for (_, message, _), _ in alive], "reading": recipe.digest}
    )
    pairs = [(place[0], said) for (place, _), said in zip(alive, derived, strict=True)]
    services.store.write(lambda tx: _keep(tx, recipe, entry, pairs))


def _keep(tx: Transaction, recipe: Recipe, entry: Prepared, pairs: Sequence[tuple[int, Derived]]) -> None:
    recipe.keep(tx)
    append(tx, entry)
    for seq, said in pairs:
        if tx.payload(seq) is not None:
            tx.apply([UnreadRow(seq), DerivedRows(seq, said)])
