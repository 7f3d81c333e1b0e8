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
from lintas.model.desk import Doc, Side, Step, Thread
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
from lintas.work.services import Services
from lintas.work.streams import SELF

ACTIVITY: Final = "request.answer"
CHANNEL: Final = "connection"
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
        now, thread, known = services.store.read(lambda snapshot: _standing(snapshot, head))
        fitting, refused = _fitting(thread, Side(head.side), [one for one in sayings if one.id not in known])
        if not fitting:
            return Told(refused=refused)
        written = _prepared(services, now, thread, fitting, by)
        told = services.store.write(partial(_say, services, head=now, written=written))
        if told is not None:
            for topic in ("log", "streams"):
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
    fields = {"door": DOOR, "how": CHANNEL, "outcome": note.value}
    say_in_thread(services, head, (Saying(what=Step.DOOR, fields=fields, short=short[:500], id=id_, is_local=True),))


def _standing(snapshot: Snapshot, head: RequestHead) -> tuple[RequestHead, Thread, frozenset[str]]:
    now = snapshot.request_of(head.asker, head.ref)
    assert now is not None, "threads do not go while the node runs, but by erasure, which leaves their place"
    _, steps, thread = load_thread(snapshot, now)
    return now, thread, frozenset(step.id for step in steps)


def _fitting(thread: Thread, side: Side, sayings: list[Saying]) -> tuple[list[Saying], str]:
    """Those that are in turn, and why the first that is not is not."""
    fitting, refused = [], ""
    for one in sayings:
        decision = may_say(thread, side, one.what, one.fields)
        if decision.allowed:
            fitting.append(one)
        else:
            refused = refused or decision.reason
    return fitting, refused


def _prepared(
    services: Services, head: RequestHead, thread: Thread, sayings: list[Saying], by: str
) -> list[tuple[Written, bool]]:
    after, written = thread.heads, []
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
            to=frozenset() if one.is_local else frozenset({head.other}),
        )
        written.append((prepare_doc(services, draft), one.is_local))
        if not one.is_local:
            after = (draft.id,)  # what comes next comes after what the other desk knows
    return written


def _say(services: Services, tx: Transaction, *, head: RequestHead, written: list[tuple[Written, bool]]) -> Told | None:
    now = tx.request_of(head.asker, head.ref)
    if now is None or now.changed != head.changed:
        return None
    kept_home = ""
    for one, is_local in written:
        write_in(services, tx, one)
        follow_in(services, tx, head.message, [one.entry.id], by=SELF)  # whoever may not see the request sees no step
        if not is_local:
            kept_home = kept_home or _sent(services, tx, head, one.entry.id)
    return Told(said=tuple(Step(one.doc.said["what"]) for one, _ in written), kept_home=kept_home)


def _sent(services: Services, tx: Transaction, head: RequestHead, message: MessageId) -> str:
    """Send a step; what the release decision refuses stays here, for it happened all the same."""
    try:
        send_in(services, tx, own_viewer(services, tx), message, to=head.other, activity=ACTIVITY)
    except NotAllowed as exc:
        return exc.rule or "refused"
    return ""


def own_viewer(services: Services, snapshot: Snapshot) -> Viewer:
    """The node itself as whoever releases: it sees what it writes, whichever list that is on."""
    roles = services.packs.access.activities[ACTIVITY].roles
    lists = frozenset(one.name for one in snapshot.need_lists())
    return Viewer(id=SELF, clearance=Tlp.RED, role=min(roles), lists=lists)
