# SPDX-License-Identifier: Apache-2.0
"""Erase payloads and all that was derived from them; the entries stay, and an entry says so."""

import re
from collections.abc import Sequence
from typing import Final

from lintas.errors import BadInput, WrongUse
from lintas.model.answers import Erased
from lintas.model.header import CONTROL_KINDS, Kind
from lintas.model.ids import MessageId
from lintas.model.viewer import Viewer
from lintas.ports.store import Snapshot, Transaction
from lintas.work.access import clearance
from lintas.work.appending import append, prepare_control
from lintas.work.finding.message import head_or_unknown
from lintas.work.services import Services

_AT_ONCE: Final = 200  # messages named in one entry: a header is at most HEADER_BYTES_MAX long
_GROUND: Final = re.compile(r"[a-z][a-z0-9_-]{1,63}", re.ASCII)


def erase(services: Services, actor: Viewer, message_ids: Sequence[str], *, ground: str) -> Erased:
    """Erase messages: payload, salt, statements, postings, words, and alerts that repeat them.

    An intake is erased with every item that no other intake holds. If we die before the commit, nothing is erased;
    after it, rows are gone and overwritten, and blobs whose removal was cut short are swept at the next start.

    Args:
        ground: A code, for example `retention` or `recall`; never a name.

    Raises:
        UnknownTerm: There is no such message that this viewer may see; nothing was erased.
        WrongUse: A control entry has nothing to erase.
    """
    level = clearance(actor)
    if not _GROUND.fullmatch(ground):
        raise BadInput("The ground is a code: lower-case letters, digits, '_' and '-'.", hint="For example: retention")
    asked, also = services.store.read(lambda snapshot: _gather(snapshot, message_ids, level))
    everything = [*asked, *also]
    entry = ""
    for start in range(0, len(everything), _AT_ONCE):
        entry = _erase_some(services, actor, everything[start : start + _AT_ONCE], ground)
    services.store.settle()
    services.events.publish("log")
    return Erased(erased=list(asked), entry=entry, also=list(also))


def _gather(snapshot: Snapshot, message_ids: Sequence[str], level: int) -> tuple[list[MessageId], list[MessageId]]:
    asked: dict[MessageId, int] = {}
    also: dict[MessageId, None] = {}
    for one in message_ids:
        head = head_or_unknown(snapshot, one, level)
        if head.kind in CONTROL_KINDS:
            raise WrongUse(f"{head.id[:16]}… is a control entry: it has no content to erase.")
        asked[head.id] = head.seq
        if head.kind == Kind.INTAKE:
            also |= _items_only_of(snapshot, head.id, level)
    seqs = [*asked.values(), *(head_or_unknown(snapshot, one, level).seq for one in also)]
    also |= {message: None for _, message in snapshot.alerts_about(seqs)}
    return list(asked), [message for message in also if message not in asked]


def _items_only_of(snapshot: Snapshot, intake: MessageId, level: int) -> dict[MessageId, None]:
    row = snapshot.intake(intake, clearance=level)
    found: dict[MessageId, None] = {}
    for item in row.items if row else ():
        head = head_or_unknown(snapshot, item, level)
        if set(snapshot.intakes_of(head.seq, clearance=level)) <= {intake}:
            found[item] = None
    return found


def _erase_some(services: Services, actor: Viewer, messages: Sequence[MessageId], ground: str) -> MessageId:
    body = {"messages": list(messages), "ground": ground, "by": actor.id}
    entry = prepare_control(services, Kind.ERASE, body)

    def commit(tx: Transaction) -> list[str]:
        append(tx, entry)
        seqs = [found.seq for message in messages if (found := tx.entry_by_id(message)) is not None]
        return tx.erase_payloads(seqs)

    for blob in services.store.write(commit):
        services.blobs.remove(blob)
    return entry.id
