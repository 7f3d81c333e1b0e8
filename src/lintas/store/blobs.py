# SPDX-License-Identifier: Apache-2.0
"""Large payloads as files named by their salted digest.

A blob is written and synced before the transaction that names it. If we die in between, it is an orphan: nothing
refers to it, and the next start sweeps it away. The folder is trusted for availability only: what a file says is
checked against the entry's salted digest whenever it matters.
"""

import os
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final

from lintas.store.connection import storage_errors

_NAME: Final = re.compile(r"[0-9a-f]{64}", re.ASCII)
_UNFINISHED: Final = ".part"


class FileBlobs:
    """The Blobs port over a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, name: str, data: bytes) -> None:
        """Keep a blob; durable when this returns."""
        path = self._path(name)
        with storage_errors():
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            part = path.with_suffix(_UNFINISHED)
            try:
                with open(part, "wb", opener=_private) as file:
                    file.write(data)
                    file.flush()
                    os.fsync(file.fileno())
                # If we die here, an unfinished file is left, which the sweep removes.
                part.rename(path)
            except OSError:
                part.unlink(missing_ok=True)  # on a full disk it would take the space that is wanted
                raise
            for folder in (path.parent, self._folder, self._folder.parent):
                sync_folder(folder)

    def get(self, name: str) -> bytes | None:
        """The bytes, or None."""
        with storage_errors():
            try:
                return self._path(name).read_bytes()
            except FileNotFoundError:
                return None

    def remove(self, name: str) -> None:
        """Remove it; that it is gone already is no error. Its bytes are overwritten first."""
        path = self._path(name)
        with storage_errors(), suppress(FileNotFoundError):
            with path.open("r+b") as file:
                file.write(b"\0" * path.stat().st_size)
                file.flush()
                os.fsync(file.fileno())
            path.unlink()
            sync_folder(path.parent)

    def names(self) -> Iterator[str]:
        """All names, unfinished ones left out."""
        for path in sorted(self._folder.glob("??/*")):
            if _NAME.fullmatch(path.name):
                yield path.name

    def sweep(self, needed: Iterable[str]) -> int:
        """Remove unfinished files and blobs that nothing needs; returns how many."""
        kept = set(needed)
        removed = 0
        for path in list(self._folder.glob("??/*")):
            if path.name not in kept:
                with storage_errors():
                    path.unlink(missing_ok=True)
                removed += 1
        return removed

    def size_bytes(self) -> int:
        """Bytes of all blobs."""
        total = 0
        for path in self._folder.glob("??/*"):
            with storage_errors(), suppress(FileNotFoundError):  # another thread may erase it meanwhile
                total += path.stat().st_size
        return total

    def _path(self, name: str) -> Path:
        assert _NAME.fullmatch(name), "blobs are named by 64 hex digits"
        return self._folder / name[:2] / name


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def sync_folder(folder: Path) -> None:
    """Make durable which names a folder holds."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
