# SPDX-License-Identifier: Apache-2.0
"""What a holder of the keys writes about peers past the use cases: well signed, and still named."""

import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from lintas.crypto.canonical import canonical_json, parse_canonical
from lintas.crypto.envelope import sign_header
from lintas.crypto.signing import SigningKey
from lintas.crypto.stream import chain_after, place_digest
from lintas.model.header import Kind, Payload, Signed
from lintas.model.marking import Marking, Tlp
from lintas.model.peering import Lane
from lintas.node.keys import new_key, read_root
from lintas.node.node import Node
from lintas.ports.store import Transaction
from lintas.testing import OFFICER, FakeClock, carry, two_nodes
from lintas.work.access import record_access
from lintas.work.appending import Prepared, append, prepare_content, prepare_control
from lintas.work.intake import TakenFile, TakeOptions, take
from lintas.work.keeping import erase, rebuild
from lintas.work.peering import keys_of
from lintas.work.proving import verify
from lintas.work.services import no_progress
from lintas.work.sharing import share
from lintas.work.streams import incarnation_of, protocol_decision, stream_end

AMBER = Marking(tlp=Tlp.AMBER)
Change = dict[str, Any]


@pytest.fixture
def nodes(tmp_path: Path, clock: FakeClock) -> Iterator[tuple[Node, Node]]:
    """Two nodes; one has released two notes to the other, which has them."""
    with two_nodes(tmp_path, clock=clock) as (here, there):
        messages = [taken(here, f"Call +60 12-345 678{number}") for number in range(2)]
        share(here.services, OFFICER, messages, to=[id_of(there)])
        assert carry(here, there) == 2
        carry(there, here)
        yield here, there


def id_of(node: Node) -> str:
    return node.services.keys.node


def taken(node: Node, text: str) -> str:
    file = TakenFile(name="note.txt", data=text.encode())
    done = take(node.services, OFFICER, [file], options=TakeOptions(marking=AMBER), progress=no_progress)
    return done.messages[0]


def problems_of(node: Node) -> list[str]:
    """What is said of the log, but for rows of the views, which a forger would mend."""
    rebuild(node.services, progress=no_progress)
    return verify(node.services, progress=no_progress).problems


def said_of(node: Node, seq: int) -> list[str]:
    return [problem for problem in problems_of(node) if problem.startswith(f"entry {seq}:")]


def put(node: Node, signed: Signed, payload: Payload | None = None) -> int:
    entry = Prepared(signed=signed, header=parse_canonical(signed.header_bytes), payload=payload)
    return node.services.store.write(lambda tx: append(tx, entry))


def a_header_of(node: Node, kind: str) -> tuple[int, dict[str, Any]]:
    """The newest entry of one kind."""

    def find(snapshot: Any) -> tuple[int, dict[str, Any]]:
        seq = snapshot.places_of(kind)[-1]
        return seq, json.loads(next(snapshot.entries(seq, seq + 1)).header)

    return node.services.store.read(find)


def release(node: Node, to: Node, change: Change, *, of: str = "", data: bytes = b"Call +60 12-345 6780") -> int:
    """Release a note by hand, with one thing in the release entry otherwise; returns the entry's place."""
    services = node.services

    def job(tx: Transaction) -> int:
        peer = tx.peer(id_of(to))
        assert peer is not None
        incarnation = incarnation_of(tx)
        tip = stream_end(tx, "out", peer.channel, incarnation=incarnation, lane=Lane.BULK)
        home = of or tx.entries(0, tx.size())
        home = home if isinstance(home, str) else next(e.id for e in home if b'"kind":"item"' in e.header)
        message = prepare_content(
            services,
            Kind.ITEM,
            data,
            media_type="text/plain;charset=utf-8",
            marking=Marking(tlp=Tlp.AMBER, recipients=frozenset({peer.node})),
            refs={"release_of": [home]},
            channel=peer.channel,
        )
        body = {
            "by": "officer-0001",
            "chain": chain_after(tip.chain, [place_digest(message.id)]),
            "channel": peer.channel,
            "count": 1,
            "decision": protocol_decision(services, tx, peer.channel),
            "first": tip.counter + 1,
            "incarnation": incarnation,
            "lane": "bulk",
        }
        append(tx, message)
        return append(tx, prepare_control(services, Kind.RELEASE, body | change))

    return services.store.write(job)


def test_what_went_and_came_holds(nodes: tuple[Node, Node]) -> None:
    here, there = nodes
    release(here, there, {})
    assert problems_of(here) == problems_of(there) == []


@pytest.mark.parametrize(
    ("change", "sign"),
    [
        ({"count": 2}, "messages stand before it"),
        ({"first": 9}, "goes on at 3, not at 9"),
        ({"first": 1}, "goes on at 3, not at 1"),
        ({"chain": "0" * 64}, "chain"),
        ({"channel": "pair." + "0" * 32}, "on another channel"),
        ({"decision": "0" * 64}, "no earlier decision"),
        ({"incarnation": "0" * 16}, "another life of this log"),
    ],
)
def test_a_release_that_misstates_its_run_is_named(nodes: tuple[Node, Node], change: Change, sign: str) -> None:
    here, there = nodes
    seq = release(here, there, change)
    assert any(sign in problem for problem in said_of(here, seq)), problems_of(here)


def test_a_release_that_was_decided_against_is_named(nodes: tuple[Node, Node]) -> None:
    here, there = nodes
    _, decided = a_header_of(here, "decision")
    refusal = prepare_control(
        here.services, Kind.DECISION, decided["body"] | {"outcome": "refuse", "conditions": "1" * 64}
    )
    here.services.store.write(lambda tx: append(tx, refusal))
    seq = release(here, there, {"decision": refusal.id})
    assert any("no earlier decision" in problem for problem in said_of(here, seq))


def test_a_message_on_a_channel_without_a_place_is_named(nodes: tuple[Node, Node]) -> None:
    here, _ = nodes
    channel = here.services.store.read(lambda s: s.peers()[0].channel)
    loose = prepare_content(here.services, Kind.REJECTION, b"{}", marking=AMBER, channel=channel)
    seq = here.services.store.write(lambda tx: tx.append(loose.signed, loose.payload, ""))
    assert any("no entry gives it a place" in problem for problem in verify_only(here, seq))
    record_access(here.services, OFFICER, "log", {}, [])
    assert any("no entry gives it a place" in problem for problem in verify_only(here, seq))


def verify_only(node: Node, seq: int) -> list[str]:
    """The same without a rebuild, for payloads that no use case would write."""
    problems = verify(node.services, progress=no_progress).problems
    return [problem for problem in problems if problem.startswith(f"entry {seq}:")]


def test_a_released_item_that_is_of_nothing_here_is_named(nodes: tuple[Node, Node]) -> None:
    here, there = nodes
    seq = release(here, there, {}, of="0" * 64)
    assert any("of no local item" in problem for problem in said_of(here, seq - 1))


def test_a_released_item_with_other_bytes_is_named(nodes: tuple[Node, Node]) -> None:
    here, there = nodes
    seq = release(here, there, {}, data=b"Call somebody else")
    assert any("other bytes" in problem for problem in said_of(here, seq - 1))


def test_a_release_of_what_was_erased_since_is_explained(nodes: tuple[Node, Node]) -> None:
    here, _ = nodes
    message = here.services.store.read(
        lambda s: next(e.id for e in s.entries(0, s.size()) if b'"kind":"item"' in e.header)
    )
    erase(here.services, OFFICER, [message], ground="retention")
    assert problems_of(here) == []


@pytest.mark.parametrize(
    ("change", "sign"),
    [
        ({"count": 1}, "messages stand before it"),
        ({"first": 3, "count": 1}, "messages stand before it"),
        ({"incarnation": "0" * 16}, "which nobody here accepted"),
        ({"node": "lintas:" + "a" * 52}, "which nobody here accepted"),
    ],
)
def test_a_receipt_of_what_did_not_come_is_named(nodes: tuple[Node, Node], change: Change, sign: str) -> None:
    _, there = nodes
    _, header = a_header_of(there, "received")
    body = header["body"] | {"first": header["body"]["count"] + 1} | change
    forged = prepare_control(there.services, Kind.RECEIVED, body)
    seq = there.services.store.write(lambda tx: tx.append(forged.signed, None, ""))
    assert any(sign in problem for problem in verify_only(there, seq)), verify_only(there, seq)


def foreign(nodes: tuple[Node, Node], change: Change, *, key: SigningKey | None = None) -> Signed:
    """A message of the peer that is like one that came, with one thing otherwise, signed by the peer."""
    here, _ = nodes
    entry = here.services.store.read(
        lambda s: next(
            e for e in s.entries(0, s.size()) if b'"channel":"pair.' in e.header and b'"kind":"item"' in e.header
        )
    )
    header = json.loads(entry.header) | {"created_at": "2026-03-01T03:00:59.000Z"} | change
    return sign_header(canonical_json(header), key or here.services.keys.signing)


STRANGERS: dict[str, tuple[Change, bool, str]] = {
    "of nobody known": ({"originator": "lintas:" + "a" * 52}, False, "made by another node"),
    "of another mode": ({"mode": "live"}, False, "another mode"),
    "signed by nobody's key": ({}, True, "no earlier entry made valid"),
    "without a place": ({}, False, "no entry gives it a place"),
}


@pytest.mark.parametrize("what", STRANGERS)
def test_a_foreign_message_that_may_not_stand_here_is_named(nodes: tuple[Node, Node], what: str) -> None:
    _, there = nodes
    change, is_stolen, sign = STRANGERS[what]
    signed = foreign(nodes, change, key=new_key() if is_stolen else None)
    seq = there.services.store.write(lambda tx: tx.append(signed, None, ""))
    assert any(sign in problem for problem in verify_only(there, seq)), verify_only(there, seq)


@pytest.mark.parametrize("kind", ["account", "erase", "ended", "decision", "release", "received", "peer"])
def test_a_local_message_of_another_node_is_named(nodes: tuple[Node, Node], kind: str) -> None:
    here, there = nodes
    bodies: dict[str, dict[str, Any]] = {
        "account": {"account": "officer-0001", "action": "closed", "clearance": "RED", "role": "operator"},
        "erase": {"by": "officer-0001", "ground": "retention", "messages": ["0" * 64]},
        "ended": {"by": "officer-0001", "target": "0" * 64, "what": "watch"},
    }
    body = bodies.get(kind) or a_header_of(here if kind != "received" else there, kind)[1]["body"]
    signed = prepare_control(here.services, Kind(kind), body).signed
    held = there.services.store.read(lambda s: s.entry_by_id(signed.id))
    assert held is None
    seq = there.services.store.write(lambda tx: tx.append(signed, None, ""))
    assert any(f"a local {kind} message of another node" in one for one in verify_only(there, seq))


def keys_message(node: Node, tmp_path: Path, name: str, change: Change, *, by: SigningKey | None = None) -> Signed:
    """The node's keys with one thing otherwise, signed by its root."""
    root = by or read_root(tmp_path / name, passphrase=None)
    keys = node.services.store.read(lambda s: keys_of(s, id_of(node)))
    header = json.loads(keys.signed.header_bytes)
    header |= {"created_at": "2026-03-01T03:00:59.000Z", "body": header["body"] | change}
    return sign_header(canonical_json(header), root)


def described(key: SigningKey) -> dict[str, str]:
    return {"algorithm": "ed25519", "id": key.key_id, "public": key.public.hex()}


KEY_CHANGES: dict[str, tuple[Change, str]] = {
    "the same number": ({"serial": 0}, "older keys"),
    "another root": ({"serial": 1, "root": new_key().public.hex()}, "root"),
    "a key by another id": ({"serial": 1, "log": [described(new_key()) | {"id": "0" * 64}]}, "by an id"),
}


@pytest.mark.parametrize("what", KEY_CHANGES)
def test_keys_of_a_peer_that_do_not_hold_are_named(nodes: tuple[Node, Node], tmp_path: Path, what: str) -> None:
    here, there = nodes
    change, sign = KEY_CHANGES[what]
    signed = keys_message(here, tmp_path, "my", change)
    seq = there.services.store.write(lambda tx: tx.append(signed, None, ""))
    assert any(sign in problem for problem in verify_only(there, seq)), verify_only(there, seq)


def test_keys_of_a_peer_that_its_root_did_not_sign_are_named(nodes: tuple[Node, Node], tmp_path: Path) -> None:
    here, there = nodes
    signed = keys_message(here, tmp_path, "my", {"serial": 1}, by=new_key())
    seq = there.services.store.write(lambda tx: tx.append(signed, None, ""))
    assert any("signed with another key" in problem for problem in verify_only(there, seq))


def revoke(node: Node, tmp_path: Path) -> Signed:
    """A key message that revokes the node's signing key."""
    old, new = node.services.keys.signing, new_key()
    return keys_message(node, tmp_path, "my", {"serial": 1, "signing": [described(new)], "revoked": [old.key_id]})


def test_a_message_under_a_key_that_its_node_revoked_before_is_named(nodes: tuple[Node, Node], tmp_path: Path) -> None:
    here, there = nodes
    put(there, revoke(here, tmp_path))
    assert problems_of(there) == []  # what came before the revocation still counts
    signed = foreign(nodes, {})
    seq = there.services.store.write(lambda tx: tx.append(signed, None, ""))
    assert any("no earlier entry made valid" in problem for problem in verify_only(there, seq))


def test_openings_that_do_not_open_a_peers_references_are_named(nodes: tuple[Node, Node]) -> None:
    _, there = nodes

    def find(snapshot: Any) -> Any:
        rows = snapshot.payload_rows(0, snapshot.size())
        return next(
            (entry, rows[entry.seq])
            for entry in snapshot.entries(0, snapshot.size())
            if b'"channel":"pair.' in entry.header and b'"kind":"item"' in entry.header
        )

    entry, row = there.services.store.read(find)
    assert set(json.loads(row.openings)) == {"recipients"}  # what it was released of stays closed here
    assert set(json.loads(entry.header)["refs"]) == {"recipients", "release_of"}
    good = json.loads(row.openings)
    for openings, is_good in (
        (good, True),
        ({}, True),
        (good | {"release_of": [["0" * 32, "0" * 64]]}, False),
        ({"recipients": [["0" * 32, id_of(there)]]}, False),
    ):
        database = sqlite3.connect(there.services.config.folder / "node.sqlite", isolation_level=None)  # type: ignore[attr-defined]  # a NodeConfig
        database.execute("UPDATE payload SET openings = ? WHERE seq = ?", (canonical_json(openings), entry.seq))
        database.close()
        assert (verify_only(there, entry.seq) == []) is is_good, openings
