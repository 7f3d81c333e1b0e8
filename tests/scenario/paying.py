# SPDX-License-Identifier: Apache-2.0
"""Files of payments, as a bank exports them, taken into a node."""

from collections.abc import Sequence
from typing import Final

from lintas.model.intake_answers import Taken
from lintas.model.marking import Marking, Tlp
from lintas.model.viewer import Viewer
from lintas.testing import OFFICER
from lintas.work.intake import TakenFile, TakeOptions, take
from lintas.work.services import Services, no_progress

MAPPING: Final = (
    '{"v":1,"form":"payments","columns":{"payer":"from","payee":"to","amount":"amount","time":"at",'
    '"reference":"reference"},"currency":"THB","bank":"KASITHBK","legs":"both"}'
)
A, B, C = "KASITHBK:1111111111", "KASITHBK:2222222222", "KASITHBK:3333333333"


def csv_of(rows: Sequence[tuple[str, str, str, str, str]]) -> bytes:
    """A table of (payer, payee, amount, time, reference)."""
    return "\n".join(["from,to,amount,at,reference", *(",".join(row) for row in rows), ""]).encode()


STOLEN: Final = csv_of(
    [
        ("1111111111", "2222222222", "500.00", "2026-01-31T09:00:00Z", "P1"),
        ("2222222222", "3333333333", "200.00", "2026-01-31T09:05:00Z", "P2"),
        ("9999999999", "3333333333", "70.00", "2026-01-30T09:05:00Z", "P3"),
    ]
)

PLAIN: Final = (  # says by itself what a mapping would
    b"payer,payer_bank,payee,payee_bank,amount,currency,time,reference\n"
    b"1111111111,KASITHBK,2222222222,KASITHBK,500.00,THB,2026-01-31T09:00:00Z,P1\n"
    b"2222222222,KASITHBK,3333333333,KASITHBK,200.00,THB,2026-01-31T09:05:00Z,P2\n"
)


def take_payments(
    services: Services,
    data: bytes = STOLEN,
    *,
    name: str = "payments.csv",
    tlp: Tlp = Tlp.AMBER,
    actor: Viewer = OFFICER,
    mapping: str = MAPPING,
) -> Taken:
    """Take one table of payments."""
    options = TakeOptions(mapping=mapping, marking=Marking(tlp=tlp))
    return take(services, actor, [TakenFile(name=name, data=data)], options=options, progress=no_progress)
