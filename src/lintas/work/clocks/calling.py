# SPDX-License-Identifier: Apache-2.0
"""Call the other desk, and know that it is the other desk: two one-time words that both officers read out.

The words travel sealed to the other node alone, so whoever reads the right one on the phone sits at that desk. The
asking officer reads the first, the answering one the second. They hold for minutes, and are shown while they hold.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from lintas.crypto.words import two_words
from lintas.errors import UnknownTerm, WrongUse
from lintas.limits import CALL_BACK_S, CALLS_SHOWN_MAX
from lintas.model.desk import Side, Step
from lintas.model.desk_found import RequestHead, StepHead
from lintas.model.viewer import Viewer
from lintas.policy.doors import competent
from lintas.ports.store import Snapshot
from lintas.work.access import record_access, scope_of
from lintas.work.clocks.saying import READS, doc_of, request_or_unknown, say_in_thread
from lintas.work.peering.listing import profile_of_peer
from lintas.work.services import Services, as_text

DIFFER = "words_differ"
_WORD_BYTES = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class CallShown:
    """One pair of words."""

    id: str  # of its document
    by: str
    at: str
    expires_at: str
    state: str  # open | expired | heard | differed
    ours: str = field(repr=False)  # what this officer reads out; empty unless it is open
    theirs: str = field(repr=False)  # what they must hear


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberShown:
    """Where the other desk is reached."""

    number: str
    name: str
    says: str  # request | descriptor | pack: who says so


@dataclass(frozen=True, slots=True, kw_only=True)
class PromiseShown:
    """A call that was promised."""

    id: str
    by: str
    at: str  # when it is to be made
    to: str
    is_kept: bool
    is_ours: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CallsShown:
    """What a person needs to call the other desk of a request."""

    ref: str
    numbers: tuple[NumberShown, ...]
    calls: tuple[CallShown, ...]  # newest first
    promises: tuple[PromiseShown, ...]


def call_back(services: Services, viewer: Viewer, request: str) -> CallShown:
    """Draw two words for a call, and send them to the other desk.

    Raises:
        NotAllowed: The viewer may not answer requests, or nothing may be released to that desk.
        UnknownTerm: There is no such request that this viewer may see.
    """
    words = two_words(services.keys.random(_WORD_BYTES))
    expires = as_text(services.clock.now() + timedelta(seconds=CALL_BACK_S))
    said = {"words": list(words), "expires_at": expires}
    doc = say_in_thread(services, viewer, request, Step.CALL_BACK, said)
    return next(one for one in show_calls(services, viewer, request).calls if one.id == doc)


def show_calls(services: Services, viewer: Viewer, request: str) -> CallsShown:
    """Show numbers, words that hold now, and promised calls of one request.

    Raises:
        NotAllowed: The viewer may not see requests.
        UnknownTerm: There is no such request that this viewer may see.
    """
    scope = scope_of(services, viewer, READS)

    def look(snapshot: Snapshot) -> tuple[CallsShown, RequestHead]:
        head = request_or_unknown(snapshot, request, scope)
        steps = snapshot.steps(head)
        said = {step.said.get("promise"): step for step in steps if step.what == Step.KEPT}
        calls = [_call(services, head, one, said.get(one.doc)) for one in steps if one.what == Step.CALL_BACK]
        promises = [_promise(services, one, said) for one in steps if one.what == Step.PROMISED]
        numbers = _numbers(services, snapshot, head)
        newest = tuple(reversed(calls))[:CALLS_SHOWN_MAX]
        return CallsShown(ref=head.ref, numbers=numbers, calls=newest, promises=tuple(promises)), head

    shown, head = services.store.read(look)
    record_access(services, viewer, "call", {"request": shown.ref}, [head.message])
    return shown


def hear_words(services: Services, viewer: Viewer, request: str, call: str, *, same: bool) -> None:
    """Say whether the other officer read out the right word; the pair holds no longer. It stays at home.

    Raises:
        NotAllowed: The viewer may not answer requests.
        UnknownTerm: There are no such words.
        WrongUse: Somebody said so before, or they expired.
    """
    found = next((one for one in show_calls(services, viewer, request).calls if one.id == call), None)
    if found is None:
        raise UnknownTerm("There are no such words in this request.")
    if found.state != "open":
        raise WrongUse("These words hold no longer.", hint="Draw new ones, and call the number on the page.")
    say_in_thread(services, viewer, request, Step.KEPT, {"promise": call}, ground="" if same else DIFFER)


def promise_call(services: Services, viewer: Viewer, request: str, at: datetime, to: str) -> str:
    """Promise to call somebody; its clock runs from here on. Returns the document's id. It stays at home.

    Args:
        to: Whom, in words.

    Raises:
        WrongUse: It is to be made in the past.
    """
    if at <= services.clock.now():
        raise WrongUse("A call is promised for a time to come.")
    return say_in_thread(services, viewer, request, Step.PROMISED, {"at": as_text(at), "to": to})


def keep_promise(services: Services, viewer: Viewer, request: str, promise: str) -> None:
    """Say that a promised call was made.

    Raises:
        UnknownTerm: Nobody promised it.
        WrongUse: It was made already.
    """
    found = next((one for one in show_calls(services, viewer, request).promises if one.id == promise), None)
    if found is None:
        raise UnknownTerm("Nobody promised such a call.")
    if found.is_kept:
        raise WrongUse("It was made already.")
    say_in_thread(services, viewer, request, Step.KEPT, {"promise": promise})


def _call(services: Services, head: RequestHead, step: StepHead, kept: StepHead | None) -> CallShown:
    said = step.said
    expires = datetime.fromisoformat(str(said["expires_at"]))
    # What the other desk's clock says bounds nothing here: words hold for so long since they came.
    ends = min(expires, datetime.fromisoformat(step.came) + timedelta(seconds=CALL_BACK_S))
    state = "expired" if services.clock.now() >= ends else "open"
    if kept is not None:
        state = "differed" if kept.said.get("ground") == DIFFER else "heard"
    words = said["words"]
    first, second = (str(words[0]), str(words[1])) if isinstance(words, list) else ("", "")
    ours, theirs = (first, second) if head.side == Side.ASKER else (second, first)
    is_open = state == "open"
    return CallShown(
        id=step.doc,
        by=step.by,
        at=step.came,
        expires_at=as_text(ends),
        state=state,
        ours=ours if is_open else "",
        theirs=theirs if is_open else "",
    )


def _promise(services: Services, step: StepHead, kept: dict[object, StepHead]) -> PromiseShown:
    return PromiseShown(
        id=step.doc,
        by=step.by,
        at=str(step.said["at"]),
        to=str(step.said["to"]),
        is_kept=step.doc in kept,
        is_ours=step.node == services.keys.node,
    )


def _numbers(services: Services, snapshot: Snapshot, head: RequestHead) -> tuple[NumberShown, ...]:
    found = []
    doc = doc_of(services, snapshot, head)
    if doc is not None and head.side == Side.ANSWERER and doc.said["contact"]["number"]:
        contact = doc.said["contact"]
        found.append(NumberShown(number=contact["number"], name=contact["name"], says="request"))
    peer = snapshot.peer(head.other)
    profile = None if peer is None else profile_of_peer(services, snapshot, peer)
    for desk in () if profile is None else profile.desks:
        found += [NumberShown(number=number, name=desk.name, says="descriptor") for number in desk.numbers]
    form = services.packs.forms.forms.get(head.form)
    place = services.packs.doors.of("" if peer is None else peer.country)
    desk_of_pack = None if form is None or head.side == Side.ANSWERER else competent(place, form)
    if desk_of_pack is not None and desk_of_pack.number:
        found.append(NumberShown(number=desk_of_pack.number, name=desk_of_pack.label, says="pack"))
    return tuple(found)
