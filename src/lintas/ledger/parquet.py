# SPDX-License-Identifier: Apache-2.0
"""Payments in Parquet: written from columns, read into the table that traces look at. Runs in the tracing worker only.

Source: docs/spec/ledger.md.
"""

import contextlib
import os
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import duckdb
import numpy as np
from numpy.typing import NDArray

from lintas.errors import LedgerDamaged, NodeDamaged, StorageFailed
from lintas.formats.ledger_rows import WORD_COLUMNS, column, read_rows
from lintas.ledger.files import COVERED, MAKING, SUFFIX, LedgerFiles, Mark
from lintas.limits import LEDGER_DAYS_MAX, LEDGER_FILES_AT_ONCE, LEDGER_GROUP_ROWS
from lintas.model.ids import MessageId
from lintas.model.money import NEVER, UNKNOWN_MINOR, Covered, LedgerRows
from lintas.store.blobs import sync_folder
from lintas.store.connection import storage_errors
from lintas.tracing.table import LedgerTable

Tell = Callable[[str, int, int], None]

_DAY_US: Final = 86_400_000_000
_SYNCED_ONE_BY_ONE: Final = 32  # files; more are synced together with all else that the system holds back
_UNKNOWN_DAY: Final = "unknown"
_COUNT: Final = "count"  # in the folder of what is being made: how many rows
_ENUMS: Final = {
    "account": ("payer", "payee"),
    "small": ("debit_currency", "credit_currency", "kind", "channel"),
    "earlier": ('"of"',),
}
_COLUMNS: Final = """"row", payer, payee, reference, "of", {times}, {amounts}, debit_currency, credit_currency, kind,
    channel, legs"""
_WRITTEN: Final = _COLUMNS.format(
    times=", ".join(
        f"CASE WHEN {name} = {NEVER} THEN NULL ELSE make_timestamp({name}) END AS {name}"
        for name in ("debit_at", "credit_at")
    ),
    amounts=", ".join(f"nullif({name}, {UNKNOWN_MINOR}) AS {name}" for name in ("debit_minor", "credit_minor")),
)
_NUMBERS: Final = ", ".join(
    (
        *(f"coalesce(epoch_us({name}), {NEVER}) AS {name}" for name in ("debit_at", "credit_at")),
        *(f"coalesce({name}, {UNKNOWN_MINOR}) AS {name}" for name in ("debit_minor", "credit_minor")),
    )
)


def connection(*, memory_bytes: int, threads: int) -> duckdb.DuckDBPyConnection:
    """Open an engine that holds nothing, reaches no network and loads no extension."""
    return duckdb.connect(
        ":memory:",
        config={
            "threads": threads,
            "memory_limit": f"{memory_bytes // 2**20}MiB",
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
            "allow_community_extensions": False,
            "allow_unsigned_extensions": False,
            "preserve_insertion_order": True,
            "python_enable_replacements": False,
            "temp_directory": "",
        },
    )


@contextlib.contextmanager
def _refusals() -> Iterator[None]:
    """Say what the disk refuses as errors of ours."""
    try:
        with storage_errors():
            yield
    except duckdb.Error as exc:
        raise StorageFailed(f"The ledger cannot be written ({type(exc).__name__}).", hint=_SPACE) from exc


class LedgerStore:
    """Writes and reads the files of one folder."""

    def __init__(self, files: LedgerFiles, engine: duckdb.DuckDBPyConnection) -> None:
        self._files = files
        self._engine = engine

    def add(self, message: str, data: bytes, digest: str) -> None:
        """Keep the rows of one message in place of any that it had.

        What is true if we die: before the mark stands, nothing of the message counts, and what was written of it goes
        at the next start; after it, all of it is there.

        Raises:
            Malformed: They are no rows; what it had before is still there.
            StorageFailed: The disk refused; what it had before may be gone.
        """
        self.make(message, data)
        self.name(message, message, digest)

    def make(self, name: str, data: bytes) -> None:
        """Write rows and sync them, under a name that no message has yet: they count for nothing.

        Raises:
            Malformed: They are no rows.
            StorageFailed: The disk refused.
        """
        rows = read_rows(data)
        with _refusals():
            making = self._files.folder / MAKING / name
            shutil.rmtree(making, ignore_errors=True)
            making.mkdir(mode=0o700)
            paths = []
            for day, part in _by_day(rows):
                paths.append(making / f"{day}{SUFFIX}")
                self._write(part, paths[-1])
            if rows.covered:
                paths.append(making / f"{COVERED}{SUFFIX}")
                self._write_covered(rows.covered, paths[-1])
            _sync(paths)
            (making / _COUNT).write_text(str(rows.count), encoding="ascii")  # last: without it, it is not whole

    def name(self, name: str, message: str, digest: str) -> None:
        """Make what was written under a name the rows of a message.

        Raises:
            StorageFailed: It is not whole there, or the disk refused; nothing of the message counts now.
        """
        making = self._files.folder / MAKING / name
        with _refusals():
            count = int((making / _COUNT).read_text(encoding="ascii"))
            # If we are killed from here on, whoever asks again finds it no longer whole and writes it anew.
            (making / _COUNT).unlink()
            self._files.remove([message])
            targets = []
            for source in sorted(making.glob(f"*{SUFFIX}")):
                is_covered = source.stem == COVERED
                target = (
                    self._files.covered(message)
                    if is_covered
                    else self._files.folder / f"day={source.stem}" / f"{message}{SUFFIX}"
                )
                target.parent.mkdir(mode=0o700, exist_ok=True)
                source.replace(target)
                targets.append(target)
            _sync([*{target.parent for target in targets}, self._files.folder])
            self._files.mark(message, Mark(digest, count))
            shutil.rmtree(making, ignore_errors=True)

    def open(self, messages: Sequence[MessageId], marks: Mapping[MessageId, Mark], tell: Tell) -> LedgerTable:
        """Read the rows of some messages into one table.

        Raises:
            LedgerDamaged: A file is missing, altered or says another number of rows than was written.
        """
        ordered = sorted(messages)
        files = self._files.of_many(ordered)
        try:
            return self._opened(ordered, files, marks, tell)
        except NodeDamaged as exc:
            damaged = tuple(one for one in ordered if not self._is_whole(one, files, marks))
            raise LedgerDamaged(exc.message, hint=exc.hint, messages=damaged) from exc

    def _opened(
        self,
        ordered: Sequence[MessageId],
        files: Mapping[MessageId, Sequence[Path]],
        marks: Mapping[MessageId, Mark],
        tell: Tell,
    ) -> LedgerTable:
        place = {message: number for number, message in enumerate(ordered)}
        places: dict[str, int] = {"": 0}
        parts: list[dict[str, NDArray[Any]]] = []
        total, done = sum(marks[one].rows for one in ordered), 0
        for group in _groups(ordered, files, marks):
            tell("opening the ledger", done, total)
            part = self._read(group, files, place, places)
            wanted = sum(marks[one].rows for one in group)
            if len(part["row"]) != wanted:
                raise NodeDamaged("The ledger has another number of payments than was written to it.", hint=REBUILD)
            parts.append(part)
            done += wanted
        columns: dict[str, Any] = {name: _joined(parts, name) for name in _TABLE_TYPES}
        return LedgerTable(words=list(places), messages=tuple(ordered), covered=self._covered(ordered), **columns)

    def _is_whole(
        self, message: MessageId, files: Mapping[MessageId, Sequence[Path]], marks: Mapping[MessageId, Mark]
    ) -> bool:
        """Whether one message can be read by itself."""
        try:
            self._opened([message], files, marks, _tell_nobody)
        except NodeDamaged:
            return False
        return True

    def _write(self, part: Mapping[str, NDArray[Any]], path: Path) -> None:
        self._engine.register("part", dict(part))
        try:
            self._engine.execute(
                f"COPY (SELECT {_WRITTEN} FROM part) TO '{_quoted(path)}' (FORMAT parquet, COMPRESSION zstd)"  # noqa: S608 - our own columns and path  # nosec B608
            )
        finally:
            self._engine.unregister("part")

    def _write_covered(self, covered: Sequence[Covered], path: Path) -> None:
        part = {
            "account": np.array([one.account for one in covered], dtype=object),
            "currency": np.array([one.currency for one in covered], dtype=object),
            "start_at": np.array([one.start for one in covered], dtype=np.int64),
            "end_at": np.array([one.end for one in covered], dtype=np.int64),
            "opening": np.array([one.opening for one in covered], dtype=np.int64),
            "closing": np.array([one.closing for one in covered], dtype=np.int64),
        }
        said = "account, currency, make_timestamp(start_at) AS start_at, make_timestamp(end_at) AS end_at"
        known = ", ".join(f"nullif({name}, {UNKNOWN_MINOR}) AS {name}" for name in ("opening", "closing"))
        self._engine.register("part", part)
        try:
            self._engine.execute(
                f"COPY (SELECT {said}, {known} FROM part) TO '{_quoted(path)}' (FORMAT parquet, COMPRESSION zstd)"  # noqa: S608 - as above  # nosec B608
            )
        finally:
            self._engine.unregister("part")

    def _read(
        self,
        group: Sequence[MessageId],
        files: Mapping[MessageId, Sequence[Path]],
        place: Mapping[MessageId, int],
        places: dict[str, int],
    ) -> dict[str, NDArray[Any]]:
        paths = [path for message in group for path in files[message]]
        if not paths:
            return {name: np.zeros(0, dtype=kind) for name, kind in _TABLE_TYPES.items()}
        engine = self._engine
        try:
            engine.execute(
                "CREATE OR REPLACE TEMP TABLE part AS SELECT * FROM read_parquet(?, filename = true,"
                " hive_partitioning = false, union_by_name = false)",
                [[str(path) for path in paths]],
            )
            coded = [self._coded(name, columns) for name, columns in _ENUMS.items()]
            names = self._coded("file", ("filename",))
            coding = ", ".join(
                f"enum_code({name}::{enum}_words) AS {name}" for enum, columns in _ENUMS.items() for name in columns
            )
            found = engine.execute(
                f'SELECT "row", {coding}, reference, {_NUMBERS}, legs,'  # noqa: S608 - as above  # nosec B608
                " enum_code(filename::file_words) AS file FROM part"
            ).fetchnumpy()
        except duckdb.Error as exc:
            raise NodeDamaged(f"A file of the ledger cannot be read ({type(exc).__name__}).", hint=REBUILD) from exc
        finally:
            engine.execute("DROP TABLE IF EXISTS part")
            for name in (*_ENUMS, "file"):
                engine.execute(f"DROP TYPE IF EXISTS {name}_words")
        numbers = {
            name.strip('"'): _places_of(words, places)[found[name.strip('"')]]
            for words, columns in zip(coded, _ENUMS.values(), strict=True)
            for name in columns
        }
        numbers["reference"] = _text_places(found["reference"], places)
        for name in ("row", "debit_at", "credit_at", "debit_minor", "credit_minor", "legs"):
            numbers[name] = np.ma.filled(found[name])
        of_file = np.array([place[MessageId(Path(name).stem)] for name in names], dtype=np.int32)
        numbers["message"] = of_file[found["file"]]
        order = np.lexsort((numbers["row"], numbers["message"]))
        return {name: numbers[name][order].astype(kind, copy=False) for name, kind in _TABLE_TYPES.items()}

    def _coded(self, name: str, columns: Sequence[str]) -> list[str]:
        """Number the distinct texts of some columns; gives them in the order of their numbers."""
        texts = " UNION ".join(f"SELECT {one} AS word FROM part" for one in columns)  # noqa: S608 - as above  # nosec B608
        self._engine.execute(f"CREATE TYPE {name}_words AS ENUM (SELECT word FROM ({texts}) WHERE word IS NOT NULL)")  # noqa: S608 - as above  # nosec B608
        row = self._engine.execute(f"SELECT enum_range(NULL::{name}_words)").fetchone()
        return list(row[0]) if row else []

    def _covered(self, messages: Sequence[MessageId]) -> tuple[Covered, ...]:
        held = {path.stem: path for path in (self._files.folder / COVERED).glob(f"*{SUFFIX}")}
        paths = [str(held[message]) for message in messages if message in held]
        if not paths:
            return ()
        try:
            rows = self._engine.execute(
                "SELECT DISTINCT account, currency, epoch_us(start_at), epoch_us(end_at), coalesce(opening, ?),"
                " coalesce(closing, ?) FROM read_parquet(?, hive_partitioning = false) ORDER BY ALL",
                [UNKNOWN_MINOR, UNKNOWN_MINOR, paths],
            ).fetchall()
        except duckdb.Error as exc:
            raise NodeDamaged(f"A file of the ledger cannot be read ({type(exc).__name__}).", hint=REBUILD) from exc
        return tuple(Covered(*row) for row in rows)


REBUILD: Final = "Run `lintas rebuild DIR`: the ledger is made anew from the messages."
_SPACE: Final = "See that there is space on the disk; the payments are added again by themselves."
_TABLE_TYPES: Final[Mapping[str, Any]] = {
    **dict.fromkeys((*WORD_COLUMNS, "row", "message"), np.int32),
    **dict.fromkeys(("debit_at", "credit_at", "debit_minor", "credit_minor"), np.int64),
    "legs": np.uint8,
}


def _groups(
    messages: Sequence[MessageId], files: Mapping[MessageId, Sequence[Path]], marks: Mapping[MessageId, Mark]
) -> Iterator[list[MessageId]]:
    """Messages that are read at once: limited in rows and files, one at least."""
    group, rows, count = list[MessageId](), 0, 0
    for message in messages:
        more_rows, more_files = marks[message].rows, len(files[message])
        if group and (rows + more_rows > LEDGER_GROUP_ROWS or count + more_files > LEDGER_FILES_AT_ONCE):
            yield group
            group, rows, count = [], 0, 0
        group.append(message)
        rows += more_rows
        count += more_files
    if group:
        yield group


def _by_day(rows: LedgerRows) -> Iterator[tuple[str, dict[str, NDArray[Any]]]]:
    """The rows of each day, as the engine takes them; in few files whatever the times say."""
    if not rows.count:
        return
    words = np.array(rows.words, dtype=object)
    numbers = {name: column(rows, name) for name in _TABLE_TYPES if name != "message"}
    at = np.where(numbers["debit_at"] != NEVER, numbers["debit_at"], numbers["credit_at"])
    days = _folders(at)
    order = np.argsort(days, kind="stable")
    bounds = np.flatnonzero(np.diff(days[order])) + 1
    for chosen in np.split(order, bounds):
        part = {
            name: words[numbers[name][chosen]] if name in WORD_COLUMNS else numbers[name][chosen] for name in numbers
        }
        yield _day_name(int(days[chosen[0]])), part


def _folders(at: NDArray[np.int64]) -> NDArray[np.int64]:
    """The day of each time, in days since 1970; of too many days the first of their month, then of their year."""
    known = at != NEVER
    days = np.where(known, at // _DAY_US, NEVER)
    for unit in ("M", "Y"):
        if len(np.unique(days)) <= LEDGER_DAYS_MAX:
            break
        dates = np.where(known, days, 0).astype("datetime64[D]").astype(f"datetime64[{unit}]").astype("datetime64[D]")
        days = np.where(known, dates.astype(np.int64), NEVER)
    return days


def _day_name(day: int) -> str:
    return _UNKNOWN_DAY if day == NEVER else str(np.datetime64(day, "D"))


def _places_of(words: Sequence[str], places: dict[str, int]) -> NDArray[np.int32]:
    return np.array([places.setdefault(word, len(places)) for word in words], dtype=np.int32)


def _text_places(texts: NDArray[Any], places: dict[str, int]) -> NDArray[np.int32]:
    """Number texts that are mostly distinct."""
    listed = np.ma.filled(texts, "").tolist()
    return np.fromiter((places.setdefault(text, len(places)) for text in listed), dtype=np.int32, count=len(listed))


def _joined(parts: Sequence[dict[str, NDArray[Any]]], name: str) -> NDArray[Any]:
    """One column of all parts, each let go of as soon as it is joined."""
    arrays = [part.pop(name) for part in parts]
    return np.concatenate(arrays) if arrays else np.zeros(0, dtype=_TABLE_TYPES[name])


def _tell_nobody(_what: str, _done: int, _total: int) -> None:
    """Say nothing."""


def _sync(paths: Sequence[Path]) -> None:
    if len(paths) > _SYNCED_ONE_BY_ONE:
        os.sync()
        return
    for path in paths:
        if path.is_dir():
            sync_folder(path)
            continue
        with path.open("rb") as file:
            os.fsync(file.fileno())


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")
