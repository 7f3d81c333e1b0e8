# SPDX-License-Identifier: Apache-2.0
"""What peers may ask: one function a route. They run in worker threads, the feed on the event loop.

Source: docs/spec/peer.md, "Routes".
"""

import re
from typing import Final

from msgspec import Raw
from starlette.responses import PlainTextResponse, Response

from lintas.errors import BadInput, HeadConflict, PeerRefused
from lintas.formats.peer import Ack, Again, AgainAnswer, Gossip, decode, encode, sign_document
from lintas.formats.peer.descriptor import read_descriptor
from lintas.model.header_rules import is_incarnation
from lintas.model.peering import Cursor, Lane
from lintas.web.peer.calls import PeerCall
from lintas.web.peer.feeds import FeedResponse
from lintas.web.peer.problems import problem_of, told
from lintas.work.exchange import answer_hello, give_again, receive_batch
from lintas.work.peering import describe, learn_descriptor
from lintas.work.services import as_text
from lintas.work.witness import (
    gossip_in,
    gossip_out,
    keep_cosignature,
    offer_checkpoint,
    prove_release,
    witness_checkpoint,
)

JSON: Final = "application/json"
TREE_SIZE: Final = "text/x.tlog.size"  # C2SP tlog-witness: the body of a 409 is the size that is held
_NUMBER: Final = re.compile(r"0|[1-9][0-9]{0,15}", re.ASCII)


def descriptor(call: PeerCall) -> Response:
    """Say who this node is, to anybody."""
    return _json(describe(call.services))


def learn(call: PeerCall) -> Response:
    """Hear of a known peer's newer keys, which its root signed; from anybody, since nobody else can have made them."""
    learn_descriptor(call.services, read_descriptor(call.body).node, call.body)
    return Response(status_code=204)


def hello(call: PeerCall) -> Response:
    """Answer a greeting, and begin a session."""
    services = call.services
    session = services.keys.random(16).hex()
    greeted = answer_hello(services, call.body, session=session)
    if greeted.node != call.node:
        raise PeerRefused("The greeting is from another node than the request.", what="signature")
    call.door.sessions.open(call.node, session)
    services.links.note(call.node, last_contact=as_text(services.clock.now()))
    services.events.publish(f"contact {call.node}")
    return _json(greeted.document)


async def feed(call: PeerCall) -> Response:
    """Follow what is released to this peer, live, after a cursor."""
    cursor = Cursor.from_text(call.query.get("after") or call.headers.get("last-event-id", ""))
    feeds = call.door.feeds
    reader = feeds.admit(call.node, cursor, call.abort)
    try:
        first = await feeds.due(reader)
    except BaseException:
        feeds.dismiss(reader)
        raise
    return FeedResponse(feeds, reader, first)


def inbox(call: PeerCall) -> Response:
    """Take a batch that the peer pushes, and say how far we have its streams now."""
    services = call.services
    arrived = receive_batch(services, call.node, call.body)
    services.links.note(call.node, last_contact=as_text(services.clock.now()))
    ack = Ack(v=1, sender=services.keys.node, to=call.node, cursor=str(arrived.cursor))
    return _json(sign_document("ack", ack, services.keys.signing))


def give_checkpoint(call: PeerCall) -> Response:
    """Give our newest head, and the proof that it follows the one that the peer holds."""
    return PlainTextResponse(offer_checkpoint(call.services, call.node, _number(call, "from")))


def witness(call: PeerCall) -> Response:
    """Countersign the peer's head, if it follows the one that we hold."""
    try:
        return PlainTextResponse(witness_checkpoint(call.services, call.node, call.body))
    except HeadConflict as exc:
        return Response(f"{exc.size}\n".encode(), status_code=409, media_type=TREE_SIZE)
    except PeerRefused as exc:
        problem = problem_of(exc)
        problem.status = 422  # C2SP tlog-witness: the proof does not verify
        return told(problem)


def cosignature(call: PeerCall) -> Response:
    """Keep the peer's countersignature of our head."""
    keep_cosignature(call.services, call.node, call.body)
    return Response(status_code=204)


def proof(call: PeerCall) -> Response:
    """Prove that our log holds what was released to the peer up to one counter."""
    incarnation, lane = call.query.get("incarnation", ""), _lane(call.query.get("lane", ""))
    if not is_incarnation(incarnation):
        raise BadInput("That is no incarnation.")
    return _json(prove_release(call.services, call.node, incarnation, lane, _number(call, "counter")))


def gossip(call: PeerCall) -> Response:
    """Swap heads of other logs."""
    due = gossip_in(call.services, call.node, decode(Gossip, call.body).notes)
    for one in due:
        call.door.hear(one.node, one.note)
    return _json(encode(Gossip(notes=tuple(gossip_out(call.services, call.node)))))


def again(call: PeerCall) -> Response:
    """Give once more what the peer had and lost."""
    said = decode(Again, call.body)
    found = give_again(call.services, call.node, said.incarnation, Lane(said.lane), said.ranges)
    return _json(encode(AgainAnswer(batches=tuple(map(Raw, found.documents)), more=found.more)))


def _json(document: bytes) -> Response:
    return Response(document, media_type=JSON, headers={"cache-control": "no-store"})


def _number(call: PeerCall, name: str) -> int:
    text = call.query.get(name, "")
    if not _NUMBER.fullmatch(text):
        raise BadInput(f"{name} is a number.")
    return int(text)


def _lane(text: str) -> Lane:
    try:
        return Lane(text)
    except ValueError:
        raise BadInput("The lane is alert or bulk.") from None
