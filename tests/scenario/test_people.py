# SPDX-License-Identifier: Apache-2.0
"""Accounts as data: roles of the pack, changes as entries, and what nobody may change."""

import json
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest

from lintas import limits
from lintas.errors import BadInput, LintasError, NotAllowed, UnknownTerm, WrongUse
from lintas.model.header import Kind
from lintas.model.marking import Protected, Tlp
from lintas.model.viewer import Viewer
from lintas.node.node import Node
from lintas.ports.store import Snapshot, Transaction
from lintas.testing import a_node
from lintas.web.local.calling import LOCAL_VIEWER
from lintas.work.accounts import (
    change_people,
    check_change,
    create_account,
    create_link,
    list_accounts,
    session_of,
    show_account,
    use_link,
)
from lintas.work.appending import append, prepare_control
from lintas.work.keeping import doctor, rebuild
from lintas.work.services import Services, no_progress
from tests.faults.terminal import main

PAGE = Path(__file__).resolve().parents[2] / "docs/howto/people.md"


@pytest.fixture
def node(tmp_path: Path) -> Iterator[Node]:
    with a_node(tmp_path) as opened:
        yield opened


def person(services: Services, name: str, role: str = "duty_officer") -> Viewer:
    account = create_account(services, name=name, password=None, role=role, clearance=Tlp.AMBER_STRICT)
    return Viewer(id=account, clearance=Tlp.AMBER_STRICT, role=role)


def bodies(services: Services) -> list[dict[str, object]]:
    def look(snapshot: Snapshot) -> list[dict[str, object]]:
        places = snapshot.places_of(Kind.ACCOUNT.value)
        return [json.loads(entry.header)["body"] for seq in places for entry in snapshot.entries(seq, seq + 1)]

    return services.store.read(look)


def checked(services: Services, viewer: Viewer, said: dict[str, object]) -> str:
    return services.store.read(lambda snapshot: check_change(services, snapshot, viewer, said))


def enrol(services: Services, account: str) -> None:
    """Say in the log that somebody has a passkey; how it is proven is tested elsewhere."""
    body = {
        "account": account,
        "action": "added",
        "algorithm": -7,
        "by": account,
        "credential": f"key-of-{account}",
        "public": "AAAA",
        "vouched_by": "",
    }

    def put(tx: Transaction) -> None:
        append(tx, prepare_control(services, Kind.CREDENTIAL, body))

    services.store.write(put)


@pytest.mark.parametrize(
    "role", ["case_officer", "examiner", "immigration_officer", "focal_point", "trainer", "oversight", "engineer"]
)
def test_every_role_of_the_pack_can_be_given(node: Node, role: str) -> None:
    made = change_people(
        node.services,
        LOCAL_VIEWER,
        {"do": "add", "name": "Aminah", "role": role, "clearance": "AMBER", "opens": []},
    )
    assert (made.role, made.clearance, made.state) == (role, "TLP:AMBER", "open")
    assert bodies(node.services) == [{"account": made.id, "action": "created", "clearance": "AMBER", "role": role}]


def test_each_change_is_one_entry_and_ends_the_sessions(node: Node) -> None:
    services = node.services
    aminah = person(services, "Aminah")
    for said, field in (
        ({"do": "role", "account": "Aminah", "role": "analyst"}, ("role", "analyst")),
        ({"do": "clearance", "account": "Aminah", "clearance": "RED"}, ("clearance", "RED")),
        ({"do": "opens", "account": "Aminah", "opens": ["ct"]}, ("opens", ["ct"])),
        ({"do": "opens", "account": "Aminah", "opens": []}, ("action", "opens")),
    ):
        started = use_link(services, create_link(services, "Aminah"))
        assert session_of(services, started.token) is not None
        change_people(services, LOCAL_VIEWER, said)
        assert session_of(services, started.token) is None
        assert bodies(services)[-1][field[0]] == field[1]
    assert len(bodies(services)) == 5
    assert "opens" not in bodies(services)[-1]
    assert show_account(services, aminah, aminah.id).clearance == "TLP:RED"


def test_what_changes_nothing_writes_nothing(node: Node) -> None:
    person(node.services, "Aminah", "analyst")
    started = use_link(node.services, create_link(node.services, "Aminah"))
    change_people(node.services, LOCAL_VIEWER, {"do": "role", "account": "Aminah", "role": "analyst"})
    assert len(bodies(node.services)) == 1
    assert session_of(node.services, started.token) is not None


@pytest.mark.parametrize(
    "said",
    [
        {"do": "role", "role": "duty_officer"},
        {"do": "clearance", "clearance": "RED"},
        {"do": "opens", "opens": ["ct"]},
    ],
)
def test_nobody_changes_their_own_role(node: Node, said: dict[str, object]) -> None:
    siti = person(node.services, "Siti", "supervisor")
    with pytest.raises(NotAllowed) as refused:
        change_people(node.services, siti, {**said, "account": "Siti"})
    assert refused.value.rule == "own-role"
    assert len(bodies(node.services)) == 1


@pytest.mark.parametrize("role", ["duty_officer", "analyst", "oversight", "engineer", "trainer"])
def test_a_role_that_may_not_change_people_is_refused(node: Node, role: str) -> None:
    other = person(node.services, "Other", role)
    person(node.services, "Aminah")
    with pytest.raises(NotAllowed) as refused:
        change_people(node.services, other, {"do": "close", "account": "Aminah"})
    assert refused.value.rule == "role"


@pytest.mark.parametrize(
    ("said", "error"),
    [
        ({}, WrongUse),
        ({"do": "add"}, WrongUse),
        ({"do": "wish", "account": "Aminah"}, WrongUse),
        ({"do": "close", "account": "Aminah", "role": "analyst"}, WrongUse),
        ({"do": "close", "account": "Nobody"}, UnknownTerm),
        ({"do": "close", "account": 7}, WrongUse),
        ({"do": "role", "account": "Aminah", "role": "wizard"}, WrongUse),
        ({"do": "role", "account": "Aminah", "role": ["analyst"]}, WrongUse),
        ({"do": "clearance", "account": "Aminah", "clearance": "PURPLE"}, BadInput),
        ({"do": "opens", "account": "Aminah", "opens": ["everything"]}, BadInput),
        ({"do": "opens", "account": "Aminah", "opens": ["victim"]}, WrongUse),
        ({"do": "opens", "account": "Aminah", "opens": "ct"}, WrongUse),
        ({"do": "opens", "account": "Aminah", "opens": [["ct"]]}, WrongUse),
        ({"do": "add", "name": " ", "role": "analyst", "clearance": "RED", "opens": []}, WrongUse),
        ({"do": "add", "name": "Aminah", "role": "analyst", "clearance": "RED", "opens": []}, WrongUse),
    ],
)
def test_a_change_that_cannot_be_is_refused_and_writes_nothing(
    node: Node, said: dict[str, object], error: type[LintasError]
) -> None:
    person(node.services, "Aminah")
    with pytest.raises(error):
        change_people(node.services, LOCAL_VIEWER, said)
    assert len(bodies(node.services)) == 1


def test_the_last_person_who_can_approve_stays(node: Node) -> None:
    services = node.services
    siti, aminah = person(services, "Siti", "supervisor"), person(services, "Aminah", "duty_officer")
    enrol(services, siti.id)
    enrol(services, aminah.id)  # may approve, but not change people
    changes: list[dict[str, object]] = [
        {"do": "close", "account": "Siti"},
        {"do": "role", "account": "Siti", "role": "analyst"},
    ]
    for said in changes:
        with pytest.raises(NotAllowed) as refused:
            checked(services, aminah, said)
        assert refused.value.rule == "last-approver"
        assert "Siti is the last person with a passkey" in refused.value.message
    other = person(services, "Lee", "operator")
    enrol(services, other.id)
    words = checked(services, aminah, {"do": "close", "account": "Siti"})
    assert words == "Close the account of Siti (officer-0001)"


def test_before_anybody_has_a_passkey_accounts_close_freely(node: Node) -> None:
    person(node.services, "Siti", "supervisor")
    assert change_people(node.services, LOCAL_VIEWER, {"do": "close", "account": "Siti"}).state == "closed"


def test_doctor_sees_a_class_that_was_opened_beside_lintas(node: Node) -> None:
    services = node.services
    aminah = person(services, "Aminah")

    def looks_well() -> bool:
        return next(check.ok for check in doctor(services).checks if check.name == "accounts")

    assert looks_well()
    change_people(services, LOCAL_VIEWER, {"do": "opens", "account": "Aminah", "opens": ["ct"]})
    assert looks_well()
    services.store.write(
        lambda tx: tx.set_account_rights(
            aminah.id, role="duty_officer", clearance=int(Tlp.AMBER_STRICT), opens="ct str"
        )
    )
    assert not looks_well()


def test_an_account_shown_says_what_its_role_may_do(node: Node) -> None:
    person(node.services, "Aminah", "oversight")
    shown = show_account(node.services, LOCAL_VIEWER, "Aminah")
    assert shown.role_label == "Oversight"
    assert "Sees every entry of the log, without what it says." in shown.may
    assert not any("take something in" in one for one in shown.may)


def test_accounts_stay_as_they_are_when_the_views_are_rebuilt(node: Node) -> None:
    create_account(
        node.services,
        name="Aminah",
        password=None,
        role="analyst",
        clearance=Tlp.RED,
        opens=frozenset({Protected.CT}),
    )
    before = list_accounts(node.services)
    assert before[0].opens == ("ct",)
    rebuild(node.services, read_again=False, progress=no_progress)
    assert list_accounts(node.services) == before


def test_the_page_about_people_says_what_is_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    said = PAGE.read_text("utf-8")
    commands = [
        shlex.split(line) for block in re.findall(r"```sh\n(.*?)```", said, re.DOTALL) for line in block.splitlines()
    ]
    assert len(commands) >= 12
    for command in commands:
        assert main(command[1:]) == 0, capsys.readouterr().err
    assert f"at most {limits.SHIFT_HOURS_MAX} hours" in said
    assert f"at most {limits.DEPUTY_DAYS_MAX} days" in said
