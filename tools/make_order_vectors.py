# SPDX-License-Identifier: Apache-2.0
"""Write the test vectors of docs/spec/orders.md. Every byte follows from this script; a test compares.

Usage: .venv/bin/python tools/make_order_vectors.py [FOLDER]
"""

import json
import sys
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from lintas.crypto.assents import assent_challenge
from lintas.crypto.canonical import canonical_json
from lintas.crypto.digests import salted_digest
from lintas.crypto.envelope import sign_header
from lintas.crypto.passkeys import EDDSA, ES256, SoftPasskey, to_base64url
from lintas.crypto.proof import format_entry
from lintas.crypto.signing import SigningKey, node_id
from lintas.model.header import Header, Kind, Mode, PayloadDigest
from lintas.model.header_rules import LOCAL_CHANNEL, LOCAL_TYPE
from lintas.model.ids import MessageId
from lintas.model.marking import Marking, Tlp

FOLDER: Final = Path(__file__).parents[1] / "docs" / "spec" / "vectors" / "orders"
AT: Final = "2026-03-01T03:00:00.000Z"
SALT: Final = sha256(b"salt of the example").digest()[:16]
KEY: Final = SigningKey.from_seed(sha256(b"node key of the example").digest())
NODE: Final = node_id(SigningKey.from_seed(sha256(b"root key of the example").digest()).public)
PAYLOAD: Final = {
    "action": "keys.change",
    "by": "officer-0001",
    "classes": 0,
    "expires_at": "2026-03-01T11:00:00.000Z",
    "ground": "",
    "said": {"revoke": False, "what": ["tls"]},
    "second": True,
    "session": "00112233aabbccdd",
    "shown": {"the access policy": "5" * 64, "the node's keys": "0"},
    "summary": "Put new keys in the place of tls",
    "tells": [["Keys", "tls"], ["The old ones", "what they signed still counts"]],
    "v": 1,
}


def drawn(seed: bytes) -> Callable[[int], bytes]:
    """Bytes that look random and are the same each time."""
    state = [seed]

    def more(count: int) -> bytes:
        state[0] = sha256(state[0]).digest()
        return (state[0] * (count // 32 + 1))[:count]

    return more


def signed(kind: Kind, *, body: dict[str, Any] | None = None, payload: bytes | None = None) -> tuple[MessageId, bytes]:
    """One entry file."""
    header = Header(
        originator=NODE,
        kind=kind,
        media_type=LOCAL_TYPE,
        created_at=AT,
        mode=Mode.EXERCISE,
        marking=Marking(tlp=Tlp.AMBER_STRICT),
        channel=LOCAL_CHANNEL,
        body=body,
        payload=None
        if payload is None
        else PayloadDigest(digest=salted_digest(SALT, payload), size_bytes=len(payload)),
    )
    made = sign_header(canonical_json(header.as_json()), KEY)
    return made.id, format_entry(made, KEY.public, SALT if payload is not None else None)


def write(folder: Path) -> None:
    """Write every file."""
    folder.mkdir(parents=True, exist_ok=True)
    said = json.dumps(PAYLOAD, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()
    order, entry = signed(Kind.ORDER, payload=said)
    (folder / "order.payload.json").write_bytes(said)
    (folder / "order.entry.json").write_bytes(entry)
    people = (("officer-0001", "confirmed", ES256), ("officer-0002", "approved", EDDSA))
    for person, verdict, algorithm in people:
        passkey = SoftPasskey(drawn(person.encode()), "desk.example", "https://desk.example", algorithm=algorithm)
        given = passkey.answer(assent_challenge(order, verdict))
        enrolled = {
            "account": person,
            "action": "added",
            "algorithm": algorithm,
            "by": person,
            "credential": to_base64url(passkey.credential),
            "public": to_base64url(passkey.public),
            "vouched_by": "",
        }
        body = {
            "authenticator": to_base64url(given.authenticator),
            "by": person,
            "client": to_base64url(given.client),
            "credential": to_base64url(given.credential),
            "order": order,
            "signature": to_base64url(given.signature),
            "verdict": verdict,
        }
        (folder / f"{verdict}.credential.json").write_bytes(signed(Kind.CREDENTIAL, body=enrolled)[1])
        (folder / f"{verdict}.assent.json").write_bytes(signed(Kind.ASSENT, body=body)[1])
    challenges = {verdict: assent_challenge(order, verdict).hex() for _, verdict, _ in people}
    told = {"challenges": challenges, "node": NODE, "order": order}
    (folder / "values.json").write_bytes(json.dumps(told, indent=1, sort_keys=True).encode() + b"\n")


if __name__ == "__main__":
    write(Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER)
