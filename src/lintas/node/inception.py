# SPDX-License-Identifier: Apache-2.0
"""The first entry of a log, and the opening of a new incarnation: the only entries that are no use case's."""

from lintas.crypto.canonical import canonical_json
from lintas.crypto.envelope import sign_header
from lintas.crypto.signing import SigningKey
from lintas.model.header import Header, Kind, Mode
from lintas.model.header_rules import LOCAL_TYPE
from lintas.model.marking import Marking, Tlp
from lintas.node.keys import FileKeys
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
        "root": root.public.hex(),
        "signing": [_described(keys.signing)],
        "log": [_described(keys.log)],
        "country": country,
        "incarnation": incarnation,
    }
    header = Header(
        originator=keys.node,
        kind=Kind.KEY,
        media_type=LOCAL_TYPE,
        created_at=as_text(clock.now()),
        mode=mode,
        marking=Marking(tlp=Tlp.CLEAR),
        body=body,
    )
    value = header.as_json()
    entry = Prepared(signed=sign_header(canonical_json(value), root), header=value)

    def begin(tx: Transaction) -> None:
        for name, said in (("node", keys.node), ("mode", mode.value), ("incarnation", incarnation), ("state", "live")):
            tx.put_meta(name, said)
        append(tx, entry)

    store.write(begin)


def new_incarnation(keys: Keys) -> str:
    """A fresh name for one life of the log: 16 hex digits."""
    return keys.random(8).hex()


def _described(key: SigningKey) -> dict[str, object]:
    return {"id": key.key_id, "algorithm": key.algorithm.value, "public": key.public.hex()}
