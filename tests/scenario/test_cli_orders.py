# SPDX-License-Identifier: Apache-2.0
"""Orders on the command line: share proposes where passkeys bind, and what waits can be read."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from lintas.testing import FakeClock, two_nodes
from tests.faults.terminal import main
from tests.scenario.deciding import people, taken


def test_share_proposes_and_says_where_to_confirm(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    clock = FakeClock(datetime.now(UTC))  # the command goes by this machine's
    with two_nodes(tmp_path, clock=clock) as (here, there):
        message, peer = taken(here), there.services.keys.node
        (person,) = people(here, "Aminah")
    folder = str(tmp_path / "my")
    assert main(["share", folder, message, "--to", peer]) == 1
    said = capsys.readouterr().out
    assert "nothing was released: order" in said
    order = said.split("order ")[1].split(" ")[0]
    assert f"/approvals/{order}" in said
    assert main(["order", "list", folder]) == 0
    assert "Release 1 message to Sample crime desk" in capsys.readouterr().out
    assert main(["order", "show", folder, order, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["line"]["state"] == "proposed"
    with two_nodes(tmp_path, clock=clock) as (here, _):
        person.node = here
        assert person.says(order, "confirmed").state == "done"
    assert main(["order", "show", folder, order]) == 0
    shown = capsys.readouterr().out
    assert "by passkey" in shown
    assert "done" in shown
    assert main(["order", "show", folder, "ab" * 32]) == 2
