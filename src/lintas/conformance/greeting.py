# SPDX-License-Identifier: Apache-2.0
"""Checks of the descriptor, the handshake and the greeting."""

import json
from collections.abc import Mapping
from typing import Any, Final

from lintas.conformance.asking import Asker, refused, told
from lintas.conformance.catalogue import BAD_HELLOS
from lintas.conformance.checking import Notes, require
from lintas.conformance.line import Asked, Line
from lintas.conformance.play import Play
from lintas.crypto.signing import SigningKey
from lintas.formats.peer import Welcome, decode, open_document, peek_document, sign_document
from lintas.formats.peer.descriptor import OpenedDescriptor, read_descriptor
from lintas.limits import HELLO_BYTES_MAX
from lintas.model.header import Mode

_TIP: Final = {"lane": "bulk", "counter": 0, "chain": "0" * 64}
_CHANGES: Final[Mapping[str, Mapping[str, Any]]] = {
    "challenge_short": {"challenge": "0" * 30},
    "challenge_in_capitals": {"challenge": "AB" * 16},
    "got_no_cursor": {"got": "0.0"},
    "tips_three": {"tips": [_TIP, _TIP, _TIP]},
    "tip_negative": {"tips": [_TIP | {"counter": -1}]},
    "mode_unknown": {"mode": "test"},
    "version_unknown": {"v": 2},
    "mode_live": {"mode": "live"},
}


def check_descriptor(line: Line, notes: Notes) -> OpenedDescriptor | None:
    """Fetch and check the descriptor, and hold the server's key against it; None when nothing can build on it."""
    body = b""
    with notes.check("descriptor.public"):
        reply = line.send(Asked(method="GET", path="/peer/v1/descriptor"))
        require(reply.status == 200, f"It was answered with {told(reply)}.")
        body = reply.body
    found: OpenedDescriptor | None = None
    if body:
        with notes.check("descriptor.holds"):
            found = read_descriptor(body)
    if found is None:
        return None
    with notes.check("descriptor.exercise"):
        require(found.mode is Mode.EXERCISE, f"It is of mode {found.mode.value}.")
    with notes.check("tls.key"):
        require(line.server_key() in found.tls.values(), "The server shows another key.")
    with notes.check("tls.version"):
        require(not line.speaks_old_tls(), "A handshake with TLS 1.2 succeeds.")
    return found


def check_hello(asker: Asker, descriptor: OpenedDescriptor, notes: Notes) -> Welcome | None:
    """Greet as the honest peer; None when there is no session to go on in."""
    document, challenge = asker.hello()
    welcome: Welcome | None = None
    body = b""
    with notes.check("hello.answered"):
        reply = asker.greet(document)
        welcome = asker.use(reply)
        body = reply.body
    if welcome is None:
        return None
    keys = {key: public for key, public in descriptor.signing.items() if key not in descriptor.revoked}
    with notes.check("hello.signature"):
        decode(Welcome, open_document("welcome", body, keys=keys, bytes_max=HELLO_BYTES_MAX))
    with notes.check("hello.address"):
        said = (welcome.sender, welcome.to, welcome.mode)
        require(said == (asker.node, asker.speaker.id, descriptor.mode.value), "It is from, for or of another.")
    with notes.check("hello.challenge"):
        require(welcome.challenge == challenge, "It gives another challenge back: it may be an old one.")
    return welcome


def check_more_hellos(play: Play) -> None:
    """What else must be so of greetings; the honest peer's session is a new one afterwards."""
    notes, asker = play.notes, play.honest
    with notes.check("hello.fresh"):
        second = asker.use(asker.greet(asker.hello()[0]))
        # of the challenge itself tells hello.challenge; here nothing of the first welcome may come again
        require(second.challenge != play.welcome.challenge, "The welcome of an earlier hello came again.")
        require(second.session != play.welcome.session, "Two welcomes give the same session.")
    with notes.check("hello.head"):
        if play.welcome.head:
            play.head(play.welcome.head.encode())
    with notes.check("hello.replayed"):
        document, _ = asker.hello()
        asked = asker.signed("POST", "/hello", body=document, nonce=asker.sample.salt(document.hex()).hex())
        asker.use(play.line.send(asked))
        refused(play.line.send(asked), 401, "replay")
    for name, (code, status) in BAD_HELLOS.items():
        with notes.check(f"hello.bad.{name}"):
            refused(asker.greet(_bad_hello(asker, name)), status, code)


def _bad_hello(asker: Asker, name: str) -> bytes:
    if name == "signed_by_a_stranger":
        return _resigned(asker, asker.sample.stranger)
    if name == "to_another_node":
        return asker.hello(to=asker.speaker.id)[0]
    return asker.hello(**_CHANGES[name])[0]


def _resigned(asker: Asker, key: SigningKey) -> bytes:
    said: dict[str, object] = json.loads(peek_document(asker.hello()[0])[1])
    return sign_document("hello", said, key)
