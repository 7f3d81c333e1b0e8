# SPDX-License-Identifier: Apache-2.0
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
STATIC = "src/lintas/web/console/static"


def build(copy: Path) -> subprocess.CompletedProcess[str]:
    """Run the build in a copy of the sources, where neither Node nor a way to fetch it is."""
    empty = copy / "empty"
    empty.mkdir(exist_ok=True)
    return subprocess.run(
        [sys.executable, copy / "tools/assets.py"],
        capture_output=True,
        text=True,
        check=False,
        env={"PATH": str(empty)},
        timeout=250,
    )


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """Sources of the pages without what was built."""
    shutil.copytree(ROOT / "web", tmp_path / "web", ignore=shutil.ignore_patterns("node_modules"))
    for name in ("tools/assets.py", "requirements/node.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    (tmp_path / "tools/uv.sh").write_text("#!/bin/sh\nexit 1\n")
    (tmp_path / "tools/uv.sh").chmod(0o755)
    return tmp_path


def test_without_node_the_sheets_come_as_they_are_and_one_line_says_so(copy: Path) -> None:
    done = build(copy)
    assert done.returncode == 0, done.stderr
    assert done.stderr.splitlines()[-1].startswith("assets: no Node")
    css = (copy / STATIC / "app.css").read_text("utf-8")
    for sheet in (copy / "web/src").glob("*.css"):
        assert sheet.read_text("utf-8") in css
    assert not (copy / STATIC / "app.js").exists()


def test_a_second_build_does_nothing_and_says_nothing(copy: Path) -> None:
    build(copy)
    built = (copy / STATIC / "app.css").stat().st_mtime_ns
    done = build(copy)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert (copy / STATIC / "app.css").stat().st_mtime_ns == built


def test_a_changed_sheet_is_built_again(copy: Path) -> None:
    build(copy)
    (copy / "web/src/99-late.css").write_text("p { color: red }\n")
    build(copy)
    assert (copy / STATIC / "app.css").read_text("utf-8").endswith("p { color: red }\n")


def test_a_lost_output_is_built_again(copy: Path) -> None:
    build(copy)
    (copy / STATIC / "app.css").unlink()
    build(copy)
    assert (copy / STATIC / "app.css").is_file()


@pytest.mark.ring("node")
def test_the_pages_script_is_one_file_with_htmx_and_our_stream_in_it() -> None:
    script = ROOT / STATIC / "app.js"
    assert script.is_file(), "run: make assets"
    text = script.read_text("utf-8")
    assert "hx-swap" in text
    assert "EventSource" in text
    assert "import " not in text[:200]
