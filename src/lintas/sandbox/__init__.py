# SPDX-License-Identifier: Apache-2.0
"""Reads foreign bytes in confined processes: limited memory, time and output; no network, no files, no programs."""

from lintas.sandbox.bounds import OnEvent, SandboxLimits
from lintas.sandbox.pool import ReaderPool
from lintas.sandbox.protection import Protection

__all__ = ["OnEvent", "Protection", "ReaderPool", "SandboxLimits", "status"]


def status() -> tuple[Protection, ...]:
    """Say what keeps a reader confined on this machine: each protection, whether it is active, and a sentence.

    Starts one reader process, which tries what must not be possible, and ends it.

    Raises:
        NodeDamaged: No reader process can be started on this machine.
    """
    with ReaderPool(workers=1) as readers:
        return readers.protections()
