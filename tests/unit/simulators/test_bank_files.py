# SPDX-License-Identifier: Apache-2.0
"""What the simulated bank reads from files is checked before it serves, and its clocks and dice repeat themselves."""

import base64
import json
from pathlib import Path
from typing import Any

import pytest

from lintas_simulators.bank_behaviour import ACTS, Behaviour, Rule, fits, read_behaviour
from lintas_simulators.bank_signing import read_secret
from lintas_simulators.bank_time import as_text, as_time, clock_of


def written(folder: Path, said: Any) -> Path:
    file = folder / "behaviour.json"
    file.write_text(json.dumps(said))
    return file


def test_without_a_file_a_bank_does_what_it_is_told() -> None:
    assert read_behaviour(None) == Behaviour(blocks="amount", rules=())


def test_every_act_is_read(tmp_path: Path) -> None:
    rules = [{"do": act, "account": "1", "times": 2, "seconds": 3} for act in sorted(ACTS)]
    assert len(read_behaviour(written(tmp_path, {"blocks": "account", "rules": rules})).rules) == len(ACTS)


@pytest.mark.parametrize(
    "said",
    [[], {"blocks": "everything"}, {"rules": [{"do": "explode"}]}, {"rules": [{}]}, {"rules": ["late"]}, {"rule": []},
     {"rules": [{"do": "late", "hours": 1}]}, {"recalls": "maybe"}],
)  # fmt: skip
def test_a_wrong_file_is_refused(tmp_path: Path, said: Any) -> None:
    with pytest.raises(ValueError, match=r"."):
        read_behaviour(written(tmp_path, said))


def test_a_rule_fits_by_account_kind_and_count() -> None:
    rule = Rule(do="late", account="1", kind="hold", times=2)
    said = {"id_": "a", "kind": "hold", "account": "1", "used": 0, "seed": 1, "number": 0}
    assert fits(rule, **said)  # type: ignore[arg-type]  # a table of cases
    for changes in ({"account": "2"}, {"kind": "release"}, {"used": 2}):
        assert not fits(rule, **(said | changes))  # type: ignore[arg-type]  # as above


def test_chance_is_the_same_for_one_seed_and_near_what_it_says() -> None:
    rule = Rule(do="late", chance=0.3)

    def drawn(seed: int) -> list[bool]:
        return [fits(rule, id_=str(n), kind="hold", account="1", used=0, seed=seed, number=0) for n in range(2_000)]

    assert drawn(1) == drawn(1) != drawn(2)
    assert 0.25 < sum(drawn(1)) / 2_000 < 0.35


@pytest.mark.parametrize(
    "text", ["", "x", base64.b64encode(b"short").decode(), base64.b64encode(b"x" * 65).decode(), "é"]
)
def test_a_secret_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="24 to 64"):
        read_secret(text)


def test_clocks_stand_run_and_follow_a_file(tmp_path: Path) -> None:
    stands = clock_of(file=None, start="2026-03-01T11:00:00+08:00", pace=0)
    assert as_text(stands()) == as_text(stands()) == "2026-03-01T03:00:00.000Z"
    runs = clock_of(file=None, start="2026-03-01T03:00:00Z", pace=1_000_000)
    assert runs() < runs()
    file = tmp_path / "clock"
    file.write_text("2026-03-01T03:00:00Z\n")
    follows = clock_of(file=file, start="", pace=1)
    assert as_text(follows()) == "2026-03-01T03:00:00.000Z"
    file.write_text("2027-03-01T03:00:00Z\n")
    assert follows().year == 2027
    with pytest.raises(ValueError, match="zone"):
        as_time("2026-03-01T03:00:00")
