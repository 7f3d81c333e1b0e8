# SPDX-License-Identifier: Apache-2.0
"""One reader process as the pool sees it: asked, timed, and ended by its process id when it reaches a limit."""

import contextlib
import dataclasses
import math
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Final, TypeVar

import msgspec

from lintas.errors import LintasError, NodeDamaged, SandboxLimit
from lintas.limits import PICTURE_CPU_S_MAX, PICTURE_WALL_S_MAX
from lintas.model.picture import PictureCodes
from lintas.model.reading import Container, Derived
from lintas.model.recall import Resolution
from lintas.sandbox import bounds
from lintas.sandbox.bounds import OnEvent, SandboxLimits
from lintas.sandbox.channel import Channel, Closed, TooLarge, TooLate
from lintas.sandbox.failure import error_of, place_for_log
from lintas.sandbox.judge import is_sound, is_sound_container, is_sound_picture, is_sound_resolution
from lintas.sandbox.packset import PackSet
from lintas.sandbox.protection import Protection
from lintas.sandbox.spawner import WORKER, Spawner
from lintas.sandbox.wire import (
    MEMORY_EXIT,
    PACK_SETS_MAX,
    DeriveAll,
    Failure,
    GuessMapping,
    LoadPacks,
    Nonsense,
    ReadCodes,
    ReadFile,
    ReadResolution,
    Ready,
    Reply,
    Request,
    codes_from,
    container_from,
    derived_from,
    done_from,
    resolution_from,
    text_from,
)

_T = TypeVar("_T")

_REPLIES: Final = msgspec.msgpack.Decoder(Reply)
_ENCODER: Final = msgspec.msgpack.Encoder()
_DEATH_S: Final = 5.0  # seconds between a closed pipe and the end of its process
_FROM_OUTSIDE: Final = frozenset({signal.SIGKILL, signal.SIGTERM, signal.SIGINT, signal.SIGHUP})


class _Told(Exception):
    """The process told that it failed."""

    def __init__(self, failure: Failure) -> None:
        super().__init__()
        self.failure = failure


class ReaderProcess:
    """A process that is ready to read. One thread at a time may use it; any thread may `kill` it."""

    def __init__(self, spawner: Spawner, limits: SandboxLimits, on_event: OnEvent) -> None:
        """Start it and wait until it is confined.

        Raises:
            NodeDamaged: It cannot be started on this machine.
        """
        self._limits = limits
        self._granted = limits  # of what is asked now
        self._on_event = on_event
        self._shelf: set[str] = set()
        self._is_answering = True  # cleared only when an answer is complete
        self._deadline = time.monotonic() + limits.start_s
        try:
            self._popen = spawner.spawn(limits.memory_bytes)
        except OSError as exc:
            raise NodeDamaged(f"A reader process cannot be started: {exc.strerror or exc}.") from exc
        assert self._popen.stdin is not None and self._popen.stdout is not None, "asked for as pipes"
        self._channel = Channel(self._popen.stdin.fileno(), self._popen.stdout.fileno())
        self.protections = self._await_ready()
        self._is_answering = False

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._popen.pid

    @property
    def is_usable(self) -> bool:
        """Whether it may be asked: it lives, its last answer was complete, and it has said nothing unasked."""
        return not self._is_answering and self._popen.poll() is None and self._channel.is_quiet()

    def resident_bytes(self) -> int:
        """Memory that it holds; 0 where the system does not tell."""
        with contextlib.suppress(OSError, IndexError, ValueError):
            return int(Path(f"/proc/{self.pid}/statm").read_bytes().split()[1]) * resource.getpagesize()
        return 0

    def read(self, request: ReadFile, raw: bytes, packs: PackSet) -> Container:
        """Read one file.

        Raises:
            LintasError: What the reader raised, or the limit it reached.
        """
        self._load((packs,))
        self._ask(request, (raw,))
        container = self._answer(container_from)
        if isinstance(container, Failure):
            raise self._failed(container)
        if not is_sound_container(container, len(raw)):
            raise self._stopped(bounds.nonsense())
        return container

    def guess(self, request: GuessMapping, raw: bytes, packs: PackSet) -> str:
        """Propose a mapping.

        Raises:
            LintasError: What the reader raised, or the limit it reached.
        """
        self._load((packs,))
        self._ask(request, (raw,))
        text = self._answer(text_from)
        if isinstance(text, Failure):
            raise self._failed(text)
        return text

    def codes(self, raw: bytes) -> PictureCodes:
        """Find the QR codes in a picture; less time is granted than for a file.

        Raises:
            LintasError: What the reader raised, or the limit it reached.
        """
        limits = dataclasses.replace(
            self._limits,
            cpu_s=min(self._limits.cpu_s, PICTURE_CPU_S_MAX),
            wall_s=min(self._limits.wall_s, PICTURE_WALL_S_MAX),
        )
        self._ask(ReadCodes(size=len(raw)), (raw,), limits)
        picture = self._answer(codes_from)
        if isinstance(picture, Failure):
            raise self._failed(picture)
        if not is_sound_picture(picture):
            raise self._stopped(bounds.nonsense())
        return picture

    def resolution(self, raw: bytes) -> Resolution:
        """Read what a bank says came of a recall.

        Raises:
            LintasError: What the reader raised, or the limit it reached.
        """
        self._ask(ReadResolution(size=len(raw)), (raw,))
        resolution = self._answer(resolution_from)
        if isinstance(resolution, Failure):
            raise self._failed(resolution)
        if not is_sound_resolution(resolution):
            raise self._stopped(bounds.nonsense())
        return resolution

    def derive(
        self, request: DeriveAll, raws: Sequence[bytes], packs: Sequence[PackSet]
    ) -> Iterator[Derived | LintasError]:
        """Read messages again, one after the other; limits hold for each by itself.

        Raises:
            SandboxLimit: The process died of the message whose turn it was.
        """
        self._load(packs)
        self._ask(request, raws)
        for _ in raws:
            self._is_answering = True
            self._grant()
            outcome = self._answer(derived_from)
            if isinstance(outcome, Failure):
                yield self._failed(outcome)
            elif is_sound(outcome):
                yield outcome
            else:
                raise self._stopped(bounds.nonsense())

    def kill(self) -> None:
        """End it now; whoever waits for it is told that it was killed."""
        self._popen.kill()

    def end(self) -> None:
        """End it and give back what it holds."""
        self._popen.kill()
        self._popen.wait()
        for pipe in (self._popen.stdin, self._popen.stdout):
            if pipe is not None:
                pipe.close()

    def _await_ready(self) -> tuple[Protection, ...]:
        try:
            self._channel.expect(self._limits.output_bytes)
            reply = self._reply()
        except SandboxLimit as exc:
            self.end()
            why = "it is not ready in time" if exc.limit == "wall" else f"exit code {self._popen.returncode}"
            hint = f"To see why, run: {sys.executable} -I -m {WORKER} 0 0"
            raise NodeDamaged(f"A reader process does not start here: {why}.", hint=hint) from None
        if not isinstance(reply, Ready):
            self.end()
            why = place_for_log(reply) if isinstance(reply, Failure) else "it answered nonsense"
            raise NodeDamaged(f"A reader process does not start here: {why}.")
        return reply.protections

    def _load(self, wanted: Sequence[PackSet]) -> None:
        """Send the packs that the process does not have yet."""
        missing = {packs.digest: packs for packs in wanted if packs.digest not in self._shelf}
        is_first = len(self._shelf) + len(missing) > PACK_SETS_MAX
        if is_first:
            self._shelf.clear()
            missing = {packs.digest: packs for packs in wanted}
        for digest, packs in missing.items():
            names = tuple(packs.contents)
            sizes = tuple(len(packs.contents[name]) for name in names)
            request = LoadPacks(is_first=is_first, digest=digest, names=names, sizes=sizes)
            self._ask(request, tuple(packs.contents[name] for name in names))
            failure = self._answer(done_from)
            if failure is not None:
                raise self._failed(failure)
            self._shelf.add(digest)
            is_first = False

    def _ask(self, request: Request, contents: Sequence[bytes], limits: SandboxLimits | None = None) -> None:
        self._is_answering = True
        self._granted = limits or self._limits
        self._grant()
        try:
            self._channel.send(_ENCODER.encode(request), contents, deadline=self._deadline)
        except Closed:
            raise self._death() from None
        except TooLate:
            raise self._stopped(bounds.wall(self._granted)) from None

    def _grant(self) -> None:
        """Give the process its time, memory and output for the next file, from now on."""
        self._deadline = time.monotonic() + self._granted.wall_s
        self._channel.expect(self._granted.output_bytes)
        if sys.platform == "linux":  # elsewhere the clock alone holds
            # The limit is set from here: the process itself is not allowed to.
            with contextlib.suppress(OSError):  # it died: the pipe will say so
                used_s = time.clock_gettime(~self.pid << 3 | 2)  # CPUCLOCK_SCHED of the process: clock_getcpuclockid(3)
                _, hard = resource.prlimit(self.pid, resource.RLIMIT_CPU)
                soft = math.ceil(used_s) + self._granted.cpu_s
                soft = soft if hard == resource.RLIM_INFINITY else min(soft, hard)
                resource.prlimit(self.pid, resource.RLIMIT_CPU, (soft, hard))

    def _answer(self, build: Callable[[Iterator[Reply]], _T]) -> _T | Failure:
        """Take one whole answer: what it says, or that it failed."""
        try:
            answer: _T | Failure = build(self._replies())
        except _Told as told:
            answer = told.failure
        except Nonsense:
            raise self._stopped(bounds.nonsense()) from None
        self._is_answering = False
        return answer

    def _replies(self) -> Iterator[Reply]:
        while True:
            reply = self._reply()
            if isinstance(reply, Failure):
                raise _Told(reply)
            yield reply

    def _reply(self) -> Reply:
        try:
            reply: Reply = _REPLIES.decode(self._channel.receive(deadline=self._deadline))
        except Closed:
            raise self._death() from None
        except TooLate:
            raise self._stopped(bounds.wall(self._granted)) from None
        except TooLarge:
            raise self._stopped(bounds.output(self._granted)) from None
        except (msgspec.MsgspecError, ValueError, RecursionError):
            raise self._stopped(bounds.nonsense()) from None
        return reply

    def _failed(self, failure: Failure) -> LintasError:
        error = error_of(failure)
        if not failure.error:
            self._on_event("sandbox.reader_failed", {"what": place_for_log(failure), "pid": self.pid})
        return error

    def _stopped(self, error: SandboxLimit) -> SandboxLimit:
        self._popen.kill()
        self._on_event("sandbox.reader_stopped", {"limit": error.limit, "pid": self.pid})
        return error

    def _death(self) -> SandboxLimit:
        """Say what a process died of that closed its pipe."""
        try:
            code = self._popen.wait(_DEATH_S)
        except subprocess.TimeoutExpired:
            return self._stopped(bounds.nonsense())
        error = _cause_of_death(code, self._granted)
        self._on_event("sandbox.reader_died", {"limit": error.limit, "pid": self.pid, "code": code})
        return error


def _cause_of_death(code: int, limits: SandboxLimits) -> SandboxLimit:
    if code == MEMORY_EXIT:
        return bounds.memory(limits)
    if code == -signal.SIGXCPU:
        return bounds.cpu(limits)
    if -code in _FROM_OUTSIDE:
        return bounds.killed()
    if code < 0:
        return bounds.crash(f"signal {_signal_name(-code)}")
    return bounds.crash(f"exit code {code}")


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:  # a real-time signal has no name
        return str(number)
