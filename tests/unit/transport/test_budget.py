# SPDX-License-Identifier: Apache-2.0
from hypothesis import given
from hypothesis import strategies as st

from lintas.testing import FakeClock
from lintas.transport.budget import Budget


def test_a_burst_passes_and_the_next_is_told_how_long_to_wait() -> None:
    budget = Budget(FakeClock(), each_s=10, burst=3)
    assert [budget.spend() for _ in range(3)] == [0.0, 0.0, 0.0]
    assert budget.spend() == 0.1


def test_who_waits_as_told_is_let_in() -> None:
    clock = FakeClock()
    budget = Budget(clock, each_s=4, burst=1)
    assert budget.spend() == 0.0
    clock.forward(seconds=budget.spend())
    assert budget.spend() == 0.0


def test_a_refusal_costs_nothing() -> None:
    clock = FakeClock()
    budget = Budget(clock, each_s=1, burst=1)
    budget.spend()
    assert [budget.spend() for _ in range(100)] == [1.0] * 100
    clock.forward(seconds=1)
    assert budget.spend() == 0.0


def test_rest_does_not_save_up_more_than_a_burst() -> None:
    clock = FakeClock()
    budget = Budget(clock, each_s=50, burst=5)
    clock.forward(days=7)
    assert sum(budget.spend() == 0.0 for _ in range(20)) == 5


def test_a_clock_set_back_gives_nothing() -> None:
    clock = FakeClock()
    budget = Budget(clock, each_s=1, burst=1)
    budget.spend()
    clock.set_back(hours=3)
    assert budget.spend() > 0


@given(st.lists(st.floats(0, 5), max_size=60), st.integers(1, 20), st.integers(1, 50))
def test_never_more_than_the_burst_and_what_time_gave(waits: list[float], each_s: int, burst: int) -> None:
    clock = FakeClock()
    budget, passed, taken = Budget(clock, each_s=each_s, burst=burst), 0.0, 0
    for wait in waits:
        clock.forward(seconds=wait)
        passed += wait
        taken += sum(budget.spend() == 0.0 for _ in range(10))
        assert taken <= burst + passed * each_s + 1e-3
