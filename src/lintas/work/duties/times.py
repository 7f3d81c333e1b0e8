# SPDX-License-Identifier: Apache-2.0
"""Times as people write them, in the node's zone; kept as UTC."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from lintas.errors import BadInput
from lintas.work.services import Services, as_text

_HINT = "Write 2026-03-01 22:00; the node's time zone counts unless the text names another (2026-03-01T22:00+08:00)."


def moment_of(services: Services, text: str) -> datetime:
    """Read a date and time; without an offset it is of the node's time zone.

    Raises:
        BadInput: It is none, or none that the zone has, as in the hour that the clocks leave out.
    """
    try:
        found = datetime.fromisoformat(text.strip())
    except ValueError as exc:
        raise BadInput(f"{text[:40]!r} is no date and time.", hint=_HINT) from exc
    if len(text.strip()) <= len("2026-03-01"):
        raise BadInput(f"{text[:40]!r} says no time of day.", hint=_HINT)
    zone = ZoneInfo(services.config.time_zone)
    try:
        utc = (found if found.tzinfo else found.replace(tzinfo=zone)).astimezone(UTC)
        back = utc.astimezone(zone).replace(tzinfo=None)
    except OverflowError as exc:
        raise BadInput(f"{text[:40]!r} is no date and time.", hint=_HINT) from exc
    if found.tzinfo is None and back != found:
        raise BadInput(f"{text[:40]!r} is an hour that {services.config.time_zone} leaves out.", hint=_HINT)
    return utc


def as_zone_text(services: Services, moment: str) -> str:
    """A time of the log as a form shows it: of the node's zone, to the minute."""
    there = datetime.fromisoformat(moment).astimezone(ZoneInfo(services.config.time_zone))
    return there.strftime("%Y-%m-%dT%H:%M")


def stored(moment: datetime) -> str:
    """A time as the log holds it."""
    return as_text(moment.astimezone(UTC))
