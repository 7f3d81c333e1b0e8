# SPDX-License-Identifier: Apache-2.0
"""What finding and showing answer, for pages, command line and API.

Field names are the contract of docs/design: they stay from the day they appear.
"""

import msgspec

from lintas.model.intake_answers import Rejection


class Grounds(msgspec.Struct, frozen=True):
    """Who says so, when, under which marking and grading."""

    message: str
    originator: str
    taken_at: str
    marking: str  # "TLP:AMBER+STRICT"
    grading: str
    source: str = ""
    intake: str = ""


class FoundEntity(msgspec.Struct, frozen=True):
    """An entity that carries what was searched."""

    id: str
    schema: str
    caption: str
    prop: str  # property in which it was found
    messages: list[str]  # ids of the messages that say so
    snippet: str = ""  # the text around a found word
    flags: list[str] = []


class FindResult(msgspec.Struct, frozen=True):
    """One row a term, in order, misses too."""

    term: str
    scheme: str  # empty for words and for terms of no known scheme
    value: str  # canonical value that was looked up
    entities: list[FoundEntity]
    sources: list[Grounds]
    benign: list[str]  # why a hit on this value weighs little
    how: str = "exact"  # exact | prefix | words
    more: bool = False  # there are more than are shown
    note: str = ""  # "none that you may see", or what else the term could have been


class Found(msgspec.Struct, frozen=True):
    """The answer to a find."""

    results: list[FindResult]
    seconds: float = 0.0
    access: str = ""  # id of the access entry that was written before this left


class Filters(msgspec.Struct, frozen=True, kw_only=True):
    """Narrow a find; empty means all."""

    scheme: str = ""
    area: str = ""
    source: str = ""  # part of the source's name
    since: str = ""  # RFC 3339 date or time: taken at or after
    until: str = ""
    tlp: str = ""  # exactly this label


class StatementShown(msgspec.Struct, frozen=True):
    """One statement on a page."""

    prop: str
    kind: str
    value: str
    message: str
    entity: str = ""
    target: str = ""  # caption of the entity it points at
    confidence: int = -1
    valid_from: str = ""
    valid_until: str = ""


class IdentifierShown(msgspec.Struct, frozen=True):
    """One identifier on a page."""

    scheme: str
    label: str
    value: str
    strength: str
    country: str
    prop: str
    flags: list[str]
    original: str
    entity: str
    message: str
    benign: list[str]


class EntityShown(msgspec.Struct, frozen=True):
    """Everything the viewer may see of one entity, source by source."""

    id: str
    schema: str
    caption: str
    also: list[str]  # other captions that other sources give
    statements: list[StatementShown]
    incoming: list[StatementShown]
    identifiers: list[IdentifierShown]
    sources: list[Grounds]
    tlp: str  # strictest marking on the page, for the banner
    more: bool = False
    masked: bool = False  # something of it is masked for this reader
    unmasked: bool = False
    classes: list[str] = []  # protected classes of its sources


class EntityLine(msgspec.Struct, frozen=True):
    """One entity in a list."""

    id: str
    schema: str
    caption: str


class Unmasking(msgspec.Struct, frozen=True):
    """Somebody saw what is masked in a message."""

    by: str
    at: str
    purpose: str


class MessageShown(msgspec.Struct, frozen=True):
    """One message: as received, derived, rejected, marking, proof."""

    id: str
    seq: int
    kind: str
    media_type: str
    grounds: Grounds
    marking: dict[str, object]
    marking_label: str
    erased: bool
    size_bytes: int
    received: str  # the payload as text, cut at `received_cut` characters; empty when binary or erased
    received_cut: bool
    entities: list[EntityLine]
    statements: list[StatementShown]
    identifiers: list[IdentifierShown]
    intakes: list[str]
    header: str  # canonical JSON, indented for reading
    key_id: str
    notes: list[str] = []
    rejected: list[Rejection] = []  # of its intake, when this is an intake
    items: list[str] = []  # of an intake
    classes: list[str] = []  # protected classes that it is of now
    masked: bool = False  # this reader sees it masked: what it says is withheld
    unmasked: bool = False  # it would be masked, and was unmasked for this view
    watermark: bool = False  # what is printed or saved of it names who did it
    no_export: bool = False  # it is shown and never saved
    unmasked_by: list[Unmasking] = []  # who unmasked it, for those who answer for it


class ClassChanged(msgspec.Struct, frozen=True):
    """What `class add` or `class release` did."""

    code: str
    messages: list[str]  # that were named, and those of a taken file that was named
    changed: int  # entries that got or lost the class: with what was released of them, and their alerts
