# SPDX-License-Identifier: Apache-2.0
"""Standing questions on identifiers: set, listed, ended; each expires and is renewed by a named person."""

from collections.abc import Sequence
from datetime import timedelta

from lintas.errors import BadInput, OverLimit, UnknownTerm
from lintas.formats.identifiers import guess
from lintas.limits import TERM_CHARS_MAX, WATCH_DAYS_MAX, WATCH_TERMS_MAX
from lintas.model.found import WatchHead
from lintas.model.header import Kind
from lintas.model.marking import Marking, Tlp
from lintas.model.scope import Scope
from lintas.model.viewer import Viewer
from lintas.model.watch_answers import TermShown, WatchAdded, WatchShown
from lintas.policy.access import Thing
from lintas.ports.store import Snapshot
from lintas.work.access import permit, record_access, scope_of
from lintas.work.appending import append_content, append_control
from lintas.work.finding.message import checked_id
from lintas.work.services import Services, as_text

_NOTE_CHARS_MAX = 500


def add_watch(services: Services, actor: Viewer, terms: Sequence[str], *, days: int = 90, note: str = "") -> WatchAdded:
    """Watch identifiers from now on; each alert says who says what met the watch.

    A term that can be several identifiers is watched as each of them.

    Args:
        days: Until it expires and must be renewed by a person, 1 to WATCH_DAYS_MAX.

    Raises:
        BadInput: A term is no identifier; none is watched then.
        OverLimit: Too many terms.
    """
    scope = scope_of(services, actor, "watch")
    if not terms or len(terms) > WATCH_TERMS_MAX:
        raise OverLimit(f"A watch has 1 to {WATCH_TERMS_MAX:,} terms.")
    if not 1 <= days <= WATCH_DAYS_MAX:
        raise BadInput(f"A watch lasts 1 to {WATCH_DAYS_MAX} days.")
    if len(note) > _NOTE_CHARS_MAX:
        raise OverLimit(f"The note has more than {_NOTE_CHARS_MAX} characters.")
    pairs = _identifiers(services, terms)
    expires_at = as_text(services.clock.now() + timedelta(days=days))
    said = {
        "owner": actor.id,
        "note": note,
        "expires_at": expires_at,
        "terms": [{"scheme": scheme, "value": value} for scheme, value in pairs],
    }
    # what is asked for tells of what is worked on: only those who may see as much as the owner read it
    marking = Marking(tlp=max(Tlp.AMBER_STRICT, actor.clearance))
    _, watch = append_content(services, Kind.WATCH, said, marking=marking)
    services.events.publish("log")
    return WatchAdded(
        watch=watch,
        terms=[TermShown(scheme=scheme, value=value) for scheme, value in pairs],
        expires_at=expires_at,
        already_held=services.store.read(lambda snapshot: _held(snapshot, pairs, scope)),
    )


def list_watches(services: Services, viewer: Viewer) -> list[WatchShown]:
    """Watches of this agency that this viewer set or may see, newest first."""
    scope = scope_of(services, viewer, "watch")

    def gather(snapshot: Snapshot) -> list[WatchShown]:
        every = snapshot.watches()
        visible = snapshot.heads([head.seq for head in every], scope=scope)
        mine = [head for head in every if head.seq in visible or head.owner == viewer.id]
        return [_shown(services, snapshot, head) for head in mine]

    shown = services.store.read(gather)
    if shown:
        record_access(services, viewer, "watches", {}, [one.id for one in shown])
    return shown


def end_watch(services: Services, actor: Viewer, watch_id: str) -> WatchShown:
    """End a watch; what it met stays.

    Raises:
        UnknownTerm: There is no such watch that this viewer may see.
        NotAllowed: It is another officer's, and this viewer is no supervisor.
    """
    scope = scope_of(services, actor, "watch")
    message = checked_id(watch_id)
    head, is_visible = services.store.read(
        lambda snapshot: (snapshot.watch(message), snapshot.head(message, scope=scope) is not None)
    )
    if head is None or not (is_visible or head.owner == actor.id):
        raise UnknownTerm("There is no such watch that you may see.")
    permit(services, actor, "watch.end", Thing(owner=head.owner))
    if not head.ended_at:
        append_control(services, Kind.ENDED, {"target": message, "what": "watch", "by": actor.id})
        services.events.publish("log")
    ended = services.store.read(lambda snapshot: snapshot.watch(message))
    assert ended is not None
    shown = services.store.read(lambda snapshot: _shown(services, snapshot, ended))
    record_access(services, actor, "watches", {"watch": shown.id}, [shown.id])
    return shown


def _identifiers(services: Services, terms: Sequence[str]) -> list[tuple[str, str]]:
    pairs: dict[tuple[str, str], None] = {}
    for term in terms:
        guesses = guess(term.strip()[:TERM_CHARS_MAX], packs=services.packs, region=services.config.region)
        if not guesses:
            raise BadInput(
                f"{term.strip()[:60]!r} is no identifier that can be watched.",
                hint="Watch accounts, phones, wallets, domains, documents; names are found with `find`.",
            )
        pairs |= {(guessed.scheme, guessed.value): None for guessed in guesses}
    return list(pairs)


def _held(snapshot: Snapshot, pairs: Sequence[tuple[str, str]], scope: Scope) -> int:
    terms = [(n, scheme, value) for n, (scheme, value) in enumerate(pairs)]
    return len({hit.term for hit in snapshot.hits(terms, scope=scope, limit=1)})


def _shown(services: Services, snapshot: Snapshot, head: WatchHead) -> WatchShown:
    expired = head.expires_at <= as_text(services.clock.now())
    return WatchShown(
        id=head.id,
        owner=head.owner,
        note=head.note,
        created_at=head.created_at,
        expires_at=head.expires_at,
        ended_at=head.ended_at,
        state="ended" if head.ended_at else "expired" if expired else "live",
        terms=[TermShown(scheme=scheme, value=value) for scheme, value in snapshot.watch_terms(head.id)],
    )
