# SPDX-License-Identifier: Apache-2.0
"""What a question is narrowed to: filters read once, and refused when they cannot mean anything.

A filter that was misspelt would answer «none», which an officer reads as «nobody holds it».
"""

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta

from lintas.errors import BadInput, UnknownTerm
from lintas.formats.packs import Packs
from lintas.matching.grams import fold
from lintas.model.find_answers import Filters
from lintas.model.found import MessageHead
from lintas.model.marking import Tlp
from lintas.work.services import as_text

_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


class Narrowing:
    """The filters of one question.

    Args:
        filters: As asked. A date alone is a day of UTC: `since` begins with it, `until` ends with it.
        packs: What names of schemes and crime areas there are.

    Raises:
        BadInput: A time or a label cannot be read.
        UnknownTerm: There is no such scheme or crime area.
    """

    def __init__(self, filters: Filters, packs: Packs) -> None:
        self.is_open = not any((filters.area, filters.source, filters.since, filters.until, filters.tlp))
        if filters.scheme and filters.scheme not in packs.identifiers.schemes:
            known = ", ".join(sorted(packs.identifiers.schemes))
            raise UnknownTerm(f"{filters.scheme[:40]!r} is no kind of identifier.", hint=f"Known: {known}.")
        if filters.area and filters.area not in packs.areas:
            raise UnknownTerm(
                f"{filters.area[:40]!r} is no crime area.", hint=f"Known: {', '.join(sorted(packs.areas))}."
            )
        self.scheme = filters.scheme
        self._area = filters.area
        self._source = fold(filters.source)
        self._since = moment(filters.since, days=0) if filters.since else ""
        self._until = moment(filters.until, days=1) if filters.until else ""
        self._tlp = Tlp.from_text(filters.tlp) if filters.tlp else None

    def passes(self, head: MessageHead, areas: Iterable[str]) -> bool:
        """Say whether a message is among those asked for."""
        if self._area and self._area not in areas:
            return False
        if self._source and self._source not in fold(head.source):
            return False
        # both are RFC 3339 UTC of one width, so text order is time
        if self._since and head.created_at < self._since:
            return False
        if self._until and head.created_at >= self._until:
            return False
        return self._tlp is None or head.tlp == self._tlp

    @property
    def wants_areas(self) -> bool:
        """Whether headers must be read for their areas."""
        return bool(self._area)


def moment(text: str, *, days: int) -> str:
    """Bring a date, or a date with time and zone, to the form in which headers have theirs."""
    problem = BadInput(f"{text[:40]!r} is no date or time.", hint="Write 2025-11-03, or 2025-11-03T08:00:00+08:00.")
    try:
        if _DATE.fullmatch(text):
            day = date.fromisoformat(text) + timedelta(days=days)
            return as_text(datetime(day.year, day.month, day.day, tzinfo=UTC))
        read = datetime.fromisoformat(text)
        if read.tzinfo is None:
            raise problem
        return as_text(read.astimezone(UTC))
    except (ValueError, OverflowError) as exc:
        raise problem from exc
