# SPDX-License-Identifier: Apache-2.0
"""What a process did to a folder, as strace saw it, and the folder as it would be had it died at any of those moments.

Two deaths. The process dies: the system still writes all that was written. The power goes: of each file there is what
was synced, and of what was written since then an arbitrary part; of each folder the names as they were when it was
last synced, and some first part of the changes since then. A file's own fsync promises nothing about its name: POSIX
does not, though ext4 does.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from random import Random
from typing import Final

CALLS: Final = (
    "openat,write,pwrite64,writev,pwritev,ftruncate,fallocate,fsync,fdatasync,rename,renameat,renameat2,"
    "unlink,unlinkat,link,mkdir,mkdirat"
)
SECTOR_BYTES: Final = 512  # what a disk writes whole or not at all

_LINE: Final = re.compile(rb"(\d+) +(?:<\.\.\. (\w+) resumed>|(\w+)\()(.*)", re.DOTALL)
_ANSWER: Final = re.compile(rb"\) += (-?\d+)(?:<((?:\\x[0-9a-f]{2})*)>)?")
_DESCRIPTOR: Final = re.compile(rb"(?:(\d+)|AT_FDCWD)<((?:\\x[0-9a-f]{2})*)>(?:\(deleted\))?")
_STRING: Final = re.compile(rb'"((?:\\x[0-9a-f]{2})*)"')
_NUMBERS: Final = re.compile(rb", (\d+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One thing that was done: to a path below the folder, or an acknowledgement on standard output."""

    what: str  # create | write | truncate | sync | mkdir | rename | unlink | ack
    path: str = ""
    to: str = ""
    offset: int = 0
    data: bytes = b""


def read_trace(raw: bytes, folder: Path) -> list[Step]:
    """Turn strace's output (-f -y -xx) into what happened to a folder, in order.

    Raises:
        ValueError: A call changes the folder in a way that is not known here.
    """
    reader = _Reader(str(folder))
    unfinished: dict[bytes, bytes] = {}
    steps: list[Step] = []
    for line in raw.splitlines():
        found = _LINE.match(line)
        if found is None:
            continue
        process, resumed, call, rest = found.groups()
        if rest.endswith(b"<unfinished ...>"):
            unfinished[process] = rest.removesuffix(b"<unfinished ...>")
            continue
        if resumed:
            call, rest = resumed, unfinished.pop(process, b"") + rest
        answer = _ANSWER.search(rest)
        if answer is not None and int(answer[1]) >= 0:
            steps += reader.step(call.decode(), rest[: answer.start()], int(answer[1]), _text(answer[2] or b""))
    return steps


class _Reader:
    """Follows descriptors, so that a plain write has a place."""

    def __init__(self, folder: str) -> None:
        self._folder = folder
        self._places: dict[tuple[str, str], int] = {}
        self._exists: set[str] = set()

    def step(self, call: str, said: bytes, answer: int, opened: str) -> Iterator[Step]:
        paths = [self._inside(_text(text)) for text in _STRING.findall(said)[:2]]
        descriptor = _DESCRIPTOR.match(said)
        number = (descriptor[1] or b"").decode() if descriptor else ""
        file = self._inside(_text(descriptor[2])) if descriptor else None
        if call == "write" and number == "1" and (data := _data(said)).startswith(b"ack "):
            yield Step(what="ack", path=data.decode().split()[1])
        elif call == "openat":
            yield from self._open(said, opened, answer)
        elif file is not None and call in {"write", "pwrite64"}:
            yield self._write(call, said, number, file, answer)
        elif file is not None and call in {"fsync", "fdatasync"}:
            yield Step(what="sync", path=file)
        elif file is not None and call == "ftruncate":
            yield Step(what="truncate", path=file, offset=int(_NUMBERS.findall(said)[-1]))
        elif call == "mkdir" and paths and paths[0] is not None:
            yield Step(what="mkdir", path=paths[0])
        elif call in {"unlink", "unlinkat"} and paths and paths[0] is not None:
            self._exists.discard(paths[0])
            yield Step(what="unlink", path=paths[0])
        elif call == "rename" and paths[0] is not None and paths[1] is not None:
            self._exists.discard(paths[0])
            self._exists.add(paths[1])
            yield Step(what="rename", path=paths[0], to=paths[1])
        elif file is not None or any(path is not None for path in paths):
            raise ValueError(f"{call} of {file or paths} is not known")

    def _open(self, said: bytes, opened: str, descriptor: int) -> Iterator[Step]:
        path = self._inside(opened)
        if path is None:
            return
        self._places[str(descriptor), path] = 0
        if b"O_APPEND" in said:
            raise ValueError(f"{path} is appended to: its place is not known")
        if b"O_CREAT" in said and path not in self._exists:
            self._exists.add(path)
            yield Step(what="create", path=path)
        if b"O_TRUNC" in said:
            yield Step(what="truncate", path=path)

    def _write(self, call: str, said: bytes, number: str, file: str, answer: int) -> Step:
        data = _data(said)[:answer]
        if call == "pwrite64":
            return Step(what="write", path=file, data=data, offset=int(_NUMBERS.findall(said)[-1]))
        offset = self._places[number, file]
        self._places[number, file] = offset + len(data)
        return Step(what="write", path=file, data=data, offset=offset)

    def _inside(self, path: str) -> str | None:
        """The path as seen from the folder; None when it is elsewhere."""
        if path == self._folder:
            return "."
        return path.removeprefix(f"{self._folder}/") if path.startswith(f"{self._folder}/") else None


def _text(escaped: bytes) -> str:
    return bytes.fromhex(escaped.replace(b"\\x", b"").decode()).decode("utf-8", "surrogateescape")


def _data(said: bytes) -> bytes:
    found = _STRING.search(said)
    return bytes.fromhex(found[1].replace(b"\\x", b"").decode()) if found else b""


@dataclass(slots=True)
class _File:
    """One file's bytes: as written, as synced, and what was done in between."""

    now: bytearray = field(default_factory=bytearray)
    synced: bytes = b""
    since: list[Step] = field(default_factory=list)

    def do(self, step: Step) -> None:
        _change(self.now, step)
        self.since.append(step)

    def sync(self) -> None:
        self.synced, self.since = bytes(self.now), []

    def after_power_loss(self, random: Random) -> bytes:
        """What was synced, and any of the later changes, each whole, torn at a sector, or not at all."""
        data = bytearray(self.synced)
        mood = random.choice(("none", "all", "some", "some"))
        for step in self.since:
            if mood == "none" or (mood == "some" and random.random() < 0.5):
                continue
            kept = step
            if step.what == "write" and mood == "some" and random.random() < 0.3:
                kept = Step(what="write", offset=step.offset, data=step.data[: _torn(step, random)])
            _change(data, kept)
        return bytes(data)


def _torn(step: Step, random: Random) -> int:
    first = -step.offset % SECTOR_BYTES
    sectors = max(0, len(step.data) - first) // SECTOR_BYTES
    return min(len(step.data), first + SECTOR_BYTES * random.randint(0, sectors))


def _change(data: bytearray, step: Step) -> None:
    if step.what == "truncate":
        if len(data) > step.offset:
            del data[step.offset :]
        else:
            data.extend(bytes(step.offset - len(data)))
        return
    if len(data) < step.offset:
        data.extend(bytes(step.offset - len(data)))
    data[step.offset : step.offset + len(step.data)] = step.data


Names = dict[str, "_File | None"]  # of one folder: a file, or None for a folder


@dataclass(slots=True)
class _Folder:
    """The names of one folder: as they are, as synced, and the changes since then, in order."""

    now: Names = field(default_factory=dict)
    synced: Names = field(default_factory=dict)
    since: list[Names] = field(default_factory=list)

    def put(self, name: str, found: "_File | None") -> None:
        self.now = {**self.now, name: found}
        self.since.append(self.now)

    def drop(self, name: str) -> None:
        self.now = {kept: found for kept, found in self.now.items() if kept != name}
        self.since.append(self.now)

    def move(self, name: str, to: str) -> None:
        found = self.now[name]
        self.now = {kept: one for kept, one in self.now.items() if kept != name} | {to: found}
        self.since.append(self.now)

    def sync(self) -> None:
        self.synced, self.since = self.now, []

    def after_power_loss(self, random: Random) -> Names:
        """The names as synced, or after some first part of the changes since then."""
        return random.choice([self.synced, *self.since])


class Disk:
    """A folder that steps are done to, in memory."""

    def __init__(self) -> None:
        self.folders: dict[str, _Folder] = {}

    def do(self, step: Step) -> None:
        """Do one step."""
        if step.what == "ack" or step.path.endswith("-shm"):  # shared memory: it is mapped, and means nothing later
            return
        parent, name = _split(step.path)
        if step.what == "mkdir":
            self.folders[step.path] = _Folder()
            if step.path != ".":
                self.folders[parent].put(name, None)
        elif step.what == "sync" and step.path in self.folders:
            self.folders[step.path].sync()
        elif step.what == "create":
            self.folders[parent].put(name, _File())
        elif step.what == "unlink":
            self.folders[parent].drop(name)
        elif step.what == "rename":
            assert _split(step.to)[0] == parent, "moved to another folder"
            self.folders[parent].move(name, _split(step.to)[1])
        else:
            file = self.folders[parent].now[name]
            assert file is not None
            if step.what == "sync":
                file.sync()
            else:
                file.do(step)

    def write(self, target: Path, random: Random | None) -> None:
        """Make the folder as it is, or (`random`) as it may be after the power went."""
        if "." in self.folders:
            self._write(".", target, random)

    def _write(self, path: str, target: Path, random: Random | None) -> None:
        target.mkdir(mode=0o700)
        folder = self.folders[path]
        names = folder.now if random is None else folder.after_power_loss(random)
        for name, file in names.items():
            if file is None:
                self._write(name if path == "." else f"{path}/{name}", target / name, random)
            else:
                data = bytes(file.now) if random is None else file.after_power_loss(random)
                (target / name).write_bytes(data)
                (target / name).chmod(0o600)


def _split(path: str) -> tuple[str, str]:
    pure = PurePosixPath(path)
    return str(pure.parent), pure.name


def cuts(steps: Sequence[Step], wanted: Iterable[int]) -> Iterator[tuple[int, Disk, list[str]]]:
    """Stop after each of some numbers of steps; gives the disk as it is then, and what was acknowledged."""
    disk, acknowledged, done = Disk(), list[str](), 0
    for stop in sorted(set(wanted)):
        for step in steps[done:stop]:
            disk.do(step)
            if step.what == "ack":
                acknowledged.append(step.path)
        done = stop
        yield stop, disk, list(acknowledged)
