# SPDX-License-Identifier: Apache-2.0
"""Receipts and rejections that come back: a recipient speaks of what it was sent, and of nothing else."""

import json
from collections.abc import Iterable, Sequence

from lintas.errors import PeerRefused
from lintas.limits import REASON_CHARS_MAX, REJECTED_TOLD_MAX
from lintas.model.found import PeerHead
from lintas.model.header import Kind
from lintas.model.header_rules import INTEGER_MAX, is_digest
from lintas.model.ids import MessageId
from lintas.model.peering import ReceiptState
from lintas.ports.store import Transaction
from lintas.work.appending import Prepared


def check_answers(tx: Transaction, peer: PeerHead, came: Sequence[Prepared]) -> None:
    """Refuse answers about messages that were never released to this peer.

    A log that was restored, and says in an `incarnation` entry that it lost some, cannot know what it released then:
    answers about messages that it does not hold are kept, and show nowhere.

    Raises:
        PeerRefused: One is, or has a form that none has.
    """
    for one in came:
        if one.header["kind"] == Kind.RECEIPT:
            body = one.header["body"]
            if body["state"] not in tuple(ReceiptState):
                raise PeerRefused("A receipt has a state that is not known here.", what="malformed")
            _check_released(tx, peer, body["messages"])
        elif one.header["kind"] == Kind.REJECTION:
            assert one.payload is not None, "a content message that was just opened"
            _check_released(tx, peer, [_rejected_of(one.payload.data)])


def _rejected_of(payload: bytes) -> str:
    """Which message a rejection is about, once its whole form holds."""
    try:
        match json.loads(payload):
            case {"message": str(message), "rejected": list(parts), "total": int(total), **more} if not more:
                is_whole = len(parts) <= REJECTED_TOLD_MAX and all(map(_is_part, parts))
                is_whole = is_whole and len(parts) <= total <= INTEGER_MAX
                if is_whole and type(total) is int:
                    return message
    except (ValueError, RecursionError):
        pass
    raise PeerRefused("A rejection has a form that none has.", what="malformed")


def _is_part(part: object) -> bool:
    match part:
        case {"id": str(id_), "reason": str(reason), **more}:
            return not more and _is_text(id_) and _is_text(reason)
    return False


def _is_text(said: str) -> bool:
    """Whether it is short enough, and text at all: half a surrogate pair, which JSON can name, can be shown nowhere."""
    return len(said) <= REASON_CHARS_MAX and not any("\ud800" <= char <= "\udfff" for char in said)


def _check_released(tx: Transaction, peer: PeerHead, messages: Iterable[str]) -> None:
    for message in messages:
        if not is_digest(message):
            raise PeerRefused("A receipt names no message.", what="receipt")
        entry = tx.entry_by_id(MessageId(message))
        if entry is None and tx.places_of(Kind.INCARNATION.value):
            continue
        if entry is None or json.loads(entry.header)["channel"] != peer.channel:
            raise PeerRefused("A receipt is about a message that this peer was never sent.", what="receipt")
