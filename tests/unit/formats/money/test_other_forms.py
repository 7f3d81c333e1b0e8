# SPDX-License-Identifier: Apache-2.0
import json
import zipfile
from io import BytesIO

import pytest

from lintas.errors import Malformed, OverLimit
from lintas.formats.detect import detect
from lintas.formats.iso20022 import write_recall, write_resolution
from lintas.formats.money.reader import guess_payments
from lintas.model.desk import Money
from lintas.model.money import NEVER
from lintas.model.recall import Institution, Recall, RecalledPayment, Resolution, ResolvedPayment
from tests.unit.formats.money.builders import UETR, A, B, payments, read, refusals, workbook

TEN = 1_772_330_400_000_000  # 2026-03-01T10:00:00+08:00


def pacs004(
    *, amount: str = "100.00", refs: str = f"<OrgnlUETR>{UETR}</OrgnlUETR>", group: str = "", parties: str = ""
) -> bytes:
    parties = parties or (
        "<OrgnlTxRef><DbtrAcct><Id><Othr><Id>0123456789</Id></Othr></Id></DbtrAcct><DbtrAgt><FinInstnId><BICFI>DBSSSGSG"
        "</BICFI></FinInstnId></DbtrAgt><CdtrAgt><FinInstnId><BICFI>KASITHBK</BICFI></FinInstnId></CdtrAgt><CdtrAcct>"
        "<Id><Othr><Id>9876543210</Id></Othr></Id></CdtrAcct></OrgnlTxRef>"
    )
    return (
        '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pacs.004.001.09"><PmtRtr><GrpHdr><MsgId>M</MsgId>'
        f"<CreDtTm>2026-03-01T10:00:00+08:00</CreDtTm>{group}</GrpHdr><TxInf><RtrId>R1</RtrId>{refs}"
        f'<RtrdIntrBkSttlmAmt Ccy="SGD">{amount}</RtrdIntrBkSttlmAmt>{parties}</TxInf></PmtRtr></Document>'
    ).encode()


def test_a_return_goes_back_and_names_what_it_returns() -> None:
    (row,) = payments(pacs004())
    assert (row.payer, row.payee, row.kind, row.of, row.reference) == (B, A, "return", f"uetr:{UETR}", "id:KASITHBK:R1")
    assert (row.debit_minor, row.debit_at, row.legs) == (10000, TEN, 1)


@pytest.mark.parametrize(
    ("raw", "where", "reason"),
    [
        (pacs004(amount="x"), "return 1", "is no amount"),
        (pacs004(parties="<OrgnlTxRef/>"), "return 1", "names no account"),
        (pacs004(group="<NbOfTxs>9</NbOfTxs>"), "group header", "has 9 payments, it has 1"),
        (pacs004(group='<TtlRtrdIntrBkSttlmAmt Ccy="SGD">1</TtlRtrdIntrBkSttlmAmt>'), "group header", "total SGD 1"),
    ],
)
def test_a_bad_return_is_refused(raw: bytes, where: str, reason: str) -> None:
    assert reason in refusals(raw)[where]


BANK, DESK = Institution(bic="KASITHBK"), Institution(bic="DBSSSGSG")
RECALL = Recall(
    id="C1", case="", asker=DESK, bank=BANK, made_at="2026-03-01T02:00:00.000Z",
    payments=(
        RecalledPayment(
            id="X1", end_to_end="E1", transaction="", uetr=UETR, amount=Money(10000, "SGD"), settled_on="",
            reason="FRAD", about=(), from_account="0123456789", to_account="9876543210", to_bank=BANK,
        ),
    ),
)  # fmt: skip


def test_a_recall_is_words_about_a_payment() -> None:
    (row,) = payments(write_recall(RECALL))
    assert (row.kind, row.of, row.payer, row.payee, row.debit_minor) == ("recall", f"uetr:{UETR}", A, B, 10000)
    assert (row.reference, row.debit_at) == ("id:DBSSSGSG:X1", TEN)


def test_an_answer_to_a_recall_names_the_payment_and_no_account() -> None:
    paid = ResolvedPayment(
        id="Y1", end_to_end="E1", transaction="", uetr=UETR, status="ACCR", reason="", about=(),
        returned=Money(5000, "SGD"), amount=Money(10000, "SGD"),
    )  # fmt: skip
    answer = Resolution(
        id="N1",
        recall="C1",
        case="",
        bank=BANK,
        asker=DESK,
        made_at="2026-03-01T02:00:00.000Z",
        status="CNCL",
        payments=(paid,),
    )
    (row,) = payments(write_resolution(answer))
    assert (row.kind, row.of, row.payer, row.payee, row.debit_minor) == ("recall", f"uetr:{UETR}", "", "", 5000)


def goaml(*transactions: str, currency: str = "SGD") -> bytes:
    return (
        '<?xml version="1.0" encoding="UTF-8"?><report><rentity_id>17</rentity_id><submission_code>E</submission_code>'
        f"<report_code>STR</report_code><currency_code_local>{currency}</currency_code_local>{''.join(transactions)}</report>"
    ).encode()


def account(side: str, number: str, swift: str) -> str:
    return f"<{side}_account><swift>{swift}</swift><account>{number}</account></{side}_account>"


def transaction(
    source: str = f"<t_from_my_client>{account('from', '0123456789', 'DBSSSGSG')}</t_from_my_client>",
    target: str = f"<t_to>{account('to', '9876543210', 'KASITHBK')}</t_to>",
    *, amount: str = "100.00", at: str = "2026-03-01T10:00:00",
) -> str:  # fmt: skip
    return (
        f"<transaction><transactionnumber>T1</transactionnumber><date_transaction>{at}</date_transaction>"
        f"<amount_local>{amount}</amount_local>{source}{target}</transaction>"
    )


def test_a_report_to_an_fiu_has_its_transactions_as_payments() -> None:
    (row,) = payments(goaml(transaction()))
    assert (row.payer, row.payee, row.debit_minor, row.debit_at, row.legs) == (A, B, 10000, TEN, 1)
    assert (row.reference, row.kind) == ("id:17:T1", "transfer")


def test_a_person_without_an_account_paid_in_or_out() -> None:
    person = "<from_person><first_name>EXAMPLE</first_name><last_name>PERSON</last_name></from_person>"
    raw = goaml(transaction(source=f"<t_from>{person}</t_from>"))
    (row,) = payments(raw)
    assert (row.payer, row.kind, row.channel) == ("", "cash_in", "cash")
    assert "EXAMPLE" not in str(read(raw))


def test_foreign_money_of_a_report_has_both_amounts() -> None:
    foreign = (
        "<to_foreign_currency><foreign_currency_code>THB</foreign_currency_code><foreign_amount>2500</foreign_amount>"
        "</to_foreign_currency>"
    )
    (row,) = payments(goaml(transaction(target=f"<t_to>{foreign}{account('to', '9876543210', 'KASITHBK')}</t_to>")))
    assert (row.debit_minor, row.debit_currency, row.credit_minor, row.credit_currency) == (10000, "SGD", 250000, "THB")


@pytest.mark.parametrize(
    ("made", "reason"),
    [
        (transaction(amount="much"), "is no amount"),
        (transaction(at="once"), "no date"),
        (transaction(source="", target=""), "parties with roles"),
        (transaction(source="<t_from><from_funds_code>K</from_funds_code></t_from>", target=""), "names no account"),
    ],
)
def test_a_bad_transaction_of_a_report_is_refused(made: str, reason: str) -> None:
    assert reason in refusals(goaml(transaction(), made))["transaction 2"]


def test_a_report_in_an_unknown_currency_is_refused_row_by_row() -> None:
    assert "'ZZZ' is not known" in refusals(goaml(transaction(), currency="ZZZ"))["transaction 1"]


HEAD: list[str | float | int] = ["date", "from", "to", "amount", "currency", "reference"]


def test_a_workbook_is_read_like_a_table() -> None:
    raw = workbook(
        [HEAD, ["2026-03-01 10:00", A, B, 25000.5, "SGD", "R1"], ["2026-03-01 10:00", A, B, "1.10", "SGD", "R2"]]
    )
    assert detect(raw, "x.xlsx") == "payments/1"
    first, second = payments(raw)
    assert (first.payer, first.payee, first.debit_minor, first.debit_at, first.row) == (A, B, 2500050, TEN, 2)
    assert second.debit_minor == 110
    assert guess_payments(raw, "SG") is not None


@pytest.mark.parametrize(("value", "minor"), [(0.1 + 0.2, 30), (1e5, 10_000_000), (1234567.89, 123456789), (7, 700)])
def test_a_number_of_a_workbook_is_what_its_spreadsheet_shows(value: float, minor: int) -> None:
    assert (
        payments(workbook([HEAD, ["2026-03-01", "1", "2", value, "SGD", ""]]), reader="payments/1")[0].debit_minor
        == minor
    )


def with_parts(raw: bytes, **changed: bytes | None) -> bytes:
    """A workbook of which parts are replaced, added or left out."""
    out = BytesIO()
    names = {name.replace("/", "_").replace(".", "_"): name for name in zipfile.ZipFile(BytesIO(raw)).namelist()}
    with zipfile.ZipFile(BytesIO(raw)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for key, name in names.items():
            data = changed.pop(key, old.read(name))
            if data is not None:
                new.writestr(name, data)
        for key, data in changed.items():
            new.writestr(key, data or b"")
    return out.getvalue()


BOOK = workbook([HEAD, ["2026-03-01", "1", "2", 3, "SGD", ""]])


@pytest.mark.parametrize(
    "raw",
    [
        BOOK[:-40],
        BOOK.replace(b"xl/worksheets/sheet1.xml", b"xl/worksheets/sheet2.xml"),
        with_parts(BOOK, xl_worksheets_sheet1_xml=None),
        with_parts(BOOK, xl_worksheets_sheet1_xml=b"<worksheet"),
        with_parts(BOOK, xl_worksheets_sheet1_xml=b"<!DOCTYPE a [<!ENTITY b 'c'>]><worksheet/>"),
        with_parts(BOOK, xl_worksheets_sheet1_xml=b"<a>" * 100 + b"</a>" * 100),
        with_parts(BOOK, xl_worksheets_sheet1_xml=b" " * 5_000_000),
        with_parts(BOOK, xl_worksheets_sheet1_xml=b'<w xmlns="s"><row r="9999999"/></w>'),
        with_parts(BOOK, xl_worksheets_sheet1_xml=b'<w xmlns="s"><row r="1"><c r="ZZZ1"><v>1</v></c></row></w>'),
        with_parts(BOOK, xl_workbook_xml=b"<w/>"),
        workbook([["a", "b"], ["1", "2"]]),
        workbook([]),
    ],
)
def test_a_hostile_workbook_is_refused_whole(raw: bytes) -> None:
    with pytest.raises((Malformed, OverLimit)):
        read(raw, reader="payments/1")


def test_dates_of_a_workbook_are_dates() -> None:
    raw = workbook([HEAD, ["2026-03-01", "1", "2", 3, "SGD", ""]])
    sheet = zipfile.ZipFile(BytesIO(raw)).read("xl/worksheets/sheet1.xml").decode()
    place = sheet.index('<c r="A2"')
    end = sheet.index("</c>", place) + 4
    dated = with_parts(
        raw,
        xl_worksheets_sheet1_xml=(sheet[:place] + '<c r="A2" s="1"><v>46082.4166666667</v></c>' + sheet[end:]).encode(),
        **{"xl/styles.xml": b'<s xmlns="s"><cellXfs><xf numFmtId="0"/><xf numFmtId="22"/></cellXfs></s>'},
    )
    assert payments(dated, reader="payments/1")[0].debit_at == TEN


WALLET, OTHER = "0x" + "1" * 40, "0x" + "2" * 40
HASH = "0x" + "ab" * 32


def explorer(**changed: object) -> dict[str, object]:
    return {
        "timeStamp": "1772330400", "hash": HASH, "from": WALLET, "to": OTHER, "value": "1500000", "tokenSymbol": "USDT",
        "tokenDecimal": "6", "logIndex": 3,
    } | changed  # fmt: skip


def test_transfers_of_an_explorer_are_payments_on_a_chain() -> None:
    raw = json.dumps({"status": "1", "result": [explorer(), explorer(value="1", logIndex=4)]}).encode()
    assert detect(raw, "x.json") == "payments/1"
    first, second = payments(raw)
    assert (first.payer, first.payee, first.debit_minor, first.debit_currency) == (WALLET, OTHER, 1_500_000, "USDT")
    assert (first.reference, first.kind, first.channel, first.row) == (f"tx:ETHEREUM:{HASH}:3", "crypto", "chain", 1)
    assert (first.debit_at, first.credit_at, second.debit_minor) == (TEN, NEVER, 1)


def test_transfers_of_one_transaction_without_an_index_are_counted() -> None:
    rows = payments(json.dumps([explorer(logIndex=None), explorer(logIndex=None)]).encode())
    assert [row.reference for row in rows] == [f"tx:ETHEREUM:{HASH}:0", f"tx:ETHEREUM:{HASH}:1"]


def test_what_is_finer_than_is_kept_is_cut_and_said() -> None:
    raw = json.dumps([explorer(tokenSymbol="ETH", tokenDecimal="18", value="1000000000999999999")]).encode()
    assert payments(raw)[0].debit_minor == 1_000_000_000
    assert any("finer than is kept" in note for note in read(raw).notes)


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"value": "1.5"}, "cannot be read"),
        ({"value": "-1"}, "cannot be read"),
        ({"value": None}, "cannot be read"),
        ({"tokenDecimal": "999"}, "cannot be read"),
        ({"tokenSymbol": "FAKE"}, "cannot be read"),
        ({"from": None, "to": {}}, "names no account"),
        ({"timeStamp": "soon"}, "cannot be read"),
        ({"value": "9" * 60}, "cannot be read"),
    ],
)
def test_a_bad_transfer_is_refused_and_spoils_no_other(changed: dict[str, object], reason: str) -> None:
    good = [explorer(logIndex=each) for each in range(9)]
    said = refusals(json.dumps([*good, explorer(**changed)]).encode())
    assert list(said) == ["row 10"]
    assert reason in said["row 10"]


@pytest.mark.parametrize("raw", [b"[", b"[]", b"[1]", b"{}", b'{"result": 1}', b"[" * 100_000, b'[{"a": 1}]'])
def test_json_without_transfers_is_refused(raw: bytes) -> None:
    assert detect(raw, "x.json") == "text/1"
