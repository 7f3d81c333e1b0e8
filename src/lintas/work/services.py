# SPDX-License-Identifier: Apache-2.0
"""What every use case works with: the ports, the packs and the settings, joined once by `lintas.node`."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, TypeAlias

from lintas.formats.packs import Packs
from lintas.formats.peer import Desk
from lintas.model.header import Mode
from lintas.model.marking import Tlp
from lintas.ports.bank import BankSettings
from lintas.ports.blobs import Blobs
from lintas.ports.clock import Clock
from lintas.ports.events import Events
from lintas.ports.identity import Provider, ProviderSettings
from lintas.ports.installation import Installation
from lintas.ports.keys import Keys
from lintas.ports.ledger import Ledger
from lintas.ports.links import Links
from lintas.ports.quarantine import Quarantine
from lintas.ports.readers import Readers
from lintas.ports.store import Store

Progress: TypeAlias = Callable[[str, int, int], None]  # what is being done, how much is done, of how much (0: unknown)


class Settings(Protocol):
    """The settings that use cases read; `lintas.config.NodeConfig` has them."""

    @property
    def name(self) -> str:
        """The agency's name, for people."""

    @property
    def country(self) -> str:
        """ISO 3166-1 alpha-2."""

    @property
    def mode(self) -> Mode:
        """Live or exercise."""

    @property
    def region(self) -> str:
        """How national numbers are read."""

    @property
    def default_marking(self) -> Tlp:
        """Of what comes in unmarked."""

    @property
    def time_zone(self) -> str:
        """IANA name, for pages."""

    @property
    def language(self) -> str:
        """Of pages, for readers who chose none: en, ms, th or zh."""

    @property
    def peer_url(self) -> str:
        """Where peers reach this node (https); empty when it accepts no connections."""

    @property
    def console_url(self) -> str:
        """Where browsers reach the console, `https://HOST[:PORT]`; empty when they do on this machine alone."""

    @property
    def exercise(self) -> str:
        """Folder of the exercise that is played here; empty when none is."""

    @property
    def desks(self) -> tuple[Desk, ...]:
        """Desks that people of other nodes reach."""

    @property
    def banks(self) -> Mapping[str, BankSettings]:
        """Connections to banks, by name."""

    @property
    def oidc(self) -> ProviderSettings | None:
        """The OpenID provider that people may sign in with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """Everything a use case may touch."""

    store: Store
    blobs: Blobs
    clock: Clock
    keys: Keys
    readers: Readers
    events: Events
    packs: Packs
    config: Settings
    installation: Installation
    links: Links
    quarantine: Quarantine
    ledger: Ledger
    provider: Provider | None = None  # that the setting `oidc` names


def no_progress(what: str, done: int, total: int) -> None:
    """Progress that nobody watches."""


def as_text(moment: datetime) -> str:
    """A time as headers and views write it: RFC 3339 UTC with milliseconds, of one width, so text order is time."""
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
