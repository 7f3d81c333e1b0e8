# SPDX-License-Identifier: Apache-2.0
"""Hello and welcome: who is there now, and how far each has the other's streams. Nothing new costs this one round trip.

Freshness comes from the challenge that is given back signed, never from a clock.
"""

from collections.abc import Sequence
from typing import NamedTuple, cast

from lintas.errors import BadSignature, LintasError, NotAllowed, PeerRefused, Quarantined
from lintas.formats.peer import (
    PROTOCOL_VERSION,
    Hello,
    TipWire,
    Welcome,
    decode,
    open_document,
    peek_document,
    sign_document,
)
from lintas.formats.peer.fields import StandingCode
from lintas.limits import HELLO_BYTES_MAX
from lintas.model.peering import Cursor, Lane, Standing, Tip
from lintas.ports.store import Snapshot
from lintas.work.peering import accuse, keys_of
from lintas.work.services import Services, as_text
from lintas.work.streams import channel_from, incarnation_of, known_peer, our_cursor, our_tips


class Greeted(NamedTuple):
    """A hello that was answered."""

    node: str
    document: bytes  # the welcome
    hello: Hello


def make_hello(services: Services, node: str, challenge: str) -> bytes:
    """Greet a peer.

    Args:
        challenge: 32 fresh random hex digits.

    Raises:
        UnknownTerm: There is no such peer.
    """
    return services.store.read(lambda snapshot: _hello(services, snapshot, node, challenge))


def answer_hello(services: Services, document: bytes, *, session: str) -> Greeted:
    """Read a peer's hello and answer it.

    Args:
        session: 32 fresh random hex digits that the peer's later requests name.

    Raises:
        Malformed: It is no hello.
        BadSignature: It is not signed by a peer that is known here.
        NotAllowed: It is for another node, of another mode, or from a peer that was removed.
        Quarantined: This node was restored and has not shown that it is current.
    """
    _, raw = peek_document(document, bytes_max=HELLO_BYTES_MAX)
    sender = decode(Hello, raw).sender

    def answer(snapshot: Snapshot) -> tuple[Hello, bytes]:
        peer = snapshot.peer(sender)
        if peer is None:
            raise BadSignature("The hello is not signed by a peer that is known here.")
        keys = keys_of(snapshot, sender).signing
        hello = decode(Hello, open_document("hello", document, keys=keys, bytes_max=HELLO_BYTES_MAX))
        if hello.to != services.keys.node:
            raise NotAllowed("The hello is for another node.", rule="address")
        if hello.mode != services.config.mode.value:
            raise NotAllowed(f"This node is of mode {services.config.mode.value}: the two never mix.", rule="mode")
        if peer.standing in (Standing.REMOVED, Standing.SUSPENDED):
            raise NotAllowed(f"You are {peer.standing.value} here.", rule="standing")
        if snapshot.meta("state") != "live":
            raise Quarantined
        welcome = Welcome(
            v=PROTOCOL_VERSION,
            sender=services.keys.node,
            to=sender,
            mode=services.config.mode.value,
            challenge=hello.challenge,
            incarnation=incarnation_of(snapshot),
            got=str(our_cursor(snapshot, sender)),
            tips=_tips(our_tips(snapshot, peer)),
            head=_head(snapshot),
            endpoints=bool(services.config.peer_url),
            session=session,
            standing=cast("StandingCode", peer.standing.value),
        )
        return hello, sign_document("welcome", welcome, services.keys.signing)

    hello, welcome = services.store.read(answer)
    services.links.note(sender, last_contact=as_text(services.clock.now()), ours_stored=hello.got)
    return Greeted(node=sender, document=welcome, hello=hello)


def read_welcome(services: Services, node: str, hello: bytes, document: bytes) -> Welcome:
    """Read a peer's answer to our hello.

    Args:
        hello: Ours, as `make_hello` gave it.

    Raises:
        PeerRefused: It is not this peer's, not to our challenge, or not of our mode; or it says less of its streams
            than it sent us, which is a rollback.
    """
    keys = services.store.read(lambda snapshot: keys_of(snapshot, node).signing)
    asked = decode(Hello, peek_document(hello)[1])
    key = ""
    try:
        key, _ = peek_document(document, bytes_max=HELLO_BYTES_MAX)
        welcome = decode(Welcome, open_document("welcome", document, keys=keys, bytes_max=HELLO_BYTES_MAX))
    except LintasError as exc:
        what = "key" if key and key not in keys else "signature"
        raise PeerRefused(f"The peer's welcome does not hold: {exc.message}", what=what) from exc
    if (welcome.sender, welcome.to) != (node, services.keys.node):
        raise PeerRefused("The welcome is from or for another node.", what="address")
    if welcome.challenge != asked.challenge:
        raise PeerRefused("The welcome answers another challenge: it may be an old one.", what="stale")
    if welcome.mode != services.config.mode.value:
        raise PeerRefused("The peer is of another mode: live and exercise never mix.", what="mode")
    services.links.note(node, last_contact=as_text(services.clock.now()), last_error="", ours_stored=welcome.got)
    problem = services.store.read(lambda snapshot: _contradiction(snapshot, node, asked, welcome))
    if problem is not None:
        accuse(services, node, problem.what, problem.message, [hello, document])
        raise problem
    return welcome


def _contradiction(snapshot: Snapshot, node: str, asked: Hello, welcome: Welcome) -> PeerRefused | None:
    """Hold what a peer says of its streams to us against what we told it that we have of them.

    Only a welcome can be held against something: it was signed after our hello. A hello may be an old one.
    """
    peer = known_peer(snapshot, node)
    channel = channel_from(snapshot, peer)
    if not asked.got or not channel:
        return None
    got = Cursor.from_text(asked.got)
    if not welcome.incarnation == peer.incarnation == got.incarnation:
        return None  # another life of its log: people decide whether to follow
    for tip in welcome.tips:
        held = got.at(Lane(tip.lane))
        if tip.counter < held:
            sentence = f"The peer says that its {tip.lane} stream has {tip.counter} messages; it sent {held}."
            return PeerRefused(sentence, what="rollback")
        span = snapshot.span_at("in", channel, incarnation=got.incarnation, lane=tip.lane, counter=held)
        if tip.counter == held and span is not None and span.chain != tip.chain:
            return PeerRefused(f"The peer says otherwise what its {tip.lane} stream was.", what="fork")
    return None


def _hello(services: Services, snapshot: Snapshot, node: str, challenge: str) -> bytes:
    peer = known_peer(snapshot, node)
    hello = Hello(
        v=PROTOCOL_VERSION,
        sender=services.keys.node,
        to=node,
        mode=services.config.mode.value,
        challenge=challenge,
        incarnation=incarnation_of(snapshot),
        got=str(our_cursor(snapshot, node)),
        tips=_tips(our_tips(snapshot, peer)),
        head=_head(snapshot),
        endpoints=bool(services.config.peer_url),
    )
    return sign_document("hello", hello, services.keys.signing)


def _tips(tips: Sequence[Tip]) -> tuple[TipWire, ...]:
    return tuple(TipWire(lane=tip.lane.value, counter=tip.counter, chain=tip.chain) for tip in tips)


def _head(snapshot: Snapshot) -> str:
    checkpoint = snapshot.checkpoint()
    return "" if checkpoint is None else checkpoint.note
