# SPDX-License-Identifier: Apache-2.0
"""Descriptors: what is verified without a log."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lintas.crypto.canonical import canonical_json
from lintas.crypto.envelope import sign_header
from lintas.crypto.signing import SigningKey
from lintas.errors import BadSignature, LintasError, Malformed, MalformedHeader, MalformedKey, OverLimit
from lintas.formats.peer import Descriptor, envelope_of, sign_document
from lintas.formats.peer.descriptor import make_descriptor, read_descriptor, read_keys
from lintas.limits import DESCRIPTOR_BYTES_MAX
from lintas.model.header import Kind, Mode, Signed
from tests.unit.formats.peer.nodes import DESK, INCARNATION, MY, SG, a_header, described

DOCUMENT = make_descriptor(MY.key_message(), MY.profile(), 3, MY.signing)
SPARE = SigningKey.from_seed(b"s" * 32)


def descriptor(keys: Signed | None = None, *, key: SigningKey | None = None, **changed: Any) -> bytes:
    """A descriptor as somebody else may sign it: nothing is checked."""
    values: dict[str, Any] = {
        "v": 1,
        "node": MY.id,
        "keys": envelope_of(keys or MY.key_message()),
        "profile": MY.profile(),
        "serial": 3,
    }
    return sign_document("descriptor", Descriptor(**(values | changed)), key or MY.signing)


def test_a_descriptor_tells_keys_and_profile() -> None:
    opened = read_descriptor(DOCUMENT)
    assert (opened.node, opened.root, opened.country) == (MY.id, MY.root.public, "MY")
    assert (opened.mode, opened.incarnation) == (Mode.EXERCISE, INCARNATION)
    assert opened.signing == MY.keys
    assert opened.log == {MY.log.key_id: MY.log.public}
    assert opened.tls == {MY.tls.key_id: MY.tls.public}
    assert opened.cosign == {MY.cosign.key_id: MY.cosign.public}
    assert (opened.serial, opened.profile_serial, opened.revoked) == (2, 3, frozenset())
    assert opened.profile == MY.profile()
    assert opened.key_message == MY.key_message()
    assert opened.document == DOCUMENT


def test_spaces_around_a_file_are_passed_over() -> None:
    assert read_descriptor(b"\r\n " + DOCUMENT + b"\n").document == DOCUMENT


def test_keys_of_a_node_that_serves_and_cosigns_for_nobody_are_read() -> None:
    keys = MY.key_message(body={"tls": None, "cosign": None, "serial": None})
    opened = read_descriptor(make_descriptor(keys, MY.profile(endpoints=()), 0, MY.signing))
    assert (opened.tls, opened.cosign, opened.serial) == ({}, {}, 0)


def test_a_second_signing_key_may_sign_and_a_revoked_one_may_not() -> None:
    both: dict[str, Any] = {"signing": [described(MY.signing), described(SPARE)], "serial": 3}
    assert read_descriptor(descriptor(MY.key_message(body=both), key=SPARE)).serial == 3
    revoked = MY.key_message(body=both | {"revoked": [SPARE.key_id]})
    assert read_descriptor(descriptor(revoked)).revoked == {SPARE.key_id}
    with pytest.raises(BadSignature):
        read_descriptor(descriptor(revoked, key=SPARE))


@pytest.mark.parametrize("key", [MY.root, MY.log, MY.tls, MY.cosign, SG.signing, SPARE], ids=lambda key: key.key_id[:8])
def test_only_a_signing_key_may_sign_a_descriptor(key: SigningKey) -> None:
    with pytest.raises(BadSignature):
        read_descriptor(descriptor(key=key))
    with pytest.raises(BadSignature):
        make_descriptor(MY.key_message(), MY.profile(), 3, key)


def test_keys_that_the_root_did_not_sign_are_refused() -> None:
    with pytest.raises(BadSignature):
        read_descriptor(descriptor(MY.key_message(key=MY.signing)))


def test_keys_under_another_root_than_the_node_s_are_refused() -> None:
    """Whoever makes a root of its own cannot speak for a node that it names."""
    with pytest.raises(BadSignature, match="root"):
        read_descriptor(descriptor(MY.key_message(key=SG.root, body={"root": SG.root.public.hex()})))


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"node": SG.id}, "root key"),
        ({"profile": MY.profile(mode="live")}, "mode"),
        ({"profile": MY.profile(country="SG")}, "country"),
        ({"profile": MY.profile(versions=(2, 3))}, "versions"),
    ],
)
def test_what_contradicts_its_keys_is_refused(changed: dict[str, Any], said: str) -> None:
    with pytest.raises(Malformed, match=said):
        read_descriptor(descriptor(**changed))


def test_addresses_without_a_key_that_serves_them_are_refused() -> None:
    with pytest.raises(Malformed, match="address"):
        read_descriptor(descriptor(MY.key_message(body={"tls": None})))


@pytest.mark.parametrize("role", ["signing", "log", "tls", "cosign"])
def test_one_key_has_one_use(role: str) -> None:
    with pytest.raises(Malformed, match="one use"):
        read_keys(MY.key_message(body={role: [described(MY.root)]}))
    other = "log" if role != "log" else "tls"
    with pytest.raises(Malformed, match="one use"):
        read_keys(MY.key_message(body={role: [described(SPARE)], other: [described(SPARE)]}))


@pytest.mark.parametrize("role", ["signing", "log", "tls", "cosign"])
def test_a_key_that_is_named_wrongly_or_must_not_be_used_is_refused(role: str) -> None:
    with pytest.raises(BadSignature, match="another id"):
        read_keys(MY.key_message(body={role: [described(SPARE) | {"id": "0" * 64}]}))
    with pytest.raises(MalformedKey):
        read_keys(MY.key_message(body={role: [described(SPARE) | {"public": "00" * 32}]}))


def test_a_message_of_another_kind_names_no_keys() -> None:
    body: dict[str, object] = {"target": "0" * 64, "what": "alert", "by": "officer-0001"}
    other = sign_header(canonical_json(a_header(MY, Kind.ENDED, body=body).as_json()), MY.root)
    with pytest.raises(MalformedHeader, match="keys"):
        read_descriptor(descriptor(other))


@pytest.mark.parametrize(
    "wrong",
    [
        {"organisation": ""},
        {"organisation": "Unit\nContoh"},
        {"organisation": "Unit \u202eContoh"},
        {"organisation": "x" * 201},
        {"country": "my"},
        {"mode": "test"},
        {"endpoints": ("http://lintas.example",)},
        {"endpoints": ("https://lintas.example/peer",)},
        {"endpoints": ("https://ali@lintas.example",)},
        {"endpoints": ("https://lintas.example:0",)},
        {"endpoints": ("https://",)},
        {"endpoints": ("https://lintas.example",) * 11},
        {"versions": ()},
        {"versions": (-1,)},
        {"desks": ("duty",)},
        {"desks": (DESK,) * 51},
    ],
    ids=repr,
)
def test_a_profile_with_what_it_may_not_hold_is_neither_made_nor_read(wrong: dict[str, Any]) -> None:
    profile = MY.profile(**wrong)
    with pytest.raises(LintasError):
        make_descriptor(MY.key_message(), profile, 3, MY.signing)
    with pytest.raises(LintasError):
        read_descriptor(descriptor(profile=profile))


@pytest.mark.parametrize(
    "wrong",
    [
        {"code": "Duty"},
        {"name": ""},
        {"zone": "Asia/Kuala Lumpur"},
        {"languages": ["Bahasa Melayu"]},
        {"numbers": ["ask Ali"]},
        {"numbers": ["+"]},
        {"mail": "duty@lintas.example"},
    ],
    ids=repr,
)
def test_a_desk_with_what_it_may_not_hold_is_refused(wrong: dict[str, Any]) -> None:
    said = json.loads(DOCUMENT)["signed"]
    said["profile"]["desks"] = [said["profile"]["desks"][0] | wrong]
    with pytest.raises(Malformed):
        read_descriptor(sign_document("descriptor", said, MY.signing))


@pytest.mark.parametrize(
    "endpoint", ["https://lintas.example", "https://[::1]:8443", "https://127.0.0.1:1", "https://a:65535"]
)
def test_addresses_of_each_form_are_read(endpoint: str) -> None:
    assert read_descriptor(descriptor(profile=MY.profile(endpoints=(endpoint,)))).profile.endpoints == (endpoint,)


def test_a_descriptor_beyond_the_limit_is_refused_before_it_is_parsed() -> None:
    with pytest.raises(OverLimit):
        read_descriptor(b"\xff" * (DESCRIPTOR_BYTES_MAX + 1))


@given(st.binary())
def test_any_bytes_raise_only_our_tree(raw: bytes) -> None:
    with pytest.raises(LintasError):
        read_descriptor(raw)


@given(st.integers(0, len(DOCUMENT) - 1), st.integers(1, 255))
def test_one_flipped_byte_is_refused(place: int, change: int) -> None:
    with pytest.raises(LintasError):
        read_descriptor(DOCUMENT[:place] + bytes([DOCUMENT[place] ^ change]) + DOCUMENT[place + 1 :])


VALUES = st.none() | st.integers() | st.text() | st.lists(st.integers()) | st.dictionaries(st.text(), st.text())


@given(st.sampled_from(["keys", "node", "profile", "serial", "v"]), VALUES)
def test_a_field_of_another_form_raises_only_our_tree(name: str, value: Any) -> None:
    said = json.loads(DOCUMENT)["signed"] | {name: value}
    try:
        document = sign_document("descriptor", said, MY.signing)
    except LintasError:
        return
    try:
        opened = read_descriptor(document)
    except LintasError:
        return
    assert (name, opened.profile_serial) == ("serial", value) or said == json.loads(DOCUMENT)["signed"]
