# SPDX-License-Identifier: Apache-2.0
"""Arrange columns into the things that a row is about, and say how those belong together."""

import msgspec

from lintas.formats.schemata import Schemata
from lintas.formats.table_columns import Column, Relation

OWNED = ("account", "wallet", "user", "device")
OWNERS = ("person", "company")
# FollowTheMoney's Payment: group and side -> property.
_PARTS = {
    ("account", "sender"): "payerAccount",
    ("account", "receiver"): "beneficiaryAccount",
    ("person", "sender"): "payer",
    ("company", "sender"): "payer",
    ("person", "receiver"): "beneficiary",
    ("company", "receiver"): "beneficiary",
    ("wallet", "sender"): "payerAccount",
    ("wallet", "receiver"): "beneficiaryAccount",
}


def arrange(
    found: list[tuple[str, Column]], schemata: Schemata
) -> tuple[dict[str, str], str, tuple[Column, ...], tuple[Relation, ...]]:
    """Give each column its group, name the row's main thing, and join the things of a row.

    Args:
        found: Side (sender, receiver, victim, suspect or empty) and column, whose group is still the plain one.

    Returns:
        Groups with their schemata, the main group, the columns, the relations.
    """
    found = _place_banks(found)
    columns: list[Column] = []
    present: dict[str, tuple[str, str]] = {}  # group code -> (plain group, side)
    for side, column in found:
        code = f"{side}_{column.group}" if side and column.group else column.group
        columns.append(msgspec.structs.replace(column, group=code))
        if column.group:
            present[code] = (column.group, side)
    rank = list(schemata.groups)
    present = dict(sorted(present.items(), key=lambda item: rank.index(item[1][0])))
    sides = {side for _, side in present.values()}
    is_payment = "payment" in present or {"sender", "receiver"} <= sides
    if is_payment:
        present["payment"] = ("payment", "")
    main = "payment" if is_payment else next(iter(present), "row")
    groups = {code: schemata.groups[plain] for code, (plain, _) in present.items()} or {"row": schemata.groups["row"]}
    return groups, main, tuple(columns), _relations(present, main)


def _place_banks(found: list[tuple[str, Column]]) -> list[tuple[str, Column]]:
    """Put each bank beside the account it belongs to; a bank without an account number is kept as a plain value."""
    sides = {side for side, column in found if column.group == "account" and column.role != "bank"}
    placed: list[tuple[str, Column]] = []
    for side, column in found:
        if column.role != "bank" or side in sides:
            placed.append((side, column))
        elif len(sides) == 1:
            placed.append((next(iter(sides)), column))
        else:
            reason = f"{column.reason} It stands beside no account number, or beside several: kept under its own name."
            placed.append((side, Column(header=column.header, role="keep", kind="name", reason=reason)))
    return placed


def _relations(present: dict[str, tuple[str, str]], main: str) -> tuple[Relation, ...]:
    """Join who owns what on one side, a payment with its parts, and all that is still apart with the main thing."""
    relations: list[Relation] = []
    joined = {main}
    for code, (plain, side) in present.items():
        part = _PARTS.get((plain, side)) if main == "payment" else None
        if part and code != main:
            relations.append(Relation(source=main, prop=part, target=code))
            joined.add(code)
    for code, (plain, side) in present.items():
        if plain not in OWNERS:
            continue
        owned = [other for other, (what, whose) in present.items() if what in OWNED and whose == side]
        relations += [Relation(source=code, prop="ownerOf", target=other) for other in owned]
        if joined & {code, *owned}:
            joined |= {code, *owned}
    for code in present:
        if code not in joined:
            relations.append(Relation(source=main, prop="unknownLinkTo", target=code))
            joined |= {code, *(each.target for each in relations if each.source == code)}
    return tuple(relations)
