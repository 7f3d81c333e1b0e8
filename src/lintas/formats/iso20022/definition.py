# SPDX-License-Identifier: Apache-2.0
"""The message definitions that we write, as a table: which element, in which order, how often, of which form.

Types and elements bear the names of the published definitions, so that each row can be held against them. What we
never write is not spelled out: an element of it is a violation.
Source: ISO 20022 message definitions camt.056.001.08 and camt.029.001.09 (Payments - Exceptions & Investigations).
"""

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Final, NamedTuple

from lintas.formats.iso20022.xml import Element

CAMT_056: Final = "urn:iso:std:iso:20022:tech:xsd:camt.056.001.08"
CAMT_029: Final = "urn:iso:std:iso:20022:tech:xsd:camt.029.001.09"

_MANY: Final = 10_000  # "unbounded"


class Part(NamedTuple):
    """One element of a type."""

    name: str
    type: str  # a row of TYPES or FORMS; empty: it is never written here
    least: int = 0
    most: int = 1


class Type(NamedTuple):
    """One complex type."""

    parts: tuple[Part, ...]
    is_choice: bool = False  # exactly one of its parts


def _sequence(*parts: Part) -> Type:
    return Type(parts)


def _choice(*parts: Part) -> Type:
    return Type(parts, is_choice=True)


def _never(*names: str) -> tuple[Part, ...]:
    return tuple(Part(name, "") for name in names)


_CASE: Final = "Case5"
_AGENT: Final = "BranchAndFinancialInstitutionIdentification6"
_PARTY: Final = "PartyIdentification135"
_AMOUNT: Final = "ActiveOrHistoricCurrencyAndAmount"
_ORIGINAL: Final = (
    Part("OrgnlInstrId", "Max35Text"),
    Part("OrgnlEndToEndId", "Max35Text"),
    Part("OrgnlTxId", "Max35Text"),
)

TYPES: Final[Mapping[str, Type]] = {
    "Camt056": _sequence(Part("FIToFIPmtCxlReq", "FIToFIPaymentCancellationRequestV08", 1)),
    "FIToFIPaymentCancellationRequestV08": _sequence(
        Part("Assgnmt", "CaseAssignment5", 1),
        Part("Case", _CASE),
        Part("CtrlData", "ControlData1"),
        Part("Undrlyg", "UnderlyingTransaction23", 1, _MANY),
        *_never("SplmtryData"),
    ),
    "CaseAssignment5": _sequence(
        Part("Id", "Max35Text", 1),
        Part("Assgnr", "Party40Choice", 1),
        Part("Assgne", "Party40Choice", 1),
        Part("CreDtTm", "ISODateTime", 1),
    ),
    _CASE: _sequence(Part("Id", "Max35Text", 1), Part("Cretr", "Party40Choice", 1), *_never("ReopCaseIndctn")),
    "ControlData1": _sequence(Part("NbOfTxs", "Max15NumericText", 1), *_never("CtrlSum")),
    "Party40Choice": _choice(Part("Pty", _PARTY), Part("Agt", _AGENT)),
    _PARTY: _sequence(Part("Nm", "Max140Text"), *_never("PstlAdr", "Id", "CtryOfRes", "CtctDtls")),
    _AGENT: _sequence(Part("FinInstnId", "FinancialInstitutionIdentification18", 1), *_never("BrnchId")),
    "FinancialInstitutionIdentification18": _sequence(
        Part("BICFI", "BICFIDec2014Identifier"),
        Part("ClrSysMmbId", "ClearingSystemMemberIdentification2"),
        *_never("LEI"),
        Part("Nm", "Max140Text"),
        *_never("PstlAdr", "Othr"),
    ),
    "ClearingSystemMemberIdentification2": _sequence(*_never("ClrSysId"), Part("MmbId", "Max35Text", 1)),
    "UnderlyingTransaction23": _sequence(
        *_never("OrgnlGrpInfAndCxl"), Part("TxInf", "PaymentTransaction106", 0, _MANY)
    ),
    "PaymentTransaction106": _sequence(
        Part("CxlId", "Max35Text"),
        *_never("Case"),
        Part("OrgnlGrpInf", "OriginalGroupInformation29"),
        *_ORIGINAL,
        Part("OrgnlUETR", "UUIDv4Identifier"),
        Part("OrgnlClrSysRef", "Max35Text"),
        Part("OrgnlIntrBkSttlmAmt", _AMOUNT),
        Part("OrgnlIntrBkSttlmDt", "ISODate"),
        *_never("Assgnr", "Assgne"),
        Part("CxlRsnInf", "PaymentCancellationReason5", 0, _MANY),
        Part("OrgnlTxRef", "OriginalTransactionReference28"),
        *_never("SplmtryData"),
    ),
    "OriginalGroupInformation29": _sequence(
        Part("OrgnlMsgId", "Max35Text", 1), Part("OrgnlMsgNmId", "Max35Text", 1), Part("OrgnlCreDtTm", "ISODateTime")
    ),
    "PaymentCancellationReason5": _sequence(
        *_never("Orgtr"), Part("Rsn", "CancellationReason33Choice"), Part("AddtlInf", "Max105Text", 0, _MANY)
    ),
    "CancellationReason33Choice": _choice(Part("Cd", "External4Code"), *_never("Prtry")),
    "OriginalTransactionReference28": _sequence(
        *_never("IntrBkSttlmAmt", "Amt", "IntrBkSttlmDt", "ReqdColltnDt", "ReqdExctnDt", "CdtrSchmeId", "SttlmInf"),
        *_never("PmtTpInf", "PmtMtd", "MndtRltdInf", "RmtInf", "UltmtDbtr", "Dbtr"),
        Part("DbtrAcct", "CashAccount38"),
        Part("DbtrAgt", _AGENT),
        *_never("DbtrAgtAcct"),
        Part("CdtrAgt", _AGENT),
        *_never("CdtrAgtAcct", "Cdtr"),
        Part("CdtrAcct", "CashAccount38"),
        *_never("UltmtCdtr", "Purp"),
    ),
    "CashAccount38": _sequence(Part("Id", "AccountIdentification4Choice", 1), *_never("Tp", "Ccy", "Nm", "Prxy")),
    "AccountIdentification4Choice": _choice(
        Part("IBAN", "IBAN2007Identifier"), Part("Othr", "GenericAccountIdentification1")
    ),
    "GenericAccountIdentification1": _sequence(Part("Id", "Max34Text", 1), *_never("SchmeNm", "Issr")),
    "Camt029": _sequence(Part("RsltnOfInvstgtn", "ResolutionOfInvestigationV09", 1)),
    "ResolutionOfInvestigationV09": _sequence(
        Part("Assgnmt", "CaseAssignment5", 1),
        Part("RslvdCase", _CASE),
        Part("Sts", "InvestigationStatus5Choice", 1),
        Part("CxlDtls", "UnderlyingTransaction22", 0, _MANY),
        *_never("ModDtls", "ClmNonRctDtls", "StmtDtls", "CrrctnTx", "RsltnRltdInf", "SplmtryData"),
    ),
    "InvestigationStatus5Choice": _choice(
        Part("Conf", "External4Code"), *_never("RjctdMod", "DplctOf", "AssgnmtCxlConf")
    ),
    "UnderlyingTransaction22": _sequence(
        *_never("OrgnlGrpInfAndSts", "OrgnlPmtInfAndSts"), Part("TxInfAndSts", "PaymentTransaction102", 0, _MANY)
    ),
    "PaymentTransaction102": _sequence(
        Part("CxlStsId", "Max35Text"),
        *_never("RslvdCase"),
        Part("OrgnlGrpInf", "OriginalGroupInformation29"),
        *_ORIGINAL,
        Part("OrgnlClrSysRef", "Max35Text"),
        Part("OrgnlUETR", "UUIDv4Identifier"),
        Part("TxCxlSts", "CancellationIndividualStatus1Code"),
        Part("CxlStsRsnInf", "CancellationStatusReason4", 0, _MANY),
        Part("RsltnRltdInf", "ResolutionData1"),
        Part("OrgnlIntrBkSttlmAmt", _AMOUNT),
        Part("OrgnlIntrBkSttlmDt", "ISODate"),
        *_never("Assgnr", "Assgne", "OrgnlTxRef"),
    ),
    "CancellationStatusReason4": _sequence(
        *_never("Orgtr"), Part("Rsn", "CancellationStatusReason3Choice"), Part("AddtlInf", "Max105Text", 0, _MANY)
    ),
    "CancellationStatusReason3Choice": _choice(Part("Cd", "External4Code"), *_never("Prtry")),
    "ResolutionData1": _sequence(
        *_never("EndToEndId", "TxId", "UETR"),
        Part("IntrBkSttlmAmt", _AMOUNT),
        Part("IntrBkSttlmDt", "ISODate"),
        *_never("ClrChanl", "Compstn", "Chrgs"),
    ),
}  # fmt: skip


def _text(most: int) -> Callable[[str], bool]:
    return lambda said: 1 <= len(said) <= most


def _like(pattern: str) -> Callable[[str], bool]:
    compiled = re.compile(pattern, re.ASCII)
    return lambda said: compiled.fullmatch(said) is not None


def _is_date(said: str) -> bool:
    return _is_moment(said + "T00:00:00") if len(said) == 10 else False


def _is_moment(said: str) -> bool:
    if not _MOMENT(said):
        return False
    try:
        datetime.fromisoformat(said)
    except ValueError:
        return False
    return True


_MOMENT: Final = _like(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?(Z|[+-][0-9]{2}:[0-9]{2})?"
)
FORMS: Final[Mapping[str, Callable[[str], bool]]] = {
    "Max35Text": _text(35),
    "Max34Text": _text(34),
    "Max105Text": _text(105),
    "Max140Text": _text(140),
    "Max15NumericText": _like(r"[0-9]{1,15}"),
    "External4Code": _text(4),
    "CancellationIndividualStatus1Code": frozenset({"RJCR", "ACCR", "PDCR"}).__contains__,
    "BICFIDec2014Identifier": _like(r"[A-Z0-9]{4}[A-Z]{2}[A-Z0-9]{2}([A-Z0-9]{3})?"),
    "IBAN2007Identifier": _like(r"[A-Z]{2}[0-9]{2}[a-zA-Z0-9]{1,30}"),
    "UUIDv4Identifier": _like(r"[a-f0-9]{8}-[a-f0-9]{4}-4[a-f0-9]{3}-[89ab][a-f0-9]{3}-[a-f0-9]{12}"),
    _AMOUNT: _like(r"(?=.{1,19}\Z)[0-9]{1,18}(\.[0-9]{1,5})?"),
    "ISODate": _is_date,
    "ISODateTime": _is_moment,
}
_CURRENCY: Final = _like(r"[A-Z]{3}")


def violations(root: Element, type_: str) -> Iterator[str]:
    """Say where a document departs from its definition: `Document/FIToFIPmtCxlReq/Assgnmt: Id is missing`.

    Args:
        root: `Document`.
        type_: `Camt056` or `Camt029`.
    """
    if root.name != "Document":
        yield "the root is not Document"
    yield from _of_type(root, type_, root.name)


def _of_type(element: Element, type_: str, where: str) -> Iterator[str]:
    attributes = {"Ccy"} if type_ == _AMOUNT else set()
    if set(element.attributes) != attributes:
        yield f"{where}: its attributes are not {sorted(attributes)}"
    elif attributes and not _CURRENCY(element.attributes["Ccy"]):
        yield f"{where}: Ccy is no currency"
    if type_ in FORMS:
        if element.children or not FORMS[type_](element.text):
            yield f"{where}: {element.text[:40]!r} is no {type_}"
        return
    if element.text:
        yield f"{where}: it has text"
    if TYPES[type_].is_choice and len(element.children) != 1:
        yield f"{where}: it has not exactly one of its parts"
    yield from _parts(element, TYPES[type_].parts, where)


def _parts(element: Element, parts: tuple[Part, ...], where: str) -> Iterator[str]:
    place = {part.name: number for number, part in enumerate(parts)}
    unknown = [child.name for child in element.children if child.name not in place]
    if unknown:
        yield f"{where}: {unknown[0][:40]} does not belong there"
        return
    numbers = [place[child.name] for child in element.children]
    if numbers != sorted(numbers):
        yield f"{where}: its parts are not in order"
    for number, part in enumerate(parts):
        found = [child for child in element.children if place[child.name] == number]
        if not part.least <= len(found) <= part.most:
            yield f"{where}: {part.name} stands there {len(found)} times"
        for child in found:
            if part.type:
                yield from _of_type(child, part.type, f"{where}/{part.name}")
            else:
                yield f"{where}: {part.name} is not written here"
