# SPDX-License-Identifier: Apache-2.0
"""What is true of the ledger's folder at each moment at which its writer may die."""

import shutil
from pathlib import Path

import pytest

from lintas.formats.ledger_rows import rows_digest, write_rows
from lintas.ledger import files as files_module
from lintas.ledger.files import LedgerFiles, Mark
from lintas.ledger.parquet import LedgerStore, connection
from lintas.model.money import Covered
from tests.unit.ledger.paying import DAY, START, Paid, rows_of

M, N = "a" * 64, "b" * 64
ROWS = write_rows(
    rows_of(
        [Paid(payer="A", payee="B", minor=5, at=START + n * DAY) for n in range(3)],
        [Covered("A", "THB", START, START + DAY)],
    )
)


class Died(BaseException):
    """The process ended here."""


class Dying(LedgerFiles):
    """A folder whose writer dies when it says that a message is whole."""

    def mark(self, message: str, mark: Mark) -> None:
        raise Died


def store_of(folder: Path, kind: type[LedgerFiles] = LedgerFiles) -> tuple[LedgerFiles, LedgerStore]:
    files = kind(folder / "ledger")
    files.prepare()
    return files, LedgerStore(files, connection(memory_bytes=2**29, threads=1))


def there(files: LedgerFiles, message: str) -> list[str]:
    return sorted(str(path.relative_to(files.folder)) for path in files.folder.rglob(f"{message}*") if path.is_file())


def test_a_message_has_a_file_a_day_and_its_mark_last(tmp_path: Path) -> None:
    files, store = store_of(tmp_path)
    store.add(M, ROWS, rows_digest(ROWS))
    assert there(files, M) == [
        f"covered/{M}.parquet",
        *(f"day=2026-01-0{day}/{M}.parquet" for day in (1, 2, 3)),
        f"whole/{M}",
    ]
    assert files.marks() == {M: Mark(rows_digest(ROWS), 3)}
    assert not any((files.folder / "making").iterdir())


def test_before_its_mark_a_message_counts_for_nothing_and_goes(tmp_path: Path) -> None:
    files, store = store_of(tmp_path, Dying)
    with pytest.raises(Died):
        store.add(M, ROWS, rows_digest(ROWS))
    assert len(there(files, M)) == 4
    assert files.marks() == {}
    files.clear_unmarked()
    assert there(files, M) == []


def test_a_message_that_is_added_again_counts_for_nothing_until_it_is_whole(tmp_path: Path) -> None:
    _, store = store_of(tmp_path)
    store.add(M, ROWS, rows_digest(ROWS))
    files, dying = store_of(tmp_path, Dying)
    with pytest.raises(Died):
        dying.add(M, ROWS, rows_digest(ROWS))
    assert files.marks() == {}


@pytest.mark.parametrize("kept", range(5))
def test_a_removal_that_died_anywhere_leaves_nothing_that_is_read(tmp_path: Path, kept: int) -> None:
    files, store = store_of(tmp_path)
    for message in (M, N):
        store.add(message, ROWS, rows_digest(ROWS))
    copy = tmp_path / "copy"
    shutil.copytree(files.folder, copy)
    files.remove([M])
    gone = [name for name in sorted(p for p in map(str, copy.rglob(f"{M}*"))) if "/whole/" not in name][:kept]
    for name in gone:  # it died with so many files still there; the mark went first
        target = files.folder / Path(name).relative_to(copy)
        target.parent.mkdir(exist_ok=True)
        shutil.copy(name, target)
    assert M not in files.marks()
    files.clear_unmarked()
    assert there(files, M) == []
    assert len(there(files, N)) == 5


def test_what_is_removed_is_overwritten_first(tmp_path: Path) -> None:
    files, store = store_of(tmp_path)
    store.add(M, ROWS, rows_digest(ROWS))
    (path, *_) = files.of(M)
    other = tmp_path / "other name of the same bytes"
    other.hardlink_to(path)
    files.remove([M])
    assert set(other.read_bytes()) == {0}


def test_days_that_are_empty_go(tmp_path: Path) -> None:
    files, store = store_of(tmp_path)
    store.add(M, ROWS, rows_digest(ROWS))
    files.remove([M])
    assert list(files.folder.glob("day=*")) == []
    assert files.size_bytes([M]) == 0


@pytest.mark.parametrize("said", [b"", b"x", b"\xff", b"a" * 64, b"a" * 64 + b" -1\n", b"a" * 64 + b" 1\n1"])
def test_a_mark_that_cannot_be_read_is_none(tmp_path: Path, said: bytes) -> None:
    files, store = store_of(tmp_path)
    store.add(M, ROWS, rows_digest(ROWS))
    (files.folder / files_module.WHOLE / M).write_bytes(said)
    assert files.marks() == {}


def test_a_folder_that_is_not_there_holds_nothing(tmp_path: Path) -> None:
    files = LedgerFiles(tmp_path / "ledger")
    assert files.marks() == {}
    files.remove([M])
    files.clear_unmarked()
    assert files.size_bytes([M]) == 0
    assert not files.folder.exists()
