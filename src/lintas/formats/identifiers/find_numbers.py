# SPDX-License-Identifier: Apache-2.0
"""Find phones, accounts and personal numbers among the digits of a text.

Digits alone say little: a value without check digit needs its region, its usual separators, or a word before it.
"""

import itertools
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
_PIECES_MAX = 6  # groups of digits joined by spaces that are tried together: phones and personal numbers have no more
_DIGITS_MIN, _DIGITS_MAX = 6, 20
_PROXIES = (("promptpay", proxies.promptpay), ("duitnow", proxies.duitnow), ("paynow", proxies.paynow))

Piece = tuple[int, int, int]  # start, end, how many digits


class _Announced:
    """Which words stand before a run of digits, each looked for once and only when it matters."""

    __slots__ = ("_bank", "_ends", "_scan", "window")

    def __init__(self, scan: Scan, start: int) -> None:
        self._scan = scan
        self.window = scan.before(start)
        self._ends: dict[str, int] = {}
        self._bank: tuple[int, str] | None = None

    def end(self, scheme: str) -> int:
        """Say where the last word ends that announces a scheme; -1 when none does."""
        if scheme not in self._ends:
            self._ends[scheme] = self._scan.announced(scheme, self.window) if self.window else -1
        return self._ends[scheme]

    def bank(self) -> tuple[int, str]:
        """Say where the last name of a bank ends, and its BIC."""
        if self._bank is None:
            self._bank = self._scan.bank_before(self.window) if self.window else (-1, "")
        return self._bank


def find_numbers(scan: Scan) -> None:
    """Find every number that is something, the longest reading of neighbouring groups first."""
    text = scan.text
    for match in _RUN.finditer(text):
        start, end = match.span()
        pieces = [(start + m.start(), start + m.end()) for m in _PIECE.finditer(match[0])]
        before = text[start - 1 : start]
        if before.isascii() and (before.isalnum() or (before and before in "_.,-/")):
            pieces = pieces[1:]  # the end of a word, of an amount, of a path
        behind = text[end : end + 1]
        if behind.isascii() and (behind.isalnum() or behind == "_"):
            pieces = pieces[:-1]
        counted = [
            (a, b, sum(map(str.isdigit, text[a:b])))
            for a, b in pieces
            if not DATE.match(text, a, b) and scan.is_free(a, b)
        ]
        if sum(count for _, _, count in counted) >= _DIGITS_MIN:
            _take_pieces(scan, counted, _Announced(scan, start))


def _take_pieces(scan: Scan, pieces: list[Piece], words: _Announced) -> None:
    first = 0
    while first < len(pieces):
        for last in range(min(len(pieces), first + _PIECES_MAX), first, -1):
            if _is_one_number(pieces[first:last]):
                start = pieces[first][0]
                end = start + len(scan.text[start : pieces[last - 1][1]].rstrip("-/(. "))
                if scan.take(start, end, _number(scan, scan.text[start:end], words)):
                    first = last
                    break
        else:
            first += 1


def _is_one_number(pieces: list[Piece]) -> bool:
    """Say whether groups can be one number: enough digits, one space between, not a row of single digits."""
    if not _DIGITS_MIN <= sum(count for _, _, count in pieces) <= _DIGITS_MAX:
        return False
    neighbours = all(after[0] == before[1] + 1 for before, after in itertools.pairwise(pieces))
    return neighbours and sum(count == 1 for _, _, count in pieces) <= 2


def _number(scan: Scan, written: str, words: _Announced) -> Outcome:
    pack = scan.pack
    digits = "".join(filter(str.isdigit, written))
    size = len(digits)
    if written[0] == "+":
        return phone(written, pack, "", in_plan=True)
    if written[-1] in "xX":
        return national.cn_ric(written, pack, "") if size == 17 else ""
    for scheme, read in _PROXIES:
        if size >= 8 and words.end(scheme) >= 0:
            found = read(written, pack, "")
            if not isinstance(found, str):
                return found
    personal = _personal(scan, written, digits, words)
    return _phone_or_account(scan, written, digits, words) if isinstance(personal, str) else personal


def _personal(scan: Scan, written: str, digits: str, words: _Announced) -> Outcome:
    """Read a number of a person or a device, when its form, its region or a word before it speaks for it."""
    pack, region, size = scan.pack, scan.region, len(digits)
    found: Outcome = ""
    if size == 12 and (_MYKAD_FORM.fullmatch(written) or region == "MY" or words.end("mykad") >= 0):
        found = national.mykad(digits, pack, "")
    elif size == 13 and (_THAI_FORM.fullmatch(written) or region == "TH" or words.end("thai_pin") >= 0):
        found = national.thai_pin(digits, pack, "")
    elif size == 16 and (region == "ID" or words.end("nik") >= 0):
        found = national.nik(digits, pack, "")
    elif size == 18 or (size == 15 and (region == "CN" or words.end("cn_ric") >= 0)):
        found = national.cn_ric(digits, pack, "")
    # Without the word: only all fifteen digits in one run, by the two bodies that most devices carry.
    bare = size == 15 and written == digits and digits[:2] in ("35", "86")
    if isinstance(found, str) and 14 <= size <= 16 and (bare or words.end("imei") >= 0):
        found = devices.imei(digits, pack, "")
    return found


def _phone_or_account(scan: Scan, written: str, digits: str, words: _Announced) -> Outcome:
    """Read a phone or an account: the word nearest before the number decides, else the region's numbering plan."""
    pack, region = scan.pack, scan.region
    if _MONEY.search(words.window):
        return ""
    said_phone = words.end("phone")
    said_bank, bic = words.bank()
    if max(words.end("bank_account"), said_bank) > said_phone:
        return accounts.bank_account(f"{bic or accounts.ANY_BANK}:{written}", pack, "")
    compact = compact_number(written)
    if not compact:
        return ""
    if compact.startswith("00") and len(compact) >= 11:
        found = phone("+" + compact[2:], pack, "", in_plan=True)
        if not isinstance(found, str):
            return found
    # Where a trunk zero is dialled, a number without it is none; elsewhere it must be set in groups.
    grouped = region in pack.no_trunk_regions and written != digits
    if region and (said_phone >= 0 or grouped or compact[0] == "0"):
        found = phone(compact, pack, region, in_plan=True)
        if not isinstance(found, str) and (said_phone >= 0 or found.strength is CHECKED):
            return found
    if said_phone >= 0 and compact.startswith(pack.bare_calling_codes) and len(compact) >= 9:
        return phone("+" + compact, pack, "", in_plan=True)
    return ""
