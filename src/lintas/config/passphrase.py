# SPDX-License-Identifier: Apache-2.0
"""Where the passphrase of the node's keys comes from: a file, a systemd credential, or the environment.

A credential is best: systemd gives it to this service alone and shows it in no process list. A file comes next. The
environment of a process is read by whoever runs as the same user, so a file's place is told there and not its content.
"""

import os
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from lintas.errors import BadInput, NodeDamaged, WrongUse
from lintas.limits import KEY_PASSPHRASE_CHARS_MIN

VARIABLE: Final = "LINTAS_KEY_PASSPHRASE"
FILE_VARIABLE: Final = "LINTAS_KEY_PASSPHRASE_FILE"
CREDENTIALS: Final = "CREDENTIALS_DIRECTORY"  # set by systemd for a unit with LoadCredential=
CREDENTIAL: Final = "lintas-key-passphrase"
PASSPHRASE_BYTES_MAX: Final = 1024
_KINDS_MIN: Final = 5  # different characters


def key_passphrase(environ: Mapping[str, str] | None = None) -> str | None:
    """Return the passphrase of the node's keys; None when none is set.

    Args:
        environ: The process's environment, unless a test brings its own.

    Raises:
        WrongUse: Two places give different ones.
        BadInput: What a place gives is no passphrase.
        NodeDamaged: Its file is not there, or others may read it.
    """
    said = os.environ if environ is None else environ
    found: dict[str, str] = {}
    if folder := said.get(CREDENTIALS):
        credential = Path(folder) / CREDENTIAL
        if credential.is_file():
            found[f"the credential {CREDENTIAL}"] = read_passphrase(credential, is_guarded=True)
    if path := said.get(FILE_VARIABLE):
        found[FILE_VARIABLE] = read_passphrase(Path(path))
    if plain := said.get(VARIABLE):
        found[VARIABLE] = plain
    if len(set(found.values())) > 1:
        raise WrongUse(f"{' and '.join(found)} give different passphrases.", hint="Set one of them.")
    return next(iter(found.values()), None)


def read_passphrase(path: Path, *, is_guarded: bool = False) -> str:
    """Read a passphrase from a file: its one line.

    Args:
        is_guarded: The file's folder lets nobody else in, as that of systemd's credentials.

    Raises:
        BadInput: It is empty, too long, of several lines, or no text.
        NodeDamaged: It is not there, or others may read it.
    """
    try:
        with path.open("rb") as file:
            mode = stat.S_IMODE(os.fstat(file.fileno()).st_mode)
            raw = file.read(PASSPHRASE_BYTES_MAX + 2)
    except OSError as exc:
        raise NodeDamaged(f"The passphrase cannot be read from {path.name}: {exc.strerror}.") from exc
    if mode & 0o077 and not is_guarded:
        raise NodeDamaged(f"Others may read the passphrase in {path.name} (mode {mode:o}).", hint=f"chmod 600 {path}")
    try:
        text = raw.removesuffix(b"\n").removesuffix(b"\r").decode("utf-8")
    except UnicodeDecodeError:
        raise BadInput(f"The passphrase in {path.name} is no text in UTF-8.") from None
    if not text or len(raw) > PASSPHRASE_BYTES_MAX or any(char in text for char in "\r\n\0"):
        raise BadInput(f"{path.name} holds no passphrase.", hint=f"One line, at most {PASSPHRASE_BYTES_MAX} bytes.")
    return text


def check_strength(passphrase: str) -> None:
    """Refuse a passphrase that a thief of the folder would guess, scrypt or not.

    Raises:
        BadInput: It is short, or of a few characters again and again.
    """
    if len(passphrase) < KEY_PASSPHRASE_CHARS_MIN:
        raise BadInput(
            f"The passphrase has {len(passphrase)} characters; keys need {KEY_PASSPHRASE_CHARS_MIN} or more.",
            hint="Six words drawn by dice, or: head -c 24 /dev/urandom | base64",
        )
    if len(set(passphrase)) < _KINDS_MIN:
        raise BadInput("The passphrase is one character again and again.", hint="Draw it; do not invent it.")
