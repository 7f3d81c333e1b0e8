# SPDX-License-Identifier: Apache-2.0
"""camt.053, camt.052 and camt.054: what a bank booked on an account: a statement, a report, a notification.

Source: ISO 20022 camt.053.001, camt.052.001 and camt.054.001, versions 02 and later by the same names; external code
sets for bank transaction codes.
"""

from typing import Final, NamedTuple

from lintas.formats.money.amounts import exponent_of, total_of
from lintas.formats.money.draft import LedgerDraft, Payment, other_name, reference_of
from lintas.formats.money.iso import IsoValues, account_leaves, account_of, bank_of
from lintas.formats.money.statement import Statement
from lintas.formats.money.times import DAY_US, ZONE_OF_REGION, is_whole_day
from lintas.formats.money.xml import Fields, Scope, stream_xml
from lintas.model.money import NEVER, UNKNOWN_MINOR, Channel, Leg, PaymentKind, country_of

_BODIES: Final = {
    "camt.053": ("BkToCstmrStmt", "Stmt"),
    "camt.052": ("BkToCstmrAcctRpt", "Rpt"),
    "camt.054": ("BkToCstmrDbtCdtNtfctn", "Ntfctn"),
}
_CODE: Final = ("BkTxCd/Domn/Fmly/Cd", "BkTxCd/Domn/Fmly/SubFmlyCd", "RtrInf/Rsn/Cd", "RtrInf/Rsn/Prtry")
_BALANCE: Final = ("Tp/CdOrPrtry/Cd", "Amt", "Amt@Ccy", "CdtDbtInd", "Dt/Dt", "Dt/DtTm")
_ENTRY: Final = (
    "Amt", "Amt@Ccy", "CdtDbtInd", "RvslInd", "Sts", "Sts/Cd", "BookgDt/Dt", "BookgDt/DtTm", "ValDt/Dt", "ValDt/DtTm",
    "AcctSvcrRef", "NtryRef", *_CODE,
)  # fmt: skip
_DETAIL: Final = (
    "Refs/EndToEndId", "Refs/UETR", "Refs/TxId", "Refs/AcctSvcrRef", "Refs/InstrId", "Amt", "Amt@Ccy", "CdtDbtInd",
    "AmtDtls/InstdAmt/Amt", "AmtDtls/InstdAmt/Amt@Ccy", "AmtDtls/TxAmt/Amt", "AmtDtls/TxAmt/Amt@Ccy",
    "AmtDtls/CntrValAmt/Amt", "AmtDtls/CntrValAmt/Amt@Ccy",
    "RltdDts/AccptncDtTm", "RltdDts/TxDtTm", *_CODE,
    *account_leaves("RltdPties/DbtrAcct", "RltdAgts/DbtrAgt"),
    *account_leaves("RltdPties/CdtrAcct", "RltdAgts/CdtrAgt"),
)  # fmt: skip
_BOOKED: Final = ("BookgDt/DtTm", "BookgDt/Dt", "ValDt/DtTm", "ValDt/Dt")
_FEES: Final = frozenset({"CHRG", "FEES", "COMM", "COMI"})
_CASH_OUT: Final = frozenset({"CWDL", "XBCW"})
_CASH_IN: Final = frozenset({"CDPT"})
_RETURNS: Final = frozenset({"RRTN", "RPCR", "ARET"})
_INSTANT: Final = frozenset({"IRCT", "RRCT"})


class _Entry(NamedTuple):
    row: int
    fields: Fields
    minor: int  # below zero for a debit
    currency: str
    at: int
    day: int | None  # its start, where only the day is said


class _Reading:
    def __init__(self, draft: LedgerDraft) -> None:
        self.draft = draft
        self.values = IsoValues()
        self.details: list[Fields] = []
        self.balances: list[Fields] = []
        self.summary: Fields = {}
        self.period: Fields = {}
        self.statement = Statement(name="statement")
        self.bank = ""
        self.entries = self.statements = self.booked = 0

    def begin(self) -> None:
        """A statement begins."""
        self.statements += 1
        self.statement = Statement(name=f"statement {self.statements}")
        self.balances, self.summary, self.period, self.bank = [], {}, {}, ""
        self.booked = 0

    def header(self, fields: Fields) -> None:
        """The message's own id."""
        self.draft.says.append(("messageId", fields.get("MsgId", "")[:35]))

    def said_period(self, fields: Fields) -> None:
        """From when to when the statement speaks."""
        self.period = fields

    def said_summary(self, fields: Fields) -> None:
        """How many entries it says that it has."""
        self.summary = fields

    def said_balance(self, fields: Fields) -> None:
        """One balance."""
        self.balances.append(fields)

    def said_detail(self, fields: Fields) -> None:
        """One payment of an entry."""
        self.details.append(fields)

    def account(self, fields: Fields) -> None:
        """Whose statement it is; times without a zone are those of the place where the account is kept."""
        wrapped = {f"Acct/{path}": text for path, text in fields.items()}
        self.bank = bank_of(wrapped, "Acct/Svcr")
        try:
            self.statement.account = account_of(self.draft, wrapped, "Acct", "Acct/Svcr")
        except ValueError as exc:
            self.statement.objections.append(str(exc))
        self.statement.currency = fields.get("Ccy", "")
        region = country_of(self.statement.account) or self.draft.options.region
        self.values = IsoValues(zone=ZONE_OF_REGION.get(region, 0))

    def entry(self, fields: Fields) -> None:
        """One booking, with the payments that it is made of."""
        self.entries += 1
        details, self.details = self.details, []
        row = self.entries
        try:
            entry = self._entry(row, fields)
            payments = self._payments(entry, details)
        except ValueError as exc:
            self.draft.reject(f"entry {row}", str(exc))
            if not str(exc).startswith(_NOT_BOOKED):
                self.statement.objections.append(f"Its entry {row} cannot be used: it is not taken as complete.")
            return
        self.statement.book(entry.at, entry.minor)
        for payment in payments:
            self.draft.add(payment)

    def _entry(self, row: int, fields: Fields) -> _Entry:
        if not self.statement.account:
            raise ValueError("It stands in a statement that names no account.")
        status = fields.get("Sts/Cd") or fields.get("Sts", "")
        if status and status != "BOOK":
            raise ValueError(f"{_NOT_BOOKED} yet: {status[:10]!r}.")
        self.booked += 1
        minor, currency = self.values.amount(fields, "Amt")
        self.statement.currency = self.statement.currency or currency
        if currency != self.statement.currency:
            raise ValueError(f"It is in {currency}, the account in {self.statement.currency[:10]}.")
        minor = _signed(fields.get("CdtDbtInd", ""), minor)
        at = self.values.moment(fields, *_BOOKED)
        if at == NEVER:
            raise ValueError("It has no booking date.")
        day = None
        if is_whole_day(next(fields[path] for path in _BOOKED if fields.get(path))):
            day, at = at, self.statement.on_day(at)
        return _Entry(row, fields, minor, currency, at, day)

    def _payments(self, entry: _Entry, details: list[Fields]) -> list[Payment]:
        if len(details) <= 1:
            return [self._payment(entry, details[0] if details else {}, entry.minor)]
        total, payments = 0, []
        for detail in details:
            minor, currency = self.values.amount(detail, "Amt" if "Amt" in detail else "AmtDtls/TxAmt/Amt")
            if currency != entry.currency:
                raise ValueError("Its details are in another currency than it is.")
            sign = detail.get("CdtDbtInd") or entry.fields.get("CdtDbtInd", "")
            minor = _signed(sign, minor)
            total += minor
            payments.append(self._payment(entry, detail, minor))
        if total != entry.minor:
            raise ValueError("Its details do not add up to its amount.")
        return payments

    def _payment(self, entry: _Entry, detail: Fields, minor: int) -> Payment:
        own, out = self.statement.account, minor < 0
        near, far = ("Dbtr", "Cdtr") if out else ("Cdtr", "Dbtr")
        other = self._party(detail, far)
        if other == own:  # of a payment that came back: its parties are those of the first way
            other = self._party(detail, near)
        kind, channel = _what(entry.fields, detail)
        if kind in (PaymentKind.CASH_IN, PaymentKind.CASH_OUT, PaymentKind.FEE):
            other = ""
        said = reference_of(uetr=detail.get("Refs/UETR", ""), end_to_end=detail.get("Refs/EndToEndId", ""))
        booked = reference_of(
            bank=self.bank,
            own=detail.get("Refs/AcctSvcrRef") or detail.get("Refs/TxId") or entry.fields.get("AcctSvcrRef", ""),
        )
        is_back = kind == PaymentKind.RETURN
        name = other_name(detail.get("Refs/EndToEndId", ""), said) if kind == PaymentKind.TRANSFER else ""
        minor, (far_minor, far_currency) = abs(minor), self._other_side(detail, entry, abs(minor), is_out=out)
        at = self._exactly(entry, detail)
        return Payment(
            row=entry.row, payer=own if out else other, payee=other if out else own,
            reference=booked if is_back else said or booked,
            of=said if is_back else name,
            debit_minor=minor if out else far_minor, debit_currency=entry.currency if out else far_currency,
            credit_minor=far_minor if out else minor, credit_currency=far_currency if out else entry.currency,
            debit_at=at if out else NEVER, credit_at=NEVER if out else at,
            legs=Leg.PAYER if out else Leg.PAYEE, kind=kind, channel=channel,
        )  # fmt: skip

    def _party(self, detail: Fields, side: str) -> str:
        return account_of(self.draft, detail, f"RltdPties/{side}Acct", f"RltdAgts/{side}Agt")

    def _other_side(self, detail: Fields, entry: _Entry, minor: int, *, is_out: bool) -> tuple[int, str]:
        """What the other account was booked, as far as it is said: in another currency, or less a fee."""
        for path in ("AmtDtls/InstdAmt/Amt", "AmtDtls/TxAmt/Amt", "AmtDtls/CntrValAmt/Amt"):
            found, currency = self.values.amount(detail, path, may_be_absent=True)
            if currency and currency != entry.currency:
                return found, currency
            if currency and (found < minor if is_out else found > minor):
                return found, currency
        return UNKNOWN_MINOR, entry.currency

    def _exactly(self, entry: _Entry, detail: Fields) -> int:
        """The time of a booking of which only the day is said, when its payment tells a time of that day."""
        if entry.day is None:
            return entry.at
        found = self.values.moment(detail, "RltdDts/AccptncDtTm", "RltdDts/TxDtTm")
        return found if found != NEVER and entry.day <= found < entry.day + DAY_US else entry.at

    def end(self, _fields: Fields) -> None:
        """A statement ends: its balances are held against its bookings."""
        statement = self.statement
        try:
            self._balances()
            self._period()
        except ValueError as exc:
            statement.objections.append(str(exc))
        number, total = self.summary.get("TtlNtries/NbOfNtries", ""), self.summary.get("TtlNtries/Sum", "")
        if number and (not number.isdecimal() or int(number[:15]) < self.booked):
            statement.objections.append(f"It says that it has {number[:15]} entries, it has {self.booked:,} booked.")
        elif number and int(number[:15]) > self.entries:
            statement.objections.append(f"It says that it has {number[:15]} entries, it has {self.entries:,}.")
        if total and total_of(total, exponent_of(statement.currency) or 0) is None:
            statement.objections.append(f"Its sum {total[:30]!r} is none.")
        if self.balances or statement.objections:
            statement.finish(self.draft)

    def _balances(self) -> None:
        for balance in self.balances:
            kind = balance.get("Tp/CdOrPrtry/Cd", "")
            if kind not in ("OPBD", "PRCD", "CLBD"):
                continue
            currency = balance.get("Amt@Ccy", "")
            found = self.values.purse.of(currency)
            minor = total_of(balance.get("Amt", ""), found.exponent or 0)
            if minor is None or found.exponent is None:
                raise ValueError("A balance is no amount, or in a currency that is not known.")
            self.statement.currency = self.statement.currency or currency
            if currency != self.statement.currency:
                raise ValueError("A balance is in another currency than the account.")
            signed = _signed(balance.get("CdtDbtInd", ""), minor)
            day = self.values.moment(balance, "Dt/DtTm", "Dt/Dt")
            whole = DAY_US if is_whole_day(balance.get("Dt/DtTm") or balance.get("Dt/Dt") or "x:") else 0
            if kind == "CLBD":
                self.statement.closing = signed
                self.statement.end = day + whole if day != NEVER else None
            elif kind == "OPBD" or self.statement.opening is None:
                self.statement.opening = signed
                self.statement.start = None if day == NEVER else day if kind == "OPBD" else day + whole

    def _period(self) -> None:
        start = self.values.moment(self.period, "FrDtTm")
        end = self.values.moment(self.period, "ToDtTm")
        if start != NEVER:
            self.statement.start = start
        if end != NEVER:  # it names the last second that it speaks of, as banks write it
            self.statement.end = end + (1_000_000 if end % 60_000_000 == 59_000_000 else 0)


_NOT_BOOKED: Final = "It is not booked"


def _signed(indicator: str, minor: int) -> int:
    if indicator not in ("CRDT", "DBIT"):
        raise ValueError("It says neither CRDT nor DBIT.")
    return minor if indicator == "CRDT" else -minor


def _what(entry: Fields, detail: Fields) -> tuple[str, str]:
    """Kind and channel, by the bank's transaction code."""
    families = {where.get("BkTxCd/Domn/Fmly/Cd", "") for where in (entry, detail)}
    subs = {where.get("BkTxCd/Domn/Fmly/SubFmlyCd", "") for where in (entry, detail)}
    channel = Channel.CARD if "CCRD" in families else Channel.INSTANT if families & _INSTANT else Channel.UNKNOWN
    is_back = entry.get("RvslInd") in ("true", "1") or any(
        path in where for where in (entry, detail) for path in ("RtrInf/Rsn/Cd", "RtrInf/Rsn/Prtry")
    )
    if is_back or subs & _RETURNS:
        return PaymentKind.RETURN, channel
    if subs & _FEES:
        return PaymentKind.FEE, Channel.INTERNAL
    if subs & _CASH_OUT:
        return PaymentKind.CASH_OUT, Channel.CASH
    if subs & _CASH_IN:
        return PaymentKind.CASH_IN, Channel.CASH
    return PaymentKind.TRANSFER, channel


def read_statement(raw: bytes, draft: LedgerDraft, message: str) -> None:
    """Read a camt.053, camt.052 or camt.054 into a ledger's rows.

    Args:
        message: Which of them it is.

    Raises:
        Malformed: It is none.
        OverLimit: It is larger or deeper than a file may be.
    """
    reading = _Reading(draft)
    body, name = _BODIES[message]
    top = f"{body}/{name}"
    account = (*(leaf.lstrip("/") for leaf in account_leaves("", "Svcr")), "Ccy")
    stream_xml(
        raw,
        "Document",
        lambda _namespace: (
            Scope(f"{body}/GrpHdr", ("MsgId",), reading.header),
            Scope(top, (), reading.end, reading.begin),
            Scope(f"{top}/FrToDt", ("FrDtTm", "ToDtTm"), reading.said_period),
            Scope(f"{top}/Acct", account, reading.account),
            Scope(f"{top}/TxsSummry", ("TtlNtries/NbOfNtries", "TtlNtries/Sum"), reading.said_summary),
            Scope(f"{top}/Bal", _BALANCE, reading.said_balance),
            Scope(f"{top}/Ntry", _ENTRY, reading.entry),
            Scope(f"{top}/Ntry/NtryDtls/TxDtls", _DETAIL, reading.said_detail),
        ),
    )
