# SPDX-License-Identifier: Apache-2.0
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_the_command_line_reference_is_current() -> None:
    command = [sys.executable, str(ROOT / "tools" / "make_cli_reference.py"), "--check"]
    said = subprocess.run(command, capture_output=True, text=True, check=False, timeout=250)
    assert said.returncode == 0, said.stderr
