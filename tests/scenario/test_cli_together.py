# SPDX-License-Identifier: Apache-2.0
"""Verbs that run at the same moment in one node."""

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from lintas.cli import demo_files
from lintas.model.header import Mode
from lintas.model.intake_answers import Taken
from lintas.model.watch_answers import Alerts
from lintas.node.node import Node
from lintas.testing import shared_readers
from lintas.web.local import commands, wire
from lintas.work.intake import TakenFile

CALLERS = 6


def test_the_same_file_taken_by_many_at_once_is_one_message_and_one_alert(tmp_path: Path) -> None:
    Node.create(tmp_path / "asc", name="Desk", country="MY", mode=Mode.EXERCISE)
    file = TakenFile(name="indicators.json", data=demo_files.bundle())
    together = threading.Barrier(CALLERS)
    with Node.open(tmp_path / "asc", readers=shared_readers()) as node:
        commands.run(node.services, wire.WatchAdd(terms=[demo_files.PHONE]))
        before = node.services.store.read(lambda snapshot: snapshot.size())

        def take(_number: int) -> Taken:
            together.wait(30)
            taken = commands.run(node.services, wire.Take(source="hotline"), files=[file])
            assert isinstance(taken, Taken)
            return taken

        with ThreadPoolExecutor(CALLERS) as pool:
            answers = list(pool.map(take, range(CALLERS)))
        alerts = commands.run(node.services, wire.AlertList())
        assert isinstance(alerts, Alerts)
        size = node.services.store.read(lambda snapshot: snapshot.size())
    assert len({tuple(answer.messages) for answer in answers}) == 1
    assert len({tuple(answer.intakes) for answer in answers}) == 1
    assert sorted(answer.duplicates for answer in answers) == [0] + [len(answers[0].messages)] * (CALLERS - 1)
    assert sum(answer.alerts for answer in answers) == len(alerts.alerts)
    access = 1  # looking at the alerts
    assert size - before == len(answers[0].messages) + 1 + len(alerts.alerts) + access
