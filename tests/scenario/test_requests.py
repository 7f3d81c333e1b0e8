# SPDX-License-Identifier: Apache-2.0
"""Requests between two desks: sent once, answered under the answering desk's own law, held only by a bank's word."""

import json
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from lintas.errors import BadInput, LintasError, NotAllowed, UnknownTerm, WrongUse
from lintas.limits import CLAIMS_MAX, DESK_REFUSED_TRIES_MAX, DESK_STEPS_MAX
from lintas.model.desk import Doc, Step
from lintas.model.desk_found import RequestHead
from lintas.model.desk_ref import ALPHABET, is_ref
from lintas.model.ids import MessageId
from lintas.model.marking import Tlp
from lintas.model.scope import WHOLE, Scope
from lintas.model.viewer import Viewer
from lintas.node.node import Node
from lintas.ports.store import Snapshot, Transaction
from lintas.testing import CLERK, FakeClock, carry, two_nodes
from lintas.views.desk_rows import RequestRow, StepRow
from lintas.work.access import scope_of
from lintas.work.accounts import create_account
from lintas.work.desk import Draft, prepare_doc, send_in, thread_in, write_in
from lintas.work.keeping import rebuild
from lintas.work.keeping.erase import erase
from lintas.work.lists import open_list, restrict
from lintas.work.peering import add_peer, describe
from lintas.work.requests import (
    claims_on,
    correct,
    list_requests,
    preview_request,
    say,
    search_requests,
    send,
    show_request,
)
from lintas.work.requests.settling import settle_requests
from lintas.work.requests.stepping import prepare_step, write_step_in
from lintas.work.services import Services, no_progress
from tests.scenario.asking import ACCOUNT, OFFICER, SIGNER, Desks, baht, fields, two_desks


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def desks(tmp_path: Path, clock: FakeClock) -> Iterator[Desks]:
    with two_desks(tmp_path, clock) as pair:
        yield pair


def refused(rule: str, call: Any) -> NotAllowed:
    with pytest.raises(NotAllowed) as caught:
        call()
    assert caught.value.rule == rule, caught.value
    return caught.value


def documents(node: Node) -> int:
    return node.services.store.read(lambda snapshot: snapshot.size())


def digests(node: Node) -> dict[str, tuple[int, str]]:
    return node.services.store.write(lambda tx: tx.views_digest())


def forge(desks: Desks, ref: str, what: str, *, by: Node, asker: Node, **more: Any) -> None:
    """Let a node write a step into a thread without asking anybody, and release it to the answering desk."""
    services = by.services
    said = {"asker": asker.services.keys.node, "what": what, "fields": {}, **more.pop("said", {})}
    to = desks.answers.services.keys.node
    written = prepare_doc(
        services, Draft(doc=Doc.STEP, ref=ref, said=said, by="officer-0666", to=frozenset({to}), **more)
    )

    def job(tx: Transaction) -> None:
        write_in(services, tx, written)
        send_in(services, tx, OFFICER, written.entry.id, to=to, activity="request.answer")

    services.store.write(job)
    carry(by, desks.answers)


def test_a_hold_goes_its_whole_way_and_is_the_same_on_both_sides(desks: Desks) -> None:
    ref = desks.ask()
    assert [one.state for one in desks.seen(ref)] == ["requested", "requested"]
    shown = desks.says("acknowledged", ref)
    assert (shown.state, shown.line.owner) == ("acknowledged", SIGNER.id)
    ordered = desks.says("ordered", ref)
    assert (ordered.state, ordered.amounts.held) == ("ordered", 0)
    assert ordered.expires_at == "2026-03-04T03:00:00.000Z"
    delivered = desks.says("delivered", ref, {"bank": "KASITHBK"})
    assert (delivered.state, delivered.amounts.held) == ("delivered", 0)
    desks.says("confirmed", ref, {"bank": "KASITHBK", "blocked": baht(2_500_000), "tainted": baht(2_500_000)})
    for seen in desks.seen(ref):
        assert (seen.state, seen.amounts.held) == ("held", 2_500_000)
        assert [one.what for one in seen.steps] == ["acknowledged", "ordered", "delivered", "confirmed"]
        assert all(one.counts for one in seen.steps)
    desks.says("returned", ref, {"to": "who paid it"})
    for seen in desks.seen(ref):
        assert (seen.state, seen.amounts.held, seen.amounts.returned) == ("returned", 0, 2_500_000)


def test_an_order_says_its_door_law_authority_and_end(desks: Desks) -> None:
    ref = desks.ask()
    desks.says("ordered", ref)
    (asker, _) = desks.seen(ref)
    said = asker.steps[-1].fields
    assert said["door"] == "bank_hold"
    assert said["law"] == "Decree on technology crime"
    assert said["authority"] == "Sample desk TH"
    assert said["account"]["value"] == ACCOUNT["value"]
    (due,) = [one for one in asker.dues if one.clock == "expiry"]
    assert due.confirmed
    assert due.source


def test_the_law_that_who_orders_names_stands_in_the_order(desks: Desks) -> None:
    ref = desks.ask()
    desks.says("ordered", ref, {"law": "Decree on technology crime, section 7"})
    (asker, _) = desks.seen(ref)
    assert asker.steps[-1].fields["law"] == "Decree on technology crime, section 7"


def test_two_desks_that_press_the_same_button_send_it_once(desks: Desks) -> None:
    to = desks.answers.services.keys.node
    first = send(desks.asks.services, OFFICER, to=to, form="hold", fields=fields())
    before = documents(desks.asks)
    other = replace(OFFICER, id="officer-0002")
    again = send(desks.asks.services, other, to=to, form="hold", fields=fields(value="123-456 7890"))
    assert (again.ref, again.is_new, again.note) == (first.ref, False, "asked-already")
    assert documents(desks.asks) == before + 1  # who was shown it
    desks.carry()
    assert len(list_requests(desks.answers.services, SIGNER).lines) == 1


def test_another_victim_of_the_same_account_is_another_request(desks: Desks) -> None:
    first = desks.ask()
    second = desks.ask(fields(7_000_000))
    assert first != second


def test_what_is_over_can_be_asked_anew(desks: Desks) -> None:
    first = desks.ask()
    say(desks.asks.services, OFFICER, first, "withdrawn")
    assert desks.ask() != first


def test_the_same_is_not_sent_again_and_again_to_who_refuses_it(desks: Desks) -> None:
    for number in range(DESK_REFUSED_TRIES_MAX):
        to = desks.answers.services.keys.node
        shown = send(desks.asks.services, OFFICER, to=to, form="hold", fields=fields())
        assert shown.note == ("refused-before" if number else "")
        desks.carry()
        desks.says("refused", shown.ref, ground="too_small")
    refused("refused-before", desks.ask)
    assert desks.ask(fields(9_999_900))  # mended, it is another one


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        ({"form": "confiscate"}, UnknownTerm),
        ({"form": "igrip"}, WrongUse),
        ({"fields": {"account": ACCOUNT}}, BadInput),
        ({"fields": {"account": ACCOUNT, "amount": {"minor": 0, "currency": "THB"}}}, BadInput),
        ({"fields": fields(shoe_size=43)}, BadInput),
        ({"urgency": "yesterday"}, BadInput),
        ({"to": "nobody"}, UnknownTerm),
        ({"report": "SG-Q-7K3QF-9D2MX-4"}, BadInput),
        ({"agreement": "SG-A-00000-00000-0"}, LintasError),
        ({"purpose": "curiosity"}, NotAllowed),
        ({"basis": "friendship"}, NotAllowed),
        ({"short": "x" * 501}, BadInput),
    ],
)
def test_a_request_that_cannot_be_is_not_sent(desks: Desks, wrong: dict[str, Any], error: type[LintasError]) -> None:
    before = documents(desks.asks)
    said = {"to": desks.answers.services.keys.node, "form": "hold", "fields": fields()} | wrong
    with pytest.raises(error):
        send(desks.asks.services, OFFICER, **said)
    assert documents(desks.asks) == before


def test_before_it_is_sent_one_sees_who_gets_it_and_which_door_is_there(desks: Desks) -> None:
    said: dict[str, Any] = {"to": desks.answers.services.keys.node, "form": "hold", "fields": fields()}
    before = documents(desks.asks)
    seen = preview_request(desks.asks.services, OFFICER, **said)
    assert seen.may_go
    earmarks = {door.code: door.earmark for door in seen.doors}
    assert (earmarks["bank_hold"], earmarks["police_order"]) == ("yes", "yes")
    assert seen.desk is not None
    assert (seen.desk.code, seen.desk.is_open) == ("aoc", None)
    assert "levels-unconfirmed" in seen.warnings
    assert seen.seen_by.nodes == [desks.asks.services.keys.node, desks.answers.services.keys.node]
    wrong = preview_request(desks.asks.services, OFFICER, **(said | {"fields": {}}))
    assert not wrong.may_go
    assert {name for name, _ in wrong.rejected} == {"account", "amount"}
    desks.ask()
    assert preview_request(desks.asks.services, OFFICER, **said).same
    assert documents(desks.asks) > before


def test_a_role_without_the_power_orders_nothing(desks: Desks) -> None:
    ref = desks.ask()
    for what in ("ordered", "extended", "released", "returned", "forfeited", "reviewed"):
        refused("role", lambda what=what: say(desks.answers.services, OFFICER, ref, what))
    analyst = Viewer(id="officer-0007", clearance=Tlp.RED, role="analyst")
    for what in ("acknowledged", "refused", "noted"):
        refused("role", lambda what=what: say(desks.answers.services, analyst, ref, what))
    refused("role", lambda: send(desks.asks.services, analyst, to="x", form="hold", fields={}))
    operator = Viewer(id="officer-0008", clearance=Tlp.RED, role="operator")
    with pytest.raises(NotAllowed):
        show_request(desks.answers.services, operator, ref)


def test_the_asking_desk_orders_nothing(desks: Desks) -> None:
    ref = desks.ask()
    refused("side", lambda: say(desks.asks.services, SIGNER, ref, "ordered"))
    refused("side", lambda: say(desks.asks.services, SIGNER, ref, "confirmed", {"bank": "x", "blocked": baht(1)}))
    refused("side", lambda: say(desks.answers.services, SIGNER, ref, "withdrawn"))


def test_no_person_says_what_only_the_node_says(desks: Desks) -> None:
    ref = desks.ask()
    desks.held(ref)
    refused("by-the-node", lambda: say(desks.answers.services, SIGNER, ref, "expired"))
    refused("by-the-node", lambda: say(desks.answers.services, SIGNER, ref, "instructed"))


def test_nobody_without_clearance_sees_a_request(desks: Desks) -> None:
    ref = desks.ask()
    with pytest.raises(UnknownTerm):
        show_request(desks.asks.services, CLERK, ref)
    assert list_requests(desks.asks.services, CLERK).lines == []
    assert search_requests(desks.asks.services, CLERK, "1234567890").lines == []
    with pytest.raises(UnknownTerm):
        say(desks.asks.services, CLERK, ref, "noted", short="x")


def test_what_is_said_in_a_restricted_thread_is_restricted_too(desks: Desks) -> None:
    ref = desks.ask()
    services = desks.answers.services
    on_list = replace(SIGNER, lists=frozenset({"op-lintang"}))
    message = show_request(services, SIGNER, ref).line.message
    local = Viewer(id="local:cli", clearance=Tlp.RED)
    keeper = create_account(services, name="Aminah", password=None, role="case_officer", clearance=Tlp.RED)
    open_list(services, local, "op-lintang", [keeper])
    restrict(services, local, "op-lintang", [message])
    say(services, on_list, ref, "noted", short="quietly")
    with pytest.raises(UnknownTerm):
        show_request(services, SIGNER, ref)
    assert list_requests(services, SIGNER).lines == []
    (step,) = show_request(services, on_list, ref).steps
    head = services.store.read(lambda snapshot: snapshot.head(step.message, scope=WHOLE))  # type: ignore[arg-type]  # an id
    assert head is not None
    assert services.store.read(lambda snapshot: snapshot.lists_on(head.seq)) == ["op-lintang"]
    assert show_request(services, on_list, ref).seen_by.lists == ["op-lintang"]


def test_a_refusal_names_a_ground_of_the_pack(desks: Desks) -> None:
    ref = desks.ask()
    with pytest.raises(WrongUse):
        desks.says("refused", ref)
    with pytest.raises(UnknownTerm):
        desks.says("refused", ref, ground="mood")
    with pytest.raises(WrongUse):
        desks.says("noted", ref, ground="too_small")
    assert desks.says("refused", ref, ground="sovereignty").ground == "sovereignty"
    assert [one.ground for one in desks.seen(ref)] == ["sovereignty", "sovereignty"]


@pytest.mark.parametrize(
    ("what", "given", "error"),
    [
        ("ordered", {"door": "window"}, UnknownTerm),
        ("ordered", {"power": "release"}, NotAllowed),
        ("ordered", {"account": {"value": "1234567891"}}, NotAllowed),
        ("ordered", {"amount": baht(2_500_001)}, NotAllowed),
        ("ordered", {"amount": {"minor": 1, "currency": "SGD"}}, NotAllowed),
        ("ordered", {"amount": baht(0)}, BadInput),
        ("ordered", {"expires_at": "2026-02-01T00:00:00Z"}, BadInput),
        ("ordered", {"expires_at": "2026-03-02T00:00:00"}, BadInput),
        ("ordered", {"relies": "hope"}, UnknownTerm),
        ("ordered", {"words": "hello"}, UnknownTerm),
        ("ordered", {"whole": "yes"}, BadInput),
        ("answered", {"answers": {"question": "x"}}, WrongUse),
        ("promised", {"at": "2026-02-01T00:00:00Z", "to": "x"}, BadInput),
        ("kept", {"promise": "a" * 32}, NotAllowed),
        ("gone", {"amount": {"minor": 1, "currency": "SGD"}}, NotAllowed),
        ("paid", {}, UnknownTerm),
    ],
)
def test_a_step_that_cannot_be_is_not_said(
    desks: Desks, what: str, given: dict[str, Any], error: type[LintasError]
) -> None:
    ref = desks.ask()
    before = documents(desks.answers)
    with pytest.raises(error):
        desks.says(what, ref, given)
    assert documents(desks.answers) == before


def test_an_end_that_the_law_does_not_allow_is_cut_to_what_it_allows(desks: Desks) -> None:
    ref = desks.ask()
    shown = desks.says("ordered", ref, {"expires_at": "2026-03-20T00:00:00Z"})
    assert shown.expires_at == "2026-03-04T03:00:00.000Z"


def test_where_no_clock_is_confirmed_a_person_says_the_end(tmp_path: Path, clock: FakeClock) -> None:
    with two_nodes(tmp_path, clock=clock) as (malaysia, singapore):
        shown = send(
            singapore.services,
            OFFICER,
            to=malaysia.services.keys.node,
            form="hold",
            fields=fields(value="514012345678"),
        )
        carry(singapore, malaysia)
        law = {"law": "Contoh Act, section 1"}
        with pytest.raises(BadInput):
            say(malaysia.services, SIGNER, shown.ref, "ordered")
        with pytest.raises(BadInput):
            say(malaysia.services, SIGNER, shown.ref, "ordered", law)
        ends = {"expires_at": "2026-03-04T11:00:00+08:00"}
        assert say(malaysia.services, SIGNER, shown.ref, "ordered", law | ends).state == "ordered"


def test_nothing_is_held_without_the_amount_that_a_bank_confirmed(desks: Desks) -> None:
    ref = desks.ask()
    desks.says("ordered", ref)
    for given in ({"bank": "K"}, {"bank": "K", "blocked": baht(0)}, {"bank": "", "blocked": baht(1)}):
        with pytest.raises(LintasError):
            desks.says("confirmed", ref, given)
    future = {"bank": "K", "blocked": baht(1), "at": "2026-03-01T04:00:00Z"}
    with pytest.raises(BadInput):
        desks.says("confirmed", ref, future)
    assert desks.seen(ref)[0].amounts.held == 0


def test_a_bank_that_blocks_the_whole_account_reports_both_amounts(desks: Desks) -> None:
    ref = desks.ask()
    shown = desks.held(ref, whole=True, blocked=90_000_000)
    assert (shown.amounts.blocked, shown.amounts.tainted, shown.amounts.held) == (90_000_000, 2_500_000, 2_500_000)


def test_a_later_order_for_a_blocked_account_is_a_claim_on_that_block(desks: Desks) -> None:
    first = desks.ask()
    desks.held(first, whole=True, blocked=6_000_000)
    second = desks.ask(fields(7_000_000))
    claimed = desks.says("ordered", second)
    assert [one.what for one in claimed.steps] == ["ordered", "delivered", "confirmed"]
    assert claimed.steps[1].fields["channel"] == "claim"
    assert (claimed.state, claimed.amounts.blocked, claimed.amounts.held) == ("partly", 6_000_000, 3_500_000)
    together = claims_on(desks.answers.services, SIGNER, first)
    assert {line.ref for line in together.lines} == {first, second}
    assert (together.asked, together.held, together.blocked) == (9_500_000, 6_000_000, 6_000_000)
    assert not together.is_covered


def test_amounts_that_a_bank_holds_one_by_one_add_up(desks: Desks) -> None:
    first, second = desks.ask(), desks.ask(fields(700_000))
    desks.held(first)
    desks.held(second, minor=700_000, blocked=700_000)
    together = claims_on(desks.answers.services, SIGNER, first)
    assert (together.asked, together.held, together.blocked) == (3_200_000, 3_200_000, 3_200_000)
    assert together.is_covered


def test_the_same_number_at_another_bank_is_another_account(desks: Desks) -> None:
    first = desks.ask()
    desks.held(first, whole=True, blocked=9_000_000)
    elsewhere = desks.ask({"account": ACCOUNT | {"bank": "BKKBTHBK"}, "amount": baht(2_500_000)})
    assert elsewhere != first, "it asks for something else, and is sent"
    ordered = desks.says("ordered", elsewhere)
    assert (ordered.state, ordered.amounts.held) == ("ordered", 0), "no bank confirmed it"
    together = claims_on(desks.answers.services, SIGNER, first)
    assert [line.ref for line in together.lines] == [first]
    branch = desks.ask({"account": ACCOUNT | {"bank": "KASITHBKXXX"}, "amount": baht(100)})
    assert desks.says("ordered", branch).state == "held"


def test_many_requests_about_an_account_hide_no_block_of_it(desks: Desks) -> None:
    node, asker = desks.answers.services.keys.node, desks.asks.services.keys.node
    rows = [
        RequestRow(
            seq=number - 1_000,  # before all that is in the log
            message=MessageId(f"{number:064x}"),
            asker=asker,
            answerer=node,
            ref=f"SG-Q-FLOOD-{number:05}-0",
            doc=f"{number:032x}",
            form="hold",
            power="hold",
            desk="aoc",
            urgency="now",
            agreement="",
            case_ref="",
            report="",
            by="officer-0666",
            at="2026-03-01T03:00:00.000Z",
            levels="{}",
            amount_minor=1,
            currency="THB",
            subject="1234567890",
        )
        for number in range(CLAIMS_MAX)
    ]
    desks.answers.services.store.write(lambda tx: tx.apply(rows))
    first = desks.ask()
    desks.held(first, whole=True, blocked=9_500_000)
    second = desks.ask(fields(7_000_000))
    assert desks.says("ordered", second).state == "held"
    desks.says("released", first)
    assert desks.seen(second)[1].state == "acknowledged", "a claim ends with its block"


@pytest.mark.parametrize("bank", ["", "BKKBTHBK"])
def test_a_number_whose_bank_is_not_known_claims_no_block(desks: Desks, bank: str) -> None:
    desks.held(desks.ask(), whole=True, blocked=9_000_000)
    ref = desks.ask({"account": ACCOUNT | {"bank": bank}, "amount": baht(100)})
    assert desks.says("ordered", ref).state == "ordered"


def test_a_claim_holds_no_more_than_was_ordered(desks: Desks) -> None:
    desks.held(desks.ask(), whole=True, blocked=9_000_000)
    second = desks.ask(fields(2_000_000))
    assert desks.says("ordered", second, {"amount": baht(300_000)}).amounts.held == 300_000


def test_a_claim_ends_with_the_block_that_it_stands_on(desks: Desks) -> None:
    first = desks.ask()
    desks.held(first, whole=True, blocked=9_500_000)
    second = desks.ask(fields(7_000_000))
    desks.says("ordered", second)
    desks.says("released", first)
    for seen in desks.seen(second):
        assert (seen.state, seen.amounts.held) == ("acknowledged", 0)
        assert [due.clock for due in seen.dues if due.clock == "act"] == ["act"]


def test_an_amount_alone_is_no_block_to_claim(desks: Desks) -> None:
    desks.held(desks.ask())
    assert desks.says("ordered", desks.ask(fields(7_000_000))).state == "ordered"


def test_a_hold_ends_at_its_time_and_both_desks_know(desks: Desks) -> None:
    ref = desks.ask()
    desks.held(ref)
    desks.clock.forward(hours=71, minutes=59)
    assert settle_requests(desks.answers.services) == 0
    desks.clock.forward(minutes=1)
    assert settle_requests(desks.asks.services) == 0  # it is not the asking desk's to say
    assert settle_requests(desks.answers.services) == 1
    assert settle_requests(desks.answers.services) == 0
    desks.carry()
    for seen in desks.seen(ref):
        assert (seen.state, seen.amounts.held) == ("expired", 0)
    assert desks.seen(ref)[0].steps[-1].by == "node:self"


def test_a_hold_that_ended_while_the_node_was_down_is_said_at_its_next_start(tmp_path: Path, clock: FakeClock) -> None:
    with two_desks(tmp_path, clock) as desks:
        ref = desks.ask()
        desks.held(ref)
    clock.forward(days=30)
    with two_desks(tmp_path, clock) as desks:
        assert settle_requests(desks.answers.services) == 1
        desks.carry()
        assert [one.state for one in desks.seen(ref)] == ["expired", "expired"]


def test_a_wall_clock_set_back_takes_nothing_back(desks: Desks) -> None:
    ref = desks.ask()
    desks.held(ref)
    desks.clock.forward(hours=73)
    assert settle_requests(desks.answers.services) == 1
    desks.clock.set_back(hours=73)
    assert settle_requests(desks.answers.services) == 0
    assert desks.seen(ref)[1].state == "expired"


def test_an_extension_needs_a_law_that_has_one_or_an_end_after_the_old_one(desks: Desks) -> None:
    ref = desks.ask()
    desks.held(ref)
    refused("no-extension", lambda: desks.says("extended", ref))


def test_a_wrong_hold_is_reviewed_and_released(desks: Desks) -> None:
    ref = desks.ask(report="SG-R-7K3QF-9D2MX-" + _check("SG-R-7K3QF-9D2MX"))
    desks.held(ref)
    done = correct(desks.asks.services, OFFICER, ref, why="wrong_digit")
    assert (done.corrected, done.withdrawn, done.review_s) == ([ref], [], 12 * 3600)
    desks.carry()
    (_, answerer) = desks.seen(ref)
    (due,) = [one for one in answerer.dues if one.clock == "review"]
    assert (due.at, due.is_ours, due.confirmed) == ("2026-03-01T15:00:00.000Z", True, True)
    desks.says("reviewed", ref, {"decision": "released"})
    for seen in desks.seen(ref):
        assert (seen.state, seen.amounts.held, seen.amounts.released) == ("released", 0, 2_500_000)


def test_a_review_may_keep_what_was_held(desks: Desks) -> None:
    ref = desks.ask()
    desks.held(ref)
    correct(desks.asks.services, OFFICER, ref, why="wrong_amount")
    desks.carry()
    shown = desks.says("reviewed", ref, {"decision": "kept"})
    assert (shown.state, shown.reviewing, shown.amounts.held) == ("held", False, 2_500_000)


def test_a_correction_reaches_all_of_a_report_and_nobody_elses_claim(desks: Desks) -> None:
    report = "SG-R-7K3QF-9D2MX-" + _check("SG-R-7K3QF-9D2MX")
    ordered, open_, others = (
        desks.ask(report=report),
        desks.ask(fields(value="999888777"), report=report),
        desks.ask(fields(123)),
    )
    desks.held(ordered)
    done = correct(desks.asks.services, OFFICER, open_, why="no_crime")
    assert (done.corrected, done.withdrawn) == ([ordered], [open_])
    assert desks.seen(others)[0].state == "requested"
    with pytest.raises(UnknownTerm):
        correct(desks.asks.services, OFFICER, others, why="mood")
    refused("side", lambda: correct(desks.answers.services, SIGNER, others, why="no_crime"))


def test_who_is_no_party_changes_nothing_and_is_shown_as_such(tmp_path: Path, clock: FakeClock) -> None:
    with two_desks(tmp_path, clock) as desks, two_nodes(tmp_path / "more", clock=clock) as (stranger, _):
        add_peer(desks.answers.services, OFFICER, describe(stranger.services))
        add_peer(stranger.services, OFFICER, describe(desks.answers.services))
        ref = desks.ask()
        for what in ("withdrawn", "acknowledged"):
            forge(desks, ref, what, by=stranger, asker=desks.asks)
        (_, seen) = desks.seen(ref)
        assert seen.state == "requested"
        assert [(one.side, one.counts) for one in seen.steps] == [("outsider", False)] * 2
        assert all("no party" in one.reason for one in seen.steps)


def test_a_party_that_says_what_is_not_its_turn_changes_nothing(desks: Desks) -> None:
    ref = desks.ask()
    forge(desks, ref, "acknowledged", by=desks.asks, asker=desks.asks)
    forge(desks, ref, "expired", by=desks.asks, asker=desks.asks)
    (_, seen) = desks.seen(ref)
    assert seen.state == "requested"
    assert not any(one.counts for one in seen.steps)


def test_a_request_for_another_node_opens_no_thread_here(desks: Desks) -> None:
    services, to = desks.asks.services, desks.answers.services.keys.node
    ref = desks.ask()
    doc = show_request(services, OFFICER, ref)
    said = {
        "to": "lintas:" + "a" * 52,
        "form": "hold",
        "power": "hold",
        "desk": "aoc",
        "purpose": "scam_response",
        "basis": "police_cooperation",
        "urgency": "now",
        "fields": doc.fields,
        "levels": {},
    }
    other = "SG-Q-00000-00000-" + _check("SG-Q-00000-00000")
    written = prepare_doc(services, Draft(doc=Doc.REQUEST, ref=other, said=said, by="officer-0001", to=frozenset({to})))

    def job(tx: Transaction) -> None:
        write_in(services, tx, written)
        send_in(services, tx, OFFICER, written.entry.id, to=to, activity="request.send")

    services.store.write(job)
    desks.carry()
    with pytest.raises(UnknownTerm):
        show_request(desks.answers.services, SIGNER, other)


def test_a_document_id_that_a_peer_uses_again_counts_once(desks: Desks) -> None:
    ref = desks.ask()
    forge(desks, ref, "withdrawn", by=desks.asks, asker=desks.asks, id="e" * 32)
    forge(desks, ref, "noted", by=desks.asks, asker=desks.asks, id="e" * 32)
    (_, seen) = desks.seen(ref)
    assert seen.state == "withdrawn"
    assert [one.counts for one in seen.steps] == [True, False]


def test_what_stays_at_home_sets_no_clock_at_a_peer_that_is_sent_it(desks: Desks) -> None:
    ref = desks.ask()
    promised = {"fields": {"at": "1990-01-01T00:00:00Z", "to": "x"}}
    forge(desks, ref, "promised", by=desks.asks, asker=desks.asks, said=promised)
    forge(desks, ref, "door", by=desks.asks, asker=desks.asks, said={"fields": {"door": "x", "how": "x"}})
    seen = show_request(desks.answers.services, SIGNER, ref)
    assert [one.counts for one in seen.steps] == [False, False]
    assert [one.clock for one in seen.dues] == ["acknowledge", "act", "answer"]


def test_a_step_that_is_not_known_is_kept_and_says_nothing(desks: Desks) -> None:
    ref = desks.ask()
    with pytest.raises(BadInput):
        forge(desks, ref, "abolished", by=desks.asks, asker=desks.asks)
    assert desks.seen(ref)[1].steps == []


def test_our_clock_alone_starts_our_clocks(tmp_path: Path, clock: FakeClock) -> None:
    """A peer whose clock is years off: what it asks is due by ours."""
    with two_desks(tmp_path, clock) as desks:
        clock.forward(days=4_000)
        ref = send(desks.asks.services, OFFICER, to=desks.answers.services.keys.node, form="hold", fields=fields()).ref
        clock.set_back(days=4_000)
        carry(desks.asks, desks.answers)
        seen = show_request(desks.answers.services, SIGNER, ref)
        assert seen.line.came == "2026-03-01T03:00:00.000Z"
        assert seen.dues[0].at == "2026-03-01T03:05:00.000Z"


def test_views_are_the_same_after_a_rebuild_and_after_an_erasure(desks: Desks) -> None:
    ref = desks.ask()
    desks.held(ref)
    desks.says("noted", ref, short="call the branch")
    gone = desks.ask(fields(1_000, "55500011"))
    noted = show_request(desks.answers.services, SIGNER, ref).steps[-1].message
    request = show_request(desks.answers.services, SIGNER, gone).line.message
    local = Viewer(id="local:cli", clearance=Tlp.RED)
    for message in (noted, request):
        erase(desks.answers.services, local, [message], ground="data_protection")
    with pytest.raises(UnknownTerm):
        show_request(desks.answers.services, SIGNER, gone)
    assert show_request(desks.answers.services, SIGNER, ref).state == "held"
    for node in (desks.asks, desks.answers):
        before = digests(node)
        rebuild(node.services, progress=no_progress)
        after = digests(node)
        assert {view for view in before if before[view] != after[view]} == set()


def test_requests_are_found_by_reference_account_and_words_and_leave_an_entry(desks: Desks) -> None:
    ref = desks.ask(short="the parcel case of lorong")
    other = desks.ask(fields(1_000, "55500011"))
    for text, found in (
        (ref.lower().replace("-", " "), ref),
        ("1234567890", ref),
        ("lorong", ref),
        ("55500011", other),
    ):
        assert [one.ref for one in search_requests(desks.asks.services, OFFICER, text).lines] == [found], text
    assert search_requests(desks.asks.services, OFFICER, "nothing of it").lines == []
    before = documents(desks.asks)
    show_request(desks.asks.services, OFFICER, ref)
    list_requests(desks.asks.services, OFFICER)
    assert documents(desks.asks) == before + 2


def test_of_a_restricted_request_nobody_else_sees_what_either_desk_says_before_or_after(desks: Desks) -> None:
    services = desks.asks.services
    for name in ("Aminah", "Budi"):
        create_account(services, name=name, password=None, role="supervisor", clearance=Tlp.RED)
    keeper, other = (Viewer(id=f"officer-000{number}", clearance=Tlp.RED, role="supervisor") for number in (1, 2))
    open_list(services, keeper, "Quiet")
    keeper = replace(keeper, lists=frozenset({"Quiet"}))
    ref = desks.ask()
    desks.says("clarify", ref, short="which branch")
    say(services, keeper, ref, "clarified", short="the first")
    restrict(services, keeper, "Quiet", [show_request(services, keeper, ref).line.message])
    desks.carry()
    desks.says("ordered", ref)
    steps = show_request(services, keeper, ref).steps
    assert [one.what for one in steps] == ["clarify", "clarified", "ordered"]
    scopes = [scope_of(services, viewer, "request.read") for viewer in (keeper, other)]
    for one in steps:
        heads = [services.store.read(partial(_head, message=MessageId(one.message), scope=scope)) for scope in scopes]
        assert [head is not None for head in heads] == [True, False], one.what
    before = digests(desks.asks)
    rebuild(services, progress=no_progress)
    assert digests(desks.asks) == before


def test_claims_and_previews_tell_nothing_of_a_request_that_one_may_not_see(desks: Desks) -> None:
    services = desks.answers.services
    for name in ("Aminah", "Budi"):
        create_account(services, name=name, password=None, role="supervisor", clearance=Tlp.RED)
    keeper, other = (Viewer(id=f"officer-000{number}", clearance=Tlp.RED, role="supervisor") for number in (1, 2))
    first, second = desks.ask(), desks.ask(fields(700))
    sent, came = (one.line.message for one in desks.seen(first))
    open_list(services, keeper, "Quiet")
    restrict(services, replace(keeper, lists=frozenset({"Quiet"})), "Quiet", [came])
    claims = claims_on(services, other, second)
    assert ([line.ref for line in claims.lines], claims.asked, claims.more) == ([second], 700, False)
    mine = desks.asks.services
    create_account(mine, name="Aminah", password=None, role="supervisor", clearance=Tlp.RED)
    open_list(mine, keeper, "Quiet")
    restrict(mine, replace(keeper, lists=frozenset({"Quiet"})), "Quiet", [sent])
    asked = {"to": services.keys.node, "form": "hold", "fields": fields()}
    assert preview_request(mine, other, **asked).same == ""
    assert preview_request(mine, replace(keeper, lists=frozenset({"Quiet"})), **asked).same == first


def _head(snapshot: Snapshot, *, message: MessageId, scope: Scope) -> object:
    return snapshot.head(message, scope=scope)


def test_lists_are_due_first_or_newest_and_page(desks: Desks) -> None:
    refs = [desks.ask(fields(100 + number, f"77700{number:04}")) for number in range(5)]
    desks.says("acknowledged", refs[0])
    page = list_requests(desks.answers.services, SIGNER, limit=3)
    assert [one.ref for one in page.lines] == refs[1:4]
    rest = list_requests(desks.answers.services, SIGNER, limit=3, after=page.next)
    assert [one.ref for one in rest.lines] == [refs[4], refs[0]]
    newest = list_requests(desks.answers.services, SIGNER, newest=True, limit=2)
    assert [one.ref for one in newest.lines] == [refs[4], refs[3]]
    older = list_requests(desks.answers.services, SIGNER, newest=True, limit=2, after=newest.next)
    assert [one.ref for one in older.lines] == [refs[2], refs[1]]
    assert [one.ref for one in list_requests(desks.answers.services, SIGNER, state="acknowledged").lines] == [refs[0]]
    with pytest.raises(BadInput):
        list_requests(desks.answers.services, SIGNER, newest=True, after="x")


def _check(text: str) -> str:
    """The check character of a reference without one."""
    return next(char for char in ALPHABET if is_ref(f"{text}-{char}"))


@pytest.mark.parametrize(
    "hostile",
    [
        {"account": {"value": 5, "bank": [], "scheme": {}}, "amount": "much"},
        {"account": "1234567890", "amount": {"minor": "1", "currency": "THB"}},
        {"account": {"value": "1234567890", "bank": {"a": 1}}, "amount": [1]},
        {"account": [1, 2], "own_account": {"value": None}, "phone": 7},
        {},
    ],
)
@pytest.mark.parametrize("form", ["hold", "no_such_form"])
def test_a_request_with_fields_of_any_kind_is_refused_whole_or_shown_and_breaks_nothing(
    desks: Desks, hostile: dict[str, Any], form: str
) -> None:
    services, to = desks.asks.services, desks.answers.services.keys.node
    ref = "SG-Q-00000-00000-" + _check("SG-Q-00000-00000")
    said = {
        "to": to,
        "form": form,
        "power": "hold",
        "desk": "aoc",
        "purpose": "scam_response",
        "basis": "police_cooperation",
        "urgency": "now",
        "fields": hostile,
        "levels": {"acknowledge": 1, "moon": 5},
    }
    draft = Draft(doc=Doc.REQUEST, ref=ref, said=said, by="officer-0001", to=frozenset({to}))
    try:
        written = prepare_doc(services, draft)
    except LintasError:
        return  # no reader takes it, so no peer's log brings it here

    def job(tx: Transaction) -> None:
        write_in(services, tx, written)
        send_in(services, tx, OFFICER, written.entry.id, to=to, activity="request.send")

    services.store.write(job)
    carry(desks.asks, desks.answers)
    mine = desks.answers.services
    assert show_request(mine, SIGNER, ref).state == "requested"
    assert claims_on(mine, SIGNER, ref).lines
    assert search_requests(mine, SIGNER, ref).lines
    with suppress(LintasError):
        say(mine, SIGNER, ref, "ordered")
    with suppress(LintasError):
        say(mine, SIGNER, ref, "acknowledged")
    assert show_request(mine, SIGNER, ref).amounts.held == 0


def test_a_thread_in_which_too_much_was_said_ends_and_is_not_told_for_ever(desks: Desks, clock: FakeClock) -> None:
    services, asker = desks.answers.services, desks.asks.services.keys.node
    ref = "SG-Q-00000-00000-" + _check("SG-Q-00000-00000")
    order = {
        "power": "hold",
        "authority": "Contoh",
        "expires_at": "2026-03-02T03:00:00.000Z",
        "clock": "",
        "ground": "",
    }
    rows = [
        StepRow(
            seq=1_000_000 + number,
            message=MessageId(f"{number:064x}"),
            asker=asker,
            ref=ref,
            node=services.keys.node,
            doc=f"{number:032x}",
            after="[]",
            what="noted" if number else "ordered",
            by=SIGNER.id,
            at="2026-03-01T03:00:00.000Z",
            said='{"ground": ""}' if number else json.dumps(order | {"ground": ""}),
        )
        for number in range(DESK_STEPS_MAX)
    ]
    services.store.write(lambda tx: tx.apply(rows))
    said = {
        "to": services.keys.node,
        "form": "hold",
        "power": "hold",
        "desk": "aoc",
        "purpose": "scam_response",
        "basis": "police_cooperation",
        "urgency": "now",
        "fields": fields(),
        "levels": {},
    }
    draft = Draft(doc=Doc.REQUEST, ref=ref, said=said, by="officer-0001", to=frozenset({services.keys.node}))
    written = prepare_doc(desks.asks.services, draft)

    def job(tx: Transaction) -> None:
        write_in(desks.asks.services, tx, written)
        send_in(
            desks.asks.services,
            tx,
            OFFICER,
            written.entry.id,
            to=services.keys.node,
            activity="request.send",
        )

    desks.asks.services.store.write(job)
    desks.carry()
    clock.forward(days=30)
    before = documents(desks.answers)
    assert settle_requests(services) == 0
    assert documents(desks.answers) == before
    (head,) = services.store.read(lambda snapshot: snapshot.requests_called(ref, scope=WHOLE))
    assert head.state == "ordered"
    refused("full", lambda: services.store.write(lambda tx: _note(services, tx, head)))


def _note(services: Services, tx: Transaction, head: RequestHead) -> None:
    said = {"fields": {}, "ground": "", "short": "x", "lang": "en"}
    thread = thread_in(tx, head)
    written = prepare_step(services, tx, SIGNER.id, head, thread, Step.NOTED, said)
    write_step_in(services, tx, SIGNER, head, thread, Step.NOTED, written)


def test_a_desk_without_a_usual_basis_is_told_what_to_set_and_says_nothing(tmp_path: Path, clock: FakeClock) -> None:
    with two_desks(tmp_path, clock, answering="CN") as desks:
        about = {"account": {**ACCOUNT, "country": "CN"}, "amount": baht(2_500_000)}
        shown = send(desks.asks.services, OFFICER, to=desks.answers.services.keys.node, form="hold", fields=about)
        desks.carry()
        with pytest.raises(WrongUse, match="no usual legal basis"):
            say(desks.answers.services, SIGNER, shown.ref, "acknowledged")
        assert show_request(desks.answers.services, SIGNER, shown.ref).steps == []
