# SPDX-License-Identifier: Apache-2.0
"""What the log answers: its pages, its proof, its views made anew, its content erased.

Field names are the contract of docs/design: they stay from the day they appear.
"""

import msgspec


class LogLine(msgspec.Struct, frozen=True):
    """One entry of the log, without content."""

    seq: int
    id: str
    kind: str
    created_at: str
    marking: str
    size_bytes: int
    erased: bool


class LogPage(msgspec.Struct, frozen=True):
    """A page of the log, newest first, and its newest signed head."""

    entries: list[LogLine]
    size: int
    checkpoint: str  # C2SP signed note, empty before the first
    checkpoint_size: int
    checkpoint_at: str
    next_before: int  # give it as `before` for the next page; 0 at the end
    vkey: str  # C2SP verifier key of the log


class Verified(msgspec.Struct, frozen=True):
    """What `verify` found."""

    ok: bool
    entries: int
    first_bad: str | None  # "entry 17: ..." or None
    problems: list[str]  # at most 100, first ones first
    payloads: int
    erased: int
    checkpoints: int
    root: str  # hex of the tree's root
    seconds: float


class Rebuilt(msgspec.Struct, frozen=True):
    """What `rebuild` did."""

    entries: int
    views: dict[str, int]  # rows a view
    changed: list[str]  # views that came out different from what stood there: damage that is now mended
    read_again: int  # messages derived anew with current readers, when asked
    seconds: float


class ErasedBefore(msgspec.Struct, frozen=True):
    """A message that was to be erased, and was erased before."""

    message: str
    at: str  # RFC 3339, UTC
    ground: str
    entry: str  # that says so


class Erased(msgspec.Struct, frozen=True):
    """What `erase` did."""

    erased: list[str]
    entry: str  # empty when nothing was left to erase
    also: list[str]  # alerts and intakes that held the same content
    before: list[ErasedBefore] = []
