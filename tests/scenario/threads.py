# SPDX-License-Identifier: Apache-2.0
"""Threads for tests of what time and silence do: documents as two desks write them, carried without a network."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from lintas.model.desk import Doc, Step
from lintas.model.desk_found import RequestHead
from lintas.model.marking import Tlp
from lintas.model.scope import Scope
from lintas.model.viewer import Viewer
from lintas.node.node import Node
from lintas.ports.store import Transaction
from lintas.testing import OFFICER, carry
from lintas.work.desk import Draft, new_ref, prepare_doc, send_in, write_in
from lintas.work.services import Services

ALL: Final = Scope(clearance=Tlp.RED)
LEVELS: Final = {"acknowledge": 300, "act": 1800, "answer": 7200}
ACCOUNT: Final = {"scheme": "account", "value": "514012345678", "bank": "MBBEMYKL", "country": "MY", "name": "Contoh"}


def ask(
    asker: Node,
    answerer: Node,
    *,
    levels: Mapping[str, int] = LEVELS,
    form: str = "hold",
    more: Mapping[str, object] = MappingProxyType({}),
) -> str:
    """Send a request, and carry it; returns its reference."""
    services, to = asker.services, answerer.services.keys.node
    draft = request_draft(services, to=to, levels=levels, form=form, more=more)
    write(services, OFFICER, draft, to)
    carry(asker, answerer)
    return draft.ref


def request_draft(
    services: Services,
    *,
    to: str,
    levels: Mapping[str, int] = LEVELS,
    form: str = "hold",
    more: Mapping[str, object] = MappingProxyType({}),
) -> Draft:
    """A request as an officer writes it."""
    ref = services.store.read(lambda snapshot: new_ref(services, snapshot, Doc.REQUEST))
    said = {
        "to": to,
        "form": form,
        "power": "hold",
        "desk": "anti_scam",
        "purpose": "scam_response",
        "basis": "police_cooperation",
        "urgency": "now",
        "fields": {"account": ACCOUNT, "amount": {"minor": 2_500_000, "currency": "MYR"}, **more},
        "levels": dict(levels),
        "contact": {"name": "Contoh", "number": "+6561234567", "languages": ["en"]},
        "short": "Siti Contoh paid by mistake",
        "lang": "en",
    }
    return Draft(doc=Doc.REQUEST, ref=ref, said=said, by=OFFICER.id, to=frozenset({to}))


def say(node: Node, ref: str, what: Step, other: Node | None, *, viewer: Viewer = OFFICER, **fields: Any) -> None:
    """Say one thing in a thread, and carry it where there is another desk to carry it to."""
    services = node.services
    head = head_of(node, ref)
    said = {"asker": head.asker, "what": what.value, "fields": fields, "ground": "", "short": "", "lang": ""}
    to = frozenset() if other is None else frozenset({other.services.keys.node})
    draft = Draft(doc=Doc.STEP, ref=ref, said=said, by=viewer.id, to=to)
    write(services, viewer, draft, next(iter(to), ""))
    if other is not None:
        carry(node, other)


def head_of(node: Node, ref: str) -> RequestHead:
    """A thread as one node sees it."""
    (head,) = node.services.store.read(lambda snapshot: snapshot.requests_called(ref, scope=ALL))
    return head


def write(services: Services, viewer: Viewer, draft: Draft, to: str) -> None:
    """Write a document, and release it to a node if one is named."""
    written = prepare_doc(services, draft)

    def job(tx: Transaction) -> None:
        write_in(services, tx, written)
        if to:
            send_in(services, tx, viewer, written.entry.id, to=to, activity="request.answer", purpose="", basis="")

    services.store.write(job)
