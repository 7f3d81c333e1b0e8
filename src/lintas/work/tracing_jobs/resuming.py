# SPDX-License-Identifier: Apache-2.0
"""Look again at kept traces when rows or documents come: the node does it, with what one named person may see.

Who opened or last ran a trace is that person, with the rights that they have now. What came from another node and
nobody took up is followed only where a confirmed row of the law pack lets a machine do so; else an officer releases it.
What is true if we die: what was looked at is kept in memory alone, so each live trace is looked at once after a start.
"""

from dataclasses import dataclass, field, replace
from functools import partial

from lintas.errors import LintasError
from lintas.limits import TRACES_SHOWN_MAX
from lintas.model.kept_trace import Told
from lintas.model.marking import Tlp
from lintas.model.trace_found import TraceHead
from lintas.model.viewer import Viewer
from lintas.policy.access import scope_of
from lintas.ports.store import Snapshot
from lintas.work.accounts.viewing import viewer_of
from lintas.work.services import Services
from lintas.work.tracing_jobs.advancing import Speaker, advance, node_speaker

_Mark = tuple[int, int, int]  # newest document, newest rows that its reader may see, how many messages hold such


@dataclass(slots=True)
class Resumed:
    """What was looked at, by trace; one for a running node."""

    marks: dict[int, _Mark] = field(default_factory=dict)
    troubles: list[str] = field(default_factory=list)  # names of errors of the last look


def resume_traces(services: Services, resumed: Resumed) -> int:
    """Look at every live trace for which something came; says at how many.

    One that fails holds no other up; it is tried again when something comes.
    """
    resumed.troubles.clear()
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
    speaker, mark = services.store.read(lambda snapshot: _due(services, snapshot, head))
    if resumed.marks.get(head.seq) == mark:
        return False
    try:
        advance(services, head, speaker)
    except LintasError as exc:
        resumed.troubles.append(type(exc).__name__)
    # what we said ourselves is no news
    resumed.marks[head.seq] = services.store.read(lambda snapshot: _due(services, snapshot, head))[1]
    return True


def _due(services: Services, snapshot: Snapshot, head: TraceHead) -> tuple[Speaker, _Mark]:
    now = snapshot.trace_of(head.opener, head.ref) or head
    speaker = speaker_of(services, snapshot, now)
    rows = snapshot.ledger_seen(scope=scope_of(services.packs.access, speaker.reader)) if speaker.runs else []
    heard = [one.seq for one in snapshot.trace_facts(head.opener, head.ref) if one.what is not Told.RAN]
    return speaker, (max(heard, default=-1), max((one.seq for one in rows), default=-1), len(rows))


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
