# SPDX-License-Identifier: Apache-2.0
"""The demo as a person starts it: a process of its own."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]
STEPS = [
    *("nodes", "files", "serve", "introduce", "passkeys", "watch", "take", "dry-run", "share", "second", "find"),
    *("cut", "receipts", "oversee", "report", "ask", "order", "bank", "refuse", "clocks", "hand-over"),
    *("hour", "follow", "border", "hold", "no", "case", "expire", "score"),
    *("verify", "prove", "sign-in", "heads", "stop"),
]
ALL_MS_MAX = 300_000  # on a machine that does much else; a free one needs a tenth
DEMO_S_MAX = 400  # as above, starting and ending it too


def demo(folder: Path, data: Path | None = None) -> Any:
    command = [sys.executable, "-m", "lintas.cli.main", "demo", "--once", "--folder", str(folder)]
    env = {name: said for name, said in os.environ.items() if name != "LINTAS_DATA"}
    if data is not None:
        env["LINTAS_DATA"] = str(data)
    said = subprocess.run(
        command, capture_output=True, text=True, check=False, timeout=DEMO_S_MAX, cwd=folder.parent, env=env
    )
    assert said.returncode == 0, said.stdout + said.stderr
    (line,) = said.stdout.splitlines()
    return json.loads(line)


def is_running(folder: Path) -> bool:
    """Whether any process has this folder on its command line."""
    for found in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if os.fsencode(folder) in found.read_bytes():
                return True
        except OSError:
            continue  # it ended while we looked
    return False


def details(report: Any) -> dict[str, str]:
    return {step["name"]: step["detail"] for step in report["steps"]}


@pytest.fixture
def data(request: pytest.FixtureRequest) -> Path | None:
    """Real files, where this machine has them."""
    try:
        found = request.getfixturevalue("data_dir")
    except pytest.skip.Exception:
        return None
    assert isinstance(found, Path)
    return found


@pytest.mark.parametrize("times", [1, pytest.param(2, marks=pytest.mark.soak)])
def test_every_step_holds_also_twice_in_one_folder_and_in_one_of_the_demo_of_one_node(
    tmp_path: Path, data: Path | None, times: int
) -> None:
    folder = tmp_path / "demo"
    (folder / "node" / "blobs").mkdir(parents=True)
    (folder / "lintas-demo.json").write_text("{}")
    for name in ("made.json", "server.log", "node/node.toml"):
        (folder / name).write_text("{}")
    for real in (None, data)[-times:]:  # the last time it shares real files too
        report = demo(folder, real)
        assert set(report) == {"ok", "steps", "version"}
        assert report["ok"] is True, report
        assert [step["name"] for step in report["steps"]] == STEPS
        assert all(set(step) == {"name", "ok", "ms", "detail"} for step in report["steps"])
        assert sum(step["ms"] for step in report["steps"]) < ALL_MS_MAX
        said = details(report)
        assert real is None or "real STIX files" in said["files"]
        assert "was refused" in said["introduce"]
        assert "[tlp-red]" in said["dry-run"]
        assert "6 people enrolled a passkey" in said["passkeys"]
        assert "confirms by passkey: 12 messages released" in said["share"]
        assert "on 3 of 3 identifiers" in said["share"]
        assert "may not approve" in said["second"]
        assert "and not what it says" in said["oversee"]
        assert "none missing, none twice" in said["cut"]
        assert "stored, shown" in said["receipts"]
        assert "before there is any case" in said["report"]
        assert "held now: nothing" in said["order"]
        assert "MYR 12,400.00 held of MYR 19,000.00" in said["bank"]
        assert "Could not be identified" in said["refuse"]
        assert "Lim Shili at SG say that they saw it" in said["clocks"]
        assert "until Tan Shili accepts it by name" in said["hand-over"]
        assert "CN hands on to TH; TH hands on to MY" in said["follow"]
        assert "no account in TH" in said["border"]
        assert said["hold"].count(" held") == 3
        assert "MYR 6,000.00 partly" in said["hold"]
        assert "no wrong hold" in said["score"]
        assert not is_running(folder)
        assert not (folder / "node").exists()


@pytest.mark.parametrize(
    ("step", "sign"),
    [
        ("share", signal.SIGTERM),
        ("order", signal.SIGKILL),
        *(
            pytest.param(step, sign, marks=pytest.mark.soak)
            for step, sign in (
                ("serve", signal.SIGTERM),
                ("serve", signal.SIGKILL),
                ("share", signal.SIGKILL),
                ("cut", signal.SIGTERM),
                ("cut", signal.SIGKILL),
            )
        ),
    ],
)
def test_a_demo_that_is_killed_leaves_nothing_running(tmp_path: Path, step: str, sign: signal.Signals) -> None:
    folder = tmp_path / "demo"
    stop_after(folder, step, sign)
    assert until_quiet(folder)


@pytest.mark.soak
def test_after_a_kill_the_folder_is_good_for_the_next_demo(tmp_path: Path) -> None:
    folder = tmp_path / "demo"
    stop_after(folder, "introduce", signal.SIGKILL)
    assert demo(folder)["ok"] is True  # at once: it waits by itself for the servers of the dead one


@pytest.mark.soak
def test_a_second_demo_in_the_same_folder_is_refused_and_harms_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "demo"
    command = [sys.executable, "-m", "lintas.cli.main", "demo", "--once", "--folder", str(folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=tmp_path) as child:
        assert child.stderr is not None
        assert any(line.startswith("ok    serve") for line in child.stderr)
        second = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60, cwd=tmp_path)
        out, _ = child.communicate(timeout=DEMO_S_MAX)
    assert second.returncode == 2
    assert "already" in second.stderr
    assert json.loads(out)["ok"] is True


def stop_after(folder: Path, step: str, sign: signal.Signals) -> None:
    """Start the demo and send it a signal as soon as it has done a step."""
    command = [sys.executable, "-m", "lintas.cli.main", "demo", "--once", "--folder", str(folder)]
    with subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, cwd=folder.parent
    ) as child:
        assert child.stderr is not None
        assert any(line.startswith(f"ok    {step} ") for line in child.stderr)
        child.send_signal(sign)
        child.communicate(timeout=120)


def until_quiet(folder: Path) -> bool:
    """Wait until a server whose starter was killed has ended by itself."""
    deadline = time.monotonic() + 120
    while is_running(folder):
        if time.monotonic() > deadline:
            return False
        os.sched_yield()
    return True


def test_a_folder_of_somebody_else_is_refused(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("precious")
    command = [sys.executable, "-m", "lintas.cli.main", "demo", "--once", "--folder", str(tmp_path)]
    said = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert said.returncode == 2
    assert said.stderr.startswith("lintas: ")
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


def test_without_once_it_stays_and_ends_on_ctrl_c(tmp_path: Path) -> None:
    folder = tmp_path / "demo"
    command = [sys.executable, "-m", "lintas.cli.main", "demo", "--folder", str(folder)]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, cwd=tmp_path, start_new_session=True
    ) as child:
        assert child.stdout is not None
        lines = []
        for line in child.stdout:
            lines.append(line)
            if line.startswith("Ctrl-C"):
                break
        assert sum("sign in  http://localhost:" in line for line in lines) == 4, lines
        assert [line.split()[0] for line in lines if line[2:3].isdigit()] == ["1", "2", "3"]
        os.killpg(child.pid, signal.SIGINT)
        child.wait(120)
    assert not is_running(folder)
