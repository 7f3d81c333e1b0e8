# SPDX-License-Identifier: Apache-2.0
"""A text on its way through the finders: what is where, what is taken, which words stand before a number."""

import re

from lintas.formats.identifier_pack import IdentifierPack
from lintas.formats.identifiers.outcome import Outcome
from lintas.formats.identifiers.refang import Refanged
from lintas.model.identifier import Identifier

_BANK_WORD = re.compile(r"[a-z0-9.&()]+", re.ASCII)
CONTEXT_CHARS = 48  # characters before a value in which a word may announce it: about one line of a message


class Scan:
    """State of one pass over one text. Not a value: it lives inside `extract` only."""

    __slots__ = ("_taken", "found", "lower", "made", "pack", "region", "text")

    def __init__(self, made: Refanged, pack: IdentifierPack, region: str) -> None:
        self.made = made
        self.text = made.text
        # Lower case of the same length, so that places stay the same: some letters have two-letter lower forms.
        lower = made.text.lower()
        self.lower = (
            lower
            if len(lower) == len(made.text)
            else "".join(c.lower() if len(c.lower()) == 1 else c for c in made.text)
        )
        self.pack = pack
        self.region = region
        self.found: list[tuple[int, int, Identifier]] = []
        self._taken = bytearray(len(made.text))

    def take(self, start: int, end: int, outcome: Outcome) -> bool:
        """Keep what was found between two places; say whether it was anything."""
        if isinstance(outcome, str):
            return False
        self.found.append((start, end, outcome))
        self._taken[start:end] = b"\1" * (end - start)
        return True

    def is_free(self, start: int, end: int) -> bool:
        """Say whether nothing was found yet between two places."""
        return self._taken.find(1, start, end) < 0

    def before(self, start: int) -> str:
        """Give what stands before a place on its line, in lower case, CONTEXT_CHARS characters at most."""
        window = self.lower[max(0, start - CONTEXT_CHARS) : start]
        return window[window.rfind("\n") + 1 :]

    def bank_before(self, window: str) -> tuple[int, str]:
        """Say where in a window the last name of a bank ends, and its BIC; -1 when there is none."""
        aliases = self.pack.bank_aliases
        words = list(_BANK_WORD.finditer(window))
        best, bic = -1, ""
        for last in range(len(words) - 1, -1, -1):
            for first in range(max(0, last - 4), last + 1):
                known = aliases.get(window[words[first].start() : words[last].end()])
                if known:
                    best, bic = words[last].end(), known
                    break
            if bic:
                break
        if not window.isascii():
            for alias in self.pack.foreign_bank_aliases:
                place = window.rfind(alias)
                if place >= 0 and place + len(alias) > best:
                    best, bic = place + len(alias), aliases[alias]
        return best, bic

    def has_any(self, words: tuple[str, ...]) -> bool:
        """Say whether any of the words stands anywhere in the text."""
        return any(word in self.lower for word in words)

    def announced(self, scheme: str, window: str) -> int:
        """Say where in a window the last word ends that announces a scheme; -1 when none does."""
        pattern = self.pack.context.get(scheme)
        return last_end(pattern, window) if pattern else -1


def last_end(pattern: re.Pattern[str], window: str) -> int:
    """Say where the last match in a window ends; -1 when there is none."""
    end = -1
    for match in pattern.finditer(window):
        end = match.end()
    return end
