# SPDX-License-Identifier: Apache-2.0
"""Find phones, accounts and personal numbers among the digits of a text.

Digits alone say little: a value without check digit needs its region, its usual separators, or a word before it.
"""

import re

from lintas.formats.identifiers import accounts, devices, national, proxies
from lintas.formats.identifiers.outcome import CHECKED, Outcome
from lintas.formats.identifiers.phone import compact_number, phone
from lintas.formats.identifiers.scan import Scan

_RUN = re.compile(r"[0-9+(](?:(?<=[0-9])|\(?[0-9])(?:[ ().\-/]{0,3}[0-9]){5,30}[xX]?", re.ASCII)
_PIECE = re.compile(r"[^ ]+")
DATE = re.compile(
    r"(?:19|20)[0-9]{2}[-/.](?:0?[1-9]|1[0-2])[-/.][0-9]{1,2}|[0-9]{1,2}[-/.][0-9]{1,2}[-/.](?:19|20)[0-9]{2}", re.ASCII
)
_MYKAD_FORM = re.compile(r"[0-9]{6}-[0-9]{2}-[0-9]{4}", re.ASCII)
_THAI_FORM = re.compile(r"[0-9][- ][0-9]{4}[- ][0-9]{5}[- ][0-9]{2}[- ][0-9]", re.ASCII)
_MONEY = re.compile(
    r"(?:[$€£¥฿₫₱៛₭]|(?<![a-z])(?:rm|thb|sgd|myr|idr|php|vnd|usd|cny|rmb|hkd|mmk|khr|lak|rp|s\$))\s?$", re.ASCII
)
_PIECES_MAX = 8  # groups of digits joined by spaces that are tried together; a phone in use has at most six
_DIGITS_MIN, _DIGITS_MAX = 6, 20


def find_numbers(scan: Scan) -> None:
    """Find every number that is something, the longest reading of neighbouring groups first."""
    text = scan.text
    for match in _RUN.finditer(text):
        start, end = match.span()
        pieces = [(start + m.start(), start + m.end()) for m in _PIECE.finditer(match[0])]
        before = text[start - 1 : start] if start else ""
        if before and before.isascii() and (before.isalnum() or before in "_.,-#/&=%"):
            glued = before.isalnum() or before in "_.,"
            pieces = pieces[1:] if glued or before in "-/" else pieces
        if text[end : end + 1].isascii() and (text[end : end + 1].isalnum() or text[end : end + 1] == "_"):
            pieces = pieces[:-1]
        pieces = [piece for piece in pieces if not DATE.match(text, *piece) and scan.is_free(*piece)]
        _take_pieces(scan, pieces)


def _take_pieces(scan: Scan, pieces: list[tuple[int, int]]) -> None:
    first = 0
    while first < len(pieces):
        for last in range(min(len(pieces), first + _PIECES_MAX), first, -1):
            start, end = pieces[first][0], pieces[last - 1][1]
            if last - first > 1 and end - start > sum(b - a for a, b in pieces[first:last]) + last - first - 1:
                continue  # something that was left out stands between
            end = start + len(scan.text[start:end].rstrip("-/(. "))
            if _take_number(scan, start, end):
                first = last
                break
        else:
            first += 1


def _take_number(scan: Scan, start: int, end: int) -> bool:
    written = scan.text[start:end]
    digits = "".join(c for c in written if c.isdigit())
    if not _DIGITS_MIN <= len(digits) <= _DIGITS_MAX:
        return False
    outcome = _number(scan, written, digits, scan.before(start))
    return scan.take(start, end, outcome)


def _number(scan: Scan, written: str, digits: str, window: str) -> Outcome:
    pack, size = scan.pack, len(digits)
    if written[0] == "+":
        return phone(written, pack, "", in_plan=True)
    if written[-1] in "xX":
        return national.cn_ric(written, pack, "") if size == 17 else ""
    for scheme, read in (("promptpay", proxies.promptpay), ("duitnow", proxies.duitnow), ("paynow", proxies.paynow)):
        if size >= 8 and scan.announced(scheme, window) >= 0:
            found = read(written, pack, "")
            if not isinstance(found, str):
                return found
    personal = _personal(scan, written, digits, window)
    if not isinstance(personal, str):
        return personal
    return _phone_or_account(scan, written, digits, window)


def _personal(scan: Scan, written: str, digits: str, window: str) -> Outcome:
    """Read a number of a person or a device, when its form, its region or a word before it speaks for it."""
    pack, region, size = scan.pack, scan.region, len(digits)

    def speaks(scheme: str, home: str) -> bool:
        return region == home or scan.announced(scheme, window) >= 0

    found: Outcome = ""
    if size == 12 and (_MYKAD_FORM.fullmatch(written) or speaks("mykad", "MY")):
        found = national.mykad(digits, pack, "")
    elif size == 13 and (_THAI_FORM.fullmatch(written) or speaks("thai_pin", "TH")):
        found = national.thai_pin(digits, pack, "")
    elif size == 16 and speaks("nik", "ID"):
        found = national.nik(digits, pack, "")
    elif size == 18 or (size == 15 and speaks("cn_ric", "CN")):
        found = national.cn_ric(digits, pack, "")
    if isinstance(found, str) and 14 <= size <= 16:
        named = scan.announced("imei", window) >= 0
        # Without the word: only all fifteen digits in one run, by the two bodies that most devices carry.
        if named or (size == 15 and written == digits and digits[:2] in ("35", "86")):
            found = devices.imei(digits, pack, "")
    return found


def _phone_or_account(scan: Scan, written: str, digits: str, window: str) -> Outcome:
    """Read a phone or an account: the word nearest before the number decides, else the region's numbering plan."""
    pack = scan.pack
    if _MONEY.search(window):
        return ""
    phone_word = scan.announced("phone", window)
    account_word = scan.announced("bank_account", window)
    bank_word, bic = scan.bank_before(window)
    if max(account_word, bank_word) > phone_word:
        return accounts.bank_account(f"{bic or accounts.ANY_BANK}:{written}", pack, "")
    compact = compact_number(written)
    if not compact:
        return ""
    if compact.startswith("00") and len(compact) >= 11:
        found = phone("+" + compact[2:], pack, "", in_plan=True)
        if not isinstance(found, str):
            return found
    separated = written != digits and ("-" in written or " " in written or "(" in written)
    if scan.region and (phone_word >= 0 or separated or compact[0] == "0"):
        found = phone(compact, pack, scan.region, in_plan=True)
        if not isinstance(found, str) and (phone_word >= 0 or found.strength is CHECKED):
            return found
    if phone_word >= 0 and compact.startswith(pack.bare_calling_codes) and len(compact) >= 9:
        return phone("+" + compact, pack, "", in_plan=True)
    return ""
