# SPDX-License-Identifier: Apache-2.0
"""Give back what was taken, byte for byte."""

import json

from lintas.errors import UnknownTerm, WrongUse
from lintas.formats.export import decode_layout, rebuild
from lintas.model.header import Kind
from lintas.model.ids import MessageId
from lintas.model.scope import Scope
from lintas.model.viewer import Viewer
from lintas.ports.store import Snapshot
from lintas.work.access import record_access, scope_of
from lintas.work.finding.message import head_or_unknown, open_payload
from lintas.work.payloads import payload_bytes
from lintas.work.services import Services


def export(services: Services, viewer: Viewer, message_id: str) -> tuple[str, bytes]:
    """Give a taken file back by its intake's id, or one message's payload by its own; (file name, exact bytes).

    Raises:
        UnknownTerm: There is no such message that this viewer may see, or it was erased.
        WrongUse: A part of the file was erased or is marked above the viewer's clearance, so the whole cannot be given.
    """
    scope = scope_of(services, viewer, "export")
    name, data, shown = services.store.read(lambda snapshot: _gather(services, snapshot, viewer, message_id, scope))
    record_access(services, viewer, "export", {"message": message_id}, shown)
    return name, data


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
