# SPDX-License-Identifier: Apache-2.0
"""Let the members of a joint case have what this node says in it.

Each node releases what it said itself, to whoever is in the case now: at once, and again whenever somebody joins. What
is owed follows from the documents and the releases alone, so it does not matter how often we look or where we died: a
release is part of one transaction, and what was released is owed no more.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from lintas.errors import LintasError
from lintas.limits import CASES_SHOWN_MAX
from lintas.model.case import SHELTERED, Case, CaseFact, Said, Standing
from lintas.model.case_found import CaseHead
from lintas.model.desk import DESK_TYPE, Doc
from lintas.model.found import PeerHead
from lintas.model.header import Kind, Mode
from lintas.model.ids import MessageId
from lintas.model.marking import Protected, Tlp
from lintas.model.peering import Standing as PeerStanding
from lintas.model.scope import WHOLE
from lintas.model.viewer import Viewer
from lintas.ports.store import Snapshot, Transaction
from lintas.views.case_fold import fold_case
from lintas.work.appending import Prepared
from lintas.work.desk import Draft, prepare_doc, write_in
from lintas.work.lists import follow_in
from lintas.work.services import Services
from lintas.work.sharing.share import share_in
from lintas.work.streams import SELF

CHANGES: Final = "case.change"
_TO_INVITED: Final = frozenset({Said.OPENED, Said.INVITED, Said.JOINED, Said.LEFT})  # so that who joins at once meets


@dataclass(frozen=True, slots=True, kw_only=True)
class Carried:
    """What went to the members of a case."""

    sent_to: tuple[str, ...] = ()  # names
    not_sent: tuple[tuple[str, str], ...] = ()  # (name, why)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Owed:
    """Documents that a node has not got."""

    node: str
    peer: PeerHead | None
    facts: tuple[CaseFact, ...]

    @property
    def name(self) -> str:
        """What people call it."""
        return self.node[:20] if self.peer is None else self.peer.name


def owed(services: Services, snapshot: Snapshot, opener: str, ref: str) -> list[_Owed]:
    """What this node said in a case and who of those who may have it has not got it."""
    own = services.keys.node
    facts = snapshot.case_facts(opener, ref)
    case = fold_case(opener, facts)
    released = snapshot.case_releases(opener, ref, own)
    peers = {one.node: one for one in snapshot.peers() if not one.is_removed}
    found: dict[str, list[CaseFact]] = {}
    for fact in facts:
        for node in _goes_to(snapshot, case, fact, own, peers) if fact.node == own else ():
            peer = peers.get(node)
            if peer is None or peer.channel not in released.get(fact.seq, frozenset()):
                found.setdefault(node, []).append(fact)
    return [_Owed(node=node, peer=peers.get(node), facts=tuple(those)) for node, those in sorted(found.items())]


def carry_in(services: Services, tx: Transaction, opener: str, ref: str, *, by: str) -> Carried:
    """Release what is owed; part of the caller's transaction. What may not go stays, and is said with the reason."""
    sent, kept = [], []
    for one in owed(services, tx, opener, ref):
        if one.peer is None:
            kept.append((one.name, "it is no peer of this node: introduce it first"))
            continue
        try:
            done = share_in(
                services,
                tx,
                _speaker(services, tx, by),
                [fact.message for fact in one.facts],
                to=[one.node],
                urgent=True,
                activity=CHANGES,
            )
        except LintasError as exc:
            kept.append((one.name, exc.message))
            continue
        if done.released:
            sent.append(one.name)
        if done.refused:
            kept.append((one.name, done.refused[0].reason))
    return Carried(sent_to=tuple(sent), not_sent=tuple(kept))


def settle_cases(services: Services, since: int = 0) -> int:
    """Give those who joined what was said before, and say under which ids members have items.

    Args:
        since: Only cases that changed at this place of the log or later.

    Returns:
        The place from which the next look goes on.

    If we die between two cases, the next look does the others; done twice it changes nothing.
    """

    def look(snapshot: Snapshot) -> tuple[list[CaseHead], int]:
        found: list[CaseHead] = []
        place, is_live = since, snapshot.meta("state") == "live"
        while is_live:
            page = snapshot.joint_since(place, limit=CASES_SHOWN_MAX)
            found += page
            if len(page) < CASES_SHOWN_MAX:
                break
            place = page[-1].changed + 1
        return found, snapshot.size()

    heads, size = services.store.read(look)
    is_new = False
    for head in heads:
        is_new |= _settle(services, head)
    if is_new:
        for topic in ("log", "streams"):
            services.events.publish(topic)
    return size


def keep_to_lists(services: Services, tx: Transaction, came: Sequence[Prepared]) -> None:
    """Restrict what peers say in a case or request, or of a trace, to its lists; part of their transaction."""
    for one in came:
        if one.header["kind"] != Kind.ITEM or one.header["media_type"] != DESK_TYPE:
            continue
        entry = tx.entry_by_id(one.id)
        if entry is None:
            continue
        homes = (
            tx.case_at(entry.seq, scope=WHOLE),
            tx.request_at(entry.seq, scope=WHOLE),
            tx.trace_at(entry.seq, scope=WHOLE),
        )
        for home in homes:
            if home is not None and home.message != one.id:
                follow_in(services, tx, home.message, [one.id], by=SELF)


def is_at_home(fact: CaseFact) -> bool:
    """Whether what is said never leaves with its case."""
    match fact.what:
        case Said.PASSED:
            return True
        case Said.NOTE:
            return bool(fact.said["home"])
        case Said.PERSON:
            return fact.said["role"] in SHELTERED
        case _:
            return False


def _settle(services: Services, head: CaseHead) -> bool:
    def has_work(snapshot: Snapshot) -> bool:
        return any(_may_try(services, one) for one in owed(services, snapshot, head.opener, head.ref))

    drafts = services.store.read(lambda snapshot: _givens(services, snapshot, head))
    written = [prepare_doc(services, draft) for draft in drafts]
    if not written and not services.store.read(has_work):
        return False

    def job(tx: Transaction) -> bool:
        # In one transaction: a document is there with its place in the streams of those who get it, or neither is.
        still = {(one.said["fields"]["item"], one.said["fields"]["node"]) for one in _givens(services, tx, head)}
        for one in written:
            fields = one.doc.said["fields"]
            if (fields["item"], fields["node"]) in still:
                write_in(services, tx, one)
                follow_in(services, tx, head.message, [one.entry.id], by=SELF)
        return bool(carry_in(services, tx, head.opener, head.ref, by=SELF).sent_to)

    return services.store.write(job)


def _may_try(services: Services, one: _Owed) -> bool:
    """Whether the exchange with a node stands at all; what its law says comes from the release decision."""
    if one.peer is None:
        return False
    is_known = one.peer.standing is PeerStanding.LIVE or services.config.mode is Mode.EXERCISE
    return is_known and one.peer.standing not in (PeerStanding.SUSPENDED, PeerStanding.REMOVED)


def _givens(services: Services, snapshot: Snapshot, head: CaseHead) -> list[Draft]:
    """Documents that say under which id a member has an item of ours, where that is not said yet."""
    own = services.keys.node
    facts = snapshot.case_facts(head.opener, head.ref)
    items = [one for one in facts if one.what is Said.ITEM and one.node == own]
    if not items:
        return []
    case = fold_case(head.opener, facts)
    told = {(one.said["item"], one.said["node"]) for one in facts if one.what is Said.GIVEN and one.node == own}
    peers = {one.channel: one.node for one in snapshot.peers()}
    return [
        Draft(
            doc=Doc.CASE,
            ref=head.ref,
            said={
                "opener": head.opener,
                "what": Said.GIVEN.value,
                "fields": {"item": item.id, "node": peers[channel], "message": copy},
            },
            by=SELF,
            after=case.heads,
            is_open=True,
        )
        for item in items
        for _, copy, channel in snapshot.releases_of(MessageId(item.said["message"]))
        if peers.get(channel) in case.joined and (item.id, peers[channel]) not in told
    ]


def _goes_to(snapshot: Snapshot, case: Case, fact: CaseFact, own: str, peers: "dict[str, PeerHead]") -> frozenset[str]:
    """Nodes that are to have a document of ours."""
    if is_at_home(fact):
        return frozenset()
    joined = frozenset(case.joined)
    match fact.what:
        case Said.GIVEN:
            found = joined & {fact.said["node"]}
        case Said.ITEM if not fact.said["tell"]:
            having = {channel for _, _, channel in snapshot.releases_of(MessageId(fact.said["message"]))}
            found = frozenset(node for node in joined if node in peers and peers[node].channel in having)
        case Said.DECLINED:
            found = joined | _callers(case, own, fact)
        case what if what in _TO_INVITED:
            invited = {one.node for one in case.members if one.standing is Standing.INVITED}
            found = joined | invited | _callers(case, own, fact)
        case _:
            found = joined
    return found - {own}


def _callers(case: Case, own: str, fact: CaseFact) -> frozenset[str]:
    """Who is to hear that this node joins or declines, while it has no more of the case than an invitation."""
    if fact.what not in (Said.JOINED, Said.DECLINED):
        return frozenset()
    return frozenset(
        node for call in case.calls if call.node == own and call.id in fact.after for node in (call.by, *call.members)
    )


def _speaker(services: Services, snapshot: Snapshot, by: str) -> Viewer:
    """The node as it passes on what its own people said in a case that they chose to make joint.

    It reads what they wrote whatever its lists; whether anything may leave is decided by the release decision alone.
    """
    roles = services.packs.access.activities[CHANGES].roles
    return Viewer(
        id=by,
        clearance=Tlp.RED,
        role=min(roles),
        opens=frozenset(Protected),
        lists=frozenset(one.name for one in snapshot.need_lists()),
    )
