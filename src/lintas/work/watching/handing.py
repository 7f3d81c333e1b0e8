# SPDX-License-Identifier: Apache-2.0
"""Hand an alert over: from then on another person of this agency has it."""

from typing import NamedTuple

from lintas.errors import NotAllowed
from lintas.model.header import Kind
from lintas.model.viewer import Viewer
from lintas.model.watch_answers import AlertShown
from lintas.policy.access import Thing, access, may
from lintas.policy.access import scope_of as policy_scope
from lintas.ports.accounts import AccountRow
from lintas.ports.store import Snapshot, Transaction
from lintas.work.access import permit, record_access, scope_of
from lintas.work.accounts.people import find_open
from lintas.work.accounts.viewing import viewer_of
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
    scope = scope_of(services, actor, "watch")

    def give(tx: Transaction) -> None:
        # One transaction: of two who hand it over at once, the second no longer has it.
        head = one_alert(tx, alert_id, scope)
        permit(services, actor, "alert.hand_over", alert_of(actor, has=head.has, owner=head.owner))
        account = find_open(tx, to_account)
        if not _may_receive(services, tx, account, head.id):
            raise NotAllowed(
                f"{account.id} may not see this alert.", rule="receiver", hint="Give it to somebody cleared for it."
            )
        if account.id != head.has:
            # named by its message, as when it is acknowledged: an alert's own id could be guessed
            target = next(tx.entries(head.seq, head.seq + 1)).id
            append(tx, prepare_control(services, Kind.HANDOVER, {"target": target, "by": actor.id, "to": account.id}))

    services.store.write(give)
    services.events.publish("alerts")
    given = alert_now(services, alert_id, scope)
    record_access(services, actor, "alerts", {"alert": given.message}, [given.message])
    return given


def receivers(services: Services, viewer: Viewer, alert_id: str) -> list[Receiver]:
    """Who may be given an alert: open accounts that may see it, but for who has it. Empty when the viewer may not.

    Raises:
        UnknownTerm: There is no such alert that the viewer may see.
    """
    scope = scope_of(services, viewer, "watch")

    def gather(snapshot: Snapshot) -> list[Receiver]:
        head = one_alert(snapshot, alert_id, scope)
        if not may_give(services, viewer, has=head.has, owner=head.owner):
            return []
        return [
            Receiver(row.id, row.name, row.role)
            for row in snapshot.accounts()
            if row.state == "open" and row.id != head.has and _may_receive(services, snapshot, row, head.id)
        ]

    return services.store.read(gather)


def may_give(services: Services, viewer: Viewer, *, has: str, owner: str) -> bool:
    """Say whether a viewer may give an alert to somebody else: who has it, its watch's owner, a supervisor."""
    thing = alert_of(viewer, has=has, owner=owner)
    return access(services.packs.access, viewer, "alert.hand_over", thing).allowed


def alert_of(viewer: Viewer, *, has: str, owner: str) -> Thing:
    """An alert belongs to who has it and to who set its watch."""
    return Thing(owner=has if viewer.id == has else owner)


def _may_receive(services: Services, snapshot: Snapshot, account: AccountRow, alert: str) -> bool:
    """Whether somebody may watch at all, and would see this alert."""
    viewer = viewer_of(services, snapshot, account)
    table = services.packs.access
    return may(table, viewer, "watch") and snapshot.alert(alert, scope=policy_scope(table, viewer)) is not None
