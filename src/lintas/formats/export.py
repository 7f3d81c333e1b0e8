# SPDX-License-Identifier: Apache-2.0
"""How to give a taken file back byte for byte from its messages and the bytes between them.

A layout is kept in the local intake entry. It holds no byte that a message holds, so what was erased cannot come back.
"""

import base64
import binascii
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from typing import Final, NamedTuple

import msgspec

from lintas.errors import BadInput, Malformed, OverLimit
from lintas.limits import FILE_BYTES_MAX
from lintas.model.reading import Container

LAYOUT_VERSION: Final = 1


class Part(NamedTuple):
    """Some bytes of the file: first `glue` bytes that no message holds, then a piece of one message."""

    glue: int
    slice: int  # index of the slice, in the container's order
    offset: int  # of the piece in the slice's payload
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """All that is needed beside the messages. Sizes are in bytes."""

    size: int
    digest: str  # SHA-256 of the file, 64 hex digits
    parts: tuple[Part, ...]
    glue: bytes  # what no message holds, in order; what is left behind the last part ends the file


class _Wire(msgspec.Struct, forbid_unknown_fields=True):
    v: int
    size: int
    digest: str
    parts: list[int]  # glue, slice, offset, size of each part in turn
    glue: str  # base64


def layout_of(container: Container, raw: bytes) -> Layout:
    """Say how to rebuild a file from its slices.

    Args:
        raw: The file that `container` was read from.
    """
    pieces = sorted(
        (start, -size, index, offset)
        for index, each in enumerate(container.slices)
        for start, size, offset in _with_offsets(each.spans)
    )
    parts: list[Part] = []
    glue: list[bytes] = []
    position = 0
    for start, minus_size, index, offset in pieces:
        end = start - minus_size
        if end <= position:
            continue  # held by an earlier message already, as a header that several tables share
        taken = max(start, position)
        glue.append(raw[position:taken])
        parts.append(Part(taken - position, index, offset + taken - start, end - taken))
        position = end
    glue.append(raw[position:])
    return Layout(size=len(raw), digest=sha256(raw).hexdigest(), parts=tuple(parts), glue=b"".join(glue))


def _with_offsets(spans: tuple[tuple[int, int], ...]) -> list[tuple[int, int, int]]:
    """Give each span with where its bytes stand in the payload."""
    found: list[tuple[int, int, int]] = []
    offset = 0
    for start, size in spans:
        found.append((start, size, offset))
        offset += size
    return found


def rebuild(layout: Layout, payload_of: Callable[[int], bytes]) -> bytes:
    """Give the file back, exactly.

    Args:
        payload_of: Gives the bytes of a slice by its index; it raises when they were erased.

    Raises:
        BadInput: The payloads are not those that the file was cut into.
    """
    pieces: list[bytes] = []
    position = 0
    for part in layout.parts:
        pieces.append(layout.glue[position : position + part.glue])
        position += part.glue
        pieces.append(payload_of(part.slice)[part.offset : part.offset + part.size])
    pieces.append(layout.glue[position:])
    raw = b"".join(pieces)
    if sha256(raw).hexdigest() != layout.digest:
        raise BadInput("The file cannot be given back: a message's payload is not what was taken.")
    return raw


def encode_layout(container: Container, raw: bytes) -> dict[str, object]:
    """Write the layout of a file as a JSON object, for the intake entry's canonical JSON."""
    layout = layout_of(container, raw)
    return {
        "v": LAYOUT_VERSION,
        "size": layout.size,
        "digest": layout.digest,
        "parts": [number for part in layout.parts for number in part],
        "glue": base64.b64encode(layout.glue).decode("ascii"),
    }


def decode_layout(value: object) -> Layout:
    """Read what `encode_layout` wrote.

    Raises:
        Malformed: It is no layout, or its parts do not fit together.
        OverLimit: It is for a file larger than one may be.
    """
    try:
        wire = msgspec.convert(value, _Wire, strict=True)
        glue = base64.b64decode(wire.glue, validate=True)
    except (msgspec.MsgspecError, binascii.Error, ValueError, RecursionError) as exc:
        raise Malformed("The layout of a file cannot be read.") from exc
    if wire.size > FILE_BYTES_MAX:
        raise OverLimit("The layout is for a file larger than one may be.")
    numbers = wire.parts
    whole = len(numbers) - len(numbers) % 4
    parts = tuple(Part(*numbers[start : start + 4]) for start in range(0, whole, 4))
    is_sound = (
        wire.v == LAYOUT_VERSION
        and whole == len(numbers)
        and min(numbers, default=0) >= 0
        and sum(part.glue for part in parts) <= len(glue)
        and sum(part.size for part in parts) + len(glue) == wire.size
    )
    if not is_sound:
        raise Malformed("The layout of a file does not fit together.")
    return Layout(size=wire.size, digest=wire.digest, parts=parts, glue=glue)
