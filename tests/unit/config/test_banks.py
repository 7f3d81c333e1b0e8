# SPDX-License-Identifier: Apache-2.0
"""The tables `[bank.NAME]`: what is wrong is refused by name, and secrets do not print."""

import base64
from pathlib import Path
from typing import Any

import pytest

from lintas.config.banks import read_banks
from lintas.errors import BadInput
from lintas.ports.bank import bank_for

SECRET = b"s" * 32


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "secret").write_text(base64.b64encode(SECRET).decode() + "\n")
    (tmp_path / "short").write_text(base64.b64encode(b"short").decode())
    (tmp_path / "none").write_bytes(b"\xff\xfe")
    return tmp_path


GOOD = {"url": "https://bank.example/lintas", "secret_file": "secret", "banks": ["CONTSGSG", "7171"], "currency": "SGD"}


def test_none_is_none(folder: Path) -> None:
    assert dict(read_banks(folder, {})) == {}


def test_every_setting_is_read_and_the_secret_does_not_print(folder: Path) -> None:
    found = read_banks(folder, {"one": GOOD | {"ca_file": "ca.pem"}})["one"]
    assert (found.secret, found.banks, found.ca_file) == (SECRET, ("CONTSGSG", "7171"), str(folder / "ca.pem"))
    assert "ssss" not in repr(found) and "secret" not in repr(found)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"url": "http://bank.example"}, "url"),
        ({"url": "https://user@bank.example"}, "url"),
        ({"url": "https://bank.example/?a"}, "url"),
        ({"url": "ftp://bank.example"}, "url"),
        ({"url": "https://[bank"}, "url"),
        ({"url": 5}, "url"),
        ({"url": ""}, "needs url"),
        ({"secret_file": "nowhere"}, "cannot be read"),
        ({"secret_file": "short"}, "random bytes"),
        ({"secret_file": "none"}, "random bytes"),
        ({"secret_file": 5}, "name of a file"),
        ({"banks": []}, "needs banks"),
        ({"banks": "CONTSGSG"}, "list"),
        ({"banks": [" "]}, "banks holds"),
        ({"banks": ["a\nb"]}, "banks holds"),
        ({"banks": [5]}, "banks holds"),
        ({"currency": "sgd"}, "currency"),
        ({"currency": 5}, "currency"),
        ({"ca_file": 5}, "ca_file"),
        ({"token": "x"}, "unknown settings: token"),
    ],
)
def test_what_is_wrong_is_refused_by_name(folder: Path, changes: dict[str, Any], reason: str) -> None:
    with pytest.raises(BadInput, match=reason) as refused:
        read_banks(folder, {"one": GOOD | changes})
    assert base64.b64encode(SECRET).decode() not in str(refused.value)


@pytest.mark.parametrize("values", [[], "x", {"one": "x"}, {"Bad Name": GOOD}, {"": GOOD}])
def test_what_is_no_table_of_banks_is_refused(folder: Path, values: object) -> None:
    with pytest.raises(BadInput):
        read_banks(folder, values)


def test_two_connections_never_answer_for_one_bank_in_one_currency(folder: Path) -> None:
    other = GOOD | {"banks": ["contsgsgxxx"]}
    with pytest.raises(BadInput, match="both answer for"):
        read_banks(folder, {"one": GOOD, "two": other})
    both = read_banks(folder, {"one": GOOD, "two": other | {"currency": "USD"}})
    assert (bank_for(both, "CONTSGSG", "SGD"), bank_for(both, "CONTSGSG", "USD")) == ("one", "two")


def test_a_bank_is_found_by_any_of_its_names_and_no_other_is(folder: Path) -> None:
    found = read_banks(folder, {"one": GOOD})
    for name in ("CONTSGSG", "contsgsg", " CONT SGSG ", "CONTSGSGXXX", "CONTSGSG123", "7171"):
        assert bank_for(found, name, "SGD") == "one"
    for name in ("", "CONTSGS", "CONTMYKL", "71710", "CONTSGSG12"):
        assert bank_for(found, name, "SGD") == ""
    assert bank_for(found, "CONTSGSG", "THB") == ""
