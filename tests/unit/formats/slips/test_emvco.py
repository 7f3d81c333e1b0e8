# SPDX-License-Identifier: Apache-2.0
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lintas.formats.currencies import CURRENCIES, minor_units
from lintas.formats.emvco import QrPayment, QrScheme, read_payment
from lintas.model.desk import Money
from lintas.model.reading import Rejected
from tests.unit.formats.builders import packs
from tests.unit.formats.slips.codes import (
    duitnow,
    merchant,
    paynow,
    promptpay,
    qris,
    qrph,
    sealed,
    thai_slip,
    tlv,
    vietqr,
)

BANKS = packs().identifiers
PUBLISHED = "00020101021129370016A000000677010111011300660000000005802TH530376463048956"


def read(text: str) -> QrPayment:
    found = read_payment(text, BANKS)
    assert isinstance(found, QrPayment), found
    return found


def whom(found: QrPayment) -> list[tuple[str, str]]:
    return [(one.scheme, one.value) for one in found.payees]


def parts(found: QrPayment) -> list[str]:
    return [one.id for one in found.rejected]


def test_promptpay_names_a_phone_and_an_amount_in_satang() -> None:
    found = read(promptpay("0066812345678", amount="25000.50", name="EXAMPLE SHOP"))
    assert found.scheme is QrScheme.PROMPTPAY
    assert whom(found) == [("promptpay", "mobile:+66812345678")]
    assert (found.amount, found.country, found.name) == (Money(2500050, "THB"), "TH", "EXAMPLE SHOP")
    assert found.is_dynamic
    assert found.rejected == ()


def test_promptpay_names_an_account_with_its_bank() -> None:
    found = read(promptpay("0041234567890", kind="04"))
    assert whom(found) == [("bank_account", "KASITHBK:1234567890")]
    assert found.bank == "KASITHBK"
    assert found.amount is None


def test_a_bill_of_promptpay_names_the_company_and_its_reference() -> None:
    account = ("30", tlv(("00", "A000000677010112"), ("01", "010753600031508"), ("02", "INV77"), ("03", "B")))
    found = read(merchant(account, currency="764", country="TH", amount="99"))
    assert whom(found) == [("promptpay", "tax:0107536000315")]
    assert (found.merchant, found.reference) == ("010753600031508", "INV77")


def test_paynow_names_a_company_or_a_phone() -> None:
    assert whom(read(paynow("2", "197401143C", amount="10"))) == [("paynow", "uen:197401143C")]
    assert whom(read(paynow("0", "+6591234567"))) == [("paynow", "mobile:+6591234567")]
    assert read(paynow("2", "197401143C", reference="BILL-1")).reference == "BILL-1"


def test_duitnow_names_the_acquirer_and_its_merchant() -> None:
    found = read(duitnow("603346", "MD000000000001", amount="19000.00"))
    assert (found.scheme, found.bank, found.merchant) == (QrScheme.DUITNOW, "603346", "MD000000000001")
    assert found.amount == Money(1900000, "MYR")
    assert found.payees == ()


def test_qris_names_the_national_merchant_and_the_bank() -> None:
    found = read(qris("0014", "ID1020000000001", amount="150000"))
    assert (found.scheme, found.merchant, found.bank) == (QrScheme.QRIS, "ID1020000000001", "CENAIDJA")
    assert found.amount == Money(15000000, "IDR")  # ISO 4217 gives the rupiah two places, though nobody uses them


def test_vietqr_names_bank_and_account_and_has_no_minor_units() -> None:
    found = read(vietqr("970436", "0011001234567", amount="25000000"))
    assert (found.bank, whom(found)) == ("BFTVVNVX", [("bank_account", "BFTVVNVX:0011001234567")])
    assert found.amount == Money(25000000, "VND")


def test_vietqr_to_a_card_names_no_account() -> None:
    found = read(vietqr("970436", "9704361234567890", service="QRIBFTTC"))
    assert found.payees == ()
    assert parts(found) == ["payee"]


def test_qr_ph_names_a_wallet() -> None:
    assert whom(read(qrph("GXCHPHM2XXX", "09171234567"))) == [("bank_account", "GXCHPHM2:09171234567")]


def test_the_code_on_a_thai_slip_names_the_sending_bank_and_the_reference() -> None:
    found = read(thai_slip("014", "202603011200EXAMPLE000001"))
    assert (found.scheme, found.bank, found.reference) == (QrScheme.THAI_SLIP, "SICOTHBK", "202603011200EXAMPLE000001")
    assert (found.payees, found.amount, found.country) == ((), None, "TH")


def test_a_bank_that_the_pack_does_not_know_stays_a_code() -> None:
    assert read(thai_slip("899", "X1")).bank == "899"


def test_a_published_example_is_read() -> None:
    assert read(PUBLISHED).scheme is QrScheme.PROMPTPAY


# What is wrong is said, and spoils nothing beside it


@pytest.mark.parametrize(
    "text",
    [
        "",
        "hello",
        "https://pay.example/1",
        PUBLISHED[:-1],
        PUBLISHED[:-8],
        PUBLISHED + "0",
        PUBLISHED.replace("6304", "6404"),
        PUBLISHED[1:],
        thai_slip("014", "X1")[:-2],
        thai_slip("014", "X1").replace("9104", "6304"),
        sealed("000201" + "5303764" + "58"),  # sealed, but its parts do not add up
        sealed(tlv(("00", "01"), ("53", "764"), ("53", "764"))),  # a part stands twice
        "000201" + "9" * 600,
        "０００２０１",
    ],
)
def test_what_is_no_whole_code_is_refused_with_a_reason(text: str) -> None:
    found = read_payment(text, BANKS)
    assert isinstance(found, Rejected)
    assert found.reason


@pytest.mark.parametrize("amount", ["1,000", "-5", "+5", "0", "0.00", "1.234", "1e5", "..", "1.2.3", "٥", "１２"])
def test_an_amount_that_is_none_is_a_reason_and_no_amount(amount: str) -> None:
    found = read(promptpay("0066812345678", amount=amount))
    assert (found.amount, parts(found)) == (None, ["amount"])


def test_a_fraction_of_a_dong_is_no_amount() -> None:
    assert parts(read(vietqr("970436", "0011001234567", amount="10.5"))) == ["amount"]


def test_an_unknown_currency_leaves_the_amount_unread() -> None:
    account = ("26", tlv(("00", "SG.PAYNOW"), ("01", "2"), ("02", "197401143C")))
    found = read(merchant(account, currency="000", country="SG", amount="10"))
    assert (found.amount, parts(found)) == (None, ["currency", "amount"])
    assert whom(found) == [("paynow", "uen:197401143C")]


@pytest.mark.parametrize(
    "text",
    [
        paynow("2", "197401143D"),  # wrong check letter
        promptpay("3100600445636", kind="02"),  # wrong check digit
        promptpay("12", kind="04"),
        vietqr("970436", ""),
    ],
)
def test_a_payee_that_does_not_check_is_not_named(text: str) -> None:
    assert read(text).payees == ()


def test_an_account_without_a_scheme_is_a_reason() -> None:
    assert parts(read(merchant(("26", "123"), currency="702", country="SG"))) == ["tag 26"]


def test_a_slip_without_a_reference_says_so() -> None:
    assert parts(read(thai_slip("014", ""))) == ["reference"]
    assert parts(read(thai_slip("1x4", "A1"))) == ["sending bank"]


def test_a_country_that_is_none_is_a_reason() -> None:
    account = ("26", tlv(("00", "SG.PAYNOW"), ("01", "2"), ("02", "197401143C")))
    assert parts(read(merchant(account, currency="702", country="Z9"))) == ["country"]


# Properties

CODES = st.one_of(
    st.builds(
        lambda digits, minor: (promptpay(f"00668{digits:08}", amount=f"{minor // 100}.{minor % 100:02}"), minor, "THB"),
        st.integers(0, 99_999_999),
        st.integers(1, 10**9),
    ),
    st.builds(
        lambda number, minor: (vietqr("970436", number, amount=str(minor)), minor, "VND"),
        st.text("0123456789", min_size=6, max_size=15),
        st.integers(1, 10**9),
    ),
)


@given(CODES)
def test_what_was_encoded_is_read_back(made: tuple[str, int, str]) -> None:
    text, minor, currency = made
    assert read(text).amount == Money(minor, currency)


@given(CODES, st.data())
def test_one_changed_digit_fails_the_check_sum(made: tuple[str, int, str], data: st.DataObject) -> None:
    text = made[0]
    place = data.draw(st.integers(0, len(text) - 1))
    other = data.draw(st.sampled_from([c for c in "0123456789" if c != text[place].upper()]))
    assert isinstance(read_payment(text[:place] + other + text[place + 1 :], BANKS), Rejected)


@given(st.text(max_size=700))
def test_any_text_is_read_or_refused(text: str) -> None:
    assert isinstance(read_payment(text, BANKS), QrPayment | Rejected)


@given(st.lists(st.tuples(st.sampled_from([f"{n:02}" for n in range(100)]), st.text(max_size=30)), max_size=12))
def test_any_sealed_parts_are_read_or_refused(objects: list[tuple[str, str]]) -> None:
    for text in (sealed("000201" + tlv(*objects)) if _plain(objects) else "", "".join(a + b for a, b in objects)):
        assert isinstance(read_payment(text, BANKS), QrPayment | Rejected)


def _plain(objects: list[tuple[str, str]]) -> bool:
    return all(not any("\ud800" <= char <= "\udfff" for char in value) for _, value in objects)


@given(st.sampled_from(sorted(CURRENCIES)), st.integers(0, 10**15 - 1))
def test_minor_units_are_exact(code: str, minor: int) -> None:
    places = CURRENCIES[code].exponent
    plain = f"{minor // 10**places}.{minor % 10**places:0{places}}" if places else str(minor)
    assert minor_units(plain, code) == minor
