# SPDX-License-Identifier: Apache-2.0
"""Payment QR codes: the text inside, checked, and whom it pays.

Source: EMVCo QR Code Specification for Payment Systems, merchant-presented mode 1.1.
PromptPay, PayNow and VietQR use it.
"""

import re

from lintas.formats.identifier_pack import IdentifierPack
from lintas.formats.identifiers.accounts import bank_account
from lintas.formats.identifiers.checksums import crc16_ccitt_false
from lintas.formats.identifiers.outcome import CHECKED, Outcome
from lintas.formats.identifiers.proxies import paynow, promptpay
from lintas.model.identifier import Identifier

QR_CHARS_MAX = 512  # EMVCo, section 3.2: the payload has at most 512 alphanumeric characters
_AID_PROMPTPAY = "A000000677010111"
_AID_VIETQR = "A000000727"
_PROMPTPAY_TYPES = {"01": "mobile", "02": "id", "03": "ewallet"}
_PAYNOW_TYPES = {"0": "mobile", "2": "uen", "3": "vpa"}


def fields(text: str) -> dict[str, str] | None:
    """Split a payload into data objects (tag, length, value: two digits, two digits); None when it does not add up."""
    found: dict[str, str] = {}
    place = 0
    while place < len(text):
        head = text[place : place + 4]
        if len(head) < 4 or not (head.isascii() and head.isdigit()) or head[:2] in found:
            return None
        end = place + 4 + int(head[2:])
        if end > len(text):
            return None
        found[head[:2]] = text[place + 4 : end]
        place = end
    return found


def qr_payment(text: str, pack: IdentifierPack, region: str) -> Outcome:
    """Read the text of a payment QR code; the check sum in tag 63 must hold. The text stays as it is."""
    del pack, region
    if len(text) > QR_CHARS_MAX or not text.startswith("000201"):
        return "A payment QR code starts with 000201 and has at most 512 characters."
    objects = fields(text)
    if objects is None or text[-8:-4] != "6304":
        return "The parts of this payment QR code do not add up."
    if f"{crc16_ccitt_false(text[:-4].encode('utf-8', 'surrogatepass')):04X}" != text[-4:].upper():
        return "The check sum of this payment QR code is wrong."
    country = objects.get("58", "").upper()
    return Identifier(
        "qr_payment", text[:-4] + text[-4:].upper(), CHECKED, country if re.fullmatch("[A-Z]{2}", country) else ""
    )


def payees(value: str, pack: IdentifierPack) -> tuple[Identifier, ...]:
    """Give the proxies and accounts that a checked payment QR code pays."""
    objects = fields(value) or {}
    found: list[Outcome] = []
    for tag, content in objects.items():
        inner = fields(content) if "26" <= tag <= "51" else None
        if inner:
            found += _payees(inner, pack)
    return tuple(dict.fromkeys(outcome for outcome in found if not isinstance(outcome, str)))


def _payees(inner: dict[str, str], pack: IdentifierPack) -> list[Outcome]:
    aid = inner.get("00", "").upper()
    if aid == _AID_PROMPTPAY:
        return [
            _promptpay(kind, inner[tag], pack) for tag, kind in _PROMPTPAY_TYPES.items() if tag in inner
        ] + _thai_account(inner, pack)
    if aid == "SG.PAYNOW":
        kind = _PAYNOW_TYPES.get(inner.get("01", ""))
        return [paynow(f"{kind}:{inner.get('02', '')}", pack, "SG")] if kind else []
    if aid == _AID_VIETQR:
        payee = fields(inner.get("01", "")) or {}
        bic = pack.bank_qr.get(("VN", payee.get("00", "")), "any")
        # A transfer to a card (service QRIBFTTC) names a card, which is no account.
        return [bank_account(f"{bic}:{payee.get('01', '')}", pack, "VN")] if inner.get("02") != "QRIBFTTC" else []
    return []


def _promptpay(kind: str, value: str, pack: IdentifierPack) -> Outcome:
    if kind == "mobile":
        return promptpay("mobile:+" + value.removeprefix("00"), pack, "TH")
    if kind == "id" and value.startswith("0"):
        kind = "tax"  # tag 02 holds a person's or a company's number
    return promptpay(f"{kind}:{value}", pack, "TH")


def _thai_account(inner: dict[str, str], pack: IdentifierPack) -> list[Outcome]:
    """Tag 04 of PromptPay: the bank's code of three digits, then the account number."""
    value = inner.get("04", "")
    if len(value) < 7:
        return []
    bic = pack.bank_qr.get(("TH", value[:3]), "any")
    return [bank_account(f"{bic}:{value[3:]}", pack, "TH")]
