# SPDX-License-Identifier: Apache-2.0
"""Write what a bank said into its thread, in the node's own name: it says what it was told, and decides nothing.

What is true if we die: each call is one transaction, so all of its documents stand in the log and in the other desk's
stream, or none does. What was prepared for a thread that changed meanwhile is thrown away and made anew.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, Final

from lintas.errors import NotAllowed
from lintas.formats.desk import parse_doc
from lintas.model.desk import Doc, Step, Thread
from lintas.model.desk_found import RequestHead
from lintas.model.ids import MessageId
from lintas.model.marking import Tlp
from lintas.model.viewer import Viewer
from lintas.policy.requests import may_say
from lintas.ports.store import Snapshot, Transaction
from lintas.work.banking.notes import SENTENCES, Note, note_id
from lintas.work.desk import Draft, load_thread, new_id, prepare_doc, send_in, write_in
from lintas.work.desk.writing import Written
from lintas.work.lists import follow_in
from lintas.work.payloads import payload_bytes
from lintas.work.requests.stepping import is_full
from lintas.work.services import Services
from lintas.work.streams import SELF

ACTIVITY: Final = "request.answer"
CHANNEL: Final = "connection"
TOPICS: Final = ("log", "streams", "requests", "alerts")
DOOR: Final = "bank_connection"  # as the thread lists the doors that were tried
_TRIES_MAX: Final = 5  # a thread that changes more often than that is told at the next look


@dataclass(frozen=True, slots=True, kw_only=True)
class Saying:
    """One step that the node says."""

    what: Step
    fields: Mapping[str, Any] = field(default_factory=dict)
    ground: str = ""
    short: str = ""
    id: str = ""  # drawn when empty; one that stands in the thread already is not said again
    is_local: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What became of it."""

    said: tuple[Step, ...] = ()  # now stand in the log
    is_busy: bool = False  # the thread went on changing: ask again
    refused: str = ""  # why the first one that was not in turn was not said
    kept_home: str = ""  # rule that kept them from the other desk; they stand here alone


def say_in_thread(services: Services, head: RequestHead, sayings: tuple[Saying, ...], *, by: str = SELF) -> Told:
    """Say some things at once, those that are in turn; what stands there already is left out.

    Args:
        by: Who says it: the node itself, or a person who was asked to.

    Raises:
        LintasError: The disk refuses, or the node may not write.
    """
    for _ in range(_TRIES_MAX):
        standing = services.store.read(lambda snapshot: _standing(services, snapshot, head))
        if standing is None:
            return Told(refused="the request was erased, or as much was said in it as counts")
        fresh = [one for one in sayings if one.id not in standing.known]
        fitting, refused = _fitting(standing, fresh)
        if not fitting:
            return Told(refused=refused)
        written = _prepared(services, standing, fitting, by)
        told = services.store.write(partial(_say, services, standing=standing, written=written))
        if told is not None:
            for topic in TOPICS:
                services.events.publish(topic)
            return replace(told, refused=refused)
    return Told(is_busy=True)


def note_in_thread(
    services: Services, head: RequestHead, known: frozenset[str], note: Note, *, of: str, kind: str, about: str = ""
) -> None:
    """Note at home what a connection met, once.

    Args:
        known: Ids of the thread's documents.
        of: Id of the instruction, or of the recall.
        kind: What that was, in a word.
        about: Codes, for people.
    """
    id_ = note_id(of, note, "" if note is Note.DONE else about)
    if id_ in known:
        return
    short = f"{SENTENCES[note]} ({kind}{': ' if about else ''}{about})"
    fields = {"door": DOOR, "how": DOOR, "outcome": note.value}
    say_in_thread(services, head, (Saying(what=Step.DOOR, fields=fields, short=short[:500], id=id_, is_local=True),))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Standing:
    """A thread as it is now."""

    head: RequestHead
    thread: Thread
    known: frozenset[str]  # ids of its documents
    purpose: str  # for which its steps go to the other desk
    basis: str


def _standing(services: Services, snapshot: Snapshot, head: RequestHead) -> _Standing | None:
    """How a thread stands; None when its request was erased, or nothing more that is said in it counts."""
    now = snapshot.request_of(head.asker, head.ref)
    raw = None if now is None else payload_bytes(services, snapshot, now.seq)
    if now is None or raw is None or is_full(snapshot, now):
        return None
    _, steps, thread = load_thread(snapshot, now)
    asked, profile = parse_doc(raw).said, services.packs.law.of(services.config.country)
    return _Standing(
        head=now,
        thread=thread,
        known=frozenset(step.id for step in steps),
        purpose=asked["purpose"] if asked["purpose"] in profile.purposes else profile.default_purpose,
        basis=asked["basis"] if asked["basis"] in profile.bases else profile.default_basis,
    )


def _fitting(standing: _Standing, sayings: list[Saying]) -> tuple[list[Saying], str]:
    """Those that are in turn, and why the first that is not is not."""
    fitting, refused = [], ""
    for one in sayings:
        decision = may_say(standing.thread, standing.head.says_as(one.what), one.what, one.fields)
        if decision.allowed:
            fitting.append(one)
        else:
            refused = refused or decision.reason
    return fitting, refused


def _prepared(services: Services, standing: _Standing, sayings: list[Saying], by: str) -> list[tuple[Written, bool]]:
    head, after, written = standing.head, standing.thread.heads, []
    for one in sayings:
        draft = Draft(
            doc=Doc.STEP,
            ref=head.ref,
            id=one.id or new_id(services),
            after=after,
            by=by,
            said={
                "asker": head.asker,
                "what": one.what.value,
                "fields": dict(one.fields),
                "ground": one.ground,
                "short": one.short,
                "lang": "en" if one.short else "",
            },
        )
        stays = one.is_local or head.is_own
        if not stays:
            draft = replace(
                draft,
                to=frozenset({head.other}),
                purposes=frozenset({standing.purpose}),
                bases=frozenset({standing.basis}),
            )
        written.append((prepare_doc(services, draft), stays))
        if not one.is_local:
            after = (draft.id,)  # what comes next comes after what the other desk knows
    return written


def _say(
    services: Services, tx: Transaction, *, standing: _Standing, written: list[tuple[Written, bool]]
) -> Told | None:
    head = standing.head
    now = tx.request_of(head.asker, head.ref)
    if now is None or now.changed != head.changed:
        return None
    kept_home = ""
    for one, stays in written:
        write_in(services, tx, one)
        follow_in(services, tx, head.message, [one.entry.id], by=SELF)  # whoever may not see the request sees no step
        if not stays:
            kept_home = kept_home or _sent(services, tx, standing, one.entry.id)
    return Told(said=tuple(Step(one.doc.said["what"]) for one, _ in written), kept_home=kept_home)


def _sent(services: Services, tx: Transaction, standing: _Standing, message: MessageId) -> str:
    """Send a step; what the release decision refuses stays here, for it happened all the same."""
    head, viewer = standing.head, own_viewer(services, tx, standing.head)
    try:
        send_in(
            services,
            tx,
            viewer,
            message,
            to=head.other,
            activity=ACTIVITY,
            purpose=standing.purpose,
            basis=standing.basis,
        )
    except NotAllowed as exc:
        return exc.rule or "refused"
    return ""


def own_viewer(services: Services, snapshot: Snapshot, head: RequestHead) -> Viewer:
    """The node itself as whoever releases: it sees what it writes, whichever lists its request is on."""
    roles = services.packs.access.activities[ACTIVITY].roles
    lists = frozenset(snapshot.lists_on(head.seq))
    return Viewer(id=SELF, clearance=Tlp.RED, role=min(roles), lists=lists)
