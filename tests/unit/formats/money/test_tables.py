# SPDX-License-Identifier: Apache-2.0
import json
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lintas.errors import BadInput, Malformed
from lintas.formats.detect import detect
from lintas.formats.money.mapping import PaymentsMapping
from lintas.formats.money.reader import guess_payments
from lintas.formats.reader import read_file
from lintas.formats.table_mapping import guess_mapping
from lintas.model.money import NEVER, UNKNOWN_MINOR, Covered
from lintas.model.reading import ReadOptions
from tests.unit.formats.builders import checked, packs
from tests.unit.formats.money.builders import A, B, covered, payments, read, refusals, table

HEAD = "date,from,to,amount,currency,reference"
TEN = 1_772_330_400_000_000  # 2026-03-01T10:00:00+08:00
AMLSIM_COLUMNS = {"payer": "sourceNodeId", "payee": "targetNodeId", "amount": "value", "time": "time"}
AMLSIM = {
    "form": "payments",
    "columns": AMLSIM_COLUMNS,
    "currency": "USD",
    "time": "step",
    "start": "2017-01-01T00:00:00Z",
    "step_s": 86_400,
    "legs": "both",
}
STATEMENT = {
    "form": "payments",
    "account": "0123456789",
    "bank": "DBSSSGSG",
    "currency": "SGD",
    "zone": "+08:00",
    "columns": {
        "time": "Posted",
        "counterparty": "Other",
        "counterparty_bank": "Bank",
        "debit": "Withdrawal",
        "credit": "Deposit",
        "balance": "Balance",
        "end_to_end": "Ref",
    },
}
SHORT = {
    "form": "payments",
    "currency": "SGD",
    "columns": {"payer": "p", "payee": "q", "amount": "m", "time": "t"},
}
BOOKED = (
    "Posted,Other,Bank,Withdrawal,Deposit,Balance,Ref",
    "2026-03-01 09:00,9876543210,KASITHBK,100.00,,900.00,E1",
    "2026-03-01 10:00,,,,50.00,950.00,",
    "2026-03-02 08:00,9876543210,KASITHBK,950.00,,0.00,E2",
)


def said(mapping: Mapping[str, object], **changed: object) -> str:
    return json.dumps({**mapping, **changed})


def test_plain_headers_need_no_mapping() -> None:
    raw = table(HEAD, f'2026-03-01T10:00:00+08:00,{A},{B},"25,000.50",SGD,R1')
    assert detect(raw, "x.csv") == "payments/1"
    (row,) = payments(raw)
    assert (row.payer, row.payee, row.debit_minor, row.credit_minor, row.debit_currency) == (
        A,
        B,
        2500050,
        2500050,
        "SGD",
    )
    assert (row.debit_at, row.credit_at, row.reference, row.legs, row.row) == (TEN, NEVER, "id:DBSSSGSG:R1", 1, 2)


@pytest.mark.parametrize(
    "header",
    [
        "Transaction Date;Sender Account;Beneficiary Account;Amount;Ccy;Ref No",
        "tarikh;akaun pengirim;akaun penerima;jumlah;mata wang;reference",
        "วันที่;บัญชีผู้โอน;บัญชีผู้รับ;จำนวนเงิน;สกุลเงิน;ref",
        "日期;付款账号;收款账号;金额;币种;reference",
        "timestamp;payer_account;payee_account;amount;currency;transaction_id",
    ],
)
def test_headers_of_several_languages_are_known(header: str) -> None:
    (row,) = payments(table(header, f"2026-03-01 10:00;{A};{B};25.5;SGD;R1"))
    assert (row.payer, row.payee, row.debit_minor, row.debit_at) == (A, B, 2550, TEN)


@pytest.mark.parametrize(
    "lines",
    [
        ("date,from,to,amount", "2026-03-01,1234,5678,1"),
        ("date,from,amount,currency", "2026-03-01,1234,1,SGD"),
        ("from,to,amount,currency", "1234,5678,1,SGD"),
        ("date,from,to,amount,currency", "2026-03-01,Alice Example,Bob Example,1,SGD"),
        ("date,from,to,amount,currency", "2026-03-01,1234,5678,much,SGD"),
        ("date,from,to,amount,currency", "2026-03-01,1234,5678,1,blue"),
        ("date,from,to,amount,currency", "soon,1234,5678,1,SGD"),
        ("time,from,to,amount,currency", "7,1234,5678,1,SGD"),
        ("date,from,from,to,amount,currency", "2026-03-01,1,2,3,1,SGD"),
        ("date,from,to,amount,currency", ""),
        ("sourceNodeId,targetNodeId,value,time", "1,2,3.5,1"),
        ("phone,amount,currency,date", "+6591234567,1,SGD,2026-03-01"),
    ],
)
def test_what_is_not_plainly_payments_stays_another_table(lines: tuple[str, ...]) -> None:
    assert detect(table(*lines), "x.csv") == "table/1"


def test_a_mapping_or_a_word_makes_payments_of_it() -> None:
    raw = table("date,from,to,amount,currency", "2026-03-01,Shop 1,Shop 2,1,SGD")
    assert detect(raw, "x.csv", said(AMLSIM)) == "payments/1"
    assert [(row.payer, row.payee) for row in payments(raw, reader="payments/1")] == [("Shop 1", "Shop 2")]


def test_a_mapping_of_another_table_stays_one() -> None:
    assert detect(table(HEAD, f"2026-03-01,{A},{B},1,SGD,R"), "x.csv", '{"v":1,"groups":{}}') == "table/1"


def test_time_steps_have_a_start_and_a_length() -> None:
    rows = payments(
        table("sourceNodeId,targetNodeId,value,time", "280,15349,147.8,1", "249,9015,104.06,1"), mapping=said(AMLSIM)
    )
    second = 1_483_228_800_000_000 + 86_400_000_000
    assert [(row.payer, row.payee, row.debit_minor, row.debit_at, row.legs) for row in rows] == [
        ("280", "15349", 14780, second + 2, 3),
        ("249", "9015", 10406, second + 3, 3),
    ]


def test_a_statement_of_one_account_has_two_kinds_of_bookings_and_is_complete_by_its_balances() -> None:
    raw = table(*BOOKED)
    out, came, last = payments(raw, mapping=said(STATEMENT))
    assert (out.payer, out.payee, out.debit_minor, out.credit_minor, out.legs) == (A, B, 10000, UNKNOWN_MINOR, 1)
    assert (came.payer, came.payee, came.debit_minor, came.credit_minor, came.legs) == ("", A, UNKNOWN_MINOR, 5000, 2)
    assert (came.debit_at, came.credit_at, out.credit_at, out.reference) == (NEVER, TEN, NEVER, "e2e:E1")
    assert covered(raw, mapping=said(STATEMENT)) == (
        Covered(A, "SGD", out.debit_at, last.debit_at + 1, opening=100000, closing=0),
    )


def test_newest_first_is_as_good() -> None:
    oldest, newest = covered(table(*BOOKED), mapping=said(STATEMENT)), (BOOKED[0], *reversed(BOOKED[1:]))
    assert covered(table(*newest), mapping=said(STATEMENT)) == oldest


def test_statements_of_several_accounts_are_judged_apart() -> None:
    mapping = {"form": "payments", "bank": "DBSSSGSG", "currency": "SGD", "columns": {
        "account": "a", "counterparty": "o", "amount": "m", "balance": "b", "time": "t"}}  # fmt: skip
    raw = table(
        "a,o,m,b,t",
        "0123456789,1111,-1.00,9.00,2026-03-01 10:00",
        "9999999999,1111,5.00,5.00,2026-03-01 10:00",
        "0123456789,1111,-1.00,8.00,2026-03-01 11:00",
        "9999999999,1111,5.00,11.00,2026-03-01 11:00",
    )
    assert refusals(raw, mapping=json.dumps(mapping)) == {
        "balance of DBSSSGSG:9999999999": "Its balances do not follow from its amounts: rows are missing or altered."
    }
    (found,) = covered(raw, mapping=json.dumps(mapping))
    assert (found.account, found.opening, found.closing) == (A, 1000, 800)


def test_a_balance_that_does_not_follow_is_an_objection_and_nothing_is_complete() -> None:
    raw = table(BOOKED[0], BOOKED[1], BOOKED[3])
    assert list(refusals(raw, mapping=said(STATEMENT))) == [f"balance of {A}"]
    assert covered(raw, mapping=said(STATEMENT)) == ()


def test_a_refused_row_takes_the_completeness_with_it() -> None:
    raw = table(*BOOKED[:2], "2026-03-01 10:00,,,,x,950.00,", BOOKED[3])
    assert list(refusals(raw, mapping=said(STATEMENT))) == ["row 3"]
    assert covered(raw, mapping=said(STATEMENT)) == ()


def test_a_direction_gives_the_sign() -> None:
    mapping = {"form": "payments", "account": A, "currency": "SGD", "words": {"keluar": "out"},
               "columns": {"time": "t", "amount": "m", "direction": "d", "counterparty": "o"}}  # fmt: skip
    good = ("t,m,d,o", "2026-03-01 10:00,1.00,keluar,1234", "2026-03-01 11:00,2.00,CR,1234")
    rows = payments(table(*good), mapping=json.dumps(mapping))
    assert [(row.payer, row.payee) for row in rows] == [(A, "1234"), ("1234", A)]
    bad = ("2026-03-01 12:00,3.00,?,1", "2026-03-01 12:00,-3.00,DR,1")
    assert list(refusals(table(*good, *bad), mapping=json.dumps(mapping))) == ["row 4", "row 5"]


def test_addresses_transactions_and_custodians_stand_apart() -> None:
    raw = table(
        "timestamp,blockchain,transaction hash,log index,asset,amount,from address,from owner,from custodian,"
        "to address",
        "2026-03-01T02:00:00Z,tron,ab12,0,USDT,1.5,TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t,C51556026,XCHGTHB0,0x" + "1" * 40,
        "2026-03-01T02:00:00Z,tron,ab12,,USDT,2,TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t,EXAMPLE PERSON,,0x" + "1" * 40,
    )
    first, second = payments(raw)
    assert (first.payer, first.payee, first.reference) == ("XCHGTHB0:C51556026", "0x" + "1" * 40, "tx:TRON:ab12:0")
    assert (first.kind, first.channel, first.debit_minor) == ("crypto", "chain", 1_500_000)
    assert second.payer == "TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t", "a name is no account"
    posted = {(each.identifier.scheme, each.entity) for each in read(raw).postings}
    assert ("tron", 2) in posted, "the custodian's account shows the address that stands for it"


@pytest.mark.parametrize(
    ("amount", "decimal", "minor"),
    [
        ("25", "point", 2500), ("25.5", "point", 2550), ("1,234.56", "point", 123456), ("0.01", "point", 1),
        ("25", "comma", 2500), ("25,5", "comma", 2550), ("1.234,56", "comma", 123456),
        ("1.234.567", "comma", 123456700), ("100.0000", "point", 10000),
    ],
)  # fmt: skip
def test_an_amount_is_exact(amount: str, decimal: str, minor: int) -> None:
    raw = table("p;q;m;t", f"1;2;{amount};2026-03-01")
    (row,) = payments(raw, mapping=said(SHORT, decimal=decimal))
    assert row.debit_minor == minor


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("2026-03-01,1,2,12.500,SGD,", "ambiguous"),
        ('2026-03-01,1,2,"1,23",SGD,', "is no amount"),
        ("2026-03-01,1,2,1.234.567,SGD,", "is no amount"),
        ("2026-03-01,1,2,-5,SGD,", "is negative"),
        ("2026-03-01,1,2,0,SGD,", "one of zero"),
        ("2026-03-01,1,2,,SGD,", "no amount"),
        ("2026-03-01,1,2,1e5,SGD,", "is no amount"),
        ("2026-03-01,1,2,inf,SGD,", "is no amount"),
        ("2026-03-01,1,2,٣,SGD,", "is no amount"),
        ("2026-03-01,1,2,1.01,JPY,", "finer than JPY"),
        ("2026-03-01,1,2,99999999999999999,SGD,", "larger than any payment"),
        ("2026-03-01,1,2,1,ZZZ,", "'ZZZ' is not known"),
        ("2026-03-01,1,2,1,,", "no currency"),
        ("2026-13-01,1,2,1,SGD,", "cannot be read"),
        ("99999-01-01,1,2,1,SGD,", "cannot be read"),
        ("1066-01-01,1,2,1,SGD,", "not from 1900"),
        (",1,2,1,SGD,", "no time"),
        ("2026-03-01,,,1,SGD,", "names no account"),
        (f"2026-03-01,{'9' * 200},2,1,SGD,", "at most 128"),
        ("2026-03-01,1\x1b,2,1,SGD,", "can be shown"),
        ("2026-03-01,1,2,1,SGD,,,more", "8 cells"),
    ],
)  # fmt: skip
def test_a_bad_row_is_refused_and_spoils_no_other(line: str, reason: str) -> None:
    good = f"2026-03-01T10:00:00+08:00,{A},{B},1.00,SGD,R1"
    bad = refusals(table(HEAD, good, line, good), reader="payments/1")
    assert list(bad) == ["row 3"]
    assert reason in bad["row 3"]


def test_a_quotation_mark_that_is_never_closed_costs_one_row() -> None:
    good = f"2026-03-01T10:00:00+08:00,{A},{B},1.00,SGD,R1"
    assert list(refusals(table(HEAD, *[good] * 5, f'2026-03-01,"{A},{B},1.00,SGD,R1', good))) == ["row 7"]


def test_blank_rows_and_short_rows_are_no_trouble() -> None:
    good = f"2026-03-01T10:00:00+08:00,{A},{B},1.00,SGD"
    assert [row.row for row in payments(table("", HEAD, "", good, ",,,,,", good))] == [4, 6]


@pytest.mark.parametrize(
    ("text", "form", "at"),
    [
        ("2026-03-01T10:00:00+08:00", "iso", TEN), ("2026-03-01 10:00", "iso", TEN), ("20260301 1000", "iso", TEN),
        ("2026/03/01 10:00", "iso", TEN), ("01/03/2026 10:00", "dmy", TEN), ("1.3.2026 10:00 AM", "dmy", TEN),
        ("03/01/2026 10:00:00", "mdy", TEN), ("01/03/2026, 02:00 Z", "dmy", TEN), ("1772330400", "unix", TEN),
        ("1772330400000", "unix_ms", TEN), ("2026-03-01T10:00:00.000000999+08:00", "iso", TEN),
        ("2026-03-01T24:00:00+08:00", "iso", None), ("01/03/2026", "iso", None), ("31/02/2026", "dmy", None),
        ("01/03/26", "dmy", None), ("2026-W01-1T10:00:00", "iso", None), ("10:00", "iso", None), ("-1", "unix", None),
        ("1e9", "unix", None), ("99999999999999", "unix", None), ("13:00 PM", "dmy", None),
    ],
)  # fmt: skip
def test_times_are_read_in_their_form_or_not_at_all(text: str, form: str, at: int | None) -> None:
    raw = table("p;q;m;t", f"1;2;3;{text}")
    if at is None:
        assert "time" in refusals(raw, mapping=said(SHORT, time=form))["row 2"]
    else:
        assert payments(raw, mapping=said(SHORT, time=form))[0].debit_at == at


def test_days_before_months_are_seen_in_the_values_or_taken_from_the_place() -> None:
    line = "{},1,2,3,SGD,".format
    assert (
        payments(table(HEAD, line("13/03/2026"), line("01/03/2026")))[1].debit_at
        == payments(table(HEAD, line("2026-03-13"), line("2026-03-01")))[1].debit_at
    )
    mapping = guess_payments(table(HEAD, line("03/13/2026")), "SG")
    assert mapping is not None
    assert mapping.time == "mdy"
    with pytest.raises(Malformed, match="not certain"):
        read(table(HEAD, line("01/03/2026")), region="", reader="payments/1")


def test_a_date_and_a_clock_make_a_time() -> None:
    assert payments(table("date,time,from,to,amount,currency", "2026-03-01,10:00,1234,5678,1,SGD"))[0].debit_at == TEN


def test_kinds_and_channels_are_words_of_ours_or_mapped() -> None:
    columns = {"payer": "p", "payee": "q", "amount": "m", "time": "t", "kind": "k", "channel": "c", "of": "o"}
    mapping = {**SHORT, "columns": columns, "words": {"ATM": "cash_out", "FAST": "instant"}}
    raw = table("p,q,m,t,k,c,o", "1,,1,2026-03-01,ATM,FAST,", "1,2,1,2026-03-01,transfer,what,E9")
    first, second = payments(raw, mapping=json.dumps(mapping))
    assert (first.kind, first.channel, first.payee) == ("cash_out", "instant", "")
    assert (second.kind, second.channel, second.of) == ("transfer", "", "e2e:E9")


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"columns": {}}, "no column holds the amount"),
        ({"columns": {"amount": "a", "payer": "p"}}, "no column holds the time"),
        ({"columns": {"amount": "a", "time": "t"}}, "no column holds the payer"),
        ({"columns": {"amount": "a", "time": "a", "payer": "p"}}, "stands for two fields"),
        ({"columns": AMLSIM_COLUMNS | {"colour": "c"}}, "no field 'colour'"),
        ({"currency": ""}, "says the currency"),
        ({"currency": "ZZZ"}, "'ZZZ' is not known"),
        ({"zone": "Asia/Bangkok"}, "is none: write +08:00"),
        ({"start": "then"}, "need a `start`"),
        ({"step_s": 0}, "a step has"),
        ({"kind": "gift"}, "no kind 'gift'"),
        ({"encoding": "ebcdic"}, "'ebcdic' is not known"),
        ({"v": 2}, "version 2"),
    ],
)
def test_a_mapping_that_does_not_fit_together_says_where(changed: dict[str, object], reason: str) -> None:
    with pytest.raises(BadInput, match="does not fit together") as refused:
        PaymentsMapping.from_json(said(AMLSIM, **changed))
    assert reason in refused.value.message


@pytest.mark.parametrize(
    "text", ['{"form": "payments"}', '{"form": "payments", "columns": {"amount": 1}}', '"form": "payments"']
)
def test_a_broken_mapping_is_bad_input(text: str) -> None:
    with pytest.raises(BadInput):
        PaymentsMapping.from_json(text)


def test_a_mapping_is_the_same_written_and_read() -> None:
    mapping = PaymentsMapping.from_json(said(STATEMENT))
    assert PaymentsMapping.from_json(mapping.to_json()) == mapping


def test_a_mapping_for_another_table_is_refused() -> None:
    with pytest.raises(Malformed, match="another table"):
        read(table("a,b", "1,2"), mapping=said(AMLSIM))


def test_an_older_encoding_is_read_by_its_letters_and_said_of_the_file() -> None:
    header = "วันที่;บัญชีผู้โอน;บัญชีผู้รับ;จำนวนเงิน;สกุลเงิน;หมายเหตุ"
    raw = table(header, f"2026-03-01 10:00;{A};{B};25.5;SGD;โอนเงินค่าสินค้าออนไลน์").decode().encode("cp874")
    container = checked(raw, "payments/1", ReadOptions(region="SG"))
    assert container.notes == ("It is not UTF-8; by its letters it is windows-874, and was read so.",)
    assert container.slices[0].media_type.startswith("text/csv;form=payments;charset=windows-874")


def test_a_suggested_mapping_reads_alike() -> None:
    raw = table(HEAD, f"2026-03-01T10:00:00+08:00,{A},{B},1.00,SGD,R1")
    mapping = guess_payments(raw, "SG")
    assert mapping is not None
    assert payments(raw, mapping=mapping.to_json()) == payments(raw)


@given(st.integers(1, 10**15), st.sampled_from(["SGD", "JPY", "KWD"]))
def test_no_amount_loses_a_minor_unit(minor: int, currency: str) -> None:
    digits = {"SGD": 2, "JPY": 0, "KWD": 3}[currency]
    text = str(minor).rjust(digits + 1, "0")
    written = f"{text[:-digits]}.{text[-digits:]}" if digits else text
    (row,) = payments(table(HEAD, f"2026-03-01,1,2,{written},{currency},"), reader="payments/1")
    assert row.debit_minor == minor


@pytest.mark.parametrize("of", ["id:" + "x" * 500, "e2e:\u202eR1", "tx:\x1b[31m"])
def test_a_reference_to_another_payment_that_cannot_be_one_is_left_out_and_spoils_no_row(of: str) -> None:
    columns = {"payer": "from", "payee": "to", "amount": "amount", "time": "date", "currency": "currency", "of": "of"}
    mapping = json.dumps({"v": 1, "form": "payments", "columns": columns})
    raw = table("date,from,to,amount,currency,of", *(f"2026-03-01,{A},{B},1.00,SGD,{one}" for one in (of, "e2e:R1")))
    assert [one.of for one in payments(raw, mapping=mapping)] == ["", "e2e:R1"]


DOUBTFUL = table(
    HEAD, f"2026-03-01 10:00,{A},{B},1.00,SGD,R1", *(f"2026-03-01 10:00,{A},{B},x,SGD,R{n}" for n in range(2))
)


def noted(raw: bytes, *, name: str = "x.csv", reader: str = "", mapping: str = "") -> tuple[str, ...]:
    options = ReadOptions(region="SG", mapping=mapping)
    return read_file(raw, file_name=name, reader=reader, options=options, packs=packs()).notes


@pytest.mark.parametrize("is_mapped", [False, True])
def test_a_plain_table_that_is_headed_as_payments_says_how_many_rows_are_none(is_mapped: bool) -> None:
    mapping = guess_mapping(DOUBTFUL, packs(), "SG").to_json() if is_mapped else ""
    assert detect(DOUBTFUL, "x.csv", mapping) == "table/1"
    (note,) = (one for one in noted(DOUBTFUL, mapping=mapping) if "payments" in one)
    assert "2 of 3 rows" in note
    assert "--format payments" in note


@pytest.mark.parametrize(
    ("raw", "reader"),
    [
        (DOUBTFUL, "table/1"),  # somebody said so
        (table("Name,Phone", "A,+6561234567", "B,+6561234568"), ""),
        (table(HEAD, f"2026-03-01 10:00,{A},{B},1.00,SGD,R1"), ""),
        (table(HEAD), ""),
    ],
)
def test_nothing_is_said_of_other_tables(raw: bytes, reader: str) -> None:
    assert not any("payments" in note for note in noted(raw, reader=reader))
