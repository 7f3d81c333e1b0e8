# SPDX-License-Identifier: Apache-2.0
"""Where passkeys bind, a trace's hold waits for the passkey of who asks; pressed twice, it is one proposal.

At the command line, and on the page that is filled from that list.
"""

import dataclasses
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import pytest

from lintas.errors import BadInput, LintasError, NotAllowed, UnknownTerm
from lintas.limits import ORDER_S_MAX
from lintas.model.order_answers import OrderShown
from lintas.model.viewer import Viewer
from lintas.node.node import Node
from lintas.testing import FakeClock, carry, shared_readers, two_nodes
from lintas.web.local.calling import LOCAL_VIEWER
from lintas.work.orders import list_orders
from lintas.work.requests import show_request
from lintas.work.tracing_jobs.holding import list_holds, open_hold
from lintas.work.tracing_jobs.opening import Wanted, open_trace
from tests.faults.terminal import main
from tests.scenario.browsing import Browser, officer
from tests.scenario.deciding import Person, people
from tests.scenario.money import Line, book

FIRST, SECOND = "MBBEMYKL:1000000001", "MBBEMYKL:1000000002"
ABROAD: Final = "CONTSGSG:2000000001"
LINES: Final = (
    Line(payer=FIRST, payee=SECOND, paid="25000.00", at="2026-02-28T01:00:00Z", number=1),
    Line(payer=SECOND, payee=ABROAD, paid="8500.00", at="2026-02-28T01:12:00Z", number=2),
)


class Desk:
    """MY, whose officers have passkeys, with a kept trace; and SG beside it."""

    def __init__(self, here: Node, there: Node, clock: FakeClock) -> None:
        self.here, self.there, self.clock = here, there, clock
        book(here, LINES)
        self.aminah, self.budi = people(here, "Aminah duty_officer", "Budi supervisor")
        seed = f"{SECOND}@2026-02-28:25000.00"
        wanted = Wanted(seeds=(seed,), currency="MYR")
        self.ref = open_trace(here.services, self.aminah.viewer(), wanted).shown.line.ref

    def press(self, who: Person | Viewer, account: str = SECOND, **given: Any) -> OrderShown:
        """Press hold on a line; gives what waits then."""
        viewer = who.viewer() if isinstance(who, Person) else who
        done = open_hold(self.here.services, viewer, self.ref, account=account, **given)
        assert isinstance(done, OrderShown)
        return done

    def waiting(self) -> list[str]:
        """Orders that are open, as Aminah sees them."""
        return [one.id for one in list_orders(self.here.services, self.aminah.viewer()).open]


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    clock = FakeClock()
    with two_nodes(tmp_path, clock=clock) as (here, there):
        yield Desk(here, there, clock)


def confirmed(who: Person, order: OrderShown) -> dict[str, Any]:
    result = who.says(order, "confirmed").result
    assert result is not None
    return result


@pytest.mark.parametrize("account", [SECOND, ABROAD])
def test_a_hold_waits_for_the_passkey_of_who_pressed(desk: Desk, account: str) -> None:
    order = desk.press(desk.aminah, account)
    assert (order.line.action, order.state) == ("request.send", "proposed")
    assert account.partition(":")[2] in str(order.tells)
    assert not any(one.requests for one in list_holds(desk.here.services, desk.aminah.viewer(), desk.ref).lines)
    assert carry(desk.here, desk.there) == 0
    result = confirmed(desk.aminah, order)
    shown = show_request(desk.here.services, desk.aminah.viewer(), result["ref"])
    assert (shown.state, shown.line.is_own) == ("requested", account == SECOND)
    (line,) = [
        one for one in list_holds(desk.here.services, desk.aminah.viewer(), desk.ref).lines if one.account == account
    ]
    assert line.requests == [result["ref"]]
    assert (carry(desk.here, desk.there) > 0) == (account == ABROAD)


def test_pressed_twice_it_is_one_proposal(desk: Desk) -> None:
    first, second = desk.press(desk.aminah), desk.press(desk.aminah)
    assert first.id == second.id
    assert desk.waiting() == [first.id]
    assert desk.press(desk.aminah, to="own").id == first.id
    assert desk.press(LOCAL_VIEWER).id == desk.press(LOCAL_VIEWER).id
    assert len(desk.waiting()) == 2  # each person's own: nobody confirms what another named person proposed


def test_another_amount_or_account_is_another_proposal(desk: Desk) -> None:
    orders = [desk.press(desk.aminah), desk.press(desk.aminah, minor=100), desk.press(desk.aminah, ABROAD)]
    assert len({one.id for one in orders}) == 3


def test_what_was_refused_confirmed_or_lapsed_is_not_shown_again(desk: Desk) -> None:
    first = desk.press(desk.aminah)
    desk.aminah.says(first, "refused")
    second = desk.press(desk.aminah)
    assert second.id != first.id
    desk.clock.forward(seconds=ORDER_S_MAX)
    third = desk.press(desk.aminah)
    assert third.id != second.id
    ref = confirmed(desk.aminah, third)["ref"]
    fourth = desk.press(desk.aminah)
    assert ("Asked already", f"{ref} is open: nothing more is sent") in fourth.tells
    again = confirmed(desk.aminah, fourth)
    assert (again["ref"], again["is_new"]) == (ref, False)


def test_what_changed_since_is_proposed_anew(desk: Desk) -> None:
    first = desk.press(desk.aminah)
    packs = desk.here.services.packs
    law = dataclasses.replace(packs.law, digest="0" * 64, handoffs={})
    desk.here.services = dataclasses.replace(desk.here.services, packs=dataclasses.replace(packs, law=law))
    assert desk.press(desk.aminah).id != first.id


def test_two_people_who_press_open_one_request(desk: Desk) -> None:
    first, second = desk.press(desk.aminah), desk.press(desk.budi)
    assert first.id != second.id
    result, twice = confirmed(desk.aminah, first), confirmed(desk.budi, second)
    assert (twice["ref"], twice["is_new"]) == (result["ref"], False)


@pytest.mark.parametrize("role", ["analyst", "operator", "trainer", "oversight"])
def test_a_role_that_asks_no_desk_proposes_no_hold(desk: Desk, role: str) -> None:
    (other,) = people(desk.here, f"Chen {role}")
    with pytest.raises(NotAllowed) as caught:
        desk.press(other)
    assert caught.value.rule == "role"
    assert desk.waiting() == []


@pytest.mark.parametrize(
    ("given", "error"),
    [
        ({"account": "MBBEMYKL:9"}, UnknownTerm),
        ({"currency": "SGD"}, UnknownTerm),
        ({"minor": 99_999_999}, BadInput),
        ({"to": "nobody"}, UnknownTerm),
    ],
)
def test_what_cannot_be_held_is_not_proposed(desk: Desk, given: dict[str, Any], error: type[LintasError]) -> None:
    with pytest.raises(error):
        desk.press(desk.aminah, **given)
    assert desk.waiting() == []


def test_the_command_line_proposes_and_a_passkey_sends(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    clock = FakeClock(datetime.now(UTC))  # the command goes by this machine's
    with two_nodes(tmp_path, clock=clock) as (here, there):
        desk = Desk(here, there, clock)
        folder = tmp_path / "my"
    press = ["tracing", str(folder), "hold", desk.ref, SECOND]
    said = []
    for _ in range(2):
        assert main(press) == 1
        told = capsys.readouterr()
        assert told.err == ""
        said.append(told.out)
    assert said[0] == said[1] and "waits for a named person's passkey" in said[0]
    assert main([*press, "--as", "Aminah", "--json"]) == 1
    order = json.loads(capsys.readouterr().out)["line"]["id"]
    with Node.open(folder, clock=clock, readers=shared_readers()) as desk.aminah.node:
        assert desk.aminah.says(order, "confirmed").state == "done"
    assert main(["tracing", str(folder), "holds", desk.ref]) == 0
    assert "asked: MY-Q-" in capsys.readouterr().out


def test_the_page_filled_from_the_list_proposes_once(desk: Desk) -> None:
    officer(desk.here, "Mei", password=None)
    typed = {
        "asks": "hold",
        "to": desk.here.services.keys.node,
        "account.value": "1000000002",
        "account.bank": "MBBEMYKL",
        "account.country": "MY",
        "amount": "14000",
        "amount.currency": "MYR",
    }
    with Browser(desk.here) as browser:
        browser.enter(desk.here, "Mei")
        browser.get("/requests")
        first, second = (browser.post("/requests/new", typed) for _ in range(2))
        assert (first.status, first.location.startswith("/approvals/")) == (303, True), first.text
        assert second.location == first.location
    assert len(desk.waiting()) == 1
