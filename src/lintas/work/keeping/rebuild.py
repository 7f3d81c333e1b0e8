# SPDX-License-Identifier: Apache-2.0
"""Drop all views and replay the log; or read every message again with current readers and packs."""

import json
from collections.abc import Sequence

from lintas.formats.reader_names import current_reader
from lintas.model.header import Kind
from lintas.model.ids import MessageId
from lintas.model.log_answers import Rebuilt
from lintas.ports.readers import DeriveJob
from lintas.ports.store import Snapshot, Transaction
from lintas.work.intake.recipe import Recipe, open_recipe, packs_for, reader_packs
from lintas.work.payloads import bytes_of
from lintas.work.replay import replay
from lintas.work.rereading import AT_ONCE, append_readings, last_readings
from lintas.work.services import Progress, Services
from lintas.work.tracing_jobs.catching_up import catch_up, forget_ledger


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
    # If we die here, the ledger still holds what it held; what is missing is added at the next start.
    forget_ledger(services)
    catch_up(services, progress=progress)
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
        for start in range(0, len(group), AT_ONCE):
            progress("reading again", done, total)
            _read_group(services, recipe, group[start : start + AT_ONCE])
            done += len(group[start : start + AT_ONCE])
    return done


def _outdated(services: Services, snapshot: Snapshot) -> list[tuple[Recipe, list[tuple[int, MessageId, str]]]]:
    packs = reader_packs(services.packs)
    readings = last_readings(snapshot.entries(0, snapshot.size()))
    items: dict[MessageId, tuple[int, str]] = {}
    size = snapshot.size()
    payloads = {seq for start in range(0, size, 1000) for seq in snapshot.payload_rows(start, start + 1000)}
    for entry in snapshot.entries(0, size):
        header = json.loads(entry.header)
        if header["kind"] == Kind.ITEM and entry.seq in payloads:
            readings.setdefault(entry.id, header.get("reading", ""))
            if readings[entry.id]:  # a released copy has none: its local message says it
                items[entry.id] = (entry.seq, header["media_type"])
    groups: dict[str, tuple[Recipe, list[tuple[int, MessageId, str]]]] = {}
    for message, (seq, media_type) in items.items():
        old = open_recipe(readings[message], snapshot.pack)
        reader = current_reader(old.reader)
        new = Recipe(reader=reader, options=old.options, packs=packs_for(reader, packs), salt=old.salt)
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
    read = [(seq, message, said) for ((seq, message, _), _), said in zip(alive, derived, strict=True)]
    services.store.write(lambda tx: append_readings(services, tx, recipe, read))
