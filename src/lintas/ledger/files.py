# SPDX-License-Identifier: Apache-2.0
"""The ledger's folder: which files a message has, which are whole, and how they go.

    day=2026-01-31/MESSAGE.parquet   payments of that day (UTC)
    covered/MESSAGE.parquet          which times of which accounts its statements cover
    whole/MESSAGE                    written last: all of it is there; holds the digest of its rows and their number
    making/                          files that are being written; cleared at start
    compiled/                        machine code of the kernels

A message's files are there when its mark is there. Without a mark they are none of anybody's business: the next `add`
or `clear_unmarked` takes them away. If we die while files go, the mark is gone first, so nothing half is ever read.
"""

import contextlib
import os
import re
import shutil
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path
from typing import Final, NamedTuple

from lintas.model.ids import MessageId
from lintas.store.blobs import sync_folder
from lintas.store.connection import storage_errors

COVERED: Final = "covered"
WHOLE: Final = "whole"
MAKING: Final = "making"
COMPILED: Final = "compiled"
SUFFIX: Final = ".parquet"
_DAYS: Final = "day=*"
_MESSAGE: Final = re.compile(r"[0-9a-f]{64}", re.ASCII)
_MARK: Final = re.compile(r"([0-9a-f]{64}) ([0-9]{1,9})\n", re.ASCII)


class Mark(NamedTuple):
    """What stands in a message's mark."""

    digest: str
    rows: int


class LedgerFiles:
    """The folder. Reading it needs nothing; one process at a time writes."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def prepare(self) -> None:
        """Make the folder and its parts, for its owner alone.

        Raises:
            StorageFailed: The disk refused.
        """
        with storage_errors():
            for name in ("", COVERED, WHOLE, MAKING, COMPILED):
                (self.folder / name).mkdir(mode=0o700, exist_ok=True)

    def marks(self) -> dict[MessageId, Mark]:
        """The messages whose rows are all there. A mark that cannot be read is none."""
        found = {}
        for path in self._listed(WHOLE):
            read = self._mark(path)
            if _MESSAGE.fullmatch(path.name) and read is not None:
                found[MessageId(path.name)] = read
        return found

    def of(self, message: str) -> list[Path]:
        """The payments of one message: a file for each of its days."""
        return sorted(self.folder.glob(f"{_DAYS}/{message}{SUFFIX}"))

    def of_many(self, messages: Iterable[MessageId]) -> dict[MessageId, list[Path]]:
        """The payments of many messages; each folder is listed once."""
        found: dict[MessageId, list[Path]] = {message: [] for message in messages}
        for day in sorted(self.folder.glob(_DAYS)):
            for path in day.iterdir():
                if path.suffix == SUFFIX and MessageId(path.stem) in found:
                    found[MessageId(path.stem)].append(path)
        return found

    def covered(self, message: str) -> Path:
        """What one message's statements cover; the file is there for those that say so alone."""
        return self.folder / COVERED / f"{message}{SUFFIX}"

    def mark(self, message: str, mark: Mark) -> None:
        """Say that all of a message is there: the last step, on disk when this returns."""
        making = self.folder / MAKING / f"{message}.mark"
        with making.open("wb") as file:
            file.write(f"{mark.digest} {mark.rows}\n".encode())
            file.flush()
            os.fsync(file.fileno())
        making.replace(self.folder / WHOLE / message)
        sync_folder(self.folder / WHOLE)

    def remove(self, messages: Iterable[str]) -> None:
        """Unlink all files of some messages, their marks first; gone from the disk's folders when this returns.

        Raises:
            StorageFailed: The disk refused; their marks are gone, so nothing of them is read.
        """
        named = set(messages)
        if not named or not self.folder.exists():
            return
        with storage_errors():
            self._unlink(self.folder / WHOLE, named)
            for day in (self.folder / COVERED, *self.folder.glob(_DAYS)):
                self._unlink(day, {f"{message}{SUFFIX}" for message in named})

    def drop_made(self, name: str) -> None:
        """Remove what was being made under a name; what a message got is no longer there."""
        shutil.rmtree(self.folder / MAKING / name, ignore_errors=True)

    def clear_unmarked(self) -> None:
        """Remove what an `add` or `remove` that died left behind."""
        if not self.folder.exists():
            return
        whole = {path.name for path in self._listed(WHOLE)}
        with storage_errors():
            if (self.folder / MAKING).exists():
                shutil.rmtree(self.folder / MAKING)
                (self.folder / MAKING).mkdir(mode=0o700)
            for day in (self.folder / COVERED, *self.folder.glob(_DAYS)):
                left = {path.name for path in self._listed(day.name) if path.stem not in whole}
                self._unlink(day, left)

    def size_bytes(self, messages: Collection[str]) -> int:
        """Bytes of the rows of some messages."""
        total = 0
        for path in self.folder.glob(f"*/*{SUFFIX}"):
            if path.stem in messages:
                with contextlib.suppress(FileNotFoundError):  # it was erased meanwhile
                    total += path.stat().st_size
        return total

    def _unlink(self, folder: Path, names: set[str]) -> None:
        if not folder.exists():
            return
        found = names & {path.name for path in folder.iterdir()}
        for name in found:
            with contextlib.suppress(FileNotFoundError):
                _wipe(folder / name)
                (folder / name).unlink()
        if found and folder.name.startswith("day="):
            with contextlib.suppress(OSError):  # other messages have payments of that day
                folder.rmdir()
        if found:
            sync_folder(folder if folder.exists() else self.folder)

    def _listed(self, name: str) -> Iterator[Path]:
        with contextlib.suppress(FileNotFoundError):
            yield from (self.folder / name).iterdir()

    def _mark(self, path: Path) -> Mark | None:
        with contextlib.suppress(OSError, UnicodeDecodeError):
            found = _MARK.fullmatch(path.read_text(encoding="ascii"))
            if found is not None:
                return Mark(found[1], int(found[2]))
        return None


def _wipe(path: Path) -> None:
    """Overwrite what was erased, as the store does with payloads, as far as the disk writes in place."""
    with path.open("r+b") as file:
        file.write(b"\0" * path.stat().st_size)
        file.flush()
        os.fsync(file.fileno())
