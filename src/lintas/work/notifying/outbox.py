# SPDX-License-Identifier: Apache-2.0
"""The outbox: what is to be told is on disk before it is sent, and that it was taken is on disk after.

What is true if we die: before the first commit the target was told nothing and is told at the next look. Between the
server's acceptance and the second commit the notice is sent once more, under the same id, so that the receiver's server
can drop it; this is the only way in which anything is sent twice.
"""

from collections.abc import Iterable
from datetime import datetime

from lintas.limits import NOTICE_LOOK_S_MAX
from lintas.policy.access import closed_bits
from lintas.ports.notices import Notice, NoticeReads, NoticeRow, Sender, Waiting
from lintas.ports.store import Transaction
from lintas.work.notifying.rhythm import Look, Timing, latest_try, next_try
from lintas.work.services import Services, as_text

_ID_BYTES = 16


def announce(services: Services, sender: Sender, rhythm: Timing, *, console: str = "") -> float:
    """Tell one target what it does not know yet, if it is time to.

    Args:
        console: Address of the console, to be told too.

    Returns:
        Seconds until the next look, at most NOTICE_LOOK_S_MAX; a new alert calls for one at once.
    """
    now = services.clock.now()
    moment = services.store.read(lambda snapshot: _asks(snapshot, services, sender.target, now, rhythm))
    if moment is not None and moment <= now:
        claimed = services.store.write(lambda tx: _claim(tx, services, sender.target, now, rhythm))
        if claimed is not None:
            _send(services, sender, rhythm, *claimed, console=console)
        now = services.clock.now()
        moment = services.store.read(lambda snapshot: _asks(snapshot, services, sender.target, now, rhythm))
    if moment is None:
        return NOTICE_LOOK_S_MAX
    return min(max((moment - now).total_seconds(), 0.0), NOTICE_LOOK_S_MAX)


def forget_others(services: Services, targets: Iterable[str]) -> None:
    """Remove the outboxes of targets that the settings do not name any more."""
    known = frozenset(targets)

    def forget(tx: Transaction) -> None:
        for row in tx.notices():
            if row.target not in known:
                tx.remove_notice(row.target)

    if any(row.target not in known for row in services.store.read(lambda snapshot: snapshot.notices())):
        services.store.write(forget)


def troubles(reads: NoticeReads) -> list[NoticeRow]:
    """Outboxes whose last try failed and that will be tried again."""
    return [row for row in reads.notices() if row.tries and row.state == "due"]


def _asks(reads: NoticeReads, services: Services, target: str, now: datetime, rhythm: Timing) -> datetime | None:
    """When an outbox is to be looked at; None when only an alert can change what stands in it."""
    row, (waiting, moment) = _state(reads, target, services, now, rhythm)
    if row is not None and not waiting.alerts and row.state != "clear":
        return now
    if row is None or row.state != "due":
        return moment
    again = datetime.fromisoformat(row.next_at)
    return now if again > latest_try(now, most_s=rhythm.retry_s_max) else again


def _claim(
    tx: Transaction, services: Services, target: str, now: datetime, rhythm: Timing
) -> tuple[NoticeRow, Waiting] | None:
    """Write down what is about to be sent; None when there is nothing to send after all."""
    row, (waiting, moment) = _state(tx, target, services, now, rhythm)
    if row is not None and not waiting.alerts and row.state != "clear":
        tx.put_notice(row._replace(state="clear", tries=0, reason=""))
        return None
    if row is not None and row.state == "due":
        if waiting.fresh:
            # It grew while it could not be sent. Were its id the same, a server that did take it would drop this one.
            row = row._replace(id=_new_id(services), upto=waiting.newest, made_at=as_text(now))
    else:
        if moment is None or moment > now:
            return None  # somebody acknowledged in between
        at, sent_at = as_text(now), row.sent_at if row else ""
        row = NoticeRow(target, _new_id(services), waiting.newest, at, "due", 0, at, "", sent_at)
    tx.put_notice(row)
    return row, waiting


def _send(
    services: Services, sender: Sender, rhythm: Timing, row: NoticeRow, waiting: Waiting, *, console: str
) -> None:
    notice = Notice(
        id=row.id,
        organisation=services.config.name,
        mode=services.config.mode,
        waiting=waiting.alerts,
        console=console,
        made_at=row.made_at,
    )
    reason = sender.send(notice)
    now = services.clock.now()
    if reason:
        tries = row.tries + 1
        done = row._replace(
            tries=tries, reason=reason, next_at=as_text(next_try(now, tries, most_s=rhythm.retry_s_max))
        )
    else:
        done = row._replace(state="sent", tries=0, reason="", sent_at=as_text(now))
    services.store.write(lambda tx: tx.put_notice(done))


def _new_id(services: Services) -> str:
    return services.keys.random(_ID_BYTES).hex()


def _state(
    reads: NoticeReads, target: str, services: Services, now: datetime, rhythm: Timing
) -> tuple[NoticeRow | None, Look]:
    row = next((row for row in reads.notices() if row.target == target), None)
    return row, rhythm.look(reads, row, now, closed=closed_bits(services.packs.access))
