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

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]
STEPS = ["node", "files", "serve", "watch", "take", "take-real", "find", "alert", "verify", "prove", "sign-in", "stop"]


def demo(folder: Path, *more: str, code: int = 0) -> Any:
    command = [sys.executable, "-m", "lintas.cli.main", "demo", "--once", "--folder", str(folder), *more]
    said = subprocess.run(command, capture_output=True, text=True, check=False, timeout=140, cwd=folder.parent)
    assert said.returncode == code, said.stdout + said.stderr
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


def test_every_step_holds_and_the_second_time_is_quick(tmp_path: Path) -> None:
    folder = tmp_path / "demo"
    first = demo(folder)
    assert first["ok"] is True, first
    assert [step["name"] for step in first["steps"]] == STEPS
    assert all(set(step) == {"name", "ok", "ms", "detail"} for step in first["steps"])
    assert not is_running(folder)
    second = demo(folder)
    assert second["ok"] is True, second
    assert sum(step["ms"] for step in second["steps"]) < 15_000
    assert not is_running(folder)


def test_a_demo_that_was_stopped_goes_on_the_next_time(tmp_path: Path) -> None:
    folder = tmp_path / "demo"
    command = [sys.executable, "-m", "lintas.cli.main", "demo", "--once", "--folder", str(folder)]
    for sign in ("ok    node", "ok    serve"):
        with subprocess.Popen(
            command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, cwd=tmp_path
        ) as child:
            assert child.stderr is not None
            for line in child.stderr:
                if line.startswith(sign):
                    child.send_signal(signal.SIGTERM if sign.endswith("serve") else signal.SIGKILL)
                    break
            child.wait(30)
    assert until_quiet(folder)
    assert demo(folder)["ok"] is True


def until_quiet(folder: Path) -> bool:
    """Wait until a server whose starter was killed has ended by itself."""
    deadline = time.monotonic() + 15
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


@pytest.mark.ring("data")
def test_the_demo_takes_real_files_in(tmp_path: Path, data_dir: Path) -> None:
    command = [sys.executable, "-m", "lintas.cli.main", "demo", "--once", "--folder", str(tmp_path / "demo")]
    env = dict(os.environ) | {"LINTAS_DATA": str(data_dir)}
    said = subprocess.run(command, capture_output=True, text=True, check=False, timeout=140, env=env)
    assert said.returncode == 0, said.stderr
    (step,) = [step for step in json.loads(said.stdout)["steps"] if step["name"] == "take-real"]
    assert step["detail"].startswith(tuple("123456789")), step


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
        assert any(line.startswith("sign in   http://127.0.0.1:") for line in lines), lines
        os.killpg(child.pid, signal.SIGINT)
        child.wait(30)
    assert not is_running(folder)
