# SPDX-License-Identifier: Apache-2.0
"""Documents of traces: one spelling, exact both ways, and no bytes that break them."""

import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lintas.errors import LintasError, Malformed
from lintas.formats.desk import DeskReader, encode_doc, parse_doc
from lintas.formats.desk.trace_fields import (
    answer_of,
    answer_said,
    handed_of,
    handed_said,
    opened_of,
    opened_said,
    ran_of,
    ran_said,
    totals_of,
    totals_said,
)
from lintas.limits import DESK_DOC_BYTES_MAX, HANDOFF_SEGMENTS_MAX
from lintas.model.desk import DESK_TYPE, DeskDoc, Doc
from lintas.model.desk_ref import make_ref, read_ref
from lintas.model.kept_trace import Answer, Handed, Opened, Ran, Rules, Status, Told, Totals
from lintas.model.money import Method, Seed, Segment
from lintas.model.reading import ReadOptions
from tests.unit.formats.builders import packs

NODE, THERE = "lintas:" + "a" * 52, "lintas:" + "b" * 52
REF: Final = make_ref("MY", Doc.TRACE, bytes)
AT: Final = "2026-03-01T03:00:00.000Z"
RULES: Final = Rules(method=Method.PRORATA, depth=7, labels=True, until="2026-03-01T23:59:59.999999Z")

labels = st.from_regex(r"(\*|[A-Za-z0-9-]{0,24})\Z", fullmatch=True)
segments = st.builds(Segment, st.integers(1, 10**12), labels, st.integers(0, 7))
characters = st.characters(min_codepoint=33, max_codepoint=0x2FF, exclude_categories=["Cc", "Cs"])
keys = st.text(characters, min_size=1, max_size=60)
assets = st.from_regex(r"[A-Z0-9]{1,12}\Z", fullmatch=True)
minors = st.integers(0, 10**12)


@st.composite
def handed(draw: Any) -> Handed:
    parts = tuple(draw(st.lists(segments, min_size=1, max_size=30)))
    return Handed(
        reference=draw(keys),
        minor=sum(one.minor for one in parts),
        asset=draw(assets),
        payee=draw(keys),
        at=draw(st.sampled_from(["", "2026-02-28T01:05:00.000001Z"])),
        segments=parts,
        revision=draw(st.integers(1, 10_000)),
        hops=draw(st.integers(1, 100)),
        rounds=draw(st.integers(0, 100)),
        rules=RULES,
    )


@st.composite
def totals(draw: Any) -> Totals:
    here = draw(minors)
    gone = draw(st.dictionaries(st.from_regex(r"[A-Z]{2}\Z", fullmatch=True), minors, max_size=4))
    return Totals(
        asset=draw(assets),
        came=draw(minors),
        still_here=here,
        confirmed=draw(st.integers(0, here)),
        unknown=draw(st.integers(0, here)),
        cash=draw(minors),
        crypto=draw(minors),
        other=draw(minors),
        gone_on=tuple(sorted(gone.items())),
    )


def through(what: Told, fields: Mapping[str, Any], *, to: str = "") -> dict[str, Any]:
    """Fields as another node reads them."""
    said = {"opener": NODE, "what": what.value, "to": to, "fields": dict(fields)}
    raw = encode_doc(DeskDoc(Doc.TRACE, REF, "9" * 32, (), "officer-0001", AT, said))
    found = parse_doc(raw)
    assert encode_doc(found) == raw, "one spelling"
    return dict(found.said["fields"])


@given(one=handed())
def test_a_payment_that_is_handed_on_comes_out_as_it_went_in(one: Handed) -> None:
    assert handed_of(through(Told.HANDED, handed_said(one), to=THERE)) == one
    assert one.tainted == sum(part.minor for part in one.segments if part.label)


@given(found=st.lists(totals(), max_size=4, unique_by=lambda one: one.asset), final=st.booleans())
def test_an_answer_comes_out_as_it_went_in(found: list[Totals], final: bool) -> None:
    answer = Answer(reference="uetr:1", revision=2, status=Status.CAPPED, totals=tuple(sorted(found)), final=final)
    assert answer_of(through(Told.TRACED, answer_said(answer), to=NODE)) == answer
    assert totals_of(totals_said(answer.totals)) == answer.totals


def test_what_is_opened_and_run_comes_out_as_it_went_in() -> None:
    seeds = (
        Seed(label="1", account="MBBEMYKL:1", start=1_767_225_600_000_001, minor=100, currency="USDT"),
        Seed(label="SG-R-00000", account="123", payment="uetr:7"),
    )
    opened = Opened(rules=RULES, seeds=seeds, title="Parcel scam", case=make_ref("MY", Doc.CASE, bytes))
    assert opened_of(through(Told.OPENED, opened_said(opened))) == opened
    ran = Ran(
        viewer="officer-0001",
        at=AT,
        rows=1,
        payments=1,
        accounts=2,
        conserved=None,
        digest="a" * 64,
        totals=(),
        to_hand=1,
        to_answer=2,
    )
    assert ran_of(through(Told.RAN, ran_said(ran)), at=AT) == ran


def test_as_many_parts_as_count_fit_into_one_document() -> None:
    parts = tuple(Segment(10**12 + one, "MY-R-7K3QF-9D2MX-4", 900) for one in range(HANDOFF_SEGMENTS_MAX))
    one = Handed(
        reference="e2e:" + "x" * 140,
        minor=sum(part.minor for part in parts),
        asset="SGD",
        payee="C" * 128,
        at="2026-02-28T01:05:00.000001Z",
        segments=parts,
        revision=10_000,
        hops=100,
        rounds=100,
        rules=Rules(method=Method.FIFO),
    )
    assert handed_of(through(Told.HANDED, handed_said(one), to=THERE)) == one
    raw = encode_doc(
        DeskDoc(
            Doc.TRACE,
            REF,
            "9" * 32,
            (),
            "officer-0001",
            AT,
            {"opener": NODE, "what": "handed", "to": THERE, "fields": handed_said(one)},
        )
    )
    assert len(raw) <= DESK_DOC_BYTES_MAX


GOOD: Final[dict[str, Any]] = {
    "rules": {"method": "fifo", "depth": 2},
    "payment": {"reference": "uetr:1", "minor": 100, "asset": "SGD", "payee": "CONTSGSG:1", "at": ""},
    "segments": [[60, "*", 1], [40, "", 0]],
    "revision": 1,
    "hops": 1,
}
BAD: Final[dict[str, Callable[[dict[str, Any]], object]]] = {
    "too little": lambda f: f["segments"].pop(),
    "too much": lambda f: f["segments"].append([1, "", 0]),
    "nothing": lambda f: f.update(segments=[]),
    "a part of nothing": lambda f: f["segments"].append([0, "", 0]),
    "a negative part": lambda f: f.update(segments=[[110, "", 0], [-10, "", 0]]),
    "half a part": lambda f: f["segments"].append([1, ""]),
    "more of a part": lambda f: f["segments"].append([1, "", 0, 0]),
    "a name as a label": lambda f: f["segments"][0].__setitem__(1, "Siti Contoh"),
    "too deep": lambda f: f["segments"][0].__setitem__(2, 3),
    "a part that is a text": lambda f: f["segments"].append("x"),
    "a payment of nothing": lambda f: f["payment"].update(minor=0),
    "a huge payment": lambda f: f["payment"].update(minor=2**60),
    "the payer": lambda f: f["payment"].update(payer="MBBEMYKL:1"),
    "no payee": lambda f: f["payment"].update(payee=""),
    "a time without a zone": lambda f: f["payment"].update(at="2026-02-28T01:05:00"),
    "the year 1066": lambda f: f["payment"].update(at="1066-10-14T09:00:00Z"),
    "another method": lambda f: f["rules"].update(method="random"),
    "a negative depth": lambda f: f["rules"].update(depth=-1),
    "until the 32nd": lambda f: f["rules"].update(until="2026-01-32T00:00:00Z"),
    "revision 0": lambda f: f.update(revision=0),
    "hops 0": lambda f: f.update(hops=0),
    "hops 1.5": lambda f: f.update(hops=1.5),
    "seeds": lambda f: f.update(seeds=[]),
    "what nobody sees": lambda f: f["payment"].update(reference="uetr:\u202e1"),
    "a terminal's escape": lambda f: f["payment"].update(payee="a\x1b[31mb"),
    "control characters": lambda f: f["payment"].update(payee="a\x00b"),
}


@pytest.mark.parametrize("name", BAD)
def test_what_no_node_could_say_is_refused(name: str) -> None:
    fields = json.loads(json.dumps(GOOD))
    through(Told.HANDED, fields, to=THERE)
    BAD[name](fields)
    with pytest.raises(LintasError):
        through(Told.HANDED, fields, to=THERE)


@pytest.mark.parametrize("what", ["asked", "", "OPENED", "trace"])
def test_what_nobody_says_is_refused(what: str) -> None:
    said = {"opener": NODE, "what": what, "to": "", "fields": {}}
    with pytest.raises(Malformed):
        encode_doc(DeskDoc(Doc.TRACE, REF, "9" * 32, (), "officer-0001", AT, said))


@given(raw=st.binary(max_size=400))
def test_no_bytes_raise_anything_else(raw: bytes) -> None:
    with suppress(LintasError):
        parse_doc(raw)


@given(
    fields=st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
        lambda of: st.lists(of, max_size=3) | st.dictionaries(st.sampled_from([*GOOD, "minor", "totals", "x"]), of),
        max_leaves=20,
    ),
    what=st.sampled_from(list(Told)),
)
def test_no_fields_raise_anything_else(fields: Any, what: Told) -> None:
    GOOD | fields if isinstance(fields, dict) else fields
    value = {
        "v": 1,
        "doc": "trace",
        "ref": REF,
        "id": "9" * 32,
        "after": [],
        "by": "x",
        "at": AT,
        "said": {
            "opener": NODE,
            "what": what.value,
            "to": THERE,
            "fields": GOOD | fields if isinstance(fields, dict) else fields,
        },
    }
    with suppress(LintasError):
        parse_doc(json.dumps(value).encode())


def test_the_account_of_a_payment_is_found_and_nothing_else_is_said() -> None:
    said = {"opener": NODE, "what": "handed", "to": THERE, "fields": GOOD}
    raw = encode_doc(DeskDoc(Doc.TRACE, REF, "9" * 32, (), "officer-0001", AT, said))
    derived = DeskReader().derive(raw, DESK_TYPE, ReadOptions(), packs())
    assert "CONTSGSG:1" in str(derived)
    assert "uetr:1" not in str(derived)


def test_a_reference_of_a_trace_is_read_as_people_type_it() -> None:
    assert REF[3] == "T"
    assert read_ref(REF.lower().replace("-", " ")) == REF
