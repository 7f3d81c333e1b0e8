# SPDX-License-Identifier: Apache-2.0
"""camt.056 and camt.029: what is written is read again alike, holds to the definition, and no file does harm."""

import string
import time
from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lintas.errors import BadInput, LintasError, Malformed, OverLimit
from lintas.formats.currencies import CURRENCIES
from lintas.formats.iso20022 import read_recall, read_resolution, write_recall, write_resolution
from lintas.formats.iso20022.definition import violations
from lintas.formats.iso20022.xml import Element, read_xml, write_xml
from lintas.limits import RECALL_BYTES_MAX
from lintas.model.desk import Money
from lintas.model.recall import Institution, Recall, RecalledPayment, Resolution, ResolvedPayment

PAYMENT = RecalledPayment(
    id="SG-Q-7K3QF-9D2MX-4-1",
    end_to_end="E2E-1",
    transaction="TX-1",
    uetr="eb6305c9-1f7f-49de-aed0-16487c27b42d",
    amount=Money(2_500_000, "SGD"),
    settled_on="2026-03-01",
    about=("SG-Q-7K3QF-9D2MX-4",),
    from_account="1234567890",
    to_account="MY12BANK0123456789",
    to_bank=Institution(bic="CONTMYKL"),
)
RECALL = Recall(
    id="LNT-0123456789abcdef",
    case="SG-Q-7K3QF-9D2MX-4",
    asker=Institution(name="Contoh Police"),
    bank=Institution(bic="CONTSGSG"),
    made_at="2026-03-01T03:00:00.000Z",
    payments=(PAYMENT,),
)
ANSWER = Resolution(
    id="BANK-77",
    recall="LNT-0123456789abcdef",
    case="SG-Q-7K3QF-9D2MX-4",
    bank=Institution(bic="CONTSGSG"),
    asker=Institution(name="Contoh Police"),
    made_at="2026-03-01T04:00:00.000Z",
    status="PECR",
    payments=(
        ResolvedPayment(
            id="SG-Q-7K3QF-9D2MX-4-1",
            end_to_end="E2E-1",
            transaction="TX-1",
            uetr="eb6305c9-1f7f-49de-aed0-16487c27b42d",
            status="ACCR",
            reason="AM04",
            about=("part of it was gone",),
            returned=Money(900_050, "SGD"),
            amount=Money(2_500_000, "SGD"),
        ),
    ),
)

_word = st.text(string.ascii_letters + string.digits + " /-?:().,'+é泰&<>\"", min_size=1, max_size=35).map(
    lambda text: " ".join(text.split())
)
_text = _word.filter(bool)
_maybe = st.one_of(st.just(""), _text)
_money = st.builds(Money, st.integers(1, 10**14), st.sampled_from(sorted(CURRENCIES)))
_bic = st.sampled_from(["CONTSGSG", "CONTMYKLXXX", "ABCDTHBK"])
_who = st.one_of(
    st.builds(Institution, name=_text),
    st.builds(Institution, bic=_bic, name=_maybe),
    st.builds(Institution, member=_text),
)
_date = st.dates().map(lambda day: day.isoformat())
_uetr = st.one_of(st.just(""), st.uuids(version=4).map(str))
_account = st.one_of(st.just(""), st.text(string.digits, min_size=1, max_size=34), st.just("GB29NWBK60161331926819"))
_moment = st.datetimes().map(lambda at: at.isoformat(timespec="milliseconds") + "Z")
_recalled = st.builds(
    RecalledPayment, id=_text, end_to_end=_maybe, transaction=_maybe, uetr=_uetr, amount=st.none() | _money,
    settled_on=_date | st.just(""), reason=st.sampled_from(["FRAD", "DUPL"]),
    about=st.lists(_text, max_size=3).map(tuple), from_account=_account, to_account=_account,
    to_bank=_who | st.just(Institution()),
)  # fmt: skip
_resolved = st.builds(
    ResolvedPayment, id=_text, end_to_end=_maybe, transaction=_maybe, uetr=_uetr, reason=st.sampled_from(["", "CUST"]),
    status=st.sampled_from(["ACCR", "RJCR", "PDCR"]), about=st.lists(_text, max_size=3).map(tuple),
    returned=st.none() | _money, amount=st.none() | _money,
)  # fmt: skip


@given(st.builds(Recall, id=_text, case=_maybe, asker=_who, bank=_who, made_at=_moment,
                 payments=st.lists(_recalled, min_size=1, max_size=3).map(tuple)))  # fmt: skip
def test_a_recall_is_read_as_it_was_written(recall: Recall) -> None:
    assert read_recall(write_recall(recall)) == recall


@given(st.builds(Resolution, id=_text, recall=_maybe, case=_maybe, asker=_who, bank=_who, made_at=_moment,
                 status=st.sampled_from(["CNCL", "RJCR", "PDCR"]),
                 payments=st.lists(_resolved, min_size=1, max_size=3).map(tuple)))  # fmt: skip
def test_an_answer_is_read_as_it_was_written(answer: Resolution) -> None:
    assert read_resolution(write_resolution(answer)) == answer


def test_what_is_written_stands_in_the_order_of_the_definition() -> None:
    for raw, type_ in ((write_recall(RECALL), "Camt056"), (write_resolution(ANSWER), "Camt029")):
        namespace, root = read_xml(raw)
        assert namespace.endswith({"Camt056": "camt.056.001.08", "Camt029": "camt.029.001.09"}[type_])
        assert list(violations(root, type_)) == []
    assert b'<OrgnlIntrBkSttlmAmt Ccy="SGD">25000.00</OrgnlIntrBkSttlmAmt>' in write_recall(RECALL)
    assert b"<CxlRsnInf><Rsn><Cd>FRAD</Cd></Rsn>" in write_recall(RECALL)


@pytest.mark.parametrize(
    ("minor", "currency", "text"),
    [(5, "SGD", "0.05"), (100, "SGD", "1.00"), (7, "VND", "7"), (5, "KWD", "0.005"), (123_456, "KWD", "123.456")],
)
def test_an_amount_has_the_decimals_of_its_currency(minor: int, currency: str, text: str) -> None:
    raw = write_recall(replace(RECALL, payments=(replace(PAYMENT, amount=Money(minor, currency)),)))
    assert f'Ccy="{currency}">{text}<'.encode() in raw
    assert read_recall(raw).payments[0].amount == Money(minor, currency)


@pytest.mark.parametrize(
    "changes",
    [
        {"id": "x" * 36},
        {"id": ""},
        {"made_at": "yesterday"},
        {"made_at": "2026-W10-1T00:00:00Z"},
        {"asker": Institution()},
        {"bank": Institution(bic="short")},
        {"bank": Institution(name="x" * 141)},
        {"asker": Institution(name="bell \x07")},
        {"payments": ()},
        {"payments": (replace(PAYMENT, uetr="eb6305c9-1f7f-19de-aed0-16487c27b42d"),)},
        {"payments": (replace(PAYMENT, amount=Money(1, "XXQ")),)},
        {"payments": (replace(PAYMENT, amount=Money(-5, "SGD")),)},
        {"payments": (replace(PAYMENT, amount=Money(10**18, "VND")),)},
        {"payments": (replace(PAYMENT, reason="FRAUD"),)},
        {"payments": (replace(PAYMENT, about=("x" * 106,)),)},
        {"payments": (replace(PAYMENT, settled_on="01/03/2026"),)},
        {"payments": (replace(PAYMENT, to_account="1" * 35),)},
    ],
)
def test_a_recall_that_no_bank_could_read_is_not_written(changes: dict[str, Any]) -> None:
    with pytest.raises(BadInput):
        write_recall(replace(RECALL, **changes))


def test_the_definition_finds_every_way_to_be_wrong() -> None:
    _, root = read_xml(write_recall(RECALL))
    (request,) = root.children
    turned = replace(request, children=tuple(reversed(request.children)))
    added = replace(request, children=(*request.children, Element(name="Extra", text="x")))
    twice = replace(request, children=(request.children[0], *request.children))
    less = replace(request, children=request.children[1:])
    never = replace(request, children=(*request.children, Element(name="SplmtryData", text="x")))
    texted = replace(request, text="x")
    marked = replace(request, attributes={"a": "b"})
    for wrong in (turned, added, twice, less, never, texted, marked):
        assert list(violations(Element(name="Document", children=(wrong,)), "Camt056"))
    assert list(violations(replace(root, name="Doc"), "Camt056"))


# Hostile files

HEAD = b'<?xml version="1.0" encoding="UTF-8"?>\n'
NS = b'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.029.001.09">'
BOMB = (
    b'<!DOCTYPE d [<!ENTITY a "aaaaaaaaaa">' + b"".join(
        b'<!ENTITY %c "&%c;&%c;&%c;&%c;&%c;&%c;&%c;&%c;">' % ((98 + i,) + (97 + i,) * 8) for i in range(12)
    ) + b"]>"
)  # fmt: skip


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"", "no XML"),
        (b"not xml", "no XML"),
        (HEAD + BOMB + NS + b"&m;</Document>", "document type"),
        (HEAD + b'<!DOCTYPE d SYSTEM "file:///etc/passwd">' + NS + b"</Document>", "document type"),
        (HEAD + b'<!DOCTYPE d [<!ENTITY x SYSTEM "http://127.0.0.1:1/">]>' + NS + b"&x;</Document>", "document type"),
        (NS + b"&undefined;</Document>", "no XML"),
        (HEAD + b"<?xml-stylesheet href='x'?>" + NS + b"</Document>", "processing instruction"),
        (b'<?xml version="1.0" encoding="ISO-8859-1"?>' + NS + b"</Document>", "only UTF-8"),
        (b'<?xml version="1.0" encoding="UTF-7"?>' + NS + b"</Document>", "only UTF-8"),
        ((HEAD + NS + b"</Document>").decode().encode("utf-16"), "not UTF-8"),
        (HEAD + NS + b"\xff</Document>", "not UTF-8"),
        (NS + b"<a>" * 40 + b"</a>" * 40 + b"</Document>", "deeper"),
        (NS + b"<a/>" * 20_001 + b"</Document>", "more than 20,000 elements"),
        (NS + b"<a " + b" ".join(b'a%d="x"' % i for i in range(50)) + b"/></Document>", "attributes"),
        (b" " * (RECALL_BYTES_MAX + 1), "bytes"),
        (NS + b"</Document>", "no RsltnOfInvstgtn"),
        (b"<Document/>", "no camt.029"),
        (NS.replace(b"camt.029", b"camt.053") + b"</Document>", "no camt.029"),
        (NS.replace(b"001.09", b"001.03") + b"</Document>", "and later are read"),
        (NS + b"<RsltnOfInvstgtn/></Document>", "Assgnmt/Id"),
    ],
)  # fmt: skip
def test_a_hostile_file_is_refused_with_its_reason(raw: bytes, reason: str) -> None:
    began = time.process_time()
    with pytest.raises((Malformed, OverLimit), match=reason):
        read_resolution(raw)
    assert time.process_time() - began < 2


def answered(inside: str) -> bytes:
    return (
        NS
        + (
            "<RsltnOfInvstgtn><Assgnmt><Id>B1</Id><Assgnr><Agt><FinInstnId><BICFI>CONTSGSG</BICFI></FinInstnId></Agt>"
            "</Assgnr><Assgne><Pty><Nm>Contoh</Nm></Pty></Assgne><CreDtTm>2026-03-01T12:00:00+08:00</CreDtTm></Assgnmt>"
            f"{inside}</RsltnOfInvstgtn></Document>"
        ).encode()
    )


def test_what_another_namespace_adds_is_not_read() -> None:
    forged = answered('<Sts xmlns="urn:other"><Conf>CNCL</Conf></Sts><Sts><Conf>RJCR</Conf></Sts>')
    assert read_resolution(forged).status == "RJCR"
    with pytest.raises(Malformed, match="Sts/Conf"):
        read_resolution(answered('<Sts xmlns="urn:other"><Conf>CNCL</Conf></Sts>'))


def test_a_time_with_an_offset_is_the_same_moment_and_one_without_is_utc() -> None:
    status = "<Sts><Conf>CNCL</Conf></Sts>"
    assert read_resolution(answered(status)).made_at == "2026-03-01T04:00:00.000Z"
    assert read_resolution(answered(status).replace(b"+08:00", b"")).made_at == "2026-03-01T12:00:00.000Z"
    assert (
        read_resolution(answered(status).replace(b"2026-03-01T", b"0001-01-01T").replace(b"12:00", b"00:00")).made_at
        == ""
    )


DONE = "<Sts><Conf>CNCL</Conf></Sts>"
PAID = (
    '<CxlDtls><TxInfAndSts><RsltnRltdInf><IntrBkSttlmAmt Ccy="',
    '">',
    "</IntrBkSttlmAmt></RsltnRltdInf></TxInfAndSts></CxlDtls>",
)


@pytest.mark.parametrize(
    ("inside", "reason"),
    [
        ("<Sts><Conf></Conf></Sts>", "Sts/Conf"),
        ("<Sts><Conf>TOOLONG</Conf></Sts>", "Sts/Conf"),
        (f"{DONE}<CxlDtls><TxInfAndSts><TxCxlSts>HELD</TxCxlSts></TxInfAndSts></CxlDtls>", "status"),
        *(
            (f"{DONE}{PAID[0]}{currency}{PAID[1]}{text}{PAID[2]}", "amount")
            for currency, text in (
                ("SGD", "1.001"), ("SGD", "-1.00"), ("SGD", "1e9"), ("SGD", "NaN"), ("SGD", "١"), ("SGD", ""),
                ("QQQ", "1"), ("", "1"), ("VND", "1.5"),
            )
        ),
        (
            "<Sts><Conf>CNCL</Conf></Sts><CxlDtls>" + "<TxInfAndSts/>" * 501 + "</CxlDtls>",
            "501 payments",
        ),
    ],
)  # fmt: skip
def test_an_answer_that_cannot_be_is_refused(inside: str, reason: str) -> None:
    with pytest.raises(Malformed, match=reason):
        read_resolution(answered(inside))


@pytest.mark.parametrize("version", ["001.09", "001.10", "001.13"])
def test_later_versions_are_read_by_the_same_names(version: str) -> None:
    raw = answered("<Sts><Conf>CNCL</Conf></Sts>").replace(b"001.09", version.encode())
    assert read_resolution(raw).status == "CNCL"


def test_a_recall_of_nothing_is_none() -> None:
    raw = write_recall(RECALL)
    start, end = raw.index(b"<TxInf>"), raw.index(b"</TxInf>") + len(b"</TxInf>")
    with pytest.raises(Malformed, match="0 payments"):
        read_recall(raw[:start] + raw[end:])


@given(st.binary(max_size=300))
def test_no_bytes_raise_anything_but_our_errors(raw: bytes) -> None:
    for read in (read_recall, read_resolution):
        with pytest.raises(LintasError):
            read(raw)


@given(st.sampled_from([write_recall(RECALL), write_resolution(ANSWER)]), st.data())
def test_no_damaged_file_raises_anything_but_our_errors(raw: bytes, data: st.DataObject) -> None:
    damaged = bytearray(raw)
    for _ in range(data.draw(st.integers(1, 5))):
        place = data.draw(st.integers(0, len(damaged) - 1))
        damaged[place : place + data.draw(st.integers(0, 30))] = data.draw(st.binary(max_size=10))
        if not damaged:
            damaged = bytearray(b" ")
    for read in (read_recall, read_resolution):
        with suppress(LintasError):
            read(bytes(damaged))


@given(st.text())
def test_any_text_is_written_and_read_again_or_refused(text: str) -> None:
    try:
        raw = write_xml("urn:x", Element(name="a", text=text))
    except BadInput:
        return
    assert read_xml(raw)[1].text == text.replace("\r\n", "\r\n").strip(" \t\r\n")
