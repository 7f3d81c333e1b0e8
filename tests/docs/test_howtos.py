# SPDX-License-Identifier: Apache-2.0
"""What the how-to pages show is what happens, and the index leads to every page."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

DOCS = Path(__file__).resolve().parents[2] / "docs"


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.parametrize(
    "page",
    [
        pytest.param("report", marks=pytest.mark.soak),  # test_cli_reports plays its verbs
        pytest.param("cases", marks=pytest.mark.soak),  # test_cli_cases plays its verbs
        "follow-money",
        "exercises",
        "replace-pack",
        "law-profile",
        "doors",
        "load-benign-lists",
        "check-receipt",
        pytest.param("check-conformance", marks=pytest.mark.soak),  # test_conformance plays the same
        pytest.param("connect-a-peer", marks=pytest.mark.soak),  # the demo and test_cli_peer play the same
        "notifications",
        "banks",
        "api",
        "openid-connect",
        "oversee",
        pytest.param("keys", marks=pytest.mark.soak),  # minutes of sealed keys; test_keys_drills plays its drills
        "quarantine",
    ],
)
def test_every_command_prints_what_the_page_says(page: str, play: Callable[[str], list[str]]) -> None:
    different = play(f"docs/howto/{page}.md")
    assert not different, "\n\n".join(different)


def test_the_index_leads_to_every_page() -> None:
    linked = set(re.findall(r"\]\(([^)#:]+\.md)\)", (DOCS / "README.md").read_text(encoding="utf-8")))
    pages = {str(page.relative_to(DOCS)) for page in DOCS.rglob("*.md")} - {"README.md"}
    assert linked == pages
