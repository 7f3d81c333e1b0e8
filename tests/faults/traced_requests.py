# SPDX-License-Identifier: Apache-2.0
"""The process that is traced: answers a request, and one of its own, step by step, and says on output what is done.

python -m tests.faults.traced_requests FOLDER
"""

import os
import sys
from pathlib import Path
from typing import Final

from lintas.model.header import Mode
from lintas.node.node import Node
from lintas.testing import OFFICER, FakeClock, carry
from lintas.work.orders import propose
from lintas.work.peering import add_peer, describe
from lintas.work.requests import list_requests, say, send
from lintas.work.requests.settling import settle_requests
from tests.scenario.asking import baht, fields
from tests.scenario.deciding import people

STATES: Final = ("requested", "acknowledged", "ordered", "held", "expired")  # of the first, as it goes on
CLAIMED: Final = ("requested", "partly", "expired")  # of the second, its own: a claim on the block of the first


def main(folder: Path) -> None:
    """Do it all."""
    clock = FakeClock()
    Node.create(folder, name="Sample desk TH", country="TH", mode=Mode.EXERCISE, clock=clock)
    Node.create(folder.parent / "asker", name="Sample desk SG", country="SG", mode=Mode.EXERCISE, clock=clock)
    with Node.open(folder, clock=clock) as node, Node.open(folder.parent / "asker", clock=clock) as asker:
        for one, other in ((node, asker), (asker, node)):
            add_peer(one.services, OFFICER, describe(other.services))
        send(asker.services, OFFICER, to=node.services.keys.node, form="hold", fields=fields(2_500_000))
        carry(asker, node)
        second = send(node.services, OFFICER, to="own", form="hold", fields=fields(7_000_000)).line.message
        chen, dewi = people(node, "Chen authorising_officer", "Dewi supervisor")
        (first,) = (line.message for line in list_requests(node.services, chen.viewer()).lines if not line.is_own)
        _acknowledge("ready")
        say(node.services, chen.viewer(), first, "acknowledged")
        _acknowledge("acknowledged")
        for request, name in ((first, "ordered"), (second, "claimed")):
            said = {"request": request, "what": "ordered", "fields": {"whole": True}}
            order = propose(node.services, chen.viewer(), "power.order", said)
            chen.says(order, "confirmed")
            dewi.says(order, "approved")
            _acknowledge(name)
            if request == first:
                given = {"bank": "KASITHBK", "blocked": baht(6_000_000), "tainted": baht(2_500_000), "whole": True}
                say(node.services, chen.viewer(), first, "confirmed", given)
                _acknowledge("held")
        clock.forward(days=4)
        settle_requests(node.services)
        _acknowledge("expired")


def _acknowledge(what: str) -> None:
    os.write(1, f"ack {what}\n".encode())  # not through a buffer: it stands in the trace between the writes


if __name__ == "__main__":
    main(Path(sys.argv[1]))
