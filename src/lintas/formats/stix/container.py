# SPDX-License-Identifier: Apache-2.0
"""Where the STIX objects of a file stand: in a bundle, a TAXII envelope, a list, a TAXII data set, or alone."""

import re
from typing import Final, NamedTuple

import msgspec

from lintas.errors import Malformed, OverLimit
from lintas.formats.stix.spans import Span, elements, members, mended, skip_space
from lintas.limits import ITEMS_PER_FILE_MAX

DATA_SET_DEPTH_MAX: Final = 8  # nested levels that are searched for collections; a TAXII data set has 3
LIST_START_BYTES: Final = 4096  # bytes of a list within which its first object must begin
BOM: Final = b"\xef\xbb\xbf"

_ID: Final = re.compile(r"[a-z0-9][a-z0-9-]*--[0-9a-fA-F-]{8,}", re.ASCII)
_HOLDS_OBJECTS: Final = re.compile(rb'"objects"[ \t\r\n]*:[ \t\r\n]*\[')
_SAYS_BUNDLE: Final = re.compile(rb'"type"[ \t\r\n]*:[ \t\r\n]*"bundle"|"(?:id|bundle)"[ \t\r\n]*:[ \t\r\n]*"bundle--')


class Located(NamedTuple):
    """The objects of a file, as pieces of it."""

    form: str  # bundle | envelope | list | data set | object
    version: str  # what the bundle says of its version, empty when it says nothing
    objects: tuple[Span, ...]


class _Head(msgspec.Struct):
    type: object = None
    id: object = None


_HEAD: Final = msgspec.json.Decoder(_Head)


def looks_like_json(raw: bytes) -> bool:
    """Say whether a file starts as a JSON object or array does."""
    start = skip_space(raw, len(BOM) if raw.startswith(BOM) else 0)
    return raw[start : start + 1] in (b"{", b"[")


def says_bundle(raw: bytes) -> bool:
    """Say whether a file, broken or not, claims to be a STIX bundle."""
    return _SAYS_BUNDLE.search(raw) is not None


def holds_stix(raw: bytes) -> bool:
    """Say whether a file is JSON that holds STIX objects in a form that is read here."""
    try:
        return bool(locate(raw).form)
    except OverLimit:
        return True
    except Malformed:
        return False


def locate(raw: bytes) -> Located:
    """Find the STIX objects of a file.

    Raises:
        Malformed: It is no JSON, or holds no STIX.
        OverLimit: It holds more objects than one file may.
    """
    try:
        return _locate(raw)
    except Malformed:
        whole_characters = mended(raw)
        if whole_characters == raw:
            raise
    return _locate(whole_characters)


def _locate(raw: bytes) -> Located:
    start = skip_space(raw, len(BOM) if raw.startswith(BOM) else 0)
    whole = Span(start, len(raw))
    first = raw[start : start + 1]
    if first == b"[":
        # A list of numbers may have millions of elements; only one with an object near its start is gone through.
        spans = elements(raw, whole) if b"{" in raw[start : start + LIST_START_BYTES] else []
        found = Located("list", "", _bounded(spans)) if _any_stix(raw, spans) else _data_set(raw, whole)
    elif first == b"{":
        found = _of_object(raw, whole)
    else:
        raise Malformed("The file is no JSON.", hint="A STIX file starts with a brace and is in UTF-8.")
    if not found.form:
        raise Malformed("The file is JSON, but holds no STIX objects.")
    return found


def _of_object(raw: bytes, whole: Span) -> Located:
    parts = dict(members(raw, whole))
    head = _head(raw, whole)
    objects = parts.get("objects")
    if head.type == "bundle":
        version = _text(raw, parts.get("spec_version"))
        if objects is None:
            return Located("bundle", version, ())
        if raw[objects.start : objects.start + 1] != b"[":
            raise Malformed("The bundle's objects are no list.")
        return Located("bundle", version, _bounded(elements(raw, objects)))
    if _is_stix(head):
        return Located("object", "", (Span(whole.start, _end(raw)),))
    if objects is not None and raw[objects.start : objects.start + 1] == b"[":
        spans = elements(raw, objects)
        if _any_stix(raw, spans):
            is_bundle = isinstance(head.id, str) and head.id.startswith("bundle--")
            return Located(
                "bundle" if is_bundle else "envelope", _text(raw, parts.get("spec_version")), _bounded(spans)
            )
    return _data_set(raw, whole)


def _data_set(raw: bytes, whole: Span) -> Located:
    """Gather every list named `objects` that holds STIX objects, wherever it stands."""
    spans: list[Span] = []
    if _HOLDS_OBJECTS.search(raw):
        _search(raw, whole, "", spans, DATA_SET_DEPTH_MAX)
    return Located("data set" if spans else "", "", _bounded(spans))


def _search(raw: bytes, span: Span, name: str, found: list[Span], levels: int) -> None:
    opening = raw[span.start : span.start + 1]
    is_candidate = name == "objects" and opening == b"["
    is_over = levels == 0 or len(found) > ITEMS_PER_FILE_MAX
    if is_over or not (is_candidate or _HOLDS_OBJECTS.search(raw, span.start, span.end)):
        return
    if opening == b"{":
        for key, part in members(raw, span):
            _search(raw, part, key, found, levels - 1)
    elif opening == b"[":
        spans = elements(raw, span)
        if name == "objects" and _any_stix(raw, spans):
            found += spans
            return
        for part in spans:
            _search(raw, part, "", found, levels - 1)


def _bounded(spans: list[Span]) -> tuple[Span, ...]:
    if len(spans) > ITEMS_PER_FILE_MAX:
        raise OverLimit(
            f"The file holds {len(spans):,} objects; {ITEMS_PER_FILE_MAX:,} may be taken at once.",
            hint="Split it into several files.",
        )
    return tuple(spans)


def _any_stix(raw: bytes, spans: list[Span]) -> bool:
    """Say whether one of the first elements is a STIX object, so that a bad one among them spoils nothing."""
    return any(raw[span.start : span.start + 1] == b"{" and _is_stix(_head(raw, span)) for span in spans[:50])


def _is_stix(head: _Head) -> bool:
    """A STIX object's id begins with its type."""
    is_text = isinstance(head.id, str) and isinstance(head.type, str)
    return is_text and _ID.fullmatch(str(head.id)) is not None and str(head.id).startswith(f"{head.type}--")


def _head(raw: bytes, span: Span) -> _Head:
    try:
        return _HEAD.decode(memoryview(raw)[span.start : span.end])
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return _Head()


def _text(raw: bytes, span: Span | None) -> str:
    """Read a value that should be a text; anything else says nothing."""
    if span is None:
        return ""
    try:
        value = msgspec.json.decode(memoryview(raw)[span.start : span.end])
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return ""
    return value if isinstance(value, str) else ""


def _end(raw: bytes) -> int:
    """Return the place behind the last byte that is no white space."""
    return len(raw.rstrip(b" \t\r\n"))
