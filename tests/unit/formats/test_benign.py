# SPDX-License-Identifier: Apache-2.0
"""Benign lists say why a value may mean nothing, and their patterns can do no harm."""

import contextlib
import ipaddress
import json
import re
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lintas.errors import BadPack
from lintas.formats.benign import BenignLists, parse_benign, parse_warninglist
from lintas.formats.benign_patterns import compile_pattern
from lintas.model.identifier import Identifier

BUILT_IN = parse_benign((Path(__file__).resolve().parents[3] / "src/lintas/packs/benign.toml").read_bytes())
ALL_ATTRIBUTES = ["ip-src", "domain", "url", "email", "md5", "phone-number"]


def warninglist(kind: str, *entries: object, attributes: list[str] = ALL_ATTRIBUTES) -> bytes:
    return json.dumps(
        {"name": "Invented", "description": "why", "type": kind, "list": entries, "matching_attributes": attributes}
    ).encode()


def lists(kind: str, *entries: object, attributes: list[str] = ALL_ATTRIBUTES) -> BenignLists:
    return BenignLists((parse_warninglist(warninglist(kind, *entries, attributes=attributes)),))


@pytest.mark.parametrize(
    ("scheme", "value", "name"),
    [
        ("ipv4", "10.1.2.3", "Private networks"),
        ("ipv4", "192.168.0.1", "Private networks"),
        ("ipv4", "100.64.0.1", "Private networks"),
        ("ipv4", "127.0.0.1", "Loopback and link-local addresses"),
        ("ipv6", "fe80::1", "Loopback and link-local addresses"),
        ("ipv6", "::1", "Loopback and link-local addresses"),
        ("ipv4", "224.0.0.251", "Addresses with a special meaning"),
        ("ipv4", "203.0.113.9", "Documentation addresses"),
        ("ipv6", "2001:db8::7", "Documentation addresses"),
        ("domain", "login.bank.example", "Example and special-use names"),
        ("email", "a@example.org", "Example and special-use names"),
        ("url", "http://x.test/a", "Example and special-use names"),
        ("ipv4", "8.8.8.8", "Public DNS resolvers"),
        ("md5", "d41d8cd98f00b204e9800998ecf8427e", "Digests of nothing"),
        ("sha256", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", "Digests of nothing"),
        ("domain", "t.me", "Places that share content"),
        ("eth", "0x000000000000000000000000000000000000dead", "Burn addresses"),
        ("tron", "T9yD14Nj9j7xAB4dbGeiX9h8unkKHxuWwb", "Burn addresses"),
        ("phone", "+61491570006", "Phone numbers for plays and examples"),
        ("phone", "+447700900123", "Phone numbers for plays and examples"),
    ],
)
def test_a_built_in_list_says_why(scheme: str, value: str, name: str) -> None:
    (reason,) = BenignLists(BUILT_IN).reasons(Identifier(scheme, value))
    assert reason.startswith(f"{value} ")
    assert f"“{name}”" in reason


@pytest.mark.parametrize(
    ("scheme", "value"),
    [
        ("ipv4", "11.0.0.1"),
        ("ipv4", "172.32.0.1"),
        ("ipv4", "8.8.8.9"),
        ("ipv6", "2001:db9::7"),
        ("domain", "notexample.com"),
        ("domain", "example.com.evil.com"),
        ("url", "https://t.me/invented"),
        ("phone", "+6591234567"),
        ("phone", "+614915700060"),
        ("bank_account", "10.0.0.1"),
        ("md5", "d41d8cd98f00b204e9800998ecf8427f"),
        ("ipv4", "no address"),
    ],
)
def test_what_is_on_no_list_has_no_reason(scheme: str, value: str) -> None:
    assert BenignLists(BUILT_IN).reasons(Identifier(scheme, value)) == ()


def test_a_host_list_matches_the_name_and_what_is_below_it_only() -> None:
    made = lists("hostname", ".desk.example", "plain.example")
    for host in ("desk.example", "a.b.desk.example", "www.plain.example"):
        assert len(made.reasons(Identifier("domain", host))) == 1
        assert len(made.reasons(Identifier("url", f"https://{host}:8080/x"))) == 1
        assert len(made.reasons(Identifier("email", f"x@{host}"))) == 1
    for host in ("otherdesk.example", "example", "desk.example.com"):
        assert made.reasons(Identifier("domain", host)) == ()


def test_a_list_of_texts_matches_the_whole_text_in_any_case() -> None:
    made = lists("string", "DESK.example")
    assert made.reasons(Identifier("domain", "desk.example"))
    assert made.reasons(Identifier("domain", "a.desk.example")) == ()


def test_a_list_of_parts_matches_anywhere() -> None:
    made = lists("substring", "desk", "x.y")
    assert made.reasons(Identifier("domain", "mydesktop.example"))
    assert made.reasons(Identifier("domain", "ax.y"))
    assert made.reasons(Identifier("domain", "dest.example")) == ()


def test_a_list_speaks_only_of_its_attributes() -> None:
    made = lists("string", "desk.example", attributes=["md5", "ssdeep"])
    assert made.reasons(Identifier("domain", "desk.example")) == ()


def test_entries_that_cannot_be_used_are_named() -> None:
    made = parse_warninglist(warninglist("cidr", "10.0.0.0/8", "10.0.0.0/99", 7, "", "x" * 600))
    assert made.entries == ("10.0.0.0/8",)
    assert len(made.skipped) == 4
    assert "no network" in made.skipped[0]


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"[]",
        b"\xff",
        b'{"name": "x"}',
        b'{"name": "", "list": []}',
        b'{"name": 1, "list": []}',
        b'{"name": "x", "list": {}}',
        b'{"name": "x", "list": [], "type": "glob"}',
        b'{"name": "x", "list": [], "type": []}',
        b'{"name": "x", "list": [], "matching_attributes": "url"}',
        b'{"name": "x", "list": [], "description": 1}',
        warninglist("regex", *["a"] * 501),
        b"[" * 100_000,
    ],
)
def test_what_is_no_list_is_refused(raw: bytes) -> None:
    with pytest.raises(BadPack):
        parse_warninglist(raw)


@given(raw=st.binary(max_size=300))
def test_any_bytes_are_a_list_or_refused(raw: bytes) -> None:
    for parse in (parse_warninglist, parse_benign):
        with contextlib.suppress(BadPack):
            parse(raw)


@pytest.mark.parametrize(
    "text",
    [
        *(
            ".*",
            "a+",
            "(a*)*",
            "(a+)+$",
            "(a?){30}a{30}",
            "((a|a)){20}",
            "(a|aa)+",
            "a{1,99}",
            "(?=a)",
            "(?<!a)b",
            "(?P<x>a)",
            r"\1",
            "[a-",
            ")",
            "(",
        ),
        *(
            "?",
            "|*",
            "a{5,2}",
            "a??",
            "a?+",
            "a{3}{3}",
            "(?i)a",
            "x" * 301,
            "(a|b)" * 13,
            "a?" * 13 + "b",
            r"\x41",
            r"\p{L}",
            "[[:alpha:]]*",
        ),
    ],
)
def test_a_pattern_that_could_run_long_is_refused(text: str) -> None:
    assert isinstance(compile_pattern(text), str)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("/((?:\\+|00)61)?0491570(006|156)/g", "+610491570006"),
        ("[0-9]{3}-[0-9]{2,4}", "123-4567"),
        (r"\+1\d{3}55501\d\d", "+12125550123"),
        ("(ab)?c", "abc"),
    ],
)
def test_a_plain_pattern_is_taken(text: str, value: str) -> None:
    made = compile_pattern(text)
    assert isinstance(made, re.Pattern)
    assert made.fullmatch(value)
    assert not made.fullmatch(value + "9")


@given(
    text=st.lists(
        st.sampled_from(["a", "a?", "a{2}", "a{0,9}", "(", ")", "(?:", "|", "[ab]", "[^a]", ".", "{3}", "?", "\\d"]),
        max_size=40,
    ).map("".join)
)
def test_any_pattern_taken_ends_soon(text: str) -> None:
    made = compile_pattern(text)
    if isinstance(made, re.Pattern):
        started = time.process_time()
        for value in ("a" * 40, "a" * 39 + "!", "ab" * 20, "1" * 40):
            made.fullmatch(value)
        assert time.process_time() - started < 0.5


@given(networks=st.lists(st.ip_addresses(), max_size=20), address=st.ip_addresses(), length=st.integers(0, 128))
def test_networks_are_found_as_the_library_finds_them(
    networks: list[ipaddress.IPv4Address | ipaddress.IPv6Address],
    address: ipaddress.IPv4Address | ipaddress.IPv6Address,
    length: int,
) -> None:
    listed = [
        ipaddress.ip_network(f"{one}/{min(length, one.max_prefixlen)}", strict=False)
        for one in (*networks, address)[:-1]
    ]
    made = lists("cidr", *map(str, listed), attributes=["ip-src"])
    scheme = f"ipv{address.version}"
    expected = any(address in one for one in listed if one.version == address.version)
    assert bool(made.reasons(Identifier(scheme, str(address)))) == expected


@pytest.mark.ring("data")
def test_every_list_of_the_sample_data_is_read_whole(data_dir: Path) -> None:
    """35 lists of MISP: each entry is taken, and each list says so of one of its own entries."""
    files = sorted((data_dir / "misp/warninglists/lists").glob("*/list.json"))
    assert len(files) >= 35
    made = [parse_warninglist(path.read_bytes()) for path in files]
    assert [one.name for one in made if one.skipped] == []
    own: dict[str, Callable[[str], Identifier]] = {
        "domain": lambda entry: Identifier("domain", entry.lower().strip(".")),
        "ipv4": lambda entry: Identifier("ipv4", entry.partition("/")[0]),
        "ipv6": lambda entry: Identifier("ipv6", entry.partition("/")[0].lower()),
        "email": lambda entry: Identifier("email", f"x@{entry}"),
        "md5": lambda entry: Identifier("md5", entry),
    }
    for one in made:
        if one.kind == "regex":
            continue
        entry = one.entries[len(one.entries) // 2]
        names = [name for name in own if name in one.schemes]
        scheme = names[0] if one.kind != "cidr" else "ipv6" if ":" in entry else "ipv4"
        reasons = BenignLists((one,)).reasons(own[scheme](entry))
        assert len(reasons) == 1, one.name
        assert f"“{one.name}”" in reasons[0]


@pytest.mark.ring("data")
def test_every_public_resolver_of_the_sample_data_is_known(data_dir: Path) -> None:
    raw = (data_dir / "misp/warninglists/lists/public-dns-v4/list.json").read_bytes()
    made = BenignLists((parse_warninglist(raw),))
    entries = json.loads(raw)["list"]
    assert len(entries) > 60_000
    assert all(made.reasons(Identifier("ipv4", entry)) for entry in entries[::61])
