# SPDX-License-Identifier: Apache-2.0
"""Times as people write them: any text is a moment or is refused, and a moment comes back as it was shown."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import cast

from hypothesis import given
from hypothesis import strategies as st

from lintas.errors import BadInput
from lintas.work.duties import as_zone_text, moment_of
from lintas.work.services import Services, as_text

ZONES = ("UTC", "Asia/Kuala_Lumpur", "Europe/London", "Pacific/Apia", "Asia/Kathmandu")


@dataclass(frozen=True)
class _Config:
    time_zone: str


@dataclass(frozen=True)
class _Services:
    """The one part of the services that reading a time asks."""

    config: _Config


def at(zone: str) -> Services:
    return cast("Services", _Services(_Config(zone)))


def read(zone: str, text: str) -> datetime | BadInput:
    try:
        return moment_of(at(zone), text)
    except BadInput as refused:
        return refused


@given(st.text(max_size=50), st.sampled_from(ZONES))
def test_any_text_is_a_moment_or_is_refused(text: str, zone: str) -> None:
    found = read(zone, text)
    assert found.hint if isinstance(found, BadInput) else found.tzinfo is UTC


@given(st.datetimes(datetime(1990, 1, 1), datetime(2090, 1, 1)), st.sampled_from(ZONES))  # noqa: DTZ001  # of a zone
def test_what_a_form_shows_is_read_back_as_the_same_minute(local: datetime, zone: str) -> None:
    text = local.strftime("%Y-%m-%dT%H:%M")
    found = read(zone, text)
    if isinstance(found, BadInput):
        assert "leaves out" in found.message
    else:
        assert as_zone_text(at(zone), as_text(found)) == text
