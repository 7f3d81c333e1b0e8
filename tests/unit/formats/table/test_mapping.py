# SPDX-License-Identifier: Apache-2.0
"""What the columns of a table are guessed to be, and mappings as files."""

import json

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lintas.errors import BadInput, Malformed, OverLimit
from lintas.formats.schemata import HeaderWords, schemata_of
from lintas.formats.table_headers import read_heading
from lintas.formats.table_mapping import Mapping, guess_mapping
from lintas.limits import TABLE_COLUMNS_MAX
from tests.unit.formats.builders import packs


def guess(text: str, region: str = "") -> Mapping:
    mapping = guess_mapping(text.encode(), packs(), region)
    assert Mapping.from_json(mapping.to_json()) == mapping
    assert all(column.reason for column in mapping.columns)
    return mapping


def roles(mapping: Mapping) -> list[tuple[str, str, str]]:
    return [(column.role, column.group, column.prop) for column in mapping.columns]


@pytest.mark.parametrize(
    ("header", "said"),
    [
        ("Phone No.", "phone"),
        ("PHONE_NUMBER", "phone"),
        ("No. Telefon", "phone"),
        ("Nomor HP", "phone"),
        ("เบอร์โทรศัพท์", "phone"),
        ("Số điện thoại", "phone"),
        ("手机号码", "phone"),
        ("customer phone (2)", "phone"),
        ("E-Mail", "email"),
        ("อีเมล", "email"),
        ("电子邮箱", "email"),
        ("alamat emel", "email"),
        ("No. Akaun", "iban"),
        ("Nomor Rekening", "iban"),
        ("เลขที่บัญชี", "iban"),
        ("Số tài khoản", "iban"),
        ("银行账号", "iban"),
        ("Mule account no.", "iban"),
        ("IBAN", "iban"),
        ("Passport No", "passport"),
        ("No. Pasport", "passport"),
        ("หนังสือเดินทาง", "passport"),
        ("护照号码", "passport"),
        ("Hộ chiếu", "passport"),
        ("Nomor Paspor", "passport"),
        ("No. Kad Pengenalan", "mykad"),
        ("NRIC", "mykad"),
        ("NIK", "mykad"),
        ("身份证号", "mykad"),
        ("Wallet address", "btc"),
        ("钱包地址", "btc"),
        ("URL", "url"),
        ("网址", "url"),
        ("IP Address", "ipv4"),
        ("IMEI", "imei"),
        ("SHA-256", "sha256"),
        ("微信号", "wechat"),
        ("Telegram", "telegram"),
        ("UETR", "uetr"),
    ],
)
def test_a_header_of_six_languages_names_its_schemes(header: str, said: str) -> None:
    words = read_heading(header, schemata_of(packs())).words
    assert words is not None
    assert words.schemes[0] == said


@pytest.mark.parametrize(
    ("header", "prop"),
    [
        ("Full name", "name"),
        ("Nama penuh", "name"),
        ("ชื่อ-สกุล", "name"),
        ("Họ và tên", "name"),
        ("姓名", "name"),
        ("Account holder", "name"),
        ("户名", "name"),
        ("Amount (SGD)", "amount"),
        ("จำนวนเงิน", "amount"),
        ("金额", "amount"),
        ("Số tiền", "amount"),
        ("Tarikh transaksi", "date"),
        ("วันที่", "date"),
        ("日期", "date"),
        ("Remarks", "description"),
        ("Catatan", "description"),
        ("DOB", "birthDate"),
        ("สัญชาติ", "nationality"),
        ("公司名称", "name"),
    ],
)
def test_a_header_names_a_property(header: str, prop: str) -> None:
    words = read_heading(header, schemata_of(packs())).words
    assert words is not None
    assert words.prop == prop


@pytest.mark.parametrize("header", ["", "  ", "colour", "xyz", "count", "step", "123", "phonetic", "Anfrage"])
def test_an_unknown_header_names_nothing(header: str) -> None:
    assert read_heading(header, schemata_of(packs())).words is None


@pytest.mark.parametrize(
    ("header", "side"),
    [
        ("Victim phone", "victim"),
        ("phone (victim)", "victim"),
        ("Sender account no", "sender"),
        ("To account", "receiver"),
        ("Tên người gửi", "sender"),
        ("เบอร์โทรผู้เสียหาย", "victim"),
        ("收款人账号", "receiver"),
        ("嫌疑人姓名", "suspect"),
        ("No rekening penerima", "receiver"),
        ("Phone", ""),
    ],
)
def test_a_header_tells_whose_it_is(header: str, side: str) -> None:
    heading = read_heading(header, schemata_of(packs()))
    assert heading.side == side
    assert isinstance(heading.words, HeaderWords)


def test_values_decide_between_the_schemes_of_a_header() -> None:
    assert guess("Account\nGB82 WEST 1234 5698 7654 32\n").columns[0].schemes == ("iban",)
    assert guess("Account\n1234567890\n").columns[0].schemes == ("bank_account",)


def test_a_header_whose_values_are_none_is_kept_as_written() -> None:
    column = guess("phone\nno phone\nunknown\n").columns[0]
    assert (column.role, column.prop) == ("property", "phone")
    assert "none of 2 values" in column.reason


def test_values_tell_when_the_header_does_not() -> None:
    mapping = guess("c1,c2,c3,c4\nalpha,a@example.com,+65 6123 4567,17\nbeta,b@example.com,+6561234568,18\n")
    assert [column.schemes for column in mapping.columns] == [(), ("email",), ("phone",), ()]
    assert mapping.columns[3].kind == "number"


def test_bare_numbers_under_an_unknown_header_are_no_phones() -> None:
    assert guess("ref\n61234567\n61234568\n", "SG").columns[0].role == "keep"


def test_a_table_without_a_header_is_read_by_its_values() -> None:
    mapping = guess("a@example.com,17\nb@example.com,18\n")
    assert not mapping.header
    assert [(column.header, column.role) for column in mapping.columns] == [
        ("column 1", "identifier"),
        ("column 2", "keep"),
    ]


def test_the_things_of_a_row_are_joined() -> None:
    mapping = guess("Name,Phone,Account no,Bank,Amount\nA,+6561234567,1234567890,DBS,5\n")
    assert mapping.groups == {"account": "BankAccount", "person": "Person"}
    assert mapping.main == "account"
    assert [(each.source, each.prop, each.target) for each in mapping.relations] == [("person", "ownerOf", "account")]
    assert roles(mapping)[3] == ("bank", "account", "bankName")
    assert roles(mapping)[4] == ("property", "", "amount")


def test_a_sender_and_a_receiver_make_a_payment() -> None:
    mapping = guess("From account,From name,To account,To name,Amount\n1234567890,A,2234567890,B,5\n")
    assert mapping.main == "payment"
    joined = {(each.source, each.prop, each.target) for each in mapping.relations}
    assert {
        ("payment", "payerAccount", "sender_account"),
        ("payment", "beneficiaryAccount", "receiver_account"),
    } <= joined
    assert {("payment", "payer", "sender_person"), ("sender_person", "ownerOf", "sender_account")} <= joined


def test_things_that_nothing_joins_are_linked_to_the_main_thing() -> None:
    mapping = guess("Victim name,Mule account,URL\nA,1234567890,http://x.example.com/\n")
    assert {(each.prop, each.target) for each in mapping.relations} == {
        ("unknownLinkTo", "victim_person"), ("unknownLinkTo", "url"),
    }  # fmt: skip


def test_a_bank_without_an_account_is_a_plain_value() -> None:
    assert roles(guess("bank,amount\nDBS,5\n"))[0] == ("keep", "", "")


def test_a_bank_column_goes_to_the_only_account() -> None:
    assert roles(guess("Victim name,Mule account no,Bank\nA,1234567890,DBS\n"))[2] == (
        "bank",
        "suspect_account",
        "bankName",
    )


def test_a_table_of_nothing_known_is_about_its_rows() -> None:
    mapping = guess("count,step\n1,2\n")
    assert (mapping.groups, mapping.main) == ({"row": "Row"}, "row")


def test_only_one_column_marks() -> None:
    assert [each[0] for each in roles(guess("tlp,marking,x\nRED,GREEN,1\n"))] == ["marking", "keep", "keep"]
    assert roles(guess("handling,x\nwith care,1\n"))[0][0] == "keep"


def test_labels_mark_even_without_a_header_word() -> None:
    assert roles(guess("colour,x\nTLP:RED,1\ntlp:amber,2\n"))[0][0] == "marking"


@pytest.mark.parametrize("text", ["", "\n\n", ",,,\n", "\ufeff"])
def test_a_table_without_a_record_is_malformed(text: str) -> None:
    with pytest.raises(Malformed):
        guess(text)


def test_a_table_of_too_many_columns_is_over_the_limit() -> None:
    wide = ",".join(f"c{number}" for number in range(TABLE_COLUMNS_MAX + 1))
    with pytest.raises(OverLimit):
        guess(f"{wide}\n")


GOOD = json.loads(guess_mapping(b"Name,Phone\nA,+6561234567\n", packs()).to_json())


@pytest.mark.parametrize(
    "change",
    [
        {"v": 2},
        {"v": "1"},
        {"encoding": "latin-1"},
        {"delimiter": ","},
        {"delimiter": ""},
        {"header": 1},
        {"groups": {}},
        {"groups": {"Bad Code": "Person"}},
        {"groups": {"person": ""}},
        {"main": "nobody"},
        {"columns": []},
        {"relations": [{"source": "person", "prop": "x", "target": "nobody"}]},
        {"extra": 1},
        {"columns": None},
        {"columns": [{"header": "x", "role": "erase"}]},
        {"columns": [{"header": "x", "role": "identifier", "prop": "p"}]},
        {"columns": [{"header": "x", "role": "property"}]},
        {"columns": [{"header": "x", "role": "keep", "kind": "secret"}]},
        {"columns": [{"header": "x", "role": "keep", "group": "nobody"}]},
        {"columns": [{"header": "x", "role": "marking"}, {"header": "y", "role": "marking"}]},
        {"columns": [{"header": "x", "role": "keep"}] * (TABLE_COLUMNS_MAX + 1)},
        {"columns": [{"header": "x", "role": "keep", "unknown": 1}]},
    ],
)
def test_a_mapping_that_does_not_hold_to_its_form_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(BadInput):
        Mapping.from_json(json.dumps(GOOD | change))


@given(st.text() | st.text(alphabet='{}[]",:v1 '))
def test_any_text_is_a_mapping_or_refused(text: str) -> None:
    with pytest.raises(BadInput):
        Mapping.from_json(text)


def test_a_mapping_is_canonical_whatever_its_spelling() -> None:
    spaced = json.dumps(GOOD, indent=3)
    assert Mapping.from_json(spaced).to_json() == Mapping.from_json(json.dumps(GOOD)).to_json()
    assert json.loads(Mapping.from_json(spaced).to_json()) == GOOD


@given(
    st.lists(st.text(max_size=10), min_size=1, max_size=6),
    st.lists(st.lists(st.text(max_size=10), max_size=6), max_size=4),
)
def test_any_cells_give_a_mapping_that_fits_together(header: list[str], rows: list[list[str]]) -> None:
    def line(cells: list[str]) -> str:
        return ",".join('"' + cell.replace('"', '""').replace("\0", "") + '"' for cell in cells)

    try:
        mapping = guess("\n".join(map(line, [header, *rows])))
    except Malformed:
        return
    assert len(mapping.columns) >= 1
    assert msgspec.structs.asdict(mapping)["v"] == 1
