# SPDX-License-Identifier: Apache-2.0
"""A reader process: loads all readers, gives up all it does not need, then reads what the pool sends.

Run by the pool as `python -I -m lintas.sandbox.worker PARENT_PID MEMORY_BYTES`; it speaks on standard input and output.
"""

import gc
import os
import sys
from collections.abc import Iterable, Iterator
from typing import BinaryIO, Final

import msgspec

from lintas.formats.iso20022 import read_resolution
from lintas.formats.money.reader import guess_payments
from lintas.formats.packs import Packs, parse_packs
from lintas.formats.reader import read_file, reader_named
from lintas.formats.slips import read_codes
from lintas.formats.table_mapping import guess_mapping
from lintas.sandbox.confine import confine, die_with_parent
from lintas.sandbox.failure import failure_of
from lintas.sandbox.rehearsal import rehearse
from lintas.sandbox.wire import (
    ENV_ERROR_EXIT,
    LENGTH,
    MEMORY_EXIT,
    Again,
    Codes,
    Done,
    GuessMapping,
    LoadPacks,
    ReadCodes,
    ReadFile,
    ReadResolution,
    Ready,
    Reply,
    Request,
    Resolved,
    Text,
    container_frames,
    outcome_frames,
)

_OUT: Final = 1
_REQUESTS: Final = msgspec.msgpack.Decoder(Request)
_ENCODER: Final = msgspec.msgpack.Encoder()


def main(parent_pid: int, memory_bytes: int) -> None:
    """Serve until the pool closes the pipe."""
    die_with_parent(parent_pid)
    rehearse()
    source = open(0, "rb", buffering=2**16, closefd=False)  # noqa: SIM115 - for the life of the process
    gc.collect()
    gc.freeze()  # what is loaded now stays: collections need not look at it again
    gc.set_threshold(50_000, 20, 100)  # statements are made by the hundred thousand and hold no cycles
    _send((Ready(confine(memory_bytes)),))
    serve(source)


def serve(source: BinaryIO) -> None:
    """Answer requests, one after the other."""
    shelf: dict[str, Packs] = {}
    while head := source.read(LENGTH.size):
        request = _REQUESTS.decode(source.read(LENGTH.unpack(head)[0]))
        # All bytes of a request are read before the first reply: the pool reads only when it has written.
        if isinstance(request, LoadPacks):
            if request.is_first:
                shelf.clear()
            contents = {name: source.read(size) for name, size in zip(request.names, request.sizes, strict=True)}
            _answer(_load(shelf, request.digest, contents))
        elif isinstance(request, ReadFile):
            _answer(_read(request, source.read(request.size), shelf[request.packs]))
        elif isinstance(request, GuessMapping):
            _answer(_guess(request, source.read(request.size), shelf[request.packs]))
        elif isinstance(request, ReadCodes):
            _answer(_codes(source.read(request.size)))
        elif isinstance(request, ReadResolution):
            _answer(_resolution(source.read(request.size)))
        else:
            raws = [source.read(message.size) for message in request.messages]
            for message, raw in zip(request.messages, raws, strict=True):
                _answer(_derive(message, raw, shelf[message.packs]))


def _answer(replies: Iterator[Reply]) -> None:
    """Send an answer as it is made, or what kept it from being made; the pool drops what came before a failure."""
    try:
        _send(replies)
    except (MemoryError, BrokenPipeError):
        raise  # this process is of no more use
    except Exception as exc:  # noqa: BLE001 - a reader's any mistake is told, not died of
        _send((failure_of(exc),))


def _load(shelf: dict[str, Packs], digest: str, contents: dict[str, bytes]) -> Iterator[Reply]:
    shelf[digest] = parse_packs(contents)
    yield Done()


def _read(request: ReadFile, raw: bytes, packs: Packs) -> Iterator[Reply]:
    container = read_file(raw, file_name=request.file_name, reader=request.reader, options=request.options, packs=packs)
    yield from container_frames(container)


def _guess(request: GuessMapping, raw: bytes, packs: Packs) -> Iterator[Reply]:
    payments = guess_payments(raw, request.options.region)
    yield Text((payments or guess_mapping(raw, packs, request.options.region)).to_json())


def _codes(raw: bytes) -> Iterator[Reply]:
    yield Codes(read_codes(raw))


def _resolution(raw: bytes) -> Iterator[Reply]:
    yield Resolved(read_resolution(raw))


def _derive(message: Again, raw: bytes, packs: Packs) -> Iterator[Reply]:
    yield from outcome_frames(reader_named(message.reader).derive(raw, message.media_type, message.options, packs))


def _send(replies: Iterable[Reply]) -> None:
    frame = bytearray(LENGTH.size)
    for reply in replies:
        _ENCODER.encode_into(reply, frame, LENGTH.size)
        LENGTH.pack_into(frame, 0, len(frame) - LENGTH.size)
        with memoryview(frame) as view:
            sent = 0
            while sent < len(view):
                sent += os.write(_OUT, view[sent:])


def _run() -> None:
    """Run as a process. It ends without clean-up: nothing is open, and an exit handler would be one more risk."""
    code = 0
    try:
        main(int(sys.argv[1]), int(sys.argv[2]))
    except MemoryError:
        code = MEMORY_EXIT
    except BrokenPipeError:
        code = 0  # the pool is gone
    except Exception as exc:  # noqa: BLE001 - nobody reads standard error: this frame and the exit code tell all
        _send((failure_of(exc),))
        code = ENV_ERROR_EXIT
    os._exit(code)


if __name__ == "__main__":
    _run()
