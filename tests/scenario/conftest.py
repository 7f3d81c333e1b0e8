# SPDX-License-Identifier: Apache-2.0
"""A real node in a temporary folder on a fake clock."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from lintas.model.header import Mode
from lintas.node.node import Node
from lintas.testing import OFFICER, FakeClock, a_node
from lintas.work.services import Services
from lintas.work.watching import add_watch
from tests.scenario.giving import take_text
from tests.scenario.noticing import PHONE


@pytest.fixture
def clock() -> FakeClock:
    """A clock that moves only when told."""
    return FakeClock()


@pytest.fixture(scope="session")
def newborn(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A new node of the clock's first moment, never opened: to copy it takes a tenth of making one."""
    folder = tmp_path_factory.mktemp("newborn") / "node"
    Node.create(folder, name="Example anti-scam centre", country="MY", mode=Mode.EXERCISE, clock=FakeClock())
    return folder


@pytest.fixture
def node(tmp_path: Path, clock: FakeClock, newborn: Path) -> Iterator[Node]:
    """An opened node."""
    if clock.now() == FakeClock().now():
        shutil.copytree(newborn, tmp_path / "node")
    with a_node(tmp_path, clock=clock) as opened:
        yield opened


@pytest.fixture
def services(node: Node) -> Services:
    """What use cases work with."""
    return node.services


@pytest.fixture
def watched(services: Services) -> Callable[[], None]:
    """Let another alert come; each call is one."""
    add_watch(services, OFFICER, [PHONE], note="operation Contoh")
    count = iter(range(1_000))

    def alert() -> None:
        take_text(services, f"{next(count)}: Siti Contoh, call {PHONE}", name="note.txt")

    return alert
