# SPDX-License-Identifier: Apache-2.0
import json
from collections.abc import Mapping
from typing import Any

import pytest

from lintas.model.header import CONTROL_KINDS, TRAVELLING_ONLY, Header, Kind, Mode, PayloadDigest
from lintas.model.header_rules import LOCAL_CHANNEL, LOCAL_TYPE
from lintas.model.ids import AlertId, MessageId, NodeId
from lintas.model.marking import Grading, Marking, Tlp
from lintas.model.reading import Derived, Entity
from lintas.views.fold import Logged, fold
from lintas.views.rows import AlertRow, DerivedRows, EndedRow, ErasedRow, IntakeRow, MessageRow, WatchRow
from tests.unit.model.bodies import GOOD_BODIES

NODE = NodeId("lintas:" + "a" * 52)
AT = "2026-03-01T03:00:00.000Z"
ID = MessageId("f" * 64)
ONE, TWO = MessageId("1" * 64), MessageId("2" * 64)
KEY = {"algorithm": "ed25519", "id": "0" * 64, "public": "1" * 64}
CHANNEL, INCARNATION = "pair." + "0" * 32, "0" * 16
STREAM = {
    "chain": "c" * 64,
    "channel": CHANNEL,
    "count": 3,
    "first": 7,
    "incarnation": INCARNATION,
    "lane": "bulk",
}
PEER_BODIES: dict[Kind, dict[str, object]] = {
    Kind.PEER: {
        "action": "introduced",
        "by": ["officer-0001", "officer-0002"],
        "channel": CHANNEL,
        "ground": "agreed",
        "incarnation": INCARNATION,
        "node": NODE,
    },
    Kind.DECISION: {
        "channel": CHANNEL,
        "conditions": "1" * 64,
        "outcome": "release",
        "policy": "2" * 64,
        "rule": "marking",
    },
    Kind.RELEASE: {**STREAM, "by": "officer-0001", "decision": "2" * 64},
    Kind.RECEIVED: {**STREAM, "node": NODE},
    Kind.RECEIPT: {
        "by": "node:self",
        "desk": "duty",
        "ground": "none",
        "messages": [ONE, TWO],
        "state": "stored",
    },
    Kind.HANDOVER: {"by": "officer-0001", "target": ONE, "to": "officer-0002"},
}
BODIES: dict[Kind, dict[str, object]] = {
    Kind.KEY: {"country": "MY", "incarnation": "0" * 16, "log": [KEY], "root": "2" * 64, "signing": [KEY]},
    Kind.DERIVE: {"messages": [ONE], "reading": "1" * 64},
    Kind.ERASE: {"by": "officer-0001", "ground": "retention", "messages": [ONE, TWO]},
    Kind.INCARNATION: {
        "approved_by": ["officer-0001", "officer-0002"],
        "ground": "disk_lost",
        "incarnation": "0" * 16,
        "previous": "1" * 16,
        "previous_root": "2" * 64,
        "previous_size": 7,
    },
    Kind.ENDED: {"by": "officer-0001", "target": ONE, "what": "alert"},
    **PEER_BODIES,
    Kind.ACCOUNT: {"account": "officer-0001", "action": "created", "clearance": "AMBER", "role": "analyst"},
    **{Kind(code): GOOD_BODIES[code] for code in ("assent", "credential", "need", "duty", "classed", "owned", "due")},
}
INTAKE = {
    "by": "officer-0001",
    "source": "Hotline",
    "file_name": "slip.txt",
    "format": "text in utf-8",
    "reader": "text/1",
    "digest": "d" * 64,
    "size_bytes": 7,
    "read": 3,
    "used": 2,
    "rejected": [{"id": "row 7", "reason": "no account"}],
    "notes": [],
    "items": [ONE, TWO, ONE],
    "layout": {},
}
WATCH = {
    "owner": "officer-0001",
    "note": "mules",
    "expires_at": "2026-06-01T00:00:00.000Z",
    "terms": [{"scheme": "phone", "value": "+60123456789"}, {"scheme": "domain", "value": "bank.example"}],
}
ALERT = {
    "id": "a" * 64,
    "watch": ONE,
    "message": TWO,
    "scheme": "phone",
    "value": "+60123456789",
    "reason": "it is watched",
}


def header_of(kind: Kind, *, body: Mapping[str, object] | None = None, **more: Any) -> Mapping[str, Any]:
    is_control = kind in CONTROL_KINDS
    values: dict[str, Any] = {
        "originator": NODE,
        "kind": kind,
        "media_type": LOCAL_TYPE,
        "created_at": AT,
        "mode": Mode.EXERCISE,
        "marking": Marking(tlp=Tlp.AMBER),
        "grading": Grading(source="B", information="2"),
        "payload": None if is_control else PayloadDigest(digest="0" * 64, size_bytes=9),
        "body": dict(body or BODIES[kind]) if is_control else None,
        "reading": "1" * 64 if kind is Kind.ITEM else "",
        "channel": CHANNEL if kind in TRAVELLING_ONLY else LOCAL_CHANNEL,
    }
    return Header(**(values | more)).as_json()


def logged(kind: Kind, said: object = None, *, derived: Derived | None = None, **more: Any) -> Logged:
    payload = None if said is None else json.dumps(said).encode()
    return Logged(seq=5, id=ID, header=header_of(kind, **more), payload=payload, derived=derived)


@pytest.mark.parametrize("kind", Kind)
def test_every_entry_is_first_shown_as_a_message(kind: Kind) -> None:
    row, *_ = fold(logged(kind))
    assert isinstance(row, MessageRow)
    assert (row.seq, row.id, row.kind, row.created_at, row.originator) == (5, ID, kind.value, AT, NODE)
    assert (row.tlp, row.grading, row.media_type) == (int(Tlp.AMBER), "B2", LOCAL_TYPE)
    assert row.size_bytes == (0 if kind in CONTROL_KINDS else 9)


def test_a_message_keeps_every_code_of_its_marking() -> None:
    marking = Marking(tlp=Tlp.RED, purposes=frozenset({"scam", "drugs"}), retention="case")
    row, *_ = fold(logged(Kind.ITEM, marking=marking))
    assert isinstance(row, MessageRow)
    assert Marking.from_codes(json.loads(row.marking)) == marking
    assert row.tlp == int(Tlp.RED)


def test_two_messages_marked_alike_have_one_spelling_of_it() -> None:
    rows = [fold(logged(kind, marking=Marking(tlp=Tlp.GREEN)))[0] for kind in (Kind.ITEM, Kind.INTAKE)]
    assert len({row.marking for row in rows if isinstance(row, MessageRow)}) == 1


@pytest.mark.parametrize("kind", [kind for kind in Kind if kind not in CONTROL_KINDS])
def test_of_an_erased_entry_only_the_message_is_left(kind: Kind) -> None:
    assert [type(change) for change in fold(logged(kind))] == [MessageRow]


@pytest.mark.parametrize("kind", [Kind.DERIVE, Kind.INCARNATION, Kind.ACCOUNT])
def test_what_changes_no_view_is_only_a_message(kind: Kind) -> None:
    assert [type(change) for change in fold(logged(kind))] == [MessageRow]


def test_an_item_shows_what_it_says() -> None:
    derived = Derived(entities=(Entity(key="a", schema="Person", caption="A"),))
    assert fold(logged(Kind.ITEM, "text", derived=derived))[1:] == [DerivedRows(5, derived)]


def test_an_item_that_says_nothing_is_no_erased_one() -> None:
    assert fold(logged(Kind.ITEM, "text", derived=Derived()))[1:] == [DerivedRows(5, Derived())]


def test_an_intake_shows_its_file_and_its_items_in_order_twice_if_they_stand_there_twice() -> None:
    assert fold(logged(Kind.INTAKE, INTAKE))[1:] == [
        IntakeRow(
            seq=5,
            source="Hotline",
            file_name="slip.txt",
            format="text in utf-8",
            digest="d" * 64,
            size_bytes=7,
            read=3,
            used=2,
            rejected=(("row 7", "no account"),),
            items=(ONE, TWO, ONE),
        )
    ]


def test_a_watch_shows_its_terms_and_when_it_was_made() -> None:
    assert fold(logged(Kind.WATCH, WATCH))[1:] == [
        WatchRow(
            seq=5,
            id=ID,
            owner="officer-0001",
            note="mules",
            created_at=AT,
            expires_at="2026-06-01T00:00:00.000Z",
            terms=(("phone", "+60123456789"), ("domain", "bank.example")),
        )
    ]


def test_an_alert_shows_which_watch_met_which_message() -> None:
    assert fold(logged(Kind.ALERT, ALERT))[1:] == [
        AlertRow(
            id=AlertId("a" * 64),
            seq=5,
            watch=ONE,
            message=TWO,
            scheme="phone",
            value="+60123456789",
            reason="it is watched",
            at=AT,
        )
    ]


@pytest.mark.parametrize("what", ["alert", "watch"])
def test_an_end_names_its_target_the_person_and_the_time(what: str) -> None:
    body = {"by": "officer-0002", "target": TWO, "what": what}
    assert fold(logged(Kind.ENDED, body=body))[1:] == [EndedRow(target=TWO, what=what, by="officer-0002", at=AT)]


def test_an_erasure_names_what_it_erased_in_order() -> None:
    assert fold(logged(Kind.ERASE))[1:] == [ErasedRow((ONE, TWO))]


@pytest.mark.parametrize("kind", Kind)
def test_folding_twice_gives_the_same(kind: Kind) -> None:
    said = {Kind.INTAKE: INTAKE, Kind.WATCH: WATCH, Kind.ALERT: ALERT}.get(kind)
    assert fold(logged(kind, said)) == fold(logged(kind, said))
