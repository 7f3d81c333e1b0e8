# SPDX-License-Identifier: Apache-2.0
"""The host that passkeys of this console are bound to, and the addresses at which they answer.

Source: Web Authentication Level 3, section 5.1.3: a relying party's id is a domain, never an IP address; browsers take
`localhost` for a secure one.
"""

from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from lintas.errors import NotAllowed
from lintas.work.services import Services

_LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True, slots=True, kw_only=True)
class RelyingParty:
    """Where passkeys work."""

    id: str  # host; empty when they do not work on the page that was opened
    origins: frozenset[str]
    open_at: str = ""  # where they do work; empty when nobody set it


def relying_party(services: Services, host: str, *, is_secure: bool) -> RelyingParty:
    """Say where passkeys work, for a page that was opened at a host.

    Args:
        host: As the request names it, with its port.
        is_secure: Whether browsers reach the console by https.
    """
    scheme = "https" if is_secure else "http"
    if services.config.console_url:
        address = services.config.console_url
        opened = urlsplit(f"{scheme}://{host}")
        is_there = opened.netloc == urlsplit(address).netloc
        return _at(address) if is_there else RelyingParty(id="", origins=frozenset(), open_at=address)
    try:
        opened = urlsplit(f"{scheme}://{host}")
        name, port = opened.hostname or "", opened.port
    except ValueError:
        name, port = "", None
    if name not in _LOOPBACK:
        return RelyingParty(id="", origins=frozenset())
    address = f"{scheme}://localhost{'' if port is None else f':{port}'}"
    return _at(address) if name == "localhost" else RelyingParty(id="", origins=frozenset(), open_at=address)


def check_works(party: RelyingParty) -> None:
    """Refuse to ask for a passkey where no browser would answer.

    Raises:
        NotAllowed: Rule `passkey-host`.
    """
    if not party.id:
        hint = f"Open {party.open_at}" if party.open_at else "The operator sets console_url in node.toml."
        raise NotAllowed("Passkeys do not work at this address.", rule="passkey-host", hint=hint)


def _at(address: str) -> RelyingParty:
    return RelyingParty(id=urlsplit(address).hostname or "", origins=frozenset({address}), open_at=address)
