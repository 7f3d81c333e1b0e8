# SPDX-License-Identifier: Apache-2.0
"""Cases of three nodes: documents carried in any order come to the same case at each."""

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lintas.errors import WrongUse
from lintas.node.node import Node
from lintas.testing import OFFICER, carry
from lintas.work import cases
from tests.scenario.casing import alike, folded, id_of, joint, settle, shown, unchanged
from tests.scenario.heads import World, a_world, meet


def three(world: World) -> tuple[Node, Node, Node]:
    found = (world.make("my"), world.make("sg"), world.make("th"))
    meet(*found)
    return found


def test_three_nodes_of_which_two_join_at_once_come_to_the_same(tmp_path: Path) -> None:
    with a_world(tmp_path) as world:
        one, two, other = three(world)
        ref = cases.open_case(one.services, OFFICER, "Parcel scam").ref
        cases.invite(one.services, OFFICER, ref, id_of(two))
        cases.invite(one.services, OFFICER, ref, id_of(other))
        carry(one, two)
        carry(one, other)
        cases.join(two.services, OFFICER, ref)
        cases.join(other.services, OFFICER, ref)
        settle(one, two, other)
        cases.add_note(other.services, OFFICER, ref, "From the third")
        cases.change(two.services, OFFICER, ref, "summary", "By the second")
        settle(one, two, other)
        found = [alike(folded(node, id_of(one), ref)) for node in (one, two, other)]
        assert found[0] == found[1] == found[2]
        assert len(shown(other, ref).line.members) == 3
        assert [note.text for note in shown(two, ref).notes] == ["From the third"]
        for node in (one, two, other):
            assert shown(node, ref).line.waiting == 0
            unchanged(node)


def test_who_joins_after_another_left_waits_for_nothing(tmp_path: Path) -> None:
    with a_world(tmp_path) as world:
        one, two, other = three(world)
        ref = joint(one, two)
        cases.change(two.services, OFFICER, ref, "summary", "Before it left")
        settle(one, two)
        cases.leave(two.services, OFFICER, ref)
        settle(one, two)
        cases.invite(one.services, OFFICER, ref, id_of(other))
        settle(one, other)
        cases.join(other.services, OFFICER, ref)
        settle(one, other)
        assert shown(other, ref).line.waiting == 0
        assert shown(other, ref).line.standing == "joined"
        cases.add_note(one.services, OFFICER, ref, "After it left")
        settle(one, two, other)
        assert [note.text for note in shown(other, ref).notes] == ["After it left"]
        assert shown(two, ref).notes == []


Act = Callable[[Node, str], object]


ACTS: tuple[Act, ...] = (
    lambda node, ref: cases.change(node.services, OFFICER, ref, "title", f"By {id_of(node)[7:10]}"),
    lambda node, ref: cases.change(node.services, OFFICER, ref, "summary", f"Sum {id_of(node)[7:10]}"),
    lambda node, ref: cases.add_note(node.services, OFFICER, ref, "A note"),
    lambda node, ref: cases.name_officer(node.services, OFFICER, ref, "Somebody"),
    lambda node, ref: cases.add_task(node.services, OFFICER, ref, "A task"),
    lambda node, ref: cases.close(node.services, OFFICER, ref),
    lambda node, ref: cases.reopen(node.services, OFFICER, ref),
    lambda node, ref: cases.leave(node.services, OFFICER, ref),
    lambda node, ref: cases.settle_cases(node.services),
)


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(plan=st.lists(st.tuples(st.integers(0, 2), st.integers(0, len(ACTS) + 5)), min_size=5, max_size=18))
def test_whatever_three_nodes_do_and_however_it_is_carried_they_come_to_the_same(
    tmp_path_factory: pytest.TempPathFactory, plan: list[tuple[int, int]]
) -> None:
    with a_world(tmp_path_factory.mktemp("three")) as world:
        nodes = three(world)
        ref = cases.open_case(nodes[0].services, OFFICER, "Parcel scam").ref
        for other in nodes[1:]:
            cases.invite(nodes[0].services, OFFICER, ref, id_of(other))
            carry(nodes[0], other)
            cases.join(other.services, OFFICER, ref)
        for who, what in plan:
            if what >= len(ACTS):
                carry(nodes[who], nodes[(who + 1 + what % 2) % 3])
                continue
            try:
                ACTS[what](nodes[who], ref)
            except WrongUse:
                continue
        settle(*nodes)
        found = [folded(node, id_of(nodes[0]), ref) for node in nodes]
        inside = [case for case, node in zip(found, nodes, strict=True) if id_of(node) in found[0].joined]
        assert all(alike(case) == alike(inside[0]) for case in inside)
        assert all(not case.waiting for case in inside)
        unchanged(nodes[0])
