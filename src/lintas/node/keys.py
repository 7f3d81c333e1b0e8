# SPDX-License-Identifier: Apache-2.0
"""The node's keys as files in its folder.

`root.pem` signs the first entry and later changes of keys; it may be moved offline. `signing.pem` signs entries,
`log.pem` checkpoints, `local.key` tags what was taken. Whoever reads `signing.pem` can sign as this node until it is
revoked. With a passphrase (LINTAS_KEY_PASSPHRASE when the node starts) the files are age files.
"""

import os
import secrets
from pathlib import Path
from typing import Final

from lintas.crypto.digests import same_bytes_tag
from lintas.crypto.signing import SigningKey, node_id, open_private, seal_private
from lintas.errors import MalformedKey, NodeDamaged
from lintas.model.ids import NodeId
from lintas.store.connection import storage_errors

FOLDER: Final = "keys"
_NAMES: Final = ("root", "signing", "log")
_LOCAL_BYTES: Final = 32
_SEALED: Final = b"age-encryption.org/v1\n"  # how an age file begins


class FileKeys:
    """The Keys port over files."""

    def __init__(self, *, node: NodeId, signing: SigningKey, log: SigningKey, local: bytes) -> None:
        self.node = node
        self.signing = signing
        self.log = log
        self._local = local

    def __repr__(self) -> str:
        return f"FileKeys({self.node})"

    def taken_tag(self, data: bytes, *, source: str, marking: bytes) -> bytes:
        """Local keyed digest of (bytes, source, marking), to notice the same thing taken twice."""
        return same_bytes_tag(self._local, data, source, marking)

    def random(self, size_bytes: int) -> bytes:
        """Fresh random bytes."""
        return secrets.token_bytes(size_bytes)


def make_keys(folder: Path, *, passphrase: str | None) -> tuple[SigningKey, FileKeys]:
    """Make and keep all keys of a new node; returns the root key too."""
    made = {name: SigningKey.from_seed(secrets.token_bytes(32)) for name in _NAMES}
    local = secrets.token_bytes(_LOCAL_BYTES)
    with storage_errors():
        (folder / FOLDER).mkdir(mode=0o700)
        for name, key in made.items():
            _write(folder, name, seal_private(key, passphrase) if passphrase else key.to_pem())
        _write_bytes(folder / FOLDER / "local.key", local)
    node = node_id(made["root"].public)
    return made["root"], FileKeys(node=node, signing=made["signing"], log=made["log"], local=local)


def read_root(folder: Path, *, passphrase: str | None) -> SigningKey:
    """Read the root key, if it is still here.

    Raises:
        NodeDamaged: It is not.
    """
    return _read(folder, "root", passphrase)


def read_keys(folder: Path, *, node: NodeId, passphrase: str | None) -> FileKeys:
    """Read the operational keys.

    Raises:
        NodeDamaged: One is missing or cannot be opened.
    """
    with storage_errors():
        try:
            local = (folder / FOLDER / "local.key").read_bytes()
        except FileNotFoundError:
            raise NodeDamaged("keys/local.key is missing.", hint="Put it back from the backup.") from None
    if len(local) != _LOCAL_BYTES:
        raise NodeDamaged("keys/local.key is damaged.", hint="Put it back from the backup.")
    signing, log = (_read(folder, name, passphrase) for name in ("signing", "log"))
    return FileKeys(node=node, signing=signing, log=log, local=local)


def _read(folder: Path, name: str, passphrase: str | None) -> SigningKey:
    path = folder / FOLDER / f"{name}.pem"
    with storage_errors():
        try:
            raw = path.read_bytes()
        except FileNotFoundError:
            raise NodeDamaged(f"keys/{name}.pem is missing.", hint="Put it back from the backup.") from None
    try:
        if raw.startswith(b"-----BEGIN PRIVATE KEY"):
            return SigningKey.from_pem(raw)
    except MalformedKey as exc:
        raise NodeDamaged(f"keys/{name}.pem is damaged.", hint="Put it back from the backup.") from exc
    if not raw.startswith(_SEALED):
        raise NodeDamaged(f"keys/{name}.pem is damaged.", hint="Put it back from the backup.")
    if passphrase is None:
        raise NodeDamaged(f"keys/{name}.pem is sealed.", hint="Set LINTAS_KEY_PASSPHRASE when starting the node.")
    return open_private(raw, passphrase)


def _write(folder: Path, name: str, raw: bytes) -> None:
    _write_bytes(folder / FOLDER / f"{name}.pem", raw)


def _write_bytes(path: Path, raw: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(raw)
        file.flush()
        os.fsync(file.fileno())
