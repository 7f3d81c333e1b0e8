# SPDX-License-Identifier: Apache-2.0
"""What stands before every use case: the policy's decision, the viewer's scope, and the access entry after it.

The access entry says who read what, and why, under which policy; it is durable before content leaves.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import UTC, timedelta
from typing import Final

from lintas.errors import NotAllowed
from lintas.limits import REFUSALS_PER_MINUTE_MAX
from lintas.model.header import Kind
from lintas.model.ids import MessageId
from lintas.model.marking import Marking, Tlp
from lintas.model.scope import Scope
from lintas.model.viewer import Viewer
from lintas.policy import access as policy
from lintas.policy.access import NOTHING, Thing
from lintas.policy.decision import Decision
from lintas.ports.store import Snapshot
from lintas.work.appending import append, as_payload, prepare_content
from lintas.work.services import Services, as_text


def permit(services: Services, viewer: Viewer, activity: str, thing: Thing = NOTHING) -> Decision:
    """Ask the policy; what it allows comes back with what it asks for besides.

    Raises:
        NotAllowed: It refuses. The message says why, and what else would refuse it.
    """
    return _allowed(services, activity, policy.access(services.packs.access, viewer, activity, thing))


def admit(services: Services, viewer: Viewer, activity: str) -> None:
    """Ask the policy before anything is read or looked up: whether somebody may do this to anything at all.

    Every route and every verb of the command line asks it first; what it is about is asked by the use case.

    Raises:
        NotAllowed: They may not, whatever it is about.
    """
    _allowed(services, activity, policy.admits(services.packs.access, viewer, activity))


def _allowed(services: Services, activity: str, decision: Decision) -> Decision:
    if not decision.allowed:
        reasons = "; ".join((decision.reason, *(reason for _, reason in decision.also)))
        label = services.packs.access.activities[activity].label
        raise NotAllowed(f"You may not {label}: {reasons}.", rule=decision.rule)
    return decision


def scope_of(services: Services, viewer: Viewer, activity: str) -> Scope:
    """What scopes every query that a viewer's activity makes.

    Raises:
        NotAllowed: The policy refuses the activity.
    """
    permit(services, viewer, activity)
    return policy.scope_of(services.packs.access, viewer)


def log_scope_of(services: Services, viewer: Viewer, activity: str = "log.read") -> Scope:
    """What scopes a question about entries that shows nothing of what they say.

    Raises:
        NotAllowed: The policy refuses the activity.
    """
    permit(services, viewer, activity)
    return policy.log_scope_of(services.packs.access, viewer)


@dataclass(slots=True)
class _Request:
    """What the use cases of one request asked and showed so far."""

    parts: list[tuple[str, dict[str, object]]] = field(default_factory=list)
    shown: set[str] = field(default_factory=set)
    purpose: str = ""


_WAITING: Final[ContextVar[list[Callable[[], object]] | None]] = ContextVar("lintas_waiting", default=None)
_REQUEST: Final[ContextVar[_Request | None]] = ContextVar("lintas_request", default=None)
_REFUSED: Final = "refused"
_NEVER_LATER: Final = 2**62
_AT_ONCE: Final = 100  # access entries of one person read together


@contextmanager
def durable_at_end() -> Iterator[None]:
    """Let what is shown inside be put into words while its access entries go to the disk; they are there when it ends.

    For whoever gives an answer out only after this has ended: if we die before, nothing left.

    Raises:
        LintasError: An entry could not be written: then nothing may leave.
    """
    waiting: list[Callable[[], object]] = []
    token = _WAITING.set(waiting)
    try:
        yield
    finally:
        _WAITING.reset(token)
        for is_on_disk in waiting:
            is_on_disk()


@contextmanager
def one_entry(services: Services, viewer: Viewer, verb: str) -> Iterator[None]:
    """Whatever use cases show inside is one request: one access entry for all of it, on disk when this ends.

    None is written when they showed nothing, or when one of them failed: then nothing leaves either.

    Args:
        verb: Names the request when several use cases answer it; one alone keeps its own name.
    """
    if _REQUEST.get() is not None:
        yield
        return
    request = _Request()
    token = _REQUEST.set(request)
    try:
        yield
    finally:
        _REQUEST.reset(token)
    if not request.parts:
        return
    asked: Mapping[str, object] = request.parts[0][1]
    if len(request.parts) == 1:
        verb = request.parts[0][0]
    else:
        asked = {"parts": [{"verb": of, "asked": what} for of, what in request.parts]}
    _write(services, viewer, verb, asked, request.shown, purpose=request.purpose)


def record_access(
    services: Services,
    viewer: Viewer,
    verb: str,
    asked: Mapping[str, object],
    shown: Iterable[str],
    *,
    purpose: str = "",
) -> MessageId:
    """Write one access entry for one request, however many rows it shows; on disk when this returns.

    Inside `durable_at_end` and `one_entry` it is on disk when those end; inside `one_entry` it has no id yet.

    Args:
        verb: What was done: find, entity, message, alerts, log, export, receipt.
        asked: What the viewer asked for.
        shown: Ids of the messages whose content is about to leave.
    """
    request = _REQUEST.get()
    if request is None:
        return _write(services, viewer, verb, asked, shown, purpose=purpose)
    request.parts.append((verb, dict(asked)))
    request.shown.update(shown)
    request.purpose = request.purpose or purpose
    return MessageId("")


def record_refusal(services: Services, viewer: Viewer, rule: str, what: str) -> bool:
    """Write that somebody was refused something, with the rule and no content; says whether it was.

    Of one person at most REFUSALS_PER_MINUTE_MAX stand in the log for any minute, so that nobody can fill it by trying;
    nothing is written while the node is quarantined.

    Args:
        what: Name of the route or verb.
    """
    since = as_text(services.clock.now().astimezone(UTC) - timedelta(minutes=1))

    def is_due(snapshot: Snapshot) -> bool:
        if snapshot.meta("state") != "live":
            return False
        before, refused = _NEVER_LATER, 0
        while heads := snapshot.accesses(before=before, limit=_AT_ONCE, viewer=viewer.id):
            lately = [head for head in heads if head.at >= since]
            refused += sum(1 for head in lately if head.verb == _REFUSED)
            if refused >= REFUSALS_PER_MINUTE_MAX:
                return False
            if len(lately) < _AT_ONCE:
                break
            before = heads[-1].seq
        return True

    if not services.store.read(is_due):
        return False
    _write(services, viewer, _REFUSED, {"rule": rule, "what": what}, ())
    return True


def _write(
    services: Services,
    viewer: Viewer,
    verb: str,
    asked: Mapping[str, object],
    shown: Iterable[str],
    *,
    purpose: str = "",
) -> MessageId:
    ids = sorted(set(shown))
    said = {
        "viewer": viewer.id,
        "role": viewer.role,
        "verb": verb,
        "asked": dict(asked),
        "shown": ids,
        "shown_count": len(ids),
        "purpose": purpose or viewer.purpose,
        "policy": services.packs.access.digest,
    }
    if viewer.session:
        said["session"] = viewer.session
    if viewer.unmasks:
        said["unmasked"] = True
    # what was asked tells of what is held: only those who may see as much as the asker read it
    marking = Marking(
        tlp=max(Tlp.AMBER_STRICT, viewer.clearance), classes=policy.opened_classes(services.packs.access, viewer)
    )
    entry = prepare_content(services, Kind.ACCESS, as_payload(said), marking=marking)
    is_on_disk = services.store.begin(lambda tx: append(tx, entry))
    waiting = _WAITING.get()
    if waiting is None:
        is_on_disk()
    else:
        waiting.append(is_on_disk)
    return entry.id
