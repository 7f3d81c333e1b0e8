# SPDX-License-Identifier: Apache-2.0
"""pacs.004: a bank sends customers' payments back. A return is a payment from the first payee to the first payer.

Source: ISO 20022 pacs.004.001, PaymentReturn, versions 02 and later by the same names.
"""

from typing import Final

from lintas.formats.money.draft import LedgerDraft, Payment, reference_of
from lintas.formats.money.iso import IsoValues, Totals, account_leaves, account_of, bank_of
from lintas.formats.money.xml import Fields, Scope, stream_xml
from lintas.model.money import NEVER, Channel, Leg, PaymentKind

_GROUP: Final = (
    "MsgId", "CreDtTm", "NbOfTxs", "CtrlSum", "TtlRtrdIntrBkSttlmAmt", "TtlRtrdIntrBkSttlmAmt@Ccy", "IntrBkSttlmDt",
)  # fmt: skip
_PAYMENT: Final = (
    "RtrId", "OrgnlEndToEndId", "OrgnlTxId", "OrgnlUETR", "RtrdIntrBkSttlmAmt", "RtrdIntrBkSttlmAmt@Ccy",
    "RtrdInstdAmt", "RtrdInstdAmt@Ccy", "IntrBkSttlmDt", "SttlmTmIndctn/DbtDtTm", "SttlmTmIndctn/CdtDtTm",
    *account_leaves("RtrChain/DbtrAcct", "RtrChain/DbtrAgt"), *account_leaves("RtrChain/CdtrAcct", "RtrChain/CdtrAgt"),
    *account_leaves("OrgnlTxRef/DbtrAcct", "OrgnlTxRef/DbtrAgt"),
    *account_leaves("OrgnlTxRef/CdtrAcct", "OrgnlTxRef/CdtrAgt"),
    "InstgAgt/FinInstnId/BICFI",
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
            minor, currency = self.values.amount(fields, "RtrdIntrBkSttlmAmt")
        except ValueError as exc:
            self.totals.miss()
            self.draft.reject(f"return {row}", str(exc))
            return
        self.totals.add(minor, currency)
        try:
            self.draft.add(self._row(row, fields, minor, currency))
        except ValueError as exc:
            self.draft.reject(f"return {row}", str(exc))

    def _row(self, row: int, fields: Fields, minor: int, currency: str) -> Payment:
        draft = self.draft
        payer = account_of(draft, fields, "RtrChain/DbtrAcct", "RtrChain/DbtrAgt") or account_of(
            draft, fields, "OrgnlTxRef/CdtrAcct", "OrgnlTxRef/CdtrAgt"
        )
        payee = account_of(draft, fields, "RtrChain/CdtrAcct", "RtrChain/CdtrAgt") or account_of(
            draft, fields, "OrgnlTxRef/DbtrAcct", "OrgnlTxRef/DbtrAgt"
        )
        if not payer and not payee:
            raise ValueError("It names no account, neither the first payer's nor the first payee's.")
        said, said_currency = self.values.amount(fields, "RtrdInstdAmt", may_be_absent=True)
        debit, debit_currency = (said, said_currency) if said_currency else (minor, currency)
        if said_currency == currency:  # what is between the two are the banks' charges
            debit = max(said, minor)
        bank = fields.get("InstgAgt/FinInstnId/BICFI") or bank_of(fields, "OrgnlTxRef/CdtrAgt")
        return Payment(
            row=row, payer=payer, payee=payee, reference=reference_of(bank=bank, own=fields.get("RtrId", "")),
            of=reference_of(uetr=fields.get("OrgnlUETR", ""), end_to_end=fields.get("OrgnlEndToEndId", "")),
            debit_at=self._debit_at(row, fields), credit_at=self.values.moment(fields, "SttlmTmIndctn/CdtDtTm"),
            debit_minor=debit, credit_minor=minor, debit_currency=debit_currency, credit_currency=currency,
            kind=PaymentKind.RETURN, channel=Channel.WIRE, legs=Leg.PAYER,
        )  # fmt: skip

    def _debit_at(self, row: int, fields: Fields) -> int:
        found = self.values.moment(fields, "SttlmTmIndctn/DbtDtTm")
        day = fields.get("IntrBkSttlmDt") or self.group.get("IntrBkSttlmDt", "")
        if found == NEVER and day and self.group.get("CreDtTm", "")[:10] != day[:10]:
            found = self.values.moment({"day": day}, "day", row=row)
        if found == NEVER:
            found = self.values.moment(self.group, "CreDtTm", row=row)
        if found == NEVER:
            raise ValueError("It has no time: neither a settlement date nor when it was made.")
        return found

    def ended(self, _fields: Fields) -> None:
        """Hold the group against its returns."""
        group = self.group
        wrong = self.totals.wrong(
            number=group.get("NbOfTxs", ""),
            control=group.get("CtrlSum", ""),
            total=group.get("TtlRtrdIntrBkSttlmAmt", ""),
            currency=group.get("TtlRtrdIntrBkSttlmAmt@Ccy", ""),
        )
        if wrong:
            self.draft.reject("group header", wrong)
        if group.get("MsgId"):
            self.draft.says.append(("messageId", group["MsgId"][:35]))


def read_pacs004(raw: bytes, draft: LedgerDraft) -> None:
    """Read a pacs.004 into a ledger's rows.

    Raises:
        Malformed: It is none.
        OverLimit: It is larger or deeper than a file may be.
    """
    reading = _Reading(draft)
    body = "PmtRtr"
    stream_xml(
        raw,
        "Document",
        lambda _namespace: (
            Scope(body, (), reading.ended),
            Scope(f"{body}/GrpHdr", _GROUP, reading.group.update),
            Scope(f"{body}/TxInf", _PAYMENT, reading.payment),
        ),
    )
