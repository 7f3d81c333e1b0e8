# SPDX-License-Identifier: Apache-2.0
"""What systems ask at /api/v1: the pages' use cases in JSON, behind keys and nothing else."""

import json
from collections.abc import Iterator

import pytest

from lintas.limits import API_KEY_HOURS
from lintas.model.marking import Tlp
from lintas.node.node import Node
from lintas.testing import FakeClock
from lintas.web.routes import API_ROUTES, ROUTES
from lintas.work.accounts import close_account
from lintas.work.services import Services
from tests.scenario.browsing import Browser, officer
from tests.scenario.giving import take_text
from tests.scenario.noticing import PHONE
from tests.scenario.systems import API, System, a_key

TEXT = f"Siti Contoh was called from {PHONE}"
KEYED = [spec for spec in API_ROUTES if spec.may == "key"]


@pytest.fixture
def system(node: Node) -> Iterator[System]:
    with System(node, a_key(node, "Case system").key) as opened:
        yield opened


def access_entries(services: Services) -> int:
    headers = services.store.read(lambda s: [json.loads(entry.header) for entry in s.entries(0, s.size())])
    return sum(header["kind"] == "access" for header in headers)


def test_only_these_routes_ask_for_no_key() -> None:
    public = {f"{spec.method} {spec.path}" for spec in API_ROUTES if spec.may == "public"}
    assert public == {"GET /openapi.json", "POST /oidc/back-channel-logout"}


def test_each_route_is_an_activity_of_the_access_policy(services: Services) -> None:
    for spec in KEYED:
        row = services.packs.access.activities[spec.activity]
        assert not (row.binding or row.four_eyes or row.purpose), spec.path
    everything = [(spec.method, spec.path) for spec in (*ROUTES, *API_ROUTES)]
    assert len(set(everything)) == len(everything)


def test_a_system_takes_finds_and_reads(system: System, services: Services) -> None:
    taken = system.post("/take", params={"name": "note.txt", "marking": "AMBER"}, content=TEXT.encode())
    assert taken.status_code == 200, taken.text
    message = taken.json()["messages"][0]
    before = access_entries(services)
    found = system.post("/find", json={"terms": [PHONE, "nobody@example.com"], "purpose": "case 7"})
    assert found.status_code == 200, found.text
    hit, miss = found.json()["results"]
    assert [one["message"] for one in hit["sources"]] == [message]
    assert miss["sources"] == []
    assert access_entries(services) == before + 1
    shown = system.get(f"/messages/{message}").json()
    assert shown["received"] == TEXT
    entity = system.get("/entities", params={"id": hit["entities"][0]["id"]}).json()
    assert entity["sources"][0]["message"] == message
    assert access_entries(services) == before + 3


def test_a_system_is_told_what_it_may_show_and_never_keep(node: Node) -> None:
    with System(node, a_key(node, "Case system", clearance=Tlp.RED).key) as system:
        for marking, is_kept in (("AMBER+STRICT", False), ("RED", True)):
            text = f"{TEXT}, {marking}"
            taken = system.post("/take", params={"name": "n.txt", "marking": marking}, content=text.encode())
            shown = system.get(f"/messages/{taken.json()['messages'][0]}").json()
            assert (shown["received"], shown["no_export"]) == (text, is_kept)


def test_a_system_watches_and_is_told(system: System, services: Services) -> None:
    assert system.get("/alerts").json() == {"alerts": []}
    watch = system.post("/watches", json={"terms": [PHONE], "days": 7, "note": "case 7"}).json()["watch"]
    assert [one["id"] for one in system.get("/watches").json()["watches"]] == [watch]
    take_text(services, TEXT, name="note.txt")
    before = access_entries(services)
    told = system.get("/alerts", params={"mine": "true"}).json()["alerts"]
    assert [(one["watch"], one["term"]) for one in told] == [(watch, PHONE)]
    assert access_entries(services) == before + 1
    assert system.get("/alerts", params={"after": told[0]["id"]}).json() == {"alerts": []}


def test_a_system_sees_the_peers(system: System, services: Services) -> None:
    assert system.get("/peers").json()["node"] == services.keys.node


def test_what_a_key_may_not_see_is_not_there(node: Node, services: Services) -> None:
    taken = take_text(services, TEXT, name="note.txt")
    with System(node, a_key(node, "Small system", clearance=Tlp.GREEN).key) as small:
        assert small.post("/find", json={"terms": [PHONE]}).json()["results"][0]["sources"] == []
        refused = small.get(f"/messages/{taken.messages[0]}")
        assert (refused.status_code, sorted(refused.json()["error"])) == (404, ["hint", "message", "rule"])


@pytest.mark.parametrize("key", ["", "x", "lintas-key_0123456789abcdef_" + "A" * 43])
def test_nobody_asks_without_a_key(node: Node, key: str) -> None:
    with System(node, key) as nobody:
        for spec in KEYED:
            answer = nobody.ask(spec.method, spec.path.format(message="0" * 64))
            assert answer.status_code == 401, spec.path
            assert answer.headers["www-authenticate"] == "Bearer"
            assert answer.json()["error"]["rule"] == "key"


def test_a_key_asks_only_for_what_it_was_made_for(node: Node) -> None:
    with System(node, a_key(node, "Finder", "find").key) as finder:
        for spec in KEYED:
            answer = finder.ask(spec.method, spec.path.format(message="0" * 64))
            assert (answer.status_code == 403) == (spec.activity != "find"), spec.path


def test_a_key_that_ended_asks_nothing(node: Node, services: Services, clock: FakeClock) -> None:
    first, second = a_key(node, "One"), a_key(node, "Two", days=2)
    with System(node, first.key) as one, System(node, second.key) as two:
        assert (one.get("/peers").status_code, two.get("/peers").status_code) == (200, 200)
        clock.forward(hours=API_KEY_HOURS)
        assert (one.get("/peers").status_code, two.get("/peers").status_code) == (401, 200)
        close_account(services, second.account)
        assert two.get("/peers").status_code == 401


def test_a_session_opens_nothing_here_and_a_key_no_page(node: Node, system: System) -> None:
    officer(node)
    with Browser(node) as browser:
        browser.enter(node)
        assert browser.get("/peers").status == 200
        assert browser.get(f"{API}/peers").status == 401
        assert browser.post(f"{API}/find", {"terms": PHONE}).status == 401
    for page in ("/peers", "/desk", "/log"):
        answer = system.ask("GET", page)
        assert (answer.status_code, answer.headers["location"][:8]) == (303, "/sign-in")
    assert system.ask("POST", "/find").status_code == 401


@pytest.mark.parametrize(
    ("method", "path", "more", "status"),
    [
        ("POST", "/find", {"content": b"{}", "headers": {"content-type": "text/plain"}}, 415),
        ("POST", "/find", {"content": b"terms=x"}, 415),
        ("POST", "/find", {"json": {}}, 400),
        ("POST", "/find", {"json": {"terms": []}}, 400),
        ("POST", "/find", {"json": {"terms": ["x"], "limit": 0}}, 400),
        ("POST", "/find", {"json": {"terms": ["x"], "more": 1}}, 400),
        ("POST", "/find", {"json": {"terms": ["x"], "filters": {"since": "yesterday"}}}, 400),
        ("POST", "/find", {"json": ["x"]}, 400),
        ("POST", "/find", {"content": b"\xff", "headers": {"content-type": "application/json"}}, 400),
        ("POST", "/watches", {"json": {"terms": ["no identifier"]}}, 400),
        ("POST", "/watches", {"json": {"terms": [PHONE], "days": 366}}, 400),
        ("POST", "/take", {"content": b"x"}, 400),
        ("POST", "/take", {"content": b"x", "params": {"name": "n", "marking": "PURPLE"}}, 400),
        ("POST", "/take", {"content": b"", "params": {"name": "n.json"}}, 422),
        ("GET", "/messages/xyz", {}, 404),
        ("GET", f"/messages/{'0' * 64}", {}, 404),
        ("GET", "/entities", {}, 400),
        ("GET", "/entities", {"params": {"id": "none"}}, 404),
        ("GET", "/entities", {"params": {"id": "none", "unmask": "1"}}, 400),
        ("GET", "/alerts", {"params": {"limit": "x"}}, 400),
        ("GET", "/alerts", {"params": {"after": "x"}}, 404),
        ("GET", "/alerts", {"params": [("limit", "1"), ("limit", "2")]}, 400),
        ("GET", "/nothing", {}, 404),
        ("GET", "/find", {}, 405),
        ("DELETE", "/peers", {}, 405),
    ],
)
def test_what_cannot_be_is_said_in_one_shape(
    system: System, method: str, path: str, more: dict[str, object], status: int
) -> None:
    answer = system.ask(method, API + path, **more)
    assert answer.status_code == status, answer.text
    assert sorted(answer.json()["error"]) == ["hint", "message", "rule"]
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["cache-control"] == "no-store"


def test_the_description_is_made_from_the_table(system: System) -> None:
    said = system.ask("GET", "/openapi.json").json()
    described = {(method.upper(), path) for path, ways in said["paths"].items() for method in ways}
    assert described == {(spec.method, spec.path) for spec in KEYED}
    assert said["openapi"] == "3.1.0"
    assert said["security"] == [{"key": []}]
