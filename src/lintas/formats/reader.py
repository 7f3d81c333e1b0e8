# SPDX-License-Identifier: Apache-2.0
"""What a reader of foreign bytes is, and all that there are; `reader_names` lists them for who reads nothing itself."""

from collections.abc import Mapping
from typing import Final, Protocol

from msgspec.structs import replace

from lintas.formats.desk import DeskReader
from lintas.formats.detect import TABLE, detect
from lintas.formats.money.doubt import doubt_of
from lintas.formats.money.reader import PaymentsReader
from lintas.formats.packs import Packs
from lintas.formats.pictures import PictureReader
from lintas.formats.reader_names import READER_NAMES, known_reader
from lintas.formats.stix import StixReader
from lintas.formats.table import TableReader
from lintas.formats.text import TextReader
from lintas.model.reading import Container, Derived, ReadOptions

__all__ = ["READERS", "Reader", "detect", "read_file", "reader_named"]


class Reader(Protocol):
    """Reads one family of formats.

    For each slice that `read` gives, `derive` of the slice's bytes, media type and the same options and packs gives the
    slice's `derived` again.
    """

    @property
    def name(self) -> str:
        """Name and version, for example `stix/1`."""

    def read(self, raw: bytes, options: ReadOptions, packs: Packs) -> Container:
        """Cut a file into slices, each with what it says. Bad parts are rejected with reasons; they spoil no other.

        Raises:
            BadInput: The file cannot be read at all; nothing of it was taken.
            OverLimit: It is larger than a stated limit.
        """

    def derive(self, raw: bytes, media_type: str, options: ReadOptions, packs: Packs) -> Derived:
        """Say again what one slice says, from its bytes alone.

        Raises:
            BadInput: The bytes are not a slice of this reader.
            OverLimit: They are larger than a stated limit.
        """


READERS: Final[Mapping[str, Reader]] = {
    reader.name: reader
    for reader in (StixReader(), TableReader(), TextReader(), DeskReader(), PictureReader(), PaymentsReader())
}
assert tuple(READERS) == READER_NAMES, "each reader is known by its name"


def reader_named(name: str) -> Reader:
    """Give a reader by name and version.

    Raises:
        UnknownTerm: There is none of that name.
    """
    return READERS[known_reader(name)]


def read_file(raw: bytes, *, file_name: str, reader: str, options: ReadOptions, packs: Packs) -> Container:
    """Read a file by the reader that is named, or else by the one that its bytes ask for.

    Args:
        reader: Name and version; empty: find out.

    Raises:
        BadInput: The file cannot be read at all.
        OverLimit: It is larger than a stated limit.
        UnknownTerm: There is no reader of that name.
    """
    if reader:
        return reader_named(reader).read(raw, options, packs)
    found = detect(raw, file_name, options.mapping)
    container = READERS[found].read(raw, options, packs)
    if found == TABLE and (doubt := doubt_of(raw, options, packs)):
        return replace(container, notes=(*container.notes, doubt))
    return container
