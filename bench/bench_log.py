# SPDX-License-Identifier: Apache-2.0
"""Measure the log's mathematics in memory: canonical JSON, signing, leaves into frontier and tiles, proofs."""

import time
from collections.abc import Callable

from lintas.crypto.canonical import canonical_json, parse_canonical
from lintas.crypto.envelope import sign_header, verify_header
from lintas.crypto.merkle import Frontier, consistency_proof, inclusion_proof, leaf_hash, root_at, tiles_after
from lintas.crypto.signing import SigningKey

LEAVES = 200_000
BATCH = 64  # leaves of one commit
ROUNDS = 2_000
HEADER = {
    "areas": ["online_scam", "money_laundering"],
    "channel": "local",
    "created_at": "2026-01-01T00:00:00.000Z",
    "grading": "B2",
    "kind": "item",
    "marking": {
        "legal_basis": ["mlat"],
        "onward": "consent",
        "pap": "AMBER",
        "purposes": ["investigation"],
        "retention": "r3y",
        "tlp": "AMBER",
        "use": "intelligence_only",
    },
    "media_type": "application/stix+json;version=2.1",
    "mode": "live",
    "originator": "lintas:" + "a" * 52,
    "payload": {"digest": "d" * 64, "size_bytes": 12_345},
    "refs": {"about": ["a" * 64], "case": ["c" * 64], "recipients": ["b" * 64]},
    "v": 1,
}


def microseconds(work: Callable[[], object]) -> float:
    """The mean of many rounds, the best of three times."""
    best = float("inf")
    for _ in range(3):
        start = time.perf_counter()
        for _ in range(ROUNDS):
            work()
        best = min(best, time.perf_counter() - start)
    return best / ROUNDS * 1e6


def main() -> None:
    """Print one line for each figure."""
    raw, key = canonical_json(HEADER), SigningKey.from_seed(bytes(32))
    signed = sign_header(raw, key)
    print(f"canonical header of {len(raw)} bytes: write {microseconds(lambda: canonical_json(HEADER)):.1f} us")
    print(f"canonical header of {len(raw)} bytes: read and check {microseconds(lambda: parse_canonical(raw)):.1f} us")
    print(f"sign a header: {microseconds(lambda: sign_header(raw, key)):.1f} us")
    print(f"verify a header: {microseconds(lambda: verify_header(signed, key.public)):.1f} us")

    data = [number.to_bytes(4, "big") * 42 for number in range(LEAVES)]
    rows: dict[tuple[int, int], bytes] = {}

    def read(level: int, index: int) -> bytes:
        return rows[level, index]

    for batch in (LEAVES, BATCH):
        rows.clear()
        frontier = Frontier()
        start = time.perf_counter()
        for begin in range(0, LEAVES, batch):
            leaves = [leaf_hash(item) for item in data[begin : begin + batch]]
            rows.update({(level, index): row for level, index, row in tiles_after(frontier.size, leaves, read)})
            frontier = frontier.extend(leaves)
        rate = LEAVES / (time.perf_counter() - start)
        assert frontier.root() == root_at(LEAVES, read)
        print(f"append in batches of {batch}: {rate:,.0f} leaves/s (leaf hash, frontier, tiles)")
    print(f"inclusion proof of {LEAVES}: {microseconds(lambda: inclusion_proof(123_456, LEAVES, read)):.0f} us")
    print(f"consistency proof of {LEAVES}: {microseconds(lambda: consistency_proof(123_456, LEAVES, read)):.0f} us")


if __name__ == "__main__":
    main()
