# SPDX-License-Identifier: Apache-2.0
"""Write the test vectors of docs/spec/bank.md. Every byte follows from this script; a test compares.

Usage: .venv/bin/python tools/make_bank_vectors.py [FOLDER]
"""

import hashlib
import hmac
import json
import sys
from base64 import b64encode
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from lintas.formats.bank import read_answer, sign_asking, write_instruction
from lintas.model.bank import Instruction, InstructionKind, instruction_id
from lintas.model.desk import Money
from lintas.model.header import Mode
from lintas.policy.banks import judge

FOLDER: Final = Path(__file__).parents[1] / "docs" / "spec" / "vectors" / "bank"
NOW: Final = datetime(2026, 3, 1, 3, 0, tzinfo=UTC)
AT_S: Final = int(NOW.timestamp())
SECRET: Final = bytes(range(32))
NONCE: Final = bytes(range(16)).hex()
REF: Final = "SG-Q-7K3QF-9D2MX-4"
ORDER: Final = "0" * 32


def made(kind: InstructionKind, order: str = ORDER, **changes: Any) -> Instruction:
    """One instruction of the example."""
    said: dict[str, Any] = {
        "id": instruction_id(ref=REF, order=order, kind=kind, number=0),
        "kind": kind,
        "bank": "CONTSGSG",
        "account": "1234567890",
        "amount": Money(1_000_000, "SGD"),
        "whole": False,
        "expires_at": "2026-03-03T11:00:00+08:00",
        "reference": REF,
        "authority": "Contoh Police",
        "law": "Criminal Procedure Code, section 35",
        "mode": Mode.EXERCISE,
    }
    return Instruction(**(said | changes))


HOLD: Final = made(InstructionKind.HOLD)
INSTRUCTIONS: Final = {
    "hold an amount": (HOLD, ORDER),
    "block a whole account": (made(InstructionKind.HOLD, "1" * 32, amount=None, whole=True), "1" * 32),
    "release all": (made(InstructionKind.RELEASE, "2" * 32, amount=None, of=HOLD.id, expires_at=""), "2" * 32),
    "extend": (
        made(InstructionKind.EXTEND, "3" * 32, amount=None, of=HOLD.id, expires_at="2026-03-09T11:00:00+08:00"),
        "3" * 32,
    ),
}
ANSWER: Final[dict[str, Any]] = {
    "v": 1,
    "id": HOLD.id,
    "kind": "hold",
    "account": HOLD.account,
    "state": "done",
    "blocked": {"minor": 1_000_000, "currency": "SGD"},
    "tainted": {"minor": 1_000_000, "currency": "SGD"},
    "whole": False,
    "at": "2026-03-01T03:00:00.000Z",
    "bank_ref": "B000000001",
    "reason": "",
    "hold": "active",
}


def money(minor: int, currency: str = "SGD") -> dict[str, Any]:
    """An amount."""
    return {"minor": minor, "currency": currency}


OUTCOMES: Final[dict[str, dict[str, Any]]] = {
    "all of it": {},
    "a part": {"state": "partly", "blocked": money(400), "tainted": money(400)},
    "a whole account": {"whole": True, "blocked": money(9_000_000)},
    "not yet": {"state": "accepted", "blocked": None, "tainted": None, "bank_ref": "", "hold": ""},
    "failed": {"state": "failed", "blocked": None, "tainted": None, "reason": "no_money", "hold": ""},
    "with a field that nobody knows": {"more": 1},
    "for another instruction": {"id": "f" * 32},
    "for another account": {"account": "1234567891"},
    "in another currency": {"blocked": money(1_000_000, "THB"), "tainted": money(1_000_000, "THB")},
    "more than was asked for": {"blocked": money(1_000_001), "tainted": money(1_000_001)},
    "a whole account that taints more": {"whole": True, "blocked": money(9_000_000), "tainted": money(1_000_001)},
    "a whole account that taints nothing": {"whole": True, "blocked": money(9_000_000), "tainted": None},
    "more tainted than blocked": {"blocked": money(5)},
    "done without money": {"blocked": None, "tainted": None},
    "done with less": {"blocked": money(5), "tainted": money(5)},
    "partly with all": {"state": "partly"},
    "released since": {"hold": "released"},
    "years ago": {"at": "2001-01-01T00:00:00Z"},
    "without a zone": {"at": "2026-03-01T03:00:00"},
}


def instructions() -> list[dict[str, Any]]:
    """Instructions with what their ids follow from."""
    return [
        {
            "name": name,
            "ref": REF,
            "order": order,
            "kind": one.kind.value,
            "number": 0,
            "body": write_instruction(one).decode(),
        }
        for name, (one, order) in INSTRUCTIONS.items()
    ]


def outcomes() -> list[dict[str, Any]]:
    """What banks say of the first instruction, and what a node makes of it."""
    found = []
    for name, changes in OUTCOMES.items():
        body = json.dumps(ANSWER | changes, sort_keys=True)
        said = judge(HOLD, read_answer(body.encode()), sent_at=NOW, now=NOW, before=None)
        held = None if said.held is None else said.held._asdict()
        found.append({"name": name, "body": body, "objections": list(said.objections), "held": held})
    return found


def signatures() -> dict[str, Any]:
    """One asking and its answer, signed; `answer` is what a bank signs."""
    body, answer = write_instruction(HOLD), json.dumps(ANSWER, sort_keys=True).encode()
    words = ("bank/1", "answer", "200", NONCE, hashlib.sha256(answer).hexdigest())
    signed = hmac.digest(SECRET, "\n".join(words).encode(), "sha256")
    return {
        "secret": b64encode(SECRET).decode(),
        "method": "POST",
        "path": "/instructions",
        "time": AT_S,
        "nonce": NONCE,
        "body": body.decode(),
        "signature": sign_asking(SECRET, method="POST", path="/instructions", at_s=AT_S, nonce=NONCE, body=body),
        "answer": {"status": 200, "body": answer.decode(), "signature": "v1," + b64encode(signed).decode()},
    }


def main(folder: Path) -> None:
    """Write all files."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, value in (("instructions", instructions()), ("outcomes", outcomes()), ("signatures", signatures())):
        text = json.dumps(value, indent=1, ensure_ascii=False)
        (folder / f"{name}.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER)
