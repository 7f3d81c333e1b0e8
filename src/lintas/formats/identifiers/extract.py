# SPDX-License-Identifier: Apache-2.0
"""Find every identifier in a running text, with its place in the text as received."""

from bisect import bisect_left

from lintas.errors import OverLimit
from lintas.formats.identifiers import find_hosts, find_numbers, find_tokens
from lintas.formats.identifiers.canonical import implied
from lintas.formats.identifiers.outcome import with_flags
from lintas.formats.identifiers.refang import refang
from lintas.formats.identifiers.scan import Scan
from lintas.formats.packs import Packs
from lintas.limits import TEXT_CHARS_MAX
from lintas.model.identifier import Identifier, Mention

_FINDERS = (
    find_tokens.find_qr_texts,
    find_tokens.find_zones,
    find_hosts.find_urls,
    find_hosts.find_emails,
    find_tokens.find_handles,
    find_hosts.find_dotted,
    find_hosts.find_ipv6,
    find_tokens.find_ibans,
    find_tokens.find_tokens,
    find_tokens.find_references,
    find_numbers.find_numbers,
)  # from shapes that cannot be anything else to digits that can be many things


def extract(text: str, *, packs: Packs, region: str = "") -> tuple[Mention, ...]:
    """Find identifiers in a text, in its order.

    What is written defanged, in full width, in native digits or with invisible characters is undone and flagged; the
    place is that in the text as received: `text[m.start:m.end] == m.original`. Schemes with check digits are taken
    only when they check. Of overlapping readings the longest stands; what it implies (the host of a web address, the
    number inside a proxy) follows it as a mention of its own, flagged `of-SCHEME`.

    Args:
        text: At most TEXT_CHARS_MAX characters.
        region: ISO 3166-1 alpha-2 code in which national numbers are read; empty: those without a word before them
            are left.

    Raises:
        OverLimit: The text is too long.

    Shape: one scan for each kind of finder, O(characters); patterns are bounded, so hostile text costs no more.
    """
    if len(text) > TEXT_CHARS_MAX:
        raise OverLimit(f"A text has at most {TEXT_CHARS_MAX} characters; this one has {len(text)}.")
    made = refang(text)
    scan = Scan(made, packs.identifiers, region.upper())
    for find in _FINDERS:
        find(scan)
    mentions: list[Mention] = []
    for begin, finish, found in _longest(scan.found):
        start, end = made.span(begin, finish)
        flags = made.flags(begin, finish)
        mentions.append(Mention(with_flags(found, flags), start, end, text[start:end]))
        for inner in implied(found, packs=packs):
            inner_start, inner_end = _place(scan.text, begin, finish, found, inner)
            first, last = made.span(inner_start, inner_end)
            inner_flags = made.flags(inner_start, inner_end)
            mentions.append(Mention(with_flags(inner, inner_flags), first, last, text[first:last]))
    return tuple(mentions)


def _longest(found: list[tuple[int, int, Identifier]]) -> list[tuple[int, int, Identifier]]:
    """Keep the longest of overlapping readings, in the order of the text."""
    starts: list[int] = []
    kept: list[tuple[int, int, Identifier]] = []
    for one in sorted(found, key=lambda f: (f[0] - f[1], f[0])):
        place = bisect_left(starts, one[0])
        clear_before = place == 0 or kept[place - 1][1] <= one[0]
        if clear_before and (place == len(kept) or kept[place][0] >= one[1]):
            starts.insert(place, one[0])
            kept.insert(place, one)
    return kept


def _place(text: str, start: int, end: int, outer: Identifier, inner: Identifier) -> tuple[int, int]:
    """Say where an implied identifier stands: a host where it is written, everything else where its container is."""
    if outer.scheme == "url" and inner.scheme in ("domain", "ipv4", "ipv6"):
        place = text[start:end].lower().find(inner.value)
        if place >= 0:
            return start + place, start + place + len(inner.value)
    return start, end
