# SPDX-License-Identifier: Apache-2.0
"""A node with content in every place where content can stand, and what its log says of who read it."""

import json
from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from lintas.model.header import Kind
from lintas.model.marking import Marking, Tlp
from lintas.model.viewer import Viewer
from lintas.node.node import Node
from lintas.testing import OFFICER
from lintas.work.intake import TakeOptions
from lintas.work.payloads import payload_bytes
from lintas.work.services import Services
from lintas.work.watching import add_watch
from tests.scenario.giving import take_text

PHONE: Final = "+60 12 555 0199"
PLANTED: Final = ("Melati Rekaan", "125550199", "klinik-rekaan")  # stand in content alone, never in a header
TEXT: Final = f"Melati Rekaan of klinik-rekaan gave {PHONE}"


class Filled(NamedTuple):
    """What was put in."""

    message: str
    watch: str


def fill(node: Node, *, owner: Viewer = OFFICER, tlp: Tlp = Tlp.AMBER_STRICT) -> Filled:
    """Take a text in that meets a watch."""
    watch = add_watch(node.services, owner, [PHONE], note="Melati Rekaan")
    taken = take_text(node.services, TEXT, name="melati-rekaan.txt", options=TakeOptions(marking=Marking(tlp=tlp)))
    return Filled(taken.messages[0], watch.watch)


def accesses(services: Services) -> list[dict[str, Any]]:
    """What every access entry of the log says, oldest first."""

    def gather(snapshot: Any) -> Iterator[dict[str, Any]]:
        for seq in snapshot.places_of(Kind.ACCESS.value):
            data = payload_bytes(services, snapshot, seq)
            if data is not None:
                yield json.loads(data)

    return services.store.read(lambda snapshot: list(gather(snapshot)))


def holds_planted(data: bytes) -> list[str]:
    """Planted words that stand in some bytes."""
    plain = data.lower()
    return [word for word in PLANTED if word.lower().encode() in plain]
