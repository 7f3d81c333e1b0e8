# SPDX-License-Identifier: Apache-2.0
"""Whose bank is asked next: where the most money is followed that nobody knows for certain."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from lintas.model.money import NEVER, FlowLine, HeldLine, Knowledge, Method, TraceResult
from lintas.policy.next_hop import next_hops


def held(account: str, minor: int, confirmed: int = 0, at: int = 5) -> HeldLine:
    return HeldLine(
        account=account,
        currency="MYR",
        minor=minor,
        confirmed=confirmed,
        knowledge=Knowledge.INFERRED,
        balance=minor,
        first_at=at,
        last_at=at + 1,
        depth=1,
        channel="instant",
    )


def flow(payer: str, payee: str, tainted: int, confirmed: int = 0, at: int = 3) -> FlowLine:
    said: dict[str, Any] = {"payment": f"e2e:{payer}{payee}{at}", "message": "0" * 64, "row": 1, "credit_at": at}
    said |= {"currency": "MYR", "minor": tainted, "credit_currency": "MYR", "credit_minor": tainted, "depth": 1}
    said |= {"payer": payer, "payee": payee, "at": at, "tainted": tainted, "confirmed": confirmed, "arrived": tainted}
    return FlowLine(**(said | {"kind": "transfer", "channel": ""}))


def result(*lines: HeldLine | FlowLine) -> TraceResult:
    flows = tuple(one for one in lines if isinstance(one, FlowLine))
    return TraceResult(
        method=Method.FIFO,
        backward=False,
        flows=flows,
        flows_total=len(flows),
        held=tuple(one for one in lines if isinstance(one, HeldLine)),
        left=(),
        legs=(),
        conserved=True,
        payments=len(flows),
        rows=len(flows),
        accounts=0,
    )


def test_the_most_uncertain_money_comes_first_with_its_first_and_last_time() -> None:
    found = next_hops(result(held("MBBEMYKL:1", 50, 20), flow("CIBBMYKL:2", "MBBEMYKL:1", 90, 10, at=9)))
    assert [(one.account, one.unsure, one.since, one.last) for one in found] == [
        ("CIBBMYKL:2", 80, 9, 9),
        ("MBBEMYKL:1", 30, 5, 6),
    ]
    assert found[0].country == "MY"


def test_what_is_certain_is_asked_of_nobody() -> None:
    assert next_hops(result(held("A", 50, 50), flow("A", "B", 7, 7))) == ()


def test_an_account_through_which_money_went_unseen_is_asked_though_nothing_is_left_there() -> None:
    (one,) = next_hops(result(flow("A", "", 7), flow("A", "", 3, at=NEVER)))
    assert (one.account, one.unsure, one.since) == ("A", 10, 3)


def test_nobody_is_asked_about_no_account() -> None:
    assert next_hops(result(flow("", "A", 7))) == ()


@given(
    st.lists(
        st.builds(held, st.sampled_from("ABCD"), st.integers(0, 100), st.integers(0, 50))
        | st.builds(flow, st.sampled_from("ABCD"), st.sampled_from("ABCD"), st.integers(0, 100), st.integers(0, 50)),
        max_size=12,
    )
)
def test_each_account_stands_once_in_the_order_of_its_uncertain_money(lines: list[HeldLine | FlowLine]) -> None:
    found = next_hops(result(*lines))
    assert len({one.account for one in found}) == len(found) and all(one.unsure > 0 for one in found)
    assert [one.unsure for one in found] == sorted((one.unsure for one in found), reverse=True)
