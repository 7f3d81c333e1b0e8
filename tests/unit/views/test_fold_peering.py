# SPDX-License-Identifier: Apache-2.0
"""What entries of exchange change in the views."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from lintas.model.header import Kind
from lintas.model.reading import Derived
from lintas.views.desk_rows import CameRow
from lintas.views.fold import Logged, fold
from lintas.views.rows import (
    Change,
    ConfirmedRow,
    DecisionRow,
    DerivedRows,
    EvidenceRow,
    HandoverRow,
    PeerKeysRow,
    PeerProfileRow,
    PeerRow,
    ReceiptRow,
    RejectionRow,
    ReleasedRow,
    SpanRow,
)
from tests.unit.views.test_fold import AT, CHANNEL, ID, INCARNATION, NODE, ONE, PEER_BODIES, TWO, header_of

DESCRIPTOR = {"signed": {"node": NODE, "profile": {"organisation": "Example police"}}}
INTRODUCTION = {"node": NODE, "by": "officer-0001", "their_person": "Inspector Example"}
REJECTION = {"message": ONE, "rejected": [{"id": "row 3", "reason": "no account"}], "total": 7}
EVIDENCE = {"node": NODE, "what": "gap", "reason": "Places are missing.", "documents": []}


def changes(kind: Kind, said: object = None, *, openings: bytes = b"{}", seq: int = 50, **more: Any) -> list[Change]:
    """What one entry changes beside the list of messages."""
    payload = None if said is None else json.dumps(said).encode()
    return fold(Logged(seq=seq, id=ID, header=header_of(kind, **more), payload=payload, openings=openings))[1:]


def released(openings: Mapping[str, object], **more: Any) -> list[Change]:
    return changes(
        Kind.ITEM, "text", openings=json.dumps(openings).encode(), channel=CHANNEL, **({"reading": ""} | more)
    )


def test_a_key_message_shows_where_its_nodes_keys_stand() -> None:
    assert changes(Kind.KEY) == [PeerKeysRow(NODE, "MY", INCARNATION, 50)]


def test_a_descriptor_shows_who_a_node_says_it_is() -> None:
    assert changes(Kind.DESCRIPTOR, DESCRIPTOR) == [PeerProfileRow(NODE, "Example police", 50)]


def test_an_introduction_shows_who_heard_the_words() -> None:
    row = ConfirmedRow(NODE, "officer-0001", "Inspector Example", AT, 50)
    assert changes(Kind.INTRODUCTION, INTRODUCTION) == [row]


def test_a_peer_entry_shows_what_was_done_and_by_whom() -> None:
    by = ("officer-0001", "officer-0002")
    assert changes(Kind.PEER) == [
        PeerRow(
            node=NODE,
            action="introduced",
            by=by,
            channel=CHANNEL,
            ground="agreed",
            incarnation=INCARNATION,
            seq=50,
            at=AT,
        )
    ]


def test_a_decision_is_named_by_its_entry() -> None:
    assert changes(Kind.DECISION) == [
        DecisionRow(
            message=ID,
            channel=CHANNEL,
            conditions="1" * 64,
            policy="2" * 64,
            outcome="release",
            rule="marking",
            seq=50,
        )
    ]


@pytest.mark.parametrize(("kind", "direction", "node"), [(Kind.RELEASE, "out", ""), (Kind.RECEIVED, "in", NODE)])
def test_a_run_stands_right_before_the_entry_that_says_so(kind: Kind, direction: str, node: str) -> None:
    assert changes(kind) == [
        SpanRow(
            direction=direction,
            channel=CHANNEL,
            node=node,
            incarnation=INCARNATION,
            lane="bulk",
            first=7,
            length=3,
            seq=47,
            chain="c" * 64,
            release=50,
        ),
        # when it came is said for what came alone: the desk's clocks run from then
        *([CameRow(first=47, length=3, at=AT)] if kind is Kind.RECEIVED else []),
    ]


def test_what_a_sender_withheld_stands_nowhere() -> None:
    body = {**PEER_BODIES[Kind.RECEIVED], "withheld": ["1" * 64, "2" * 64, "3" * 64]}
    (row,) = changes(Kind.RECEIVED, body=body)
    assert isinstance(row, SpanRow)
    assert (row.seq, row.first, row.length) == (-1, 7, 3)


def test_a_receipt_speaks_for_its_originator() -> None:
    assert changes(Kind.RECEIPT) == [
        ReceiptRow(
            node=NODE,
            messages=(ONE, TWO),
            state="stored",
            ground="none",
            desk="duty",
            by="node:self",
            at=AT,
            seq=50,
        )
    ]


def test_a_rejection_names_parts_and_how_many_there_are_in_all() -> None:
    assert changes(Kind.REJECTION, REJECTION) == [RejectionRow(NODE, ONE, (("row 3", "no account"),), 7, 50)]


def test_evidence_names_the_peer_and_what_it_did() -> None:
    assert changes(Kind.EVIDENCE, EVIDENCE) == [EvidenceRow(NODE, "gap", "Places are missing.", AT, 50)]


def test_a_handover_names_who_has_the_alert_now() -> None:
    assert changes(Kind.HANDOVER) == [HandoverRow(ONE, "officer-0001", "officer-0002", AT, 50)]


def test_a_released_item_is_of_the_local_one_that_its_opening_names() -> None:
    openings = {"release_of": [["00" * 16, ONE]], "recipients": [["00" * 16, NODE]]}
    assert released(openings) == [ReleasedRow(50, ONE)]


def test_an_item_whose_opening_is_not_here_is_of_no_local_one() -> None:
    assert released({"recipients": [["00" * 16, NODE]]}) == []
    assert released({}) == []


def test_a_local_item_is_no_release_whatever_it_refers_to() -> None:
    openings = json.dumps({"release_of": [["00" * 16, ONE]]}).encode()
    assert changes(Kind.ITEM, "text", openings=openings) == []


def test_what_a_peer_sent_shows_what_it_says() -> None:
    header = header_of(Kind.ITEM, channel=CHANNEL, reading="")
    entry = Logged(seq=50, id=ID, header=header, payload=b"text", derived=Derived())
    assert fold(entry)[1:] == [DerivedRows(50, Derived())]


@pytest.mark.parametrize("kind", [Kind.DESCRIPTOR, Kind.INTRODUCTION, Kind.REJECTION, Kind.EVIDENCE])
def test_of_what_was_erased_nothing_is_shown(kind: Kind) -> None:
    assert changes(kind) == []
