# SPDX-License-Identifier: Apache-2.0
import pytest

from lintas.errors import Malformed, OverLimit
from lintas.model.money import NEVER
from tests.unit.formats.money.builders import UETR, A, B, pacs008, payments, read, refusals, transfer

TEN = 1_772_330_400_000_000  # 2026-03-01T10:00:00+08:00
DAY = 1_772_323_200_000_000  # 2026-03-01T00:00:00Z


def test_a_transfer_is_the_payers_booking() -> None:
    (row,) = payments(pacs008(transfer()))
    assert (row.payer, row.payee, row.reference) == (A, B, f"uetr:{UETR}")
    assert (row.debit_minor, row.credit_minor, row.debit_currency, row.credit_currency) == (
        2500050,
        2500050,
        "SGD",
        "SGD",
    )
    assert (row.debit_at, row.credit_at, row.legs, row.kind, row.row) == (TEN, NEVER, 1, "transfer", 1)


def test_accounts_are_things_with_identifiers_and_names_stay_in_the_payload() -> None:
    derived = read(pacs008(transfer(more="<Dbtr><Nm>EXAMPLE PERSON</Nm></Dbtr>")))
    posted = {(each.identifier.scheme, each.identifier.value) for each in derived.postings}
    assert {("bank_account", A), ("bank_account", "any:9876543210"), ("uetr", UETR)} <= posted
    assert "EXAMPLE PERSON" not in str(derived)
    assert [entity.schema for entity in derived.entities] == ["File", "BankAccount", "BankAccount"]


def test_an_iban_is_its_own_key() -> None:
    payer = "</Id></Othr><IBAN>DE89 3704 0044 0532 0130 00</IBAN><Othr><Id>"
    assert payments(pacs008(transfer(payer=payer)))[0].payer == "DE89370400440532013000"


def test_a_member_of_a_clearing_system_is_named_by_code_and_number() -> None:
    raw = pacs008(transfer()).replace(
        b"<BICFI>DBSSSGSGXXX</BICFI>",
        b"<ClrSysMmbId><ClrSysId><Cd>USABA</Cd></ClrSysId><MmbId>021040078</MmbId></ClrSysMmbId>",
    )
    assert payments(raw)[0].payer == "USABA021040078:0123456789"


def test_a_proxy_stands_for_the_account() -> None:
    raw = pacs008(transfer()).replace(
        b"<Id><Othr><Id>9876543210</Id></Othr></Id>",
        b"<Prxy><Tp><Prtry>MOBILE</Prtry></Tp><Id>+66812345678</Id></Prxy>",
    )
    assert payments(raw)[0].payee == "mobile:+66812345678"


@pytest.mark.parametrize(
    ("more", "debit", "credit"),
    [
        ('<InstdAmt Ccy="SGD">25010.50</InstdAmt>', 2501050, 2500050),
        ('<InstdAmt Ccy="SGD">24990.50</InstdAmt>', 2500050, 2499050),
        ('<InstdAmt Ccy="SGD">25000.50</InstdAmt>', 2500050, 2500050),
    ],
)
def test_what_is_between_instructed_and_settled_is_a_charge(more: str, debit: int, credit: int) -> None:
    (row,) = payments(pacs008(transfer(more=more)))
    assert (row.debit_minor, row.credit_minor) == (debit, credit)


def test_a_change_of_currency_has_both_amounts() -> None:
    (row,) = payments(pacs008(transfer(more='<InstdAmt Ccy="JPY">3000000</InstdAmt>')))
    assert (row.debit_minor, row.debit_currency, row.credit_minor, row.credit_currency) == (
        3000000,
        "JPY",
        2500050,
        "SGD",
    )


@pytest.mark.parametrize(
    ("more", "at"),
    [
        ("<SttlmTmIndctn><DbtDtTm>2026-03-01T02:00:01Z</DbtDtTm></SttlmTmIndctn>", TEN + 1_000_000),
        ("<AccptncDtTm>2026-03-01T10:00:00.5+08:00</AccptncDtTm>", TEN + 500_000),
    ],
)
def test_the_debit_is_when_it_says(more: str, at: int) -> None:
    assert payments(pacs008(transfer(more=more)))[0].debit_at == at


def test_a_message_made_on_another_day_says_only_the_day_and_keeps_the_order_of_the_file() -> None:
    rows = payments(pacs008(transfer(), transfer(uetr="", end_to_end="E2"), made="2026-02-28T10:00:00Z"))
    assert [row.debit_at for row in rows] == [DAY + 1, DAY + 2]


@pytest.mark.parametrize(
    ("uetr", "end_to_end", "reference"),
    [
        ("", "E1", "e2e:E1"),
        ("", "NOTPROVIDED", ""),
        ("", "notprovided", ""),
        ("no uuid", "E1", "e2e:E1"),
        (UETR.upper(), "E1", f"uetr:{UETR}"),
        ("", "x" * 200, ""),
    ],
)
def test_only_references_that_can_be_relied_on_are_kept(uetr: str, end_to_end: str, reference: str) -> None:
    assert payments(pacs008(transfer(uetr=uetr, end_to_end=end_to_end)))[0].reference == reference


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"amount": "-1.00"}, "is no amount"),
        ({"amount": "1.005"}, "finer than SGD is"),
        ({"amount": "0.00"}, "zero"),
        ({"amount": "1e3"}, "is no amount"),
        ({"amount": "NaN"}, "is no amount"),
        ({"amount": "٣"}, "is no amount"),
        ({"amount": ""}, "no amount"),
        ({"amount": "9" * 17}, "larger than any payment"),
        ({"amount": "9" * 400}, "is no amount"),
        ({"currency": "XXX"}, "'XXX' is not known"),
        ({"currency": "sgd"}, "is not known"),
        ({"currency": ""}, "no currency"),
        ({"payer": "", "payee": ""}, "names no account"),
        ({"payer": "1" * 300}, "at most 128"),
        ({"more": "<AccptncDtTm>2026-02-30T10:00:00Z</AccptncDtTm>"}, "cannot be read"),
        ({"more": "<AccptncDtTm>0001-01-01T00:00:00Z</AccptncDtTm>"}, "from 1900"),
        ({"more": "<AccptncDtTm>9999-01-01T00:00:00Z</AccptncDtTm>"}, "from 1900"),
        ({"more": '<InstdAmt Ccy="SGD">x</InstdAmt>'}, "is no amount"),
    ],
)
def test_a_bad_payment_is_refused_and_spoils_no_other(changed: dict[str, str], reason: str) -> None:
    raw = pacs008(transfer(), transfer(**changed), transfer(uetr="", end_to_end="E3"))
    said = refusals(raw)
    assert list(said) == ["payment 2"]
    assert reason in said["payment 2"]


@pytest.mark.parametrize(
    ("group", "reason"),
    [
        ("<NbOfTxs>3</NbOfTxs>", "has 3 payments, it has 2"),
        ("<NbOfTxs>two</NbOfTxs>", "has two payments"),
        ("<NbOfTxs>2</NbOfTxs><CtrlSum>50001.01</CtrlSum>", "control sum"),
        ("<CtrlSum>x</CtrlSum>", "control sum"),
        ('<TtlIntrBkSttlmAmt Ccy="SGD">1</TtlIntrBkSttlmAmt>', "total SGD 1"),
        ('<TtlIntrBkSttlmAmt Ccy="USD">50001.00</TtlIntrBkSttlmAmt>', "total USD"),
    ],
)
def test_a_wrong_total_is_an_objection(group: str, reason: str) -> None:
    raw = pacs008(transfer(), transfer(uetr="", end_to_end="E2"), group=group)
    said = refusals(raw)
    assert list(said) == ["group header"]
    assert reason in said["group header"]


def test_right_totals_are_none() -> None:
    group = '<NbOfTxs>2</NbOfTxs><CtrlSum>50001.00000</CtrlSum><TtlIntrBkSttlmAmt Ccy="SGD">50001</TtlIntrBkSttlmAmt>'
    assert len(payments(pacs008(transfer(), transfer(uetr="", end_to_end="E2"), group=group))) == 2


def test_a_sum_over_currencies_counts_each_at_its_own_digits() -> None:
    group = "<CtrlSum>25100.50</CtrlSum>"
    assert len(payments(pacs008(transfer(), transfer(amount="100", currency="JPY"), group=group))) == 2


BOMB = '<!DOCTYPE d [<!ENTITY a "x">]>'


@pytest.mark.parametrize(
    "raw",
    [
        pacs008(transfer(), head=BOMB),
        pacs008(transfer(), head='<!DOCTYPE d SYSTEM "file:///etc/passwd">'),
        pacs008(transfer(), head="<?x y?>"),
        pacs008(transfer(), head='<?xml version="1.0" encoding="UTF-16"?>'),
        pacs008(transfer())[:-20],
        pacs008(transfer()) + b"<more/>",
        pacs008(transfer()).replace(b"E1", b"\xff\xfe"),
        pacs008(transfer()).replace(b"E1", b"E<b>1</b>"),
        pacs008(transfer(), "<a>" * 40 + "</a>" * 40),
        pacs008(transfer(end_to_end="E" * 3_000)),
    ],
)
def test_hostile_xml_is_refused_whole(raw: bytes) -> None:
    with pytest.raises((Malformed, OverLimit)):
        read(raw, reader="payments/1")


def test_what_stands_elsewhere_in_the_document_is_not_read() -> None:
    more = "<SplmtryData><CdtTrfTxInf><PmtId><UETR>x</UETR></PmtId></CdtTrfTxInf></SplmtryData>"
    assert len(payments(pacs008(transfer(more=more)))) == 1


def test_another_namespace_is_another_element() -> None:
    more = '<AccptncDtTm xmlns="urn:other">2026-03-01T10:00:30Z</AccptncDtTm>'
    assert payments(pacs008(transfer(more=more)))[0].debit_at == TEN


def test_an_envelope_and_prefixes_make_no_difference() -> None:
    plain = pacs008(transfer()).decode()
    prefixed = plain.replace("<", "<p:").replace("<p:/", "</p:").replace("xmlns=", "xmlns:p=")
    wrapped = f'<Envelope xmlns="urn:e"><Header/><Body>{prefixed}</Body></Envelope>'.encode()
    assert payments(wrapped) == payments(plain.encode())


def test_two_documents_in_one_file_are_refused() -> None:
    one = pacs008(transfer()).decode()
    with pytest.raises(Malformed, match="several documents"):
        read(f'<All xmlns="urn:e">{one}{one}</All>'.encode())
