# SPDX-License-Identifier: Apache-2.0
"""Reads foreign bytes in processes of their own, so that no file can harm the node or keep it from answering.

    with ReaderPool(workers=2) as readers:
        container = readers.read(raw, file_name="report.json", reader=None, options=ReadOptions(), packs=packs)

Design: docs/design/sandbox.md.
"""

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from types import TracebackType
from typing import Final, Self, TypeVar

from lintas import limits
from lintas.errors import LintasError, OverLimit, SandboxLimit, WrongUse
from lintas.model.picture import PictureCodes
from lintas.model.reading import Container, Derived, ReadOptions
from lintas.model.recall import Resolution
from lintas.ports.readers import DeriveJob
from lintas.sandbox.bounds import OnEvent, SandboxLimits
from lintas.sandbox.packset import PackSet, PackShelf
from lintas.sandbox.process import ReaderProcess
from lintas.sandbox.protection import Protection
from lintas.sandbox.spawner import Spawner
from lintas.sandbox.wire import PACK_SETS_MAX, Again, DeriveAll, GuessMapping, ReadFile

_T = TypeVar("_T")

TRIES_MAX: Final = 2  # a reader killed from outside is no fault of the file: it is read once more
BATCH_MESSAGES_MAX: Final = 500  # messages sent at once to be read again
BATCH_BYTES_MAX: Final = 4 * 1024 * 1024  # bytes of them, unless one alone is larger


DEFAULT_LIMITS: Final = SandboxLimits()


def no_event(_name: str, _facts: Mapping[str, str | int]) -> None:
    """Keep no log."""


class ReaderPool:
    """Reader processes, started when first needed and kept warm. Any thread may use the pool.

    Each call has one process to itself; a call waits while all are busy. What a reader raises arrives as the same
    class. A process that reaches a limit is ended, and its call gets a SandboxLimit that names it: no other notices.
    """

    def __init__(self, *, workers: int, limits: SandboxLimits = DEFAULT_LIMITS, on_event: OnEvent = no_event) -> None:
        """Make a pool; nothing is started yet.

        Args:
            workers: Processes at most. 1 or more; about one for each core.
            limits: What one file may cost.
            on_event: Called with a stable name and facts (never content) for the operator's log, from any thread:
                `sandbox.reader_started`, `sandbox.reader_stopped`, `sandbox.reader_died`, `sandbox.reader_failed`.
        """
        assert workers >= 1, "a pool of none reads nothing"
        self._workers = workers
        self._limits = limits
        self._on_event = on_event
        self._spawner = Spawner()
        self._packs = PackShelf()
        self._changed = threading.Condition()
        self._idle: list[ReaderProcess] = []
        self._busy: set[ReaderProcess] = set()
        self._count = 0  # idle, busy and starting
        self._is_closed = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def read(
        self, raw: bytes, *, file_name: str, reader: str | None, options: ReadOptions, packs: Mapping[str, bytes]
    ) -> Container:
        """Read one file into slices.

        Args:
            raw: The file. At most FILE_BYTES_MAX bytes.
            file_name: Its name, as a help to find out what it is.
            reader: Name and version of the reader; None to find out.
            options: What the reader is told.
            packs: TOML by name.

        Raises:
            OverLimit: The file is too large.
            Malformed: It cannot be read at all.
            UnknownTerm: There is no such reader.
            BadPack: A pack does not hold to its schema.
            SandboxLimit: Reading it reached a limit, which is named.
            NodeDamaged: No reader process can be started on this machine.
        """
        _refuse_large(raw)
        shelf = self._packs.of(packs)
        request = ReadFile(size=len(raw), file_name=file_name, reader=reader or "", options=options, packs=shelf.digest)
        return self._with_process(lambda process: process.read(request, raw, shelf))

    def guess_mapping(self, raw: bytes, *, options: ReadOptions, packs: Mapping[str, bytes]) -> str:
        """Propose how a table's columns are read, as canonical JSON.

        Raises:
            LintasError: As `read`.
        """
        _refuse_large(raw)
        shelf = self._packs.of(packs)
        request = GuessMapping(size=len(raw), options=options, packs=shelf.digest)
        return self._with_process(lambda process: process.guess(request, raw, shelf))

    def read_codes(self, raw: bytes) -> PictureCodes:
        """Find the QR codes in a picture.

        Args:
            raw: A PNG or JPEG.

        Raises:
            OverLimit: It has too many bytes or pixels.
            Malformed: It is no picture, or is broken.
            SandboxLimit: Reading it reached a limit, which is named.
            NodeDamaged: No reader process can be started on this machine.
        """
        _refuse_large(raw)
        return self._with_process(lambda process: process.codes(raw))

    def read_resolution(self, raw: bytes) -> Resolution:
        """Read what a bank says came of a recall.

        Args:
            raw: A camt.029.

        Raises:
            OverLimit: It is larger than a message may be.
            Malformed: It is none; the message says why.
            SandboxLimit: Reading it reached a limit, which is named.
            NodeDamaged: No reader process can be started on this machine.
        """
        _refuse_large(raw)
        return self._with_process(lambda process: process.resolution(raw))

    def derive(self, jobs: Sequence[DeriveJob]) -> list[Derived]:
        """Read messages again.

        Raises:
            LintasError: The first that a message met; `derive_each` tells them apart.
        """
        outcomes: list[Derived] = []
        for outcome in self.derive_each(jobs):
            if isinstance(outcome, LintasError):
                raise outcome
            outcomes.append(outcome)
        return outcomes

    def derive_each(self, jobs: Sequence[DeriveJob]) -> Iterator[Derived | LintasError]:
        """Read messages again, in order: what each says, or what kept it from being read.

        A message that kills its process costs only itself; those after it are read by another.

        Raises:
            BadPack: A pack does not hold to its schema.
            NodeDamaged: No reader process can be started on this machine.
        """
        done = tries = 0
        while done < len(jobs):
            batch = [(job, self._packs.of(job.packs)) for job in _batch(jobs, done)]
            outcomes: list[Derived | LintasError] = []
            try:
                with self._borrowed() as process:
                    for outcome in process.derive(*_again(batch)):
                        outcomes.append(outcome)  # noqa: PERF402 - those before a death count
            except SandboxLimit as exc:
                tries = 1 if outcomes else tries + 1
                if exc.limit != "killed" or tries >= TRIES_MAX:
                    outcomes.append(exc)
                    tries = 0
            yield from outcomes
            done += len(outcomes)

    def warm(self) -> None:
        """Start one process now, so that the first file does not wait for it.

        Raises:
            NodeDamaged: No reader process can be started on this machine.
        """
        with self._borrowed():
            return

    def protections(self) -> tuple[Protection, ...]:
        """What a reader process gave up on this machine, as it found by trying.

        Raises:
            NodeDamaged: No reader process can be started on this machine.
        """
        with self._borrowed() as process:
            return process.protections

    def resident_bytes(self) -> dict[int, int]:
        """Memory that each process holds now, by process id."""
        with self._changed:
            processes = (*self._idle, *self._busy)
        return {process.pid: process.resident_bytes() for process in processes}

    def close(self) -> None:
        """End all processes. A call that is under way gets an error."""
        with self._changed:
            self._is_closed = True
            for process in self._busy:
                process.kill()
            while self._idle:
                self._idle.pop().end()
                self._count -= 1
            self._changed.notify_all()
            self._changed.wait_for(lambda: self._count == 0)
        self._spawner.close()

    def _with_process(self, ask: Callable[[ReaderProcess], _T]) -> _T:
        tries = 0
        while True:
            tries += 1
            try:
                with self._borrowed() as process:
                    return ask(process)
            except SandboxLimit as exc:
                if exc.limit != "killed" or tries >= TRIES_MAX:
                    raise

    @contextmanager
    def _borrowed(self) -> Iterator[ReaderProcess]:
        """Have one process to oneself."""
        process = self._borrow()
        try:
            yield process
        finally:
            self._give_back(process)

    def _borrow(self) -> ReaderProcess:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._is_closed or self._idle or self._count < self._workers)
                if self._is_closed:
                    raise WrongUse("The readers are shut down.")
                process = self._idle.pop() if self._idle else None  # the last one used: the others may be swapped out
                if process is None:
                    self._count += 1
                else:
                    self._busy.add(process)
            if process is None:
                return self._start()
            if process.is_usable:
                return process
            self._give_back(process)  # it died while idle: nobody's file is to blame

    def _start(self) -> ReaderProcess:
        """Start a process; it is counted already."""
        process: ReaderProcess | None = None
        try:
            process = ReaderProcess(self._spawner, self._limits, self._on_event)
            self._on_event("sandbox.reader_started", {"pid": process.pid})
        finally:
            with self._changed:
                if process is None:
                    self._count -= 1
                    self._changed.notify_all()
                else:
                    self._busy.add(process)
                    if self._is_closed:
                        process.kill()
        return process

    def _give_back(self, process: ReaderProcess) -> None:
        is_kept = process.is_usable and process.resident_bytes() <= self._limits.resting_bytes
        with self._changed:
            self._busy.discard(process)
            if is_kept and not self._is_closed:
                self._idle.append(process)
            else:
                process.end()
                self._count -= 1
            self._changed.notify_all()


def _refuse_large(raw: bytes) -> None:
    if len(raw) > limits.FILE_BYTES_MAX:
        raise OverLimit(
            f"The file has {len(raw):,} bytes; at most {limits.FILE_BYTES_MAX:,} are read.",
            hint="Split it into smaller parts and take them one by one.",
        )


def _batch(jobs: Sequence[DeriveJob], start: int) -> Sequence[DeriveJob]:
    """The next jobs that are sent at once: limited in number, bytes and sets of packs; one at least."""
    size = 0
    sets: set[int] = set()
    for end in range(start, min(start + BATCH_MESSAGES_MAX, len(jobs))):
        size += len(jobs[end].raw)
        sets.add(id(jobs[end].packs))
        if end > start and (size > BATCH_BYTES_MAX or len(sets) > PACK_SETS_MAX):
            return jobs[start:end]
    return jobs[start : start + BATCH_MESSAGES_MAX]


def _again(batch: Sequence[tuple[DeriveJob, PackSet]]) -> tuple[DeriveAll, list[bytes], list[PackSet]]:
    messages = tuple(
        Again(
            size=len(job.raw),
            reader=job.reader,
            media_type=job.media_type,
            options=job.options,
            packs=packs.digest,
        )
        for job, packs in batch
    )
    wanted = {packs.digest: packs for _, packs in batch}
    return DeriveAll(messages=messages), [job.raw for job, _ in batch], list(wanted.values())
