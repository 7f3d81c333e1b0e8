# SPDX-License-Identifier: Apache-2.0
"""The chain of a stream: computed here once more from its text, and bound to everything that it says."""

from hashlib import sha256

from hypothesis import given
from hypothesis import strategies as st

from lintas.crypto.stream import chain_after, chain_start, place_digest

DIGESTS = st.binary(min_size=32, max_size=32).map(bytes.hex)
CHANNEL, INCARNATION = "pair." + "0" * 32, "0" * 16
START = chain_start(CHANNEL, INCARNATION, "bulk")


def prefixed(*parts: bytes) -> bytes:
    return b"".join(len(part).to_bytes(4, "big") + part for part in parts)


def test_the_chain_is_what_its_page_says() -> None:
    start = sha256(prefixed(b"lintas stream v1", CHANNEL.encode(), INCARNATION.encode(), b"bulk")).digest()
    place = sha256(prefixed(b"lintas place v1", bytes.fromhex("ab" * 32))).digest()
    step = sha256(prefixed(b"lintas chain v1", start, place)).digest()
    assert start.hex() == START
    assert place.hex() == place_digest("ab" * 32)
    assert step.hex() == chain_after(START, [place.hex()])


def test_no_places_leave_the_chain_as_it_is() -> None:
    assert chain_after(START, []) == START


def test_each_stream_starts_otherwise() -> None:
    starts = {
        START,
        chain_start("pair." + "1" * 32, INCARNATION, "bulk"),
        chain_start(CHANNEL, "1" * 16, "bulk"),
        chain_start(CHANNEL, INCARNATION, "alert"),
    }
    assert len(starts) == 4


@given(st.lists(DIGESTS, max_size=8), st.integers(0, 8))
def test_a_chain_can_be_carried_on_from_anywhere(places: list[str], cut: int) -> None:
    assert chain_after(chain_after(START, places[:cut]), places[cut:]) == chain_after(START, places)


@given(st.lists(DIGESTS, min_size=1, max_size=8, unique=True), st.data())
def test_a_place_left_out_moved_or_changed_gives_another_chain(places: list[str], data: st.DataObject) -> None:
    whole = chain_after(START, places)
    at = data.draw(st.integers(0, len(places) - 1))
    left_out = places[:at] + places[at + 1 :]
    assert chain_after(START, left_out) != whole
    assert (
        chain_after(START, [*left_out[:at], data.draw(DIGESTS.filter(lambda one: one != places[at])), *left_out[at:]])
        != whole
    )
    if len(places) > 1:
        assert chain_after(START, places[1:] + places[:1]) != whole
    assert chain_after(START, [*places, places[at]]) != whole
