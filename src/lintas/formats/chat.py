# SPDX-License-Identifier: Apache-2.0
"""Find the facts of a report in pasted chat text: amounts, times, accounts, banks, and names that are labelled.

Each fact is a suggestion that names the place it came from; a person confirms it or not. Nothing is added to what the
text says: an amount without a currency, a name without a label, a date without a year are left where they are.
Reads what WhatsApp, LINE, Telegram and WeChat give when a chat is exported or copied, and plain SMS, in English, Malay,
Thai, Chinese and Vietnamese.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from lintas.errors import OverLimit
from lintas.formats.chat_amounts import amounts
from lintas.formats.chat_times import times
from lintas.formats.identifier_pack import IdentifierPack
from lintas.formats.identifiers import canonical, extract
from lintas.formats.packs import Packs
from lintas.limits import PASTE_CHARS_MAX
from lintas.model.desk import Money
from lintas.model.identifier import Identifier, Mention

FACTS_MAX: Final = 200  # of one text; more help nobody who fills in a report
ACCOUNTS: Final = frozenset(
    {"bank_account", "iban", "promptpay", "duitnow", "paynow", "qr_payment", "btc", "eth", "tron"}
)
CONTACTS: Final = frozenset({"phone", "email", "url", "domain", "telegram", "wechat"})
_NAME_CHARS_MAX: Final = 60

_NAME_LABELS: Final = re.compile(
    r"(?:(?<![^\W\d_])(?:(?P<spaced>account holder|account name|acc(?:ount)? name|a/c name|beneficiary name|"
    r"beneficiary|"
    r"payee name|payee|recipient name|recipient|receiver|nama pemegang akaun|nama akaun|nama penerima|penerima|"
    r"nama pemilik|atas nama|chủ tài khoản|chủ tk|tên tài khoản|tên tk|người nhận|name|nama|tên)(?![^\W\d_])"
    r"[^\S\n]{0,3}[:：=-])"
    r"|(?P<plain>ชื่อบัญชี|ชื่อผู้รับ|ผู้รับเงิน|ชื่อ|户名|戶名|收款人|账户名|帳戶名|开户名|姓名)"
    r"[^\S\n]{0,3}(?:[:：=-]|(?=[^\S\n]|[^\x00-\x7f])))"
)
_NAME: Final = re.compile(r"[^\S\n]{0,3}([^\W\d_](?:[^\W\d_]|[\u0e31-\u0e4e.'’·@/ -]){1,59})")
_NAME_ENDS: Final = re.compile(
    r"(?<![^\W\d_])(?:bank|account|acc|a/c|no|number|phone|tel|amount|akaun|nombor|jumlah|ธนาคาร|เลขที่บัญชี|"
    r"เลขบัญชี|บัญชี|เบอร์|จำนวน|ngân hàng|stk|số|银行|銀行|账号|帳號|卡号)(?![^\W\d_])"
    r"|银行|銀行|账号|帳號|卡号|ธนาคาร|เลข|เมื่อ|วันที่|เวลา|โอน|โทร|จำนวน|  +|\s[-/]\s|/"
    r"|(?<![^\W\d_])(?!sdn|bhd|co|ltd|mr|mrs|ms|dr|md|mohd|st|jr)[a-z\u00df-\u024f\u1ea0-\u1ef9]{2,}\.(?=\s)()"
)
_BOOKED: Final = re.compile(r"\s+[-+]\s?(?=[0-9])")
_BANK_NEAR: Final = re.compile(
    r"bank|acc|a/c|akaun|rekening|ธนาคาร|บัญชี|เลข|ธ\.|银行|銀行|账|帳|卡|ngân hàng|stk|tài khoản|"
    r"[0-9]{5}|[0-9][ -][0-9]{3}"
)
_NEAR_CHARS: Final = 24
_WORD: Final = re.compile(r"[a-z0-9.&()]+", re.ASCII)
_SURE_CHARS_MIN: Final = 7  # letters of a bank's name that is no word of another kind


class FactKind(StrEnum):
    """Which of the facts of a report it is."""

    AMOUNT = "amount"
    TIME = "time"
    ACCOUNT = "account"
    CONTACT = "contact"
    BANK = "bank"
    NAME = "name"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One thing that a text says; `text[start:end] == original`."""

    kind: FactKind
    start: int
    end: int
    original: str
    money: Money | None = None
    at: str = ""  # local: 2026-03-01T10:32:00 or 2026-03-01
    identifier: Identifier | None = None
    bank: str = ""  # BIC of eight characters
    name: str = ""  # as written
    role: str = ""  # of an amount: balance, fee; of a time: sent, when a program says that the message was sent
    is_assumed: bool = False  # an amount in the currency of the place, because none was said


def read_chat(text: str, *, packs: Packs, region: str = "", today: date | None = None) -> tuple[Fact, ...]:
    """Find the facts in a text, in its order.

    Args:
        text: At most PASTE_CHARS_MAX characters.
        region: ISO 3166-1 alpha-2: how numbers, years and currencies that are not spelled out are read.
        today: The day at the place where it was said, for `yesterday` and days without a year; None leaves those.

    Returns:
        At most FACTS_MAX.

    Raises:
        OverLimit: The text is too long.

    Shape: a fixed number of passes over the text; patterns are bounded, so hostile text costs no more.
    """
    if len(text) > PASTE_CHARS_MAX:
        raise OverLimit(f"A pasted text has at most {PASTE_CHARS_MAX:,} characters; this one has {len(text):,}.")
    lower = _folded(text)
    facts: list[Fact] = []
    taken = bytearray(len(text))
    for mention in extract(text, packs=packs, region=region):
        if any(flag.startswith("of-") for flag in mention.identifier.flags):
            continue  # what it stands in is a fact already
        found, end = _account_alone(mention, packs)
        kind = FactKind.ACCOUNT if found.scheme in ACCOUNTS else FactKind.CONTACT if found.scheme in CONTACTS else None
        taken[mention.start : end] = b"\1" * (end - mention.start)
        if kind is not None:
            facts.append(_fact(kind, text, mention.start, end, identifier=found))
    for when in times(lower, region, today):
        if taken.find(1, when.start, when.end) < 0:
            taken[when.start : when.end] = b"\1" * (when.end - when.start)
            facts.append(_fact(FactKind.TIME, text, *when[1:3], at=when.at, role="sent" if when.is_sent else ""))
    facts += _paid(text, lower, region, taken)
    facts += _banks(text, lower, packs.identifiers)
    facts += _names(text, lower)
    return tuple(sorted(facts, key=lambda fact: (fact.start, fact.end))[:FACTS_MAX])


def _fact(
    kind: FactKind,
    text: str,
    start: int,
    end: int,
    *,
    at: str = "",
    identifier: Identifier | None = None,
    role: str = "",
) -> Fact:
    return Fact(kind=kind, start=start, end=end, original=text[start:end], at=at, identifier=identifier, role=role)


def _account_alone(mention: Mention, packs: Packs) -> tuple[Identifier, int]:
    """An account without what a bank's message books on it: `0011001234567 -5,000,000` is an account and an amount."""
    found, booked = mention.identifier, _BOOKED.search(mention.original)
    if found.scheme != "bank_account" or booked is None:
        return found, mention.end
    bank, _, _ = found.value.partition(":")
    alone = canonical(found.scheme, f"{bank}:{mention.original[: booked.start()]}", packs=packs)
    if not isinstance(alone, Identifier):
        return found, mention.end
    return alone, mention.start + booked.start()


def _paid(text: str, lower: str, region: str, taken: bytearray) -> Iterator[Fact]:
    """Find amounts, where nothing else was found."""
    for one in amounts(lower, region):
        if taken.find(1, one.start, one.end) < 0:
            yield Fact(
                kind=FactKind.AMOUNT,
                start=one.start,
                end=one.end,
                original=text[one.start : one.end],
                money=one.money,
                role=one.role,
                is_assumed=one.is_assumed,
            )


def _folded(text: str) -> str:
    """Lower case, digits and full-width signs of ASCII; place for place, so that what is found is where it was."""
    out = []
    for char in text:
        if char < "\x80":
            out.append(char.lower())
            continue
        digit = unicodedata.digit(char, None) if unicodedata.category(char) == "Nd" else None
        plain = str(digit) if digit is not None else _PLAIN.get(char) or char.lower()
        out.append(plain if len(plain) == 1 else char)
    return "".join(out)


# Full-width Latin and its marks, except those that the patterns know in their own form.
_PLAIN: Final = {chr(0xFF01 + place): chr(0x21 + place) for place in range(94) if chr(0xFF01 + place) not in "：＝"}


def _banks(text: str, lower: str, pack: IdentifierPack) -> Iterator[Fact]:
    """Find banks by name. A short one, often a word too, counts in capitals or beside a word for bank or account."""
    words = list(_WORD.finditer(lower))
    done = -1
    for first, word in enumerate(words):
        if word.start() < done:
            continue
        for last in range(min(first + 3, len(words) - 1), first - 1, -1):
            start = word.start()
            end = start + len(lower[start : words[last].end()].rstrip(".()&"))
            bic = pack.bank_aliases.get(lower[start:end])
            if bic and _is_meant(text, lower, start, end):
                done = end
                yield Fact(kind=FactKind.BANK, start=start, end=end, original=text[start:end], bank=bic)
                break
    if lower.isascii():
        return
    found: list[tuple[int, int]] = []
    for alias in pack.foreign_bank_aliases:  # the longest first
        place = lower.find(alias)
        while place >= 0:
            end = place + len(alias)
            if not any(start < end and place < stop for start, stop in found):
                found.append((place, end))
                bic = pack.bank_aliases[alias]
                yield Fact(kind=FactKind.BANK, start=place, end=end, original=text[place:end], bank=bic)
            place = lower.find(alias, end)


def _is_meant(text: str, lower: str, start: int, end: int) -> bool:
    written = text[start:end]
    if len(written) >= _SURE_CHARS_MIN and ("bank" in lower[start:end] or " " in written):
        return True
    if written.isupper() and len(written) >= 3:
        return True
    around = lower[max(0, start - _NEAR_CHARS) : start] + " " + lower[end : end + _NEAR_CHARS]
    return bool(_BANK_NEAR.search(around))


def _names(text: str, lower: str) -> Iterator[Fact]:
    """Find names behind a label, and only there: a name alone could be anybody's."""
    done = 0
    for label in _NAME_LABELS.finditer(lower):
        if label.start() < done:
            continue
        match = _NAME.match(text, label.end())
        if match is None:
            continue
        start = match.start(1)
        value = match[1]
        ends = _NAME_ENDS.search(_folded(value))
        if ends:  # a sentence ends behind its last word, anything else before it
            value = value[: ends.end() if ends[1] is not None else ends.start()]
        value = value.rstrip(" .-/@'’·")
        letters = sum(char.isalpha() for char in value)
        if letters < 2 or len(value) > _NAME_CHARS_MAX or len(value.split()) > 8:
            continue
        done = start + len(value)
        yield Fact(kind=FactKind.NAME, start=start, end=done, original=text[start:done], name=value)
