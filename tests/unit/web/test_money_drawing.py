# SPDX-License-Identifier: Apache-2.0
"""The drawing of a flow of money: all that is drawn is in the trace, in its place, and inside the picture."""

from hypothesis import given
from hypothesis import strategies as st

from lintas.model.money_answers import CurrencyShown, FlowShown, HeldShown, TraceShown
from lintas.web.console.money_drawing import FLOWS_MAX, LANES_MAX, draw, knowledge_of

HERE, THERE = "MBBEMYKL:", "CONTSGSG:"


def flow(payer: str, payee: str, minor: int, minute: int, *, depth: int = 1, confirmed: int = 0) -> FlowShown:
    at = f"2026-02-28T{minute // 60 % 24:02d}:{minute % 60:02d}:00.000Z" if minute >= 0 else ""
    return FlowShown(
        payment=f"uetr:{minute}",
        message="m",
        row=1,
        payer=payer,
        payee=payee,
        at=at,
        credit_at=at,
        currency="MYR",
        amount_minor=minor,
        credit_currency="MYR",
        credit_minor=minor,
        tainted_minor=minor,
        confirmed_minor=confirmed,
        arrived_minor=minor,
        depth=depth,
        kind="transfer" if payee else "cash_out",
        channel="",
        sources=1,
    )


def held(account: str, minor: int, knowledge: str = "inferred") -> HeldShown:
    return HeldShown(
        account=account,
        currency="MYR",
        amount_minor=minor,
        confirmed_minor=0,
        knowledge=knowledge,
        balance_minor=minor,
        first_at="",
        last_at="",
        depth=1,
        channel="",
    )


def trace(*flows: FlowShown, rest: tuple[HeldShown, ...] = (), seeded: int = 1_000) -> TraceShown:
    sums = CurrencyShown(
        currency="MYR",
        seeded_minor=seeded,
        injected_minor=0,
        converted_in_minor=0,
        held_minor=0,
        left_minor=0,
        converted_out_minor=0,
        residue_minor=0,
    )
    return TraceShown(
        method="fifo",
        backward=False,
        seeds=[],
        flows=list(flows),
        flows_total=len(flows),
        held=list(rest),
        left=[],
        currencies=[sums] if seeded else [],
        conserved=True,
        messages=1,
        payments=len(flows),
        rows=len(flows),
        accounts=2,
        limits=[],
        objections=[],
        seconds=0.0,
    )


def test_what_a_peer_handed_on_stands_below_who_paid_it() -> None:
    found = draw(trace(flow(THERE + "1", HERE + "1", 1_000, 1, depth=4)), [HERE + "1"], "MY")
    assert found is not None
    assert [layer.depth for layer in found.layers] == [3, 4]
    assert {lane.account: lane.is_seed for lane in found.lanes} == {THERE + "1": False, HERE + "1": True}
    assert [lane.account for lane in sorted(found.lanes, key=lambda lane: lane.y)] == [THERE + "1", HERE + "1"]


def test_accounts_stand_in_layers_and_the_border_is_marked() -> None:
    found = draw(
        trace(
            flow(HERE + "1", HERE + "2", 800, 1),
            flow(HERE + "2", THERE + "3", 500, 9, depth=2),
            flow(HERE + "2", "", 100, 12, depth=2),
            rest=(held(HERE + "2", 200),),
        ),
        [HERE + "1"],
        "MY",
    )
    assert found is not None
    assert [one.depth for one in found.layers] == [0, 1, 2, -1]
    lanes = {one.account or one.why: one for one in found.lanes}
    assert set(lanes) == {HERE + "1", HERE + "2", THERE + "3", "cash"}
    assert lanes[HERE + "1"].is_seed
    assert lanes[THERE + "3"].is_abroad and lanes[THERE + "3"].country == "SG"
    assert lanes[HERE + "2"].held == (0,) and lanes[HERE + "2"].knowledge == "inferred"
    assert [one.border for one in found.arrows] == ["", "SG", ""]
    assert found.arrows[0].width > found.arrows[1].width > found.arrows[2].width
    ys = [lanes[name].y for name in (HERE + "1", HERE + "2", THERE + "3", "cash")]
    assert ys == sorted(ys)


def test_nothing_followed_is_no_drawing() -> None:
    assert draw(trace(), [], "MY") is None


def test_a_seed_without_payments_is_one_lane() -> None:
    found = draw(trace(rest=(held(HERE + "1", 1_000),)), [HERE + "1"], "MY")
    assert found is not None
    assert (len(found.lanes), found.arrows, found.moments) == (1, (), ())


def test_the_largest_payments_are_drawn_and_the_others_counted() -> None:
    flows = [flow(HERE + "0", f"{HERE}{number}", number, number) for number in range(1, 400)]
    found = draw(trace(*flows, seeded=100_000), [HERE + "0"], "MY")
    assert found is not None
    assert len(found.lanes) <= LANES_MAX
    assert len(found.arrows) <= FLOWS_MAX
    assert found.payments == 399
    assert 398 in {one.flow for one in found.arrows}
    assert 0 not in {one.flow for one in found.arrows}


def test_what_is_confirmed_in_part_is_neither() -> None:
    assert [knowledge_of(10, minor) for minor in (0, 4, 10)] == ["inferred", "partly", "confirmed"]


ACCOUNTS = st.sampled_from([HERE + "1", HERE + "2", HERE + "3", THERE + "4", "wallet", ""])
FLOWS = st.lists(
    st.builds(flow, ACCOUNTS, ACCOUNTS, st.integers(0, 2**62), st.integers(-1, 1_439), depth=st.integers(0, 9)),
    max_size=30,
)


@given(FLOWS, st.sets(ACCOUNTS.filter(bool)), st.sampled_from([0, 1, 1_000, 2**62]))
def test_everything_stands_inside_the_picture(flows: list[FlowShown], seeds: set[str], seeded: int) -> None:
    found = draw(trace(*flows, rest=(held(HERE + "2", 5),), seeded=seeded), sorted(seeds), "MY")
    assert found is not None
    for lane in found.lanes:
        assert 0 <= lane.y <= found.height
        assert 0 <= lane.x <= found.width and 0 <= lane.end_x <= found.width
        assert all(band.x >= 0 and band.x + band.width <= found.width + 0.2 for band in lane.bands)
        assert all(band.width > 0 and 0 < band.height <= 22 for band in lane.bands)
    for arrow in found.arrows:
        assert 0 < arrow.width <= 22
        assert 0 <= arrow.step < len(found.moments)
        assert 0 <= arrow.flow < len(flows)
