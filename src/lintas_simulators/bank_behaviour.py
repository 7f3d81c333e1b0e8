# SPDX-License-Identifier: Apache-2.0
"""How a bank errs: rules from a file, each for some accounts and some instructions.

The file is one JSON object: {"blocks": "amount" | "account", "rules": [{"do": ACT, ...}]}. The first rule that fits an
instruction decides, and stays decided: it is kept with the instruction. Beside them: "recalls" and "recall_reason".
"""

import json
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any, Final

ACTS: Final = frozenset(
    {
        "late",  # says `accepted`, and does it so many seconds of its clock later; without seconds, never
        "slow",  # does it, and keeps the connection waiting for so many real seconds
        "part",  # finds at most `minor` there; of a question, tells the first `minor` bookings
        "twice",  # says the same again at another time
        "changes",  # says another amount when it is asked again
        "other_account",  # says another account
        "other_amount",  # says more than it was asked for; of a question, one booking does not add up
        "other_currency",
        "other_time",  # says a time years away
        "other_instruction",  # answers for another instruction
        "refuse",
        "die_before",  # kills its own process before anything is booked
        "die_after",  # and after it was booked, before it answers
        "garbage",  # answers with bytes that mean nothing
        "unsigned",  # answers without a signature
        "endless",  # answers with more than anybody reads
        "silent",  # closes the connection, and does nothing
        # of questions alone
        "more",  # tells bookings from before the time that was asked about
        "double",  # tells one booking twice
        "absurd",  # tells money that came as cash that left
        "other_bank",  # tells bookings of another bank's account
        "short",  # says that it told all, and leaves out the end
    }
)
_FIELDS: Final = frozenset({"do", "account", "kind", "times", "chance", "seconds", "minor", "reason"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One way to err."""

    do: str
    account: str = ""  # empty: any
    kind: str = ""  # hold | release | extend | trace; empty: any
    times: int = 0  # how many instructions it is for; 0: all
    chance: float = 1.0
    seconds: float | None = None
    minor: int = 0
    reason: str = "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Behaviour:
    """One bank."""

    blocks: str = "amount"  # what a hold blocks: an amount, or nothing less than a whole account
    rules: tuple[Rule, ...] = ()
    recalls: str = "pending"  # accepted | rejected | pending
    recall_reason: str = ""  # code of why not: CUST, NOAS, AM04 …


def read_behaviour(file: Path | None) -> Behaviour:
    """Read the file; without one the bank does what it is told.

    Raises:
        ValueError: The file is none.
    """
    if file is None:
        return Behaviour()
    said: Any = json.loads(file.read_text(encoding="utf-8"))
    if not isinstance(said, dict) or said.get("blocks", "amount") not in {"amount", "account"}:
        raise ValueError("the behaviour is an object; blocks is amount or account")
    if said.get("recalls", "pending") not in {"accepted", "rejected", "pending"}:
        raise ValueError("recalls is accepted, rejected or pending")
    if unknown := sorted(set(said) - {"blocks", "rules", "recalls", "recall_reason"}):
        raise ValueError(f"unknown in the behaviour: {', '.join(unknown)}")
    return Behaviour(
        blocks=said.get("blocks", "amount"),
        rules=tuple(_rule(one) for one in said.get("rules", [])),
        recalls=said.get("recalls", "pending"),
        recall_reason=str(said.get("recall_reason", "")),
    )


def _rule(said: Any) -> Rule:
    if not isinstance(said, dict) or said.get("do") not in ACTS:
        raise ValueError(f"a rule does one of {', '.join(sorted(ACTS))}")
    if unknown := sorted(set(said) - _FIELDS):
        raise ValueError(f"unknown in a rule: {', '.join(unknown)}")
    return Rule(**said)


def fits(rule: Rule, *, id_: str, kind: str, account: str, used: int, seed: int, number: int) -> bool:
    """Say whether a rule is for an instruction; chance is the same for each run of one seed.

    Args:
        used: How many instructions it was for already.
        number: Place of the rule in the file.
    """
    if rule.account not in ("", account) or rule.kind not in ("", kind) or (rule.times and used >= rule.times):
        return False
    dice = Random(f"{seed}.{number}.{id_}")  # noqa: S311 - an exercise's, and no secret  # nosec B311
    return rule.chance >= 1 or dice.random() < rule.chance
