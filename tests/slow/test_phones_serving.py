# SPDX-License-Identifier: Apache-2.0
"""A real server process rings the desk's phone through a real gateway process; either is killed, and it rings once."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from lintas.config import NodeConfig
from lintas.testing import two_nodes
from tests.scenario.outside import secret, until
from tests.scenario.ringing import NUMBER, Rung, a_gateway, begin
from tests.scenario.threads import ask

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


@pytest.fixture
def gateway(tmp_path: Path) -> Iterator[Rung]:
    (tmp_path / "outside").mkdir()
    with a_gateway(tmp_path / "outside") as rung:
        yield rung


@pytest.fixture
def folder(tmp_path: Path, gateway: Rung) -> Path:
    """A node to which a request came long ago, by the twins' clock: nobody acknowledged it."""
    with two_nodes(tmp_path) as (here, there):
        ask(there, here)
        assert isinstance(here.services.config, NodeConfig)
        made = here.services.config.folder
    with (made / "node.toml").open("a", encoding="utf-8") as settings:
        settings.write(f'[notify.gateway]\nurl = "{gateway.url}"\nsecret = "{secret()}"\nkinds = ["push", "sms"]\n')
        settings.write(f'phones = [{{ number = "{NUMBER}" }}]\nagain_minutes = 60\n')
    return made


@contextmanager
def served(folder: Path) -> Iterator["subprocess.Popen[str]"]:
    command = [sys.executable, "-m", "lintas.cli.main", "serve", str(folder), "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as child:
        try:
            assert child.stdout is not None
            assert child.stdout.readline().startswith("serving http://")
            yield child
        finally:
            if child.poll() is None:
                child.send_signal(signal.SIGTERM)
                child.wait(30)


def test_a_node_killed_between_the_gateways_taking_and_its_own_writing_rings_once(folder: Path, gateway: Rung) -> None:
    gateway.behave(late_s=20)
    with served(folder) as child:
        until(lambda: gateway.rang() == ["push"])
        child.kill()
        child.wait(30)
    gateway.behave()
    with served(folder):
        until(lambda: [one["rang"] for one in gateway.taken()][:2] == [True, False])
        until(lambda: "sms" in gateway.rang(), seconds=90)
    assert gateway.rang() == ["push", "sms"], "and each way once"


def test_a_gateway_killed_before_it_kept_a_notice_is_asked_again_and_rings_once(folder: Path, gateway: Rung) -> None:
    gateway.behave(die="before")
    with served(folder):
        assert gateway.child.wait(60) == 70
        assert gateway.taken() == []
        again = begin(gateway.record, kept=gateway.kept)
        try:
            until(lambda: sorted(again.rang()) == ["push", "sms"], seconds=110)
        finally:
            again.end()
    assert sorted(again.rang()) == ["push", "sms"]
