# SPDX-License-Identifier: Apache-2.0
"""Bytes <-> one document of the desk.

Source: docs/spec/desk.md.
"""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Final

import msgspec
from msgspec import Meta

from lintas.crypto.canonical import canonical_json
from lintas.errors import BadInput, Malformed, NotCanonical, OverLimit
from lintas.formats.desk import structs as form
from lintas.formats.desk.case_fields import CASE_FIELDS
from lintas.formats.desk.question_fields import question_fields
from lintas.formats.desk.trace_fields import TRACE_FIELDS, check_trace
from lintas.limits import DESK_AFTER_MAX, DESK_DOC_BYTES_MAX
from lintas.model.case import Said
from lintas.model.desk import DeskDoc, Doc, Step
from lintas.model.desk_ref import is_ref
from lintas.model.header_rules import is_person, is_time
from lintas.model.kept_trace import Told

DESK_VERSION: Final = 1


class _Envelope(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    v: int
    doc: Doc
    ref: form.Ref
    id: form.DocId
    after: Annotated[tuple[form.DocId, ...], Meta(max_length=DESK_AFTER_MAX)]
    by: str
    at: str
    said: dict[str, Any]


_SAID: Final[Mapping[Doc, type[msgspec.Struct]]] = {
    Doc.REPORT: form.ReportSaid,
    Doc.VICTIM: form.VictimSaid,
    Doc.REQUEST: form.RequestSaid,
    Doc.STEP: form.StepSaid,
    Doc.CASE: form.CaseSaid,
    Doc.AGREEMENT: form.AgreementSaid,
    Doc.TRACE: form.TraceSaid,
    Doc.QUESTION: form.QuestionSaid,
}
_FIELDS: Final[Mapping[Step, type[msgspec.Struct]]] = {
    Step.ORDERED: form.Ordered,
    Step.INSTRUCTED: form.Instructed,
    Step.DELIVERED: form.Delivered,
    Step.CONFIRMED: form.Confirmed,
    Step.FAILED: form.Failed,
    Step.GONE: form.Gone,
    Step.ANSWERED: form.Answered,
    Step.EXTENDED: form.Extended,
    Step.RELEASED: form.Ended,
    Step.RETURNED: form.Ended,
    Step.FORFEITED: form.Ended,
    Step.CORRECTED: form.Corrected,
    Step.REVIEWED: form.Reviewed,
    Step.CALL_BACK: form.CallBack,
    Step.DOOR: form.Door,
    Step.PROMISED: form.Promised,
    Step.KEPT: form.Kept,
    Step.RECALL_SENT: form.RecallSent,
    Step.RECALL_ANSWERED: form.RecallAnswered,
}
_ENVELOPE: Final = msgspec.json.Decoder(_Envelope)
_SHAPES: Final = (
    (frozenset({"minor", "currency"}), form.MoneyPart),
    (frozenset({"scheme", "value"}), form.AccountPart),
)
_NAMED: Final[Mapping[str, Any]] = {  # what these names hold, whatever the form: views, orders and letters rely on it
    "account": form.AccountPart,
    "own_account": form.AccountPart,
    "amount": form.MoneyPart | None,
    "blocked": form.MoneyPart | None,
    "tainted": form.MoneyPart | None,
}
_TIMES: Final = frozenset({"at", "due", "expires_at"})
_YEARS: Final = (1990, 2200)  # of a moment that a report or an order may name
_UNSHOWN: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")


def parse_doc(raw: bytes) -> DeskDoc:
    """Read one document; every field is checked in its form, codes are not held against the packs.

    Raises:
        OverLimit: It is larger than a document may be.
        Malformed: It is no document of the desk; the message names the field.
    """
    if len(raw) > DESK_DOC_BYTES_MAX:
        raise OverLimit(f"A document of the desk has up to {DESK_DOC_BYTES_MAX:,} bytes; this has {len(raw):,}.")
    try:
        found = _ENVELOPE.decode(raw)
        said = _whole(_SAID[found.doc], found.said)
        if found.doc is Doc.STEP:
            said["fields"] = _whole(_FIELDS.get(_step(said["what"]), form.Nothing), said["fields"])
        if found.doc is Doc.CASE:
            said["fields"] = _whole(CASE_FIELDS[_said(said["what"])], said["fields"])
        if found.doc is Doc.TRACE:
            told = _told(said["what"])
            said["fields"] = _whole(TRACE_FIELDS[told], said["fields"])
            check_trace(told, said["fields"])
        if found.doc is Doc.QUESTION:
            said["fields"] = question_fields(said["what"], said["fields"])
        canonical_json(said)  # views write parts of it again, so whatever has no canonical form is refused here
        _check_parts(said)
    except (msgspec.ValidationError, msgspec.DecodeError, NotCanonical, UnicodeDecodeError, RecursionError) as exc:
        raise Malformed(f"This is no document of the desk: {str(exc)[:200]}.") from exc
    except BadInput:
        raise
    if found.v != DESK_VERSION:
        raise Malformed("The document of the desk is of a version that is not known here.")
    if not is_ref(found.ref, found.doc):
        raise Malformed("The document's reference is none of its kind, or one character of it is wrong.")
    if not is_person(found.by) or not is_time(found.at):
        raise Malformed("The document does not say by whom and when it was written.")
    return DeskDoc(found.doc, found.ref, found.id, found.after, found.by, found.at, said)


def encode_doc(doc: DeskDoc) -> bytes:
    """Write one document in its one spelling, after checking it as one that came.

    Raises:
        Malformed: It says what no document may.
        OverLimit: It is larger than a document may be.
    """
    value = {
        "v": DESK_VERSION,
        "doc": doc.doc.value,
        "ref": doc.ref,
        "id": doc.id,
        "after": list(doc.after),
        "by": doc.by,
        "at": doc.at,
        "said": dict(doc.said),
    }
    try:
        raw = canonical_json(msgspec.to_builtins(value))
    except (BadInput, TypeError, ValueError, RecursionError) as exc:
        raise Malformed(f"The document of the desk cannot be written: {str(exc)[:200]}.") from exc
    parsed = parse_doc(raw)
    return canonical_json(
        msgspec.to_builtins(value | {"said": dict(parsed.said)})  # what was left out stands there as empty
    )


def whole_fields(what: Step, fields: Mapping[str, Any]) -> dict[str, Any]:
    """Hold a step's fields against their form, as `parse_doc` does; what was left out stands there as empty.

    Raises:
        Malformed: A field is none of this step, or has another form.
    """
    try:
        return _whole(_FIELDS.get(what, form.Nothing), fields)
    except msgspec.ValidationError as exc:
        raise Malformed(f"This cannot be said so: {str(exc)[:200]}.") from exc


def _whole(of: type[msgspec.Struct], value: Mapping[str, Any]) -> dict[str, Any]:
    """Hold a part against its form; what it left out stands there as empty."""
    plain: dict[str, Any] = msgspec.to_builtins(msgspec.convert(value, of))
    return plain


def _step(code: str) -> Step:
    try:
        return Step(code)
    except ValueError:
        raise Malformed(f"{code[:40]!r} is nothing that is said in a thread.") from None


def _said(code: str) -> Said:
    try:
        return Said(code)
    except ValueError:
        raise Malformed(f"{code[:40]!r} is nothing that is said in a case.") from None


def _told(code: str) -> Told:
    try:
        return Told(code)
    except ValueError:
        raise Malformed(f"{code[:40]!r} is nothing that is said of a trace.") from None


def _check_parts(value: Any, name: str = "") -> None:
    """Refuse what has the form of a moment, an amount or an account and is none, and text that no page can show.

    Wherever it stands: the fields of a form are anything until its pack is asked, and views count amounts before.
    """
    if name in _NAMED and value not in ("", {}):
        msgspec.convert(value, _NAMED[name])
    if isinstance(value, dict):
        for names, of in _SHAPES:
            if names <= value.keys():
                msgspec.convert(value, of)
        for key, one in value.items():
            _check_parts(key)
            _check_parts(one, key)
    elif isinstance(value, list | tuple):
        for one in value:
            _check_parts(one, name)
    elif isinstance(value, str):
        if _UNSHOWN.search(value):
            raise Malformed(f"The field {name[:40]} holds characters that cannot be shown.")
        if name in _TIMES and value:
            _check_moment(name, value)


def _check_moment(name: str, value: str) -> None:
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        raise Malformed(f"The field {name} is no moment: {value[:40]!r}.") from None
    if moment.tzinfo is None:
        raise Malformed(f"The field {name} names no zone: {value[:40]!r}.")
    if not _YEARS[0] <= moment.year <= _YEARS[1]:
        raise Malformed(f"The field {name} names the year {moment.year}.")
