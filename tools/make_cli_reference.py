# SPDX-License-Identifier: Apache-2.0
"""Write docs/reference/cli.md from the command line itself; with --check, say whether it is current."""

import sys
from pathlib import Path

import click

from lintas.cli.main import VERBS, cli

TARGET = Path(__file__).resolve().parents[1] / "docs" / "reference" / "cli.md"
WIDTH = 100
HEAD = """# The command line

Made from the code by `tools/make_cli_reference.py`; a test compares the two. With `--json` standard output is exactly
one JSON document, on errors too (`{"error": {"class", "message", "hint"}}`); everything else goes to standard error.

| exit code | meaning |
| --- | --- |
| 0 | done |
| 1 | done in part: something was rejected or refused, and is listed |
| 2 | wrong use or bad input |
| 3 | the node is damaged or busy |

While `lintas serve DIR` runs, the other verbs go through its socket (`DIR/node.sock`); else they open the node
themselves. `status`, `doctor` and `verify` show no content and always look for themselves.
"""


def reference() -> str:
    """The whole page."""
    parts = [HEAD, section("lintas", cli, None)]
    group = click.Context(cli, info_name="lintas", max_content_width=WIDTH, terminal_width=WIDTH)
    for name in VERBS:
        command = cli.get_command(group, name)
        assert command is not None
        parts.append(section(name, command, group))
        if isinstance(command, click.Group):
            inner = click.Context(command, info_name=name, parent=group, max_content_width=WIDTH, terminal_width=WIDTH)
            parts += [section(f"{name} {verb}", one, inner, info=verb) for verb, one in command.commands.items()]
    return "\n".join(parts)


def section(name: str, command: click.Command, parent: click.Context | None, *, info: str = "") -> str:
    """One verb: its help, exactly as it prints."""
    context = click.Context(
        command,
        info_name=info or name,
        parent=parent,
        max_content_width=WIDTH,
        terminal_width=WIDTH,
        help_option_names=["--help"],
    )
    return f"## {name}\n\n```text\n{command.get_help(context).rstrip()}\n```\n"


def main() -> int:
    """Write the page, or compare it."""
    made = reference()
    if "--check" in sys.argv[1:]:
        if TARGET.read_text(encoding="utf-8") == made:
            return 0
        print("docs/reference/cli.md is old; run: python tools/make_cli_reference.py", file=sys.stderr)
        return 1
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    TARGET.write_text(made, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
