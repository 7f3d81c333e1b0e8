# SPDX-License-Identifier: Apache-2.0
"""The first entry of a log and later key entries, signed by the root: the only entries that are no use case's."""

from collections.abc import Mapping

from lintas.crypto.canonical import canonical_json
from lintas.crypto.envelope import sign_header
from lintas.crypto.signing import SigningKey, node_id
from lintas.model.header import Header, Kind, Mode
from lintas.model.header_rules import LOCAL_TYPE
from lintas.model.marking import Marking, Tlp
from lintas.node.keys import OPERATIONAL, FileKeys
from lintas.ports.clock import Clock
from lintas.ports.keys import Keys
from lintas.ports.store import Store, Transaction
from lintas.work.appending import Prepared, append
from lintas.work.services import as_text


def open_log(store: Store, root: SigningKey, keys: FileKeys, *, country: str, mode: Mode, clock: Clock) -> None:
    """Write entry 0: the node's keys, signed by its root.

    If we die before the commit, the log is empty and the folder unfinished; after it, the node is whole.
    """
    incarnation = new_incarnation(keys)
    body: dict[str, object] = {
        "country": country,
        "incarnation": incarnation,
        "serial": 0,
        **{name: [described(keys.open(name))] for name in OPERATIONAL},
    }
    entry = key_entry(root, body, mode=mode, clock=clock)

    def begin(tx: Transaction) -> None:
        for name, said in (("node", keys.node), ("mode", mode.value), ("incarnation", incarnation), ("state", "live")):
            tx.put_meta(name, said)
        append(tx, entry)

    store.write(begin)


def key_entry(root: SigningKey, body: Mapping[str, object], *, mode: Mode, clock: Clock) -> Prepared:
    """Sign a node's keys with its root.

    Args:
        body: Of a `key` message, the root left out.
    """
    header = Header(
        originator=node_id(root.public),
        kind=Kind.KEY,
        media_type=LOCAL_TYPE,
        created_at=as_text(clock.now()),
        mode=mode,
        marking=Marking(tlp=Tlp.CLEAR),
        body={"root": root.public.hex(), **body},
    )
    value = header.as_json()
    return Prepared(signed=sign_header(canonical_json(value), root), header=value)


def new_incarnation(keys: Keys) -> str:
    """A fresh name for one life of the log: 16 hex digits."""
    return keys.random(8).hex()


def described(key: SigningKey) -> dict[str, object]:
    """A key as a `key` message names it."""
    return {"id": key.key_id, "algorithm": key.algorithm.value, "public": key.public.hex()}
