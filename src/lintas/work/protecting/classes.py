# SPDX-License-Identifier: Apache-2.0
"""Put messages into a protected class, and take them out of it again.

Stricter is free: whoever sees content may add a class. To take one off is a decision of two named people. What is of a
message is of its class too: what was released of it, the alerts that it caused, and of a closed class the file that
held it.
"""

from collections.abc import Iterable, Mapping, Sequence

from lintas.errors import OverLimit, WrongUse
from lintas.model.find_answers import ClassChanged
from lintas.model.header import Kind
from lintas.model.header_rules import MESSAGES_MAX
from lintas.model.ids import MessageId
from lintas.model.marking import Protected, protected_classes
from lintas.model.scope import WHOLE, Scope
from lintas.model.viewer import Viewer
from lintas.policy.access import Thing
from lintas.ports.store import Snapshot, Transaction
from lintas.work.access import permit, scope_of
from lintas.work.alerting import fire_released
from lintas.work.appending import append, prepare_control
from lintas.work.binding import check_unordered
from lintas.work.finding.message import head_or_unknown
from lintas.work.services import Services

CHANGED_MAX = 20_000  # messages of one change: a taken file may hold as many, and they are written in one transaction
_CLASSED_KINDS = frozenset({Kind.ITEM, Kind.INTAKE})


def add_class(services: Services, actor: Viewer, messages: Sequence[str], code: str) -> ClassChanged:
    """Put messages into a class; a taken file is put there with all that it holds. Durable when this returns.

    Raises:
        BadInput: There is no such class.
        UnknownTerm: There is no such message that this person may see.
        WrongUse: It is no message that was taken in.
        OverLimit: They are more than CHANGED_MAX.
    """
    scope = scope_of(services, actor, "class.add")
    (wanted,) = protected_classes([code])

    def job(tx: Transaction) -> ClassChanged:
        named = _named(tx, messages, scope)
        files = _files_of(tx, named) if services.packs.access.classes[wanted].closed else []
        fresh = [one for one in _with_all_of(tx, [*named, *files]) if not _bits(tx, one) & wanted.bit]
        _append(services, tx, "added", wanted, fresh, actor)
        return ClassChanged(code=wanted.value, messages=sorted(named), changed=len(fresh))

    return _done(services, services.store.write(job))


def release_class(services: Services, actor: Viewer, messages: Sequence[str], code: str) -> ClassChanged:
    """Take messages out of a class, where this node decides without orders yet: nobody here has a passkey.

    Raises:
        NotAllowed: The actor may not; or people here have passkeys, so that two of them decide.
        BadInput, UnknownTerm, WrongUse, OverLimit: As `add_class`.
    """

    def job(tx: Transaction) -> ClassChanged:
        permit(services, actor, "class.release")
        check_unordered(services, tx, actor, "class.release")
        said = {"messages": meant_by_release(services, tx, actor, messages, code), "class": code}
        return release_class_in(services, tx, actor, said)

    return _done(services, services.store.write(job))


def meant_by_release(
    services: Services, snapshot: Snapshot, viewer: Viewer, messages: Sequence[str], code: str
) -> list[MessageId]:
    """All that leaves a class with some messages: what a taken file holds, copies, alerts, and files left without it.

    Raises:
        BadInput, UnknownTerm, WrongUse, OverLimit: As `add_class`.
    """
    (wanted,) = protected_classes([code])
    named = _named(snapshot, messages, scope_of(services, viewer, "class.release"))
    files = [file for file in _files_of(snapshot, named) if not _keeps(snapshot, file, wanted, named)]
    return [one for one in _with_all_of(snapshot, [*named, *files]) if _bits(snapshot, one) & wanted.bit]


def release_class_in(services: Services, tx: Transaction, viewer: Viewer, said: Mapping[str, object]) -> ClassChanged:
    """Take messages out of a class; part of the caller's transaction, so that the order and what it did are one.

    What becomes visible by it meets the watches that it was kept from.

    Args:
        viewer: Who proposed it: they must see what they release, so only the FIU releases what is derived from STRs.
        said: `messages`, ids as `meant_by_release` gives them, no other is touched; `class`, a code.

    Raises:
        NotAllowed: The viewer may not.
        BadInput, UnknownTerm, WrongUse: As `add_class`.
    """
    ids = said.get("messages")
    if not isinstance(ids, list) or not all(isinstance(one, str) for one in ids):
        raise WrongUse("No message is named.")
    (wanted,) = protected_classes([str(said.get("class", ""))])
    scope = scope_of(services, viewer, "class.release")
    heads = [head_or_unknown(tx, one, scope) for one in ids]
    for head in heads:
        lists = frozenset(tx.lists_on(head.seq))
        permit(services, viewer, "class.release", Thing(tlp=head.tlp, classes=head.classes, lists=lists))
    released = [head.id for head in heads if head.classes & wanted.bit]
    _append(services, tx, "released", wanted, released, viewer)
    fire_released(services, tx, released)
    return ClassChanged(code=wanted.value, messages=sorted(released), changed=len(released))


def _named(snapshot: Snapshot, messages: Sequence[str], scope: Scope) -> list[MessageId]:
    """The messages that a person names, and of a taken file what it holds.

    Raises:
        WrongUse: None is named, or one is no message that was taken in.
    """
    if not messages:
        raise WrongUse("No message is named.")
    found: dict[MessageId, None] = {}
    for text in messages:
        head = head_or_unknown(snapshot, text, scope)
        if head.kind not in _CLASSED_KINDS:
            raise WrongUse(
                f"A message of kind {head.kind} has no class of its own.",
                hint="Name what was taken in: an item or a taken file.",
            )
        found[head.id] = None
        if head.kind == Kind.INTAKE:
            held = snapshot.intake(head.id, scope=WHOLE)  # stricter for all of it, whether this person sees it or not
            found |= dict.fromkeys(held.items if held is not None else ())
    return list(found)


def _with_all_of(snapshot: Snapshot, messages: Iterable[MessageId]) -> list[MessageId]:
    """Messages, what was released of them, and the alerts that they caused."""
    found: dict[MessageId, None] = {}
    for message in messages:
        entry = snapshot.entry_by_id(message)
        assert entry is not None, "it was looked up"
        found[message] = None
        found |= dict.fromkeys(released for _, released, _ in snapshot.releases_of(message))
        found |= dict.fromkeys(alert for _, alert in snapshot.alerts_about([entry.seq]))
    if len(found) > CHANGED_MAX:
        raise OverLimit(f"They are more than {CHANGED_MAX:,} messages.", hint="Do it in parts.")
    return list(found)


def _files_of(snapshot: Snapshot, messages: Iterable[MessageId]) -> list[MessageId]:
    """The taken files that hold messages: a file tells how many parts it has, and which."""
    found: dict[MessageId, None] = {}
    for message in messages:
        entry = snapshot.entry_by_id(message)
        assert entry is not None, "it was looked up"
        found |= dict.fromkeys(snapshot.intakes_of(entry.seq, scope=WHOLE))
    return list(found)


def _keeps(snapshot: Snapshot, file: MessageId, wanted: Protected, released: Sequence[MessageId]) -> bool:
    """Whether a taken file holds something else of a class."""
    held = snapshot.intake(file, scope=WHOLE)
    others = set(held.items if held is not None else ()) - set(released)
    return any(_bits(snapshot, one) & wanted.bit for one in others)


def _bits(snapshot: Snapshot, message: MessageId) -> int:
    head = snapshot.head(message, scope=WHOLE)
    return 0 if head is None else head.classes


def _append(
    services: Services, tx: Transaction, action: str, wanted: Protected, messages: Sequence[MessageId], by: Viewer
) -> None:
    ids = sorted(messages)
    for start in range(0, len(ids), MESSAGES_MAX):
        body = {"action": action, "by": by.id, "class": wanted.value, "messages": ids[start : start + MESSAGES_MAX]}
        append(tx, prepare_control(services, Kind.CLASSED, body, classes=frozenset({wanted})))


def _done(services: Services, changed: ClassChanged) -> ClassChanged:
    if changed.changed:
        services.events.publish("log")
        services.events.publish("alerts")
    return changed
