# SPDX-License-Identifier: Apache-2.0
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lintas.errors import Malformed
from lintas.formats.text_encoding import ENCODINGS, decode_text, encode_text

THAI = "ธนาคารแห่งประเทศไทย เกาะสมุย โทรศัพท์ น้ำ เก็บเงิน สิทธิ์ ประชาชน ๑๒๓"
CHINESE = "中国人民银行，诈骗电话：请不要转账给陌生人。"
LATIN = "Le numéro de téléphone de Renée – “à vérifier” – coûte 5 € par café ou thé à Genève"


@pytest.mark.parametrize(
    ("text", "codec", "encoding"),
    [
        (THAI, "tis-620", "windows-874"),
        (CHINESE, "gbk", "gb18030"),
        (LATIN, "cp1252", "windows-1252"),
        (THAI, "utf-8", "utf-8"),
        (CHINESE, "utf-16", "utf-16-le"),
        (LATIN, "utf-8-sig", "utf-8"),
    ],
)
def test_an_encoding_is_found(text: str, codec: str, encoding: str) -> None:
    found = decode_text(text.encode(codec))
    assert (found.text, found.encoding) == (text, encoding)
    assert bool(found.note) == encoding.startswith(("windows", "gb"))


@pytest.mark.parametrize(
    ("text", "codec"),
    [
        ("ありがとうございます、詐欺電話です", "euc-jp"),
        ("안녕하세요 사기 전화입니다", "euc-kr"),
        ("Здравствуйте, это мошенники", "cp1251"),
        ("Καλημέρα σας", "cp1253"),
        ("ไทย", "tis-620"),
        ("詐騙電話請注意", "big5"),
        ("مرحبا", "cp1256"),
        ("Đâ\u0323ng", "cp1258"),
    ],
)
def test_an_encoding_that_is_not_certain_is_refused(text: str, codec: str) -> None:
    with pytest.raises(Malformed) as refused:
        decode_text(text.encode(codec))
    assert refused.value.hint


@pytest.mark.parametrize(
    "raw",
    [
        b"PK\x03\x04",
        b"%PDF-1.7",
        b"\x1f\x8b",
        b"\x89PNG\r\n",
        b"\xd0\xcf\x11\xe0\xa1",
        b"a\x00b",
        b"\x01",
        b"\xff\xfe\x00\xd8",
        b"\xff\xfea",
    ],
)
def test_what_is_no_text_is_malformed(raw: bytes) -> None:
    with pytest.raises(Malformed):
        decode_text(raw)


@given(
    st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc"])),
    st.sampled_from(["utf-8", "utf-16-le", "utf-16-be"]),
)
def test_what_was_encoded_is_decoded_as_declared(text: str, encoding: str) -> None:
    text = text.lstrip("\ufeff")
    assert decode_text(encode_text(text, encoding) if not text.startswith("%PDF") else b"x", encoding).text in (
        text,
        "x",
    )


@given(st.binary(), st.sampled_from(["", "latin-1", *sorted(ENCODINGS)]))
def test_any_bytes_are_text_or_malformed(raw: bytes, declared: str) -> None:
    try:
        found = decode_text(raw, declared)
    except Malformed:
        return
    found.text.encode()  # holds no half characters
    assert found.encoding in ENCODINGS
