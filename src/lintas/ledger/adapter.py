# SPDX-License-Identifier: Apache-2.0
"""The Ledger port over a folder and one tracing worker, which is started when first needed and kept warm."""

import contextlib
import importlib.util
import secrets
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Final, TypeVar

from lintas.errors import LedgerDamaged, LintasError, NotInstalled, SandboxLimit, StorageFailed, WrongUse
from lintas.ledger.files import LedgerFiles
from lintas.ledger.process import HOW_TO_INSTALL, TracerLimits, TracerProcess
from lintas.ledger.wire import (
    Accounts,
    Add,
    Done,
    Forget,
    FoundAccounts,
    FoundPayments,
    Make,
    Name,
    Payments,
    Reply,
    Request,
    Trace,
    Traced,
)
from lintas.model.ids import MessageId
from lintas.model.ledger import LedgerAccount, LedgerPayment, LedgerStatus
from lintas.model.money import TraceQuery, TraceResult
from lintas.ports.ledger import LedgerProgress, Made
from lintas.sandbox.bounds import OnEvent
from lintas.sandbox.pool import no_event

_R = TypeVar("_R", bound=Reply)

TRIES_MAX: Final = 2  # a worker killed from outside is no fault of the question: it is asked once more
DEFAULT_LIMITS: Final = TracerLimits()
NEEDED: Final = ("duckdb", "numba")


class MadeRows:
    """Rows that the worker writes before a message names them."""

    def __init__(self, name: str, done: "Future[bool]", files: LedgerFiles) -> None:
        self.name = name
        self._done = done
        self._files = files

    def is_whole(self) -> bool:
        """Wait until it is done or failed."""
        return self._done.result()

    def drop(self) -> None:
        """Remove what was written; nothing is left of it once a message has got it."""
        self._done.result()
        self._files.drop_made(self.name)


class FolderLedger:
    """The port. Calls wait for each other: one worker does one thing at a time."""

    def __init__(
        self,
        folder: Path,
        *,
        limits: TracerLimits = DEFAULT_LIMITS,
        on_event: OnEvent = no_event,
        needs: Sequence[str] = NEEDED,
    ) -> None:
        """Make it; nothing is started or written yet.

        Args:
            needs: Modules that must be installed for the worker.
            on_event: Called with a stable name and facts (never content) for the operator's log, from any thread:
                `ledger.worker_started`, `ledger.worker_stopped`, `ledger.worker_died`, `ledger.worker_failed`,
                `ledger.damaged`.
        """
        self._files = LedgerFiles(folder.absolute())
        self._limits = limits
        self._on_event = on_event
        self._needs = tuple(needs)
        self._turn = threading.Lock()
        self._process: TracerProcess | None = None
        self._opened = (0, 0)
        self._held: dict[MessageId, str] | None = None  # what the marks say; read once, for nobody else writes here
        self._is_closed = False
        self._maker = ThreadPoolExecutor(max_workers=1, thread_name_prefix="lintas-ledger")  # started when needed

    @property
    def folder(self) -> Path:
        """Where it stands."""
        return self._files.folder

    def status(self, messages: Iterable[MessageId] | None = None) -> LedgerStatus:
        """How it is; starts nothing."""
        is_installed = self.is_installed()
        held = self.whole()
        counted = held.keys() if messages is None else held.keys() & set(messages)
        return LedgerStatus(
            installed=is_installed,
            hint="" if is_installed else HOW_TO_INSTALL,
            messages=len(counted),
            size_bytes=self._files.size_bytes(counted),
            worker=self._process is not None,
            opened_messages=self._opened[0],
            opened_rows=self._opened[1],
        )

    def is_installed(self) -> bool:
        """Whether what traces is there; found, not loaded."""
        return all(importlib.util.find_spec(name) is not None for name in self._needs)

    def whole(self) -> Mapping[MessageId, str]:
        """The messages whose rows are all there, each with the digest of its rows that `add` was given."""
        held = self._held
        if held is None:
            held = self._held = {message: mark.digest for message, mark in self._files.marks().items()}
        return dict(held)

    def make(self, rows: bytes) -> "MadeRows":
        """Begin to write rows that no message names yet; a thread waits for the worker."""
        name = secrets.token_hex(16)
        done = self._maker.submit(self._make, name, rows)
        return MadeRows(name, done, self._files)

    def _make(self, name: str, rows: bytes) -> bool:
        if not self.is_installed():
            return False
        try:
            with self._turn:
                self._ask_in_turn(Make(name, len(rows)), Done, contents=(rows,))
        except LintasError:
            return False  # whoever adds them tries again, and is told
        return True

    def add(
        self,
        message: MessageId,
        rows: bytes,
        *,
        digest: str,
        is_wanted: Callable[[], bool] = lambda: True,
        made: Made | None = None,
    ) -> None:
        """Keep the rows of one message in place of any that it had; whole and on disk when this returns."""
        self._check_installed()
        is_made = isinstance(made, MadeRows) and made.is_whole()
        with self._turn:
            # An erasure removes rows after its commit: it comes before this look, or waits until they are there.
            if not is_wanted():
                return
            self._held = None  # whatever comes of it, the marks say
            if isinstance(made, MadeRows) and is_made:
                with contextlib.suppress(StorageFailed):  # it is not there as it was left: written anew
                    self._ask_in_turn(Name(made.name, message, digest), Done)
                    return
            self._ask_in_turn(Add(message, digest, len(rows)), Done, contents=(rows,))

    def remove(self, messages: Iterable[MessageId]) -> None:
        """Remove all that is held of some messages; what is not held is no error."""
        named = tuple(messages)
        with self._turn:  # nothing is written meanwhile, and a trace that reads them has ended
            self._held = None
            self._files.remove(named)
            if self._process is not None:
                try:
                    self._note(self._process.ask(Forget(named)))
                except SandboxLimit:
                    self._end()  # what it had open is gone with it

    def sweep(self) -> None:
        """Remove what an `add` or `remove` that died left behind; nobody else may be writing to the node."""
        with self._turn:
            self._held = None
            self._files.clear_unmarked()

    def trace(
        self, messages: Sequence[MessageId], query: TraceQuery, *, progress: LedgerProgress | None = None
    ) -> TraceResult:
        """Trace over the rows of some messages and no others; those that are not whole are left out."""
        return self._ask(lambda: Trace(self._whole_of(messages), query), Traced, tell=progress).result

    def accounts(
        self,
        messages: Sequence[MessageId],
        *,
        names: Sequence[str] = (),
        limit: int,
        progress: LedgerProgress | None = None,
    ) -> tuple[LedgerAccount, ...]:
        """Accounts in the rows of some messages, those that moved most first; or those of some names alone."""
        asked = tuple(names)
        found = self._ask(lambda: Accounts(self._whole_of(messages), asked, limit), FoundAccounts, tell=progress)
        return found.accounts

    def payments(
        self, messages: Sequence[MessageId], account: str, *, after: int = 0, limit: int
    ) -> tuple[LedgerPayment, ...]:
        """Payments of one account in the rows of some messages, in order of time; the first `after` are left out."""
        found = self._ask(lambda: Payments(self._whole_of(messages), account, after, limit), FoundPayments)
        return found.payments

    def pid(self) -> int | None:
        """The worker's process id, while there is one."""
        process = self._process
        return None if process is None else process.pid

    def close(self) -> None:
        """End the worker, if there is one. A call that is under way gets an error."""
        self._is_closed = True
        process = self._process
        if process is not None:
            process.kill()
        self._maker.shutdown()
        with self._turn:
            self._end()

    def _whole_of(self, messages: Sequence[MessageId]) -> tuple[tuple[MessageId, str], ...]:
        held = self.whole()
        return tuple((message, held[message]) for message in dict.fromkeys(messages) if message in held)

    def _ask(
        self,
        build: Callable[[], Request],
        kind: type[_R],
        *,
        tell: Callable[[str, int, int], None] | None = None,
    ) -> _R:
        """Ask what is made when it is our turn: what was erased while we waited is not in it."""
        self._check_installed()
        with self._turn:
            return self._ask_in_turn(build(), kind, tell=tell)

    def _ask_in_turn(
        self,
        request: Request,
        kind: type[_R],
        *,
        contents: Sequence[bytes] = (),
        tell: Callable[[str, int, int], None] | None = None,
    ) -> _R:
        tries = 0
        while True:
            tries += 1
            try:
                reply = self._started().ask(request, contents, tell=tell)
            except LedgerDamaged as exc:
                # Without their marks they count for nothing, whenever we die: the log's next follower makes them anew.
                self._held = None
                self._files.remove(exc.messages)
                self._on_event("ledger.damaged", {"messages": len(exc.messages)})
                raise
            except SandboxLimit as exc:
                self._end()
                if exc.limit != "killed" or tries >= TRIES_MAX or self._is_closed:
                    raise
            else:
                self._note(reply)
                assert isinstance(reply, kind), "the worker answers what it was asked"
                return reply

    def _check_installed(self) -> None:
        if not self.is_installed():
            raise NotInstalled("What follows money is not installed here.", hint=HOW_TO_INSTALL)

    def _started(self) -> TracerProcess:
        if self._is_closed:
            raise WrongUse("The ledger is shut down.")
        if self._process is not None and not self._process.is_usable:
            self._end()  # it died while idle
        if self._process is None:
            self._files.prepare()
            self._process = TracerProcess(self._files.folder, self._limits, self._on_event)
            self._on_event("ledger.worker_started", {"pid": self._process.pid})
        return self._process

    def _note(self, reply: Reply) -> None:
        if isinstance(reply, Done | Traced):
            self._opened = (reply.opened_messages, reply.opened_rows)

    def _end(self) -> None:
        if self._process is not None:
            self._process.end()
        self._process, self._opened = None, (0, 0)
