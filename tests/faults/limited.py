# SPDX-License-Identifier: Apache-2.0
"""Run with a limit on the size of files: takes are refused where it is reached, and go on when it is lifted.

python -m tests.faults.limited FOLDER
"""

import json
import resource
import sys
from pathlib import Path

from lintas.errors import StorageFailed
from lintas.model.header import Mode
from lintas.node.node import Node
from lintas.testing import OFFICER
from lintas.work.intake import TakenFile, TakeOptions, take
from lintas.work.services import no_progress
from tests.faults.whole import SOURCE, check_whole, files_of, take_again


def main(folder: Path) -> None:
    """Do it; prints how often a take was refused."""
    hints = set[str]()
    refused = 0
    files = [*files_of("limited"), TakenFile(name="larger.txt", data=b"another text\n" * 60_000)]
    Node.create(folder / "node", name="Desk", country="MY", mode=Mode.EXERCISE)
    with Node.open(folder / "node") as node:
        take_again(node, files_of("before"), check_whole(node))
        _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
        for limit in (4096, 70_000, 300_000):
            before = check_whole(node, orphans=True)
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, hard))  # Python ignores SIGXFSZ: writes fail instead
            for file in files:
                try:
                    take(node.services, OFFICER, [file], options=TakeOptions(source=SOURCE), progress=no_progress)
                except StorageFailed as exc:
                    refused += 1
                    hints.add(exc.hint)
            resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
            assert before.files.items() <= check_whole(node, orphans=True).files.items()
        take_again(node, files, check_whole(node, orphans=True), orphans=True)
    with Node.open(folder / "node") as node:
        check_whole(node)
    assert all("ulimit -f" in hint for hint in hints), hints
    sys.stdout.write(json.dumps({"refused": refused}))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
