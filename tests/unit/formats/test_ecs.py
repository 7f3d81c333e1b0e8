# SPDX-License-Identifier: Apache-2.0
"""Acts as events with field names of the Elastic Common Schema: exactly as docs/spec/audit.md and its vectors say."""

import json
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lintas.formats.ecs import _KINDS, ECS_VERSION, encode_events, event_of
from lintas.model.audit import AuditLine
from lintas.model.header import Kind

VECTORS = Path(__file__).parents[3] / "docs" / "spec" / "vectors" / "audit"
FILES = sorted(VECTORS.glob("*.json"), key=lambda file: file.name)
CATEGORIES = {"configuration", "database", "iam", "intrusion_detection", "network", "process"}  # of ECS 8.17, in use
TYPES = {"access", "admin", "allowed", "change", "creation", "deletion", "denied", "end", "info"}
TEXT = st.text(max_size=30)
LINES = st.builds(
    AuditLine,
    seq=st.integers(0, 2**53 - 1),
    id=st.just("1" * 64),
    at=st.just("2026-03-01T03:00:00.000Z"),
    kind=st.sampled_from([kind.value for kind in Kind]),
    action=TEXT,
    person=TEXT,
    name=st.just("A name that stays here"),
    role=TEXT,
    purpose=TEXT,
    shown=st.integers(0, 10**6),
    asked=st.dictionaries(TEXT, st.lists(TEXT, max_size=3), max_size=3),
    outcome=st.sampled_from(["done", "refused"]),
    rule=TEXT,
    codes=st.dictionaries(TEXT, TEXT, max_size=3),
)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_each_vector_is_what_is_written(file: Path) -> None:
    said = json.loads(file.read_text(encoding="utf-8"))
    line = msgspec.convert(said["line"], AuditLine)
    assert event_of(line, node=said["node"], organisation=said["organisation"]) == said["event"]


def test_there_are_vectors_for_refusals_openings_and_decisions() -> None:
    assert {"refused", "opened", "approval", "unmasked", "find"} <= {file.stem for file in FILES}


def test_every_kind_has_its_category_and_type_of_the_schema() -> None:
    assert set(_KINDS) == {kind.value for kind in Kind}
    assert {category for category, _ in _KINDS.values()} <= CATEGORIES
    assert {type_ for _, type_ in _KINDS.values()} <= TYPES


@given(st.lists(LINES, max_size=5))
def test_any_acts_become_one_json_line_each_without_a_name(lines: list[AuditLine]) -> None:
    raw = encode_events(tuple(lines), node="lintas:x", organisation="An agency")
    events = [json.loads(line) for line in raw.split(b"\n") if line]
    assert len(events) == len(lines)
    assert b"A name that stays here" not in raw
    for event in events:
        assert event["ecs"]["version"] == ECS_VERSION
        assert event["event"]["outcome"] in {"success", "failure"}
        assert all(isinstance(value, str) for value in event["labels"].values())
