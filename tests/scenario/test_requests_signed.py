# SPDX-License-Identifier: Apache-2.0
"""Orders about requests: two named people sign, or one under a fast lane that both nodes agreed on; never a machine."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from lintas.errors import LintasError, NotAllowed, UnknownTerm
from lintas.limits import ORDER_S_MAX
from lintas.model.desk import Doc
from lintas.model.header import Kind
from lintas.model.ids import MessageId
from lintas.model.order_answers import OrderShown
from lintas.ports.store import Transaction
from lintas.testing import FakeClock, carry
from lintas.web.local.calling import LOCAL_VIEWER
from lintas.work.agreements import agree, list_agreements
from lintas.work.appending import append, as_payload, prepare_content
from lintas.work.desk import Draft, prepare_doc, send_in, write_in
from lintas.work.orders import answer, propose, settle_orders, show_order
from lintas.work.proving import verify
from lintas.work.requests import correct, say, send, show_request
from lintas.work.requests.settling import settle_requests
from lintas.work.services import no_progress
from tests.scenario.asking import Desks, asked_by, baht, fields, two_desks
from tests.scenario.deciding import Person, people


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def desks(tmp_path: Path, clock: FakeClock) -> Iterator[Desks]:
    with two_desks(tmp_path, clock) as pair:
        yield pair


@pytest.fixture
def askers(desks: Desks) -> list[Person]:
    return people(desks.asks, "Aminah supervisor", "Budi supervisor")


@pytest.fixture
def signers(desks: Desks) -> list[Person]:
    return people(desks.answers, "Chen authorising_officer", "Dewi supervisor", "Eko duty_officer")


def refused(rule: str, call: Any) -> None:
    with pytest.raises(NotAllowed) as caught:
        call()
    assert caught.value.rule == rule, caught.value


def ordering(person: Person, ref: str, what: str = "ordered", **given: Any) -> OrderShown:
    said = {"request": ref, "what": what, "fields": given}
    return propose(person.node.services, person.viewer(), "power.order", said)


def held(desks: Desks, signers: list[Person], ref: str, **more: Any) -> None:
    chen, dewi, eko = signers
    order = ordering(chen, ref, **more)
    if chen.says(order, "confirmed").state != "done":
        dewi.says(order, "approved")
    given = {"bank": "KASITHBK", "blocked": baht(2_500_000), "tainted": baht(2_500_000)}
    say(desks.answers.services, eko.viewer(), ref, "confirmed", given)
    desks.carry()


def lane(desks: Desks, askers: list[Person], signers: list[Person], **terms: Any) -> str:
    """Agree on a fast lane, two people at each node; returns its reference."""
    said = {"forms": ["hold"], "powers": ["hold"], "max": baht(5_000_000), "until": "2026-06-01T00:00:00Z", **terms}
    order = propose(
        desks.asks.services,
        askers[0].viewer(),
        "agreement.change",
        {"what": "proposed", "to": desks.answers.services.keys.node, "terms": said},
    )
    askers[0].says(order, "confirmed")
    result = askers[1].says(order, "approved").result
    assert result is not None
    desks.carry()
    accept(desks, signers, result["ref"])
    return str(result["ref"])


def accept(desks: Desks, signers: list[Person], ref: str) -> None:
    dewi, approver = signers[1], signers[2]
    order = propose(desks.answers.services, dewi.viewer(), "agreement.change", {"what": "accepted", "ref": ref})
    dewi.says(order, "confirmed")
    approver.says(order, "approved")
    desks.carry()


def whole(desks: Desks) -> None:
    for node in (desks.asks, desks.answers):
        found = verify(node.services, progress=no_progress)
        assert found.ok, found.problems


def test_an_own_hold_takes_the_same_people_as_another_desks(desks: Desks, signers: list[Person]) -> None:
    services, (chen, dewi, eko) = desks.answers.services, signers
    refused("needs-order", lambda: send(services, eko.viewer(), to="own", form="hold", fields=fields()))
    asked = propose(services, eko.viewer(), "request.send", {"to": "own", "form": "hold", "fields": fields()})
    result = eko.says(asked, "confirmed").result
    assert result is not None
    again = propose(services, dewi.viewer(), "request.send", {"to": "own", "form": "hold", "fields": fields()})
    twice = dewi.says(again, "confirmed").result
    assert twice is not None and (twice["ref"], twice["is_new"]) == (result["ref"], False)
    ref = str(result["ref"])
    refused("role", lambda: ordering(eko, ref))
    refused("needs-order", lambda: say(services, chen.viewer(), ref, "ordered", {"whole": False}))
    order = ordering(chen, ref)
    assert ("Asked by", "Sample desk TH, this desk itself") in order.tells
    assert chen.says(order, "confirmed").state != "done"
    assert show_request(services, chen.viewer(), ref).state == "requested"  # one person alone orders nothing
    assert dewi.says(order, "approved").state == "done"
    assert show_request(services, chen.viewer(), ref).state == "ordered"
    whole(desks)


def test_a_request_is_sent_with_the_passkey_of_who_sends_it(desks: Desks, askers: list[Person]) -> None:
    to = desks.answers.services.keys.node
    refused(
        "needs-order",
        lambda: send(desks.asks.services, askers[0].viewer(), to=to, form="hold", fields=fields()),
    )
    refused("needs-order", lambda: send(desks.asks.services, LOCAL_VIEWER, to=to, form="hold", fields=fields()))
    ref = asked_by(askers[0], desks, fields())
    assert desks.seen(ref)[1].state == "requested"
    assert asked_by(askers[1], desks, fields()) == ref  # pressed twice
    whole(desks)


def test_two_named_people_sign_an_order_and_one_does_not(
    desks: Desks, askers: list[Person], signers: list[Person]
) -> None:
    chen, dewi, eko = signers
    ref = asked_by(askers[0], desks, fields())
    refused("needs-order", lambda: say(desks.answers.services, chen.viewer(), ref, "ordered"))
    refused("role", lambda: ordering(eko, ref))
    order = ordering(chen, ref)
    assert order.line.needs_second
    assert chen.says(order, "confirmed").state == "confirmed"
    assert show_request(desks.answers.services, chen.viewer(), ref).state == "requested"
    refused("self-approval", lambda: chen.says(order, "approved"))
    assert show_request(desks.answers.services, chen.viewer(), ref).orders == [order.id]
    assert dewi.says(order, "approved").state == "done"
    desks.carry()
    assert show_request(desks.asks.services, askers[0].viewer(), ref).state == "ordered"
    whole(desks)


def test_who_signs_reads_door_law_account_amount_end_and_words(
    desks: Desks, askers: list[Person], signers: list[Person]
) -> None:
    ref = asked_by(askers[0], desks, fields())
    order = ordering(signers[0], ref, relies="spoken_order", words="amount_held")
    tells = dict(order.tells)
    assert tells["Door"] == "Hold by the bank, started by the victim"
    assert tells["Law"] == "Decree on technology crime"
    assert tells["Authority that answers for it"] == "Sample desk TH"
    assert "1234567890" in tells["Account"]
    assert tells["Amount"] == "THB 25,000.00"
    assert tells["Ends"] == "2026-03-04T03:00:00.000Z"
    assert tells["What is blocked"] == "Only the amount"
    assert tells["Words for the holder of the account"].startswith("An amount on your account is held")


def test_two_orders_for_one_request_make_one(desks: Desks, askers: list[Person], signers: list[Person]) -> None:
    chen, dewi, _ = signers
    ref = asked_by(askers[0], desks, fields())
    first, second = ordering(chen, ref), ordering(dewi, ref)
    chen.says(first, "confirmed")
    dewi.says(second, "confirmed")
    dewi.says(first, "approved")
    with pytest.raises(NotAllowed):
        chen.says(second, "approved")
    steps = [one.what for one in show_request(desks.answers.services, chen.viewer(), ref).steps]
    assert steps == ["ordered"]
    whole(desks)


def test_an_order_is_stale_when_the_request_was_withdrawn_meanwhile(
    desks: Desks, askers: list[Person], signers: list[Person]
) -> None:
    chen, dewi, _ = signers
    ref = asked_by(askers[0], desks, fields())
    order = ordering(chen, ref)
    chen.says(order, "confirmed")
    say(desks.asks.services, askers[0].viewer(), ref, "withdrawn")
    desks.carry()
    refused("changed", lambda: dewi.says(order, "approved"))
    assert show_request(desks.answers.services, chen.viewer(), ref).state == "withdrawn"


def test_a_note_in_the_thread_does_not_make_an_order_stale(
    desks: Desks, askers: list[Person], signers: list[Person]
) -> None:
    chen, dewi, _ = signers
    ref = asked_by(askers[0], desks, fields())
    order = ordering(chen, ref)
    chen.says(order, "confirmed")
    say(desks.asks.services, askers[0].viewer(), ref, "noted", short="the branch is at the corner")
    desks.carry()
    assert dewi.says(order, "approved").state == "done"


def test_a_correction_lays_a_release_ready_that_takes_the_passkeys_that_it_takes(
    desks: Desks, askers: list[Person], signers: list[Person]
) -> None:
    chen, dewi, _ = signers
    ref = asked_by(askers[0], desks, fields())
    held(desks, signers, ref)
    correct(desks.asks.services, askers[0].viewer(), ref, why="wrong_digit")
    desks.carry()
    assert settle_requests(desks.answers.services) == 1
    assert settle_requests(desks.answers.services) == 0
    (order,) = show_request(desks.answers.services, chen.viewer(), ref).orders
    with pytest.raises(NotAllowed):
        answer(desks.answers.services, LOCAL_VIEWER, order, "confirmed", None)
    chen.says(order, "confirmed")
    assert show_request(desks.answers.services, chen.viewer(), ref).state == "held"
    dewi.says(order, "approved")
    desks.carry()
    shown = show_request(desks.asks.services, askers[0].viewer(), ref)
    assert (shown.state, shown.amounts.held, shown.amounts.released) == ("released", 0, 2_500_000)
    assert settle_requests(desks.answers.services) == 0
    whole(desks)


def test_a_release_that_nobody_signed_is_laid_ready_again(
    desks: Desks, askers: list[Person], signers: list[Person]
) -> None:
    ref = asked_by(askers[0], desks, fields())
    held(desks, signers, ref)
    correct(desks.asks.services, askers[0].viewer(), ref, why="wrong_digit")
    desks.carry()
    assert settle_requests(desks.answers.services) == 1
    desks.clock.forward(seconds=ORDER_S_MAX + 1)
    settle_orders(desks.answers.services)
    assert settle_requests(desks.answers.services) == 1


def test_under_a_fast_lane_one_named_person_orders_alone(
    desks: Desks, askers: list[Person], signers: list[Person]
) -> None:
    chen, _, eko = signers
    ref = lane(desks, askers, signers)
    request = asked_by(askers[0], desks, fields())
    assert show_request(desks.answers.services, chen.viewer(), request).line.agreement == ref
    refused("role", lambda: ordering(eko, request))
    order = ordering(chen, request)
    assert not order.line.needs_second
    refused("passkey", lambda: answer(desks.answers.services, chen.viewer(), order.id, "confirmed", None))
    assert chen.says(order, "confirmed").state == "done"
    desks.carry()
    assert show_request(desks.asks.services, askers[0].viewer(), request).state == "ordered"
    whole(desks)


def test_what_a_fast_lane_does_not_cover_takes_two(desks: Desks, askers: list[Person], signers: list[Person]) -> None:
    chen = signers[0]
    lane(desks, askers, signers)
    too_much = asked_by(askers[0], desks, fields(5_000_001))
    assert show_request(desks.answers.services, chen.viewer(), too_much).line.agreement == ""
    assert ordering(chen, too_much).line.needs_second
    covered = asked_by(askers[0], desks, fields())
    order = ordering(chen, covered)
    chen.says(order, "confirmed")
    say(desks.answers.services, chen.viewer(), covered, "confirmed", {"bank": "K", "blocked": baht(2_500_000)})
    assert ordering(chen, covered, "released").line.needs_second  # the lane is for what is ordered anew


def test_a_lane_that_ended_between_asking_and_signing_takes_two(
    desks: Desks, askers: list[Person], signers: list[Person]
) -> None:
    chen = signers[0]
    ref = lane(desks, askers, signers)
    request = asked_by(askers[0], desks, fields())
    order = ordering(chen, request)
    ending = propose(desks.asks.services, askers[0].viewer(), "agreement.change", {"what": "ended", "ref": ref})
    askers[0].says(ending, "confirmed")
    askers[1].says(ending, "approved")
    desks.carry()
    refused("changed", lambda: chen.says(order, "confirmed"))
    assert ordering(chen, request).line.needs_second


def test_a_lane_counts_until_its_end_and_not_after(desks: Desks, askers: list[Person], signers: list[Person]) -> None:
    lane(desks, askers, signers, until="2026-03-01T04:00:00Z")
    request = asked_by(askers[0], desks, fields())
    desks.clock.forward(hours=1)
    assert ordering(signers[0], request).line.needs_second
    assert not list_agreements(desks.asks.services, askers[0].viewer())[0].in_force


def test_a_lane_that_one_node_proposed_is_none(desks: Desks, askers: list[Person], signers: list[Person]) -> None:
    said = {"forms": ["hold"], "powers": ["hold"], "max": None, "until": "2026-06-01T00:00:00Z"}
    node = desks.answers.services.keys.node
    order = propose(
        desks.asks.services,
        askers[0].viewer(),
        "agreement.change",
        {"what": "proposed", "to": node, "terms": said},
    )
    askers[0].says(order, "confirmed")
    askers[1].says(order, "approved")
    desks.carry()
    assert desks.seen(asked_by(askers[0], desks, fields()))[0].line.agreement == ""
    (line,) = list_agreements(desks.answers.services, signers[1].viewer())
    assert (line.waits_for_us, line.in_force) == (True, False)
    refused(
        "accepted",
        lambda: propose(
            desks.asks.services, askers[0].viewer(), "agreement.change", {"what": "accepted", "ref": line.ref}
        ),
    )


def test_other_terms_than_were_proposed_are_no_agreement(
    desks: Desks, askers: list[Person], signers: list[Person]
) -> None:
    """A peer that says it accepted, with a higher amount, is in no lane with us."""
    said = {"forms": ["hold"], "powers": ["hold"], "max": baht(1), "until": "2026-06-01T00:00:00Z"}
    order = propose(
        desks.asks.services,
        askers[0].viewer(),
        "agreement.change",
        {"what": "proposed", "to": desks.answers.services.keys.node, "terms": said},
    )
    askers[0].says(order, "confirmed")
    askers[1].says(order, "approved")
    desks.carry()
    services = desks.answers.services
    (line,) = list_agreements(services, signers[1].viewer())
    terms = {
        "nodes": sorted({services.keys.node, desks.asks.services.keys.node}),
        "forms": ["hold"],
        "powers": ["hold"],
        "max": baht(10**9),
        "from": "2026-03-01T03:00:00.000Z",
        "until": "2026-06-01T00:00:00Z",
        "desks": [],
    }
    written = prepare_doc(
        services,
        Draft(
            doc=Doc.AGREEMENT,
            ref=line.ref,
            said={"proposer": line.proposer, "what": "accepted", "terms": terms},
            by="officer-0001",
            to=frozenset({desks.asks.services.keys.node}),
        ),
    )

    def job(tx: Transaction) -> None:
        write_in(services, tx, written)
        viewer = replace(signers[1].viewer(), session="")
        send_in(services, tx, viewer, written.entry.id, to=desks.asks.services.keys.node, activity="agreement.change")

    services.store.write(job)
    carry(desks.answers, desks.asks)
    assert [one.state for one in list_agreements(desks.asks.services, askers[0].viewer())] == ["proposed"]
    found = verify(services, progress=no_progress)  # and whoever did it at that node is found out
    assert [one for one in found.problems if "it agrees" in one]


def test_an_order_that_says_by_itself_that_one_is_enough_is_not_believed(
    desks: Desks, askers: list[Person], signers: list[Person]
) -> None:
    chen = signers[0]
    request = asked_by(askers[0], desks, fields())
    order = ordering(chen, request)
    services = desks.answers.services

    def forge(tx: Transaction) -> str:
        head = tx.order(MessageId(order.id))
        assert head is not None
        row = tx.payload(head.seq)
        assert row is not None
        said = json.loads(row.data or b"") | {"second": False, "lone": True}
        said["said"]["lane"] = "SG-A-00000-00000-0"
        made = prepare_content(services, Kind.ORDER, as_payload(said))
        append(tx, made)
        return str(made.id)

    forged = services.store.write(forge)
    refused("changed", lambda: chen.says(forged, "confirmed"))  # the node asks again what it rests on
    assert desks.seen(request)[1].state == "requested"


def test_an_agreement_takes_two_people_and_known_forms(desks: Desks, askers: list[Person]) -> None:
    to = desks.answers.services.keys.node
    good = {"forms": ["hold"], "powers": ["hold"], "max": None, "until": "2026-06-01T00:00:00Z"}
    refused(
        "needs-order",
        lambda: agree(desks.asks.services, askers[0].viewer(), what="proposed", to=to, terms=good),
    )
    for wrong, error in (
        ({"forms": ["evidence"]}, UnknownTerm),
        ({"powers": ["release"]}, UnknownTerm),
        ({"forms": []}, LintasError),
        ({"until": "2026-02-01T00:00:00Z"}, LintasError),
        ({"until": "soon"}, LintasError),
        ({"max": "much"}, LintasError),
    ):
        said = {"what": "proposed", "to": to, "terms": good | wrong}
        with pytest.raises(error):
            propose(desks.asks.services, askers[0].viewer(), "agreement.change", said)


def test_an_order_is_shown_to_nobody_who_may_not_see_the_request(
    desks: Desks, askers: list[Person], signers: list[Person]
) -> None:
    (low,) = people(desks.answers, "Farah supervisor GREEN")
    order = ordering(signers[0], asked_by(askers[0], desks, fields()))
    with pytest.raises(UnknownTerm):
        show_order(desks.answers.services, low.viewer(), order.id)
