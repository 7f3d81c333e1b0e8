# SPDX-License-Identifier: Apache-2.0
"""Who may do and see what: every rule, its order, what an act asks for besides, and that SQL says the same."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import fields, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lintas.model.marking import Marking, Protected, Tlp, class_bits
from lintas.model.scope import Scope
from lintas.model.viewer import Viewer
from lintas.policy.access import (
    NOTHING,
    RULES,
    Thing,
    access,
    admits,
    cause_scope_of,
    closed_bits,
    kept_masked,
    log_scope_of,
    may,
    opened_classes,
    scope_of,
    scope_of_kept,
    takes_two,
    visible_sql,
)
from lintas.policy.decision import Decision, Obligation
from tests.unit.policy.access_cases import (
    ACTIVITIES,
    CLASSES,
    LIST_SETS,
    PEOPLE,
    TABLE,
    THINGS,
    VIEWERS,
    shown_by_sql,
    tables,
)

OFFICER = Viewer(id="officer-0001", clearance=Tlp.RED, role="duty_officer")
FOLDER = Viewer(id="local:cli", clearance=Tlp.RED, role="duty_officer")
BY_MESSAGE = ("clearance", "class", "need-to-know")


@pytest.fixture(scope="module")
def database() -> Iterator[sqlite3.Connection]:
    with closing(tables()) as connection:
        yield connection


def as_role(role: str, **more: object) -> Viewer:
    return replace(OFFICER, role=role, **more)  # type: ignore[arg-type]  # fields of Viewer


def rules_of(decision: Decision) -> list[str]:
    """Every rule that refuses, in order."""
    return [] if decision.allowed else [decision.rule, *(rule for rule, _ in decision.also)]


# --- The same in SQL ---


@given(viewer=VIEWERS, things=st.lists(THINGS, max_size=12))
def test_a_query_shows_exactly_what_the_policy_allows_to_read(
    database: sqlite3.Connection, viewer: Viewer, things: list[Thing]
) -> None:
    shown = shown_by_sql(database, things, scope_of(TABLE, viewer))
    role = TABLE.roles.get(viewer.role)
    for one, is_shown in zip(things, shown, strict=True):
        found = rules_of(access(TABLE, viewer, "read", one))
        if role is not None and role.content:
            assert is_shown == (not set(found) & set(BY_MESSAGE))
        else:
            assert not is_shown
            assert found


@given(viewer=VIEWERS, things=st.lists(THINGS, max_size=12))
def test_oversight_sees_that_every_entry_is_there_and_everybody_else_no_more_than_they_read(
    database: sqlite3.Connection, viewer: Viewer, things: list[Thing]
) -> None:
    role = TABLE.roles.get(viewer.role)
    shown = shown_by_sql(database, things, log_scope_of(TABLE, viewer))
    if role is not None and role.logs:
        assert all(shown)
    else:
        assert log_scope_of(TABLE, viewer) == scope_of(TABLE, viewer)


@given(viewer=VIEWERS, more=VIEWERS, things=st.lists(THINGS, max_size=12))
def test_more_clearance_lists_or_opened_classes_never_show_less(
    database: sqlite3.Connection, viewer: Viewer, more: Viewer, things: list[Thing]
) -> None:
    wider = replace(
        viewer,
        clearance=max(viewer.clearance, more.clearance),
        lists=viewer.lists | more.lists,
        opens=viewer.opens | more.opens,
    )
    narrow = shown_by_sql(database, things, scope_of(TABLE, viewer))
    wide = shown_by_sql(database, things, scope_of(TABLE, wider))
    assert all(after or not before for before, after in zip(narrow, wide, strict=True))
    for one in things:
        if access(TABLE, viewer, "read", one).allowed:
            assert access(TABLE, wider, "read", one).allowed


@given(viewer=VIEWERS, activity=ACTIVITIES, thing=THINGS, tlp=st.sampled_from(Tlp), classes=CLASSES, lists=LIST_SETS)
def test_what_is_marked_stricter_is_never_open_to_more(
    viewer: Viewer, activity: str, thing: Thing, tlp: Tlp, classes: frozenset[Protected], lists: frozenset[str]
) -> None:
    stricter = replace(
        thing,
        tlp=max(thing.tlp, int(tlp)),
        classes=thing.classes | class_bits(classes),
        lists=thing.lists | lists,
    )
    after, before = access(TABLE, viewer, activity, stricter), access(TABLE, viewer, activity, thing)
    assert before.allowed or not after.allowed
    if after.allowed:
        assert after.obligations >= before.obligations, "and asks for no less"


# --- What a decision says ---


@given(viewer=VIEWERS, activity=ACTIVITIES, thing=st.just(NOTHING) | THINGS)
def test_a_refusal_has_a_rule_and_a_sentence_and_names_everything_else_that_refuses_in_order(
    viewer: Viewer, activity: str, thing: Thing
) -> None:
    decision = access(TABLE, viewer, activity, thing)
    assert decision.rule
    assert decision.reason.strip() == decision.reason != ""
    found = rules_of(decision)
    assert found == [rule for rule in RULES if rule in found]
    assert all(reason for _, reason in decision.also)
    if decision.allowed:
        assert (decision.also, decision.rule in {"role", "own", "folder"}) == ((), True)
    else:
        assert decision.obligations == frozenset()


@given(viewer=VIEWERS, activity=ACTIVITIES, thing=THINGS)
def test_a_refusal_says_nothing_of_what_the_message_holds(viewer: Viewer, activity: str, thing: Thing) -> None:
    decision = access(TABLE, viewer, activity, thing)
    said = " ".join([decision.reason, *(reason for _, reason in decision.also)])
    assert not any(name in said.split() for name in thing.lists if "-" in name)


@given(viewer=VIEWERS, activity=ACTIVITIES)
def test_a_role_that_the_policy_does_not_know_may_nothing(viewer: Viewer, activity: str) -> None:
    stranger = replace(viewer, role="clerk")
    decision = access(TABLE, stranger, activity)
    assert (decision.allowed, decision.rule, decision.also) == (False, "role", ())
    assert "'clerk'" in decision.reason
    assert scope_of(TABLE, stranger).clearance == log_scope_of(TABLE, stranger).clearance == -1


def test_an_activity_that_the_policy_does_not_know_is_a_programmers_mistake() -> None:
    with pytest.raises(KeyError):
        access(TABLE, OFFICER, "fly")


@given(viewer=VIEWERS, activity=ACTIVITIES, thing=THINGS)
def test_what_is_not_admitted_is_not_allowed_for_any_thing(viewer: Viewer, activity: str, thing: Thing) -> None:
    if not admits(TABLE, viewer, activity).allowed:
        assert not access(TABLE, viewer, activity, replace(thing, owner=viewer.id)).allowed


@given(viewer=VIEWERS, activity=ACTIVITIES, owner=st.sampled_from(["", *PEOPLE]))
def test_a_page_offers_what_the_policy_allows(viewer: Viewer, activity: str, owner: str) -> None:
    thing = Thing(owner=owner) if owner else NOTHING
    assert may(TABLE, viewer, activity, owner=owner) == access(TABLE, viewer, activity, thing).allowed


# --- One rule after the other ---


def test_every_rule_refuses_somebody_and_all_that_refuse_are_named() -> None:
    worst = Thing(tlp=int(Tlp.RED), classes=Protected.STR.bit, lists=frozenset({"case-1"}))
    outsider = as_role("trainer", clearance=Tlp.CLEAR, is_off_duty=True)
    assert rules_of(access(TABLE, outsider, "share", worst)) == [
        "role",
        "content",
        "off-duty",
        "never",
        "clearance",
        "need-to-know",
    ]
    reader = as_role("case_officer", clearance=Tlp.AMBER)
    assert rules_of(access(TABLE, reader, "share", worst)) == ["never", "clearance", "class", "need-to-know"]
    assert rules_of(access(TABLE, as_role("trainer"), "unmask")) == ["role", "content", "purpose"]
    assert rules_of(access(TABLE, FOLDER, "peers.answer")) == ["named-person"]
    assert set(RULES) == {
        "named-person",
        "role",
        "content",
        "off-duty",
        "purpose",
        "never",
        "clearance",
        "class",
        "need-to-know",
    }


@pytest.mark.parametrize("role", sorted(TABLE.roles))
def test_a_role_may_what_the_pack_says_and_nothing_else(role: str) -> None:
    viewer = as_role(role, purpose="drill")
    theirs = Thing(owner=viewer.id)
    for activity, row in TABLE.activities.items():
        may_see = TABLE.roles[role].content or not row.content
        allowed = role in row.roles and may_see
        assert access(TABLE, viewer, activity).allowed == allowed, activity
        assert access(TABLE, viewer, activity, theirs).allowed == (allowed or (row.owner and may_see)), activity


@pytest.mark.parametrize("activity", sorted(TABLE.activities))
def test_the_node_s_folder_does_what_the_pack_leaves_to_it(activity: str) -> None:
    row = TABLE.activities[activity]
    decision = access(TABLE, replace(FOLDER, purpose="drill"), activity)
    assert decision.allowed == row.folder
    if not row.folder:
        assert decision.rule == "named-person"


def test_who_owns_something_may_do_with_it_what_owners_may() -> None:
    analyst = as_role("analyst")
    assert access(TABLE, analyst, "watch.end", Thing(owner=analyst.id)).rule == "own"
    assert access(TABLE, analyst, "watch.end", Thing(owner="officer-0002")).rule == "role"
    deputy = replace(analyst, stands_for=frozenset({"officer-0002"}))
    assert access(TABLE, deputy, "watch.end", Thing(owner="officer-0002")).rule == "own"
    nobodys = replace(analyst, id="")
    assert not access(TABLE, nobodys, "watch.end", Thing(owner="")).allowed, "what nobody owns is nobody's own"


def test_why_something_is_allowed_is_said() -> None:
    assert access(TABLE, OFFICER, "find").reason == "your role may look up what this node holds"
    assert access(TABLE, as_role("analyst"), "watch.end", Thing(owner=OFFICER.id)).reason == "it is your own"
    folder = access(TABLE, FOLDER, "erase.access")
    assert (folder.rule, folder.reason) == ("folder", "whoever has the node's folder has it all")
    refused = access(TABLE, as_role("analyst"), "erase.access")
    assert refused.reason == "to erase who asked what is for supervisor"
    assert access(TABLE, as_role("operator"), "find").also == (("content", "operator sees no content"),)


@given(activity=ACTIVITIES)
def test_off_duty_nobody_sees_content_or_binds_and_the_rest_goes_on(activity: str) -> None:
    row = TABLE.activities[activity]
    found = rules_of(access(TABLE, replace(OFFICER, is_off_duty=True), activity))
    assert ("off-duty" in found) == (row.content or row.binding)


@pytest.mark.parametrize(("purpose", "allowed"), [("", False), (" \t", False), ("case 7", True)])
def test_what_needs_a_purpose_is_refused_without_one(purpose: str, allowed: bool) -> None:
    assert access(TABLE, replace(OFFICER, purpose=purpose), "unmask").allowed == allowed
    assert admits(TABLE, replace(OFFICER, purpose=purpose), "unmask").allowed, "it may still be said"


def test_nothing_of_a_report_leaves_whoever_asks() -> None:
    thing = Thing(classes=Protected.STR.bit)
    for activity in ("share", "export"):
        for role in TABLE.roles:
            decision = access(TABLE, as_role(role, opens=frozenset(Protected)), activity, thing)
            assert not decision.allowed
            assert "never" in rules_of(decision)
        assert "never" in rules_of(access(TABLE, FOLDER, activity, thing))
    officer = as_role("fiu_officer")
    said = access(TABLE, officer, "share", thing)
    assert said.reason == (
        "to release messages to peers is never done with what is derived from a suspicious transaction report"
    )
    assert access(TABLE, officer, "read", thing).allowed


@pytest.mark.parametrize("role", sorted(code for code, row in TABLE.roles.items() if row.content))
@pytest.mark.parametrize("protected", sorted(one for one, row in TABLE.classes.items() if row.closed))
def test_a_closed_class_opens_to_a_role_or_a_cleared_person_alone(role: str, protected: Protected) -> None:
    thing = Thing(classes=protected.bit)
    opens = protected in TABLE.roles[role].opens
    assert access(TABLE, as_role(role), "read", thing).allowed == opens
    assert access(TABLE, as_role(role, opens=frozenset({protected})), "read", thing).allowed
    others = frozenset(Protected) - {protected}
    assert access(TABLE, as_role(role, opens=others), "read", thing).allowed == opens


def test_one_list_of_two_is_not_enough() -> None:
    thing = Thing(lists=frozenset({"case-1", "case-10"}))
    assert rules_of(access(TABLE, replace(OFFICER, lists=frozenset({"case-1"})), "read", thing)) == ["need-to-know"]
    assert access(TABLE, replace(OFFICER, lists=thing.lists), "read", thing).allowed
    assert access(TABLE, FOLDER, "read", thing).allowed, "whoever has the folder has it all"


def test_what_is_not_about_content_asks_nothing_about_the_message() -> None:
    hidden = Thing(tlp=int(Tlp.RED), classes=Protected.STR.bit, lists=frozenset({"case-1"}))
    assert access(TABLE, as_role("oversight", clearance=Tlp.CLEAR), "log.read", hidden).allowed


# --- What it asks for besides ---


@given(viewer=VIEWERS, activity=ACTIVITIES, thing=THINGS)
def test_obligations_are_what_the_rows_of_the_pack_say(viewer: Viewer, activity: str, thing: Thing) -> None:
    decision = access(TABLE, viewer, activity, thing)
    if not decision.allowed:
        return
    row = TABLE.activities[activity]
    of = [one for one in TABLE.classes.values() if one.code.bit & thing.classes]
    second = row.four_eyes or any(activity in one.four_eyes for one in of)
    stays_masked = [one for one in of if one.masked and (not viewer.unmasks or "unmask" in one.four_eyes)]
    assert decision.obligations == frozenset(
        name
        for name, asked in (
            (Obligation.ASSERTION, row.binding or second),
            (Obligation.SECOND, second),
            (Obligation.MASK, row.content and bool(stays_masked)),
            (Obligation.LOG_PURPOSE, row.purpose or viewer.unmasks),
            (Obligation.WATERMARK, row.content and (bool(of) or thing.tlp >= Tlp.AMBER_STRICT)),
            (Obligation.NO_EXPORT, row.content and thing.tlp >= Tlp.RED),
        )
        if asked
    )


def test_one_person_alone_unmasks_a_victim_and_no_child() -> None:
    assert kept_masked(TABLE, 0) == ()
    assert kept_masked(TABLE, Protected.VICTIM.bit | Protected.CT.bit) == ()
    assert [row.code for row in kept_masked(TABLE, Protected.VICTIM.bit | Protected.CHILD.bit)] == [Protected.CHILD]
    assert takes_two(TABLE, "unmask", Protected.CHILD.bit)
    assert not takes_two(TABLE, "unmask", Protected.VICTIM.bit)


def test_to_share_a_victim_needs_a_second_person_and_to_share_a_holder_none() -> None:
    victim, holder = Thing(classes=Protected.VICTIM.bit), Thing(classes=Protected.HOLDER.bit)
    assert Obligation.SECOND in access(TABLE, OFFICER, "share", victim).obligations
    assert access(TABLE, OFFICER, "share", holder).obligations == {
        Obligation.ASSERTION,
        Obligation.MASK,
        Obligation.WATERMARK,
    }
    assert access(TABLE, OFFICER, "read").obligations == frozenset()


def test_who_unmasks_sees_what_one_person_may_unmask() -> None:
    plain, unmasking = (scope_of(TABLE, replace(OFFICER, unmasks=unmasks)) for unmasks in (False, True))
    names = (Protected.VICTIM, Protected.CHILD, Protected.WITNESS, Protected.HOLDER)
    assert plain.masked == class_bits(names)
    assert unmasking.masked == Protected.CHILD.bit, "a child's needs a second person"
    assert (plain.closed, plain.lists) == (class_bits((Protected.CT, Protected.STR)), frozenset())


# --- Other scopes ---


@given(viewer=VIEWERS)
def test_oversight_with_a_cause_sees_up_to_its_clearance_masked_and_nobody_else_does(viewer: Viewer) -> None:
    scope = cause_scope_of(TABLE, viewer)
    role = TABLE.roles.get(viewer.role)
    if role is None or not role.logs:
        assert scope == Scope(clearance=-1)
        return
    opened = role.opens | viewer.opens
    assert scope.clearance == int(viewer.clearance)
    assert scope.lists is None
    assert scope.masked == class_bits(one.code for one in TABLE.classes.values() if one.masked)
    assert scope.closed == class_bits(
        one.code for one in TABLE.classes.values() if one.closed and one.code not in opened
    )


@given(viewer=VIEWERS)
def test_closed_classes_that_somebody_sees_are_those_that_their_scope_leaves_open(viewer: Viewer) -> None:
    opened = opened_classes(TABLE, viewer)
    if scope_of(TABLE, viewer).clearance >= 0:
        assert class_bits(opened) == closed_bits(TABLE) & ~scope_of(TABLE, viewer).closed
    else:
        assert opened == frozenset()


def test_closed_bits_are_those_of_the_pack() -> None:
    assert closed_bits(TABLE) == class_bits((Protected.CT, Protected.STR))


@given(viewer=VIEWERS, lists=st.frozensets(st.sampled_from(("a", "b", "parcel")), max_size=2))
def test_what_others_read_is_never_more_than_the_viewer_sees_and_never_red_or_protected(
    viewer: Viewer, lists: frozenset[str]
) -> None:
    own, kept = scope_of(TABLE, viewer), scope_of_kept(TABLE, viewer, lists)
    assert kept.clearance <= min(own.clearance, Tlp.AMBER_STRICT)
    assert kept.closed & (own.closed | closed_bits(TABLE)) == own.closed | closed_bits(TABLE)
    assert kept.masked & own.masked == own.masked
    assert kept.masked & class_bits((Protected.VICTIM,))
    assert kept.lists is not None and kept.lists <= lists
    assert own.lists is None or kept.lists <= own.lists


def test_a_scope_has_every_parameter_that_its_conditions_name() -> None:
    scope = scope_of(TABLE, replace(OFFICER, lists=frozenset({"b", "a"})))
    assert dict(scope.sql) == {"clearance": 4, "closed": 48, "masked": 15, "lists": ",a,b,"}
    assert scope_of(TABLE, FOLDER).sql["lists"] == "*"
    conditions = visible_sql("x")
    assert "{m}" not in conditions
    assert {name for name in scope.sql if f":{name}" in conditions} == {"clearance", "closed", "lists"}


def test_a_thing_is_what_a_marking_says() -> None:
    marking = Marking(tlp=Tlp.AMBER, classes=frozenset({Protected.CHILD, Protected.CT}))
    thing = Thing.marked(marking, lists=frozenset({"case-1"}), owner="officer-0009")
    assert thing == Thing(
        tlp=2, classes=Protected.CHILD.bit | Protected.CT.bit, lists=frozenset({"case-1"}), owner="officer-0009"
    )
    assert {field.name for field in fields(Thing)} == {"tlp", "classes", "lists", "owner"}
