# SPDX-License-Identifier: Apache-2.0
"""Export a range of the log as events, whole, with what a stranger checks it by.

The file is a zip of: `events.ndjson`; `manifest.json`, which says which entries, how many, the events' digest and the
signed head; `manifest.dsse.json`, the node's signature over it; and receipts of the first and last entry for
`lintas-verify`. Nothing is left out of a range but what the viewer may not know of, which the manifest counts.
"""

import io
import zipfile
from hashlib import sha256
from typing import Any, Final

from lintas.crypto.canonical import canonical_json
from lintas.crypto.encoding import to_base64
from lintas.crypto.envelope import pae
from lintas.crypto.merkle import inclusion_proof, root_at
from lintas.crypto.proof import Receipt, format_entry, format_receipt
from lintas.errors import BadInput, OverLimit
from lintas.formats.ecs import ECS_VERSION, encode_events
from lintas.limits import AUDIT_EXPORT_MAX
from lintas.model.audit import AuditExport, AuditLine
from lintas.model.scope import Scope
from lintas.model.viewer import Viewer
from lintas.ports.store import Snapshot
from lintas.work.access import log_scope_of, record_access
from lintas.work.overseeing.lines import line_of
from lintas.work.proving.entries import public_key, signed_of
from lintas.work.proving.heads import make_checkpoint, verifier_key
from lintas.work.services import Services, as_text

MANIFEST_TYPE: Final = "application/vnd.lintas.audit-manifest+json"
_AT_ONCE: Final = 1_000
_ZIP_DATE: Final = (1980, 1, 1, 0, 0, 0)  # the earliest that zip knows: the same events make the same bytes


def export_range(services: Services, viewer: Viewer, first: int, last: int, *, purpose: str = "") -> AuditExport:
    """Export all entries from one place to another, both included. That it was exported is an access entry itself.

    Raises:
        NotAllowed: The viewer may not.
        BadInput: There is no such range.
        OverLimit: It has more than AUDIT_EXPORT_MAX entries.
        Quarantined: No signed head covers it, and a quarantined node signs none.
    """
    scope = log_scope_of(services, viewer, "oversee")
    size, signed = services.store.read(lambda s: (s.size(), head.size if (head := s.checkpoint()) else 0))
    if not 0 <= first <= last < size:
        raise BadInput(f"The log has entries 0 to {size - 1}.", hint="Give the first and the last of a range in it.")
    if last - first >= AUDIT_EXPORT_MAX:
        raise OverLimit(f"One export has at most {AUDIT_EXPORT_MAX:,} entries.", hint="Export in parts.")
    if signed <= last:
        make_checkpoint(services)
    made = services.store.read(lambda snapshot: _export(services, snapshot, scope, first, last))
    record_access(services, viewer, "oversee.export", {"first": first, "last": last}, [], purpose=purpose)
    return made


def _export(services: Services, snapshot: Snapshot, scope: Scope, first: int, last: int) -> AuditExport:
    lines: list[AuditLine] = []
    for start in range(first, last + 1, _AT_ONCE):
        stop = min(start + _AT_ONCE, last + 1)
        visible, payloads = snapshot.heads(range(start, stop), scope=scope), snapshot.payload_rows(start, stop)
        lines += [
            line_of(services, entry, payloads.get(entry.seq), {})
            for entry in snapshot.entries(start, stop)
            if entry.seq in visible
        ]
    node = services.keys.node
    events = encode_events(tuple(lines), node=node, organisation=services.config.name)
    digest = sha256(events).hexdigest()
    checkpoint = snapshot.checkpoint()
    assert checkpoint is not None and checkpoint.size > last, "a head that covers the range was made before"
    manifest: dict[str, Any] = {
        "checkpoint": checkpoint.note,
        "checkpoint_size": checkpoint.size,
        "count": len(lines),
        "ecs_version": ECS_VERSION,
        "events_sha256": digest,
        "first": _place(snapshot, first),
        "last": _place(snapshot, last),
        "left_out": last - first + 1 - len(lines),
        "made_at": as_text(services.clock.now()),
        "node": node,
        "root": root_at(checkpoint.size, snapshot.tile).hex(),
        "v": 1,
        "verifier_key": verifier_key(services, snapshot),
    }
    raw = canonical_json(manifest)
    key = services.keys.signing
    envelope = {
        "payload": to_base64(raw),
        "payloadType": MANIFEST_TYPE,
        "signatures": [
            {"keyid": f"{key.algorithm.value}:{key.key_id}", "sig": to_base64(key.sign(pae(MANIFEST_TYPE, raw)))}
        ],
    }
    files = {"events.ndjson": events, "manifest.json": raw, "manifest.dsse.json": canonical_json(envelope)}
    for name, seq in (("first", first), ("last", last)):
        files |= _proof(snapshot, name, seq, checkpoint.size, checkpoint.note.encode())
    name = f"lintas-audit-{first}-{last}.zip"
    return AuditExport(file_name=name, data=_zipped(files), count=len(lines), first=first, last=last, sha256=digest)


def _place(snapshot: Snapshot, seq: int) -> dict[str, object]:
    entry = next(snapshot.entries(seq, seq + 1))
    return {"entry": seq, "id": entry.id, "leaf": signed_of(entry).leaf.hex()}


def _proof(snapshot: Snapshot, name: str, seq: int, size: int, note: bytes) -> dict[str, bytes]:
    entry = next(snapshot.entries(seq, seq + 1))
    path = inclusion_proof(seq, size, snapshot.tile)
    return {
        f"{name}.tlog-proof": format_receipt(Receipt(index=seq, path=path, checkpoint=note)),
        f"{name}.entry.json": format_entry(signed_of(entry), public_key(snapshot, entry.key_id)),  # no salt: no content
    }


def _zipped(files: dict[str, bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as file:
        for name, data in files.items():
            file.writestr(zipfile.ZipInfo(name, _ZIP_DATE), data, zipfile.ZIP_DEFLATED)
    return made.getvalue()
