# SPDX-License-Identifier: Apache-2.0
"""Need-to-know lists: those that one is on, who else is, what happened; and restricting a message to one."""

from collections.abc import Callable
from typing import Any

from starlette.responses import Response

from lintas.errors import LintasError
from lintas.model.ids import MessageId
from lintas.model.marking import Tlp
from lintas.policy.access import admits, may
from lintas.web.calls import Call
from lintas.web.console.page import page, see_other
from lintas.web.console.people import status_of
from lintas.work import lists
from lintas.work.accounts import list_accounts


def show(call: Call) -> Response:
    """Show the lists that one is on."""
    return _lists(call)


def open_one(call: Call) -> Response:
    """Open a list."""
    name = call.form.text("name")
    return _done(call, lambda: lists.open_list(call.services, call.viewer, name, call.form.texts("people")))


def join(call: Call) -> Response:
    """Put somebody on a list."""
    return _done(call, lambda: lists.join(call.services, call.viewer, call.path("list"), call.form.text("person")))


def leave(call: Call) -> Response:
    """Take somebody off a list, or oneself."""
    return _done(call, lambda: lists.leave(call.services, call.viewer, call.path("list"), call.form.text("person")))


def close(call: Call) -> Response:
    """Close a list; what it restricts stays restricted."""
    return _done(call, lambda: lists.close_list(call.services, call.viewer, call.path("list")))


def restrict(call: Call) -> Response:
    """Restrict a message to a list."""
    message = call.path("message")
    lists.restrict(call.services, call.viewer, call.form.text("list"), [message])
    return see_other(f"/message/{message}#need")


def free(call: Call) -> Response:
    """Take a message off a list."""
    message = call.path("message")
    lists.free(call.services, call.viewer, call.form.text("list"), [message])
    return see_other(f"/message/{message}#need")


def around(call: Call, message: str) -> dict[str, Any]:
    """What a message's page says of need-to-know: its lists, and those that it could be restricted to."""
    if not admits(call.services.packs.access, call.viewer, "need.read").allowed:
        return {"need_on": [], "need_free": frozenset(), "need_to": []}
    mine = {one.name: one for one in lists.list_lists(call.services, call.viewer, with_steps=False)}
    on = lists.lists_of_message(call.services, call.viewer, MessageId(message))
    return {
        "need_on": on,
        "need_free": frozenset(name for name in on if name in mine and mine[name].may_change),
        "need_to": [one.name for one in mine.values() if one.may_change and not one.closed_at and one.name not in on],
    }


def _done(call: Call, does: Callable[[], object]) -> Response:
    try:
        does()
    except LintasError as exc:
        return _lists(call, exc)
    return see_other("/lists")


def _lists(call: Call, problem: LintasError | None = None) -> Response:
    found = lists.list_lists(call.services, call.viewer)
    accounts = list_accounts(call.services)
    return page(
        call,
        "lists.html",
        title="Need-to-know lists",
        section="lists",
        tlp=Tlp.AMBER_STRICT if found else None,
        status=status_of(problem),
        problem=problem,
        lists=found,
        names={one.id: one.name for one in accounts},
        people=[one for one in accounts if one.state == "open"],
        may_open=may(call.services.packs.access, call.viewer, "need.change"),
        sent=call.form,
    )
