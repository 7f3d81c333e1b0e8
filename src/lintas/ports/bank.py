# SPDX-License-Identifier: Apache-2.0
"""A bank that carries out orders of ours over a connection of its own."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from lintas.model.bank import Instruction, Outcome
from lintas.model.bookings import BookingsTold, Question

__all__ = ["Bank", "BankSettings", "Instruction", "Outcome"]


class Bank(Protocol):
    """One bank. Whatever it says is hostile input: what cannot be comes back with objections and counts as nothing.

    No method raises for what a bank does or fails to do: who does not answer is `unknown`.
    """

    def instruct(self, instruction: Instruction) -> Outcome:
        """Tell it to do something. The same instruction may be told any number of times; it is done once."""

    def state(self, instruction: Instruction) -> Outcome:
        """Ask what came of it; `unknown` with reason `not_known` when the bank never heard of it."""

    def recall(self, request: bytes) -> bytes | None:
        """Ask for money back by a camt.056 file; returns its camt.029, which nobody has read. None: no answer."""

    def recall_state(self, id_: str) -> bytes | None:
        """Ask what came of a recall, as `recall`."""

    def ask(self, question: Question) -> tuple[BookingsTold, bytes]:
        """Ask where money went on to; returns what it says and the bytes that it said it in, which are kept.

        The same question may be asked any number of times; it is answered once, and every time alike.
        """

    def told(self, question: Question) -> tuple[BookingsTold, bytes]:
        """Hear it again; `unknown` with reason `not_known` when the bank was never asked."""

    def cut(self) -> None:
        """End what runs in another thread, and answer nothing any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BankSettings:
    """What an operator sets of one bank: the table `[bank.NAME]` of `node.toml`."""

    name: str
    url: str
    secret: bytes = field(repr=False)
    banks: tuple[str, ...]  # BICs, codes and names that it answers for, as orders name them
    currency: str  # of its accounts; an order in another one is not sent
    ca_file: str = ""
    trace_law: str = ""  # under which it is asked for bookings when a person has a request for them; empty: by press


def bank_for(settings: Mapping[str, BankSettings], bank: str, currency: str) -> str:
    """Name the connection that answers for a bank; empty when there is none, and a person calls.

    Args:
        bank: As an order names it; case and spaces do not count. A BIC of eleven letters is its branch's bank too.
    """
    wanted = plain_bank(bank)
    for name, one in settings.items():
        known = {plain_bank(each) for each in one.banks}
        is_ours = wanted in known or (len(wanted) == 11 and wanted[:8] in known)
        if wanted and is_ours and currency in ("", one.currency):
            return name
    return ""


def plain_bank(bank: str) -> str:
    """A bank's name, code or BIC as it is compared; the BIC of a head office is that of its eight letters."""
    plain = "".join(bank.split()).upper()
    return plain[:8] if len(plain) == 11 and plain.endswith("XXX") else plain
