# SPDX-License-Identifier: Apache-2.0
"""Where the passphrase of the keys comes from, and what is none."""

from pathlib import Path

import pytest

from lintas.config.passphrase import check_strength, key_passphrase, read_passphrase
from lintas.errors import BadInput, NodeDamaged, WrongUse

PHRASE = "tulang rusa biru lari"


def written(path: Path, raw: bytes, mode: int = 0o600) -> Path:
    path.write_bytes(raw)
    path.chmod(mode)
    return path


def test_without_a_place_there_is_none() -> None:
    assert key_passphrase({}) is None
    assert key_passphrase({"LINTAS_KEY_PASSPHRASE": ""}) is None


def test_it_comes_from_the_environment_a_file_or_a_credential(tmp_path: Path) -> None:
    file = written(tmp_path / "phrase", PHRASE.encode() + b"\n")
    written(tmp_path / "lintas-key-passphrase", PHRASE.encode(), 0o440)  # as systemd gives it
    assert key_passphrase({"LINTAS_KEY_PASSPHRASE": PHRASE}) == PHRASE
    assert key_passphrase({"LINTAS_KEY_PASSPHRASE_FILE": str(file)}) == PHRASE
    assert key_passphrase({"CREDENTIALS_DIRECTORY": str(tmp_path)}) == PHRASE
    assert key_passphrase({"CREDENTIALS_DIRECTORY": str(tmp_path), "LINTAS_KEY_PASSPHRASE": PHRASE}) == PHRASE


def test_a_credential_of_another_name_is_none(tmp_path: Path) -> None:
    written(tmp_path / "other", b"x" * 20)
    assert key_passphrase({"CREDENTIALS_DIRECTORY": str(tmp_path)}) is None


def test_two_places_that_differ_are_refused(tmp_path: Path) -> None:
    file = written(tmp_path / "phrase", b"something else entirely")
    with pytest.raises(WrongUse, match="different"):
        key_passphrase({"LINTAS_KEY_PASSPHRASE": PHRASE, "LINTAS_KEY_PASSPHRASE_FILE": str(file)})


def test_a_file_that_is_not_there_is_no_reason_to_start_without(tmp_path: Path) -> None:
    with pytest.raises(NodeDamaged):
        key_passphrase({"LINTAS_KEY_PASSPHRASE_FILE": str(tmp_path / "gone")})


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o666])
def test_a_file_that_others_may_read_is_refused(tmp_path: Path, mode: int) -> None:
    with pytest.raises(NodeDamaged, match="Others may read"):
        read_passphrase(written(tmp_path / "phrase", PHRASE.encode(), mode))


@pytest.mark.parametrize("raw", [b"", b"\n", b"one\ntwo", b"a\0b", b"\xff\xfe", b"x" * 1025, b"x" * 5000])
def test_what_is_no_passphrase_is_refused(tmp_path: Path, raw: bytes) -> None:
    with pytest.raises(BadInput):
        read_passphrase(written(tmp_path / "phrase", raw))


@pytest.mark.parametrize("raw", [b"kata laluan \xe2\x9c\x93\n", b" spaces stay \r\n"])
def test_one_line_is_taken_as_it_stands(tmp_path: Path, raw: bytes) -> None:
    assert read_passphrase(written(tmp_path / "phrase", raw)) == raw.decode().rstrip("\r\n")


@pytest.mark.parametrize("weak", ["short", "fifteen chars!!", "aaaaaaaaaaaaaaaaaaaaaaa", "abababababababababab"])
def test_a_weak_passphrase_seals_no_key(weak: str) -> None:
    with pytest.raises(BadInput):
        check_strength(weak)


def test_a_long_one_of_different_characters_does() -> None:
    check_strength(PHRASE)
