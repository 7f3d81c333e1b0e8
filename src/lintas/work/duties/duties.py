# SPDX-License-Identifier: Apache-2.0
"""Set shifts and deputies, end them, and say who is on duty.

A deputy gets the need-to-know lists of whom they stand for, and nothing else: their own role and clearance stay. What
they stand in for is no more than the other's own: a deputy of a deputy gets nothing of the first.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from lintas.errors import NotAllowed, OverLimit, UnknownTerm, WrongUse
from lintas.limits import DEPUTY_DAYS_MAX, SHIFT_HOURS_MAX
from lintas.model.header import Kind
from lintas.model.people import DutyHead
from lintas.model.people_shown import DutyShown
from lintas.model.viewer import Viewer
from lintas.policy.access import Thing
from lintas.ports.accounts import AccountRow
from lintas.ports.store import Snapshot, Transaction
from lintas.work.access import permit
from lintas.work.accounts.people import find_open
from lintas.work.appending import append, prepare_control
from lintas.work.duties.times import stored
from lintas.work.services import Services, as_text

ID_BYTES: Final = 32
_SETTING: Final = "duty.change"


def set_shift(services: Services, viewer: Viewer, person: str, starts: datetime, ends: datetime) -> DutyShown:
    """Set a shift: from somebody's first one on, they see content only while one is on.

    Raises:
        NotAllowed: Only a role that sets shifts does; nobody sets their own.
        UnknownTerm: There is no such open account.
        WrongUse: It ends before it starts, is over already, or is longer than SHIFT_HOURS_MAX.
    """
    permit(services, viewer, _SETTING)
    _check_span(services, starts, ends, most=timedelta(hours=SHIFT_HOURS_MAX), words=f"{SHIFT_HOURS_MAX} hours")

    def job(tx: Transaction) -> DutyShown:
        row = find_open(tx, person)
        if row.id == viewer.id:
            raise NotAllowed("Nobody sets their own shifts.", rule="own-shift", hint="Ask another supervisor.")
        return _set(services, tx, viewer, _Wanted(what="shift", person=row.id, starts=starts, ends=ends))

    return services.store.write(job)


def set_deputy(
    services: Services, viewer: Viewer, person: str, stands_for: str, starts: datetime, ends: datetime
) -> DutyShown:
    """Let somebody stand in for another: chosen by whom they stand for, or by a role that sets duties.

    Args:
        person: Account, by id or name, of the deputy.
        stands_for: Account of whom they stand for.

    Raises:
        NotAllowed: The policy refuses; the deputy is who asks, or is cleared for less than whom they would stand for.
        UnknownTerm: There is no such open account.
        WrongUse: It is the same person, ends before it starts, is over already, or is longer than DEPUTY_DAYS_MAX.
    """
    _check_span(services, starts, ends, most=timedelta(days=DEPUTY_DAYS_MAX), words=f"{DEPUTY_DAYS_MAX} days")

    def job(tx: Transaction) -> DutyShown:
        absent = find_open(tx, stands_for)
        permit(services, _alone(viewer), _SETTING, Thing(owner=absent.id))
        deputy = find_open(tx, person)
        if deputy.id == absent.id:
            raise WrongUse("Nobody stands in for themselves.")
        if deputy.id == viewer.id:  # else whoever sets duties could read every list
            raise NotAllowed(
                "Nobody makes themselves a deputy.",
                rule="own-deputy",
                hint="Ask whom you would stand for, or another supervisor.",
            )
        _check_fit(services, deputy, absent)
        wanted = _Wanted(what="deputy", person=deputy.id, stands_for=absent.id, starts=starts, ends=ends)
        return _set(services, tx, viewer, wanted)

    return services.store.write(job)


def end_duty(services: Services, viewer: Viewer, duty: str) -> DutyShown:
    """End a shift or a deputy before its time.

    Args:
        duty: Its id, or the beginning of it that only one has.

    Raises:
        NotAllowed: It is neither one's own to end, nor one's role to end any.
        UnknownTerm: There is none that is on or to come.
    """

    def job(tx: Transaction) -> DutyShown:
        now = as_text(services.clock.now())
        plain = duty.strip().lower()
        found = [one for one in tx.duties(since=now) if len(plain) >= 8 and one.id.startswith(plain)]
        if len(found) != 1:
            raise UnknownTerm("There is no such shift or deputy to end.", hint="lintas duty DIR list shows them.")
        (head,) = found
        if not (head.what == "deputy" and head.person == viewer.id):  # a deputy may always lay it down
            permit(services, _alone(viewer), _SETTING, Thing(owner=head.stands_for))
        _say(services, tx, viewer, head, "ended")
        return _shown(head, _names(tx), now)

    return services.store.write(job)


def list_duties(services: Services, viewer: Viewer) -> list[DutyShown]:
    """Shifts and deputies that are on or to come, by their start.

    Raises:
        NotAllowed: The policy refuses.
    """
    permit(services, viewer, "people.read")
    now = as_text(services.clock.now())

    def look(snapshot: Snapshot) -> list[DutyShown]:
        names = _names(snapshot)
        return [_shown(one, names, now) for one in snapshot.duties(since=now)]

    return services.store.read(look)


def on_duty(duties: Sequence[DutyShown]) -> list[DutyShown]:
    """Those of them that hold now."""
    return [one for one in duties if one.is_on]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wanted:
    """What is to be set."""

    what: str
    person: str
    stands_for: str = ""
    starts: datetime
    ends: datetime


def _set(services: Services, tx: Transaction, viewer: Viewer, wanted: _Wanted) -> DutyShown:
    head = DutyHead(
        id=services.keys.random(ID_BYTES).hex(),
        seq=0,
        what=wanted.what,
        person=wanted.person,
        stands_for=wanted.stands_for,
        starts_at=stored(wanted.starts),
        ends_at=stored(wanted.ends),
        ended_at="",
    )
    _say(services, tx, viewer, head, "set")
    return _shown(head, _names(tx), as_text(services.clock.now()))


def _say(services: Services, tx: Transaction, viewer: Viewer, head: DutyHead, action: str) -> None:
    said = {name: getattr(head, name) for name in ("ends_at", "id", "person", "stands_for", "starts_at", "what")}
    append(tx, prepare_control(services, Kind.DUTY, {"action": action, "by": viewer.id, **said}))


def _check_span(services: Services, starts: datetime, ends: datetime, *, most: timedelta, words: str) -> None:
    if ends <= starts:
        raise WrongUse("It ends before it starts.")
    if ends <= services.clock.now():
        raise WrongUse("It is over already.")
    if ends - starts > most:
        raise OverLimit(f"It is longer than {words}.", hint="Set it in parts, so that somebody looks at it again.")


def _check_fit(services: Services, deputy: AccountRow, absent: AccountRow) -> None:
    """Lists hold what whoever stands in must be cleared for by themselves: standing in lifts nobody."""
    if deputy.clearance < absent.clearance:
        raise NotAllowed(
            f"{deputy.name} is cleared for less than {absent.name}.",
            rule="deputy-clearance",
            hint="Choose somebody who is cleared for as much.",
        )
    roles = services.packs.access.roles
    sees = deputy.role in roles and roles[deputy.role].content
    if not sees and absent.role in roles and roles[absent.role].content:
        raise NotAllowed(
            f"{deputy.name} sees no content, so cannot stand in for {absent.name}.",
            rule="deputy-role",
            hint="Choose somebody whose role sees content.",
        )


def _alone(viewer: Viewer) -> Viewer:
    """Somebody without whom they stand for: no deputy chooses deputies for another."""
    return replace(viewer, stands_for=frozenset())


def _names(reads: Snapshot) -> dict[str, str]:
    return {row.id: row.name for row in reads.accounts()}


def _shown(head: DutyHead, names: dict[str, str], now: str) -> DutyShown:
    return DutyShown(
        id=head.id,
        what=head.what,
        person=head.person,
        name=names.get(head.person, head.person),
        stands_for=head.stands_for,
        stands_for_name=names.get(head.stands_for, head.stands_for),
        starts_at=head.starts_at,
        ends_at=head.ends_at,
        is_on=head.is_on(now),
    )
