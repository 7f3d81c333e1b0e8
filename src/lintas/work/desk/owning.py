# SPDX-License-Identifier: Apache-2.0
"""Say who answers for an open thing: nothing of the desk is without an owner.

Until somebody is named it is whoever is on duty, and the supervisor. An offer changes nothing until it is accepted.
"""

from lintas.model.header import Kind
from lintas.model.ids import MessageId
from lintas.ports.store import Transaction
from lintas.work.appending import Prepared, append, prepare_control
from lintas.work.services import Services


def own_entry(services: Services, target: MessageId, *, by: str, to: str, action: str) -> Prepared:
    """An entry that somebody takes, is offered, accepts or declines a thing."""
    body: dict[str, object] = {"action": action, "by": by, "target": target}
    if to:
        body["to"] = to
    return prepare_control(services, Kind.OWNED, body)


def own_in(services: Services, tx: Transaction, target: MessageId, person: str) -> None:
    """Let a person answer for a thing from here on; part of the caller's transaction. Saying it again adds nothing."""
    held = tx.owner(target)
    if held is None or held.owner != person:
        append(tx, own_entry(services, target, by=person, to=person, action="taken"))


def offer_in(services: Services, tx: Transaction, target: MessageId, *, by: str, to: str) -> None:
    """Offer a thing to a person; it stays with who has it until they accept. Part of the caller's transaction."""
    append(tx, own_entry(services, target, by=by, to=to, action="offered"))
