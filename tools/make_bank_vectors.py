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

from lintas.errors import BadInput
from lintas.formats.bank import read_answer, sign_asking, write_instruction
from lintas.formats.bank_bookings import read_bookings, write_question
from lintas.model.bank import Instruction, InstructionKind, instruction_id
from lintas.model.bookings import Question, question_id
from lintas.model.desk import Money
from lintas.model.header import Mode
from lintas.policy.banks import judge
from lintas.policy.bookings import judge_bookings

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


QUESTION: Final = Question(
    id=question_id(ref="SG-H-7K3QF-9D2MX-4", document=ORDER),
    bank="CONTSGSG",
    account="1234567890",
    currency="SGD",
    start="2026-03-01T01:30:00.000Z",
    until="",
    reference="SG-H-7K3QF-9D2MX-4",
    authority="Contoh Police",
    law="Criminal Procedure Code, section 20",
    mode=Mode.EXERCISE,
)
COVERAGE: Final = {"start": "2026-03-01T01:30:00Z", "end": "2026-03-01T03:00:00Z", "opening": 500, "closing": 50_500}
CAME: Final[dict[str, Any]] = {
    "id": "b1",
    "at": "2026-03-01T02:00:00.123456Z",
    "side": "credit",
    "minor": 250_000,
    "other": "DBSSSGSG:987654321",
    "reference": "e2e:A1",
    "of": "",
    "kind": "transfer",
    "channel": "instant",
    "other_amount": None,
}
WENT: Final = CAME | {
    "id": "b2",
    "at": "2026-03-01T02:03:00Z",
    "side": "debit",
    "minor": 200_000,
    "other": "KASITHBK:0123456789",
    "reference": "uetr:00000000-0000-4000-8000-000000000001",
    "other_amount": {"minor": 5_200_000, "currency": "THB"},
}
TOLD: Final[dict[str, Any]] = {
    "v": 1,
    "id": QUESTION.id,
    "account": QUESTION.account,
    "key": "CONTSGSG:1234567890",
    "currency": "SGD",
    "state": "done",
    "at": "2026-03-01T03:00:00.000Z",
    "coverage": COVERAGE,
    "bookings": [CAME, WENT],
    "bank_ref": "T000000001",
    "reason": "",
}
BOOKINGS: Final[dict[str, dict[str, Any]]] = {
    "all of it": {},
    "a part": {
        "state": "partly",
        "coverage": COVERAGE | {"end": "2026-03-01T02:03:00Z", "closing": 250_500},
        "bookings": [CAME],
    },
    "without balances": {"coverage": COVERAGE | {"opening": None, "closing": None}},
    "not yet": {"state": "accepted", "key": "", "coverage": None, "bookings": []},
    "failed": {"state": "failed", "key": "", "coverage": None, "bookings": [], "reason": "no_account"},
    "with a field that nobody knows": {"more": 1},
    "to another question": {"id": "f" * 32},
    "of another account": {"account": "1234567891"},
    "of another bank": {"key": "KASITHBK:1234567890"},
    "in another currency": {"currency": "THB"},
    "of years ago": {"at": "2001-01-01T00:00:00Z"},
    "of a time before": {"bookings": [CAME | {"at": "2026-02-01T00:00:00Z"}, WENT]},
    "of a time to come": {"coverage": COVERAGE | {"end": "2026-03-02T00:00:00Z"}},
    "without its time": {"coverage": None},
    "outside its time": {"coverage": COVERAGE | {"start": "2026-03-01T02:01:00Z", "opening": None, "closing": None}},
    "done and too short": {
        "coverage": COVERAGE | {"end": "2026-03-01T02:10:00Z"},
    },
    "bookings in a refusal": {"state": "failed", "reason": "no_account"},
    "one booking twice": {"coverage": COVERAGE | {"closing": 300_500}, "bookings": [CAME, WENT, CAME]},
    "not added up": {"coverage": COVERAGE | {"closing": 50_501}},
    "below zero": {"coverage": COVERAGE | {"closing": None}, "bookings": [WENT]},
    "cash paid in that left": {"bookings": [CAME, WENT | {"kind": "cash_in"}]},
    "more arrived than left": {
        "bookings": [CAME, WENT | {"other_amount": {"minor": 200_001, "currency": "SGD"}}],
    },
    "with a name": {"bookings": [CAME | {"name": "A. Example"}, WENT]},
    "of nothing": {"bookings": [CAME | {"minor": 0}, WENT]},
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


def questions() -> list[dict[str, Any]]:
    """The question of the example with what its id follows from."""
    return [
        {
            "name": "bookings since a moment",
            "ref": QUESTION.reference,
            "document": ORDER,
            "body": write_question(QUESTION).decode(),
        }
    ]


def bookings() -> list[dict[str, Any]]:
    """What banks say to it, and what a node makes of it."""
    found = []
    for name, changes in BOOKINGS.items():
        body = json.dumps(TOLD | changes, sort_keys=True)
        try:
            told = read_bookings(body.encode())
        except BadInput:
            found.append({"name": name, "body": body, "objections": ["unreadable"], "bookings": 0})
            continue
        said = judge_bookings(QUESTION, told, banks={"CONTSGSG"}, asked_at=NOW, now=NOW, before=None)
        count = len(said.bookings) if said.is_useful else 0
        found.append({"name": name, "body": body, "objections": list(said.objections), "bookings": count})
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
    made = {
        "instructions": instructions(),
        "outcomes": outcomes(),
        "signatures": signatures(),
        "questions": questions(),
        "bookings": bookings(),
    }
    for name, value in made.items():
        text = json.dumps(value, indent=1, ensure_ascii=False)
        (folder / f"{name}.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER)
