# SPDX-License-Identifier: Apache-2.0
"""What taking files in answers, for pages, command line and API.

Field names are the contract of docs/design: they stay from the day they appear.
"""

import msgspec


class Rejection(msgspec.Struct, frozen=True):
    """A part of a file that could not be used."""

    file: str
    id: str
    reason: str


class Taken(msgspec.Struct, frozen=True):
    """What `take` did."""

    messages: list[str]  # ids of items, in the order of their files, duplicates included
    duplicates: int
    read: int
    used: int
    rejected: list[Rejection]
    statements: int
    identifiers: int
    seconds: float
    intakes: list[str] = []  # ids of the intake entries, one a file
    formats: list[str] = []  # what each file was read as, in words
    notes: list[str] = []
    alerts: int = 0


class IntakeLine(msgspec.Struct, frozen=True):
    """One taken file in a list."""

    id: str
    source: str
    file_name: str
    format: str
    taken_at: str
    read: int
    used: int
    rejected: int
    marking: str
