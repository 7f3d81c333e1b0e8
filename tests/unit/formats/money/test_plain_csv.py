# SPDX-License-Identifier: Apache-2.0
"""Cutting a table column by column gives what reading it record by record gives."""

import csv
import io

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from lintas.formats.ledger_rows import read_rows
from lintas.formats.money.columns import AccountColumn
from lintas.formats.money.draft import LedgerDraft
from lintas.formats.money.plain_csv import Columns, columns_of, plain_blocks
from lintas.formats.money.reader import PaymentsReader
from lintas.formats.money.written import MARGIN, KnownTexts, Written, with_margin
from lintas.model.reading import Container, ReadOptions
from tests.unit.formats.builders import packs

PACKS = packs()
MAPPING = (
    '{"v":1,"form":"payments","columns":{"payer":"from","payee":"to","amount":"amount","time":"at",'
    '"reference":"reference"},"currency":"THB","bank":"KASITHBK","legs":"both"}'
)
HEADER = "from,to,amount,at,reference"
FIRST = [f"{n:010d},{n + 7:010d},{n}.50,2026-01-02T03:04:05Z,R{n}" for n in range(1, 100)]
ACCOUNTS = st.sampled_from(
    ["0000000001", "4321", "00000000000001", "TH0123456789", " 12345 ", "", "ก123456", "KASITHBK:0000000001", "9" * 50]
)
ROWS = st.lists(
    st.tuples(
        ACCOUNTS,
        ACCOUNTS,
        st.sampled_from(["1.00", "0.50", "1234567.89", "1", "x", "-1.00", "", "1.005", "12345678901234.00"]),
        st.sampled_from(["2026-01-02T03:04:05Z", "2026-01-02", "2026-01-02T03:04:05+08:00", "", "never", "2026-02-30"]),
        st.sampled_from(["R1", "R2", "N/A", "", "a b", "Ω", "R" * 139]),
        st.sampled_from(["", "", "", "", "", "", ",more", ",", "\r\n", "\n\n"]),
    ).map(lambda row: ",".join(row[:5]) + row[5]),
    max_size=40,
)
PLAIN = st.integers(0, 10**6).map(lambda n: f"{n:010d},{n + 1:010d},{n}.25,2026-01-02T03:04:05Z,P{n}")


def read(text: str) -> Container:
    return PaymentsReader().read(text.encode(), ReadOptions(region="TH", mapping=MAPPING), PACKS)


@settings(max_examples=60, deadline=None)
@given(ROWS, st.lists(PLAIN, max_size=80), st.sampled_from(["\n", "\r\n"]), st.booleans())
@example(["0000000001,4321,1.00,2026-01-02T03:04:05Z,R1"], [], "\n", True)
def test_a_table_is_read_alike_with_and_without_a_quotation_mark(
    odd: list[str], plain: list[str], ending: str, is_open: bool
) -> None:
    body = ending.join([*FIRST, *plain, *odd, *plain]) + ("" if is_open else ending)
    at_once, slow = (
        read(f"{header}{ending}{body}").slices[0].derived for header in (HEADER, HEADER.replace("to", '"to"'))
    )
    assert plain_blocks(f"{HEADER}{ending}{body}", ",", 10) is not None
    assert read_rows(at_once.ledger) == read_rows(slow.ledger)
    assert at_once.rejected == slow.rejected
    assert at_once.read == slow.read
    assert at_once.notes == slow.notes


@given(st.lists(st.lists(st.text("ab,ก\n", max_size=3), min_size=2, max_size=4), min_size=1, max_size=30))
def test_columns_are_the_records_or_none(rows: list[list[str]]) -> None:
    text = "\n".join(",".join(row) for row in rows)
    records = list(csv.reader(io.StringIO(text, newline=""))) or [[]]
    found = columns_of(text.encode(), ",")
    if found is not None:
        assert found.rows() == records
        assert found.records == len(records)
    else:
        assert len({len(row) for row in records}) > 1 or len(records[0]) < 2


@pytest.mark.parametrize("text", ['a,b\n"1",2\n', "a,b\r1,2\r", "a,b\n" + "x" * 200_000 + ",1\n", ""])
def test_what_is_not_plain_is_left_to_the_reader_of_records(text: str) -> None:
    assert plain_blocks(text, ",", 100) is None


@given(st.lists(st.sampled_from(["1,2", ",", "", "1,2,3", "x", "ก,ข"]), max_size=30), st.integers(1, 7), st.booleans())
def test_blocks_are_all_records_in_their_order(lines: list[str], count: int, is_open: bool) -> None:
    text = "\n".join(lines) + ("" if is_open else "\n")
    blocks = list(plain_blocks(text, ",", count) or ())
    found = [one.rows() if isinstance(one, Columns) else one for one in blocks]
    assert [row for rows in found for row in rows] == list(csv.reader(io.StringIO(text, newline="")))
    assert all(len(rows) == count for rows in found[:-1])


@given(st.lists(st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=50), min_size=1, max_size=60))
def test_cells_are_the_texts(texts: list[str]) -> None:
    written = column(texts)
    assert list(written) == texts
    assert written[0] == texts[0]
    assert written[1:] == texts[1:]


@given(st.lists(st.lists(st.text("0123456789A:", max_size=20), min_size=1, max_size=60), min_size=1, max_size=5))
def test_texts_mean_the_same_whether_they_are_met_again_or_not(columns: list[list[str]]) -> None:
    known, met = KnownTexts(), dict[str, int]()
    for texts in columns:
        found = known.read(column(texts), lambda text: met.setdefault(text, len(met)))
        assert found is not None
        assert found.tolist() == [met[text] for text in texts]


def test_a_long_text_is_no_account_that_is_looked_up_by_its_bytes() -> None:
    assert KnownTexts().read(column(["x" * 41]), len) is None


def test_accounts_that_cannot_be_read_say_why_each_time() -> None:
    accounts = AccountColumn(LedgerDraft(options=ReadOptions(region="TH"), packs=PACKS), "KASITHBK")
    bad = "TH00" + "0" * 30
    for _ in range(2):
        words = accounts.words(column(["0123456789", bad]), None).tolist()
        assert words == accounts.words(["0123456789", bad], None).tolist()


@given(st.lists(st.lists(st.text("ab", max_size=3), max_size=20), max_size=5))
def test_words_are_numbered_without_gaps(parts: list[list[str]]) -> None:
    draft = LedgerDraft(options=ReadOptions(region="TH"), packs=PACKS)
    for texts in parts:
        found = draft.new_words(texts).tolist()
        assert [draft.words[number] for number in found] == texts
    assert len(set(draft.words)) == len(draft.words)


def column(texts: list[str]) -> Written:
    lengths = np.array([len(text.encode()) for text in texts], dtype=np.int64)
    starts = np.cumsum(lengths + 1) - lengths - 1 + MARGIN
    return Written(with_margin("".join(f"{text}\n" for text in texts).encode()), starts, lengths)
