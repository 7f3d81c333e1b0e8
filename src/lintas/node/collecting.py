# SPDX-License-Identifier: Apache-2.0
"""When Python looks for garbage in a process of ours."""

import gc
from typing import Final

_NEW_OBJECTS: Final = 50_000  # made before the youngest are looked at; Python's own 700 is for small programs
_YOUNG_ROUNDS: Final = 20  # looks at the youngest before the next generation's turn
_MIDDLE_ROUNDS: Final = 100  # looks at that one before everything's turn


def collect_seldom() -> None:
    """Leave what is loaded by now alone for good, and look at what is new seldom.

    Takes and finds make rows by the hundred thousand, which hold no cycles; looking through them all again and again
    took a quarter of the processor time of a find of 100,000 terms.
    """
    gc.freeze()
    look_seldom()


def look_seldom() -> None:
    """Look at what is new seldom, as while a thousand modules are loaded, of which nothing is garbage."""
    gc.set_threshold(_NEW_OBJECTS, _YOUNG_ROUNDS, _MIDDLE_ROUNDS)
