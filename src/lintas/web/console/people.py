# SPDX-License-Identifier: Apache-2.0
"""People and roles: who works here, what each role may do in words, who is on duty, and forms to change it."""

from collections.abc import Callable
from typing import Any, Final

from starlette.responses import Response

from lintas.errors import LintasError, NotAllowed, UnknownTerm
from lintas.limits import DEPUTY_DAYS_MAX, SHIFT_HOURS_MAX
from lintas.model.marking import Protected
from lintas.model.people_shown import AccountFacts, DutyShown
from lintas.model.viewer import Viewer
from lintas.policy.access import access
from lintas.policy.rights import rights_of
from lintas.web.calls import Call
from lintas.web.console.audit_words import rights_words
from lintas.web.console.page import page, see_other
from lintas.work import duties, orders
from lintas.work.accounts import change_people, list_people, show_account
from lintas.work.binding import must_order
from lintas.work.services import as_text

CLEARANCES: Final = ("CLEAR", "GREEN", "AMBER", "AMBER+STRICT", "RED")
CHANGING: Final = "people.change"


def show_all(call: Call) -> Response:
    """Show who works here."""
    return _people(call)


def show_one(call: Call) -> Response:
    """Show one account, and what its role may do."""
    return _person(call)


def add(call: Call) -> Response:
    """Make an account, or propose it."""
    said: dict[str, object] = {
        "do": "add",
        "name": call.form.text("name"),
        "role": call.form.text("role"),
        "clearance": call.form.text("clearance"),
        "opens": list(call.form.texts("opens")),
    }
    return _change(call, said, lambda problem: _people(call, problem))


def change(call: Call) -> Response:
    """Give an account another role, clearance or classes, or close it; or propose it."""
    do, account = call.form.text("do"), call.path("account")
    said: dict[str, object] = {"do": do, "account": account}
    if do == "opens":
        said["opens"] = list(call.form.texts("opens"))
    elif do not in {"close", "passkey", "lost"}:
        said[do] = call.form.text(do)
    return _change(call, said, lambda problem: _person(call, problem))


def set_shift(call: Call) -> Response:
    """Set a shift."""

    def put() -> DutyShown:
        starts, ends = (duties.moment_of(call.services, call.form.text(name)) for name in ("starts", "ends"))
        return duties.set_shift(call.services, call.viewer, call.form.text("person"), starts, ends)

    return _duty(call, put)


def set_deputy(call: Call) -> Response:
    """Let somebody stand in for another."""

    def put() -> DutyShown:
        starts, ends = (duties.moment_of(call.services, call.form.text(name)) for name in ("starts", "ends"))
        stands_for = call.form.text("stands_for") or call.viewer.id
        return duties.set_deputy(call.services, call.viewer, call.form.text("person"), stands_for, starts, ends)

    return _duty(call, put)


def end_duty(call: Call) -> Response:
    """End a shift or a deputy before its time."""
    return _duty(call, lambda: duties.end_duty(call.services, call.viewer, call.path("duty")))


def status_of(problem: LintasError | None) -> int:
    """The status of a page that says what was wrong with its form."""
    if problem is None:
        return 200
    return 403 if isinstance(problem, NotAllowed) else 400


def _duty(call: Call, does: Callable[[], DutyShown]) -> Response:
    try:
        does()
    except LintasError as exc:
        return _people(call, exc)
    return see_other("/people#duties")


def _change(call: Call, said: dict[str, object], again: Callable[[LintasError], Response]) -> Response:
    """Do it, or propose it where a named person's passkey has to confirm it."""
    try:
        if call.services.store.read(lambda snapshot: must_order(call.services, snapshot, call.viewer, CHANGING)):
            order = orders.propose(call.services, call.viewer, CHANGING, said)
            return see_other(f"/approvals/{order.id}")
        done = change_people(call.services, call.viewer, said)
    except LintasError as exc:
        return again(exc)
    return see_other(f"/people/{done.id}?done={said['do']}")


def _people(call: Call, problem: LintasError | None = None) -> Response:
    table = call.services.packs.access
    people = list_people(call.services, call.viewer)
    is_open = [one for one in people if one.state == "open"]
    found = duties.list_duties(call.services, call.viewer)
    return page(
        call,
        "people.html",
        title="People and roles",
        section="people",
        status=status_of(problem),
        problem=problem,
        people=people,
        open_people=is_open,
        duties=found,
        endable=_endable(call, found),
        on=duties.on_duty(found),
        roles=[rights_of(table, role) for role in table.roles],
        activities=list(table.activities),
        shift_hours=SHIFT_HOURS_MAX,
        deputy_days=DEPUTY_DAYS_MAX,
        zone=call.services.config.time_zone,
        soon=duties.as_zone_text(call.services, as_text(call.services.clock.now())),
        sent=call.form,
        **_offered(call),
    )


def _person(call: Call, problem: LintasError | None = None) -> Response:
    account = call.path("account")
    line = next((one for one in list_people(call.services, call.viewer) if one.id == account), None)
    if line is None:
        raise UnknownTerm("Nobody here has that account.", hint="The page People and roles lists everybody.")
    facts = show_account(call.services, call.viewer, account) if line.state == "open" else None
    return page(
        call,
        "person.html",
        title=line.name,
        section="people",
        status=status_of(problem),
        problem=problem,
        person=line,
        facts=facts,
        rights=_rights(call, facts) if facts else [],
        done=call.query("done"),
        is_self=line.id == call.viewer.id,
        sent=call.form,
        **_offered(call),
    )


def _rights(call: Call, facts: AccountFacts) -> list[str]:
    """What somebody may do, in the words of who reads it."""
    table = call.services.packs.access
    if facts.role not in table.roles:
        return list(map(call.language.sentence, facts.may))
    return rights_words(call.language, rights_of(table, facts.role, frozenset(map(Protected, facts.opens))))


def _offered(call: Call) -> dict[str, Any]:
    """What forms need, and whether they are offered at all; else the rule's sentence is."""
    table = call.services.packs.access
    return {
        "may_change": access(table, call.viewer, CHANGING),
        "may_set": access(table, call.viewer, "duty.change"),
        "role_rows": list(table.roles.values()),
        "closed_classes": [one for one in table.classes.values() if one.closed],
        "clearances": CLEARANCES,
        "is_ordered": call.services.store.read(
            lambda snapshot: must_order(call.services, snapshot, call.viewer, CHANGING)
        ),
    }


def _endable(call: Call, found: list[DutyShown]) -> frozenset[str]:
    may_any = access(call.services.packs.access, call.viewer, "duty.change").allowed
    return frozenset(one.id for one in found if may_any or _is_own(call.viewer, one))


def _is_own(viewer: Viewer, duty: DutyShown) -> bool:
    return duty.what == "deputy" and viewer.id in {duty.person, duty.stands_for}
