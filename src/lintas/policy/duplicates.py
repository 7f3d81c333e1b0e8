# SPDX-License-Identifier: Apache-2.0
"""Whether two reports tell of the same payment: a rule, a sentence and a rank. Nothing is ever merged by this.

One victim often reports twice: to the hotline and to the police, to the bank and to the centre, in other words and a
minute apart. And one mule account receives the same round sum from several victims. The rules keep the two apart where
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from lintas.model.desk import Money

WINDOW: Final = timedelta(minutes=30)  # between what a victim remembers and what a slip says; domain.md, section 3.1
REFERENCE_CHARS_MIN: Final = 6  # of a transaction reference; a shorter one is a counter's, and comes again every day


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One payment as one report tells it. Empty or None: not known."""

    account: str = ""  # number, proxy or wallet
    bank: str = ""  # BIC
    amount: Money | None = None
    at: datetime | None = None  # aware
    reference: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reported:
    """What is compared of a report."""

    ref: str
    payments: tuple[Told, ...] = ()
    people: frozenset[str] = frozenset()  # who reported: `scheme:value` of phones and personal numbers, canonical


class Likeness(NamedTuple):
    """Why another report may tell of the same payment."""

    ref: str
    rank: int  # 1: it is very likely the same; 2: likely; 3: look
    rule: str
    sentence: str  # English, for translation


_SENTENCES: Final = {
    "same-reference": "The same transaction reference stands in both.",
    "same-payment": "The same account received the same amount, within 30 minutes of each other.",
    "same-person": "The same person reported the same amount.",
    "same-reference-other-amount": "The same transaction reference stands in both; the amounts differ.",
    "same-account-amount": "The same account received the same amount; when is not known of both.",
    "other-digit": "Amount and time agree, and the accounts but for one digit: it may be mistyped.",
}
_RANKS: Final = {
    "same-reference": 1,
    "same-payment": 1,
    "same-person": 2,
    "same-reference-other-amount": 2,
    "other-digit": 3,
    "same-account-amount": 3,
}
SENTENCES: Final = tuple(_SENTENCES.values())


def duplicates(one: Reported, others: Iterable[Reported]) -> tuple[Likeness, ...]:
    """Say which other reports may tell of the same payment, the most likely first.

    Args:
        others: Any reports; one of the same reference is the same report and is left out.

    Returns:
        At most one line for each other report: its strongest rule.

    Shape: O(payments of one x payments of all others).
    """
    found = [likeness for other in others if other.ref != one.ref and (likeness := _alike(one, other)) is not None]
    return tuple(sorted(found, key=lambda line: (line.rank, line.ref)))


def _alike(one: Reported, other: Reported) -> Likeness | None:
    rules = {rule for a in one.payments for b in other.payments if (rule := _rule(a, b))}
    if one.people & other.people and _amounts(one) & _amounts(other):
        rules.add("same-person")
    if not rules:
        return None
    rule = min(rules, key=lambda name: (_RANKS[name], list(_RANKS).index(name)))
    return Likeness(other.ref, _RANKS[rule], rule, _SENTENCES[rule])


def _rule(a: Told, b: Told) -> str:
    """The strongest rule by which two payments are one; empty for none."""
    other_amount = a.amount is not None and b.amount is not None and a.amount != b.amount
    reference = _plain(a.reference)
    if len(reference) >= REFERENCE_CHARS_MIN and reference == _plain(b.reference):
        return "same-reference-other-amount" if other_amount else "same-reference"
    if a.amount is None or a.amount != b.amount or not a.account or not b.account:
        return ""
    is_near = a.at is not None and b.at is not None and abs(a.at - b.at) <= WINDOW
    if _same_account(a, b):
        if is_near:
            return "same-payment"
        # two times that are known and far apart are two payments, perhaps of two victims
        return "" if a.at and b.at else "same-account-amount"
    return "other-digit" if is_near and _one_digit_apart(_plain(a.account), _plain(b.account)) else ""


def _same_account(a: Told, b: Told) -> bool:
    """Whether two accounts are one; banks that are both known must agree."""
    if a.bank and b.bank and a.bank[:8].upper() != b.bank[:8].upper():
        return False
    return _plain(a.account) == _plain(b.account) != ""


def _one_digit_apart(a: str, b: str) -> bool:
    """Whether one is the other with a digit replaced, left out, or two neighbours swapped; both of 6 digits or more."""
    if min(len(a), len(b)) < 6 or abs(len(a) - len(b)) > 1 or a == b:
        return False
    if len(a) != len(b):
        short, long = sorted((a, b), key=len)
        return any(long[:place] + long[place + 1 :] == short for place in range(len(long)))
    places = [place for place, (x, y) in enumerate(zip(a, b, strict=True)) if x != y]
    first, last = places[0], places[-1]
    is_swapped = len(places) == 2 and last - first == 1 and (a[first], a[last]) == (b[last], b[first])
    return len(places) == 1 or is_swapped


def _amounts(one: Reported) -> set[Money]:
    return {told.amount for told in one.payments if told.amount is not None}


def _plain(text: str) -> str:
    return "".join(char for char in text.upper() if char.isalnum())
