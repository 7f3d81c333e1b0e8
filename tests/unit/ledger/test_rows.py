# SPDX-License-Identifier: Apache-2.0
"""Payments as columns survive bytes and Parquet, and nothing that is none gets past the check."""

from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lintas.errors import Malformed
from lintas.formats.ledger_rows import WIDTHS, WORD_COLUMNS, column, read_rows, rows_digest, write_rows
from lintas.ledger.browsing import accounts_of
from lintas.ledger.files import LedgerFiles
from lintas.ledger.parquet import LedgerStore, connection
from lintas.limits import BALANCE_MINOR_MAX, LEDGER_US_MAX, PAYMENT_MINOR_MAX
from lintas.model.ids import MessageId
from lintas.model.money import NEVER, UNKNOWN_MINOR, Channel, Covered, LedgerRows, PaymentKind
from lintas.model.reading import Derived
from lintas.sandbox.judge import is_sound
from lintas.tracing.table import LedgerTable, from_rows
from lintas.views.ledger import ledger_row
from tests.unit.ledger.paying import DAY, START, Paid, rows_of

ACCOUNTS = st.sampled_from(["", "A", "B", "KASITHBK:0123456789", "ก'\"%", "THB", "a b"])
TIMES = st.one_of(st.just(NEVER), st.integers(START - DAY, START + DAY))
MINOR = st.one_of(st.just(UNKNOWN_MINOR), st.integers(0, PAYMENT_MINOR_MAX))
PAYMENTS = st.builds(
    Paid,
    payer=ACCOUNTS,
    payee=ACCOUNTS,
    minor=MINOR,
    at=TIMES,
    credit_at=TIMES,
    credit_minor=MINOR,
    currency=st.sampled_from(["THB", "SGD", "USDT"]),
    credit_currency=st.sampled_from(["", "MYR"]),
    reference=st.sampled_from(["", "uetr:1", "e2e:2", "A"]),
    of=st.sampled_from(["", "uetr:1"]),
    kind=st.sampled_from(PaymentKind),
    channel=st.sampled_from(Channel),
    legs=st.integers(0, 3),
)
COVERS = st.builds(
    Covered,
    account=ACCOUNTS,
    currency=st.sampled_from(["THB", "SGD"]),
    start=st.integers(START, START + DAY),
    end=st.integers(START + DAY, START + 9 * DAY),
    opening=MINOR,
    closing=MINOR,
)
ROWS = st.builds(rows_of, st.lists(PAYMENTS, max_size=8), st.lists(COVERS, max_size=3))
GOOD = rows_of([Paid(payer="A", payee="B", minor=5, at=START)], [Covered("A", "THB", START, START + DAY, 7)])


def said(table: LedgerTable) -> list[tuple[object, ...]]:
    """Every row of a table in words."""
    words = [[table.words[n] for n in getattr(table, name)] for name in WORD_COLUMNS]
    numbers = [getattr(table, name).tolist() for name in WIDTHS if name not in WORD_COLUMNS]
    return list(zip(*words, *numbers, table.message.tolist(), strict=True))


@given(ROWS)
def test_bytes_give_the_same_columns_back(rows: LedgerRows) -> None:
    assert read_rows(write_rows(rows)) == rows
    row = ledger_row(Derived(ledger=write_rows(rows)))
    assert row is not None
    assert row.rows == rows.count


@settings(deadline=None, max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(ROWS, min_size=1, max_size=4))
def test_parquet_gives_the_same_table_as_the_columns(tmp_path: Path, messages: list[LedgerRows]) -> None:
    files = LedgerFiles(tmp_path / "ledger")
    files.prepare()
    store = LedgerStore(files, connection(memory_bytes=2**29, threads=1))
    named = [(f"{number:064x}", rows) for number, rows in enumerate(messages)]
    for message, rows in named:
        data = write_rows(rows)
        store.add(message, data, rows_digest(data))
    marks = files.marks()
    found = store.open([MessageId(message) for message, _ in reversed(named)], marks, lambda *_: None)
    wanted = from_rows(named)
    assert said(found) == said(wanted)
    assert (found.messages, found.covered) == (wanted.messages, wanted.covered)
    assert len(set(found.words)) == len(found.words)
    for name in (*WIDTHS, "message"):
        assert getattr(found, name).dtype == getattr(wanted, name).dtype


@given(st.binary(max_size=200))
def test_no_bytes_raise_anything_but_our_error(data: bytes) -> None:
    try:
        read_rows(data)
    except Malformed:
        assert not is_sound(Derived(ledger=data)) or not data


@given(st.data())
def test_an_altered_column_is_refused_or_still_holds_together(data: st.DataObject) -> None:
    raw = bytearray(write_rows(GOOD))
    for _ in range(data.draw(st.integers(1, 4))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    try:
        rows = read_rows(bytes(raw))
    except Malformed:
        return
    for name in WORD_COLUMNS:
        assert all(0 <= n < len(rows.words) for n in column(rows, name).tolist())


WRONG = {
    "a count without rows": {"count": 2},
    "a negative count": {"count": -1},
    "an absurd count": {"count": 10**12},
    "no words": {"words": ()},
    "a first word that is not empty": {"words": ("A", *GOOD.words[1:])},
    "an account beyond the words": {"payer": (99).to_bytes(4, "little")},
    "a negative place": {"payee": (-1).to_bytes(4, "little", signed=True)},
    "half a column": {"debit_at": b"\0" * 7},
    "an amount below nothing": {"debit_minor": (-2).to_bytes(8, "little", signed=True)},
    "an amount larger than any": {"credit_minor": (PAYMENT_MINOR_MAX + 1).to_bytes(8, "little")},
    "a time in the year 9999": {"credit_at": (LEDGER_US_MAX * 30).to_bytes(8, "little")},
    "a record numbered nothing": {"row": bytes(4)},
    "legs of nobody": {"legs": b"\x04"},
    "a kind that is none": {"kind": (1).to_bytes(4, "little")},
    "a channel that is none": {"channel": (1).to_bytes(4, "little")},
    "a statement that ends before it starts": {"covered": (Covered("A", "THB", START + 1, START),)},
    "a statement of an endless account": {"covered": (Covered("A" * 999, "THB", START, START),)},
    "a balance larger than any": {"covered": (Covered("A", "THB", START, START, 2**60),)},
    "an endless account": {"words": ("", "A" * 999, *GOOD.words[2:])},
}


@pytest.mark.parametrize("change", WRONG.values(), ids=WRONG)
def test_columns_that_do_not_hold_together_are_refused(change: dict[str, object]) -> None:
    data = write_rows(msgspec.structs.replace(GOOD, **change))
    with pytest.raises(Malformed):
        read_rows(data)
    assert not is_sound(Derived(ledger=data))


def test_payments_of_very_many_days_stand_in_few_files(tmp_path: Path) -> None:
    files = LedgerFiles(tmp_path / "ledger")
    files.prepare()
    rows = rows_of([Paid(payer="A", payee="B", minor=1, at=START + n * 31 * DAY) for n in range(-1100, 1100)])
    store = LedgerStore(files, connection(memory_bytes=2**29, threads=1))
    store.add("a" * 64, write_rows(rows), rows_digest(b""))
    assert len(files.of("a" * 64)) < 200
    assert store.open([MessageId("a" * 64)], files.marks(), lambda *_: None).count == 2200


def test_sums_that_64_bits_cannot_hold_are_the_largest_that_an_account_may_have() -> None:
    many = [Paid(payer="A", payee="B", minor=PAYMENT_MINOR_MAX, at=START + n) for n in range(20_000)]
    table = from_rows([(MessageId("m"), rows_of([*many, Paid(payer="C", payee="A", minor=2**31 + 7, at=START)]))])
    found = {one.account: (one.paid_minor, one.received_minor) for one in accounts_of(table, (), 10)}
    assert found == {"A": (BALANCE_MINOR_MAX, 2**31 + 7), "B": (0, BALANCE_MINOR_MAX), "C": (2**31 + 7, 0)}
