# SPDX-License-Identifier: Apache-2.0
"""Restore a node from a backup; a restored node is a rollback until it has shown otherwise.

It is quarantined: it appends nothing, so that no second entry can stand where a lost one stood. It leaves quarantine
with a head that others kept and that its log contains, or by opening a new incarnation that says what was lost.
"""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from lintas.errors import BadInput, NodeDamaged, WrongUse
from lintas.model.header import Kind
from lintas.model.node_answers import Restored
from lintas.node.archive import unpacked
from lintas.node.inception import new_incarnation
from lintas.node.node import BLOBS, Node
from lintas.ports.store import Snapshot, Transaction
from lintas.store.blobs import FileBlobs, sync_folder
from lintas.store.connection import storage_errors
from lintas.store.lock import WriterLock
from lintas.store.sqlite import SqliteStore
from lintas.work.appending import append, prepare_control
from lintas.work.proving import contains_head, verify
from lintas.work.services import no_progress

_CODE: Final = re.compile(r"[a-z0-9][a-z0-9_.:-]{1,63}", re.ASCII)


def restore(source: Path, folder: Path, *, passphrase: str | None, identity: str | None) -> Restored:
    """Make a node of a backup, in a folder that does not exist yet; it comes up quarantined.

    If we die here, the folder is not there: it is moved into place when whole.

    Raises:
        BadInput: The folder exists, or the backup cannot be opened or was altered.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise BadInput(f"{folder} exists already.", hint="Restore into a new folder.")
    beside = folder.resolve().parent
    with storage_errors():
        beside.mkdir(parents=True, exist_ok=True)
    with unpacked(source, beside, passphrase=passphrase, identities=[identity] if identity else []) as found:
        entries, node, incarnation = _quarantine(found)
        with storage_errors():
            if folder.exists():
                folder.rmdir()
            found.rename(folder)
            sync_folder(beside)
    return Restored(
        node=node,
        entries=entries,
        state="quarantined",
        incarnation=incarnation,
        detail="The node is here and appends nothing until it has shown that it is current.",
    )


def release_with_head(folder: Path, head: bytes) -> Restored:
    """Leave quarantine with the newest head that others kept: the restored log contains it, so nothing known is lost.

    Args:
        head: A checkpoint of this log, as kept by a peer, an auditor, or on paper.

    Raises:
        BadSignature: It is not this log's head.
        BadInput: It is of another log, or older than a head in the backup.
        NodeDamaged: The restored log is older than the head or differs from it: open a new incarnation instead.
        WrongUse: The node is not quarantined.
    """
    with Node.open(folder) as node:
        _check_quarantined(node)

        def look(snapshot: Snapshot) -> int:
            kept = contains_head(node.services, snapshot, head)
            own = snapshot.checkpoint()
            if own is not None and kept.size < own.size:
                raise BadInput(
                    f"The head has {kept.size} entries, one in the backup itself has {own.size}: "
                    "it shows nothing of what came after the backup.",
                    hint="Give the newest head that others kept, or open a new incarnation.",
                )
            return snapshot.size()

        entries = node.services.store.read(look)
        node.services.store.write(lambda tx: tx.put_meta("state", "live"))
        incarnation = node.services.store.read(lambda snapshot: snapshot.meta("incarnation")) or ""
        return Restored(
            node=node.services.keys.node,
            entries=entries,
            state="live",
            incarnation=incarnation,
            detail="The log contains the head: the node goes on.",
        )


def open_incarnation(folder: Path, *, ground: str, approved_by: Sequence[str]) -> Restored:
    """Leave quarantine by opening a new incarnation: a signed entry says where the old one ends.

    Args:
        ground: A code, for example `disk_lost`.
        approved_by: Two different account ids; two people answer for it.

    Raises:
        WrongUse: The node is not quarantined, or fewer than two people approve.
        NodeDamaged: What was restored does not verify.
    """
    people = sorted(set(approved_by))
    if len(people) < 2:
        raise WrongUse("Two different people approve a new incarnation.", hint="Give --approved-by twice.")
    for code in (ground, *people):
        if not _CODE.fullmatch(code):
            raise BadInput(f"{code[:40]!r} is no code or account id.")
    with Node.open(folder) as node:
        _check_quarantined(node)
        checked = verify(node.services, progress=no_progress)
        if not checked.ok:
            raise NodeDamaged(f"What was restored does not verify: {checked.first_bad}.", hint="Use an older backup.")
        services = node.services
        old = services.store.read(lambda snapshot: snapshot.meta("incarnation")) or ""
        new = new_incarnation(services.keys)
        body = {
            "incarnation": new,
            "previous": old,
            "previous_size": checked.entries,
            "previous_root": checked.root,
            "ground": ground,
            "approved_by": people,
        }
        entry = prepare_control(services, Kind.INCARNATION, body)

        def go_on(tx: Transaction) -> None:
            append(tx, entry)
            tx.put_meta("incarnation", new)
            tx.put_meta("state", "live")

        services.store.write(go_on)
        return Restored(
            node=services.keys.node,
            entries=checked.entries + 1,
            state="live",
            incarnation=new,
            detail=f"A new incarnation begins after entry {checked.entries - 1} of {old}.",
        )


def _quarantine(folder: Path) -> tuple[int, str, str]:
    lock = WriterLock.take(folder)
    try:
        (folder / BLOBS).mkdir(mode=0o700, exist_ok=True)
        store = SqliteStore(folder, lock=lock)
        try:
            store.write(lambda tx: tx.put_meta("state", "quarantined"))
            needed = store.read(lambda snapshot: list(snapshot.blob_names()))
            FileBlobs(folder / BLOBS).sweep(needed)
            return store.read(lambda s: (s.size(), s.meta("node") or "", s.meta("incarnation") or ""))
        finally:
            store.close()
    finally:
        lock.release()


def _check_quarantined(node: Node) -> None:
    if node.services.store.read(lambda snapshot: snapshot.meta("state")) != "quarantined":
        raise WrongUse("This node is not quarantined.")
