# SPDX-License-Identifier: Apache-2.0
"""One slice of a file on its way into the log."""

from dataclasses import dataclass

from lintas.model.ids import MessageId
from lintas.model.marking import Marking
from lintas.model.reading import Slice
from lintas.work.appending import Prepared


@dataclass(slots=True, kw_only=True)
class Piece:
    """One slice on its way in: its bytes, its tag, and the message made of it or already held."""

    slice: Slice
    data: bytes
    tag: bytes
    marking: Marking
    prepared: Prepared | None = None
    held: MessageId | None = None

    @property
    def id(self) -> MessageId:
        """The message that holds it."""
        if self.held is not None:
            return self.held
        assert self.prepared is not None
        return self.prepared.id
