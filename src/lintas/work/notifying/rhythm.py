# SPDX-License-Identifier: Apache-2.0
"""When a target is told: quiet by default, at once for the first alert, then gathered.

Pure: what stands in the outbox, what waits and what time it is go in; a moment comes out.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple, Protocol

from lintas.limits import NOTICE_RETRY_S_MAX, NOTICE_RETRY_S_MIN
from lintas.ports.notices import NoticeReads, NoticeRow, Waiting

_DOUBLINGS_MAX = 20  # beyond it every back-off is the longest


class Look(NamedTuple):
    """What a target sees when it looks."""

    waiting: Waiting
    moment: datetime | None  # when it is to be told, were nothing on its way; None when it need not be


class Timing(Protocol):
    """When one target is told."""

    @property
    def retry_s_max(self) -> int:
        """Seconds between later tries at a server that fails."""

    def look(self, reads: NoticeReads, row: NoticeRow | None, now: datetime, *, closed: int) -> Look:
        """See what waits for a target, and when it is to be told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rhythm:
    """How often people want to hear."""

    gather: timedelta = timedelta(minutes=15)  # what comes while older alerts still wait is told at most this often
    immediately: bool = True  # the first alert at a clear desk is told at once

    @property
    def retry_s_max(self) -> int:
        """Seconds between later tries at a server that fails."""
        return NOTICE_RETRY_S_MAX

    def look(self, reads: NoticeReads, row: NoticeRow | None, now: datetime, *, closed: int) -> Look:
        """See what waits, and when it is to be told."""
        waiting = reads.waiting(row.upto if row else -1, closed=closed)
        return Look(waiting, due_at(row, waiting, now, self))


def due_at(last: NoticeRow | None, waiting: Waiting, now: datetime, rhythm: Rhythm) -> datetime | None:
    """When a target is to be told of what waits; None when it knows of everything, or nothing waits.

    Args:
        last: The target's outbox, whose notice is not on its way.
        waiting: Counted from `last.upto` on.
    """
    if not waiting.fresh:
        return None
    if rhythm.immediately and (last is None or last.state == "clear"):
        return now
    since = [] if last is None else [moment_of(max(last.made_at, last.sent_at), now)]
    if not rhythm.immediately:
        since.append(moment_of(waiting.first_at, now))
    return max(now, max(since) + rhythm.gather)


def next_try(now: datetime, tries: int, *, most_s: int = NOTICE_RETRY_S_MAX) -> datetime:
    """When to try again after some failed tries, at least one."""
    doubled = NOTICE_RETRY_S_MIN * 2 ** (min(tries, _DOUBLINGS_MAX) - 1)
    return now + timedelta(seconds=min(doubled, most_s))


def latest_try(now: datetime, *, most_s: int = NOTICE_RETRY_S_MAX) -> datetime:
    """The latest moment that `next_try` gives; a later one was written before the clock was set back."""
    return next_try(now, _DOUBLINGS_MAX, most_s=most_s)


def moment_of(text: str, now: datetime) -> datetime:
    """A stored time; one that is yet to come was written before the clock was set back, and counts as long ago."""
    at = datetime.fromisoformat(text)
    return at if at <= now else datetime.min.replace(tzinfo=now.tzinfo)
