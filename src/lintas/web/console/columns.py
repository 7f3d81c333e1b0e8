# SPDX-License-Identifier: Apache-2.0
"""How a table's columns are meant: shown with the reason for each guess, and read back as a person corrected it."""

from dataclasses import dataclass
from typing import Final

import msgspec

from lintas.errors import BadInput
from lintas.formats.packs import Packs
from lintas.formats.schemata import schemata_of
from lintas.formats.table_columns import Column, Mapping
from lintas.web.forms import Form

AS_GUESSED: Final = "guess"
KEEP: Final = "keep"
MARKING: Final = "marking"
BANK: Final = "bank"
_ROLES: Final = {
    KEEP: "kept under its own name",
    MARKING: "marking (TLP) of each row",
    BANK: "bank of the account",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnShown:
    """One column as the form shows it."""

    number: int
    header: str
    guess: str  # in words
    reason: str
    group: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TableShown:
    """One table as the form shows it."""

    index: int
    file_name: str
    encoding: str
    delimiter: str
    has_header: bool
    columns: tuple[ColumnShown, ...]
    groups: tuple[tuple[str, str], ...]  # code and label


def show_table(index: int, file_name: str, mapping: str, packs: Packs) -> TableShown:
    """Put a guessed mapping into words."""
    guessed = Mapping.from_json(mapping)
    labels = schemata_of(packs).labels
    return TableShown(
        index=index,
        file_name=file_name,
        encoding=guessed.encoding,
        delimiter=guessed.delimiter,
        has_header=guessed.header,
        columns=tuple(_shown(number, column, packs) for number, column in enumerate(guessed.columns)),
        groups=tuple(
            (code, f"{labels.get(schema, schema)}{f' ({code})' if '_' in code else ''}")
            for code, schema in guessed.groups.items()
        ),
    )


def choices(packs: Packs) -> tuple[tuple[str, str], ...]:
    """Return what a column may be corrected to: code and label."""
    schemes = packs.identifiers.schemes
    places = schemata_of(packs).scheme_columns
    known = sorted(((f"scheme:{code}", schemes[code].label) for code in places if code in schemes), key=lambda p: p[1])
    return (*_ROLES.items(), *known)


def corrected(index: int, mapping: str, form: Form, packs: Packs) -> str:
    """Read a mapping back from the form.

    Raises:
        BadInput: A choice is unknown, or the columns do not fit together.
    """
    guessed = Mapping.from_json(mapping)
    columns = tuple(
        _corrected(
            column, form.text(f"as-{index}-{number}", AS_GUESSED), _group(form, index, number, column), guessed, packs
        )
        for number, column in enumerate(guessed.columns)
    )
    changed = msgspec.structs.replace(guessed, columns=columns).to_json()
    Mapping.from_json(changed)  # checks that the parts fit together
    return changed


def _group(form: Form, index: int, number: int, column: Column) -> str:
    name = f"of-{index}-{number}"
    return form.text(name) if form.has(name) else column.group


def _corrected(column: Column, choice: str, group: str, mapping: Mapping, packs: Packs) -> Column:
    if group not in mapping.groups and group:
        raise BadInput(f"The column {column.header[:40]!r} was given to a thing that the table does not have.")
    if choice == AS_GUESSED:
        return column if group == column.group else msgspec.structs.replace(column, group=group)
    said = "Corrected by the person who took it."
    if choice == KEEP:
        return Column(header=column.header, role="keep", kind="string", group=group, reason=said)
    if choice == MARKING:
        return Column(header=column.header, role="marking", reason=said)
    if choice == BANK:
        return Column(header=column.header, role="bank", prop="bankName", kind="name", group=group, reason=said)
    scheme = choice.removeprefix("scheme:")
    place = schemata_of(packs).scheme_columns.get(scheme)
    if place is None:
        raise BadInput(f"{scheme[:40]!r} is no kind of identifier.")
    return Column(
        header=column.header,
        role="identifier",
        prop=place.prop,
        kind="identifier",
        group=group,
        schemes=(scheme,),
        reason=said,
    )


def _shown(number: int, column: Column, packs: Packs) -> ColumnShown:
    return ColumnShown(
        number=number, header=column.header, guess=_words(column, packs), reason=column.reason, group=column.group
    )


def _words(column: Column, packs: Packs) -> str:
    if column.role == "identifier":
        schemes = packs.identifiers.schemes
        return ", else ".join(schemes[code].label if code in schemes else code for code in column.schemes)
    if column.role == "property":
        return column.prop
    return _ROLES[column.role]
