# SPDX-License-Identifier: Apache-2.0
"""What Lintas is made of, told in full, and every pinned package held to its hashes."""

import json
import re
import subprocess
from importlib.metadata import distribution
from pathlib import Path

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from tools.licences import needed
from tools.sbom import make_sbom, pinned

ROOT = Path(__file__).resolve().parents[3]
INSTALLER = [str(ROOT / "tools" / "uv.sh"), "pip", "install", "--python", str(ROOT / ".venv" / "bin" / "python")]
ASKED = [*INSTALLER, "--dry-run", "--offline", "--require-hashes", "-r"]
LOCKS = sorted((ROOT / "requirements").glob("*.txt"))


@pytest.fixture(scope="module")
def text() -> str:
    return make_sbom()


def test_it_is_valid_cyclonedx(text: str) -> None:
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(text) is None


def test_it_is_the_same_each_time(text: str) -> None:
    assert make_sbom() == text
    assert "timestamp" not in json.loads(text)["metadata"]


def test_it_names_all_that_is_installed_with_version_licence_and_hash(text: str) -> None:
    said = {
        (one["name"], one["version"]): one
        for one in json.loads(text)["components"]
        if one["purl"].startswith("pkg:pypi/")
    }
    for name in needed("lintas"):
        one = said[re.sub(r"[-_.]+", "-", name).lower(), distribution(name).version]
        assert (one["scope"], bool(one["licenses"]), bool(one["hashes"])) == ("required", True, True)


def test_it_names_what_is_in_the_pages(text: str) -> None:
    pages = {one["name"]: one["scope"] for one in json.loads(text)["components"] if one["purl"].startswith("pkg:npm/")}
    assert pages["htmx.org"] == "required"
    assert pages["esbuild"] == "excluded"


def test_nothing_of_this_machine_stands_in_it(text: str) -> None:
    assert str(ROOT) not in text
    assert not re.search(r"https?://(?!cyclonedx\.org|json-schema\.org)", text)


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.name)
def test_every_requirement_has_a_version_and_hashes(lock: Path) -> None:
    found = list(pinned(lock.read_text(encoding="utf-8")))
    assert found
    assert [one.name for one in found if not one.sha256] == []


@pytest.mark.parametrize("line", ["requests", "requests>=2", "-e .", "git+https://example.org/x", "x @ file:///x"])
def test_what_is_not_pinned_is_refused(line: str) -> None:
    with pytest.raises(ValueError, match="pinned"):
        list(pinned(line))


@pytest.mark.slow  # the installer itself
def test_what_is_installed_is_what_the_hashed_lock_says() -> None:
    """The installer itself finds nothing to do, with hashes required and no network."""
    done = subprocess.run(
        [*ASKED, str(ROOT / "requirements" / "core.txt")],
        capture_output=True,
        text=True,
        check=False,
        timeout=250,
    )
    assert done.returncode == 0, done.stderr
    assert "Would make no changes" in done.stderr


@pytest.mark.slow  # the installer itself
def test_an_altered_hash_is_refused_by_the_installer(tmp_path: Path) -> None:
    """A requirement that is not installed and has no file of its hash cannot come in."""
    lock = tmp_path / "lock.txt"
    lock.write_text("no-such-package-here==1.0 \\\n    --hash=sha256:" + "0" * 64 + "\n")
    done = subprocess.run([*ASKED, str(lock)], capture_output=True, text=True, check=False, timeout=250)
    assert done.returncode != 0
