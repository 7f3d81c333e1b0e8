# SPDX-License-Identifier: Apache-2.0
"""A peer that lies, with real keys over real TLS: it is refused with a reason that is kept, and nobody else feels it.

Each lie about messages is told both ways: pushed to the node's inbox, and told on a feed that the node reads.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import msgspec
import pytest

from lintas.crypto.canonical import canonical_json
from lintas.crypto.encoding import to_base64
from lintas.crypto.envelope import sign_header
from lintas.crypto.signing import SigningKey
from lintas.formats.peer import encode, sign_document
from lintas.model.header import Kind, Payload
from lintas.model.peering import Standing
from tests.faults.liar import Liar, Message
from tests.faults.lied_to import Stage, a_stage, bulk

STRANGER = SigningKey.from_seed(b"\7" * 32)
PLANTED = "+60123456789"
TEXT = "Lie: call +60 12-345 6789 at once"

Lie = Callable[[Liar, Stage], bytes]


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with a_stage(tmp_path_factory.mktemp("lied_to")) as it:
        yield it


def places(liar: Liar, *changed: dict[str, Any], text: str = TEXT) -> list[dict[str, Any]]:
    """One honest place, some of its parts put otherwise."""
    place: dict[str, Any] = json.loads(encode(liar.text(text).place))
    for change in changed:
        for part, more in change.items():
            place[part] = place[part] | more if isinstance(more, dict) and part in place else more
    return [place]


def badly_signed(liar: Liar, _stage: Stage) -> bytes:
    document = liar.batch(liar.text(TEXT))
    at = document.index(b'"sig":"') + 10
    return document[:at] + (b"A" if document[at : at + 1] != b"A" else b"B") + document[at + 1 :]


def altered_batch(liar: Liar, _stage: Stage) -> bytes:
    document = liar.batch(liar.text(TEXT))
    return document.replace(b'"mode":"exercise"', b'"mode":"exercisf"')


def message_of_a_stranger(liar: Liar, _stage: Stage) -> bytes:
    return liar.batch(liar.text(TEXT, key=STRANGER))


def relayed(liar: Liar, stage: Stage) -> bytes:
    """A message of the honest peer, told as one's own."""
    honest = Liar(10_000 + liar.number, stage.served.id)
    return liar.batch(honest.text(TEXT))


def of_another_originator(liar: Liar, stage: Stage) -> bytes:
    return liar.batch(liar.text(TEXT, changed={"originator": stage.honest.id}))


def altered_payload(liar: Liar, _stage: Stage) -> bytes:
    message = liar.text(TEXT)
    assert message.payload is not None
    other = Payload(salt=message.payload.salt, data=TEXT.replace("89", "88").encode())
    return liar.batch(replace(message, payload=other))


def altered_header(liar: Liar, _stage: Stage) -> bytes:
    message = liar.text(TEXT)
    raw = message.signed.header_bytes.replace(b'"AMBER"', b'"CLEAR"', 1)
    assert raw != message.signed.header_bytes
    (place,) = places(liar)
    place["envelope"]["payload"] = to_base64(raw)
    return liar.batch(message, places=[place])


def altered_opening(liar: Liar, stage: Stage) -> bytes:
    message = liar.text(TEXT)
    return liar.batch(replace(message, openings={"recipients": [[liar.salt().hex(), stage.served.id]]}))


def without_its_payload(liar: Liar, _stage: Stage) -> bytes:
    return liar.batch(replace(liar.text(TEXT), payload=None, openings=None))


def receipt_with_a_payload(liar: Liar, _stage: Stage) -> bytes:
    receipt = liar.receipt("0" * 64)
    return liar.batch(replace(receipt, payload=Payload(salt=liar.salt(), data=TEXT.encode()), openings={}))


def gap(liar: Liar, _stage: Stage) -> bytes:
    return liar.batch(liar.text(TEXT), first=3)


def fork(liar: Liar, _stage: Stage) -> bytes:
    from lintas.crypto.stream import chain_start

    return liar.batch(liar.text(TEXT), first=1, before=chain_start(liar.channel, liar.incarnation, "bulk"))


def other_chain_before(liar: Liar, _stage: Stage) -> bytes:
    return liar.batch(liar.text(TEXT), before="0" * 64)


def other_chain_after(liar: Liar, _stage: Stage) -> bytes:
    return liar.batch(liar.text(TEXT), after="0" * 64)


def other_start(liar: Liar, _stage: Stage) -> bytes:
    return liar.batch(liar.text(TEXT), lane="alert", before="0" * 64)


def other_mode(liar: Liar, _stage: Stage) -> bytes:
    return liar.batch(liar.text(TEXT), mode="live")


def message_of_another_mode(liar: Liar, _stage: Stage) -> bytes:
    return liar.batch(liar.text(TEXT, changed={"mode": "live"}))


def other_channel(liar: Liar, _stage: Stage) -> bytes:
    return liar.batch(liar.text(TEXT), channel="pair." + "0" * 32)


def message_of_another_channel(liar: Liar, _stage: Stage) -> bytes:
    return liar.batch(liar.text(TEXT, channel="pair." + "0" * 32))


def to_another(liar: Liar, stage: Stage) -> bytes:
    return liar.batch(liar.text(TEXT), to=stage.honest.id)


def from_another(liar: Liar, stage: Stage) -> bytes:
    return liar.batch(liar.text(TEXT), **{"from": stage.honest.id})


def for_another_recipient(liar: Liar, stage: Stage) -> bytes:
    return liar.batch(liar.text(TEXT, to=stage.honest.id))


def twice_in_one_batch(liar: Liar, _stage: Stage) -> bytes:
    message = liar.text(TEXT)
    return liar.batch(message, message)


def again_at_a_later_place(liar: Liar, _stage: Stage) -> bytes:
    return liar.batch(liar.lanes["bulk"].messages[0])


def again_in_the_other_lane(liar: Liar, _stage: Stage) -> bytes:
    return liar.batch(liar.lanes["bulk"].messages[0], lane="alert")


def local_kind(liar: Liar, _stage: Stage) -> bytes:
    return liar.batch(liar.text(TEXT, kind=Kind.WATCH, channel="local"))


def local_kind_on_the_channel(liar: Liar, _stage: Stage) -> bytes:
    message = liar.text(TEXT)
    header = json.loads(message.signed.header_bytes) | {
        "kind": "access",
        "media_type": "application/vnd.lintas.local+json",
    }
    return liar.batch(replace(message, signed=sign_header(canonical_json(header), liar.signing)))


def key_message(liar: Liar, _stage: Stage) -> bytes:
    """Its keys, signed by a key that may not sign keys."""
    header = json.loads(liar.keys().header_bytes) | {"channel": liar.channel}
    return liar.batch(Message(signed=sign_header(canonical_json(header), liar.signing), payload=None, openings=None))


def receipt_for_nothing(liar: Liar, _stage: Stage) -> bytes:
    return liar.batch(liar.receipt("0" * 64), lane="alert")


def receipt_for_what_another_was_sent(liar: Liar, stage: Stage) -> bytes:
    return liar.batch(liar.receipt(released_to_the_honest(stage)), lane="alert")


def receipt_for_a_local_message(liar: Liar, stage: Stage) -> bytes:
    first = stage.node.services.store.read(lambda snapshot: next(snapshot.entries(0, 1)).id)
    return liar.batch(liar.receipt(first), lane="alert")


def receipt_of_an_unknown_state(liar: Liar, stage: Stage) -> bytes:
    return liar.batch(liar.receipt("0" * 64, "burnt"), lane="alert")


def rejection(liar: Liar, said: dict[str, object]) -> bytes:
    return liar.batch(liar.content(json.dumps(said).encode(), kind=Kind.REJECTION), lane="alert")


def rejection_with_a_huge_reason(liar: Liar, stage: Stage) -> bytes:
    message = released_to_the_honest(stage)
    return rejection(liar, {"message": message, "rejected": [{"id": "1", "reason": "x" * 5_000_000}], "total": 1})


def rejection_of_too_many_parts(liar: Liar, stage: Stage) -> bytes:
    message = released_to_the_honest(stage)
    parts = [{"id": str(number), "reason": "no"} for number in range(1_000)]
    return rejection(liar, {"message": message, "rejected": parts, "total": 1_000})


def rejection_for_what_another_was_sent(liar: Liar, stage: Stage) -> bytes:
    message = released_to_the_honest(stage)
    return rejection(liar, {"message": message, "rejected": [{"id": "1", "reason": "no"}], "total": 1})


def descriptor_of_another(liar: Liar, stage: Stage) -> bytes:
    other = Liar(20_000 + liar.number, stage.served.id)
    return liar.batch(liar.content(other.descriptor(), kind=Kind.DESCRIPTOR), lane="alert")


def descriptor_that_is_none(liar: Liar, _stage: Stage) -> bytes:
    return liar.batch(liar.content(b"{}", kind=Kind.DESCRIPTOR), lane="alert")


def too_many_places(liar: Liar, _stage: Stage) -> bytes:
    return liar.batch(*(liar.text(f"{TEXT} {number}") for number in range(501)))


def no_places(liar: Liar, _stage: Stage) -> bytes:
    return liar.batch()


def large_payload(liar: Liar, _stage: Stage) -> bytes:
    return liar.batch(liar.content(TEXT.encode() + b" " * (8 * 1024 * 1024)))


def large_payload_said(liar: Liar, _stage: Stage) -> bytes:
    message = liar.text(TEXT)
    said = json.loads(message.signed.header_bytes)["payload"]
    return liar.batch(liar.text(TEXT, changed={"payload": said | {"size_bytes": 2**40}}))


def large_header(liar: Liar, _stage: Stage) -> bytes:
    (place,) = places(liar)
    place["envelope"]["payload"] = to_base64(b'{"areas":["%b"]}' % (b"a" * 20_000))
    return liar.batch(liar.text(TEXT), places=[place])


def unknown_field(liar: Liar, _stage: Stage) -> bytes:
    return liar.batch(liar.text(TEXT), more=1)


def unknown_field_of_a_header(liar: Liar, _stage: Stage) -> bytes:
    return liar.batch(liar.text(TEXT, changed={"more": "x"}))


def not_canonical(liar: Liar, _stage: Stage) -> bytes:
    raw = b" " + canonical_json(json.loads(liar.batch(liar.text(TEXT)))["signed"])
    frame = json.loads(sign_document("batch", {}, liar.signing))
    return msgspec.json.encode({"keyid": frame["keyid"], "sig": frame["sig"], "signed": msgspec.Raw(raw)})


def signed_as_an_ack(liar: Liar, _stage: Stage) -> bytes:
    return sign_document("ack", json.loads(liar.batch(liar.text(TEXT)))["signed"], liar.signing)


def no_document(_liar: Liar, _stage: Stage) -> bytes:
    return b'{"a":' * 1_000


def withheld_of_no_form(liar: Liar, _stage: Stage) -> bytes:
    return liar.batch(liar.text(TEXT), places=[{"withheld": {"place": "0" * 64, "ground": "a" * 100_000}}])


LIES: dict[Lie, str] = {
    badly_signed: "signature",
    altered_batch: "signature",
    signed_as_an_ack: "signature",
    not_canonical: "malformed",
    no_document: "malformed",
    unknown_field: "malformed",
    withheld_of_no_form: "malformed",
    no_places: "malformed",
    too_many_places: "malformed",
    large_header: "malformed",
    to_another: "address",
    from_another: "address",
    other_mode: "mode",
    other_channel: "channel",
    message_of_a_stranger: "signature",
    relayed: "signature",
    altered_header: "altered",
    unknown_field_of_a_header: "altered",
    local_kind_on_the_channel: "altered",
    of_another_originator: "channel",
    message_of_another_channel: "channel",
    local_kind: "channel",
    message_of_another_mode: "mode",
    altered_payload: "altered",
    altered_opening: "altered",
    without_its_payload: "altered",
    receipt_with_a_payload: "altered",
    key_message: "altered",
    large_payload: "malformed",
    large_payload_said: "size",
    for_another_recipient: "recipient",
    twice_in_one_batch: "replay",
    again_at_a_later_place: "replay",
    again_in_the_other_lane: "replay",
    other_start: "chain",
    other_chain_after: "chain",
    other_chain_before: "fork",
    gap: "gap",
    fork: "fork",
    receipt_for_nothing: "receipt",
    receipt_for_what_another_was_sent: "receipt",
    receipt_for_a_local_message: "receipt",
    receipt_of_an_unknown_state: "malformed",
    rejection_with_a_huge_reason: "malformed",
    rejection_of_too_many_parts: "malformed",
    rejection_for_what_another_was_sent: "receipt",
    descriptor_of_another: "address",
    descriptor_that_is_none: "malformed",
}


def released_to_the_honest(stage: Stage) -> str:
    """Some message that the node released to its honest peer."""

    def look(snapshot: Any) -> str:
        channel = snapshot.peer(stage.honest.id).channel
        entries = snapshot.entries(0, snapshot.size())
        return next(str(one.id) for one in entries if json.loads(one.header)["channel"] == channel)

    return stage.node.services.store.read(look)


def check_caught(stage: Stage, liar: Liar, what: str, lie: bytes) -> None:
    """A lie left nothing but a charge that a person understands."""
    (charge,) = stage.charges(liar)
    assert charge.what == what
    assert charge.documents == [lie]
    assert charge.reason[0].isupper() and len(charge.reason) <= 300
    assert (stage.standing(liar), stage.ground(liar)) == (Standing.SUSPENDED, what)
    assert bulk(stage.held(liar)) == 1
    assert stage.finds(PLANTED) == 0


@pytest.mark.parametrize("lie", LIES, ids=lambda lie: lie.__name__)
def test_a_lie_that_is_pushed_is_refused_and_kept(stage: Stage, lie: Lie) -> None:
    async def story() -> None:
        liar = await stage.liar()
        url = stage.served.url
        assert (await liar.push(url, liar.goes_on(liar.text("The truth")))).status == 200
        document = lie(liar, stage)
        async with stage.undisturbed():
            told = await liar.push(url, document)
            assert (told.status >= 400, told.code) == (True, LIES[lie])
            check_caught(stage, liar, LIES[lie], document)
            assert (await liar.push(url, document)).code == "standing"
        await stage.resume(liar)
        assert (await liar.push(url, liar.goes_on(liar.text("The truth again")))).status == 200
        assert bulk(stage.held(liar)) == 2
        assert len(stage.charges(liar)) == 1

    stage.run(story())


@pytest.mark.parametrize("lie", LIES, ids=lambda lie: lie.__name__)
def test_a_lie_on_a_feed_is_refused_and_kept(stage: Stage, lie: Lie) -> None:
    async def story() -> None:
        liar = await stage.liar()
        async with stage.reading(liar):
            liar.feed.put_nowait(liar.goes_on(liar.text("The truth")))
            await stage.until(lambda: bulk(stage.held(liar)) == 1)
            document = lie(liar, stage)
            async with stage.undisturbed():
                liar.feed.put_nowait(document)
                await stage.until(lambda: stage.standing(liar) is Standing.SUSPENDED)
                check_caught(stage, liar, LIES[lie], document)
            liar.feed = type(liar.feed)()
            liar.feed.put_nowait(liar.goes_on(liar.text("The truth again")))
            await stage.resume(liar)
            await stage.until(lambda: bulk(stage.held(liar)) == 2)
            assert len(stage.charges(liar)) == 1

    stage.run(story())
