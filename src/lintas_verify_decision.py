# SPDX-License-Identifier: Apache-2.0
"""Check, without Lintas, that a person's own passkey answered an order: Python and `cryptography` are all it needs.

The numbers are the steps of docs/spec/orders.md, "Checking a decision". Exit: 0 proven, 1 refused, 2 unreadable.
"""

import argparse
import json
from base64 import b64decode, urlsafe_b64decode
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from cryptography.exceptions import InvalidSignature as Refused  # the library's refusal and ours are one
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.hashes import SHA256

HEADER = b"application/vnd.lintas.header+json"


def check(proven: bool, otherwise: str) -> None:  # noqa: FBT001, D103  # reads as a sentence at each call
    if not proven:
        raise Refused(otherwise)


def entry(path: Path, kind: str) -> tuple[str, dict[str, Any], str]:
    """Check one entry file's own signature; return the message's id, its header and the payload's salt."""
    said = json.loads(path.read_bytes())
    (signed,) = said["envelope"]["signatures"]
    header, public = b64decode(said["envelope"]["payload"], validate=True), b64decode(said["public_key"], validate=True)
    fields = json.loads(header)
    canonical = json.dumps(fields, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    check(header == canonical and said["envelope"]["payloadType"].encode() == HEADER, f"the {kind} is no header")
    check(signed["keyid"] == "ed25519:" + sha256(b"ed25519\n" + public).hexdigest(), f"the {kind} has another key")
    pae = b"DSSEv1 %d %b %d %b" % (len(HEADER), HEADER, len(header), header)
    Ed25519PublicKey.from_public_bytes(public).verify(b64decode(signed["sig"], validate=True), pae)
    check(fields["kind"] == kind, f"the file that should be of kind {kind} is of kind {fields['kind']}")
    return sha256(header).hexdigest(), fields, said.get("payload", {}).get("salt", "")


def unpacked(text: str) -> bytes:
    """Bytes that stand in base64url without padding."""
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


def item(data: bytes, at: int) -> tuple[int | bytes, int]:
    """One whole number or byte string of CBOR, and where the next begins."""
    kind, size, at = data[at] >> 5, data[at] & 31, at + 1
    if size in {24, 25}:
        width = size - 23
        size, at = int.from_bytes(data[at : at + width], "big"), at + width
    if kind < 2:
        return (size if kind == 0 else -1 - size), at
    if kind != 2 or at + size > len(data):
        raise ValueError("the passkey's key is no COSE_Key")
    return data[at : at + size], at + size


def verify_with(public: bytes, signature: bytes, signed: bytes) -> None:
    """Check a signature under a COSE_Key: ES256, EdDSA or RS256."""
    fields: dict[Any, Any] = {}
    at = 1
    for _ in range(public[0] & 31):
        name, at = item(public, at)
        fields[name], at = item(public, at)
    if (fields[1], fields[3], fields[-1]) == (2, -7, 1):
        key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), b"\x04" + fields[-2] + fields[-3])
        key.verify(signature, signed, ec.ECDSA(SHA256()))
    elif (fields[1], fields[3], fields[-1]) == (1, -8, 6):
        Ed25519PublicKey.from_public_bytes(fields[-2]).verify(signature, signed)
    elif (fields[1], fields[3]) == (3, -257):
        numbers = rsa.RSAPublicNumbers(int.from_bytes(fields[-2], "big"), int.from_bytes(fields[-1], "big"))
        numbers.public_key().verify(signature, signed, padding.PKCS1v15(), SHA256())
    else:
        raise ValueError("the passkey's algorithm is none of ES256, EdDSA, RS256")


def verify(args: argparse.Namespace) -> str:
    """Go through all steps and say in one sentence what is proven."""
    order, ordered, kept = entry(args.order, "order")  # (1)
    _, assented, _ = entry(args.assent, "assent")
    _, enrolled, _ = entry(args.credential, "credential")
    said, key = assented["body"], enrolled["body"]
    check(len({one["originator"] for one in (ordered, assented, enrolled)}) == 1, "the entries are of several nodes")
    check(said["order"] == order, "it answers another order")  # (2)
    check(key["action"] == "added" and said["credential"] == key["credential"], "another passkey answered")  # (3)
    check(said["by"] == key["account"], "the passkey is another person's")
    client = json.loads(unpacked(said["client"]))
    asked = sha256(b"\x00".join((b"lintas-assent-v1", said["verdict"].encode(), bytes.fromhex(order)))).digest()
    check(client["type"] == "webauthn.get", "the answer was made for something else")  # (4)
    check(unpacked(client["challenge"]) == asked, "the passkey was asked something else")
    data, host = unpacked(said["authenticator"]), (urlsplit(client["origin"]).hostname or "").split(".")
    sites = [sha256(".".join(host[start:]).encode()).digest() for start in range(len(host))]
    check(data[:32] in sites, "the passkey belongs to another site")  # (5)
    check(data[32] & 0x05 == 0x05, "the passkey did not check who was there")
    verify_with(unpacked(key["public"]), unpacked(said["signature"]), data + sha256(unpacked(said["client"])).digest())
    what = ""  # (6) above, (7) below
    if args.payload:
        salt, content = bytes.fromhex(args.salt or kept), args.payload.read_bytes()
        check(ordered["payload"]["digest"] == sha256(salt + content).hexdigest(), "the payload is not the signed one")
        what = f": {json.loads(content)['summary']}"
    return (
        f"{said['by']} {said['verdict']} order {order} by passkey {key['credential'][:16]} at {client['origin']}{what}"
    )


def main(argv: list[str] | None = None) -> None:
    """Read the arguments and print one line."""
    about = (__doc__ or "").split("\n", maxsplit=1)[0]
    parser = argparse.ArgumentParser(prog="lintas-verify-decision", description=about)
    parser.add_argument("order", type=Path, help="the order's entry, as JSON")
    parser.add_argument("assent", type=Path, help="the answer's entry")
    parser.add_argument("credential", type=Path, help="the entry that enrolled the passkey")
    parser.add_argument("--payload", type=Path, help="what was ordered, to be checked against the order")
    parser.add_argument(
        "--salt", default="", help="the payload's salt in hex, where the order's entry does not hold it"
    )
    try:
        print("proven:", verify(parser.parse_args(argv)))
    except Refused as exc:
        parser.exit(1, f"refused: {str(exc) or 'a signature is false'}\n")
    except (OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError) as exc:
        parser.exit(2, f"unreadable: {str(exc) or type(exc).__name__}\n")


if __name__ == "__main__":
    main()
