# SPDX-License-Identifier: Apache-2.0
import sqlite3
from itertools import product

import pytest

from lintas.model.marking import Marking, Onward, Pap, Tlp, Use
from lintas.model.viewer import Viewer
from lintas.policy.access import (
    clearance_of,
    may_end_watch,
    may_erase_access,
    may_read_access,
    may_see,
)
from lintas.policy.decision import Decision
from lintas.work.accounts.people import ROLES

VIEWERS = [Viewer(id=f"{role}-{tlp}", clearance=tlp, role=role) for role, tlp in product((*ROLES, "unheard_of"), Tlp)]


@pytest.mark.parametrize("viewer", VIEWERS, ids=lambda viewer: viewer.id)
@pytest.mark.parametrize("tlp", Tlp)
def test_the_condition_in_sql_is_the_rule(viewer: Viewer, tlp: Tlp) -> None:
    """Every query says `tlp <= :clearance`; this holds it equal to `may_see` for all viewers and labels there are."""
    with sqlite3.connect(":memory:") as database:
        (in_sql,) = database.execute("SELECT :tlp <= :clearance", {"tlp": int(tlp), "clearance": clearance_of(viewer)})
    database.close()
    assert bool(in_sql[0]) == may_see(viewer, Marking(tlp=tlp)).allowed


@pytest.mark.parametrize("tlp", Tlp)
def test_an_operator_sees_nothing_whatever_they_are_cleared_for(tlp: Tlp) -> None:
    operator = Viewer(id="officer-0009", clearance=Tlp.RED, role="operator")
    decision = may_see(operator, Marking(tlp=tlp))
    assert (decision.allowed, decision.rule) == (False, "role")
    assert clearance_of(operator) == -1


def test_a_stricter_marking_is_refused_with_a_reason() -> None:
    clerk = Viewer(id="officer-0002", clearance=Tlp.GREEN)
    assert may_see(clerk, Marking(tlp=Tlp.AMBER)) == Decision(
        allowed=False, rule="clearance", reason="it is marked stricter than you are cleared for"
    )


def test_what_one_is_cleared_for_is_allowed_with_a_reason() -> None:
    clerk = Viewer(id="officer-0002", clearance=Tlp.GREEN)
    assert may_see(clerk, Marking(tlp=Tlp.GREEN)) == Decision(
        allowed=True, rule="cleared", reason="you are cleared for its marking"
    )


@pytest.mark.parametrize("viewer", VIEWERS, ids=lambda viewer: viewer.id)
def test_a_stricter_label_is_never_seen_by_more(viewer: Viewer) -> None:
    seen = [may_see(viewer, Marking(tlp=tlp)).allowed for tlp in sorted(Tlp)]
    assert seen == sorted(seen, reverse=True)


@pytest.mark.parametrize("role", [role for role in ROLES if role != "operator"])
@pytest.mark.parametrize("tlp", Tlp)
def test_a_higher_clearance_never_sees_less(role: str, tlp: Tlp) -> None:
    seen = [
        may_see(Viewer(id="a", clearance=clearance, role=role), Marking(tlp=tlp)).allowed for clearance in sorted(Tlp)
    ]
    assert seen == sorted(seen)


@pytest.mark.parametrize("viewer", VIEWERS, ids=lambda viewer: viewer.id)
def test_within_the_agency_only_the_label_counts(viewer: Viewer) -> None:
    """Recipients, purposes, use and onward rule are for release; they neither open nor close a message at home."""
    bare = Marking(tlp=Tlp.AMBER)
    full = Marking(
        tlp=Tlp.AMBER,
        pap=Pap.RED,
        recipients=frozenset({"lintas:a"}),
        purposes=frozenset({"scam"}),
        use=Use.EVIDENCE,
        onward=Onward.NONE,
        retention="case",
    )
    assert may_see(viewer, bare) == may_see(viewer, full)


OFFICERS = {
    "own": Viewer(id="officer-0001", clearance=Tlp.GREEN),
    "other": Viewer(id="officer-0002", clearance=Tlp.RED),
    "analyst": Viewer(id="officer-0003", clearance=Tlp.RED, role="analyst"),
    "operator": Viewer(id="officer-0004", clearance=Tlp.RED, role="operator"),
    "supervisor": Viewer(id="officer-0005", clearance=Tlp.GREEN, role="supervisor"),
    "folder": Viewer(id="local:cli", clearance=Tlp.RED),
}


@pytest.mark.parametrize(
    ("who", "allowed"),
    [
        ("own", True),
        ("other", False),
        ("analyst", False),
        ("operator", False),
        ("supervisor", True),
        ("folder", True),
    ],
)
def test_what_somebody_asked_is_for_them_and_their_supervisor(who: str, allowed: bool) -> None:
    decision = may_read_access(OFFICERS[who], "officer-0001")
    assert decision.allowed is allowed
    assert decision.rule
    assert decision.reason


@pytest.mark.parametrize(
    ("who", "allowed"),
    [
        ("own", False),
        ("other", False),
        ("analyst", False),
        ("operator", False),
        ("supervisor", True),
        ("folder", True),
    ],
)
def test_nobody_erases_the_trace_of_their_own_questions(who: str, allowed: bool) -> None:
    assert may_erase_access(OFFICERS[who]).allowed is allowed


@pytest.mark.parametrize(
    ("who", "allowed"),
    [
        ("own", True),
        ("other", False),
        ("analyst", False),
        ("operator", False),
        ("supervisor", True),
        ("folder", True),
    ],
)
def test_a_watch_is_ended_by_its_owner_or_a_supervisor(who: str, allowed: bool) -> None:
    assert may_end_watch(OFFICERS[who], "officer-0001").allowed is allowed


@pytest.mark.parametrize("name", ["localx", "xlocal:cli", "Local:cli", ""])
def test_only_the_nodes_own_command_line_counts_as_the_folder(name: str) -> None:
    viewer = Viewer(id=name, clearance=Tlp.RED)
    for decision in (may_read_access(viewer, "officer-0001"), may_erase_access(viewer), may_end_watch(viewer, "a")):
        assert not decision.allowed
