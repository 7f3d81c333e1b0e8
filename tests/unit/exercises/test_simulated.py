# SPDX-License-Identifier: Apache-2.0
"""Simulated banks start from what the generator writes, and come to the balances of its books."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from lintas.exercises.books import Books
from lintas_simulators.bank_behaviour import Behaviour, read_behaviour
from lintas_simulators.bank_ledger import Ledger
from tests.unit.exercises.worlds import EVERY, SEEDS, files, world


@pytest.mark.parametrize("seed", range(min(SEEDS, 3)))
def test_every_bank_ends_with_the_balances_of_the_books(seed: int, tmp_path: Path) -> None:
    made = world(seed, EVERY)
    books = Books(made)
    books.forward(made.ends_at)
    end = datetime.fromtimestamp(made.ends_at + 3_600, UTC)
    checked = 0
    for path, data in files(seed, EVERY).items():
        if not path.endswith("/accounts.json"):
            continue
        bic = path.split("/")[-2]
        bank = Ledger(tmp_path / bic, now=lambda: end, behaviour=Behaviour, seed=0, mode="exercise")
        bank.open_accounts(json.loads(data))
        for one in bank.book()["accounts"]:
            assert one["minor"] == books.balance(f"{bic}:{one['account']}", one["currency"])
            checked += 1
        bank.close()
    assert checked > 50


def test_how_a_bank_errs_is_read_by_the_simulator(tmp_path: Path) -> None:
    late = []
    for path, data in files(1, EVERY).items():
        if path.endswith("/behaviour.json"):
            file = tmp_path / path.replace("/", "-")
            file.write_bytes(data)
            late += [rule.kind for rule in read_behaviour(file).rules]
    assert late == ["trace"]
