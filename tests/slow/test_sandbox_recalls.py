# SPDX-License-Identifier: Apache-2.0
"""What a bank says of a recall is read in a confined process, as it is read unconfined."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from lintas.errors import Malformed, OverLimit
from lintas.formats.iso20022 import write_resolution
from lintas.limits import RECALL_BYTES_MAX
from lintas.model.desk import Money
from lintas.model.recall import Institution, Resolution, ResolvedPayment
from lintas.sandbox.judge import is_sound_resolution
from lintas.sandbox.pool import ReaderPool

pytestmark = [pytest.mark.slow]

ANSWER = Resolution(
    id="BANK-77",
    recall="LNT-0123456789abcdef",
    case="SG-Q-7K3QF-9D2MX-4",
    bank=Institution(bic="CONTSGSG"),
    asker=Institution(name="Contoh Police 泰"),
    made_at="2026-03-01T04:00:00.000Z",
    status="PECR",
    payments=(
        ResolvedPayment(id="1", status="ACCR", returned=Money(900_050, "SGD"), amount=Money(2_500_000, "SGD")),
        ResolvedPayment(id="2", status="RJCR", reason="CUST", about=("asked the customer",)),
    ),
)


@pytest.fixture(scope="module")
def pool() -> Iterator[ReaderPool]:
    with ReaderPool(workers=1) as readers:
        yield readers


def test_an_answer_is_read_confined(pool: ReaderPool) -> None:
    assert pool.read_resolution(write_resolution(ANSWER)) == ANSWER


@pytest.mark.parametrize(
    "raw",
    [b"", b"{}", b"<a/>", b"\xff\xfe<\x00", b"<!DOCTYPE d [<!ENTITY a 'b'>]><d>&a;</d>", b"<a>" * 5_000],
    ids=len,
)
def test_a_hostile_answer_is_refused_confined_and_the_reader_lives(pool: ReaderPool, raw: bytes) -> None:
    with pytest.raises((Malformed, OverLimit)):
        pool.read_resolution(raw)
    assert pool.read_resolution(write_resolution(ANSWER)).status == "PECR"


def test_one_that_is_too_large_is_not_even_looked_at(pool: ReaderPool) -> None:
    with pytest.raises(OverLimit):
        pool.read_resolution(b" " * (RECALL_BYTES_MAX + 1))


@pytest.mark.parametrize(
    "forged",
    [
        replace(ANSWER, status="x" * 141),
        replace(ANSWER, case="a\x1b[2Jb"),
        replace(ANSWER, bank=Institution(name="\u202ereversed")),
        replace(ANSWER, payments=(ResolvedPayment(returned=Money(-1, "SGD")),)),
        replace(ANSWER, payments=(ResolvedPayment(returned=Money(1, "???")),)),
        replace(ANSWER, payments=(ResolvedPayment(),) * 501),
        replace(ANSWER, payments=(ResolvedPayment(about=("\n",)),)),
    ],
)
def test_what_no_reader_of_ours_says_is_not_believed(forged: Resolution) -> None:
    assert is_sound_resolution(ANSWER)
    assert not is_sound_resolution(forged)
