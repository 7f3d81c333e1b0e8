# SPDX-License-Identifier: Apache-2.0
"""Restrict messages to a list, and free them.

With a message go what tells of it: the copies of it that were released, the alerts about it, of a taken file its
messages, of a request its thread, of a trace what was said of it, and of a report all of its documents. Each is named
in the log, so that a rebuild restricts the same.
"""

from collections.abc import Iterable, Sequence

from lintas.errors import UnknownTerm, WrongUse
from lintas.limits import DESK_STEPS_MAX
from lintas.model.header import Kind
from lintas.model.header_rules import MESSAGES_MAX
from lintas.model.ids import MessageId
from lintas.model.people_shown import NeedDone
from lintas.model.scope import WHOLE, Scope
from lintas.model.viewer import Viewer
from lintas.policy.access import scope_of
from lintas.ports.store import Snapshot, Transaction
from lintas.work.finding.message import head_or_unknown
from lintas.work.lists.standing import keep_a_keeper, open_of, own_list, say
from lintas.work.services import Services

_KINDS = frozenset({Kind.ITEM.value, Kind.INTAKE.value, Kind.ALERT.value, Kind.WATCH.value})


def restrict(services: Services, viewer: Viewer, name: str, messages: Sequence[str]) -> NeedDone:
    """Restrict messages to a list that the viewer is on: from now on only those on it see that they are there.

    Raises:
        NotAllowed: The policy refuses, or nobody on the list could ever free them.
        UnknownTerm: There is no such list that the viewer is on, or no such message that they may see.
        WrongUse: The list was closed, no message is named, or it is none that holds content.
    """

    def job(tx: Transaction) -> NeedDone:
        found = open_of(own_list(services, tx, viewer, name))
        keep_a_keeper(services, tx, found.name, found.opened_by, frozenset(found.members))
        ids = _named(tx, messages, scope_of(services.packs.access, viewer))
        fresh = [one for one in _with_followers(tx, ids) if found.name not in _lists_on(tx, one)]
        _say_of(services, tx, found.name, "restricted", viewer.id, fresh)
        return NeedDone(name=found.name, action="restricted", messages=[str(one) for one in fresh])

    return _done(services, services.store.write(job))


def free(services: Services, viewer: Viewer, name: str, messages: Sequence[str]) -> NeedDone:
    """Take messages off a list; those on it see who did.

    Raises:
        NotAllowed: The policy refuses.
        UnknownTerm: There is no such list that the viewer is on, or no such message that they may see.
        WrongUse: A message is not restricted to this list.
    """

    def job(tx: Transaction) -> NeedDone:
        found = own_list(services, tx, viewer, name)
        ids = _named(tx, messages, scope_of(services.packs.access, viewer))
        for one in ids:
            if found.name not in _lists_on(tx, one):
                raise WrongUse(f"{one[:16]}… is not restricted to the list {found.name}.")
        freed = [one for one in _with_followers(tx, ids) if found.name in _lists_on(tx, one)]
        _say_of(services, tx, found.name, "freed", viewer.id, freed)
        return NeedDone(name=found.name, action="freed", messages=[str(one) for one in freed])

    return _done(services, services.store.write(job))


def follow_in(services: Services, tx: Transaction, home: MessageId, followers: Sequence[MessageId], *, by: str) -> None:
    """Restrict what was just made of a message to the lists that it is restricted to, in the caller's transaction."""
    for name in _lists_on(tx, home):
        _say_of(services, tx, name, "restricted", by, [one for one in followers if name not in _lists_on(tx, one)])


def _done(services: Services, done: NeedDone) -> NeedDone:
    if done.messages:
        services.events.publish("log")
    return done


def _named(reads: Snapshot, messages: Sequence[str], scope: Scope) -> list[MessageId]:
    """The messages that were named, and those of the files that were.

    Raises:
        UnknownTerm: The viewer may not see one of them.
        WrongUse: None is named, or one is no message that can be restricted.
    """
    if not messages:
        raise WrongUse("No message is named.")
    found: dict[MessageId, None] = {}
    for text in messages:
        head = head_or_unknown(reads, text, scope)
        if head.kind not in _KINDS:
            raise WrongUse(f"A message of kind {head.kind} is not restricted.", hint="Name what was taken in.")
        intake = reads.intake(head.id, scope=scope) if head.kind == Kind.INTAKE else None
        whole = reads.intake(head.id, scope=WHOLE) if intake is not None else None
        if intake is not None and whole is not None and len(whole.items) != len(intake.items):
            raise UnknownTerm("A part of that file is not yours to see.", hint="Name its messages one by one.")
        found |= dict.fromkeys((head.id, *(intake.items if intake is not None else ())))
    return list(found)


def _with_followers(reads: Snapshot, messages: Iterable[MessageId]) -> list[MessageId]:
    found: dict[MessageId, None] = {}
    for message in dict.fromkeys(one for named in messages for one in (named, *_told_of(reads, named))):
        entry = reads.entry_by_id(message)
        copies = [copy for _, copy, _ in reads.releases_of(message)]
        alerts = [alert for _, alert in reads.alerts_about([entry.seq])] if entry is not None else []
        found |= dict.fromkeys((message, *copies, *alerts))
    return list(found)


def _told_of(reads: Snapshot, message: MessageId) -> list[MessageId]:
    """What was said in the thread that a message opened; or the other documents of a report, with who reported it."""
    entry = reads.entry_by_id(message)
    if entry is None:
        return []
    thread = reads.request_at(entry.seq, scope=WHOLE)
    if thread is not None and thread.message == message:
        steps = (*reads.steps(thread), *reads.outsiders(thread, limit=DESK_STEPS_MAX))
        return [step.message for step in steps]
    trace = reads.trace_at(entry.seq, scope=WHOLE)
    if trace is not None and trace.message == message:
        return [fact.message for fact in reads.trace_facts(trace.opener, trace.ref) if fact.message != message]
    if ref := reads.report_at(entry.seq):
        documents = [one.message for one in reads.report(ref, scope=WHOLE)]
        victims = [one for _, one in reads.victims(ref, scope=WHOLE)]
        return documents + victims if message in documents else victims
    return []


def _lists_on(reads: Snapshot, message: MessageId) -> list[str]:
    entry = reads.entry_by_id(message)
    return reads.lists_on(entry.seq) if entry is not None else []


def _say_of(
    services: Services, tx: Transaction, name: str, action: str, by: str, messages: Sequence[MessageId]
) -> None:
    for start in range(0, len(messages), MESSAGES_MAX):
        say(services, tx, name, action, by, {"messages": sorted(messages[start : start + MESSAGES_MAX])})
