# SPDX-License-Identifier: Apache-2.0
"""Blobs: whole or absent, under their own name."""

from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lintas.errors import StorageFailed
from lintas.ports.blobs import Blobs
from lintas.store.blobs import FileBlobs

ONE, TWO = (sha256(text).hexdigest() for text in (b"one", b"two"))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.binary(max_size=5000))
def test_a_blob_comes_back_byte_for_byte(blobs: Blobs, data: bytes) -> None:
    name = sha256(data).hexdigest()
    blobs.put(name, data)
    assert blobs.get(name) == data
    assert name in set(blobs.names())


def test_what_was_never_put_is_none(blobs: Blobs) -> None:
    assert blobs.get(ONE) is None
    assert list(blobs.names()) == []
    assert blobs.size_bytes() == 0
    blobs.remove(ONE)


def test_putting_again_replaces(blobs: Blobs) -> None:
    blobs.put(ONE, b"short")
    blobs.put(ONE, b"longer than before")
    assert blobs.get(ONE) == b"longer than before"
    assert blobs.size_bytes() == len(b"longer than before")


def test_removing_leaves_the_others(blobs: Blobs) -> None:
    blobs.put(ONE, b"1")
    blobs.put(TWO, b"22")
    blobs.remove(ONE)
    blobs.remove(ONE)
    assert (blobs.get(ONE), blobs.get(TWO), list(blobs.names()), blobs.size_bytes()) == (None, b"22", [TWO], 2)


def test_sweeping_removes_what_nothing_needs(blobs: Blobs) -> None:
    blobs.put(ONE, b"1")
    blobs.put(TWO, b"2")
    assert blobs.sweep([TWO, "0" * 64]) == 1
    assert list(blobs.names()) == [TWO]
    assert blobs.sweep([TWO]) == 0
    assert blobs.sweep([]) == 1


def test_names_come_in_order(blobs: Blobs) -> None:
    names = sorted(sha256(b"%d" % n).hexdigest() for n in range(40))
    for name in reversed(names):
        blobs.put(name, b"x")
    assert list(blobs.names()) == names


@pytest.mark.parametrize("name", ["", "x", "../../etc/passwd", "A" * 64, "0" * 63, "0" * 65, "0" * 63 + "/"])
def test_a_name_that_is_no_digest_is_a_programmers_mistake(tmp_path: Path, name: str) -> None:
    for call in (FileBlobs(tmp_path).get, FileBlobs(tmp_path).remove):
        with pytest.raises(AssertionError):
            call(name)


def test_an_unfinished_file_is_no_blob_and_is_swept(tmp_path: Path) -> None:
    blobs = FileBlobs(tmp_path)
    blobs.put(ONE, b"1")
    unfinished = tmp_path / TWO[:2] / f"{TWO}.part"
    unfinished.parent.mkdir(exist_ok=True)
    unfinished.write_bytes(b"half")
    assert list(blobs.names()) == [ONE]
    assert blobs.get(TWO) is None
    assert blobs.sweep([ONE, TWO]) == 1
    assert not unfinished.exists()


def test_only_the_owner_reads_a_blob(tmp_path: Path) -> None:
    FileBlobs(tmp_path).put(ONE, b"1")
    assert (tmp_path / ONE[:2]).stat().st_mode & 0o077 == 0
    assert (tmp_path / ONE[:2] / ONE).stat().st_mode & 0o077 == 0


def test_a_removed_blob_is_overwritten_where_it_stood(tmp_path: Path) -> None:
    blobs = FileBlobs(tmp_path)
    blobs.put(ONE, b"secret" * 100)
    with (tmp_path / ONE[:2] / ONE).open("rb") as still_open:
        blobs.remove(ONE)
        assert still_open.read() == b"\0" * 600


def test_what_the_system_refuses_is_said_in_words(tmp_path: Path) -> None:
    (tmp_path / ONE[:2]).write_bytes(b"a file where a folder should be")
    for folder in (tmp_path, Path("/proc/nowhere")):
        with pytest.raises(StorageFailed):
            FileBlobs(folder).put(ONE, b"1")
