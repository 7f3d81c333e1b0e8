# SPDX-License-Identifier: Apache-2.0
import json
from collections import Counter, defaultdict
from hashlib import sha256
from typing import Any

import pytest

from lintas.config.packs import read_packs
from lintas.errors import BadInput
from lintas.exercises import Order, files_of, make_world
from lintas.exercises.books import Books
from lintas.exercises.lands import HOUSES, LANDS
from lintas.exercises.truth import truth_of
from lintas.exercises.world import Inject, Role
from lintas.formats.emvco import QrPayment, read_payment
from lintas.formats.identifiers.accounts import bank_account
from lintas.formats.slips import read_codes
from lintas.limits import EXERCISE_SCALE_MAX
from lintas.model.identifier import Identifier
from lintas.model.money import PaymentKind
from tests.unit.exercises.worlds import EVERY, SEEDS, files, order, world


def truth(seed: int, injects: tuple[Inject, ...] = ()) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(files(seed, injects)["truth.json"])
    return found


def test_the_same_seed_gives_the_same_bytes_and_another_one_others() -> None:
    again = dict(files_of(make_world(order(1, EVERY))))
    assert again == files(1, EVERY)
    assert files(2, EVERY)["truth.json"] != again["truth.json"]


def test_a_time_of_its_own_moves_everything_and_changes_nothing_else() -> None:
    moved = make_world(Order(seed=1, starts_at=1_800_000_000))
    assert moved.first_hour_at == 1_800_000_000
    by = moved.first_hour_at - world(1).first_hour_at
    assert [move.debit_at - by for move in moved.moves] == [move.debit_at for move in world(1).moves]
    assert [move.id for move in moved.moves] == [move.id for move in world(1).moves]


def test_the_head_lists_every_other_file_with_its_digest() -> None:
    head = json.loads(files(1, EVERY)["exercise.json"])
    listed = {one["path"]: one["sha256"] for one in head["files"]}
    assert listed == {
        path: sha256(data).hexdigest() for path, data in files(1, EVERY).items() if path != "exercise.json"
    }
    assert head["mode"] == "exercise"


@pytest.mark.parametrize("seed", range(SEEDS))
def test_no_account_has_two_events_in_one_second(seed: int) -> None:
    seen: Counter[tuple[str, int]] = Counter()
    for move in world(seed, EVERY).moves:
        seen[move.payer, move.debit_at] += 1
        seen[move.payee, move.credit_at] += 1
    assert {place for place, count in seen.items() if count > 1 and ":" in place[0]} == set()


@pytest.mark.parametrize("seed", range(SEEDS))
def test_no_money_is_made_or_lost_in_the_books(seed: int) -> None:
    books = Books(world(seed, EVERY))
    books.forward(world(seed, EVERY).ends_at)
    went: dict[str, int] = defaultdict(int)
    for one in books.moved:
        went[one.unit, one.move.credit_currency] += one.arrived  # type: ignore[index]  # two parts in a test
        if one.hop:
            went[one.unit, one.move.currency] -= one.minor  # type: ignore[index]
        if not one.move.payee:
            went[one.unit, one.move.credit_currency] -= one.arrived  # type: ignore[index]
    there: dict[Any, int] = defaultdict(int)
    for (_, currency), units in books.pots():
        for unit, minor in units.items():
            there[unit, currency] += minor
    assert {place: minor for place, minor in went.items() if minor} == dict(there)
    assert books.in_flight() == {}


@pytest.mark.parametrize("seed", range(SEEDS))
def test_money_goes_through_many_hands_within_the_hour_and_out(seed: int) -> None:
    moved = truth(seed)["moves"]
    assert max(one["hop"] for one in moved) >= 4
    assert {"transfer", "cash_out"} <= {one["kind"] for one in moved}
    assert len({one["payee"].partition(":")[0][4:6] for one in moved if ":" in one["payee"]}) >= 3


@pytest.mark.parametrize("seed", range(SEEDS))
def test_the_minutes_add_up_to_what_each_unit_brought(seed: int) -> None:
    """Where no currency changes; a change is counted in the other currency."""
    said = truth(seed)
    brought = {one["unit"]: (one["currency"], one["minor"]) for one in said["units"]}
    for unit, (currency, minor) in brought.items():
        first = next(one for one in said["minutes"] if any(part[0] == unit for part in one["where"]))
        parts = [part for part in first["where"] if part[0] == unit]
        if all(part[2] == currency for part in parts) and len(parts) == 1:
            assert sum(part[3] for part in parts) == minor


def test_no_bank_of_an_exercise_exists() -> None:
    pack = read_packs(None).identifiers
    assert all(bic[7] == "0" and bic not in pack.banks and len(bic) == 8 for bic in HOUSES)


@pytest.mark.parametrize("seed", range(SEEDS))
def test_accounts_have_the_form_of_their_country(seed: int) -> None:
    pack = read_packs(None).identifiers
    for account in world(seed, EVERY).accounts.values():
        found = bank_account(account.key, pack, "")
        assert isinstance(found, Identifier)
        assert found.country == account.country
        if not account.number.startswith("C"):
            assert len(account.number) == HOUSES[account.bic].digits


@pytest.mark.parametrize("seed", range(SEEDS))
def test_the_slip_says_what_was_paid_to_whom(seed: int) -> None:
    packs = read_packs(None)
    for report in world(seed).reports:
        codes = read_codes(files(seed)[f"nodes/{report.node}/slips/{report.ref}.png"])
        assert len(codes.codes) == 1
        paid = read_payment(codes.codes[0], packs.identifiers)
        move = next(move for move in world(seed).moves if move.id == report.moves[0])
        assert isinstance(paid, QrPayment)
        assert paid.rejected == ()
        assert paid.amount is not None
        assert (paid.amount.minor, paid.amount.currency) == (move.minor, move.currency)
        assert paid.reference == move.end_to_end


@pytest.mark.parametrize("seed", range(SEEDS))
def test_every_file_says_that_it_is_an_exercise(seed: int) -> None:
    for path, data in files(seed, EVERY).items():
        if path.endswith((".png", "mapping.json", ".csv", "behaviour.json", "mt940.txt")):
            continue  # a format that has no room for it; the folder says it
        assert b"exercise" in data.lower(), path


@pytest.mark.parametrize("inject", EVERY)
def test_each_inject_alone_can_be_made(inject: Inject) -> None:
    plain, hard = world(3), world(3, (inject,))
    assert hard.injects == (inject,)
    assert truth_of(hard) != truth_of(plain) or inject in (Inject.CLOCK_SKEW, Inject.NODE_OFFLINE, Inject.THAI_ANSWER)


@pytest.mark.parametrize("seed", range(SEEDS))
def test_the_wrong_account_is_somebody_elses_and_never_had_the_money(seed: int) -> None:
    said = truth(seed, EVERY)
    hard = world(seed, EVERY)
    clean = {one["account"] for one in said["accounts"] if one["clean"]}
    assert len(said["wrong_accounts"]) == 1
    assert set(said["wrong_accounts"]) <= clean
    report = next(one for one in hard.reports if one.corrected_at)
    assert report.account in said["wrong_accounts"]
    assert report.corrected_at > report.at


@pytest.mark.parametrize("seed", range(SEEDS))
def test_a_salary_stands_among_the_money_of_an_account_that_was_used(seed: int) -> None:
    hard = world(seed, (Inject.INNOCENT_SALARY,))
    used = [
        move
        for move in hard.moves
        if move.note == "SALARY"
        and any(other.payee == move.payee and other.network and other.debit_at < move.debit_at for other in hard.moves)
    ]
    assert any(hard.holders[hard.accounts[move.payee].holder].role is Role.INNOCENT for move in used)


def test_two_networks_share_an_account_only_where_that_is_injected() -> None:
    def shared(injects: tuple[Inject, ...]) -> set[str]:
        by: dict[str, set[str]] = defaultdict(set)
        for move in world(4, injects).moves:
            if move.network and move.payer:
                by[move.payer].add(move.network)
        return {account for account, networks in by.items() if len(networks) > 1}

    assert shared(()) == set()
    assert len(shared((Inject.TWO_CASES,))) == 1


@pytest.mark.parametrize("seed", range(SEEDS))
def test_a_victim_who_still_believes_pays_after_the_first_report(seed: int) -> None:
    hard = world(seed, (Inject.STILL_BELIEVES,))
    first = min(report.at for report in hard.reports)
    late = [move for move in hard.moves if move.unit and move.debit_at > first]
    assert any(move.unit in report.units for move in late for report in hard.reports)


def test_a_bank_that_answers_in_thai_needs_thailand() -> None:
    with pytest.raises(BadInput):
        make_world(Order(seed=1, nodes=("MY", "SG"), injects=(Inject.THAI_ANSWER,)))


@pytest.mark.parametrize("nodes", [("MY",), ("SG", "MY"), ("CN", "TH", "ID"), tuple(LANDS)])
def test_any_countries_can_play(nodes: tuple[str, ...]) -> None:
    made = make_world(Order(seed=5, nodes=nodes))
    assert {account.country for account in made.accounts.values()} == set(nodes)
    assert dict(files_of(made))["exercise.json"]


@pytest.mark.parametrize(
    ("scale", "nodes"), [(0, ()), (-1, ()), (EXERCISE_SCALE_MAX + 1, ()), (1, ("XX",)), (1, ("my",))]
)
def test_what_cannot_be_had_is_refused(scale: int, nodes: tuple[str, ...]) -> None:
    with pytest.raises(BadInput):
        make_world(Order(seed=1, scale=scale, nodes=nodes))


def test_more_countries_join_a_larger_exercise() -> None:
    assert make_world(Order(seed=1, scale=3)).nodes == ("MY", "SG", "TH", "CN", "ID")
    small, large = world(1), make_world(Order(seed=1, scale=3))
    assert len(large.moves) > 2 * len(small.moves)
    assert large.networks > small.networks


@pytest.mark.parametrize("seed", range(SEEDS))
def test_every_payment_out_of_a_coin_account_is_on_the_chain(seed: int) -> None:
    for move in world(seed).moves:
        if move.currency == "USDT":
            assert move.kind is PaymentKind.CRYPTO
            assert move.payee.startswith("T")
            assert len(move.payee) == 34


@pytest.mark.parametrize("seed", range(SEEDS))
def test_simulated_banks_begin_with_the_same_payments(seed: int) -> None:
    for path, data in files(seed).items():
        if path.endswith("/accounts.json"):
            said = json.loads(data)
            own = {one["account"] for one in said["accounts"]}
            for one in said["bookings"]:
                assert one["from"] in own | {""}
                assert one["to"] in own | {""}
                assert one["from"] or one["to"]
                assert type(one["minor"]) is int
                assert 0 < one["minor"] < 2**53


def test_the_truth_is_the_one_of_the_vectors() -> None:
    from tools.make_exercise_vectors import TARGET, vectors

    assert TARGET.read_bytes() == vectors()
