# SPDX-License-Identifier: Apache-2.0
"""Files set aside, in `quarantine/` of the node's folder: random names, mode 600, no suffix, nothing served from there.

A file and what is known of it are written whole, the file first: if we die in between, a file that nobody knows of is
left, which the next look removes. Nothing of a backup: what was not taken in is not the node's to keep.
"""

import json
import os
import re
import threading
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from lintas.limits import QUARANTINE_BYTES_MAX, QUARANTINE_DAYS_MAX, QUARANTINE_FILES_MAX
from lintas.ports.clock import Clock
from lintas.ports.quarantine import Aside
from lintas.store.blobs import sync_folder
from lintas.store.connection import storage_errors

FOLDER: Final = "quarantine"
_ID: Final = re.compile(r"[0-9a-f]{32}", re.ASCII)
_KNOWN: Final = ".known"  # ends the name of what is known of a file


class FolderQuarantine:
    """The Quarantine port over a folder."""

    def __init__(self, folder: Path, clock: Clock) -> None:
        self._folder = folder / FOLDER
        self._clock = clock
        self._lock = threading.Lock()

    def put(self, aside: Aside, data: bytes) -> bool:
        """Keep a file under its id; False when there is no room."""
        with self._lock, storage_errors():
            self._folder.mkdir(mode=0o700, exist_ok=True)
            held = self._look()
            total = sum(one.size_bytes for one in held) + len(data)
            if len(held) >= QUARANTINE_FILES_MAX or total > QUARANTINE_BYTES_MAX:
                return False
            path = self._path(aside.id)
            _write(path, data)
            _write(path.with_suffix(_KNOWN), json.dumps(asdict(aside)).encode())
            sync_folder(self._folder)
            return True

    def listed(self) -> Sequence[Aside]:
        """All that is kept, oldest first; what is too old is gone."""
        with self._lock, storage_errors():
            return self._look()

    def data(self, id_: str) -> bytes | None:
        """The bytes of one; None when it is not there."""
        if not _ID.fullmatch(id_):
            return None
        with storage_errors():
            try:
                return self._path(id_).read_bytes()
            except FileNotFoundError:
                return None

    def remove(self, id_: str) -> bool:
        """Overwrite and remove one; whether it was there."""
        if not _ID.fullmatch(id_):
            return False
        with self._lock, storage_errors():
            return self._remove(id_)

    def _look(self) -> list[Aside]:
        found, known = [], set()
        oldest = (self._clock.now() - timedelta(days=QUARANTINE_DAYS_MAX)).isoformat()
        for path in sorted(self._folder.glob(f"*{_KNOWN}")) if self._folder.is_dir() else []:
            aside = _read(path)
            if aside is None or datetime.fromisoformat(aside.at) < datetime.fromisoformat(oldest):
                self._remove(path.stem)
                continue
            known.add(aside.id)
            found.append(aside)
        for path in list(self._folder.iterdir()) if self._folder.is_dir() else []:
            if path.name.removesuffix(_KNOWN) not in known:
                _destroy(path)
        return sorted(found, key=lambda one: (one.at, one.id))

    def _remove(self, id_: str) -> bool:
        path = self._path(id_)
        was_there = path.exists()
        for one in (path.with_suffix(_KNOWN), path):
            _destroy(one)
        if self._folder.is_dir():
            sync_folder(self._folder)
        return was_there

    def _path(self, id_: str) -> Path:
        return self._folder / id_


def _write(path: Path, data: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _destroy(path: Path) -> None:
    with suppress(FileNotFoundError):
        with path.open("r+b") as file:
            file.write(b"\0" * path.stat().st_size)
            file.flush()
            os.fsync(file.fileno())
        path.unlink()


def _read(path: Path) -> Aside | None:
    try:
        found = Aside(**json.loads(path.read_bytes()))
        datetime.fromisoformat(found.at)
    except (ValueError, TypeError):
        return None  # cut short when it was written
    return found if found.id == path.stem and path.with_suffix("").exists() else None
