# SPDX-License-Identifier: Apache-2.0
"""A pack holds to its schema or is refused with a sentence."""

from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lintas.errors import BadPack, LintasError, UnknownTerm
from lintas.formats.identifier_pack import parse_identifier_pack
from lintas.formats.packs import Packs, parse_packs

FOLDER = Path(__file__).resolve().parents[4] / "src/lintas/packs"
IDENTIFIERS = (FOLDER / "identifiers.toml").read_text(encoding="utf-8")
BENIGN = (FOLDER / "benign.toml").read_bytes()


def test_the_shipped_packs_are_read_and_named_by_their_bytes(packs: Packs) -> None:
    raw = IDENTIFIERS.encode()
    assert packs.digests["identifiers"] == sha256(raw).hexdigest()
    assert packs.bytes_of("identifiers") == raw
    assert len(packs.identifiers.banks) > 80
    assert set(packs.identifiers.alpha3) >= {
        "MY",
        "SG",
        "TH",
        "ID",
        "VN",
        "PH",
        "KH",
        "LA",
        "MM",
        "BN",
        "TL",
        "CN",
        "HK",
        "MO",
        "TW",
    }


def test_a_pack_of_another_reader_is_kept(packs: Packs) -> None:
    more = parse_packs({"identifiers": IDENTIFIERS.encode(), "benign": BENIGN, "schemata": b"version = 1"})
    assert more.bytes_of("schemata") == b"version = 1"
    with pytest.raises(UnknownTerm):
        packs.bytes_of("no-such-pack")


def test_a_benign_list_that_cannot_be_read_is_named() -> None:
    with pytest.raises(BadPack, match=r"packs/benign/mine\.json: .*no JSON"):
        parse_packs({"identifiers": IDENTIFIERS.encode(), "benign": BENIGN, "benign/mine": b'{"name'})


@pytest.mark.parametrize("missing", ["identifiers", "benign"])
def test_both_packs_are_needed(missing: str) -> None:
    given_packs = {"identifiers": IDENTIFIERS.encode(), "benign": BENIGN}
    del given_packs[missing]
    with pytest.raises(UnknownTerm, match=missing):
        parse_packs(given_packs)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("version = 1", "version = 2"),
        ("version = 1", "version = true"),
        ("version = 1", "version = 1\nextra = 1"),
        ("[scheme.phone]", "[scheme.Phone]"),
        ('strength = "checked"', 'strength = "certain"'),
        ("first = 3, last = 3", "first = -1, last = 3"),
        ('kind = "local"', 'kind = "wrong"'),
        ("askable = true", 'askable = "yes"'),
        ('bic = "MBBEMYKL"', 'bic = "MBBEMYK"'),
        ('bic = "MBBEMYKL"', 'bic = "CIBBMYKL"'),
        ('bic = "MBBEMYKL"\ncountry = "MY"', 'bic = "MBBEMYKL"\ncountry = "SG"'),
        ('"maybank"', '"cimb"'),
        ("lengths = [12]", "lengths = [2]"),
        ("AD=AND", "AD-AND"),
        ("AD=AND", "AD=AND AD=AND"),
        ("AD24", "AD2X"),
        ('"[AHK][0-9]{8}"', '"([AHK]+)+"'),
        ('"[AHK][0-9]{8}"', '"[AHK"'),
        ('context = ["imei"]', 'context = [" "]'),
    ],
)
def test_a_pack_that_does_not_hold_to_its_schema_is_refused(old: str, new: str) -> None:
    assert old in IDENTIFIERS
    with pytest.raises(BadPack):
        parse_identifier_pack(IDENTIFIERS.replace(old, new, 1).encode())


@given(raw=st.binary(max_size=200))
def test_any_bytes_are_a_pack_or_refused(raw: bytes) -> None:
    with pytest.raises(BadPack):
        parse_identifier_pack(raw)
    with pytest.raises(LintasError):
        parse_packs({"identifiers": IDENTIFIERS.encode(), "benign": raw})
