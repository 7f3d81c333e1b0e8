# SPDX-License-Identifier: Apache-2.0
"""When a desk's phone is reached: after minutes in which nobody acknowledged, then by the next way, until one does.

Each way to each phone has an outbox of its own. What is told is counted: a request that a way told already is not told
by it again, but the last way goes on calling for as long as anything waits.

Pure: what stands in the outboxes, what presses and what time it is go in; a moment comes out.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from lintas.limits import (
    PHONE_AFTER_MINUTES,
    PHONE_AGAIN_MINUTES,
    PHONE_GAP_S,
    PHONE_RETRY_S_MAX,
    PHONE_STAGGER_S,
    PHONE_STEP_MINUTES,
)
from lintas.ports.notices import NoticeReads, NoticeRow, Pressing, Waiting
from lintas.work.notifying.rhythm import Look, moment_of

GAP: Final = timedelta(seconds=PHONE_GAP_S)
STAGGER: Final = timedelta(seconds=PHONE_STAGGER_S)


@dataclass(frozen=True, slots=True, kw_only=True)
class PhoneRhythm:
    """How one way to one phone is used."""

    desk: str = ""  # that the phone stands on; empty for all
    others: frozenset[str] = frozenset()  # desks that have phones of their own
    place: int = 0  # of this way in the order: 0 for the first
    earlier: str = ""  # target of the way before it, of the same phone; empty for the first
    is_last: bool = True
    after: timedelta = timedelta(minutes=PHONE_AFTER_MINUTES)
    step: timedelta = timedelta(minutes=PHONE_STEP_MINUTES)
    again: timedelta = timedelta(minutes=PHONE_AGAIN_MINUTES)

    @property
    def retry_s_max(self) -> int:
        """Seconds between later tries at a gateway that fails."""
        return PHONE_RETRY_S_MAX

    def look(self, reads: NoticeReads, row: NoticeRow | None, now: datetime, *, closed: int) -> Look:
        """See what presses at the phone's desk, and when this way is to be used."""
        mine = [one for one in reads.pressing(closed=closed) if self.is_mine(one)]
        earlier = next((one for one in reads.notices() if self.earlier and one.target == self.earlier), None)
        return seen(self, mine, row, earlier, now)

    def is_mine(self, one: Pressing) -> bool:
        """Whether this phone is reached for something: its desk's own, and whatever is for no desk that has a phone."""
        return not self.desk or one.desk == self.desk or one.desk not in self.others


def seen(
    rhythm: PhoneRhythm,
    mine: list[Pressing],
    row: NoticeRow | None,
    earlier: NoticeRow | None,
    now: datetime,
) -> Look:
    """What a way to a phone sees.

    Args:
        mine: What presses at its desk.
        row: Its own outbox.
        earlier: Outbox of the way before it.
    """
    upto = row.upto if row is not None else -1
    wait = rhythm.after + rhythm.place * rhythm.step
    ripe = [one for one in mine if _since(one, now) + wait <= now]
    counted = sum(1 for one in mine if _since(one, now) + rhythm.after <= now)
    fresh = [one for one in ripe if one.seq > upto]
    newest = max((one.seq for one in ripe), default=-1)
    first_at = min((one.at for one in fresh), default="")
    waiting = Waiting(counted if ripe else 0, len(fresh), first_at, max(newest, upto) if ripe else -1)
    return Look(waiting, _moment(rhythm, mine, ripe, fresh, row, earlier, now))


def _moment(
    rhythm: PhoneRhythm,
    mine: list[Pressing],
    ripe: list[Pressing],
    fresh: list[Pressing],
    row: NoticeRow | None,
    earlier: NoticeRow | None,
    now: datetime,
) -> datetime | None:
    told = None if row is None else moment_of(max(row.made_at, row.sent_at), now)
    if fresh:
        since = [now] if told is None else [now, told + GAP]
        if rhythm.earlier and not (earlier is not None and earlier.state == "due" and earlier.tries):
            # Where all ways are due at once, the first goes first, and the next does not ring in the same second.
            if earlier is None or earlier.upto < max(one.seq for one in fresh):
                since.append(now + STAGGER)
            else:
                since.append(moment_of(earlier.made_at, now) + STAGGER)
        return max(since)
    moments = []
    if ripe and rhythm.is_last and told is not None:
        moments.append(max(now, told + rhythm.again))
    wait = rhythm.after + rhythm.place * rhythm.step
    moments += [due for one in mine if (due := _since(one, now) + wait) > now]
    return min(moments, default=None)


def _since(one: Pressing, now: datetime) -> datetime:
    """Since when something presses; a time that is yet to come was written before the clock was set back."""
    at = datetime.fromisoformat(one.at)
    return at if at <= now else now - timedelta(days=1)
