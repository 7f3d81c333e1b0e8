# SPDX-License-Identifier: Apache-2.0
"""The node's own folder and machine, as far as use cases need them."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

from lintas.model.key_answers import KeyAtRest
from lintas.model.node_answers import Check


class Installation(Protocol):
    """Settings, keys, packs and blobs on disk, and the process that runs."""

    def checks(self) -> tuple[Check, ...]:
        """What is wrong with folder, keys, disk, sandbox; each with what to do."""

    def keys_at_rest(self) -> tuple[KeyAtRest, ...]:
        """How the files of the keys rest: sealed, plain, kept elsewhere."""

    def archive(
        self,
        target: Path,
        *,
        passphrase: str | None,
        recipients: Sequence[str],
        checkpoint: str,
        progress: Callable[[str, int, int], None],
    ) -> int:
        """Write a sealed copy of everything to a file, whole or not at all; returns its bytes.

        Raises:
            StorageFailed: The disk refused; the target is as it was.
        """
