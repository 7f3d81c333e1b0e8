# SPDX-License-Identifier: Apache-2.0
"""All readers by name and version. A node knows them by name only: what reads foreign bytes is in its reader processes.

A reader never changes what it makes of the same bytes: a change is a new version beside the old one, so that a message
can be read again years later as it was read when it was taken.
"""

from typing import Final

from lintas.errors import UnknownTerm
from lintas.model.reading import ReaderName

READER_NAMES: Final = tuple(
    ReaderName(name) for name in ("stix/1", "table/1", "text/1", "desk/1", "picture/1", "payments/1")
)


def known_reader(name: str) -> ReaderName:
    """Give the name of a reader that there is.

    Raises:
        UnknownTerm: There is none of that name.
    """
    if name not in READER_NAMES:
        raise UnknownTerm(f"There is no reader named “{name[:40]}”.", hint=f"Known: {', '.join(READER_NAMES)}.")
    return ReaderName(name)


def current_reader(name: str) -> ReaderName:
    """Name the newest version of a reader: `stix/1` may give `stix/2`.

    Raises:
        UnknownTerm: There is no reader of that family.
    """
    family = known_reader(name).partition("/")[0]
    versions = [int(other.partition("/")[2]) for other in READER_NAMES if other.partition("/")[0] == family]
    return ReaderName(f"{family}/{max(versions)}")
