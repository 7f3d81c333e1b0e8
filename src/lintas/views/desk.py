# SPDX-License-Identifier: Apache-2.0
"""What documents of the desk, and entries about them, change in the views."""

import json
from collections.abc import Callable, Mapping
from typing import Any, Final

from lintas.crypto.canonical import canonical_json
from lintas.errors import LintasError
from lintas.formats.desk import parse_doc
from lintas.limits import DESK_TEXT_CHARS_MAX
from lintas.model.desk import DESK_TYPE, DeskDoc, Doc
from lintas.policy.requests import money_of
from lintas.views.agreements import agreement
from lintas.views.cases import case
from lintas.views.desk_rows import DueRow, OwnedRow, ReportRow, RequestRow, StepRow, VictimRow
from lintas.views.logged import Logged
from lintas.views.questions import question
from lintas.views.rows import Change
from lintas.views.traces import trace

_AMOUNT_FIELDS: Final = ("amount", "payment_amount", "loss")  # of a form: the first of them is what it is about

_SUBJECTS: Final = ("account", "own_account", "request", "identifier", "phone")  # of a form, the first that is there


def is_desk(header: Mapping[str, Any]) -> bool:
    """Whether a message is a document of the desk; a fold needs its payload then."""
    return bool(header["kind"] == "item" and header["media_type"] == DESK_TYPE)


def desk(entry: Logged) -> list[Change]:
    """What one document says; nothing when it was erased, is our own copy for a peer, or is no document at all."""
    if entry.payload is None or "release_of" in json.loads(entry.openings):
        return []
    try:
        doc = parse_doc(entry.payload)
    except LintasError:
        return []  # a peer's: the receipt told it why
    return _ROWS[doc.doc](entry, doc)


def _request(entry: Logged, doc: DeskDoc) -> list[Change]:
    said = doc.said
    if said["to"] == entry.header["originator"] and not _is_local(entry):
        return []  # what another desk asks of itself is its own, and stays there
    amount = next((found for name in _AMOUNT_FIELDS if (found := money_of(said["fields"].get(name)))), None)
    return [
        RequestRow(
            seq=entry.seq,
            message=entry.id,
            asker=entry.header["originator"],
            answerer=said["to"],
            ref=doc.ref,
            doc=doc.id,
            form=said["form"],
            power=said["power"],
            desk=said["desk"],
            urgency=said["urgency"],
            agreement=said["agreement"],
            case_ref=said["case"],
            report=said["report"],
            by=doc.by,
            at=entry.header["created_at"],
            levels=canonical_json(said["levels"]).decode(),
            amount_minor=-1 if amount is None else amount.minor,
            currency="" if amount is None else amount.currency,
            subject=subject_of(said["fields"]),
        )
    ]


def subject_of(fields: Mapping[str, Any]) -> str:
    """What a request is about, as threads about the same are found: digits and letters of an account or a number."""
    for name in _SUBJECTS:
        match fields.get(name):
            case {"value": str(value)} | str(value):
                if plain := "".join(char for char in value.upper() if char.isalnum()):
                    return plain[:DESK_TEXT_CHARS_MAX]
    return ""


def _step(entry: Logged, doc: DeskDoc) -> list[Change]:
    said = doc.said
    return [
        StepRow(
            seq=entry.seq,
            message=entry.id,
            asker=said["asker"],
            ref=doc.ref,
            node=entry.header["originator"],
            doc=doc.id,
            after=canonical_json(list(doc.after)).decode(),
            what=said["what"],
            by=doc.by,
            at=entry.header["created_at"],
            said=canonical_json(said["fields"] | {"ground": said["ground"]}).decode(),
        )
    ]


def _report(entry: Logged, doc: DeskDoc) -> list[Change]:
    if not _is_local(entry):
        return []  # reports are a node's own
    said = doc.said
    paid = [(payment["to"], money_of(payment["amount"]), payment) for payment in said["payments"]]
    return [
        ReportRow(
            seq=entry.seq,
            message=entry.id,
            ref=doc.ref,
            doc=doc.id,
            by=doc.by,
            at=entry.header["created_at"],
            how=said["how"],
            area=said["area"],
            kind=said["kind"],
            state=said["state"],
            duplicate_of=said["duplicate_of"],
            payments=tuple(
                (
                    to["scheme"],
                    to["value"],
                    -1 if amount is None else amount.minor,
                    "" if amount is None else amount.currency,
                    payment["at"],
                    payment["reference"],
                )
                for to, amount, payment in paid
            ),
        )
    ]


def _victim(entry: Logged, doc: DeskDoc) -> list[Change]:
    return [VictimRow(entry.seq, entry.id, doc.ref)] if _is_local(entry) else []


def _is_local(entry: Logged) -> bool:
    return bool(entry.header["channel"] == "local")


_ROWS: Final[Mapping[Doc, Callable[[Logged, DeskDoc], list[Change]]]] = {
    Doc.REQUEST: _request,
    Doc.STEP: _step,
    Doc.REPORT: _report,
    Doc.VICTIM: _victim,
    Doc.CASE: case,
    Doc.AGREEMENT: lambda entry, doc: [agreement(entry, doc)],
    Doc.TRACE: lambda entry, doc: [trace(entry, doc)],
    Doc.QUESTION: lambda entry, doc: list(question(entry, doc)),
}


def owned(entry: Logged) -> list[Change]:
    """Somebody answers for a thing, or is asked to."""
    body = entry.header["body"]
    return [
        OwnedRow(
            target=body["target"],
            by=body["by"],
            to=body.get("to", ""),
            action=body["action"],
            at=entry.header["created_at"],
            seq=entry.seq,
        )
    ]


def due(entry: Logged) -> list[Change]:
    """A clock warned or ran out, or somebody saw that it did."""
    body = entry.header["body"]
    return [
        DueRow(
            target=body["target"],
            clock=body["clock"],
            item=body.get("item", ""),
            due_at=body["due_at"],
            state=body["state"],
            by=body["by"],
            at=entry.header["created_at"],
            seq=entry.seq,
        )
    ]
