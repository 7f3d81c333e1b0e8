# SPDX-License-Identifier: Apache-2.0
"""A masked value shows what its rule allows; what may be asked blind is what the pack opens."""

import pytest

from lintas.formats.identifiers import askable, canonical, mask, releasable
from lintas.formats.packs import Packs
from lintas.model.identifier import Identifier


@pytest.mark.parametrize(
    ("scheme", "value", "shown"),
    [
        ("phone", "+6591234567", "+6******567"),
        ("email", "reports@desk.example", "r******@desk.example"),
        ("email", "a@desk.example", "*@desk.example"),
        ("nric", "S1234567D", "*****567D"),
        ("thai_pin", "3100600445635", "**********635"),
        ("bank_account", "KASITHBK:0123456789", "KASITHBK:******6789"),
        ("promptpay", "mobile:+66812345678", "mobile:********5678"),
        ("domain", "login.bank.example", "login.bank.example"),
        ("telegram", "wxyz", "**yz"),
        ("no_such_scheme", "secret", "******"),
    ],
)
def test_a_mask_shows_what_its_rule_allows(scheme: str, value: str, shown: str, packs: Packs) -> None:
    assert mask(Identifier(scheme, value), packs=packs) == shown


@pytest.mark.parametrize(
    ("scheme", "value", "open_"),
    [
        ("phone", "+6591234567", True),
        ("bank_account", "KASITHBK:0123456789", True),
        ("promptpay", "mobile:+66812345678", True),
        ("promptpay", "id:3100600445635", False),
        ("duitnow", "nric:770305021234", False),
        ("duitnow", "passport:MYS:A12345678", False),
        ("paynow", "nric:S1234567D", False),
        ("paynow", "uen:197401143C", True),
        ("nric", "S1234567D", False),
        ("mykad", "770305021234", False),
        ("passport", "UTO:L898902C3", False),
        ("no_such_scheme", "x", False),
    ],
)
def test_numbers_of_persons_are_not_asked_blind(scheme: str, value: str, open_: bool, packs: Packs) -> None:
    identifier = Identifier(scheme, value)
    assert askable(identifier, packs=packs) is open_
    assert releasable(identifier, packs=packs) is open_


def test_each_sample_of_the_pack_is_canonical(packs: Packs) -> None:
    for code, scheme in packs.identifiers.schemes.items():
        found = canonical(code, scheme.sample, packs=packs)
        assert isinstance(found, Identifier)
        assert found.value == scheme.sample
        assert all(country in packs.identifiers.alpha3 for country in scheme.countries)
