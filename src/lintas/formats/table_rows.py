# SPDX-License-Identifier: Apache-2.0
"""What the rows of one table say: for each row its things, a statement per cell, a posting per identifier."""

from typing import Final

from lintas.formats.identifiers import canonical
from lintas.formats.packs import Packs
from lintas.formats.reader_draft import Draft, prop_name
from lintas.formats.table_columns import Column, Mapping
from lintas.formats.table_records import Record
from lintas.limits import TABLE_COLUMNS_MAX, TABLE_ROWS_MAX
from lintas.model.reading import Derived, ReadOptions, Rejected

_ROWS_NAMED: Final = 5  # rows named in one note; the rest is counted
_STATEMENTS_MAX: Final = TABLE_ROWS_MAX * (TABLE_COLUMNS_MAX + 50)  # every cell and relation of the largest table
# Kinds of columns without a scheme whose cells are searched for identifiers.
_SEARCHED: Final = frozenset({"text", "string", "name"})


class RowsDraft:
    """Turns rows into entities, statements and postings."""

    def __init__(self, mapping: Mapping, *, stem: str, options: ReadOptions, packs: Packs) -> None:
        """Start a draft.

        Args:
            stem: Digest of the payload; with row and group it makes each entity's key, the same at every reading.
        """
        self._mapping = mapping
        self._stem = stem
        self._draft = Draft(options=options, packs=packs, statements_max=_STATEMENTS_MAX)
        self._oddities: dict[tuple[str, str], list[int]] = {}
        self._short: list[int] = []
        self._rows = 0
        self._rejected: list[Rejected] = []
        self._columns = [(index, column, column.group or mapping.main) for index, column in enumerate(mapping.columns)]
        self._banks = {column.group: index for index, column, _ in self._columns if column.role == "bank"}

    def reject(self, record: Record) -> None:
        """Count a row that cannot be used."""
        self._rows += 1
        self._rejected.append(rejected_row(record))

    def add(self, record: Record) -> None:
        """Say one row."""
        self._rows += 1
        if len(record.cells) < len(self._mapping.columns):
            self._short.append(record.number)
        cells = [cell.strip() for cell in record.cells[: len(self._mapping.columns)]]
        used = [(index, column, group) for index, column, group in self._columns if index < len(cells) and cells[index]]
        entities = self._entities(record.number, cells, used)
        for index, column, group in used:
            self._cell(record.number, entities[group], column, cells, index)
        for relation in self._mapping.relations:
            if relation.source in entities and relation.target in entities:
                key = self._key(record.number, relation.target)
                self._draft.say(entities[relation.source], relation.prop, key, "entity")

    def _entities(self, number: int, cells: list[str], used: list[tuple[int, Column, str]]) -> dict[str, int]:
        """Add the things of a row that have a value, behind the main thing, which others may be joined to."""
        captions: dict[str, str] = {}
        ranks: dict[str, int] = {}
        for index, column, group in used:
            rank = 0 if column.kind == "name" and column.role == "property" else 1 if column.role == "identifier" else 2
            if column.role == "marking":
                rank = 3
            if rank < ranks.get(group, 9):
                captions[group], ranks[group] = cells[index], rank
        main = self._mapping.main
        captions.setdefault(main, f"row {number}")
        order = [main, *(group for group in self._mapping.groups if group != main)]
        return {
            group: self._draft.entity(self._key(number, group), self._mapping.groups[group], captions[group])
            for group in order
            if group in captions
        }

    def _key(self, number: int, group: str) -> str:
        return f"{self._stem}-r{number}-{group}"

    def _cell(self, number: int, entity: int, column: Column, cells: list[str], index: int) -> None:
        value = cells[index]
        prop = column.prop or prop_name(column.header)
        if column.role == "marking":
            prop = "marking"
        self._draft.say(entity, prop, value, column.kind)
        if column.role == "identifier":
            self._identify(number, entity, column, prop, cells, index)
        elif column.role in ("keep", "property") and column.kind in _SEARCHED:
            self._draft.mention(entity, prop, value)

    def _identify(self, number: int, entity: int, column: Column, prop: str, cells: list[str], index: int) -> None:
        value = cells[index]
        bank = self._banks.get(column.group, len(cells))
        bank_name = cells[bank] if bank < len(cells) else ""
        reason = ""
        for scheme in column.schemes:
            tries = [value]
            if scheme == "bank_account" and bank_name and ":" not in value:
                tries = [f"{bank_name}:{value}", value]
            for text in tries:
                found = canonical(scheme, text, packs=self._draft.packs, region=self._draft.options.region)
                if isinstance(found, Rejected):
                    reason = reason or found.reason
                    continue
                if text is value and len(tries) > 1:
                    self._oddities.setdefault(
                        (column.header, "the bank is not known by that name; posted without it"), []
                    ).append(number)
                self._draft.post(entity, prop, found, value)
                return
        self._oddities.setdefault((column.header, f"{reason.rstrip('.')}; kept as written"), []).append(number)

    def derived(self) -> Derived:
        """Freeze the draft."""
        for (header, reason), numbers in self._oddities.items():
            self._draft.note(f"Column “{header[:60]}”: {reason} ({_named(numbers)}).")
        if self._short:
            self._draft.note(
                f"Rows with fewer cells than columns: {_named(self._short)}; the missing cells count as empty."
            )
        return self._draft.derived(read=self._rows, rejected=tuple(self._rejected))


def rejected_row(record: Record) -> Rejected:
    """Say of a row why it cannot be used."""
    return Rejected(f"row {record.number}", record.problem)


def _named(numbers: list[int]) -> str:
    shown = ", ".join(map(str, numbers[:_ROWS_NAMED]))
    if len(numbers) > _ROWS_NAMED:
        return f"rows {shown} and {len(numbers) - _ROWS_NAMED:,} more"
    return f"row {shown}" if len(numbers) == 1 else f"rows {shown}"
