# SPDX-License-Identifier: Apache-2.0
"""What must be true of a node after anything: each taken file is there whole and once, or not at all."""

import json
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from lintas.config import NodeConfig
from lintas.model.header import Kind
from lintas.model.ids import MessageId
from lintas.model.marking import Tlp
from lintas.node.node import Node
from lintas.ports.store import Snapshot
from lintas.testing import OFFICER, up_to
from lintas.work.intake import TakenFile, TakeOptions, take
from lintas.work.keeping import rebuild
from lintas.work.payloads import payload_bytes
from lintas.work.proving import verify
from lintas.work.services import no_progress

SOURCE = "hotline"
WATCHED = "+60123456789"
WATCHED_WRITTEN = "012-345 6789"


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    """What a node holds: files by the digest of their bytes, each with the ids of its items."""

    files: dict[str, tuple[MessageId, ...]]
    entries: int

    def has(self, data: bytes) -> bool:
        """Whether a file is there."""
        return sha256(data).hexdigest() in self.files


def check_whole(node: Node, *, orphans: bool = False) -> Holding:
    """Check everything that a node claims; returns what it holds.

    Args:
        orphans: Blobs of takes that were refused since the node was opened may stand there until the next start.
    """
    services = node.services
    verified = verify(services, progress=no_progress)
    assert verified.ok, verified.problems
    rebuilt = rebuild(services, progress=no_progress)
    assert rebuilt.changed == []
    assert services.store.check() == []
    holding = services.store.read(lambda snapshot: _look(node, snapshot))
    needed = services.store.read(lambda snapshot: sorted(snapshot.blob_names()))
    on_disk = sorted(path.name for path in folder_of(node).glob("blobs/*/*"))
    assert on_disk == sorted(services.blobs.names())  # nothing unfinished is left
    assert on_disk == needed or (orphans and set(on_disk) > set(needed))
    services.store.read(_check_alerts)
    return holding


def folder_of(node: Node) -> Path:
    """The folder of an open node."""
    assert isinstance(node.services.config, NodeConfig)
    return node.services.config.folder


def _look(node: Node, snapshot: Snapshot) -> Holding:
    items, erased = set[MessageId](), set[MessageId]()
    files: dict[str, tuple[MessageId, ...]] = {}
    for entry in snapshot.entries(0, snapshot.size()):
        kind = json.loads(entry.header)["kind"]
        if kind == Kind.ITEM:
            assert entry.id not in items
            items.add(entry.id)
            if snapshot.payload(entry.seq) is None:
                erased.add(entry.id)
        if kind == Kind.INTAKE and (data := payload_bytes(node.services, snapshot, entry.seq)) is not None:
            said: dict[str, Any] = json.loads(data)
            assert said["digest"] not in files, "a file stands in the log twice"
            files[said["digest"]] = tuple(map(MessageId, said["items"]))
    held = {item for file in files.values() for item in file}
    assert items - erased <= held <= items, "a file is there in part"
    return Holding(files=files, entries=snapshot.size())


def _check_alerts(snapshot: Snapshot) -> None:
    """Each message that came after a watch and carries its value fired it exactly once, while it lived at most."""
    red = int(Tlp.RED)
    fired = [(one.watch, one.message, one.value) for one in snapshot.alerts(scope=up_to(red), after=-1, limit=100_000)]
    assert len(fired) == len(set(fired))
    expected, possible = set[tuple[MessageId, MessageId, str]](), set[tuple[MessageId, MessageId, str]]()
    for watch in snapshot.watches():
        for scheme, value in snapshot.watch_terms(watch.id):
            seqs = {hit.seq for hit in snapshot.hits([(0, scheme, value)], scope=up_to(red), limit=100_000)}
            later = [head for head in snapshot.heads(seqs, scope=up_to(red)).values() if head.seq > watch.seq]
            possible |= {(watch.id, head.id, value) for head in later}
            expected |= {(watch.id, head.id, value) for head in later if not watch.ended_at}
    assert expected <= set(fired) <= possible


def take_again(node: Node, files: list[TakenFile], before: Holding, *, orphans: bool = False) -> None:
    """Take files of which some may be there: those are duplicates to the last item, the others are new."""
    taken = take(node.services, OFFICER, files, options=TakeOptions(source=SOURCE), progress=no_progress)
    assert taken.rejected == []
    held = [before.files.get(sha256(file.data).hexdigest(), ()) for file in files]
    assert taken.duplicates == sum(map(len, held))
    after = check_whole(node, orphans=orphans)
    assert all(after.has(file.data) for file in files)
    assert taken.messages == [item for file in files for item in after.files[sha256(file.data).hexdigest()]]
    assert after.entries >= before.entries


def files_of(mark: str) -> list[TakenFile]:
    """Files of every kind whose items stand in no other file: a text, a table, a bundle, a text that is a blob."""
    rows = "".join(f"{mark} Contoh {n},{70000000000 + n},+60123450{n:03}\n" for n in range(40))
    objects = [
        {
            "type": "identity",
            "spec_version": "2.1",
            "id": f"identity--{sha256(f'{mark}/{n}'.encode()).hexdigest()[:8]}-0000-4000-a000-000000000000",
            "created": "2026-01-01T00:00:00.000Z",
            "modified": "2026-01-01T00:00:00.000Z",
            "name": f"{mark} Example {n}",
            "description": f"call {WATCHED}" if n % 3 == 0 else "",
        }
        for n in range(9)
    ]
    bundle = {"type": "bundle", "id": "bundle--00000000-0000-4000-a000-000000000000", "objects": objects}
    return [
        TakenFile(name="slip.txt", data=f"{mark}: call {WATCHED_WRITTEN} at once\n".encode()),
        TakenFile(name="mules.csv", data=f"Payee name,Account number,Phone\n{rows}".encode()),
        TakenFile(name="bundle.json", data=json.dumps(bundle).encode()),
        TakenFile(
            name="large.txt", data=f"{mark}: {WATCHED_WRITTEN} and much more\n".encode() + b"lorem ipsum\n" * 9000
        ),
    ]
