# SPDX-License-Identifier: Apache-2.0
"""What a viewer can say next in a thread, and why not: the state machine and the access policy together."""

from typing import Final

from lintas.model.desk import LOCAL_STEPS, Side, Step, Thread
from lintas.model.desk_answers import SayShown
from lintas.model.desk_found import RequestHead
from lintas.model.viewer import Viewer
from lintas.policy import access as policy
from lintas.policy.requests import may_say
from lintas.ports.store import Snapshot
from lintas.work.binding import must_order
from lintas.work.services import Services

ORDERS: Final = "power.order"
ANSWERS: Final = "request.answer"
POWERS: Final = frozenset(
    {Step.ORDERED, Step.EXTENDED, Step.RELEASED, Step.RETURNED, Step.FORFEITED, Step.REVIEWED}
)  # what only somebody says who has the power
OF_THE_NODE: Final = frozenset({Step.EXPIRED, Step.INSTRUCTED})  # what no person says
OF_TWO: Final = frozenset({Step.CALL_BACK, Step.CLARIFY, Step.CLARIFIED})  # nobody calls or asks back themselves
TALK: Final = frozenset({Step.NOTED, Step.CALL_BACK})  # what either side can say of any form


def activity_of(what: Step) -> str:
    """The activity of the access policy by which a person says something."""
    return ORDERS if what in POWERS else ANSWERS


def says_shown(
    services: Services, snapshot: Snapshot, viewer: Viewer, head: RequestHead, thread: Thread
) -> list[SayShown]:
    """Everything that this side could say, what may be said now first; nothing that is never this side's or form's."""
    shown, table = [], services.packs.access
    orders = {activity: must_order(services, snapshot, viewer, activity) for activity in (ORDERS, ANSWERS)}
    for what in Step:
        if what in OF_THE_NODE or not fits_form(services, head, what):
            continue
        decision = may_say(thread, head.says_as(what), what)
        if decision.rule == "side":
            continue
        activity = activity_of(what)
        rule, reason = ("", "") if decision.allowed else (decision.rule, decision.reason)
        if decision.allowed and not (access := policy.access(table, viewer, activity)).allowed:
            rule, reason = access.rule, access.reason
        shown.append(SayShown(what.value, not rule, rule, reason, activity, orders[activity]))
    return sorted(shown, key=lambda one: not one.allowed)


def fits_form(services: Services, head: RequestHead, what: Step) -> bool:
    """Whether a step belongs to what a form asks for; of an unknown form everything does."""
    form = services.packs.forms.forms.get(head.form)
    if head.is_own and what in OF_TWO:
        return False
    if form is None or what in TALK or head.says_as(what) is Side.ASKER:
        return True
    return what in form.answers or what in LOCAL_STEPS
