# SPDX-License-Identifier: Apache-2.0
"""Dates and times in chats of the region: day first, year first, months by name, Buddhist years, today and yesterday.

A time is read only with its date: one that stands beside it, or that of the message in which it stands. Times are
those of the place where the text was written; which zone that is, its reader knows.
"""

import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from datetime import time as clock_time
from typing import Final, NamedTuple

_BUDDHIST: Final = 543  # years that the Thai calendar is ahead
_MONTH_FIRST: Final = frozenset({"PH", "US"})  # 03-01-2026 is the first of March there
_TWO_DIGITS_MAX: Final = 59  # 99 is no year of this century that anybody was paid in
_MONTH_WORDS: Final = (
    "january jan januari มกราคม ม.ค. มค",
    "february feb februari กุมภาพันธ์ ก.พ. กพ",
    "march mar mac maret มีนาคม มี.ค. มีค",
    "april apr เมษายน เม.ย. เมย",
    "may mei พฤษภาคม พ.ค. พค",
    "june jun juni มิถุนายน มิ.ย. มิย",
    "july jul julai juli กรกฎาคม ก.ค. กค",
    "august aug ogos agustus สิงหาคม ส.ค. สค",
    "september sep sept กันยายน ก.ย. กย",
    "october oct oktober okt ตุลาคม ต.ค. ตค",
    "november nov พฤศจิกายน พ.ย. พย",
    "december dec disember dis desember des ธันวาคม ธ.ค. ธค",
)
_MONTHS: Final = {word: number for number, words in enumerate(_MONTH_WORDS, 1) for word in words.split()}
_NAMES: Final = "|".join(re.escape(word) for word in sorted(_MONTHS, key=len, reverse=True))
_DAYS_AGO: Final = {
    "today": 0, "hari ini": 0, "tadi": 0, "วันนี้": 0, "今天": 0, "今日": 0, "hôm nay": 0,
    "yesterday": 1, "semalam": 1, "kelmarin": 1, "kemarin": 1, "เมื่อวานนี้": 1, "เมื่อวาน": 1, "昨天": 1, "昨晚": 1,
    "hôm qua": 1,
}  # fmt: skip
_RELATIVE: Final = "|".join(re.escape(word) for word in sorted(_DAYS_AGO, key=len, reverse=True))
_DATE: Final = re.compile(
    r"(?<![0-9./-])(?:"
    r"(?P<y1>[12][0-9]{3})\s?[-/.年]\s?(?P<m1>1[0-2]|0?[1-9])\s?[-/.月]\s?(?P<d1>3[01]|[12][0-9]|0?[1-9])(?:日|号)?"
    r"|(?P<m5>1[0-2]|0?[1-9])月(?P<d5>3[01]|[12][0-9]|0?[1-9])(?:日|号)"
    r"|(?P<d2>3[01]|[12][0-9]|0?[1-9])[-/.](?P<m2>1[0-2]|0?[1-9])[-/.](?P<y2>[12][0-9]{3}|[0-9]{2})"
    rf"|(?P<d3>3[01]|[12][0-9]|0?[1-9])(?:st|nd|rd|th)?[ -]{{0,2}}(?P<m3>{_NAMES})(?![a-z]),?[ -]{{0,2}}"
    r"(?P<y3>[12][0-9]{3}|[0-9]{2}(?![0-9:.]))?"
    rf"|(?<![a-z])(?P<m6>{_NAMES})\.?\s(?P<d6>3[01]|[12][0-9]|0?[1-9])(?:st|nd|rd|th)?,\s(?P<y6>[12][0-9]{{3}})"
    r"|(?:ngày )?(?P<d4>3[01]|[12][0-9]|0?[1-9]) tháng (?P<m4>1[0-2]|0?[1-9])(?:(?: năm |[/, ])(?P<y4>[12][0-9]{3}))?"
    r"|(?P<d7>3[01]|[12][0-9]|0?[1-9])/(?P<m7>1[0-2]|0?[1-9])(?=[@ ,]{1,2}[0-9]{1,2}:[0-9]{2})"  # of bank messages
    rf"|(?<![a-z])(?P<ago>{_RELATIVE})(?![a-z])"
    r")(?:(?<=[日号])|(?![0-9]|[./][0-9]))"
)
_TIME: Final = re.compile(
    r"(?<![0-9:.,])(?:(?P<part>上午|早上|凌晨|中午|下午|晚上)\s?)?"
    r"(?P<h>2[0-4]|[01]?[0-9])(?P<mark>[:：]|[.]|h|\s?giờ\s?|点|點|时|時)(?P<m>[0-5][0-9])(?:分)?(?::(?P<s>[0-5][0-9]))?"
    r"(?:\s?(?P<half>a\.?m\.?|p\.?m\.?|pagi|pg|tengah hari|petang|ptg|malam|"
    r"mlm|sáng|chiều|tối|น\.?|นาฬิกา)(?![a-z\u00df-\u024f\u1ea0-\u1ef9]))?"
    r"(?![0-9:]|\.[0-9])"
)
_AFTERNOON: Final = frozenset({"pm", "petang", "ptg", "malam", "mlm", "chiều", "tối", "下午", "晚上"})
_MORNING: Final = frozenset({"am", "pagi", "pg", "sáng", "上午", "早上", "凌晨"})
_NEAR_CHARS: Final = 14  # between a date and its time: a comma, “at”, “lúc”, “เวลา”, a weekday
_SENT: Final = re.compile(  # what chat programs write before a message
    r"^(?:\[[^\]\n]{6,40}\]|[0-9]{1,2}:[0-9]{2}(?:\s?[ap]m)?\t|"
    r"\S[^\n]{0,20}\d[^\n]{0,14} - |[^\n,]{1,40}, \[[^\]\n]{6,40}\]:?)"
)


class When(NamedTuple):
    """A date, with a time where one was said."""

    at: str  # 2026-03-01T10:32:00 or 2026-03-01: local
    start: int
    end: int
    is_sent: bool  # when a chat program says that the message was sent


def times(lower: str, region: str, today: date | None) -> Iterator[When]:
    """Find dates and times.

    Args:
        lower: The text in lower case and ASCII digits, place for place.
        region: ISO 3166-1 alpha-2: in Thailand, years of two digits are Buddhist.
        today: For what is said without a year, and for today and yesterday; None leaves them unread.
    """
    spans: list[tuple[int, int]] = []
    dates = [
        (match.start(), match.end(), day)
        for match in _DATE.finditer(lower)
        if (day := _day(match, region.upper(), today)) is not None
    ]
    clocks = [(match.start(), match.end(), read) for match in _TIME.finditer(lower) if (read := _clock(match))]
    clocks = [one for one in clocks if not any(start < one[1] and one[0] < end for start, end, _ in dates)]
    used: set[int] = set()
    for start, end, day in dates:
        near = _nearest(lower, start, end, clocks, used)
        if near is None:
            at, first, last = day.isoformat(), start, end
        else:
            used.add(near)
            clock = clocks[near]
            at = datetime.combine(day, clock[2]).isoformat()
            first, last = min(start, clock[0]), max(end, clock[1])
        spans.append((first, last))
        yield When(at, first, last, _is_sent(lower, first, last) or (near is None and _is_alone(lower, start, end)))
    # A time alone is of the day of its message: the last date that a chat program wrote before it.
    sent = [(start, day) for start, end, day in dates if _is_sent(lower, start, end) or _is_alone(lower, start, end)]
    for number, (start, end, clock_read) in enumerate(clocks):
        before = [day for place, day in sent if place < start]
        if number not in used and before:
            yield When(datetime.combine(before[-1], clock_read).isoformat(), start, end, _is_sent(lower, start, end))


def _day(match: re.Match[str], region: str, today: date | None) -> date | None:
    said = match.groupdict()
    if said["ago"]:
        return today - timedelta(days=_DAYS_AGO[said["ago"]]) if today else None
    form = next(number for number in "1234567" if said.get(f"d{number}"))
    day, written = int(said[f"d{form}"]), said[f"m{form}"]
    month = _MONTHS.get(written) or int(written)
    if region in _MONTH_FIRST and form in "27" and day <= 12:
        day, month = month, day
    year = said.get(f"y{form}") or ""
    number = _year(year, region) if year else today.year if today else 0
    if not number or (len(year) == 2 and number > 2000 + _TWO_DIGITS_MAX):
        return None
    try:
        found = date(number, month, day)
    except ValueError:  # the 31st of a month of 30, or a year before the first
        return None
    # without a year it is the last such day: people report what was, not what will be
    if not year and today and found > today + timedelta(days=1):
        found = found.replace(year=found.year - 1) if (found.month, found.day) != (2, 29) else found
    return found if 2000 <= found.year < 2100 else None


def _year(written: str, region: str) -> int:
    """The year of the common era: 2569 is 2026, and in Thailand 69 is too."""
    year = int(written)
    if len(written) == 2:
        return year + 2500 - _BUDDHIST if region == "TH" and year >= 60 else year + 2000
    return year - _BUDDHIST if year >= 2500 else year


def _clock(match: re.Match[str]) -> clock_time | None:
    hour, minute, second = int(match["h"]), int(match["m"]), int(match["s"] or 0)
    half = (match["half"] or match["part"] or "").replace(".", "")
    if match["mark"] == "." and not half:
        return None  # 10.30 is more often an amount
    if half in _AFTERNOON and 0 < hour < 12:
        hour += 12
    elif half in _MORNING and hour == 12:
        hour = 0
    elif half in _MORNING and hour > 12:
        return None
    return clock_time(hour, minute, second) if hour < 24 else None


def _nearest(lower: str, start: int, end: int, clocks: list[tuple[int, int, clock_time]], used: set[int]) -> int | None:
    """The time that stands on the same line as a date, right behind it or right before it."""
    best: tuple[int, int] | None = None
    for number, (first, last, _) in enumerate(clocks):
        gap = first - end if first >= end else start - last
        between = lower[end:first] if first >= end else lower[last:start]
        if number in used or not 0 <= gap <= _NEAR_CHARS or "\n" in between or any(c.isdigit() for c in between):
            continue
        if best is None or gap < best[0]:
            best = (gap, number)
    return best[1] if best else None


def _is_sent(lower: str, start: int, end: int) -> bool:
    line = lower[lower.rfind("\n", 0, start) + 1 : start + 80]
    head = _SENT.match(line)
    place = start - (lower.rfind("\n", 0, start) + 1)
    return bool(head and place + (end - start) <= head.end())


def _is_alone(lower: str, start: int, end: int) -> bool:
    """Whether a date has a line to itself, but for the name of the day: LINE writes one for each day."""
    first = lower.rfind("\n", 0, start) + 1
    last = lower.find("\n", end)
    rest = lower[first:start] + lower[end : last if last >= 0 else len(lower)]
    return len(rest) <= 24 and not any(char.isdigit() for char in rest)
