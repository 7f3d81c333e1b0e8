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
    bookings = [one for move in moves for one in bookings_of(books.world, bic, move)]
    rows = ",\n".join(json.dumps(one, ensure_ascii=False, sort_keys=True) for one in bookings)
    head = json.dumps(accounts, ensure_ascii=False, sort_keys=True)
    return f'{{"mode": "exercise",\n"accounts": {head},\n"bookings": [\n{rows}\n]}}\n'.encode()


def bookings_of(world: World, bic: str, move: Move) -> list[dict[str, Any]]:
    """One payment as one bank books it, by its own clock: two bookings where it keeps both accounts.

    What leaves an account is credited seconds later, at the same bank too: were it credited at once, it would stand
    before what another bank sent in between, and by FIFO another amount would leave the payee.
    """
    payer, payee = (_is_own(world, bic, side) for side in (move.payer, move.payee))
    skew = world.skew_s.get(bic, 0)
    said: dict[str, Any] = {
        "id": move.id,
        "reference": move.reference,
        "kind": str(move.kind),
        "channel": str(move.channel),
    }
    debit = said | {"at": rfc3339(move.debit_at + skew), "from": move.payer.partition(":")[2], "to": ""}
    debit |= {"minor": move.minor, "other": move.payee}
    if move.credit_currency not in (move.currency, USDT):
        debit["reached"] = {"minor": move.credit_minor, "currency": move.credit_currency}
    credit = said | {"at": rfc3339(move.credit_at + skew), "from": "", "to": move.payee.partition(":")[2]}
    credit |= {"minor": move.credit_minor, "other": move.payer}
    if payer and payee:
        return [debit, credit | {"id": f"{move.id}/in", "after": move.id}]
    return [debit] if payer else [credit]


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
