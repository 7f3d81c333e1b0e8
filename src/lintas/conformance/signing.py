# SPDX-License-Identifier: Apache-2.0
"""Checks of what stands between a request and its answer: signature, addressee, session, nonce, size."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Final

from lintas.conformance.asking import JSON, PEER, Asker, refused, told
from lintas.conformance.catalogue import BAD_REQUESTS
from lintas.conformance.checking import Failed, require
from lintas.conformance.line import Asked, Reply
from lintas.conformance.play import Play, asker
from lintas.crypto.requests import content_digest
from lintas.limits import BATCH_BYTES_MAX, HELLO_BYTES_MAX, PEER_SESSIONS_MAX

_GOSSIP: Final = b'{"notes":[]}'
_REFUSALS: Final = ("signature", "malformed", "session")
_FAR: Final = 20  # numbers that a request is ahead of others that it overtakes
_NO_SESSION: Final = "0" * 32


def check_requests(play: Play) -> None:
    """Requests that must be refused, and those that must not."""
    notes, honest = play.notes, play.honest
    with notes.check("request.unsigned"):
        bare = Asked(method="POST", path=f"{PEER}/gossip", headers=(JSON, ("lintas-to", play.node)), body=_GOSSIP)
        refused(play.line.send(bare), (400, 401), _REFUSALS)
    with notes.check("request.addressee"):
        asked = honest.signed("POST", "/gossip", body=_GOSSIP, to=honest.speaker.id)
        refused(play.line.send(asked), 421, "addressee")
    with notes.check("request.session"):
        refused(
            play.line.send(honest.signed("POST", "/gossip", body=_GOSSIP, nonce=f"{_NO_SESSION}.1")), 401, "session"
        )
    with notes.check("request.session_of_another"):
        other = asker(play.line, play.identities, "nobody", play.node)
        asked = other.signed("POST", "/gossip", body=_GOSSIP, nonce=honest.nonce())
        refused(play.line.send(asked), 401)
    with notes.check("request.replayed"):
        asked = honest.signed("POST", "/gossip", body=_GOSSIP)
        _taken(play.line.send(asked))
        refused(play.line.send(asked), 401, "replay")
    with notes.check("request.overtaking"):
        _overtake(play, honest)
    for name in BAD_REQUESTS:
        with notes.check(f"request.bad.{name}"):
            refused(play.line.send(bad_request(honest, name)), (400, 401), _REFUSALS)


def check_routes(play: Play) -> None:
    """Addresses, bodies and sizes."""
    notes, honest = play.notes, play.honest
    with notes.check("route.unknown"):
        refused(honest.get("/nothing"), 404, "unknown")
    with notes.check("route.malformed"):
        refused(honest.post("/gossip", b'{"notes":'), 400, "malformed")
    with notes.check("route.cursor_malformed"), play.line.stream(honest.signed("GET", "/feed", "after=0.0")) as got:
        if not isinstance(got, Reply):
            raise Failed("The feed was opened.")
        refused(got, 400, "malformed")
    with notes.check("route.hello_size"):
        large = b"x" * (HELLO_BYTES_MAX + 1)
        refused(play.line.send_large(honest.signed("POST", "/hello", body=large, nonce=_NO_SESSION)), 413, "size")
    with notes.check("route.batch_size"):
        large = b"x" * (BATCH_BYTES_MAX + 1)
        refused(play.line.send_large(honest.signed("POST", "/inbox", body=large)), 413, "size")


def check_sessions(play: Play) -> None:
    """The oldest session goes; the honest peer ends in a new one."""
    with play.notes.check("request.sessions"):
        honest = play.honest
        first = honest.nonce()
        for _ in range(PEER_SESSIONS_MAX):
            honest.use(honest.greet(honest.hello()[0]))
        refused(play.line.send(honest.signed("POST", "/gossip", body=_GOSSIP, nonce=first)), 401, "session")
        _taken(honest.post("/gossip", _GOSSIP))


def bad_request(honest: Asker, name: str) -> Asked:
    """A request with the one defect of a vector."""
    good = honest.signed("POST", "/gossip", body=_GOSSIP)
    return _CHANGES[name](honest, good)


def _overtake(play: Play, honest: Asker) -> None:
    at = honest.count
    ahead, behind = f"{honest.session}.{at + _FAR}", f"{honest.session}.{at + 1}"
    honest.count = at + _FAR
    for nonce in (ahead, behind):
        _taken(play.line.send(honest.signed("POST", "/gossip", body=_GOSSIP, nonce=nonce)))
    refused(play.line.send(honest.signed("POST", "/gossip", body=_GOSSIP, nonce=behind)), 401, "replay")


def _taken(reply: Reply) -> None:
    require(reply.status == 200, f"A good request was answered with {told(reply)}.")


def _headers(asked: Asked, **changed: str) -> Asked:
    """The same with other headers; an empty one is left out."""
    said = dict(asked.headers) | {name.replace("_", "-"): value for name, value in changed.items()}
    return replace(asked, headers=tuple((name, value) for name, value in said.items() if value))


def _parameters(asked: Asked, old: str, new: str) -> Asked:
    said = dict(asked.headers)["signature-input"]
    assert old in said, "the form is fixed"
    return _headers(asked, signature_input=said.replace(old, new))


def _other_signature(honest: Asker, good: Asked) -> Asked:
    other = honest.signed("GET", "/checkpoint", "from=0")
    return _headers(good, signature=dict(other.headers)["signature"])


def _created(asked: Asked) -> str:
    return ";created=" + dict(asked.headers)["signature-input"].partition(";created=")[2].partition(";")[0]


_CHANGES: Final[Mapping[str, Callable[[Asker, Asked], Asked]]] = {
    "body_changed": lambda _, good: replace(good, body=b'{"notes":[""]}'),
    "body_and_digest_changed": lambda _, good: _headers(replace(good, body=b""), content_digest=content_digest(b"")),
    "method_changed": lambda honest, _: replace(honest.signed("POST", "/checkpoint", "from=0"), method="GET"),
    "path_changed": lambda _, good: replace(good, path=f"{PEER}/inbox"),
    "query_changed": lambda honest, _: replace(honest.signed("GET", "/checkpoint", "from=0"), query="from=1"),
    "signature_of_another_request": _other_signature,
    "nonce_changed": lambda honest, good: _parameters(good, f".{honest.count}", f".{honest.count + 1}"),
    "nonce_with_a_leading_zero": lambda honest, good: _parameters(good, f".{honest.count}", f".0{honest.count}"),
    "key_unknown": lambda honest, good: _parameters(good, honest.speaker.signing.key_id, honest.sample.stranger.key_id),
    "component_missing": lambda _, good: _parameters(good, ' "lintas-to"', ""),
    "components_in_another_order": lambda _, good: _parameters(good, '"@method" "@path"', '"@path" "@method"'),
    "algorithm_missing": lambda _, good: _parameters(good, ';alg="ed25519"', ""),
    "created_missing": lambda _, good: _parameters(good, _created(good), ""),
    "tag_of_something_else": lambda _, good: _parameters(good, "lintas-peer-v1", "other"),
    "digest_missing": lambda _, good: _headers(good, content_digest=""),
    "signature_missing": lambda _, good: _headers(good, signature=""),
    "header_twice": lambda _, good: replace(
        good, headers=(*good.headers, ("signature", dict(good.headers)["signature"]))
    ),
}
assert _CHANGES.keys() == set(BAD_REQUESTS)
