# SPDX-License-Identifier: Apache-2.0
"""What the documents about a trace come to: whoever wrote them, in whatever order, and what liars write among them."""

from collections.abc import Mapping
from dataclasses import replace
from random import Random
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lintas.formats.desk.trace_fields import answer_said, handed_said
from lintas.limits import HANDOFF_PAYMENTS_MAX
from lintas.model.ids import MessageId
from lintas.model.kept_trace import Answer, Handed, KeptTrace, Rules, Stands, Status, Told, TraceFact
from lintas.model.money import Method, Segment
from lintas.views.trace_fold import fold_trace

OWN, ASKER, NEXT, STRANGER = ("lintas:" + letter * 52 for letter in "abcd")
RULES: Final = Rules(method=Method.FIFO)
OPENED: Final = {
    "rules": {"method": "fifo", "depth": 0, "labels": False, "until": ""},
    "seeds": [{"label": "1", "payee": "BANKMYKL:1", "start": "", "minor": 100, "asset": "SGD", "payment": ""}],
    "title": "x",
    "case": "",
    "request": "",
    "report": "",
}
RAN: Final[dict[str, Any]] = {
    "viewer": "officer-0001",
    "rows": 1,
    "payments": 1,
    "accounts": 1,
    "conserved": True,
    "digest": "a" * 64,
    "totals": [],
    "to_hand": 0,
    "to_answer": 0,
}


def handed(reference: str = "uetr:1", revision: int = 1, **more: Any) -> Handed:
    made = Handed(
        reference=reference,
        minor=100,
        asset="SGD",
        payee="CONTSGSG:1",
        at="",
        segments=(Segment(100, "*", 1),),
        revision=revision,
        hops=1,
        rounds=0,
        rules=RULES,
    )
    return replace(made, **more)


class Story:
    """Documents as they come to one node."""

    def __init__(self, *, opener: str = ASKER) -> None:
        self.opener, self.facts = opener, list[TraceFact]()

    def say(self, node: str, to: str, what: Told, said: Mapping[str, Any], *, id: str = "") -> "Story":
        seq = len(self.facts)
        fact = TraceFact(
            seq=seq,
            message=MessageId(f"{seq:064x}"),
            node=node,
            to=to,
            id=id or f"{seq:032x}",
            what=what,
            by="x",
            at="2026-03-01T00:00:00.000Z",
            said=said,
        )
        self.facts.append(fact)
        return self

    def come(self, one: Handed, *, node: str = ASKER) -> "Story":
        return self.say(node, OWN, Told.HANDED, handed_said(one))

    def hand(self, one: Handed, *, to: str = NEXT) -> "Story":
        return self.say(OWN, to, Told.HANDED, handed_said(one))

    def answer(self, one: Handed, *, to: str = ASKER, final: bool = True, status: Status = Status.FOUND) -> "Story":
        made = Answer(reference=one.reference, revision=one.revision, status=status, final=final)
        return self.say(OWN, to, Told.TRACED, answer_said(made))

    def hear(self, one: Handed, *, node: str = NEXT, final: bool = True) -> "Story":
        made = Answer(reference=one.reference, revision=one.revision, status=Status.FOUND, final=final)
        return self.say(node, OWN, Told.TRACED, answer_said(made))

    def run(self, **more: Any) -> "Story":
        return self.say(OWN, "", Told.RAN, RAN | more)

    def open(self) -> "Story":
        return self.say(OWN, "", Told.OPENED, OPENED)

    def whole(self) -> KeptTrace:
        return fold_trace(OWN, self.opener, "MY-T-00000-00000-0", self.facts)


def test_a_trace_that_was_opened_is_open_until_it_was_run() -> None:
    story = Story(opener=OWN).open()
    assert story.whole().stands is Stands.OPEN
    assert story.run().whole().stands is Stands.FINAL
    assert story.run(to_hand=1).whole().stands is Stands.OUTSTANDING


def test_what_was_handed_on_is_outstanding_until_its_newest_revision_is_answered_for_good() -> None:
    story = Story(opener=OWN).open().run().hand(handed())
    assert story.whole().stands is Stands.OUTSTANDING
    assert story.hear(handed(), final=False).whole().stands is Stands.OUTSTANDING
    assert story.hear(handed()).whole().stands is Stands.FINAL
    assert story.hand(handed(revision=2)).whole().stands is Stands.OUTSTANDING
    assert story.hear(handed()).whole().stands is Stands.OUTSTANDING, "the earlier revision's answer says nothing of it"
    assert story.hear(handed(revision=2)).whole().stands is Stands.FINAL


def test_the_first_that_engages_a_node_is_its_parent_until_that_was_answered_for_good() -> None:
    first, second = handed("uetr:1"), handed("uetr:2")
    story = Story().come(first).come(second, node=NEXT)
    assert story.whole().parent == (ASKER, "uetr:1")
    story.answer(second, to=NEXT)
    assert story.whole().parent == (ASKER, "uetr:1")
    story.answer(first)
    assert story.whole().parent == (ASKER, "uetr:1"), "who may wake again tells the same one"
    story.come(replace(second, revision=2), node=NEXT)
    assert story.whole().parent == (NEXT, "uetr:2")


def test_an_opener_has_no_parent() -> None:
    assert Story(opener=OWN).open().come(handed(), node=NEXT).whole().parent is None


def test_a_later_revision_takes_the_place_of_the_earlier_ones() -> None:
    story = Story().come(handed()).come(handed(revision=3, segments=(Segment(100, "", 0),))).come(handed(revision=2))
    (one,) = story.whole().incoming
    assert (one.handed.revision, one.handed.tainted) == (3, 0)
    assert [place for place, _ in story.whole().idle] == [2]


def test_what_is_refused_is_not_followed_and_the_one_before_it_is() -> None:
    story = Story().come(handed())
    story.answer(handed(), status=Status.REFUSED)
    (one,) = story.whole().incoming
    assert one.used is None
    assert not story.whole().is_here
    story = Story().come(handed()).answer(handed()).come(handed(revision=2))
    story.answer(handed(revision=2), status=Status.REFUSED)
    (one,) = story.whole().incoming
    assert one.used is not None
    assert one.used.revision == 1


def test_other_rules_than_the_traces_change_nothing() -> None:
    other = handed("uetr:2", rules=Rules(method=Method.LIFO))
    trace = Story().come(handed()).come(other).whole()
    assert [one.handed.reference for one in trace.incoming] == ["uetr:1"]
    assert len(trace.idle) == 1


def test_a_node_stops_and_who_handed_it_on_does() -> None:
    story = Story().come(handed()).run().say(ASKER, OWN, Told.STOPPED, {"why": "wrong"})
    assert (story.whole().stands, story.whole().stopped_by, story.whole().stopped_why) == (
        Stands.STOPPED,
        ASKER,
        "wrong",
    )
    story = Story(opener=OWN).open().run().say(OWN, "", Told.STOPPED, {"why": ""})
    assert story.whole().stands is Stands.STOPPED
    story = Story().come(handed()).run().come(handed("uetr:2"), node=NEXT).say(ASKER, OWN, Told.STOPPED, {"why": ""})
    assert story.whole().stands is not Stands.STOPPED, "another node still asks"


@pytest.mark.parametrize("what", range(8))
def test_what_a_stranger_says_changes_nothing(what: int) -> None:
    story = Story(opener=OWN).open().run().hand(handed("uetr:9")).hear(handed("uetr:9"), final=False)
    before = story.whole()
    _, node, to, told, said = lies()[what]
    story.say(node, to, told, said)
    after = story.whole()
    assert replace(after, idle=()) == replace(before, idle=())
    assert len(after.idle) == 1


def lies() -> list[tuple[str, str, str, Told, Mapping[str, Any]]]:
    answer = answer_said(Answer(reference="uetr:9", revision=1, status=Status.FOUND, final=True))
    return [
        ("opens it", STRANGER, OWN, Told.OPENED, OPENED),
        ("opens it at home", STRANGER, "", Told.OPENED, OPENED),
        ("ran it", STRANGER, "", Told.RAN, RAN | {"to_hand": 7}),
        ("stops it", STRANGER, OWN, Told.STOPPED, {"why": ""}),
        ("stops it at home", STRANGER, "", Told.STOPPED, {"why": ""}),
        ("answers what was not handed to it", STRANGER, OWN, Told.TRACED, answer),
        ("between others", STRANGER, NEXT, Told.HANDED, handed_said(handed())),
        ("to nobody", STRANGER, "", Told.HANDED, handed_said(handed())),
    ]


def test_an_answer_to_what_was_not_handed_on_yet_changes_nothing() -> None:
    story = Story(opener=OWN).open().run().hand(handed()).hear(handed(revision=2))
    assert story.whole().outgoing[0].answer is None


def test_what_is_said_twice_under_one_id_counts_once() -> None:
    story = Story().say(ASKER, OWN, Told.HANDED, handed_said(handed()), id="f" * 32)
    story.say(ASKER, OWN, Told.HANDED, handed_said(handed(revision=2)), id="f" * 32)
    story.say(NEXT, OWN, Told.HANDED, handed_said(handed("uetr:2")), id="f" * 32)
    trace = story.whole()
    assert [(one.node, one.handed.revision) for one in trace.incoming] == [(ASKER, 1), (NEXT, 1)]


def test_one_node_cannot_drown_a_trace_in_payments() -> None:
    story = Story()
    for number in range(HANDOFF_PAYMENTS_MAX + 1):
        story.come(handed(f"uetr:{number}"))
    story.come(handed("uetr:x"), node=NEXT)
    trace = story.whole()
    assert len(trace.incoming) == HANDOFF_PAYMENTS_MAX + 1
    assert len(trace.idle) == 1


@given(seed=st.integers(0, 2**32))
def test_the_order_in_which_facts_are_given_does_not_matter(seed: int) -> None:
    random = Random(seed)
    story = Story(opener=random.choice((OWN, ASKER)))
    story.open()
    for _ in range(random.randrange(12)):
        one = handed(f"uetr:{random.randrange(3)}", random.randrange(1, 4))
        act = random.choice((story.come, story.hand, story.answer, story.hear))
        act(one)
    trace = story.whole()
    random.shuffle(story.facts)
    assert story.whole() == trace
