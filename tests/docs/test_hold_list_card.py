# SPDX-License-Identifier: Apache-2.0
"""The card of the hold list says what the rule does, and its table is what the tool prints."""

import re
from importlib import resources
from pathlib import Path

from lintas.formats.recovery import parse_recovery
from lintas.model.money import Channel, HeldLine, Knowledge
from lintas.policy.hold_list import RULE, SORTS, hold_list
from tools.measure_hold_list import LATER, run, table

CARD = (Path(__file__).parents[2] / "docs" / "design" / "hold-list.md").read_text(encoding="utf-8")
PACK = parse_recovery(resources.files("lintas.packs").joinpath("recovery.toml").read_bytes())
NAMES = {
    "instant, within one bank": (Channel.INSTANT, Channel.INTERNAL),
    "e-wallet": (Channel.WALLET,),
    "not known": (Channel.UNKNOWN,),
    "on a chain": (Channel.CHAIN,),
    "cash paid in": (Channel.CASH,),
    "wire": (Channel.WIRE,),
    "card": (Channel.CARD,),
}
MINUTE = 60 * 10**6


def test_the_card_names_the_rule_its_orders_and_every_half_life() -> None:
    assert f"`{RULE}`" in CARD
    assert all(f"`{sort}`" in CARD or f"--sort {sort}" in CARD or sort == "rule" for sort in SORTS)
    said = dict(re.findall(r"^\| ([a-z, -]+) \| (\d+) min \|", CARD, re.MULTILINE))
    assert {channel for name in said for channel in NAMES[name]} == set(Channel)
    assert {name: int(minutes) for name, minutes in said.items()} == {
        name: PACK.half_life(channels[0]).minutes for name, channels in NAMES.items()
    }


def test_the_example_is_what_the_rule_says() -> None:
    held = HeldLine(
        account="CONTSGSG:1",
        currency="SGD",
        minor=1_000_000,
        confirmed=400_000,
        knowledge=Knowledge.INFERRED,
        balance=1_000_000,
        first_at=0,
        last_at=0,
        depth=1,
        channel="instant",
    )
    (line,) = hold_list([held], PACK, now=6 * MINUTE, until=3 * MINUTE)
    assert f"`{line.in_words}`" in CARD and line.expected == 350_000


def test_the_tool_measures_the_rows_of_the_table() -> None:
    printed = table(run(1)).splitlines()
    assert printed[0] in CARD and len(printed) == 2 + 2 * len(LATER)
    for row in printed[2:]:
        assert "|".join(row.split("|")[:3]) in CARD  # another number of exercises, the same rows
