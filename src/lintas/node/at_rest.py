# SPDX-License-Identifier: Apache-2.0
"""Look at the files of the keys without opening one: sealed or plain, who may read them. Nothing secret is read."""

import re
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from lintas.errors import NodeDamaged
from lintas.limits import KEY_SCRYPT_LOG_N_MIN
from lintas.model.key_answers import KeyAtRest
from lintas.node.keys import FOLDER, OPERATIONAL, SEALED
from lintas.store.connection import storage_errors

NAMES: Final = ("root", *OPERATIONAL)
_HEAD_BYTES: Final = 256  # enough for the first lines of an age file
_SCRYPT: Final = re.compile(rb"-> scrypt \S+ ([0-9]{1,2})\n")


def keys_at_rest(folder: Path) -> Iterator[KeyAtRest]:
    """Say of each key how its file rests; one that is kept elsewhere too."""
    with storage_errors():
        for name in (*NAMES, "local"):
            path = folder / FOLDER / ("local.key" if name == "local" else f"{name}.pem")
            try:
                mode = stat.S_IMODE(path.stat().st_mode)
                with path.open("rb") as file:
                    head = file.read(_HEAD_BYTES)
            except FileNotFoundError:
                yield KeyAtRest(name=name, state="elsewhere", mode="")
                continue
            except PermissionError:
                yield KeyAtRest(name=name, state="unreadable", mode="")
                continue
            yield _said(name, head, f"{mode:o}", is_open=bool(mode & 0o077))


def check_modes(folder: Path) -> None:
    """Refuse to serve with keys that others on this machine may read, as OpenSSH does.

    Raises:
        NodeDamaged: Others may.
    """
    if found := open_modes(folder):
        raise NodeDamaged(
            f"Others on this machine may read {', '.join(found)} of this node's keys.",
            hint=f"chmod 700 {folder / FOLDER}; chmod 600 {folder / FOLDER}/*; if they may have: lintas key rotate",
        )


def open_modes(folder: Path) -> list[str]:
    """Names of what others may read or enter: the folder of the keys, and files in it."""
    with storage_errors():
        if not (folder / FOLDER).is_dir():
            return []
        found = [folder / FOLDER, *sorted((folder / FOLDER).iterdir())]
        return [path.name for path in found if stat.S_IMODE(path.stat().st_mode) & 0o077]


def _said(name: str, head: bytes, mode: str, *, is_open: bool) -> KeyAtRest:
    if not head.startswith(SEALED):
        return KeyAtRest(name=name, state="plain", mode=mode, is_open=is_open)
    found = _SCRYPT.search(head)
    log_n = int(found[1]) if found else 0
    return KeyAtRest(
        name=name,
        state="sealed",
        mode=mode,
        is_open=is_open,
        stretching=f"scrypt 2^{log_n}" if found else "unknown",
        is_weak=log_n < KEY_SCRYPT_LOG_N_MIN,
    )
