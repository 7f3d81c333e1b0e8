# SPDX-License-Identifier: Apache-2.0
"""The API holds to its description whoever asks it whatever, and no role gets what the access policy refuses it."""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import pytest
import schemathesis
from hypothesis import given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.config import SchemathesisConfig
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from lintas.model.ids import MessageId
from lintas.model.marking import Marking, Protected, Tlp
from lintas.model.viewer import Viewer
from lintas.node.node import Node
from lintas.policy import access as policy
from lintas.policy.access import Thing
from lintas.ports.identity import KeyRow
from lintas.testing import FakeClock, a_node
from lintas.web.app import build_app
from lintas.web.routes import API_ROUTES
from lintas.work.accounts import create_account
from lintas.work.accounts.api_keys import KEY_ACTIVITIES, KEY_PREFIX
from lintas.work.accounts.secret_tokens import digest_of
from lintas.work.intake import TakeOptions
from tests.scenario.giving import take_text
from tests.scenario.noticing import PHONE
from tests.scenario.systems import API, System

EXAMPLES: Final = 2_000 if os.environ.get("LINTAS_SOAK") == "1" else 40
ID: Final = re.compile(r"[0-9a-f]{64}")
KEYED: Final = {f"{spec.method} {spec.path}": spec for spec in API_ROUTES if spec.may == "key"}
MARKINGS: Final = tuple(
    Marking(tlp=tlp, classes=frozenset(classes))
    for tlp in (Tlp.GREEN, Tlp.AMBER_STRICT, Tlp.RED)
    for classes in ((), (Protected.STR,), (Protected.CT, Protected.VICTIM))
)


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """A node with something of each marking, and a key of each role that asks for more than it may."""

    node: Node
    clock: FakeClock
    keys: dict[str, str]
    viewers: dict[str, Viewer]
    planted: dict[str, Marking]  # message -> how it is marked


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    clock = FakeClock()
    with a_node(tmp_path_factory.mktemp("api"), clock=clock) as node:
        planted, keys, viewers = {}, {}, {}
        for number, marking in enumerate(MARKINGS):
            taken = take_text(
                node.services, f"note {number} of Siti Contoh, {PHONE}", options=TakeOptions(marking=marking)
            )
            planted[taken.messages[0]] = marking
        for number, role in enumerate(node.services.packs.access.roles):
            clearance = (Tlp.RED, Tlp.AMBER_STRICT)[number % 2]
            account = create_account(node.services, name=role, password=None, role=role, clearance=clearance)
            keys[role] = forged_key(node, account, role, number)
            viewers[role] = Viewer(id=account, clearance=clearance, role=role)
        yield World(node=node, clock=clock, keys=keys, viewers=viewers, planted=planted)


def forged_key(node: Node, account: str, role: str, number: int) -> str:
    """A key with every activity, which `make_key` would not make: only the gate stands in its way."""
    key = f"{KEY_PREFIX}{number:016x}_{'A' * 43}"
    row = KeyRow(
        digest=digest_of(key),
        id=f"{number:016x}",
        account=account,
        label="",
        role=role,
        activities=" ".join(KEY_ACTIVITIES),
        made_at="2026-01-01T00:00:00.000Z",
        expires_at="2099-01-01T00:00:00.000Z",
        used_at="",
        ended_at="",
    )
    node.services.store.write(lambda tx: tx.add_api_key(row))
    return key


@pytest.fixture(scope="module")
def described(world: World) -> Any:
    app = build_app(world.node.services, secure_cookies=False)
    return schemathesis.openapi.from_asgi("/openapi.json", app, config=SchemathesisConfig())


def test_the_description_is_valid_openapi(described: Any) -> None:
    described.validate()
    assert described.specification.version == "3.1.0"


@pytest.mark.timeout(600)
@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE], ids=["fitting", "broken"])
@pytest.mark.parametrize("route", KEYED)
def test_whoever_asks_whatever_gets_what_is_described_and_no_more_than_the_policy_allows(
    world: World, described: Any, route: str, mode: GenerationMode
) -> None:
    method, path = route.split(" ")
    operation = described[path][method]
    services = world.node.services
    table, spec = services.packs.access, KEYED[route]
    checks = [
        not_a_server_error,
        status_code_conformance,
        content_type_conformance,
        response_schema_conformance,
    ]

    @settings(max_examples=EXAMPLES)
    @given(role=st.sampled_from(sorted(world.keys)), case=operation.as_strategy(generation_mode=mode))
    def ask(role: str, case: Any) -> None:
        world.clock.forward(minutes=1)  # so many a minute, not so many in all
        sent = f"Bearer {world.keys[role]}"
        answer = case.call(headers={"authorization": sent})
        assert answer.status_code != 500, answer.text
        case.validate_response(answer, checks=checks)
        viewer = world.viewers[role]
        if answer.request.headers.get("authorization") != sent:
            assert answer.status_code == 401, answer.text  # what is broken may be the key
        elif not policy.may(table, viewer, spec.activity):
            assert answer.status_code == 403 or (answer.status_code == 404 and mode == GenerationMode.NEGATIVE)
        elif answer.status_code == 200:
            named = [MessageId(one) for one in ID.findall(answer.text) if one in world.planted]
            scope = policy.scope_of(table, viewer)
            assert services.store.read(lambda s: all(s.head(one, scope=scope) for one in named))
        else:
            assert answer.status_code != 403, answer.text

    ask()


def test_each_role_gets_of_what_is_planted_exactly_what_the_policy_allows(world: World) -> None:
    table = world.node.services.packs.access
    for role, viewer in world.viewers.items():
        world.clock.forward(minutes=1)
        allowed = {
            message
            for message, marking in world.planted.items()
            if policy.access(table, viewer, "find", Thing.marked(marking)).allowed
        }
        with System(world.node, world.keys[role]) as system:
            found = system.post("/find", json={"terms": ["Siti Contoh"], "limit": 200})
            alone = {one: system.get(f"/messages/{one}").status_code for one in world.planted}
        if not policy.may(table, viewer, "find"):
            assert found.status_code == 403, role
            assert set(alone.values()) == {403}, role
            continue
        sources = {one["message"] for row in found.json()["results"] for one in row["sources"]}
        open_text = {one for one in allowed if not world.planted[one].classes}
        assert open_text <= sources <= allowed, role  # words do not find what is masked
        assert {one for one, status in alone.items() if status == 200} == allowed, role
        assert {status for one, status in alone.items() if one not in allowed} <= {404}, role


@pytest.mark.slow
def test_no_role_reads_a_masked_value(world: World) -> None:
    masked = next(one for one, marking in world.planted.items() if Protected.VICTIM in marking.classes)
    for role in world.keys:
        world.clock.forward(minutes=1)
        with System(world.node, world.keys[role]) as system:
            for query in ({}, {"purpose": "to see it all"}):
                answer = system.ask("GET", f"{API}/messages/{masked}", params=query)
                assert "Siti Contoh" not in answer.text, role
                assert PHONE not in answer.text, role
