# SPDX-License-Identifier: Apache-2.0
"""What messages of payments between banks have in common: a group header whose totals are checked, and payments.

Source: ISO 20022 message definitions, Payments Clearing and Settlement.
"""

from collections.abc import Callable
from dataclasses import dataclass

from lintas.formats.money.draft import LedgerDraft, Payment
from lintas.formats.money.iso import IsoValues, Totals
from lintas.formats.money.xml import Fields, Scope, stream_xml
from lintas.model.money import NEVER


@dataclass(frozen=True, slots=True, kw_only=True)
class PacsForm:
    """One kind of message: where its parts stand, and how one payment of it is a row."""

    body: str  # element that holds all
    element: str  # of one payment
    noun: str  # what people call one: "payment", "return"
    amount: str  # what the banks settle
    total: str  # of that in the group header
    group: tuple[str, ...]  # wanted of the group header
    payment: tuple[str, ...]  # wanted of one payment
    debited: tuple[str, ...]  # times of the debit, the surest first
    row: "Callable[[PacsReading, int, Fields, int, str], Payment]"  # number, fields, settled minor units, currency


class PacsReading:
    """Reads one message into a draft."""

    def __init__(self, draft: LedgerDraft, form: PacsForm) -> None:
        self.draft, self.form = draft, form
        self.group: Fields = {}
        self.totals = Totals()
        self.values = IsoValues()

    def payment(self, fields: Fields) -> None:
        """One payment ended."""
        row = self.totals.count + 1
        try:
            minor, currency = self.values.amount(fields, self.form.amount)
        except ValueError as exc:
            self.totals.miss()
            self.draft.reject(f"{self.form.noun} {row}", str(exc))
            return
        self.totals.add(minor, currency)
        try:
            self.draft.add(self.form.row(self, row, fields, minor, currency))
        except ValueError as exc:
            self.draft.reject(f"{self.form.noun} {row}", str(exc))

    def debited_at(self, row: int, fields: Fields) -> int:
        """When the payer was debited: as said, else when the message was made.

        A message made on another day than money moves says only the day.

        Raises:
            ValueError: Nobody says; the message is the reason.
        """
        found = self.values.moment(fields, *self.form.debited)
        day = fields.get("IntrBkSttlmDt") or self.group.get("IntrBkSttlmDt", "")
        if found == NEVER and day and self.group.get("CreDtTm", "")[:10] != day[:10]:
            found = self.values.moment({"day": day}, "day", row=row)
        if found == NEVER:
            found = self.values.moment(self.group, "CreDtTm", row=row)
        if found == NEVER:
            raise ValueError("It has no time: neither a settlement date nor when it was made.")
        return found

    def ended(self, _fields: Fields) -> None:
        """Hold the group against its payments."""
        group, total = self.group, self.form.total
        wrong = self.totals.wrong(
            number=group.get("NbOfTxs", ""),
            control=group.get("CtrlSum", ""),
            total=group.get(total, ""),
            currency=group.get(f"{total}@Ccy", ""),
        )
        if wrong:
            self.draft.reject("group header", wrong)
        if group.get("MsgId"):
            self.draft.says.append(("messageId", group["MsgId"][:35]))


def read_pacs(raw: bytes, draft: LedgerDraft, form: PacsForm) -> None:
    """Read a message into a ledger's rows.

    Raises:
        Malformed: It is none.
        OverLimit: It is larger or deeper than a file may be.
    """
    reading = PacsReading(draft, form)
    stream_xml(
        raw,
        "Document",
        lambda _namespace: (
            Scope(form.body, (), reading.ended),
            Scope(f"{form.body}/GrpHdr", form.group, reading.group.update),
            Scope(f"{form.body}/{form.element}", form.payment, reading.payment),
        ),
    )
