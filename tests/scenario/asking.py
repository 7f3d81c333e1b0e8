# SPDX-License-Identifier: Apache-2.0
"""Two desks for tests of requests: one in Singapore asks, one in Thailand answers under its own law."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from lintas.model.desk_answers import RequestShown
from lintas.model.header import Mode
from lintas.model.marking import Tlp
from lintas.model.viewer import Viewer
from lintas.node.node import Node
from lintas.testing import FakeClock, carry, shared_readers
from lintas.work.orders import propose
from lintas.work.peering import add_peer, describe
from lintas.work.requests import say, send, show_request
from tests.scenario.deciding import Person

OFFICER: Final = Viewer(id="officer-0001", clearance=Tlp.RED, role="duty_officer")
SIGNER: Final = Viewer(id="officer-0009", clearance=Tlp.RED, role="authorising_officer")
ACCOUNT: Final = {
    "scheme": "bank_account",
    "value": "1234567890",
    "bank": "KASITHBK",
    "country": "TH",
    "name": "Contoh",
}


def baht(minor: int) -> dict[str, Any]:
    return {"minor": minor, "currency": "THB"}


def fields(minor: int = 2_500_000, value: str = "1234567890", **more: Any) -> dict[str, Any]:
    return {"account": ACCOUNT | {"value": value}, "amount": baht(minor)} | more


@dataclass
class Desks:
    """The two, and the clock of both."""

    asks: Node
    answers: Node
    clock: FakeClock

    def ask(self, said: Mapping[str, Any] | None = None, **more: Any) -> str:
        """Send a request for a hold, and carry it; returns its reference."""
        to = self.answers.services.keys.node
        shown = send(self.asks.services, OFFICER, to=to, form="hold", fields=said or fields(), **more)
        self.carry()
        return shown.ref

    def says(self, what: str, ref: str, given: Mapping[str, Any] | None = None, **more: Any) -> RequestShown:
        """Let the answering desk say something, and carry it."""
        shown = say(self.answers.services, SIGNER, ref, what, given, **more)
        self.carry()
        return shown

    def held(self, ref: str, *, minor: int = 2_500_000, whole: bool = False, **more: Any) -> RequestShown:
        """Order a hold, and let a bank confirm it, as a person types it in."""
        self.says("ordered", ref, {"whole": whole})
        amounts = {"blocked": baht(more.pop("blocked", minor)), "tainted": baht(minor)}
        return self.says("confirmed", ref, {"bank": "KASITHBK", "bank_ref": "K-1", "whole": whole, **amounts})

    def seen(self, ref: str) -> tuple[RequestShown, RequestShown]:
        """The thread as the asking and as the answering desk see it."""
        return (show_request(self.asks.services, OFFICER, ref), show_request(self.answers.services, SIGNER, ref))

    def carry(self) -> None:
        """Bring each what the other has for it."""
        while carry(self.asks, self.answers) + carry(self.answers, self.asks):
            pass


@contextmanager
def two_desks(folder: Path, clock: FakeClock, *, answering: str = "TH") -> Iterator[Desks]:
    """Both nodes, that know each other."""
    for name, country in (("sg", "SG"), ("th", answering)):
        if not (folder / name).exists():
            Node.create(folder / name, name=f"Sample desk {country}", country=country, mode=Mode.EXERCISE, clock=clock)
    with (
        Node.open(folder / "sg", clock=clock, readers=shared_readers()) as asks,
        Node.open(folder / "th", clock=clock, readers=shared_readers()) as answers,
    ):
        for one, other in ((asks, answers), (answers, asks)):
            if not one.services.store.read(lambda snapshot: snapshot.peers()):
                add_peer(one.services, OFFICER, describe(other.services))
        yield Desks(asks, answers, clock)


def asked_by(person: Person, desks: Desks, said: Mapping[str, Any]) -> str:
    """Send a request as somebody who confirms it with a passkey; returns its reference."""
    named = {"to": desks.answers.services.keys.node, "form": "hold", "fields": dict(said)}
    order = propose(person.node.services, person.viewer(), "request.send", named)
    result = person.says(order, "confirmed").result
    assert result is not None
    desks.carry()
    return str(result["ref"])
