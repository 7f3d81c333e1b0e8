# SPDX-License-Identifier: Apache-2.0
"""pacs.008: a bank tells another of customers' credit transfers. What it says of the debit is its own booking.

Source: ISO 20022 pacs.008.001, FIToFICustomerCreditTransfer, versions 02 and later by the same names.
"""

from typing import Final

from lintas.formats.money.draft import LedgerDraft, Payment, other_name, reference_of
from lintas.formats.money.iso import IsoValues, Totals, account_leaves, account_of, bank_of, channel_of
from lintas.formats.money.xml import Fields, Scope, stream_xml
from lintas.model.money import NEVER, Leg, PaymentKind

_GROUP: Final = (
    "MsgId", "CreDtTm", "NbOfTxs", "CtrlSum", "TtlIntrBkSttlmAmt", "TtlIntrBkSttlmAmt@Ccy", "IntrBkSttlmDt",
    "PmtTpInf/LclInstrm/Cd", "PmtTpInf/LclInstrm/Prtry", "PmtTpInf/SvcLvl/Cd",
)  # fmt: skip
_PAYMENT: Final = (
    "PmtId/EndToEndId", "PmtId/TxId", "PmtId/UETR", "PmtId/InstrId", "PmtTpInf/LclInstrm/Cd",
    "PmtTpInf/LclInstrm/Prtry", "PmtTpInf/SvcLvl/Cd", "IntrBkSttlmAmt", "IntrBkSttlmAmt@Ccy", "IntrBkSttlmDt",
    "SttlmTmIndctn/DbtDtTm", "SttlmTmIndctn/CdtDtTm", "AccptncDtTm", "InstdAmt", "InstdAmt@Ccy",
    *account_leaves("DbtrAcct", "DbtrAgt"), *account_leaves("CdtrAcct", "CdtrAgt"),
)  # fmt: skip


class _Reading:
    def __init__(self, draft: LedgerDraft) -> None:
        self.draft = draft
        self.group: Fields = {}
        self.totals = Totals()
        self.values = IsoValues()

    def payment(self, fields: Fields) -> None:
        row = self.totals.count + 1
        try:
            minor, currency = self.values.amount(fields, "IntrBkSttlmAmt")
        except ValueError as exc:
            self.totals.miss()
            self.draft.reject(f"payment {row}", str(exc))
            return
        self.totals.add(minor, currency)
        try:
            self.draft.add(self._row(row, fields, minor, currency))
        except ValueError as exc:
            self.draft.reject(f"payment {row}", str(exc))

    def _row(self, row: int, fields: Fields, minor: int, currency: str) -> Payment:
        draft, group = self.draft, self.group
        payer = account_of(draft, fields, "DbtrAcct", "DbtrAgt")
        payee = account_of(draft, fields, "CdtrAcct", "CdtrAgt")
        if not payer and not payee:
            raise ValueError("It names no account, neither the payer's nor the payee's.")
        said, said_currency = self.values.amount(fields, "InstdAmt", may_be_absent=True)
        debit, credit, debit_currency = minor, minor, currency
        if said_currency == currency:  # what is between the two are the banks' charges
            debit, credit = max(said, minor), min(said, minor)
        elif said_currency:
            debit, debit_currency = said, said_currency
        end_to_end = fields.get("PmtId/EndToEndId", "")
        reference = reference_of(
            uetr=fields.get("PmtId/UETR", ""), end_to_end=end_to_end,
            bank=bank_of(fields, "DbtrAgt"), own=fields.get("PmtId/TxId") or fields.get("PmtId/InstrId", ""),
        )  # fmt: skip
        return Payment(
            row=row, payer=payer, payee=payee, reference=reference, of=other_name(end_to_end, reference),
            debit_at=self._debit_at(row, fields),
            credit_at=self.values.moment(fields, "SttlmTmIndctn/CdtDtTm"),
            debit_minor=debit, credit_minor=credit, debit_currency=debit_currency, credit_currency=currency,
            kind=PaymentKind.TRANSFER, legs=Leg.PAYER,
            channel=channel_of(*(
                where.get(f"PmtTpInf/{path}", "")
                for where in (fields, group) for path in ("LclInstrm/Cd", "LclInstrm/Prtry", "SvcLvl/Cd")
            )),
        )  # fmt: skip

    def _debit_at(self, row: int, fields: Fields) -> int:
        """When the payer was debited: as said, else when the order was accepted, else when the message was made.

        A message made on another day than money moves says only the day.
        """
        found = self.values.moment(fields, "SttlmTmIndctn/DbtDtTm", "AccptncDtTm")
        if found != NEVER:
            return found
        day = fields.get("IntrBkSttlmDt") or self.group.get("IntrBkSttlmDt", "")
        made = self.group.get("CreDtTm", "")
        if day and made[:10] != day[:10]:
            return self.values.moment({"day": day}, "day", row=row)
        found = self.values.moment(self.group, "CreDtTm", row=row)
        if found == NEVER:
            raise ValueError("It has no time: neither a settlement date nor when it was made.")
        return found

    def ended(self, fields: Fields) -> None:
        """Hold the group against its payments."""
        del fields
        group = self.group
        wrong = self.totals.wrong(
            number=group.get("NbOfTxs", ""),
            control=group.get("CtrlSum", ""),
            total=group.get("TtlIntrBkSttlmAmt", ""),
            currency=group.get("TtlIntrBkSttlmAmt@Ccy", ""),
        )
        if wrong:
            self.draft.reject("group header", wrong)
        if group.get("MsgId"):
            self.draft.says.append(("messageId", group["MsgId"][:35]))


def read_pacs008(raw: bytes, draft: LedgerDraft) -> None:
    """Read a pacs.008 into a ledger's rows.

    Raises:
        Malformed: It is none.
        OverLimit: It is larger or deeper than a file may be.
    """
    reading = _Reading(draft)
    body = "FIToFICstmrCdtTrf"
    stream_xml(
        raw,
        "Document",
        lambda _namespace: (
            Scope(body, (), reading.ended),
            Scope(f"{body}/GrpHdr", _GROUP, reading.group.update),
            Scope(f"{body}/CdtTrfTxInf", _PAYMENT, reading.payment),
        ),
    )
