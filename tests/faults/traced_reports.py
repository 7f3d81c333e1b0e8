# SPDX-License-Identifier: Apache-2.0
"""The process that is traced: takes a report, changes it, closes it, and says on standard output what is done.

python -m tests.faults.traced_reports FOLDER
"""

import os
import sys
from pathlib import Path
from typing import Any, Final

from lintas.model.desk import Doc
from lintas.model.desk_ref import make_ref
from lintas.model.header import Mode
from lintas.node.node import Node
from lintas.testing import OFFICER
from lintas.work.reports import amend_report, close_report, file_report
from lintas.work.watching import add_watch

REF: Final = make_ref("MY", Doc.REPORT, lambda count: bytes(range(count)))
ACCOUNT: Final = "164012345678"
REPORT: Final[dict[str, Any]] = {
    "payments": [{"amount": "RM 19,000", "to": {"value": ACCOUNT, "bank": "Maybank"}, "reference": "FT26060ABC"}]
}
VICTIM: Final[dict[str, Any]] = {"name": "Siti Contoh", "phone": "+60123456700"}


def main(folder: Path) -> None:
    """Do it all."""
    Node.create(folder, name="Desk", country="MY", mode=Mode.EXERCISE)
    with Node.open(folder) as node:
        add_watch(node.services, OFFICER, [f"MBBEMYKL:{ACCOUNT}"], note="operation Contoh")
        _acknowledge("ready")
        file_report(node.services, OFFICER, REPORT, VICTIM, ref=REF)
        _acknowledge("filed")
        amend_report(node.services, OFFICER, REF, {"kind": "romance"}, {"phone": "+60111111111"})
        _acknowledge("amended")
        close_report(node.services, OFFICER, REF)
        _acknowledge("closed")


def _acknowledge(what: str) -> None:
    os.write(1, f"ack {what}\n".encode())  # not through a buffer: it stands in the trace between the writes


if __name__ == "__main__":
    main(Path(sys.argv[1]))
