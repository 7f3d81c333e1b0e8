# SPDX-License-Identifier: Apache-2.0
"""What the how-to pages show is what happens, and the index leads to every page."""

import re
import shlex
from collections.abc import Callable
from pathlib import Path

import click
import pytest

from lintas.cli.main import cli

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


def test_commands_that_pages_only_show_are_read_by_the_command_line() -> None:
    wrong = []
    for page in sorted((DOCS / "howto").glob("*.md")):
        text = page.read_text(encoding="utf-8").replace("\\\n", " ")
        for line in re.findall(r"^ {4}(lintas .+)$", text, flags=re.MULTILINE):
            _, *words = shlex.split(line, comments=True)
            command: click.Command = cli
            try:
                while isinstance(command, click.Group):
                    _, found, words = command.resolve_command(click.Context(command), words)
                    assert found is not None
                    command = found
                command.make_context("lintas", words)
            except click.ClickException as refused:
                wrong.append(f"{page.name}: {line}: {refused.format_message()}")
    assert not wrong, "\n".join(wrong)


def test_the_index_leads_to_every_page() -> None:
    linked = set(re.findall(r"\]\(([^)#:]+\.md)\)", (DOCS / "README.md").read_text(encoding="utf-8")))
    pages = {str(page.relative_to(DOCS)) for page in DOCS.rglob("*.md")} - {"README.md"}
    assert linked == pages
