# SPDX-License-Identifier: Apache-2.0
"""A node that does one thing otherwise than the protocol says: our own peer address with one change before it.

Each defect is what a careless or dishonest implementation might do. It signs as the node does, for such a node would.
"""

import asyncio
import json
import ssl
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

import uvicorn

from lintas.crypto.checkpoint import sign_checkpoint
from lintas.crypto.note import format_note
from lintas.crypto.proof import format_receipt, parse_receipt
from lintas.crypto.signing import SigningKey
from lintas.crypto.witness import format_offer, parse_offer
from lintas.formats.peer import peek_document, sign_document
from lintas.node.node import Node
from lintas.transport.serving import server_context
from lintas.transport.workers import Workers
from lintas.web.local.server import bind, url_of
from lintas.web.peer.app import build_peer_app
from lintas.web.peer.feeds import Pace
from lintas.web.peer.protocol import PeerProtocol

App = Callable[[Any, Any, Any], Awaitable[None]]
Wrap = Callable[[App, Node], App]


@contextmanager
def serving(
    node: Node, wrap: Wrap | None = None, *, pace: Pace | None = None, tls: ssl.SSLContext | None = None
) -> Iterator[str]:
    """Serve a node's peer address in a thread, under real TLS, with one change; yields its address."""
    workers = Workers()
    app: App = build_peer_app(node.services, workers=workers, hear=lambda _node, _note: None, pace=pace)
    close = app.state.close  # type: ignore[attr-defined]  # Starlette's
    context = tls or server_context(node.services.keys.tls, node.services.keys.node)
    config = uvicorn.Config(
        wrap(app, node) if wrap is not None else app,
        http=PeerProtocol,
        ws="none",
        lifespan="on",
        log_config=None,
        log_level="error",
        access_log=False,
        timeout_graceful_shutdown=1,
        ssl_context_factory=lambda _config, _default: context,
    )
    server = uvicorn.Server(config)
    listening = bind("127.0.0.1", 0)
    thread = threading.Thread(target=lambda: asyncio.run(server.serve(sockets=[listening])), daemon=True)
    thread.start()
    try:
        yield url_of(listening, scheme="https")
    finally:
        close()
        server.should_exit = True
        thread.join(20)
        assert not thread.is_alive()


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer, whole."""

    status: int
    headers: list[tuple[bytes, bytes]]
    body: bytes

    @property
    def code(self) -> str:
        """Its error code; empty for none."""
        try:
            said = json.loads(self.body)
        except ValueError:
            return ""
        return str(said.get("error", "")) if isinstance(said, dict) else ""


Change = Callable[[Node, bytes, Answer], Answer]  # node, what was asked with, what would be answered
Events = Callable[[Node, str, list[bytes]], list[bytes]]  # node, query, whole events as they come


def answers(method: str, path: str, change: Change) -> Wrap:
    """Answer one route otherwise."""

    def wrap(app: App, node: Node) -> App:
        async def changed(scope: Any, receive: Any, send: Any) -> None:
            if scope["type"] != "http" or (scope["method"], scope["path"]) != (method, f"/peer/v1{path}"):
                await app(scope, receive, send)
                return
            asked, parts = bytearray(), []

            async def listen() -> Any:
                message = await receive()
                asked.extend(message.get("body", b""))
                return message

            async def keep(message: Any) -> None:
                parts.append(message)

            await app(scope, listen, keep)
            body = b"".join(part.get("body", b"") for part in parts[1:])
            found = await asyncio.to_thread(
                change, node, bytes(asked), Answer(parts[0]["status"], list(parts[0]["headers"]), body)
            )
            headers = [pair for pair in found.headers if pair[0] != b"content-length"]
            headers.append((b"content-length", str(len(found.body)).encode()))
            await send({"type": "http.response.start", "status": found.status, "headers": headers})
            await send({"type": "http.response.body", "body": found.body})

        return changed

    return wrap


def feeds(change: Events) -> Wrap:
    """Send other events on feeds; an event that is held back comes with a later one."""

    def wrap(app: App, node: Node) -> App:
        async def changed(scope: Any, receive: Any, send: Any) -> None:
            if scope["type"] != "http" or scope["path"] != "/peer/v1/feed":
                await app(scope, receive, send)
                return
            query, waiting = scope["query_string"].decode(), bytearray()

            async def pass_on(message: Any) -> None:
                if message["type"] != "http.response.body" or not message.get("more_body"):
                    await send(message)
                    return
                waiting.extend(message["body"])
                *events, rest = bytes(waiting).split(b"\n\n")
                waiting[:] = rest
                for event in change(node, query, events):
                    await send({"type": "http.response.body", "body": event + b"\n\n", "more_body": True})

            await app(scope, receive, pass_on)

        return changed

    return wrap


def takes(method: str, path: str, code: str, body: bytes = b'{"notes":[]}', status: int = 200) -> Wrap:
    """Take what must be refused with a code."""
    return answers(
        method, path, lambda _node, _asked, had: Answer(status, had.headers, body) if had.code == code else had
    )


def rewritten(what: str, document: bytes, key: SigningKey, **changed: object) -> bytes:
    """A document with other fields, signed by the node itself."""
    return sign_document(what, json.loads(peek_document(document)[1]) | changed, key)


def welcomes(**changed: object) -> Wrap:
    """Welcomes that say something else."""

    def change(node: Node, _asked: bytes, had: Answer) -> Answer:
        if had.status != 200:
            return had
        return replace(had, body=rewritten("welcome", had.body, node.services.keys.signing, **changed))

    return answers("POST", "/hello", change)


def _welcome_by_the_log_key(node: Node, _asked: bytes, had: Answer) -> Answer:
    return had if had.status != 200 else replace(had, body=rewritten("welcome", had.body, node.services.keys.log))


def batches(change: Callable[[dict[str, Any]], dict[str, Any]]) -> Wrap:
    """Batches of the feed with something else in them, signed by the node."""

    def each(node: Node, _query: str, events: list[bytes]) -> list[bytes]:
        return [_with_batch(node, event, change) for event in events]

    return feeds(each)


def _with_batch(node: Node, event: bytes, change: Callable[[dict[str, Any]], dict[str, Any]]) -> bytes:
    if not event.startswith(b"event: batch\n"):
        return event
    head, _, document = event.partition(b"data: ")
    said = json.loads(peek_document(document)[1])
    return head + b"data: " + sign_document("batch", said | change(said), node.services.keys.signing)


def _with_another_payload(said: dict[str, Any]) -> dict[str, Any]:
    places = [
        place | {"payload": place["payload"] | {"data": "AAAA"}} if "payload" in place else place
        for place in said["places"]
    ]
    return {"places": places}


def _flipped(node: Node, _query: str, events: list[bytes]) -> list[bytes]:
    def flip(event: bytes) -> bytes:
        before, mark, after = event.partition(b'"sig":"')
        return before + mark + (b"B" if after[:1] == b"A" else b"A") + after[1:] if mark else event

    return [flip(event) for event in events]


def _silent(_node: Node, _query: str, events: list[bytes]) -> list[bytes]:
    return [event for event in events if not event.startswith(b": still")]


class _Remembering:
    """Defects that depend on what was said before."""

    def __init__(self) -> None:
        self.first: bytes = b""
        self.held: list[bytes] = []
        self.seen: set[bytes] = set()

    def resend(self, _node: Node, query: str, events: list[bytes]) -> list[bytes]:
        """After any cursor, the first batch comes again."""
        batches = [event for event in events if event.startswith(b"event: batch")]
        if query.endswith(".0.0"):
            self.first = self.first or (batches[0] if batches else b"")
            return events
        again, self.held = ([self.first] if not self.held else []), [b"told"]
        return again + events

    def bulk_first(self, _node: Node, query: str, events: list[bytes]) -> list[bytes]:
        """What waits in the alert lane comes after the bulk."""
        if not query.endswith(".0.0"):
            return events
        out = []
        for event in events:
            lane = b"alert" if b'"lane":"alert"' in event else b"bulk" if b'"lane":"bulk"' in event else b""
            if lane == b"alert" and not self.seen:
                self.held.append(event)
            elif lane == b"bulk" and not self.seen:
                self.seen.add(lane)
                cursor = event.split(b"\nid: ")[1].split(b"\n")[0]
                life, alerts, count = cursor.split(b".")
                out.append(event.replace(b"id: " + cursor, b".".join([b"id: " + life, b"0", count]), 1))
                out += [
                    one.replace(b"id: " + b".".join([life, alerts, b"0"]), b"id: " + cursor, 1) for one in self.held
                ]
            else:
                out.append(event)
        return out

    def refuse_again(self, _node: Node, asked: bytes, had: Answer) -> Answer:
        """A batch that was stored already is called a fork."""
        if asked in self.seen:
            return Answer(409, had.headers, b'{"error":"fork","hint":"","sentence":"Seen."}')
        self.seen.add(asked)
        return had


def _resend() -> Wrap:
    return feeds(_Remembering().resend)


def _bulk_first() -> Wrap:
    return feeds(_Remembering().bulk_first)


def _refuse_again() -> Wrap:
    return answers("POST", "/inbox", _Remembering().refuse_again)


def _ack_too_far(node: Node, _asked: bytes, had: Answer) -> Answer:
    if had.status != 200:
        return had
    life, alert, bulk = json.loads(peek_document(had.body)[1])["cursor"].split(".")
    cursor = f"{life}.{alert}.{int(bulk) + 1}"
    return replace(had, body=rewritten("ack", had.body, node.services.keys.signing, cursor=cursor))


def _another_history(node: Node, _asked: bytes, had: Answer) -> Answer:
    """Whoever held a head before is shown one of a log with another root."""
    if had.status != 200 or had.body.startswith(b"old 0\n"):
        return had
    offer = parse_offer(had.body)
    forked = replace(offer.checkpoint, root=bytes(byte ^ 1 for byte in offer.checkpoint.root))
    note = format_note(sign_checkpoint(forked, node.services.keys.log))
    return replace(had, body=format_offer(replace(offer, note=note)))


def _wrong_consistency(_node: Node, _asked: bytes, had: Answer) -> Answer:
    if had.status != 200:
        return had
    offer = parse_offer(had.body)
    proof = tuple(bytes([one[0] ^ 1]) + one[1:] for one in offer.proof)
    return replace(had, body=format_offer(replace(offer, proof=proof)))


def _another_leaf(_node: Node, _asked: bytes, had: Answer) -> Answer:
    if had.status != 200:
        return had
    said = json.loads(had.body)
    receipt = parse_receipt(said["receipt"].encode())
    said["receipt"] = format_receipt(replace(receipt, index=receipt.index ^ 1)).decode()
    return replace(had, body=json.dumps(said).encode())


def _body_not_compared(_node: Node, asked: bytes, had: Answer) -> Answer:
    return Answer(200, had.headers, b'{"notes":[]}') if b'[""]' in asked else had


def _no_size(_node: Node, _asked: bytes, had: Answer) -> Answer:
    return replace(had, body=b"0\n") if had.status == 409 else had


def _keeps_heads_back(_node: Node, _asked: bytes, had: Answer) -> Answer:
    return replace(had, body=b'{"notes":[]}') if had.status == 200 else had


def _no_retry_after(_node: Node, _asked: bytes, had: Answer) -> Answer:
    return replace(had, headers=[pair for pair in had.headers if pair[0] != b"retry-after"])


def old_tls(node: Node) -> ssl.SSLContext:
    """A server that still speaks TLS 1.2."""
    context = server_context(node.services.keys.tls, node.services.keys.node)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def other_key(node: Node) -> ssl.SSLContext:
    """A server that shows a key which the descriptor does not name."""
    return server_context(SigningKey.from_seed(b"\x07" * 32), node.services.keys.node)


@dataclass(frozen=True, slots=True, kw_only=True)
class Defect:
    """One thing that a node does otherwise, and the checks that must say so: these and no others."""

    name: str
    fails: tuple[str, ...]
    make: Callable[[], Wrap] | None = None
    tls: Callable[[Node], ssl.SSLContext] | None = None
    areas: tuple[str, ...] = ()  # what is played beside the areas of `fails`
    liar: str = ""  # the one whose lie it is about


DEFECTS = (
    Defect(name="shows a key that its descriptor does not name", fails=("tls.key",), tls=other_key),
    Defect(name="speaks TLS 1.2", fails=("tls.version",), tls=old_tls),
    Defect(
        name="gives another challenge back",
        fails=("hello.challenge", "hello.fresh"),
        make=lambda: welcomes(challenge="0" * 32),
    ),
    Defect(
        name="signs welcomes with its log key",
        fails=("hello.signature",),
        make=lambda: answers("POST", "/hello", _welcome_by_the_log_key),
    ),
    Defect(name="takes the other mode", fails=("hello.bad.mode_live",), make=lambda: takes("POST", "/hello", "mode")),
    Defect(
        name="does not compare a body with its digest",
        fails=("request.bad.body_changed",),
        make=lambda: answers("POST", "/gossip", _body_not_compared),
    ),
    Defect(
        name="takes a nonce twice",
        fails=("request.overtaking", "request.replayed"),
        make=lambda: takes("POST", "/gossip", "replay"),
    ),
    Defect(
        name="takes requests to another node",
        fails=("request.addressee",),
        make=lambda: takes("POST", "/gossip", "addressee"),
    ),
    Defect(name="takes any size", fails=("route.hello_size",), make=lambda: takes("POST", "/hello", "size")),
    Defect(
        name="leaves a counter out",
        fails=("feed.counters",),
        make=lambda: batches(lambda said: {"first": said["first"] + 1} if said["first"] == 1 else {}),
    ),
    Defect(name="alters the chain", fails=("feed.chain",), make=lambda: batches(lambda _said: {"after": "0" * 64})),
    Defect(name="sends batches whose signature is false", fails=("feed.signature",), make=lambda: feeds(_flipped)),
    Defect(name="alters payloads", fails=("feed.messages",), make=lambda: batches(_with_another_payload)),
    Defect(
        name="sends batches for another",
        fails=("feed.address",),
        make=lambda: batches(lambda said: {"to": said["from"]}),
    ),
    Defect(name="sends bulk before alerts", fails=("feed.order",), make=_bulk_first),
    Defect(name="sends again what is before the cursor", fails=("feed.resume",), make=_resend),
    Defect(name="falls silent", fails=("feed.heartbeat",), make=lambda: feeds(_silent)),
    Defect(name="is not idempotent", fails=("inbox.idempotent",), make=_refuse_again),
    Defect(
        name="acknowledges more than it has",
        fails=("inbox.good",),
        make=lambda: answers("POST", "/inbox", _ack_too_far),
    ),
    Defect(
        name="shows two histories of its log",
        fails=("heads.consistent", "proof.head"),
        make=lambda: answers("GET", "/checkpoint", _another_history),
        areas=("inbox",),
    ),
    Defect(
        name="proves consistency with other hashes",
        fails=("heads.consistent",),
        make=lambda: answers("GET", "/checkpoint", _wrong_consistency),
        areas=("inbox",),
    ),
    Defect(
        name="says another size than it holds",
        fails=("heads.conflict",),
        make=lambda: answers("POST", "/checkpoint", _no_size),
        areas=("inbox",),
    ),
    Defect(
        name="keeps false cosignatures",
        fails=("heads.cosignature_false",),
        make=lambda: takes("POST", "/cosignature", "signature", b"", 204),
        areas=("inbox",),
    ),
    Defect(name="proves another leaf", fails=("proof.release",), make=lambda: answers("GET", "/proof", _another_leaf)),
    Defect(name="keeps heads back", fails=("gossip.own",), make=lambda: answers("POST", "/gossip", _keeps_heads_back)),
    Defect(
        name="takes altered payloads",
        fails=("lie.payload_changed",),
        make=lambda: takes("POST", "/inbox", "altered"),
        liar="payload_changed",
    ),
    Defect(
        name="goes on with liars",
        fails=("lie.suspends",),
        make=lambda: takes("POST", "/gossip", "standing"),
        liar="gap",
    ),
    Defect(
        name="cosigns two histories",
        fails=("lie.head_fork",),
        make=lambda: answers(
            "POST", "/checkpoint", lambda _n, _a, had: replace(had, status=200) if had.status == 422 else had
        ),
        liar="head_fork",
    ),
    Defect(
        name="does not say when it listens again",
        fails=("busy.limit",),
        make=lambda: answers("POST", "/gossip", _no_retry_after),
    ),
)
