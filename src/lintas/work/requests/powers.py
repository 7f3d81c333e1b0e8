# SPDX-License-Identifier: Apache-2.0
"""What an order about a request says to those who sign it, and what does it once they have.

The answering desk's own order, under its own law: two named people sign it, each with their own passkey. Where a fast
lane is in force for the request one named person with the power is enough, through a confirmed door with a confirmed
clock; never a machine.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from lintas.errors import NotAllowed, UnknownTerm, WrongUse
from lintas.formats.currencies import said_amount
from lintas.model.agreements import Agreement
from lintas.model.desk import Side, Step, Thread
from lintas.model.desk_found import RequestHead
from lintas.model.ids import MessageId
from lintas.model.scope import WHOLE
from lintas.model.viewer import Viewer
from lintas.policy.doors import warnings
from lintas.policy.requests import money_of
from lintas.ports.store import Snapshot, Transaction
from lintas.work.access import scope_of
from lintas.work.agreements import lane_for
from lintas.work.desk import own_in, request_or_unknown, thread_in
from lintas.work.requests.buttons import ORDERS, POWERS
from lintas.work.requests.checking import checked_fields
from lintas.work.requests.claims import block_on, relying_on
from lintas.work.requests.ordering import is_fast
from lintas.work.requests.saying import release_in, say_ordered_in, step_called
from lintas.work.requests.showing import asked_in
from lintas.work.requests.stepping import check_turn
from lintas.work.services import Services

Saying = Mapping[str, Any]
Tells = list[tuple[str, str]]


def kept_power(services: Services, snapshot: Snapshot, viewer: Viewer, said: Saying) -> dict[str, Any]:
    """What an order about a request will say, checked and filled up.

    Args:
        said: request, what, fields, short, lang.

    Raises:
        LintasError: It is out of turn, or a field cannot be.
    """
    head = _head(services, snapshot, viewer, str(said.get("request", "")))
    what = step_called(str(said.get("what", "")))
    if what not in POWERS:
        raise WrongUse("That takes no order: say it.", hint="lintas request DIR say")
    if head.side != Side.ANSWERER:
        raise NotAllowed("Only the desk that was asked orders: it decides under its own law.", rule="side")
    thread, given = thread_in(snapshot, head), said.get("fields") or {}
    if not isinstance(given, Mapping):
        raise WrongUse("The fields of a step are an object.")
    check_turn(thread, head, what, None)
    fields = checked_fields(services, snapshot, head, thread, what, given, ground="")
    check_turn(thread, head, what, fields)
    lane = fast_lane(services, snapshot, head, what, fields)
    short = str(said.get("short") or "")
    return {
        "request": head.message,
        "ref": head.ref,
        "to": [] if head.is_own else [head.other],
        "what": what.value,
        "fields": fields,
        "short": short,
        "lang": str(said.get("lang") or "en") if short else "",
        "lane": "" if lane is None else lane.ref,
        "messages": [head.message],
    }


def fast_lane(
    services: Services, snapshot: Snapshot, head: RequestHead, what: Step, fields: Mapping[str, Any]
) -> Agreement | None:
    """The agreement under which one person orders alone; None where two have to.

    Only what was agreed on by both nodes, only what is ordered anew, only through a confirmed door with a confirmed
    clock, and only as much as was agreed: what the order says counts, and not what was asked.
    """
    if what is not Step.ORDERED or not head.agreement or not is_fast(services, fields):
        return None
    form = services.packs.forms.forms.get(head.form)
    if form is None or not form.fast:
        return None
    said = asked_in(services, snapshot, head).said
    asked = {
        "form": head.form,
        "power": fields["power"],
        "desk": head.desk,
        "agreement": head.agreement,
        "fields": {"amount": fields["amount"]},
    }
    if money_of(said["fields"].get("amount")) is None or said["agreement"] != head.agreement:
        return None
    return lane_for(services, snapshot, head.other, asked)


def told_power(services: Services, snapshot: Snapshot, viewer: Viewer, said: Saying) -> tuple[str, Tells]:
    """(one sentence, what exactly would happen): what those who sign an order read."""
    head = _head(services, snapshot, viewer, said["request"])
    what, fields = step_called(said["what"]), said["fields"]
    peer = snapshot.peer(head.other)
    name = services.config.name if head.is_own else peer.name if peer is not None else head.other[:24]
    tells: Tells = [
        ("Request", head.ref),
        ("Asked by", f"{name}, this desk itself" if head.is_own else name),
        ("Form", _label(services, "form", head.form)),
    ]
    if what is Step.ORDERED:
        tells += _told_order(services, snapshot, viewer, head, fields)
    else:
        tells += [("Step", _label(services, "step", what.value))]
        tells += [(key.replace("_", " ").capitalize(), _words(value)) for key, value in fields.items() if value]
        if relying := relying_on(snapshot, head):
            refs = ", ".join(_named(services, snapshot, viewer, relying))
            tells.append(("Other claims that rely on this block, and end with it", refs))
    if said["lane"]:
        tells.append(("Fast lane", f"{said['lane']}: one named person with the power is enough"))
    verb = _label(services, "power" if what is Step.ORDERED else "step", fields.get("power", what))
    amount = f" {_words(fields['amount'])}" if fields.get("amount") else ""
    return f"{verb}{amount}, request {head.ref} of {name}", tells


def shown_power(services: Services, snapshot: Snapshot, viewer: Viewer, said: Saying) -> dict[str, str]:
    """What an order depends on: if any of it changes, it is not any more what was shown."""
    head = _head(services, snapshot, viewer, said["request"])
    thread = thread_in(snapshot, head)
    lane = fast_lane(services, snapshot, head, step_called(said["what"]), said["fields"])
    return {
        f"the request {head.ref}": _state(thread),
        "the fast lane": "" if lane is None else f"{lane.ref} {lane.digest}",
        "the doors pack": services.packs.doors.digest,
    }


def is_lone(services: Services, snapshot: Snapshot, said: Saying) -> bool:
    """Whether one named person is enough for an order, because a fast lane is in force for it now."""
    head = snapshot.request(MessageId(said["request"]), scope=WHOLE)
    if head is None or not said["lane"]:
        return False
    lane = fast_lane(services, snapshot, head, step_called(said["what"]), said["fields"])
    return lane is not None and lane.ref == said["lane"]


def run_power(services: Services, tx: Transaction, viewer: Viewer, said: Saying) -> dict[str, Any]:
    """Say what was ordered, in the transaction of the order; a review that releases also releases.

    What is true if we die: nothing, or the order's `done`, the step, and its place in the other desk's stream.
    """
    what = step_called(said["what"])
    parts = {"fields": said["fields"], "ground": "", "short": said["short"], "lang": said["lang"]}
    head = say_ordered_in(services, tx, viewer, MessageId(said["request"]), what, parts)
    if what is Step.REVIEWED and said["fields"].get("decision") == "released":
        release_in(services, tx, viewer, head)
    held = tx.owner(head.message)
    if held is None or not held.owner:
        own_in(services, tx, head.message, viewer.id)
    now = tx.request_of(head.asker, head.ref)
    return {"ref": head.ref, "message": head.message, "state": "" if now is None else now.state}


def _head(services: Services, snapshot: Snapshot, viewer: Viewer, request: str) -> RequestHead:
    return request_or_unknown(snapshot, request, scope_of(services, viewer, ORDERS))


def _state(thread: Thread) -> str:
    amounts = (thread.asked_minor, thread.blocked_minor, thread.tainted_minor, thread.held_minor)
    return f"{thread.state} {thread.power_ordered} {amounts} {thread.expires_at} {thread.reviewing}"


def _named(services: Services, snapshot: Snapshot, viewer: Viewer, heads: Iterable[RequestHead]) -> list[str]:
    """Requests by their references, as far as a viewer may see them; that there are others an order needs to say."""
    scope = scope_of(services, viewer, ORDERS)
    refs = [one.ref if snapshot.request(one.message, scope=scope) is not None else "another request" for one in heads]
    return list(dict.fromkeys(refs))


def _told_order(services: Services, snapshot: Snapshot, viewer: Viewer, head: RequestHead, fields: Saying) -> Tells:
    place, forms = services.packs.doors.of(services.config.country), services.packs.forms
    door = place.door(fields["door"])
    if door is None:
        raise UnknownTerm("The doors pack has no such door any more.")
    account = fields["account"]
    rank = services.packs.doors.terms.get("rank", {}).get(door.signs)
    what = "The whole account is blocked" if fields["whole"] else "Only the amount"
    tells = [
        ("Power", _label(services, "power", fields["power"])),
        ("Door", door.label),
        ("Law", fields["law"]),
        ("Authority that answers for it", fields["authority"]),
        ("Signed by", rank.label if rank is not None else door.signs),
        ("Account", " ".join(filter(None, (account.get("bank"), account.get("value"), account.get("name"))))),
        ("What is blocked", what),
        ("Amount", _words(fields["amount"]) if fields["amount"] else "not named"),
        ("Ends", fields["expires_at"] or "no end is named"),
    ]
    if fields["relies"]:
        tells.append(("What the bank relies on", _label(services, "relies", fields["relies"])))
    if fields["words"] in forms.words:
        tells.append(("Words for the holder of the account", forms.words[fields["words"]].sentence))
    tells += [("Warning", sentence) for sentence in warnings(services.packs.doors, place, door)]
    if (block := block_on(snapshot, head, fields)) is not None:
        (name,) = _named(services, snapshot, viewer, [block.head])
        said = f"the bank blocks this account for {name} until {block.expires_at}: this claims that block"
        tells.append(("Blocked already", said))
    return tells


def _label(services: Services, table: str, code: str) -> str:
    return services.packs.forms.labels().get(table, {}).get(str(code), str(code).replace("_", " "))


def _words(value: Any) -> str:
    money = money_of(value)
    return said_amount(money.minor, money.currency) if money is not None else str(value)
