# SPDX-License-Identifier: Apache-2.0
"""What a simulated bank starts from: accounts, bookings that fall due, and how it errs. Source: docs/spec/bank.md."""

import json
from typing import Any

from lintas.exercises.lands import USDT
from lintas.exercises.papers import rfc3339
from lintas.exercises.world import Move, World
from lintas.exercises.writing.booked import BankBooks
from lintas.exercises.writing.desk import dumped


def accounts_file(books: BankBooks, bic: str) -> bytes:
    """Accounts and bookings of one bank, in the currencies of states: what it can be told to hold."""
    accounts = [
        {"account": one.number, "currency": one.currency, "minor": one.opening} for one in books.accounts_at(bic)
    ]
    ids = {account.key for account in books.accounts_at(bic)}
    moves = [move for move in books.world.moves if ids & {move.payer, move.payee} and move.currency != USDT]
    bookings = [booking(books.world, bic, move) for move in moves]
    rows = ",\n".join(json.dumps(one, ensure_ascii=False, sort_keys=True) for one in bookings)
    head = json.dumps(accounts, ensure_ascii=False, sort_keys=True)
    return f'{{"mode": "exercise",\n"accounts": {head},\n"bookings": [\n{rows}\n]}}\n'.encode()


def booking(world: World, bic: str, move: Move) -> dict[str, Any]:
    """One payment as one bank books it, by its own clock."""
    payer, payee = move.payer, move.payee
    is_own = {side: _is_own(world, bic, side) for side in (payer, payee)}
    at = (move.debit_at if is_own[payer] else move.credit_at) + world.skew_s.get(bic, 0)
    said: dict[str, Any] = {
        "id": move.id,
        "at": rfc3339(at),
        "from": payer.partition(":")[2] if is_own[payer] else "",
        "to": payee.partition(":")[2] if is_own[payee] else "",
        "minor": move.minor if is_own[payer] else move.credit_minor,
        "reference": move.reference,
        "kind": str(move.kind),
        "channel": str(move.channel),
    }
    if not is_own[payer] or not is_own[payee]:
        said["other"] = payee if is_own[payer] else payer
    if is_own[payer] and move.credit_currency not in (move.currency, USDT):
        said["reached"] = {"minor": move.credit_minor, "currency": move.credit_currency}
    return said


def _is_own(world: World, bic: str, key: str) -> bool:
    """Whether a bank keeps an account in the money of a state."""
    account = world.accounts.get(key)
    return account is not None and account.bic == bic and account.currency != USDT


def behaviour_file(world: World, bic: str) -> bytes:
    """How the bank errs in this exercise: the one that answers by letter first is late with what it is asked."""
    rules: list[dict[str, Any]] = []
    if bic == world.thai_bank:
        rules.append({"do": "late", "kind": "trace", "seconds": 1800})
    return dumped({"blocks": "amount", "rules": rules})
