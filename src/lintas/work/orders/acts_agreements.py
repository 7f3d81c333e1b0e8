# SPDX-License-Identifier: Apache-2.0
"""What is ordered about agreements: propose a fast lane, accept one, end one. Two people of a node say so."""

from typing import Any, Final

from lintas.formats.currencies import said_amount
from lintas.model.ids import MessageId
from lintas.model.viewer import Viewer
from lintas.ports.store import Snapshot, Transaction
from lintas.work.agreements.agreeing import kept_agreement, say_agreement_in
from lintas.work.agreements.standing import agreements_in
from lintas.work.orders.action import About, Action, Saying
from lintas.work.services import Services


def _keep(services: Services, snapshot: Snapshot, _viewer: Viewer, said: Saying) -> dict[str, Any]:
    return kept_agreement(services, snapshot, said)


def _about(_services: Services, snapshot: Snapshot, _viewer: Viewer, said: Saying) -> About:
    peer = snapshot.peer(said["to"])
    name = peer.name if peer is not None else said["to"][:24]
    terms = said["terms"]
    most = "any amount" if terms["max"] is None else said_amount(terms["max"]["minor"], terms["max"]["currency"])
    states = [f"{one.proposer} {one.state} {one.digest}" for one in agreements_in(snapshot, said["ref"])]
    return About(
        summary=_words(said["what"], name),
        tells=(
            ("With", name),
            ("Forms", ", ".join(terms["forms"])),
            ("Powers", ", ".join(terms["powers"])),
            ("At most", most),
            ("From", terms["from"]),
            ("Until", terms["until"]),
            ("Desks", ", ".join(terms["desks"]) or "all"),
            ("What it means", "One named person with the power orders alone, never a machine."),
        ),
        shown={
            "the agreement": " ".join(states) if said["ref"] else "",
            f"the peer {name}": str(peer and peer.standing),
        },
    )


def _words(what: str, name: str) -> str:
    if what == "proposed":
        return f"Propose a fast lane to {name}"
    if what == "accepted":
        return f"Accept the fast lane with {name}"
    return f"End the fast lane with {name}"


def _run(services: Services, tx: Transaction, viewer: Viewer, _order: MessageId, said: Saying) -> dict[str, Any]:
    line = say_agreement_in(services, tx, viewer, said)
    return {"ref": line.ref, "state": line.state}


AGREEMENT_CHANGE: Final = Action(keep=_keep, about=_about, run=_run, events=("log", "streams", "requests"))
