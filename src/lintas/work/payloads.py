# SPDX-License-Identifier: Apache-2.0
"""The erasable part of an entry, wherever it is kept."""

from lintas.errors import NodeDamaged
from lintas.model.found import StoredPayload
from lintas.ports.store import LogReads
from lintas.work.services import Services


def payload_bytes(services: Services, snapshot: LogReads, seq: int) -> bytes | None:
    """The payload's bytes; None when it has none or was erased.

    Raises:
        NodeDamaged: It names a blob that is not there.
    """
    row = snapshot.payload(seq)
    return None if row is None else bytes_of(services, row)


def bytes_of(services: Services, row: StoredPayload) -> bytes:
    """The bytes of a payload row.

    Raises:
        NodeDamaged: It names a blob that is not there.
    """
    if not row.blob:
        return row.data or b""
    data = services.blobs.get(row.blob)
    if data is None:
        raise NodeDamaged(
            f"The blob of entry {row.seq} is missing.", hint="Run `lintas verify`; restore the last backup."
        )
    return data
