# SPDX-License-Identifier: Apache-2.0
"""The demo's folder: made whole or made again, and never anybody else's."""

import json
import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from lintas import __version__
from lintas.cli import demo_files
from lintas.errors import BadInput, WrongUse

STAMP: Final = "lintas-demo.json"  # written first: says that the folder is ours to remove
DONE: Final = "made.json"  # written last: says that everything in it is whole
FORMAT: Final = 1  # raised when an older demo folder can no longer be used

REAL_FILES: Final = (  # below the folder of sample data: what the demo takes in when it is there
    "stix/attack-stix-data/ics-attack/*.json",
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
    def node(self) -> Path:
        """The node's folder."""
        return self.folder / "node"

    @property
    def files(self) -> Path:
        """Where the invented input lies."""
        return self.folder / "files"

    @property
    def proof(self) -> Path:
        """Where receipt and entry are written."""
        return self.folder / "proof"

    @property
    def is_whole(self) -> bool:
        """Whether an earlier run made everything, in today's form."""
        try:
            made = json.loads((self.folder / DONE).read_bytes())
            return bool(made["format"] == FORMAT and made["seed"] == demo_files.SEED)
        except (OSError, ValueError, KeyError, TypeError):
            return False


def prepare(folder: Path) -> Case:
    """Make the folder ready: an earlier, whole demo is used again, a half-made one is removed.

    Raises:
        WrongUse: The folder holds something that the demo did not make.
    """
    case = Case(folder=folder)
    if folder.exists() and not folder.is_dir():
        raise WrongUse(f"{folder} is no folder.")
    is_ours = (folder / STAMP).is_file()
    if folder.is_dir() and any(folder.iterdir()) and not is_ours:
        raise WrongUse(f"{folder} holds something that the demo did not make.", hint="Name another with --folder.")
    if is_ours and not case.is_whole:
        shutil.rmtree(folder)  # if we die here: it is still half-made, and removed next time
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    (folder / STAMP).write_text(json.dumps({"made_by": f"lintas {__version__}"}) + "\n", encoding="utf-8")
    for below in (case.files, case.proof):
        below.mkdir(exist_ok=True)
    return case


def finish(case: Case) -> None:
    """Say that everything is whole."""
    unfinished = case.folder / f"{DONE}.new"
    said = {"format": FORMAT, "seed": demo_files.SEED, "version": __version__}
    unfinished.write_text(json.dumps(said) + "\n", encoding="utf-8")
    unfinished.replace(case.folder / DONE)


def write_files(case: Case) -> list[Path]:
    """Write the invented input and return where it is."""
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
