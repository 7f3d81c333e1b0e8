# SPDX-License-Identifier: Apache-2.0
"""Fetch a descriptor from an address that was typed. Nothing that comes is believed: people hear the words later."""

import asyncio

from lintas.transport import client


def fetch_descriptor(url: str) -> bytes:
    """Fetch what a node says of itself.

    Raises:
        BadInput: That is no address of a peer.
        LinkFailed: Nobody answers there, or with an error.
        OverLimit: What comes is larger than a descriptor.
    """
    document, _ = asyncio.run(client.fetch_descriptor(url))
    return document
