# SPDX-License-Identifier: Apache-2.0
"""Chats are invented. Far more of what stands in one is no fact than is."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lintas.errors import OverLimit
from lintas.formats.chat import FACTS_MAX, Fact, FactKind, read_chat
from lintas.limits import PASTE_CHARS_MAX
from tests.unit.formats.builders import packs

TODAY = date(2026, 3, 2)


def read(text: str, region: str = "", today: date | None = TODAY) -> tuple[Fact, ...]:
    return read_chat(text, packs=packs(), region=region, today=today)


def shown(text: str, region: str = "", today: date | None = TODAY) -> list[tuple[str, ...]]:
    """Facts as short rows."""
    rows = []
    for fact in read(text, region, today):
        said = (
            f"{fact.money.minor} {fact.money.currency}"
            if fact.money
            else fact.identifier.value
            if fact.identifier
            else fact.at or fact.bank or fact.name
        )
        rows.append((fact.kind.value, said, *([fact.role] if fact.role else []), *(["?"] if fact.is_assumed else [])))
    return rows


def paid(text: str, region: str = "") -> list[tuple[str, ...]]:
    return [row[1:] for row in shown(text, region) if row[0] == "amount"]


def at(text: str, region: str = "", today: date | None = TODAY) -> list[tuple[str, ...]]:
    return [row[1:] for row in shown(text, region, today) if row[0] == "time"]


def names(text: str) -> list[str]:
    return [fact.name for fact in read(text) if fact.kind is FactKind.NAME]


def banks(text: str) -> list[str]:
    return [fact.bank for fact in read(text) if fact.kind is FactKind.BANK]


# Whole chats


def test_a_chat_exported_from_whatsapp() -> None:
    text = (
        "[01/03/2026, 10:32:05 PM] Ana: I transferred S$25,000 to Maybank 164012345678\n"
        "Account name: EXAMPLE TRADING\nthen RM 45k yesterday 9.15pm from my DBS. Call +65 9123 4567"
    )
    assert shown(text, "SG") == [
        ("time", "2026-03-01T22:32:05", "sent"),
        ("amount", "2500000 SGD"),
        ("bank", "MBBEMYKL"),
        ("account", "MBBEMYKL:164012345678"),
        ("name", "EXAMPLE TRADING"),
        ("amount", "4500000 MYR"),
        ("time", "2026-03-01T21:15:00"),
        ("bank", "DBSSSGSG"),
        ("contact", "+6591234567"),
    ]


def test_a_malay_chat_of_an_android_phone() -> None:
    text = (
        "1/3/2026, 10:32 - Siti: Saya dah pindahkan RM19,000.50 ke akaun CIMB 7012345678 nama: Contoh Bin Contoh, "
        "baki RM 30. hari ini 3.15 ptg"
    )
    assert shown(text, "MY") == [
        ("time", "2026-03-01T10:32:00", "sent"),
        ("amount", "1900050 MYR"),
        ("bank", "CIBBMYKL"),
        ("account", "CIBBMYKL:7012345678"),
        ("name", "Contoh Bin Contoh"),
        ("amount", "3000 MYR", "balance"),
        ("time", "2026-03-02T15:15:00"),
    ]


def test_a_thai_chat_of_line_in_thai_digits() -> None:
    text = (
        "2026/03/01(อาทิตย์)\n10:32\tตัวอย่าง\tโอนเงิน ๒๕,๐๐๐ บาท ไปกสิกร 123-4-56789-0 ชื่อบัญชี นาย ตัวอย่าง ทดสอบ\n"
        "10:40\tตัวอย่าง\tเมื่อวาน 22:15 น. อีก 5 หมื่นบาท พร้อมเพย์ 0812345678"
    )
    assert shown(text, "TH") == [
        ("time", "2026-03-01", "sent"),
        ("time", "2026-03-01T10:32:00", "sent"),
        ("amount", "2500000 THB"),
        ("bank", "KASITHBK"),
        ("account", "KASITHBK:1234567890"),
        ("name", "นาย ตัวอย่าง ทดสอบ"),
        ("time", "2026-03-01T10:40:00", "sent"),
        ("time", "2026-03-01T22:15:00"),
        ("amount", "5000000 THB"),
        ("account", "mobile:+66812345678"),
    ]


def test_a_chinese_chat_copied_from_wechat() -> None:
    text = (
        "例子 2026年3月1日 22:32\n我转了2.5万元到 户名：李四例 卡号 6222021234567890123 工商银行，昨天下午3点15分。"
        " 微信: example_desk_1"
    )
    found = shown(text, "CN")
    assert ("amount", "2500000 CNY", "?") in found
    assert ("name", "李四例") in found
    assert ("bank", "ICBKCNBJ") in found
    assert ("account", "any:6222021234567890123") in found
    assert ("time", "2026-03-01T15:15:00") in found
    assert ("contact", "example_desk_1") in found


def test_a_vietnamese_chat() -> None:
    text = (
        "Tôi đã chuyển khoản 25.000.000đ lúc 10h32 ngày 1/3/2026 vào STK 0011001234567 Vietcombank, "
        "chủ tài khoản: NGUYEN VAN VI DU. Phí 11.000đ"
    )
    assert shown(text, "VN") == [
        ("amount", "25000000 VND"),
        ("time", "2026-03-01T10:32:00"),
        ("account", "any:0011001234567"),
        ("bank", "BFTVVNVX"),
        ("name", "NGUYEN VAN VI DU"),
        ("amount", "11000 VND", "fee"),
    ]


def test_an_sms_of_a_bank() -> None:
    text = "DBS: You have sent SGD 45,000.00 via PayNow to UEN 197401143C on 01 Mar 2026 22:15 (SGT). Avl bal SGD 1.20"
    assert shown(text, "SG") == [
        ("bank", "DBSSSGSG"),
        ("amount", "4500000 SGD"),
        ("account", "uen:197401143C"),
        ("time", "2026-03-01T22:15:00"),
        ("amount", "120 SGD", "balance"),
    ]


@pytest.mark.parametrize(
    ("region", "text", "expected"),
    [
        (
            "TH",
            "SCB 01/03@22:15 x-1234 โอนเงิน 5,000.00 บ. ไป x-5678 ใช้ได้ 12.30 บ.",
            [
                ("bank", "SICOTHBK"),
                ("time", "2026-03-01T22:15:00"),
                ("amount", "500000 THB"),
                ("amount", "1230 THB", "balance"),
            ],
        ),
        (
            "VN",
            "VCB: TK 0011001234567 -5,000,000VND luc 01-03-2026 22:15:01. SD 12,300VND.",
            [
                ("bank", "BFTVVNVX"),
                ("account", "BFTVVNVX:0011001234567"),  # what is booked on it is no part of it
                ("amount", "5000000 VND"),
                ("time", "2026-03-01T22:15:01"),
                ("amount", "12300 VND", "balance"),
            ],
        ),
        (
            "CN",
            "【工商银行】您尾号1234卡3月1日22:15支出(转账)5,000.00元，余额12.30元。",
            [
                ("bank", "ICBKCNBJ"),
                ("time", "2026-03-01T22:15:00"),
                ("amount", "500000 CNY", "?"),
                ("amount", "1230 CNY", "balance", "?"),
            ],
        ),
        (
            "PH",
            "You have sent PHP 5,000.00 of GCash to 09171234567 on 03-01-2026 10:15 PM.",
            [
                ("amount", "500000 PHP"),
                ("bank", "GXCHPHM2"),
                ("account", "GXCHPHM2:09171234567"),
                ("time", "2026-03-01T22:15:00"),  # the month first, as it is written there
            ],
        ),
        (
            "MY",
            "Maybank2u: You've transferred RM5,000.00 to CONTOH 1640****5678 on 01/03/26 22:15:01. Ref: 123456789",
            [("amount", "500000 MYR"), ("time", "2026-03-01T22:15:01")],
        ),
        (
            "TH",
            "โอน25,000บาทเข้าบัญชี123-4-56789-0กสิกรชื่อบัญชีนายตัวอย่าง เมื่อ 1/3/69 22.15น.",
            [
                ("amount", "2500000 THB"),
                ("account", "any:1234567890"),
                ("bank", "KASITHBK"),
                ("name", "นายตัวอย่าง"),
                ("time", "2026-03-01T22:15:00"),
            ],
        ),
    ],
)
def test_messages_of_banks_and_texts_without_spaces(region: str, text: str, expected: list[tuple[str, ...]]) -> None:
    assert shown(text, region) == expected


def test_a_chat_of_telegram() -> None:
    found = shown("Example User, [1 Mar 2026 at 22:32:05]:\nkirim Rp 2,5 juta ke BCA 1234567890 a/n test", "ID")
    assert found[:2] == [("time", "2026-03-01T22:32:05", "sent"), ("amount", "250000000 IDR")]
    assert ("account", "CENAIDJA:1234567890") in found


# Amounts


@pytest.mark.parametrize(
    ("text", "region", "expected"),
    [
        ("RM25,000", "", [("2500000 MYR",)]),
        ("rm 25 000", "", [("2500000 MYR",)]),
        ("25,000.50 baht", "", [("2500050 THB",)]),
        ("1.5 แสนบาท", "", [("15000000 THB",)]),
        ("Rp 25.000.000,50", "", [("2500000050 IDR",)]),
        ("Rp25.000", "", [("2500000 IDR",)]),
        ("25 triệu đồng", "", [("25000000 VND",)]),
        ("2,5 triệu đ", "", [("2500000 VND",)]),
        ("₱5,000", "", [("500000 PHP",)]),
        ("2 lakh mmk", "", [("20000000 MMK",)]),
        ("mmk 2 lakh", "", [("20000000 MMK",)]),
        ("３００元", "CN", [("30000 CNY", "?")]),
        ("5000 元", "SG", [("500000 SGD", "?")]),
        ("$5000", "SG", [("500000 SGD", "?")]),
        ("US$5000", "SG", [("500000 USD",)]),
        ("transferred 25k", "SG", [("2500000 SGD", "?")]),
        ("จำนวนเงิน: 4,500.00", "TH", [("450000 THB", "?")]),
        ("số tiền 500k", "VN", [("500000 VND", "?")]),
        ("fee: RM 0.50", "", [("50 MYR", "fee")]),
        ("ยอดคงเหลือ 300 บาท", "", [("30000 THB", "balance")]),
    ],
)
def test_an_amount_is_read_with_its_currency(text: str, region: str, expected: list[tuple[str, ...]]) -> None:
    assert paid(text, region) == expected


@pytest.mark.parametrize(
    "text",
    [
        "25,000",
        "25k",
        "the 25000 people",
        "call 1800 722 6688",
        "ref 20260301123456",
        "inv25 usd",
        "RM",
        "rm abc",
        "RM 0",
        "RM 0.00",
        "RM 1,23",  # nobody can say
        "RM 1,2345",
        "RM 25.000",
        "25.000 บาท",
        "RM 1.234.5",
        "RM 12,34,567",
        "25% baht",
        "rm 10:30",
        "RM 5 usd",  # two currencies
        "SGD-25",
        "room 25",
        "farm 25",
        "term25",
        "usd 1234567890123456789",
        "0.001 SGD",
        "1.5 VND",
        "5000 元",  # whose?
        "$5000",
        "฿",
        "transferred it",
    ],
)
def test_what_is_no_certain_amount_is_left(text: str) -> None:
    if text == "5000 元":
        assert paid(text, "TH") == []
    else:
        assert paid(text) == []


# Times


@pytest.mark.parametrize(
    ("text", "region", "expected"),
    [
        ("1/3/2026 10:32", "", "2026-03-01T10:32:00"),
        ("01-03-26, 10:32 pm", "", "2026-03-01T22:32:00"),
        ("2026-03-01 10:32:05", "", "2026-03-01T10:32:05"),
        ("1 มี.ค. 2569 เวลา 22:15 น.", "TH", "2026-03-01T22:15:00"),
        ("01/03/69 10.32 น.", "TH", "2026-03-01T10:32:00"),
        ("2569-03-01", "", "2026-03-01"),
        ("๑ มีนาคม ๒๕๖๙", "", "2026-03-01"),
        ("2026年3月1日上午9点05分", "", "2026-03-01T09:05:00"),
        ("3月1日 22:32", "", "2026-03-01T22:32:00"),
        ("1 tháng 3 năm 2026 lúc 10h32", "", "2026-03-01T10:32:00"),
        ("March 1, 2026 at 10:32 am", "", "2026-03-01T10:32:00"),
        ("1st Mar 2026", "", "2026-03-01"),
        ("1 Mac 2026, 3.15 ptg", "", "2026-03-01T15:15:00"),
        ("semalam 11.30 malam", "", "2026-03-01T23:30:00"),
        ("22:15 hôm qua", "", "2026-03-01T22:15:00"),
        ("12:05 am on 1/3/2026", "", "2026-03-01T00:05:00"),
        ("31 dec", "", "2025-12-31"),  # the last one
    ],
)
def test_a_time_is_read_with_its_date(text: str, region: str, expected: str) -> None:
    assert [row[0] for row in at(text, region)] == [expected]


@pytest.mark.parametrize(
    "text",
    [
        "10:32",  # of which day?
        "at 9pm",
        "31/02/2026",
        "13/13/2026",
        "32/1/2026",
        "1/3",
        "1.3.2026.4",
        "192.168.1.1",
        "25:61 1234",
        "version 2026.13.1",
        "1/3/99",
        "may be",
        "march on",
        "score 3-2",
        "1/2/3/4",
    ],
)
def test_what_is_no_date_is_left(text: str) -> None:
    assert at(text) == []


def test_without_today_what_needs_it_is_left() -> None:
    assert at("yesterday 10:32, 3月1日, 1 mar", today=None) == []


def test_a_time_in_a_message_is_of_the_day_of_that_message() -> None:
    text = "[01/03/2026, 22:32] A: paid at 21:15\n[02/03/2026, 08:00] A: again at 07:45"
    assert [row[0] for row in at(text) if len(row) == 1] == ["2026-03-01T21:15:00", "2026-03-02T07:45:00"]


# Names and banks


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Account name: Example Person", "Example Person"),
        ("A/C NAME - EXAMPLE TRADING SDN. BHD.", "EXAMPLE TRADING SDN. BHD"),
        ("Beneficiary: Contoh A/L Contoh, bank CIMB", "Contoh A"),
        ("nama penerima: CONTOH BINTI CONTOH bank Maybank", "CONTOH BINTI CONTOH"),
        ("ชื่อบัญชี: บจก. ตัวอย่าง เลขที่บัญชี 1", "บจก. ตัวอย่าง"),
        ("户名：例子有限公司", "例子有限公司"),
        ("收款人 例子 卡号 1234", "例子"),
        ("chủ tk: TRAN VI DU", "TRAN VI DU"),
        ("Name: O'Example-Person", "O'Example-Person"),
    ],
)
def test_a_labelled_name_is_found(text: str, expected: str) -> None:
    assert names(text) == [expected]


@pytest.mark.parametrize(
    "text",
    [
        "I met Example Person yesterday",
        "Ana: I paid",
        "username: example99",
        "name",
        "name:",
        "name: 12345",
        "name: X",
        "the name of the game",
        "filename: a.txt",
        "my name is secret",
        "rename: it now",
        "นายตัวอย่าง โทรมา",
        "李四 打电话",
        "penerima wang itu",
    ],
)
def test_a_name_without_a_label_is_left(text: str) -> None:
    assert names(text) == []


def test_a_bank_is_found_by_its_name() -> None:
    assert banks("my Maybank account") == ["MBBEMYKL"]
    assert banks("from hong leong bank to UOB") == ["HLBBMYKL", "UOVBSGSG"]
    assert banks("โอนไปไทยพาณิชย์") == ["SICOTHBK"]
    assert banks("scb 123-4-56789-0") == ["SICOTHBK"]


@pytest.mark.parametrize(
    "text", ["the bay is nice", "maya told me", "aba aba", "I am in permata", "niaga", "bri cheese"]
)
def test_a_word_that_is_also_a_bank_is_left(text: str) -> None:
    assert banks(text) == []


# Properties


@pytest.mark.parametrize("region", ["SG", "TH", ""])
def test_each_fact_stands_where_it_says(region: str) -> None:
    text = "İ ａ [01/03/2026, 22:32] ＲＭ２５，０００ ßẞ to Maybank 164012345678 name: Ｅxample Person ๒๕ บาท"
    found = read(text, region)
    assert found
    assert all(text[fact.start : fact.end] == fact.original for fact in found)


PIECES = ["RM", "25,000", " ", "\n", "1/3/2026", "10:32", "pm", "name:", "ชื่อบัญชี", "บาท", "万", "元", "maybank", "A"]
PIECES += ["：", "เมื่อวาน", "đ", ".", ",", "25.5", "k", "٢", "Ａ", "S$", "户名", "[", "]", " - ", "\t", "\u200b", "ﷺ"]


@settings(deadline=None)
@given(
    st.lists(
        st.sampled_from(PIECES) | st.text(max_size=6),
        max_size=30,
    ),
    st.sampled_from(["", "SG", "TH", "VN", "CN", "MY"]),
)
def test_any_text_gives_facts_in_their_places(parts: list[str], region: str) -> None:
    text = "".join(parts)
    for fact in read(text, region):
        assert 0 <= fact.start < fact.end <= len(text)
        assert text[fact.start : fact.end] == fact.original
        assert fact.money is None or fact.money.minor > 0


def test_a_long_text_gives_at_most_so_many_facts_and_a_longer_one_is_refused() -> None:
    assert len(read("RM 25,000 \n" * 1_000)) == FACTS_MAX
    with pytest.raises(OverLimit):
        read("x" * (PASTE_CHARS_MAX + 1))


@pytest.mark.parametrize(
    "unit", ["1", "1.", "1,", "1/", "a ", "name:", "1 mar ", "[", "rm ", "ชื่อ", "1:1", " - ", "bank "]
)
@pytest.mark.timeout(100)
def test_a_text_made_to_take_long_does_not(unit: str) -> None:
    read(unit * (60_000 // len(unit)), "TH")
