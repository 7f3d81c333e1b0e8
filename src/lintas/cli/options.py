# SPDX-License-Identifier: Apache-2.0
"""Arguments that many verbs share, said once."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, TypeVar

import click

F = TypeVar("F", bound=Callable[..., Any])

TLP_LABELS: Final = ("CLEAR", "GREEN", "AMBER", "AMBER+STRICT", "RED")


def folder(function: F) -> F:
    """The node's folder, always the first argument."""
    return click.argument("folder", metavar="DIR", type=click.Path(path_type=Path, file_okay=False))(function)


def as_json(function: F) -> F:
    """One JSON document on standard output."""
    return click.option("--json", "as_json", is_flag=True, help="Print exactly one JSON document.")(function)


def actor(function: F) -> F:
    """Act as somebody."""
    return click.option(
        "--as", "actor", metavar="NAME", default="", help="Act with the role and clearance of this account."
    )(function)


def output(function: F) -> F:
    """Where a file goes."""
    function = click.option("--force", is_flag=True, help="Replace a file that is there.")(function)
    return click.option(
        "-o", "--output", "target", metavar="FILE", default="", help="File to write; - for standard output."
    )(function)


def verb(name: str, example: str) -> Callable[[Callable[..., Any]], click.Command]:
    """A command whose help ends with an example."""

    def make(function: Callable[..., Any]) -> click.Command:
        return click.command(name=name, epilog=f"\b\nExample:\n  {example}")(function)

    return make
