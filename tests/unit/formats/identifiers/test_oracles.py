# SPDX-License-Identifier: Apache-2.0
"""Where a library knows a scheme too, it and we agree; where it is known to be wrong, we are not."""

import pytest
import stdnum.cn.ric
import stdnum.iban
import stdnum.id.nik
import stdnum.imei
import stdnum.luhn
import stdnum.my.nric
import stdnum.sg.uen
import stdnum.th.pin
import tldextract
from hypothesis import given
from hypothesis import strategies as st

from lintas.formats.identifiers import canonical
from lintas.formats.identifiers.checksums import crc16_ccitt_false, luhn_digit
from lintas.formats.identifiers.documents import check_digit
from lintas.formats.identifiers.keccak import keccak256
from lintas.formats.identifiers.proxies import uen_checks
from lintas.formats.packs import Packs
from lintas.model.identifier import Identifier

DATES = st.tuples(st.integers(0, 99), st.integers(1, 12), st.integers(1, 28))


def accepts(scheme: str, text: str, packs: Packs) -> bool:
    return isinstance(canonical(scheme, text, packs=packs), Identifier)


def test_our_top_level_domains_are_those_of_the_public_suffix_list(packs: Packs) -> None:
    listed = tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None, include_psl_private_domains=False).tlds
    names = {suffix.lstrip("*!.").rpartition(".")[2] for suffix in listed}
    ours = packs.identifiers.tlds
    assert {name if name.isascii() else "xn--" + name.encode("punycode").decode() for name in names} <= ours
    assert len(ours) < 2_000


def test_our_iban_lengths_are_those_of_the_registry(packs: Packs) -> None:
    for country, length in packs.identifiers.iban_lengths.items():
        body = "0" * (length - 4)
        check = 98 - int("".join(str(int(c, 36)) for c in body + country) + "00") % 97
        text = f"{country}{check:02d}{body}"
        assert accepts("iban", text, packs)
        structure = stdnum.iban._ibandb.info(text)[0][1]
        assert structure, f"{country} is in the registry"


@given(body=st.text("0123456789", min_size=12, max_size=12))
def test_thai_numbers_agree(body: str, packs: Packs) -> None:
    for last in "0123456789":
        assert accepts("thai_pin", body + last, packs) == stdnum.th.pin.is_valid(body + last)


@given(province=st.integers(10, 99), date=DATES, tail=st.integers(0, 999_999), woman=st.booleans())
def test_indonesian_numbers_agree_where_the_library_knows_the_place(
    province: int, date: tuple[int, int, int], tail: int, woman: bool, packs: Packs
) -> None:
    year, month, day = date
    text = f"{province}0101{day + 40 * woman:02d}{month:02d}{year:02d}{tail % 10_000:04d}"
    if stdnum.id.nik.is_valid(text):  # it lacks the four provinces of 2022
        assert accepts("nik", text, packs)


@given(date=DATES, place=st.integers(0, 99), tail=st.integers(0, 9_999))
def test_malaysian_numbers_agree(date: tuple[int, int, int], place: int, tail: int, packs: Packs) -> None:
    text = f"{date[0]:02d}{date[1]:02d}{date[2]:02d}{place:02d}{tail:04d}"
    assert accepts("mykad", text, packs) == stdnum.my.nric.is_valid(text)


@pytest.mark.parametrize("text", ["260101141234", "770305021234", "991231101234", "000101101234"])
def test_no_birth_date_or_century_is_read_out_of_a_mykad(text: str, packs: Packs) -> None:
    """Libraries make 1926 of 260101 and 2077 of 770305; nothing in our value says either."""
    found = canonical("mykad", text, packs=packs)
    assert found == Identifier("mykad", text, country="MY")


@given(date=st.dates(), tail=st.integers(0, 999))
def test_chinese_numbers_agree(date: object, tail: int, packs: Packs) -> None:
    body = f"110105{str(date).replace('-', '')}{tail:03d}"
    for last in "0123456789X":
        ours, theirs = accepts("cn_ric", body + last, packs), stdnum.cn.ric.is_valid(body + last)
        assert (
            ours == theirs or not "1850" <= body[6:10] < "2100" or not theirs
        )  # theirs also asks for the region's years


@given(text=st.from_regex(r"[0-9]{8,9}[A-Z]|[RST][0-9]{2}[A-Z]{2}[0-9]{4}[A-Z]", fullmatch=True))
def test_a_uen_that_we_take_is_one_of_the_library(text: str) -> None:
    if uen_checks(text):
        assert text[-1] == (
            stdnum.sg.uen.calc_business_check_digit(text)
            if len(text) == 9
            else stdnum.sg.uen.calc_local_company_check_digit(text)
            if text[0].isdigit()
            else stdnum.sg.uen.calc_other_check_digit(text)
        )


@given(digits=st.text("0123456789", min_size=1, max_size=30))
def test_luhn_agrees(digits: str) -> None:
    assert luhn_digit(digits) == stdnum.luhn.calc_check_digit(digits)


def test_taproot_passes_though_libraries_refuse_it(packs: Packs) -> None:
    """BIP 350's own vectors; the libraries at hand know bech32 only."""
    assert accepts("btc", "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0", packs)


@pytest.mark.parametrize(
    ("data", "digest"),
    [
        (b"", "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470"),
        (b"abc", "4e03657aea45a94fc7d47ba826c8d667c0d1e6e33a64a036ec44f58fa12d6c45"),
        (b"testing", "5f16f4c7f149ac4f9510d9cf8cf384038ad348b3bcdc01915f95de12df9d1b02"),
    ],
)
def test_keccak_has_its_known_digests(data: bytes, digest: str) -> None:
    assert keccak256(data).hex() == digest


def test_crc_has_its_known_check_value() -> None:
    assert crc16_ccitt_false(b"123456789") == 0x29B1


@pytest.mark.parametrize(
    ("field", "digit"), [("L898902C3", "6"), ("740812", "2"), ("120415", "9"), ("ZE184226B<<<<<", "1")]
)
def test_zone_check_digits_are_those_of_the_specimen(field: str, digit: str) -> None:
    assert check_digit(field) == digit
