# SPDX-License-Identifier: Apache-2.0
"""What a person says about the files they take in."""

from dataclasses import dataclass

from lintas.model.marking import Grading, Marking


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenFile:
    """One file as received."""

    name: str
    data: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeOptions:
    """How files are to be read and marked. Empty means: find out, or the node's default."""

    format: str = ""  # reader: stix, table, text; empty to find out
    marking: Marking | None = None  # joined with what the file itself says: the stricter wins
    grading: Grading | None = None
    mapping: str = ""  # canonical JSON of a column mapping, for tables
    region: str = ""  # ISO 3166-1 alpha-2; the node's own when empty
    source: str = ""  # what the person calls the source; the file's name when empty
    areas: tuple[str, ...] = ()  # crime areas, codes of the areas pack
