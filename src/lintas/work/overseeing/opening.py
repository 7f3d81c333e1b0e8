# SPDX-License-Identifier: Apache-2.0
"""Oversight opens the content of one message with a stated cause, and a supervisor sees that it did."""

from dataclasses import replace
from typing import Final, NamedTuple

import msgspec

from lintas.errors import NotAllowed, UnknownTerm, WrongUse
from lintas.limits import AUDIT_LINES_MAX, CAUSE_CHARS_MIN
from lintas.model.audit import AuditLine
from lintas.model.find_answers import MessageShown
from lintas.model.header import Kind
from lintas.model.ids import MessageId
from lintas.model.viewer import Viewer
from lintas.policy.access import cause_scope_of
from lintas.ports.store import Snapshot
from lintas.work.access import permit, record_access
from lintas.work.appending import append_control
from lintas.work.finding.message import checked_id, message_in
from lintas.work.overseeing.lines import line_of
from lintas.work.overseeing.search import names_for
from lintas.work.services import Services

_OPENABLE: Final = frozenset({Kind.ITEM.value, Kind.INTAKE.value})


class Opened(NamedTuple):
    """A message that was opened."""

    message: MessageShown
    access: MessageId  # the entry that says so


def open_content(services: Services, viewer: Viewer, message: str, *, cause: str) -> Opened:
    """Show oversight one message. The entry that says so is on disk before, and waits for a supervisor.

    Masked content stays masked, and a closed class closed, unless the person was cleared for it.

    Args:
        cause: Why, in words; kept, and shown to supervisors.

    Raises:
        NotAllowed: The viewer may not, or gave no cause.
        WrongUse: The cause says too little.
        UnknownTerm: There is no such message that they may open.
    """
    said = " ".join(cause.split())
    asking = replace(viewer, purpose=said)
    permit(services, asking, "oversee.open")
    if len(said) < CAUSE_CHARS_MIN:
        raise WrongUse(
            "The cause says too little.", hint=f"Say in at least {CAUSE_CHARS_MIN} characters why it must be opened."
        )
    scope = cause_scope_of(services.packs.access, viewer)
    shown = services.store.read(lambda snapshot: message_in(services, snapshot, asking, message, scope))
    if shown.kind not in _OPENABLE:
        raise UnknownTerm(
            "Only messages and taken files have content to open.", hint="What people asked is found by the search."
        )
    access = record_access(services, asking, "opened", {"message": shown.id}, [shown.id])
    services.events.publish("log")
    return Opened(shown, access)


def waiting_openings(services: Services, viewer: Viewer) -> list[AuditLine]:
    """What oversight opened and no supervisor has acknowledged, newest first; no content.

    Raises:
        NotAllowed: The viewer may not acknowledge it.
    """
    permit(services, viewer, "oversee.acknowledge")
    return services.store.read(lambda snapshot: openings(services, viewer, snapshot, every=False))


def acknowledge_opening(services: Services, viewer: Viewer, access: str) -> None:
    """Say that this supervisor has seen that content was opened; the first to say so stands.

    Raises:
        NotAllowed: The viewer may not, or opened it themselves.
        UnknownTerm: No such entry opened content.
    """
    permit(services, viewer, "oversee.acknowledge")
    wanted = checked_id(access)

    def find(snapshot: Snapshot) -> bool:
        found = [one for one in snapshot.openings(limit=AUDIT_LINES_MAX, every=True) if one.id == wanted]
        if not found:
            raise UnknownTerm("No such entry opened content.")
        if found[0].viewer == viewer.id:
            raise NotAllowed("You opened it yourself: another supervisor acknowledges it.", rule="own-opening")
        return not found[0].answered_by

    if services.store.read(find):
        append_control(services, Kind.ENDED, {"target": wanted, "what": "opened", "by": viewer.id})
        services.events.publish("log")


def openings(services: Services, viewer: Viewer, snapshot: Snapshot, *, every: bool) -> list[AuditLine]:
    """Entries by which content was opened, newest first."""
    names = names_for(services, viewer, snapshot)
    lines = []
    for head in snapshot.openings(limit=AUDIT_LINES_MAX, every=every):
        entry = next(snapshot.entries(head.seq, head.seq + 1))
        line = line_of(services, entry, snapshot.payload(head.seq), names)
        lines.append(msgspec.structs.replace(line, answered_by=head.answered_by, answered_at=head.answered_at))
    return lines
