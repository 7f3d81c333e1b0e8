# SPDX-License-Identifier: Apache-2.0
"""Fire the watches that a new message meets, in the transaction that takes it in.

An alert is an entry; its id is a digest of (watch, message, value), so the same meeting is one row however often it is
delivered or replayed.
"""

import json
from collections.abc import Sequence
from dataclasses import replace
from hashlib import sha256
from typing import NamedTuple

from lintas.crypto.encoding import length_prefixed
from lintas.model.found import WatchHead
from lintas.model.header import Kind
from lintas.model.ids import AlertId, MessageId
from lintas.model.marking import Grading, Marking, Tlp, class_bits, classes_of
from lintas.model.scope import WHOLE
from lintas.model.viewer import Viewer
from lintas.policy.access import closed_bits, scope_of
from lintas.ports.store import Transaction
from lintas.work.accounts.viewing import viewer_of
from lintas.work.appending import Prepared, append, as_payload, prepare_content
from lintas.work.services import Services, as_text

_DOMAIN = b"lintas alert v1"
_HELD_MAX = 10_000  # identifiers of one message that watches are asked about


class _About(NamedTuple):
    """What an alert is about."""

    id: MessageId
    marking: Marking
    grading: Grading
    source: str


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
            marking = Marking.from_codes(item.header["marking"])
            about = _About(item.id, marking, Grading.from_text(item.header["grading"]), source)
            fired += _fire(services, tx, watch, about, scheme, value)
    return fired


def fire_released(services: Services, tx: Transaction, messages: Sequence[MessageId]) -> int:
    """Fire the watches that messages meet which a class kept from their owners until now."""
    fired = 0
    for message in messages:
        head = tx.head(message, scope=WHOLE)
        if head is None or head.kind != Kind.ITEM or head.erased:
            continue
        marking = replace(Marking.from_codes(json.loads(head.marking)), classes=classes_of(head.classes))
        about = _About(head.id, marking, Grading.from_text(head.grading), head.source or "a message here")
        pairs = {(held.scheme, held.value) for held in tx.held_in(head.seq, scope=WHOLE, limit=_HELD_MAX)}
        for scheme, value, watch in tx.watching(pairs, at=as_text(services.clock.now())):
            fired += _fire(services, tx, watch, about, scheme, value)
    return fired


def _is_kept_from(services: Services, tx: Transaction, owner: str, marking: Marking) -> bool:
    """Whether a closed class keeps a message from the owner of a watch: then there is no alert at all, for nobody."""
    bits = class_bits(marking.classes)
    if not bits & closed_bits(services.packs.access):
        return False
    account = tx.account(owner)
    # whoever has no account here (the folder's owner, somebody who left) opens no class
    viewer = viewer_of(services, tx, account) if account is not None else Viewer(id=owner, clearance=Tlp.RED)
    return bool(bits & scope_of(services.packs.access, viewer).closed)


def _fire(services: Services, tx: Transaction, watch: WatchHead, about: "_About", scheme: str, value: str) -> int:
    id_ = alert_id(watch.id, about.id, scheme, value)
    if tx.alert(id_, scope=WHOLE) is not None or _is_kept_from(services, tx, watch.owner, about.marking):
        return 0
    label = services.packs.identifiers.schemes[scheme].label if scheme in services.packs.identifiers.schemes else scheme
    said = {
        "id": id_,
        "watch": watch.id,
        "message": about.id,
        "scheme": scheme,
        "value": value,
        "reason": f"{label} {value} is watched, and {about.source} says something about it.",
    }
    entry = prepare_content(
        services,
        Kind.ALERT,
        as_payload(said),
        marking=about.marking,
        grading=about.grading,
        refs={"about": [about.id], "watch": [watch.id]},
    )
    append(tx, entry)
    return 1
