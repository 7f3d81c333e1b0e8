# SPDX-License-Identifier: Apache-2.0
"""Write the test vectors of docs/spec/peer.md. Every byte follows from this script; a test runs it again and compares.

Usage: .venv/bin/python -m tools.make_peer_vectors [FOLDER]
"""

import json
import sys
from pathlib import Path
from typing import Any

from lintas.conformance.bad_batches import bad_batches
from lintas.conformance.sample import Speaker
from lintas.crypto.checkpoint import log_origin
from lintas.crypto.merkle import consistency_proof, inclusion_proof, tiles_after
from lintas.crypto.note import NoteKey, SignatureType, format_note
from lintas.crypto.proof import Receipt, format_receipt
from lintas.crypto.requests import COVERED, request_key_id, sign_request, signature_base
from lintas.crypto.signing import SigningKey
from lintas.crypto.stream import chain_after, chain_start
from lintas.crypto.tls import make_certificate
from lintas.crypto.witness import Offer, format_cosignatures, format_offer
from lintas.crypto.words import words_of
from lintas.formats.peer import (
    ProofAnswer,
    encode,
    envelope_of,
    sign_document,
)
from tools.bad_peer_vectors import bad_greetings, bad_requests
from tools.peer_example import (
    ACK,
    AT_S,
    CHALLENGE,
    CHANNEL,
    COSIGNED,
    CURSOR,
    DIGESTS,
    GONE,
    HELLO,
    INCARNATION,
    ITEM,
    LEAVES,
    LOG,
    MY,
    NOTE,
    RECEIPT,
    RELEASE,
    SAMPLE,
    SESSION,
    SG,
    START,
    WELCOME,
    descriptor,
)

FOLDER = Path(__file__).parents[1] / "docs" / "spec" / "vectors" / "peer"


def request(name: str, method: str, path: str, query: str, body: bytes, nonce: str) -> dict[str, Any]:
    """A request from SG to MY, with the bytes that its signature covers."""
    headers = sign_request(
        SG.signing, method=method, path=path, query=query, body=body, to=MY.id, nonce=nonce, created_s=AT_S
    )
    values = (method, path, f"?{query}", headers["content-digest"], headers["lintas-to"])
    parameters = headers["signature-input"].removeprefix("lintas=")
    assert request_key_id(headers) == SG.signing.key_id
    return {
        "name": name,
        "method": method,
        "path": path,
        "query": query,
        "body": body.decode(),
        "headers": headers,
        "signature_base": signature_base(list(zip(COVERED, values, strict=True)), parameters).decode(),
    }


def requests(hello: bytes) -> list[dict[str, Any]]:
    """One request with a body, one without, one with a query."""
    return [
        request("hello", "POST", "/peer/v1/hello", "", hello, CHALLENGE),
        request("feed", "GET", "/peer/v1/feed", f"after={INCARNATION}.0.0", b"", f"{SESSION}.1"),
        request("gossip", "POST", "/peer/v1/gossip", "", b'{"notes":[]}', f"{SESSION}.2"),
    ]


def proofs() -> dict[str, bytes]:
    """Heads, cosignature and proof, as the routes give them."""
    rows = {(level, index): row for level, index, row in tiles_after(0, LEAVES, lambda _level, _index: b"")}
    size = len(LOG)
    path = inclusion_proof(size - 1, size, lambda level, index: rows[level, index])
    receipt = format_receipt(Receipt(index=size - 1, path=path, checkpoint=format_note(NOTE)))
    continued = consistency_proof(1, size, lambda level, index: rows[level, index])
    return {
        "proof.json": encode(ProofAnswer(entry=envelope_of(RELEASE), receipt=receipt.decode())),
        "offer.txt": format_offer(Offer(old_size=1, proof=continued, note=format_note(NOTE))),
        "cosignature.txt": format_cosignatures(COSIGNED.signatures[-1:]),
        "cosigned.note": format_note(COSIGNED),
    }


def described(one: Speaker) -> dict[str, Any]:
    """A node as keys.json tells it."""
    roles = ("root", "signing", "log", "tls", "cosign")
    keys: dict[str, SigningKey] = {role: getattr(one, role) for role in roles}
    return {
        "node": one.id,
        "incarnation": one.incarnation,
        "words": words_of(one.root.public),
        "log": NoteKey(
            name=log_origin(one.id, one.incarnation), type=SignatureType.ED25519, public=one.log.public
        ).vkey,
        "cosigner": NoteKey(name=f"{one.id}/cosign", type=SignatureType.COSIGNATURE, public=one.cosign.public).vkey,
        "keys": {role: {"id": key.key_id, "public": key.public.hex()} for role, key in keys.items()},
    }


def make(folder: Path) -> None:
    """Write all vectors into a folder."""
    (folder / "bad").mkdir(parents=True, exist_ok=True)
    hello = sign_document("hello", HELLO, SG.signing)
    document = sign_document("batch", SAMPLE.batch(), MY.signing)
    good = requests(hello)
    bad = {f"batch_{name}": one for name, one in bad_batches(SAMPLE).items()} | bad_greetings()
    refused = {f"request_{name}": one for name, one in bad_requests(good).items()}
    feed = b"event: batch\nid: %b\ndata: %b\n\nevent: head\n%b\n" % (
        CURSOR.encode(),
        document,
        b"".join(b"data: %b\n" % line for line in format_note(NOTE).split(b"\n")),
    )
    chain = {
        "channel": CHANNEL,
        "incarnation": INCARNATION,
        "starts": {lane: chain_start(CHANNEL, INCARNATION, lane) for lane in ("alert", "bulk")},
        "messages": [one.id for one in (ITEM, RECEIPT, GONE)],
        "places": DIGESTS,
        "chain_after_each": [chain_after(START, DIGESTS[:count]) for count in range(1, 4)],
    }
    codes = {name: code for name, (code, _) in sorted({**bad, **refused}.items())}
    for name, value in {
        "keys": {one.country: described(one) for one in (MY, SG)},
        "chain": chain,
        "requests": good,
        "refused": codes,
    }.items():
        (folder / f"{name}.json").write_text(json.dumps(value, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    files = {
        "descriptor.json": descriptor(MY),
        "hello.json": hello,
        "welcome.json": sign_document("welcome", WELCOME, MY.signing),
        "batch.json": document,
        "ack.json": sign_document("ack", ACK, SG.signing),
        "feed.txt": feed,
        "certificate.pem": make_certificate(MY.tls, MY.id)[0],
        **proofs(),
        **{f"bad/{name}.json": raw for name, (_, raw) in bad.items()},
        **{
            f"bad/{name}.json": json.dumps({n: v for n, v in said.items() if n != "signature_base"}, indent=1).encode()
            for name, (_, said) in refused.items()
        },
    }
    for name, raw in files.items():
        (folder / name).write_bytes(raw)


if __name__ == "__main__":
    make(Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER)
