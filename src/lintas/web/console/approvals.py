# SPDX-License-Identifier: Apache-2.0
"""Approvals: what waits for a person's own passkey, what was done alone, and what was decided."""

import json
from datetime import datetime, timedelta
from typing import Any, Final

from starlette.responses import Response

from lintas.crypto.passkeys import read_assertion, to_base64url
from lintas.errors import BadInput, LintasError, NotAllowed, UnknownTerm, WrongUse
from lintas.limits import GROUND_CHARS_MAX, GROUND_CHARS_MIN
from lintas.model.marking import Tlp
from lintas.model.order_answers import OrderLine, OrderShown
from lintas.policy.access import access
from lintas.web.calls import Call
from lintas.web.console.language import later
from lintas.web.console.page import page, see_other
from lintas.web.console.times import Times
from lintas.web.rendering import strictest
from lintas.work import orders
from lintas.work.accounts import list_accounts

LINES_SHOWN: Final = 50
KEY_NAMES: Final = ("signing", "log", "tls", "cosign")
STATES: Final = {
    "proposed": later("waits for the passkey of who proposed it"),
    "confirmed": later("waits for a second person"),
    "approved": later("approved; waits for the operator to carry it out"),
    "done": later("done"),
    "refused": later("refused"),
    "lapsed": later("lapsed: its time ended before it was done"),
    "alone": later("done alone; waits for a review"),
    "escalated": later("done alone, and nobody reviewed it in time"),
    "reviewed": later("done alone; a second person found it right"),
    "objected": later("done alone; a second person found it wrong"),
}
SAID: Final = {
    "confirmed": later("confirmed it"),
    "approved": later("approved it"),
    "refused": later("refused it, or took it back"),
    "alone": later("did it alone"),
    "reviewed": later("reviewed it: right"),
    "objected": later("reviewed it: wrong"),
    "done": later("done"),
    "lapsed": later("its time ended"),
    "escalated": later("nobody reviewed it in time"),
}
BUTTONS: Final = {
    "confirmed": later("Confirm with your passkey"),
    "alone": later("Do it now, alone"),
    "approved": later("Approve with your passkey"),
    "reviewed": later("It was right"),
    "objected": later("It was wrong"),
    "refused": later("Refuse"),
}


def show_all(call: Call) -> Response:
    """Show what waits, what was done alone, and what was decided."""
    return _list(call)


def show_one(call: Call) -> Response:
    """Show one order."""
    return _order(call, orders.show_order(call.services, call.viewer, call.path("order")))


def say(call: Call) -> Response:
    """Answer an order by passkey."""
    order, verdict = call.path("order"), call.form.text("verdict")
    try:
        given = answer_of(call.form.whole("answer"))
        shown = orders.answer(call.services, call.viewer, order, verdict, read_assertion(given) if given else None)
    except UnknownTerm:
        raise
    except LintasError as exc:
        return _order(call, orders.show_order(call.services, call.viewer, order), problem=exc)
    return see_other(str((shown.result or {}).get("next", f"/approvals/{shown.id}")))


def propose_again(call: Call) -> Response:
    """Propose the same once more: as things stand now, or with a ground for doing it alone."""
    order = call.path("order")
    try:
        fresh = orders.propose_again(call.services, call.viewer, order, ground=call.form.text("ground"))
    except UnknownTerm:
        raise
    except LintasError as exc:
        return _order(call, orders.show_order(call.services, call.viewer, order), problem=exc)
    return see_other(f"/approvals/{fresh.id}")


def propose(call: Call) -> Response:
    """Propose what has no page of its own: new keys, another access policy."""
    form, action = call.form, call.form.text("action")
    said: dict[str, Any] = {}
    if action == "keys.change":
        said = {"what": list(form.texts("what")), "revoke": form.has("revoke")}
    elif action == "policy.change":
        said = {"digest": form.text("digest")}
    else:
        return _list(call, WrongUse("That is proposed on its own page."))
    try:
        order = orders.propose(call.services, call.viewer, action, said)
    except LintasError as exc:
        return _list(call, exc)
    return see_other(f"/approvals/{order.id}")


def propose_or_do(call: Call, action: str, said: dict[str, Any]) -> Response | None:
    """Propose what a form asks for, where a person's passkey has to confirm it; None where it is done directly."""
    if not must_confirm(call, action):
        return None
    return see_other(f"/approvals/{orders.propose(call.services, call.viewer, action, said).id}")


def must_confirm(call: Call, action: str) -> bool:
    """Whether an act of this person goes through an order."""
    return call.services.store.read(
        lambda snapshot: (
            access(call.services.packs.access, call.viewer, action).allowed
            and orders.must_order(call.services, snapshot, call.viewer, action)
        )
    )


def clock_words(call: Call, now: datetime, due: str) -> str:
    """How long a review has still time, or how long it is overdue."""
    if not due:
        return ""
    left = datetime.fromisoformat(due) - now
    times = Times(call.language, country=call.services.config.country, zone=call.services.config.time_zone)
    if left > timedelta():
        return call.say("review due in %(length)s", length=times.length(left))
    return call.say("review overdue for %(length)s", length=times.length(-left))


def answer_of(text: str) -> object:
    """Read what a passkey answered; None when it gave nothing.

    Raises:
        BadInput: It did not arrive whole.
    """
    if not text:
        return None
    try:
        return json.loads(text[:20_000])
    except (ValueError, RecursionError) as exc:
        raise BadInput("The passkey's answer did not arrive whole.", hint="Press the button again.") from exc


def _around(call: Call, lines: list[OrderLine]) -> dict[str, Any]:
    now = call.services.clock.now()
    return {
        "names": {account.id: account.name for account in list_accounts(call.services)},
        "states": STATES,
        "said": SAID,
        "review_clocks": {line.id: clock_words(call, now, line.review_due) for line in lines},
    }


def _list(call: Call, problem: LintasError | None = None) -> Response:
    before = call.query("before")
    at = int(before) if before.isascii() and before.isdigit() and len(before) < 15 else 0
    found = orders.list_orders(call.services, call.viewer, before=at, limit=LINES_SHOWN)
    table = call.services.packs.access
    lines = [*found.open, *found.history]
    return page(
        call,
        "approvals.html",
        title="Approvals",
        section="approvals",
        tlp=strictest((line.marking for line in lines), None) if lines else None,
        status=_status(problem),
        problem=problem,
        found=found,
        is_bound=call.services.store.read(orders.is_bound),
        may_keys=access(table, call.viewer, "keys.change").allowed,
        may_policy=access(table, call.viewer, "policy.change").allowed,
        policy=table.digest,
        key_names=KEY_NAMES,
        sent=call.form,
        **_around(call, lines),
    )


def _order(call: Call, shown: OrderShown, problem: LintasError | None = None) -> Response:
    has_passkey, asks = assent_asks(call, shown)
    return page(
        call,
        "approval.html",
        title=shown.line.summary,
        section="approvals",
        tlp=Tlp.from_text(shown.line.marking),
        status=_status(problem),
        problem=problem,
        order=shown,
        line=shown.line,
        asks=asks,
        why_not=_why_not(shown),
        buttons={verdict: BUTTONS[verdict] for verdict in BUTTONS if verdict in asks},
        has_passkey=has_passkey,
        party=call.party,
        can_go_alone=_wants_ground(shown),
        ground_least=GROUND_CHARS_MIN,
        ground_most=GROUND_CHARS_MAX,
        **_around(call, [shown.line]),
    )


def assent_asks(call: Call, shown: OrderShown) -> tuple[bool, dict[str, str]]:
    """Whether who reads has a passkey, and what it is asked for each answer that they may give."""
    mine = call.services.store.read(lambda snapshot: snapshot.credentials_of(call.viewer.id))
    passkeys = [{"type": "public-key", "id": one.id} for one in mine if not one.ended_at]
    offered = [one.verdict for one in shown.answers if not one.rule and one.verdict in BUTTONS]
    asks = {
        verdict: json.dumps(
            {
                "challenge": to_base64url(orders.challenge(shown.id, verdict)),
                "rpId": call.party.id,
                "allowCredentials": passkeys,
                "userVerification": "required",
                "timeout": 120_000,
            }
        )
        for verdict in offered
    }
    return bool(passkeys), asks


def _wants_ground(shown: OrderShown) -> bool:
    return any(one.verdict == "alone" and one.rule == "ground" for one in shown.answers)


def _why_not(shown: OrderShown) -> str:
    """Why this person may not give the answer that the order waits for."""
    waited = {"proposed": "confirmed", "confirmed": "approved", "alone": "reviewed", "escalated": "reviewed"}
    wanted = waited.get(shown.state, "")
    return next((one.reason for one in shown.answers if one.verdict == wanted), "")


def _status(problem: LintasError | None) -> int:
    if problem is None:
        return 200
    return 403 if isinstance(problem, NotAllowed) else 400
