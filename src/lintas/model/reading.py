# SPDX-License-Identifier: Apache-2.0
"""What a reader makes of bytes: slices of a container, and statements derived from one slice.

Structs rather than dataclasses: they cross the pipe from the sandbox by the hundred thousand.
"""

from typing import NewType

import msgspec

from lintas.model.identifier import Identifier

ReaderName = NewType("ReaderName", str)  # "stix/1": name and version of the code that read


class Rejected(msgspec.Struct, frozen=True, array_like=True):
    """A part that could not be used, with a reason that a person understands."""

    id: str  # the source's own id, or where it stands: "object 12", "row 7"
    reason: str


class Entity(msgspec.Struct, frozen=True, array_like=True):
    """A thing that statements are about."""

    key: str  # as the source names it, or derived from its message: stable over re-reading
    schema: str  # FollowTheMoney schema name where one fits, else one of our pack: Person, BankAccount, Domain ...
    caption: str  # what a list shows


class Statement(msgspec.Struct, frozen=True, array_like=True):
    """One property value of one entity."""

    entity: int  # index into `Derived.entities`
    prop: str  # FollowTheMoney property name where one fits, else the source's own
    value: str
    kind: str = (
        "string"  # string | text | name | entity | date | number | identifier | code: says how to search and show
    )
    confidence: int = -1  # 0 to 100 as the source gave it; -1 when it gave none
    valid_from: str = ""  # RFC 3339, empty when open
    valid_until: str = ""
    lang: str = ""


class Posting(msgspec.Struct, frozen=True, array_like=True):
    """An identifier that an entity carries or its text mentions."""

    entity: int  # index into `Derived.entities`
    identifier: Identifier
    prop: str  # the property it stood in
    original: str = ""  # as written in the source, when that differs from the canonical value


class Derived(msgspec.Struct, frozen=True, array_like=True):
    """All that one message says."""

    entities: tuple[Entity, ...] = ()
    statements: tuple[Statement, ...] = ()
    postings: tuple[Posting, ...] = ()
    notes: tuple[str, ...] = ()  # what was kept but not understood, in words
    read: int = 1  # units this slice counts for: 1, or the rows of a table
    rejected: tuple[Rejected, ...] = ()  # rows of a table that could not be used; the slice itself was
    ledger: bytes = b""  # msgpack of `model.money.LedgerRows`: its payments as columns; empty when it holds none


class Slice(msgspec.Struct, frozen=True, array_like=True):
    """One message cut out of a container: exact bytes as pieces of the file."""

    spans: tuple[
        tuple[int, int], ...
    ]  # (start, length) in bytes of the file, in order; their concatenation is the payload
    media_type: str
    tlp: str  # most restrictive TLP found on it (name of `Tlp`), empty when unmarked
    derived: Derived
    source_id: str = ""  # the source's own id
    pap: str = ""
    classes: tuple[str, ...] = ()  # protected classes (codes of `Protected`) that the source says it is of


class Container(msgspec.Struct, frozen=True, array_like=True):
    """All slices of a file, in order, and what could not be used."""

    reader: str  # "stix/1"
    format: str  # words for a person: "STIX 2.1 bundle", "STIX 2.0 bundle, converted"
    slices: tuple[Slice, ...]
    rejected: tuple[Rejected, ...]
    read: int  # units read: read = used + rejected
    notes: tuple[str, ...] = ()


class ReadOptions(msgspec.Struct, frozen=True, kw_only=True):
    """What a reader may be told. All of it is recorded in the log, so that a message can be read again alike."""

    region: str = ""  # ISO 3166-1 alpha-2: how national phone and account numbers are read
    mapping: str = ""  # canonical JSON of a column mapping, for tables
