# SPDX-License-Identifier: Apache-2.0
"""The process that is traced: makes a node, takes three files, erases one, and says on standard output what is done.

python -m tests.faults.traced_child FOLDER
"""

import os
import sys
from pathlib import Path

from lintas.model.header import Mode
from lintas.node.node import Node
from lintas.testing import OFFICER
from lintas.work.intake import TakenFile, TakeOptions, take
from lintas.work.keeping import erase
from lintas.work.services import no_progress
from tests.faults.whole import SOURCE, files_of


def files() -> list[TakenFile]:
    """A text, a bundle of several items, and a text so large that it becomes a blob."""
    slip, _, bundle, large = files_of("traced")
    return [slip, bundle, large]


def main(folder: Path) -> None:
    """Do it all."""
    Node.create(folder, name="Desk", country="MY", mode=Mode.EXERCISE)
    _acknowledge("init")
    with Node.open(folder) as node:
        intakes: list[str] = []
        for file in files():
            taken = take(node.services, OFFICER, [file], options=TakeOptions(source=SOURCE), progress=no_progress)
            intakes += taken.intakes
            _acknowledge(file.name)
        erase(node.services, OFFICER, intakes[-1:], ground="retention")
        _acknowledge("erase")
    _acknowledge("close")


def _acknowledge(what: str) -> None:
    os.write(1, f"ack {what}\n".encode())  # not through a buffer: it stands in the trace between the writes


if __name__ == "__main__":
    main(Path(sys.argv[1]))
