# SPDX-License-Identifier: Apache-2.0
"""Where a request comes from, as far as it can be known: the address that connected, or what a trusted proxy says.

Anybody can write X-Forwarded-For. It is read only when the one who connected is named in `trusted_proxies`, and from
its end: the last address that no trusted proxy has is the first that nobody could invent.
Source: RFC 7239 section 7.4 and MDN on X-Forwarded-For, "selecting an IP address".
"""

import ipaddress
from collections.abc import Sequence
from typing import Final, TypeAlias

Network: TypeAlias = ipaddress.IPv4Network | ipaddress.IPv6Network
Address: TypeAlias = ipaddress.IPv4Address | ipaddress.IPv6Address

LOCAL: Final = "local"  # this machine, by loopback or by a Unix socket: many who ask look like one
_HOPS_MAX: Final = 20  # addresses of one header that are looked at
_ONE_SITE: Final = 64  # bits of an IPv6 address that a site is given: a person has all 2^64 below them


def source_of(connected: str | None, forwarded: str, proxies: Sequence[Network]) -> str:
    """Name the source of a request: an IPv4 address, an IPv6 network of one site, or this machine.

    Args:
        connected: Address of the socket's other end; None of a Unix socket.
        forwarded: Values of X-Forwarded-For joined by commas; empty for none.
        proxies: Whose word counts.
    """
    here = _address(connected or "127.0.0.1")
    if here is None:
        return LOCAL  # no address: only a Unix socket or a test has none
    if forwarded and _is_in(here, proxies):
        for text in reversed(forwarded.split(",")[-_HOPS_MAX:]):
            said = _address(text.strip())
            if said is None:
                break  # what stands before it cannot be trusted either
            here = said
            if not _is_in(said, proxies):
                break
    return _named(here)


def _named(address: Address) -> str:
    if address.is_loopback:
        return LOCAL
    if isinstance(address, ipaddress.IPv6Address):
        return str(ipaddress.IPv6Network((address, _ONE_SITE), strict=False))
    return str(address)


def _address(text: str) -> Address | None:
    host = text.removeprefix("[").partition("]")[0] if text.startswith("[") else text
    if host.count(":") == 1:
        host = host.partition(":")[0]  # some proxies add the port
    try:
        found = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return None
    mapped = found.ipv4_mapped if isinstance(found, ipaddress.IPv6Address) else None
    return mapped or found


def _is_in(address: Address, networks: Sequence[Network]) -> bool:
    return any(address in network for network in networks)
