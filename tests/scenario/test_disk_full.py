# SPDX-License-Identifier: Apache-2.0
"""A disk that is full, read-only, or has a limit on its files: a clear refusal, nothing half done, and on it goes."""

import json
import subprocess
import sys
from pathlib import Path

from tests.faults.machine import ROOT, run_on_small_disk


def test_a_full_disk_is_said_to_be_full_and_everything_goes_on_when_it_is_not(tmp_path: Path) -> None:
    run_on_small_disk(tmp_path, "tests.faults.full_disk", size_mib=20)


def test_a_read_only_disk_is_said_to_be_read_only_and_can_still_be_examined(tmp_path: Path) -> None:
    run_on_small_disk(tmp_path, "tests.faults.read_only_disk", size_mib=24)


def test_a_limit_on_the_size_of_files_stops_a_take_and_harms_nothing(tmp_path: Path) -> None:
    """Where nothing may be mounted, a limit on the process stands for the full disk."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.faults.limited", str(tmp_path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=250,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert json.loads(done.stdout)["refused"] >= 2
