# SPDX-License-Identifier: Apache-2.0
"""The process that is traced while it changes a node's keys; says on standard output what is done.

python -m tests.faults.traced_rotation FOLDER
"""

import os
import sys
from pathlib import Path

from lintas.model.header import Mode
from lintas.model.marking import Tlp
from lintas.node.node import Node
from lintas.node.rotating import rotate
from lintas.work.accounts import create_account

WHO = "Contoh Satu"


def main(folder: Path) -> None:
    """Do it all."""
    Node.create(folder, name="Desk", country="MY", mode=Mode.EXERCISE)
    with Node.open(folder) as node:
        create_account(node.services, name=WHO, password=None, role="operator", clearance=Tlp.GREEN)
    _acknowledge("ready")
    rotate(folder, by=WHO, revoke=True)
    _acknowledge("rotated")


def _acknowledge(what: str) -> None:
    os.write(1, f"ack {what}\n".encode())  # not through a buffer: it stands in the trace between the writes


if __name__ == "__main__":
    main(Path(sys.argv[1]))
