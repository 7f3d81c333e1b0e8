# SPDX-License-Identifier: Apache-2.0
"""docs/spec/cases.md says what can be said in a case, and its vectors are what the fold gives."""

import json
import random
import re
from pathlib import Path
from typing import Any

import pytest

from lintas.formats.desk.case_fields import CASE_FIELDS
from lintas.model.case import Said
from lintas.views.case_fold import fold_case
from tools.make_case_vectors import main, outcome, read

ROOT = Path(__file__).resolve().parents[2]
SPEC = (ROOT / "docs" / "spec" / "cases.md").read_text(encoding="utf-8")
FILE = ROOT / "docs" / "spec" / "vectors" / "cases" / "folds.json"
VECTORS: list[dict[str, Any]] = json.loads(FILE.read_text(encoding="utf-8"))


def test_the_script_makes_what_is_committed(tmp_path: Path) -> None:
    main(tmp_path)
    assert (tmp_path / "folds.json").read_bytes() == FILE.read_bytes()


@pytest.mark.parametrize("one", VECTORS, ids=lambda one: one["name"])
def test_documents_come_to_what_the_vector_says_in_any_order(one: dict[str, Any]) -> None:
    documents = list(one["documents"])
    for seed in range(20):
        random.Random(seed).shuffle(documents)  # an order, nothing secret
        assert outcome(fold_case(one["opener"], read(documents))) == one["comes_to"]


def test_the_page_names_all_that_can_be_said_and_every_field() -> None:
    rows = re.findall(r"^\| (`[a-z_`, ]+`) \| (.*?) \|", SPEC, re.MULTILINE)
    told = {name: fields for names, fields in rows for name in re.findall(r"`([a-z_]+)`", names)}
    assert told.keys() == {one.value for one in Said}
    for said, form in CASE_FIELDS.items():
        plain = re.sub(r"\(.*?\)", "", told[said.value])
        assert set(re.findall(r"[a-z]+", plain)) == set(form.__struct_fields__), said
