# SPDX-License-Identifier: Apache-2.0
import pytest

from lintas.errors import Malformed
from lintas.formats.detect import detect
from lintas.model.money import NEVER, UNKNOWN_MINOR, Covered
from tests.unit.formats.money.builders import (
    UETR,
    A,
    B,
    balance,
    camt053,
    covered,
    detail,
    entry,
    payments,
    read,
    refusals,
)

DAY = 1_772_294_400_000_000  # 2026-03-01T00:00:00+08:00, where the bank is
ALL_DAY = 86_400_000_000
OPEN, CLOSE = balance("OPBD", "1000.00", "2026-03-01"), balance("CLBD", "850.00", "2026-03-01")
PAID = entry("200.00", details=detail(refs=f"<EndToEndId>E1</EndToEndId><UETR>{UETR}</UETR>"))
CAME = entry("50.00", "CRDT", details=detail(side="Dbtr", refs="<EndToEndId>E2</EndToEndId>"))


def test_a_statement_that_adds_up_is_complete() -> None:
    raw = camt053(OPEN, PAID, CAME, CLOSE)
    out, came = payments(raw)
    assert (out.payer, out.payee, out.reference, out.legs) == (A, B, f"uetr:{UETR}", 1)
    assert (out.debit_minor, out.credit_minor, out.debit_at, out.credit_at) == (20000, UNKNOWN_MINOR, DAY + 1, NEVER)
    assert (came.payer, came.payee, came.reference, came.legs) == (B, A, "e2e:E2", 2)
    assert (came.debit_minor, came.credit_minor, came.debit_at, came.credit_at) == (UNKNOWN_MINOR, 5000, NEVER, DAY + 2)
    assert covered(raw) == (Covered(A, "SGD", DAY, DAY + ALL_DAY, 100000, 85000),)


@pytest.mark.parametrize(
    ("parts", "reason"),
    [
        ((OPEN, PAID, CLOSE), "not its opening balance and its bookings"),
        ((OPEN, PAID, CAME, balance("CLBD", "850.01", "2026-03-01")), "not its opening balance"),
        ((OPEN, PAID, CAME, balance("CLBD", "850.00", "2026-03-01", "DBIT")), "not its opening balance"),
        ((OPEN, PAID, CAME, balance("CLBD", "850.00", "2026-03-01", currency="USD")), "another currency"),
        ((OPEN, PAID, CAME, balance("CLBD", "850.00", "2026-03-01", currency="ZZZ")), "not known"),
        ((OPEN, PAID, CAME, balance("CLBD", "x", "2026-03-01")), "no amount"),
        ((OPEN, PAID, CAME, balance("CLBD", "850.00", "2026-03-01", "")), "neither CRDT nor DBIT"),
        (
            (OPEN, PAID, CAME, entry("1.00", day="<Dt>2026-03-09</Dt>"), balance("CLBD", "849.00", "2026-03-01")),
            "outside",
        ),
        (
            ("<TxsSummry><TtlNtries><NbOfNtries>3</NbOfNtries></TtlNtries></TxsSummry>", OPEN, PAID, CAME, CLOSE),
            "has 3 entries, it has 2",
        ),
    ],
)
def test_a_statement_that_does_not_add_up_is_an_objection_and_covers_nothing(
    parts: tuple[str, ...], reason: str
) -> None:
    raw = camt053(*parts)
    assert reason in refusals(raw)["statement 1"]
    assert covered(raw) == ()
    assert len(read(raw).ledger) > 0


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (entry("-1.00"), "is no amount"),
        (entry("0.00"), "zero"),
        (entry("1.00", "BOTH"), "neither CRDT nor DBIT"),
        (entry("1.00", currency="USD"), "It is in USD"),
        (entry("1.00", day=""), "no booking date"),
        (entry("1.00", day="<Dt>2026-02-30</Dt>"), "cannot be read"),
        (entry("1.00", details=detail() + detail()), "no amount"),
        (
            entry("3.00", details=2 * detail(more='<Amt Ccy="SGD">1.00</Amt>')),
            "do not add up",
        ),
        (entry("1.00", details=detail(other="9" * 200)), "at most 128"),
    ],
)
def test_a_bad_entry_is_refused_and_the_statement_covers_nothing(bad: str, reason: str) -> None:
    raw = camt053(OPEN, PAID, bad, CAME, CLOSE)
    said = refusals(raw)
    assert reason in said["entry 2"]
    assert "not taken as complete" in said["statement 1"]
    assert covered(raw) == ()


def test_what_is_not_booked_yet_moves_nothing_and_costs_no_completeness() -> None:
    raw = camt053(OPEN, PAID, entry("7.00", status="PDNG"), CAME, CLOSE)
    assert list(refusals(raw)) == ["entry 2"]
    assert len(covered(raw)) == 1


def test_a_batch_is_as_many_payments_as_it_has_details() -> None:
    one, two = (
        detail(other=other, more=f'<Amt Ccy="SGD">{amount}</Amt>')
        for other, amount in (("1111", "1.50"), ("2222", "2.50"))
    )
    rows = payments(camt053(entry("4.00", details=one + two)))
    assert [(row.payee, row.debit_minor, row.row) for row in rows] == [
        ("KASITHBK:1111", 150, 1),
        ("KASITHBK:2222", 250, 1),
    ]


def test_a_time_of_booking_is_kept_and_a_day_takes_the_time_of_its_payment() -> None:
    timed = entry("1.00", day="<DtTm>2026-03-01T02:00:00Z</DtTm>")
    told = entry("1.00", details=detail(more="<RltdDts><AccptncDtTm>2026-03-01T03:00:00Z</AccptncDtTm></RltdDts>"))
    other = entry("1.00", details=detail(more="<RltdDts><AccptncDtTm>2026-02-28T03:00:00Z</AccptncDtTm></RltdDts>"))
    hour = 3_600_000_000
    assert [row.debit_at - DAY for row in payments(camt053(timed, told, other))] == [10 * hour, 11 * hour, 2]


@pytest.mark.parametrize(
    ("more", "kind", "channel", "other"),
    [
        ("<BkTxCd><Domn><Fmly><Cd>CCRD</Cd><SubFmlyCd>CWDL</SubFmlyCd></Fmly></Domn></BkTxCd>", "cash_out", "cash", ""),
        ("<BkTxCd><Domn><Fmly><Cd>ICDT</Cd><SubFmlyCd>CHRG</SubFmlyCd></Fmly></Domn></BkTxCd>", "fee", "internal", ""),
        (
            "<BkTxCd><Domn><Fmly><Cd>IRCT</Cd><SubFmlyCd>DMCT</SubFmlyCd></Fmly></Domn></BkTxCd>",
            "transfer",
            "instant",
            B,
        ),
        ("<BkTxCd><Domn><Fmly><Cd>CCRD</Cd><SubFmlyCd>POSD</SubFmlyCd></Fmly></Domn></BkTxCd>", "transfer", "card", B),
        ("<RvslInd>true</RvslInd>", "return", "", B),
    ],
)
def test_codes_say_what_a_booking_is(more: str, kind: str, channel: str, other: str) -> None:
    (row,) = payments(camt053(entry("1.00", details=detail(), more=more)))
    assert (row.kind, row.channel, row.payee) == (kind, channel, other)


def test_a_return_names_what_it_returns_and_has_a_reference_of_its_own() -> None:
    back = detail(
        refs="<AcctSvcrRef>S9</AcctSvcrRef><EndToEndId>E1</EndToEndId>",
        side="Dbtr",
        more="<RtrInf><Rsn><Cd>AC04</Cd></Rsn></RtrInf>",
    )
    (row,) = payments(camt053(entry("1.00", "CRDT", details=back)))
    assert (row.kind, row.reference, row.of, row.payer, row.payee) == ("return", "id:DBSSSGSG:S9", "e2e:E1", B, A)


def test_the_other_side_of_a_change_of_currency_is_kept() -> None:
    more = '<AmtDtls><CntrValAmt><Amt Ccy="THB">2500.00</Amt></CntrValAmt></AmtDtls>'
    (row,) = payments(camt053(entry("100.00", details=detail(more=more))))
    assert (row.debit_minor, row.debit_currency, row.credit_minor, row.credit_currency) == (10000, "SGD", 250000, "THB")


def test_a_notification_has_bookings_and_covers_nothing() -> None:
    raw = camt053(PAID, CAME, message="camt.054")
    assert len(payments(raw)) == 2
    assert covered(raw) == ()


def test_a_period_says_more_than_the_days_of_balances() -> None:
    head = "<FrToDt><FrDtTm>2026-03-01T00:00:00+08:00</FrDtTm><ToDtTm>2026-03-01T23:59:59+08:00</ToDtTm></FrToDt>"
    (found,) = covered(camt053(OPEN, PAID, CAME, CLOSE, head=head))
    assert (found.start, found.end) == (DAY, DAY + ALL_DAY)


def test_yesterdays_closing_balance_opens_today() -> None:
    (found,) = covered(camt053(balance("PRCD", "1000.00", "2026-02-28"), PAID, CAME, CLOSE))
    assert found.start == DAY


def test_an_overdrawn_account_is_complete_without_its_balance() -> None:
    raw = camt053(balance("OPBD", "100.00", "2026-03-01", "DBIT"), CAME, balance("CLBD", "50.00", "2026-03-01", "DBIT"))
    assert covered(raw) == (Covered(A, "SGD", DAY, DAY + ALL_DAY, UNKNOWN_MINOR, UNKNOWN_MINOR),)
    assert any("overdrawn" in note for note in read(raw).notes)


def test_a_statement_without_an_account_is_refused_entry_by_entry() -> None:
    assert set(refusals(camt053(OPEN, PAID, CAME, CLOSE, account=""))) == {"entry 1", "entry 2", "statement 1"}


# --- MT940 ------------------------------------------------------------------------------------------------------------


def mt940(
    *lines: str,
    opening: str = "C260301SGD1000,00",
    closing: str = "C260301SGD850,00",
    account: str = "DBSSSGSG/0123456789",
) -> bytes:
    body = "\r\n".join((":20:S1", f":25:{account}", ":28C:1/1", f":60F:{opening}", *lines, f":62F:{closing}", "-}"))
    return f"{{1:F01DBSSSGSGAXXX0000000000}}{{2:O9400000}}{{4:\r\n{body}\r\n".encode()


GERMAN = ":86:166?20EREF+E1?21SVWZ+rent?30KASITHBK?319876543210?32EXAMPLE PERSON"
LINES = (
    ":61:2603010301D200,00NTRFREF1//BANK1",
    GERMAN,
    ":61:2603010301C50,NTRFNONREF",
    ":86:/EREF/E2//IBAN/DE89370400440532013000/",
)


def test_an_mt940_that_adds_up_is_complete_up_to_its_last_booking() -> None:
    raw = mt940(*LINES)
    assert detect(raw, "x.txt") == "payments/1"
    out, came = payments(raw)
    assert (out.payer, out.payee, out.reference, out.debit_minor, out.debit_at, out.legs) == (
        A,
        B,
        "e2e:E1",
        20000,
        DAY + 1,
        1,
    )
    assert (came.payer, came.payee, came.reference, came.credit_minor, came.credit_at) == (
        "DE89370400440532013000", A, "e2e:E2", 5000, DAY + 2,
    )  # fmt: skip
    assert covered(raw) == (Covered(A, "SGD", DAY, DAY + 3, 100000, 85000),)
    assert "EXAMPLE PERSON" not in str(read(raw))


@pytest.mark.parametrize(
    "about",
    [
        "/TRTP/SEPA/IBAN/9876543210/BIC/KASITHBK/NAME/X/EREF/E3",
        "/EREF/E3/CNTP/9876543210/KASITHBK/X/",
        "/EREF/E3//CNTP/9876543210/KASITHBK/",
    ],
)
def test_words_of_an_mt940_follow_one_another(about: str) -> None:
    (out,) = payments(mt940(":61:2603010301D150,00NTRFNONREF", f":86:{about}"))
    assert (out.payer, out.payee, out.reference) == (A, B, "e2e:E3")


def test_an_opening_balance_of_the_day_before_covers_from_the_next_day() -> None:
    (found,) = covered(mt940(*LINES, opening="C260228SGD1000,00"))
    assert found.start == DAY


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (":61:junk", "no statement line"),
        (":61:2603010301D0,00NTRFNONREF", "zero"),
        (":61:2603010301D1,005NTRFNONREF", "finer than SGD"),
        (":61:2602300301D1,00NTRFNONREF", "Its date 260230 is none"),
        (":61:2603010301ED1,00NTRFNONREF", "expected, not booked"),
        (":61:2603010301D999999999999999,00NTRFNONREF", "larger than any payment"),
        (":61:2603010301D-1,00NTRFNONREF", "no statement line"),
        (":61:" + "9" * 5_000, "no statement line"),
    ],
)
def test_a_bad_line_is_refused_and_the_statement_covers_nothing(line: str, reason: str) -> None:
    raw = mt940(line, *LINES)
    said = refusals(raw)
    assert reason in said["line 1"]
    assert "not taken as complete" in said["statement 1"]
    assert covered(raw) == ()


@pytest.mark.parametrize(
    "closing", ["C260301SGD850,01", "D260301SGD850,00", "C260301USD850,00", "C260301ZZZ850,00", "much"]
)
def test_an_mt940_that_does_not_add_up_is_an_objection(closing: str) -> None:
    raw = mt940(*LINES, closing=closing)
    assert list(refusals(raw)) == ["statement 1"]
    assert covered(raw) == ()


@pytest.mark.parametrize(
    ("line", "kind", "payer", "payee"),
    [
        (":61:2603010301RC1,00NTRFNONREF", "return", A, ""),
        (":61:2603010301D1,00NCHGNONREF", "fee", A, ""),
        (":61:2603010301D1,00NCSHNONREF", "cash_out", A, ""),
        (":61:2603010301CR1,00NCSHNONREF", "cash_in", "", A),
        (":61:260301C1,00NTRFNONREF", "transfer", "", A),
    ],
)
def test_types_of_lines_say_what_they_are(line: str, kind: str, payer: str, payee: str) -> None:
    closing = "C260301SGD999,00" if payer else "C260301SGD1001,00"
    (row,) = payments(mt940(line, closing=closing))
    assert (row.kind, row.payer, row.payee) == (kind, payer, payee)


def test_the_year_of_an_entry_date_is_the_nearest() -> None:
    lines = (":61:2601010101D1,00NTRFNONREF", ":61:2512310102D1,00NTRFNONREF")
    first, second = payments(mt940(*lines, opening="C251231SGD2,00", closing="C260102SGD0,00"))
    assert second.debit_at - first.debit_at == ALL_DAY


def test_pages_and_several_statements_are_read_one_after_the_other() -> None:
    raw = mt940(*LINES) + mt940(*LINES, account="DBSSSGSG/9999999999")
    assert [found.account for found in covered(raw)] == [A, "DBSSSGSG:9999999999"]


FIRST = mt940(*LINES[:2], closing="C260301SGD800,00").replace(b":62F:", b":62M:")
SECOND = mt940(*LINES[2:], opening="C260301SGD800,00").replace(b":60F:", b":60M:")


def test_pages_of_one_statement_are_one() -> None:
    assert covered(FIRST + SECOND) == covered(mt940(*LINES))
    assert [row.debit_at for row in payments(FIRST + SECOND)] == [row.debit_at for row in payments(mt940(*LINES))]


def test_a_page_alone_is_complete_between_its_balances() -> None:
    (first,), (second,) = covered(FIRST), covered(SECOND)
    assert (first.opening, first.closing, second.opening, second.closing) == (100000, 80000, 80000, 85000)
    assert second.start == DAY + 1, "what stood on the pages before it is not here"


def test_a_page_that_does_not_follow_is_a_statement_of_its_own() -> None:
    other = SECOND.replace(b":60M:C260301SGD800,00", b":60M:C260301SGD801,00")
    assert list(refusals(FIRST + other)) == ["statement 2"]
    assert len(covered(FIRST + other)) == 1


def test_a_text_that_only_begins_alike_is_no_statement() -> None:
    assert detect(b":20: is what he said", "") == "text/1"
    with pytest.raises(Malformed):
        read(b":20:1\n:25:", reader="payments/1")
