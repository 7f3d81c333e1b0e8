# SPDX-License-Identifier: Apache-2.0
"""Each fuzz target of the readers runs on its seed, so that `make soak` never starts on a broken one."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lintas.errors import LintasError
from tests.fuzz import readers
from tools.fuzz import STIX, TABLE, TEXT

TARGETS: list[tuple[Callable[[bytes], None], str]] = [
    (readers.read_stix, STIX),
    (readers.read_table, TABLE),
    (readers.read_text, TEXT),
    (readers.read_any, STIX),
    (readers.extract_text, TEXT),
]


@pytest.mark.parametrize(("target", "seed"), TARGETS)
def test_a_target_accepts_its_seed(target: Callable[[bytes], None], seed: str) -> None:
    target(seed.encode())


@pytest.mark.parametrize(("target", "seed"), TARGETS)
@given(at=st.integers(0, 400), size=st.integers(0, 20), new=st.binary(max_size=6))
def test_a_seed_with_a_damaged_piece_is_read_or_refused(
    target: Callable[[bytes], None], seed: str, at: int, size: int, new: bytes
) -> None:
    raw = seed.encode()
    try:
        target(raw[:at] + new + raw[at + size :])
    except LintasError as exc:
        assert str(exc)  # noqa: PT017 - either way is right
