# SPDX-License-Identifier: Apache-2.0
"""A stored entry as a signed value again, and the key that signed it."""

import json
from hashlib import sha256
from typing import Final

from lintas.crypto.envelope import leaf_data
from lintas.crypto.merkle import leaf_hash
from lintas.crypto.signing import key_id
from lintas.errors import NodeDamaged
from lintas.model.found import EntryHead
from lintas.model.header import Kind, Signed
from lintas.model.ids import KeyId, MessageId
from lintas.ports.store import Snapshot

_KEY_ID_CHARS: Final = 64
_SIGNATURE_BYTES_MAX: Final = 0xFFFF  # its length has two bytes in a leaf


def signed_of(entry: EntryHead) -> Signed:
    """Recompute id and leaf from what is stored: neither is believed.

    Raises:
        NodeDamaged: What is stored can be no leaf.
    """
    if len(entry.key_id) != _KEY_ID_CHARS or not entry.key_id.isascii() or len(entry.signature) > _SIGNATURE_BYTES_MAX:
        raise NodeDamaged("Its key id or signature has a length that none has.", hint="Run `lintas verify`.")
    digest = sha256(entry.header).digest()
    return Signed(
        id=MessageId(digest.hex()),
        header_bytes=entry.header,
        key_id=KeyId(entry.key_id),
        algorithm=entry.algorithm,
        signature=entry.signature,
        leaf=leaf_hash(leaf_data(digest, entry.key_id, entry.signature)),
    )


def public_key(snapshot: Snapshot, wanted: str) -> bytes:
    """The public key that entries of this log are signed with, by its id.

    Raises:
        NodeDamaged: No key entry names it.
    """
    for seq in snapshot.places_of(Kind.KEY.value):
        for entry in snapshot.entries(seq, seq + 1):
            body = json.loads(entry.header)["body"]
            known = [bytes.fromhex(key["public"]) for key in body["signing"]] + [bytes.fromhex(body["root"])]
            for public in known:
                if key_id(public) == wanted:
                    return public
    raise NodeDamaged("No key entry names the key that signed this entry.", hint="Run `lintas verify`.")


def log_keys(snapshot: Snapshot, node: str) -> list[bytes]:
    """The public keys that ever signed heads of a node's log, as its key entries here name them; newest first."""
    found: dict[bytes, None] = {}
    for seq in reversed(snapshot.key_places(node)):
        body = json.loads(next(snapshot.entries(seq, seq + 1)).header)["body"]
        found |= dict.fromkeys(bytes.fromhex(key["public"]) for key in body["log"])
    return list(found)
