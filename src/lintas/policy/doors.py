# SPDX-License-Identifier: Apache-2.0
"""Which desk answers, through which doors its power is used, and who is next when nobody answers.

A foreign request creates no power: these are the doors of the desk that answers, under its own law. What nobody
confirmed is said to be unconfirmed, and is no door of a fast lane.

Source: docs/spec/desk-packs.md; architecture, section 7.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from lintas.formats.doors import ClockRow, Door, Doors, Earmark, Place, PlaceDesk, Rung
from lintas.formats.form_fields import is_empty, wrong_value
from lintas.formats.forms import Form, Forms
from lintas.policy.clocks import deadline

_EARMARKED: Final = frozenset({"hold", "freeze", "protect"})  # powers over money: is it the amount, or the account?


@dataclass(frozen=True, slots=True, kw_only=True)
class RungShown:
    """One rung of the ladder, as an officer sees it."""

    rung: Rung
    opens_at: datetime  # UTC: from when on it is offered
    is_due: bool
    was_tried: bool


def doors_for(place: Place, power: str) -> tuple[Door, ...]:
    """Give the doors through which a power is used in a place, confirmed ones first, else in the pack's order."""
    found = [door for door in place.doors if door.power == power]
    return tuple(sorted(found, key=lambda door: not door.confirmed))


def fast_doors(place: Place, power: str) -> tuple[Door, ...]:
    """Give the doors that a fast lane may use: confirmed ones, whose clock is known and confirmed as well."""
    return tuple(
        door
        for door in doors_for(place, power)
        if door.confirmed and (clock := clock_of(place, door)) is not None and clock.confirmed
    )


def clock_of(place: Place, door: Door) -> ClockRow | None:
    """Give the clock that a power runs by that is used through a door; None if nobody knows how long it lasts."""
    return place.clock(door.clock) if door.clock else None


def review_clock(place: Place) -> ClockRow | None:
    """Give the clock by which an authority reviews its order after a correction."""
    return next((row for row in place.clocks if row.starts == "corrected"), None)


def competent(place: Place, form: Form) -> PlaceDesk | None:
    """Give the desk of a place that answers a form; None if nobody knows of one.

    The place's first desk with the competence: the pack's order is the order in which they are asked.
    """
    return next((desk for desk in place.desks if form.competence in desk.competences), None)


def second_desk(place: Place, form: Form, first: PlaceDesk | None) -> PlaceDesk | None:
    """Give the desk to turn to when the first one does not answer; None if nobody knows of one."""
    code = first.code if first else ""
    return next((desk for desk in place.desks if form.competence in desk.competences and desk.code != code), None)


def ladder(place: Place, asked_at: datetime, tried: Iterable[str], now: datetime) -> tuple[RungShown, ...]:
    """Say which doors stand behind a request that nobody acknowledged.

    Args:
        asked_at: When it was sent, by this node's clock. Aware.
        tried: Codes of the rungs that were tried before.
        now: Aware.

    Returns:
        Every rung of the place, in the order in which they open; those that are not due yet say when they are.
    """
    done = frozenset(tried)
    shown = []
    for rung in place.ladder:
        opens_at = asked_at.astimezone(UTC) + timedelta(seconds=rung.after_s)
        shown.append(RungShown(rung=rung, opens_at=opens_at, is_due=now >= opens_at, was_tried=rung.code in done))
    return tuple(shown)


def rung_form(forms: Forms, rung: Rung, asked: Form) -> Form | None:
    """Give the form that a rung fills: its own, or the request's once more; None if the forms pack lacks it."""
    return forms.forms.get(rung.form) if rung.form else asked


def filled(form: Form, fields: Mapping[str, Any]) -> dict[str, Any]:
    """Fill a form from the fields of another: what has the same code and holds to this form; the rest stays empty.

    A code means the same in every form. What does not fit is left out rather than bent.
    """
    return {
        one.code: fields[one.code]
        for one in form.fields
        if not is_empty(fields.get(one.code)) and not wrong_value(one.kind, fields[one.code], one.codes)
    }


def missing(form: Form, fields: Mapping[str, Any]) -> tuple[str, ...]:
    """Name the fields that a person still has to fill in, by their labels."""
    return tuple(one.label for one in form.fields if one.mandatory and is_empty(fields.get(one.code)))


def warnings(doors: Doors, place: Place, door: Door) -> tuple[str, ...]:
    """Say what an officer must know before deciding through a door, in sentences of the pack, for translation each.

    The first is about what can be held; the others about what nobody confirmed.
    """
    found = []
    if door.power in _EARMARKED and door.earmark is not Earmark.YES:
        found.append(doors.terms["earmark"][door.earmark])
    clock = clock_of(place, door)
    for holds, code in (
        (not door.confirmed, "door_unconfirmed"),
        (clock is None, "clock_unknown"),
        (clock is not None and not clock.confirmed, "clock_unconfirmed"),
        (not door.law, "law_unknown"),
    ):
        if holds:
            found.append(doors.terms["warning"][code])
    return tuple(term.sentence or term.label for term in found)


def expires(place: Place, door: Door, at: datetime) -> datetime | None:
    """Say when a power ends that is used through a door at an instant; None if nobody knows, and a person says it.

    The end of an unconfirmed clock is given too: it is a proposal, and `warnings` says so.
    """
    clock = clock_of(place, door)
    return None if clock is None else deadline(at, clock, place.calendar)


def outlasts(place: Place, door: Door, at: datetime, end: datetime) -> bool:
    """Whether an order through a door would end later than its clock lets it: only a confirmed one says so."""
    clock = clock_of(place, door)
    return clock is not None and clock.confirmed and end > deadline(at, clock, place.calendar)


def review_due(place: Place, at: datetime) -> datetime | None:
    """Say until when an authority reviews an order that was corrected at an instant; None if no clock says so."""
    clock = review_clock(place)
    return None if clock is None else deadline(at, clock, place.calendar)
