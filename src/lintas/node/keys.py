# SPDX-License-Identifier: Apache-2.0
"""The node's keys as files in its folder.

`root.pem` signs the first entry and later changes of keys; it may be moved offline. `signing.pem` signs entries and
what is said to peers, `log.pem` checkpoints, `tls.pem` serves the peer address, `cosign.pem` countersigns heads of
others, `local.key` tags what was taken. Whoever reads `signing.pem` can sign as this node until it is revoked. With a
passphrase (a credential, a file or the environment: `lintas.config.passphrase`) the `.pem` files are age files.
`local.key` is never sealed: its thief has the database too, which holds what the tags stand for.

Which key is in use is said by the log: the first one under its name in the node's newest `key` entry. A key that is
about to be used waits in `NAME.next.pem`. So a change that was cut short is either finished at the next start, when
the log names the waiting key, or forgotten, when it does not.
"""

import os
import secrets
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final, Self

from lintas.crypto.digests import same_bytes_tag
from lintas.crypto.signing import SigningKey, node_id, open_private, seal_private
from lintas.errors import MalformedKey, NodeDamaged
from lintas.model.ids import NodeId
from lintas.store.blobs import sync_folder
from lintas.store.connection import storage_errors

FOLDER: Final = "keys"
OPERATIONAL: Final = ("signing", "log", "tls", "cosign")  # named by the `key` message under these names
NEEDED: Final = ("signing", "log")  # every node has had these from its first entry on
_LOCAL_BYTES: Final = 32
SEALED: Final = b"age-encryption.org/v1\n"  # how an age file begins

Named = Mapping[str, Sequence[str]]  # by name of a key: ids that the newest key entry gives, the one in use first


class FileKeys:
    """The Keys port over files."""

    def __init__(self, *, node: NodeId, local: bytes, keys: Mapping[str, Callable[[], SigningKey]]) -> None:
        self.node = node
        self._local = local
        self._keys = dict(keys)
        self._opened: dict[str, SigningKey] = {}

    def __repr__(self) -> str:
        return f"FileKeys({self.node})"

    @property
    def signing(self) -> SigningKey:
        """The key that signs entries and what is said to peers."""
        return self.open("signing")

    @property
    def log(self) -> SigningKey:
        """The key that signs checkpoints."""
        return self.open("log")

    @property
    def tls(self) -> SigningKey:
        """The key that serves the peer address.

        Raises:
            NodeDamaged: The node was made before nodes had one.
        """
        return self.open("tls")

    @property
    def cosign(self) -> SigningKey:
        """The key that countersigns heads of other logs.

        Raises:
            NodeDamaged: The node was made before nodes had one.
        """
        return self.open("cosign")

    def taken_tag(self, data: bytes, *, source: str, marking: bytes) -> bytes:
        """Local keyed digest of (bytes, source, marking), to notice the same thing taken twice."""
        return same_bytes_tag(self._local, data, source, marking)

    def random(self, size_bytes: int) -> bytes:
        """Fresh random bytes."""
        return secrets.token_bytes(size_bytes)

    def changed(self, made: Mapping[str, SigningKey]) -> Self:
        """The same keys with some in the place of others."""
        found = type(self)(node=self.node, local=self._local, keys=self._keys)
        found.adopt(made)
        return found

    def adopt(self, made: Mapping[str, SigningKey]) -> None:
        """Use other keys from here on: whoever holds this set uses them too."""
        for name, key in made.items():
            self._keys[name] = lambda key=key: key  # type: ignore[misc]  # a default binds it now
        self._opened.clear()

    def open(self, name: str) -> SigningKey:
        """One key by its name; read when it is first asked for.

        Raises:
            NodeDamaged: There is none, or its file is not the one that the log names.
        """
        key = self._opened.get(name)
        if key is None:
            opener = self._keys.get(name)
            if opener is None:
                raise NodeDamaged(
                    f"This node has no {name} key yet: it was made before nodes had one.",
                    hint="Make one: stop the node, then lintas key rotate DIR --by NAME",
                )
            key = self._opened[name] = opener()
        return key


def make_keys(folder: Path, *, passphrase: str | None) -> tuple[SigningKey, FileKeys]:
    """Make and keep all keys of a new node; returns the root key too."""
    made = {name: new_key() for name in ("root", *OPERATIONAL)}
    local = secrets.token_bytes(_LOCAL_BYTES)
    with storage_errors():
        (folder / FOLDER).mkdir(mode=0o700)
        for name, key in made.items():
            _write(_path(folder, name), key, passphrase)
        _write_bytes(folder / FOLDER / "local.key", local)
    root = made.pop("root")
    return root, FileKeys(node=node_id(root.public), local=local, keys={}).changed(made)


def new_key() -> SigningKey:
    """A fresh key."""
    return SigningKey.from_seed(secrets.token_bytes(32))


def stage_keys(folder: Path, made: Mapping[str, SigningKey], *, passphrase: str | None) -> None:
    """Keep new keys beside those in use; durable when this returns.

    If we die here or later without the log naming them, the next start forgets them.
    """
    with storage_errors():
        for name, key in made.items():
            path = _path(folder, f"{name}.next")
            path.unlink(missing_ok=True)  # of a change that was given up while the process went on
            _write(path, key, passphrase)
        sync_folder(folder / FOLDER)


def put_in_use(folder: Path, names: Sequence[str]) -> None:
    """Move waiting keys to their places: the log names them. If we die in between, the next start does the rest."""
    with storage_errors():
        for name in names:
            _path(folder, f"{name}.next").replace(_path(folder, name))
        sync_folder(folder / FOLDER)


def read_root(folder: Path, *, passphrase: str | None) -> SigningKey:
    """Read the root key, if it is still here.

    Raises:
        NodeDamaged: It is not.
    """
    return read_key(_path(folder, "root"), passphrase)


def read_keys(folder: Path, *, node: NodeId, passphrase: str | None, named: Named, settle: bool) -> FileKeys:
    """Read the operational keys that the log names.

    Args:
        named: What the newest key entry says.
        settle: Finish or forget a change of keys that was cut short; the caller holds the writer's lock.

    Raises:
        NodeDamaged: One is missing, cannot be opened or is not the one that the log names.
    """
    with storage_errors():
        try:
            local = (folder / FOLDER / "local.key").read_bytes()
        except FileNotFoundError:
            raise NodeDamaged("keys/local.key is missing.", hint="Put it back from the backup.") from None
    if len(local) != _LOCAL_BYTES:
        raise NodeDamaged("keys/local.key is damaged.", hint="Put it back from the backup.")
    keys: dict[str, Callable[[], SigningKey]] = {}
    for name in OPERATIONAL:
        wanted = named.get(name, ())
        if settle:
            _settle(folder, name, wanted, passphrase)
        if wanted:
            keys[name] = _opener(folder, name, wanted[0], passphrase)
    found = FileKeys(node=node, local=local, keys=keys)
    for name in NEEDED:
        found.open(name)
    return found


def _opener(folder: Path, name: str, wanted: str, passphrase: str | None) -> Callable[[], SigningKey]:
    """What opens a key when it is first used: each sealed one costs a second."""

    def open_it() -> SigningKey:
        waiting = _path(folder, f"{name}.next")
        for path in (_path(folder, name), waiting, _path(folder, name)):  # it may be moved into place as we look
            if not path.exists():
                continue
            key = read_key(path, passphrase)
            if key.key_id == wanted:
                return key
        if not _path(folder, name).exists():
            raise NodeDamaged(f"keys/{name}.pem is missing.", hint="Put it back from the backup.")
        raise NodeDamaged(f"keys/{name}.pem is not the key that this log names.", hint="Put it back from the backup.")

    return open_it


def _settle(folder: Path, name: str, wanted: Sequence[str], passphrase: str | None) -> None:
    """Finish a change of keys that the log knows of, forget one that it does not."""
    path, waiting = _path(folder, name), _path(folder, f"{name}.next")
    if not waiting.exists():
        return
    if wanted and not (path.exists() and read_key(path, passphrase).key_id == wanted[0]):
        if read_key(waiting, passphrase).key_id == wanted[0]:
            put_in_use(folder, [name])
        return  # neither is the one that the log names: whoever uses it is told, and nothing is thrown away
    with storage_errors():
        waiting.unlink()
        sync_folder(folder / FOLDER)


def read_key(path: Path, passphrase: str | None) -> SigningKey:
    """Read one private key.

    Raises:
        NodeDamaged: It is missing, damaged, or sealed under another passphrase.
    """
    shown = f"{path.parent.name}/{path.name}"
    with storage_errors():
        try:
            raw = path.read_bytes()
        except FileNotFoundError:
            raise NodeDamaged(f"{shown} is missing.", hint="Put it back from the backup.") from None
    try:
        if raw.startswith(b"-----BEGIN PRIVATE KEY"):
            return SigningKey.from_pem(raw)
    except MalformedKey as exc:
        raise NodeDamaged(f"{shown} is damaged.", hint="Put it back from the backup.") from exc
    if not raw.startswith(SEALED):
        raise NodeDamaged(f"{shown} is damaged.", hint="Put it back from the backup.")
    if passphrase is None:
        raise NodeDamaged(
            f"{shown} is sealed.", hint="Set LINTAS_KEY_PASSPHRASE_FILE when starting the node: docs/howto/keys.md."
        )
    return open_private(raw, passphrase)


def _path(folder: Path, name: str) -> Path:
    return folder / FOLDER / f"{name}.pem"


def _write(path: Path, key: SigningKey, passphrase: str | None) -> None:
    _write_bytes(path, seal_private(key, passphrase) if passphrase else key.to_pem())


def _write_bytes(path: Path, raw: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(raw)
        file.flush()
        os.fsync(file.fileno())
