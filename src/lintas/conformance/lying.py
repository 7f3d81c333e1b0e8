# SPDX-License-Identifier: Apache-2.0
"""Checks of what a node does with a peer that lies. Each lie is told by somebody else: it is the last that they say."""

import json
from collections.abc import Callable, Mapping
from typing import Final

from lintas.conformance.asking import Asker, cursor_in, refused, told
from lintas.conformance.bad_batches import bad_batches
from lintas.conformance.catalogue import BAD_BATCHES, FORK_OF_HEADS, LIARS, STATUS_OF, STORIES
from lintas.conformance.checking import Failed, Skipped, require
from lintas.conformance.giving import LANE, is_standing, told_batch
from lintas.conformance.heading import offer_of
from lintas.conformance.identity import descriptor_of
from lintas.conformance.play import Play, asker
from lintas.crypto.digests import salted_digest
from lintas.crypto.stream import chain_after, place_digest
from lintas.formats.peer import Place, place_of, sign_document
from lintas.model.header import Kind, Payload, PayloadDigest
from lintas.model.header_rules import LOCAL_TYPE

_UNSUSPECTED: Final = frozenset({"key"})  # not held against the sender: it may have changed its keys
_ABOUT_NOTHING: Final = "0" * 64


def check_lies(play: Play) -> None:
    """Tell every lie, look that the liar is suspended, and that nobody else is."""
    notes = play.notes
    for name in LIARS:
        with notes.check(f"lie.{name}"):
            liar = _greeted(play, name)
            _tell(play, liar, name)
            if BAD_BATCHES.get(name) not in _UNSUSPECTED:
                play.liars[name] = liar
    with notes.check("lie.suspends"):
        if not play.liars:
            raise Skipped("Nobody lied.")
        for name, liar in play.liars.items():
            reply = liar.post("/gossip", b'{"notes":[]}')
            require(is_standing(reply), f"After the lie {name}, a request was answered with {told(reply)}.")
    with notes.check("lie.others"):
        reply = play.honest.greet(play.honest.hello()[0])
        require(reply.status == 200, f"The honest peer's hello was answered with {told(reply)}.")
        play.honest.use(reply)


def _greeted(play: Play, name: str) -> Asker:
    liar = asker(play.line, play.identities, name, play.node)
    reply = liar.greet(liar.hello()[0])
    if is_standing(reply):
        raise Skipped("This peer told its lie in an earlier run; name a new folder with --identity.")
    if reply.status == 401:
        raise Skipped("The node does not know this peer: its descriptor was not added.")
    liar.use(reply)
    return liar


def _tell(play: Play, liar: Asker, name: str) -> None:
    if name in BAD_BATCHES:
        code = BAD_BATCHES[name]
        refused(liar.post("/inbox", bad_batches(liar.sample)[name][1]), STATUS_OF.get(code, 400), code)
    elif name == FORK_OF_HEADS:
        _fork_heads(liar)
    else:
        code = STORIES[name]
        reply = liar.post("/inbox", _TALES[name](play, liar))
        statuses = (400, 401) if code == "replay" else (STATUS_OF.get(code, 400),)
        refused(reply, statuses, code)
        if code == "gap":
            wanted = f"{liar.speaker.incarnation}.0.1"
            require(cursor_in(reply) == wanted, "The refusal has no cursor to go on from.")


def _first(liar: Asker) -> None:
    """Begin honestly: one place, which is taken."""
    reply = liar.post("/inbox", told_batch(liar, 1).document)
    if reply.status != 200:
        raise Failed(f"A good batch was answered with {told(reply)}.")


def _gap(_play: Play, liar: Asker) -> bytes:
    _first(liar)
    return told_batch(liar, 3).document


def _fork(_play: Play, liar: Asker) -> bytes:
    _first(liar)
    return _alone(liar, 1, liar.sample.start(LANE.value), "another first place")


def _replay(_play: Play, liar: Asker) -> bytes:
    _first(liar)
    return _alone(liar, 2, _after_first(liar), "place 1")


def _channel_changed(_play: Play, liar: Asker) -> bytes:
    _first(liar)
    channel = "pair." + "0" * 32
    signed, payload = liar.sample.item("place 2", channel=channel)
    places, digests = [place_of(signed, payload)], [place_digest(signed.id)]
    batch = liar.sample.batch(
        places, digests=digests, channel=channel, lane=LANE.value, first=2, before=_after_first(liar)
    )
    return sign_document("batch", batch, liar.speaker.signing)


def _receipt(_play: Play, liar: Asker) -> bytes:
    signed = liar.sample.receipt(_ABOUT_NOTHING)
    return _batch(liar, place_of(signed), signed.id, 1, liar.sample.start(LANE.value))


def _descriptor(play: Play, liar: Asker) -> bytes:
    """A good descriptor in a stream that is not its node's."""
    data, salt = descriptor_of(play.identities.of("stranger")), liar.sample.salt("descriptor")
    digest = PayloadDigest(digest=salted_digest(salt, data), size_bytes=len(data))
    signed, payload = liar.sample.item("descriptor")
    header = liar.speaker.signed(
        Kind.DESCRIPTOR,
        channel=liar.sample.channel,
        media_type=LOCAL_TYPE,
        refs=(("recipients", tuple(json.loads(signed.header_bytes)["refs"]["recipients"])),),
        payload=digest,
    )
    place = place_of(header, Payload(salt=salt, data=data, openings=payload.openings))
    return _batch(liar, place, header.id, 1, liar.sample.start(LANE.value))


def _fork_heads(liar: Asker) -> None:
    good = liar.post("/checkpoint", offer_of(liar.speaker, 0, 2))
    require(good.status == 200, f"A good first head was answered with {told(good)}.")
    reply = liar.post("/checkpoint", offer_of(liar.speaker, 2, 4, branch=1))
    require(reply.status == 422, f"Two histories of one log were answered with {told(reply)}.")


def _alone(liar: Asker, first: int, before: str, name: str) -> bytes:
    signed, payload = liar.sample.item(name)
    return _batch(liar, place_of(signed, payload), signed.id, first, before)


def _batch(liar: Asker, place: Place, message: str, first: int, before: str) -> bytes:
    batch = liar.sample.batch((place,), digests=[place_digest(message)], lane=LANE.value, first=first, before=before)
    return sign_document("batch", batch, liar.speaker.signing)


def _after_first(liar: Asker) -> str:
    return chain_after(liar.sample.start(LANE.value), [place_digest(liar.sample.item("place 1")[0].id)])


_TALES: Final[Mapping[str, Callable[[Play, Asker], bytes]]] = {
    "gap": _gap,
    "fork": _fork,
    "replay": _replay,
    "receipt": _receipt,
    "channel_changed": _channel_changed,
    "descriptor_of_another_node": _descriptor,
}
assert _TALES.keys() == STORIES.keys()
