# SPDX-License-Identifier: Apache-2.0
"""The law pack holds to its schema, and ours to what its rows may say."""

import contextlib
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lintas.errors import BadPack
from lintas.formats.law import NO_LAW, LawProfiles, parse_law
from lintas.formats.packs import parse_packs

PACKS = Path(__file__).resolve().parents[3] / "src" / "lintas" / "packs"
OURS = (PACKS / "law.toml").read_bytes()

SMALL = """
version = 1
[group.pact]
label = "Parties"
source = "invented"
confirmed = true
countries = ["AA", "BB"]
[purpose.scam]
label = "stopping scams"
source = "invented"
confirmed = true
[purpose.trial]
label = "a trial"
source = "invented"
confirmed = true
[basis.pact]
label = "the pact"
source = "invented"
confirmed = true
carries_evidence = true
covers = ["pact", "CC"]
[basis.police]
label = "police to police"
source = "invented"
confirmed = false
carries_evidence = false
covers = ["*"]
purposes = ["scam"]
[default]
label = "any other"
source = "invented"
confirmed = false
purposes = ["scam"]
bases = ["police"]
[profile.AA]
label = "A land"
source = "invented"
confirmed = true
purposes = ["scam", "trial"]
bases = ["pact", "police"]
default_purpose = "scam"
default_basis = "police"
"""


def read(text: str) -> LawProfiles:
    return parse_law(text.encode())


def test_a_country_has_its_profile_and_any_other_the_default_one() -> None:
    law = read(SMALL)
    assert (law.of("AA").country, law.of("AA").label) == ("AA", "A land")
    assert law.of("ZZ") is law.of("") is law.default
    assert law.default.country == ""


def test_groups_are_taken_apart_and_a_star_is_everywhere() -> None:
    bases = read(SMALL).of("AA").bases
    assert bases["pact"].countries == frozenset({"AA", "BB", "CC"})
    assert [bases["pact"].covers(country) for country in ("AA", "CC", "DD", "pact", "*", "")] == [True, True] + [
        False
    ] * 4
    assert bases["police"].covers("DD")


def test_a_basis_without_purposes_serves_all() -> None:
    bases = read(SMALL).of("AA").bases
    assert bases["pact"].serves("trial")
    assert bases["police"].serves("scam")
    assert not bases["police"].serves("trial")


def test_a_profile_knows_only_what_it_lists() -> None:
    law = read(SMALL)
    assert set(law.default.purposes) == {"scam"}
    assert set(law.default.bases) == {"police"}
    assert (law.default.default_purpose, law.default.default_basis) == ("", "")
    assert (law.of("AA").default_purpose, law.of("AA").default_basis) == ("scam", "police")


def test_without_a_law_pack_nothing_is_permitted() -> None:
    packs = parse_packs({name: (PACKS / f"{name}.toml").read_bytes() for name in ("identifiers", "benign")})
    assert packs.law is NO_LAW
    assert not NO_LAW.of("MY").purposes
    assert not NO_LAW.of("MY").bases


def test_packs_carry_the_law_that_was_given() -> None:
    packs = parse_packs({name: (PACKS / f"{name}.toml").read_bytes() for name in ("identifiers", "benign", "law")})
    assert packs.law.digest == packs.digests["law"]
    assert packs.law.digest[:12] in repr(packs.law)


@pytest.mark.parametrize(
    ("old", "new", "message", "hint"),
    [
        ("version = 1", "version = 2", "Version 2", "version = 1"),
        ("version = 1", "", "version", "Compare"),
        ("version = 1", "version = 1\nextra = 2", "extra", "Compare"),
        ("confirmed = true\ncountries", "countries", "confirmed", "Compare"),
        ('label = "the pact"', 'label = ""', "basis", "Compare"),
        ('label = "the pact"', 'label = "the\\npact"', "basis", "Compare"),
        ('label = "the pact"', f'label = "{"x" * 201}"', "basis", "Compare"),
        ('label = "the pact"', "label = 3", "basis", "Compare"),
        ("carries_evidence = true", 'carries_evidence = "yes"', "bool", "Compare"),
        ("[purpose.trial]", '[purpose."Trial day"]', "'Trial day'", "lower-case"),
        ("[basis.pact]", "[basis.Pact]", "'Pact'", "lower-case"),
        ("[group.pact]", '[group."*"]', "'*'", "lower-case"),
        ("[profile.AA]", "[profile.aa]", "'aa'", "capital letters"),
        ("[profile.AA]", "[profile.AAA]", "'AAA'", "capital letters"),
        (
            'countries = ["AA", "BB"]',
            'countries = ["AA", "Bee"]',
            "group.pact has the country 'Bee'",
            "capital letters",
        ),
        (
            'covers = ["pact", "CC"]',
            'covers = ["pacts"]',
            "basis.pact.covers has the country 'pacts'",
            "capital letters",
        ),
        ('purposes = ["scam"]\nbases', 'purposes = ["fun"]\nbases', "default names the purpose 'fun'", "[purpose.fun]"),
        ('bases = ["police"]', 'bases = ["none"]', "default names the basis 'none'", "[basis.none]"),
        (
            'purposes = ["scam"]\n[default]',
            'purposes = ["fun"]\n[default]',
            "basis.police names the purpose",
            "scam, trial",
        ),
        ('default_purpose = "scam"', 'default_purpose = "fun"', "profile.AA suggests default_purpose", "scam, trial"),
        ('default_basis = "police"', 'default_basis = "fun"', "profile.AA suggests default_basis", "pact, police"),
        ('default_purpose = "scam"', 'default_purpose = "trial"', "does not serve", "basis.police serves scam"),
        ('default_purpose = "scam"', 'default_purpose = ""', "does not serve", "basis.police serves scam"),
    ],
)
def test_a_slip_is_refused_and_the_hint_helps(old: str, new: str, message: str, hint: str) -> None:
    assert old in SMALL
    with pytest.raises(BadPack) as caught:
        read(SMALL.replace(old, new))
    assert message in caught.value.message
    assert hint in (caught.value.hint or "")


@pytest.mark.parametrize("raw", [b"", b"\xff", b"version = ", b"version = 1", b"[default]\n"])
def test_what_is_no_law_pack_is_refused(raw: bytes) -> None:
    with pytest.raises(BadPack):
        parse_law(raw)


@given(st.binary(max_size=300) | st.text(max_size=300).map(str.encode))
def test_any_bytes_are_a_pack_or_a_bad_one(raw: bytes) -> None:
    with contextlib.suppress(BadPack):
        parse_law(raw)


@given(st.data())
def test_a_pack_with_a_piece_cut_out_is_a_pack_or_a_bad_one(data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(OURS)))
    length = data.draw(st.integers(0, 400))
    with contextlib.suppress(BadPack):
        parse_law(OURS[:start] + OURS[start + length :])


def test_ours_knows_each_member_of_asean_and_china() -> None:
    assert set(parse_law(OURS).countries) == {"BN", "CN", "ID", "KH", "LA", "MM", "MY", "PH", "SG", "TH", "TL", "VN"}


def test_only_a_party_to_an_arrangement_of_ours_uses_it() -> None:
    """A basis that covers some countries is one of them; a country's own pacts with others need not name itself."""
    law = parse_law(OURS)
    for country, profile in law.countries.items():
        for code in ("asean_mlat", "asean_acct", "asean_actip", "asean_scam_declaration", "lancang_mekong"):
            if code in profile.bases:
                assert profile.bases[code].covers(country)


def test_ours_lets_only_the_treaty_carry_evidence() -> None:
    law = parse_law(OURS)
    carrying = {
        code for one in (law.default, *law.countries.values()) for code, b in one.bases.items() if b.carries_evidence
    }
    assert carrying == {"asean_mlat"}


def test_ours_lets_nobody_release_from_china_without_naming_the_approval() -> None:
    china = parse_law(OURS).of("CN")
    assert set(china.bases) == {"china_approval"}
    assert china.default_basis == ""


def test_ours_has_no_row_that_nothing_uses() -> None:
    law, file = parse_law(OURS), tomllib.loads(OURS.decode())
    profiles = (law.default, *law.countries.values())
    assert set(file["purpose"]) == {code for one in profiles for code in one.purposes}
    assert set(file["basis"]) == {code for one in profiles for code in one.bases}
