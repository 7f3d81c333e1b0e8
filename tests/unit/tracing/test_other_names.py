# SPDX-License-Identifier: Apache-2.0
"""A payment that two sources call by names of different kinds is one where a name agrees, else perhaps one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lintas.tracing.joining import Payments, join
from lintas.tracing.table import from_rows
from tests.unit.tracing.ledgers import Pay, pay, rows_of

DAY = 86_400 * 10**6
WIRE = pay("a", "b", 10, DAY, "uetr:1", legs=1, of="e2e:E1")  # pacs.008
REPORT = pay("a", "b", 10, DAY + 5, "id:17:E1", legs=1, of="e2e:R9")  # goAML: transaction number, internal number
INNER = pay("a", "b", 10, DAY + 5, "id:17:T1", legs=1, of="e2e:E1")
OTHER = pay("a", "b", 10, DAY + 5, "id:17:T2", legs=1, of="e2e:T2")


def joined(*messages: list[Pay]) -> Payments:
    return join(from_rows([(f"m{place}", rows_of(pays)) for place, pays in enumerate(messages)]))


def said(found: Payments) -> list[str]:
    return [line for line in found.objections if "perhaps" in line]


@pytest.mark.parametrize("report", [REPORT, INNER])
@pytest.mark.parametrize("wire", [WIRE, pay("a", "b", 10, DAY, "e2e:E1", legs=1)])
def test_a_number_of_a_report_that_is_the_end_to_end_id_joins_it(report: Pay, wire: Pay) -> None:
    found = joined([wire], [report])
    assert (found.count, int(found.sources[0]), bool(found.guessed[0]), said(found)) == (1, 2, False, [])
    assert found.name(0) == wire.reference


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(pay("a", "c", 10, DAY, "id:17:E1", legs=1, of="e2e:E1"), id="another payee"),
        pytest.param(pay("c", "b", 10, DAY, "id:17:E1", legs=1, of="e2e:E1"), id="another payer"),
        pytest.param(pay("b", "a", 10, DAY, "id:17:E1", legs=1, of="e2e:E1"), id="the way back"),
        pytest.param(pay("a", "b", 11, DAY, "id:17:E1", legs=1, of="e2e:E1"), id="another amount"),
        pytest.param(pay("a", "b", 10, 4 * DAY, "id:17:E1", legs=1, of="e2e:E1"), id="days later"),
        pytest.param(pay("a", "b", 10, DAY, "uetr:2", legs=1, of="e2e:E1"), id="another UETR"),
        pytest.param(pay("a", "b", 10, DAY, "e2e:E2", legs=1), id="another end-to-end id"),
        pytest.param(
            pay("a", "b", 10, DAY, "id:17:E1", legs=1, of="e2e:E1", debit_currency="USD", credit_currency="USD"),
            id="another currency",
        ),
        pytest.param(pay("a", "b", 10, DAY, "id:17:E1", legs=1, of="e2e:E1", kind="return"), id="a return"),
    ],
)
def test_what_contradicts_it_stays_apart_and_is_not_even_perhaps_the_same(other: Pay) -> None:
    found = joined([WIRE], [other])
    assert (found.count, said(found)) == (2, [])
    assert not found.guessed.any()


def test_without_a_common_name_it_is_perhaps_the_same_and_inferred() -> None:
    found = joined([WIRE], [OTHER])
    assert found.count == 2
    assert found.guessed.all()
    (line,) = said(found)
    assert line.startswith("1 payments are perhaps told twice") and "uetr:1" in line and "id:17:T2" in line


def test_two_equal_payments_of_one_day_told_by_both_sources_stay_two() -> None:
    wires = [pay("a", "b", 10, DAY + n, f"uetr:{n}", legs=1, of=f"e2e:E{n}") for n in (1, 2)]
    reports = [pay("a", "b", 10, DAY + n, f"id:17:E{n}", legs=1, of=f"e2e:E{n}") for n in (1, 2)]
    found = joined(wires, reports)
    assert found.count == 2
    assert [int(count) for count in found.sources] == [2, 2]
    assert said(found) == []


@pytest.mark.parametrize("name", ["e2e:RENT", "e2e:E1"])
def test_a_name_that_one_source_uses_twice_joins_nothing(name: str) -> None:
    wires = [pay("a", "b", 10, DAY + n, f"uetr:{n}", legs=1, of=name) for n in (1, 2)]
    found = joined(wires, [pay("a", "b", 10, DAY, "id:17:T1", legs=1, of=name)])
    assert found.count == 3
    assert len(said(found)) == 1


def test_one_message_tells_of_two() -> None:
    found = joined([WIRE, REPORT], [pay("x", "y", 1, DAY)])
    assert (found.count, said(found)) == (3, [])


TRUE = st.lists(
    st.tuples(st.sampled_from("ab"), st.sampled_from("cd"), st.integers(1, 2), st.integers(0, 5 * DAY)), max_size=8
)


@given(TRUE, st.lists(st.sampled_from(["wire", "report", "both", "neither"]), min_size=8, max_size=8))
def test_payments_of_different_names_are_never_joined_and_those_of_one_name_always(
    true: list[tuple[str, str, int, int]], told: list[str]
) -> None:
    """Each payment has its own end-to-end id: so as many payments come out as were told, whoever told them."""
    wires, reports = [], []
    for number, ((payer, payee, minor, at), how) in enumerate(zip(true, told, strict=False)):
        if how in {"wire", "both"}:
            wires.append(pay(payer, payee, minor, at, f"uetr:{number}", legs=1, of=f"e2e:E{number}"))
        if how in {"report", "both"}:
            reports.append(pay(payer, payee, minor, at + 7, f"id:17:E{number}", legs=1, of=f"e2e:R{number}"))
    found = joined(wires, reports)
    assert found.count == sum(how != "neither" for _, how in zip(true, told, strict=False))
    assert sorted(int(count) for count in found.sources) == sorted(
        2 if how == "both" else 1 for _, how in zip(true, told, strict=False) if how != "neither"
    )
    assert joined(reports, wires).count == found.count


@given(TRUE, TRUE)
def test_payments_without_a_common_name_stay_as_many_as_were_told(
    wired: list[tuple[str, str, int, int]], reported: list[tuple[str, str, int, int]]
) -> None:
    wires = [pay(a, b, minor, at, f"uetr:{n}", legs=1, of=f"e2e:E{n}") for n, (a, b, minor, at) in enumerate(wired)]
    reports = [
        pay(a, b, minor, at, f"id:17:T{n}", legs=1, of=f"e2e:T{n}") for n, (a, b, minor, at) in enumerate(reported)
    ]
    found = joined(wires, reports)
    assert found.count == len(wired) + len(reported)
    near = any(one[:3] == other[:3] and abs(one[3] - other[3]) <= 2 * DAY for one in wired for other in reported)
    assert bool(said(found)) == near == bool(found.guessed.any())
