# SPDX-License-Identifier: Apache-2.0
"""Propose: write down what somebody wants to do, exactly, so that people can put their names to it.

If we die before the commit, nothing was proposed; after it, the order is there and waits. Proposing twice makes two
orders, where the caller does not say `once`: whichever nobody confirms lapses by itself and did nothing.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from lintas.errors import NotAllowed, OverLimit, UnknownTerm, WrongUse
from lintas.limits import GROUND_CHARS_MAX, ORDER_S_MAX
from lintas.model.header import Kind
from lintas.model.ids import MessageId
from lintas.model.marking import Marking, Tlp, classes_of
from lintas.model.order_answers import OrderShown
from lintas.model.viewer import Viewer
from lintas.policy.orders import OrderState
from lintas.ports.store import Snapshot, Transaction
from lintas.work.access import permit
from lintas.work.appending import append, as_payload, prepare_content, prepare_control
from lintas.work.binding import is_bound, needs_second
from lintas.work.finding.message import checked_id
from lintas.work.orders.action import About
from lintas.work.orders.actions import action_of
from lintas.work.orders.showing import changed_since, order_in, visible
from lintas.work.services import Services, as_text


def propose(
    services: Services, viewer: Viewer, action: str, said: Mapping[str, Any], *, ground: str = "", once: bool = False
) -> OrderShown:
    """Propose an act that binds. It takes effect when those whose passkeys it needs have answered.

    Args:
        action: Activity of the access policy.
        said: What exactly; each action has its own fields, see docs/spec/orders.md.
        ground: Why it cannot wait, when it is to be done alone.
        once: The same that this viewer proposed already, and that still waits as it was shown, is shown again.

    Raises:
        UnknownTerm: There is no such action, message, peer or account.
        NotAllowed: The policy refuses it.
        WrongUse: It cannot be, or nobody has a passkey on this node.
    """
    act = action_of(action)
    if len(ground) > GROUND_CHARS_MAX:
        raise OverLimit(f"A ground has up to {GROUND_CHARS_MAX:,} characters.")
    who = replace(viewer, purpose=viewer.purpose or str(said.get("purpose", "")))
    permit(services, who, action)

    def job(tx: Transaction) -> OrderShown:
        if not is_bound(tx):
            raise WrongUse(
                "Nobody has a passkey on this node yet, so nothing here is ordered.",
                hint="Enrol a passkey on the page My access; until then this is done directly.",
            )
        _check_account(tx, viewer)
        kept = act.keep(services, tx, who, said)
        about = act.about(services, tx, who, kept)
        permit(services, who, action, about.thing)
        if once and (same := _same(services, tx, viewer, action, kept, ground.strip())) is not None:
            return order_in(services, tx, viewer, same)
        order = _append(services, tx, viewer, action, kept, about, ground=ground.strip())
        return order_in(services, tx, viewer, order)

    shown = services.store.write(job)
    services.events.publish("log")
    services.events.publish("orders")
    return shown


def propose_again(services: Services, viewer: Viewer, order: str, *, ground: str = "") -> OrderShown:
    """Propose once more what an order says, as things stand now; the earlier one stays as it is.

    Raises:
        LintasError: As `propose`; there is no such order that this viewer may see.
    """
    permit(services, viewer, "orders.read")
    found, _ = services.store.read(lambda snapshot: visible(services, snapshot, viewer, checked_id(order)))
    said = {name: value for name, value in found.said.items() if name != "from"}
    return propose(services, viewer, found.action, said, ground=ground)


def _same(
    services: Services, tx: Transaction, viewer: Viewer, action: str, kept: Mapping[str, Any], ground: str
) -> MessageId | None:
    """The order in which the viewer proposed the same, while nobody answered it and nothing has changed since."""
    now = as_text(services.clock.now())
    for head in tx.open_orders():
        if (head.action, head.by, head.ground) != (action, viewer.id, ground) or now >= head.expires_at:
            continue
        try:
            found, _ = visible(services, tx, viewer, head.id)
        except (UnknownTerm, NotAllowed):
            continue  # erased, or of what this viewer may not see any more
        is_same = found.facts.state is OrderState.PROPOSED and found.said == kept
        if is_same and not changed_since(services, tx, viewer, found):
            return head.id
    return None


def _append(
    services: Services,
    tx: Transaction,
    viewer: Viewer,
    action: str,
    kept: Mapping[str, Any],
    about: About,
    *,
    ground: str,
) -> MessageId:
    expires_at = services.clock.now() + timedelta(seconds=ORDER_S_MAX)
    lone = action_of(action).lone
    is_lone = lone is not None and lone(services, tx, kept)
    payload = {
        "v": 1,
        "action": action,
        "by": viewer.id,
        "said": dict(kept),
        "summary": about.summary,
        "tells": [list(pair) for pair in about.tells],
        "shown": {**about.shown, "the access policy": services.packs.access.digest},
        "expires_at": as_text(expires_at),
        "ground": ground,
        "classes": about.classes,
        "second": needs_second(services, tx, action, about.classes, is_lone=is_lone),
        "session": viewer.session,
    }
    if is_lone:
        payload["lone"] = True  # while it stands so: what it rests on is shown, and a change of it refuses the answer
    marking = Marking(tlp=Tlp(max(about.tlp, Tlp.AMBER_STRICT)), classes=frozenset(classes_of(about.classes)))
    entry = prepare_content(services, Kind.ORDER, as_payload(payload), marking=marking)
    append(tx, entry)
    for name in sorted(about.lists):  # whoever may not see what it is about does not see the order either
        body = {"action": "restricted", "by": viewer.id, "list": name, "messages": [entry.id]}
        append(tx, prepare_control(services, Kind.NEED, body))
    return entry.id


def _check_account(snapshot: Snapshot, viewer: Viewer) -> None:
    if viewer.is_folder_owner:
        return  # a named person takes it over when they confirm it
    row = snapshot.account(viewer.id)
    if row is None or row.state != "open":
        raise NotAllowed("A person with an account here answers for this.", rule="named-person")
