# SPDX-License-Identifier: Apache-2.0
"""How a table's columns are meant: shown with the reason for each guess, and read back as a person corrected it."""

from dataclasses import dataclass
from typing import Final

import msgspec

from lintas.errors import BadInput
from lintas.formats.packs import Packs
from lintas.formats.schemata import schemata_of
from lintas.formats.table_columns import Column, Mapping
from lintas.web.calls import Call
from lintas.web.console.language import Language, later
from lintas.web.forms import Form

AS_GUESSED: Final = "guess"
KEEP: Final = "keep"
MARKING: Final = "marking"
BANK: Final = "bank"
_ROLES: Final = {
    KEEP: later("kept under its own name"),
    MARKING: later("marking (TLP) of each row"),
    BANK: later("bank of the account"),
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


def show_table(call: Call, index: int, file_name: str, mapping: str) -> TableShown:
    """Put a guessed mapping into words."""
    guessed = Mapping.from_json(mapping)
    language = call.language
    return TableShown(
        index=index,
        file_name=file_name,
        encoding=guessed.encoding,
        delimiter=guessed.delimiter,
        has_header=guessed.header,
        columns=tuple(_shown(number, column, language) for number, column in enumerate(guessed.columns)),
        groups=tuple(
            (code, f"{language.label('schema', schema)}{f' ({code})' if '_' in code else ''}")
            for code, schema in guessed.groups.items()
        ),
    )


def choices(call: Call) -> tuple[tuple[str, str], ...]:
    """Return what a column may be corrected to: code and label."""
    packs, language = call.services.packs, call.language
    schemes = [code for code in schemata_of(packs).scheme_columns if code in packs.identifiers.schemes]
    known = sorted(((f"scheme:{code}", language.label("scheme", code)) for code in schemes), key=lambda p: p[1])
    return (*((code, language.say(words)) for code, words in _ROLES.items()), *known)


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


def _shown(number: int, column: Column, language: Language) -> ColumnShown:
    return ColumnShown(
        number=number, header=column.header, guess=_words(column, language), reason=column.reason, group=column.group
    )


def _words(column: Column, language: Language) -> str:
    if column.role == "identifier":
        labels = [language.label("scheme", code) for code in column.schemes]
        return (
            language.say("%(first)s, else %(second)s", first=labels[0], second=", ".join(labels[1:]))
            if (len(labels) > 1)
            else ", ".join(labels)
        )
    if column.role == "property":
        return language.label("prop", column.prop)
    return language.say(_ROLES[column.role])
