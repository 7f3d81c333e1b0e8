# SPDX-License-Identifier: Apache-2.0
"""The tracing worker: writes payments to Parquet, opens them and follows money through them, one request at a time.

Run by the node as `python -I -m lintas.ledger.worker PARENT_PID MEMORY_BYTES FOLDER`; it speaks on standard input and
output. It keeps the last table that it opened, so that the next trace over the same messages is quick.
"""

import ctypes
import mmap
import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Final

import msgspec

from lintas.errors import LedgerDamaged, LintasError
from lintas.ledger.calls import WORKER_MACHINES
from lintas.ledger.files import LedgerFiles
from lintas.ledger.wire import (
    LACKS_EXIT,
    MEMORY_EXIT,
    Accounts,
    Add,
    Damaged,
    Done,
    Failure,
    FoundAccounts,
    FoundPayments,
    Make,
    Name,
    Payments,
    Ready,
    Reply,
    Request,
    Told,
    Trace,
    Traced,
)
from lintas.model.ids import MessageId
from lintas.model.money import TraceQuery, TraceResult
from lintas.sandbox.confine import confine_worker, die_with_parent
from lintas.sandbox.failure import place_of
from lintas.sandbox.wire import LENGTH

try:
    from lintas.ledger.browsing import accounts_of, payments_of
    from lintas.ledger.parquet import REBUILD, LedgerStore, connection
    from lintas.tracing.reference import trace as slow_trace
    from lintas.tracing.table import LedgerTable, grown
except ModuleNotFoundError as exc:
    if exc.name not in {"duckdb", "numba"}:
        raise
    os._exit(LACKS_EXIT)

if TYPE_CHECKING:
    from lintas.tracing.fast import Ledger

_OUT: Final = 1
_REQUESTS: Final = msgspec.msgpack.Decoder(Request)
_ENCODER: Final = msgspec.msgpack.Encoder()
_MEMORY_PART: Final = 4  # of all that the worker may use, the engine gets this part: the rest are arrays
_THREADS_MAX: Final = 4
SLOW_ROWS_MAX: Final = 20_000  # payments that are followed in a second or two without compiled loops


class Tracer:
    """What the worker holds between requests."""

    def __init__(self, folder: Path, memory_bytes: int) -> None:
        self._files = LedgerFiles(folder)
        threads = min(_THREADS_MAX, os.cpu_count() or 1)
        self._store = LedgerStore(self._files, connection(memory_bytes=memory_bytes // _MEMORY_PART, threads=threads))
        self._may_compile = may_compile()
        self._opened: dict[MessageId, str] = {}  # message -> digest of its rows
        self._table: LedgerTable | None = None
        self._ledger: Ledger | None = None  # the same, with what is told twice joined

    def answer(self, request: Request, source: BinaryIO) -> Iterator[Reply]:
        """Do what a request asks; how far it is goes out at once."""
        if isinstance(request, Add):
            self._store.add(request.message, source.read(request.size), request.digest)
            yield self._done()
        elif isinstance(request, Make):
            self._store.make(request.name, source.read(request.size))
            yield self._done()
        elif isinstance(request, Name):
            self._store.name(request.name, request.message, request.digest)
            yield self._done()
        elif isinstance(request, Trace):
            table = self._open(request.messages)
            send(Told("following the money", 0, table.count))
            yield Traced(self._follow(table, request.query), len(self._opened), table.count)
        elif isinstance(request, Accounts):
            table = self._open(request.messages)
            yield FoundAccounts(accounts_of(table, request.names, request.limit))
        elif isinstance(request, Payments):
            table = self._open(request.messages)
            yield FoundPayments(payments_of(table, request.account, request.after, request.limit))
        else:
            if not request.messages or not self._opened.keys().isdisjoint(request.messages):
                self._close()
            yield self._done()

    def _open(self, messages: Sequence[tuple[str, str]]) -> LedgerTable:
        """The table of some messages: the one that is open, grown by what it lacks, or another in its place."""
        wanted = {MessageId(message): digest for message, digest in messages}
        if self._table is not None and self._opened == wanted:
            return self._table
        marks = {message: mark for message, mark in self._files.marks().items() if message in wanted}
        held = self._table if self._opened and self._opened.items() <= wanted.items() else None
        lacks = [message for message in wanted if held is None or message not in self._opened]
        self._close()  # two at once may be more than there is memory; and what is joined is joined anew
        lost = tuple(message for message in lacks if message not in marks or marks[message].digest != wanted[message])
        if lost:
            raise LedgerDamaged("Payments of a message are missing in the ledger.", hint=REBUILD, messages=lost)
        table = self._store.open(lacks, marks, tell)
        self._table = table if held is None else grown(held, table)
        self._opened = wanted
        return self._table

    def _follow(self, table: LedgerTable, query: TraceQuery) -> TraceResult:
        is_small = table.count <= SLOW_ROWS_MAX and "numba" not in sys.modules
        if self._ledger is None and (is_small or not self._may_compile):
            return slow_trace(table, query)  # the same answer, without the compiler
        if self._ledger is None:
            send(Told("preparing to follow, which takes a minute the first time", 0, 0))
            from lintas.tracing.fast import open_ledger  # noqa: PLC0415  # the compiler: who only adds waits for none

            self._ledger = open_ledger(table)
            send(Told("following the money", 0, table.count))
        return self._ledger.trace(query)

    def _close(self) -> None:
        self._opened, self._table, self._ledger = {}, None, None

    def _done(self) -> Done:
        return Done(len(self._opened), 0 if self._table is None else self._table.count)


def may_compile() -> bool:
    """Try whether memory that was written may be run: where the system refuses it, a compiler would end the process."""
    with mmap.mmap(-1, mmap.PAGESIZE) as page:
        held = ctypes.c_char.from_buffer(page)
        runs = ctypes.CDLL(None).mprotect(
            ctypes.c_void_p(ctypes.addressof(held)), ctypes.c_size_t(mmap.PAGESIZE), mmap.PROT_READ | mmap.PROT_EXEC
        )
        del held
    return bool(runs == 0)


def tell(what: str, done: int, total: int) -> None:
    """Say how far the work is."""
    send(Told(what, done, total))


def send(reply: Reply) -> None:
    """Write one frame."""
    frame = bytearray(LENGTH.size)
    _ENCODER.encode_into(reply, frame, LENGTH.size)
    LENGTH.pack_into(frame, 0, len(frame) - LENGTH.size)
    with memoryview(frame) as view:
        sent = 0
        while sent < len(view):
            sent += os.write(_OUT, view[sent:])


def serve(tracer: Tracer, source: BinaryIO) -> None:
    """Answer requests, one after the other."""
    while head := source.read(LENGTH.size):
        request = _REQUESTS.decode(source.read(LENGTH.unpack(head)[0]))
        try:
            for reply in tracer.answer(request, source):
                send(reply)
        except (MemoryError, BrokenPipeError):
            raise  # this process is of no more use
        except LedgerDamaged as exc:
            send(Damaged(exc.messages, exc.message, exc.hint))
        except LintasError as exc:
            send(Failure(type(exc).__name__, exc.message, exc.hint, ""))
        except Exception as exc:  # noqa: BLE001 - any mistake is told, not died of
            send(Failure("", "", "", f"{type(exc).__name__} {place_of(exc)}"))


def main(arguments: Sequence[str]) -> None:
    """Serve until the node closes the pipe."""
    parent_pid, memory_bytes, folder = int(arguments[0]), int(arguments[1]), Path(arguments[2])
    die_with_parent(parent_pid)
    source = open(0, "rb", buffering=2**16, closefd=False)  # noqa: SIM115 - for the life of the process
    tracer = Tracer(folder, memory_bytes)
    send(Ready(confine_worker(memory_bytes, WORKER_MACHINES)))
    serve(tracer, source)


def _run() -> None:
    """Run as a process. It ends without clean-up: nothing is open that an exit handler would close better."""
    code = 0
    try:
        main(sys.argv[1:])
    except MemoryError:
        code = MEMORY_EXIT
    except BrokenPipeError:
        code = 0  # the node is gone
    except Exception as exc:  # noqa: BLE001 - nobody reads standard error: this frame and the exit code tell all
        send(Failure("", "", "", f"{type(exc).__name__} {place_of(exc)}"))
        code = 1
    os._exit(code)


if __name__ == "__main__":
    _run()
