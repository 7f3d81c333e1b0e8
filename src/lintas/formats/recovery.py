# SPDX-License-Identifier: Apache-2.0
"""The pack `recovery`: how soon money is gone, by the channel that it came by.

Source: docs/design/hold-list.md.
"""

import tomllib
from collections.abc import Mapping
from functools import lru_cache
from hashlib import sha256
from typing import Annotated, Any, Final

import msgspec
from msgspec import Meta

from lintas.errors import BadPack
from lintas.limits import PACK_LABEL_CHARS_MAX, PACK_SENTENCE_CHARS_MAX, RECOVERY_MINUTES_MAX
from lintas.model.money import Channel

VERSION: Final = 1
_UNKNOWN: Final = "unknown"  # TOML has no key that is empty


class HalfLifeRow(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One channel."""

    label: Annotated[str, Meta(min_length=1, max_length=PACK_LABEL_CHARS_MAX)]
    minutes: Annotated[int, Meta(ge=1, le=RECOVERY_MINUTES_MAX)]
    source: Annotated[str, Meta(min_length=1, max_length=PACK_SENTENCE_CHARS_MAX)]
    confirmed: bool


class _Pack(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    version: Annotated[int, Meta(ge=VERSION, le=VERSION)]
    half_life: dict[str, HalfLifeRow]


class Recovery(msgspec.Struct, frozen=True, kw_only=True):
    """The pack, read."""

    half_lives: Mapping[str, HalfLifeRow]  # by `Channel`
    digest: str

    def half_life(self, channel: str) -> HalfLifeRow:
        """Of a channel; of the unknown one where the pack does not know it."""
        return self.half_lives.get(channel) or self.half_lives[Channel.UNKNOWN]


NO_RECOVERY: Final = Recovery(
    half_lives={Channel.UNKNOWN: HalfLifeRow(label="Unknown", minutes=10, source="No pack was given", confirmed=False)},
    digest="",
)


@lru_cache(maxsize=4)  # a node reads it once; tests start many
def parse_recovery(raw: bytes) -> Recovery:
    """Read the pack.

    Raises:
        BadPack: It does not hold to its form; the message names the field.
    """
    try:
        said: dict[str, Any] = tomllib.loads(raw.decode("utf-8"))
        pack = msgspec.convert(said, _Pack)
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, msgspec.ValidationError, RecursionError) as exc:
        raise BadPack(f"The pack recovery cannot be read: {str(exc)[:200]}.") from None
    rows = {"" if code == _UNKNOWN else code: row for code, row in pack.half_life.items()}
    if unknown := sorted(rows.keys() - set(Channel)):
        raise BadPack(f"The pack recovery names channels that there are not: {', '.join(unknown)[:200]}.")
    if Channel.UNKNOWN not in rows:
        raise BadPack("The pack recovery has no half-life of money of which nobody knows how it came.")
    return Recovery(half_lives=rows, digest=sha256(raw).hexdigest())
