# SPDX-License-Identifier: Apache-2.0
"""What the doors pack says of the place where a request is answered, as pages show it."""

from lintas.formats.doors import Door, Place, PlaceDesk
from lintas.model.desk_answers import DeskShown, DoorShown
from lintas.policy.clocks import deadline, is_open, opens_next
from lintas.policy.doors import clock_of, doors_for, warnings
from lintas.work.services import Services, as_text


def desk_shown(services: Services, country: str, desk: PlaceDesk | None) -> DeskShown | None:
    """The desk that answers, and whether it is open now; None if the pack knows of none."""
    if desk is None:
        return None
    calendar, now = services.packs.doors.of(country).calendar, services.clock.now()
    opens = opens_next(desk, calendar, now)
    return DeskShown(
        code=desk.code,
        label=desk.label,
        number=desk.number,
        languages=list(desk.languages),
        is_open=is_open(desk, calendar, now),
        opens_next="" if opens is None else as_text(opens),
        confirmed=desk.confirmed,
        source=desk.source,
    )


def doors_shown(services: Services, country: str, power: str) -> list[DoorShown]:
    """The doors through which a place uses a power: earmark or whole account, who signs, what nobody confirmed."""
    place = services.packs.doors.of(country)
    return [door_shown(services, place, door) for door in doors_for(place, power)]


def door_shown(services: Services, place: Place, door: Door) -> DoorShown:
    """One door, with when a power used through it now would end."""
    return DoorShown(
        country=place.country,
        code=door.code,
        via=door.via.value,
        law=door.law,
        signs=door.signs,
        form=door.form,
        language=door.language,
        contact=door.contact,
        earmark=door.earmark.value,
        clock=door.clock,
        confirmed=door.confirmed,
        source=door.source,
        warnings=list(warnings(services.packs.doors, place, door)),
        expires_at=expiry_of(services, place, door),
    )


def expiry_of(services: Services, place: Place, door: Door) -> str:
    """When a power used through a door now ends; empty when nobody knows how long it lasts."""
    row = clock_of(place, door)
    return "" if row is None else as_text(deadline(services.clock.now(), row, place.calendar))
