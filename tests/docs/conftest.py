# SPDX-License-Identifier: Apache-2.0
"""Run the ```console blocks of a page and compare what they print with what the page says.

In a page, `…` stands for what differs from run to run: ids, times, sizes, durations.
"""

import os
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MARK = "@@ command "
PAGE_S_MAX = 280  # seconds, on a machine that does other things too


@dataclass(slots=True, kw_only=True)
class Told:
    """One command of a page, and the lines that it is said to print."""

    command: str
    lines: list[str] = field(default_factory=list)


def commands_of(page: Path) -> list[Told]:
    """All commands of a page, in order; `> ` continues the command above."""
    told: list[Told] = []
    for block in re.findall(r"^```console\n(.*?)^```$", page.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL):
        for line in block.splitlines():
            if line.startswith("$ "):
                told.append(Told(command=line[2:]))
            elif line.startswith(">") and not told[-1].lines:
                told[-1].command += "\n" + line[2:]
            else:
                told[-1].lines.append(line.rstrip())
    return told


def is_as_told(told: str, printed: str) -> bool:
    """Whether a printed line is the one on the page, `…` standing for anything."""
    pattern = ".*".join(re.escape(piece) for piece in told.split("…"))
    return re.fullmatch(pattern, printed) is not None


def run_all(told: list[Told], folder: Path) -> list[list[str]]:
    """Run the commands in one shell, and return what each printed on both streams."""
    script = "".join(f"echo '{MARK}'\n{one.command}\n" for one in told)
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"
    env = {"PATH": path, "HOME": str(folder), "LANG": "C.UTF-8", "TMPDIR": str(folder)}
    said = subprocess.run(
        ["bash", "-c", f"exec 2>&1\n{script}"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        cwd=folder,
        env=env,
        check=False,
        timeout=PAGE_S_MAX,
    )
    pieces = said.stdout.decode("utf-8", "replace").split(f"{MARK}\n")[1:]
    return [[line.rstrip() for line in piece.splitlines()] for piece in pieces]


@pytest.fixture
def play(tmp_path: Path) -> Callable[[str], list[str]]:
    """Run a page's commands and return what differs from what it says."""

    def differences(page: str) -> list[str]:
        told = commands_of(ROOT / page)
        assert told, f"{page} shows no command"
        found = []
        for one, printed in zip(told, run_all(told, tmp_path), strict=True):
            if len(one.lines) != len(printed) or not all(map(is_as_told, one.lines, printed)):
                found.append("\n".join([f"$ {one.command}", "--- page", *one.lines, "--- run", *printed]))
        return found

    return differences
