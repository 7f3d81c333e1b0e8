# SPDX-License-Identifier: Apache-2.0
"""Back a node up while it works."""

from collections.abc import Sequence
from pathlib import Path

from lintas.errors import WrongUse
from lintas.model.node_answers import BackedUp
from lintas.ports.store import Snapshot
from lintas.work.proving import make_checkpoint
from lintas.work.services import Progress, Services


def backup(
    services: Services, target: Path, *, passphrase: str | None, recipients: Sequence[str], progress: Progress
) -> BackedUp:
    """Write a sealed backup: database, blobs, keys, settings, packs. The node may go on working meanwhile.

    Args:
        recipients: age public keys; a passphrase may stand in their place.

    Raises:
        WrongUse: Neither passphrase nor recipient: a backup holds keys and payloads, so it is never written in clear.
        StorageFailed: The disk refused; what stood at the target stands there still.
    """
    if not passphrase and not recipients:
        raise WrongUse("A backup is always sealed.", hint="Give --passphrase-file FILE or --recipient age1…")
    started = services.clock.monotonic_s()
    if services.store.read(lambda snapshot: snapshot.meta("state")) == "live":
        make_checkpoint(services)

    def look(snapshot: Snapshot) -> tuple[int, str]:
        last = snapshot.checkpoint()
        return snapshot.size(), last.note if last else ""

    entries, checkpoint = services.store.read(look)
    size = services.installation.archive(
        target, passphrase=passphrase, recipients=recipients, checkpoint=checkpoint, progress=progress
    )
    return BackedUp(
        file=str(target),
        size_bytes=size,
        entries=entries,
        checkpoint=checkpoint,
        sealed=True,
        seconds=round(services.clock.monotonic_s() - started, 3),
    )
