# SPDX-License-Identifier: Apache-2.0
"""What stands between a peer's request and its function: addressee, session, size, signature, standing, budget.

Until a session or a signature says who asks, a caller gets little: a small body, and a share of the threads that all
strangers have together.
"""

import asyncio
import json
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Final

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from lintas.crypto.requests import SignedRequest, verify_request
from lintas.errors import BadInput, LintasError, PeerRefused
from lintas.formats.peer import peek_document
from lintas.limits import FEED_SILENCE_S_MAX
from lintas.model.peering import Standing
from lintas.web.peer.calls import Door, PeerCall
from lintas.web.peer.problems import Problem, problem_of, told
from lintas.web.peer.routes import PeerRouteSpec
from lintas.work.peering.directory import keys_of
from lintas.work.services import Services
from lintas.work.streams import may_exchange, our_cursor

STRANGERS: Final = "strangers"
_NONCE: Final = re.compile(r';nonce="([0-9a-f.]{1,80})"', re.ASCII)
_UNKNOWN: Final = Problem(
    401, "signature", "This request is not signed by a peer of this node.", hint="Was your node added here?"
)
_NO_SESSION: Final = Problem(401, "session", "There is no such session.", hint="Greet again: POST /peer/v1/hello.")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """A request, read."""

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes


def guarded(spec: PeerRouteSpec, door: Door) -> Callable[[Request], Awaitable[Response]]:
    """Wrap one route's function."""

    async def respond(request: Request) -> Response:
        node, is_read = "", False
        try:
            if spec.may != "session":
                _spend(door.limits.of_source(request.scope))
            node = "" if spec.may == "public" else _claimed(spec, door, request)
            asked = await _read(request, bytes_max=spec.bytes_max)
            is_read = True
            if spec.may == "public":
                _spend(door.strangers.spend())
            else:
                node = await _admit(spec, door, asked, node)
            call = PeerCall(
                door=door,
                node=node,
                body=asked.body,
                query=dict(request.query_params),
                headers=asked.headers,
                abort=request.scope.get("extensions", {}).get("lintas.abort", _nothing),
            )
            if spec.streams is not None:
                return await spec.streams(call)
            return await door.workers.run(node or STRANGERS, partial(spec.answer, call))
        except Problem as problem:
            return told(problem, close=not is_read)
        except ClientDisconnect:
            return Response(status_code=400)  # nobody reads it
        except PeerRefused as exc:
            return told(problem_of(exc), cursor=await _cursor(door, node))
        except LintasError as exc:
            return told(problem_of(exc))

    return respond


def _nothing() -> None:
    """Where the server does not say how to hang up, the connection ends when its other side gives up."""


def _claimed(spec: PeerRouteSpec, door: Door, request: Request) -> str:
    """Whose session the request claims; charged to it, for only that peer was told its name.

    Raises:
        Problem: It is for another node, of no session, or too many came.
    """
    if request.headers.get("lintas-to", "") != door.services.keys.node:
        raise Problem(421, "addressee", "This request is addressed to another node.", hint="Which address was meant?")
    if spec.may == "greeting":
        return ""
    nonce = _NONCE.search(request.headers.get("signature-input", ""))
    node = door.sessions.node_of(nonce[1]) if nonce else None
    if node is None:
        _spend(door.limits.of_source(request.scope))
        raise _NO_SESSION
    _spend(door.budget_of(node).spend())
    return node


async def _admit(spec: PeerRouteSpec, door: Door, asked: _Asked, node: str) -> str:
    """Verify who asks, and that this very request was never made before; returns the peer.

    Raises:
        Problem: It is nobody that may ask, or asked already.
    """
    if spec.may == "greeting":
        _spend(door.strangers.spend())
    found, signed = await door.workers.run(node or STRANGERS, lambda: _verified(door.services, spec, asked, node))
    if spec.may == "session":
        is_new = door.sessions.use(found, signed.nonce)
    else:
        is_new = door.sessions.greet(found, signed.nonce)
        _spend(door.budget_of(found).spend())
    if not is_new:
        raise Problem(401, "replay", "This request was made before.", hint="Each request has a nonce of its own.")
    return found


def _verified(services: Services, spec: PeerRouteSpec, asked: _Asked, node: str) -> tuple[str, SignedRequest]:
    node = node or _sender_of(asked.body)
    peer, keys = services.store.read(
        lambda snapshot: (peer := snapshot.peer(node), None if peer is None else keys_of(snapshot, node))
    )
    if peer is None or keys is None:
        raise _UNKNOWN
    try:
        signed = verify_request(
            keys.signing,
            method=asked.method,
            path=asked.path,
            query=asked.query,
            body=asked.body,
            headers=asked.headers,
        )
    except BadInput as exc:
        raise Problem(401, "signature", exc.message, hint=exc.hint or _UNKNOWN.hint) from exc
    if signed.to != services.keys.node:
        raise Problem(421, "addressee", "This request is addressed to another node.")
    is_known = peer.standing in (Standing.LIVE, Standing.UNVERIFIED)
    if not (is_known if spec.may == "greeting" else may_exchange(services, peer)):
        raise Problem(403, "standing", f"This node holds you to be {peer.standing.value}.")
    return node, signed


def _sender_of(document: bytes) -> str:
    """Who a greeting says it is from; nothing is believed yet.

    Raises:
        Problem: It says so of nobody.
    """
    try:
        said = json.loads(peek_document(document)[1])
        sender = said["from"]
    except (BadInput, ValueError, TypeError, KeyError, RecursionError):
        raise Problem(400, "malformed", "This is no greeting.") from None
    return sender if isinstance(sender, str) else ""


async def _read(request: Request, *, bytes_max: int) -> _Asked:
    """Read a request, never more than its route takes.

    Raises:
        Problem: It is larger, or its sender fell silent.
    """
    too_large = Problem(413, "size", f"The request has more than {bytes_max:,} bytes.")
    said = request.headers.get("content-length", "0")
    if not said.isdecimal() or len(said) > 15 or int(said) > bytes_max:
        raise too_large
    body, pieces = bytearray(), request.stream()
    try:
        while True:
            async with asyncio.timeout(FEED_SILENCE_S_MAX):
                piece = await anext(pieces, None)
            if piece is None:
                break
            body += piece
            if len(body) > bytes_max:
                raise too_large
    except TimeoutError:
        raise Problem(408, "silence", "The rest of the request did not come.") from None
    headers: dict[str, str] = {}
    for name, value in request.headers.items():
        headers[name] = f"{headers[name]}, {value}" if name in headers else value
    raw_path, query = request.scope.get("raw_path", b""), request.scope.get("query_string", b"")
    return _Asked(
        method=request.method,
        path=bytes(raw_path).decode("ascii", "replace"),
        query=bytes(query).decode("ascii", "replace"),
        headers=headers,
        body=bytes(body),
    )


def _spend(wait_s: float) -> None:
    if wait_s > 0:
        raise Problem(429, "busy", "Too many requests.", hint="Wait as Retry-After says.", retry_s=wait_s)


async def _cursor(door: Door, node: str) -> str:
    """How far we have a peer's streams, for it to go on from there."""
    try:
        return str(await door.workers.run(node, lambda: door.services.store.read(lambda held: our_cursor(held, node))))
    except LintasError:
        return ""
