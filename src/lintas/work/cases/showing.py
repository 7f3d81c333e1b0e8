# SPDX-License-Identifier: Apache-2.0
"""Show cases: those that a viewer may see, and of one what they may see of it."""

from collections.abc import Sequence

from lintas.limits import CASES_SHOWN_MAX
from lintas.model.case_answers import CaseLine, Cases, CaseShown
from lintas.model.case_found import CaseHead
from lintas.model.ids import MessageId
from lintas.model.scope import Scope
from lintas.model.viewer import Viewer
from lintas.ports.store import Snapshot
from lintas.work.access import record_access, scope_of
from lintas.work.cases.overlaps import overlaps_of
from lintas.work.cases.parts import Looking, Parts
from lintas.work.cases.saying import case_in, case_or_unknown
from lintas.work.desk.searching import messages_saying, place_of, ref_meant
from lintas.work.services import Services

READS = "case.read"
_LAST = 2**62
_NEVER = "9"
_FOUND_MAX = 200  # messages that a search looks at
_OVERLAP_PLACES_MAX = 200


def list_cases(
    services: Services,
    viewer: Viewer,
    *,
    state: str = "",
    node: str = "",
    words: str = "",
    before: int = 0,
    limit: int = 50,
) -> Cases:
    """Show cases, the one that changed last first.

    Args:
        state: `open` or `closed`; both when empty.
        node: Node id of a member.
        words: Only the one of this reference, or those that hold this identifier or all these words.

    Raises:
        NotAllowed: The viewer sees no cases, or may not look things up.
        OverLimit: The words are too many.
    """
    scope = scope_of(services, viewer, READS)
    most = min(limit, CASES_SHOWN_MAX)
    ref = ref_meant(words)
    messages = messages_saying(services, viewer, words, limit=_FOUND_MAX) if words.strip() and not ref else []

    def look(snapshot: Snapshot) -> tuple[list[CaseHead], dict[str, str]]:
        names = {one.node: one.name for one in snapshot.peers()}
        if not words.strip():
            page = snapshot.cases(scope=scope, before=before or _LAST, limit=most, state=state, node=node)
            return page, names
        found = snapshot.cases_named(ref, scope=scope) if ref else _cases_saying(snapshot, messages, scope)
        heads = {head.seq: head for head in found}
        fit = [one for one in heads.values() if not state or one.is_open == (state == "open")]
        return sorted(fit, key=lambda one: -one.changed)[:most], names

    heads, names = services.store.read(look)
    if heads:
        asked: dict[str, object] = {"state": state, "words": words[:200]}
        record_access(services, viewer, "cases", asked, [one.message for one in heads])
    names[services.keys.node] = services.config.name
    has_more = not words.strip() and len(heads) == most
    return Cases(cases=[line_of(one, names) for one in heads], next_before=heads[-1].changed if has_more else 0)


def _cases_saying(snapshot: Snapshot, messages: Sequence[MessageId], scope: Scope) -> list[CaseHead]:
    places = (place_of(snapshot, message, scope) for message in messages[:_FOUND_MAX])
    return [head for place in places if (head := snapshot.case_at(place, scope=scope)) is not None]


def show_case(services: Services, viewer: Viewer, text: str) -> CaseShown:
    """Show one case: what it comes to, and of its items, people and notes what this viewer may see.

    Args:
        text: Reference, or id of the message by which it is seen.

    Raises:
        NotAllowed: The viewer sees no cases.
        UnknownTerm: There is no such case that this viewer may see.
    """
    scope = scope_of(services, viewer, READS)

    def look(snapshot: Snapshot) -> tuple[CaseShown, list[str]]:
        head = case_or_unknown(snapshot, text, scope)
        case, facts = case_in(snapshot, head)
        names = {one.node: one.name for one in snapshot.peers()} | {services.keys.node: services.config.name}
        looking = Looking(services=services, snapshot=snapshot, viewer=viewer, scope=scope, head=head, names=names)
        parts = Parts(looking, case, facts)
        shown = parts.shown(line_of(head, names), _overlaps(looking, parts.places()))
        return shown, parts.messages()

    shown, messages = services.store.read(look)
    record_access(services, viewer, "case", {"case": shown.line.ref}, messages)
    return shown


def line_of(head: CaseHead, names: dict[str, str]) -> CaseLine:
    """A case as a list shows it."""
    return CaseLine(
        ref=head.ref,
        opener=head.opener,
        opener_name=names.get(head.opener, head.opener[:20]),
        title=head.title,
        area=head.area,
        kind=head.kind,
        state="open" if head.is_open else "closed",
        standing=head.standing,
        is_joint=head.is_joint,
        coordinator=names.get(head.coordinator, head.coordinator[:20]),
        members=[names.get(one, one[:20]) for one in head.members.split()],
        tasks=head.tasks,
        next_due="" if head.next_due == _NEVER else head.next_due,
        conflicts=head.conflicts,
        waiting=head.waiting,
        message=head.message,
        at=head.at,
        place=head.changed,
    )


def _overlaps(looking: Looking, places: Sequence[int]) -> list[object]:
    found = overlaps_of(looking.snapshot, looking.head, list(places)[:_OVERLAP_PLACES_MAX], looking.scope)
    return [looking.named(one) for one in found]
