# SPDX-License-Identifier: Apache-2.0
"""What the QR code of a payment says: whom it pays, how much, under which reference; also the code on a Thai slip.

A code is read whole or not at all: its check sum must hold. Inside a whole code each part that cannot be read is a
reason beside the parts that can. Nothing here is proof that money moved: anybody can print a code.

Sources: EMVCo QR Code Specification for Payment Systems, merchant-presented mode 1.1; Bank of Thailand, Thai QR Payment
Standard and the slip verification code ("mini QR"); ABS, SGQR (PayNow); PayNet, DuitNow QR; Bank Indonesia, QRIS;
NAPAS, VietQR; QR Ph (BSP).
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from lintas.formats.currencies import BY_NUMBER, CURRENCIES, minor_units
from lintas.formats.identifier_pack import IdentifierPack
from lintas.formats.identifiers.accounts import bank_account
from lintas.formats.identifiers.checksums import crc16_ccitt_false
from lintas.formats.identifiers.outcome import Outcome
from lintas.formats.identifiers.proxies import promptpay
from lintas.formats.identifiers.qr import QR_CHARS_MAX, fields, payees
from lintas.model.desk import Money
from lintas.model.identifier import Identifier
from lintas.model.reading import Rejected

_SLIP_TYPE: Final = "000001"  # of the Thai slip verification code
_SLIP_STARTS: Final = re.compile(r"00[0-9]{2}0006000001", re.ASCII)
_CRC: Final = re.compile(r"[0-9A-Fa-f]{4}", re.ASCII)
_COUNTRY: Final = re.compile(r"[A-Z]{2}", re.ASCII)
_REFERENCE: Final = re.compile(r"[ -~]{1,99}", re.ASCII)


class QrScheme(StrEnum):
    """Whose rules a code follows."""

    PROMPTPAY = "promptpay"
    PAYNOW = "paynow"
    DUITNOW = "duitnow"
    QRIS = "qris"
    VIETQR = "vietqr"
    QRPH = "qrph"
    THAI_SLIP = "thai_slip"  # names a payment that was made, not one to make
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class QrPayment:
    """What one code says. Empty: it does not say."""

    scheme: QrScheme
    payees: tuple[Identifier, ...] = ()  # proxies and accounts, canonical
    merchant: str = ""  # number under which the scheme knows the payee, where that is no account
    bank: str = ""  # BIC of eight characters where the pack knows it, else the scheme's own code
    amount: Money | None = None
    currency: str = ""  # ISO 4217
    country: str = ""  # ISO 3166-1 alpha-2
    name: str = ""  # of the payee, as the code gives it: not checked by anybody
    city: str = ""
    reference: str = ""
    is_dynamic: bool = False  # made for one payment
    rejected: tuple[Rejected, ...] = ()  # parts that could not be read


@dataclass(slots=True)
class _Draft:
    pack: IdentifierPack
    scheme: QrScheme = QrScheme.OTHER
    payees: tuple[Identifier, ...] = ()
    merchant: str = ""
    bank: str = ""
    reference: str = ""
    rejected: list[Rejected] = field(default_factory=list)

    def refuse(self, part: str, reason: str) -> None:
        self.rejected.append(Rejected(part, reason))

    def pays(self, part: str, outcome: Outcome) -> None:
        if isinstance(outcome, str):
            self.refuse(part, outcome)
        elif outcome not in self.payees:
            self.payees = (*self.payees, outcome)


def read_payment(text: str, pack: IdentifierPack) -> QrPayment | Rejected:
    """Read the text of a payment QR code, or of the code on a Thai bank slip.

    Args:
        text: As the picture gives it.
        pack: Banks and their numbers in the national schemes.

    Returns:
        What it says; or, where it is no payment code or its check sum fails, the reason.
    """
    text = text.strip()
    if len(text) > QR_CHARS_MAX:
        return Rejected("code", f"A payment QR code has at most {QR_CHARS_MAX} characters.")
    if _SLIP_STARTS.match(text):
        return _read_slip(text, pack)
    if not text.startswith("000201"):
        return Rejected("code", "It is no payment QR code: one starts with 000201.")
    objects = _whole(text, "63")
    return objects if isinstance(objects, Rejected) else _read_merchant(text, objects, pack)


def _whole(text: str, tag: str) -> dict[str, str] | Rejected:
    """Split a code into its objects, if it is whole: the check sum stands last, under `tag`, and holds."""
    if text[-8:-4] != f"{tag}04" or not _CRC.fullmatch(text[-4:]):
        return Rejected("code", "It does not end with a check sum: a part of the code is missing.")
    if f"{crc16_ccitt_false(text[:-4].encode('utf-8', 'surrogatepass')):04X}" != text[-4:].upper():
        return Rejected("code", "The check sum is wrong: the code was changed or misread.")
    return fields(text) or Rejected("code", "The parts of this code do not add up.")


def _read_slip(text: str, pack: IdentifierPack) -> QrPayment | Rejected:
    objects = _whole(text, "91")
    if isinstance(objects, Rejected):
        return objects
    draft = _Draft(pack=pack, scheme=QrScheme.THAI_SLIP)
    inner = fields(objects.get("00", "")) or {}
    code, reference = inner.get("01", ""), inner.get("02", "")
    if re.fullmatch(r"[0-9]{3}", code, re.ASCII):
        draft.bank = pack.bank_qr.get(("TH", code), code)
    else:
        draft.refuse("sending bank", "It is no bank's code of three digits.")
    if _REFERENCE.fullmatch(reference):
        draft.reference = reference
    else:
        draft.refuse("reference", "It is not there, or holds what no reference holds.")
    country = _country(objects.get("51", ""), draft)
    return _frozen(draft, country=country)


def _read_merchant(text: str, objects: Mapping[str, str], pack: IdentifierPack) -> QrPayment:
    draft = _Draft(pack=pack)
    for tag, content in objects.items():
        if "26" <= tag <= "51":
            _account_information(tag, content, draft)
    draft.payees = tuple(dict.fromkeys((*payees(text, pack), *draft.payees)))
    country = _country(objects.get("58", ""), draft)
    number = objects.get("53", "")
    known = BY_NUMBER.get(number)
    if number and known is None:
        draft.refuse("currency", f"{number[:3]!r} is no currency that is known here.")
    currency = known.code if known else ""
    amount = _amount(objects.get("54", ""), currency, draft)
    more = _additional(objects.get("62", ""), draft)
    draft.reference = draft.reference or more
    is_dynamic = objects.get("01", "") == "12"
    name, city = (objects.get(tag, "").strip() for tag in ("59", "60"))
    return _frozen(
        draft, country=country, currency=currency, amount=amount, name=name, city=city, is_dynamic=is_dynamic
    )


def _account_information(tag: str, content: str, draft: _Draft) -> None:
    """Tags 26 to 51 each hold the account under the rules of one scheme, which names itself in tag 00."""
    inner = fields(content)
    if not inner or not inner.get("00"):
        draft.refuse(f"tag {tag}", "It does not name the scheme whose account it holds.")
        return
    aid = inner["00"].upper()
    for starts, read in _READERS:
        if aid.startswith(starts):
            read(inner, draft)
            return


def _promptpay(inner: Mapping[str, str], draft: _Draft) -> None:
    draft.scheme = QrScheme.PROMPTPAY
    if not inner.keys() & {"01", "02", "03", "04"}:
        draft.refuse("payee", "It names nobody.")
    account = inner.get("04", "")
    if account[:3].isdigit():
        draft.bank = draft.pack.bank_qr.get(("TH", account[:3]), account[:3])


def _promptpay_bill(inner: Mapping[str, str], draft: _Draft) -> None:
    draft.scheme = QrScheme.PROMPTPAY
    biller = inner.get("01", "")
    draft.pays("biller", promptpay(f"tax:{biller[:13]}", draft.pack, "TH"))
    draft.merchant = biller
    draft.reference = inner.get("02", "")


def _paynow(inner: Mapping[str, str], draft: _Draft) -> None:
    draft.scheme = QrScheme.PAYNOW
    if not inner.get("02"):
        draft.refuse("payee", "It names nobody.")


def _duitnow(inner: Mapping[str, str], draft: _Draft) -> None:
    draft.scheme = QrScheme.DUITNOW
    draft.bank = inner.get("01", "")  # PayNet's number of the acquirer: 603346, 890053 …
    draft.merchant = inner.get("02", "")
    if not draft.merchant:
        draft.refuse("payee", "It names nobody.")


def _qris(inner: Mapping[str, str], draft: _Draft) -> None:
    """Tag 51 of QRIS holds the national merchant id; tags 26 to 45 the number at the provider that opened it."""
    draft.scheme = QrScheme.QRIS
    nmid = inner.get("02", "")
    if nmid.startswith("ID"):
        draft.merchant = nmid
    elif not draft.merchant:
        draft.refuse("payee", "It holds no national merchant id (ID and digits).")


def _qris_provider(inner: Mapping[str, str], draft: _Draft) -> None:
    """`9360`, then four digits of the provider: the number of a bank in Indonesia is the last three of them."""
    pan = inner.get("01", "")
    if pan.startswith("9360") and pan[4:8].isdigit() and len(pan) >= 8:
        draft.bank = draft.pack.bank_qr.get(("ID", pan[5:8]), pan[4:8]) if pan[4] == "0" else pan[4:8]


def _vietqr(inner: Mapping[str, str], draft: _Draft) -> None:
    draft.scheme = QrScheme.VIETQR
    payee = fields(inner.get("01", "")) or {}
    bin_, number = payee.get("00", ""), payee.get("01", "")
    if not bin_ or not number:
        draft.refuse("payee", "It lacks the bank's number or the account's.")
        return
    draft.bank = draft.pack.bank_qr.get(("VN", bin_), bin_)
    if inner.get("02") == "QRIBFTTC":
        draft.refuse("payee", "It pays a card, not an account.")


def _qrph(inner: Mapping[str, str], draft: _Draft) -> None:
    draft.scheme = QrScheme.QRPH
    bic, number = inner.get("01", ""), inner.get("04", "")
    draft.bank = bic[:8]
    draft.merchant = inner.get("03", "")
    if bic and number:
        draft.pays("payee", bank_account(f"{bic}:{number}", draft.pack, "PH"))
    elif not draft.merchant:
        draft.refuse("payee", "It names nobody.")


_READERS: Final[tuple[tuple[str, Callable[[Mapping[str, str], _Draft], None]], ...]] = (
    ("A000000677010111", _promptpay),
    ("A000000677010112", _promptpay_bill),
    ("SG.PAYNOW", _paynow),
    ("A0000006150001", _duitnow),
    ("MY.PAYNET", _duitnow),
    ("ID.CO.QRIS.WWW", _qris),
    ("ID.", _qris_provider),
    ("COM.P2PQRPAY", _qrph),
    ("COM.", _qris_provider),
    ("A000000727", _vietqr),
    ("PH.PPMI.", _qrph),
)


def _country(code: str, draft: _Draft) -> str:
    code = code.upper()
    if not code or (_COUNTRY.fullmatch(code) and code in draft.pack.alpha3):
        return code
    draft.refuse("country", f"{code[:8]!r} is no country.")
    return ""


def _amount(said: str, currency: str, draft: _Draft) -> Money | None:
    if not said:
        return None
    if not currency:
        draft.refuse("amount", "It stands without a currency.")
        return None
    minor = minor_units(said, currency)
    if not minor:
        places = CURRENCIES[currency].exponent
        draft.refuse("amount", f"{said[:20]!r} is no amount of {currency}, which has {places} decimal places.")
        return None
    return Money(minor, currency)


def _additional(content: str, draft: _Draft) -> str:
    """The bill's number, else the reference label, else the purpose, of the additional data (tag 62)."""
    if not content:
        return ""
    inner = fields(content)
    if inner is None:
        draft.refuse("additional data", "Its parts do not add up.")
        return ""
    said = (inner.get(tag, "").strip() for tag in ("01", "05", "08"))
    return next((one for one in said if one and one != "***"), "")


def _frozen(
    draft: _Draft,
    *,
    country: str,
    currency: str = "",
    amount: Money | None = None,
    name: str = "",
    city: str = "",
    is_dynamic: bool = False,
) -> QrPayment:
    return QrPayment(
        scheme=draft.scheme,
        payees=draft.payees,
        merchant=draft.merchant,
        bank=draft.bank,
        amount=amount,
        currency=currency,
        country=country,
        name=name,
        city=city,
        reference=draft.reference,
        is_dynamic=is_dynamic,
        rejected=tuple(draft.rejected),
    )
