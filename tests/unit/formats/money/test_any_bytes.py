# SPDX-License-Identifier: Apache-2.0
"""Any bytes are read or refused by errors of ours; what is read holds what holds for every reading."""

from hypothesis import given
from hypothesis import strategies as st

from lintas.errors import LintasError
from lintas.formats.detect import detect
from lintas.formats.money.mapping import PaymentsMapping, is_payments_mapping
from lintas.formats.money.reader import guess_payments
from lintas.model.reading import ReadOptions
from tests.unit.formats.builders import checked
from tests.unit.formats.money.builders import (
    A,
    B,
    balance,
    camt053,
    detail,
    entry,
    pacs008,
    table,
    transfer,
    workbook,
)
from tests.unit.formats.money.test_other_forms import goaml, pacs004, transaction
from tests.unit.formats.money.test_statements import LINES, mt940
from tests.unit.formats.money.test_tables import BOOKED, HEAD, STATEMENT, said

FILES = (
    pacs008(transfer(more='<InstdAmt Ccy="SGD">1.00</InstdAmt>'), group="<NbOfTxs>1</NbOfTxs><CtrlSum>1</CtrlSum>"),
    pacs004(),
    camt053(balance("OPBD", "1.00", "2026-03-01"), entry("1.00", details=detail()), balance("CLBD", "0", "2026-03-01")),
    mt940(*LINES),
    goaml(transaction()),
    table(HEAD, f"2026-03-01 10:00,{A},{B},1.00,SGD,R1"),
    table(*BOOKED),
    b'[{"hash": "0x0000000000000000", "from": "0x1", "to": "0x2", "value": "1.5", "asset": "ETH","time": 1772330400}]',
    workbook([["date", "from", "to", "amount", "currency"], ["2026-03-01", "1", "2", 3, "SGD"]]),
)
ODD = st.sampled_from([b"-", b"\x00", b'"', b"<", b"&", b"9" * 40, b"\xff", b"\n", b",", b"{", b"", b"T", b"E5"])


def read_any(raw: bytes, mapping: str = "") -> None:
    try:
        checked(raw, "payments/1", ReadOptions(region="SG", mapping=mapping))
    except LintasError:
        return


@given(st.binary() | st.text().map(str.encode))
def test_any_bytes_are_read_or_refused(raw: bytes) -> None:
    read_any(raw)
    read_any(raw, said(STATEMENT))


@given(st.sampled_from(FILES), st.lists(st.tuples(st.integers(0, 4_000), st.integers(0, 6), ODD), max_size=4))
def test_a_file_that_was_tampered_with_is_read_or_refused(raw: bytes, changes: list[tuple[int, int, bytes]]) -> None:
    for place, cut, put in changes:
        at = place % (len(raw) + 1)
        raw = raw[:at] + put + raw[at + cut :]
    read_any(raw)
    read_any(raw, said(STATEMENT))


@given(st.lists(st.lists(st.text(max_size=12), min_size=5, max_size=6), max_size=6))
def test_any_cells_are_read_or_refused(rows: list[list[str]]) -> None:
    read_any(workbook([list(row) for row in ([*HEAD.split(",")], *rows)]))


@given(st.binary() | st.text().map(str.encode))
def test_a_suggestion_for_any_bytes_fits_together(raw: bytes) -> None:
    try:
        found = guess_payments(raw, "SG")
    except LintasError:
        return
    if found is not None:
        assert PaymentsMapping.from_json(found.to_json()) == found


@given(st.text())
def test_any_text_is_a_mapping_or_bad_input(text: str) -> None:
    is_payments_mapping(text)
    try:
        PaymentsMapping.from_json(text)
    except LintasError:
        return


@given(st.sampled_from(FILES))
def test_a_file_goes_to_the_reader_of_payments(raw: bytes) -> None:
    name = detect(raw, "x.csv")
    assert name == ("table/1" if raw == table(*BOOKED) else "payments/1")
