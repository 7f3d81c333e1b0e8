# SPDX-License-Identifier: Apache-2.0
"""Keys of systems: what they open, what they never open, and how they end."""

import json
from pathlib import Path

import pytest

from lintas.errors import LintasError, NotAllowed, OverLimit, UnknownTerm, WrongUse
from lintas.limits import API_KEY_DAYS_MAX, API_KEY_HOURS, API_KEYS_MAX
from lintas.model.marking import Protected, Tlp
from lintas.model.viewer import Viewer
from lintas.node.node import Node
from lintas.testing import FakeClock
from lintas.web.local.calling import LOCAL_VIEWER
from lintas.work.accounts import close_account, create_account
from lintas.work.accounts.api_keys import (
    KEY_ACTIVITIES,
    KEY_PREFIX,
    admit_key,
    end_key,
    list_keys,
    make_key,
    open_key,
)
from lintas.work.keeping import doctor
from lintas.work.services import Services
from tests.scenario.systems import a_key


def person(services: Services, account: str, role: str) -> Viewer:
    return Viewer(id=account, clearance=Tlp.RED, role=role)


def test_a_key_opens_its_account_in_its_role(node: Node, services: Services) -> None:
    made = a_key(node, "Case system", "find", clearance=Tlp.GREEN)
    opened = open_key(services, made.key)
    assert opened is not None
    assert (opened.viewer.id, opened.viewer.role, opened.viewer.clearance) == ("officer-0001", "analyst", Tlp.GREEN)
    assert opened.viewer.session == made.id
    assert not opened.viewer.unmasks
    admit_key(services, opened, "find")


def test_a_key_is_known_by_its_beginning_and_stored_as_a_digest(node: Node, services: Services, tmp_path: Path) -> None:
    made = a_key(node, "Case system")
    assert made.key.startswith(KEY_PREFIX + made.id)
    written = b"".join(path.read_bytes() for path in (tmp_path / "node").glob("node.sqlite*"))
    assert made.key.encode() not in written
    assert made.key.rpartition("_")[2].encode() not in written
    assert made.key not in repr(list_keys(services, LOCAL_VIEWER))


@pytest.mark.parametrize("activity", ["read", "take", "watch", "peers.read", "share", "unmask", "people.change"])
def test_a_key_does_nothing_that_it_was_not_made_for(node: Node, services: Services, activity: str) -> None:
    opened = open_key(services, a_key(node, "Case system", "find").key)
    assert opened is not None
    with pytest.raises(NotAllowed) as caught:
        admit_key(services, opened, activity)
    assert caught.value.rule == "key"


def test_no_key_is_for_what_binds_or_unmasks(node: Node, services: Services) -> None:
    table = services.packs.access
    for code, row in table.activities.items():
        if code in KEY_ACTIVITIES:
            assert not (row.binding or row.four_eyes or row.purpose)
            continue
        with pytest.raises(WrongUse):
            a_key(node, f"System for {code}", code, role="supervisor")


@pytest.mark.parametrize(
    ("role", "as_role", "activity"),
    [
        ("operator", "analyst", "find"),  # a role that sees content, by an account that does not
        ("analyst", "fiu_officer", "find"),  # a role that opens a closed class
        ("analyst", "oversight", "peers.read"),  # a role that sees the whole log
        ("engineer", "", "find"),
        ("analyst", "nobody", "find"),
        ("analyst", "", "everything"),
    ],
)
def test_a_key_is_never_more_than_its_account(
    node: Node, services: Services, role: str, as_role: str, activity: str
) -> None:
    with pytest.raises(WrongUse):
        a_key(node, "Case system", activity, role=role, as_role=as_role)
    assert list_keys(services, LOCAL_VIEWER) == []


def test_a_key_may_be_less_than_its_account(node: Node, services: Services) -> None:
    made = a_key(node, "Boss", role="supervisor", as_role="engineer")
    assert made.activities == ["peers.read"]
    opened = open_key(services, made.key)
    assert opened is not None
    with pytest.raises(NotAllowed):
        admit_key(services, opened, "find")


def test_a_key_shrinks_with_its_account(node: Node, services: Services) -> None:
    made = a_key(node, "Fund desk", role="fiu_officer")
    services.store.write(
        lambda tx: tx.set_account_rights(made.account, role="analyst", clearance=int(Tlp.AMBER), opens="")
    )
    assert open_key(services, made.key) is None  # its role opens a class that the account's does not
    services.store.write(
        lambda tx: tx.set_account_rights(
            made.account, role="analyst", clearance=int(Tlp.AMBER), opens=Protected.STR.value
        )
    )
    opened = open_key(services, made.key)
    assert opened is not None
    assert opened.viewer.clearance == Tlp.AMBER


def test_a_key_of_a_role_that_lost_an_activity_loses_it_too(node: Node, services: Services) -> None:
    made = a_key(node, "Desk", role="supervisor", as_role="engineer")
    services.store.write(lambda tx: tx.set_account_rights(made.account, role="ghost", clearance=4, opens=""))
    assert open_key(services, made.key) is None


def test_a_key_ends_after_a_day_unless_days_are_asked_for(node: Node, services: Services, clock: FakeClock) -> None:
    short, long = a_key(node, "One"), a_key(node, "Two", days=API_KEY_DAYS_MAX)
    clock.forward(hours=API_KEY_HOURS)
    assert open_key(services, short.key) is None
    assert open_key(services, long.key) is not None
    clock.forward(days=API_KEY_DAYS_MAX)
    assert open_key(services, long.key) is None
    assert {one.state for one in list_keys(services, LOCAL_VIEWER)} == {"expired"}


@pytest.mark.parametrize("days", [-1, API_KEY_DAYS_MAX + 1])
def test_no_key_lasts_longer(node: Node, days: int) -> None:
    with pytest.raises(WrongUse):
        a_key(node, "One", days=days)


def test_closing_the_account_ends_its_keys_at_once(node: Node, services: Services) -> None:
    made = a_key(node, "One")
    close_account(services, made.account)
    assert open_key(services, made.key) is None
    assert [one.state for one in list_keys(services, LOCAL_VIEWER)] == ["closed"]
    assert end_key(services, LOCAL_VIEWER, made.id).state == "ended"
    assert next(check for check in doctor(services).checks if check.name == "accounts").ok


def test_an_ended_key_opens_nothing_and_the_log_says_who_had_it(node: Node, services: Services) -> None:
    made = a_key(node, "One")
    assert end_key(services, LOCAL_VIEWER, made.id).state == "ended"
    assert end_key(services, LOCAL_VIEWER, made.id).state == "ended"
    assert open_key(services, made.key) is None
    headers = services.store.read(lambda s: [json.loads(entry.header) for entry in s.entries(0, s.size())])
    said = [header["body"] for header in headers if header["kind"] == "account"]
    assert [(body["account"], body["action"]) for body in said] == [
        ("officer-0001", "created"),
        ("officer-0001", "key_made"),
        ("officer-0001", "key_ended"),
    ]
    assert next(check for check in doctor(services).checks if check.name == "accounts").ok


def test_people_have_their_own_keys_only(node: Node, services: Services) -> None:
    other = a_key(node, "One")
    boss = create_account(services, name="Boss", password=None, role="supervisor", clearance=Tlp.RED)
    viewer = person(services, boss, "supervisor")
    own = make_key(services, viewer, account=boss)
    assert [one.id for one in list_keys(services, viewer)] == [own.id]
    with pytest.raises(NotAllowed):
        make_key(services, viewer, account=other.account)
    with pytest.raises(UnknownTerm):
        end_key(services, viewer, other.id)
    analyst = person(services, other.account, "analyst")
    for act in (lambda: make_key(services, analyst, account=other.account), lambda: list_keys(services, analyst)):
        with pytest.raises(NotAllowed):
            act()


def test_an_account_has_so_many_keys_and_no_more(node: Node, services: Services) -> None:
    made = a_key(node, "One", "find")
    for _ in range(API_KEYS_MAX - 1):
        make_key(services, LOCAL_VIEWER, account=made.account, activities=("find",))
    with pytest.raises(OverLimit):
        make_key(services, LOCAL_VIEWER, account=made.account, activities=("find",))
    end_key(services, LOCAL_VIEWER, made.id)
    make_key(services, LOCAL_VIEWER, account=made.account, activities=("find",))


@pytest.mark.parametrize("account", ["", "nobody", "officer-0009"])
def test_a_key_belongs_to_an_open_account(services: Services, account: str) -> None:
    with pytest.raises(LintasError):
        make_key(services, LOCAL_VIEWER, account=account)


@pytest.mark.parametrize("key", ["", "x", KEY_PREFIX, KEY_PREFIX + "a" * 300, "é", KEY_PREFIX + "\ud800"])
def test_no_other_text_opens_anything(services: Services, key: str) -> None:
    assert open_key(services, key) is None
