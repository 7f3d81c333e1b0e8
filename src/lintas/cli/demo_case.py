# SPDX-License-Identifier: Apache-2.0
"""The demo's folder: made anew each time, by one demo at a time, and never anybody else's."""

import fcntl
import json
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from lintas import __version__
from lintas.cli import demo_files
from lintas.errors import BadInput, NodeBusy, WrongUse
from lintas.store.lock import WriterLock

STAMP: Final = "lintas-demo.json"  # written first: says that what the demo makes here is its to remove
NODES: Final = ("my", "sg", "th", "cn")
MADE: Final = (*NODES, "bank", "banks-secret", "golden", "files", "proof", *(f"{node}.log" for node in NODES))
MADE_BEFORE: Final = ("node", "made.json", "made.json.new", "server.log")  # by the demo of one node
END_S_MAX: Final = 30.0  # seconds that the servers of a killed demo have to end

REAL_FILES: Final = (  # below the folder of sample data: what the demo takes in when it is there
    "stix/oasis-json-schemas/examples/*.json",
    "stix/oasis-json-schemas/examples/threat-reports/*.json",
    "stix/medallion/medallion/test/data/default_data.json",
    "misp/misp-stix-tests/tests/*_stix2?.json",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """Where the demo works."""

    folder: Path

    @property
    def my(self) -> Path:
        """The folder of the anti-scam centre's node."""
        return self.folder / "my"

    @property
    def sg(self) -> Path:
        """The folder of the crime desk's node."""
        return self.folder / "sg"

    @property
    def files(self) -> Path:
        """Where the invented input lies."""
        return self.folder / "files"

    @property
    def bank(self) -> Path:
        """Where the bank keeps its accounts."""
        return self.folder / "bank"

    @property
    def proof(self) -> Path:
        """Where descriptors, receipt and entry are written: all that leaves a node by hand."""
        return self.folder / "proof"


@contextmanager
def prepared(folder: Path, *, wait_s: float = END_S_MAX) -> Iterator[Case]:
    """Make the folder ready and hold it: what an earlier demo made in it is removed.

    If we die here: the stamp stands, and the next demo removes the rest.

    Args:
        wait_s: Seconds that the servers of an earlier demo have to end.

    Raises:
        WrongUse: The folder holds something that the demo did not make, or another demo runs in it.
    """
    case = Case(folder=folder)
    if folder.exists() and not folder.is_dir():
        raise WrongUse(f"{folder} is no folder.")
    stamp = folder / STAMP
    if folder.is_dir() and not stamp.is_file() and any(folder.iterdir()):
        raise WrongUse(f"{folder} holds something that the demo did not make.", hint="Name another with --folder.")
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with stamp.open("a+", encoding="utf-8") as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise WrongUse(f"A demo runs in {folder} already.", hint="End it, or name another folder.") from None
        held.truncate(0)
        held.write(json.dumps({"made_by": f"lintas {__version__}"}) + "\n")
        held.flush()
        clear(folder, wait_s=wait_s)
        for below in (case.files, case.proof):
            below.mkdir()
        yield case


def clear(folder: Path, *, wait_s: float) -> None:
    """Remove what an earlier demo made, once its servers have ended."""
    for name in (*MADE, *MADE_BEFORE):
        path = folder / name
        if path.is_dir():
            wait_unused(path, wait_s=wait_s)
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)


def wait_unused(folder: Path, *, wait_s: float) -> None:
    """Wait until nobody writes to a node: the server of a killed demo ends by itself, but not at once.

    Raises:
        WrongUse: Somebody still does.
    """
    deadline = time.monotonic() + wait_s
    while True:
        try:
            WriterLock.take(folder).release()
        except NodeBusy:
            if time.monotonic() > deadline:
                raise WrongUse(f"Something still serves {folder}.", hint="End it, or name another folder.") from None
            time.sleep(0.05)
        else:
            return


def write_files(case: Case) -> list[Path]:
    """Write the case as files and return where they are."""
    written = []
    for name, data in demo_files.files().items():
        path = case.files / name
        path.write_bytes(data)
        written.append(path)
    return written


def real_files() -> list[Path]:
    """Files of the sample data that this machine has: LINTAS_DATA, else ../shared/data.

    Raises:
        BadInput: LINTAS_DATA names no folder.
    """
    named = os.environ.get("LINTAS_DATA", "")
    top = Path(named) if named else Path("..") / "shared" / "data"
    if named and not top.is_dir():
        raise BadInput(f"LINTAS_DATA names {named}, which is no folder.")
    return [path for pattern in REAL_FILES for path in sorted(top.glob(pattern)) if path.is_file()]
