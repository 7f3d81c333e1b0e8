# SPDX-License-Identifier: Apache-2.0
"""Say something in a case: the one way for all that is said.

What is true if we die: before the commit nothing was said; after it the document stands in the log with its lists, its
owner and its place in the streams of those who get it now. Whoever gets it later gets it when the node looks again.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Final

from lintas.errors import NodeBusy, UnknownTerm, WrongUse
from lintas.limits import DESK_SAY_TRIES_MAX
from lintas.model.case import ADDED, SHELTERED, Case, CaseFact, Said
from lintas.model.case_answers import CaseDone
from lintas.model.case_found import CaseHead
from lintas.model.desk import Doc
from lintas.model.desk_ref import read_ref
from lintas.model.header_rules import is_digest
from lintas.model.ids import MessageId
from lintas.model.marking import Protected
from lintas.model.scope import Scope
from lintas.model.viewer import Viewer
from lintas.ports.store import Snapshot, Transaction
from lintas.views.case_fold import fold_case
from lintas.work.access import scope_of
from lintas.work.cases.carrying import CHANGES, Carried, carry_in
from lintas.work.desk import Draft, Written, prepare_doc, write_in
from lintas.work.lists import follow_in
from lintas.work.services import Services

_CLASSES: Final = {"victim": Protected.VICTIM, "witness": Protected.WITNESS, "child": Protected.CHILD}
_NEXT: Final = 2**62  # place of a document that has none yet
Together = Callable[[Transaction, MessageId], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Saying:
    """What is about to be said."""

    what: Said
    fields: Mapping[str, Any]
    short: str = ""
    lang: str = ""
    classes: frozenset[Protected] = frozenset()
    beside: tuple[MessageId, ...] = ()  # messages whose lists it follows
    with_it: Together | None = None  # what is done in the same transaction
    after: tuple[str, ...] = ()  # instead of what this node has of the case


class _Moved(Exception):
    """Somebody said something meanwhile."""


def case_or_unknown(snapshot: Snapshot, text: str, scope: Scope) -> CaseHead:
    """The case of a reference, or of the id of the message by which it is seen.

    Raises:
        UnknownTerm: There is none that this viewer may see, or two nodes made the same reference.
        BadInput: The text is no reference.
    """
    if is_digest(text):
        head = snapshot.case_by_message(MessageId(text), scope=scope)
        found = [] if head is None else [head]
    else:
        found = snapshot.cases_named(read_ref(text), scope=scope)
    if len(found) > 1:
        raise UnknownTerm("Two nodes made this reference.", hint="Name the case by the id of its message.")
    if not found:
        raise UnknownTerm("There is no such case that you may see.")
    return found[0]


def case_in(snapshot: Snapshot, head: CaseHead) -> tuple[Case, list[CaseFact]]:
    """What a case comes to now, and what it is made of."""
    facts = snapshot.case_facts(head.opener, head.ref)
    return fold_case(head.opener, facts), facts


def say(
    services: Services,
    viewer: Viewer,
    text: str,
    saying: Saying | Callable[[Snapshot, CaseHead, Case], Saying],
) -> CaseDone:
    """Say something in a case that the viewer may see.

    Args:
        text: Reference, or id of the message by which the case is seen.
        saying: What; or a function that says it of the case as it stands.

    Raises:
        NotAllowed: The viewer's role does not work in cases.
        UnknownTerm: There is no such case that this viewer may see.
        WrongUse: It would change nothing: the reason says why.
    """
    scope = scope_of(services, viewer, CHANGES)
    for _ in range(DESK_SAY_TRIES_MAX):
        draft, head, what = services.store.read(partial(_draft, services, viewer, text, scope, saying))
        written = prepare_doc(services, draft)
        job = partial(_say_in, services, viewer=viewer, head=head, what=what, written=written)
        try:
            done = services.store.write(job)
        except _Moved:
            continue  # an officer or a peer was faster: say it after what they said
        for topic in ("log", "streams"):
            services.events.publish(topic)
        return done
    raise NodeBusy("Others say so much in this case that nothing could be said between.", hint="Try it again.")


def _say_in(
    services: Services, tx: Transaction, *, viewer: Viewer, head: CaseHead, what: Saying, written: Written
) -> CaseDone:
    case, _facts = case_in(tx, head)
    if what.what not in ADDED and not what.after and case.heads != written.doc.after:
        raise _Moved
    write_in(services, tx, written)
    for home in (head.message, *what.beside):
        follow_in(services, tx, home, [written.entry.id], by=viewer.id)
    if what.with_it is not None:
        what.with_it(tx, written.entry.id)
    carried = carry_in(services, tx, head.opener, head.ref, by=viewer.id)
    return _done(head.ref, head.opener, what.what, written.doc.id, written.entry.id, carried)


def _draft(
    services: Services,
    viewer: Viewer,
    text: str,
    scope: Scope,
    saying: Saying | Callable[[Snapshot, CaseHead, Case], Saying],
    snapshot: Snapshot,
) -> tuple[Draft, CaseHead, Saying]:
    head = case_or_unknown(snapshot, text, scope)
    case, facts = case_in(snapshot, head)
    what = saying if isinstance(saying, Saying) else saying(snapshot, head, case)
    after = what.after or case.heads
    _check(services, viewer, case, facts, what, after)
    role = str(what.fields.get("role", "")) if what.what is Said.PERSON else ""
    is_home = role in SHELTERED or what.what is Said.PASSED or bool(what.fields.get("home"))
    draft = Draft(
        doc=Doc.CASE,
        ref=head.ref,
        said={
            "opener": head.opener,
            "what": what.what.value,
            "fields": dict(what.fields),
            "short": what.short,
            "lang": what.lang,
        },
        by=viewer.id,
        after=after,
        classes=what.classes | ({_CLASSES[role]} if role in _CLASSES else frozenset()),
        is_open=not is_home,
    )
    return draft, head, what


def _check(
    services: Services,
    viewer: Viewer,
    case: Case,
    facts: Sequence[CaseFact],
    what: Saying,
    after: tuple[str, ...],
) -> None:
    """Refuse what would change nothing: the fold is the one table of rules, so it is asked."""
    if not case.root and what.what not in (Said.JOINED, Said.DECLINED):
        raise WrongUse("The document that opened this case has not come.", hint="Join it first, or wait.")
    if case.root:
        id = "f" * 32
        fact = CaseFact(
            seq=_NEXT,
            message=MessageId("f" * 64),
            node=services.keys.node,
            id=id,
            after=tuple(one for one in after if one in _known(case, facts)),
            what=what.what,
            by=viewer.id,
            at="9999-12-31T23:59:59.999Z",
            said=what.fields,
        )
        is_call = any(one.node == services.keys.node and one.id in after for one in case.calls)
        tried = fold_case(case.opener, [*facts, fact])
        for node, doc, reason in tried.idle:
            if (node, doc) == (fact.node, id) and not is_call:
                raise WrongUse(f"That changes nothing: {reason}.")


def _known(case: Case, facts: Sequence[CaseFact]) -> frozenset[str]:
    waiting = set(case.waiting)
    return frozenset(one.id for one in facts if one.id not in waiting)


def _done(ref: str, opener: str, what: Said, document: str, message: MessageId, carried: Carried) -> CaseDone:
    return CaseDone(
        ref=ref,
        opener=opener,
        what=what.value,
        document=document,
        message=message,
        sent_to=list(carried.sent_to),
        not_sent=list(carried.not_sent),
    )


def opened(services: Services, viewer: Viewer, draft: Draft) -> CaseDone:
    """Write the document that opens a case."""
    written = prepare_doc(services, replace(draft, is_open=True))

    def job(tx: Transaction) -> CaseDone:
        write_in(services, tx, written)
        return _done(draft.ref, services.keys.node, Said.OPENED, written.doc.id, written.entry.id, Carried())

    done = services.store.write(job)
    services.events.publish("log")
    return done
