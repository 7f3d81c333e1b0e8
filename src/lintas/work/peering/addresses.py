# SPDX-License-Identifier: Apache-2.0
"""Where a peer is reached: what its descriptor says, unless this node's operator set something else."""

from typing import Final
from urllib.parse import urlsplit

import msgspec

from lintas.errors import BadInput
from lintas.formats.peer.fields import Endpoint

_HINT: Final = "An address is https, a host and a port: https://peer.example.org:8418"


def endpoint_of(url: str) -> str:
    """An address as descriptors write it; path and the rest are cut off.

    Raises:
        BadInput: It is no address of that form.
    """
    try:
        parts = urlsplit(url.strip())
        return msgspec.convert(f"{parts.scheme}://{parts.netloc}".lower(), Endpoint)
    except (msgspec.ValidationError, ValueError) as exc:
        raise BadInput(f"{url[:80]!r} is no address of a peer.", hint=_HINT) from exc
