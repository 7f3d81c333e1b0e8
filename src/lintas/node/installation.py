# SPDX-License-Identifier: Apache-2.0
"""The node's folder and machine: what can be wrong with them, and the archive of all of it."""

import os
import shutil
import stat
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from lintas.model.key_answers import KeyAtRest
from lintas.model.node_answers import Check
from lintas.node.archive import write_archive
from lintas.node.at_rest import keys_at_rest, open_modes
from lintas.node.keys import FOLDER as KEYS
from lintas.node.keys import OPERATIONAL
from lintas.ports.store import Store
from lintas.sandbox.pool import ReaderPool
from lintas.store.connection import is_read_only

_FREE_BYTES_MIN: Final = 256 * 1024 * 1024  # below this a single large file may fill the disk


class FolderInstallation:
    """The Installation port over a folder."""

    def __init__(self, folder: Path, store: Store, readers: ReaderPool) -> None:
        self._folder = folder
        self._store = store
        self._readers = readers

    def checks(self) -> tuple[Check, ...]:
        """What is wrong with folder, keys, disk, sandbox; each with what to do."""
        return (self._private(), self._keys(), self._disk(), *self._sandbox())

    def keys_at_rest(self) -> tuple[KeyAtRest, ...]:
        """How the files of the keys rest: sealed, plain, kept elsewhere."""
        return tuple(keys_at_rest(self._folder))

    def archive(
        self,
        target: Path,
        *,
        passphrase: str | None,
        recipients: Sequence[str],
        checkpoint: str,
        progress: Callable[[str, int, int], None],
    ) -> int:
        """Write a sealed copy of everything to a file, whole or not at all; returns its bytes."""
        return write_archive(
            self._store,
            self._folder,
            target,
            passphrase=passphrase,
            recipients=recipients,
            checkpoint=checkpoint,
            progress=progress,
        )

    def _private(self) -> Check:
        mode = stat.S_IMODE(self._folder.stat().st_mode)
        owner = self._folder.stat().st_uid
        if mode & 0o077:
            hint = f"chmod 700 {self._folder}"
            return Check(name="folder", ok=False, detail=f"others may enter it (mode {mode:o})", hint=hint)
        if owner != os.getuid():
            hint = "Run as the owner of the folder."
            return Check(name="folder", ok=False, detail="it belongs to another user", hint=hint)
        return Check(name="folder", ok=True, detail="only its owner may enter it")

    def _keys(self) -> Check:
        folder = self._folder / KEYS
        missing = [name for name in ("signing.pem", "log.pem", "local.key") if not (folder / name).is_file()]
        if missing:
            return Check(
                name="keys", ok=False, detail=f"missing: {', '.join(missing)}", hint="Restore the last backup."
            )
        if open_ := open_modes(self._folder):
            return Check(
                name="keys",
                ok=False,
                detail=f"others may read {', '.join(open_)}",
                hint=f"chmod 700 {folder}; chmod 600 {folder}/*",
            )
        lacking = [name for name in OPERATIONAL if not (folder / f"{name}.pem").is_file()]
        if lacking:  # of a node that was made before nodes had them; it runs, and peers cannot reach it
            hint = "Stop the node, then: lintas key rotate DIR --by NAME"
            return Check(name="keys", ok=False, detail=f"no {' and no '.join(lacking)} key yet", hint=hint)
        if weak := [key.name for key in keys_at_rest(self._folder) if key.is_weak]:
            hint = "Seal them anew on this machine: lintas key seal DIR --under FILE"
            return Check(name="keys", ok=False, detail=f"{', '.join(weak)}: a weak seal", hint=hint)
        detail = "only their owner may read them"
        if not (folder / "root.pem").exists():
            detail = "only their owner may read them; the root key is kept elsewhere"
        return Check(name="keys", ok=True, detail=detail)

    def _disk(self) -> Check:
        if is_read_only(self._folder):
            hint = "Mount it writable before taking anything in."
            return Check(name="disk", ok=False, detail="it is mounted read-only", hint=hint)
        free = shutil.disk_usage(self._folder).free
        hint = "" if free >= _FREE_BYTES_MIN else "Free some space before taking anything in."
        return Check(name="disk", ok=not hint, detail=f"{free // 2**20:,} MiB free", hint=hint)

    def _sandbox(self) -> list[Check]:
        return [
            Check(name=f"sandbox: {one.name}", ok=one.active, detail=one.sentence)
            for one in self._readers.protections()
        ]
