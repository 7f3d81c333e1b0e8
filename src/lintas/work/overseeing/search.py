# SPDX-License-Identifier: Apache-2.0
"""Search the log for who did what and why, page by page of the log, without what messages say."""

from collections.abc import Iterator, Sequence
from typing import Final

import msgspec

from lintas.errors import BadInput, UnknownTerm
from lintas.limits import AUDIT_LINES_MAX, AUDIT_SCANNED_MAX
from lintas.model.audit import AuditLine, AuditPage, AuditQuery
from lintas.model.header import Kind
from lintas.model.ids import MessageId
from lintas.model.scope import Scope
from lintas.model.viewer import Viewer
from lintas.policy.access import may
from lintas.ports.store import Snapshot
from lintas.work.access import log_scope_of, record_access
from lintas.work.finding.message import checked_id
from lintas.work.finding.narrowing import moment
from lintas.work.overseeing.lines import line_of
from lintas.work.services import Services

_AT_ONCE: Final = 500  # entries read together
_FIRST: Final = "0000-01-01T00:00:00.000Z"
_LAST: Final = "9999-12-31T23:59:59.999Z"
_DECISIONS: Final = frozenset({Kind.ORDER.value, Kind.ASSENT.value})


def search_log(
    services: Services, viewer: Viewer, query: AuditQuery, *, before: int = 0, limit: int = 50, purpose: str = ""
) -> AuditPage:
    """A page of what a search finds, newest first. That it was searched is an access entry itself.

    Args:
        before: Entries before this place; 0 for the newest.
        limit: Most lines, 1 to AUDIT_LINES_MAX; at most AUDIT_SCANNED_MAX entries are looked through for one page.

    Raises:
        NotAllowed: The viewer may not.
        BadInput: A time cannot be read, or the kind is none.
        UnknownTerm: A message id is none.
    """
    scope = log_scope_of(services, viewer, "oversee")
    limit = max(1, min(limit, AUDIT_LINES_MAX))
    if query.kind and query.kind not in {kind.value for kind in Kind}:
        raise BadInput(f"No entry is of kind {query.kind[:40]!r}.", hint=", ".join(sorted(kind.value for kind in Kind)))
    search = _Search(services, viewer, query, scope)
    page = services.store.read(lambda snapshot: search.page(snapshot, before=before, limit=limit))
    said = {name: value for name in query.__struct_fields__ if (value := getattr(query, name))}
    record_access(services, viewer, "oversee", said | ({"before": before} if before else {}), [], purpose=purpose)
    return page


def names_for(services: Services, viewer: Viewer, snapshot: Snapshot) -> dict[str, str]:
    """Names of this agency's people, for those who may know them."""
    if not may(services.packs.access, viewer, "people.read"):
        return {}
    return {account.id: account.name for account in snapshot.accounts()}


class _Search:
    """One search: its conditions in the form in which entries are held against them."""

    def __init__(self, services: Services, viewer: Viewer, query: AuditQuery, scope: Scope) -> None:
        self._services, self._viewer, self._query, self._scope = services, viewer, query, scope
        self._since = moment(query.since, days=0) if query.since else _FIRST
        self._until = moment(query.until, days=1) if query.until else _LAST
        self._words = query.words.casefold().split()
        self._message = checked_id(query.message) if query.message else MessageId("")

    def page(self, snapshot: Snapshot, *, before: int, limit: int) -> AuditPage:
        """Look through entries, newest first, until the page is full or enough were looked at."""
        size = snapshot.size()
        names = names_for(self._services, self._viewer, snapshot)
        person = self._person(snapshot)
        lines: list[AuditLine] = []
        looked, rest = 0, min(before or size, size)
        for places in self._places(snapshot, rest, person):
            for line in self._lines(snapshot, places, names):
                if len(lines) == limit:
                    return AuditPage(lines=lines, next_before=lines[-1].seq, looked_at=looked, size=size)
                if self._fits(line, person):
                    lines.append(line)
            looked += len(places)
            rest = places[-1]
            if looked >= AUDIT_SCANNED_MAX:
                return AuditPage(lines=lines, next_before=rest, looked_at=looked, size=size)
        return AuditPage(lines=lines, next_before=0, looked_at=looked, size=size)

    def _person(self, snapshot: Snapshot) -> str:
        wanted = self._query.person.strip()
        if not wanted or not may(self._services.packs.access, self._viewer, "people.read"):
            return wanted
        return next((one.id for one in snapshot.accounts() if wanted in (one.id, one.name)), wanted)

    def _places(self, snapshot: Snapshot, before: int, person: str) -> Iterator[Sequence[int]]:
        """Places that can hold what is searched for, in lots, newest first."""
        query = self._query
        if self._message:
            own = snapshot.entry_by_id(self._message)
            shown = snapshot.accesses_showing(self._message, before=before, limit=AUDIT_SCANNED_MAX)
            mine = [own.seq] if own is not None and own.seq < before else []
            found = sorted({*shown, *mine}, reverse=True)
            yield from (found[start : start + _AT_ONCE] for start in range(0, len(found), _AT_ONCE))
            return
        is_access = query.verb or query.unmasked or query.policy or query.kind == Kind.ACCESS.value
        while before > 0:
            if is_access and not query.decisions:
                places = snapshot.accesses_found(
                    before=before, limit=_AT_ONCE, viewer=person, verb=query.verb, since=self._since, until=self._until
                )
            else:
                places = list(range(before - 1, max(-1, before - 1 - _AT_ONCE), -1))
            if not places:
                return
            yield places
            before = places[-1]

    def _lines(self, snapshot: Snapshot, places: Sequence[int], names: dict[str, str]) -> Iterator[AuditLine]:
        visible = snapshot.heads(places, scope=self._scope)
        low, high = places[-1], places[0] + 1
        if high - low <= 2 * _AT_ONCE:
            entries = {entry.seq: entry for entry in snapshot.entries(low, high) if entry.seq in visible}
        else:
            entries = {seq: entry for seq in places if seq in visible for entry in snapshot.entries(seq, seq + 1)}
        answers = {one.seq: one for one in snapshot.openings(limit=AUDIT_LINES_MAX, every=True)}
        for seq in places:
            if (entry := entries.get(seq)) is None:
                continue
            line = line_of(self._services, entry, snapshot.payload(seq), names)
            if (answer := answers.get(seq)) is not None:
                line = msgspec.structs.replace(line, answered_by=answer.answered_by, answered_at=answer.answered_at)
            yield line

    def _fits(self, line: AuditLine, person: str) -> bool:
        query = self._query
        return (
            (not query.kind or line.kind == query.kind)
            and (not query.verb or (line.kind == Kind.ACCESS.value and line.action == query.verb))
            and (not query.decisions or line.kind in _DECISIONS)
            and (not person or (person in line.person.split(", ") and not line.originator))
            and (not query.policy or line.policy.startswith(query.policy.strip().lower()))
            and (not query.unmasked or line.unmasked)
            and self._since <= line.at < self._until
            and self._holds_words(line)
        )

    def _holds_words(self, line: AuditLine) -> bool:
        if not self._words:
            return True
        text = " ".join((line.purpose, msgspec.json.encode(line.asked).decode(), *line.codes.values())).casefold()
        return all(word in text for word in self._words)


def line_at(services: Services, snapshot: Snapshot, message: str, names: dict[str, str]) -> AuditLine:
    """One entry as a line.

    Raises:
        UnknownTerm: There is none with that id.
    """
    entry = snapshot.entry_by_id(checked_id(message))
    if entry is None:
        raise UnknownTerm("There is no such entry.")
    return line_of(services, entry, snapshot.payload(entry.seq), names)
