# SPDX-License-Identifier: Apache-2.0
"""The doors pack: per country, who answers, by which door its own power is used, how long that lasts, who is next.

Rows say where they come from and whether that was confirmed. What nobody confirmed warns, and no fast lane uses it.

Source: docs/spec/desk-packs.md.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Final, NamedTuple

from lintas.formats.forms import Term


class Via(StrEnum):
    """What kind of door."""

    POLICE_ORDER = "police_order"
    BANK_HOLD = "bank_hold"  # the bank holds by itself, once it is told
    PLATFORM = "platform"  # a national one, that reaches all banks
    EXCHANGE_LETTER = "exchange_letter"
    ISSUER_LETTER = "issuer_letter"  # to who issued a token
    COURT_ORDER = "court_order"


class Earmark(StrEnum):
    """Whether an amount can be held alone."""

    YES = "yes"
    NO = "no"  # only the whole account can be blocked
    UNKNOWN = "unknown"


class Unit(StrEnum):
    """What a clock counts in."""

    HOURS = "hours"
    CALENDAR_DAYS = "calendar_days"
    WORKING_DAYS = "working_days"


class Ends(StrEnum):
    """When the last of so many days ends."""

    SAME_TIME = "same_time"  # by the clock of the place, as it began
    END_OF_DAY = "end_of_day"  # at midnight after it, in the place


class Holiday(NamedTuple):
    """A day on which no office works."""

    on: date
    label: str
    source: str
    confirmed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """A span of a working day. Minutes since local midnight; `closes` of 1440 is the midnight after."""

    weekdays: frozenset[int]  # 0 is Monday
    opens: int
    closes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """Working time of a place."""

    zone: str  # of the IANA time zone database
    weekdays: frozenset[int]  # on which offices work; 0 is Monday
    holidays: tuple[Holiday, ...] = ()  # in the order of days
    source: str = ""
    confirmed: bool = False

    def holiday(self, on: date) -> Holiday | None:
        """Give the public holiday of a day."""
        return next((one for one in self.holidays if one.on == on), None)

    def is_working(self, on: date) -> bool:
        """Whether offices work on a day. A holiday that nobody confirmed moves no deadline: it warns alone."""
        holiday = self.holiday(on)
        return on.weekday() in self.weekdays and not (holiday and holiday.confirmed)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceDesk:
    """A desk that answers, in one country."""

    code: str
    label: str
    competences: frozenset[str]  # of the forms pack
    number: str  # as it is dialled in the country; empty if not known
    is_always_open: bool
    hours: tuple[Opening, ...]  # meaningless if it is always open; none if they are not known
    languages: tuple[str, ...]
    source: str
    confirmed: bool

    @property
    def knows_hours(self) -> bool:
        """Whether anybody said when it is open."""
        return self.is_always_open or bool(self.hours)


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """One way in which a power of a country is used."""

    code: str
    label: str
    power: str  # of the forms pack
    via: Via
    law: str  # act and section, as far as they are known; empty if not
    signs: str  # code of a rank
    form: str  # of the order or letter, in words; empty if not known
    language: str  # that it is written in
    contact: str  # code of a desk of the place; empty if none
    earmark: Earmark
    clock: str  # code of the clock that a hold through it runs by; empty if none is known
    source: str
    confirmed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockRow:
    """How long a power lasts."""

    code: str
    label: str
    power: str
    whose: str  # code: account of the suspect, the victim, anybody
    holder: str  # code: who holds the power
    starts: str  # code: the event that starts it
    length: int
    unit: Unit
    ends: Ends
    extensions: int  # how often it can be extended
    extension_length: int  # of each, in the same unit; 0 if that is not known, and a person says it
    then: str  # code: what follows when it ends
    source: str
    confirmed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Rung:
    """The next door when nobody answers."""

    code: str
    label: str
    after_s: int  # seconds since the request was sent
    form: str  # of the forms pack; empty for the same one again
    how: str  # what the officer does, in a sentence
    source: str
    confirmed: bool


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class Place:
    """One country, as a desk of another meets it. Compared by identity."""

    country: str  # two capital letters; empty for any other
    label: str
    zone: str
    languages: tuple[str, ...]
    calendar: Calendar
    desks: tuple[PlaceDesk, ...] = ()
    doors: tuple[Door, ...] = ()
    clocks: tuple[ClockRow, ...] = ()
    ladder: tuple[Rung, ...] = ()
    note: str = ""  # what nobody found out

    def __repr__(self) -> str:
        return f"Place({self.country or 'other'})"

    def desk(self, code: str) -> PlaceDesk | None:
        """Give a desk by its code."""
        return next((one for one in self.desks if one.code == code), None)

    def door(self, code: str) -> Door | None:
        """Give a door by its code."""
        return next((one for one in self.doors if one.code == code), None)

    def clock(self, code: str) -> ClockRow | None:
        """Give a clock by its code."""
        return next((one for one in self.clocks if one.code == code), None)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class Doors:
    """All places of a node. Compared by identity, so that it can key a cache."""

    default: Place
    places: Mapping[str, Place]
    terms: Mapping[str, Mapping[str, Term]] = field(default_factory=dict)  # via, earmark, rank, whose, starts, then …
    digest: str = ""  # SHA-256 of the pack's bytes, 64 lower-case hex digits

    def __repr__(self) -> str:
        return f"Doors({self.digest[:12]})"

    def of(self, country: str) -> Place:
        """Give a country's place, or the default one if it has none."""
        return self.places.get(country, self.default)

    def labels(self) -> dict[str, dict[str, str]]:
        """Give the English label of every code: table -> code -> label. Codes of rows are COUNTRY.CODE."""
        found = {table: {code: row.label for code, row in rows.items()} for table, rows in self.terms.items()}
        places = (self.default, *self.places.values())
        found["place"] = {one.country: one.label for one in places}
        found["desk"] = {f"{one.country}.{row.code}": row.label for one in places for row in one.desks}
        found["door"] = {f"{one.country}.{row.code}": row.label for one in places for row in one.doors}
        found["clock_row"] = {f"{one.country}.{row.code}": row.label for one in places for row in one.clocks}
        found["rung"] = {f"{one.country}.{row.code}": row.label for one in places for row in one.ladder}
        return found

    def texts(self) -> Iterator[str]:
        """Every text that a person reads, for translation; some come more than once. Sources stay as they are."""
        for rows in self.labels().values():
            yield from rows.values()
        yield from (row.sentence for rows in self.terms.values() for row in rows.values() if row.sentence)
        for place in (self.default, *self.places.values()):
            yield from (rung.how for rung in place.ladder)
            yield from (door.form for door in place.doors if door.form)
            yield from (holiday.label for holiday in place.calendar.holidays)
            if place.note:
                yield place.note


NO_DOORS: Final = Doors(  # of packs without a doors pack, as readers get them: nobody answers
    default=Place(
        country="",
        label="no doors pack",
        zone="UTC",
        languages=(),
        calendar=Calendar(zone="UTC", weekdays=frozenset(range(5)), source="no doors pack was given"),
    ),
    places={},
)
