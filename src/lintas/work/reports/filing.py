# SPDX-License-Identifier: Apache-2.0
"""Take a report, change what it says, close it. Unknown fields are empty and block nothing.

A report is two documents of one reference: what happened, and who reported it. What is true if we die: both are in the
log with their owner and the alerts they fire, or neither is. Whoever files again with the reference they were given,
because no answer came, gets the report that is there.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from lintas.errors import BadInput, UnknownTerm, WrongUse
from lintas.formats.areas import check_areas
from lintas.formats.forms import Forms
from lintas.limits import DESK_PAYMENTS_MAX
from lintas.model.desk import Doc
from lintas.model.desk_found import ReportHead
from lintas.model.desk_ref import is_ref, make_ref, read_ref
from lintas.model.ids import MessageId
from lintas.model.marking import Protected
from lintas.model.report_answers import AskDraft, ElsewhereShown, LikenessShown, ReportFiled
from lintas.model.scope import WHOLE, Scope
from lintas.model.viewer import Viewer
from lintas.ports.store import Snapshot, Transaction
from lintas.work.access import record_access, scope_of
from lintas.work.desk import Draft, own_in, prepare_doc, write_in
from lintas.work.desk.writing import Written
from lintas.work.lists import follow_in
from lintas.work.reports.documents import said_at, versions_or_unknown
from lintas.work.reports.matching import elsewhere, likenesses
from lintas.work.reports.status import RECEIVED, status_of
from lintas.work.reports.suggesting import suggest_requests
from lintas.work.reports.values import account_said, payment_said
from lintas.work.services import Services
from lintas.work.streams import SELF

_REPORT_FIELDS: Final = frozenset(
    {"how", "area", "kind", "payments", "contacts", "slips", "texts", "language", "short", "lang"}
)
_VICTIM_FIELDS: Final = frozenset({"name", "phone", "id_scheme", "id", "own", "address", "language", "short", "lang"})
_HOW: Final = "phone"


@dataclass(slots=True, kw_only=True)
class _Seen:
    """What a filing answers, gathered in its transaction."""

    duplicates: list[LikenessShown] = field(default_factory=list)
    elsewhere: list[ElsewhereShown] = field(default_factory=list)
    suggestions: list[AskDraft] = field(default_factory=list)
    messages: list[str] = field(default_factory=list)
    again: ReportHead | None = None


def new_report_ref(services: Services) -> str:
    """A reference for a report that is about to be typed: filing twice with it makes one report."""
    return make_ref(services.config.country, Doc.REPORT, services.keys.random)


def file_report(
    services: Services,
    viewer: Viewer,
    report: Mapping[str, Any],
    victim: Mapping[str, Any] | None = None,
    *,
    ref: str = "",
) -> ReportFiled:
    """Take a report.

    Args:
        report: how, area, kind, payments, contacts, slips, texts, language, short, lang. All may be missing.
        victim: name, phone, id_scheme, id, own, address, language, short, lang.
        ref: From `new_report_ref`; drawn here when empty.

    Raises:
        BadInput: A field is none that a report has, or of another form.
        UnknownTerm: The crime area or the kind is in no pack.
        NotAllowed: The viewer may not take reports.
        StorageFailed: The disk refused; nothing was written.
    """
    scope = scope_of(services, viewer, "report.take")
    notes: list[str] = []
    said = _report_said(services, report, notes)
    who = _victim_said(services, victim or {}, notes)
    ref = read_ref(ref) if ref else new_report_ref(services)
    if not is_ref(ref, Doc.REPORT):
        raise BadInput(f"{ref} is no reference of a report.")
    written = _prepare(services, viewer, ref, said, who, after=())
    seen = _Seen()

    def commit(tx: Transaction) -> MessageId:
        # The transaction begins with this look, so of two officers who file at once the second one sees the first.
        if tx.has_ref(ref):
            seen.again = _own_again(tx, ref, viewer, scope)
        else:
            for one in written:
                write_in(services, tx, one)
            own_in(services, tx, written[0].entry.id, viewer.id)
        _look(services, tx, ref, said, who, scope, seen)
        return seen.again.message if seen.again is not None else written[0].entry.id

    message = services.store.write(commit)
    return _answer(services, viewer, ref, message, seen, notes, status=RECEIVED)


def amend_report(
    services: Services,
    viewer: Viewer,
    ref: str,
    report: Mapping[str, Any] | None = None,
    victim: Mapping[str, Any] | None = None,
    *,
    seen_doc: str = "",
) -> ReportFiled:
    """Change what a report says: each field that is given replaces the one before; the document before it stays.

    Args:
        seen_doc: Id of the document that the viewer looked at; refused when a later one stands there.

    Raises:
        BadInput: As `file_report`; or somebody else changed it meanwhile.
        UnknownTerm: There is no such report that the viewer may see.
        WrongUse: It was erased.
        NotAllowed: The viewer may not.
    """
    scope = scope_of(services, viewer, "report.take")
    return _change(services, viewer, scope, ref, dict(report or {}), dict(victim or {}), {}, seen_doc)


def close_report(services: Services, viewer: Viewer, ref: str, *, duplicate_of: str = "") -> ReportFiled:
    """Close a report; as a duplicate, it names the one that goes on. Nothing of it is merged or lost.

    Raises:
        BadInput: It would be a duplicate of itself, or in a ring.
        UnknownTerm: There is no such report, or no such other one, that the viewer may see.
        WrongUse: It is closed, or was erased.
        NotAllowed: The viewer may not.
    """
    scope = scope_of(services, viewer, "report.take")
    other = ""
    if duplicate_of:
        other = services.store.read(lambda snapshot: _goes_on(snapshot, read_ref(ref), duplicate_of, scope))
    return _change(services, viewer, scope, ref, {}, {}, {"state": "closed", "duplicate_of": other}, "")


def reopen_report(services: Services, viewer: Viewer, ref: str) -> ReportFiled:
    """Open a closed report again; it is a duplicate of nothing then.

    Raises:
        UnknownTerm: There is no such report that the viewer may see.
        WrongUse: It is open, or was erased.
        NotAllowed: The viewer may not.
    """
    scope = scope_of(services, viewer, "report.take")
    return _change(services, viewer, scope, ref, {}, {}, {"state": "open", "duplicate_of": ""}, "")


def _change(
    services: Services,
    viewer: Viewer,
    scope: Scope,
    text: str,
    report: dict[str, Any],
    victim: dict[str, Any],
    state: dict[str, str],
    seen_doc: str,
) -> ReportFiled:
    """Write the next document of a report over the newest one; begins anew when another came between."""
    while True:
        head, before, who_before = services.store.read(lambda s: _newest(services, s, text, scope))
        if not before:
            raise WrongUse("The report was erased; nothing can be added to it.")
        if seen_doc and head.doc != seen_doc:
            raise BadInput(f"{head.by} changed this report meanwhile.", hint="Look at it again, then change it.")
        if state and state["state"] == before["state"]:
            raise WrongUse(f"The report is {before['state']} already.")
        notes: list[str] = []
        said = dict(before) | _given(_report_said(services, report, notes), report) | state
        who = dict(who_before) | _given(_victim_said(services, victim, notes), victim) if victim else {}
        written = _prepare(services, viewer, head.ref, said, who, after=(head.doc,))
        seen = _Seen()
        if _commit_change(services, head, written, said, who or who_before, scope, seen):
            return _answer(services, viewer, head.ref, written[0].entry.id, seen, notes, status=status_of(said))


def _commit_change(
    services: Services,
    head: ReportHead,
    written: list[Written],
    said: Mapping[str, Any],
    who: Mapping[str, Any],
    scope: Scope,
    seen: _Seen,
) -> bool:
    """Append the next documents, unless somebody else appended some meanwhile; says whether it did."""

    def commit(tx: Transaction) -> bool:
        versions = tx.report(head.ref, scope=scope)
        if not versions or versions[0].doc != head.doc:
            return False
        homes = [head.message, *(message for _, message in tx.victims(head.ref, scope=WHOLE)[-1:])]
        for one in written:
            write_in(services, tx, one)
            for home in homes[: 2 if one.doc.doc is Doc.VICTIM else 1]:
                follow_in(services, tx, home, [one.entry.id], by=SELF)
        _look(services, tx, head.ref, said, who, scope, seen)
        return True

    return services.store.write(commit)


def _newest(
    services: Services, snapshot: Snapshot, text: str, scope: Scope
) -> tuple[ReportHead, Mapping[str, Any], Mapping[str, Any]]:
    head = versions_or_unknown(snapshot, text, scope)[0]
    victims = snapshot.victims(head.ref, scope=scope)
    who = said_at(services, snapshot, victims[-1][0]) if victims else {}
    return head, said_at(services, snapshot, head.seq), who


def _goes_on(snapshot: Snapshot, ref: str, other: str, scope: Scope) -> str:
    """The report that another one is a duplicate of: itself none, so that no ring closes."""
    head = versions_or_unknown(snapshot, other, scope)[0]
    if head.ref == ref:
        raise BadInput("A report is no duplicate of itself.")
    if head.duplicate_of:
        raise BadInput(f"{head.ref} is itself a duplicate of {head.duplicate_of}.", hint=f"Name {head.duplicate_of}.")
    return head.ref


def _own_again(tx: Transaction, ref: str, viewer: Viewer, scope: Scope) -> ReportHead:
    """The report that this very person filed with this reference."""
    versions = tx.report(ref, scope=scope)
    if not versions or versions[-1].by != viewer.id:
        raise WrongUse("This reference is in use.", hint="Begin a new report.")
    return versions[0]


def _look(
    services: Services,
    tx: Transaction,
    ref: str,
    said: Mapping[str, Any],
    who: Mapping[str, Any],
    scope: Scope,
    seen: _Seen,
) -> None:
    seen.duplicates = likenesses(services, tx, ref, said, who, scope)
    seen.elsewhere, seen.messages = elsewhere(services, tx, ref, said, scope)
    seen.suggestions = suggest_requests(services, tx, ref, said)


def _prepare(
    services: Services,
    viewer: Viewer,
    ref: str,
    said: Mapping[str, Any],
    who: Mapping[str, Any],
    *,
    after: tuple[str, ...],
) -> list[Written]:
    areas = (said["area"],) if said["area"] else ()
    drafts = [Draft(doc=Doc.REPORT, ref=ref, said=said, by=viewer.id, after=after, areas=areas)]
    if who:
        classes = frozenset({Protected.VICTIM})
        drafts.append(Draft(doc=Doc.VICTIM, ref=ref, said=who, by=viewer.id, classes=classes))
    return [prepare_doc(services, draft) for draft in drafts]


def _answer(
    services: Services, viewer: Viewer, ref: str, message: str, seen: _Seen, notes: list[str], *, status: str
) -> ReportFiled:
    services.events.publish("log")
    shown = [*(line.message for line in seen.duplicates), *seen.messages]
    record_access(services, viewer, "report.take", {"ref": ref}, shown)
    return ReportFiled(
        ref=ref,
        message=message,
        status=status,
        is_again=seen.again is not None,
        duplicates=seen.duplicates,
        elsewhere=seen.elsewhere,
        suggestions=seen.suggestions,
        notes=notes,
    )


def _report_said(services: Services, report: Mapping[str, Any], notes: list[str]) -> dict[str, Any]:
    _refuse_unknown(report, _REPORT_FIELDS, "report")
    said: dict[str, Any] = {"how": _HOW, "area": "", "kind": "", "state": "open", "duplicate_of": ""}
    said |= {"contacts": [], "slips": [], "texts": [], "language": "", "short": "", "lang": ""} | dict(report)
    payments = report.get("payments") or ()
    if not isinstance(payments, list | tuple) or len(payments) > DESK_PAYMENTS_MAX:
        raise BadInput(f"A report has a list of up to {DESK_PAYMENTS_MAX} payments.")
    said["payments"] = [payment_said(services, one, notes) for one in payments]
    if not isinstance(said["area"], str) or not isinstance(said["kind"], str):
        raise BadInput("The area and the kind are codes.")
    check_areas((said["area"],) if said["area"] else (), services.packs.areas)
    _check_code(services.packs.forms, said["kind"])
    return said


def _victim_said(services: Services, victim: Mapping[str, Any], notes: list[str]) -> dict[str, Any]:
    _refuse_unknown(victim, _VICTIM_FIELDS, "victim")
    said = {name: value for name, value in victim.items() if value}
    if "own" in said:
        said["own"] = account_said(services, said["own"], notes)
    return said


def _given(said: Mapping[str, Any], typed: Mapping[str, Any]) -> dict[str, Any]:
    """What was typed, as it was read; a field that was emptied is empty."""
    return {name: said.get(name, "" if name != "own" else {}) for name in typed}


def _refuse_unknown(typed: Mapping[str, Any], known: frozenset[str], what: str) -> None:
    if unknown := sorted(typed.keys() - known):
        raise BadInput(f"A {what} has no field {unknown[0][:40]!r}.", hint=f"Fields are {', '.join(sorted(known))}.")


def _check_code(forms: Forms, kind: str) -> None:
    if kind and kind not in forms.kinds:
        raise UnknownTerm(f"There is no kind {kind[:40]!r}.", hint=f"Kinds are {', '.join(sorted(forms.kinds))}.")
