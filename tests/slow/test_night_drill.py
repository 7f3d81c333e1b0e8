# SPDX-License-Identifier: Apache-2.0
"""A night of three desks: what victims of one scam told SG is asked of MY and TH, chased, held, corrected, handed over.

At 02:00 in Singapore one officer sits at the desk's pages there; those of MY and TH have it on their phones, and TH's
desk is closed. One bank blocks whole accounts only, the other is late and answers twice. A stranger speaks of threads
that are none of theirs, a digit was wrong, the shift changes, a hold runs out while its node is down.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from random import Random
from typing import Final

import pytest

from lintas.model.desk import Clock, Doc, State, Step
from lintas.model.ids import MessageId
from lintas.ports.store import Snapshot
from lintas.testing import OFFICER, FakeClock
from lintas.work.clocks import settle_clocks
from lintas.work.desk import Draft
from lintas.work.peering import add_peer, describe
from tests.scenario.ringing import a_gateway, look, through
from tests.scenario.threads import write
from tests.slow.night import Desk, Night
from tests.slow.night_checks import (
    both_sides_agree,
    every_expiry_was_seen,
    held_at_banks,
    logs_hold,
    nothing_is_called_held_without_its_bank,
    nothing_is_held_that_no_bank_holds,
    nothing_is_left,
    nothing_is_without_an_owner,
    the_night_is_over,
)

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

START: Final = datetime(2026, 3, 1, 18, 0, tzinfo=UTC)  # Monday 02:00 in Singapore and Kuala Lumpur, 01:00 in Bangkok
MULE: Final = "114011223344"  # at a bank that blocks whole accounts only
MISTYPED: Final = "114011223345"  # somebody else's, by one digit
SECOND_HOP: Final = "0123456789"  # at a bank that is late
THIRD_HOP: Final = "0987654321"  # at the same bank, which says it twice
THB: Final = {"amount.currency": "THB"}
STRANGE: Final[tuple[tuple[Step, dict[str, object]], ...]] = (  # what a stranger says in a thread of others
    (Step.CORRECTED, {"why": "wrong_digit", "review_s": 60}),
    (Step.WITHDRAWN, {}),
    (Step.RELEASED, {"amount": None, "order_no": "1", "at": "2026-03-02T02:30:00+08:00", "to": ""}),
)


def my_law(text: str) -> str:
    """The doors pack as an agency of Malaysia fills it in."""
    before = 'signs = "unknown"\nearmark = "unknown"\ncontact = "nsrc"\nlanguage = "ms"\n'
    after = before.replace("unknown", "authorised_officer", 1).replace("unknown", "no", 1)
    after += 'law = "Contoh Code, section 9"\nclock = "my_48h"\n'
    assert text.count(before) == 1
    clock = """[[place.MY.clock]]
code = "my_48h"
label = "Hold under the Contoh Code"
power = "hold"
whose = "receiver"
holder = "police"
starts = "ordered"
length = 48
unit = "hours"
then = "release"
source = "Invented for an exercise"
confirmed = true

[[place.MY.holiday]]"""
    return th_hours(text.replace(before, after).replace("[[place.MY.holiday]]", clock, 1))


def th_hours(text: str) -> str:
    """And with the hours of Thailand's desk, which nobody had found."""
    assert text.count('number = "1441"\n') == 1
    return text.replace('number = "1441"\n', 'number = "1441"\nhours = ["Mon-Fri 08:30-16:30"]\n')


class Drill(Night):
    """The night's cast."""

    def __init__(self, folder: Path, cuts: Random | None) -> None:
        super().__init__(folder, FakeClock(START))
        self.cuts = cuts  # which line fails before each thing that is waited for
        self.sg, self.my, self.th = (self.desk(country) for country in ("SG", "MY", "TH"))
        self.stranger = self.desk("ID")
        self.unknown = self.desk("PH")
        for one in (self.sg, self.my, self.th):
            one.replace_pack("doors", my_law)
        accounts = {MULE: 10_000_000, MISTYPED: 500_000}
        self.my_bank = self.bank("MBBEMYKL", opened(accounts, "MYR"))
        self.my_bank.behave(blocks="account")
        self.th_bank = self.bank("KASITHBK", opened({SECOND_HOP: 60_000_000, THIRD_HOP: 9_000_000}, "THB"))
        self.th_bank.behave(
            {"do": "late", "seconds": 600, "account": SECOND_HOP, "kind": "hold"}, {"do": "twice", "account": THIRD_HOP}
        )
        self.my.connect_bank(self.my_bank, "MYR")
        self.th.connect_bank(self.th_bank, "THB")
        for one, other in ((self.sg, self.my), (self.sg, self.th), (self.my, self.th), (self.my, self.stranger)):
            self.introduce(one, other)
        self.phones = self.stack.enter_context(a_gateway(folder))
        for desk in self.desks:
            desk.start()
            desk.hire_hearers()
        for one, other in ((self.sg, self.my), (self.sg, self.th), (self.my, self.th)):
            self.hear_words(one, other)
        self.mei = self.sg.add("Mei", "duty_officer")
        self.ravi = self.sg.add("Ravi", "duty_officer")
        self.aminah = self.my.add("Aminah", "duty_officer")
        self.bala = self.my.add("Bala", "authorising_officer")
        self.somchai = self.th.add("Somchai", "authorising_officer")
        for person in (self.aminah, self.bala):
            person.enrols()
        self.mule = self.mistyped = self.second = self.third = ""

    def asked(self, account: str, to: Desk) -> str:
        """The request about an account, once it is there; returns its reference."""
        (head,) = [one for one in self.sg.heads() if one.subject.endswith(account)]
        to.sees(lambda: to.head(head.ref) is not None, f"gets {head.ref}")
        self.accounts[head.ref] = account
        return head.ref

    def come_to(self, ref: str, state: State, *desks: Desk) -> None:
        """Wait until desks see a thread in a state."""

        def is_so(desk: Desk) -> bool:
            return desk.thread(ref).state is state

        if self.cuts is not None:
            self.cuts.choice([one for one in (self.sg, self.my, self.th) if one.is_up]).relink()

        for desk in desks:
            desk.sees(partial(is_so, desk), f"{state.value} {ref}")

    def is_honest(self) -> None:
        """What holds at every moment."""
        nothing_is_called_held_without_its_bank(self)
        nothing_is_held_that_no_bank_holds(self)
        nothing_is_without_an_owner(self)


def opened(accounts: dict[str, int], currency: str) -> dict[str, object]:
    """Accounts as the bank's file has them."""
    rows = [{"account": one, "currency": currency, "minor": minor} for one, minor in accounts.items()]
    return {"accounts": rows}


@pytest.fixture(params=[None, *(pytest.param(seed, marks=pytest.mark.soak) for seed in range(3))])
def night(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Drill]:
    """Three desks and two that do not belong, running; with a seed their lines fail all night."""
    with Drill(tmp_path, None if request.param is None else Random(request.param)) as drill:
        yield drill


def test_a_night_at_three_desks(night: Drill) -> None:
    four_reports_come_in(night)
    malaysia_orders(night)
    thailand_is_silent_and_is_reached(night)
    strangers_are_refused_and_shown(night)
    a_wrong_digit_is_put_right(night)
    the_shift_changes(night)
    a_hold_runs_out_while_its_desk_is_down(night)
    the_rest_ends(night)
    every_expiry_was_seen(night)
    nothing_is_left(night)
    both_sides_agree(night)
    the_night_is_over(night)
    logs_hold(night)


def four_reports_come_in(night: Drill) -> None:
    """Mei takes four reports on the page; each sends its first request before there is a case."""
    paid = {"own_bank": "DBS", "how": "phone", "at": "now"}
    my = paid | {"to_bank": "Maybank", "currency": "MYR", "to_name": "CONTOH TRADING"}
    th = paid | {"to_bank": "KASITHBK", "currency": "THB", "to_name": "CONTOH CO"}
    night.mei.reports(**my, name="Tan Contoh", amount="60000", to_account=MULE)
    night.mei.reports(**my, name="Lim Contoh", amount="3000", to_account=MISTYPED)
    night.mei.reports(**th, name="Ng Contoh", amount="500k", to_account=SECOND_HOP)
    night.mei.reports(**th, name="Ong Contoh", amount="80k", to_account=THIRD_HOP)
    night.mule, night.mistyped = night.asked(MULE, night.my), night.asked(MISTYPED, night.my)
    night.second, night.third = night.asked(SECOND_HOP, night.th), night.asked(THIRD_HOP, night.th)
    for desk in (night.my, night.th):
        assert not any(name in page_of(desk) for name in ("Tan Contoh", "Lim Contoh", "Ng Contoh", "Ong Contoh"))
    assert "closed" in night.mei.opens(f"/requests/{night.sg.known(night.second).message}").text
    night.is_honest()


def page_of(desk: Desk) -> str:
    """All that the first of its people reads of requests."""
    person = next(iter(desk.people.values()))
    return "".join(person.opens(f"/requests/{head.message}").html for head in desk.heads())


def malaysia_orders(night: Drill) -> None:
    """Aminah has it with a thumb; Bala orders, and she approves on the phone; the bank was away and confirms later."""
    night.my_bank.stop()
    for ref in (night.mule, night.mistyped):
        night.aminah.thumbs(ref, "acknowledge")
        night.come_to(ref, State.ACKNOWLEDGED, night.sg)
        page = night.bala.opens(f"/requests/{night.my.known(ref).message}").text
        assert "Contoh Code, section 9" in page and "whole account" in page.lower()
        account = night.accounts[ref]
        amount = {"amount": "60000" if ref == night.mule else "3000", "amount.currency": "MYR"}
        night.bala.says(
            ref,
            "ordered",
            door="police_order",
            authority="Contoh Police",
            law="Contoh Code, section 9",
            order_no=f"A-{account[-2:]}",
            bank="MBBEMYKL",
            account=account,
            whole="on",
            relies="written_order",
            words="account_blocked",
            **amount,
        )
        order = night.bala.at.removeprefix("/approvals/")
        night.bala.signs(f"/approvals/{order}", f"/approvals/{order}", "confirmed")
        assert night.my.thread(ref).state is State.ACKNOWLEDGED
        night.aminah.signs("/duty", f"/duty/approvals/{order}", "approved")
        night.come_to(ref, State.ORDERED, night.my, night.sg)
        night.is_honest()
    night.my_bank.start()
    night.passes(seconds=60)
    for ref in (night.mule, night.mistyped):
        night.come_to(ref, State.HELD, night.my, night.sg)
    thread = night.sg.thread(night.mule)
    assert (thread.blocked_minor, thread.tainted_minor, thread.held_minor) == (10_000_000, 6_000_000, 6_000_000)
    assert thread.ordered_by == "Contoh Police"
    night.is_honest()


def thailand_is_silent_and_is_reached(night: Drill) -> None:
    """The desk is closed: its phone is rung, the ladder opens, words are read out; the bank there is late."""
    night.passes(minutes=5)
    config = through(night.phones)
    night.th.sees(lambda: look(night.th.node.services, config) >= 0 and bool(night.phones.rang()), "rings its phone")
    rung = str(night.phones.taken())
    assert not any(private in rung for private in (night.second, SECOND_HOP, "Contoh", "500,000", "SG-Q"))
    night.passes(minutes=6)
    request = f"/requests/{night.sg.known(night.second).message}"
    assert "Doors, when nobody answers" in night.mei.opens(request).text
    night.mei.says(night.second, "door", door="second_desk", how="phone", outcome="no_answer")
    assert Step.DOOR not in [step.what for step in night.th.steps(night.second)], "which doors are tried stays at home"
    night.mei.says(night.second, "call_back")
    night.th.sees(lambda: Step.CALL_BACK in [step.what for step in night.th.steps(night.second)], "gets the words")
    (here,), (there,) = night.mei.words(night.second), night.somchai.words(night.second)
    assert (here.ours, here.theirs) == (there.theirs, there.ours) and here.ours != here.theirs
    call = f"/duty/{night.th.known(night.second).message}"
    night.somchai.presses(f"{call}/call", f"{call}/heard", {"call": there.id, "same": "yes"})
    for ref, amount in ((night.second, "500000"), (night.third, "80000")):
        night.somchai.thumbs(ref, "acknowledge")
        night.come_to(ref, State.ACKNOWLEDGED, night.sg)
        order = {"door": "police_order", "authority": "Contoh CCIB", "law": ""}  # the door names it
        about = {"bank": "KASITHBK", "account": night.accounts[ref], "amount": amount, "amount.currency": "THB"}
        night.somchai.says(ref, "ordered", order_no="7", relies="statute", words="amount_held", **order, **about)
    night.come_to(night.third, State.HELD, night.th, night.sg)
    night.come_to(night.second, State.DELIVERED, night.th, night.sg)
    night.is_honest()
    assert night.sg.thread(night.second).held_minor == 0, "a bank that is late has confirmed nothing"
    night.passes(minutes=11)
    night.come_to(night.second, State.HELD, night.th, night.sg)
    assert held_at_banks(night)[SECOND_HOP] == night.sg.thread(night.second).held_minor == 50_000_000
    assert [step.what for step in night.th.steps(night.third)].count(Step.CONFIRMED) == 1
    night.is_honest()


def strangers_are_refused_and_shown(night: Drill) -> None:
    """A peer of MY speaks of a thread between MY and SG; a node that nobody introduced knocks."""
    before, services = night.my.thread(night.mule), night.stranger.node.services
    for what, fields in STRANGE:
        said = {"asker": night.sg.id, "what": what.value, "fields": fields, "ground": "", "short": "", "lang": ""}
        heads = night.my.thread(night.mule).heads
        to = frozenset({night.my.id})
        draft = Draft(doc=Doc.STEP, ref=night.mule, said=said, by=OFFICER.id, after=heads, to=to)
        write(services, OFFICER, draft, night.my.id)
    services.events.publish("streams")
    head = night.my.known(night.mule)

    def outsiders() -> int:
        return len(night.my.node.services.store.read(lambda snapshot: snapshot.outsiders(head, limit=10)))

    night.my.sees(lambda: outsiders() == len(STRANGE), "hears the stranger")
    assert night.my.thread(night.mule) == before
    told = night.bala.opens(f"/requests/{head.message}").text
    assert told.count("who says it is no party to this request") == len(STRANGE)
    assert night.sg.thread(night.mule).held_minor == before.held_minor == 6_000_000

    there = night.unknown.node.services
    add_peer(there, OFFICER, describe(night.my.node.services))
    night.unknown.calls(night.my)
    night.unknown.sees(lambda: bool(there.links.state(night.my.id).last_error), "is refused")
    assert not there.links.state(night.my.id).we_read
    assert night.unknown.id not in {one.node for one in night.my.node.services.store.read(lambda s: s.peers())}
    night.is_honest()


def a_wrong_digit_is_put_right(night: Drill) -> None:
    """A digit was wrong: the hold goes on a review clock, a release lies ready, two sign it, the bank lifts it."""
    night.mei.says(night.mistyped, "corrected", why="wrong_digit")
    night.my.sees(lambda: night.my.thread(night.mistyped).reviewing, "is told to review")
    (review,) = [due for due in night.my.thread(night.mistyped).dues if due.clock is Clock.REVIEW]
    left = datetime.fromisoformat(review.at) - night.clock.now()
    assert 11.9 < left.total_seconds() / 3600 <= 12
    assert night.sg.thread(night.mistyped).held_minor == 300_000, "it stands until the authority decides"
    night.my.sees(lambda: bool(night.bala.shown(night.mistyped).orders), "lays a release ready")
    (order,) = night.bala.shown(night.mistyped).orders
    night.bala.signs(f"/approvals/{order}", f"/approvals/{order}", "confirmed")
    night.aminah.signs("/duty", f"/duty/approvals/{order}", "approved")
    night.come_to(night.mistyped, State.RELEASED, night.my, night.sg)
    night.passes(seconds=60)
    night.my.sees(lambda: held_at_banks(night)[MISTYPED] == 0, "has it lifted by the bank")
    night.is_honest()


def the_shift_changes(night: Drill) -> None:
    """Mei offers what she has; each thing stays hers until Ravi, who comes, accepts it by name."""
    services = night.sg.node.services
    threads = {str(night.sg.known(ref).message) for ref in (night.mule, night.second, night.third)}
    assert threads <= night.mei.answers_for()
    night.mei.presses("/hand-over", "/hand-over", {"do": "offer_all", "to": night.ravi.id})
    nothing_is_without_an_owner(night)
    waiting = night.ravi.is_offered()
    assert threads <= set(waiting)
    for number, target in enumerate(waiting):
        assert services.store.read(partial(owner_of, target)) == night.mei.id
        night.ravi.presses("/hand-over", "/hand-over", {"do": "accept", "target": target})
        assert services.store.read(partial(owner_of, target)) == night.ravi.id
        assert len(night.ravi.is_offered()) == len(waiting) - number - 1
    assert not night.mei.answers_for()
    night.is_honest()


def owner_of(target: str, snapshot: Snapshot) -> str:
    """Who answers for a thing."""
    found = snapshot.owner(MessageId(target))
    assert found is not None
    return found.owner


def a_hold_runs_out_while_its_desk_is_down(night: Drill) -> None:
    """SG sees that it ran out, though MY is silent; MY says so at its next start, and somebody there sees it."""
    night.passes(hours=46)
    night.sg.sees(partial(said_by_time, night.sg, night.mule, "warned"), "warns that it ends soon")
    assert night.ravi.sees_clocks() > 0
    night.my.stop()
    night.passes(hours=2)
    assert held_at_banks(night)[MULE] == 0
    night.sg.sees(partial(said_by_time, night.sg, night.mule, "missed"), "says that it ran out")
    assert night.ravi.sees_clocks() > 0
    night.my.start()
    night.come_to(night.mule, State.EXPIRED, night.my, night.sg)
    night.my.sees(partial(said_by_time, night.my, night.mule, "missed"), "says what ran out while it was down")
    assert night.aminah.sees_clocks("/duty") > 0
    night.is_honest()


def said_by_time(desk: Desk, ref: str, state: str) -> bool:
    """Whether an entry says that a hold nears its end, or ran out."""
    head = desk.known(ref)
    dues = desk.node.services.store.read(lambda snapshot: snapshot.dues_of(head.message))
    return any(due.clock == Clock.EXPIRY and due.state == state for due in dues)


def the_rest_ends(night: Drill) -> None:
    """One hold ends as returned; the other by time, which both desks see; reports are closed by name."""
    night.somchai.says(night.third, "returned", amount="80000", order_no="8", at="now", to="Contoh", **THB)
    night.come_to(night.third, State.RETURNED, night.th, night.sg)
    night.passes(hours=24 * 6)
    night.come_to(night.second, State.EXPIRED, night.th, night.sg)
    for desk in (night.sg, night.my, night.th):
        settle_clocks(desk.node.services)  # what ran out is said now, and not when the desk's own thread comes to it
    for person, page in ((night.ravi, "/requests"), (night.aminah, "/duty"), (night.somchai, "/duty")):
        person.sees_clocks(page)
    night.is_honest()
