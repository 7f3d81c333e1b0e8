# SPDX-License-Identifier: Apache-2.0
"""Take files in: read them in the sandbox, sign one message a slice, append all of a file in one transaction.

What is true if we die: a file is in the log with its intake entry, all items, statements and alerts, or not at all.
Blobs written before the commit are orphans then, which the next start sweeps.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace

import msgspec

from lintas.crypto.canonical import canonical_json
from lintas.errors import Malformed, OverLimit, SandboxLimit
from lintas.formats.areas import check_areas
from lintas.formats.reader_names import current_reader
from lintas.formats.suspicion import Suspicion
from lintas.limits import FILE_BYTES_MAX
from lintas.model.header import Kind
from lintas.model.ids import MessageId
from lintas.model.intake_answers import Taken
from lintas.model.marking import Grading, Marking
from lintas.model.reading import Container, Derived, ReadOptions
from lintas.model.viewer import Viewer
from lintas.ports.store import Transaction
from lintas.work.access import scope_of
from lintas.work.alerting import fire_watches
from lintas.work.appending import append, prepare_content
from lintas.work.intake.container_entry import prepare_intake
from lintas.work.intake.held import held_as
from lintas.work.intake.marking import marking_of
from lintas.work.intake.options import TakenFile, TakeOptions, plain_name
from lintas.work.intake.piece import Piece
from lintas.work.intake.quarantine import look_at, set_aside
from lintas.work.intake.recipe import Recipe, reader_packs, recipe_for
from lintas.work.intake.tally import Tally
from lintas.work.rereading import append_readings, current_readings
from lintas.work.services import Progress, Services
from lintas.work.tracing_jobs.adding import Begun, hand_to_ledger

_SIGNED_AT_ONCE = 500  # items between two steps of the progress bar
_PAYMENTS = "form=payments"  # the parameter of a table's media type that says what reads it
_REFS_MAX = 100  # commitments in one header: a header is at most HEADER_BYTES_MAX long; the payload lists all items


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
        NotAllowed: The actor is an operator.
        StorageFailed: The disk refused; files before this one are in, this one is not.
    """
    started = services.clock.monotonic_s()
    scope_of(services, actor, "take")  # who sees no content brings none in either
    check_areas(options.areas, services.packs.areas)
    tally = Tally()
    for number, received in enumerate(files):
        file = replace(received, name=plain_name(received.name))
        progress(f"taking {file.name}", number, len(files))
        try:
            _take_one(services, actor, file, options, progress, tally)
        except (Malformed, OverLimit, SandboxLimit) as exc:
            if len(files) == 1 and not isinstance(exc.__cause__ or exc, SandboxLimit):
                raise
            tally.refuse(file.name, str(exc))
    progress("taken", len(files), len(files))
    if tally.messages:
        services.events.publish("log")
    if tally.alerts:
        services.events.publish("alerts")
    return tally.taken(seconds=services.clock.monotonic_s() - started)


def guess_mapping(services: Services, file: TakenFile, *, region: str = "") -> str:
    """Guess how the columns of a table are meant; canonical JSON that a person may correct.

    Raises:
        Malformed: The file is no table.
    """
    options = ReadOptions(region=region or services.config.region)
    return services.readers.guess_mapping(file.data, options=options, packs=reader_packs(services.packs))


def _take_one(
    services: Services, actor: Viewer, file: TakenFile, options: TakeOptions, progress: Progress, tally: Tally
) -> None:
    if len(file.data) > FILE_BYTES_MAX:
        raise OverLimit(
            f"{file.name} has {len(file.data):,} bytes, the limit is {FILE_BYTES_MAX:,}.",
            hint="Split it and try again.",
        )
    read_options = ReadOptions(region=options.region or services.config.region, mapping=options.mapping)
    packs = reader_packs(services.packs)
    look_at(services, actor, file, options)
    try:
        container = _read(services, file, options.format, read_options, packs)
    except SandboxLimit as exc:
        found = Suspicion(rule="reader", reason=f"Its reader was stopped: {exc.message}")
        raise set_aside(services, actor, file, options, found) from exc
    if container.reader.startswith("table/") and not options.mapping and len(container.slices) > 1:
        # a table split by its markings: read alone, each part would guess its columns from its own rows
        mapping = services.readers.guess_mapping(file.data, options=read_options, packs=packs)
        read_options = ReadOptions(region=read_options.region, mapping=mapping)
        doubts = container.notes
        container = _read(services, file, container.reader, read_options, packs)
        container = msgspec.structs.replace(container, notes=tuple(dict.fromkeys((*container.notes, *doubts))))
    recipe = recipe_for(services.keys, container.reader, read_options, packs)
    with Begun(services.ledger) as begun:
        while True:
            try:
                _keep_one(services, actor, file, container, options, recipe, progress, tally, begun)
                return
            except _TakenMeanwhile:
                continue  # what the other caller did is seen now, so this ends


def _read(
    services: Services, file: TakenFile, reader: str, options: ReadOptions, packs: Mapping[str, bytes]
) -> Container:
    name = current_reader(reader) if reader else None
    return services.readers.read(file.data, file_name=file.name, reader=name, options=options, packs=packs)


class _TakenMeanwhile(Exception):
    """Another caller took or erased some of the same bytes between our look and our commit."""


def _keep_one(
    services: Services,
    actor: Viewer,
    file: TakenFile,
    container: Container,
    options: TakeOptions,
    recipe: Recipe,
    progress: Progress,
    tally: Tally,
    begun: Begun,
) -> None:
    """Sign and append what is not held yet.

    Raises:
        _TakenMeanwhile: Look again; nothing was written.
    """
    grading = options.grading or Grading()
    pieces = _cut(services, actor, file, container, options, grading)
    for piece in pieces:
        if piece.held is None:
            begun.begin(piece.slice.derived.ledger)
    _sign(services, pieces, options, grading, recipe, progress)
    source = options.source or file.name
    intake, tag, is_held = prepare_intake(services, actor, file, container, options, pieces, source)

    def commit(tx: Transaction) -> int:
        fresh = [piece for piece in pieces if piece.prepared is not None]
        made = {piece.tag for piece in fresh}
        # taken since we looked, or held then and erased since
        is_other = any((tx.taken(piece.tag) is None) != (piece.tag in made) for piece in pieces)
        if is_other or (tx.taken(tag) is None) != (intake is not None):
            raise _TakenMeanwhile
        recipe.keep(tx)
        for piece in pieces:
            if piece.prepared is not None:
                tx.remember_taken(piece.tag, append(tx, piece.prepared))
        if intake is not None:
            tx.remember_taken(tag, append(tx, intake))
        if options.mapping:
            _read_again(services, tx, recipe, pieces)
        return fire_watches(services, tx, [piece.prepared for piece in fresh if piece.prepared is not None], source)

    if intake is not None or options.mapping or any(piece.prepared for piece in pieces):
        progress("writing", 0, 0)
        tally.alerts += services.store.write(commit)
        # If we die here, the payments are in the log and not in the ledger: the next start or trace adds them.
        if trouble := hand_to_ledger(services, [(piece.id, piece.slice.derived.ledger) for piece in pieces], begun):
            tally.notes.append(f"{file.name}: {trouble}")
    tally.add(file.name, container, pieces, intake.id if intake is not None else is_held)


def _read_again(services: Services, tx: Transaction, recipe: Recipe, pieces: Sequence[Piece]) -> None:
    """A person who gives a table again with its columns corrected wants what is held to be read so."""
    readings = current_readings(tx)
    again: dict[MessageId, tuple[int, MessageId, Derived]] = {}
    for piece in pieces:
        entry = tx.entry_by_id(piece.held) if piece.held is not None else None
        if entry is None:
            continue
        reading = readings.get(entry.id) or json.loads(entry.header)["reading"]
        if reading != recipe.digest:
            again[entry.id] = (entry.seq, entry.id, piece.slice.derived)
    append_readings(services, tx, recipe, list(again.values()))


def _cut(
    services: Services, actor: Viewer, file: TakenFile, container: Container, options: TakeOptions, grading: Grading
) -> list[Piece]:
    """Cut the file into pieces and see which are held already: same bytes, source, marking and grading."""
    scope = scope_of(services, actor, "take")
    source = options.source or file.name
    pieces = []
    for piece in container.slices:
        data = b"".join(file.data[start : start + length] for start, length in piece.spans)
        marking = marking_of(piece, options, services.config.default_marking)
        handling = handling_bytes(marking, grading, options.areas, piece.media_type)
        tag = services.keys.taken_tag(data, source=source, marking=handling)
        pieces.append(Piece(slice=piece, data=data, tag=tag, marking=marking))
    held = services.store.read(
        lambda snapshot: [held_as(services, snapshot, cut.tag, actor=actor, scope=scope) for cut in pieces]
    )
    for cut, (tag, message) in zip(pieces, held, strict=True):
        cut.tag, cut.held = tag, message
    return pieces


def handling_bytes(marking: Marking, grading: Grading, areas: Sequence[str], media_type: str) -> bytes:
    """How a thing is to be handled, as the bytes in its taken tag: the same thing handled otherwise is another message.

    A table that was taken as a text, or as a plain one and not as payments, is another message too, since no reader of
    one could read the other's media type again. All other parameters are left out: a person who corrects them means the
    same table.

    Source: docs/spec/message.md, "Taken tag".
    """
    kind, *parameters = media_type.split(";")
    more = {
        "areas": sorted(set(areas)),
        "grading": grading.code,
        "media_type": f"{kind};{_PAYMENTS}" if _PAYMENTS in parameters else kind,
        "recipients": sorted(marking.recipients),
    }
    return canonical_json(marking.codes() | more)


def _sign(
    services: Services,
    pieces: list[Piece],
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
