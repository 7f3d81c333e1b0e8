# SPDX-License-Identifier: Apache-2.0
"""Alerts: delivered at least once, one row per id, acknowledged by a named person."""

import re

from lintas.errors import UnknownTerm
from lintas.model.found import MASKED, AlertHead
from lintas.model.header import Kind
from lintas.model.identifier import Identifier
from lintas.model.peering import ReceiptState
from lintas.model.scope import Scope
from lintas.model.viewer import Viewer
from lintas.model.watch_answers import Alerts, AlertShown
from lintas.ports.store import Snapshot
from lintas.work.access import record_access, scope_of
from lintas.work.appending import append_control
from lintas.work.exchange import tell
from lintas.work.finding.show import label_of
from lintas.work.services import Services
from lintas.work.watching.naming import Namer

_ID = re.compile(r"[0-9a-f]{64}", re.ASCII)


MASKED_REASON = "What is watched is in a message that is masked: open it, and unmask it if you must."


def list_alerts(
    services: Services, viewer: Viewer, *, after: str = "", limit: int = 200, newest: bool = False, mine: bool = False
) -> Alerts:
    """Alerts that this viewer may see: after one, in order; or the newest first.

    Args:
        after: Id of the last alert that the caller has; empty for the beginning.
        mine: Only what this viewer has: handed to them, or met by their own watch and handed to nobody else.

    Raises:
        UnknownTerm: There is no alert `after`.
    """
    scope = scope_of(services, viewer, "watch")

    def gather(snapshot: Snapshot) -> list[AlertShown]:
        start = one_alert(snapshot, after, scope).seq if after else -1
        person = viewer.id if mine else ""
        found = snapshot.alerts(scope=scope, after=start, limit=limit, newest=newest, person=person)
        namer = Namer(services, snapshot)
        return [_shown(services, namer, head) for head in found]

    shown = services.store.read(gather)
    if shown:
        record_access(services, viewer, "alerts", {"after": after}, [one.message for one in shown])
    return Alerts(alerts=shown)


def wait_alerts(services: Services, viewer: Viewer, *, after: str, wait_s: float, mine: bool = False) -> Alerts:
    """As `list_alerts`, but when there is none, wait for one until time is up."""
    ends = services.clock.monotonic_s() + wait_s
    while True:
        seen = services.events.count("alerts")
        found = list_alerts(services, viewer, after=after, mine=mine)
        left = ends - services.clock.monotonic_s()
        if found.alerts or left <= 0:
            return found
        services.events.wait("alerts", seen=seen, timeout_s=left)


def acknowledge(services: Services, actor: Viewer, alert_id: str) -> AlertShown:
    """Say that this person has seen an alert; the first to say so stands, and whose message it is hears it once.

    Raises:
        UnknownTerm: There is no such alert that they may see.
    """
    scope = scope_of(services, actor, "watch")
    head = services.store.read(lambda snapshot: one_alert(snapshot, alert_id, scope))
    if not head.acknowledged_by:
        # The alert's own id is a digest of a phone number or account, which could be found by trying all of them; a
        # control entry stays for good, so it names the alert by its message, whose salt is erased with it.
        message = services.store.read(lambda snapshot: next(snapshot.entries(head.seq, head.seq + 1)).id)
        append_control(services, Kind.ENDED, {"target": message, "what": "alert", "by": actor.id})
        services.events.publish("alerts")
        tell(services, head.message, ReceiptState.SHOWN, actor.id)
    done = alert_now(services, alert_id, scope)
    record_access(services, actor, "alerts", {"alert": done.message}, [done.message])
    return done


def show_alert(services: Services, viewer: Viewer, alert_id: str) -> AlertShown:
    """Show one alert.

    Raises:
        UnknownTerm: There is no such alert that this viewer may see.
    """
    shown = alert_now(services, alert_id, scope_of(services, viewer, "watch"))
    record_access(services, viewer, "alerts", {"alert": shown.message}, [shown.message])
    return shown


def one_alert(snapshot: Snapshot, alert: str, scope: Scope) -> AlertHead:
    """One alert that a viewer of some clearance may see.

    Raises:
        UnknownTerm: There is none.
    """
    plain = alert.strip().lower()
    head = snapshot.alert(plain, scope=scope) if _ID.fullmatch(plain) else None
    if head is None:
        raise UnknownTerm("There is no such alert that you may see.")
    return head


def alert_now(services: Services, alert: str, scope: Scope) -> AlertShown:
    """One alert as it stands now.

    Raises:
        UnknownTerm: There is none that a viewer of this clearance may see.
    """
    return services.store.read(
        lambda snapshot: _shown(services, Namer(services, snapshot), one_alert(snapshot, alert, scope))
    )


def _shown(services: Services, namer: Namer, head: AlertHead) -> AlertShown:
    found = Identifier(scheme=head.scheme, value=head.value)
    named = namer.name(head.originator)
    if head.masked:  # that something met the watch, not what it says; the watch itself tells its owner what they asked
        head = head._replace(value=MASKED, reason=MASKED_REASON)
    return AlertShown(
        id=head.id,
        watch=head.watch,
        term=head.value,
        message=head.message,
        from_=head.originator,
        reason=head.reason,
        at=head.at,
        seq=head.seq,
        scheme=head.scheme,
        source=head.source,
        marking=label_of(head.tlp),
        grading=head.grading,
        benign=[] if head.masked else list(services.packs.benign.reasons(found)),
        acknowledged_by=head.acknowledged_by,
        acknowledged_at=head.acknowledged_at,
        from_name=named.name,
        from_flags=list(named.flags),
        owner=head.owner,
        has=head.has,
    )
