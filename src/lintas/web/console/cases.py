# SPDX-License-Identifier: Apache-2.0
"""Cases: those that one may see, and one case with its members, tasks, items and what was said past each other."""

from collections.abc import Callable, Mapping
from typing import Final

from starlette.responses import Response

from lintas.errors import LintasError, UnknownTerm, WrongUse
from lintas.model.case import FIELDS, Standing
from lintas.model.case_answers import CaseDone, CaseShown
from lintas.model.marking import Tlp
from lintas.web.calls import Call
from lintas.web.console.page import page, see_other
from lintas.web.console.people import status_of
from lintas.work import cases, duties, lists
from lintas.work.access import one_entry
from lintas.work.accounts import list_accounts
from lintas.work.services import as_text

ROLES: Final = ("suspect", "victim", "witness", "child", "holder", "reporter")
SCHEMES: Final = ("bank_account", "phone", "promptpay", "duitnow", "paynow", "btc", "eth", "tron", "email", "domain")
GROUNDS: Final = ("no_link", "own_case", "no_capacity", "law")
_LINES: Final = 50
_WORDS_MAX: Final = 200


def show_all(call: Call) -> Response:
    """Show cases, the one that changed last first."""
    return _all(call)


def open_one(call: Call) -> Response:
    """Open a case."""
    try:
        done = cases.open_case(
            call.services,
            call.viewer,
            call.form.text("title"),
            kind=call.form.text("kind"),
            area=call.form.text("area"),
        )
    except LintasError as exc:
        return _all(call, exc)
    return see_other(f"/cases/{done.message}")


def show_one(call: Call) -> Response:
    """Show one case."""
    return _one(call)


def say(call: Call) -> Response:
    """Say something in a case."""
    what = call.form.text("what")
    try:
        if what not in _SAYS:
            raise WrongUse("Nothing like that is said in a case.")
        done = _SAYS[what](call, call.path("case"))
    except UnknownTerm:
        raise
    except LintasError as exc:
        return _one(call, exc, what)
    return see_other(f"/cases/{call.path('case')}{'?unsent=1' if done.not_sent else ''}#{_PLACES.get(what, 'main')}")


def restrict(call: Call) -> Response:
    """Keep a case to those on a list."""
    try:
        cases.put_on_list(call.services, call.viewer, call.path("case"), call.form.text("list"))
    except UnknownTerm:
        raise
    except LintasError as exc:
        return _one(call, exc)
    return see_other(f"/cases/{call.path('case')}")


def _all(call: Call, problem: LintasError | None = None) -> Response:
    state, words = call.query("state"), call.query("words")[:_WORDS_MAX]
    before = call.query("before")
    found = cases.list_cases(
        call.services,
        call.viewer,
        state=state if state in ("open", "closed") else "",
        words=words,
        before=int(before) if before.isascii() and before.isdigit() and len(before) < 16 else 0,
        limit=_LINES,
    )
    return page(
        call,
        "cases.html",
        title="Cases",
        section="cases",
        tlp=Tlp.AMBER if found.cases else None,
        status=status_of(problem),
        problem=problem,
        found=found,
        state=state,
        words=words,
        kinds=list(call.services.packs.forms.kinds),
        areas=list(call.services.packs.areas),
        sent=call.form,
    )


def _one(call: Call, problem: LintasError | None = None, what: str = "") -> Response:
    with one_entry(call.services, call.viewer, "case"):
        shown = cases.show_case(call.services, call.viewer, call.path("case"))
    accounts = list_accounts(call.services)
    own = call.services.keys.node
    members = {one.node for one in shown.members if one.standing in (Standing.OPENER, Standing.JOINED)}
    peers = call.services.store.read(lambda snapshot: [one for one in snapshot.peers() if not one.is_removed])
    return page(
        call,
        "case.html",
        title=shown.line.title,
        section="cases",
        tlp=Tlp.from_text(shown.marking),
        status=status_of(problem),
        problem=problem,
        said_what=what,
        shown=shown,
        line=shown.line,
        case=call.path("case"),
        own=own,
        names={one.id: one.name for one in accounts},
        people=[one for one in accounts if one.state == "open"],
        peers=[one for one in peers if one.node not in members],
        partners=[one for one in shown.members if one.node in members],
        is_in=own in members,
        coordinates=any(one.is_self and one.is_coordinator for one in shown.members),
        conflict_fields=_settled_by_change(shown),
        unsent=call.query("unsent") == "1",
        need_to=_lists_to(call, shown),
        roles=ROLES,
        schemes=SCHEMES,
        grounds=GROUNDS,
        fields=FIELDS,
        readers=_readers(call),
        now_text=as_text(call.services.clock.now()),
        zone=call.services.config.time_zone,
        sent=call.form,
    )


def _settled_by_change(shown: CaseShown) -> frozenset[str]:
    """Conflicts that choosing a value settles."""
    return frozenset(one.name for one in shown.conflicts if one.name in FIELDS)


def _readers(call: Call) -> list[str]:
    """Roles that see cases at all."""
    table = call.services.packs.access
    return sorted(code for code in table.activities["case.read"].roles if table.roles[code].content)


def _lists_to(call: Call, shown: CaseShown) -> list[str]:
    found = lists.list_lists(call.services, call.viewer, with_steps=False)
    return [one.name for one in found if one.may_change and not one.closed_at and one.name not in shown.lists]


def _text(call: Call, name: str) -> str:
    return call.form.text(name)


def _moment(call: Call, name: str) -> str:
    text = call.form.text(name)
    return as_text(duties.moment_of(call.services, text)) if text else ""


def _account(call: Call, case: str) -> CaseDone:
    return cases.add_account(
        call.services,
        call.viewer,
        case,
        _text(call, "value"),
        scheme=_text(call, "scheme"),
        bank=_text(call, "bank"),
        country=_text(call, "country"),
        name=_text(call, "name"),
    )


def _item(call: Call, case: str) -> CaseDone:
    return cases.add_item(
        call.services,
        call.viewer,
        case,
        _text(call, "message"),
        title=_text(call, "title"),
        note=_text(call, "note"),
        tell=call.form.has("tell"),
    )


def _task(call: Call, case: str) -> CaseDone:
    return cases.add_task(
        call.services,
        call.viewer,
        case,
        _text(call, "title"),
        to=_text(call, "to"),
        officer=_text(call, "officer"),
        due=_moment(call, "due"),
        request=_text(call, "request"),
    )


_Say = Callable[[Call, str], CaseDone]
_SAYS: Final[Mapping[str, _Say]] = {
    "change": lambda c, case: cases.change(c.services, c.viewer, case, _text(c, "field"), _text(c, "value")),
    "invite": lambda c, case: cases.invite(c.services, c.viewer, case, _text(c, "peer")),
    "join": lambda c, case: cases.join(c.services, c.viewer, case, _text(c, "officer")),
    "decline": lambda c, case: cases.decline(c.services, c.viewer, case, _text(c, "ground")),
    "leave": lambda c, case: cases.leave(c.services, c.viewer, case),
    "officer": lambda c, case: cases.name_officer(c.services, c.viewer, case, _text(c, "name")),
    "coordinator": lambda c, case: cases.propose_coordinator(c.services, c.viewer, case, _text(c, "node")),
    "accept": lambda c, case: cases.accept_coordinator(c.services, c.viewer, case, _text(c, "proposal")),
    "close": lambda c, case: cases.close(c.services, c.viewer, case),
    "reopen": lambda c, case: cases.reopen(c.services, c.viewer, case),
    "go_on": lambda c, case: cases.go_on(c.services, c.viewer, case),
    "item": _item,
    "account": _account,
    "note": lambda c, case: cases.add_note(
        c.services, c.viewer, case, _text(c, "note"), home=c.form.has("home"), lang=c.language.code
    ),
    "event": lambda c, case: cases.add_event(c.services, c.viewer, case, _moment(c, "at"), _text(c, "title")),
    "person": lambda c, case: cases.add_person(
        c.services, c.viewer, case, _text(c, "role"), _text(c, "name"), note=_text(c, "note")
    ),
    "task": _task,
    "done": lambda c, case: cases.set_task(c.services, c.viewer, case, _text(c, "task"), "done"),
    "drop": lambda c, case: cases.set_task(c.services, c.viewer, case, _text(c, "task"), "dropped"),
    "undo": lambda c, case: cases.set_task(c.services, c.viewer, case, _text(c, "task"), "open"),
}
_PLACES: Final = {
    "item": "items",
    "account": "accounts",
    "note": "notes",
    "event": "events",
    "person": "people",
    "task": "tasks",
    "done": "tasks",
    "drop": "tasks",
    "undo": "tasks",
}
