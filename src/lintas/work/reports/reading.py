# SPDX-License-Identifier: Apache-2.0
"""Show reports: what they say now, what they said before, who reported (withheld), and what else here is like them."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from lintas.model.desk_found import ReportHead
from lintas.model.report_answers import ReportLine, ReportShown, ReportVersion, VictimShown
from lintas.model.scope import Scope
from lintas.model.viewer import Viewer
from lintas.ports.store import Snapshot
from lintas.work.access import record_access, scope_of
from lintas.work.finding.unmasking import UNMASK, check_alone, unmasks, withheld
from lintas.work.reports.documents import said_at, versions_or_unknown
from lintas.work.reports.matching import elsewhere, likenesses
from lintas.work.reports.status import status_of
from lintas.work.reports.suggesting import suggest_requests
from lintas.work.services import Services

_REQUESTS_MAX = 100  # of one report that are listed
_SEQ_MAX = 2**62


def show_report(
    services: Services, viewer: Viewer, ref: str, *, purpose: str = "", unmask: bool = False
) -> ReportShown:
    """Show one report as it is now.

    Args:
        unmask: Show who reported, for the purpose; for this one view.

    Raises:
        UnknownTerm: There is none that this viewer may see.
        BadInput: The text is no reference.
        NotAllowed: They may not see reports, or not unmask, or said no purpose.
    """
    scope = open_scope = scope_of(services, viewer, "report.read")
    if unmask:
        viewer, wide = unmasks(services, viewer, purpose)
        asking = viewer
        services.store.read(lambda snapshot: _check_victims(services, snapshot, asking, ref, wide))
        open_scope = replace(wide, masked=0)
    shown, messages = services.store.read(lambda snapshot: _shown(services, snapshot, ref, scope, open_scope))
    verb = UNMASK if unmask else "report"
    record_access(services, viewer, verb, {"ref": shown.ref}, messages, purpose=purpose)
    return shown


def list_reports(
    services: Services, viewer: Viewer, *, state: str = "", before: int = 0, limit: int = 50
) -> list[ReportLine]:
    """Reports as they are now, newest first.

    Args:
        state: `open` or `closed`; empty for both.
        before: `seq` of the last line of the page before; 0 for the first page.

    Raises:
        NotAllowed: The viewer may not see reports.
    """
    scope = scope_of(services, viewer, "report.read")
    lines = services.store.read(
        lambda snapshot: [
            _line(snapshot, head)
            for head in snapshot.reports(scope=scope, before=before or _SEQ_MAX, limit=limit, state=state)
        ]
    )
    record_access(services, viewer, "reports", {"before": before, "state": state}, [line.message for line in lines])
    return lines


def _line(snapshot: Snapshot, head: ReportHead) -> ReportLine:
    return ReportLine(
        seq=head.seq,
        ref=head.ref,
        message=head.message,
        at=head.at,
        by=head.by,
        how=head.how,
        area=head.area,
        kind=head.kind,
        state=head.state,
        duplicate_of=head.duplicate_of,
        payments=[paid._asdict() for paid in snapshot.payments(head.seq)],
    )


def _check_victims(services: Services, snapshot: Snapshot, asking: Viewer, ref: str, scope: Scope) -> None:
    head = versions_or_unknown(snapshot, ref, scope)[0]
    for _, message in snapshot.victims(head.ref, scope=scope)[-1:]:
        found = snapshot.head(message, scope=scope)
        if found is not None:
            check_alone(services, snapshot, asking, found)


def _shown(
    services: Services, snapshot: Snapshot, ref: str, scope: Scope, open_scope: Scope
) -> tuple[ReportShown, list[str]]:
    versions = versions_or_unknown(snapshot, ref, scope)
    newest = versions[0]
    said = said_at(services, snapshot, newest.seq)
    victim, who = _victim(services, snapshot, newest.ref, open_scope)
    known, messages = elsewhere(services, snapshot, newest.ref, said, scope)
    alike = likenesses(services, snapshot, newest.ref, said, who, scope) if said else []
    owned = snapshot.owner(versions[-1].message)
    shown = ReportShown(
        ref=newest.ref,
        message=newest.message,
        doc=newest.doc,
        by=newest.by,
        at=newest.at,
        said=dict(said),
        erased=not said,
        status=status_of(said),
        victim=victim,
        versions=[ReportVersion(one.message, one.doc, one.by, one.at, one.state) for one in versions],
        requests=[one.ref for one in snapshot.requests_of_report(newest.ref, scope=scope, limit=_REQUESTS_MAX)],
        duplicates=alike,
        elsewhere=known,
        suggestions=suggest_requests(services, snapshot, newest.ref, said),
        owner=owned.owner if owned is not None else "",
    )
    messages += [one.message for one in versions] + [line.message for line in alike]
    return shown, messages + ([victim.message] if victim is not None else [])


def _victim(
    services: Services, snapshot: Snapshot, ref: str, scope: Scope
) -> tuple[VictimShown | None, Mapping[str, Any]]:
    """Who reported, as far as a scope shows it; and what it says, for the node's own comparison."""
    victims = snapshot.victims(ref, scope=scope)
    if not victims:
        return None, {}
    seq, message = victims[-1]
    head = snapshot.head(message, scope=scope)
    who = said_at(services, snapshot, seq)
    if head is None:
        return None, who
    if head.masked:
        return VictimShown(message=message, masked=True, note=withheld(services, head)), who
    return VictimShown(message=message, masked=False, said=dict(who)), who
