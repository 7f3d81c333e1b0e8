# SPDX-License-Identifier: Apache-2.0
"""The verbs about people, need-to-know lists and duties, and the function that does each."""

from collections.abc import Callable
from typing import Any, Final

import msgspec

from lintas.errors import WrongUse
from lintas.model.people_shown import AccountFacts, Duties, DutyShown, NeedDone, NeedLists
from lintas.web.local import people_wire
from lintas.web.local.calling import Call
from lintas.web.local.requesting import Request
from lintas.work import accounts, duties, lists


def person_change(call: Call, request: people_wire.PersonChange) -> AccountFacts:
    """Give an account another role, clearance, or closed classes."""
    changed = accounts.change_people(call.services, call.viewer, request.said)
    return accounts.show_account(call.services, call.viewer, changed.id)


def person_show(call: Call, request: people_wire.PersonShow) -> AccountFacts:
    """Say who somebody is here, and what their role may do."""
    return accounts.show_account(call.services, call.viewer, request.name)


def need_show(call: Call, _request: people_wire.NeedShow) -> NeedLists:
    """Show the need-to-know lists that the actor is on."""
    return NeedLists(lists.list_lists(call.services, call.viewer))


def need_change(call: Call, request: people_wire.NeedChange) -> NeedDone:
    """Change a need-to-know list."""
    if request.do == "open":
        return lists.open_list(call.services, call.viewer, request.name, request.these)
    if request.do == "close":
        return lists.close_list(call.services, call.viewer, request.name)
    if request.do in {"restrict", "free"}:
        change = lists.restrict if request.do == "restrict" else lists.free
        return change(call.services, call.viewer, request.name, request.these)
    if request.do == "leave" and not request.these:
        return lists.leave(call.services, call.viewer, request.name)
    if len(request.these) != 1:
        raise WrongUse(f"{request.do} takes one person.")
    move = lists.join if request.do == "join" else lists.leave
    return move(call.services, call.viewer, request.name, request.these[0])


def duty_show(call: Call, _request: people_wire.DutyShow) -> Duties:
    """Show shifts and deputies that are on or to come."""
    return Duties(duties.list_duties(call.services, call.viewer))


def shift_set(call: Call, request: people_wire.ShiftSet) -> DutyShown:
    """Set a shift."""
    starts, ends = (duties.moment_of(call.services, text) for text in (request.starts, request.ends))
    return duties.set_shift(call.services, call.viewer, request.person, starts, ends)


def deputy_set(call: Call, request: people_wire.DeputySet) -> DutyShown:
    """Let somebody stand in for another."""
    starts = duties.moment_of(call.services, request.starts) if request.starts else call.services.clock.now()
    ends = duties.moment_of(call.services, request.ends)
    return duties.set_deputy(call.services, call.viewer, request.person, request.stands_for, starts, ends)


def duty_end(call: Call, request: people_wire.DutyEnd) -> DutyShown:
    """End a shift or a deputy before its time."""
    return duties.end_duty(call.services, call.viewer, request.duty)


PEOPLE_COMMANDS: Final[dict[type[Request], Callable[[Call, Any], msgspec.Struct]]] = {
    people_wire.PersonChange: person_change,
    people_wire.PersonShow: person_show,
    people_wire.NeedShow: need_show,
    people_wire.NeedChange: need_change,
    people_wire.DutyShow: duty_show,
    people_wire.ShiftSet: shift_set,
    people_wire.DeputySet: deputy_set,
    people_wire.DutyEnd: duty_end,
}
