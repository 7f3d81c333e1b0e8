# SPDX-License-Identifier: Apache-2.0
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lintas.formats.stix.pattern import COMPARISONS_MAX, Comparison, read_pattern


@pytest.mark.parametrize(
    ("pattern", "found", "skipped"),
    [
        ("[ipv4-addr:value = '192.0.2.1']", [("ipv4-addr:value", "192.0.2.1")], 0),
        ("[ipv4-addr:value == '192.0.2.1']", [("ipv4-addr:value", "192.0.2.1")], 0),
        ("[a:b='1' OR a:b='2'] FOLLOWEDBY [c:d='3'] WITHIN 300 SECONDS", [("a:b", "1"), ("a:b", "2"), ("c:d", "3")], 0),
        ("[a:b IN ('1', '2')]", [("a:b", "1"), ("a:b", "2")], 0),
        (
            "[file:hashes.'SHA-256' = 'ab' AND file:hashes.MD5 = 'cd']",
            [("file:hashes.SHA-256", "ab"), ("file:hashes.MD5", "cd")],
            0,
        ),
        ("[email-message:to_refs[*].value = 'a@b.example']", [("email-message:to_refs.value", "a@b.example")], 0),
        (
            "[network-traffic:extensions.'http-request-ext'.request_header.'Host' = 'h']",
            [("network-traffic:extensions.http-request-ext.request_header.Host", "h")],
            0,
        ),
        ("[a:b NOT = '1']", [], 1),
        ("[a:b != '1']", [], 1),
        ("[a:b NOT IN ('1')]", [], 1),
        ("[a:b > 5 AND a:c LIKE 'x%' AND a:d MATCHES 'x' AND a:e ISSUBSET '192.0.2.0/24']", [], 4),
        ("[file:size = 35]", [("file:size", "35")], 0),
        (r"[a:b = 'it\'s \\ here']", [("a:b", r"it's \ here")], 0),
        ("[a:b = t'2026-01-01T00:00:00Z']", [("a:b", "2026-01-01T00:00:00Z")], 0),
        ("[a:b /* 'x' */ = // 'y'\n 'z']", [("a:b", "z")], 0),
        ("[url:value = 'http://x.example/?a=b&c=[1]' ]", [("url:value", "http://x.example/?a=b&c=[1]")], 0),
        ("", [], 0),
        ("a:b", [], 1),
        ("[a:b = ", [], 1),
        ("[a:b = 'unclosed", [("a:b", "unclosed")], 0),
        ("[a:b IN (", [], 1),
        ('rule x { strings: $a = "b" }', [], 0),
    ],
)
def test_a_pattern_gives_what_must_be_equal(pattern: str, found: list[tuple[str, str]], skipped: int) -> None:
    assert read_pattern(pattern) == (tuple(Comparison(*each) for each in found), skipped)


@given(st.text() | st.text(alphabet="[]()'\\:=a.,/*INOT \n"))
def test_any_text_gives_values(pattern: str) -> None:
    compared = read_pattern(pattern)
    assert len(compared.comparisons) <= len(pattern)


@given(st.text())
def test_any_value_comes_back(value: str) -> None:
    quoted = value.replace("\\", "\\\\").replace("'", "\\'")
    assert read_pattern(f"[x-a:b = '{quoted}']").comparisons == (Comparison("x-a:b", value),)


@pytest.mark.parametrize("bomb", ["/*x", "'\\", "a:'\\", "a:b'\\'", "a:b['", "a:b''[", "[", "a:b IN (", "a:b='c' "])
def test_a_long_hostile_pattern_is_read_in_linear_time(bomb: str) -> None:
    compared = read_pattern(bomb * 20_000)  # quadratic reading would reach the test's time limit
    assert len(compared.comparisons) <= COMPARISONS_MAX
