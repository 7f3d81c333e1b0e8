# SPDX-License-Identifier: Apache-2.0
"""Nodes that know each other, copies of them on disk, and heads carried by hand."""

import json
import shutil
from base64 import b64decode
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from lintas.crypto.checkpoint import log_origin, open_checkpoint
from lintas.crypto.note import NoteKey, SignatureType
from lintas.errors import BadInput
from lintas.model.found import EvidenceHead, PeerNote
from lintas.model.header import Mode
from lintas.model.peering import Standing
from lintas.node.node import Node
from lintas.ports.store import Snapshot
from lintas.testing import OFFICER, FakeClock, shared_readers
from lintas.work.peering import add_peer, describe
from lintas.work.proving import make_checkpoint
from lintas.work.witness import held_note, keep_answer, offer_checkpoint, witness_checkpoint
from tests.scenario.giving import take_text

NAMES = {"my": ("Example anti-scam centre", "MY"), "sg": ("Sample crime desk", "SG"), "th": ("Specimen bureau", "TH")}


class World:
    """Some nodes in one folder, opened until the world ends."""

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        self.folder, self.clock, self._stack = folder, FakeClock(), stack

    def make(self, name: str, mode: Mode = Mode.EXERCISE) -> Node:
        """A new node, opened."""
        organisation, country = NAMES[name]
        Node.create(self.folder / name, name=organisation, country=country, mode=mode, clock=self.clock)
        return self.open(name)

    def open(self, name: str) -> Node:
        """A node that was made or copied, opened."""
        return self._stack.enter_context(Node.open(self.folder / name, clock=self.clock, readers=shared_readers()))

    def copy(self, node: Node, name: str, again: str) -> tuple[Node, Node]:
        """Copy a node on disk, keys and all; returns it and its twin, both opened."""
        node.close()
        shutil.copytree(self.folder / name, self.folder / again)
        return self.open(name), self.open(again)


@contextmanager
def a_world(folder: Path) -> Iterator[World]:
    """A folder for nodes; all are closed at the end."""
    with ExitStack() as stack:
        yield World(folder, stack)


def id_of(node: Node) -> str:
    """The id of a node."""
    return node.services.keys.node


def meet(*nodes: Node) -> None:
    """Give each node the others' descriptors."""
    for one in nodes:
        for other in nodes:
            if one is not other:
                add_peer(one.services, OFFICER, describe(other.services))


def grow(node: Node, text: str = "call +60123456789") -> bytes:
    """Let a log grow, and sign its head."""
    take_text(node.services, text)
    row = make_checkpoint(node.services)
    assert row is not None
    return row.note.encode()


def newest(node: Node) -> bytes:
    """The newest head of a node's own log."""
    make_checkpoint(node.services)
    row = node.services.store.read(lambda snapshot: snapshot.checkpoint())
    assert row is not None
    return row.note.encode()


def held(by: Node, of: Node) -> PeerNote | None:
    """The head of one node's log that another holds."""
    return by.services.store.read(lambda snapshot: held_note(snapshot, id_of(of)))


def offered(of: Node, by: Node) -> bytes:
    """What a node offers to another that holds an earlier head, or none."""
    found = held(by, of)
    return offer_checkpoint(of.services, id_of(by), 0 if found is None else found.size)


def cosign(by: Node, of: Node) -> bytes:
    """Let one node cosign the newest head of another, which keeps the line."""
    newest(of)
    body = offered(of, by)
    line = witness_checkpoint(by.services, id_of(of), body)
    keep_answer(of.services, id_of(by), body, line)
    return line


def asks(of: Node, by: Node) -> Callable[[int], bytes | None]:
    """How one node asks another for its newest head, from a size on."""

    def fetch(size: int) -> bytes | None:
        try:
            return offer_checkpoint(of.services, id_of(by), size)
        except BadInput:
            return None  # over HTTP: 400

    return fetch


def log_key(node: Node) -> NoteKey:
    """The key of a node's log in its present life."""
    incarnation = node.services.store.read(lambda snapshot: snapshot.meta("incarnation")) or ""
    name = log_origin(node.services.keys.node, incarnation)
    return NoteKey(name=name, type=SignatureType.ED25519, public=node.services.keys.log.public)


def cosign_key(node: Node) -> NoteKey:
    """The key that a node cosigns with."""
    public = node.services.keys.cosign.public
    return NoteKey(name=f"{id_of(node)}/cosign", type=SignatureType.COSIGNATURE, public=public)


def evidence(by: Node, against: Node) -> list[tuple[EvidenceHead, list[bytes]]]:
    """What one node keeps against another: what was said, and the documents."""

    def gather(snapshot: Snapshot) -> list[tuple[EvidenceHead, list[bytes]]]:
        return [(one, _documents(snapshot, one.seq)) for one in snapshot.evidence(id_of(against), limit=10)]

    return by.services.store.read(gather)


def _documents(snapshot: Snapshot, seq: int) -> list[bytes]:
    row = snapshot.payload(seq)
    assert row is not None
    assert row.data is not None
    return [b64decode(part) for part in json.loads(row.data)["documents"]]


def standing(by: Node, of: Node) -> Standing:
    """How one node stands with another."""
    peer = by.services.store.read(lambda snapshot: snapshot.peer(id_of(of)))
    assert peer is not None
    return peer.standing


def assert_convicted(by: Node, liar: Node, what: str, *notes: bytes) -> None:
    """One node has suspended another over heads that anybody can check."""
    ((told, documents),) = evidence(by, liar)
    assert (told.what, standing(by, liar)) == (what, Standing.SUSPENDED)
    key = log_key(liar)
    heads = {open_checkpoint(one, key).note.text for one in documents}
    assert heads == {note.rpartition(b"\n\n")[0].decode() + "\n" for note in notes}
