# SPDX-License-Identifier: Apache-2.0
"""What a session holds between two pages."""

import secrets
from typing import Any, cast

import pytest

from lintas.errors import OverLimit
from lintas.limits import SESSION_IDLE_S_MAX
from lintas.ports.keys import Keys
from lintas.testing import FakeClock
from lintas.web.held import Held

ONE, TWO = b"1" * 32, b"2" * 32


class Randomness:
    """The part of the Keys port that is asked here."""

    def random(self, size_bytes: int) -> bytes:
        return secrets.token_bytes(size_bytes)


def held(clock: FakeClock, *, each_max: int = 3, bytes_max: int = 100) -> Held[str]:
    return Held(clock, cast("Keys", cast("Any", Randomness())), each_max=each_max, bytes_max=bytes_max)


def test_a_value_is_seen_by_its_own_session_only() -> None:
    values = held(FakeClock())
    key = values.put(ONE, "a")
    assert values.get(ONE, key) == "a"
    assert values.get(TWO, key) is None
    assert values.get(ONE, "nonsense") is None


def test_the_oldest_of_one_session_gives_way_and_others_stay() -> None:
    values = held(FakeClock(), each_max=2)
    other = values.put(TWO, "x")
    keys = [values.put(ONE, value) for value in "abc"]
    assert [values.get(ONE, key) for key in keys] == [None, "b", "c"]
    assert values.get(TWO, other) == "x"


def test_all_together_stay_within_their_bytes() -> None:
    values = held(FakeClock(), bytes_max=100)
    first, second = values.put(ONE, "a", size_bytes=60), values.put(TWO, "b", size_bytes=60)
    assert values.get(ONE, first) is None
    assert values.get(TWO, second) == "b"


def test_what_alone_is_too_large_is_refused_and_drops_nothing() -> None:
    values = held(FakeClock(), bytes_max=100)
    key = values.put(ONE, "a", size_bytes=100)
    with pytest.raises(OverLimit):
        values.put(ONE, "b", size_bytes=101)
    assert values.get(ONE, key) == "a"


def test_what_nobody_looks_at_is_gone_by_itself() -> None:
    clock = FakeClock()
    values = held(clock)
    looked, left = values.put(ONE, "a"), values.put(ONE, "b")
    clock.forward(seconds=SESSION_IDLE_S_MAX - 1)
    assert values.get(ONE, looked) == "a"
    clock.forward(seconds=1)
    assert values.get(ONE, left) is None
    assert values.get(ONE, looked) == "a"


def test_forgetting_takes_one_or_all_of_one_session() -> None:
    values = held(FakeClock())
    one, two, other = values.put(ONE, "a"), values.put(ONE, "b"), values.put(TWO, "c")
    values.forget(TWO, one)
    assert values.get(ONE, one) == "a"
    values.forget(ONE, one)
    assert (values.get(ONE, one), values.get(ONE, two)) == (None, "b")
    values.forget(ONE)
    assert values.get(ONE, two) is None
    assert values.get(TWO, other) == "c"
