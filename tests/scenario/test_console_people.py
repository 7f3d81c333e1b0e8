# SPDX-License-Identifier: Apache-2.0
"""People and roles, and need-to-know lists, in the console: for each role, with what it may and may not do there."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from lintas.config.packs import read_packs
from lintas.model.marking import Marking, Tlp
from lintas.node.node import Node
from lintas.testing import OFFICER, a_node
from lintas.work.accounts import create_account, list_accounts
from lintas.work.intake import TakenFile, TakeOptions, take
from lintas.work.services import no_progress
from tests.scenario.browsing import Browser

ROLES: Final = tuple(read_packs(None).access.roles)
MAY: Final = {"supervisor", "operator"}


@pytest.fixture
def node(tmp_path: Path) -> Iterator[Node]:
    with a_node(tmp_path) as opened:
        for name, role in (("Aminah", "case_officer"), ("Siti", "supervisor"), ("Ravi", "analyst")):
            create_account(opened.services, name=name, password=None, role=role, clearance=Tlp.RED)
        yield opened


@pytest.mark.parametrize("role", ROLES)
def test_every_role_reads_who_works_here_and_only_some_find_forms(node: Node, role: str) -> None:
    create_account(node.services, name="Somebody", password=None, role=role, clearance=Tlp.AMBER)
    with Browser(node) as browser:
        browser.enter(node, "Somebody")
        shown = browser.get("/people")
        assert shown.status == 200
        for words in ("Aminah officer-0001", "Shifts and deputies", "What each role may do", "Set a deputy"):
            assert words in shown.text
        assert ("Add somebody" in shown.text) == (role in MAY)
        assert ("Set a shift" in shown.text) == (role == "supervisor")
        one = browser.get("/people/officer-0001")
        assert "What they may do" in one.text
        assert ("Close the account" in one.text) == (role in MAY)
        if role not in MAY:
            refused = browser.post("/people/officer-0003", {"do": "close"})
            assert refused.status == 403, refused.text
            assert list_accounts(node.services)[2].state == "open"


def test_a_supervisor_adds_changes_and_closes(node: Node) -> None:
    with Browser(node) as browser:
        browser.enter(node, "Siti")
        browser.get("/people")
        sent = browser.post("/people", {"name": "Lee", "role": "analyst", "clearance": "GREEN", "opens": ["ct"]})
        assert sent.location == "/people/officer-0004?done=add"
        assert "Added." in browser.open(sent.location).text
        for fields in (
            {"do": "role", "role": "examiner"},
            {"do": "clearance", "clearance": "AMBER"},
            {"do": "opens"},
        ):
            assert browser.post("/people/officer-0004", fields).status == 303, fields
        lee = list_accounts(node.services)[3]
        assert (lee.role, lee.clearance, lee.opens) == ("examiner", "TLP:AMBER", ())
        assert (
            "This account is closed"
            in browser.open(browser.post("/people/officer-0004", {"do": "close"}).location).text
        )


def test_what_cannot_be_done_is_said_on_the_page(node: Node) -> None:
    with Browser(node) as browser:
        browser.enter(node, "Siti")
        own = browser.get("/people/officer-0002")
        assert "Nobody changes their own role" in own.text
        refused = browser.post("/people/officer-0002", {"do": "role", "role": "operator"})
        assert refused.status == 403
        assert "Nobody changes their own role" in refused.text
        again = browser.post("/people", {"name": "Ravi", "role": "analyst", "clearance": "GREEN"})
        assert again.status == 400
        assert "There is already an account called" in again.text
        for fields in ({"do": "wish"}, {}, {"do": "role", "role": "wizard"}, {"do": "clearance", "clearance": "X"}):
            assert browser.post("/people/officer-0003", fields).status == 400, fields
        assert browser.get("/people/officer-9999").status == 404


def test_shifts_and_deputies_are_set_and_ended_and_stand_on_the_desk(node: Node) -> None:
    with Browser(node) as browser:
        browser.enter(node, "Siti")
        browser.get("/people")
        span = {"starts": "2026-03-01T02:00", "ends": "2026-03-01T10:00"}
        assert browser.post("/duties/shift", {"person": "officer-0003", **span}).status == 303
        assert (
            browser.post("/duties/deputy", {"person": "officer-0003", "stands_for": "officer-0001", **span}).status
            == 303
        )
        shown = browser.get("/people")
        assert "Ravi stands in for Aminah" in shown.text
        assert "On duty now : Ravi Ravi for Aminah" in browser.get("/desk").text
        browser.get("/people")
        for wrong in ({"starts": "", "ends": ""}, {"starts": "2026-03-02T02:00", "ends": "2026-03-01T02:00"}):
            assert browser.post("/duties/shift", {"person": "officer-0003", **wrong}).status == 400
        ends = [link for link in shown.html.split('action="') if link.startswith("/duties/") and "/end" in link[:90]]
        for one in ends:
            assert browser.post(one.split('"')[0]).status == 303
        assert "None is on or to come" in browser.get("/people").text


def test_anybody_chooses_a_deputy_for_themselves_alone(node: Node) -> None:
    with Browser(node) as browser:
        browser.enter(node, "Ravi")
        browser.get("/people")
        span = {"starts": "2026-03-01T02:00", "ends": "2026-03-01T10:00"}
        assert browser.post("/duties/deputy", {"person": "officer-0001", **span}).status == 303
        refused = browser.post("/duties/deputy", {"person": "officer-0002", "stands_for": "officer-0001", **span})
        assert refused.status == 403
        assert browser.post("/duties/shift", {"person": "officer-0001", **span}).status == 403


def test_a_list_is_opened_filled_and_left_and_a_message_restricted(node: Node) -> None:
    file = TakenFile(name="note.txt", data=b"Call +60 12-345 6789")
    options = TakeOptions(marking=Marking(tlp=Tlp.AMBER))
    (message,) = take(node.services, OFFICER, [file], options=options, progress=no_progress).messages
    with Browser(node) as amina, Browser(node) as ravi:
        amina.enter(node, "Aminah")
        ravi.enter(node, "Ravi")
        assert "You are on no list" in ravi.get("/lists").text
        amina.get("/lists")
        assert amina.post("/lists", {"name": "op-lintang"}).status == 303
        assert "op-lintang" in amina.get(f"/message/{message}").text
        assert amina.post(f"/message/{message}/restrict", {"list": "op-lintang"}).status == 303
        assert "Only those on this list see that it is there: op-lintang" in amina.get(f"/message/{message}").text
        assert ravi.get(f"/message/{message}").status == 404
        assert "op-lintang" not in ravi.get("/lists").text
        assert ravi.post("/lists/op-lintang/leave").status == 400
        amina.get("/lists")
        assert amina.post("/lists/op-lintang/join", {"person": "officer-0003"}).status == 303
        shown = ravi.get("/lists")
        assert "Aminah put on it: Ravi" in shown.text
        assert "Aminah restricted to it: 1 message" in shown.text
        assert ravi.get(f"/message/{message}").status == 200
        ravi.get("/lists")
        assert ravi.post("/lists/op-lintang/leave").status == 303
        assert amina.post("/lists/op-lintang/leave").status == 403  # nobody would be left who could change it
        assert amina.post("/lists/op-lintang/close").status == 303
        amina.get(f"/message/{message}")
        assert amina.post(f"/message/{message}/free", {"list": "op-lintang"}).status == 303
        assert ravi.get(f"/message/{message}").status == 200


@pytest.mark.parametrize("role", ["operator", "oversight", "trainer", "engineer"])
def test_who_sees_no_content_sees_no_lists(node: Node, role: str) -> None:
    create_account(node.services, name="Somebody", password=None, role=role, clearance=Tlp.AMBER)
    with Browser(node) as browser:
        browser.enter(node, "Somebody")
        assert browser.get("/lists").status == 403
        assert "Lists" not in browser.get("/people").text.split("Accounts")[0]
