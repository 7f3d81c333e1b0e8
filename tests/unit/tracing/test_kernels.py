# SPDX-License-Identifier: Apache-2.0
"""The compiled loops say what the slow form says, and their arithmetic is that of Python's integers."""

import os
from random import Random

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from lintas.limits import BALANCE_MINOR_MAX, PAYMENT_MINOR_MAX
from lintas.model.money import NEVER, Injected, Method, Segment
from lintas.tracing.reference import trace as slow
from tests.unit.tracing.worlds import END, make_query, make_world, torn

pytest.importorskip("numba", reason="the ring money is not installed")

from lintas.tracing.fast import open_ledger
from lintas.tracing.kernels import scaled

# The first run compiles: half a minute of a quiet core.
pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]
ROUNDS = 2_000 if os.environ.get("LINTAS_SOAK") == "1" else 15


@given(
    balance=st.integers(1, BALANCE_MINOR_MAX),
    taint=st.integers(0, BALANCE_MINOR_MAX),
    minor=st.integers(0, PAYMENT_MINOR_MAX),
)
@example(balance=BALANCE_MINOR_MAX, taint=BALANCE_MINOR_MAX - 1, minor=PAYMENT_MINOR_MAX)
@example(balance=BALANCE_MINOR_MAX, taint=1, minor=PAYMENT_MINOR_MAX)
@example(balance=3, taint=2, minor=PAYMENT_MINOR_MAX)
def test_a_share_is_exact_to_the_last_unit(balance: int, taint: int, minor: int) -> None:
    taint = min(taint, balance)
    assert scaled(taint, minor, balance) == taint * minor // balance


def test_no_share_of_no_balance() -> None:
    assert scaled(0, 5, 0) == 0


@pytest.mark.parametrize("method", list(Method))
def test_compiled_loops_say_what_the_slow_form_says(method: Method) -> None:
    for number in range(ROUNDS):
        dice = Random(f"{method}{number}")
        world = make_world(dice, accounts=dice.randrange(2, 7), pays=dice.randrange(0, 40))
        table = torn(dice, world, dice.choice((0.0, 0.1, 0.5)))
        ledger = open_ledger(table)
        own = dice.choice(((), ("SG",), ("SG", "MY")))
        injected = tuple(
            Injected(
                payment=f"uetr:{dice.randrange(40)}",
                payer="",
                payee="",
                debit_at=dice.choice((NEVER, 0, dice.randrange(2 * END), 2**60)),
                minor=(minor := dice.randrange(1, 500)),
                currency=dice.choice(("SGD", "USD")),
                segments=(Segment(minor // 3, "", 0), Segment(minor - minor // 3, "x", 2)),
                revision=dice.randrange(3),
            )
            for _ in range(dice.choice((0, 0, 2)))
        )
        for more in (
            {},
            {"until": dice.randrange(1, END)},
            {"backward": True, "until": dice.choice((-(2**63), 3))},
            {"own": own, "injected": injected},
            {"lines_max": 3},
        ):
            query = make_query(dice, world, method, **more)
            assert open_ledger(table).trace(query) == slow(table, query), (number, more)
            assert ledger.trace(query) == slow(table, query)
