# SPDX-License-Identifier: Apache-2.0
"""A real node in a temporary folder on a fake clock."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from lintas.node.node import Node
from lintas.testing import FakeClock, a_node
from lintas.work.services import Services


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
