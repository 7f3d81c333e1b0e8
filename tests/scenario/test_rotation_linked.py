# SPDX-License-Identifier: Apache-2.0
"""Keys changed between two connections over real TLS: both sides follow by themselves, and lose nothing."""

import asyncio
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

import pytest

from lintas.model.marking import Marking, Tlp
from lintas.model.peering import Lane
from lintas.node.keys import OPERATIONAL
from lintas.node.node import Node
from lintas.node.rotating import rotate
from lintas.testing import OFFICER, FakeClock, two_nodes
from lintas.work.intake import TakenFile, TakeOptions, take
from lintas.work.peering import show_peer
from lintas.work.proving import verify
from lintas.work.services import no_progress
from lintas.work.sharing import share
from tests.scenario.introducing import person
from tests.scenario.meeting import held, meet, served, until


def run(story: Coroutine[Any, Any, None]) -> None:
    async def bounded() -> None:
        async with asyncio.timeout(240):
            await story

    asyncio.run(bounded())


def shared(node: Node, to: str, text: str) -> None:
    file = TakenFile(name="note.txt", data=text.encode())
    options = TakeOptions(marking=Marking(tlp=Tlp.AMBER))
    done = take(node.services, OFFICER, [file], options=options, progress=no_progress)
    assert share(node.services, OFFICER, done.messages, to=[to]).refused == []


def id_of(node: Node) -> str:
    return str(node.services.keys.node)


async def exchange(here: Node, there: Node, number: int, *, hears: bool) -> None:
    """Connect both, share one more note each way, and wait until both have all.

    Args:
        hears: Whether the first node accepts connections; else it connects and pushes.
    """
    async with served(here, listens=hears) as a, served(there) as b:
        for one, text in ((here, "Call +60 12-345 67"), (there, "Call +65 8123 45")):
            await asyncio.to_thread(shared, one, b.id if one is here else a.id, f"{text}{number:02}")
        meet(here, b)
        if hears:
            meet(there, a)
        await until(there, lambda: held(there, a.id).at(Lane.BULK) == number)
        await until(here, lambda: held(here, b.id).at(Lane.BULK) == number)
    for node, other in ((here, there), (there, here)):
        assert show_peer(node.services, OFFICER, id_of(other)).standing == "unverified"  # nobody was accused
        assert verify(node.services, progress=no_progress).problems == []


@pytest.mark.parametrize("hears", [True, False], ids=["reachable", "behind a firewall"])
@pytest.mark.parametrize(
    ("what", "revoke"),
    [(OPERATIONAL, True), (OPERATIONAL, False), (("tls",), True), (("signing",), True), (("log", "cosign"), True)],
    ids=["all stolen", "all", "tls stolen", "signing stolen", "log and cosign stolen"],
)
def test_a_peer_follows_new_keys_by_itself(
    tmp_path: Path, clock: FakeClock, what: tuple[str, ...], revoke: bool, hears: bool
) -> None:
    with two_nodes(tmp_path, clock=clock) as (here, there):
        person(here, "Contoh Satu", role="operator")
        run(exchange(here, there, 1, hears=hears))
    clock.forward(seconds=1)
    assert rotate(tmp_path / "my", by="Contoh Satu", what=what, revoke=revoke).told
    with two_nodes(tmp_path, clock=clock) as (here, there):
        run(exchange(here, there, 2, hears=hears))
        assert show_peer(there.services, OFFICER, id_of(here)).serial == 1


def test_both_sides_change_all_keys_while_apart(tmp_path: Path, clock: FakeClock) -> None:
    with two_nodes(tmp_path, clock=clock) as (here, there):
        for node in (here, there):
            person(node, "Contoh Satu", role="operator")
        run(exchange(here, there, 1, hears=True))
    clock.forward(seconds=1)
    for name in ("my", "sg"):
        for _ in range(2):
            rotate(tmp_path / name, by="Contoh Satu", revoke=True)
    with two_nodes(tmp_path, clock=clock) as (here, there):
        run(exchange(here, there, 2, hears=True))
        for node, other in ((here, there), (there, here)):
            assert show_peer(node.services, OFFICER, id_of(other)).serial == 2
