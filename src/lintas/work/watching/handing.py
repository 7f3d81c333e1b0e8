# SPDX-License-Identifier: Apache-2.0
"""Hand an alert over: from then on another person of this agency has it."""

from typing import NamedTuple

from lintas.errors import NotAllowed
from lintas.model.answers import AlertShown
from lintas.model.header import Kind
from lintas.model.marking import Tlp
from lintas.model.viewer import Viewer
from lintas.policy.access import clearance_of, may_hand_over
from lintas.ports.accounts import AccountRow
from lintas.ports.store import Snapshot, Transaction
from lintas.work.access import clearance
from lintas.work.accounts.people import find_open
from lintas.work.appending import append, prepare_control
from lintas.work.services import Services
from lintas.work.watching.alerts import alert_now, one_alert


class Receiver(NamedTuple):
    """Somebody who may be given an alert."""

    id: str
    name: str  # stays in this node
    role: str


def hand_over(services: Services, actor: Viewer, alert_id: str, to_account: str) -> AlertShown:
    """Give an alert to another person, who then finds it among their own; that they have it already is no error.

    Args:
        to_account: Id or name of an open account.

    Raises:
        UnknownTerm: There is no such alert that the actor may see, or no such open account.
        NotAllowed: The actor neither has it, nor set its watch, nor is a supervisor; or the receiver may not see it.
    """
    level = clearance(actor)

    def give(tx: Transaction) -> None:
        # One transaction: of two who hand it over at once, the second no longer has it.
        head = one_alert(tx, alert_id, level)
        decision = may_hand_over(actor, has=head.has, owner=head.owner)
        if not decision.allowed:
            raise NotAllowed(f"You cannot hand this alert over: {decision.reason}.", rule=decision.rule)
        account = find_open(tx, to_account)
        if not _may_receive(account, head.tlp):
            raise NotAllowed(
                f"{account.id} may not see this alert.", rule="receiver", hint="Give it to somebody cleared for it."
            )
        if account.id != head.has:
            # named by its message, as when it is acknowledged: an alert's own id could be guessed
            target = next(tx.entries(head.seq, head.seq + 1)).id
            append(tx, prepare_control(services, Kind.HANDOVER, {"target": target, "by": actor.id, "to": account.id}))

    services.store.write(give)
    services.events.publish("alerts")
    return alert_now(services, alert_id, level)


def receivers(services: Services, viewer: Viewer, alert_id: str) -> list[Receiver]:
    """Who may be given an alert: open accounts that may see it, but for who has it. Empty when the viewer may not.

    Raises:
        UnknownTerm: There is no such alert that the viewer may see.
    """
    level = clearance(viewer)

    def gather(snapshot: Snapshot) -> list[Receiver]:
        head = one_alert(snapshot, alert_id, level)
        if not may_hand_over(viewer, has=head.has, owner=head.owner).allowed:
            return []
        return [
            Receiver(row.id, row.name, row.role)
            for row in snapshot.accounts()
            if row.state == "open" and row.id != head.has and _may_receive(row, head.tlp)
        ]

    return services.store.read(gather)


def _may_receive(account: AccountRow, tlp: int) -> bool:
    return clearance_of(Viewer(id=account.id, clearance=Tlp(account.clearance), role=account.role)) >= tlp
