# SPDX-License-Identifier: Apache-2.0
"""A node whose people have passkeys, for tests of orders."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from lintas.crypto.passkeys import SoftPasskey, to_base64url
from lintas.model.header import Kind
from lintas.model.marking import Marking, Protected, Tlp
from lintas.model.order_answers import OrderShown
from lintas.model.viewer import Viewer
from lintas.node.node import Node
from lintas.ports.store import Snapshot
from lintas.testing import OFFICER
from lintas.work.accounts import create_account
from lintas.work.accounts.viewing import viewer_of
from lintas.work.appending import append_control
from lintas.work.intake import TakenFile, TakeOptions, take
from lintas.work.orders import answer, challenge
from lintas.work.services import no_progress

HOST, ORIGIN = "console.example", "https://console.example:8443"


def drawn(seed: str) -> Callable[[int], bytes]:
    """Bytes that look random and are the same each time."""
    state = [seed.encode()]

    def more(count: int) -> bytes:
        state[0] = sha256(state[0]).digest()
        return (state[0] * (count // 32 + 1))[:count]

    return more


@dataclass
class Person:
    """Somebody with an account, and a passkey."""

    node: Node
    id: str
    passkey: SoftPasskey
    session: str = field(default="")

    def viewer(self) -> Viewer:
        """Who they are to the policy now."""
        services = self.node.services

        def look(snapshot: Snapshot) -> Viewer:
            row = snapshot.account(self.id)
            assert row is not None
            return viewer_of(services, snapshot, row, session=self.session)

        return services.store.read(look)

    def says(self, order: str | OrderShown, verdict: str) -> OrderShown:
        """Answer an order by passkey."""
        name = order if isinstance(order, str) else order.id
        given = self.passkey.answer(challenge(name, verdict))
        return answer(self.node.services, self.viewer(), name, verdict, given)


def enrol(node: Node, account: str, passkey: SoftPasskey, *, vouched_by: str = "") -> None:
    """Put a passkey into the log."""
    append_control(
        node.services,
        Kind.CREDENTIAL,
        {
            "account": account,
            "action": "added",
            "algorithm": passkey.algorithm,
            "by": account,
            "credential": to_base64url(passkey.credential),
            "public": to_base64url(passkey.public),
            "vouched_by": vouched_by,
        },
    )


def passkey_of(name: str, account: str) -> SoftPasskey:
    """The passkey of somebody, the same each time."""
    return SoftPasskey(drawn(f"{name} {account}"), HOST, ORIGIN)


def people(node: Node, *named: str) -> list[Person]:
    """Make accounts, then give each person a passkey: "Aminah", "Budi supervisor", "Dewi duty_officer GREEN"."""
    made = []
    for said in named:
        name, role, clearance, *_ = [*said.split(), *("duty_officer", "RED")[len(said.split()) - 1 :]]
        account = create_account(node.services, name=name, password=None, role=role, clearance=Tlp[clearance])
        passkey = passkey_of(name, account)
        made.append(Person(node, account, passkey, session=sha256(name.encode()).hexdigest()[:16]))
    for person in made:
        enrol(node, person.id, person.passkey)
    return made


def a_person(node: Node, said: str) -> Person:
    """One person with a passkey."""
    return people(node, said)[0]


def taken(node: Node, text: str = "Call +60123456789 about the parcel", *, classes: Iterable[Protected] = ()) -> str:
    """Take a text in; returns its message."""
    marking = Marking(tlp=Tlp.AMBER, classes=frozenset(classes))
    file = TakenFile(name="note.txt", data=text.encode())
    done = take(node.services, OFFICER, [file], options=TakeOptions(marking=marking), progress=no_progress)
    return done.messages[0]


def sharing(message: str, peer: Node) -> dict[str, Any]:
    """What an order says that releases one message to one peer."""
    return {"messages": [message], "to": [peer.services.keys.node], "purpose": "", "basis": "", "urgent": False}
