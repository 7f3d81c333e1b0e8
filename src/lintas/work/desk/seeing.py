# SPDX-License-Identifier: Apache-2.0
"""Say what time did to a clock, and that a named person saw it."""

from lintas.model.desk_found import ClockHead
from lintas.model.header import Kind
from lintas.model.ids import MessageId
from lintas.model.viewer import Viewer
from lintas.ports.store import Transaction
from lintas.work.appending import Prepared, append, prepare_control
from lintas.work.services import Services


def due_entry(services: Services, head: ClockHead, state: str, *, by: str) -> Prepared:
    """An entry that a clock warned or ran out, or that somebody saw that it did."""
    body: dict[str, object] = {
        "by": by,
        "clock": head.clock,
        "due_at": head.at,
        "state": state,
        "target": head.target,
    }
    if head.item:
        body["item"] = head.item
    return prepare_control(services, Kind.DUE, body)


def see_in(services: Services, tx: Transaction, viewer: Viewer, target: MessageId, clock: str) -> None:
    """Say that a person saw one kind of clock of a thing, by acting on it; part of the caller's transaction."""
    unseen = {(one.item, one.due_at) for one in tx.dues_of(target) if one.clock == clock and not one.seen_at}
    for item, due_at in sorted(unseen):
        append(tx, due_entry(services, ClockHead(target, clock, item, due_at, "", 0), "seen", by=viewer.id))
