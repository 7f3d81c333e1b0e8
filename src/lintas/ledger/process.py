# SPDX-License-Identifier: Apache-2.0
"""One tracing worker as the node sees it: asked, timed, and ended by its process id when it reaches a limit."""

import contextlib
import math
import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import msgspec

from lintas import errors, limits
from lintas.errors import LintasError, NodeDamaged, NotInstalled, SandboxLimit
from lintas.ledger.files import COMPILED
from lintas.ledger.wire import LACKS_EXIT, MEMORY_EXIT, Damaged, Failure, Ready, Reply, Request, Told
from lintas.sandbox.bounds import OnEvent
from lintas.sandbox.channel import Channel, Closed, TooLarge, TooLate
from lintas.sandbox.protection import Protection

WORKER: Final = "lintas.ledger.worker"
HOW_TO_INSTALL: Final = "Install it with: pip install 'lintas[money]' (in a checkout: make money), and ask again."

_KEPT: Final = ("LD_LIBRARY_PATH",)  # where some builds of Python find their own library; nothing else is passed
_REPLIES: Final = msgspec.msgpack.Decoder(Reply)
_ENCODER: Final = msgspec.msgpack.Encoder()
_DEATH_S: Final = 5.0  # seconds between a closed pipe and the end of its process
_MAY_CROSS: Final[dict[str, type[LintasError]]] = {
    cls.__name__: cls
    for cls in (
        errors.WrongUse,
        errors.UnknownTerm,
        errors.OverLimit,
        errors.BadInput,
        errors.Malformed,
        errors.NodeDamaged,
        errors.StorageFailed,
    )
}


@dataclass(frozen=True, slots=True, kw_only=True)
class TracerLimits:
    """What one request may cost."""

    memory_bytes: int = limits.TRACER_MEMORY_BYTES_MAX
    cpu_s: int = limits.TRACER_CPU_S_MAX
    wall_s: float = limits.TRACER_WALL_S_MAX
    start_s: float = limits.TRACER_START_S_MAX
    output_bytes: int = limits.TRACER_OUTPUT_BYTES_MAX


class TracerProcess:
    """A worker that is ready. One thread at a time may ask it; any thread may `kill` it."""

    def __init__(self, folder: Path, bounds: TracerLimits, on_event: OnEvent) -> None:
        """Start it and wait until it is confined.

        Raises:
            NotInstalled: What it loads is not installed.
            NodeDamaged: It cannot be started on this machine.
        """
        self._bounds = bounds
        self._on_event = on_event
        self._is_answering = True  # cleared only when an answer is complete
        self._deadline = time.monotonic() + bounds.start_s
        # The kernel's "die with your parent" means the thread that started a process: this one lives as long as it.
        self._starter = ThreadPoolExecutor(max_workers=1, thread_name_prefix="lintas-tracer")
        try:
            self._popen = self._starter.submit(_start, folder, _within_machine(bounds.memory_bytes)).result()
        except OSError as exc:
            self._starter.shutdown()
            raise NodeDamaged(f"The tracing worker cannot be started: {exc.strerror or exc}.") from exc
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

    def ask(
        self, request: Request, contents: Sequence[bytes] = (), *, tell: Callable[[str, int, int], None] | None = None
    ) -> Reply:
        """Have one thing done; what it tells meanwhile is handed on.

        Raises:
            LintasError: What the worker raised, or the limit that it reached.
        """
        self._is_answering = True
        self._grant()
        try:
            self._channel.send(_ENCODER.encode(request), contents, deadline=self._deadline)
            while isinstance(reply := self._receive(), Told):
                if tell is not None:
                    tell(reply.what, reply.done, reply.total)
        except Closed:
            raise self._death() from None
        except TooLate:
            raise self._stopped(_reached("wall", f"{self._bounds.wall_s:,g} seconds on the clock")) from None
        except TooLarge:
            size = f"{self._bounds.output_bytes // 2**20:,} MiB of results"
            raise self._stopped(_reached("output", size)) from None
        except (msgspec.MsgspecError, ValueError, RecursionError):
            raise self._stopped(SandboxLimit("The tracing worker answered nonsense.", limit="crash")) from None
        self._is_answering = False
        if isinstance(reply, Damaged):
            raise errors.LedgerDamaged(reply.message, hint=reply.hint, messages=reply.messages)
        if isinstance(reply, Failure):
            raise self._failed(reply)
        return reply

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
        self._starter.shutdown()

    def _await_ready(self) -> tuple[Protection, ...]:
        try:
            self._channel.expect(self._bounds.output_bytes)
            reply = self._receive()
        except (Closed, TooLate, TooLarge, msgspec.MsgspecError, ValueError) as exc:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._popen.wait(_DEATH_S)
            code = self._popen.poll()
            self.end()
            if code == LACKS_EXIT:
                raise NotInstalled("What follows money is not installed here.", hint=HOW_TO_INSTALL) from None
            why = "it is not ready in time" if isinstance(exc, TooLate) else f"exit code {code}"
            hint = f"To see why, run: {sys.executable} -I -m {WORKER} 0 0 DIR/ledger"
            raise NodeDamaged(f"The tracing worker does not start here: {why}.", hint=hint) from None
        if not isinstance(reply, Ready):
            self.end()
            why = reply.exception if isinstance(reply, Failure) else "it answered nonsense"
            raise NodeDamaged(f"The tracing worker does not start here: {why}.")
        return reply.protections

    def _receive(self) -> Reply:
        reply: Reply = _REPLIES.decode(self._channel.receive(deadline=self._deadline))
        return reply

    def _grant(self) -> None:
        """Give it time and output for the next request, from now on."""
        self._deadline = time.monotonic() + self._bounds.wall_s
        self._channel.expect(self._bounds.output_bytes)
        if sys.platform == "linux":  # elsewhere the clock alone holds
            with contextlib.suppress(OSError):  # it died: the pipe will say so
                used_s = time.clock_gettime(~self.pid << 3 | 2)  # CPUCLOCK_SCHED of the process: clock_getcpuclockid(3)
                _, hard = resource.prlimit(self.pid, resource.RLIMIT_CPU)
                soft = math.ceil(used_s) + self._bounds.cpu_s
                soft = soft if hard == resource.RLIM_INFINITY else min(soft, hard)
                resource.prlimit(self.pid, resource.RLIMIT_CPU, (soft, hard))

    def _failed(self, failure: Failure) -> LintasError:
        cls = _MAY_CROSS.get(failure.error)
        if cls is not None:
            return cls(failure.message, hint=failure.hint)
        self._on_event("ledger.worker_failed", {"what": failure.exception, "pid": self.pid})
        return NodeDamaged(
            "The tracing worker failed at this; nothing was changed.",
            hint="Run `lintas rebuild DIR` and ask again; if it fails again, tell the maintainers.",
        )

    def _stopped(self, error: SandboxLimit) -> SandboxLimit:
        self._popen.kill()
        self._on_event("ledger.worker_stopped", {"limit": error.limit, "pid": self.pid})
        return error

    def _death(self) -> SandboxLimit:
        """Say what a worker died of that closed its pipe."""
        try:
            code = self._popen.wait(_DEATH_S)
        except subprocess.TimeoutExpired:
            return self._stopped(SandboxLimit("The tracing worker answered nonsense.", limit="crash"))
        error = _cause_of_death(code, self._bounds)
        self._on_event("ledger.worker_died", {"limit": error.limit, "pid": self.pid, "code": code})
        return error


def _within_machine(memory_bytes: int) -> int:
    """No more than most of the machine's memory: else the system ends some other process to make room."""
    with contextlib.suppress(OSError, ValueError):  # a system that does not tell
        memory_bytes = min(memory_bytes, os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") * 4 // 5)
    return memory_bytes


def _cause_of_death(code: int, bounds: TracerLimits) -> SandboxLimit:
    if code == MEMORY_EXIT:
        return _reached("memory", f"{bounds.memory_bytes // 2**20:,} MiB of memory")
    if code == -signal.SIGXCPU:
        return _reached("cpu", f"{bounds.cpu_s:,} seconds of processor time")
    if code in (-signal.SIGKILL, -signal.SIGTERM):
        hint = "This machine may be short of memory: see its system log, then ask again."
        return SandboxLimit("The tracing worker was killed from outside.", limit="killed", hint=hint)
    return SandboxLimit(f"The tracing worker crashed (code {code}).", limit="crash", hint="Tell the maintainers.")


def _reached(limit: str, amount: str) -> SandboxLimit:
    hint = "Trace over fewer messages, or a shorter time, and ask again."
    return SandboxLimit(f"The tracing worker was stopped at its limit of {amount}.", limit=limit, hint=hint)


def _start(folder: Path, memory_bytes: int) -> "subprocess.Popen[bytes]":
    # -I: neither the working folder nor the environment nor the user's own packages can put code into it.
    command = [
        sys.executable,
        *("-I", "-X", "utf8", "-m", WORKER),
        *(str(os.getpid()), str(memory_bytes), str(folder)),
    ]
    env = {name: os.environ[name] for name in _KEPT if name in os.environ}
    return subprocess.Popen(  # noqa: S603 - our own interpreter and module, no foreign word among them
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,  # what a library prints about amounts goes into no log
        bufsize=0,
        cwd="/",
        env=env | {"NUMBA_CACHE_DIR": str(folder / COMPILED), "HOME": str(folder / COMPILED)},
        start_new_session=True,  # Ctrl-C in a terminal is for the node, not for its worker
    )
