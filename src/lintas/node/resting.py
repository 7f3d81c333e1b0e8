# SPDX-License-Identifier: Apache-2.0
"""Seal the node's keys under a passphrase, or put them down plain again. The node does not run meanwhile.

Each file is replaced whole, so whoever is cut short has some files sealed and some plain: both open under the
passphrase, and doing it again does the rest. The old bytes are overwritten in place once the new file is durable; what
a disk or file system copied elsewhere before is out of reach. So keys that lay plain where others could read them are
replaced (`lintas key rotate --revoke`), not sealed.
"""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Final

from lintas.config.passphrase import check_strength
from lintas.crypto.signing import SigningKey, seal_private
from lintas.errors import WrongUse
from lintas.model.key_answers import KeysResting
from lintas.model.viewer import Viewer
from lintas.node.at_rest import NAMES, keys_at_rest
from lintas.node.keys import FOLDER, SEALED, read_key
from lintas.node.node import Node, passphrase_of_keys
from lintas.store.blobs import sync_folder
from lintas.store.connection import storage_errors
from lintas.work.access import permit, record_access

_UNFINISHED: Final = ".resting"  # ends the name of a file that is being written


def seal_keys(folder: Path, viewer: Viewer, *, under: str = "") -> KeysResting:
    """Seal every private key that lies in the folder.

    Args:
        viewer: Who does it; an entry of the log says so.
        under: Another passphrase than the one that the node starts with: the keys are sealed anew.

    Raises:
        WrongUse: No passphrase is set.
        BadInput: It is weak.
        NodeBusy: The node runs.
        SealBroken: A key is sealed under another passphrase.
    """
    held = passphrase_of_keys()
    wanted = under or held
    if not wanted:
        raise WrongUse(
            "No passphrase is set to seal the keys under.",
            hint="Set LINTAS_KEY_PASSPHRASE_FILE to a file of mode 600 with one line; see docs/howto/keys.md.",
        )
    check_strength(wanted)
    return _rewrite(folder, viewer, "key seal", lambda key: seal_private(key, wanted), again=bool(under))


def unseal_keys(folder: Path, viewer: Viewer) -> KeysResting:
    """Put every private key of the folder down plain: whoever reads the folder can sign as this node.

    Raises:
        NodeBusy: The node runs.
        NodeDamaged: No passphrase is set.
        SealBroken: A key is sealed under another passphrase.
    """
    return _rewrite(folder, viewer, "key unseal", SigningKey.to_pem, again=False)


def _rewrite(
    folder: Path, viewer: Viewer, verb: str, written: Callable[[SigningKey], bytes], *, again: bool
) -> KeysResting:
    """Replace the files whose state is another one; all of them if `again`."""
    with Node.open(folder) as node:
        permit(node.services, viewer, "keys.rest")
        to_seal = verb == "key seal"
        held = passphrase_of_keys()
        found: dict[str, SigningKey] = {}
        for name in NAMES:
            path = folder / FOLDER / f"{name}.pem"
            if path.exists() and (again or _is_sealed(path) != to_seal):
                found[name] = read_key(path, held)  # all are opened before one is written
        record_access(node.services, viewer, verb, {"keys": sorted(found)}, [])
        for name, key in found.items():
            _replace(folder / FOLDER / f"{name}.pem", written(key))
    return KeysResting(changed=sorted(found), keys=list(keys_at_rest(folder)))


def _is_sealed(path: Path) -> bool:
    with storage_errors(), path.open("rb") as file:
        return file.read(len(SEALED)) == SEALED


def _replace(path: Path, raw: bytes) -> None:
    """Put a new file in the place of one, then overwrite what the old one held.

    If we die before the replacement, the old key stands and an unfinished file beside it, which the next change
    overwrites; after it, the new one stands, and the old bytes may still lie in freed blocks.
    """
    unfinished = path.with_name(path.name + _UNFINISHED)
    with storage_errors():
        unfinished.unlink(missing_ok=True)
        descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(raw)
            file.flush()
            os.fsync(file.fileno())
        with path.open("r+b") as old:
            unfinished.replace(path)
            sync_folder(path.parent)
            old.write(b"\0" * os.fstat(old.fileno()).st_size)
            old.flush()
            os.fsync(old.fileno())
