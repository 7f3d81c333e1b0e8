# SPDX-License-Identifier: Apache-2.0
"""Readers of foreign bytes, wherever they run."""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple, Protocol

from lintas.errors import LintasError
from lintas.model.picture import PictureCodes
from lintas.model.reading import Container, Derived, ReadOptions
from lintas.model.recall import Resolution


class DeriveJob(NamedTuple):
    """One message to be read again."""

    reader: str
    raw: bytes
    media_type: str
    options: ReadOptions
    packs: Mapping[str, bytes]


class Readers(Protocol):
    """Cuts files into messages and says what they state. Never raises anything but our errors."""

    def read(
        self, raw: bytes, *, file_name: str, reader: str | None, options: ReadOptions, packs: Mapping[str, bytes]
    ) -> Container:
        """Read one file; `reader` None means: find out what it is.

        Raises:
            Malformed: It cannot be read at all.
            SandboxLimit: Reading it reached a limit, which is named.
        """

    def derive(self, jobs: Sequence[DeriveJob]) -> list[Derived]:
        """Read messages again, each with the reader, options and packs recorded when it was taken."""

    def derive_each(self, jobs: Sequence[DeriveJob]) -> Iterator[Derived | LintasError]:
        """Read messages, in order: what each says, or what kept it from being read; one costs no other."""

    def guess_mapping(self, raw: bytes, *, options: ReadOptions, packs: Mapping[str, bytes]) -> str:
        """Guess how a table's columns are meant: canonical JSON, with a reason for each column.

        Raises:
            Malformed: It is no table.
        """

    def read_codes(self, raw: bytes) -> PictureCodes:
        """Find the QR codes in a picture: a photo or screenshot of a payment slip.

        Raises:
            OverLimit: It has too many bytes or pixels.
            Malformed: It is no PNG or JPEG, or is broken.
            SandboxLimit: Reading it reached a limit, which is named.
        """

    def read_resolution(self, raw: bytes) -> Resolution:
        """Read what a bank says came of a recall: a camt.029.

        Raises:
            OverLimit: It is larger than a message may be.
            Malformed: It is none; the message says why.
            SandboxLimit: Reading it reached a limit, which is named.
        """
