# SPDX-License-Identifier: Apache-2.0
"""docs/spec/message.md says what the code does, and its vectors are made by their script and read by our reader."""

import base64
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from lintas.crypto.canonical import canonical_json, parse_canonical
from lintas.crypto.digests import commitment, salted_digest, same_bytes_tag
from lintas.crypto.envelope import message_id, sign_header, verify_header
from lintas.crypto.signing import SigningKey, key_id, node_id
from lintas.errors import LintasError, MalformedHeader, NotCanonical
from lintas.limits import HEADER_BYTES_MAX
from lintas.model.header import CONTROL_KINDS, Header, Kind
from lintas.model.header_rules import BODIES, BODIES_MORE
from lintas.model.ids import MessageId
from lintas.work.alerting import alert_id

ROOT = Path(__file__).resolve().parents[2]
SPEC = (ROOT / "docs" / "spec" / "message.md").read_text(encoding="utf-8")
VECTORS = ROOT / "docs" / "spec" / "vectors" / "message"
BAD = sorted(path.stem for path in (VECTORS / "bad").glob("*.json"))
MESSAGES: list[dict[str, Any]] = json.loads((VECTORS / "messages.json").read_text(encoding="utf-8"))
KEYS: dict[str, Any] = json.loads((VECTORS / "keys.json").read_text(encoding="utf-8"))


def read(raw: bytes) -> Header:
    return Header.from_json(parse_canonical(raw))


def named(name: str) -> dict[str, Any]:
    (found,) = [one for one in MESSAGES if one["name"] == name]
    return found


def table(heading: str) -> dict[str, str]:
    """The table below a heading: first column -> the rest of the row."""
    rows = re.findall(
        r"^\| (`[^|]+) \| (.*) \|$", SPEC.partition(f"\n{heading}")[2].partition("\n\n**")[0], re.MULTILINE
    )
    return {name: rest for names, rest in rows for name in re.findall(r"`([a-z_]+)`", names)}


def test_the_script_makes_what_is_committed(tmp_path: Path) -> None:
    made_by = [sys.executable, "-m", "tools.make_message_vectors", str(tmp_path)]
    subprocess.run(made_by, check=True, cwd=ROOT, timeout=250)
    made = {str(file.relative_to(tmp_path)): file.read_bytes() for file in tmp_path.rglob("*.json")}
    assert made == {str(file.relative_to(VECTORS)): file.read_bytes() for file in VECTORS.rglob("*.json")}


@pytest.mark.parametrize("one", MESSAGES, ids=lambda one: one["name"])
def test_a_good_header_is_read_and_written_again_alike(one: dict[str, Any]) -> None:
    raw = one["header"].encode()
    header = read(raw)
    assert canonical_json(header.as_json()) == raw
    assert message_id(raw) == one["id"]


@pytest.mark.parametrize("one", MESSAGES, ids=lambda one: one["name"])
def test_a_good_message_is_signed_by_the_key_that_its_kind_asks_for(one: dict[str, Any]) -> None:
    public = bytes.fromhex(KEYS["root_public" if one["name"].startswith("key") else "signing_public"])
    seed = bytes([1 if one["name"].startswith("key") else 2]) * 32
    signed = sign_header(one["header"].encode(), SigningKey.from_seed(seed))
    assert (signed.key_id, signed.signature.hex()) == (one["key_id"], one["signature"])
    assert key_id(public) == one["key_id"]
    verify_header(signed, public)


@pytest.mark.parametrize("one", [one for one in MESSAGES if "payload" in one], ids=lambda one: one["name"])
def test_payload_and_openings_are_what_the_header_commits_to(one: dict[str, Any]) -> None:
    header = read(one["header"].encode())
    data = base64.b64decode(one["payload"])
    assert header.payload is not None
    assert header.payload.digest == salted_digest(bytes.fromhex(one["salt"]), data)
    assert header.payload.size_bytes == len(data)
    opened = {
        field: tuple(commitment(bytes.fromhex(salt), field, target) for salt, target in pairs)
        for field, pairs in one["openings"].items()
    }
    assert opened == dict(header.refs)


def test_there_is_a_good_vector_of_each_kind() -> None:
    assert {read(one["header"].encode()).kind for one in MESSAGES} == set(Kind)


@pytest.mark.parametrize("name", BAD)
def test_a_bad_header_is_refused_for_its_defect(name: str) -> None:
    expected = NotCanonical if name.startswith("bytes_") else MalformedHeader
    with pytest.raises(LintasError) as caught:
        read((VECTORS / "bad" / f"{name}.json").read_bytes())
    assert type(caught.value) is expected


def test_no_two_defects_are_the_same_header_and_none_is_a_good_one() -> None:
    bad = {(VECTORS / "bad" / f"{name}.json").read_bytes() for name in BAD}
    assert len(bad) == len(BAD) >= 50
    assert not bad & {one["header"].encode() for one in MESSAGES}


def test_the_alert_id_is_the_one_that_the_page_defines() -> None:
    said = json.loads(base64.b64decode(named("alert")["payload"]))
    watch, item = MessageId(named("watch")["id"]), MessageId(named("item")["id"])
    assert said["id"] == alert_id(watch, item, said["scheme"], said["value"])
    assert said["id"] not in "".join(one["header"] for one in MESSAGES)


def test_the_taken_tags_follow_from_their_parts() -> None:
    for one in json.loads((VECTORS / "taken_tags.json").read_text(encoding="utf-8")):
        handling = one["handling"].encode()
        parse_canonical(handling)
        tag = same_bytes_tag(bytes.fromhex(KEYS["local_key"]), base64.b64decode(one["data"]), one["source"], handling)
        assert tag.hex() == one["tag"]


def test_the_node_is_named_by_its_root() -> None:
    assert KEYS["node"] == node_id(bytes.fromhex(KEYS["root_public"]))
    assert json.loads(named("key")["header"])["body"]["root"] == KEYS["root_public"]


def test_the_page_lists_each_field_of_a_header_and_of_a_marking() -> None:
    fields = {name for one in MESSAGES for name in json.loads(one["header"])}
    assert set(table("## Header")) == fields
    marking = SPEC.partition("**Marking** has exactly these fields")[2].partition("**References**")[0]
    listed = {
        name for row in re.findall(r"^\| (`[^|]+) \|", marking, re.MULTILINE) for name in re.findall(r"`(\w+)`", row)
    }
    assert listed == {name for one in MESSAGES for name in json.loads(one["header"])["marking"]}


def test_the_page_lists_each_kind_with_the_fields_of_its_payload_or_body() -> None:
    rows = table("## Kinds")
    assert list(rows) == [kind.value for kind in Kind]
    for kind, rest in rows.items():
        listed = set(re.findall(r"`([a-z_]+)`", rest))
        if Kind(kind) in CONTROL_KINDS:
            assert listed == set(BODIES[kind]) | set(BODIES_MORE.get(kind, {}))
        elif kind != Kind.ITEM:
            assert listed == set(json.loads(base64.b64decode(named(kind)["payload"])))


def test_the_limits_on_the_page_are_those_of_the_code() -> None:
    assert f"at most {HEADER_BYTES_MAX:,} bytes" in SPEC


def test_a_header_with_all_that_the_limits_allow_is_below_the_limit_of_bytes() -> None:
    """Else a lawful erasure could not be signed."""
    header = json.loads(named("erase")["header"])
    header["body"]["messages"] = [message_id(b"%d" % n) for n in range(200)]
    assert len(canonical_json(Header.from_json(header).as_json())) < HEADER_BYTES_MAX


@pytest.mark.parametrize("page", sorted((ROOT / "docs").rglob("*.md")), ids=lambda page: page.name)
def test_every_link_to_a_file_leads_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
        assert (page.parent / target).exists(), f"{page.name}: {target}"


def test_every_test_that_the_trust_page_names_is_there() -> None:
    page = (ROOT / "docs" / "trust.md").read_text(encoding="utf-8")
    files = [path for path in (ROOT / "tests").rglob("*.py") if "__pycache__" not in path.parts]
    there = {name for path in files for name in re.findall(r"^def (test_\w+)", path.read_text("utf-8"), re.MULTILINE)}
    named_there = set(re.findall(r"`(test_\w+)`", page))
    assert named_there - there == set()
    assert len(named_there) > 40
