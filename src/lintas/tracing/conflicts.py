# SPDX-License-Identifier: Apache-2.0
"""Rows that share a reference and contradict each other: which of them are one payment nevertheless.

Source: docs/spec/tracing.md, rule T16.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from lintas.model.money import NEVER, UNKNOWN_MINOR, Leg
from lintas.tracing.table import LedgerTable

_DAY_US: Final = 86_400 * 10**6


def part_conflicting(table: LedgerTable, rows: NDArray[np.intp]) -> list[int]:
    """Give each row the place of the first row that it can be one payment with, or its own."""
    clusters: list[list[int]] = []
    leaders: list[int] = []
    for place, row in enumerate(rows.tolist()):
        for cluster in clusters:
            if all(_agree(table, int(rows[other]), row) for other in cluster):
                cluster.append(place)
                leaders.append(cluster[0])
                break
        else:
            clusters.append([place])
            leaders.append(place)
    return leaders


def _agree(table: LedgerTable, one: int, other: int) -> bool:
    """Whether two rows can speak of one payment."""
    shared = int(table.legs[one]) & int(table.legs[other]) & 3
    if shared and table.message[one] == table.message[other]:
        return False  # one message does not tell of one booking twice
    for side in ("payer", "payee"):
        left, right = getattr(table, side)[one], getattr(table, side)[other]
        if left and right and left != right:
            return False
    for leg, minor, currency in (
        (Leg.PAYER, table.debit_minor, table.debit_currency),
        (Leg.PAYEE, table.credit_minor, table.credit_currency),
    ):
        if not shared & leg:
            continue
        if currency[one] and currency[other] and currency[one] != currency[other]:
            return False
        if UNKNOWN_MINOR not in {int(minor[one]), int(minor[other])} and minor[one] != minor[other]:
            return False
    times = [_moment(table, row) for row in (one, other)]
    if NEVER not in times and abs(times[0] - times[1]) > 2 * _DAY_US:
        return False
    alone = int(table.legs[one]) & 3 in {0, 3} and int(table.legs[other]) & 3 in {0, 3}
    return not alone or _amount(table, one) == _amount(table, other)


def _moment(table: LedgerTable, row: int) -> int:
    debit_at = int(table.debit_at[row])
    return int(table.credit_at[row]) if debit_at == NEVER else debit_at


def _amount(table: LedgerTable, row: int) -> int:
    credit = int(table.credit_minor[row])
    return int(table.debit_minor[row]) if credit == UNKNOWN_MINOR else credit
