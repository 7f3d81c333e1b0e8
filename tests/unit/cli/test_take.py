# SPDX-License-Identifier: Apache-2.0
import json
from pathlib import Path

import pytest

from lintas.cli.take import joined, marking_from
from lintas.errors import BadInput
from lintas.model.intake_answers import Rejection, Taken
from lintas.model.marking import Marking, Tlp


def test_no_marking_leaves_the_nodes_default() -> None:
    assert marking_from("") is None


@pytest.mark.parametrize(
    ("text", "tlp"), [("AMBER", Tlp.AMBER), ("tlp:amber+strict", Tlp.AMBER_STRICT), ("white", Tlp.CLEAR)]
)
def test_a_label_is_a_marking(text: str, tlp: Tlp) -> None:
    assert marking_from(text) == Marking(tlp=tlp).codes()


def test_a_file_may_name_more_codes(tmp_path: Path) -> None:
    path = tmp_path / "marking.json"
    path.write_text(json.dumps({"tlp": "TLP:RED", "purposes": ["fraud"], "onward": "none"}))
    found = marking_from(str(path))
    assert found is not None
    assert (found["tlp"], found["purposes"], found["onward"]) == ("RED", ["fraud"], "none")


@pytest.mark.parametrize(
    "text",
    [
        "[]",
        "{",
        "{}",
        '{"tlp": "PINK"}',
        '{"tlp": "RED", "purpose": []}',
        '{"tlp": "RED", "purposes": ["A b"]}',
        "\x00",
    ],
)
def test_a_bad_marking_file_is_refused(text: str, tmp_path: Path) -> None:
    path = tmp_path / "marking.json"
    path.write_text(text)
    with pytest.raises(BadInput):
        marking_from(str(path))


def test_answers_of_batches_add_up() -> None:
    one = Taken(
        messages=["a"],
        duplicates=0,
        read=2,
        used=1,
        rejected=[Rejection("f", "row 2", "why")],
        statements=3,
        identifiers=4,
        seconds=0.25,
        intakes=["i"],
        formats=["CSV"],
        alerts=1,
    )
    both = joined([one, one])
    assert (both.messages, both.read, both.used, len(both.rejected)) == (["a", "a"], 4, 2, 2)
    assert (both.statements, both.identifiers, both.seconds, both.alerts) == (6, 8, 0.5, 2)
