# SPDX-License-Identifier: Apache-2.0
"""The access pack: ours holds to its schema, and nothing half-said comes into force."""

import ast
import json
import re
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from hashlib import sha256
from importlib import resources
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lintas.errors import BadPack
from lintas.formats.access import NO_ACCESS, parse_access
from lintas.model.marking import Protected

SOURCE = Path(__file__).resolve().parents[3] / "src" / "lintas"
PACK = resources.files("lintas.packs").joinpath("access.toml").read_bytes()
TABLE = parse_access(PACK)
ROLES = {  # the list
    "duty_officer",
    "case_officer",
    "supervisor",
    "analyst",
    "authorising_officer",
    "examiner",
    "immigration_officer",
    "focal_point",
    "trainer",
    "oversight",
    "operator",
    "engineer",
    "fiu_officer",
}


def written(change: Callable[[dict[str, Any]], object]) -> bytes:
    """Our pack after a change."""
    said = msgspec.toml.decode(PACK)
    change(said)
    return "".join(f"{key} = {toml(value)}\n" for key, value in said.items()).encode()


def toml(value: object) -> str:
    """One value as TOML: what JSON and TOML write alike, and inline tables."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(key)} = {toml(one)}" for key, one in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(toml(one) for one in value) + "]"
    return json.dumps(value)


def test_our_pack_has_every_role_and_class() -> None:
    assert set(TABLE.roles) == ROLES
    assert set(TABLE.classes) == set(Protected)
    assert TABLE.digest == sha256(PACK).hexdigest()
    assert repr(TABLE) == f"AccessTable({TABLE.digest[:12]})"


def test_who_keeps_watch_over_others_sees_no_content() -> None:
    assert {code for code, row in TABLE.roles.items() if not row.content} == {
        "trainer",
        "oversight",
        "operator",
        "engineer",
    }
    assert {code for code, row in TABLE.roles.items() if row.logs} == {"oversight"}
    assert {code: row.opens for code, row in TABLE.roles.items() if row.opens} == {
        "fiu_officer": frozenset({Protected.STR})
    }


def test_groups_of_roles_are_taken_apart() -> None:
    content = {code for code, row in TABLE.roles.items() if row.content}
    assert TABLE.activities["find"].roles == content
    assert TABLE.activities["peers.read"].roles == ROLES
    assert TABLE.activities["log.read"].roles == content | {"oversight"}


def test_what_the_pack_leaves_out_is_no() -> None:
    row = TABLE.activities["peers.change"]
    assert not any((row.content, row.owner, row.binding, row.four_eyes, row.purpose, row.alone))
    assert row.folder
    assert not any((TABLE.classes[Protected.CT].masked, TABLE.classes[Protected.VICTIM].closed))


@pytest.mark.parametrize("code", sorted(TABLE.activities))
def test_every_field_of_an_activity_is_read(code: str) -> None:
    said = msgspec.toml.decode(PACK)["activity"][code]
    row = TABLE.activities[code]
    assert (row.code, row.label) == (code, said["label"])
    for name in ("content", "owner", "folder", "binding", "four_eyes", "purpose", "alone"):
        assert getattr(row, name) == said.get(name, False), name


@pytest.mark.parametrize("code", sorted(Protected))
def test_every_field_of_a_class_is_read(code: Protected) -> None:
    said = msgspec.toml.decode(PACK)["class"][code.value]
    row = TABLE.classes[code]
    assert (row.code, row.label) == (code, said["label"])
    assert (row.masked, row.closed) == (said.get("masked", False), said.get("closed", False))
    assert row.four_eyes == set(said.get("four_eyes", ()))
    assert row.never == set(said.get("never", ()))


@pytest.mark.parametrize("code", sorted(ROLES))
def test_every_field_of_a_role_is_read(code: str) -> None:
    said = msgspec.toml.decode(PACK)["role"][code]
    row = TABLE.roles[code]
    assert (row.code, row.label, row.content) == (code, said["label"], said["content"])
    assert row.logs == said.get("logs", False)
    assert row.opens == frozenset(Protected(one) for one in said.get("opens", ()))


def test_before_a_pack_is_read_nothing_is_allowed() -> None:
    assert (dict(NO_ACCESS.activities), dict(NO_ACCESS.roles), dict(NO_ACCESS.classes)) == ({}, {}, {})
    assert NO_ACCESS.digest == ""


BROKEN: dict[str, tuple[Callable[[dict[str, Any]], object], str]] = {
    "another version": (lambda p: p.update(version=2), "version"),
    "no version": (lambda p: p.pop("version"), "version"),
    "an unknown table": (lambda p: p.update(rule={}), "rule"),
    "an unknown field of an activity": (lambda p: p["activity"]["find"].update(always=True), "always"),
    "an unknown field of a role": (lambda p: p["role"]["analyst"].update(root=True), "root"),
    "an unknown field of a class": (lambda p: p["class"]["ct"].update(open=True), "open"),
    "an activity without roles": (lambda p: p["activity"]["find"].pop("roles"), "roles"),
    "an activity without a label": (lambda p: p["activity"]["find"].pop("label"), "label"),
    "an empty label": (lambda p: p["role"]["analyst"].update(label=""), "label"),
    "a label with a line break": (lambda p: p["role"]["analyst"].update(label="a\nb"), "label"),
    "a label of a page": (lambda p: p["role"]["analyst"].update(label="a" * 201), "label"),
    "a yes that is a word": (lambda p: p["activity"]["find"].update(folder="yes"), "folder"),
    "a role without content said": (lambda p: p["role"]["analyst"].pop("content"), "content"),
    "a role that opens no class": (lambda p: p["role"]["analyst"].update(opens=["royal"]), "opens"),
    "a class that is none of ours": (lambda p: p["class"].update(royal={"label": "Royal"}), "class"),
    "a class left out": (lambda p: p["class"].pop("child"), "says nothing of the class child"),
    "a role that has no row": (lambda p: p["activity"]["find"].update(roles=["clerk"]), "'clerk', which has no row"),
    "a second activity that has no row": (
        lambda p: p["class"]["ct"].update(four_eyes=["share", "fly"]),
        "'fly', which has no row",
    ),
    "a never that has no row": (lambda p: p["class"]["str"].update(never=["fly"]), "class str names the activity"),
    "a code with a blank": (lambda p: p["role"].update({"a b": {"label": "x", "content": False}}), "is no code"),
    "a code of capitals": (lambda p: p["role"].update(Boss={"label": "x", "content": False}), "is no code"),
    "an activity's code of a page": (
        lambda p: p["activity"].update({"a" * 41: {"label": "x", "roles": []}}),
        "is no code",
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_pack_that_is_not_whole_never_comes_into_force(name: str) -> None:
    change, said = BROKEN[name]
    with pytest.raises(BadPack, match=re.escape(said)) as caught:
        parse_access(written(change))
    assert "access.toml" in caught.value.message


def test_every_role_of_an_activity_may_be_taken_away() -> None:
    table = parse_access(written(lambda p: p["activity"]["share"].update(roles=[])))
    assert table.activities["share"].roles == frozenset()
    assert table.digest != TABLE.digest


@pytest.mark.parametrize(
    "raw", [b"", b"\xff", b"version = 1", b"[class", b"a" * 10_000, b"version = 1\n[role]\n[activity]\n"]
)
def test_what_is_no_pack_is_refused_with_where_to_read_on(raw: bytes) -> None:
    with pytest.raises(BadPack) as caught:
        parse_access(raw)
    assert caught.value.hint


@given(st.binary(max_size=300))
def test_any_bytes_are_a_pack_or_a_bad_pack(raw: bytes) -> None:
    with suppress(BadPack):
        parse_access(raw)


@given(st.integers(0, len(PACK) - 1), st.binary(min_size=1, max_size=3))
def test_a_damaged_pack_is_a_pack_or_a_bad_pack(at: int, noise: bytes) -> None:
    with suppress(BadPack):
        parse_access(PACK[:at] + noise + PACK[at + len(noise) :])


# --- The code and the pack name the same activities ---


ASKERS = {"permit": 2, "admit": 2, "scope_of": 2, "log_scope_of": 2, "access": 2, "may": 2, "admits": 2, "offers": 1}


@cache
def said_in_code() -> tuple[frozenset[str], frozenset[str]]:
    """Every text in the source that could name an activity, and those that calls of the policy name in so many words.

    The source is parsed once for both.
    """
    texts, asked = set[str](), set[str]()
    for file in SOURCE.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                texts.add(node.value)
            elif isinstance(node, ast.Call):
                asked |= asked_by(node)
    for file in SOURCE.rglob("*.html"):
        texts |= set(re.findall(r"may\(\"([a-z_.]+)\"\)", file.read_text(encoding="utf-8")))
    return frozenset(texts), frozenset(asked)


def asked_by(call: ast.Call) -> set[str]:
    """Activities that one call names."""
    found = set[str]()
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    place = ASKERS.get(name, 99)
    if len(call.args) > place and isinstance(said := call.args[place], ast.Constant) and isinstance(said.value, str):
        found.add(said.value)
    if name == "RouteSpec":
        found |= {
            str(word.value.value)
            for word in call.keywords
            if word.arg == "activity" and isinstance(word.value, ast.Constant) and word.value.value
        }
    return found


def test_every_activity_that_the_code_asks_for_stands_in_the_pack() -> None:
    _, asked = said_in_code()
    assert len(asked) > 20
    assert asked - TABLE.activities.keys() == set()


def test_every_activity_of_the_pack_is_asked_for_by_the_code() -> None:
    texts, _ = said_in_code()
    assert TABLE.activities.keys() - texts == set()
