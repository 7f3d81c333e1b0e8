# SPDX-License-Identifier: Apache-2.0
"""Erase payloads and all that was derived from them; the entries stay, and an entry says so."""

import json
import re
from collections.abc import Iterable, Sequence
from typing import Final

from lintas.errors import BadInput, WrongUse
from lintas.model.found import MessageHead
from lintas.model.header import CONTROL_KINDS, Kind
from lintas.model.ids import MessageId
from lintas.model.log_answers import Erased, ErasedBefore
from lintas.model.marking import Tlp
from lintas.model.scope import WHOLE, Scope
from lintas.model.viewer import Viewer
from lintas.policy.access import Thing
from lintas.ports.store import Snapshot, Transaction
from lintas.work.access import permit, scope_of
from lintas.work.appending import append, prepare_control
from lintas.work.finding.message import head_or_unknown
from lintas.work.forgetting import forget_recipes
from lintas.work.services import Services

_AT_ONCE: Final = 200  # messages named in one entry: a header is at most HEADER_BYTES_MAX long
_EVERYTHING: Final = int(Tlp.RED)  # an intake that the actor may not see still holds its items
_OF_PEERS: Final = frozenset({Kind.DESCRIPTOR, Kind.INTRODUCTION, Kind.EVIDENCE})
_GROUND: Final = re.compile(r"[a-z][a-z0-9_-]{1,63}", re.ASCII)


def erase(services: Services, actor: Viewer, message_ids: Sequence[str], *, ground: str) -> Erased:
    """Erase messages: payload, salt, statements, postings, words, and alerts that repeat them.

    An intake is erased with every item that no other intake holds, a local message with what was released of it. What
    was released may be erased alone: the local message stays. Who received it keeps it. All of it is one transaction,
    however many entries name what was erased. If we die before the commit, nothing is erased; after it, rows are gone
    and overwritten, and blobs and payments of the ledger whose removal was cut short are swept at the next start.
    What was erased before is said with its time, and not erased again: where nothing is left, no entry is written.

    Args:
        ground: A code, for example `retention` or `recall`; never a name.

    Raises:
        UnknownTerm: There is no such message that this viewer may see; nothing was erased.
        WrongUse: A control entry has nothing to erase.
        NotAllowed: It is what somebody else asked or watches, or shows how a peer came in, and this viewer is no
            supervisor.
    """
    scope = scope_of(services, actor, "erase")
    if not message_ids:
        raise WrongUse("No message was named.")
    if not _GROUND.fullmatch(ground):
        raise BadInput("The ground is a code: lower-case letters, digits, '_' and '-'.", hint="For example: retention")
    asked, also, before = services.store.read(lambda snapshot: _gather(services, snapshot, actor, message_ids, scope))
    if not asked and not also:
        return Erased(erased=[], entry="", also=[], before=before)
    entry, late = _erase_all(services, actor, [*asked, *also], ground)
    services.store.settle()
    services.events.publish("log")
    return Erased(erased=list(asked), entry=entry, also=[*also, *late], before=before)


def _gather(
    services: Services, snapshot: Snapshot, actor: Viewer, message_ids: Sequence[str], scope: Scope
) -> tuple[list[MessageId], list[MessageId], list[ErasedBefore]]:
    """What is to be erased: as asked, and with it; and what of the asked was erased before."""
    asked: dict[MessageId, int] = {}
    intakes: set[MessageId] = set()
    for one in message_ids:
        head = head_or_unknown(snapshot, one, scope)
        if head.kind in CONTROL_KINDS:
            raise WrongUse(f"{head.id[:16]}… is a control entry: it has no content to erase.")
        _check_whose(services, snapshot, actor, head)
        asked[head.id] = head.seq
        if head.kind == Kind.INTAKE:
            intakes.add(head.id)
    also = _items_only_of(snapshot, intakes, scope)
    also |= _copies_of(snapshot, [*asked, *also])
    seqs = [*asked.values(), *_places_of(snapshot, also)]
    also |= {message: None for _, message in snapshot.alerts_about(seqs)}
    places = dict(zip(also, _places_of(snapshot, also), strict=True)) | asked
    gone = _erased_before(snapshot, {message for message, seq in places.items() if snapshot.payload(seq) is None})
    return (
        [message for message in asked if message not in gone],
        [message for message in also if message not in asked and message not in gone],
        [gone[message] for message in asked if message in gone],
    )


def _erased_before(snapshot: Snapshot, messages: set[MessageId]) -> dict[MessageId, ErasedBefore]:
    """Which of some messages without content an entry says to be erased: others never came, or are control entries."""
    found: dict[MessageId, ErasedBefore] = {}
    for seq in snapshot.places_of(Kind.ERASE.value) if messages else ():
        for entry in snapshot.entries(seq, seq + 1):
            header = json.loads(entry.header)
            for message in messages.intersection(header["body"]["messages"]):
                at, ground = header["created_at"], header["body"]["ground"]
                found.setdefault(message, ErasedBefore(message=message, at=at, ground=ground, entry=entry.id))
    return found


def _check_whose(services: Services, snapshot: Snapshot, actor: Viewer, head: MessageHead) -> None:
    """Refuse to let somebody erase the trace of what others asked, or end another's watch by erasing it."""
    if head.kind == Kind.WATCH:
        watch = snapshot.watch(head.id)
        permit(services, actor, "watch.end", Thing(owner=watch.owner if watch else actor.id))
    elif head.kind == Kind.ACCESS:
        permit(services, actor, "erase.access")
    elif head.kind in _OF_PEERS:
        permit(services, actor, "erase.peers")


def _items_only_of(snapshot: Snapshot, intakes: set[MessageId], scope: Scope) -> dict[MessageId, None]:
    found: dict[MessageId, None] = {}
    for intake in sorted(intakes):
        row = snapshot.intake(intake, scope=scope)
        for item in row.items if row else ():
            head = head_or_unknown(snapshot, item, scope)
            if set(snapshot.intakes_of(head.seq, scope=WHOLE)) <= intakes:
                found[item] = None
    return found


def _places_of(snapshot: Snapshot, messages: Iterable[MessageId]) -> list[int]:
    return [found.seq for message in messages if (found := snapshot.entry_by_id(message)) is not None]


def _copies_of(snapshot: Snapshot, messages: Sequence[MessageId]) -> dict[MessageId, None]:
    """What was released of some messages, and what else has its bytes from them: none of it may outlive them."""
    found: dict[MessageId, None] = {}
    for message, seq in zip(messages, _places_of(snapshot, messages), strict=True):
        found |= dict.fromkeys(released for _, released, _ in snapshot.releases_of(message))
        found |= dict.fromkeys(sharing for _, sharing in snapshot.sharing(seq))
    for message in messages:
        found.pop(message, None)
    return found


def _erase_all(
    services: Services, actor: Viewer, messages: Sequence[MessageId], ground: str
) -> tuple[MessageId, list[MessageId]]:
    """Erase in one transaction; returns the last entry that says so, and what was released since the look-up."""

    def commit(tx: Transaction) -> tuple[MessageId, list[MessageId], list[str]]:
        late = list(_copies_of(tx, messages))
        everything = [*messages, *late]
        blobs, last = list[str](), MessageId("")
        for start in range(0, len(everything), _AT_ONCE):
            part = everything[start : start + _AT_ONCE]
            entry = prepare_control(services, Kind.ERASE, {"messages": part, "ground": ground, "by": actor.id})
            append(tx, entry)
            blobs += tx.erase_payloads(_places_of(tx, part))
            last = entry.id
        forget_recipes(tx, everything)
        return last, late, blobs

    last, late, blobs = services.store.write(commit)
    for blob in blobs:
        services.blobs.remove(blob)
    # If we die before this, the next start removes them: the view no longer names these messages.
    services.ledger.remove([*messages, *late])
    return last, late
