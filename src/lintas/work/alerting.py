# SPDX-License-Identifier: Apache-2.0
"""Fire the watches that a new message meets, in the transaction that takes it in.

An alert is an entry; its id is a digest of (watch, message, value), so the same meeting is one row however often it is
delivered or replayed.
"""

from collections.abc import Sequence
from hashlib import sha256

from lintas.crypto.encoding import length_prefixed
from lintas.model.found import WatchHead
from lintas.model.header import Kind
from lintas.model.ids import AlertId, MessageId
from lintas.model.marking import Grading, Marking
from lintas.model.scope import WHOLE
from lintas.ports.store import Transaction
from lintas.work.appending import Prepared, append, as_payload, prepare_content
from lintas.work.services import Services, as_text

_DOMAIN = b"lintas alert v1"


def alert_id(watch: MessageId, message: MessageId, scheme: str, value: str) -> AlertId:
    """Name the meeting of a watch with a message."""
    parts = (bytes.fromhex(watch), bytes.fromhex(message), scheme.encode(), value.encode("utf-8", "surrogatepass"))
    return AlertId(sha256(length_prefixed(_DOMAIN, *parts)).hexdigest())


def fire_watches(services: Services, tx: Transaction, items: Sequence[Prepared], source: str) -> int:
    """Append an alert for each watch that new items meet; returns how many.

    If we die before the commit, neither the items nor their alerts are there; after it, both are.
    """
    if not tx.has_watches():
        return 0
    carried: dict[tuple[str, str], list[Prepared]] = {}
    for item in items:
        if item.derived is not None:
            for pair in {(p.identifier.scheme, p.identifier.value) for p in item.derived.postings}:
                carried.setdefault(pair, []).append(item)
    fired = 0
    for scheme, value, watch in tx.watching(carried, at=as_text(services.clock.now())):
        for item in carried[scheme, value]:
            fired += _fire(services, tx, watch, item, scheme, value, source)
    return fired


def _fire(
    services: Services, tx: Transaction, watch: WatchHead, item: Prepared, scheme: str, value: str, source: str
) -> int:
    id_ = alert_id(watch.id, item.id, scheme, value)
    if tx.alert(id_, scope=WHOLE) is not None:
        return 0
    label = services.packs.identifiers.schemes[scheme].label if scheme in services.packs.identifiers.schemes else scheme
    said = {
        "id": id_,
        "watch": watch.id,
        "message": item.id,
        "scheme": scheme,
        "value": value,
        "reason": f"{label} {value} is watched, and {source} says something about it.",
    }
    entry = prepare_content(
        services,
        Kind.ALERT,
        as_payload(said),
        marking=Marking.from_codes(item.header["marking"]),
        grading=Grading.from_text(item.header["grading"]),
        refs={"about": [item.id], "watch": [watch.id]},
    )
    append(tx, entry)
    return 1
