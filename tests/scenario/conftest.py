# SPDX-License-Identifier: Apache-2.0
"""A real node in a temporary folder on a fake clock."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

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


@pytest.fixture
def node(tmp_path: Path, clock: FakeClock) -> Iterator[Node]:
    """An opened node."""
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
