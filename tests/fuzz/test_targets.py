# SPDX-License-Identifier: Apache-2.0
"""Each fuzz target of readers and peers runs on its seed, so that `make soak` never starts on a broken one."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lintas.errors import LintasError
from lintas.formats.access import parse_access
from lintas.formats.bank import read_answer
from lintas.formats.bank_bookings import read_bookings
from lintas.formats.iso20022 import read_resolution
from lintas.formats.peer.descriptor import read_descriptor
from tests.fuzz import peers, people, readers, slips
from tools.fuzz import (
    ACCESS,
    ANSWER,
    BANK_ANSWER,
    BATCH,
    BOOKED,
    CAMT_029,
    CHAIN,
    CHAT,
    CLAIMS,
    DESCRIPTOR,
    LINES,
    PAID,
    PAYMENT_CODE,
    PICTURE,
    REPORT,
    RETURNED,
    STIX,
    TABLE,
    TEXT,
    TOKEN,
    TOLD,
    TRANSFERS,
    UPLOAD,
)

TARGETS: list[tuple[Callable[[bytes], object], str]] = [
    (readers.read_stix, STIX),
    (readers.read_table, TABLE),
    (readers.read_payments, TRANSFERS),
    (readers.read_payments, LINES),
    (readers.read_payments, BOOKED),
    (readers.read_payments, PAID),
    (readers.read_payments, RETURNED),
    (readers.read_payments, CHAIN),
    (readers.read_payments, TOLD),
    (readers.read_report, REPORT),
    (readers.read_text, TEXT),
    (readers.read_any, STIX),
    (readers.extract_text, TEXT),
    (peers.read_batch, BATCH),
    (read_descriptor, DESCRIPTOR),
    (parse_access, ACCESS),
    (people.judge, UPLOAD),
    (read_answer, BANK_ANSWER),
    (read_bookings, BANK_ANSWER),
    (read_resolution, CAMT_029),
    (people.read_claims, CLAIMS),
    (slips.read_code, PAYMENT_CODE),
    (slips.read_pasted, CHAT),
    (slips.read_picture, PICTURE),
]


@pytest.mark.parametrize(("target", "seed"), TARGETS)
def test_a_target_accepts_its_seed(target: Callable[[bytes], object], seed: str) -> None:
    target(seed.encode())


@pytest.mark.parametrize(("target", "seed"), TARGETS)
@given(at=st.integers(0, 400), size=st.integers(0, 20), new=st.binary(max_size=6))
def test_a_seed_with_a_damaged_piece_is_read_or_refused(
    target: Callable[[bytes], object], seed: str, at: int, size: int, new: bytes
) -> None:
    raw = seed.encode()
    try:
        target(raw[:at] + new + raw[at + size :])
    except LintasError as exc:
        assert str(exc)  # noqa: PT017 - either way is right


@pytest.mark.parametrize("target", [people.read_answer, people.read_public, people.read_token])
@given(at=st.integers(0, 120), new=st.binary(max_size=8), seed=st.sampled_from([ANSWER, TOKEN, ""]))
def test_what_is_signed_by_nobody_is_refused(target: Callable[[bytes], object], at: int, new: bytes, seed: str) -> None:
    raw = seed.encode()
    with pytest.raises(LintasError):
        target(raw[:at] + new + raw[at:])
