# SPDX-License-Identifier: Apache-2.0
"""Whether anybody is there before something is sent: desk hours, the link, and how soon that desk acknowledged lately.

It is honest about what is not known: hours that nobody confirmed are said to be unconfirmed, a desk whose hours nobody
told is neither open nor closed, and a link that was never up says nothing about the people behind it.
"""

from dataclasses import dataclass
from datetime import datetime

from lintas.errors import UnknownTerm
from lintas.limits import PRESENCE_LOOKS_BACK
from lintas.model.desk import Side, Step
from lintas.model.found import PeerHead
from lintas.model.scope import Scope
from lintas.model.viewer import Viewer
from lintas.policy.clocks import is_open, opens_next
from lintas.policy.doors import competent
from lintas.ports.store import Snapshot
from lintas.work.access import scope_of
from lintas.work.clocks.saying import READS
from lintas.work.peering.listing import profile_of_peer
from lintas.work.services import Services, as_text

_ALWAYS = frozenset({"24/7", "24x7", "24h"})
_NEWEST = 2**62


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskPresence:
    """One desk of the other side."""

    code: str
    name: str
    is_open: bool | None  # None: nobody said when it is
    opens_next: str  # RFC 3339 UTC; empty where it is open, or that is not known
    zone: str
    hours: str  # as its own descriptor says them, for people; empty where the pack says them
    number: str
    languages: tuple[str, ...]
    says: str  # descriptor | pack
    is_confirmed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Presence:
    """What is known of a node's presence."""

    node: str
    name: str
    country: str
    desks: tuple[DeskPresence, ...]  # the one that answers the form first
    link: str  # live | quiet | failing | never
    last_heard: str  # RFC 3339 UTC; empty for never since this node started
    last_error: str  # sentence of the last failure since then
    acknowledged_at: str  # when it acknowledged a request of ours last; empty where it never did
    acknowledged_in_s: int  # how soon that was; -1 where it never did
    unacknowledged: int  # requests of ours that it has not acknowledged now


def presence_of(services: Services, viewer: Viewer, node: str, *, form: str = "") -> Presence:
    """Say what is known of whether a node's desk is there now.

    Args:
        form: Code of the form that is about to be sent, which names the desk that answers.

    Raises:
        NotAllowed: The viewer may not see requests.
        UnknownTerm: There is no such peer.
    """
    scope = scope_of(services, viewer, READS)

    def look(snapshot: Snapshot) -> Presence:
        peer = snapshot.peer(node)
        if peer is None or peer.is_removed:
            raise UnknownTerm("There is no such peer.", hint="lintas peer list DIR shows them.")
        link = services.links.state(node)
        acknowledged_at, within_s = _acknowledged(snapshot, scope, node)
        return Presence(
            node=node,
            name=peer.name,
            country=peer.country,
            desks=(*_pack_desks(services, peer, form), *_own_desks(services, snapshot, peer)),
            link=_link(reads=link.reads_us or link.we_read, heard=link.last_contact, error=link.last_error),
            last_heard=link.last_contact,
            last_error=link.last_error,
            acknowledged_at=acknowledged_at,
            acknowledged_in_s=within_s,
            unacknowledged=sum(
                1
                for head in snapshot.requests(
                    scope=scope, before=_NEWEST, limit=PRESENCE_LOOKS_BACK, side="asker", state="requested", node=node
                )
                if head.is_open
            ),
        )

    return services.store.read(look)


def _link(*, reads: bool, heard: str, error: str) -> str:
    if reads:
        return "live"
    if error:
        return "failing"
    return "quiet" if heard else "never"


def _pack_desks(services: Services, peer: PeerHead, form: str) -> list[DeskPresence]:
    """Desks of the country's pack; the one that answers the form first, or none where no form is said."""
    place, now = services.packs.doors.of(peer.country), services.clock.now()
    asked = services.packs.forms.forms.get(form)
    first = None if asked is None else competent(place, asked)
    if first is None:
        return []
    opens = opens_next(first, place.calendar, now)
    there = is_open(first, place.calendar, now)
    return [
        DeskPresence(
            code=first.code,
            name=first.label,
            is_open=there,
            opens_next="" if there or opens is None else as_text(opens),
            zone=place.zone,
            hours="",
            number=first.number,
            languages=first.languages,
            says="pack",
            is_confirmed=first.confirmed,
        )
    ]


def _own_desks(services: Services, snapshot: Snapshot, peer: PeerHead) -> list[DeskPresence]:
    """Desks as the node itself tells them: their hours are for people, and only `24/7` is understood."""
    profile = profile_of_peer(services, snapshot, peer)
    return [
        DeskPresence(
            code=desk.code,
            name=desk.name,
            is_open=True if desk.hours.strip().casefold() in _ALWAYS else None,
            opens_next="",
            zone=desk.zone,
            hours=desk.hours,
            number=next(iter(desk.numbers), ""),
            languages=tuple(desk.languages),
            says="descriptor",
            is_confirmed=True,
        )
        for desk in (() if profile is None else profile.desks)
    ]


def _acknowledged(snapshot: Snapshot, scope: Scope, node: str) -> tuple[str, int]:
    """When a node acknowledged a request of ours last, and how soon, by this node's clock."""
    newest, within_s = "", -1
    heads = snapshot.requests(scope=scope, before=_NEWEST, limit=PRESENCE_LOOKS_BACK, side=Side.ASKER, node=node)
    for head in heads:
        for step in snapshot.steps(head):
            if step.node == node and step.what == Step.ACKNOWLEDGED and step.came > newest:
                newest = step.came
                span = datetime.fromisoformat(step.came) - datetime.fromisoformat(head.came)
                within_s = max(0, int(span.total_seconds()))
    return newest, within_s
