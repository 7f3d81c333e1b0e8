# SPDX-License-Identifier: Apache-2.0
"""Files of payments as banks give them to a desk, and law packs that let machines hand on what they follow."""

import dataclasses
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from lintas.formats.law import LawProfiles
from lintas.model.marking import Marking, Tlp
from lintas.node.node import Node
from lintas.testing import OFFICER
from lintas.work.intake import TakenFile, TakeOptions, take
from lintas.work.services import no_progress

_COLUMNS: Final = {
    "payer": "From",
    "payee": "To",
    "amount": "Paid",
    "currency": "Currency",
    "time": "Booked",
    "credit_amount": "Arrived",
    "uetr": "UETR",
    "kind": "Kind",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One payment as a bank lists it."""

    payer: str
    payee: str
    paid: str  # major units
    at: str
    number: int  # makes its UETR
    arrived: str = ""
    currency: str = "MYR"
    kind: str = "transfer"


def uetr(number: int) -> str:
    """A reference as banks make them."""
    return f"00000000-0000-4000-8000-{number:012d}"


def book(
    node: Node,
    lines: Sequence[Line],
    *,
    legs: str = "both",
    name: str = "payments.csv",
    tlp: Tlp | None = None,
) -> list[str]:
    """Take in a bank's list; says which messages it made.

    Args:
        legs: Whose booking it is: payer, payee or both.
        tlp: How they are marked; None: as files are where nobody says.
    """
    head = ",".join(_COLUMNS.values())
    rows = [
        ",".join(
            [one.payer, one.payee, one.paid, one.currency, one.at, one.arrived or one.paid, uetr(one.number), one.kind]
        )
        for one in lines
    ]
    mapping = {"v": 1, "form": "payments", "columns": _COLUMNS, "legs": legs}
    done = take(
        node.services,
        OFFICER,
        [TakenFile(name=name, data="\n".join([head, *rows]).encode())],
        options=TakeOptions(mapping=json.dumps(mapping), marking=None if tlp is None else Marking(tlp=tlp)),
        progress=no_progress,
    )
    assert not done.rejected, done.rejected
    return list(done.messages)


def with_law(node: Node, **changes: object) -> None:
    """Let a node's law pack say otherwise of hand-off: `with_law(node, is_unattended=True, confirmed=True)`."""
    packs = node.services.packs
    law = packs.law
    row = dataclasses.replace(law.handoff_of(node.services.config.country), **changes)  # type: ignore[arg-type]  # fields of it
    changed = LawProfiles(default=law.default, countries=law.countries, digest=law.digest, handoffs={"default": row})
    node.services = dataclasses.replace(node.services, packs=dataclasses.replace(packs, law=changed))
