# SPDX-License-Identifier: Apache-2.0
"""What the steps of the demo share: two agencies with a node, a server and people each, and the cable between them."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, TypeVar

import msgspec

from lintas.cli.asking import have_done
from lintas.cli.client import File
from lintas.cli.demo_bank import Bank
from lintas.cli.demo_case import Case
from lintas.cli.demo_link import Link
from lintas.cli.demo_officer import Officer
from lintas.cli.demo_server import Server
from lintas.errors import LintasError
from lintas.model.intake_answers import Taken
from lintas.model.peer_answers import PeerLine, Peers
from lintas.model.watch_answers import AlertShown
from lintas.web.local import account_wire, peer_wire, wire

LOOK_EVERY_S: Final = 0.05  # seconds between two looks at something that no verb waits for

Answer = TypeVar("Answer", bound=msgspec.Struct)
T = TypeVar("T")


class FactFailed(LintasError):
    """What this step should show did not hold."""

    exit_code = 3


@dataclass(slots=True, kw_only=True)
class Side:
    """One of the two agencies."""

    name: str
    country: str
    folder: Path
    people: tuple[str, str, str]  # duty officer, supervisor, oversight
    visitor: str  # whoever looks on: an account without a passkey
    server: Server
    officers: list[Officer] = field(default_factory=list)  # the same people, with their passkeys
    node: str = ""  # its id
    port: int = 0  # of the cable, at which the other side reaches it

    def ask(self, request: wire.Request, answer: type[Answer], *, files: Sequence[File] = ()) -> Answer:
        """Do what a verb does, through the running server."""
        return have_done(self.folder, request, answer, files=files)

    def account(self, name: str) -> str:
        """The pseudonym of one of its people."""
        found = self.ask(account_wire.AccountList(), account_wire.Accounts).accounts
        return next(one.id for one in found if one.name == name)

    def peer(self) -> PeerLine:
        """The other side as this one sees it."""
        (line,) = self.ask(peer_wire.PeerList(), Peers).peers
        return line


@dataclass(slots=True, kw_only=True)
class Run:
    """What the steps hand to each other."""

    case: Case
    my: Side
    sg: Side
    bank: Bank
    link: Link = field(default_factory=Link)
    files: Sequence[Path] = ()
    real: Sequence[Path] = ()
    taken: Taken | None = None
    red_message: str = ""
    victim_message: str = ""
    own_messages: Sequence[str] = ()  # that SG took in itself
    released: list[str] = field(default_factory=list)  # ids of what went to SG
    alert: AlertShown | None = None  # at SG, on the caller's phone
    request: str = ""  # reference of what SG asks of MY at night

    @property
    def sides(self) -> tuple[Side, Side]:
        """Both agencies."""
        return self.my, self.sg

    def close(self) -> None:
        """End both servers, the bank and the cable, whatever happens to one of them."""
        try:
            self.my.server.stop()
        finally:
            try:
                self.sg.server.stop()
            finally:
                self.bank.stop()
                self.link.stop()


def make_run(case: Case) -> Run:
    """Two invented agencies, nothing running yet."""
    return Run(
        case=case,
        bank=Bank(case.bank),
        my=Side(
            name="Demo Anti-Scam Centre",
            country="MY",
            folder=case.my,
            people=("Aminah Contoh", "Bala Contoh", "Devi Contoh"),
            visitor="Visitor",
            server=Server(case.my, case.folder / "my.log"),
        ),
        sg=Side(
            name="Demo Crime Desk",
            country="SG",
            folder=case.sg,
            people=("Lim Shili", "Tan Shili", "Ong Shili"),
            visitor="Visitor",
            server=Server(case.sg, case.folder / "sg.log"),
        ),
    )


def holds(fact: object, otherwise: str) -> None:
    """Go on if a fact holds.

    Raises:
        FactFailed: It does not.
    """
    if not fact:
        raise FactFailed(otherwise)


def until(look: Callable[[], T | None], seconds: float, otherwise: str) -> T:
    """Look until there is something to see.

    Raises:
        FactFailed: There was nothing in time.
    """
    deadline = time.monotonic() + seconds
    while True:
        found = look()
        if found is not None:
            return found
        if time.monotonic() > deadline:
            raise FactFailed(otherwise)
        time.sleep(LOOK_EVERY_S)
