# SPDX-License-Identifier: Apache-2.0
"""References of the desk: what may be read out, written on paper and copied anywhere, because it says nothing.

`SG-R-7K3QF-9D2MX-4`: the country of the node that made it, a letter for what it is of, ten random characters, and a
check character. Letters that look like digits (I, L, O) or make words (U) do not occur.

Source: docs/spec/desk.md; Crockford's Base32 alphabet; Luhn's algorithm modulo 32.
"""

import re
from collections.abc import Callable
from typing import Final

from lintas.errors import BadInput
from lintas.model.desk import Doc

ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LETTERS: Final = {
    Doc.REPORT: "R",
    Doc.VICTIM: "R",
    Doc.REQUEST: "Q",
    Doc.STEP: "Q",
    Doc.CASE: "C",
    Doc.AGREEMENT: "A",
    Doc.QUESTION: "H",
    Doc.TRACE: "T",
}
_RANDOM_CHARS: Final = (
    10  # 50 bits: among a million of one node two alike are one chance in two thousand, and are noticed
)
_FORM: Final = re.compile(rf"([A-Z]{{2}})-([RQCATH])-([{ALPHABET}]{{5}})-([{ALPHABET}]{{5}})-([{ALPHABET}])", re.ASCII)
_ALIKE: Final = str.maketrans("ILO", "110")


def make_ref(country: str, doc: Doc, random: Callable[[int], bytes]) -> str:
    """Make a new reference.

    Args:
        country: Two capital letters.
        random: Gives so many random bytes.
    """
    drawn = "".join(ALPHABET[byte & 31] for byte in random(_RANDOM_CHARS))
    return _written(country, LETTERS[doc], drawn)


def read_ref(text: str) -> str:
    """Read a reference as a person types or reads it out: any case, spaces or no dashes, O for 0 and I or L for 1.

    Raises:
        BadInput: It is none, or one character of it is wrong.
    """
    plain = re.sub(r"[\s–—-]+", "", text.strip().upper())
    if len(plain) != 2 + 1 + _RANDOM_CHARS + 1:
        raise BadInput(f"{text.strip()[:40]!r} is no reference.", hint="One looks like SG-R-7K3QF-9D2MX-4.")
    country, letter, rest = plain[:2], plain[2], plain[3:].translate(_ALIKE)
    written = _written(country, letter, rest[:-1]) if set(rest) <= set(ALPHABET) else ""
    if not _FORM.fullmatch(written) or written[-1] != rest[-1]:
        raise BadInput(f"The reference {text.strip()[:40]!r} has a wrong character.", hint="Ask for it again.")
    return written


def is_ref(text: str, doc: Doc | None = None) -> bool:
    """Whether a text is a reference in its one spelling, of a kind of document if one is named."""
    found = _FORM.fullmatch(text)
    if found is None or (doc is not None and found[2] != LETTERS[doc]):
        return False
    return _check_char(found[1], found[2], found[3] + found[4]) == found[5]


def _written(country: str, letter: str, drawn: str) -> str:
    return f"{country}-{letter}-{drawn[:5]}-{drawn[5:]}-{_check_char(country, letter, drawn)}"


def _check_char(country: str, letter: str, drawn: str) -> str:
    """Luhn modulo 32 over all that stands before; a country's letters count by their place in the alphabet."""
    total = 0
    values = [ord(char) - ord("A") for char in country + letter] + [ALPHABET.index(char) for char in drawn]
    for place, value in enumerate(reversed(values)):
        doubled = value * 2 if place % 2 == 0 else value
        total += doubled // 32 + doubled % 32
    return ALPHABET[-total % 32]
