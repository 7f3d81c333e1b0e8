# SPDX-License-Identifier: Apache-2.0
"""What an exercise leaves to talk about is said in each language of the pages."""

import re
from typing import Any, Final

import pytest

from lintas.config.packs import read_packs
from lintas.exercises.score import score_of
from lintas.exercises.talking import LIMITS, questions
from lintas.web.console.labels import labels_of
from lintas.web.console.language import TONGUES, languages
from tests.unit.exercises.worlds import EVERY, played, world

ALL: Final = languages(labels_of(read_packs(None)))
OTHERS: Final = sorted(set(TONGUES) - {"en"})
GOOD: Final[dict[str, Any]] = {
    "share_of_reachable": 1.0,
    "minutes_per_hop": [],
    "wrong_holds": [],
    "missed_expiries": [],
    "basis_errors": [],
    "protected": {"wanted": 1, "done": 1},
}
WRONG: Final = {"hold": "H-1", "account": "SAMPLEBK:01", "minor": 12_345, "currency": "MYR", "report": "R-7"}
BAD: Final[dict[str, Any]] = {
    "share_of_reachable": 0.25,
    "minutes_per_hop": [{"hop": 1, "more": 4}, {"hop": 2, "more": 17}],
    "wrong_holds": [WRONG],
    "missed_expiries": ["H-2", "H-3"],
    "basis_errors": [{"at": ""}],
    "protected": {"wanted": 2, "done": 1},
}


@pytest.mark.parametrize("score", [GOOD, BAD, BAD | {"minutes_per_hop": []}])
@pytest.mark.parametrize("code", OTHERS)
def test_nothing_to_talk_about_is_left_in_english(code: str, score: dict[str, Any]) -> None:
    for english in (*questions(score), LIMITS):
        said = ALL[code].sentence(english)
        assert said != english
        assert ALL["en"].sentence(english) == english
        wanted = sorted(re.findall(r"\d[\d,.]*\d|\d", english))
        assert sorted(re.findall(r"\d[\d,.]*\d|\d", said)) == wanted  # the figures are the same


@pytest.mark.parametrize("code", OTHERS)
def test_what_was_played_is_said_too(code: str) -> None:
    score = score_of(world(1, EVERY), played(1, EVERY, at_once=False))
    assert [one for one in questions(score) if ALL[code].sentence(one) == one] == []


def test_the_longest_step_is_named() -> None:
    assert questions(BAD)[0] == (
        "75% of what could be reached went on before a hold. The longest step was to hop 2: 17 minutes."
    )
    assert questions(GOOD) == ["Everything that could be reached was held, and nothing else."]
