# SPDX-License-Identifier: Apache-2.0
"""What a holder of the signing key writes past the use cases: well signed, and still refused where it can be known."""

import json
import sqlite3
from collections.abc import Callable, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from lintas.crypto.canonical import canonical_json
from lintas.crypto.envelope import sign_header
from lintas.crypto.signing import SigningKey
from lintas.model.header import Kind, Payload
from lintas.model.log_answers import Verified
from lintas.model.viewer import Viewer
from lintas.node.keys import read_root
from lintas.node.node import Node
from lintas.testing import CLERK, OFFICER, a_node
from lintas.work.appending import Prepared, append, prepare_content, prepare_control
from lintas.work.keeping import erase
from lintas.work.proving import verify
from lintas.work.services import no_progress
from lintas.work.watching import acknowledge, add_watch, end_watch, list_alerts, list_watches
from tests.scenario.giving import take_text

Change = Callable[[dict[str, Any]], Mapping[str, Any]]


def forged(node: Node, value: Mapping[str, Any], payload: Payload | None = None) -> int:
    """Append a header as it is, signed with the node's own key."""
    signed = sign_header(canonical_json(value), node.services.keys.signing)
    return node.services.store.write(lambda tx: tx.append(signed, payload, ""))


def checked(node: Node) -> Verified:
    return verify(node.services, progress=no_progress)


def said_of(node: Node, seq: int) -> list[str]:
    """What is said of one entry; that a forged one stands in no view is said too, where its header can be read."""
    return [problem for problem in checked(node).problems if problem.startswith(f"entry {seq}:")]


@pytest.mark.parametrize(
    "change",
    [
        lambda header: header | {"areas": ["Ali bin Contoh"]},
        lambda header: header | {"subject": "slip"},
        lambda header: header | {"channel": "everyone"},
        lambda header: header | {"v": 2},
        lambda header: {name: value for name, value in header.items() if name != "grading"},
        lambda header: header | {"marking": header["marking"] | {"tlp": "ORANGE"}},
        lambda header: header | {"body": {}},
        lambda header: header | {"payload": {"digest": "0" * 64}},
    ],
)
def test_a_well_signed_header_that_does_not_hold_to_its_format_is_named(node: Node, change: Change) -> None:
    entry = prepare_content(node.services, Kind.ACCESS, b"{}")
    assert checked(node).ok
    seq = forged(node, change(dict(entry.header)), entry.payload)
    (problem,) = said_of(node, seq)
    assert any(sign in problem for sign in ("header", "no crime area", "payload and no body"))


@pytest.mark.parametrize(
    "change",
    [
        lambda header: header | {"originator": "lintas:" + "a" * 52},
        lambda header: header | {"mode": "live"},
    ],
)
def test_a_header_of_another_node_or_mode_is_named(node: Node, change: Change) -> None:
    entry = prepare_content(node.services, Kind.ACCESS, b"{}")
    seq = forged(node, change(dict(entry.header)), entry.payload)
    assert f"entry {seq}: it was made by another node or in another mode" in said_of(node, seq)


def test_new_keys_that_the_root_did_not_sign_are_named(node: Node) -> None:
    """Whoever stole the signing key cannot make it theirs for good."""
    first = node.services.store.read(lambda s: json.loads(next(s.entries(0, 1)).header))
    thief = SigningKey.from_seed(b"\x09" * 32)
    own = {"id": thief.key_id, "algorithm": "ed25519", "public": thief.public.hex()}
    seq = forged(node, first | {"body": first["body"] | {"signing": [own]}})
    assert any("signed with another key" in problem for problem in said_of(node, seq))


@pytest.mark.parametrize(
    "change",
    [
        lambda body: body | {"signing": [body["signing"][0] | {"id": "0" * 64}]},
        lambda body: body | {"root": SigningKey.from_seed(b"\x09" * 32).public.hex()},
    ],
    ids=["a key by another id", "another root"],
)
def test_new_keys_that_the_root_signed_but_misnamed_are_named(node: Node, tmp_path: Path, change: Change) -> None:
    first = node.services.store.read(lambda s: json.loads(next(s.entries(0, 1)).header))
    root = read_root(tmp_path / "node", passphrase=None)
    good = first | {"created_at": "2026-03-01T03:00:00.001Z", "body": first["body"] | {"serial": 1}}
    signed = sign_header(canonical_json(good), root)
    node.services.store.write(lambda tx: append(tx, Prepared(signed=signed, header=good)))
    assert checked(node).ok
    bad = sign_header(canonical_json(first | {"body": change(first["body"])}), root)
    seq = node.services.store.write(lambda tx: tx.append(bad, None, ""))
    assert any("It names" in problem for problem in said_of(node, seq))


def test_an_incarnation_that_misstates_where_the_last_one_ends_is_named(node: Node) -> None:
    size, old = node.services.store.read(lambda s: (s.size(), s.meta("incarnation")))
    body = {
        "incarnation": "0" * 16,
        "previous": old,
        "previous_size": size,
        "previous_root": sha256(b"another history").hexdigest(),
        "ground": "disk_lost",
        "approved_by": ["officer-0001", "officer-0002"],
    }
    seq = forged(node, prepare_control(node.services, Kind.INCARNATION, body).header)
    assert any("the end that it gives" in problem for problem in said_of(node, seq))


def test_a_payload_that_outlives_its_erasure_is_named(tmp_path: Path) -> None:
    with a_node(tmp_path) as node:
        (message,) = take_text(node.services, "call +60123456789").messages
        seq, row = node.services.store.read(lambda s: _place_and_payload(s, message))
        erase(node.services, OFFICER, [message], ground="recall")
        assert checked(node).ok
    database = sqlite3.connect(tmp_path / "node" / "node.sqlite", isolation_level=None)
    database.execute(
        "INSERT INTO payload (seq, salt, openings, data, blob) VALUES (?, ?, ?, ?, ?)",
        (seq, row.salt, row.openings, row.data, row.blob),
    )
    database.close()
    with a_node(tmp_path) as node:
        found = checked(node)
    assert not found.ok
    assert any("erased" in problem for problem in found.problems)


def test_another_incarnation_in_the_nodes_folder_is_named(tmp_path: Path) -> None:
    with a_node(tmp_path) as node:
        take_text(node.services, "call +60123456789")
    database = sqlite3.connect(tmp_path / "node" / "node.sqlite", isolation_level=None)
    database.execute("UPDATE meta SET value = '00000000000000ff' WHERE name = 'incarnation'")
    database.close()
    with a_node(tmp_path) as node:
        assert any("incarnation" in problem for problem in checked(node).problems)


def _place_and_payload(snapshot: Any, message: str) -> tuple[int, Any]:
    seq = snapshot.entry_by_id(message).seq
    return seq, snapshot.payload(seq)


def test_no_header_tells_the_id_of_an_alert(node: Node) -> None:
    """It is a digest of a phone number: whoever tries all numbers would find it, long after the erasure."""
    services = node.services
    add_watch(services, OFFICER, ["+60123456789"])
    taken = take_text(services, "call +60123456789")
    (alert,) = list_alerts(services, OFFICER).alerts
    acknowledge(services, OFFICER, alert.id)
    assert list_alerts(services, OFFICER).alerts[0].acknowledged_by == OFFICER.id
    erase(services, OFFICER, taken.intakes, ground="retention")
    headers = services.store.read(lambda s: b"".join(entry.header for entry in s.entries(0, s.size())))
    assert alert.id.encode() not in headers
    assert b'"what":"alert"' in headers


def test_an_officer_of_low_clearance_sees_and_ends_their_own_watch(node: Node) -> None:
    watch = add_watch(node.services, CLERK, ["+60123456789"]).watch
    assert [one.id for one in list_watches(node.services, CLERK)] == [watch]
    other = Viewer(id="officer-0003", clearance=CLERK.clearance)
    assert list_watches(node.services, other) == []
    assert end_watch(node.services, CLERK, watch).state == "ended"
