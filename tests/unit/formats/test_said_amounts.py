# SPDX-License-Identifier: Apache-2.0
"""An order names an amount with as many digits as its currency has."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lintas.formats.currencies import CURRENCIES, said_amount


@pytest.mark.parametrize(
    ("minor", "code", "said"),
    [
        (2_500_000, "SGD", "SGD 25,000.00"),
        (2_500_000, "VND", "VND 2,500,000"),
        (2_500_000, "JPY", "JPY 2,500,000"),
        (1_234, "KWD", "KWD 1.234"),
        (5, "THB", "THB 0.05"),
        (-150, "MYR", "MYR -1.50"),
        (2_500_000, "XXX", "XXX 2,500,000 in minor units"),
    ],
)
def test_an_amount_is_never_a_hundred_times_another(minor: int, code: str, said: str) -> None:
    assert said_amount(minor, code) == said


@given(st.integers(min_value=-(10**18), max_value=10**18), st.sampled_from(sorted(CURRENCIES)))
def test_no_amount_is_rounded(minor: int, code: str) -> None:
    digits = said_amount(minor, code).removeprefix(f"{code} ").replace(",", "")
    assert Decimal(digits) == Decimal(minor).scaleb(-CURRENCIES[code].exponent)
