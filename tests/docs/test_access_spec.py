# SPDX-License-Identifier: Apache-2.0
"""docs/spec/access.md says what the code does, and its vectors are decided as they say."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import msgspec
import pytest

from lintas.formats.access import _Activity, _Class, _Role, parse_access
from lintas.model.marking import Protected
from lintas.policy.access import RULES, access, admits, scope_of, visible_sql
from lintas.policy.decision import Obligation
from tools.make_access_vectors import thing_of, viewer_of

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "spec" / "access.md").read_text(encoding="utf-8")
VECTORS = ROOT / "docs" / "spec" / "vectors" / "access"
SAID: dict[str, Any] = json.loads((VECTORS / "decisions.json").read_text(encoding="utf-8"))
TABLE = parse_access((VECTORS / "access.toml").read_bytes())


def named(start: str, end: str) -> list[str]:
    """First cells of the tables between two headings of the page."""
    part = PAGE[PAGE.index(start) :]
    return re.findall(r"^\| `([\w-]+)`", part[: part.index(end, len(start))], re.MULTILINE)


def test_the_script_makes_what_is_committed(tmp_path: Path) -> None:
    made_by = [sys.executable, "-m", "tools.make_access_vectors", str(tmp_path)]
    subprocess.run(made_by, check=True, cwd=ROOT, timeout=250)
    assert (tmp_path / "decisions.json").read_bytes() == (VECTORS / "decisions.json").read_bytes()


def test_every_vector_is_decided_as_it_says() -> None:
    assert SAID["digest"] == TABLE.digest
    for one in SAID["decisions"]:
        viewer, thing = viewer_of(SAID["viewers"][one["viewer"]]), thing_of(SAID["things"][one["thing"]])
        found = access(TABLE, viewer, one["activity"], thing)
        rules = [] if found.allowed else [found.rule, *(rule for rule, _ in found.also)]
        assert (rules, sorted(found.obligations)) == (one["rules"], one["obligations"]), one
        assert (found.rule if found.allowed else "") == one["allowed_by"]


@pytest.mark.parametrize("name", SAID["viewers"])
def test_every_viewers_scope_and_gate_are_as_the_vectors_say(name: str) -> None:
    viewer = viewer_of(SAID["viewers"][name])
    assert dict(scope_of(TABLE, viewer).sql) == SAID["scopes"][name]["scope"]
    admitted = [code for code in sorted(TABLE.activities) if admits(TABLE, viewer, code).allowed]
    assert admitted == SAID["scopes"][name]["admitted"]


def test_the_vectors_meet_every_rule_and_every_obligation() -> None:
    assert {rule for one in SAID["decisions"] for rule in one["rules"]} == set(RULES)
    assert {asked for one in SAID["decisions"] for asked in one["obligations"]} == set(Obligation)
    assert {one["allowed_by"] for one in SAID["decisions"]} == {"", "role", "own", "folder"}


def test_the_page_lists_the_rules_in_their_order() -> None:
    assert named("## The rules, in order", "\n## ") == list(RULES)


def test_the_page_lists_every_obligation() -> None:
    assert set(named("## What an allowed act", "\n## ")) == set(Obligation)


@pytest.mark.parametrize(
    ("start", "end", "kind"),
    [
        ("**`[class.CODE]`**", "**`[role", _Class),
        ("**`[role.CODE]`**", "**`[activity", _Role),
        ("**`[activity.CODE]`**", "`label`, `content` (of", _Activity),
    ],
)
def test_the_page_lists_every_field_of_the_pack(start: str, end: str, kind: type[msgspec.Struct]) -> None:
    assert set(named(start, end)) == set(kind.__struct_fields__)


def test_the_page_shows_the_conditions_as_they_are_asked() -> None:
    shown = " ".join(PAGE[PAGE.index("```sql") + 6 : PAGE.index("```\n\n`message.tlp`")].split())
    assert shown == visible_sql("m")
    for one in Protected:
        assert f"{one.bit} `{one.value}`" in PAGE
