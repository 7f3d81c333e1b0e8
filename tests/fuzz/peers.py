# SPDX-License-Identifier: Apache-2.0
"""Fuzz target of what peers send: signed bytes are a batch in its one form, or refused."""

from lintas.formats.peer import Batch, decode, encode, opened


def read_batch(raw: bytes) -> None:
    """Read as the signed bytes of a batch, whoever signed them."""
    batch = decode(Batch, raw)
    for place in batch.places:
        opened(place)
    assert encode(batch) == raw
