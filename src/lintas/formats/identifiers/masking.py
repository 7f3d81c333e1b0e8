# SPDX-License-Identifier: Apache-2.0
"""How an identifier is shown to those who may not read it, and whether it may be asked blind."""

from lintas.formats.identifier_pack import Mask
from lintas.formats.packs import Packs
from lintas.model.identifier import Identifier

_HIDDEN = "*"
_BLANK = Mask("middle")


def mask(identifier: Identifier, *, packs: Packs) -> str:
    """Show an identifier in part, as its scheme's rule in the pack says.

    At least half of what is masked stays hidden, whatever the rule says; of a `type:value` form the type stays. A
    scheme that the pack does not know is hidden wholly.
    """
    scheme = packs.identifiers.schemes.get(identifier.scheme)
    rule = scheme.mask if scheme else _BLANK
    value = identifier.value
    if rule.kind == "none":
        return value
    if rule.kind == "local":
        local, at, host = value.rpartition("@")
        return f"{_middle(local, 1, 0)}{at}{host}"
    kind, colon, rest = value.rpartition(":")
    return f"{kind}{colon}{_middle(rest, rule.first, rule.last)}"


def _middle(text: str, first: int, last: int) -> str:
    kept_max = len(text) // 2
    last = min(last, kept_max)
    first = min(first, kept_max - last)
    return f"{text[:first]}{_HIDDEN * (len(text) - first - last)}{text[len(text) - last :]}"


def askable(identifier: Identifier, *, packs: Packs) -> bool:
    """Say whether a value may be asked blind without a clause of the charter that allows it."""
    return _open(identifier, packs, releasable=False)


def releasable(identifier: Identifier, *, packs: Packs) -> bool:
    """Say whether a value may be tagged for others' blind questions without a clause of the charter that allows it."""
    return _open(identifier, packs, releasable=True)


def _open(identifier: Identifier, packs: Packs, *, releasable: bool) -> bool:
    scheme = packs.identifiers.schemes.get(identifier.scheme)
    if scheme is None or identifier.value.partition(":")[0] in scheme.closed_types:
        return False
    return scheme.releasable if releasable else scheme.askable
