# SPDX-License-Identifier: Apache-2.0
"""Write the test vectors of docs/spec/audit.md. Every byte follows from this script; a test runs it again and compares.

Usage: .venv/bin/python tools/make_audit_vectors.py [FOLDER]
"""

import sys
from pathlib import Path
from typing import Final

import msgspec

from lintas.crypto.canonical import canonical_json
from lintas.formats.ecs import event_of
from lintas.model.audit import AuditLine

FOLDER = Path(__file__).parents[1] / "docs" / "spec" / "vectors" / "audit"
NODE: Final = f"lintas:{'a' * 52}"
PEER: Final = f"lintas:{'b' * 52}"
ORGANISATION: Final = "Example anti-scam centre"
AT: Final = "2026-03-01T03:00:00.000Z"
POLICY: Final = "5" * 64

LINES: Final = {
    "find": AuditLine(
        seq=7,
        id="1" * 64,
        at=AT,
        kind="access",
        action="find",
        person="officer-0001",
        name="Never exported",
        role="duty_officer",
        purpose="case 7",
        policy=POLICY,
        session="00112233aabbccdd",
        shown=2,
        asked={"terms": ["+60 12-345 6789", "สมชาย"], "filters": {}},
        codes={"tlp": "RED"},
    ),
    "refused": AuditLine(
        seq=8,
        id="2" * 64,
        at=AT,
        kind="access",
        action="refused",
        person="officer-0002",
        role="operator",
        policy=POLICY,
        asked={"rule": "role", "what": "message"},
        outcome="refused",
        rule="role",
        codes={"tlp": "AMBER_STRICT"},
    ),
    "opened": AuditLine(
        seq=9,
        id="3" * 64,
        at=AT,
        kind="access",
        action="opened",
        person="officer-0003",
        role="oversight",
        purpose="complaint 12 of a citizen",
        policy=POLICY,
        shown=1,
        asked={"message": "4" * 64},
        target="4" * 64,
        answered_by="officer-0004",
        answered_at=AT,
    ),
    "unmasked": AuditLine(
        seq=10,
        id="6" * 64,
        at=AT,
        kind="access",
        action="unmask",
        person="officer-0005",
        role="case_officer",
        purpose="victim asks for help",
        policy=POLICY,
        unmasked=True,
        shown=1,
        asked={"message": "4" * 64},
        target="4" * 64,
        codes={"tlp": "RED", "classes": "victim"},
    ),
    "erased": AuditLine(seq=11, id="7" * 64, at=AT, kind="access", action="access", erased=True),
    "order": AuditLine(
        seq=12,
        id="8" * 64,
        at=AT,
        kind="order",
        action="order.share",
        person="officer-0001",
        codes={"expires_at": "2026-03-01T04:00:00.000Z", "tlp": "AMBER_STRICT"},
    ),
    "approval": AuditLine(
        seq=13,
        id="9" * 64,
        at=AT,
        kind="assent",
        action="assent.approved",
        person="officer-0004",
        target="8" * 64,
        codes={"order": "8" * 64, "verdict": "approved"},
    ),
    "peer-added-by-two": AuditLine(
        seq=14,
        id="c" * 64,
        at=AT,
        kind="peer",
        action="peer.introduced",
        person="officer-0001, officer-0004",
        target=PEER,
        codes={"node": PEER},
    ),
    "receipt-of-a-peer": AuditLine(
        seq=15,
        id="d" * 64,
        at=AT,
        kind="receipt",
        action="receipt.shown",
        person="officer-0044",
        target="e" * 64,
        codes={"desk": "duty", "state": "shown"},
        originator=PEER,
    ),
    "refused-release": AuditLine(
        seq=16,
        id="f" * 64,
        at=AT,
        kind="decision",
        action="decision.refuse",
        outcome="refused",
        rule="tlp-red",
        codes={"outcome": "refuse", "rule": "tlp-red"},
    ),
    "taken-in": AuditLine(seq=17, id="0" * 64, at=AT, kind="item", action="item", codes={"tlp": "AMBER"}),
}


def write(folder: Path) -> None:
    """Write one file for each act: what is known of it, and its event."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, line in LINES.items():
        event = event_of(line, node=NODE, organisation=ORGANISATION)
        said = {"line": msgspec.to_builtins(line), "node": NODE, "organisation": ORGANISATION, "event": event}
        (folder / f"{name}.json").write_bytes(canonical_json(said) + b"\n")


if __name__ == "__main__":
    write(Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER)
