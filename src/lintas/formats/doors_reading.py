# SPDX-License-Identifier: Apache-2.0
"""Read the doors pack, strictly: a slip stops the start rather than send an officer to a door that is not there.

Source: docs/spec/desk-packs.md.
"""

import re
import tomllib
from collections.abc import Iterable, Mapping
from datetime import date
from functools import lru_cache
from hashlib import sha256
from typing import Annotated, Final, Literal, NoReturn, TypeVar
from zoneinfo import ZoneInfo

import msgspec

from lintas.errors import BadPack
from lintas.formats.doors import (
    Calendar,
    ClockRow,
    Door,
    Doors,
    Earmark,
    Ends,
    Holiday,
    Opening,
    Place,
    PlaceDesk,
    Rung,
    Unit,
    Via,
)
from lintas.formats.form_fields import CODE
from lintas.formats.forms import Term
from lintas.formats.forms_reading import Label, Sentence
from lintas.limits import CLOCK_LENGTH_MAX, EXTENSIONS_MAX, LEVEL_S_MAX, PLACE_ROWS_MAX

HINT: Final = "Compare it with the pack that came with Lintas; docs/spec/desk-packs.md says what each key means."
WEEKDAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
ALWAYS: Final = "24/7"
WARNINGS: Final = ("door_unconfirmed", "clock_unconfirmed", "clock_unknown", "law_unknown")  # that policy.doors says

_COUNTRY: Final = re.compile(r"[A-Z]{2}", re.ASCII)
_LANGUAGE: Final = re.compile(r"[a-z]{2,3}", re.ASCII)
_NUMBER: Final = r"^(\+?[0-9][0-9 ()-]{1,30})?$"
_SPAN: Final = re.compile(r"([A-Z][a-z]{2})(?:-([A-Z][a-z]{2}))? (\d\d):(\d\d)-(\d\d):(\d\d)", re.ASCII)

_Coded = TypeVar("_Coded", PlaceDesk, Door, ClockRow, Rung)
_Many = Annotated[int, msgspec.Meta(ge=1, le=CLOCK_LENGTH_MAX)]


class _Sourced(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    label: Label
    source: Sentence
    confirmed: bool


class _Term(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    label: Label
    sentence: Sentence | Literal[""] = ""


class _Holiday(_Sourced, frozen=True, forbid_unknown_fields=True):
    on: date


class _Desk(_Sourced, frozen=True, forbid_unknown_fields=True):
    code: str
    competences: tuple[str, ...]
    number: Annotated[str, msgspec.Meta(pattern=_NUMBER)] = ""
    hours: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()


class _Door(_Sourced, frozen=True, forbid_unknown_fields=True):
    code: str
    power: str
    via: Via
    signs: str
    earmark: Earmark
    law: Sentence | Literal[""] = ""
    form: Label | Literal[""] = ""
    language: str = ""
    contact: str = ""
    clock: str = ""


class _Clock(_Sourced, frozen=True, forbid_unknown_fields=True):
    code: str
    power: str
    whose: str
    holder: str
    starts: str
    length: _Many
    unit: Unit
    then: str
    ends: Ends = Ends.SAME_TIME
    extensions: Annotated[int, msgspec.Meta(ge=0, le=EXTENSIONS_MAX)] = 0
    extension_length: Annotated[int, msgspec.Meta(ge=0, le=CLOCK_LENGTH_MAX)] = 0


class _Rung(_Sourced, frozen=True, forbid_unknown_fields=True):
    code: str
    after_s: Annotated[int, msgspec.Meta(ge=0, le=LEVEL_S_MAX)]
    how: Sentence
    form: str = ""


class _Place(_Sourced, frozen=True, forbid_unknown_fields=True):
    zone: str
    languages: tuple[str, ...]
    weekdays: str
    note: Sentence | Literal[""] = ""
    holiday: tuple[_Holiday, ...] = ()
    desk: tuple[_Desk, ...] = ()
    door: tuple[_Door, ...] = ()
    clock: tuple[_Clock, ...] = ()
    rung: tuple[_Rung, ...] = ()


class _Everywhere(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    desk: tuple[_Desk, ...] = ()
    door: tuple[_Door, ...] = ()
    clock: tuple[_Clock, ...] = ()
    rung: tuple[_Rung, ...] = ()


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    version: Literal[1]
    term: dict[str, dict[str, _Term]]
    default: _Place
    everywhere: _Everywhere = _Everywhere()
    place: dict[str, _Place] = {}


_Given = TypeVar("_Given", _Desk, _Door, _Clock, _Rung)


@lru_cache(maxsize=4)  # a node reads it once; tests start many
def parse_doors(raw: bytes) -> Doors:
    """Read the doors pack.

    Raises:
        BadPack: It does not hold to its schema, or a row names another that is not there; the hint says what to mend.
    """
    try:
        file = msgspec.convert(tomllib.loads(raw.decode("utf-8")), _File)
    except (ValueError, RecursionError) as exc:  # of UTF-8, TOML and the schema: all are ValueErrors
        raise BadPack(f"packs/doors.toml: {exc}.", hint=HINT) from exc
    terms = {
        table: {_code(f"term.{table}", code): _term(code, row) for code, row in rows.items()}
        for table, rows in file.term.items()
    }
    for code in WARNINGS:
        _known("the code", "warning", code, terms)
    for country in file.place:
        if not _COUNTRY.fullmatch(country):
            _refuse(f"[place.{country[:40]!r}] is no country", "Two capital letters of ISO 3166-1: MY, SG, TH.")
    return Doors(
        default=_place("", file.default, file.everywhere, terms),
        places={country: _place(country, row, file.everywhere, terms) for country, row in file.place.items()},
        terms=terms,
        digest=sha256(raw).hexdigest(),
    )


def _term(code: str, row: _Term) -> Term:
    return Term(code=code, label=row.label, sentence=row.sentence)


def _place(country: str, row: _Place, everywhere: _Everywhere, terms: Mapping[str, Mapping[str, Term]]) -> Place:
    where = f"place.{country}" if country else "default"
    desks = [_desk(where, one) for one in _over(everywhere.desk, row.desk)]
    clocks = [_clock(where, one, terms) for one in _over(everywhere.clock, row.clock)]
    doors = [_door(where, one, terms) for one in _over(everywhere.door, row.door)]
    rungs = [_rung(where, one) for one in _over(everywhere.rung, row.rung)]
    made = Place(
        country=country,
        label=row.label,
        zone=_zone(where, row.zone),
        languages=_languages(where, row.languages),
        calendar=_calendar(where, row),
        desks=_unlike(f"{where}.desk", desks),
        doors=_unlike(f"{where}.door", doors),
        clocks=_unlike(f"{where}.clock", clocks),
        ladder=tuple(sorted(_unlike(f"{where}.rung", rungs), key=lambda one: one.after_s)),
        note=row.note,
    )
    for door in made.doors:
        if door.contact and made.desk(door.contact) is None:
            _refuse(
                f"{where} has the door {door.code!r} with the contact {door.contact[:40]!r}", "No desk is called so."
            )
        if door.clock and made.clock(door.clock) is None:
            _refuse(f"{where} has the door {door.code!r} with the clock {door.clock[:40]!r}", "No clock is called so.")
    return made


def _over(everywhere: tuple[_Given, ...], own: tuple[_Given, ...]) -> tuple[_Given, ...]:
    """A country's own rows, and after them those of everywhere that it does not replace by one of the same code."""
    replaced = {one.code for one in own}
    return own + tuple(one for one in everywhere if one.code not in replaced)


def _calendar(where: str, row: _Place) -> Calendar:
    days = sorted(row.holiday, key=lambda one: one.on)
    if len(days) > PLACE_ROWS_MAX or len({one.on for one in days}) < len(days):
        _refuse(f"{where} has a holiday twice, or more than {PLACE_ROWS_MAX}", "One row for each day.")
    return Calendar(
        zone=row.zone,
        weekdays=_weekdays(f"{where}.weekdays", row.weekdays),
        holidays=tuple(Holiday(one.on, one.label, one.source, one.confirmed) for one in days),
        source=row.source,
        confirmed=row.confirmed,
    )


def _desk(where: str, row: _Desk) -> PlaceDesk:
    is_always = row.hours == (ALWAYS,)
    return PlaceDesk(
        code=_code(f"{where}.desk", row.code),
        label=row.label,
        competences=frozenset(_code(f"{where}.desk.{row.code}.competences", one) for one in row.competences),
        number=row.number,
        is_always_open=is_always,
        hours=() if is_always else tuple(_opening(f"{where}.desk.{row.code}", one) for one in row.hours),
        languages=_languages(f"{where}.desk.{row.code}", row.languages),
        source=row.source,
        confirmed=row.confirmed,
    )


def _door(where: str, row: _Door, terms: Mapping[str, Mapping[str, Term]]) -> Door:
    here = f"{where}.door.{row.code[:40]}"
    for table, code in (("rank", row.signs), ("via", row.via), ("earmark", row.earmark)):
        _known(here, table, code, terms)
    return Door(
        code=_code(f"{where}.door", row.code),
        label=row.label,
        power=_code(here, row.power),
        via=row.via,
        law=row.law,
        signs=row.signs,
        form=row.form,
        language=row.language and _languages(here, (row.language,))[0],
        contact=row.contact,
        earmark=row.earmark,
        clock=row.clock,
        source=row.source,
        confirmed=row.confirmed,
    )


def _clock(where: str, row: _Clock, terms: Mapping[str, Mapping[str, Term]]) -> ClockRow:
    here = f"{where}.clock.{row.code[:40]}"
    for table, code in (("whose", row.whose), ("holder", row.holder), ("starts", row.starts), ("then", row.then)):
        _known(here, table, code, terms)
    _known(here, "unit", row.unit, terms)
    if row.extension_length and not row.extensions:
        _refuse(f"{here} says how long an extension is, but has none", "extensions = 1")
    return ClockRow(
        code=_code(f"{where}.clock", row.code),
        label=row.label,
        power=_code(here, row.power),
        whose=row.whose,
        holder=row.holder,
        starts=row.starts,
        length=row.length,
        unit=row.unit,
        ends=row.ends,
        extensions=row.extensions,
        extension_length=row.extension_length,
        then=row.then,
        source=row.source,
        confirmed=row.confirmed,
    )


def _rung(where: str, row: _Rung) -> Rung:
    return Rung(
        code=_code(f"{where}.rung", row.code),
        label=row.label,
        after_s=row.after_s,
        form=row.form and _code(f"{where}.rung.{row.code}", row.form),
        how=row.how,
        source=row.source,
        confirmed=row.confirmed,
    )


def _unlike(where: str, rows: Iterable[_Coded]) -> tuple[_Coded, ...]:
    found: dict[str, _Coded] = {}
    for one in rows:
        if one.code in found:
            _refuse(f"{where} has {one.code!r} twice", "Codes of one country differ.")
        found[one.code] = one
    if len(found) > PLACE_ROWS_MAX:
        _refuse(f"{where} has {len(found)} rows", f"At most {PLACE_ROWS_MAX}.")
    return tuple(found.values())


def _zone(where: str, name: str) -> str:
    try:
        return ZoneInfo(name).key
    except (ValueError, OSError, LookupError):  # no key, a folder of zones, or none of that name
        _refuse(f"{where} has the zone {name[:40]!r}", "Zones are those of the IANA database: Asia/Bangkok.")


def _weekdays(where: str, text: str) -> frozenset[int]:
    """Read `Mon-Fri` or `Sun-Thu`, or single days parted by spaces."""
    found: set[int] = set()
    for part in text.split():
        first, _, last = part.partition("-")
        if first not in WEEKDAYS or (last or first) not in WEEKDAYS:
            _refuse(f"{where} has the days {text[:40]!r}", 'Write "Mon-Fri", or "Mon-Thu Sat".')
        start, end = WEEKDAYS.index(first), WEEKDAYS.index(last or first)
        found |= {day % 7 for day in range(start, end + 1 if end >= start else end + 8)}
    if not found:
        _refuse(f"{where} has no day", 'Write "Mon-Fri".')
    return frozenset(found)


def _opening(where: str, text: str) -> Opening:
    """Read `Mon-Fri 08:00-17:00`."""
    found = _SPAN.fullmatch(text)
    if found is None:
        _refuse(f"{where} has the hours {text[:40]!r}", f'Write "Mon-Fri 08:00-17:00", or "{ALWAYS}" alone.')
    first, last, *clock = found.groups()
    opens, closes = int(clock[0]) * 60 + int(clock[1]), int(clock[2]) * 60 + int(clock[3])
    if int(clock[1]) > 59 or int(clock[3]) > 59 or not opens < closes <= 1440:
        _refuse(f"{where} has the hours {text[:40]!r}", "They end after they begin, at 24:00 at the latest.")
    return Opening(weekdays=_weekdays(where, f"{first}-{last or first}"), opens=opens, closes=closes)


def _languages(where: str, codes: tuple[str, ...]) -> tuple[str, ...]:
    for code in codes:
        if not _LANGUAGE.fullmatch(code):
            _refuse(f"{where} has the language {code[:40]!r}", "Languages are those of ISO 639: ms, th, zh.")
    return codes


def _code(where: str, code: str) -> str:
    if not CODE.fullmatch(code):
        _refuse(f"{where} has {code[:40]!r}, which is no code", "Lower-case letters, digits, '.', '_' and '-'.")
    return code


def _known(where: str, table: str, code: str, terms: Mapping[str, Mapping[str, Term]]) -> None:
    rows = terms.get(table, {})
    if code not in rows:
        _refuse(
            f"{where} names {code[:64]!r}, which [term.{table}] does not have",
            f"Add [term.{table}.{code[:64]}], or use one of {', '.join(sorted(rows)) or 'none'}.",
        )


def _refuse(what: str, hint: str) -> NoReturn:
    raise BadPack(f"packs/doors.toml: {what}.", hint=hint)
