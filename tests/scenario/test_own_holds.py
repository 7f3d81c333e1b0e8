# SPDX-License-Identifier: Apache-2.0
"""A hold of the own desk at a real bank: ordered at home, delivered once, whoever dies when."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from lintas.model.desk import Doc, State, Step
from lintas.testing import OFFICER
from lintas.work.desk import Draft
from lintas.work.proving import verify
from lintas.work.requests import send
from tests.scenario.test_banks import ACCOUNT, BIC, FULL, Desk, Dying, Killed
from tests.scenario.threads import head_of, write

pytestmark = [pytest.mark.slow]


class OwnDesk(Desk):
    """The desk in MY, which asks itself; the one in SG is its peer, and hears of nothing."""

    def begin(self) -> None:
        """Open a request of its own that somebody has."""
        self.bank.start()
        self._open()
        account = {"scheme": "bank_account", "value": ACCOUNT, "bank": BIC, "country": "MY", "name": ""}
        fields = {"account": account, "amount": FULL}
        self.ref = send(self.answerer.services, OFFICER, to="own", form="hold", fields=fields).ref
        self.say(Step.ACKNOWLEDGED)

    def say(self, what: Step, **fields: Any) -> None:
        """Let an officer say something; it goes nowhere."""
        head = head_of(self.answerer, self.ref)
        said = {"asker": head.asker, "what": what.value, "fields": fields, "ground": "", "short": "", "lang": ""}
        draft = Draft(doc=Doc.STEP, ref=self.ref, said=said, by=OFFICER.id, after=self.thread().heads)
        write(self.answerer.services, OFFICER, draft, "")


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[OwnDesk]:
    made = OwnDesk(tmp_path)
    try:
        made.begin()
        yield made
        found = verify(made.answerer.services, progress=lambda *_: None)
        assert found.ok, found
        sent = made.answerer.services.store.read(
            lambda snapshot: [one.id for one in snapshot.entries(0, snapshot.size()) if snapshot.releases_of(one.id)]
        )
        assert sent == []
    finally:
        made.close()


def test_the_bank_confirms_an_own_hold_extends_it_and_lifts_it(desk: OwnDesk) -> None:
    desk.order()
    desk.look()
    assert desk.whats() == [Step.ACKNOWLEDGED, Step.ORDERED, Step.INSTRUCTED, Step.DELIVERED, Step.CONFIRMED]
    assert (desk.thread().state, desk.thread().held_minor, desk.held()) == (State.HELD, 2_500_000, 2_500_000)
    desk.say(Step.EXTENDED, expires_at="2026-03-09T11:00:00+08:00", law="section 117", order_no="2")
    desk.look()
    desk.say(Step.RELEASED, amount=None, order_no="3", at="2026-03-03T11:00:00+08:00")
    desk.look()
    assert (desk.thread().state, desk.held()) == (State.RELEASED, 0)
    assert not desk.troubles and not desk.thread().idle


@pytest.mark.parametrize(("call", "before"), [("instruct", True), ("instruct", False), ("state", False)])
def test_a_node_that_is_killed_around_a_call_holds_once(desk: OwnDesk, call: str, before: bool) -> None:
    desk.order()
    desk.line = desk.new_line(lambda bank: Dying(bank, call, before=before))
    with pytest.raises(Killed):
        desk.look()
    assert (desk.thread().state, desk.thread().held_minor) == (State.ORDERED, 0)
    desk.restart()
    desk.look()
    assert (desk.thread().state, desk.thread().held_minor) == (State.HELD, 2_500_000)
    assert len(desk.book()["holds"]) == 1 and desk.held() == 2_500_000
    assert [desk.whats().count(one) for one in (Step.INSTRUCTED, Step.DELIVERED, Step.CONFIRMED)] == [1, 1, 1]
