# SPDX-License-Identifier: Apache-2.0
"""Identifiers: (scheme, canonical value), with how far the value was checked."""

from enum import StrEnum

import msgspec


class Strength(StrEnum):
    """How far a value was checked: `checked` has a check digit or a numbering plan behind it."""

    CHECKED = "checked"
    FORMAT = "format"


class Identifier(msgspec.Struct, frozen=True, array_like=True):
    """One identifier in canonical form."""

    scheme: str  # code of the identifier pack: phone, email, domain, iban ...
    value: str  # canonical
    strength: Strength = Strength.FORMAT
    country: str = ""  # ISO 3166-1 alpha-2, empty when the value does not tell
    flags: tuple[str, ...] = ()  # what had to be normalised or looks odd: defanged, full-width, zero-width ...


class Mention(msgspec.Struct, frozen=True, array_like=True):
    """An identifier found in a text, with where it stands in the text as received."""

    identifier: Identifier
    start: int  # offsets in characters into the text as received
    end: int
    original: str
