# SPDX-License-Identifier: Apache-2.0
"""Look again at kept traces when rows or documents come: the node does it, with what one named person may see.

Who opened or last ran a trace is that person, with the rights that they have now. What came from another node and
nobody took up is followed only where a confirmed row of the law pack lets a machine do so; else an officer releases it.
What is true if we die: what was looked at is kept in memory alone, so each live trace is looked at once after a start.
"""

from dataclasses import dataclass, field, replace
from functools import partial
from typing import Final

from lintas.errors import LintasError
from lintas.limits import TRACES_SHOWN_MAX
from lintas.model.kept_trace import Told
from lintas.model.marking import Tlp
from lintas.model.scope import Scope
from lintas.model.trace_found import TraceHead
from lintas.model.viewer import Viewer
from lintas.policy.access import scope_of
from lintas.ports.store import Snapshot
from lintas.work.accounts.viewing import viewer_of
from lintas.work.services import Services
from lintas.work.tracing_jobs.advancing import Speaker, advance, node_speaker

_SAID_BY_PEOPLE: Final = frozenset({Told.OPENED, Told.STOPPED})
_Rows = tuple[int, int]  # newest rows that a reader may see, and how many messages hold such


@dataclass(frozen=True, slots=True, kw_only=True)
class _Seen:
    """Up to where a trace was looked at."""

    changed: int  # its newest document
    heard: int  # the newest one that this node did not write by itself
    rows: _Rows


@dataclass(slots=True)
class Resumed:
    """What was looked at, by trace; one for a running node."""

    seen: dict[int, _Seen] = field(default_factory=dict)
    troubles: list[str] = field(default_factory=list)  # names of errors of the last look
    rows: dict[Scope, _Rows] = field(default_factory=dict)  # of one look, by what its readers may see


def resume_traces(services: Services, resumed: Resumed) -> int:
    """Look at every live trace for which something came; says at how many.

    One that fails holds no other up; it is tried again when something comes.
    """
    resumed.troubles.clear()
    resumed.rows.clear()
    count, after = 0, -1
    while True:
        heads = services.store.read(partial(_live, after))
        for head in heads:
            count += _resume(services, head, resumed)
        if len(heads) < TRACES_SHOWN_MAX:
            return count
        after = heads[-1].seq


def _live(after: int, snapshot: Snapshot) -> list[TraceHead]:
    if snapshot.meta("state") != "live":
        return []
    return snapshot.traces_live(after=after, limit=TRACES_SHOWN_MAX)


def _resume(services: Services, head: TraceHead, resumed: Resumed) -> bool:
    before = resumed.seen.get(head.seq)
    speaker, rows = services.store.read(lambda snapshot: _reader(services, snapshot, head, resumed))
    if before is not None and (before.changed, before.rows) == (head.changed, rows):
        return False
    heard = services.store.read(lambda snapshot: _heard(services, snapshot, head))
    # what is noted was read before the trace runs, so that nothing that comes meanwhile is missed
    resumed.seen[head.seq] = _Seen(changed=head.changed, heard=heard, rows=rows)
    if before is not None and (before.heard, before.rows) == (heard, rows):
        return False  # only what we said ourselves is new
    try:
        advance(services, head, speaker)
    except LintasError as exc:
        resumed.troubles.append(type(exc).__name__)
    return True


def _reader(services: Services, snapshot: Snapshot, head: TraceHead, resumed: Resumed) -> tuple[Speaker, _Rows]:
    speaker = speaker_of(services, snapshot, head)
    if not speaker.runs:
        return speaker, (-1, 0)
    scope = scope_of(services.packs.access, speaker.reader)
    if scope not in resumed.rows:
        found = snapshot.ledger_seen(scope=scope)
        resumed.rows[scope] = (max((one.seq for one in found), default=-1), len(found))
    return speaker, resumed.rows[scope]


def _heard(services: Services, snapshot: Snapshot, head: TraceHead) -> int:
    own = services.keys.node
    facts = snapshot.trace_facts(head.opener, head.ref)
    return max((one.seq for one in facts if one.node != own or one.what in _SAID_BY_PEOPLE), default=-1)


def speaker_of(services: Services, snapshot: Snapshot, head: TraceHead) -> Speaker:
    """In whose name the node looks at a trace; one that may only refuse where nobody took it up and no law lets it."""
    account = snapshot.account(head.by) if head.by else None
    if account is not None and account.state == "open":
        return Speaker(reader=replace(viewer_of(services, snapshot, account), is_off_duty=False))
    folder_owner = Viewer(id=head.by, clearance=Tlp.RED)
    if folder_owner.is_folder_owner:
        return Speaker(reader=folder_owner)
    lets = services.packs.law.handoff_of(services.config.country).lets_machines
    return Speaker(reader=node_speaker(services, snapshot, head), runs=lets)
