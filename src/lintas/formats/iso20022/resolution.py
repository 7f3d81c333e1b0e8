# SPDX-License-Identifier: Apache-2.0
"""Bytes <-> a camt.029: what came of a recall.

Source: ISO 20022 camt.029.001.09, ResolutionOfInvestigationV09; later versions are read by the same names.
"""

from typing import Final

from lintas.errors import BadInput, Malformed
from lintas.formats.iso20022.definition import CAMT_029, FORMS, violations
from lintas.formats.iso20022.fields import (
    check_namespace,
    read_amount,
    read_moment,
    read_party,
    read_text,
    write_amount,
    write_party,
)
from lintas.formats.iso20022.xml import Element, branch, leaf, read_xml, write_xml
from lintas.limits import RECALLED_PAYMENTS_MAX
from lintas.model.recall import Resolution, ResolvedPayment

_ABOUT_MAX: Final = 10
_RECALL_MESSAGE: Final = "camt.056.001.08"


def write_resolution(resolution: Resolution) -> bytes:
    """Write a camt.029.001.09.

    Raises:
        BadInput: A value has not the form that the message asks for; the message names the element.
    """
    answer = branch(
        "RsltnOfInvstgtn",
        branch(
            "Assgnmt",
            leaf("Id", resolution.id),
            write_party("Assgnr", resolution.bank),
            write_party("Assgne", resolution.asker),
            leaf("CreDtTm", resolution.made_at),
        ),
        branch("RslvdCase", leaf("Id", resolution.case), write_party("Cretr", resolution.asker))
        if resolution.case
        else None,
        branch("Sts", leaf("Conf", resolution.status)),
        branch("CxlDtls", *(_write_payment(payment, resolution.recall) for payment in resolution.payments)),
    )
    root = Element(name="Document", children=(answer,) if answer is not None else ())
    for violation in violations(root, "Camt029"):
        raise BadInput(f"The answer cannot be written: {violation}.")
    return write_xml(CAMT_029, root)


def _write_payment(payment: ResolvedPayment, recall: str) -> Element | None:
    group = branch("OrgnlGrpInf", leaf("OrgnlMsgId", recall), leaf("OrgnlMsgNmId", _RECALL_MESSAGE)) if recall else None
    reason = branch("Rsn", leaf("Cd", payment.reason))
    return branch(
        "TxInfAndSts",
        leaf("CxlStsId", payment.id),
        group,
        leaf("OrgnlEndToEndId", payment.end_to_end),
        leaf("OrgnlTxId", payment.transaction),
        leaf("OrgnlUETR", payment.uetr),
        leaf("TxCxlSts", payment.status),
        branch("CxlStsRsnInf", reason, *(leaf("AddtlInf", one) for one in payment.about)),
        branch("RsltnRltdInf", write_amount("IntrBkSttlmAmt", payment.returned)),
        write_amount("OrgnlIntrBkSttlmAmt", payment.amount),
    )


def read_resolution(raw: bytes) -> Resolution:
    """Read a camt.029.

    Raises:
        Malformed: It is none, or an element that every answer has is missing; the message says which.
        OverLimit: It is larger than a message may be.
    """
    namespace, root = read_xml(raw)
    check_namespace(namespace, "camt.029", oldest=9)
    answer = root.first("RsltnOfInvstgtn")
    if root.name != "Document" or answer is None:
        raise Malformed("The file holds no RsltnOfInvstgtn.")
    id_, status = read_text(answer, "Assgnmt/Id", 35), answer.said("Sts/Conf")
    if not id_:
        raise Malformed("The answer has no Assgnmt/Id.")
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
    about = (read_text(Element(name="", children=(each,)), each.name, 105) for each in one.all("CxlStsRsnInf/AddtlInf"))
    return ResolvedPayment(
        id=read_text(one, "CxlStsId", 35),
        end_to_end=read_text(one, "OrgnlEndToEndId", 35),
        transaction=read_text(one, "OrgnlTxId", 35),
        uetr=read_text(one, "OrgnlUETR", 36),
        status=status,
        reason=read_text(one, "CxlStsRsnInf/Rsn/Cd", 4) or read_text(one, "CxlStsRsnInf/Rsn/Prtry", 35),
        about=tuple(text for text in about if text)[:_ABOUT_MAX],
        returned=read_amount(one, "RsltnRltdInf/IntrBkSttlmAmt"),
        amount=read_amount(one, "OrgnlIntrBkSttlmAmt"),
    )
