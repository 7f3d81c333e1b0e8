# SPDX-License-Identifier: Apache-2.0
"""Take files in: read them in the sandbox, sign one message a slice, append all of a file in one transaction.

What is true if we die: a file is in the log with its intake entry, all items, statements and alerts, or not at all.
Blobs written before the commit are orphans then, which the next start sweeps.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import sha256

from lintas.crypto.canonical import canonical_json
from lintas.errors import Malformed, OverLimit, SandboxLimit
from lintas.formats.areas import check_areas
from lintas.formats.export import encode_layout
from lintas.formats.reader import current_reader
from lintas.limits import FILE_BYTES_MAX
from lintas.model.answers import Rejection, Taken
from lintas.model.header import Kind
from lintas.model.ids import MessageId
from lintas.model.marking import Grading, Marking
from lintas.model.reading import Container, ReadOptions, Rejected, Slice
from lintas.model.viewer import Viewer
from lintas.ports.store import Snapshot, Transaction
from lintas.work.alerting import fire_watches
from lintas.work.appending import Prepared, append, as_payload, prepare_content
from lintas.work.intake.marking import marking_of
from lintas.work.intake.options import TakenFile, TakeOptions
from lintas.work.intake.recipe import Recipe, reader_packs
from lintas.work.services import Progress, Services

_SIGNED_AT_ONCE = 500  # items between two steps of the progress bar
_REFS_MAX = 100  # commitments in one header: a header is at most HEADER_BYTES_MAX long; the payload lists all items


@dataclass(slots=True, kw_only=True)
class _Piece:
    """One slice on its way in: its bytes, its tag, and the message made of it or already held."""

    slice: Slice
    data: bytes
    tag: bytes
    marking: Marking
    prepared: Prepared | None = None
    held: MessageId | None = None

    @property
    def id(self) -> MessageId:
        if self.held is not None:
            return self.held
        assert self.prepared is not None
        return self.prepared.id


@dataclass(slots=True, kw_only=True)
class _Tally:
    """What several files add up to."""

    messages: list[str] = field(default_factory=list)
    intakes: list[str] = field(default_factory=list)
    formats: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    rejected: list[Rejection] = field(default_factory=list)
    duplicates: int = 0
    read: int = 0
    used: int = 0
    statements: int = 0
    identifiers: int = 0
    alerts: int = 0


def take(
    services: Services,
    actor: Viewer,
    files: Sequence[TakenFile],
    *,
    options: TakeOptions,
    progress: Progress,
) -> Taken:
    """Take files in. A file that cannot be read at all is one rejection; its neighbours are taken.

    Raises:
        Malformed: The only file cannot be read at all; nothing was taken.
        OverLimit: The only file is larger than FILE_BYTES_MAX.
        UnknownTerm: A crime area is not in the areas pack.
        StorageFailed: The disk refused; files before this one are in, this one is not.
    """
    started = services.clock.monotonic_s()
    check_areas(options.areas, services.packs.areas)
    tally = _Tally()
    for number, file in enumerate(files):
        progress(f"taking {file.name}", number, len(files))
        try:
            _take_one(services, actor, file, options, progress, tally)
        except (Malformed, OverLimit, SandboxLimit) as exc:
            if len(files) == 1 and not isinstance(exc, SandboxLimit):
                raise
            tally.read += 1
            tally.rejected.append(Rejection(file=file.name, id="", reason=str(exc)))
    progress("taken", len(files), len(files))
    if tally.messages:
        services.events.publish("log")
    if tally.alerts:
        services.events.publish("alerts")
    return Taken(
        messages=tally.messages,
        duplicates=tally.duplicates,
        read=tally.read,
        used=tally.used,
        rejected=tally.rejected,
        statements=tally.statements,
        identifiers=tally.identifiers,
        seconds=round(services.clock.monotonic_s() - started, 3),
        intakes=tally.intakes,
        formats=tally.formats,
        notes=tally.notes,
        alerts=tally.alerts,
    )


def guess_mapping(services: Services, file: TakenFile, *, region: str = "") -> str:
    """Guess how the columns of a table are meant; canonical JSON that a person may correct.

    Raises:
        Malformed: The file is no table.
    """
    options = ReadOptions(region=region or services.config.region)
    return services.readers.guess_mapping(file.data, options=options, packs=reader_packs(services.packs))


def _take_one(
    services: Services, actor: Viewer, file: TakenFile, options: TakeOptions, progress: Progress, tally: _Tally
) -> None:
    if len(file.data) > FILE_BYTES_MAX:
        raise OverLimit(
            f"{file.name} has {len(file.data):,} bytes, the limit is {FILE_BYTES_MAX:,}.",
            hint="Split it and try again.",
        )
    read_options = ReadOptions(region=options.region or services.config.region, mapping=options.mapping)
    packs = reader_packs(services.packs)
    container = services.readers.read(
        file.data,
        file_name=file.name,
        reader=current_reader(options.format) if options.format else None,
        options=read_options,
        packs=packs,
    )
    recipe = Recipe(reader=container.reader, options=read_options, packs=packs)
    while True:
        try:
            _keep_one(services, actor, file, container, options, recipe, progress, tally)
            return
        except _TakenMeanwhile:
            continue  # what the other caller wrote is now seen as held, so this ends


class _TakenMeanwhile(Exception):
    """Another caller took some of the same bytes between our look and our commit."""


def _keep_one(
    services: Services,
    actor: Viewer,
    file: TakenFile,
    container: Container,
    options: TakeOptions,
    recipe: Recipe,
    progress: Progress,
    tally: _Tally,
) -> None:
    """Sign and append what is not held yet.

    Raises:
        _TakenMeanwhile: Look again; nothing was written.
    """
    grading = options.grading or Grading()
    pieces = _cut(services, file, container, options, grading)
    _sign(services, pieces, options, grading, recipe, progress)
    source = options.source or file.name
    intake, tag, is_held = _prepare_intake(services, actor, file, container, options, pieces, source)

    def commit(tx: Transaction) -> int:
        fresh = [piece for piece in pieces if piece.prepared is not None]
        if any(tx.taken(piece.tag) is not None for piece in fresh) or (
            intake is not None and tx.taken(tag) is not None
        ):
            raise _TakenMeanwhile
        recipe.keep(tx)
        for piece in pieces:
            if piece.prepared is not None:
                tx.remember_taken(piece.tag, append(tx, piece.prepared))
        if intake is not None:
            tx.remember_taken(tag, append(tx, intake))
        return fire_watches(services, tx, [piece.prepared for piece in fresh if piece.prepared is not None], source)

    if intake is not None or any(piece.prepared for piece in pieces):
        progress("writing", 0, 0)
        tally.alerts += services.store.write(commit)
    _count(tally, file, container, pieces, intake.id if intake is not None else is_held)


def _cut(
    services: Services, file: TakenFile, container: Container, options: TakeOptions, grading: Grading
) -> list[_Piece]:
    """Cut the file into pieces and see which are held already: same bytes, source, marking and grading."""
    source = options.source or file.name
    pieces = []
    for piece in container.slices:
        data = b"".join(file.data[start : start + length] for start, length in piece.spans)
        marking = marking_of(piece, options, services.config.default_marking)
        tag = services.keys.taken_tag(data, source=source, marking=handling_bytes(marking, grading, options.areas))
        pieces.append(_Piece(slice=piece, data=data, tag=tag, marking=marking))
    held = services.store.read(lambda snapshot: [_held(snapshot, piece.tag) for piece in pieces])
    for cut, message in zip(pieces, held, strict=True):
        cut.held = message
    return pieces


def handling_bytes(marking: Marking, grading: Grading, areas: Sequence[str]) -> bytes:
    """How a thing is to be handled, as the bytes in its taken tag: the same thing handled otherwise is another message.

    Source: docs/spec/message.md, "Taken tag".
    """
    more = {"areas": sorted(set(areas)), "grading": grading.code, "recipients": sorted(marking.recipients)}
    return canonical_json(marking.codes() | more)


def _held(snapshot: Snapshot, tag: bytes) -> MessageId | None:
    seq = snapshot.taken(tag)
    return None if seq is None else next(snapshot.entries(seq, seq + 1)).id


def _sign(
    services: Services,
    pieces: list[_Piece],
    options: TakeOptions,
    grading: Grading,
    recipe: Recipe,
    progress: Progress,
) -> None:
    made: dict[bytes, MessageId] = {}
    reading = recipe.digest  # over all packs: once a file
    for number, piece in enumerate(pieces):
        if number % _SIGNED_AT_ONCE == 0:
            progress("signing", number, len(pieces))
        if piece.held is None and piece.tag in made:
            piece.held = made[piece.tag]  # the same bytes stand twice in one file
        if piece.held is not None:
            continue
        piece.prepared = prepare_content(
            services,
            Kind.ITEM,
            piece.data,
            media_type=piece.slice.media_type,
            marking=piece.marking,
            grading=grading,
            areas=options.areas,
            reading=reading,
            derived=piece.slice.derived,
        )
        made[piece.tag] = piece.prepared.id


def _prepare_intake(
    services: Services,
    actor: Viewer,
    file: TakenFile,
    container: Container,
    options: TakeOptions,
    pieces: Sequence[_Piece],
    source: str,
) -> tuple[Prepared | None, bytes, MessageId | None]:
    """Sign the entry that holds the file's order and remains; None when this very file was taken before."""
    # The remains may hold what was rejected, so the whole file is marked as its strictest part.
    tlp = max((piece.marking.tlp for piece in pieces), default=services.config.default_marking)
    marking = Marking(tlp=max(tlp, options.marking.tlp) if options.marking else tlp)
    digest = sha256(file.data).hexdigest()
    tag = services.keys.taken_tag(
        b"intake" + bytes.fromhex(digest),
        source=source,
        marking=canonical_json(
            {**marking.codes(), "mapping": options.mapping, "reader": container.reader, "items": [p.id for p in pieces]}
        ),
    )
    held = services.store.read(lambda snapshot: _held(snapshot, tag))
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
        "used": _used(container),
        "rejected": [{"id": one.id, "reason": one.reason} for one in _rejected(container)],
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


def _rejected(container: Container) -> list[Rejected]:
    inside = [one for piece in container.slices for one in piece.derived.rejected]
    return [*container.rejected, *inside]


def _used(container: Container) -> int:
    return sum(piece.derived.read - len(piece.derived.rejected) for piece in container.slices)


def _count(
    tally: _Tally, file: TakenFile, container: Container, pieces: Sequence[_Piece], intake: MessageId | None
) -> None:
    rejected = [Rejection(file=file.name, id=one.id, reason=one.reason) for one in _rejected(container)]
    tally.read += container.read
    tally.used += _used(container)
    tally.rejected += rejected
    tally.messages += [piece.id for piece in pieces]
    tally.duplicates += sum(1 for piece in pieces if piece.prepared is None)
    fresh = [piece.slice.derived for piece in pieces if piece.prepared is not None]
    tally.statements += sum(len(derived.statements) for derived in fresh)
    tally.identifiers += sum(len(derived.postings) for derived in fresh)
    tally.formats.append(container.format)
    tally.notes += [f"{file.name}: {note}" for note in container.notes]
    if intake is not None:
        tally.intakes.append(intake)
