# SPDX-License-Identifier: Apache-2.0
"""Salted digests, commitments and the tag that notices the same bytes."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lintas.crypto.digests import SALT_BYTES, commitment, salted_digest, same_bytes_tag
from lintas.crypto.encoding import INTEGER_MAX, from_base64, from_decimal, length_prefixed, to_base64
from lintas.errors import BadInput

SALT = bytes(range(SALT_BYTES))
KEY = bytes(32)
SALTS = st.binary(min_size=SALT_BYTES, max_size=SALT_BYTES)


@given(SALTS, st.binary())
def test_the_digest_is_of_salt_and_bytes(salt: bytes, data: bytes) -> None:
    assert salted_digest(salt, data) == hashlib.sha256(salt + data).hexdigest()


@pytest.mark.parametrize("salt", [b"", SALT[:-1], SALT + b"\x00", SALT * 2])
def test_a_salt_of_another_length_is_refused(salt: bytes) -> None:
    """Else salt and bytes could be cut at another place and give the same digest."""
    with pytest.raises(BadInput):
        salted_digest(salt, b"data")
    with pytest.raises(BadInput):
        commitment(salt, "about", "x")


PARTS = st.tuples(SALTS, st.text(), st.text())


@given(PARTS, PARTS)
def test_commitments_are_equal_only_for_equal_parts(
    first: tuple[bytes, str, str], second: tuple[bytes, str, str]
) -> None:
    assert (commitment(*first) == commitment(*second)) == (first == second)


def test_a_commitment_cannot_be_moved_between_fields() -> None:
    assert commitment(SALT, "about", "x") != commitment(SALT, "case", "x")
    assert commitment(SALT, "ab", "c") != commitment(SALT, "a", "bc")
    assert len(commitment(SALT, "about", "x")) == 64


def test_the_tag_depends_on_each_of_its_parts() -> None:
    tags = [
        same_bytes_tag(KEY, b"data", "desk", b"{}"),
        same_bytes_tag(bytes([1]) * 32, b"data", "desk", b"{}"),
        same_bytes_tag(KEY, b"data2", "desk", b"{}"),
        same_bytes_tag(KEY, b"data", "desk2", b"{}"),
        same_bytes_tag(KEY, b"data", "desk", b"{ }"),
        same_bytes_tag(KEY, b"data", "desk{", b"}"),
    ]
    assert len(set(tags)) == len(tags)
    assert tags[0] == same_bytes_tag(KEY, b"data", "desk", b"{}")
    assert len(tags[0]) == 32


@given(st.lists(st.binary()), st.lists(st.binary()))
def test_length_prefixes_keep_lists_apart(first: list[bytes], second: list[bytes]) -> None:
    assert (length_prefixed(*first) == length_prefixed(*second)) == (first == second)


@given(st.binary())
def test_base64_is_read_back(data: bytes) -> None:
    assert from_base64(to_base64(data)) == data


@pytest.mark.parametrize("text", ["AA", "AA=", "AB==", "AA==\n", " AA==", "AA==AA==", "_-==", "é===", "A A=", "===="])
def test_base64_has_one_form(text: str) -> None:
    with pytest.raises(ValueError, match="base64"):
        from_base64(text)


@given(st.text())
def test_any_text_is_base64_in_its_one_form_or_refused(text: str) -> None:
    try:
        data = from_base64(text)
    except ValueError:
        return
    assert to_base64(data) == text


@given(st.integers(0, INTEGER_MAX))
def test_decimals_are_read_back(number: int) -> None:
    assert from_decimal(str(number)) == number


@pytest.mark.parametrize("text", ["", "-1", "+1", "00", "01", "1 ", "1\n", "1_0", "1e3", "٣", str(2**63), "9" * 5000])
def test_decimals_have_one_form(text: str) -> None:
    with pytest.raises(ValueError, match="decimal"):
        from_decimal(text)
