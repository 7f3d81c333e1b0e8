# SPDX-License-Identifier: Apache-2.0
"""Find the threads whose banks may still be to be told something, without reading all of them each time."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from lintas.model.desk import Side, State, Step
from lintas.model.desk_found import RequestHead
from lintas.model.ids import MessageId
from lintas.ports.bank import BankSettings
from lintas.ports.store import Snapshot
from lintas.work.banking.due import Due, dues_of
from lintas.work.services import Services

THREADS_MAX: Final = 10_000  # open ones in one state; the oldest come first, and make room as they are dealt with
_WAITING: Final = (State.ORDERED, State.DELIVERED)
_LATER: Final = (Step.RELEASED, Step.EXTENDED)


@dataclass(slots=True)
class Looked:
    """What the last look found; it can be thrown away, and then the next look reads more."""

    dues: dict[MessageId, tuple[int, tuple[Due, ...]]] = field(
        default_factory=dict
    )  # thread -> (its newest place, due)
    upto: dict[Step, int] = field(default_factory=dict)  # place of the newest release or extension that was looked at
    later: dict[MessageId, tuple[str, str]] = field(default_factory=dict)  # threads that end or extend: asker, ref


def look(services: Services, settings: Mapping[str, BankSettings], looked: Looked) -> list[Due]:
    """Everything that banks with a connection are still to be told, the oldest thread first."""
    return services.store.read(lambda snapshot: _look(services, snapshot, settings, looked))


def _look(services: Services, snapshot: Snapshot, settings: Mapping[str, BankSettings], looked: Looked) -> list[Due]:
    if snapshot.meta("state") != "live":
        return []  # a restored node tells nobody anything before it has shown that it is current
    heads: dict[MessageId, RequestHead] = {}
    for state in _WAITING:
        for head in snapshot.requests_in(state.value, Side.ANSWERER.value, limit=THREADS_MAX):
            heads[head.message] = head
    for head in _ending(services, snapshot, looked):
        heads[head.message] = head
    for message in looked.dues.keys() - heads.keys():
        del looked.dues[message]
    for message, head in heads.items():
        held = looked.dues.get(message)
        if held is None or held[0] != head.changed:
            looked.dues[message] = (head.changed, dues_of(snapshot, head, settings, services.config.mode))
    for message in [one for one in looked.later if not looked.dues[one][1]]:
        del looked.later[message]
    found = [due for _, dues in looked.dues.values() for due in dues[:1]]  # a thread's are dealt with one by one
    return sorted(found, key=lambda due: due.head.seq)


def _ending(services: Services, snapshot: Snapshot, looked: Looked) -> list[RequestHead]:
    """Threads in which a hold was released or extended, since the node started or still to be carried out."""
    for what in _LATER:
        after = looked.upto.get(what, -1)
        while rows := snapshot.steps_since(after, what.value, services.keys.node, limit=THREADS_MAX):
            for seq, asker, ref in rows:
                after = seq
                head = snapshot.request_of(asker, ref)
                if head is not None:
                    looked.later[head.message] = (asker, ref)
        looked.upto[what] = after
    found = [snapshot.request_of(asker, ref) for asker, ref in looked.later.values()]
    return [head for head in found if head is not None]
