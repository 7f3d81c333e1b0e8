# SPDX-License-Identifier: Apache-2.0
"""Whatever a bank is told, in whatever order: no money appears or goes, none is held twice, each id is done once."""

import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from lintas_simulators.bank_behaviour import Behaviour
from lintas_simulators.bank_ledger import Conflict, Ledger

START = datetime(2026, 3, 1, 3, 0, tzinfo=UTC)
ACCOUNTS = ("1", "2", "3")
TOTAL = 3 * 1_000


def never() -> None:
    raise AssertionError("nobody asked it to die")


class Bank(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self._folder = tempfile.TemporaryDirectory()
        self._now = START
        self._count = 0
        self._told: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {}
        self._holds: list[str] = []

    @initialize(blocks=st.sampled_from(["amount", "account"]))
    def open(self, blocks: str) -> None:
        self._blocks = blocks
        self._open()
        accounts = [{"account": one, "currency": "SGD", "minor": 1_000} for one in ACCOUNTS]
        self._ledger.open_accounts({"accounts": accounts})

    def _open(self) -> None:
        path = Path(self._folder.name) / "bank.sqlite"
        behaviour = Behaviour(blocks=self._blocks)
        self._ledger = Ledger(path, now=lambda: self._now, behaviour=lambda: behaviour, seed=1, mode="exercise")

    def _tell(self, kind: str, account: str, **said: Any) -> None:
        self._count += 1
        instruction: dict[str, Any] = {
            "v": 1, "id": f"{self._count:032x}", "mode": "exercise", "kind": kind, "of": "", "bank": "B",
            "account": account, "amount": None, "whole": False, "expires_at": "", "reference": "r", "authority": "a",
            "law": "l",
        } | said  # fmt: skip
        answer, _ = self._ledger.take(instruction, kill=never)
        assert answer["id"] == instruction["id"] and answer["state"] in ("done", "partly", "failed")
        self._told[instruction["id"]] = (instruction, answer)
        if kind == "hold" and answer["state"] != "failed":
            self._holds.append(instruction["id"])

    @rule(account=st.sampled_from((*ACCOUNTS, "none")), minor=st.integers(1, 1_500), hours=st.integers(1, 5))
    def hold(self, account: str, minor: int, hours: int) -> None:
        until = (self._now + timedelta(hours=hours)).isoformat()
        self._tell("hold", account, amount={"minor": minor, "currency": "SGD"}, expires_at=until)

    @rule(data=st.data(), minor=st.none() | st.integers(1, 800))
    def release(self, data: st.DataObject, minor: int | None) -> None:
        if self._holds:
            of = data.draw(st.sampled_from(self._holds))
            amount = None if minor is None else {"minor": minor, "currency": "SGD"}
            self._tell("release", self._told[of][0]["account"], of=of, amount=amount)

    @rule(data=st.data(), hours=st.integers(1, 9))
    def extend(self, data: st.DataObject, hours: int) -> None:
        if self._holds:
            of = data.draw(st.sampled_from(self._holds))
            until = (self._now + timedelta(hours=hours)).isoformat()
            self._tell("extend", self._told[of][0]["account"], of=of, expires_at=until)

    @rule(source=st.sampled_from(ACCOUNTS), goal=st.sampled_from(ACCOUNTS), minor=st.integers(0, 1_200))
    def book(self, source: str, goal: str, minor: int) -> None:
        self._count += 1
        one = {"id": f"b{self._count}", "at": self._now.isoformat(), "from": source, "to": goal, "minor": minor}
        self._ledger.open_accounts({"bookings": [one]})

    @rule(hours=st.integers(1, 3))
    def wait(self, hours: int) -> None:
        self._now += timedelta(hours=hours)

    @rule()
    def die_and_come_back(self) -> None:
        before = self._ledger.book()
        self._ledger.close()
        self._open()
        assert self._ledger.book() == before

    @rule(data=st.data())
    def repeat(self, data: st.DataObject) -> None:
        if self._told:
            instruction, answer = data.draw(st.sampled_from(list(self._told.values())))
            before = self._ledger.book()
            again, _ = self._ledger.take(instruction, kill=never)
            assert again | {"hold": ""} == answer | {"hold": ""}
            assert self._ledger.book() == before
            with pytest.raises(Conflict):
                self._ledger.take(instruction | {"law": "another"}, kill=never)

    @invariant()
    def no_money_appears_and_none_is_held_twice(self) -> None:
        book = self._ledger.book()
        assert sum(one["minor"] for one in book["accounts"]) == TOTAL
        for one in book["accounts"]:
            assert 0 <= one["held"] <= one["minor"]
            active = [
                hold["minor"] for hold in book["holds"] if (hold["account"], hold["hold"]) == (one["account"], "active")
            ]
            assert sum(active) == one["held"] and all(minor > 0 for minor in active)

    def teardown(self) -> None:
        self._ledger.close()
        self._folder.cleanup()


Bank.TestCase.settings = settings(max_examples=12, stateful_step_count=25, deadline=None)
TestBank = Bank.TestCase


@pytest.mark.parametrize(("minor", "comes"), [(400, 400), (1_400, 0)])
def test_what_leaves_an_account_here_is_credited_later_or_never(minor: int, comes: int, tmp_path: Path) -> None:
    now = [START]
    ledger = Ledger(tmp_path / "b.sqlite", now=lambda: now[0], behaviour=Behaviour, seed=1, mode="exercise")
    first = {"id": "x", "at": START.isoformat(), "from": "1", "minor": minor, "other": "B:2"}
    later = {"id": "x/in", "at": (START + timedelta(seconds=3)).isoformat(), "to": "2", "minor": minor, "after": "x"}
    accounts = [{"account": one, "currency": "SGD", "minor": 1_000} for one in ("1", "2")]
    ledger.open_accounts({"accounts": accounts, "bookings": [later, first]})
    assert [one["minor"] for one in ledger.book()["accounts"]] == [1_000 - comes, 1_000]
    now[0] += timedelta(seconds=3)
    assert [one["minor"] for one in ledger.book()["accounts"]] == [1_000 - comes, 1_000 + comes]
    ledger.close()
