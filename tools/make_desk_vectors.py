# SPDX-License-Identifier: Apache-2.0
"""Make the test vectors of docs/spec/desk.md: references, documents, the state machine, threads, agreements.

python tools/make_desk_vectors.py [FOLDER]
"""

import json
import sys
from hashlib import sha256
from pathlib import Path
from typing import Any

from lintas.crypto.canonical import canonical_json
from lintas.errors import LintasError
from lintas.formats.desk import encode_doc, parse_doc
from lintas.model.desk import Asked, DeskDoc, Doc, Money, Side, State, Step, StepFact, Thread
from lintas.model.desk_ref import make_ref, read_ref
from lintas.model.ids import MessageId
from lintas.policy.requests import RULES, may_say
from lintas.views.desk_thread import fold_thread

FOLDER = Path(__file__).resolve().parents[1] / "docs" / "spec" / "vectors" / "desk"
AT = "2026-03-01T03:00:00.000Z"
ENDS = "2026-03-04T03:00:00.000Z"
ELSEWHERE = {Doc.CASE, Doc.QUESTION, Doc.TRACE}  # which have pages and vectors of their own
ASKS, ANSWERS = "lintas:" + "a" * 52, "lintas:" + "b" * 52
ACCOUNT = {"scheme": "bank_account", "value": "1234567890", "bank": "KASITHBK", "country": "TH", "name": "Contoh"}


def money(minor: int) -> dict[str, Any]:
    """An amount in baht."""
    return {"minor": minor, "currency": "THB"}


def drawn(seed: int) -> Any:
    """Random bytes that are the same each time."""
    return lambda count: sha256(seed.to_bytes(4, "big")).digest()[:count]


def references() -> dict[str, Any]:
    """References as they are written, and as people type them."""
    good = [
        make_ref(country, doc, drawn(n))
        for n, (country, doc) in enumerate(
            [("SG", Doc.REPORT), ("TH", Doc.REQUEST), ("MY", Doc.CASE), ("VN", Doc.AGREEMENT), ("ID", Doc.REQUEST)]
        )
    ]
    typed = [
        {"typed": text, "reads": read_ref(text)}
        for ref in good
        for text in (ref.lower(), ref.replace("-", ""), ref.replace("-", " "), ref[:5] + ref[5:].replace("0", "o"))
    ]
    wrong = [
        good[0][:-1] + ("0" if good[0][-1] != "0" else "1"),
        good[1].replace("-Q-", "-R-"),
        "SG-X-00000-00000-0",
        "SG",
    ]
    return {"references": good, "typed": typed, "refused": wrong}


def said_of(doc: Doc) -> dict[str, Any]:
    """What a document of each kind says."""
    said: dict[Doc, dict[str, Any]] = {
        Doc.REPORT: {
            "how": "phone",
            "area": "scam",
            "kind": "official_call",
            "payments": [{"amount": money(2_500_000), "at": "2026-03-01T10:12:00+08:00", "to": ACCOUNT}],
            "contacts": [{"scheme": "phone", "value": "+6561234567"}],
            "short": "Called by somebody who said to be of the bank",
            "lang": "en",
        },
        Doc.VICTIM: {"name": "Siti Contoh", "phone": "+6591234567", "language": "en"},
        Doc.REQUEST: {
            "to": ANSWERS,
            "form": "hold",
            "power": "hold",
            "desk": "aoc",
            "purpose": "scam_response",
            "basis": "police_cooperation",
            "urgency": "now",
            "fields": {"account": ACCOUNT, "amount": money(2_500_000)},
            "levels": {"acknowledge": 300, "act": 1800, "answer": 7200},
            "contact": {"name": "Sample desk", "number": "+6561234567", "languages": ["en"]},
        },
        Doc.STEP: {
            "asker": ASKS,
            "what": "ordered",
            "fields": {
                "power": "hold",
                "door": "bank_hold",
                "authority": "Sample desk TH",
                "law": "Decree on technology crime",
                "account": ACCOUNT,
                "amount": money(2_500_000),
                "expires_at": ENDS,
                "clock": "th_72h",
                "bank": "KASITHBK",
            },
        },
        Doc.AGREEMENT: {"proposer": ASKS, "what": "proposed", "terms": terms()},
    }
    return said[doc]


def terms() -> dict[str, Any]:
    """The terms of a fast lane."""
    return {
        "nodes": [ASKS, ANSWERS],
        "forms": ["hold"],
        "powers": ["hold"],
        "max": money(5_000_000),
        "from": AT,
        "until": "2027-03-01T00:00:00Z",
        "desks": [],
    }


def document(doc: Doc, said: dict[str, Any]) -> str:
    """A document in its one spelling."""
    ref = make_ref("SG", doc, drawn(7))
    made = DeskDoc(doc, ref, f"{len(said):032x}", (), "officer-0001", AT, said)
    return encode_doc(made).decode()


def documents() -> dict[str, Any]:
    """Documents in their one spelling, and some that every reader refuses."""
    good = {doc.value: document(doc, said_of(doc)) for doc in Doc if doc not in ELSEWHERE}
    plain = json.loads(good["step"])
    wrong = {
        "another version": plain | {"v": 2},
        "an unknown field": plain | {"more": 1},
        "an unknown step": plain | {"said": plain["said"] | {"what": "abolished"}},
        "a field of another step": plain | {"said": plain["said"] | {"what": "noted"}},
        "an amount below nothing": plain
        | {"said": plain["said"] | {"fields": plain["said"]["fields"] | {"amount": money(-1)}}},
        "a time without its zone": plain
        | {"said": plain["said"] | {"fields": plain["said"]["fields"] | {"expires_at": "2026-03-04T03:00:00"}}},
        "the reference of a case": plain | {"ref": make_ref("SG", Doc.CASE, drawn(7))},
        "no id": plain | {"id": ""},
    }
    refused = {}
    for name, value in wrong.items():
        raw = canonical_json(value)
        try:
            parse_doc(raw)
        except LintasError:
            refused[name] = raw.decode()
        else:
            raise AssertionError(name)
    return {
        "documents": good,
        "refused": refused,
        "terms": terms(),
        "terms_digest": sha256(canonical_json(terms())).hexdigest(),
    }


def states() -> dict[str, Any]:
    """Who can say what of a request for a hold, state by state, before its fields are known."""
    table = {}
    for state in State:
        thread = Thread(state=state, power="hold", asked_minor=2_500_000, currency="THB")
        table[state.value] = {
            side.value: sorted(what.value for what in Step if may_say(thread, side, what).allowed) for side in Side
        }
    return {"rules": list(RULES), "states": table}


def step(number: int, side: Side, what: Step, after: list[str], **fields: Any) -> dict[str, Any]:
    """One step of a thread."""
    return {
        "id": f"{number:032x}",
        "side": side.value,
        "what": what.value,
        "after": after,
        "fields": {"ground": "", **fields},
    }


FIRST = "f" * 32
ORDERED: dict[str, Any] = {
    "authority": "Sample desk TH",
    "power": "hold",
    "expires_at": ENDS,
    "amount": money(2_500_000),
}
ACK = step(1, Side.ANSWERER, Step.ACKNOWLEDGED, [FIRST])
ORDER = step(2, Side.ANSWERER, Step.ORDERED, [ACK["id"]], **ORDERED)
HELD = step(3, Side.ANSWERER, Step.CONFIRMED, [ORDER["id"]], blocked=money(9_000_000), tainted=money(2_500_000))
PARTLY = step(3, Side.ANSWERER, Step.CONFIRMED, [ORDER["id"]], blocked=money(1_000_000), tainted=money(1_000_000))
PLAYS: dict[str, list[dict[str, Any]]] = {
    "nothing yet": [],
    "acknowledged": [ACK],
    "ordered is not held": [ACK, ORDER],
    "held with the bank's word": [ACK, ORDER, HELD],
    "a part is held": [ACK, ORDER, PARTLY],
    "a bank that tells nothing apart": [
        ACK,
        ORDER,
        step(3, Side.ANSWERER, Step.CONFIRMED, [ORDER["id"]], blocked=money(9_000_000), tainted=None),
    ],
    "a withdrawal that crosses an order": [ACK, ORDER, step(9, Side.ASKER, Step.WITHDRAWN, [FIRST])],
    "a withdrawal that was seen": [
        step(1, Side.ASKER, Step.WITHDRAWN, [FIRST]),
        step(2, Side.ANSWERER, Step.ORDERED, [f"{1:032x}"], **ORDERED),
    ],
    "a part is returned": [
        ACK,
        ORDER,
        HELD,
        step(4, Side.ANSWERER, Step.RETURNED, [HELD["id"]], amount=money(500_000)),
    ],
    "released": [ACK, ORDER, HELD, step(4, Side.ANSWERER, Step.RELEASED, [HELD["id"]], amount=None)],
    "expired": [ACK, ORDER, HELD, step(4, Side.ANSWERER, Step.EXPIRED, [HELD["id"]])],
    "corrected": [
        ACK,
        ORDER,
        HELD,
        step(4, Side.ASKER, Step.CORRECTED, [HELD["id"]], why="wrong_digit", review_s=43_200),
    ],
    "the asking desk orders": [step(1, Side.ASKER, Step.ORDERED, [FIRST], **ORDERED)],
    "more is released than is held": [
        ACK,
        ORDER,
        HELD,
        step(4, Side.ANSWERER, Step.RELEASED, [HELD["id"]], amount=money(2_500_001)),
    ],
    "a document that is not here": [ORDER, HELD],
    "an id used twice": [ACK, step(1, Side.ANSWERER, Step.REFUSED, [FIRST])],
}


def facts(steps: list[dict[str, Any]]) -> list[StepFact]:
    """Steps as the fold takes them."""
    return [
        StepFact(
            seq=number,
            message=MessageId(f"{number:064x}"),
            side=Side(one["side"]),
            id=one["id"],
            after=tuple(one["after"]),
            what=Step(one["what"]),
            by="officer-0001",
            at=AT,
            said=one["fields"],
        )
        for number, one in enumerate(steps, start=2)
    ]


def asked() -> Asked:
    """The request of all threads."""
    return Asked(
        seq=1,
        message=MessageId("0" * 64),
        id=FIRST,
        form="hold",
        power="hold",
        at=AT,
        amount=Money(2_500_000, "THB"),
        levels={"acknowledge": 300, "act": 1800, "answer": 7200},
        fast=False,
    )


def threads() -> dict[str, Any]:
    """What documents come to."""
    plays = []
    for name, steps in PLAYS.items():
        thread = fold_thread(asked(), facts(steps))
        plays.append(
            {
                "name": name,
                "steps": steps,
                "state": thread.state.value,
                "blocked": thread.blocked_minor,
                "tainted": thread.tainted_minor,
                "held": thread.held_minor,
                "expires_at": thread.expires_at,
                "idle": [id_ for id_, _ in thread.idle],
                "heads": list(thread.heads),
                "dues": [[due.clock.value, due.at, due.side.value] for due in thread.dues],
            }
        )
    request = {
        "id": FIRST,
        "power": "hold",
        "at": AT,
        "amount": money(2_500_000),
        "levels": {"acknowledge": 300, "act": 1800, "answer": 7200},
    }
    return {"request": request, "threads": plays}


def main() -> None:
    """Write the files."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    for name, make in (("references", references), ("documents", documents), ("states", states), ("threads", threads)):
        text = json.dumps(make(), indent=1, ensure_ascii=False, sort_keys=True)
        (folder / f"{name}.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
