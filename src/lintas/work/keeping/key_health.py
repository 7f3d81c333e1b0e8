# SPDX-License-Identifier: Apache-2.0
"""Keys and health: which keys count since when, how they rest, who vouches for the log, what is not as it should be.

Nothing secret: a public key's id, the mode of a file, numbers. Peers are named, as on their own page.
"""

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, Final

from lintas.crypto.signing import Algorithm, key_id
from lintas.model.key_answers import KeysAndHealth, KeyShown, PeerLag
from lintas.model.viewer import Viewer
from lintas.ports.store import Snapshot
from lintas.work.access import permit
from lintas.work.keeping.doctor import doctor
from lintas.work.peering.listing import list_peers
from lintas.work.services import Services

_NAMES: Final = ("signing", "log", "tls", "cosign")


def keys_and_health(services: Services, viewer: Viewer) -> KeysAndHealth:
    """Gather what a person who answers for this node looks at each morning.

    Raises:
        NotAllowed: The viewer may not.
    """
    permit(services, viewer, "keys.read")
    peers, health = list_peers(services, viewer), doctor(services)
    names = {peer.node: peer.name for peer in peers.peers}

    def gather(snapshot: Snapshot) -> KeysAndHealth:
        entries = _key_entries(snapshot, services.keys.node)
        last = snapshot.checkpoint()
        size = 0 if last is None else last.size
        return KeysAndHealth(
            node=services.keys.node,
            keys=_shown(entries),
            at_rest=list(services.installation.keys_at_rest()),
            rotated_at=entries[-1][1]["created_at"] if len(entries) > 1 else "",
            serial=peers.serial,
            checkpoint_size=size,
            checkpoint_at="" if last is None else last.made_at,
            checkpoint_age_s=-1 if last is None else _age_s(services, last.made_at),
            unsigned_entries=max(0, snapshot.size() - size),
            cosigned_by=sorted(names.get(node, node) for node in peers.cosigned_by),
            peers=[
                PeerLag(
                    node=peer.node,
                    name=peer.name,
                    standing=peer.standing,
                    behind=sum(max(0, lane.sent - lane.stored) for lane in peer.lanes),
                    heard_at=peer.link.last_contact,
                )
                for peer in peers.peers
                if peer.standing != "removed"
            ],
            health=health,
        )

    return services.store.read(gather)


def _age_s(services: Services, made_at: str) -> int:
    made = datetime.fromisoformat(made_at).astimezone(UTC)
    return max(0, int((services.clock.now() - made).total_seconds()))


def _key_entries(snapshot: Snapshot, node: str) -> list[tuple[int, Mapping[str, Any]]]:
    """This node's own key entries, oldest first."""
    found = []
    for seq in snapshot.key_places(node):
        for entry in snapshot.entries(seq, seq + 1):
            found.append((seq, json.loads(entry.header)))  # noqa: PERF401  # two loops read better
    return found


def _shown(entries: list[tuple[int, Mapping[str, Any]]]) -> list[KeyShown]:
    """Every key that the log ever named, those in use first, with the entry that named it first."""
    first: dict[tuple[str, str], tuple[int, str, str]] = {}
    revoked: set[str] = set()
    root = ""
    for seq, header in entries:
        body = header["body"]
        root = body["root"]
        revoked |= set(body.get("revoked", ()))
        for name, key in _named(body):
            first.setdefault((name, key["id"]), (seq, header["created_at"], key["algorithm"]))
    newest = entries[-1][1]["body"] if entries else {}
    in_use = {name: newest[name][0]["id"] for name in _NAMES if newest.get(name)}
    shown = [
        KeyShown(
            name=name,
            id=id_,
            algorithm=algorithm,
            state="in use" if in_use.get(name) == id_ else "revoked" if id_ in revoked else "replaced",
            since=since,
            entry=seq,
        )
        for (name, id_), (seq, since, algorithm) in first.items()
    ]
    if root:
        seq, header = entries[0]
        known = KeyShown(
            name="root",
            id=key_id(bytes.fromhex(root)),
            algorithm=Algorithm.ED25519.value,
            state="in use",
            since=header["created_at"],
            entry=seq,
        )
        shown.append(known)
    order = ("root", *_NAMES)
    return sorted(shown, key=lambda key: (key.state != "in use", order.index(key.name), -key.entry))


def _named(body: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, str]]]:
    for name in _NAMES:
        for key in body.get(name, ()):
            yield name, key
