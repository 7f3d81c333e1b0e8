# SPDX-License-Identifier: Apache-2.0
"""Make the test vectors of docs/spec/tracing-handoff.md: documents, what they come to at a node, who may say what.

python tools/make_handoff_vectors.py [FOLDER]
"""

import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

from lintas.crypto.canonical import canonical_json
from lintas.errors import LintasError
from lintas.formats.desk import encode_doc, parse_doc
from lintas.formats.desk.trace_fields import handed_of, rules_of
from lintas.formats.law import HandOffRow
from lintas.model.desk import DeskDoc, Doc
from lintas.model.desk_ref import make_ref
from lintas.model.ids import MessageId
from lintas.model.kept_trace import KeptTrace, Told, TraceFact
from lintas.policy.handoff import Handing, Taking, may_hand, may_take
from lintas.views.trace_fold import fold_trace

FOLDER = Path(__file__).resolve().parents[1] / "docs" / "spec" / "vectors" / "tracing-handoff"
AT = "2026-03-01T03:00:00.000Z"
REF = make_ref("MY", Doc.TRACE, bytes)
NODES = {"MY": "lintas:" + "a" * 52, "SG": "lintas:" + "b" * 52, "TH": "lintas:" + "c" * 52}
RULES = {"method": "fifo", "depth": 0, "labels": False, "until": ""}
LAW = HandOffRow(is_unattended=True, source="invented", confirmed=True, per_day=500, revisions=50, hops=8, rounds=4)
Said = dict[str, Any]


def handed(reference: str = "uetr:1", revision: int = 1, *, hops: int = 1, tainted: int = 90_000) -> Said:
    """A payment of 900.00 that is handed on."""
    parts = [[tainted, "*", 1]] if tainted == 90_000 else [[tainted, "*", 1], [90_000 - tainted, "", 0]]
    return {
        "rules": RULES,
        "payment": {
            "reference": reference,
            "minor": 90_000,
            "asset": "SGD",
            "payee": "CONTSGSG:2000000001",
            "at": "2026-02-28T01:05:00.000000Z",
        },
        "segments": [one for one in parts if one[0]],
        "revision": revision,
        "hops": hops,
        "rounds": 0,
    }


def traced(reference: str = "uetr:1", revision: int = 1, *, final: bool = True, status: str = "found") -> Said:
    """What came of it: 600.00 still there, 300.00 taken out."""
    totals = {"asset": "SGD", "came": 90_000, "still_here": 60_000, "confirmed": 0, "unknown": 0, "cash": 30_000}
    whole = totals | {"crypto": 0, "other": 0, "gone_on": {}}
    found = status in ("found", "capped")
    return {
        "reference": reference,
        "revision": revision,
        "status": status,
        "totals": [whole] if found else [],
        "final": final,
        "ground": "per-day" if status == "refused" else "",
    }


def opened() -> Said:
    """What a desk of MY follows."""
    seed = {"label": "1", "payee": "MBBEMYKL:1000000002", "start": "", "minor": 100_000, "asset": "MYR", "payment": ""}
    return {"rules": RULES, "seeds": [seed], "title": "Parcel scam", "case": "", "request": "", "report": ""}


def ran() -> Said:
    """A run, without the digest of anything."""
    return {
        "viewer": "officer-0001",
        "rows": 3,
        "payments": 2,
        "accounts": 3,
        "conserved": True,
        "digest": "0" * 64,
        "totals": [],
        "to_hand": 0,
        "to_answer": 0,
    }


def document(what: str, fields: Said, *, to: str = "", number: int = 1) -> DeskDoc:
    """One document of the trace that MY opened."""
    said = {"opener": NODES["MY"], "what": what, "to": to, "fields": fields}
    return DeskDoc(Doc.TRACE, REF, f"{number:032x}", (), "officer-0001", AT, said)


def documents() -> Said:
    """One of each kind in its one spelling, and what is refused."""
    there = NODES["SG"]
    good = {
        "opened": document("opened", opened()),
        "ran": document("ran", ran()),
        "handed": document("handed", handed(), to=there),
        "traced": document("traced", traced(), to=NODES["MY"]),
        "stopped": document("stopped", {"why": "wrong_account"}, to=there),
    }
    raws = {what: encode_doc(doc).decode() for what, doc in good.items()}
    return {"documents": raws, "refused": _refused(raws)}


def _refused(raws: dict[str, str]) -> dict[str, str]:
    """Spellings that no node takes, each with why in its name."""

    def changed(what: str, change: Any) -> str:
        value = json.loads(raws[what])
        change(value["said"]["fields"])
        return canonical_json(value).decode()

    bad = {
        "the parts are more than the payment": changed("handed", lambda f: f["segments"].append([1, "", 0])),
        "the parts are less than the payment": changed("handed", lambda f: f["segments"].__setitem__(0, [1, "*", 1])),
        "a part of nothing": changed("handed", lambda f: f["segments"].append([0, "", 0])),
        "no parts": changed("handed", lambda f: f.__setitem__("segments", [])),
        "a part beyond the depth": changed("handed", _too_deep),
        "a label that is none": changed("handed", lambda f: f["segments"][0].__setitem__(1, "a name")),
        "revision 0": changed("handed", lambda f: f.__setitem__("revision", 0)),
        "the payer is told": changed("handed", lambda f: f["payment"].__setitem__("payer", "MBBEMYKL:1000000002")),
        "an account in an answer": changed("traced", lambda f: f["totals"][0].__setitem__("account", "CONTSGSG:1")),
        "more confirmed than is there": changed("traced", lambda f: f["totals"][0].__setitem__("confirmed", 60_001)),
        "a country that is none": changed("traced", lambda f: f["totals"][0]["gone_on"].__setitem__("Thailand", 1)),
        "a status that is none": changed("traced", lambda f: f.__setitem__("status", "lost")),
        "a time that is none": changed("opened", lambda f: f["rules"].__setitem__("until", "2026-13-01T00:00:00Z")),
        "no seed": changed("opened", lambda f: f.__setitem__("seeds", [])),
    }
    for name, raw in bad.items():
        try:
            parse_doc(raw.encode())
        except LintasError:
            continue
        raise AssertionError(f"{name} is taken")
    return bad


def _too_deep(fields: Said) -> None:
    fields["rules"]["depth"] = 1
    fields["segments"][0][2] = 2


STORIES: dict[str, list[tuple[str, str, str, Said]]] = {
    "opened and run": [("MY", "", "opened", opened()), ("MY", "", "ran", ran())],
    "handed on": [("MY", "", "opened", opened()), ("MY", "SG", "handed", handed()), ("MY", "", "ran", ran())],
    "answered, not for good": [
        ("MY", "", "opened", opened()),
        ("MY", "SG", "handed", handed()),
        ("MY", "", "ran", ran()),
        ("SG", "MY", "traced", traced(final=False)),
    ],
    "answered for good": [
        ("MY", "", "opened", opened()),
        ("MY", "SG", "handed", handed()),
        ("MY", "", "ran", ran()),
        ("SG", "MY", "traced", traced(final=False)),
        ("SG", "MY", "traced", traced()),
    ],
    "revised after that": [
        ("MY", "", "opened", opened()),
        ("MY", "SG", "handed", handed()),
        ("MY", "", "ran", ran()),
        ("SG", "MY", "traced", traced()),
        ("MY", "SG", "handed", handed(revision=2, tainted=40_000)),
    ],
    "a stranger answers": [
        ("MY", "", "opened", opened()),
        ("MY", "SG", "handed", handed()),
        ("MY", "", "ran", ran()),
        ("TH", "MY", "traced", traced()),
    ],
    "an answer to a revision that was not handed on": [
        ("MY", "", "opened", opened()),
        ("MY", "SG", "handed", handed()),
        ("MY", "", "ran", ran()),
        ("SG", "MY", "traced", traced(revision=2)),
    ],
}
AT_SG: dict[str, list[tuple[str, str, str, Said]]] = {
    "handed to this node": [("MY", "SG", "handed", handed())],
    "two nodes hand on: the first is the parent": [
        ("MY", "SG", "handed", handed()),
        ("TH", "SG", "handed", handed("uetr:2", hops=2)),
        ("SG", "", "ran", ran()),
        ("SG", "TH", "traced", traced("uetr:2")),
    ],
    "the parent is answered for good only when nothing is outstanding": [
        ("MY", "SG", "handed", handed()),
        ("SG", "", "ran", ran()),
        ("SG", "TH", "handed", handed("uetr:3", hops=2)),
        ("SG", "MY", "traced", traced(final=False)),
        ("TH", "SG", "traced", traced("uetr:3")),
        ("SG", "MY", "traced", traced()),
    ],
    "what is refused is not followed": [
        ("MY", "SG", "handed", handed()),
        ("SG", "MY", "traced", traced(status="refused")),
        ("SG", "", "ran", ran()),
    ],
    "who handed it on stops it": [
        ("MY", "SG", "handed", handed()),
        ("SG", "", "ran", ran()),
        ("MY", "SG", "stopped", {"why": "wrong_account"}),
    ],
}


def threads() -> list[Said]:
    """Documents as they came to one node, and what they come to there."""
    found = []
    for own, stories in (("MY", STORIES), ("SG", AT_SG)):
        for name, story in stories.items():
            facts = [
                TraceFact(
                    seq=place,
                    message=MessageId(f"{place:064x}"),
                    node=NODES[node],
                    to=NODES.get(to, ""),
                    id=f"{place:032x}",
                    what=Told(what),
                    by="officer-0001",
                    at=AT,
                    said=fields,
                )
                for place, (node, to, what, fields) in enumerate(story)
            ]
            trace = fold_trace(NODES[own], NODES["MY"], REF, facts)
            said = [{"node": node, "to": to, "what": what, "fields": fields} for node, to, what, fields in story]
            found.append({"name": name, "at": own, "documents": said} | _told(trace))
    return found


def _told(trace: KeptTrace) -> Said:
    names = {node: country for country, node in NODES.items()}
    return {
        "stands": trace.stands.value,
        "outstanding": [[names[one.node], one.handed.reference] for one in trace.outstanding],
        "parent": [names[trace.parent[0]], trace.parent[1]] if trace.parent else None,
        "followed": [[names[one.node], one.handed.reference] for one in trace.incoming if one.used],
        "idle": [place for place, _ in trace.idle],
    }


def rules() -> Said:
    """Who may hand on and follow what: cases, each with the rule that decides."""
    made = handed_of(handed())
    shut = replace(LAW, confirmed=False)
    hands = {
        "a machine, with a confirmed law": Handing(LAW, "MY", made, None, NODES["SG"], 1, False, False, False, 0),
        "a machine, without one": Handing(shut, "MY", made, None, NODES["SG"], 1, False, False, False, 0),
        "an officer, without one": Handing(shut, "MY", made, None, NODES["SG"], 1, True, False, False, 0),
        "the same again": Handing(LAW, "MY", replace(made, revision=2), made, NODES["SG"], 1, True, False, False, 0),
        "no node there": Handing(LAW, "MY", made, None, "", 0, True, False, False, 0),
        "several nodes there": Handing(LAW, "MY", made, None, "", 2, True, False, False, 0),
        "the day is used up": Handing(LAW, "MY", made, None, NODES["SG"], 1, True, False, False, 500),
        "too many borders": Handing(LAW, "MY", replace(made, hops=9), None, NODES["SG"], 1, True, False, False, 0),
        "it came back too often": Handing(
            LAW, "MY", replace(made, rounds=5), None, NODES["SG"], 1, True, False, False, 0
        ),
    }
    takes = {
        "within the budgets": Taking(LAW, "SG", made, None, made.rules, False, 1),
        "the account is elsewhere": Taking(LAW, "TH", made, None, made.rules, False, 1),
        "other rules": Taking(LAW, "SG", made, None, rules_of(RULES | {"method": "lifo"}), False, 1),
        "the day is used up": Taking(LAW, "SG", made, None, made.rules, False, 501),
        "an older revision": Taking(LAW, "SG", made, replace(made, revision=2), made.rules, False, 1),
    }
    return {
        "hand": {name: _decided(may_hand(case)) for name, case in hands.items()},
        "take": {name: _decided(may_take(case)) for name, case in takes.items()},
    }


def _decided(decision: Any) -> Said:
    return {"allowed": decision.allowed, "rule": decision.rule}


def main() -> None:
    """Write them."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    for name, value in (("documents", documents()), ("threads", threads()), ("rules", rules())):
        text = json.dumps(value, indent=1, sort_keys=True, ensure_ascii=False) + "\n"
        (folder / f"{name}.json").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
