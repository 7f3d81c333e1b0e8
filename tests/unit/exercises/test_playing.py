# SPDX-License-Identifier: Apache-2.0
"""Desks that trace what banks tell them, against the truth: all at once, late, and with what makes it hard."""

from contextlib import suppress
from dataclasses import replace
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lintas.cli.exercise_game import AT_ONCE, Game, Pace
from lintas.errors import BadInput
from lintas.exercises.record import Done, Record, read_record, write_record
from lintas.exercises.score import cents, score_of
from lintas.exercises.world import Inject
from tests.unit.exercises.worlds import EVERY, SEEDS, played, world


def scored(seed: int, injects: tuple[Inject, ...] = (), *, at_once: bool = True) -> dict[str, Any]:
    return score_of(world(seed, injects), played(seed, injects, at_once=at_once))


@pytest.mark.parametrize("seed", range(SEEDS))
def test_when_everybody_answers_at_once_all_that_can_be_reached_is_held_and_nothing_else(seed: int) -> None:
    said = scored(seed)
    assert {code: part["rightly"] for code, part in said["held"].items()} == said["reachable"]
    assert said["share_of_reachable"] == 1.0
    assert said["wrong_holds"] == []
    assert said["missed_expiries"] == []
    assert said["basis_errors"] == []


@pytest.mark.parametrize("seed", range(SEEDS))
@pytest.mark.slow
def test_desks_that_take_minutes_hold_less_and_hardly_anything_wrong(seed: int) -> None:
    """A bank that blocks minutes after it was asked may find other money there: the score shows it."""
    slow = scored(seed, at_once=False)
    assert 0 < slow["share_of_reachable"] < 1.0
    wrong = sum(cents({one["currency"]: one["minor"]}) for one in slow["wrong_holds"])
    assert wrong < cents({code: part["confirmed"] for code, part in slow["held"].items()}) // 10
    hops = {one["hop"]: one["minutes"] for one in slow["minutes_per_hop"]}
    assert hops[0] < hops[max(hops)]


@pytest.mark.slow
def test_the_slower_the_desks_the_less_is_held() -> None:
    def share(factor: int) -> float:
        pace = Pace(acknowledge_s=60 * factor, order_s=120 * factor, answer_s=90 * factor)
        found = [score_of(world(seed), Game(world(seed), pace).play()) for seed in range(2)]
        return sum(float(one["share_of_reachable"]) for one in found)

    assert share(0) > share(1) > share(4)


@pytest.mark.parametrize("inject", [Inject.WRONG_DIGIT, Inject.NODE_OFFLINE, Inject.THAI_ANSWER, Inject.CLOCK_SKEW])
@pytest.mark.slow
def test_what_costs_time_costs_money(inject: Inject) -> None:
    """Over several seeds: in one world the money may lie where it does not matter."""
    easy = [scored(seed, at_once=False) for seed in range(SEEDS // 2)]
    hard = [scored(seed, (inject,), at_once=False) for seed in range(SEEDS // 2)]
    assert sum(one["share_of_lost"] for one in hard) < sum(one["share_of_lost"] for one in easy)


@pytest.mark.parametrize("seed", range(SEEDS))
@pytest.mark.parametrize("inject", [Inject.INNOCENT_SALARY, Inject.TWO_CASES, Inject.DUPLICATE_REPORT])
@pytest.mark.slow
def test_what_only_confuses_costs_nothing_where_everybody_is_quick(seed: int, inject: Inject) -> None:
    said = scored(seed, (inject,))
    assert said["share_of_reachable"] == 1.0
    assert said["wrong_holds"] == []


def test_the_trafficked_holder_is_protected_and_the_money_held() -> None:
    said = scored(2, (Inject.TRAFFICKED_MULE,))
    assert said["protected"] == {"wanted": 1, "done": 1}
    assert said["share_of_reachable"] == 1.0


def test_the_same_world_is_played_the_same_way_again() -> None:
    assert Game(world(1, EVERY), Pace()).play() == played(1, EVERY, at_once=False)


def test_desks_that_do_not_look_at_clocks_miss_every_hold() -> None:
    pace = replace(AT_ONCE, extends=False)
    record = Game(world(1), pace).play()
    said = score_of(world(1), record)
    holds = [one.hold for one in record.events if one.what == "held"]
    assert said["missed_expiries"] == sorted(holds)
    assert holds


def changed(record: Record, *events: Done) -> Record:
    order = sorted((*record.events, *events), key=lambda one: one.at_s)
    return msgspec.structs.replace(record, events=tuple(order))


def a_hold(record: Record) -> Done:
    return next(one for one in record.events if one.what == "held")


def test_a_second_hold_for_the_same_money_is_wrong() -> None:
    record = played(1)
    again = msgspec.structs.replace(a_hold(record), hold="AGAIN")
    said = score_of(world(1), changed(record, again))
    assert [(one["hold"], one["minor"]) for one in said["wrong_holds"]] == [("AGAIN", again.minor)]


def test_a_hold_of_clean_money_is_wrong_in_full() -> None:
    record, made = played(1), world(1)
    touched = {move.payee for move in made.moves if move.network} | {move.payer for move in made.moves if move.network}
    clean = next(account for account in made.accounts.values() if account.key not in touched and account.opening > 500)
    one = msgspec.structs.replace(
        a_hold(record), hold="CLEAN", account=clean.key, currency=clean.currency, minor=500, unit=""
    )
    said = score_of(made, changed(record, one))
    assert [(wrong["account"], wrong["minor"]) for wrong in said["wrong_holds"]] == [(clean.key, 500)]


def test_a_basis_that_does_not_cover_the_other_country_is_an_error() -> None:
    record = played(1)
    asked = next(one for one in record.events if one.what == "asked")
    wrong = msgspec.structs.replace(asked, basis="egg_and_spoon", request="wrong")
    assert [one["request"] for one in score_of(world(1), changed(record, wrong))["basis_errors"]] == ["wrong"]


def test_a_hold_that_was_released_in_time_is_not_missed() -> None:
    record = Game(world(1), replace(AT_ONCE, extends=False)).play()
    first = a_hold(record)
    done = Done(at=first.at, node=first.node, what="released", hold=first.hold)
    events = tuple(part for one in record.events for part in ((one, done) if one.hold == first.hold else (one,)))
    said = score_of(world(1), msgspec.structs.replace(record, events=events))
    assert first.hold not in said["missed_expiries"]


@pytest.mark.parametrize("change", [{"seed": 2}, {"scale": 2}, {"nodes": ("MY",)}, {"injects": ("clock_skew",)}])
def test_the_record_of_another_exercise_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(BadInput):
        score_of(world(1), msgspec.structs.replace(played(1), **change))


@pytest.mark.parametrize(
    "change", [{"hold": ""}, {"report": "R99"}, {"what": "extended", "hold": "none"}, {"what": "released", "hold": "x"}]
)
def test_a_record_that_names_what_is_not_there_is_refused(change: dict[str, Any]) -> None:
    record = played(1)
    with pytest.raises(BadInput):
        score_of(world(1), changed(record, msgspec.structs.replace(a_hold(record), **change)))


def test_a_record_is_read_as_it_was_written() -> None:
    record = played(1, EVERY)
    assert read_record(write_record(record)) == record


def test_a_record_out_of_order_is_refused() -> None:
    record = played(1)
    turned = msgspec.structs.replace(record, events=record.events[::-1])
    with pytest.raises(BadInput):
        read_record(write_record(turned))


@pytest.mark.parametrize(
    "raw", [b"", b"{}", b"[]", b"\xff", b'{"v":1}', b'{"v":2,"mode":"live"}', b"null", b"[" * 9_999]
)
def test_what_is_no_record_is_refused(raw: bytes) -> None:
    with pytest.raises(BadInput):
        read_record(raw)


def test_a_record_of_a_live_node_is_refused() -> None:
    with pytest.raises(BadInput):
        read_record(write_record(played(1)).replace(b'"mode": "exercise"', b'"mode": "live"'))


@given(st.binary(max_size=300))
def test_no_bytes_make_the_reader_of_records_fail_otherwise(raw: bytes) -> None:
    with suppress(BadInput):
        read_record(raw)
