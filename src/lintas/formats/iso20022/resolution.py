# SPDX-License-Identifier: Apache-2.0
"""Bytes <-> a camt.029: what came of a recall.

Source: ISO 20022 camt.029.001.09, ResolutionOfInvestigationV09; later versions are read by the same names.
"""

from typing import Final

from lintas.errors import Malformed
from lintas.formats.iso20022.definition import CAMT_029, FORMS
from lintas.formats.iso20022.fields import read_amount, read_moment, read_party, read_text, write_amount
from lintas.formats.iso20022.message import (
    read_about,
    read_message,
    write_assignment,
    write_case,
    write_ids,
    write_message,
    write_reason,
)
from lintas.formats.iso20022.xml import Element, branch, leaf
from lintas.limits import RECALLED_PAYMENTS_MAX
from lintas.model.recall import Resolution, ResolvedPayment

_RECALL_MESSAGE: Final = "camt.056.001.08"


def write_resolution(resolution: Resolution) -> bytes:
    """Write a camt.029.001.09.

    Raises:
        BadInput: A value has not the form that the message asks for; the message names the element.
    """
    answer = branch(
        "RsltnOfInvstgtn",
        write_assignment(resolution.id, by=resolution.bank, to=resolution.asker, made_at=resolution.made_at),
        write_case("RslvdCase", resolution.case, resolution.asker),
        branch("Sts", leaf("Conf", resolution.status)),
        branch("CxlDtls", *(_write_payment(payment, resolution.recall) for payment in resolution.payments)),
    )
    return write_message(CAMT_029, "Camt029", answer, what="answer")


def _write_payment(payment: ResolvedPayment, recall: str) -> Element | None:
    group = branch("OrgnlGrpInf", leaf("OrgnlMsgId", recall), leaf("OrgnlMsgNmId", _RECALL_MESSAGE)) if recall else None
    return branch(
        "TxInfAndSts",
        leaf("CxlStsId", payment.id),
        group,
        *write_ids(payment.end_to_end, payment.transaction, payment.uetr),
        leaf("TxCxlSts", payment.status),
        write_reason("CxlStsRsnInf", payment.reason, payment.about),
        branch("RsltnRltdInf", write_amount("IntrBkSttlmAmt", payment.returned)),
        write_amount("OrgnlIntrBkSttlmAmt", payment.amount),
    )


def read_resolution(raw: bytes) -> Resolution:
    """Read a camt.029.

    Raises:
        Malformed: It is none, or an element that every answer has is missing; the message says which.
        OverLimit: It is larger than a message may be.
    """
    id_, answer = read_message(raw, "camt.029", "RsltnOfInvstgtn", oldest=9, what="answer")
    status = answer.said("Sts/Conf")
    if not FORMS["External4Code"](status) or not status.isalnum() or not status.isascii():
        raise Malformed("The answer has no Sts/Conf: it does not say what came of the recall.")
    found = list(answer.all("CxlDtls/TxInfAndSts"))
    if len(found) > RECALLED_PAYMENTS_MAX:
        raise Malformed(f"The answer names {len(found):,} payments; up to {RECALLED_PAYMENTS_MAX} are read.")
    return Resolution(
        id=id_,
        recall=_recall(answer),
        case=read_text(answer, "RslvdCase/Id", 35) or read_text(answer, "CxlDtls/TxInfAndSts/RslvdCase/Id", 35),
        bank=read_party(answer.first("Assgnmt/Assgnr")),
        asker=read_party(answer.first("Assgnmt/Assgne")),
        made_at=read_moment(answer, "Assgnmt/CreDtTm"),
        status=status,
        payments=tuple(_read_payment(one) for one in found),
    )


def _recall(answer: Element) -> str:
    """The recall that is answered: as the group or a payment of the answer repeats its id."""
    for path in ("CxlDtls/OrgnlGrpInfAndSts", "CxlDtls/TxInfAndSts/OrgnlGrpInf"):
        for group in answer.all(path):
            if group.said("OrgnlMsgNmId").startswith("camt.056"):
                return read_text(group, "OrgnlMsgId", 35)
    return ""


def _read_payment(one: Element) -> ResolvedPayment:
    status = one.said("TxCxlSts")
    if status and not FORMS["CancellationIndividualStatus1Code"](status):
        raise Malformed(f"The answer says {status[:10]!r} of a payment, which is no status.")
    return ResolvedPayment(
        id=read_text(one, "CxlStsId", 35),
        end_to_end=read_text(one, "OrgnlEndToEndId", 35),
        transaction=read_text(one, "OrgnlTxId", 35),
        uetr=read_text(one, "OrgnlUETR", 36),
        status=status,
        reason=read_text(one, "CxlStsRsnInf/Rsn/Cd", 4) or read_text(one, "CxlStsRsnInf/Rsn/Prtry", 35),
        about=read_about(one, "CxlStsRsnInf/AddtlInf"),
        returned=read_amount(one, "RsltnRltdInf/IntrBkSttlmAmt"),
        amount=read_amount(one, "OrgnlIntrBkSttlmAmt"),
    )
