# SPDX-License-Identifier: Apache-2.0
"""pacs.004: a bank sends customers' payments back. A return is a payment from the first payee to the first payer.

Source: ISO 20022 pacs.004.001, PaymentReturn, versions 02 and later by the same names.
"""

from typing import Final

from lintas.formats.money.draft import LedgerDraft, Payment, reference_of
from lintas.formats.money.iso import account_leaves, account_of, bank_of
from lintas.formats.money.pacs import PacsForm, PacsReading, read_pacs
from lintas.formats.money.xml import Fields
from lintas.model.money import Channel, Leg, PaymentKind

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


def _row(reading: PacsReading, row: int, fields: Fields, minor: int, currency: str) -> Payment:
    draft = reading.draft
    payer = account_of(draft, fields, "RtrChain/DbtrAcct", "RtrChain/DbtrAgt") or account_of(
        draft, fields, "OrgnlTxRef/CdtrAcct", "OrgnlTxRef/CdtrAgt"
    )
    payee = account_of(draft, fields, "RtrChain/CdtrAcct", "RtrChain/CdtrAgt") or account_of(
        draft, fields, "OrgnlTxRef/DbtrAcct", "OrgnlTxRef/DbtrAgt"
    )
    if not payer and not payee:
        raise ValueError("It names no account, neither the first payer's nor the first payee's.")
    said, said_currency = reading.values.amount(fields, "RtrdInstdAmt", may_be_absent=True)
    debit, debit_currency = (said, said_currency) if said_currency else (minor, currency)
    if said_currency == currency:  # what is between the two are the banks' charges
        debit = max(said, minor)
    bank = fields.get("InstgAgt/FinInstnId/BICFI") or bank_of(fields, "OrgnlTxRef/CdtrAgt")
    return Payment(
        row=row, payer=payer, payee=payee, reference=reference_of(bank=bank, own=fields.get("RtrId", "")),
        of=reference_of(uetr=fields.get("OrgnlUETR", ""), end_to_end=fields.get("OrgnlEndToEndId", "")),
        debit_at=reading.debited_at(row, fields), credit_at=reading.values.moment(fields, "SttlmTmIndctn/CdtDtTm"),
        debit_minor=debit, credit_minor=minor, debit_currency=debit_currency, credit_currency=currency,
        kind=PaymentKind.RETURN, channel=Channel.WIRE, legs=Leg.PAYER,
    )  # fmt: skip


_FORM: Final = PacsForm(
    body="PmtRtr",
    element="TxInf",
    noun="return",
    amount="RtrdIntrBkSttlmAmt",
    total="TtlRtrdIntrBkSttlmAmt",
    group=_GROUP,
    payment=_PAYMENT,
    debited=("SttlmTmIndctn/DbtDtTm",),
    row=_row,
)


def read_pacs004(raw: bytes, draft: LedgerDraft) -> None:
    """Read a pacs.004 into a ledger's rows.

    Raises:
        Malformed: It is none.
        OverLimit: It is larger or deeper than a file may be.
    """
    read_pacs(raw, draft, _FORM)
