# SPDX-License-Identifier: Apache-2.0
"""What a peer calls itself is its own choice; it keeps nobody from sharing with another."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from lintas.testing import OFFICER
from lintas.work.peering import add_peer, describe
from lintas.work.sharing import preview, share
from tests.scenario.agencies import taken
from tests.scenario.heads import World, a_world, id_of, meet


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with a_world(tmp_path) as made:
        yield made


def test_a_peer_that_takes_anothers_id_for_its_name_stops_no_sharing(world: World) -> None:
    my, sg, th = world.make("my"), world.make("sg"), world.make("th")
    meet(my, sg)
    liar = replace(th.services.config, name=id_of(sg))  # type: ignore[type-var]  # a Node has a NodeConfig
    add_peer(my.services, OFFICER, describe(replace(th.services, config=liar)))
    message = taken(my, "call +60123456789")
    everybody = [id_of(sg), id_of(th)]
    assert {line.to for line in preview(my.services, OFFICER, [message], to=everybody).released} == set(everybody)
    assert [line.to for line in share(my.services, OFFICER, [message], to=[id_of(sg)]).released] == [id_of(sg)]
