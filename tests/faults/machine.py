# SPDX-License-Identifier: Apache-2.0
"""What a test may ask of the machine: a small disk of its own, and a user whom permissions bind."""

import functools
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
_NOT_ROOTS = "-dac_override,-dac_read_search"


@functools.cache
def _may_mount(folder: str) -> bool:
    return subprocess.run(_with_disk(folder, ["true"], 1), capture_output=True, check=False, timeout=30).returncode == 0


def _with_disk(folder: str, command: Sequence[str], size_mib: int) -> list[str]:
    script = 'mount -t tmpfs -o size="$1"m,mode=700 tmpfs "$2" && shift 2 && exec "$@"'
    unshare = ["unshare", "-m"] if os.getuid() == 0 else ["unshare", "-r", "-m"]
    return [*unshare, "sh", "-c", script, "sh", str(size_mib), folder, *command]


def run_on_small_disk(folder: Path, module: str, *, size_mib: int) -> None:
    """Run a module as a program in a mount namespace of its own, where a folder is a disk of some MiB."""
    if not shutil.which("unshare") or not _may_mount(str(folder)):
        pytest.skip("this machine lets us mount nothing: run as root, or where user namespaces are allowed")
    command = _with_disk(str(folder), [sys.executable, "-m", module, str(folder)], size_mib)
    _passes(command)


def run_bound_by_permissions(module: str, folder: Path) -> None:
    """Run a module as a program that may do only what a file's permissions say, even when root runs the tests."""
    command = [sys.executable, "-m", module, str(folder)]
    if os.getuid() == 0:
        if not shutil.which("setpriv"):
            pytest.skip("root is bound by no permissions, and setpriv is not here: run as another user")
        command = ["setpriv", f"--bounding-set={_NOT_ROOTS}", f"--inh-caps={_NOT_ROOTS}", *command]
    _passes(command)


def _passes(command: Sequence[str]) -> None:
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=250)
    assert done.returncode == 0, done.stdout + done.stderr
