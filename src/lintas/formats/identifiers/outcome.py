# SPDX-License-Identifier: Apache-2.0
"""What a validator gives: an identifier, or the sentence that says why there is none."""

from collections.abc import Callable

from lintas.formats.identifier_pack import IdentifierPack
from lintas.model.identifier import Identifier, Strength

Outcome = Identifier | str
Validator = Callable[[str, IdentifierPack, str], Outcome]  # cleaned text, facts, region -> outcome

CHECKED = Strength.CHECKED
FORMAT = Strength.FORMAT


def with_flags(identifier: Identifier, flags: tuple[str, ...]) -> Identifier:
    """Add flags that are not there yet, keeping their order."""
    new = tuple(flag for flag in flags if flag not in identifier.flags)
    if not new:
        return identifier
    return Identifier(
        identifier.scheme, identifier.value, identifier.strength, identifier.country, identifier.flags + new
    )
