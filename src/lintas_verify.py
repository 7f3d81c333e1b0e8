# SPDX-License-Identifier: Apache-2.0
"""Check, without Lintas, that a log holds an entry and who signed it: Python and `cryptography` are all it needs.

The numbers are the steps of docs/spec/log.md, "Verifying a receipt". Exit: 0 proven, 1 refused, 2 unreadable.
"""

import argparse
import json
from base64 import b64decode
from hashlib import sha256
from pathlib import Path

from cryptography.exceptions import InvalidSignature as Refused  # the library's refusal and ours are one
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey


def check(proven: bool, otherwise: str) -> None:  # noqa: FBT001, D103  # reads as a sentence at each call
    if not proven:
        raise Refused(otherwise)


def check_note(vkey: str, kind: int, text: str, lines: list[str]) -> str:
    """Check that a key signed (kind 1) or, with a time, cosigned (kind 4) a checkpoint; return the key's name."""
    name, hash_hex, key = vkey.split("+", 2)
    raw = b64decode(key, validate=True)
    if raw[0] != kind or sha256(name.encode() + b"\n" + raw).hexdigest()[:8] != hash_hex:
        raise ValueError(f"the key of {name} is damaged or of another kind")
    by_name = [b64decode(line.split(" ")[2], validate=True) for line in lines if line.startswith(f"— {name} ")]
    signatures = [signature[4:] for signature in by_name if signature[:4].hex() == hash_hex]
    check(bool(signatures), f"{name} did not sign the checkpoint")
    for signature in signatures:
        time = b"cosignature/v1\ntime %d\n" % int.from_bytes(signature[:8], "big") if kind == 4 else b""
        Ed25519PublicKey.from_public_bytes(raw[1:]).verify(signature[8 if time else 0 :], time + text.encode())
    return name


def root_from(leaf: bytes, index: int, size: int, path: list[bytes]) -> bytes:
    """Hash from the leaf up to the root: RFC 6962 section 2.1.1, read backwards."""
    check(0 <= index < size and (size > 1) == bool(path), "the inclusion proof does not fit the index and the size")
    if size == 1:
        return leaf
    half, sibling = 1 << (size - 1).bit_length() - 1, path[-1]
    if index < half:
        return sha256(b"\x01" + root_from(leaf, index, half, path[:-1]) + sibling).digest()
    return sha256(b"\x01" + sibling + root_from(leaf, index - half, size - half, path[:-1])).digest()


def verify(args: argparse.Namespace) -> str:
    """Go through all steps and say in one sentence what is proven."""
    entry, kind = json.loads(args.entry.read_bytes()), b"application/vnd.lintas.header+json"
    (signed,) = entry["envelope"]["signatures"]
    header, signature = b64decode(entry["envelope"]["payload"], validate=True), b64decode(signed["sig"], validate=True)
    fields, public = json.loads(header), b64decode(entry["public_key"], validate=True)
    canonical = json.dumps(fields, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    check(header == canonical and entry["envelope"]["payloadType"].encode() == kind, "the header is not one")  # (1)
    key_id = sha256(b"ed25519\n" + public).hexdigest()
    check(signed["keyid"] == f"ed25519:{key_id}", "the entry was signed with another key")  # (2)
    pae = b"DSSEv1 %d %b %d %b" % (len(kind), kind, len(header), header)
    Ed25519PublicKey.from_public_bytes(public).verify(signature, pae)  # (3)
    parts = sha256(header).digest(), key_id.encode(), signature
    leaf = sha256(b"\x00\x01" + b"".join(len(part).to_bytes(2, "big") + part for part in parts)).digest()  # (4)
    head, _, note = args.receipt.read_bytes().decode().partition("\n\n")
    version, *rest = [line for line in head.split("\n") if not line.startswith("extra ")]
    if version != "c2sp.org/tlog-proof@v1" or rest[0] != f"index {int(rest[0][6:])}":
        raise ValueError("the receipt is not a tlog-proof of version 1")
    text, _, tail = note.rpartition("\n\n")
    (origin, size, root), lines = text.split("\n")[:3], tail.split("\n")
    check(check_note(args.key, 1, text + "\n", lines) == origin, "the checkpoint is of another log")  # (5)
    peers = [check_note(vkey, 4, text + "\n", lines) for vkey in args.witness]  # (6)
    found = root_from(leaf, int(rest[0][6:]), int(size), [b64decode(line, validate=True) for line in rest[1:]])
    check(found == b64decode(root, validate=True), "the log at that size does not hold this entry")  # (7)
    if args.payload:
        salt = bytes.fromhex(args.salt or entry["payload"]["salt"])
        digest = sha256(salt + args.payload.read_bytes()).hexdigest()
        check(len(salt) == 16 and fields["payload"]["digest"] == digest, "the payload is not the signed one")  # (8)
    more = "".join(f", cosigned by {peer}" for peer in peers) + (", with this payload" if args.payload else "")
    return f"entry {parts[0].hex()} signed by key {key_id} has {rest[0]} of {size} in {origin}{more}"


def main(argv: list[str] | None = None) -> None:
    """Read the arguments and print one line."""
    parser = argparse.ArgumentParser(prog="lintas-verify", description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("receipt", type=Path, help="the .tlog-proof file")
    parser.add_argument("--entry", type=Path, required=True, help="the signed header and its public key, as JSON")
    parser.add_argument("--key", required=True, help="the log's verifier key, from a source that you trust")
    parser.add_argument("--witness", action="append", default=[], help="a peer's key that must have cosigned; repeat")
    parser.add_argument("--payload", type=Path, help="the content, to be checked against the header")
    parser.add_argument("--salt", help="the content's salt in hex, where the entry does not hold it")
    try:
        print("proven:", verify(parser.parse_args(argv)))
    except Refused as exc:
        parser.exit(1, f"refused: {str(exc) or 'a signature is false'}\n")
    except (OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError) as exc:
        parser.exit(2, f"unreadable: {str(exc) or type(exc).__name__}\n")


if __name__ == "__main__":
    main()
