# SPDX-License-Identifier: Apache-2.0
"""Bookings of an exercise's bank as rows of a ledger: what a bank tells of one account, up to a time."""

from array import array
from collections.abc import Mapping
from typing import Final

from lintas.exercises.books import Books
from lintas.exercises.world import Move, World
from lintas.model.money import NEVER, UNKNOWN_MINOR, Covered, LedgerRows, Leg

MICRO: Final = 1_000_000


def rows_of(world: World, books: Books, account: str, ends: Mapping[str, int]) -> LedgerRows:
    """All bookings of an account before a time, by its bank's clock, and that they are all.

    What the payee's bank has not booked either, though it told all up to a time, cannot have come before that time.

    Args:
        ends: Account -> up to when its bank told, microseconds since 1970 UTC.
    """
    end = ends[account]
    known = world.accounts[account]
    skew = world.skew_s.get(known.bic, 0)
    words: dict[str, int] = {"": 0}
    columns = {name: array("i") for name in (*_WORDS, "row")}
    times = {name: array("q") for name in ("debit_at", "credit_at", "debit_minor", "credit_minor")}
    legs = array("B")

    def put(name: str, text: str) -> None:
        columns[name].append(words.setdefault(text, len(words)))

    lines = [line for line in books.lines[account] if line[0] * MICRO < end]
    for number, (at, move, is_debit) in enumerate(lines, 1):
        told_at = (at + skew) * MICRO
        columns["row"].append(number)
        put("payer", move.payer)
        put("payee", move.payee)
        put("reference", move.reference)
        put("of", "")
        put("debit_currency", move.currency)
        put("credit_currency", move.credit_currency)
        put("kind", str(move.kind))
        put("channel", str(move.channel))
        times["debit_at"].append(told_at if is_debit else NEVER)
        times["credit_at"].append(_not_before(books, move, ends) if is_debit else told_at)
        is_seen = is_debit or move.currency == move.credit_currency
        times["debit_minor"].append(move.minor if is_seen else UNKNOWN_MINOR)
        times["credit_minor"].append(move.credit_minor)
        legs.append(Leg.PAYER if is_debit else Leg.PAYEE)
    start = (world.starts_at + skew) * MICRO
    covered = (Covered(account, known.currency, start, end + skew * MICRO, known.opening),)
    return LedgerRows(
        count=len(lines),
        words=tuple(words),
        covered=covered,
        legs=legs.tobytes(),
        **{name: column.tobytes() for name, column in {**columns, **times}.items()},
    )


def _not_before(books: Books, move: Move, ends: Mapping[str, int]) -> int:
    """When a payment that the payee's bank did not tell of can have come at the earliest; NEVER: nobody knows."""
    end = ends.get(move.payee, 0)
    if end <= move.debit_at * MICRO:
        return NEVER
    told = any(one is move for at, one, is_debit in books.lines[move.payee] if not is_debit and at * MICRO < end)
    return NEVER if told else end + 1


_WORDS: Final = ("payer", "payee", "reference", "of", "debit_currency", "credit_currency", "kind", "channel")
