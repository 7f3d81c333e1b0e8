# SPDX-License-Identifier: Apache-2.0
import json
from hashlib import sha256
from importlib import resources
from pathlib import Path

import pytest

from lintas.config.packs import read_packs
from lintas.errors import BadPack
from lintas.model.identifier import Identifier

OURS = {
    file.name.removesuffix(".toml") for file in resources.files("lintas.packs").iterdir() if file.name.endswith(".toml")
}


def own(name: str) -> bytes:
    return resources.files("lintas.packs").joinpath(f"{name}.toml").read_bytes()


def test_a_node_without_packs_of_its_own_has_ours(tmp_path: Path) -> None:
    assert read_packs(tmp_path).raw.keys() == OURS == read_packs(None).raw.keys()


def test_each_pack_is_named_by_its_bytes() -> None:
    packs = read_packs(None)
    assert packs.digests == {name: sha256(own(name)).hexdigest() for name in OURS}


def test_a_pack_in_the_nodes_folder_replaces_ours(tmp_path: Path) -> None:
    (tmp_path / "packs").mkdir()
    changed = own("identifiers").replace(b'label = "Phone number"', b'label = "Nombor telefon"')
    (tmp_path / "packs" / "identifiers.toml").write_bytes(changed)
    packs = read_packs(tmp_path)
    assert packs.identifiers.schemes["phone"].label == "Nombor telefon"
    assert packs.raw["benign"] == own("benign")


def test_a_benign_list_in_the_nodes_folder_is_added(tmp_path: Path) -> None:
    folder = tmp_path / "packs" / "benign"
    folder.mkdir(parents=True)
    listed = {"name": "Our own sites", "description": "run by us", "type": "hostname", "list": ["desk.police.sg"]}
    (folder / "own.json").write_text(json.dumps({**listed, "matching_attributes": ["domain"]}), encoding="utf-8")
    packs = read_packs(tmp_path)
    assert packs.raw.keys() == OURS | {"benign/own"}
    assert packs.benign.reasons(Identifier(scheme="domain", value="desk.police.sg")) == (
        "desk.police.sg is on the list “Our own sites”: run by us",
    )


def test_a_pack_of_an_unknown_name_is_refused_and_the_known_ones_are_listed(tmp_path: Path) -> None:
    (tmp_path / "packs").mkdir()
    (tmp_path / "packs" / "colours.toml").write_text("version = 1\n", encoding="utf-8")
    with pytest.raises(BadPack, match="colours") as caught:
        read_packs(tmp_path)
    assert "identifiers" in caught.value.hint


@pytest.mark.parametrize("name", ["identifiers", "benign"])
@pytest.mark.parametrize("raw", [b"", b"version = 2\n", b"= 1", b"\xff", b"version = 1\ncolour = 1\n"])
def test_a_pack_that_does_not_hold_to_its_schema_is_refused(tmp_path: Path, name: str, raw: bytes) -> None:
    (tmp_path / "packs").mkdir()
    (tmp_path / "packs" / f"{name}.toml").write_bytes(raw)
    with pytest.raises(BadPack):
        read_packs(tmp_path)


@pytest.mark.parametrize("raw", [b"", b"[]", b"{}", b'{"name": "x"}', b'{"name": "x", "list": [], "type": "magic"}'])
def test_a_benign_list_that_is_none_is_refused(tmp_path: Path, raw: bytes) -> None:
    (tmp_path / "packs" / "benign").mkdir(parents=True)
    (tmp_path / "packs" / "benign" / "own.json").write_bytes(raw)
    with pytest.raises(BadPack):
        read_packs(tmp_path)
