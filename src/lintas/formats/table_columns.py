# SPDX-License-Identifier: Apache-2.0
"""What the columns of a table hold, as a value that can be saved, corrected and given back."""

from typing import Final, Literal, Self

import msgspec
import rfc8785

from lintas.errors import BadInput
from lintas.formats.schemata import KINDS
from lintas.formats.table_records import DELIMITERS
from lintas.formats.text_encoding import ENCODINGS
from lintas.limits import TABLE_COLUMNS_MAX

MAPPING_VERSION: Final = 1
GROUPS_MAX: Final = 50  # things that one row may be about


class Column(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What one column holds, and why we think so."""

    header: str  # as it stands in the file; "column 3" where the file has none
    role: Literal["identifier", "property", "bank", "marking", "keep"]
    group: str = ""  # code of a group; empty: the row's main thing
    prop: str = ""  # property of its statements
    kind: str = "string"
    schemes: tuple[str, ...] = ()  # role identifier: tried in this order
    reason: str = ""  # a sentence for the person who checks the mapping


class Relation(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A statement that joins two things of one row."""

    source: str  # group that the statement is about
    prop: str
    target: str  # group that it points to


class Mapping(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How a table is read."""

    v: int
    encoding: str  # one of ENCODINGS
    delimiter: str  # code of DELIMITERS
    header: bool  # the first record names the columns
    groups: dict[str, str]  # code -> schema
    main: str  # the group that columns without one describe
    columns: tuple[Column, ...]
    relations: tuple[Relation, ...] = ()

    def to_json(self) -> str:
        """Write the mapping as canonical JSON (RFC 8785)."""
        return rfc8785.dumps(msgspec.to_builtins(self)).decode("utf-8")

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Read a mapping, canonical or as a person edited it.

        Raises:
            BadInput: It is no JSON, has unknown or missing names, or its parts do not fit together.
        """
        try:
            mapping = msgspec.json.decode(text, type=cls)
        except (msgspec.MsgspecError, ValueError, RecursionError) as exc:
            raise BadInput("The column mapping cannot be read.", hint=str(exc)[:200]) from exc
        _check(mapping)
        return mapping


def _check(mapping: Mapping) -> None:
    groups = {*mapping.groups, ""}
    joined = {side for relation in mapping.relations for side in (relation.source, relation.target)}
    problems = (
        (mapping.v != MAPPING_VERSION, f"it has version {mapping.v}; this software reads {MAPPING_VERSION}"),
        (mapping.encoding not in ENCODINGS, f"the encoding {mapping.encoding[:40]!r} is not known"),
        (mapping.delimiter not in DELIMITERS, f"the delimiter {mapping.delimiter[:40]!r} is not known"),
        (len(mapping.groups) > GROUPS_MAX, f"it has more than {GROUPS_MAX} groups"),
        (not all(map(_is_code, mapping.groups)), "a group's code has other characters than a-z, 0-9 and _"),
        (not all(mapping.groups.values()), "a group has no schema"),
        (mapping.main not in mapping.groups, f"its main group {mapping.main[:40]!r} is not defined"),
        (not joined <= set(mapping.groups), "a relation joins a group that is not defined"),
        (not 0 < len(mapping.columns) <= TABLE_COLUMNS_MAX, f"it has not 1 to {TABLE_COLUMNS_MAX} columns"),
        (sum(column.role == "marking" for column in mapping.columns) > 1, "it has several marking columns"),
    )
    for is_wrong, what in problems:
        if is_wrong:
            raise BadInput(f"The column mapping does not fit together: {what}.")
    for column in mapping.columns:
        if column.group not in groups:
            raise BadInput(f"The column {column.header[:40]!r} belongs to a group that is not defined.")
        if column.kind not in KINDS:
            raise BadInput(f"The column {column.header[:40]!r} has the unknown kind {column.kind[:40]!r}.")
        if column.role == "identifier" and not column.schemes:
            raise BadInput(f"The column {column.header[:40]!r} holds identifiers, but names no scheme.")
        if column.role in ("identifier", "property", "bank") and not column.prop:
            raise BadInput(f"The column {column.header[:40]!r} names no property.")


def _is_code(code: str) -> bool:
    return 0 < len(code) <= 64 and code.isascii() and code.replace("_", "a").isalnum() and code == code.lower()
