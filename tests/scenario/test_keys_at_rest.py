# SPDX-License-Identifier: Apache-2.0
"""Keys sealed under a passphrase: nothing plain is left, nothing but the passphrase opens them, each cut is mended."""

import json
from pathlib import Path

import msgspec
import pytest

from lintas.crypto.signing import SigningKey, seal_private
from lintas.errors import BadInput, NodeDamaged, NotAllowed, SealBroken, WrongUse
from lintas.model.marking import Tlp
from lintas.model.viewer import Viewer
from lintas.node.at_rest import check_modes, keys_at_rest, open_modes
from lintas.node.node import Node
from lintas.node.resting import seal_keys, unseal_keys
from lintas.testing import FakeClock, a_node, shared_readers
from lintas.web.local.calling import LOCAL_VIEWER
from lintas.work.keeping import doctor, keys_and_health
from lintas.work.proving import make_checkpoint
from tests.scenario.browsing import Browser, officer
from tests.scenario.giving import take_text

PHRASE = "tulang rusa biru lari"
OTHER = "enam perkataan yang lain"
NAMES = ["cosign", "log", "root", "signing", "tls"]
OPERATOR = Viewer(id="officer-0001", clearance=Tlp.CLEAR, role="operator")


@pytest.fixture
def folder(tmp_path: Path, clock: FakeClock) -> Path:
    """A node at rest, its keys plain."""
    with a_node(tmp_path, clock=clock) as node:
        take_text(node.services, "call +60123456789")
        make_checkpoint(node.services)
    return tmp_path / "node"


def plain_seeds(folder: Path) -> list[bytes]:
    """The secret part of each plain key."""
    return [SigningKey.from_pem(path.read_bytes()).to_pem() for path in sorted((folder / "keys").glob("*.pem"))]


def states(folder: Path) -> dict[str, str]:
    return {key.name: key.state for key in keys_at_rest(folder)}


@pytest.mark.slow  # to seal or to open a key costs a second or more, on purpose: soak does it with each
@pytest.mark.timeout(300)
def test_a_sealing_that_was_cut_short_is_done_and_the_passphrase_alone_opens_the_keys(
    folder: Path, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys = folder / "keys"
    (keys / "root.pem").unlink()  # kept elsewhere
    plain = {path.name: path.read_bytes() for path in keys.glob("*.pem")}
    monkeypatch.setenv("LINTAS_KEY_PASSPHRASE", PHRASE)
    sealed = seal_private(SigningKey.from_pem(plain["log.pem"]), PHRASE)
    (keys / "log.pem").write_bytes(sealed)
    (keys / "tls.pem.resting").write_bytes(b"half of a sealed")
    assert seal_keys(folder, LOCAL_VIEWER).changed == ["cosign", "signing", "tls"]
    assert (keys / "log.pem").read_bytes() == sealed
    assert sorted(path.name for path in keys.glob("*.pem*")) == sorted(plain)
    assert states(folder) == dict.fromkeys(NAMES, "sealed") | {"local": "plain", "root": "elsewhere"}
    for path in folder.rglob("*"):
        if path.is_file():
            raw = path.read_bytes()
            assert not any(pem in raw or pem.splitlines()[1] in raw for pem in plain.values()), path.name
    for name in plain.keys() - {"signing.pem"}:
        (keys / name).write_bytes(plain[name])
    with Node.open(folder, clock=clock, readers=shared_readers()) as node:
        found = keys_and_health(node.services, LOCAL_VIEWER)
        (signing,) = [key for key in found.at_rest if key.state == "sealed"]
        assert (signing.name, signing.stretching.startswith("scrypt 2^")) == ("signing", True)
        assert not [check for check in found.health.checks if check.name == "keys" and not check.ok]
    monkeypatch.delenv("LINTAS_KEY_PASSPHRASE")
    with pytest.raises(NodeDamaged, match="sealed"):
        Node.open(folder, clock=clock, readers=shared_readers())
    monkeypatch.setenv("LINTAS_KEY_PASSPHRASE", OTHER)
    with pytest.raises(SealBroken):
        Node.open(folder, clock=clock, readers=shared_readers())


@pytest.mark.soak
@pytest.mark.timeout(300)
def test_sealed_keys_open_with_the_passphrase_alone(
    folder: Path, clock: FakeClock, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    pems = plain_seeds(folder)
    monkeypatch.setenv("LINTAS_KEY_PASSPHRASE", PHRASE)
    done = seal_keys(folder, LOCAL_VIEWER)
    assert done.changed == NAMES
    assert states(folder) == dict.fromkeys(NAMES, "sealed") | {"local": "plain"}
    for path in folder.rglob("*"):
        if path.is_file():
            raw = path.read_bytes()
            assert not any(pem in raw or pem.splitlines()[1] in raw for pem in pems), path.name
    with Node.open(folder, clock=clock, readers=shared_readers()) as node:
        found = keys_and_health(node.services, LOCAL_VIEWER)
        assert {key.state for key in found.at_rest if key.name != "local"} == {"sealed"}
        assert all(key.stretching.startswith("scrypt 2^") for key in found.at_rest if key.name != "local")
        assert not [check for check in found.health.checks if check.name == "keys" and not check.ok]
    monkeypatch.delenv("LINTAS_KEY_PASSPHRASE")
    with pytest.raises(NodeDamaged, match="sealed"):
        Node.open(folder, clock=clock, readers=shared_readers())
    monkeypatch.setenv("LINTAS_KEY_PASSPHRASE", OTHER)
    with pytest.raises(SealBroken):
        Node.open(folder, clock=clock, readers=shared_readers())


@pytest.mark.soak
@pytest.mark.timeout(300)
def test_keys_are_sealed_anew_and_put_down_plain_again(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("root", "tls", "cosign"):  # each costs seconds
        (folder / "keys" / f"{name}.pem").unlink()
    pems = plain_seeds(folder)
    monkeypatch.delenv("LINTAS_KEY_PASSPHRASE", raising=False)
    assert seal_keys(folder, LOCAL_VIEWER, under=OTHER).changed == ["log", "signing"]
    monkeypatch.setenv("LINTAS_KEY_PASSPHRASE", OTHER)
    assert unseal_keys(folder, LOCAL_VIEWER).changed == ["log", "signing"]
    assert plain_seeds(folder) == pems


@pytest.mark.soak
@pytest.mark.timeout(300)
def test_a_change_that_was_cut_short_is_done_by_doing_it_again(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever dies in between leaves some files sealed, some plain, and an unfinished one; the node starts."""
    monkeypatch.setenv("LINTAS_KEY_PASSPHRASE", PHRASE)
    keys = folder / "keys"
    names = sorted(path.name for path in keys.iterdir())
    sealed = seal_private(SigningKey.from_pem((keys / "log.pem").read_bytes()), PHRASE)
    (keys / "log.pem").write_bytes(sealed)
    (keys / "tls.pem.resting").write_bytes(b"half of a sealed")
    assert seal_keys(folder, LOCAL_VIEWER).changed == ["cosign", "root", "signing", "tls"]
    assert (keys / "log.pem").read_bytes() == sealed
    assert sorted(path.name for path in keys.iterdir()) == names


def test_without_a_passphrase_nothing_is_sealed(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LINTAS_KEY_PASSPHRASE", raising=False)
    before = plain_seeds(folder)
    with pytest.raises(WrongUse, match="No passphrase"):
        seal_keys(folder, LOCAL_VIEWER)
    assert plain_seeds(folder) == before


def test_a_weak_passphrase_seals_nothing_and_makes_no_node(
    folder: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("LINTAS_KEY_PASSPHRASE", "password123")
    with pytest.raises(BadInput):
        seal_keys(folder, LOCAL_VIEWER)
    from lintas.model.header import Mode

    with pytest.raises(BadInput):
        Node.create(tmp_path / "second", name="Second", country="SG", mode=Mode.EXERCISE)
    assert not (tmp_path / "second").exists()


def test_only_who_keeps_the_node_changes_how_keys_rest(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LINTAS_KEY_PASSPHRASE", PHRASE)
    for role in ("analyst", "duty_officer", "supervisor", "oversight", "trainer"):
        with pytest.raises(NotAllowed):
            seal_keys(folder, Viewer(id="officer-0002", clearance=Tlp.RED, role=role))
    assert set(states(folder).values()) == {"plain"}


def test_who_put_keys_down_plain_stands_in_the_log(folder: Path, clock: FakeClock) -> None:
    assert unseal_keys(folder, OPERATOR).changed == []  # they are plain: the attempt is an entry all the same
    with Node.open(folder, clock=clock, readers=shared_readers()) as node:
        kinds = [
            json.loads(entry.header)["kind"] for entry in node.services.store.read(lambda s: list(s.entries(0, 9)))
        ]
    assert kinds[-1] == "access"


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644])
@pytest.mark.parametrize("name", ["signing.pem", "local.key", "root.pem"])
def test_keys_that_others_may_read_are_not_served_with(folder: Path, clock: FakeClock, name: str, mode: int) -> None:
    check_modes(folder)
    (folder / "keys" / name).chmod(mode)
    assert open_modes(folder) == [name]
    with pytest.raises(NodeDamaged, match=name):
        check_modes(folder)
    with Node.open(folder, clock=clock, readers=shared_readers()) as node:
        found = next(check for check in doctor(node.services).checks if check.name == "keys")
        assert not found.ok
        assert name in found.detail
        assert next(key for key in keys_at_rest(folder) if name.startswith(key.name)).is_open


def test_the_folder_of_the_keys_is_looked_at_too(folder: Path) -> None:
    (folder / "keys").chmod(0o755)
    with pytest.raises(NodeDamaged, match="keys"):
        check_modes(folder)


def test_a_root_kept_elsewhere_is_said_to_be(folder: Path, clock: FakeClock) -> None:
    (folder / "keys" / "root.pem").unlink()
    assert states(folder)["root"] == "elsewhere"
    with Node.open(folder, clock=clock, readers=shared_readers()) as node:
        found = keys_and_health(node.services, LOCAL_VIEWER)
    assert next((key.name, key.state) for key in found.keys if key.state == "in use") == ("root", "in use")


def test_a_seal_that_stretches_little_is_called_weak(folder: Path, clock: FakeClock) -> None:
    sealed = b"age-encryption.org/v1\n-> scrypt bBjlhJVYZeE4aqUdmtRHfw 10\nabc\n--- abc\n"
    (folder / "keys" / "cosign.pem").write_bytes(sealed)
    weak = next(key for key in keys_at_rest(folder) if key.name == "cosign")
    assert (weak.state, weak.stretching, weak.is_weak) == ("sealed", "scrypt 2^10", True)
    with Node.open(folder, clock=clock, readers=shared_readers()) as node:
        found = next(check for check in doctor(node.services).checks if check.name == "keys")
    assert (found.ok, "cosign" in found.detail) == (False, True)


def test_keys_and_health_hold_nothing_secret(folder: Path, clock: FakeClock) -> None:
    pems = plain_seeds(folder)
    with Node.open(folder, clock=clock, readers=shared_readers()) as node:
        raw = msgspec.json.encode(keys_and_health(node.services, OPERATOR))
    for pem in pems:
        assert pem.splitlines()[1] not in raw
    assert (folder / "keys" / "local.key").read_bytes().hex().encode() not in raw


@pytest.mark.parametrize("role", ["trainer", "oversight", "operator", "analyst"])
def test_everybody_who_works_here_reads_keys_and_health(node: Node, role: str) -> None:
    officer(node, role=role)
    make_checkpoint(node.services)
    with Browser(node) as browser:
        browser.enter(node)
        page = browser.get("/keys")
    assert page.status == 200
    for words in ("Keys and health", "ed25519", "in use", "plain: whoever reads the folder has it", "Countersigned by"):
        assert words in page.text
    for key in ("signing", "log", "tls", "cosign"):
        assert node.services.keys.open(key).key_id in page.text  # type: ignore[attr-defined]  # a Node has FileKeys
    assert "PRIVATE" not in page.html


def test_a_trouble_is_the_first_thing_on_the_page(node: Node) -> None:
    officer(node, role="operator")
    path = node.services.config.folder / "keys" / "log.pem"  # type: ignore[attr-defined]  # a NodeConfig
    path.chmod(0o644)
    with Browser(node) as browser:
        browser.enter(node)
        text = browser.get("/keys").text
    assert text.index("To be mended") < text.index("others may read log.pem") < text.index("Algorithm")
