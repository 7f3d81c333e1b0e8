# SPDX-License-Identifier: Apache-2.0
"""What a person says about the files they take in."""

import unicodedata
from dataclasses import dataclass
from typing import Final

from lintas.errors import BadInput
from lintas.model.marking import Grading, Marking, Protected

_JOINERS: Final = "\u200c\u200d"  # they shape letters of several scripts
_NAME_CHARS_MAX: Final = 200  # the end of a file's name that is kept


def plain_name(name: str) -> str:
    """Keep the last part of a file's name, and of it what shows: what is given back is written under this name."""
    last = name.replace("\\", "/").rpartition("/")[2]
    shown = "".join(char for char in last if unicodedata.category(char)[0] != "C" or char in _JOINERS).strip()
    return "file" if shown in {"", ".", ".."} else shown[-_NAME_CHARS_MAX:]


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
    classes: frozenset[Protected] = frozenset()  # of all that is taken, beside what its marking says

    def __post_init__(self) -> None:
        if any("\ud800" <= char <= "\udfff" for char in self.source):
            raise BadInput("The source's name is not UTF-8: it holds half a character.", hint="Type it again.")
