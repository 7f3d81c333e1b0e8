# SPDX-License-Identifier: Apache-2.0
"""What the pool and a reader process say to each other: frames of msgpack, each led by its length.

The foreign bytes themselves follow a request unframed, so that neither side copies them. A reply comes in many small
frames: neither side holds more than the values and one frame of them.
"""

import struct
from collections.abc import Iterable, Iterator
from typing import Final, TypeVar

import msgspec

from lintas.model.picture import PictureCodes
from lintas.model.reading import Container, Derived, Entity, Posting, ReadOptions, Slice, Statement
from lintas.model.recall import Resolution
from lintas.sandbox.protection import Protection

LENGTH: Final = struct.Struct("<I")  # bytes of the frame that follows
FRAME_ITEMS_MAX: Final = 5_000  # entities, statements and postings sent in one frame
FRAME_PAYLOAD_BYTES_MAX: Final = 512 * 1024  # payload that the slices of one frame stand for: bounds their values
PACK_SETS_MAX: Final = 8  # sets of packs that one process keeps; it drops them all when it would need more

ENV_ERROR_EXIT: Final = 71  # exit codes of a reader process, as in `sysexits.h`: the system refused
MEMORY_EXIT: Final = 75  # it met its memory limit


# Requests


class LoadPacks(msgspec.Struct, frozen=True, array_like=True, tag=0):
    """Keep a set of packs; their bytes follow in order."""

    is_first: bool  # drop all sets kept so far
    digest: str
    names: tuple[str, ...]
    sizes: tuple[int, ...]


class ReadFile(msgspec.Struct, frozen=True, array_like=True, tag=1):
    """Read one file; its bytes follow."""

    size: int
    file_name: str
    reader: str  # empty: find out
    options: ReadOptions
    packs: str


class GuessMapping(msgspec.Struct, frozen=True, array_like=True, tag=2):
    """Propose a mapping of a table's columns; its bytes follow."""

    size: int
    options: ReadOptions
    packs: str


class Again(msgspec.Struct, frozen=True, array_like=True):
    """One message to be read again."""

    size: int
    reader: str
    media_type: str
    options: ReadOptions
    packs: str


class DeriveAll(msgspec.Struct, frozen=True, array_like=True, tag=3):
    """Read messages again; their bytes follow in order. Each is answered by itself."""

    messages: tuple[Again, ...]


class ReadCodes(msgspec.Struct, frozen=True, array_like=True, tag=4):
    """Find the QR codes in a picture; its bytes follow."""

    size: int


class ReadResolution(msgspec.Struct, frozen=True, array_like=True, tag=5):
    """Read what a bank says came of a recall; its bytes follow."""

    size: int


Request = LoadPacks | ReadFile | GuessMapping | DeriveAll | ReadCodes | ReadResolution


# Replies


class Ready(msgspec.Struct, frozen=True, array_like=True, tag=0):
    """The process is confined and waits for its first request."""

    protections: tuple[Protection, ...]


class Opened(msgspec.Struct, frozen=True, array_like=True, tag=1):
    """A container was read: all but its slices, which follow in order."""

    container: Container


class Slices(msgspec.Struct, frozen=True, array_like=True, tag=2):
    """The next slices, whole."""

    slices: tuple[Slice, ...]


class LargeSlice(msgspec.Struct, frozen=True, array_like=True, tag=3):
    """The next slice: what it says follows in `frames` of More."""

    slice: Slice
    frames: int


class Outcome(msgspec.Struct, frozen=True, array_like=True, tag=4):
    """What one message says; the rest of it follows in `frames` of More."""

    derived: Derived
    frames: int


class More(msgspec.Struct, frozen=True, array_like=True, tag=5):
    """The next part of what one message says."""

    entities: tuple[Entity, ...] = ()
    statements: tuple[Statement, ...] = ()
    postings: tuple[Posting, ...] = ()


class Text(msgspec.Struct, frozen=True, array_like=True, tag=6):
    """A proposed mapping."""

    text: str


class Failure(msgspec.Struct, frozen=True, array_like=True, tag=7):
    """This request, or this message of it, failed; the process goes on."""

    error: str  # class name in our tree; empty for an exception of another kind
    message: str
    hint: str
    exception: str  # for the operator's log: what was raised and where, never content
    is_denied: bool = False  # the reader tried what the sandbox forbids


class Done(msgspec.Struct, frozen=True, array_like=True, tag=8):
    """The end of a reply."""


class Codes(msgspec.Struct, frozen=True, array_like=True, tag=9):
    """What was found in a picture."""

    picture: PictureCodes


class Resolved(msgspec.Struct, frozen=True, array_like=True, tag=10):
    """What came of a recall."""

    resolution: Resolution


Reply = Ready | Opened | Slices | LargeSlice | Outcome | More | Text | Failure | Done | Codes | Resolved
_R = TypeVar("_R", bound=Reply)


class Nonsense(Exception):
    """Frames that no reader process of ours sends."""


def container_frames(container: Container) -> Iterator[Reply]:
    """Cut a container into frames, in the order in which `container_from` takes them."""
    yield Opened(msgspec.structs.replace(container, slices=()))
    batch: list[Slice] = []
    items = payload_bytes = 0
    for piece in container.slices:
        count = _items(piece.derived) + 1
        size = sum(length for _, length in piece.spans)
        if batch and (items + count > FRAME_ITEMS_MAX or payload_bytes + size > FRAME_PAYLOAD_BYTES_MAX):
            yield Slices(tuple(batch))
            batch, items, payload_bytes = [], 0, 0
        if count > FRAME_ITEMS_MAX:
            parts = _parts(piece.derived)
            yield LargeSlice(msgspec.structs.replace(piece, derived=_without_parts(piece.derived)), len(parts))
            yield from _mores(piece.derived, parts)
        else:
            batch.append(piece)
            items += count
            payload_bytes += size
    if batch:
        yield Slices(tuple(batch))
    yield Done()


def outcome_frames(derived: Derived) -> Iterator[Reply]:
    """Cut what one message says into frames."""
    if _items(derived) <= FRAME_ITEMS_MAX:
        yield Outcome(derived, 0)
        return
    parts = _parts(derived)
    yield Outcome(_without_parts(derived), len(parts))
    yield from _mores(derived, parts)


def container_from(replies: Iterator[Reply]) -> Container:
    """Put a container together again.

    Raises:
        Nonsense: The frames are none that `container_frames` gives.
    """
    opened = _expected(replies, Opened)
    slices: list[Slice] = []
    for reply in replies:
        if isinstance(reply, Slices):
            slices += reply.slices
        elif isinstance(reply, LargeSlice):
            derived = _joined(reply.slice.derived, reply.frames, replies)
            slices.append(msgspec.structs.replace(reply.slice, derived=derived))
        elif isinstance(reply, Done):
            return msgspec.structs.replace(opened.container, slices=tuple(slices))
        else:
            break
    raise Nonsense


def derived_from(replies: Iterator[Reply]) -> Derived:
    """Put together what one message says.

    Raises:
        Nonsense: The frames are none that `outcome_frames` gives.
    """
    outcome = _expected(replies, Outcome)
    return _joined(outcome.derived, outcome.frames, replies)


def text_from(replies: Iterator[Reply]) -> str:
    """Take a proposed mapping.

    Raises:
        Nonsense: It is none.
    """
    return _expected(replies, Text).text


def codes_from(replies: Iterator[Reply]) -> PictureCodes:
    """Take what was found in a picture.

    Raises:
        Nonsense: It is none.
    """
    return _expected(replies, Codes).picture


def resolution_from(replies: Iterator[Reply]) -> Resolution:
    """Take what came of a recall.

    Raises:
        Nonsense: It is none.
    """
    return _expected(replies, Resolved).resolution


def done_from(replies: Iterator[Reply]) -> None:
    """Take the end of a reply that says nothing else.

    Raises:
        Nonsense: It says something else.
    """
    _expected(replies, Done)


def _joined(derived: Derived, frames: int, replies: Iterator[Reply]) -> Derived:
    if frames == 0:
        return derived
    entities: list[Entity] = []
    statements: list[Statement] = []
    postings: list[Posting] = []
    for _ in range(frames):
        more = _expected(replies, More)
        entities += more.entities
        statements += more.statements
        postings += more.postings
    return msgspec.structs.replace(
        derived, entities=tuple(entities), statements=tuple(statements), postings=tuple(postings)
    )


def _expected(replies: Iterator[Reply], kind: type[_R]) -> _R:
    reply = next(replies, None)
    if not isinstance(reply, kind):
        raise Nonsense
    return reply


def _items(derived: Derived) -> int:
    return len(derived.entities) + len(derived.statements) + len(derived.postings)


def _without_parts(derived: Derived) -> Derived:
    return msgspec.structs.replace(derived, entities=(), statements=(), postings=())


def _parts(derived: Derived) -> list[tuple[str, int]]:
    """Where each part starts, by field."""
    fields = (("entities", derived.entities), ("statements", derived.statements), ("postings", derived.postings))
    return [(name, start) for name, values in fields for start in range(0, len(values), FRAME_ITEMS_MAX)]


def _mores(derived: Derived, parts: Iterable[tuple[str, int]]) -> Iterator[More]:
    for name, start in parts:
        end = start + FRAME_ITEMS_MAX
        if name == "entities":
            yield More(entities=derived.entities[start:end])
        elif name == "statements":
            yield More(statements=derived.statements[start:end])
        else:
            yield More(postings=derived.postings[start:end])
