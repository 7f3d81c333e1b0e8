# SPDX-License-Identifier: Apache-2.0
"""Change how a peer stands: suspend, resume, remove, follow it into a new life of its log, set its address.

Each change is an entry that names who did it. A suspension holds from its commit on: whoever sends asks the standing
again for every batch.
"""

from collections.abc import Callable, Iterable
from typing import Final

from lintas.errors import BadInput, UnknownTerm, WrongUse
from lintas.model.found import PeerHead
from lintas.model.header import Kind
from lintas.model.header_rules import APPROVALS_MIN, is_code, is_incarnation
from lintas.model.peer_answers import PeerLine
from lintas.model.peering import Action
from lintas.model.viewer import Viewer
from lintas.ports.store import Snapshot, Transaction
from lintas.work.access import permit
from lintas.work.appending import append, prepare_control
from lintas.work.binding import check_unordered
from lintas.work.peering.addresses import endpoint_of
from lintas.work.peering.directory import channel_of
from lintas.work.peering.listing import show_peer
from lintas.work.services import Services

_ROLLING: Final = "rolling:"  # begins the name of the node's own state that holds who approved first
_ROLLED: Final = "new_incarnation"


def suspend_peer(services: Services, viewer: Viewer, node: str, ground: str) -> PeerLine:
    """Stop everything with a peer until a person resumes it; nothing more goes out once this returns.

    Args:
        ground: A code: why.

    Raises:
        UnknownTerm: There is no such peer.
        NotAllowed: The viewer may not.
        BadInput: The ground is no code.
    """
    permit(services, viewer, "peers.change")

    def job(tx: Transaction) -> None:
        peer = present_peer(tx, node)
        if not peer.is_suspended:
            append_standing(services, tx, peer.node, Action.SUSPENDED, [viewer.id], ground=_ground(ground))

    return _changed(services, viewer, node, job)


def resume_peer(services: Services, viewer: Viewer, node: str, ground: str) -> PeerLine:
    """Go on with a suspended peer, as a named person; whoever was not introduced before still is not.

    Raises:
        UnknownTerm: There is no such peer.
        NotAllowed: The viewer may not, or is nobody with a name.
        BadInput: The ground is no code.
        WrongUse: It is not suspended.
    """
    permit(services, viewer, "peers.answer")

    def job(tx: Transaction) -> None:
        check_unordered(services, tx, viewer, "peers.answer")
        resume_in(services, tx, viewer, node, ground)

    return _changed(services, viewer, node, job)


def resume_in(services: Services, tx: Transaction, viewer: Viewer, node: str, ground: str) -> None:
    """Go on with a suspended peer as part of the caller's transaction; see `resume_peer`."""
    permit(services, viewer, "peers.answer")
    if not present_peer(tx, node).is_suspended:
        raise WrongUse("This peer is not suspended.")
    append_standing(services, tx, node, Action.RESUMED, [viewer.id], ground=_ground(ground))


def remove_peer(services: Services, viewer: Viewer, node: str, ground: str) -> PeerLine:
    """Remove a peer. Its entries stay; to come back it is added and introduced anew.

    Raises:
        UnknownTerm: There is no such peer.
        NotAllowed: The viewer may not.
        BadInput: The ground is no code.
    """
    permit(services, viewer, "peers.change")

    def job(tx: Transaction) -> None:
        peer = present_peer(tx, node)
        append_standing(services, tx, peer.node, Action.REMOVED, [viewer.id], ground=_ground(ground))
        tx.set_address(peer.node, "")

    return _changed(services, viewer, node, job)


def accept_incarnation(services: Services, viewer: Viewer, node: str, incarnation: str) -> PeerLine:
    """Follow a peer that was restored into a new life of its log. Two different people say so, one after the other.

    What the old life's log promised and the new one lacks is lost to the peer: whoever accepts has asked why.

    Args:
        incarnation: 16 hex digits, as the peer now names the life of its log.

    Raises:
        UnknownTerm: There is no such peer.
        NotAllowed: The viewer may not, or is nobody with a name.
        BadInput: That is no incarnation.
        WrongUse: It is accepted already, or the same person approved it before.
    """
    permit(services, viewer, "peers.answer")
    check_incarnation(incarnation)

    def job(tx: Transaction) -> None:
        check_unordered(services, tx, viewer, "peers.answer")
        accept_in(services, tx, viewer, node, incarnation)

    return _changed(services, viewer, node, job)


def check_incarnation(incarnation: str) -> None:
    """Refuse what is no incarnation.

    Raises:
        BadInput: It is none.
    """
    if not is_incarnation(incarnation):
        raise BadInput("An incarnation is 16 hex digits.", hint="The other side reads it out: `lintas status` there.")


def accept_in(services: Services, tx: Transaction, viewer: Viewer, node: str, incarnation: str) -> bool:
    """Follow a peer into a new life as part of the caller's transaction; returns whether both people have said so."""
    permit(services, viewer, "peers.answer")
    check_incarnation(incarnation)
    peer = present_peer(tx, node)
    if peer.incarnation == incarnation:
        raise WrongUse("That life of its log is the one that is followed already.")
    people = {viewer.id, *_approved(tx, peer.node, incarnation)}
    if viewer.id in _approved(tx, peer.node, incarnation):
        raise WrongUse("You have approved this already.", hint="A second person has to.")
    if len(people) < APPROVALS_MIN:
        tx.put_meta(_ROLLING + peer.node, " ".join([incarnation, *sorted(people)]))
        return False
    append_standing(services, tx, peer.node, Action.ROLLED, people, ground=_ROLLED, incarnation=incarnation)
    tx.put_meta(_ROLLING + peer.node, "")
    return True


def set_address(services: Services, viewer: Viewer, node: str, url: str) -> PeerLine:
    """Set where a peer is reached, or with an empty address go by its descriptor again. No entry: it is no standing.

    Raises:
        UnknownTerm: There is no such peer.
        NotAllowed: The viewer may not.
        BadInput: That is no address.
    """
    permit(services, viewer, "peers.address")
    base = endpoint_of(url) if url else ""

    def job(tx: Transaction) -> None:
        tx.set_address(present_peer(tx, node).node, base)

    return _changed(services, viewer, node, job)


def append_standing(
    services: Services,
    tx: Transaction,
    node: str,
    action: Action,
    by: Iterable[str],
    *,
    ground: str,
    incarnation: str = "",
) -> None:
    """Append what was done to a peer's standing; part of the caller's transaction.

    Args:
        incarnation: Of the peer's log; the one that is accepted already unless given.
    """
    peer = tx.peer(node)
    body = {
        "action": action.value,
        "by": sorted(set(by)),
        "channel": channel_of(services, node) if peer is None else peer.channel,
        "ground": ground,
        "incarnation": incarnation or ("" if peer is None else peer.incarnation),
        "node": node,
    }
    entry = prepare_control(services, Kind.PEER, body)
    if tx.entry_by_id(entry.id) is not None:
        # said before within this millisecond, and undone since: as one entry it would change nothing now
        raise WrongUse("This was done and undone a moment ago.", hint="Do it again.")
    append(tx, entry)


def present_peer(snapshot: Snapshot, node: str) -> PeerHead:
    """A peer that was not removed.

    Raises:
        UnknownTerm: There is none.
    """
    peer = snapshot.peer(node)
    if peer is None or peer.is_removed:
        raise UnknownTerm("There is no such peer.", hint="lintas peer list DIR shows them.")
    return peer


def _approved(tx: Snapshot, node: str, incarnation: str) -> list[str]:
    """Who approved this life before; an approval of another one counts nothing."""
    named, *people = (tx.meta(_ROLLING + node) or " ").split(" ")
    return people if named == incarnation else []


def _ground(ground: str) -> str:
    if not is_code(ground):
        raise BadInput(f"{ground[:40]!r} is no ground.", hint="A ground is a code: key_stolen, asked_by_peer.")
    return ground


def _changed(services: Services, viewer: Viewer, node: str, job: Callable[[Transaction], None]) -> PeerLine:
    services.store.write(job)
    services.events.publish("log")
    services.events.publish("peers")
    return show_peer(services, viewer, node)
