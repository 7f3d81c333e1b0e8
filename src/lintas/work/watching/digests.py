# SPDX-License-Identifier: Apache-2.0
"""What met the watches since a time, in numbers: what a desk reads at the start of a shift."""

from lintas.model.found import AlertTally
from lintas.model.ids import MessageId
from lintas.model.scope import Scope
from lintas.model.viewer import Viewer
from lintas.model.watch_answers import Digest, DigestFrom, DigestWatch, TermShown
from lintas.ports.store import Snapshot
from lintas.work.access import record_access, scope_of
from lintas.work.finding.narrowing import moment
from lintas.work.services import Services
from lintas.work.watching.naming import Namer

_TERMS_SHOWN = 10


def digest(services: Services, viewer: Viewer, since: str) -> Digest:
    """Count the alerts that this viewer may see by watch and by who says so, the newest watch first.

    A watch whose words this viewer may not see is named by its id and by what of it they see.

    Args:
        since: RFC 3339 date or time; empty for the beginning.

    Raises:
        BadInput: It is no time.
    """
    scope = scope_of(services, viewer, "watch")
    start = moment(since, days=0) if since else ""

    def gather(snapshot: Snapshot) -> Digest:
        by_watch: dict[MessageId, list[AlertTally]] = {}
        for tally in snapshot.alert_tallies(start, scope=scope):
            by_watch.setdefault(tally.watch, []).append(tally)
        namer = Namer(services, snapshot)
        lines = [_line(snapshot, namer, viewer, scope, start, tallies) for tallies in by_watch.values()]
        return Digest(
            since=start,
            alerts=sum(line.alerts for line in lines),
            unacknowledged=sum(line.unacknowledged for line in lines),
            watches=sorted(lines, key=lambda line: line.newest_at, reverse=True),
        )

    found = services.store.read(gather)
    if found.watches:
        record_access(services, viewer, "alerts", {"since": start}, [line.watch for line in found.watches])
    return found


def _line(
    snapshot: Snapshot, namer: Namer, viewer: Viewer, scope: Scope, since: str, tallies: list[AlertTally]
) -> DigestWatch:
    watch = tallies[0].watch
    head = snapshot.watch(watch)
    if head is not None and head.owner != viewer.id and snapshot.head(watch, scope=scope) is None:
        head = None
    named = [(tally, namer.name(tally.originator)) for tally in tallies]
    met = snapshot.alert_values(watch, since, scope=scope, limit=_TERMS_SHOWN)
    return DigestWatch(
        watch=watch,
        owner=head.owner if head else "",
        note=head.note if head else "",
        terms=[TermShown(scheme=scheme, value=value) for scheme, value in met],
        alerts=sum(tally.alerts for tally in tallies),
        unacknowledged=sum(tally.unacknowledged for tally in tallies),
        first_at=min(tally.first_at for tally in tallies),
        newest_at=max(tally.newest_at for tally in tallies),
        from_=[
            DigestFrom(node=tally.originator, name=name.name, flags=list(name.flags), alerts=tally.alerts)
            for tally, name in named
        ],
    )
