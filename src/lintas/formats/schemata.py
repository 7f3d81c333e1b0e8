# SPDX-License-Identifier: Apache-2.0
"""The vocabulary pack: schema and property names of statements, and how foreign names become ours.

The pack holds the words (src/lintas/packs/schemata.toml); this module says what shape they must have.
"""

import re
import tomllib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import msgspec

from lintas.errors import BadPack
from lintas.formats.packs import Packs

KINDS = frozenset({"string", "text", "name", "entity", "date", "number", "identifier", "code"})


class _Schema(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    label: str
    ftm: bool


class _Stix(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    schema: dict[str, str]
    identity: dict[str, str]
    caption: dict[str, tuple[str, ...]]
    property: dict[str, tuple[str, str]]
    identifier: dict[str, tuple[str, ...]]
    account: dict[str, str]
    attribute: dict[str, str]
    labels: dict[str, str]


class _Group(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    schema: str


class SchemeColumn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where a column of one identifier scheme belongs."""

    group: str
    prop: str


class HeaderWords(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Words that head a column, and what such a column holds."""

    words: tuple[str, ...]
    schemes: tuple[str, ...] = ()
    prop: str = ""
    kind: str = "string"
    group: str = ""
    bank: bool = False
    marking: bool = False


class _Table(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    side: dict[str, tuple[str, ...]]
    group: dict[str, _Group]
    scheme: dict[str, SchemeColumn]
    header: tuple[HeaderWords, ...]


class _Pack(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    version: int
    schemata: dict[str, _Schema]
    stix: _Stix
    table: _Table


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Schemata:
    """The vocabulary as a value. Compared by identity, so that it can key a cache; its mappings never change."""

    version: int
    labels: Mapping[str, str]  # schema -> label
    ftm: frozenset[str]  # schemata that are FollowTheMoney's own
    stix_schema: Mapping[str, str]
    stix_identity: Mapping[str, str]
    stix_caption: Mapping[str, tuple[str, ...]]
    stix_property: Mapping[str, tuple[str, str]]
    stix_identifier: Mapping[str, tuple[str, ...]]
    stix_account: Mapping[str, str]
    stix_attribute: Mapping[str, str]
    stix_labels: Mapping[str, str]
    sides: Mapping[str, str]  # folded word -> side
    groups: Mapping[str, str]  # group code -> schema, main things first
    scheme_columns: Mapping[str, SchemeColumn]
    headers: Mapping[str, HeaderWords]  # folded word -> what the column holds


def schemata_of(packs: Packs) -> Schemata:
    """Give the vocabulary of a node's packs.

    Raises:
        UnknownTerm: There is no pack named `schemata`.
        BadPack: It does not hold to its schema.
    """
    return _parsed(packs.bytes_of("schemata"))


def fold_header(text: str) -> str:
    """Fold a column header so that spelling, case, spacing and punctuation make no difference."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    return re.sub(r"[\s._/\\:;#()\[\]{}*'\"-]+", " ", plain).strip()


def parse_schemata(raw: bytes) -> Schemata:
    """Read the vocabulary pack.

    Args:
        raw: TOML in UTF-8.

    Raises:
        BadPack: It is no TOML, lacks a table, or names a schema, group or kind that it does not define.
    """
    try:
        pack = msgspec.convert(tomllib.loads(raw.decode("utf-8")), type=_Pack)
    except (ValueError, RecursionError) as exc:  # TOML, UTF-8 and msgspec errors are all ValueErrors
        raise BadPack("The vocabulary pack cannot be read.", hint=str(exc)[:200]) from exc
    _check(pack)
    return Schemata(
        version=pack.version,
        labels={name: schema.label for name, schema in pack.schemata.items()},
        ftm=frozenset(name for name, schema in pack.schemata.items() if schema.ftm),
        stix_schema=pack.stix.schema,
        stix_identity=pack.stix.identity,
        stix_caption=pack.stix.caption,
        stix_property=pack.stix.property,
        stix_identifier=pack.stix.identifier,
        stix_account=pack.stix.account,
        stix_attribute=pack.stix.attribute,
        stix_labels=pack.stix.labels,
        sides={fold_header(word): side for side, words in pack.table.side.items() for word in words},
        groups={code: group.schema for code, group in pack.table.group.items()},
        scheme_columns=pack.table.scheme,
        headers={fold_header(word): header for header in pack.table.header for word in header.words},
    )


def _check(pack: _Pack) -> None:
    """Refuse a pack whose parts do not fit together."""
    if pack.version != 1:
        raise BadPack(f"The vocabulary pack has version {pack.version}; this software reads version 1.")
    schemata = {*pack.stix.schema.values(), *pack.stix.identity.values()}
    schemata |= {group.schema for group in pack.table.group.values()} | {"Thing", "Note", "UnknownLink", "Row"}
    for name in sorted(schemata - set(pack.schemata)):
        raise BadPack(f"The vocabulary pack uses the schema {name!r} and does not define it.")
    kinds = {kind for _, kind in pack.stix.property.values()} | {header.kind for header in pack.table.header}
    for kind in sorted(kinds - KINDS):
        raise BadPack(f"The vocabulary pack uses the kind {kind!r}, which statements do not have.")
    groups = {column.group for column in pack.table.scheme.values()} | {header.group for header in pack.table.header}
    for group in sorted(groups - set(pack.table.group) - {""}):
        raise BadPack(f"The vocabulary pack uses the group {group!r} and does not define it.")
    if "default" not in pack.stix.caption:
        raise BadPack("The vocabulary pack names no default caption.")
    seen: set[str] = set()
    for header in pack.table.header:
        words = set(map(fold_header, header.words))
        if words & seen or "" in words:
            raise BadPack(f"The header words {header.words[:1]!r} are empty or stand elsewhere too.")
        seen |= words
        if sum((bool(header.schemes), bool(header.prop), header.bank, header.marking)) != 1:
            raise BadPack(
                f"The header words {header.words[:1]!r} must say exactly one of schemes, prop, bank, marking."
            )
        for scheme in header.schemes:
            if scheme not in pack.table.scheme:
                raise BadPack(f"The header words {header.words[:1]!r} use the scheme {scheme!r} without a group.")


@lru_cache(maxsize=4)
def _parsed(raw: bytes) -> Schemata:
    """Parse once per pack: a node has one, and two while it is replaced."""
    return parse_schemata(raw)
