# SPDX-License-Identifier: Apache-2.0
"""Every route and every verb, asked as everybody: the answer is what the access policy decides, and nothing else.

Nothing is listed here: routes, verbs and roles come from their own tables.
"""

import html
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args, get_origin

import msgspec
import pytest

from lintas.errors import LintasError, NotAllowed
from lintas.model.header import Kind
from lintas.model.marking import Tlp
from lintas.model.viewer import Viewer
from lintas.node.node import Node
from lintas.policy.access import admits
from lintas.testing import FakeClock, a_node
from lintas.web.console.page import SECTIONS
from lintas.web.local import wire
from lintas.web.local.activities import ACTIVITIES, activity_of
from lintas.web.local.calling import LOCAL_VIEWER
from lintas.web.local.commands import COMMANDS, run, viewer_called
from lintas.web.routes import ROUTES, RouteSpec
from lintas.work.access import admit
from lintas.work.accounts import create_account
from lintas.work.appending import append_control
from tests.scenario.browsing import Browser
from tests.scenario.test_console_gate import address_of

GUARDED = [spec for spec in ROUTES if spec.may != "public"]


@dataclass
class Agency:
    """A node with one person of each role, one who is off duty, and an account whose role the policy does not know."""

    node: Node
    people: dict[str, Viewer]


@pytest.fixture(scope="module")
def agency(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Agency]:
    clock = FakeClock()
    with a_node(tmp_path_factory.mktemp("matrix"), clock=clock) as node:
        services = node.services
        for role in services.packs.access.roles:
            create_account(services, name=role, password=None, role=role, clearance=Tlp.AMBER)
        absent = create_account(services, name="absent", password=None, role="supervisor", clearance=Tlp.RED)
        shift: dict[str, object] = {
            "action": "set",
            "by": absent,
            "ends_at": "2020-01-02T00:00:00.000Z",
            "id": "7" * 64,
            "person": absent,
            "stands_for": "",
            "starts_at": "2020-01-01T00:00:00.000Z",
            "what": "shift",
        }
        append_control(services, Kind.DUTY, shift)
        names = [*services.packs.access.roles, "absent"]
        yield Agency(node, {name: viewer_called(services, name) for name in names})


def refusal(node: Node, viewer: Viewer, activity: str) -> str:
    """The sentence that the policy refuses with before anything is looked up; empty when it does not."""
    decision = admits(node.services.packs.access, viewer, activity)
    if decision.allowed:
        return ""
    with pytest.raises(NotAllowed) as caught:
        admit(node.services, viewer, activity)
    assert caught.value.rule == decision.rule
    assert decision.reason in caught.value.message
    assert all(reason in caught.value.message for _, reason in decision.also)
    return caught.value.message


def answered(browser: Browser, spec: RouteSpec) -> tuple[int, str]:
    """Ask for one route, with a form's secret where it takes a form."""
    page = browser.post(address_of(spec)) if spec.method == "POST" else browser.get(address_of(spec))
    return page.status, html.unescape(page.text)


def test_somebody_is_off_duty(agency: Agency) -> None:
    assert agency.people["absent"].is_off_duty
    assert not agency.people["analyst"].is_off_duty


def test_every_route_answers_each_person_as_the_policy_decides(agency: Agency) -> None:
    node, wrong = agency.node, list[str]()
    for who, viewer in agency.people.items():
        with Browser(node) as browser:
            browser.enter(node, who)
            # signing out is asked last: it ends the session
            for spec in sorted(GUARDED, key=lambda one: one.name == "sign-out"):
                said = refusal(node, viewer, spec.activity)
                if spec.is_stream and not said:
                    continue  # it would not end; tests of streams open them
                status, text = answered(browser, spec)
                is_refused = bool(said) and status == 403 and said in text
                is_let_in = not said and not (status == 403 and "You may not" in text and spec.method == "GET")
                if not (is_refused or is_let_in) or status >= 500:
                    wrong.append(
                        f"{who} {spec.method} {spec.path}: {status}, policy {said or 'admits'!r}: {text[:300]}"
                    )
    assert wrong == []


def test_the_navigation_offers_each_person_what_opens_and_nothing_else(agency: Agency) -> None:
    for who, viewer in agency.people.items():
        with Browser(agency.node) as browser:
            assert browser.enter(agency.node, who).location in {"/desk", "/node"}
            home = browser.open("/")
            assert home.status == 200, who
            offered = {one.address for one in SECTIONS if f'href="{one.address}"' in home.html}
            assert offered == {one.address for one in SECTIONS if not refusal(agency.node, viewer, one.activity)}, who
            for address in offered:
                assert browser.open(address).status == 200, (who, address)
            assert ('action="/find"' in home.html) == (not refusal(agency.node, viewer, "find"))


def test_another_method_does_not_go_round_the_gate(agency: Agency) -> None:
    node = agency.node
    for who in ("operator", "trainer", "absent"):
        viewer = agency.people[who]
        with Browser(node) as browser:
            browser.enter(node, who)
            for spec in GUARDED:
                if spec.method != "GET" or not refusal(node, viewer, spec.activity):
                    continue
                for method in ("HEAD", "OPTIONS", "PUT", "PATCH", "DELETE", "TRACE", "get", "QUERY"):
                    status = browser.ask(method, address_of(spec)).status
                    assert status == (403 if method in {"HEAD", "get"} else 405), (who, method, spec.path, status)


def test_an_account_of_a_role_that_the_policy_lost_may_nothing(tmp_path: Path) -> None:
    with a_node(tmp_path) as node:
        create_account(node.services, name="Lost", password=None, role="examiner", clearance=Tlp.RED)
    packs = tmp_path / "node" / "packs"
    packs.mkdir()
    ours = (Path(__file__).resolve().parents[2] / "src/lintas/packs/access.toml").read_text(encoding="utf-8")
    without = ours.replace("[role.examiner]", "[role.assayer]").replace('"examiner"', '"assayer"')
    (packs / "access.toml").write_text(without, encoding="utf-8")
    with a_node(tmp_path) as node, Browser(node) as browser:
        browser.enter(node, "Lost")
        for spec in GUARDED:
            status, text = answered(browser, spec)
            assert status == 403, spec.path
            assert "the access policy knows no role 'examiner'" in text


# --- Verbs of the command line ---


def sample(kind: Any, folder: Path) -> Any:
    """A value of a field's type, which need not make sense."""
    if get_origin(kind) is not None and hasattr(kind, "__metadata__"):
        return sample(get_args(kind)[0], folder)
    if kind is int:
        return 1
    if kind is bool:
        return False
    if kind is float:
        return 0.0
    if kind is bytes:
        return b"x"
    origin = get_origin(kind)
    if origin in {list, tuple, frozenset, set}:
        return origin()
    if origin is dict or kind is dict:
        return {}
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        return request_of(kind, folder)
    return str(folder / "x")


def request_of(kind: type[Any], folder: Path) -> Any:
    """A request with every required field filled."""
    needed = [field for field in msgspec.structs.fields(kind) if field.required]
    values = {field.name: sample(field.type, folder) for field in needed}
    return kind(**values | ({"action": "suspend"} if "action" in values else {}))


VERBS = sorted(COMMANDS, key=lambda kind: kind.__name__)


def test_every_verb_is_an_activity_of_the_policy(agency: Agency) -> None:
    assert ACTIVITIES.keys() == COMMANDS.keys()
    known = agency.node.services.packs.access.activities
    for kind in VERBS:
        assert activity_of(request_of(kind, Path("/nowhere"))) in known


@pytest.mark.parametrize("kind", VERBS, ids=lambda kind: kind.__name__)
def test_every_verb_answers_each_person_as_the_policy_decides(
    agency: Agency, kind: type[wire.Request], tmp_path: Path
) -> None:
    node = agency.node
    for who, viewer in [*agency.people.items(), ("", LOCAL_VIEWER)]:
        request = msgspec.structs.replace(request_of(kind, tmp_path / (who or "folder")), actor=who)
        said = refusal(node, viewer, activity_of(request))
        answer = ""
        try:
            run(node.services, request)
        except LintasError as error:  # who was let in asks for nonsense here, or something of somebody else's
            answer = error.message
        assert not said or answer == said, f"{who or 'the folder'} was let in"
