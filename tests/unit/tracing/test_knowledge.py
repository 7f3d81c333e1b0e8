# SPDX-License-Identifier: Apache-2.0
"""Nothing is called confirmed that more rows could take back."""

import os
from random import Random

import pytest

from lintas.model.money import Method
from lintas.tracing.reference import trace
from tests.unit.tracing.worlds import END, make_query, make_world, torn

ROUNDS = int(os.environ.get("R", "25"))


@pytest.mark.parametrize("missing", [0.0, 0.1, 0.5, 0.9])
@pytest.mark.parametrize("method", list(Method))
def test_what_is_confirmed_is_never_more_than_the_truth(method: Method, missing: float) -> None:
    shown = 0
    for number in range(ROUNDS):
        dice = Random(f"{method}{missing}{number}")
        world = make_world(dice, accounts=dice.randrange(2, 7), pays=dice.randrange(1, 40))
        query = make_query(dice, world, method, until=dice.choice((END * 2, END, END // 2)))
        truth = trace(world.table(), query)
        told = trace(torn(dice, world, missing), query)
        flows = {line.payment: line.tainted for line in truth.flows}
        for line in told.flows:
            assert line.confirmed <= min(line.tainted, flows.get(line.payment, 0)), (number, line)
        held = {(line.account, line.currency): line.minor for line in truth.held}
        for one in told.held:
            assert one.confirmed <= min(one.minor, held.get((one.account, one.currency), 0)), (number, one)
        left = {(line.payment, line.why): line.minor for line in truth.left}
        for gone in told.left:
            if gone.why != "flight":
                assert gone.confirmed <= min(gone.minor, left.get((gone.payment, gone.why), 0)), (number, gone)
        shown += sum(line.confirmed for line in told.flows) + sum(one.confirmed for one in told.held)
    assert shown or missing > 0.5
