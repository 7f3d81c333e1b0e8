# SPDX-License-Identifier: Apache-2.0
"""Turn one entry of the log into the changes it makes to the views.

The same function runs when an entry is appended and when the log is replayed; that is why a rebuild comes out equal.
"""

import json
from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple

from lintas.model.header import Kind
from lintas.model.ids import AlertId, MessageId
from lintas.model.marking import Tlp
from lintas.model.reading import Derived
from lintas.views.rows import AlertRow, Change, DerivedRows, EndedRow, ErasedRow, IntakeRow, MessageRow, WatchRow


class Logged(NamedTuple):
    """One entry with what survives of its payload."""

    seq: int
    id: MessageId
    header: Mapping[str, Any]  # parsed canonical JSON, checked when it was appended
    payload: bytes | None  # None when control kind, or erased
    derived: Derived | None = None  # items only; None when the payload is gone


def fold(entry: Logged) -> list[Change]:
    """Say what one entry changes, in the order in which the changes apply."""
    kind = Kind(entry.header["kind"])
    return [_message(entry), *_FOLDS[kind](entry)]


def _message(entry: Logged) -> MessageRow:
    header = entry.header
    return MessageRow(
        seq=entry.seq,
        id=entry.id,
        kind=header["kind"],
        media_type=header["media_type"],
        created_at=header["created_at"],
        originator=header["originator"],
        tlp=int(Tlp[header["marking"]["tlp"]]),
        marking=json.dumps(header["marking"], sort_keys=True, separators=(",", ":")),
        grading=header["grading"],
        size_bytes=header.get("payload", {}).get("size_bytes", 0),
    )


def _item(entry: Logged) -> list[Change]:
    return [] if entry.derived is None else [DerivedRows(entry.seq, entry.derived)]


def _intake(entry: Logged) -> list[Change]:
    if entry.payload is None:
        return []
    said = json.loads(entry.payload)
    return [
        IntakeRow(
            seq=entry.seq,
            source=said["source"],
            file_name=said["file_name"],
            format=said["format"],
            digest=said["digest"],
            size_bytes=said["size_bytes"],
            read=said["read"],
            used=said["used"],
            rejected=tuple((r["id"], r["reason"]) for r in said["rejected"]),
            items=tuple(said["items"]),
        )
    ]


def _watch(entry: Logged) -> list[Change]:
    if entry.payload is None:
        return []
    said = json.loads(entry.payload)
    return [
        WatchRow(
            seq=entry.seq,
            id=entry.id,
            owner=said["owner"],
            note=said["note"],
            created_at=entry.header["created_at"],
            expires_at=said["expires_at"],
            terms=tuple((t["scheme"], t["value"]) for t in said["terms"]),
        )
    ]


def _alert(entry: Logged) -> list[Change]:
    if entry.payload is None:
        return []
    said = json.loads(entry.payload)
    return [
        AlertRow(
            id=AlertId(said["id"]),
            seq=entry.seq,
            watch=MessageId(said["watch"]),
            message=MessageId(said["message"]),
            scheme=said["scheme"],
            value=said["value"],
            reason=said["reason"],
            at=entry.header["created_at"],
        )
    ]


def _ended(entry: Logged) -> list[Change]:
    body = entry.header["body"]
    return [EndedRow(target=body["target"], what=body["what"], by=body["by"], at=entry.header["created_at"])]


def _erase(entry: Logged) -> list[Change]:
    return [ErasedRow(tuple(MessageId(m) for m in entry.header["body"]["messages"]))]


def _derive(entry: Logged) -> list[Change]:
    # What a message says anew is applied by the caller, which has the payloads: see `lintas.work.replay`.
    return []


def _nothing(entry: Logged) -> list[Change]:
    return []


_FOLDS: Final[Mapping[Kind, Callable[[Logged], list[Change]]]] = {
    Kind.ITEM: _item,
    Kind.INTAKE: _intake,
    Kind.WATCH: _watch,
    Kind.ALERT: _alert,
    Kind.ENDED: _ended,
    Kind.ERASE: _erase,
    Kind.DERIVE: _derive,
    Kind.ACCESS: _nothing,
    Kind.KEY: _nothing,
    Kind.INCARNATION: _nothing,
    Kind.ACCOUNT: _nothing,
}
