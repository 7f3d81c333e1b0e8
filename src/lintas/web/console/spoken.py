# SPDX-License-Identifier: Apache-2.0
"""Which templates speak all four languages; the others say in English what they say, and their text is marked so."""

from typing import Final

SPOKEN: Final = frozenset({"layout.html", "parts.html", "problem.html", "sign_in.html", "link.html"})
