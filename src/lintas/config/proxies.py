# SPDX-License-Identifier: Apache-2.0
"""The setting `trusted_proxies`: whose X-Forwarded-For counts. None, unless it is set."""

import ipaddress
from typing import TypeAlias

from lintas.errors import BadInput

Network: TypeAlias = ipaddress.IPv4Network | ipaddress.IPv6Network
_PROXIES_MAX = 50


def read_proxies(value: object) -> tuple[Network, ...]:
    """Read addresses or networks in CIDR form.

    Raises:
        BadInput: One is none, or it covers everybody: then anybody could name any source.
    """
    if not isinstance(value, list) or len(value) > _PROXIES_MAX or not all(isinstance(one, str) for one in value):
        raise BadInput("trusted_proxies is not a list of addresses.", hint='trusted_proxies = ["127.0.0.1"]')
    found = []
    for text in value:
        try:
            network = ipaddress.ip_network(text)
        except ValueError:
            raise BadInput(f"{text[:60]!r} in trusted_proxies is no address or network.") from None
        if network.prefixlen == 0:
            raise BadInput(f"trusted_proxies names everybody: {text}.", hint="Name the proxy's own address.")
        found.append(network)
    return tuple(found)
