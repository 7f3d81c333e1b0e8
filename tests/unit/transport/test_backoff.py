# SPDX-License-Identifier: Apache-2.0
import random

from hypothesis import given
from hypothesis import strategies as st

from lintas.limits import RETRY_S_MAX, RETRY_S_MIN
from lintas.transport.backoff import Backoff


def test_the_ceiling_doubles_up_to_the_longest_wait() -> None:
    backoff = Backoff(lambda: 1.0, first_s=0.5, longest_s=3.0)
    assert [backoff.next_s() for _ in range(5)] == [0.5, 1.0, 2.0, 3.0, 3.0]


def test_success_begins_anew() -> None:
    backoff = Backoff(lambda: 1.0, first_s=0.5, longest_s=60)
    waits = [backoff.next_s() for _ in range(4)]
    backoff.succeeded()
    assert waits[-1] == 4.0
    assert backoff.next_s() == 0.5


@given(st.integers(), st.integers(1, 40))
def test_every_wait_is_within_zero_and_the_limit(seed: int, failures: int) -> None:
    backoff = Backoff(random.Random(seed).random)
    ceiling = RETRY_S_MIN
    for _ in range(failures):
        assert 0 <= backoff.next_s() <= ceiling
        ceiling = min(2 * ceiling, RETRY_S_MAX)


def test_two_nodes_that_lost_the_same_peer_do_not_come_back_together() -> None:
    waits = {Backoff(random.Random(seed).random).next_s() for seed in range(50)}
    assert len(waits) == 50
