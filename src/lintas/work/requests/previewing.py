# SPDX-License-Identifier: Apache-2.0
"""See before a request is sent who would see it, when that desk is open, and by which door it holds."""

from collections.abc import Mapping
from typing import Any

from lintas.formats.forms import check_fields
from lintas.model.desk_answers import RequestPreview, SeenBy
from lintas.model.marking import Marking, Tlp
from lintas.model.scope import Scope
from lintas.model.viewer import Viewer
from lintas.policy.decision import Decision
from lintas.policy.release import release
from lintas.policy.requests import ORDERABLE
from lintas.ports.store import Snapshot
from lintas.work.access import scope_of
from lintas.work.binding import must_order
from lintas.work.requests.places import desk_shown, doors_shown
from lintas.work.requests.sending import SENDS, asked_as
from lintas.work.requests.wanting import Addressed, Wanted, form_called, refused_in, same_in, wanted_in
from lintas.work.services import Services
from lintas.work.streams import recipient_of, situation_of


def preview_request(services: Services, viewer: Viewer, **given: Any) -> RequestPreview:
    """Say what sending a request would do: who would see it, the other desk's hours, its doors. Nothing is sent.

    Args:
        given: As `send`. Fields that are missing or wrong are told, and refuse nothing here.

    Raises:
        UnknownTerm: There is no such form or peer.
        NotAllowed: The viewer may not send requests.
    """
    scope = scope_of(services, viewer, SENDS)
    return services.store.read(lambda snapshot: _preview(services, snapshot, viewer, scope, asked_as(given)))


def _preview(
    services: Services, snapshot: Snapshot, viewer: Viewer, scope: Scope, asked: Mapping[str, Any]
) -> RequestPreview:
    form = form_called(services, asked["form"])
    wanted = wanted_in(services, snapshot, asked, check=False)
    to, said = wanted.to, wanted.said
    rejected = [(one.id, one.reason) for one in check_fields(form, said["fields"])]
    decision = _decision(services, snapshot, to, said)
    row, desk = form.level_rows[said["urgency"]], desk_shown(services, to.country, wanted.desk)
    same = same_in(services, snapshot, wanted)
    if same is not None and snapshot.request(same.message, scope=scope) is None:
        same = None  # what this viewer may not see is not named to them
    before = [one for one in refused_in(services, snapshot, wanted) if snapshot.request(one.message, scope=scope)]
    roles = services.packs.access.activities["request.read"].roles
    tlp = Tlp.AMBER_STRICT if to.is_own else Tlp.AMBER
    return RequestPreview(
        to=to.node,
        to_name=to.name,
        to_country=to.country,
        may_go=decision.allowed and not rejected,
        rule="" if decision.allowed else decision.rule,
        reason="" if decision.allowed else decision.reason,
        rejected=rejected,
        power=form.power,
        purpose=said["purpose"],
        basis=said["basis"],
        levels=dict(said["levels"]),
        level_source=row.source,
        level_confirmed=row.confirmed,
        desk=desk,
        doors=doors_shown(services, to.country, form.power) if form.power in ORDERABLE else [],
        seen_by=SeenBy(tlp.label, [], sorted(roles), list(dict.fromkeys((services.keys.node, to.node)))),
        takes_order=must_order(services, snapshot, viewer, SENDS),
        same="" if same is None else same.ref,
        refused_before=before[0].ref if before else "",
        fast=bool(said["agreement"]),
        agreement=said["agreement"],
        warnings=_warnings(wanted, is_confirmed=row.confirmed, is_closed=desk is not None and desk.is_open is False)
        + (["refused-before"] if before else []),
    )


def _decision(services: Services, snapshot: Snapshot, to: Addressed, said: Mapping[str, Any]) -> Decision:
    """Whether it may go there; to the own desk nothing goes."""
    if to.peer is None:
        return Decision(allowed=True, rule="own", reason="it stays at this desk")
    marking = Marking(
        tlp=Tlp.AMBER,
        recipients=frozenset({to.node}),
        purposes=frozenset({said["purpose"]}),
        legal_basis=frozenset({said["basis"]}),
    )
    situation = situation_of(
        services,
        is_quarantined=snapshot.meta("state") != "live",
        is_own=True,
        kind="item",
        size_bytes=0,
        named=frozenset({to.node}),
        purpose=said["purpose"],
        basis=said["basis"],
    )
    return release(marking, recipient=recipient_of(services, to.peer), situation=situation)


def _warnings(wanted: Wanted, *, is_confirmed: bool, is_closed: bool) -> list[str]:
    """Codes of what an officer should know first."""
    found = [] if is_confirmed else ["levels-unconfirmed"]
    if wanted.desk is None:
        found.append("desk-unknown")
    elif not wanted.desk.confirmed:
        found.append("desk-unconfirmed")
    return found + (["desk-closed"] if is_closed else [])
