# SPDX-License-Identifier: Apache-2.0
"""Bring the ledger to what the log holds: rows that are missing are read again from their messages, others go.

What is true if we die: the ledger is a view. A message's rows are all there and marked, or count for nothing and are
made again; rows of an erased message are gone before anybody is told that it was erased, or at the next start.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from lintas.errors import LedgerDamaged, LintasError
from lintas.formats.ledger_rows import write_rows
from lintas.model.ids import MessageId
from lintas.model.ledger import LedgerMessage
from lintas.model.money import LedgerRows
from lintas.ports.readers import DeriveJob
from lintas.ports.store import Snapshot
from lintas.work.intake.recipe import open_recipe
from lintas.work.payloads import bytes_of
from lintas.work.rereading import current_readings
from lintas.work.services import Progress, Services, no_progress
from lintas.work.tracing_jobs.adding import wanted_as

R = TypeVar("R")


@dataclass(frozen=True, slots=True, kw_only=True)
class CaughtUp:
    """What was missing."""

    added: int = 0  # messages whose rows were made again
    removed: int = 0  # messages that are held no more
    failed: tuple[tuple[MessageId, str], ...] = ()  # whose rows cannot be made, and why


def catch_up(services: Services, *, progress: Progress = no_progress) -> CaughtUp:
    """Make the ledger hold the rows of every message that the log holds payments of, and of no other.

    Quick when nothing is missing. Where what it needs is not installed nothing is added; the next one does it.

    Raises:
        StorageFailed: The disk refused.
    """
    removed, missing = _settle(services)
    if not missing or not services.ledger.is_installed():
        return CaughtUp(removed=removed)
    failed = []
    for number, one in enumerate(missing):
        progress("adding payments to the ledger", number, len(missing))
        try:
            _add_again(services, one)
        except LintasError as exc:
            failed.append((one.message, exc.message))
    progress("payments added", len(missing), len(missing))
    return CaughtUp(added=len(missing) - len(failed), removed=removed, failed=tuple(failed))


def mended(services: Services, ask: Callable[[], R], *, progress: Progress = no_progress) -> R:
    """Ask the ledger; what it finds damaged is made again from the messages, and it is asked once more.

    Raises:
        LedgerDamaged: It cannot be made again, or is damaged again.
        LintasError: What the question raises.
    """
    try:
        return ask()
    except LedgerDamaged as exc:
        progress(f"payments of {len(exc.messages):,} messages were damaged: they are made again", 0, 0)
        if {message for message, _ in catch_up(services, progress=progress).failed} & set(exc.messages):
            raise  # an answer without them would be silent of what it lacks
        return ask()


def drop_erased(services: Services) -> int:
    """Remove rows of messages that the log holds no more, as an erasure that was cut short left them; says of how many.

    Raises:
        StorageFailed: The disk refused.
    """
    return _settle(services)[0]


def forget_ledger(services: Services) -> None:
    """Remove all rows of all messages: what was read another way is made anew by `catch_up`."""
    services.ledger.remove(services.ledger.whole())


def missing_of(services: Services, wanted: Iterable[LedgerMessage]) -> list[MessageId]:
    """Those of some messages whose rows are not in the ledger as the log has them."""
    held: Mapping[MessageId, str] = services.ledger.whole()
    return [one.message for one in wanted if held.get(one.message) != one.digest]


def _settle(services: Services) -> tuple[int, list[LedgerMessage]]:
    """Remove what is held and no longer wanted; returns of how many messages, and those whose rows are missing."""
    held = services.ledger.whole()  # before the view: what is added meanwhile is then missed, never taken for erased
    wanted = services.store.read(lambda snapshot: snapshot.ledger_messages())
    named = {one.message for one in wanted}
    gone = [message for message in held if message not in named]
    if gone:
        services.ledger.remove(gone)
    return len(gone), [one for one in wanted if held.get(one.message) != one.digest]


def _add_again(services: Services, one: LedgerMessage) -> None:
    job = services.store.read(lambda snapshot: _job_of(services, snapshot, one))
    if job is None:
        return  # erased meanwhile
    (derived,) = services.readers.derive([job])
    data = derived.ledger or write_rows(LedgerRows())
    wanted = wanted_as(services, one.message, one.digest)
    services.ledger.add(one.message, data, digest=one.digest, is_wanted=wanted)


def _job_of(services: Services, snapshot: Snapshot, one: LedgerMessage) -> DeriveJob | None:
    """How to read a message as it was last read; None when it was erased."""
    row = snapshot.payload(one.seq)
    if row is None:
        return None
    header = json.loads(next(snapshot.entries(one.seq, one.seq + 1)).header)
    recipe = open_recipe(current_readings(snapshot).get(one.message) or header["reading"], snapshot.pack)
    return DeriveJob(recipe.reader, bytes_of(services, row), header["media_type"], recipe.options, recipe.packs)
