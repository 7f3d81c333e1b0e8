# SPDX-License-Identifier: Apache-2.0
"""What README and quickstart show is what happens."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from lintas import __version__

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.parametrize("page", ["README.md", "docs/quickstart.md"])
def test_every_command_prints_what_the_page_says(page: str, play: Callable[[str], list[str]]) -> None:
    different = play(page)
    assert not different, "\n\n".join(different)


@pytest.mark.parametrize("page", ["README.md", "docs/quickstart.md", "CHANGELOG.md"])
def test_every_link_leads_somewhere(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)#]+)[^)]*\)", text):
        if not target.startswith(("http://", "https://", "mailto:")):
            assert ((ROOT / page).parent / target).exists(), f"{page} links to {target}"


def test_the_changelog_tells_of_this_version() -> None:
    assert f"## [{__version__}]" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


def test_the_first_screen_of_the_readme_is_one_screen() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    first = text.split("\n## What Lintas will not do", maxsplit=1)[0]
    assert len(first.splitlines()) <= 70
