# SPDX-License-Identifier: Apache-2.0
"""The STIX reader: a file's objects as slices, each with its exact bytes, its marking and what it says."""

import re
from collections import Counter
from typing import Final

import msgspec

from lintas.errors import BadInput, Malformed, OverLimit
from lintas.formats.packs import Packs
from lintas.formats.schemata import schemata_of
from lintas.formats.stix.container import Located, locate
from lintas.formats.stix.marking import Found, collect, of_object
from lintas.formats.stix.objects import ID_CHARS_MAX, MEDIA_TYPE, convert_20, parse_object, version_of
from lintas.formats.stix.statements import derive_object
from lintas.limits import FILE_BYTES_MAX, REASON_CHARS_MAX
from lintas.model.reading import Container, Derived, ReaderName, ReadOptions, Rejected, Slice

UNRESOLVED_SHOWN_MAX: Final = 10  # unresolved markings named in the notes of a file; the rest is counted

_FORMATS: Final = {
    "bundle": "STIX {} bundle",
    "envelope": "TAXII envelope of STIX {} objects",
    "list": "list of STIX {} objects",
    "data set": "TAXII data set",
    "object": "STIX {} object",
}
_MEDIA_TYPE: Final = re.compile(r"application/(?:stix|vnd\.oasis\.stix)\+json(?:;\s*version=(\d\.\d))?")


class _Type(msgspec.Struct):
    type: object = None
    id: object = None


_TYPE: Final = msgspec.json.Decoder(_Type)


class StixReader:
    """Reads STIX. Pure: the same bytes, options and packs give the same values."""

    name = ReaderName("stix/1")

    def read(self, raw: bytes, options: ReadOptions, packs: Packs) -> Container:
        """Cut a file into one slice per object. A bad object is rejected with a reason and spoils no other.

        Raises:
            Malformed: The file is no JSON or holds no STIX; nothing of it was taken.
            OverLimit: It is larger, or holds more objects, than one file may.
        """
        if len(raw) > FILE_BYTES_MAX:
            raise OverLimit(
                f"The file has {len(raw):,} bytes; {FILE_BYTES_MAX:,} may be taken.", hint="Split the file."
            )
        located = locate(raw)
        defined = collect(_definitions(raw, located))
        slices: list[Slice] = []
        rejected: list[Rejected] = []
        unresolved: Counter[str] = Counter()
        versions: Counter[str] = Counter()
        labels = schemata_of(packs).stix_labels
        for number, span in enumerate(located.objects, start=1):
            piece = raw[span.start : span.end]
            try:
                obj, is_mended = parse_object(piece)
                version = version_of(obj, located.version)
                found = of_object(obj, defined)
                read = convert_20(obj, labels) if version == "2.0" else obj
                derived = derive_object(read, version=version, is_mended=is_mended, options=options, packs=packs)
            except (BadInput, OverLimit) as exc:
                rejected.append(Rejected(_id_of(piece, number), str(exc)[:REASON_CHARS_MAX]))
                continue
            unresolved.update(found.unresolved)
            versions[version] += 1
            spans = ((span.start, span.end - span.start),)
            slices.append(_slice(spans, version, found, derived, str(obj["id"])))
        notes = _marking_notes(unresolved)
        if located.form != "data set" and located.version and located.version not in ("2.0", "2.1"):
            notes.append(f"The bundle says version {located.version[:20]!r}; it was read as 2.1.")
        if len(versions) > 1:
            notes.append(f"{versions['2.0']} of {versions.total()} objects are STIX 2.0 and were converted.")
        read_count = len(located.objects)
        words = _format_words(located, versions)
        return Container(self.name, words, tuple(slices), tuple(rejected), read_count, tuple(notes))

    def derive(self, raw: bytes, media_type: str, options: ReadOptions, packs: Packs) -> Derived:
        """Say again what one object says, from its bytes alone.

        Raises:
            Malformed: The bytes are no STIX object, or the media type is not STIX's.
            OverLimit: It is larger than one message may be.
        """
        found = _MEDIA_TYPE.fullmatch(media_type)
        if found is None:
            raise Malformed(f"The media type {media_type[:60]!r} is not STIX's.")
        version = found[1] or "2.1"
        obj, is_mended = parse_object(raw)
        if version == "2.0":
            obj = convert_20(obj, schemata_of(packs).stix_labels)
        return derive_object(obj, version=version, is_mended=is_mended, options=options, packs=packs)


def _slice(spans: tuple[tuple[int, int], ...], version: str, found: Found, derived: Derived, id_: str) -> Slice:
    return Slice(
        spans=spans,
        media_type=f"{MEDIA_TYPE}{version}",
        tlp="" if found.tlp is None else found.tlp.name,
        derived=derived,
        source_id=id_.replace("\0", "\ufffd"),
        pap="" if found.pap is None else found.pap.name,
        classes=found.classes,
    )


def _definitions(raw: bytes, located: Located) -> list[dict[str, object]]:
    """Read the marking definitions of a file first, because an object may stand before its marking."""
    found: list[dict[str, object]] = []
    for span in located.objects:
        piece = memoryview(raw)[span.start : span.end]
        try:
            if _TYPE.decode(piece).type == "marking-definition":
                found.append(parse_object(bytes(piece)).value)
        except (BadInput, OverLimit, msgspec.MsgspecError, ValueError, RecursionError):
            continue  # rejected with its reason when its turn comes; a reference to it stays unresolved, so RED
    return found


def _id_of(piece: bytes, number: int) -> str:
    """Name a rejected object by its own id, else by its place."""
    try:
        id_ = _TYPE.decode(piece).id
    except (msgspec.MsgspecError, ValueError, RecursionError):
        id_ = None
    is_usable = isinstance(id_, str) and id_.isprintable() and 0 < len(id_) <= ID_CHARS_MAX
    return str(id_) if is_usable else f"object {number}"


def _marking_notes(unresolved: Counter[str]) -> list[str]:
    notes = [
        f"A marking is not in this file or not known here ({ref[:80]}); what carries it is taken as TLP:RED ({count})."
        for ref, count in unresolved.most_common(UNRESOLVED_SHOWN_MAX)
    ]
    if len(unresolved) > UNRESOLVED_SHOWN_MAX:
        notes.append(f"{len(unresolved) - UNRESOLVED_SHOWN_MAX} further markings are unknown; taken as TLP:RED.")
    return [note.replace("\0", "\ufffd") for note in notes]


def _format_words(located: Located, versions: Counter[str]) -> str:
    is_old = located.version == "2.0" or (versions["2.0"] > 0 and versions["2.1"] == 0)
    words = _FORMATS[located.form].format("2.0" if is_old else "2.1")
    return f"{words}, converted" if is_old else words
