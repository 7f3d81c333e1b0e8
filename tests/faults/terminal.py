# SPDX-License-Identifier: Apache-2.0
"""The command line in this process; all its verbs share reader processes with the small nodes of lintas.testing."""

from collections.abc import Sequence

from lintas.cli import main as command
from lintas.testing import shared_readers


def main(arguments: Sequence[str]) -> int:
    """Run one verb and return the exit code."""
    return command.main(arguments, readers=shared_readers())
