# SPDX-License-Identifier: Apache-2.0
"""A case is a pure function of its documents: the same in whatever order they came, whoever else talks into it."""

import random
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from lintas.limits import CASE_DOCS_MAX
from lintas.model.case import Case, CaseFact, Said, Standing
from lintas.model.ids import MessageId
from lintas.views.case_fold import fold_case

A, B, C, D = (f"lintas:{letter * 52}" for letter in "abcd")


class Pen:
    """Writes documents of one case."""

    def __init__(self) -> None:
        self.written: list[CaseFact] = []

    def say(self, by: str, what: Said, after: list[CaseFact], *, id: str = "", **said: Any) -> CaseFact:
        return self.said(by, what, after, said, id)

    def said(self, node: str, what: Said, after: list[CaseFact], said: dict[str, Any], id: str = "") -> CaseFact:
        number = len(self.written) + 1
        fact = CaseFact(
            seq=number,
            message=MessageId(f"{number:064x}"),
            node=node,
            id=id or f"{number * 7919 % 10007:032x}",
            after=tuple(one.id for one in after),
            what=what,
            by="officer-0001",
            at=f"2026-03-01T03:{number // 60:02d}:{number % 60:02d}.000Z",
            said=said,
        )
        self.written.append(fact)
        return fact

    def opened(self, title: str = "Parcel scam") -> CaseFact:
        return self.say(A, Said.OPENED, [], title=title, area="", kind="")

    def invited(self, node: str, after: list[CaseFact], by: str = A, past: list[str] | None = None) -> CaseFact:
        return self.say(by, Said.INVITED, after, node=node, title="", members=[A], past=past or [])

    def joined(self, node: str, after: list[CaseFact]) -> CaseFact:
        return self.say(node, Said.JOINED, after, officer=f"o-{node[7]}")

    def titled(self, node: str, value: str, after: list[CaseFact], *, id: str = "") -> CaseFact:
        return self.say(node, Said.CHANGED, after, id=id, field="title", value=value)

    @property
    def case(self) -> Case:
        return fold_case(A, self.written)


def coordinator(pen: Pen, by: str, new: str, after: list[CaseFact], proposal: str = "") -> CaseFact:
    said = {"node": new, "step": "accepted" if proposal else "proposed", "proposal": proposal}
    return pen.said(by, Said.COORDINATOR, after, said)


def of_two() -> tuple[Pen, CaseFact, CaseFact, CaseFact]:
    pen = Pen()
    root = pen.opened()
    asked = pen.invited(B, [root])
    return pen, root, asked, pen.joined(B, [asked])


def titles(case: Case) -> set[str]:
    return {one.value for one in case.values("title")}


def reasons(case: Case) -> set[str]:
    return {reason for _, _, reason in case.idle}


def test_a_case_that_nobody_opened_is_empty() -> None:
    assert fold_case(A, []) == Case(opener=A, root="")


def test_two_values_written_past_each_other_both_stand() -> None:
    pen, _, _, join = of_two()
    pen.titled(A, "Ours", [join])
    pen.titled(B, "Theirs", [join])
    assert titles(pen.case) == {"Ours", "Theirs"}
    assert [name for name, _ in pen.case.conflicts] == ["title"]
    assert {one.node for one in pen.case.values("title")} == {A, B}


def test_a_document_after_both_settles_a_conflict() -> None:
    pen, _, _, join = of_two()
    both = [pen.titled(A, "Ours", [join]), pen.titled(B, "Theirs", [join])]
    pen.titled(B, "Agreed", both)
    assert titles(pen.case) == {"Agreed"}
    assert pen.case.conflicts == ()


def test_the_same_value_written_twice_is_no_conflict() -> None:
    pen, _, _, join = of_two()
    pen.titled(A, "Same", [join])
    pen.titled(B, "Same", [join])
    assert pen.case.conflicts == ()


def test_a_node_that_was_not_invited_changes_nothing() -> None:
    pen, _, _, join = of_two()
    pen.titled(C, "Evil", [join])
    pen.say(C, Said.JOINED, [join], officer="impostor")
    pen.say(C, Said.NOTE, [join], home=False)
    assert titles(pen.case) == {"Parcel scam"}
    assert pen.case.standing(C) is None
    assert pen.case.of(Said.NOTE) == ()
    assert reasons(pen.case) == {"its node is not in the case"}


def test_an_impostor_cannot_stand_in_the_place_of_a_document_by_its_id() -> None:
    pen, _, _, join = of_two()
    pen.titled(C, "Evil", [join], id="0" * 32)
    real = pen.titled(A, "Real", [join], id="0" * 32)
    pen.titled(B, "Next", [real])
    assert titles(pen.case) == {"Next"}


def test_a_member_cannot_invite_unless_it_coordinates() -> None:
    pen, _, _, join = of_two()
    asked = pen.invited(C, [join], by=B)
    pen.joined(C, [asked])
    assert pen.case.standing(C) is None
    assert reasons(pen.case) == {"only the coordinating desk invites", "its node was not invited"}


def test_an_invited_node_says_nothing_before_it_joins() -> None:
    pen = Pen()
    asked = pen.invited(B, [pen.opened()])
    pen.titled(B, "Early", [asked])
    assert titles(pen.case) == {"Parcel scam"}


def test_whoever_declines_is_not_in_the_case_and_can_be_asked_again() -> None:
    pen = Pen()
    asked = pen.invited(B, [pen.opened()])
    pen.say(B, Said.DECLINED, [asked], ground="no_link")
    assert pen.case.standing(B) is Standing.DECLINED
    again = pen.invited(B, [asked])
    assert pen.case.standing(B) is Standing.INVITED
    pen.joined(B, [again])
    assert pen.case.standing(B) is Standing.JOINED


def test_whoever_left_says_nothing_more() -> None:
    pen, _, _, join = of_two()
    left = pen.say(B, Said.LEFT, [join])
    pen.titled(B, "Afterwards", [left])
    assert titles(pen.case) == {"Parcel scam"}
    assert pen.case.joined == (A,)


def test_whoever_coordinates_does_not_leave() -> None:
    pen, _, _, join = of_two()
    pen.say(A, Said.LEFT, [join])
    assert A in pen.case.joined


def test_another_state_names_no_officer_here() -> None:
    pen, _, _, join = of_two()
    pen.say(B, Said.OFFICER, [join], node=A, name="Somebody")
    pen.say(A, Said.OFFICER, [join], node=A, name="Aminah")
    (ours,) = (one for one in pen.case.members if one.node == A)
    assert [one.value for one in ours.officers] == ["Aminah"]


def test_the_coordinating_desk_changes_when_both_accepted() -> None:
    pen, _, _, join = of_two()
    asked = coordinator(pen, A, B, [join])
    assert pen.case.coordinators == (A,)
    assert pen.case.proposals[0].waits_for == (B,)
    coordinator(pen, B, B, [asked], proposal=asked.id)
    assert pen.case.coordinators == (B,)
    assert pen.case.proposals == ()


def test_nobody_makes_itself_the_coordinating_desk() -> None:
    pen, _, _, join = of_two()
    asked = coordinator(pen, B, B, [join])
    coordinator(pen, B, B, [asked], proposal=asked.id)
    assert pen.case.coordinators == (A,)


def test_a_third_member_proposes_and_both_others_accept() -> None:
    pen, _, _, join = of_two()
    third = pen.joined(C, [pen.invited(C, [join])])
    asked = coordinator(pen, C, B, [third])
    one = coordinator(pen, A, B, [asked], proposal=asked.id)
    assert pen.case.coordinators == (A,)
    coordinator(pen, B, B, [asked], proposal=asked.id)
    assert pen.case.coordinators == (B,)
    assert one.id in pen.case.heads


def test_two_changes_of_the_coordinating_desk_that_crossed_are_a_conflict() -> None:
    pen, _, _, join = of_two()
    third = pen.joined(C, [pen.invited(C, [join])])
    to_b, to_c = coordinator(pen, A, B, [third]), coordinator(pen, A, C, [third])
    coordinator(pen, B, B, [to_b], proposal=to_b.id)
    coordinator(pen, C, C, [to_c], proposal=to_c.id)
    assert pen.case.coordinators == (B, C)
    assert "coordinator" in [name for name, _ in pen.case.conflicts]


def test_only_the_coordinating_desk_closes() -> None:
    pen, _, _, join = of_two()
    pen.say(B, Said.CLOSED, [join])
    assert pen.case.is_open
    pen.say(A, Said.CLOSED, [join])
    assert not fold_case(A, pen.written).is_open


def test_what_comes_after_closing_changes_nothing_until_it_is_reopened() -> None:
    pen, _, _, join = of_two()
    closed = pen.say(A, Said.CLOSED, [join])
    pen.titled(B, "Late", [closed])
    assert titles(pen.case) == {"Parcel scam"}
    again = pen.say(A, Said.REOPENED, [closed])
    pen.titled(B, "On time", [again])
    assert titles(pen.case) == {"On time"}


def test_a_task_is_ended_by_its_node_alone() -> None:
    pen, _, _, join = of_two()
    third = pen.joined(C, [pen.invited(C, [join])])
    task = pen.say(A, Said.TASK, [third], title="Look", to=B, officer="", due="", request="")
    pen.say(C, Said.TASK_STATE, [task], task=task.id, state="done")
    assert pen.case.tasks[0].is_open
    pen.say(B, Said.TASK_STATE, [task], task=task.id, state="done")
    assert [one.value for one in fold_case(A, pen.written).tasks[0].states] == ["done"]
    assert "it is another node's task" in reasons(pen.case)


def test_a_state_of_a_task_that_nobody_set_changes_nothing() -> None:
    pen, _, _, join = of_two()
    pen.say(A, Said.TASK_STATE, [join], task="0" * 32, state="done")
    assert reasons(pen.case) == {"there is no such task"}


def test_documents_wait_for_those_they_name() -> None:
    pen, _, _, join = of_two()
    first = pen.titled(A, "First", [join])
    second = pen.titled(B, "Second", [first])
    early = fold_case(A, [one for one in pen.written if one is not first])
    assert early.waiting == (second.id,)
    assert early.missing == (first.id,)
    assert titles(early) == {"Parcel scam"}
    assert titles(pen.case) == {"Second"}


def test_what_an_invitation_calls_past_is_waited_for_no_longer() -> None:
    pen, _, _, join = of_two()
    gone = pen.titled(B, "By who left", [join])
    left = pen.say(B, Said.LEFT, [gone])
    asked = pen.invited(C, [left], past=[join.id, gone.id, left.id])
    pen.joined(C, [asked])
    seen = fold_case(A, [one for one in pen.written if one.node != B])
    assert seen.waiting == ()
    assert seen.standing(C) is Standing.JOINED


def test_a_node_can_go_on_without_what_does_not_come() -> None:
    pen, root, _, join = of_two()
    gone = pen.titled(B, "Erased", [join])
    pen.titled(A, "After it", [gone])
    pen.say(A, Said.PASSED, [root], past=[gone.id])
    seen = fold_case(A, [one for one in pen.written if one is not gone])
    assert titles(seen) == {"After it"}
    assert seen.missing == ()


def test_an_invited_node_sees_by_whom_before_anything_else_came() -> None:
    pen, _, _, join = of_two()
    asked = pen.invited(C, [join])
    early = fold_case(A, [asked])
    assert [(one.node, one.by) for one in early.calls] == [(C, A)]
    assert early.root == ""


def test_documents_that_name_each_other_wait_for_good_and_harm_nobody() -> None:
    pen, _, _, join = of_two()
    one = CaseFact(
        **{name: getattr(join, name) for name in CaseFact.__slots__} | {"id": "1" * 32, "after": ("2" * 32,)}
    )
    two = CaseFact(
        **{name: getattr(join, name) for name in CaseFact.__slots__} | {"id": "2" * 32, "after": ("1" * 32,)}
    )
    case = fold_case(A, [*pen.written, one, two])
    assert set(case.waiting) == {"1" * 32, "2" * 32}
    assert case.standing(B) is Standing.JOINED


def test_a_node_that_says_two_things_under_one_id_says_the_same_one_everywhere() -> None:
    pen, _, _, join = of_two()
    pen.titled(B, "One", [join], id="3" * 32)
    pen.titled(B, "Two", [join], id="3" * 32)
    forward, backward = fold_case(A, pen.written), fold_case(A, pen.written[::-1])
    assert titles(forward) == titles(backward)
    assert len(titles(forward)) == 1
    assert "its node said something else under the same id" in reasons(forward)


def test_nobody_drowns_the_others() -> None:
    pen, _, _, join = of_two()
    last = join
    for number in range(CASE_DOCS_MAX + 50):
        last = pen.titled(B, f"{number}", [join], id=f"{number + 10**6:032x}")
    pen.titled(A, "Heard", [join], id="f" * 32)
    assert "Heard" in titles(pen.case)
    assert last.id not in {one.doc for one in pen.case.values("title")}


@st.composite
def stories(draw: st.DrawFn) -> list[CaseFact]:
    """Documents of four nodes, each after some of those before it, some of them nonsense."""
    pen = Pen()
    pen.opened()
    for _ in range(draw(st.integers(2, 22))):
        node = draw(st.sampled_from((A, A, B, B, C, D)))
        after = draw(st.lists(st.sampled_from(pen.written), min_size=1, max_size=3, unique_by=id))
        match draw(st.integers(0, 9)):
            case 0 | 1:
                pen.invited(draw(st.sampled_from((B, C, D))), after, by=node)
            case 2 | 3:
                pen.joined(node, after)
            case 4:
                pen.say(node, Said.DECLINED, after, ground="law")
            case 5:
                pen.say(node, draw(st.sampled_from((Said.LEFT, Said.CLOSED, Said.REOPENED))), after)
            case 6:
                asked = [one for one in pen.written if one.what is Said.COORDINATOR and one.said["step"] == "proposed"]
                proposal = draw(st.sampled_from(["", *(one.id for one in asked)]))
                coordinator(pen, node, draw(st.sampled_from((A, B, C))), after, proposal=proposal)
            case 7:
                pen.say(node, Said.NOTE, after, home=False)
            case _:
                pen.titled(node, draw(st.sampled_from(("x", "y", "z"))), after)
    return pen.written


@given(stories(), st.randoms(use_true_random=False))
def test_the_order_in_which_documents_come_changes_nothing(written: list[CaseFact], rng: random.Random) -> None:
    shuffled = list(written)
    rng.shuffle(shuffled)
    assert fold_case(A, shuffled) == fold_case(A, written)


@given(stories())
def test_no_outsider_is_ever_in_a_case_and_somebody_always_coordinates_it(written: list[CaseFact]) -> None:
    case = fold_case(A, written)
    invited = {one.said["node"] for one in written if one.what is Said.INVITED} | {A}
    assert set(case.joined) <= invited
    assert case.coordinators
    assert set(case.coordinators) <= invited


@given(stories(), st.randoms(use_true_random=False))
def test_whatever_part_has_come_is_a_case(written: list[CaseFact], rng: random.Random) -> None:
    part = [one for one in written if rng.random() < 0.7]
    case = fold_case(A, part)
    assert set(case.waiting) <= {one.id for one in part}
    assert not set(case.heads) & set(case.waiting)
