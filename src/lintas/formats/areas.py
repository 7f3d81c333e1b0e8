# SPDX-License-Identifier: Apache-2.0
"""The areas pack: codes of crime areas that may stand in a header."""

import tomllib
from collections.abc import Mapping

import msgspec

from lintas.errors import BadPack, UnknownTerm


class Area(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One crime area."""

    label: str
    since: str = ""  # year in which it was added, empty when it was there from the first
    until: str = ""  # year from which it is no priority any more; it stays readable


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    version: int
    area: dict[str, Area]


def parse_areas(raw: bytes) -> Mapping[str, Area]:
    """Read the areas pack: code -> area.

    Raises:
        BadPack: It does not hold to its schema.
    """
    try:
        return msgspec.convert(tomllib.loads(raw.decode("utf-8")), _File).area
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, msgspec.ValidationError) as exc:
        raise BadPack(f"The areas pack cannot be read: {exc}.") from exc


def check_areas(codes: tuple[str, ...], known: Mapping[str, Area]) -> None:
    """Refuse codes that the pack does not have: a header is permanent and holds no free text.

    Raises:
        UnknownTerm: One is unknown; the hint lists what is known.
    """
    for code in codes:
        if code not in known:
            raise UnknownTerm(f"{code[:40]!r} is no crime area.", hint=f"Known: {', '.join(sorted(known))}.")
