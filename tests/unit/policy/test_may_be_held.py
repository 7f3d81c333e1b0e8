# SPDX-License-Identifier: Apache-2.0
"""What a hold may reach: money in accounts, and money in the account beyond the border."""

from dataclasses import dataclass
from typing import Any

import msgspec

from lintas.model.money import FlowLine, HeldLine, Knowledge, LeftLine, Method, TraceResult
from lintas.policy.hold_list import may_be_held

ABROAD = "KASITHBK:0123456789"


@dataclass(frozen=True, slots=True, kw_only=True)
class Paid:
    """A payment over the border."""

    number: int = 1
    minor: int = 1_000
    tainted: int = 600
    at: int = 50
    channel: str = "instant"
    credited: tuple[int, str] = (1_000, "SGD")

    @property
    def flow(self) -> FlowLine:
        said: dict[str, Any] = {"payer": "CONTSGSG:1", "payee": ABROAD, "message": "0" * 64, "row": 1, "depth": 2}
        said |= {"at": self.at, "credit_at": self.at, "currency": "SGD", "minor": self.minor, "kind": "transfer"}
        said |= {"credit_minor": self.credited[0], "credit_currency": self.credited[1], "confirmed": self.tainted}
        return FlowLine(
            **(said | {"payment": f"e2e:{self.number}", "tainted": self.tainted, "arrived": 0, "channel": self.channel})
        )

    @property
    def left(self) -> LeftLine:
        return LeftLine(
            why="border",
            account="CONTSGSG:1",
            to=ABROAD,
            currency="SGD",
            minor=self.tainted,
            confirmed=self.tainted,
            payment=f"e2e:{self.number}",
            at=self.at,
        )


def result(*paid: Paid, left: tuple[LeftLine, ...] = (), held: tuple[HeldLine, ...] = ()) -> TraceResult:
    return TraceResult(
        method=Method.FIFO,
        backward=False,
        flows=tuple(one.flow for one in paid),
        flows_total=len(paid),
        held=held,
        left=(*(one.left for one in paid), *left),
        legs=(),
        conserved=True,
        payments=len(paid),
        rows=len(paid),
        accounts=2,
    )


def test_money_beyond_the_border_is_in_the_account_there_and_nobody_here_knows_more() -> None:
    (line,) = may_be_held(result(Paid()))
    assert (line.account, line.currency, line.minor, line.confirmed) == (ABROAD, "SGD", 600, 0)
    assert (line.knowledge, line.channel, line.last_at, line.depth) == (Knowledge.UNKNOWN, "instant", 50, 2)


def test_several_payments_into_one_account_are_one_line_by_the_channel_of_the_largest() -> None:
    (line,) = may_be_held(result(Paid(), Paid(number=2, tainted=900, at=90, channel="wire"), Paid(number=3, tainted=5)))
    assert (line.minor, line.first_at, line.last_at, line.channel) == (1_505, 50, 90, "wire")


def test_cash_fees_and_what_went_nowhere_known_are_reached_by_no_hold() -> None:
    gone = [
        LeftLine(why=why, account="CONTSGSG:1", to="", currency="SGD", minor=9, confirmed=9)
        for why in ("cash", "fee", "outside", "depth", "flight", "border")
    ]
    assert may_be_held(result(left=tuple(gone))) == ()


def test_a_payment_that_is_not_among_the_flows_counts_all_the_same() -> None:
    (line,) = may_be_held(result(left=(Paid().left,)))
    assert (line.minor, line.channel, line.last_at) == (600, "", 50)


def test_a_trace_that_looks_backward_reaches_nothing() -> None:
    assert may_be_held(msgspec.structs.replace(result(Paid()), backward=True)) == ()


def test_what_is_in_accounts_here_stays_as_the_trace_says_it() -> None:
    held = HeldLine(
        account="CONTSGSG:1",
        currency="SGD",
        minor=4,
        confirmed=4,
        knowledge=Knowledge.CONFIRMED,
        balance=9,
        first_at=1,
        last_at=2,
        depth=0,
        channel="",
    )
    assert may_be_held(result(Paid(), held=(held,)))[0] is held
