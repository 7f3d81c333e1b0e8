# SPDX-License-Identifier: Apache-2.0
"""What taking several files adds up to."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from lintas.model.ids import MessageId
from lintas.model.intake_answers import Rejection, Taken
from lintas.model.reading import Container
from lintas.work.intake.container_entry import rejected_of, used_of
from lintas.work.intake.piece import Piece


@dataclass(slots=True, kw_only=True)
class Tally:
    """A sum over files; `read = used + rejected` at every moment."""

    messages: list[str] = field(default_factory=list)
    intakes: list[str] = field(default_factory=list)
    formats: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    rejected: list[Rejection] = field(default_factory=list)
    duplicates: int = 0
    read: int = 0
    used: int = 0
    statements: int = 0
    identifiers: int = 0
    alerts: int = 0

    def add(self, file_name: str, container: Container, pieces: Sequence[Piece], intake: MessageId | None) -> None:
        """Count one file that was taken."""
        fresh = [piece.slice.derived for piece in pieces if piece.prepared is not None]
        self.read += container.read
        self.used += used_of(container)
        self.rejected += [Rejection(file=file_name, id=one.id, reason=one.reason) for one in rejected_of(container)]
        self.messages += [piece.id for piece in pieces]
        self.duplicates += len(pieces) - len(fresh)
        self.statements += sum(len(derived.statements) for derived in fresh)
        self.identifiers += sum(len(derived.postings) for derived in fresh)
        self.formats.append(container.format)
        self.notes += [f"{file_name}: {note}" for note in container.notes]
        if intake is not None:
            self.intakes.append(intake)

    def refuse(self, file_name: str, reason: str) -> None:
        """Count one file that could not be read at all."""
        self.read += 1
        self.rejected.append(Rejection(file=file_name, id="", reason=reason))

    def taken(self, *, seconds: float) -> Taken:
        """The answer."""
        return Taken(
            messages=self.messages,
            duplicates=self.duplicates,
            read=self.read,
            used=self.used,
            rejected=self.rejected,
            statements=self.statements,
            identifiers=self.identifiers,
            seconds=round(seconds, 3),
            intakes=self.intakes,
            formats=self.formats,
            notes=self.notes,
            alerts=self.alerts,
        )
