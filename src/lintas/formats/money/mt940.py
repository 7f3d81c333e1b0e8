# SPDX-License-Identifier: Apache-2.0
"""MT940: a bank's statement of one account, one message a page, lines of days and amounts.

Source: SWIFT user handbook, category 9, MT940 Customer Statement Message; for the party behind a line, which the
standard leaves free, the forms that banks write: German structured fields (`?30` bank, `?31` account), SEPA words
(`EREF+`), and slashed words (`/EREF/`, `/BIC/`, `/IBAN/`, `/ACCT/`).
"""

import re
from typing import Final, NamedTuple

from lintas.errors import Malformed
from lintas.formats.money.amounts import BAD, exponent_of, total_of
from lintas.formats.money.draft import LedgerDraft, Payment, reference_of
from lintas.formats.money.iso import IsoValues
from lintas.formats.money.statement import Statement
from lintas.formats.money.times import DAY_US, ZONE_OF_REGION, Times
from lintas.formats.text_encoding import decode_text
from lintas.limits import MT940_LINE_CHARS_MAX
from lintas.model.money import NEVER, Channel, Leg, PaymentKind, country_of

_TAG: Final = re.compile(r"^:([0-9]{2}[A-Z]?):", re.ASCII | re.MULTILINE)
_BEGINS: Final = re.compile(r"\A\s*(?:\{1:[^{}]{0,60}\}|:20:)", re.ASCII)
_BALANCE: Final = re.compile(r"([CD])([0-9]{6})([A-Z]{3})([0-9]{1,15}(?:,[0-9]{0,5})?)", re.ASCII)
_LINE: Final = re.compile(
    r"([0-9]{6})([0-9]{4})?(R?[CD]|E[CD])([A-Z])?([0-9]{1,15}(?:,[0-9]{0,5})?)"
    r"([NFS][A-Z0-9]{3})([^\n/]{0,16}(?:/(?!/)[^\n/]{0,16})*)(?://([^\n]{0,34}))?",
    re.ASCII,
)
_ACCOUNT: Final = re.compile(r"(?:([A-Z]{6}[A-Z0-9]{2}(?:[A-Z0-9]{3})?)[/:])?([0-9A-Za-z .-]{1,35})", re.ASCII)
_FIELDS: Final = re.compile(r"\?([0-9]{2})([^?]*)")
_FULL: Final = 27  # characters of one structured field
_WORD: Final = re.compile(
    r"(EREF|KREF|MREF|IBAN|BIC|ABWA)\+([^\n]*?)(?=\n|(?:EREF|KREF|MREF|CRED|DEBT|SVWZ|IBAN|BIC|ABWA)\+|\Z)"
)
_SLASHED: Final = re.compile(r"/(EREF|UETR|IBAN|BIC|ACCT|ACC|CNTP)/([^/\n]*)(?=(?:/([^/\n]*))?)")  # "after": a word too
_UETR: Final = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}", re.IGNORECASE)
_BIC: Final = re.compile(r"[A-Z]{6}[A-Z0-9]{2}(?:[A-Z0-9]{3})?", re.ASCII)
_FEES: Final = frozenset({"CHG", "COM"})
_CARDS: Final = frozenset({"POS", "CRD"})
_CASH: Final = frozenset({"CSH", "ATM", "CAS"})


class _Party(NamedTuple):
    bank: str
    account: str
    end_to_end: str
    uetr: str


def is_mt940(text: str) -> bool:
    """Say whether a text is a statement in this form, by its first tags."""
    head = text[:4_000]
    return bool(_BEGINS.match(head)) and ":25" in head and (":60F:" in head or ":60M:" in head)


def read_mt940(raw: bytes, draft: LedgerDraft) -> None:
    """Read statements into a ledger's rows.

    Raises:
        Malformed: It is no such file.
    """
    decoded = decode_text(raw)
    text = decoded.text.replace("\r\n", "\n").replace("\r", "\n")
    if not is_mt940(text):
        raise Malformed("The file is no MT940 statement.")
    if decoded.note:
        draft.note(decoded.note)
    reading = _Reading(draft)
    found = list(_TAG.finditer(text))
    for place, tag in enumerate(found):
        end = found[place + 1].start() if place + 1 < len(found) else len(text)
        value = text[tag.end() : end].split("\n-}", 1)[0].split("\n{", 1)[0].rstrip("\n")
        value = value.removesuffix("\n-")
        reading.tag(tag[1], value)
    reading.end()


class _Reading:
    def __init__(self, draft: LedgerDraft) -> None:
        self.draft = draft
        self.values = IsoValues()
        self.times = Times()
        self.statement: Statement | None = None
        self.bank = ""
        self.lines = self.statements = 0
        self.page: Statement | None = None  # that ends with an intermediate balance: the next page may go on
        self.is_page, self.is_first = False, True
        self.line: tuple[re.Match[str], int] | None = None  # waits for what is said about it
        self.about = ""

    def tag(self, name: str, value: str) -> None:
        """Take one field."""
        if name == "61":
            self._book()
            self.lines += 1
            self.about = ""
            found = _LINE.match(value) if len(value) <= MT940_LINE_CHARS_MAX else None
            if found is None:
                self._object(f"line {self.lines}", "It is no statement line.")
                return
            self.line = (found, self.lines)
            self.about = value[found.end() :].strip("\n ")
        elif name == "86" and self.line is not None:
            self.about = f"{self.about}\n{value}"[:MT940_LINE_CHARS_MAX]
            self._book()
        elif name == "20":
            self.close()
            self.statements += 1
            self.statement = Statement(name=f"statement {self.statements}")
            self.is_page, self.is_first = False, True
            self.draft.says.append(("messageId", value[:16])) if self.statements == 1 else None
        elif self.statement is not None:
            self._book()
            self._head(name, value)

    def _head(self, name: str, value: str) -> None:
        assert self.statement is not None, "asked only within one"
        if name in ("25", "25P"):
            found = _ACCOUNT.fullmatch(value.split("\n", 1)[0].strip())
            second = value.partition("\n")[2].strip() if name == "25P" else ""
            self.bank = (found[1] if found and found[1] else "") or (second if _BIC.fullmatch(second) else "")
            try:
                self.statement.account = self.draft.accounts.key(found[2] if found else "", self.bank)
            except ValueError as exc:
                self.statement.objections.append(str(exc))
            region = country_of(self.statement.account) or self.draft.options.region
            self.times = Times(zone=ZONE_OF_REGION.get(region, 0))
        elif name in ("60F", "60M", "62F", "62M"):
            self._balance(name, value)

    def _balance(self, name: str, value: str) -> None:
        statement = self.statement
        assert statement is not None, "asked only within one"
        found = _BALANCE.match(value)
        exponent = exponent_of(found[3]) if found else None
        minor = total_of(found[4].replace(",", "."), exponent) if found and exponent is not None else None
        day = self._day(found[2]) if found else NEVER
        if found is None or minor is None or day == NEVER:
            statement.objections.append("A balance cannot be read, or is in a currency that is not known.")
            return
        signed = minor if found[1] == "C" else -minor
        if statement.currency and found[3] != statement.currency:
            statement.objections.append("Its balances are in several currencies.")
        statement.currency = found[3]
        if name in ("60F", "60M"):
            if name == "60M" and self._goes_on(statement, signed, found[3]):
                return
            statement.opening, statement.start = signed, day
            self.is_first = name == "60F"
        else:
            statement.closing, statement.end = signed, day
            self.is_page = name == "62M"

    def _goes_on(self, statement: Statement, opening: int, currency: str) -> bool:
        """Whether this is the next page of the statement before; then both are one."""
        page, self.page = self.page, None
        if page is None:
            return False
        if (page.account, page.currency, page.closing) == (statement.account, currency, opening):
            page.objections += statement.objections
            self.statement = page
            return True
        self._finish(page)
        return False

    def _book(self) -> None:
        """Take the line that waits, now that all about it is known."""
        if self.line is None:
            return
        (found, row), self.line = self.line, None
        try:
            payment, at, minor = self._payment(found, row)
        except ValueError as exc:
            self._object(f"line {row}", str(exc))
            return
        assert self.statement is not None, "a payment has an account, so there is a statement"
        self.statement.book(at, minor)
        self.draft.add(payment)

    def _object(self, where: str, reason: str) -> None:
        self.draft.reject(where, reason)
        if self.statement is not None:
            self.statement.objections.append(f"Its {where} cannot be used: it is not taken as complete.")

    def _payment(self, found: re.Match[str], row: int) -> tuple[Payment, int, int]:
        statement = self.statement
        if statement is None or not statement.account or not statement.currency:
            raise ValueError("It stands in no statement with an account and an opening balance.")
        mark, currency = found[3], statement.currency
        if mark[0] == "E":
            raise ValueError("It is expected, not booked.")
        minor = self.values.purse.read(found[5].replace(",", ".").rstrip("."), currency)
        if minor == BAD or minor <= 0:
            raise ValueError(
                self.values.purse.why(found[5].replace(",", "."), currency) if minor == BAD else "Its amount is zero."
            )
        out = mark in ("D", "RC")
        day = self._booked_on(found[1], found[2])
        if day == NEVER:
            raise ValueError(f"Its date {found[1]} is none.")
        at = statement.on_day(day)
        party = _party(self.about)
        kind, channel = _what(found[6][1:], is_back=len(mark) == 2, is_out=out)
        other = ""
        if kind in (PaymentKind.TRANSFER, PaymentKind.RETURN) and party.account:
            other = self.draft.accounts.key(party.account, party.bank)
        said = reference_of(uetr=party.uetr, end_to_end=party.end_to_end)
        booked = reference_of(bank=self.bank, own=(found[8] or "").strip())
        is_back = kind == PaymentKind.RETURN
        payment = Payment(
            row=row, payer=statement.account if out else other, payee=other if out else statement.account,
            reference=booked if is_back else said or booked, of=said if is_back else "",
            debit_minor=minor if out else -1, credit_minor=-1 if out else minor, debit_currency=currency,
            debit_at=at if out else NEVER, credit_at=NEVER if out else at,
            kind=kind, channel=channel, legs=Leg.PAYER if out else Leg.PAYEE,
        )  # fmt: skip
        return payment, at, -minor if out else minor

    def _booked_on(self, value: str, entry: str | None) -> int:
        """The day of booking: month and day of the entry date, in the year that is nearest to the value date."""
        day = self._day(value)
        if not entry or day == NEVER:
            return day
        year = int(value[:2])
        tried = [self._day(f"{one % 100:02d}{entry}") for one in (year - 1, year, year + 1)]
        return min((one for one in tried if one != NEVER), key=lambda one: abs(one - day), default=NEVER)

    def _day(self, yymmdd: str) -> int:
        century = "19" if yymmdd[:2] >= "80" else "20"
        return self.times[f"{century}{yymmdd[:2]}-{yymmdd[2:4]}-{yymmdd[4:6]}"]

    def close(self) -> None:
        """A statement ends. What was booked later on its last day nobody knows: it covers up to its last booking."""
        self._book()
        statement, self.statement = self.statement, None
        if statement is None:
            return
        if not self.is_first and statement.times:
            statement.start = min(statement.times)  # pages before it are not here
        if self.is_page and not statement.objections:
            self._finish_page()
            self.page, self.is_page = statement, False
            return
        self._finish(statement)

    def end(self) -> None:
        """The file ends."""
        self.close()
        self._finish_page()

    def _finish_page(self) -> None:
        page, self.page = self.page, None
        if page is not None:
            self._finish(page)

    def _finish(self, statement: Statement) -> None:
        if statement.end is not None and statement.times:
            statement.end = max(statement.end, max(statement.times) + 1)
        if statement.start is not None and not any(at < statement.start + DAY_US for at in statement.times):
            statement.start += DAY_US  # the opening balance may be that day's last: only what comes after it is here
        if not statement.account:
            statement.objections.append("It names no account.")
        statement.finish(self.draft)


def _party(about: str) -> _Party:
    """Who is on the other side, in the forms that banks write."""
    joined = about.replace("\n", "")
    bank = account = end_to_end = ""
    fields = dict(_FIELDS.findall(joined))
    if fields:
        bank, account = fields.get("30", "").strip(), fields.get("31", "").strip()
        parts = (fields.get(f"{number}", "") for number in (*range(20, 30), *range(60, 64)))
        joined = "".join(part if len(part) >= _FULL else f"{part}\n" for part in parts)  # what goes on fills its field
    for word, value in _WORD.findall(joined):
        text = value.strip()
        end_to_end = text if word == "EREF" else end_to_end
        account = text if word == "IBAN" else account
        bank = text if word == "BIC" else bank
    for word, value, after in _SLASHED.findall(joined):
        text = value.strip()
        if word == "CNTP":  # /CNTP/account/bank/name/city
            account, bank = text, after.strip()
        end_to_end = text if word == "EREF" else end_to_end
        account = text if word in ("IBAN", "ACCT", "ACC") else account
        bank = text if word == "BIC" else bank
    uetr = _UETR.search(joined)
    bank = bank.upper() if _BIC.fullmatch(bank.upper()) else ""
    return _Party(
        bank, account if any(char.isdigit() for char in account) else "", end_to_end[:35], uetr[0] if uetr else ""
    )


def _what(code: str, *, is_back: bool, is_out: bool) -> tuple[str, str]:
    """Kind and channel, by the transaction type of a line."""
    if is_back or code in ("RTI", "RET"):
        return PaymentKind.RETURN, Channel.UNKNOWN
    if code in _FEES and is_out:
        return PaymentKind.FEE, Channel.INTERNAL
    if code in _CASH:
        return PaymentKind.CASH_OUT if is_out else PaymentKind.CASH_IN, Channel.CASH
    return PaymentKind.TRANSFER, Channel.CARD if code in _CARDS else Channel.UNKNOWN
