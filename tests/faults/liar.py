# SPDX-License-Identifier: Apache-2.0
"""A peer with real keys and no conscience: it says what it likes, over real TLS, as a client and as a server.

It keeps no log but a list of leaves, checks nothing that it is told, and signs everything that a test wants signed.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import count
from typing import Any

from lintas.crypto.canonical import canonical_json
from lintas.crypto.checkpoint import Checkpoint, log_origin, sign_checkpoint
from lintas.crypto.digests import commitment, salted_digest
from lintas.crypto.envelope import sign_header
from lintas.crypto.merkle import consistency_proof, inclusion_proof, root_of, tiles_after
from lintas.crypto.note import format_note
from lintas.crypto.proof import Receipt, format_receipt
from lintas.crypto.requests import sign_request
from lintas.crypto.signing import SigningKey, node_id
from lintas.crypto.stream import chain_after, chain_start, place_digest
from lintas.crypto.witness import Offer, format_offer
from lintas.formats.peer import Place, Profile, ProofAnswer, encode, envelope_of, peek_document, place_of, sign_document
from lintas.formats.peer.descriptor import make_descriptor
from lintas.model.header import Header, Kind, Mode, Payload, PayloadDigest, Signed
from lintas.model.header_rules import LOCAL_TYPE
from lintas.model.marking import Marking, Tlp
from lintas.transport.serving import server_context
from tests.faults.liar_line import Answer, Heard, Told, begin_feed, chunk, exchange, hear, knows_nothing, request, say

AT = "2026-03-01T03:00:00.000Z"
PEER = "/peer/v1"
ROLES = ("root", "signing", "log", "tls", "cosign")


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One message that was made, with what its place shows of it."""

    signed: Signed
    payload: Payload | None
    openings: Mapping[str, Sequence[Sequence[str]]] | None

    @property
    def place(self) -> Place:
        """Its place, as an honest sender writes it."""
        return place_of(self.signed, self.payload, openings=self.openings)


@dataclass(slots=True, kw_only=True)
class Stream:
    """Where one of its streams ends, as it tells it to those whom it does not lie to."""

    counter: int = 0
    chain: str = ""
    messages: list[Message] = field(default_factory=list)


class Feed:
    """What a liar tells to whoever reads its feed, in order.

    A reader may hang up with a batch in its hands that it did not store: the next one is told it again, as by any node.
    """

    def __init__(self) -> None:
        self._documents: list[bytes] = []
        self._more = asyncio.Event()

    def put_nowait(self, document: bytes) -> None:
        """Tell one more."""
        self._documents.append(document)
        self._more.set()

    async def at(self, place: int) -> bytes:
        """The document at a place, from 0, once it is there."""
        while place >= len(self._documents):
            self._more.clear()
            await self._more.wait()
        return self._documents[place]


class Liar:
    """One lying peer of one node."""

    def __init__(self, number: int, to: str, *, country: str = "TH") -> None:
        """Make its keys.

        Args:
            number: Makes it another one.
            to: The node that it lies to.
        """
        seeds = {role: sha256(f"liar {number} {role}".encode()).digest() for role in ROLES}
        self.root, self.signing, self.log, self.tls, self.cosign = map(SigningKey.from_seed, seeds.values())
        self.number, self.to, self.country = number, to, country
        self.name = f"Invented bureau {number}"
        self.id = str(node_id(self.root.public))
        self.incarnation = sha256(f"incarnation {number}".encode()).hexdigest()[:16]
        self.channel = "pair." + sha256(f"channel {number}".encode()).hexdigest()[:32]
        self.mode = "exercise"
        self.lanes = {lane: self._start(lane) for lane in ("alert", "bulk")}
        self.leaves: list[bytes] = [self.keys().leaf]
        self.head = ""
        self.url = ""
        self.session, self._count = "", 0
        self._salts = count()
        self.feed = Feed()
        self._ends: dict[bytes, tuple[str, int]] = {}  # where the stream is behind an honest batch
        self.answers: dict[str, Answer] = {
            f"POST {PEER}/hello": self._welcomes,
            f"GET {PEER}/feed": self._feeds,
            f"POST {PEER}/inbox": self._acks,
            f"GET {PEER}/checkpoint": self._offers,
            f"GET {PEER}/proof": self._proves,
            f"POST {PEER}/gossip": lambda _, writer: say(writer, b'{"notes":[]}'),
            f"POST {PEER}/cosignature": lambda _, writer: say(writer, b"", status="204 No Content"),
        }
        self.heard: list[Heard] = []
        self.got = {"alert": 0, "bulk": 0}
        self.release: Signed | None = None

    # what it says of itself

    def keys(self) -> Signed:
        """Its key message."""
        body = {
            "country": self.country,
            "incarnation": self.incarnation,
            "root": self.root.public.hex(),
            "serial": 0,
            **{
                role: [{"id": key.key_id, "algorithm": "ed25519", "public": key.public.hex()}]
                for role, key in zip(ROLES[1:], (self.signing, self.log, self.tls, self.cosign), strict=True)
            },
        }
        return self.control(Kind.KEY, body, key=self.root, channel="local", tlp=Tlp.CLEAR)

    def descriptor(self, **changed: Any) -> bytes:
        """Its descriptor; it accepts no connections but at the address that a test tells."""
        said: dict[str, Any] = {
            "organisation": self.name,
            "country": self.country,
            "mode": self.mode,
            "endpoints": (),
            "versions": (1,),
            "desks": (),
        }
        return make_descriptor(self.keys(), Profile(**(said | changed)), 1, self.signing)

    # messages

    def control(
        self,
        kind: Kind,
        body: dict[str, object],
        *,
        key: SigningKey | None = None,
        channel: str = "",
        tlp: Tlp = Tlp.AMBER_STRICT,
    ) -> Signed:
        """A signed control message."""
        header = self.header(kind, channel=channel, tlp=tlp, body=body)
        return sign_header(canonical_json(header), key or self.signing)

    def header(self, kind: Kind, *, channel: str = "", tlp: Tlp = Tlp.AMBER, **more: Any) -> dict[str, object]:
        """A whole header, as JSON."""
        told = Header(
            originator=node_id(self.root.public),
            kind=kind,
            media_type=more.pop("media_type", LOCAL_TYPE),
            created_at=AT,
            mode=Mode(self.mode),
            marking=Marking(tlp=tlp),
            channel=channel or self.channel,
            **more,
        )
        return told.as_json()

    def salt(self) -> bytes:
        """16 bytes that were not used before."""
        return sha256(f"salt {self.number} {next(self._salts)}".encode()).digest()[:16]

    def content(
        self,
        data: bytes,
        *,
        kind: Kind = Kind.ITEM,
        media_type: str = "text/plain;charset=utf-8",
        to: str = "",
        key: SigningKey | None = None,
        changed: Mapping[str, object] | None = None,
        channel: str = "",
    ) -> Message:
        """A signed message with a payload.

        Args:
            to: Its recipient; the node that the liar lies to unless given.
            changed: Fields of the header that are put in before it is signed, whatever they are.
        """
        salt, ref = self.salt(), self.salt()
        target = to or self.to
        header = self.header(
            kind,
            channel=channel,
            media_type=media_type if kind is Kind.ITEM else LOCAL_TYPE,
            refs=(("recipients", (commitment(ref, "recipients", target),)),),
            payload=PayloadDigest(digest=salted_digest(salt, data), size_bytes=len(data)),
        )
        signed = sign_header(canonical_json(header | dict(changed or {})), key or self.signing)
        return Message(
            signed=signed, payload=Payload(salt=salt, data=data), openings={"recipients": [[ref.hex(), target]]}
        )

    def text(self, text: str, **more: Any) -> Message:
        """A text for a desk."""
        return self.content(text.encode(), **more)

    def receipt(self, message: str, state: str = "stored") -> Message:
        """A receipt."""
        body: dict[str, object] = {
            "by": "officer-0001",
            "desk": "duty",
            "ground": "none",
            "messages": [message],
            "state": state,
        }
        return Message(signed=self.control(Kind.RECEIPT, body), payload=None, openings=None)

    # streams

    def _start(self, lane: str) -> Stream:
        return Stream(chain=chain_start(self.channel, self.incarnation, lane))

    def batch(self, *messages: Message, lane: str = "bulk", **changed: Any) -> bytes:
        """A signed batch that goes on where the stream ends, unless something is changed. Nothing moves on."""
        end = self.lanes[lane]
        before = changed.get("before", end.chain)
        digests = [place_digest(one.signed.id) for one in messages]
        said: dict[str, Any] = {
            "v": 1,
            "from": self.id,
            "to": self.to,
            "mode": self.mode,
            "channel": self.channel,
            "incarnation": self.incarnation,
            "lane": lane,
            "first": end.counter + 1,
            "before": before,
            "after": chain_after(before, digests),
            "places": [json.loads(encode(one.place)) for one in messages],
            "head": self.head,
        }
        key = changed.pop("key", self.signing)
        return sign_document("batch", said | changed, key)

    def goes_on(self, *messages: Message, lane: str = "bulk", **changed: Any) -> bytes:
        """An honest batch; the stream has it from now on, and so has its log."""
        document = self.batch(*messages, lane=lane, **changed)
        end = self.lanes[lane]
        first = end.counter + 1
        end.counter += len(messages)
        end.chain = chain_after(end.chain, [place_digest(one.signed.id) for one in messages])
        end.messages += messages
        self._ends[document] = (lane, end.counter)
        body: dict[str, object] = {
            "by": "officer-0001",
            "chain": end.chain,
            "channel": self.channel,
            "count": len(messages),
            "decision": "0" * 64,
            "first": first,
            "incarnation": self.incarnation,
            "lane": lane,
        }
        self.release = self.control(Kind.RELEASE, body, channel="local")
        self.leaves += [*(one.signed.leaf for one in messages), self.release.leaf]
        return document

    def cursor(self) -> str:
        """Where its streams end."""
        return f"{self.incarnation}.{self.lanes['alert'].counter}.{self.lanes['bulk'].counter}"

    # heads

    def note(self, leaves: Sequence[bytes] | None = None, *, key: SigningKey | None = None) -> bytes:
        """A signed head of its log, or of another list of leaves."""
        held = self.leaves if leaves is None else leaves
        origin = log_origin(node_id(self.root.public), self.incarnation)
        return format_note(
            sign_checkpoint(Checkpoint(origin=origin, size=len(held), root=root_of(held)), key or self.log)
        )

    def offer(self, size: int, leaves: Sequence[bytes] | None = None) -> bytes:
        """Its head, and the proof from a size on."""
        held = list(self.leaves if leaves is None else leaves)
        tiles = tiles_of(held)
        proof = consistency_proof(size, len(held), lambda level, index: tiles[level, index]) if size else ()
        return format_offer(Offer(old_size=size, proof=proof, note=self.note(held)))

    def proof(self, entry: Signed, *, index: int | None = None) -> bytes:
        """An entry and the proof that it stands in its log."""
        place = self.leaves.index(entry.leaf) if index is None else index
        tiles = tiles_of(self.leaves)
        path = inclusion_proof(place, len(self.leaves), lambda level, at: tiles[level, at])
        receipt = format_receipt(Receipt(index=place, path=path, checkpoint=self.note()))
        return encode(ProofAnswer(entry=envelope_of(entry), receipt=receipt.decode()))

    # as a client

    def hello(self, **changed: Any) -> bytes:
        """A greeting."""
        said: dict[str, Any] = {
            "v": 1,
            "from": self.id,
            "to": self.to,
            "mode": self.mode,
            "challenge": self.salt().hex(),
            "incarnation": self.incarnation,
            "got": "",
            "tips": self.tips(),
            "head": self.head,
            "endpoints": False,
        }
        return sign_document("hello", said | changed, self.signing)

    def tips(self) -> list[dict[str, object]]:
        """Where it says that its streams end."""
        return [{"lane": lane, "counter": end.counter, "chain": end.chain} for lane, end in self.lanes.items()]

    def signed(self, method: str, path: str, query: str, body: bytes, nonce: str) -> dict[str, str]:
        """The headers of a signed request."""
        return sign_request(
            self.signing, method=method, path=path, query=query, body=body, to=self.to, nonce=nonce, created_s=0
        )

    def nonce(self) -> str:
        """The next number in its session."""
        self._count += 1
        return f"{self.session}.{self._count}"

    async def greet(self, url: str, **changed: Any) -> Told:
        """Greet, and begin a session if it is answered."""
        told = await self.ask(url, "POST", "/hello", self.hello(**changed), nonce=self.salt().hex())
        if told.status == 200:
            self.session, self._count = json.loads(told.body)["signed"]["session"], 0
        return told

    async def ask(
        self, url: str, method: str, path: str, body: bytes = b"", *, query: str = "", nonce: str = "", **more: str
    ) -> Told:
        """One signed request on a connection of its own."""
        headers = self.signed(method, PEER + path, query, body, nonce or self.nonce()) | more
        return await exchange(url, request(method, PEER + path, query, headers, body))

    async def push(self, url: str, document: bytes) -> Told:
        """Push a batch."""
        if not self.session:
            assert (await self.greet(url)).status == 200
        return await self.ask(url, "POST", "/inbox", document)

    # as a server

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[str]:
        """Listen under its own TLS key; yields the address."""
        open_now: set[asyncio.Task[None]] = set()

        async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            task = asyncio.current_task()
            assert task is not None
            open_now.add(task)
            try:
                while True:
                    heard = await hear(reader)
                    self.heard.append(heard)
                    answer = self.answers.get(f"{heard.method} {heard.path}", knows_nothing)
                    await answer(heard, writer)
            except (OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
                return  # hung up on
            finally:
                writer.transport.abort()
                open_now.discard(task)

        server = await asyncio.start_server(talk, "127.0.0.1", 0, ssl=server_context(self.tls, self.id))
        try:
            self.url = f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}"
            yield self.url
        finally:
            server.close()
            for task in list(open_now):
                task.cancel()
            await asyncio.gather(*open_now, return_exceptions=True)

    def welcome(self, hello: bytes, **changed: Any) -> bytes:
        """An answer to a greeting."""
        asked = json.loads(peek_document(hello)[1])
        said = {
            **{name: asked[name] for name in ("v", "mode", "challenge")},
            "from": self.id,
            "to": self.to,
            "incarnation": self.incarnation,
            "got": "",
            "tips": self.tips(),
            "head": self.head,
            "endpoints": True,
            "session": self.salt().hex(),
            "standing": "unverified",
        }
        key = changed.pop("key", self.signing)
        return sign_document("welcome", said | changed, key)

    def ack(self, document: bytes, **changed: Any) -> bytes:
        """An honest acknowledgement of a batch, unless something is changed."""
        said = json.loads(peek_document(document)[1])
        last = {said["lane"]: said["first"] + len(said["places"]) - 1}
        self.got |= last
        cursor = f"{said['incarnation']}.{self.got['alert']}.{self.got['bulk']}"
        return sign_document("ack", {"v": 1, "from": self.id, "to": self.to, "cursor": cursor} | changed, self.signing)

    async def _welcomes(self, heard: Heard, writer: asyncio.StreamWriter) -> None:
        await say(writer, self.welcome(heard.body))

    async def _acks(self, heard: Heard, writer: asyncio.StreamWriter) -> None:
        await say(writer, self.ack(heard.body))

    async def _offers(self, heard: Heard, writer: asyncio.StreamWriter) -> None:
        await say(writer, self.offer(int(heard.query.removeprefix("from="))))

    async def _proves(self, _heard: Heard, writer: asyncio.StreamWriter) -> None:
        await (knows_nothing(_heard, writer) if self.release is None else say(writer, self.proof(self.release)))

    async def _feeds(self, heard: Heard, writer: asyncio.StreamWriter) -> None:
        feed = self.feed
        held = dict(zip(("alert", "bulk"), heard.query.removeprefix("after=").split(".")[1:], strict=True))
        await begin_feed(writer)
        for place in count():
            document = await feed.at(place)
            lane, end = self._ends.get(document, ("bulk", None))
            if end is None or end > int(held[lane]):
                await chunk(writer, b"event: batch\nid: %b\ndata: %b\n\n" % (self.cursor().encode(), document))


def tiles_of(leaves: Sequence[bytes]) -> dict[tuple[int, int], bytes]:
    """All tiles of a tree."""
    return {(level, index): row for level, index, row in tiles_after(0, leaves, lambda _level, _index: b"")}
