# SPDX-License-Identifier: Apache-2.0
"""Messages in places of a batch."""

import json
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lintas.crypto.canonical import canonical_json
from lintas.crypto.envelope import verify_header
from lintas.errors import LintasError, Malformed, NotCanonical
from lintas.formats.peer import (
    Batch,
    Place,
    decode,
    encode,
    envelope_of,
    open_document,
    opened,
    place_of,
    sign_document,
    signed_of,
    withheld,
)
from lintas.limits import BATCH_MESSAGES_MAX, RELEASE_BYTES_MAX
from lintas.model.header import Payload
from tests.unit.formats.peer.nodes import MY, SG, a_batch, a_receipt, an_item

BATCH: dict[str, Any] = json.loads(encode(a_batch()))
ITEM, RECEIPT, GONE = BATCH["places"]
PAIRS = st.dictionaries(
    st.from_regex(r"[a-z][a-z_]{0,31}", fullmatch=True),
    st.lists(st.tuples(st.binary(min_size=16, max_size=16).map(bytes.hex), st.text(max_size=100)), max_size=3),
    max_size=3,
)


@given(st.binary(max_size=500), st.integers(0, 1000), PAIRS)
def test_a_message_comes_back_from_its_place(data: bytes, number: int, openings: dict[str, list[Any]]) -> None:
    signed, payload = an_item(data, number=number)
    wanted = Payload(salt=payload.salt, data=data, openings=canonical_json(openings))
    batch = decode(Batch, encode(a_batch((place_of(signed, wanted),))))
    assert opened(batch.places[0]) == (signed, wanted)
    verify_header(signed_of(envelope_of(signed)), MY.signing.public)


def test_a_control_message_comes_back_without_a_payload() -> None:
    batch = decode(Batch, encode(a_batch((place_of(a_receipt()),))))
    assert opened(batch.places[0]) == (a_receipt(), None)


def test_a_withheld_place_has_no_message() -> None:
    batch = decode(Batch, encode(a_batch((withheld("0" * 64, "erased"),))))
    assert opened(batch.places[0]) is None


def test_only_the_openings_that_are_given_leave() -> None:
    signed, payload = an_item(b"x")
    said = opened(place_of(signed, payload, openings={}))
    assert said is not None and said[1] is not None
    assert said[1].openings == b"{}"
    with pytest.raises(Malformed):
        place_of(signed, Payload(salt=payload.salt, data=b"x", openings=b"[1]"))


def changed(place: Any) -> bytes:
    return canonical_json(BATCH | {"places": [place]})


@pytest.mark.parametrize(
    "place",
    [
        {},
        None,
        ITEM | {"withheld": GONE["withheld"]},
        {"payload": ITEM["payload"]},
        GONE | {"payload": ITEM["payload"]},
        ITEM | {"note": "x"},
        ITEM | {"payload": None},
        RECEIPT | {"withheld": None},
        {"envelope": ITEM["envelope"] | {"payloadType": "application/json"}},
        {"envelope": ITEM["envelope"] | {"signatures": []}},
        {"envelope": ITEM["envelope"] | {"signatures": ITEM["envelope"]["signatures"] * 2}},
        {"envelope": ITEM["envelope"] | {"payload": "e30"}},
        {"envelope": ITEM["envelope"] | {"payload": 1}},
        {"envelope": ITEM["envelope"] | {"signatures": [{"keyid": "ali", "sig": "A" * 88}]}},
        ITEM | {"payload": ITEM["payload"] | {"salt": "0" * 31}},
        ITEM | {"payload": ITEM["payload"] | {"salt": "0x" + "0" * 30}},
        ITEM | {"payload": ITEM["payload"] | {"data": "?"}},
        ITEM | {"payload": ITEM["payload"] | {"openings": []}},
        ITEM | {"payload": ITEM["payload"] | {"openings": {"Recipients": []}}},
        ITEM | {"payload": ITEM["payload"] | {"openings": {"about": [["00" * 16, "x", "y"]]}}},
        ITEM | {"payload": ITEM["payload"] | {"openings": {"about": [["00" * 16, "x" * 301]]}}},
        {"withheld": GONE["withheld"] | {"ground": "He asked us to."}},
        {"withheld": {"place": "0" * 64}},
    ],
    ids=repr,
)
def test_a_place_that_is_not_one_or_the_other_is_refused(place: Any) -> None:
    decode(Batch, changed(ITEM))
    with pytest.raises(Malformed):
        decode(Batch, changed(place))


def test_base64_with_bits_after_its_end_is_refused() -> None:
    place = json.loads(json.dumps(ITEM))
    assert place["payload"]["data"].endswith("=") or len(place["payload"]["data"]) % 4 == 0
    place["payload"]["data"] = "QR=="  # the same byte as QQ==
    with pytest.raises(NotCanonical):
        decode(Batch, changed(place))


@pytest.mark.parametrize(
    "wrong",
    [
        {"places": []},
        {"places": [GONE] * (BATCH_MESSAGES_MAX + 1)},
        {"first": 0},
        {"first": 2**53},
        {"before": ""},
        {"after": "0" * 63},
        {"channel": "local"},
        {"channel": "pair." + "0" * 31},
        {"lane": "express"},
        {"mode": ""},
        {"head": None},
        {"v": 2},
    ],
    ids=lambda wrong: str(wrong)[:40],
)
def test_a_batch_with_what_it_may_not_hold_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(Malformed):
        decode(Batch, json.dumps(BATCH | wrong, sort_keys=True, separators=(",", ":")).encode())


def test_a_full_batch_is_read() -> None:
    assert len(decode(Batch, canonical_json(BATCH | {"places": [GONE] * BATCH_MESSAGES_MAX})).places) == 500


def test_a_payload_beyond_the_limit_is_refused() -> None:
    signed, payload = an_item(b"x")
    large = Payload(salt=payload.salt, data=bytes(RELEASE_BYTES_MAX + 1))
    with pytest.raises(Malformed):
        decode(Batch, encode(a_batch((place_of(signed, large),))))
    fits = Payload(salt=payload.salt, data=bytes(RELEASE_BYTES_MAX))
    assert decode(Batch, encode(a_batch((place_of(signed, fits),)))).first == 1


@given(st.data())
def test_any_change_gives_a_batch_in_its_one_form_or_our_error(data: st.DataObject) -> None:
    raw = encode(a_batch())
    place = data.draw(st.integers(0, len(raw) - 1))
    altered = raw[:place] + data.draw(st.binary(max_size=2)) + raw[place + 1 :]
    try:
        batch = decode(Batch, altered)
        for one in batch.places:
            opened(one)
    except LintasError:
        return
    assert encode(batch) == altered


def test_a_place_cannot_be_made_of_nothing() -> None:
    with pytest.raises(ValueError, match="place"):
        Place()


def test_a_batch_of_500_small_messages_takes_some_milliseconds() -> None:
    """Measured 5 and 12 ms; the bound has room for a busy machine, not for another order of magnitude."""
    messages = [an_item(b"x" * 600, number=number) for number in range(BATCH_MESSAGES_MAX)]
    best, batch = 1.0, a_batch()
    for _ in range(5):
        started = time.process_time()
        batch = a_batch(tuple(place_of(*message) for message in messages))
        document = sign_document("batch", batch, MY.signing)
        raw = open_document("batch", document, keys=MY.keys, bytes_max=len(document))
        found = [opened(place) for place in decode(Batch, raw).places]
        best = min(best, time.process_time() - started)
        assert found == messages
    assert best < 0.15
    assert batch.to == SG.id
