# SPDX-License-Identifier: Apache-2.0
"""Rings: what a test needs of the machine, found once, told in one line each at the end.

`@pytest.mark.ring("data")` skips a test with a reason where the machine lacks the ring; LINTAS_REQUIRE=data,go makes
that a failure. A test that takes one of the ring fixtures below is in that ring without a mark.
"""

import functools
import gc
import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Generator
from dataclasses import dataclass
from pathlib import Path

import hypothesis
import pytest

ROOT = Path(__file__).resolve().parents[1]
GO_PATH = Path("/usr/share/gocode")
NODE_MAJOR_MIN = 18
NGINX_STREAM = Path("/usr/lib/nginx/modules/ngx_stream_module.so")
SYSTEMD_MIN = 252
FIXTURE_RINGS = {"data_dir": "data", "chromium_path": "chromium", "postgres_bin": "postgres"}
RING_PROPERTY = "ring"
MEMORY = Path("/dev/shm")  # below it pytest makes a folder that is the user's alone
MEMORY_BYTES_MIN = 8 * 1024**3

# Each of the many programs that tests start would compile all that it imports: twice the work of most of them.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False


def room_in_memory() -> bool:
    """Whether this machine has a file system in memory that holds all that a run leaves, some two gigabytes."""
    try:
        found = os.statvfs(MEMORY)
    except OSError:
        return False
    is_plain = not found.f_flag & (os.ST_RDONLY | os.ST_NOEXEC) and os.access(MEMORY, os.W_OK)
    return is_plain and found.f_bavail * found.f_frsize >= MEMORY_BYTES_MIN


# Nodes sync what they write, many times a test; no test takes the power away but in its own account of what was synced.
if "PYTEST_DEBUG_TEMPROOT" not in os.environ and room_in_memory():
    os.environ["PYTEST_DEBUG_TEMPROOT"] = str(MEMORY)

hypothesis.settings.register_profile(
    "test",
    derandomize=True,  # the same examples on every machine: red means the change is to blame
    max_examples=25,
    database=None,
    deadline=None,  # a busy machine is no bug
    suppress_health_check=[hypothesis.HealthCheck.too_slow],
)
hypothesis.settings.register_profile(
    "soak",
    max_examples=5_000,
    deadline=None,
    print_blob=True,
    suppress_health_check=[hypothesis.HealthCheck.too_slow],
)
hypothesis.settings.load_profile("soak" if os.environ.get("LINTAS_SOAK") == "1" else "test")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ring:
    """One thing of the machine that some tests need."""

    name: str
    find: Callable[[], Path | None]
    how_to_get: str


def find_data() -> Path | None:
    """Return the folder of sample data: LINTAS_DATA, else ../shared/data beside the checkout."""
    folder = Path(os.environ.get("LINTAS_DATA") or ROOT.parent / "shared" / "data")
    return folder.resolve() if (folder / "SOURCES.md").is_file() else None


def find_chromium() -> Path | None:
    """Return a Chromium that starts without a screen."""
    return first_on_path("chromium", "chromium-browser", "google-chrome")


def find_go() -> Path | None:
    """Return Go, if the transparency log package that our outside verifier builds on is there too."""
    has_note = (GO_PATH / "src/golang.org/x/mod/sumdb/note").is_dir()
    return first_on_path("go") if has_note else None


def find_node() -> Path | None:
    """Return a Node new enough for the page build, if npm is there too."""
    node, npm = first_on_path("node"), first_on_path("npm")
    if node is None or npm is None:
        return None
    said = subprocess.run([node, "--version"], capture_output=True, text=True, check=False, timeout=30).stdout
    version = re.match(r"v(\d+)\.", said)
    return node if version and int(version[1]) >= NODE_MAJOR_MIN else None


def find_postgres() -> Path | None:
    """Return the folder that holds PostgreSQL's own programs (initdb, postgres)."""
    by_version = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda found: int(found.parent.name))
    on_path = first_on_path("initdb")
    for folder in [*reversed(by_version), *([on_path.resolve().parent] if on_path else [])]:
        if (folder / "initdb").is_file() and (folder / "postgres").is_file():
            return folder
    return None


def find_strace() -> Path | None:
    """Return strace, if this machine lets us trace."""
    strace = first_on_path("strace")
    if strace is None:
        return None
    tried = subprocess.run([strace, "-o", os.devnull, "true"], capture_output=True, check=False, timeout=30)
    return strace if tried.returncode == 0 else None


def find_nginx() -> Path | None:
    """Return nginx, if its module for streams is there too."""
    nginx = first_on_path("nginx") or next((path for path in (Path("/usr/sbin/nginx"),) if path.is_file()), None)
    return nginx if nginx and NGINX_STREAM.is_file() else None


def find_systemd() -> Path | None:
    """Return systemd-analyze, if it is new enough to judge a unit that is not installed."""
    analyze = first_on_path("systemd-analyze")
    if analyze is None:
        return None
    said = subprocess.run([analyze, "--version"], capture_output=True, text=True, check=False, timeout=30).stdout
    version = re.match(r"systemd (\d+)", said)
    return analyze if version and int(version[1]) >= SYSTEMD_MIN else None


def first_on_path(*names: str) -> Path | None:
    """Return the first of these programs that is on PATH."""
    return next((Path(found) for name in names if (found := shutil.which(name))), None)


RINGS = {
    ring.name: ring
    for ring in (
        Ring(name="data", find=find_data, how_to_get="set LINTAS_DATA to the folder of sample data"),
        Ring(name="chromium", find=find_chromium, how_to_get="apt-get install chromium fonts-noto-core"),
        Ring(name="node", find=find_node, how_to_get=f"install Node {NODE_MAJOR_MIN} or newer with npm"),
        Ring(name="go", find=find_go, how_to_get="apt-get install golang-go golang-golang-x-mod-dev"),
        Ring(name="strace", find=find_strace, how_to_get="apt-get install strace, where tracing is allowed"),
        Ring(name="nginx", find=find_nginx, how_to_get="apt-get install nginx-light libnginx-mod-stream"),
        Ring(name="systemd", find=find_systemd, how_to_get=f"apt-get install systemd, version {SYSTEMD_MIN} or newer"),
        Ring(name="postgres", find=find_postgres, how_to_get="apt-get install postgresql"),
    )
}


@functools.cache
def place_of(ring: str) -> Path | None:
    """Return where this machine has a ring, looking once."""
    return RINGS[ring].find()


def required_rings() -> frozenset[str]:
    """Return the rings that LINTAS_REQUIRE names."""
    names = frozenset(name.strip() for name in os.environ.get("LINTAS_REQUIRE", "").split(",") if name.strip())
    if unknown := names - RINGS.keys():
        raise pytest.UsageError(f"LINTAS_REQUIRE names {sorted(unknown)}; the rings are {', '.join(RINGS)}")
    return names


def rings_of(item: pytest.Item) -> list[str]:
    """Return the rings of one test, by mark and by fixture."""
    marked = [str(name) for mark in item.iter_markers("ring") for name in mark.args]
    taken = [FIXTURE_RINGS[name] for name in getattr(item, "fixturenames", ()) if name in FIXTURE_RINGS]
    if unknown := set(marked) - RINGS.keys():
        raise pytest.UsageError(f"{item.nodeid}: no ring is called {', '.join(sorted(unknown))}")
    return list(dict.fromkeys(marked + taken))


def pytest_configure() -> None:
    """Refuse a misspelt LINTAS_REQUIRE before anything runs."""
    required_rings()


def pytest_collection_finish() -> None:
    """Leave what is loaded by now alone, and look at what is new seldom: thousands of tests are no garbage."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 10, 10)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Write each test's rings where its report carries them, across worker processes too."""
    for item in items:
        item.user_properties.extend((RING_PROPERTY, ring) for ring in rings_of(item))


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip a test whose ring is not here."""
    for ring in rings_of(item):
        if place_of(ring) is None:
            pytest.skip(f"ring {ring} is not here: {RINGS[ring].how_to_get}")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Turn a skip into a failure where LINTAS_REQUIRE says that the ring must run."""
    report = yield
    required = required_rings() & set(rings_of(item))
    if report.skipped and required and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"LINTAS_REQUIRE names {', '.join(sorted(required))}, yet this was skipped: {report.longrepr}"
    return report


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Fail a run that was told to have a ring and has it not, even if no test asked."""
    if any(place_of(ring) is None for ring in required_rings()) and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say for each ring whether it ran, or how to get it."""
    counts: Counter[tuple[str, str]] = Counter()
    for outcome in ("passed", "failed", "skipped", "error", "xfailed"):
        for report in terminalreporter.stats.get(outcome, []):
            for name, value in getattr(report, "user_properties", ()):
                if name == RING_PROPERTY:
                    counts[str(value), "skipped" if outcome == "skipped" else "ran"] += 1
    terminalreporter.section("rings")
    for ring in RINGS.values():
        ran, skipped = counts[ring.name, "ran"], counts[ring.name, "skipped"]
        if place_of(ring.name) is None:
            required = "REQUIRED but not here" if ring.name in required_rings() else "skipped"
            said = f"{required} ({skipped} tests); to get it: {ring.how_to_get}"
        elif ran:
            said = f"ran ({ran} tests)" + (f", {skipped} skipped" if skipped else "")
        else:
            said = f"here; no selected test needs it{f', {skipped} skipped' if skipped else ''}"
        terminalreporter.write_line(f"{ring.name:<9} {said}")


def needed(ring: str) -> Path:
    """Return where a ring is, for a test that is in it."""
    place = place_of(ring)
    if place is None:
        pytest.skip(f"ring {ring} is not here: {RINGS[ring].how_to_get}")
    return place


@pytest.fixture(scope="session")
def data_dir() -> Path:
    """Folder of sample data, outside the checkout and read only."""
    return needed("data")


@pytest.fixture(scope="session")
def chromium_path() -> Path:
    """Chromium's program, to be started with --no-sandbox --disable-gpu."""
    return needed("chromium")


@pytest.fixture(scope="session")
def postgres_bin() -> Path:
    """Folder of initdb and postgres, which refuse to run as root."""
    return needed("postgres")


if __name__ == "__main__":
    print(",".join(ring for ring in RINGS if place_of(ring)))  # for LINTAS_REQUIRE: all that this machine has
