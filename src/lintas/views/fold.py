# SPDX-License-Identifier: Apache-2.0
"""Turn one entry of the log into the changes it makes to the views.

The same function runs when an entry is appended and when the log is replayed; that is why a rebuild comes out equal.
"""

import json
from collections.abc import Callable, Mapping
from typing import Final

from lintas.crypto.canonical import canonical_json
from lintas.model.header import Kind
from lintas.model.header_rules import LOCAL_CHANNEL
from lintas.model.ids import AlertId, MessageId
from lintas.model.marking import Protected, Tlp, class_bits
from lintas.views import desk, people
from lintas.views.desk_rows import CameRow
from lintas.views.logged import Logged
from lintas.views.rows import (
    AlertRow,
    Change,
    ConfirmedRow,
    DecisionRow,
    DerivedRows,
    EndedRow,
    ErasedRow,
    EvidenceRow,
    HandoverRow,
    IntakeRow,
    MessageRow,
    PeerKeysRow,
    PeerProfileRow,
    PeerRow,
    ReceiptRow,
    RejectionRow,
    ReleasedRow,
    SpanRow,
    WatchRow,
)


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
        marking=canonical_json(header["marking"]).decode(),  # codes alone
        grading=header["grading"],
        size_bytes=header.get("payload", {}).get("size_bytes", 0),
        channel=header["channel"],
        classes=class_bits(Protected(one) for one in header["marking"].get("classes", ())),
    )


def _item(entry: Logged) -> list[Change]:
    changes: list[Change] = [] if entry.derived is None else [DerivedRows(entry.seq, entry.derived)]
    if entry.header["channel"] != LOCAL_CHANNEL:
        of = json.loads(entry.openings).get("release_of", [])  # what came from a peer keeps this closed
        changes += [ReleasedRow(entry.seq, MessageId(target)) for _, target in of]
    if desk.is_desk(entry.header):
        changes += desk.desk(entry)
    return changes


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


def _key(entry: Logged) -> list[Change]:
    header = entry.header
    body = header["body"]
    return [PeerKeysRow(header["originator"], body["country"], body["incarnation"], entry.seq)]


def _descriptor(entry: Logged) -> list[Change]:
    if entry.payload is None:
        return []
    said = json.loads(entry.payload)["signed"]
    return [PeerProfileRow(said["node"], said["profile"]["organisation"], entry.seq)]


def _introduction(entry: Logged) -> list[Change]:
    if entry.payload is None:
        return []
    said = json.loads(entry.payload)
    return [ConfirmedRow(said["node"], said["by"], said["their_person"], entry.header["created_at"], entry.seq)]


def _peer(entry: Logged) -> list[Change]:
    body = entry.header["body"]
    return [
        PeerRow(
            node=body["node"],
            action=body["action"],
            by=tuple(body["by"]),
            channel=body["channel"],
            ground=body["ground"],
            incarnation=body["incarnation"],
            seq=entry.seq,
            at=entry.header["created_at"],
        )
    ]


def _decision(entry: Logged) -> list[Change]:
    body = entry.header["body"]
    named = {name: body[name] for name in ("channel", "conditions", "policy", "outcome", "rule")}
    return [DecisionRow(message=entry.id, seq=entry.seq, **named)]


def _release(entry: Logged) -> list[Change]:
    return [_span(entry, "out", "")]


def _received(entry: Logged) -> list[Change]:
    body = entry.header["body"]
    span = _span(entry, "in", body["node"])
    if "withheld" in body:
        return [span]
    return [span, CameRow(entry.seq - body["count"], body["count"], entry.header["created_at"])]


def _span(entry: Logged, direction: str, node: str) -> SpanRow:
    """The messages stand right before the entry that says so, in the same transaction."""
    body = entry.header["body"]
    return SpanRow(
        direction=direction,
        channel=body["channel"],
        node=node,
        incarnation=body["incarnation"],
        lane=body["lane"],
        first=body["first"],
        length=body["count"],
        seq=-1 if "withheld" in body else entry.seq - body["count"],
        chain=body["chain"],
        release=entry.seq,
    )


def _receipt(entry: Logged) -> list[Change]:
    body = entry.header["body"]
    return [
        ReceiptRow(
            node=entry.header["originator"],
            messages=tuple(MessageId(one) for one in body["messages"]),
            state=body["state"],
            ground=body["ground"],
            desk=body["desk"],
            by=body["by"],
            at=entry.header["created_at"],
            seq=entry.seq,
        )
    ]


def _rejection(entry: Logged) -> list[Change]:
    if entry.payload is None:
        return []
    said = json.loads(entry.payload)
    rejected = tuple((one["id"], one["reason"]) for one in said["rejected"])
    return [RejectionRow(entry.header["originator"], MessageId(said["message"]), rejected, said["total"], entry.seq)]


def _evidence(entry: Logged) -> list[Change]:
    if entry.payload is None:
        return []
    said = json.loads(entry.payload)
    return [EvidenceRow(said["node"], said["what"], said["reason"], entry.header["created_at"], entry.seq)]


def _handover(entry: Logged) -> list[Change]:
    body = entry.header["body"]
    return [HandoverRow(body["target"], body["by"], body["to"], entry.header["created_at"], entry.seq)]


__all__ = ["Logged", "fold"]

_FOLDS: Final[Mapping[Kind, Callable[[Logged], list[Change]]]] = {
    Kind.ITEM: _item,
    Kind.INTAKE: _intake,
    Kind.WATCH: _watch,
    Kind.ALERT: _alert,
    Kind.ENDED: _ended,
    Kind.ERASE: _erase,
    Kind.DERIVE: _derive,
    Kind.ACCESS: people.access,
    Kind.KEY: _key,
    Kind.INCARNATION: _nothing,
    Kind.ACCOUNT: _nothing,
    Kind.DESCRIPTOR: _descriptor,
    Kind.REJECTION: _rejection,
    Kind.RECEIPT: _receipt,
    Kind.INTRODUCTION: _introduction,
    Kind.EVIDENCE: _evidence,
    Kind.PEER: _peer,
    Kind.DECISION: _decision,
    Kind.RELEASE: _release,
    Kind.RECEIVED: _received,
    Kind.HANDOVER: _handover,
    Kind.ORDER: people.order,
    Kind.ASSENT: people.assent,
    Kind.CREDENTIAL: people.credential,
    Kind.NEED: people.need,
    Kind.DUTY: people.duty,
    Kind.CLASSED: people.classed,
    Kind.OWNED: desk.owned,
    Kind.DUE: desk.due,
}
