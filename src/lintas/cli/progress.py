# SPDX-License-Identifier: Apache-2.0
"""How far the work is: one line on standard error, only where a person looks at it."""

import sys
import time
from types import TracebackType
from typing import Self

from lintas.cli.output import harmless

WIDTH = 28  # characters of the bar
EVERY_S = 0.1  # seconds between two drawings


class Bar:
    """A progress bar that appears with the first report and leaves no trace; silent when stderr is no terminal."""

    def __init__(self) -> None:
        self._is_seen = sys.stderr.isatty()
        self._drawn_at = 0.0
        self._is_drawn = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._is_drawn:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()

    def show(self, what: str, done: int, total: int) -> None:
        """Draw how far it is; total 0 means that nobody knows how much there is."""
        now = time.monotonic()
        if not self._is_seen or (now - self._drawn_at < EVERY_S and done != total):
            return
        self._drawn_at, self._is_drawn = now, True
        sys.stderr.write(f"\r\x1b[K{drawn(harmless(what), done, total)}")
        sys.stderr.flush()


def drawn(what: str, done: int, total: int) -> str:
    """One line: what, a bar, and figures."""
    if total <= 0:
        return f"{what} {done:,}"
    full = min(WIDTH, done * WIDTH // total)
    return f"{what} {'█' * full}{'░' * (WIDTH - full)} {done:,} of {total:,}"
