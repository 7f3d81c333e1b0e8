# SPDX-License-Identifier: Apache-2.0
"""Backups: one sealed file with the database, the blobs, the keys and the settings, and a digest of each.

The file is an age file around a tar archive, so it can be opened with public tools too; under a passphrase a short
sealed key stands before it. It is sealed beside its target and renamed when whole: if we die, the old backup stands
and the new one is not there.
"""

import json
import os
import shutil
import tarfile
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import IO, Final

import pyrage

from lintas.crypto.sealing import open_stream, open_with_passphrase, recipient_of, seal_stream, seal_with_passphrase
from lintas.errors import BadInput, Malformed
from lintas.ports.store import Store
from lintas.store.blobs import sync_folder
from lintas.store.connection import storage_errors
from lintas.store.sqlite import FILE_NAME as DATABASE

_MANIFEST: Final = "manifest.json"
_FORMAT: Final = "lintas-backup/1"
_MEMBERS_MAX: Final = 10_000_000
_WORK: Final = ".backup-"  # what a backup's folder within the node's begins with
_SEALED_KEY: Final = b"lintas-backup/1 key\n"
_KEY_BYTES_MAX: Final = 64 * 1024


def write_archive(
    store: Store,
    folder: Path,
    target: Path,
    *,
    passphrase: str | None,
    recipients: Sequence[str],
    checkpoint: str,
    progress: Callable[[str, int, int], None],
) -> int:
    """Write a sealed archive of a node's folder; returns its bytes.

    With a passphrase the archive is sealed to a key made for it, and that key under the passphrase: age cannot stream
    under a passphrase.

    Raises:
        StorageFailed: The disk refused; the target is as it was.
    """
    beside = target.resolve().parent
    with (
        storage_errors(),
        # In clear only within the node's own folder: a backup goes to media that others carry away, and if we die the
        # next start clears what is left here, while nobody would clear it there.
        tempfile.TemporaryDirectory(prefix=_WORK, dir=folder) as work,
        tempfile.TemporaryDirectory(prefix=".lintas-backup-", dir=beside) as outside,
    ):
        copy, plain, sealed = Path(work) / DATABASE, Path(work) / "plain.tar", Path(outside) / "sealed"
        store.backup(str(copy), progress=lambda done, total: progress("copying the database", done, total))
        with open(plain, "xb", opener=_private) as file:
            _write_tar(file, folder, copy, checkpoint, progress)
        copy.unlink()
        progress("sealing", 0, 0)
        with plain.open("rb") as source, open(sealed, "xb", opener=_private) as out:
            readers = list(recipients)
            if passphrase:
                identity = str(pyrage.x25519.Identity.generate())
                key = seal_with_passphrase(identity.encode(), passphrase)
                out.write(_SEALED_KEY + len(key).to_bytes(4, "big") + key)
                readers.append(recipient_of(identity))
            seal_stream(source, out, readers)
            out.flush()
            os.fsync(out.fileno())
        size = sealed.stat().st_size
        sealed.replace(target)  # before this, nothing of the backup is at its place; after it, all of it is
        sync_folder(beside)
    return size


def clear_unfinished(folder: Path) -> None:
    """Remove what a backup left in a node's folder when its process died; nobody else may be writing to the node."""
    with storage_errors():
        for left in folder.glob(f"{_WORK}*"):
            shutil.rmtree(left)


@contextmanager
def unpacked(source: Path, beside: Path, *, passphrase: str | None, identities: Sequence[str]) -> Iterator[Path]:
    """Open a backup into a temporary folder beside its destination, every file checked against its digest.

    Raises:
        BadInput: It cannot be opened with what was given, or a file in it was altered.
    """
    with storage_errors(), tempfile.TemporaryDirectory(prefix=".lintas-restore-", dir=beside) as work:
        plain, folder = Path(work) / "plain.tar", Path(work) / "node"
        with source.open("rb") as sealed, open(plain, "xb", opener=_private) as out:
            keys = [*identities, *_key_under(sealed, passphrase)]
            open_stream(sealed, out, keys)
        folder.mkdir(mode=0o700)
        try:
            with tarfile.open(plain, "r:") as tar:
                tar.extractall(folder, filter="data")
        except (tarfile.TarError, EOFError) as exc:
            raise Malformed("This is no backup of a node: what was sealed is no archive.") from exc
        _check(folder)
        _sync_all(folder)
        yield folder


def _key_under(sealed: IO[bytes], passphrase: str | None) -> list[str]:
    """The archive's own key, when it stands at the file's start under a passphrase; leaves the file at the archive."""
    if sealed.read(len(_SEALED_KEY)) != _SEALED_KEY:
        sealed.seek(0)
        return []
    size = int.from_bytes(sealed.read(4), "big")
    key = sealed.read(min(size, _KEY_BYTES_MAX))
    return [open_with_passphrase(key, passphrase).decode()] if passphrase else []


def _write_tar(
    file: IO[bytes], folder: Path, database: Path, head: str, progress: Callable[[str, int, int], None]
) -> None:
    members = [(DATABASE, database)]
    for part in ("node.toml", "keys", "packs", "blobs"):
        root = folder / part
        found = [root] if root.is_file() else sorted(p for p in root.rglob("*") if p.is_file() and p.suffix != ".part")
        members += [(str(path.relative_to(folder)), path) for path in found]
    digests = {}
    with tarfile.open(fileobj=file, mode="w|") as tar:
        for number, (name, path) in enumerate(members):
            progress("packing", number, len(members))
            try:
                digests[name] = _digest(path)
                tar.add(path, arcname=name, recursive=False)
            except FileNotFoundError:
                digests.pop(
                    name, None
                )  # a blob erased while we pack: the copy of the database decides whether it is missed
        manifest = {"format": _FORMAT, "files": digests, "checkpoint": head}
        raw = json.dumps(manifest, indent=1, sort_keys=True).encode()
        with tempfile.NamedTemporaryFile(dir=database.parent) as out:
            out.write(raw)
            out.flush()
            tar.add(out.name, arcname=_MANIFEST)


def _check(folder: Path) -> None:
    try:
        manifest = json.loads((folder / _MANIFEST).read_bytes())
        files = manifest["files"]
        is_ours = manifest["format"] == _FORMAT and isinstance(files, dict) and len(files) <= _MEMBERS_MAX
    except (OSError, ValueError, KeyError, TypeError) as exc:
        raise Malformed("This is no backup of a node: it has no manifest.") from exc
    if not is_ours:
        raise Malformed("This backup was made by another version of Lintas.")
    for name, digest in files.items():
        path = folder / name
        if not path.is_file() or _digest(path) != digest:
            raise BadInput(f"The backup is damaged: {name} is missing or altered.", hint="Use an older backup.")
    shutil.copy2(folder / _MANIFEST, folder / "restored-from.json")
    (folder / _MANIFEST).unlink()


def _sync_all(folder: Path) -> None:
    """Make durable what was unpacked: whoever reads "restored" may throw the backup away."""
    for path in folder.rglob("*"):
        if path.is_dir():
            sync_folder(path)
        else:
            with path.open("rb") as file:
                os.fsync(file.fileno())
    sync_folder(folder)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        digest = sha256()
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
