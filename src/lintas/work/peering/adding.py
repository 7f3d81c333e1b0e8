# SPDX-License-Identifier: Apache-2.0
"""Get to know a peer by its descriptor, and hear of its later keys.

An added peer is unverified: that somebody has a root key says nothing of who they are. Until two people here have
heard its words, nothing goes to it outside exercises.
"""

from typing import Final

from lintas.crypto.canonical import parse_canonical
from lintas.crypto.words import words_of
from lintas.errors import BadInput, LintasError, NotAllowed, OverLimit, PeerRefused, WrongUse
from lintas.formats.peer.descriptor import OpenedDescriptor, read_descriptor
from lintas.limits import PEERS_MAX
from lintas.model.found import PeerHead
from lintas.model.header import Kind
from lintas.model.marking import Marking, Tlp
from lintas.model.peer_answers import PeerAdded
from lintas.model.peering import Action
from lintas.model.viewer import Viewer
from lintas.ports.store import Snapshot, Transaction
from lintas.work.access import permit
from lintas.work.appending import Prepared, append, prepare_content
from lintas.work.payloads import bytes_of
from lintas.work.peering.addresses import endpoint_of
from lintas.work.peering.directory import newest_key_message, own_keys, read_message
from lintas.work.peering.looks import Looks
from lintas.work.peering.standing import append_standing
from lintas.work.services import Services
from lintas.work.streams import may_exchange

_GROUND: Final = "descriptor"
_SEEN: Final = "descriptor_of:"  # begins the name of the node's own state that holds a peer's newest number


def add_peer(services: Services, viewer: Viewer, document: bytes, *, url: str = "") -> PeerAdded:
    """Add a peer by its descriptor, or take a newer descriptor of a known one.

    If we die before the commit, nothing of it is known; after it, the peer stands as unverified.

    Args:
        document: Untrusted bytes.
        url: Where it was fetched; kept as the peer's address when the descriptor itself does not name it.

    Raises:
        BadInput: It is no descriptor, a signature does not verify, or it is of another mode.
        PeerRefused: It says other things than one that was seen here, under the same or an older number.
        WrongUse: It is this node's own.
        OverLimit: There are PEERS_MAX peers.
        NotAllowed: The viewer may not.
    """
    permit(services, viewer, "peers.change")
    opened = read_descriptor(document)
    _check_ours(services, opened)
    base = endpoint_of(url) if url else ""
    is_new, standing = services.store.write(lambda tx: _add(services, tx, viewer, opened, base))
    services.events.publish("log")
    services.events.publish("peers")
    imitates = services.store.read(
        lambda snapshot: Looks(services, snapshot).imitated_by(opened.node, opened.profile.organisation)
    )
    return PeerAdded(
        node=opened.node,
        name=opened.profile.organisation,
        country=opened.country,
        mode=opened.mode.value,
        standing=standing,
        is_new=is_new,
        serial=opened.serial,
        our_words=services.store.read(lambda snapshot: words_of(own_keys(services, snapshot).root)),
        imitates=imitates,
    )


def learn_descriptor(services: Services, node: str, document: bytes) -> bool:
    """Hear of a known peer's newer keys or addresses out of its stream; says whether there was anything new.

    For whoever meets a key that is not known: what the root signed counts wherever it was found, and whoever brings it.
    So an old one that is brought again changes nothing, and a peer with which nothing is exchanged fills no log.

    Raises:
        BadInput: It is no descriptor of that peer, or a signature does not verify.
    """
    opened = read_descriptor(document)
    if opened.node != node:
        raise BadInput("That is the descriptor of another node.")
    _check_ours(services, opened)

    def learn(tx: Transaction) -> bool:
        peer = tx.peer(node)
        if peer is None or not may_exchange(services, peer):
            return False
        return _is_newer(tx, opened) and _take(services, tx, opened)

    is_news = services.store.write(learn)
    if is_news:
        services.events.publish("peers")
    return is_news


def accept_descriptor(services: Services, tx: Transaction, node: str, document: bytes) -> None:
    """Take the keys of a descriptor that came in a peer's own stream; part of the caller's transaction.

    The caller appends the message itself, and with it the profile. An older document that comes late, because a newer
    one was found out of the stream, changes nothing.

    Raises:
        PeerRefused: As `check_descriptor`; or its keys are older than a document of that number may name.
    """
    opened = check_descriptor(services, node, document)
    if _is_newer(tx, opened):
        _append_keys(tx, opened)
        _note_seen(tx, opened)


def check_descriptor(services: Services, node: str, document: bytes) -> OpenedDescriptor:
    """Read a descriptor that came in a peer's own stream; before it is appended, since the views read it then.

    Raises:
        PeerRefused: It does not hold, or is not the peer's.
    """
    try:
        opened = read_descriptor(document)
    except LintasError as exc:
        raise PeerRefused(f"A descriptor does not hold: {exc.message}", what="malformed") from exc
    if opened.node != node:
        raise PeerRefused("A descriptor is of another node than its sender.", what="address")
    if opened.mode is not services.config.mode:
        raise PeerRefused("A descriptor is of another mode: live and exercise never mix.", what="mode")
    return opened


def _check_ours(services: Services, opened: OpenedDescriptor) -> None:
    if opened.node == services.keys.node:
        raise WrongUse("That is this node's own descriptor.", hint="Give it to the other side, and add theirs here.")
    if opened.mode is not services.config.mode:
        raise NotAllowed(
            f"That node is for {opened.mode.value}, this one for {services.config.mode.value}: the two never mix.",
            rule="mode",
        )


def _add(services: Services, tx: Transaction, viewer: Viewer, opened: OpenedDescriptor, base: str) -> tuple[bool, str]:
    peer = tx.peer(opened.node)
    is_new = peer is None or peer.is_removed
    if peer is None and len(tx.peers()) >= PEERS_MAX:
        raise OverLimit(f"This node has {PEERS_MAX} peers, as many as one may have.")
    if _is_newer(tx, opened):
        _take(services, tx, opened)
    if is_new:
        append_standing(
            services, tx, opened.node, Action.ADDED, [viewer.id], ground=_GROUND, incarnation=opened.incarnation
        )
    if base and base not in opened.profile.endpoints:
        tx.set_address(opened.node, base)
    found = tx.peer(opened.node)
    assert found is not None
    return is_new, found.standing.value


def _take(services: Services, tx: Transaction, opened: OpenedDescriptor) -> bool:
    """Append what is new in a descriptor that was found out of its node's stream; says whether anything was."""
    is_news = _append_keys(tx, opened)
    peer = tx.peer(opened.node)
    held = None if peer is None else profile_document(services, tx, peer)
    # under the same keys only a larger number is news: anybody who saw two documents can bring both, over and over
    if is_news or held is None or read_descriptor(held).profile_serial < opened.profile_serial:
        append(tx, prepare_content(services, Kind.DESCRIPTOR, opened.document, marking=Marking(tlp=Tlp.CLEAR)))
        is_news = True
    _note_seen(tx, opened)
    return is_news


def _append_keys(tx: Transaction, opened: OpenedDescriptor) -> bool:
    """Append the key message as a foreign entry unless it is the newest one already."""
    held = newest_key_message(tx, opened.node)
    if held is not None and held.id == opened.key_message.id:
        return False
    append(tx, Prepared(signed=opened.key_message, header=parse_canonical(opened.key_message.header_bytes)))
    return True


def _is_newer(snapshot: Snapshot, opened: OpenedDescriptor) -> bool:
    """Say whether a descriptor is at least as new as what is held; one that comes late changes nothing.

    Raises:
        PeerRefused: Other keys under the same number, or older keys under a newer number of the document.
    """
    held = newest_key_message(snapshot, opened.node)
    if held is None or held.id == opened.key_message.id:
        return True
    known = read_message(held)
    if opened.serial > known.serial:
        return True
    if opened.serial < known.serial and opened.profile_serial < int(snapshot.meta(_SEEN + opened.node) or 0):
        return False
    raise PeerRefused(
        f"The descriptor names keys of number {opened.serial}, and others of number {known.serial} are known.",
        what="rollback",
        hint="Its keys were set back or exist twice. Ask the other side on a call what happened.",
    )


def _note_seen(tx: Transaction, opened: OpenedDescriptor) -> None:
    """Keep the number of the newest document: an entry's payload may be erased, and a late one must still be known."""
    if opened.profile_serial > int(tx.meta(_SEEN + opened.node) or -1):
        tx.put_meta(_SEEN + opened.node, str(opened.profile_serial))


def profile_document(services: Services, snapshot: Snapshot, peer: PeerHead) -> bytes | None:
    """The newest descriptor of a peer as it stands in this log; None when it was erased."""
    row = snapshot.payload(peer.profile_seq) if peer.profile_seq else None
    return None if row is None else bytes_of(services, row)
