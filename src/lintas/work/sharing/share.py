# SPDX-License-Identifier: Apache-2.0
"""Share messages with peers, or see beforehand what sharing would do.

If we die before the commit, nothing was released; after it, each recipient gets its messages even if we die now.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from lintas.errors import WrongUse
from lintas.model.found import MessageHead, PeerHead, StoredPayload
from lintas.model.header import Kind
from lintas.model.header_rules import LOCAL_CHANNEL
from lintas.model.ids import MessageId
from lintas.model.marking import Grading, Marking, classes_of
from lintas.model.peering import Lane
from lintas.model.scope import WHOLE, Scope
from lintas.model.share_answers import RefusedLine, ReleasedLine, Shared
from lintas.model.viewer import Viewer
from lintas.policy.decision import Decision
from lintas.policy.release import CLASS_STR, conditions_digest, policy_digest, release, released_marking
from lintas.policy.tipping import Finding, tipping_off
from lintas.ports.store import Snapshot, Transaction
from lintas.work.access import record_access, scope_of
from lintas.work.appending import Prepared, prepare_content
from lintas.work.binding import check_unordered
from lintas.work.lists import follow_in
from lintas.work.payloads import bytes_of
from lintas.work.services import Services
from lintas.work.sharing.naming import messages_meant, peers_called
from lintas.work.sharing.tipping import carried_by, opens_str, told_to
from lintas.work.streams import incarnation_of, place, recipient_of, situation_of, stored_decision, stream_end

FACTS_MAX: Final = 5_000  # statements of one message that it reads


@dataclass(frozen=True, slots=True, kw_only=True)
class _Item:
    """One local message on its way out."""

    id: MessageId
    seq: int
    header: Mapping[str, Any]
    marking: Marking  # with the classes that it is of now
    row: StoredPayload | None
    findings: tuple[Finding, ...] = ()  # of the tipping-off check
    is_tipping: bool = False  # these findings stop it


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """What a person asks for."""

    named: frozenset[str]
    purpose: str
    basis: str
    lane: Lane
    by: str


def preview(
    services: Services,
    viewer: Viewer,
    messages: Sequence[str],
    *,
    to: Sequence[str] = (),
    purpose: str = "",
    basis: str = "",
) -> Shared:
    """Say who would get these messages, and why not the others. Nothing is released.

    Args:
        to: Node ids or names; empty asks about every peer.

    Raises:
        UnknownTerm: There is no such message that this viewer may see, or no such peer.
    """
    scope_of(services, viewer, "preview")
    found = services.store.read(
        lambda snapshot: preview_in(services, snapshot, viewer, messages, to=to, purpose=purpose, basis=basis)
    )
    shown = {one.message for one in found.released} | {one.message for one in found.refused}
    record_access(services, viewer, "preview", {"messages": sorted(shown)[:1000]}, shown, purpose=purpose)
    return found


def preview_in(
    services: Services,
    snapshot: Snapshot,
    viewer: Viewer,
    messages: Sequence[str],
    *,
    to: Sequence[str] = (),
    purpose: str = "",
    basis: str = "",
) -> Shared:
    """The same within a snapshot; the caller records who asked."""
    scope = scope_of(services, viewer, "preview")
    peers = peers_called(snapshot, to) if to else [one for one in snapshot.peers() if not one.is_removed]
    asked = _asked(services, peers, purpose, basis, Lane.BULK, viewer)
    released, refused = [], []
    items = _items(services, snapshot, viewer, messages, scope)
    for item in items:
        for peer in peers:
            held = _held(snapshot, item, peer)
            decision = (
                Decision(allowed=True, rule="", reason="") if held else _decide(services, snapshot, item, peer, asked)
            )
            if decision.allowed:
                lane, counter = asked.lane.value, 0
                released.append(ReleasedLine(item.id, peer.node, peer.name, held, lane, counter, bool(held)))
            else:
                refused.append(RefusedLine(item.id, peer.node, peer.name, decision.rule, decision.reason))
    return Shared(
        released,
        refused,
        asked.purpose,
        asked.basis,
        dry_run=True,
        notes=told_to(services, viewer, [(one.id, one.findings) for one in items]),
    )


def share(
    services: Services,
    viewer: Viewer,
    messages: Sequence[str],
    *,
    to: Sequence[str],
    purpose: str = "",
    basis: str = "",
    urgent: bool = False,
) -> Shared:
    """Release messages to named peers; on disk when this returns. Doing it again changes nothing.

    Args:
        messages: Ids of local messages; the id of a taken file means all its messages.
        to: Node ids or names. Nobody named is nobody.
        purpose: Code; the law profile's usual one when empty.
        basis: Code of the legal basis; the law profile's usual one when empty.
        urgent: Into the alert lane, before everything else.

    Raises:
        UnknownTerm: There is no such message that this viewer may see, or no such peer.
        WrongUse: Nobody is named.
        NotAllowed: The viewer's role does not release; rule `needs-order` on a node where it takes an order.
        OverLimit: More than MESSAGES_MAX at once.
    """
    scope_of(services, viewer, "share")
    if not to:
        raise WrongUse("Nobody is named, so nobody gets it.", hint="Name a peer with --to; --dry-run shows them all.")

    def job(tx: Transaction) -> Shared:
        check_unordered(services, tx, viewer, "share")
        return share_in(services, tx, viewer, messages, to=to, purpose=purpose, basis=basis, urgent=urgent)

    done = services.store.write(job)
    if done.released:
        services.events.publish("streams")
        services.events.publish("log")
    return done


def share_in(
    services: Services,
    tx: Transaction,
    viewer: Viewer,
    messages: Sequence[str],
    *,
    to: Sequence[str],
    purpose: str = "",
    basis: str = "",
    urgent: bool = False,
    activity: str = "share",
) -> Shared:
    """Release as part of the caller's transaction, which has what binds the person; see `share`.

    Args:
        activity: By which the person may do it, where it is not sharing as such.
    """
    scope = scope_of(services, viewer, activity)
    peers = peers_called(tx, to)
    asked = _asked(services, peers, purpose, basis, Lane.ALERT if urgent else Lane.BULK, viewer)
    items = _items(services, tx, viewer, messages, scope)
    released: list[ReleasedLine] = []
    refused: list[RefusedLine] = []
    for peer in peers:
        _release_to(services, tx, peer, items, asked, released, refused)
    return Shared(
        released,
        refused,
        asked.purpose,
        asked.basis,
        dry_run=False,
        notes=told_to(services, viewer, [(one.id, one.findings) for one in items]),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Meant:
    """What a sharing is about, before it is ordered."""

    messages: tuple[MessageHead, ...]
    peers: tuple[PeerHead, ...]
    purpose: str
    basis: str


def meant(
    services: Services,
    snapshot: Snapshot,
    viewer: Viewer,
    messages: Sequence[str],
    *,
    to: Sequence[str],
    purpose: str = "",
    basis: str = "",
) -> Meant:
    """Name what would be shared with whom, one by one.

    Raises:
        UnknownTerm: There is no such message that this viewer may see, or no such peer.
        OverLimit: More than MESSAGES_MAX at once.
    """
    scope = scope_of(services, viewer, "share")
    peers = peers_called(snapshot, to)
    asked = _asked(services, peers, purpose, basis, Lane.BULK, viewer)
    return Meant(
        messages=messages_meant(snapshot, messages, scope), peers=tuple(peers), purpose=asked.purpose, basis=asked.basis
    )


def _release_to(
    services: Services,
    tx: Transaction,
    peer: PeerHead,
    items: Sequence[_Item],
    asked: _Asked,
    released: list[ReleasedLine],
    refused: list[RefusedLine],
) -> None:
    policy = policy_digest(services.packs.law)
    ready: dict[MessageId, list[tuple[_Item, Prepared]]] = {}  # by the decision that lets them go
    decided: dict[str, tuple[Decision, MessageId]] = {}
    for item in items:
        if held := _held(tx, item, peer):
            released.append(ReleasedLine(item.id, peer.node, peer.name, held, asked.lane.value, 0, already=True))
            continue
        conditions = _conditions(services, item, peer, asked)
        if conditions not in decided:
            decision = _decide(services, tx, item, peer, asked)
            if decision.rule == CLASS_STR:
                refused.append(RefusedLine(item.id, peer.node, peer.name, decision.rule, decision.reason))
                continue
            entry = stored_decision(
                services,
                tx,
                peer.channel,
                conditions=conditions,
                policy=policy,
                is_allowed=decision.allowed,
                rule=decision.rule,
            )
            decided[conditions] = (decision, entry)
        decision, entry = decided[conditions]
        if decision.allowed:
            ready.setdefault(entry, []).append((item, _released(services, item, peer, asked)))
        else:
            refused.append(RefusedLine(item.id, peer.node, peer.name, decision.rule, decision.reason))
    for entry, pairs in ready.items():
        start = stream_end(tx, "out", peer.channel, incarnation=incarnation_of(tx), lane=asked.lane).counter
        place(services, tx, peer.channel, asked.lane, [one for _, one in pairs], by=asked.by, decision=entry)
        for item, one in pairs:
            follow_in(services, tx, item.id, [one.id], by=asked.by)  # whoever may not see it sees no copy of it
        released += [
            ReleasedLine(item.id, peer.node, peer.name, one.id, asked.lane.value, start + number, already=False)
            for number, (item, one) in enumerate(pairs, start=1)
        ]


def _released(services: Services, item: _Item, peer: PeerHead, asked: _Asked) -> Prepared:
    """The message that travels: a header, salt and id of its own over the same bytes."""
    assert item.row is not None, "what was erased is refused"
    return prepare_content(
        services,
        Kind.ITEM,
        bytes_of(services, item.row),
        media_type=item.header["media_type"],
        marking=released_marking(
            item.marking, recipient=recipient_of(services, peer), purpose=asked.purpose, basis=asked.basis
        ),
        grading=Grading.from_text(item.header["grading"]),
        areas=tuple(item.header["areas"]),
        refs={"release_of": [item.id]},
        channel=peer.channel,
        same_as=item.seq,
    )


def _decide(services: Services, snapshot: Snapshot, item: _Item, peer: PeerHead, asked: _Asked) -> Decision:
    if item.row is None:
        return Decision(allowed=False, rule="erased", reason="its content was erased")
    situation = situation_of(
        services,
        is_quarantined=snapshot.meta("state") != "live",
        is_own=item.header["originator"] == services.keys.node,
        kind=item.header["kind"],
        size_bytes=item.header["payload"]["size_bytes"],
        named=asked.named,
        purpose=asked.purpose,
        basis=asked.basis,
        is_tipping=item.is_tipping,
    )
    return release(item.marking, recipient=recipient_of(services, peer), situation=situation)


def _conditions(services: Services, item: _Item, peer: PeerHead, asked: _Asked) -> str:
    """What a decision depends on, as a digest: items alike in it are decided once."""
    situation = situation_of(
        services,
        is_quarantined=False,
        is_own=item.header["originator"] == services.keys.node,
        kind=item.header["kind"] if item.row is not None else "erased",
        size_bytes=item.header["payload"]["size_bytes"],
        named=asked.named & {peer.node},
        purpose=asked.purpose,
        basis=asked.basis,
        is_tipping=item.is_tipping,
    )
    return conditions_digest(item.marking, recipient=recipient_of(services, peer), situation=situation)


def _asked(
    services: Services, peers: Sequence[PeerHead], purpose: str, basis: str, lane: Lane, viewer: Viewer
) -> _Asked:
    profile = services.packs.law.of(services.config.country)
    return _Asked(
        named=frozenset(peer.node for peer in peers),
        purpose=purpose or profile.default_purpose,
        basis=basis or profile.default_basis,
        lane=lane,
        by=viewer.id,
    )


def _held(snapshot: Snapshot, item: _Item, peer: PeerHead) -> str:
    """The released message that this peer already has a place for; empty when there is none that stands."""
    for seq, message, channel in snapshot.releases_of(item.id):
        if channel == peer.channel and snapshot.payload(seq) is not None:
            return message
    return ""


def _items(
    services: Services, snapshot: Snapshot, viewer: Viewer, messages: Sequence[str], scope: Scope
) -> list[_Item]:
    is_of_unit = opens_str(services, viewer)
    return [
        _item(services, snapshot, head, is_of_unit=is_of_unit) for head in messages_meant(snapshot, messages, scope)
    ]


def _item(services: Services, snapshot: Snapshot, head: MessageHead, *, is_of_unit: bool) -> _Item:
    entry = next(snapshot.entries(head.seq, head.seq + 1))
    header = json.loads(entry.header)
    if "payload" not in header:
        raise WrongUse(f"A message of kind {header['kind']} is never shared.", hint="Share what was taken in.")
    if head.originator == services.keys.node and header["channel"] != LOCAL_CHANNEL:
        # as a message of its own it would go to the same peer twice
        raise WrongUse(f"{head.id[:16]}… was released to a peer.", hint="Share the message that it is of.")
    row = snapshot.payload(head.seq)
    openings = {} if row is None else json.loads(row.openings)
    recipients = frozenset(target for _, target in openings.get("recipients", ()))
    findings: tuple[Finding, ...] = ()
    if row is not None and head.kind == Kind.ITEM and head.originator == services.keys.node:
        texts = (fact.value for fact in snapshot.facts_in(head.seq, scope=WHOLE, limit=FACTS_MAX))
        carried = carried_by(services, snapshot, bytes_of(services, row), classes=head.classes, texts=texts)
        findings = tipping_off(carried)
    # the class as it stands now, not as it was when it was taken in
    marking = Marking.from_codes(header["marking"], recipients=recipients)
    return _Item(
        id=head.id,
        seq=head.seq,
        header=header,
        marking=replace(marking, classes=classes_of(head.classes)),
        row=row,
        findings=findings,
        # the unit itself decides about its own words; to everybody else one sentence says that it stays
        is_tipping=bool(findings) and not is_of_unit,
    )
