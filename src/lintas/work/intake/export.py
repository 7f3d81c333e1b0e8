# SPDX-License-Identifier: Apache-2.0
"""Give back what was taken, byte for byte."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace

from lintas.errors import NotAllowed, UnknownTerm, WrongUse
from lintas.formats.export import decode_layout, rebuild
from lintas.model.found import MessageHead
from lintas.model.header import Kind
from lintas.model.ids import MessageId
from lintas.model.marking import class_bits, classes_of
from lintas.model.scope import Scope
from lintas.model.viewer import Viewer
from lintas.policy.access import Thing, obligations_of
from lintas.policy.decision import Decision, Obligation
from lintas.ports.store import Snapshot
from lintas.work.access import permit, record_access, scope_of
from lintas.work.binding import granted, must_order
from lintas.work.finding.message import head_or_unknown, open_payload
from lintas.work.finding.show import label_of
from lintas.work.finding.unmasking import UNMASK_EXPORT, check_alone, unmasks
from lintas.work.payloads import payload_bytes
from lintas.work.services import Services, as_text


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    """A file to be carried elsewhere."""

    name: str
    data: bytes
    watermark: str  # who saved it, when, what for, where the policy asks for it; the bytes stay as they are


def export(services: Services, viewer: Viewer, message_id: str) -> tuple[str, bytes]:
    """Give a taken file or one message back, as `export_file` does; (file name, exact bytes)."""
    given = export_file(services, viewer, message_id)
    return given.name, given.data


def export_file(
    services: Services, viewer: Viewer, message_id: str, *, purpose: str = "", unmask: bool = False
) -> Exported:
    """Give a taken file back by its intake's id, or one message's payload by its own: exact bytes.

    What is masked is given whole or not at all: bytes that are given back are never altered.

    Args:
        unmask: Give it although it is masked, for the purpose.

    Raises:
        UnknownTerm: There is no such message that this viewer may see, or it was erased.
        WrongUse: A part of the file was erased or is marked above the viewer's clearance, so the whole cannot be given.
        NotAllowed: It holds what is masked and was not unmasked for a purpose; or what is never saved; or it takes a
            second person, and no order allows it.
    """
    scope = scope_of(services, viewer, "export")
    verb = "export"
    if unmask:
        viewer, _ = unmasks(services, viewer, purpose)

    def gather(snapshot: Snapshot) -> tuple[Exported, list[MessageId], bool]:
        parts = parts_of(services, snapshot, message_id, scope)
        is_masked = any(head.masked for head in parts)
        decision = _check(services, snapshot, viewer, parts, is_unmasked=unmask)
        open_scope = replace(scope, masked=0) if unmask else scope
        name, data, shown = _gather(services, snapshot, viewer, message_id, open_scope)
        mark = ""
        if Obligation.WATERMARK in decision.obligations:
            why = purpose.strip() or viewer.purpose or "no purpose said"
            mark = f"{viewer.id} {as_text(services.clock.now())} {why}"
        return Exported(name=name, data=data, watermark=mark), shown, is_masked

    given, shown, was_masked = services.store.read(gather)
    if was_masked:
        verb = UNMASK_EXPORT
    record_access(services, viewer, verb, {"message": message_id}, shown, purpose=purpose)
    return given


def parts_of(services: Services, snapshot: Snapshot, message_id: str, scope: Scope) -> list[MessageHead]:
    """A message, and of a taken file what it holds and the viewer may see.

    Raises:
        UnknownTerm: There is no such message that this viewer may see.
    """
    head = head_or_unknown(snapshot, message_id, scope)
    if head.kind != Kind.INTAKE:
        return [head]
    data = payload_bytes(services, snapshot, head.seq)
    items = json.loads(data)["items"] if data is not None else []
    found = [snapshot.head(MessageId(item), scope=scope) for item in dict.fromkeys(items)]
    return [head, *(one for one in found if one is not None)]


def check_saved(services: Services, parts: Sequence[MessageHead]) -> None:
    """Refuse what is shown and never saved: the policy's obligation `no_export`. No order changes that.

    Args:
        parts: What would be saved together, as `parts_of` gives it.

    Raises:
        NotAllowed: Rule `no-export`.
    """
    thing = _thing_of(parts)
    if Obligation.NO_EXPORT in obligations_of(services.packs.access, "export", thing):
        what = "It is" if len(parts) == 1 else "It is, or holds what is,"
        raise NotAllowed(
            f"{what} marked {label_of(thing.tlp)}: that is shown to those who may see it, and never saved.",
            rule="no-export",
            hint="Read it on its page or with lintas show; what else a file holds can be saved one by one.",
        )


def _thing_of(parts: Sequence[MessageHead]) -> Thing:
    classes = class_bits(one for head in parts for one in classes_of(head.classes))
    return Thing(tlp=max(head.tlp for head in parts), classes=classes)


def _check(
    services: Services, snapshot: Snapshot, viewer: Viewer, parts: Sequence[MessageHead], *, is_unmasked: bool
) -> Decision:
    thing = _thing_of(parts)
    decision = permit(services, viewer, "export", thing)
    check_saved(services, parts)
    for head in parts:
        if head.masked and is_unmasked:
            check_alone(services, snapshot, viewer, head)
        elif head.masked:
            raise NotAllowed(
                "It holds what is masked, and a file is given whole or not at all.",
                rule="masked",
                hint="Unmask it for a purpose: the button on its page, or --unmask --purpose on the command line.",
            )
    if must_order(services, snapshot, viewer, "export", thing):
        # an order about a file says which protected parts it holds, or its second person would not be asked for them
        named = [parts[0].id, *(head.id for head in parts[1:] if head.classes)]
        if granted(services, snapshot, viewer, "export", named) is None:
            raise NotAllowed(
                "To save it takes a second named person.",
                rule="needs-order",
                hint="Propose it on its page; a second person approves it.",
            )
    return decision


def _gather(
    services: Services, snapshot: Snapshot, viewer: Viewer, message_id: str, scope: Scope
) -> tuple[str, bytes, list[MessageId]]:
    head = head_or_unknown(snapshot, message_id, scope)
    data = open_payload(services, snapshot, viewer, head)
    if data is None:
        raise UnknownTerm("Its content was erased.")
    if head.kind != Kind.INTAKE:
        return f"{head.id[:16]}.{_suffix(head.media_type)}", data, [head.id]
    said = json.loads(data)
    items = [MessageId(item) for item in said["items"]]

    def piece(index: int) -> bytes:
        found = snapshot.head(items[index], scope=scope)
        part = payload_bytes(services, snapshot, found.seq) if found is not None else None
        if part is None:
            raise WrongUse(
                f"Part {index + 1} of {len(items)} was erased or is not yours to see: the file cannot be given whole.",
                hint="Export its other messages one by one.",
            )
        return part

    raw = rebuild(decode_layout(said["layout"]), piece)
    return said["file_name"], raw, [head.id, *items]


def _suffix(media_type: str) -> str:
    plain = media_type.partition(";")[0]
    known = {
        "application/stix+json": "json",
        "text/csv": "csv",
        "text/plain": "txt",
        "text/tab-separated-values": "tsv",
    }
    if plain.startswith("application/vnd.lintas"):
        return "json"
    if plain not in known:
        return "bin"
    return known[plain]
