# SPDX-License-Identifier: Apache-2.0
"""What the steps of the demo share: agencies with a node, a server and people each, and the cable between them."""

import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
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
from lintas.cli.demo_world import Banks
from lintas.errors import LintasError
from lintas.exercises.record import Done
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
    """One of the agencies."""

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

    def peer(self, there: "Side") -> PeerLine:
        """Another side as this one sees it."""
        found = self.ask(peer_wire.PeerList(), Peers).peers
        return next(line for line in found if line.node == there.node)


@dataclass(slots=True, kw_only=True)
class Golden:
    """What the steps of the golden hour hand to each other."""

    report: str = ""  # reference at SG
    trace: str = ""  # reference of the kept trace that SG opened
    done: list[Done] = field(default_factory=list)  # for the score
    holds: dict[str, str] = field(default_factory=dict)  # account in MY -> request of TH


@dataclass(slots=True, kw_only=True)
class Run:
    """What the steps hand to each other."""

    case: Case
    my: Side
    sg: Side
    th: Side
    cn: Side
    bank: Bank
    banks: Banks
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
    golden: Golden = field(default_factory=Golden)

    @property
    def sides(self) -> tuple[Side, Side]:
        """The two agencies of the first case, whose people have passkeys."""
        return self.my, self.sg

    @property
    def places(self) -> tuple[Side, ...]:
        """All agencies."""
        return self.my, self.sg, self.th, self.cn

    @property
    def pairs(self) -> tuple[tuple[Side, Side], ...]:
        """Who is introduced to whom."""
        return (self.my, self.sg), (self.sg, self.cn), (self.cn, self.th), (self.th, self.my), (self.sg, self.th)

    def close(self) -> None:
        """End all servers, the banks and the cable, whatever happens to one of them."""
        with ExitStack() as ends:
            for end in (self.link.stop, self.bank.stop, self.banks.stop):
                ends.callback(end)
            for side in self.places:
                ends.callback(side.server.stop)


def make_run(case: Case) -> Run:
    """Four invented agencies, nothing running yet."""
    return Run(
        case=case,
        bank=Bank(case.bank),
        banks=Banks(case.folder),
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
        th=Side(
            name="Demo Cyber Police",
            country="TH",
            folder=case.folder / "th",
            people=("Anong Contoh", "Bua Contoh", "Chai Contoh"),
            visitor="Visitor",
            server=Server(case.folder / "th", case.folder / "th.log"),
        ),
        cn=Side(
            name="Demo Anti-Fraud Centre",
            country="CN",
            folder=case.folder / "cn",
            people=("Mou Mou", "Shili Jia", "Shili Yi"),
            visitor="Visitor",
            server=Server(case.folder / "cn", case.folder / "cn.log"),
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
