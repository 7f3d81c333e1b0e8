# SPDX-License-Identifier: Apache-2.0
"""What is ordered about requests between desks: send one; order, extend, end or review what one asks for."""

from dataclasses import replace
from typing import Any, Final

from lintas.formats.currencies import said_amount
from lintas.model.found import MessageHead
from lintas.model.ids import MessageId
from lintas.model.scope import WHOLE
from lintas.model.viewer import Viewer
from lintas.policy.access import scope_of
from lintas.policy.release import policy_digest
from lintas.ports.store import Snapshot, Transaction
from lintas.work.orders.action import About, Action, Saying, touched
from lintas.work.requests.powers import is_lone, kept_power, run_power, shown_power, told_power
from lintas.work.requests.sending import asked_as, send_ordered_in
from lintas.work.requests.wanting import same_in, wanted_in
from lintas.work.services import Services


def _keep_send(services: Services, snapshot: Snapshot, _viewer: Viewer, said: Saying) -> dict[str, Any]:
    asked = asked_as(said)
    wanted = wanted_in(services, snapshot, asked)
    return asked | {
        "to": wanted.to.node,
        "purpose": wanted.said["purpose"],
        "basis": wanted.said["basis"],
        "urgency": wanted.said["urgency"],
        "agreement": wanted.said["agreement"],
        "fields": dict(wanted.said["fields"]),
    }


def _about_send(services: Services, snapshot: Snapshot, viewer: Viewer, said: Saying) -> About:
    wanted = wanted_in(services, snapshot, said)
    to = wanted.to
    name = to.name or to.node[:24]
    profile = services.packs.law.of(services.config.country)
    purpose, basis = profile.purposes.get(wanted.said["purpose"]), profile.bases.get(wanted.said["basis"])
    same = same_in(services, snapshot, wanted)
    tells = [
        ("To", f"{name}: this desk itself; nothing leaves it" if to.is_own else name),
        ("Form", wanted.form.label),
        ("Desk that answers", wanted.desk.label if wanted.desk is not None else "not known"),
        *((_label(wanted.form, code), _words(value)) for code, value in wanted.said["fields"].items()),
        ("Purpose", purpose.label if purpose else wanted.said["purpose"]),
        ("Legal basis", basis.label if basis else wanted.said["basis"]),
    ]
    if wanted.said["agreement"]:
        tells.append(("Fast lane", wanted.said["agreement"]))
    scope = scope_of(services.packs.access, viewer)
    if same is not None and snapshot.request(same.message, scope=scope) is not None:
        tells.append(("Asked already", f"{same.ref} is open: nothing more is sent"))
    return About(
        summary=f"Send a request to {name}: {wanted.form.label.lower()}",
        tells=tuple(tells),
        shown={
            f"the peer {name}": f"{to.peer.standing} {to.peer.incarnation} {to.peer.changed_at}" if to.peer else "own",
            "the law": policy_digest(services.packs.law),
            "the forms pack": services.packs.forms.digest,
            "the fast lane": wanted.said["agreement"],
        },
    )


def _run_send(services: Services, tx: Transaction, viewer: Viewer, _order: MessageId, said: Saying) -> dict[str, Any]:
    shown = send_ordered_in(services, tx, viewer, said)
    return {"ref": shown.ref, "message": shown.line.message, "state": shown.state, "is_new": shown.is_new}


def _about_power(services: Services, snapshot: Snapshot, viewer: Viewer, said: Saying) -> About:
    summary, tells = told_power(services, snapshot, viewer, said)
    return replace(_stands_power(services, snapshot, viewer, said), summary=summary, tells=tuple(tells))


def _stands_power(services: Services, snapshot: Snapshot, viewer: Viewer, said: Saying) -> About:
    head = snapshot.head(MessageId(said["request"]), scope=WHOLE)
    heads: list[MessageHead] = [] if head is None else [head]
    whole = touched(snapshot, heads)
    return About(
        summary="",
        tells=(),
        messages=whole.messages,
        tlp=whole.tlp,
        classes=whole.classes,
        lists=whole.lists,
        shown=shown_power(services, snapshot, viewer, said),
    )


def _run_power(services: Services, tx: Transaction, viewer: Viewer, _order: MessageId, said: Saying) -> dict[str, Any]:
    return run_power(services, tx, viewer, said)


def _label(form: Any, code: str) -> str:
    field = form.field_of(code)
    return field.label if field is not None else code


def _words(value: Any) -> str:
    match value:
        case {"minor": int(minor), "currency": str(currency)}:
            return said_amount(minor, currency)
        case dict():
            return " ".join(str(one) for one in value.values() if one)
        case _:
            return str(value)


_EVENTS: Final = ("log", "streams", "requests")
REQUEST_SEND: Final = Action(keep=_keep_send, about=_about_send, run=_run_send, events=_EVENTS)
POWER_ORDER: Final = Action(
    keep=kept_power, about=_about_power, stands=_stands_power, run=_run_power, lone=is_lone, events=_EVENTS
)
