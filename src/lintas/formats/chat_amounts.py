# SPDX-License-Identifier: Apache-2.0
"""Amounts of money in running text, as people write them in chats of the region.

Nothing is taken for money without a currency beside it, or a word before it that announces an amount.
Thousands stand behind commas, in Indonesia and Viet Nam behind points: which of the two a mark is follows from the
currency, and what fits neither is left unread rather than guessed.
"""

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Final, NamedTuple

from lintas.formats.currencies import CURRENCIES, CURRENCY_OF_COUNTRY, MINOR_MAX
from lintas.model.desk import Money

_CODES: Final = {code.lower(): code for code in CURRENCIES if code != "TRY"}  # which is also a word
_POINTED: Final = frozenset({"IDR", "VND"})  # thousands behind points
# Signs and words before a number. The longest match counts.
_BEFORE: Final = _CODES | {
    "rm": "MYR", "s$": "SGD", "sg$": "SGD", "฿": "THB", "baht": "THB",
    "rp": "IDR", "rp.": "IDR", "₱": "PHP", "₫": "VND", "vnđ": "VND",
    "rmb": "CNY", "人民币": "CNY", "us$": "USD", "hk$": "HKD",
    "nt$": "TWD", "b$": "BND", "៛": "KHR",
    "₭": "LAK", "€": "EUR", "£": "GBP",
}  # fmt: skip
_AFTER: Final = _CODES | {
    "บาท": "THB", "บ.": "THB", "฿": "THB", "₱": "PHP", "€": "EUR", "baht": "THB",
    "ringgit": "MYR", "rm": "MYR", "令吉": "MYR",
    "马币": "MYR", "馬幣": "MYR", "新币": "SGD", "新幣": "SGD", "新元": "SGD", "泰铢": "THB",
    "泰銖": "THB", "rupiah": "IDR", "pesos": "PHP", "peso": "PHP", "đồng": "VND",
    "đ": "VND", "₫": "VND", "vnđ": "VND", "人民币": "CNY", "人民幣": "CNY", "rmb": "CNY",
    "美元": "USD", "美金": "USD", "港币": "HKD", "港幣": "HKD", "越南盾": "VND",
    "kyat": "MMK", "kyats": "MMK", "จ๊าด": "MMK", "riel": "KHR", "kip": "LAK",
}  # fmt: skip
# Whose money it is depends on where it was said: in Singapore 元 and $ are its own dollar.
_LOCAL: Final = {
    "$": {"SG": "SGD", "BN": "BND", "HK": "HKD", "TW": "TWD", "TL": "USD"},
    "¥": {"CN": "CNY"},
    "元": {"CN": "CNY", "SG": "SGD", "MY": "MYR", "HK": "HKD", "TW": "TWD", "MO": "MOP"},
    "块": {"CN": "CNY", "SG": "SGD", "MY": "MYR"},
    "塊": {"TW": "TWD", "HK": "HKD"},
    "dollars": {"SG": "SGD", "BN": "BND", "HK": "HKD", "TL": "USD"},
}
_TIMES: Final = {
    "k": 10**3, "thousand": 10**3, "lakh": 10**5, "lakhs": 10**5, "million": 10**6, "mil": 10**6, "ribu": 10**3,
    "rb": 10**3, "juta": 10**6, "jt": 10**6, "พัน": 10**3, "หมื่น": 10**4, "แสน": 10**5, "ล้าน": 10**6, "千": 10**3,
    "万": 10**4, "萬": 10**4, "十万": 10**5, "百万": 10**6, "亿": 10**8, "億": 10**8, "nghìn": 10**3, "ngàn": 10**3,
    "triệu": 10**6, "tr": 10**6, "tỷ": 10**9, "tỉ": 10**9,
}  # fmt: skip
# Words that announce an amount without a currency; a colon or a little may stand between.
_ANNOUNCED: Final = re.compile(
    r"(?:(?<![a-z\u00df-\u024f\u1ea0-\u1ef9])(?:amount|amt|transferred|transfered|transfer|paid|pay|sent|jumlah|amaun|bayaran|bayar|"
    r"pindahkan|pindah|kirim|số tiền|chuyển khoản|chuyển|ck)|จำนวนเงิน|จำนวน|ยอดโอน|ยอดเงิน|โอนเงิน|โอน|金额|金額|"
    r"转账|轉賬|转帐|转了|汇款|匯款)(?:\s{0,3}[:：=]?\s{0,3}(?:of|ไป|ไปแล้ว|了|is|sebanyak|là)?\s{0,3})$"
)
_BALANCE: Final = re.compile(
    r"(?:(?<![a-z\u00df-\u024f\u1ea0-\u1ef9])(?:balance|bal|baki|saldo|available|limit|số dư|sd)|"
    r"ใช้ได้|คงเหลือ|ยอดคงเหลือ|余额|餘額|可用)[^\d\n]{0,16}$"
)
_FEE: Final = re.compile(
    r"(?:(?<![a-z\u00df-\u024f\u1ea0-\u1ef9])(?:fee|fees|charge|charges|caj|yuran|biaya|phí)|ค่าธรรมเนียม|手续费|手續費)[^\d\n]{0,16}$"
)
_NUMBER: Final = re.compile(r"[0-9]{1,3}(?:[ \u00a0\u202f'][0-9]{3}){1,4}(?![0-9])|[0-9][0-9.,]{0,23}", re.ASCII)
_BEFORE_CHARS: Final = 24  # characters before a number in which a currency or a word may announce it
_LETTER: Final = re.compile(r"[^\W\d_]")


def _words(table: dict[str, object] | dict[str, str] | dict[str, int]) -> str:
    return "|".join(re.escape(word) for word in sorted(table, key=len, reverse=True))


_SIGN_BEFORE: Final = re.compile(rf"(?<![^\W\d_])({_words(_BEFORE | dict.fromkeys(('$', '¥', '￥'), ''))})\s{{0,2}}$")
_UNIT_AFTER: Final = re.compile(
    rf"\s{{0,2}}(?:({_words(_TIMES)})(?![a-z]))?"
    rf"\s{{0,2}}({_words(_AFTER | dict.fromkeys(('元', '块', '塊', 'dollars'), ''))})?"
)


class Amount(NamedTuple):
    """An amount, and where it stands in the text."""

    money: Money
    start: int
    end: int
    role: str  # empty; `balance` or `fee` where a word before it says that it is not what was paid
    is_assumed: bool  # the currency was not said: it is that of the place


def amounts(lower: str, region: str) -> Iterator[Amount]:
    """Find amounts.

    Args:
        lower: The text in lower case and ASCII digits, place for place.
        region: ISO 3166-1 alpha-2: where it was said.
    """
    for match in _NUMBER.finditer(lower):
        written = match[0].rstrip(".,")
        start, end = match.start(), match.start() + len(written)
        if start and (lower[start - 1].isdigit() or lower[start - 1] in ".,:/#@_"):
            continue
        before = lower[max(0, start - _BEFORE_CHARS) : start]
        before = before[before.rfind("\n") + 1 :]
        sign = _SIGN_BEFORE.search(before)
        after = _UNIT_AFTER.match(lower, end)
        assert after is not None, "both of its parts may be missing"
        times, unit = after[1], after[2]
        if not sign and start and _LETTER.match(lower[start - 1]) and lower[start - 1].isascii():
            continue  # inv25, a1234
        last = after.end(2) if unit else after.end(1) if times else end
        if _goes_on(lower, last):
            continue
        code, is_assumed = _currency(sign[1] if sign else "", unit or "", region.upper())
        if not code and _ANNOUNCED.search(before):
            code, is_assumed = CURRENCY_OF_COUNTRY.get(region.upper(), ""), True
        minor = _minor(written, code, _TIMES.get(times or "", 1)) if code else None
        if not minor:
            continue
        first = start - (len(before) - sign.start(1)) if sign else start
        lead = lower[max(0, first - _BEFORE_CHARS) : first]
        role = "balance" if _BALANCE.search(lead) else "fee" if _FEE.search(lead) else ""
        yield Amount(Money(minor, code), first, last, role, is_assumed)


def _goes_on(lower: str, end: int) -> bool:
    """Whether a number with its unit is the beginning of something longer: 25%, 1234-5678, 10:30, 3rd."""
    rest = lower[end : end + 2]
    if not rest:
        return False
    if rest[0] in "%:/@#_" or (rest[0].isascii() and rest[0].isalnum()):
        return True
    return rest[0] in "-.," and len(rest) > 1 and rest[1].isdigit()


def _currency(sign: str, unit: str, region: str) -> tuple[str, bool]:
    """The currency, and whether it is that of the place rather than one that was said. Empty: none, or two."""
    said = {code for code in (_BEFORE.get(sign, ""), _AFTER.get(unit, "")) if code}
    if len(said) == 1:
        return said.pop(), False
    if said:
        return "", False
    for word in (sign.replace("￥", "¥"), unit):
        if word in _LOCAL:
            return _LOCAL[word].get(region, "CNY" if word in "¥元块" and not region else ""), True
    return "", False


def _minor(written: str, code: str, times: int) -> int | None:
    """Read a number as it is written where the currency is used; None where that is not certain."""
    plain = re.sub(r"[ \u00a0\u202f']", "", written)
    point = _point(plain, code, is_multiplied=times > 1)
    if point is None:
        return None
    whole, _, fraction = plain.partition(point) if point else (plain, "", "")
    groups = re.split(r"[.,]", whole)
    if len(groups) > 1 and (len(groups[0]) > 3 or {len(group) for group in groups[1:]} != {3}):
        return None
    digits = "".join(groups)
    if not digits.isdigit() or (fraction and not fraction.isdigit()) or len(digits) > 15:
        return None
    value = Decimal(f"{digits}.{fraction or '0'}") * times * 10 ** CURRENCIES[code].exponent
    minor = int(value)
    return minor if minor == value and 0 < minor <= MINOR_MAX else None


def _point(plain: str, code: str, *, is_multiplied: bool) -> str | None:
    """The mark behind which the fraction stands; empty: there is none; None: nobody can say."""
    marks = [char for char in plain if char in ".,"]
    if not marks:
        return ""
    last = marks[-1]
    if len(set(marks)) == 2:  # 25,000.50 or 25.000,50: the last one, which then stands once
        return last if marks.count(last) == 1 else None
    if len(marks) > 1:
        return ""
    usual = "," if code in _POINTED else "."
    places = len(plain.partition(last)[2])
    if places == 3 and not is_multiplied:
        # 25.000 baht is twenty-five or twenty-five thousand; nobody writes three places of a rupiah or a dong
        return "" if last != usual or code in _POINTED else None
    return last if last == usual or is_multiplied else None
