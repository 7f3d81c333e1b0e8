# SPDX-License-Identifier: Apache-2.0
"""What a STIX pattern compares: object paths with the values that they must equal.

A small tolerant reader of STIX patterning (STIX 2.1 section 9). It does not judge whether a pattern is valid: what it
cannot read it steps over, and says so, because the pattern itself is kept as text.
"""

import re
from typing import Final, NamedTuple

COMPARISONS_MAX = 5_000  # comparisons read out of one pattern

_TOKEN: Final = re.compile(
    r"""(?P<space>\s+|/\*.*?(?:\*/|\Z)|//[^\n]*)
      | (?P<string>[hbt]?'(?:[^'\\]|\\.)*+(?:'|\\?\Z))
      | (?P<path>[A-Za-z][A-Za-z0-9_-]*:[^\s=!<>()'\[\],]+
            (?:(?:'(?:[^'\\]|\\.)*'|\[(?:\*|\d+)\])[^\s=!<>()'\[\],]*)*)
      | (?P<word>[A-Za-z_]+)
      | (?P<sign><>|!=|<=|>=|[=<>\[\](),])
      | (?P<number>[+-]?\d+(?:\.\d+)?)
      | (?P<other>.)""",
    re.VERBOSE | re.DOTALL,
)
_STEP: Final = re.compile(r"'((?:[^'\\]|\\.)*)'|\[(?:\*|\d+)\]|([^.'\[\]]+)")
_ESCAPE: Final = re.compile(r"\\(.)", re.DOTALL)


class Comparison(NamedTuple):
    """One `path = 'value'` of a pattern."""

    path: str  # type, colon, and the property's names joined by points: "file:hashes.SHA-256"
    value: str


class Compared(NamedTuple):
    """All that a pattern compares for equality."""

    comparisons: tuple[Comparison, ...]
    skipped: int  # comparisons of another kind: unequal, larger, LIKE, MATCHES, ISSUBSET, or negated


def read_pattern(pattern: str) -> Compared:
    """List the values that a STIX pattern looks for, in order; a value that it excludes is not among them."""
    tokens = [
        (found.lastgroup or "", found[0])
        for found in _TOKEN.finditer(pattern)
        if found.lastgroup not in ("space", None)
    ]
    found: list[Comparison] = []
    skipped = position = 0
    while position < len(tokens) and len(found) < COMPARISONS_MAX:
        kind, text = tokens[position]
        position += 1
        if kind != "path":
            continue
        path = _path(text)
        is_negated = False
        if position < len(tokens) and tokens[position][1].upper() == "NOT":
            is_negated = True
            position += 1
        operator = tokens[position][1].upper() if position < len(tokens) else ""
        values, position = _values(tokens, position + 1) if operator in ("=", "==", "IN") else ([], position)
        if is_negated or not values:
            skipped += 1
            continue
        found += [Comparison(path, value) for value in values]
    return Compared(tuple(found[:COMPARISONS_MAX]), skipped)


def _values(tokens: list[tuple[str, str]], position: int) -> tuple[list[str], int]:
    """Read one literal, or the literals of a set in parentheses."""
    values: list[str] = []
    if position < len(tokens) and tokens[position][1] == "=":  # the second sign of "=="
        position += 1
    in_set = position < len(tokens) and tokens[position][1] == "("
    position += in_set
    while position < len(tokens):
        kind, text = tokens[position]
        if kind == "string":
            values.append(_literal(text))
        elif kind == "number":
            values.append(text)
        elif not (in_set and text == ","):
            break
        position += 1
        if not in_set:
            break
    return values, position


def _literal(text: str) -> str:
    return _ESCAPE.sub(r"\1", text[text.index("'") + 1 :].removesuffix("'"))


def _path(text: str) -> str:
    """Write an object path without quotation marks and list indices: `file:hashes.'MD5'` as `file:hashes.MD5`."""
    type_, _, rest = text.partition(":")
    steps = [_ESCAPE.sub(r"\1", found[1]) if found[1] is not None else found[2] for found in _STEP.finditer(rest)]
    return f"{type_}:{'.'.join(step for step in steps if step)}"
