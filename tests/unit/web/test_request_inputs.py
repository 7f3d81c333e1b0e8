# SPDX-License-Identifier: Apache-2.0
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import pytest

from lintas.config.packs import read_packs
from lintas.errors import BadInput
from lintas.model.desk import Step
from lintas.web.console.request_inputs import SAYINGS, Saying, Typed, codes_of, fields_of
from lintas.web.forms import Form

PACKS: Final = read_packs(None)
PAGE: Final = Path(__file__).resolve().parents[3] / "docs" / "howto" / "desk.md"
TAKEN: Final = frozenset("gjk/?t")  # by all pages, and by taking over
TYPED: Final = Typed(now=datetime(2026, 3, 1, 15, 10, tzinfo=UTC), zone="Asia/Singapore", region="SG", packs=PACKS)


def form(**fields: str) -> Form:
    return Form(fields=tuple(fields.items()))


def test_each_key_says_one_thing_and_none_that_every_page_has() -> None:
    keys = [one.key for one in SAYINGS.values() if one.key]
    assert len(keys) == len(set(keys))
    assert not TAKEN & set(keys)


@pytest.mark.parametrize("saying", SAYINGS.values(), ids=SAYINGS)
def test_what_can_be_said_is_a_step_with_codes_that_the_packs_have(saying: Saying) -> None:
    assert Step(saying.what)
    for one in saying.inputs:
        if one.kind == "code" and one.table != "rung":
            assert codes_of(PACKS.forms, one.table), one.table


def test_every_step_that_a_person_can_say_has_its_form() -> None:
    by_other_ways = {Step.INSTRUCTED, Step.EXPIRED, Step.RECALL_ANSWERED, Step.KEPT}
    assert {step.value for step in Step} - {step.value for step in by_other_ways} <= set(SAYINGS)


def test_the_page_names_each_key_and_what_it_says() -> None:
    told = dict(re.findall(r"^\| `(.)` \| (.+) \|$", PAGE.read_text("utf-8"), re.MULTILINE))
    assert told == {one.key: one.verb for one in SAYINGS.values() if one.key} | {"t": "Take it over"}


def test_amounts_times_and_banks_are_read_as_they_are_typed() -> None:
    said = form(bank="dbs", at="now", blocked="18k", **{"blocked.currency": "SGD"}, bank_ref="B-1")
    assert fields_of(Step.CONFIRMED, said, TYPED) == {
        "bank": "DBSSSGSG",
        "at": "2026-03-01T23:10:00+08:00",
        "bank_ref": "B-1",
        "blocked": {"minor": 1_800_000, "currency": "SGD"},
        "whole": False,
    }


def test_where_the_money_went_is_one_hop_and_only_what_is_known() -> None:
    assert fields_of(Step.GONE, form(), TYPED) == {}
    said = form(amount="7k", **{"amount.currency": "SGD"}, next_bank="ocbc", next_account="555")
    (hop,) = fields_of(Step.GONE, said, TYPED)["next"]
    assert hop["account"] == {"value": "555", "bank": "OCBCSGSG", "name": ""}
    assert hop["amount"] == {"minor": 700_000, "currency": "SGD"}


@pytest.mark.parametrize(
    ("what", "fields"),
    [
        (Step.CONFIRMED, {"bank": "dbs", "at": "now"}),
        (Step.CONFIRMED, {"bank": "dbs", "at": "now", "blocked": "a lot", "blocked.currency": "SGD"}),
        (Step.CONFIRMED, {"bank": "dbs", "at": "now", "blocked": "18k", "blocked.currency": "nothing"}),
        (Step.CONFIRMED, {"bank": "dbs", "at": "soon", "blocked": "18k", "blocked.currency": "SGD"}),
        (Step.CONFIRMED, {"at": "now", "blocked": "18k", "blocked.currency": "SGD"}),
        (Step.REFUSED, {"short": "no"}),
        (Step.CLARIFY, {}),
        (Step.PROMISED, {"at": "2560", "to": "Ali"}),
        (Step.EXTENDED, {}),
    ],
)
def test_what_cannot_be_read_or_is_missing_is_told(what: Step, fields: dict[str, str]) -> None:
    with pytest.raises(BadInput):
        fields_of(what, Form(fields=tuple(fields.items())), TYPED)
