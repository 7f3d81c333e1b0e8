# SPDX-License-Identifier: Apache-2.0
"""Buckets for many who ask: fair, and bounded in memory."""

import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lintas.testing import FakeClock
from lintas.transport.rates import Rate, Rates

RATE = Rate(each_s=2, burst=5)


def taken(rates: Rates, name: str, times: int) -> int:
    return sum(rates.spend(name) == 0.0 for _ in range(times))


def test_a_burst_is_taken_and_then_the_wait_is_told() -> None:
    clock = FakeClock()
    rates = Rates(clock, RATE, kept_max=10)
    assert taken(rates, "a", 9) == 5
    assert rates.spend("a") == pytest.approx(0.5)
    assert rates.spend("a") == pytest.approx(0.5)  # being refused costs nothing
    clock.forward(seconds=0.5)
    assert rates.spend("a") == 0.0
    assert rates.spend("a") > 0


def test_one_name_takes_nothing_from_another() -> None:
    rates = Rates(FakeClock(), RATE, kept_max=10)
    assert taken(rates, "a", 50) == 5
    assert taken(rates, "b", 50) == 5


def test_time_fills_a_bucket_and_not_more_than_full() -> None:
    clock = FakeClock()
    rates = Rates(clock, RATE, kept_max=10)
    taken(rates, "a", 5)
    clock.forward(days=9)
    assert taken(rates, "a", 50) == 5


def test_a_wall_clock_that_is_set_back_fills_nothing() -> None:
    clock = FakeClock()
    rates = Rates(clock, RATE, kept_max=10)
    taken(rates, "a", 5)
    clock.set_back(days=1)
    assert rates.spend("a") > 0


def test_a_bucket_is_forgotten_only_when_it_is_full_again() -> None:
    clock = FakeClock()
    rates = Rates(clock, RATE, kept_max=2)
    assert taken(rates, "a", 9) == 5
    assert taken(rates, "b", 9) == 5
    assert taken(rates, "c", 9) == 5  # shared by all who find no room
    assert rates.spend("d") > 0
    assert rates.spend("a") > 0  # nobody got a full bucket anew by the crowd of others
    assert len(rates) == 2
    clock.forward(seconds=2.5)
    assert taken(rates, "e", 9) == 5
    assert taken(rates, "a", 1) == 1
    assert len(rates) == 2


@pytest.mark.parametrize("count", [50_000, pytest.param(1_000_000, marks=pytest.mark.soak)])
def test_any_number_of_addresses_stays_in_bounded_memory(count: int) -> None:
    clock = FakeClock()
    rates = Rates(clock, Rate(each_s=50, burst=400), kept_max=10_000)
    tracemalloc.start()
    try:
        passed = 0
        for number in range(count):
            passed += rates.spend(f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}") == 0.0
        held, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert len(rates) == 10_000
    assert held < 4 * 1024 * 1024
    assert passed == 10_000 + 400  # each of those that are kept, and one bucket for all the others


@given(
    steps=st.lists(st.tuples(st.sampled_from("abcdef"), st.floats(0, 3)), max_size=60),
    kept_max=st.integers(1, 4),
)
def test_nobody_ever_gets_more_than_burst_and_rate(steps: list[tuple[str, float]], kept_max: int) -> None:
    clock = FakeClock()
    rates = Rates(clock, RATE, kept_max=kept_max)
    passed: dict[str, int] = {}
    for name, seconds in steps:
        clock.forward(seconds=seconds)
        wait_s = rates.spend(name)
        assert 0 <= wait_s <= 1 / RATE.each_s
        passed[name] = passed.get(name, 0) + (wait_s == 0.0)
        # a name may have had its own bucket and a share of the crowd's
        assert passed[name] <= 2 * (RATE.burst + RATE.each_s * clock.monotonic_s())
        assert len(rates) <= kept_max
