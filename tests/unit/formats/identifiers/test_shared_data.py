# SPDX-License-Identifier: Apache-2.0
"""Addresses that sanctions lists and researchers publish: all must be taken, and each exception has its reason."""

import re
from pathlib import Path

import pytest

from lintas.formats.identifiers import canonical, extract, guess
from lintas.formats.packs import Packs
from lintas.model.identifier import Identifier
from lintas.model.reading import Rejected

pytestmark = pytest.mark.ring("data")


def addresses(data_dir: Path, currency: str) -> list[str]:
    path = data_dir / f"fincrime/ofac-crypto-addresses/sanctioned_addresses_{currency}.txt"
    return path.read_text(encoding="utf-8").split()


@pytest.mark.parametrize(
    ("currency", "schemes", "least"),
    [
        ("XBT", ("btc",), 435),
        ("ETH", ("eth",), 152),
        ("TRX", ("tron",), 6),
        ("USDT", ("btc", "eth", "tron"), 26),
        ("USDC", ("eth",), 2),
        ("ARB", ("eth",), 1),
        ("BSC", ("eth",), 1),
        ("ETC", ("eth",), 1),
    ],
)
def test_every_sanctioned_address_is_guessed(
    currency: str, schemes: tuple[str, ...], least: int, data_dir: Path, packs: Packs
) -> None:
    listed = addresses(data_dir, currency)
    assert len(listed) >= least
    missed = {one for one in listed if not any(found.scheme in schemes for found in guess(one, packs=packs))}
    assert missed == ({LISTED_UNDER_ANOTHER_LEDGER} if currency == "XBT" else set())


def test_an_address_listed_under_another_ledger_is_still_known(data_dir: Path, packs: Packs) -> None:
    assert LISTED_UNDER_ANOTHER_LEDGER in addresses(data_dir, "XBT")
    assert [found.scheme for found in guess(LISTED_UNDER_ANOTHER_LEDGER, packs=packs)] == ["tron"]


LISTED_UNDER_ANOTHER_LEDGER = "TUCsTq7TofTCJRRoHk6RvhMoS2mJLm5Yzq"  # the list has this TRON address under XBT


@pytest.mark.parametrize("currency", ["LTC", "XRP", "DASH", "ZEC", "XMR", "XVG"])
def test_addresses_of_other_ledgers_are_not_taken_for_ours(currency: str, data_dir: Path, packs: Packs) -> None:
    """Litecoin's old script addresses start with 3 and cannot be told from Bitcoin's: those alone pass."""
    for one in addresses(data_dir, currency):
        found = [guessed.scheme for guessed in guess(one, packs=packs) if guessed.scheme in ("btc", "tron", "eth")]
        assert found == [] or (currency == "LTC" and one.startswith("3"))


def test_every_ransom_address_is_taken_and_found_in_a_text(data_dir: Path, packs: Packs) -> None:
    text = (data_dir / "fincrime/graphsense-tagpacks/packs/ransomwhere.yaml").read_text(encoding="utf-8")
    listed = re.findall(r"^- address: '?([^'\s]+)'?$", text, re.MULTILINE)
    assert len(listed) == 7_457
    outcomes = [canonical("btc", one, packs=packs) for one in listed]
    assert [one for one in outcomes if isinstance(one, Rejected)] == []
    values = {one.value for one in outcomes if isinstance(one, Identifier)}
    found = {m.identifier.value for m in extract(text, packs=packs) if m.identifier.scheme == "btc"}
    assert found == values


def test_a_changed_character_of_a_sanctioned_address_is_refused(data_dir: Path, packs: Packs) -> None:
    for one in addresses(data_dir, "XBT"):
        swapped = one[:10] + one[11] + one[10] + one[12:]
        if swapped != one:
            assert isinstance(canonical("btc", swapped, packs=packs), Rejected)


def test_threat_reports_hold_few_things_that_are_none(data_dir: Path, packs: Packs) -> None:
    """Prose about machines: version numbers, file names and paths must not turn into phones, accounts or hosts."""
    text = (data_dir / "stix/attack-stix-data/ics-attack/ics-attack-18.1.json").read_text(encoding="utf-8")
    found = [
        m.identifier
        for description in re.findall(r'"description": "((?:[^"\\]|\\.)*)"', text)
        for m in extract(description.replace("\\n", "\n").replace('\\"', '"'), packs=packs, region="SG")
    ]
    counts = {scheme: sum(one.scheme == scheme for one in found) for scheme in {one.scheme for one in found}}
    assert counts["url"] > 100
    assert set(counts) <= {"url", "domain", "ipv4", "email"}
    bare = {one.value for one in found if one.scheme == "domain" and not one.flags}
    assert len(bare) <= 12, bare
