# SPDX-License-Identifier: Apache-2.0
"""One message: as received, derived, rejected, marking, proof; and lists of taken files."""

import json
import re
from collections.abc import Iterable
from dataclasses import replace

from lintas.errors import UnknownTerm
from lintas.model.find_answers import EntityLine, MessageShown
from lintas.model.found import MessageHead
from lintas.model.header import Kind
from lintas.model.ids import MessageId
from lintas.model.intake_answers import IntakeLine, Rejection
from lintas.model.marking import classes_of
from lintas.model.scope import WHOLE, Scope
from lintas.model.viewer import Viewer
from lintas.policy.access import Thing, obligations_of
from lintas.policy.access import scope_of as content_scope_of
from lintas.policy.decision import Obligation
from lintas.ports.store import Snapshot
from lintas.work.access import permit, record_access, scope_of
from lintas.work.finding.show import grounds, identifier, indented, label_of, statement
from lintas.work.finding.unmasking import UNMASK, check_alone, unmaskings, unmasks, withheld
from lintas.work.payloads import payload_bytes
from lintas.work.services import Services

_RECEIVED_CHARS_MAX = 20_000  # of a payload shown on a page; the file itself is exported whole
_ROWS_MAX = 500
_ID = re.compile(r"[0-9a-f]{64}", re.ASCII)
_SEQ_MAX = 2**62


def checked_id(text: str) -> MessageId:
    """Read a message id.

    Raises:
        UnknownTerm: It is none, so nothing has it.
    """
    plain = text.strip().lower()
    if not _ID.fullmatch(plain):
        raise UnknownTerm("A message id is 64 hexadecimal digits.", hint="Copy it from a find or from the log.")
    return MessageId(plain)


def head_or_unknown(snapshot: Snapshot, message: str, scope: Scope) -> MessageHead:
    """One message that the viewer may see.

    Raises:
        UnknownTerm: There is none that this viewer may see.
    """
    head = snapshot.head(checked_id(message), scope=scope)
    if head is None:
        raise UnknownTerm("There is no such message that you may see.")
    return head


def open_payload(services: Services, snapshot: Snapshot, viewer: Viewer, head: MessageHead) -> bytes | None:
    """The payload of a message that the viewer may see; None when it has none, it was erased, or they see it masked.

    Raises:
        NotAllowed: It is what somebody else asked.
        UnknownTerm: It is an order about something that the viewer may not see.
    """
    if head.masked and head.kind != Kind.ORDER:
        return None
    data = payload_bytes(services, snapshot, head.seq)
    if data is not None and head.kind == Kind.ACCESS:
        permit(services, viewer, "asked.read", Thing(owner=json.loads(data)["viewer"]))
    if data is not None and head.kind == Kind.ORDER:
        scope = content_scope_of(services.packs.access, viewer)
        if not sees_all(snapshot, json.loads(data)["said"].get("messages", ()), scope):
            raise UnknownTerm("There is no such message that you may see.")
    return None if head.masked else data


def sees_all(snapshot: Snapshot, messages: Iterable[str], scope: Scope) -> bool:
    """Whether none of these messages is hidden in a scope; one that is not here hides nothing."""
    return all(
        snapshot.head(MessageId(one), scope=scope) is not None or snapshot.head(MessageId(one), scope=WHOLE) is None
        for one in messages
    )


def show_message(
    services: Services, viewer: Viewer, message_id: str, *, purpose: str = "", unmask: bool = False
) -> MessageShown:
    """Show one message.

    Args:
        unmask: Show what is masked in it, for the purpose; for this one view.

    Raises:
        UnknownTerm: There is none that this viewer may see.
        NotAllowed: They may not unmask it, or said no purpose, or it takes a second person.
    """
    scope = scope_of(services, viewer, "read")
    verb = "message"
    if unmask:
        masked = services.store.read(lambda snapshot: head_or_unknown(snapshot, message_id, scope))
        if masked.masked:  # to unmask what is not masked is to look at it
            viewer, scope = unmasks(services, viewer, purpose)
            services.store.read(lambda snapshot: check_alone(services, snapshot, viewer, masked))
            verb, scope = UNMASK, replace(scope, masked=0)
    shown = services.store.read(lambda snapshot: message_in(services, snapshot, viewer, message_id, scope))
    record_access(services, viewer, verb, {"message": shown.id}, [shown.id], purpose=purpose)
    return shown


def list_intakes(
    services: Services, viewer: Viewer, *, before: int = 0, limit: int = 50
) -> list[tuple[int, IntakeLine]]:
    """Taken files, newest first, each with its place in the log for paging."""
    scope = scope_of(services, viewer, "read")
    rows = services.store.read(lambda s: s.intakes(scope=scope, before=before or _SEQ_MAX, limit=limit))
    lines = [
        (
            head.seq,
            IntakeLine(
                id=head.id,
                source=row.source,
                file_name=row.file_name,
                format=row.format,
                taken_at=head.created_at,
                read=row.read,
                used=row.used,
                rejected=len(row.rejected),
                marking=label_of(head.tlp),
            ),
        )
        for head, row in rows
    ]
    record_access(services, viewer, "intakes", {"before": before}, [line.id for _, line in lines])
    return lines


def message_in(services: Services, snapshot: Snapshot, viewer: Viewer, message_id: str, scope: Scope) -> MessageShown:
    """One message as a scope shows it; the caller asks the policy before, and records the access after.

    Raises:
        UnknownTerm: There is none that this scope shows.
    """
    head = head_or_unknown(snapshot, message_id, scope)
    entry = next(snapshot.entries(head.seq, head.seq + 1))
    facts = snapshot.facts_in(head.seq, scope=scope, limit=_ROWS_MAX)
    held = snapshot.held_in(head.seq, scope=scope, limit=_ROWS_MAX)
    entities = snapshot.entities_of(head.seq, scope=scope, limit=_ROWS_MAX)
    captions = snapshot.captions([fact.value for fact in facts if fact.kind == "entity"], scope=scope)
    heads = {head.seq: head}
    received, cut = _received(open_payload(services, snapshot, viewer, head))
    intake = snapshot.intake(head.id, scope=scope) if head.kind == Kind.INTAKE else None
    rejected = intake.rejected if intake else ()
    asked = obligations_of(services.packs.access, "read", Thing(tlp=head.tlp, classes=head.classes))
    return MessageShown(
        id=head.id,
        seq=head.seq,
        kind=head.kind,
        media_type=head.media_type,
        grounds=grounds(head),
        marking=json.loads(head.marking),
        marking_label=label_of(head.tlp),
        erased=head.erased,
        size_bytes=head.size_bytes,
        received=received,
        received_cut=cut,
        entities=[EntityLine(id=e.entity, schema=e.schema, caption=e.caption) for e in entities],
        statements=[statement(fact, heads, captions) for fact in facts],
        identifiers=[identifier(one, heads, services.packs) for one in held],
        intakes=list(snapshot.intakes_of(head.seq, scope=scope)),
        header=indented(entry.header),
        key_id=entry.key_id,
        rejected=[Rejection(file=intake.file_name, id=i, reason=r) for i, r in rejected] if intake else [],
        items=list(intake.items) if intake else [],
        notes=[withheld(services, head)] if head.masked else [],
        classes=sorted(classes_of(head.classes)),
        masked=bool(head.masked),
        unmasked=viewer.unmasks,
        watermark=Obligation.WATERMARK in asked,
        no_export=Obligation.NO_EXPORT in asked,
        unmasked_by=unmaskings(services, snapshot, viewer, head),
    )


def _received(data: bytes | None) -> tuple[str, bool]:
    if data is None:
        return "", False
    text = data[: _RECEIVED_CHARS_MAX * 4].decode("utf-8", "replace")
    return text[:_RECEIVED_CHARS_MAX], len(text) > _RECEIVED_CHARS_MAX or len(data) > _RECEIVED_CHARS_MAX * 4
