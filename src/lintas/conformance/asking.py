# SPDX-License-Identifier: Apache-2.0
"""One peer that asks the node under test: greets, signs, counts its requests."""

import json
import secrets
import time
from collections.abc import Mapping, Sequence
from typing import Any, Final

from lintas.conformance.checking import Failed
from lintas.conformance.line import Asked, Line, Reply
from lintas.conformance.sample import Sample, Speaker
from lintas.crypto.requests import sign_request
from lintas.crypto.signing import SigningKey
from lintas.errors import LintasError
from lintas.formats.peer import Hello, Welcome, decode, encode, peek_document, sign_document
from lintas.limits import HELLO_BYTES_MAX

PEER: Final = "/peer/v1"
JSON: Final = ("content-type", "application/json")


class Asker:
    """A peer at its work."""

    def __init__(self, line: Line, speaker: Speaker, node: str, sample: Sample) -> None:
        """Ask nothing yet.

        Args:
            node: Who is asked.
            sample: What this peer can say to it.
        """
        self.line, self.speaker, self.node, self.sample = line, speaker, node, sample
        self.session = ""
        self.count = 0

    def nonce(self) -> str:
        """The next nonce of the session."""
        self.count += 1
        return f"{self.session}.{self.count}"

    def signed(
        self,
        method: str,
        path: str,
        query: str = "",
        body: bytes = b"",
        *,
        nonce: str = "",
        to: str = "",
        key: SigningKey | None = None,
    ) -> Asked:
        """A request of this peer, with its signature."""
        headers = sign_request(
            key or self.speaker.signing,
            method=method,
            path=PEER + path,
            query=query,
            body=body,
            to=to or self.node,
            nonce=nonce or self.nonce(),
            created_s=int(time.time()),
        )
        more = (JSON,) if body else ()
        return Asked(method=method, path=PEER + path, query=query, headers=(*headers.items(), *more), body=body)

    def get(self, path: str, query: str = "") -> Reply:
        """Ask for something, in the session.

        Raises:
            LinkFailed, OverLimit: As `Line.send`.
        """
        return self.line.send(self.signed("GET", path, query))

    def post(self, path: str, body: bytes) -> Reply:
        """Send something, in the session.

        Raises:
            LinkFailed, OverLimit: As `Line.send`.
        """
        return self.line.send(self.signed("POST", path, body=body))

    def hello(self, **changed: Any) -> tuple[bytes, str]:
        """A hello document and its challenge."""
        challenge = secrets.token_hex(16)
        hello = Hello(
            v=1,
            sender=self.speaker.id,
            to=self.node,
            mode="exercise",
            challenge=challenge,
            incarnation=self.speaker.incarnation,
            got="",
            tips=(),
            head="",
            endpoints=False,
        )
        said: Mapping[str, object] = json.loads(encode(hello)) | changed
        return sign_document("hello", said, self.speaker.signing), challenge

    def greet(self, document: bytes) -> Reply:
        """Send a hello.

        Raises:
            LinkFailed, OverLimit: As `Line.send`.
        """
        return self.line.send(self.signed("POST", "/hello", body=document, nonce=secrets.token_hex(16)))

    def use(self, reply: Reply) -> Welcome:
        """Read a welcome, its signature unseen, and go on in its session.

        Raises:
            Failed: It is none.
        """
        if reply.status != 200:
            raise Failed(f"A hello was answered with {told(reply)}.")
        try:
            welcome = decode(Welcome, peek_document(reply.body, bytes_max=HELLO_BYTES_MAX)[1])
        except LintasError as exc:
            raise Failed(f"What answered a hello is no welcome: {exc.message}") from exc
        self.session, self.count = welcome.session, 0
        return welcome


def code_of(reply: Reply) -> str:
    """The error code of an answer; empty when it has none."""
    return _text_in(reply, "error")


def cursor_in(reply: Reply) -> str:
    """How far a refusal says that the asker's streams are had; empty when it does not say."""
    return _text_in(reply, "cursor")


def _text_in(reply: Reply, name: str) -> str:
    try:
        said = json.loads(reply.body)
    except (ValueError, RecursionError):
        return ""
    text = said.get(name) if isinstance(said, dict) else None
    return text if isinstance(text, str) else ""


def told(reply: Reply) -> str:
    """An answer in a few words."""
    return f"{reply.status} {code_of(reply)}".strip()


def refused(reply: Reply, status: int | Sequence[int], codes: str | Sequence[str] = ()) -> None:
    """Fail the check unless a request was refused as it should be.

    Raises:
        Failed: It was taken, or refused otherwise.
    """
    statuses = (status,) if isinstance(status, int) else status
    wanted = (codes,) if isinstance(codes, str) else codes
    if reply.status not in statuses or (wanted and code_of(reply) not in wanted):
        should = f"{' or '.join(map(str, statuses))} {' or '.join(wanted)}".strip()
        raise Failed(f"It was answered with {told(reply)}, and should be with {should}.")
