# SPDX-License-Identifier: Apache-2.0
"""Answer an order by passkey; with the last answer that it needs, it is done.

What is true if we die: before the commit nothing was said and nothing was done. The answer, what the order does and the
`done` are one write: there is no moment between them. After it the order is done, and whoever answers again, because no
reply reached them, is told so and changes nothing. An order that is carried out by a command of its own (`at_rest`)
stands as approved until that command's own write says `done` with its effects.
"""

from dataclasses import replace
from typing import Any

import msgspec

from lintas.crypto.assents import assent_challenge
from lintas.crypto.passkeys import Assertion, to_base64url
from lintas.errors import NotAllowed
from lintas.model.header import Kind
from lintas.model.ids import MessageId
from lintas.model.order_answers import OrderShown
from lintas.model.viewer import Viewer
from lintas.policy.orders import refusal
from lintas.ports.store import Snapshot, Transaction
from lintas.work.access import permit
from lintas.work.accounts.viewing import viewer_of
from lintas.work.appending import append, prepare_control
from lintas.work.binding.order import Order, load
from lintas.work.finding.message import checked_id
from lintas.work.orders.action import stands_on
from lintas.work.orders.actions import action_of
from lintas.work.orders.assertions import check_counts
from lintas.work.orders.showing import actor_of, answering, changed_since, order_in, visible
from lintas.work.services import Services, as_text

_DOING = frozenset({"confirmed", "approved", "alone"})  # after these it may be done


def challenge(order_id: str, verdict: str) -> bytes:
    """What a passkey signs to answer an order with a verdict; 32 bytes.

    Raises:
        UnknownTerm: That is no id.
    """
    return assent_challenge(checked_id(order_id), verdict)


def answer(services: Services, viewer: Viewer, order_id: str, verdict: str, assertion: Assertion | None) -> OrderShown:
    """Answer an order as the person who is signed in; with what it needs it is done. Doing it again changes nothing.

    Args:
        verdict: confirmed, approved, refused, alone, reviewed, objected.
        assertion: The person's own passkey over `challenge(order_id, verdict)`.

    Raises:
        UnknownTerm: There is no such order that this viewer may see.
        NotAllowed: A rule refuses the answer: `self-approval`, `same-session`, `deputy`, `role`, `off-duty`, `stale`,
            `changed`, `unconfirmed`, `settled`, `not-yours`, `alone`, `ground`, `passkey`, `named-person`.
        LintasError: What is ordered cannot be done; nothing was said or done then.
    """
    order = checked_id(order_id)
    permit(services, viewer, "orders.read")

    def job(tx: Transaction) -> tuple[OrderShown, tuple[str, ...]]:
        row = tx.account(viewer.id)
        if row is None or row.state != "open":
            raise NotAllowed("A person with an account here answers for this.", rule="named-person")
        who = replace(viewer_of(services, tx, row, session=viewer.session), purpose=viewer.purpose)
        found, _ = visible(services, tx, who, order)
        if any((one.verdict, one.by) == (verdict, who.id) for one in found.facts.said):
            return order_in(services, tx, who, order), ()  # said before: the reply did not arrive
        now = as_text(services.clock.now())
        if why := refusal(found.facts, answering(services, tx, who, found), verdict, now=now):
            rule, reason = why
            raise NotAllowed(f"You may not answer this so: {reason}.", rule=rule)
        if assertion is None:
            raise NotAllowed("It takes your own passkey.", rule="passkey", hint="Use the buttons on the order's page.")
        check_counts(tx, who.id, assertion, order=order, verdict=verdict)
        append(tx, prepare_control(services, Kind.ASSENT, _body(order, who.id, verdict, assertion)))
        if verdict not in _DOING:
            return order_in(services, tx, who, order), ()
        said = load(services, tx, order)
        if changed := changed_since(services, tx, who, said):
            raise NotAllowed(
                f"It is not any more what was shown. {changed}",
                rule="changed",
                hint="Take it back and propose it anew, so that everybody sees what stands now.",
            )
        result, events = _do(services, tx, said)
        return msgspec.structs.replace(order_in(services, tx, who, order), result=result), events

    shown, events = services.store.write(job)
    for name in ("log", "orders", "alerts", *events):  # the last wakes those who tell people
        services.events.publish(name)
    return shown


def carry_out_in(services: Services, tx: Snapshot, order_id: str, action: str) -> Order:
    """Check, for a command that carries an order out at rest, that it may; the caller then says `finish_in`.

    Raises:
        UnknownTerm: There is no such order.
        NotAllowed: It is of another action (`order`), not approved or done already (`settled`), or too old (`stale`);
            or who does it may not any more.
    """
    found = load(services, tx, checked_id(order_id))
    if found.action != action or not action_of(action).at_rest:
        raise NotAllowed("That order is about something else.", rule="order")
    if found.facts.state != "approved":
        raise NotAllowed(
            f"That order is {found.facts.state.value}, not approved.", rule="settled", hint="lintas order DIR list"
        )
    if as_text(services.clock.now()) >= found.facts.expires_at:
        raise NotAllowed("That order's time is over.", rule="stale", hint="Propose it anew.")
    actor = actor_of(services, tx, found)
    about = stands_on(services, tx, actor, action_of(action), found.said)
    permit(services, actor, action, about.thing)
    if about.shown != found.shown:
        raise NotAllowed("It is not any more what was shown.", rule="changed", hint="Propose it anew.")
    return found


def finish_in(services: Services, tx: Transaction, order: Order, *, since: int) -> None:
    """Say in the transaction that did it that an order is done.

    Args:
        since: How many entries the log had before its effects were written.
    """
    body = {"by": order.facts.actor, "effects": tx.size() - since, "order": order.id, "verdict": "done"}
    append(tx, prepare_control(services, Kind.ASSENT, body))


def _do(services: Services, tx: Transaction, order: Order) -> tuple[dict[str, Any], tuple[str, ...]]:
    act = action_of(order.action)
    if not order.facts.is_ready:
        return {}, ()
    actor = actor_of(services, tx, order)
    permit(services, actor, order.action, stands_on(services, tx, actor, act, order.said).thing)
    if act.at_rest:
        return {}, ()
    since = tx.size()
    result = act.run(services, tx, actor, order.id, order.said)
    finish_in(services, tx, order, since=since)
    return result, act.events


def _body(order: MessageId, by: str, verdict: str, assertion: Assertion) -> dict[str, object]:
    return {
        "authenticator": to_base64url(assertion.authenticator),
        "by": by,
        "client": to_base64url(assertion.client),
        "credential": to_base64url(assertion.credential),
        "order": order,
        "signature": to_base64url(assertion.signature),
        "verdict": verdict,
    }
