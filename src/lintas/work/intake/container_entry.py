# SPDX-License-Identifier: Apache-2.0
"""The entry that holds a file's order and what no message of it holds, so that the file can be given back."""

from collections.abc import Sequence
from hashlib import sha256

from lintas.crypto.canonical import canonical_json
from lintas.formats.export import encode_layout
from lintas.model.header import Kind
from lintas.model.ids import MessageId
from lintas.model.marking import Marking, Protected
from lintas.model.reading import Container, Rejected
from lintas.model.viewer import Viewer
from lintas.work.access import scope_of
from lintas.work.appending import Prepared, as_payload, prepare_content
from lintas.work.intake.held import held_as
from lintas.work.intake.options import TakenFile, TakeOptions
from lintas.work.intake.piece import Piece
from lintas.work.services import Services

_REFS_MAX = 100  # commitments in one header: a header is at most HEADER_BYTES_MAX long; the payload lists all items


def prepare_intake(
    services: Services,
    actor: Viewer,
    file: TakenFile,
    container: Container,
    options: TakeOptions,
    pieces: Sequence[Piece],
    source: str,
) -> tuple[Prepared | None, bytes, MessageId | None]:
    """Sign the entry that holds the file's order and remains; None when this very file was taken before."""
    # The remains may hold what was rejected, so the whole file is marked as its strictest part, and of every class.
    tlp = max((piece.marking.tlp for piece in pieces), default=services.config.default_marking)
    classes = frozenset[Protected]().union(options.classes, *(piece.marking.classes for piece in pieces))
    if options.marking:
        tlp, classes = max(tlp, options.marking.tlp), classes | options.marking.classes
    marking = Marking(tlp=tlp, classes=classes)
    digest = sha256(file.data).hexdigest()
    tag = services.keys.taken_tag(
        b"intake" + bytes.fromhex(digest),
        source=source,
        marking=canonical_json(
            {**marking.codes(), "mapping": options.mapping, "reader": container.reader, "items": [p.id for p in pieces]}
        ),
    )
    scope = scope_of(services, actor, "take")
    first = tag
    tag, held = services.store.read(lambda snapshot: held_as(services, snapshot, first, actor=actor, scope=scope))
    if held is not None:
        return None, tag, held
    said = {
        "by": actor.id,
        "source": source,
        "file_name": file.name,
        "format": container.format,
        "reader": container.reader,
        "digest": digest,
        "size_bytes": len(file.data),
        "read": container.read,
        "used": used_of(container),
        "rejected": [{"id": one.id, "reason": one.reason} for one in rejected_of(container)],
        "notes": list(container.notes),
        "items": [piece.id for piece in pieces],
        "layout": encode_layout(container, file.data),
    }
    entry = prepare_content(
        services,
        Kind.INTAKE,
        as_payload(said),
        marking=marking,
        grading=options.grading,
        refs={"about": sorted({piece.id for piece in pieces})} if len(pieces) <= _REFS_MAX else None,
    )
    return entry, tag, None


def rejected_of(container: Container) -> list[Rejected]:
    """Objects and rows that could not be used."""
    inside = [one for piece in container.slices for one in piece.derived.rejected]
    return [*container.rejected, *inside]


def used_of(container: Container) -> int:
    """How many units were used."""
    return sum(piece.derived.read - len(piece.derived.rejected) for piece in container.slices)
