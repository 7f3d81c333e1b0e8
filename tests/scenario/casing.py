# SPDX-License-Identifier: Apache-2.0
"""Nodes that hold a case together: carry it, look at it, and hold two copies against each other."""

from lintas.model.case import Case, Spoken
from lintas.model.case_answers import CaseShown
from lintas.model.marking import Marking, Protected, Tlp
from lintas.model.viewer import Viewer
from lintas.node.node import Node
from lintas.testing import OFFICER, carry
from lintas.views.case_fold import fold_case
from lintas.work import cases
from lintas.work.intake import TakenFile, TakeOptions, take
from lintas.work.keeping import rebuild
from lintas.work.services import no_progress

AMBER = Marking(tlp=Tlp.AMBER)


def id_of(node: Node) -> str:
    return node.services.keys.node


def settle(*nodes: Node) -> None:
    """Carry everything between nodes until nothing moves."""
    moved = True
    while moved:
        moved = False
        for one in nodes:
            cases.settle_cases(one.services)
        for one in nodes:
            for other in nodes:
                if one is not other:
                    moved = carry(one, other) > 0 or moved


def joint(here: Node, there: Node, title: str = "Parcel scam") -> str:
    ref = cases.open_case(here.services, OFFICER, title).ref
    cases.invite(here.services, OFFICER, ref, id_of(there))
    carry(here, there)
    cases.join(there.services, OFFICER, ref)
    settle(here, there)
    return ref


def shown(node: Node, ref: str, viewer: Viewer = OFFICER) -> CaseShown:
    return cases.show_case(node.services, viewer, ref)


def folded(node: Node, opener: str, ref: str) -> Case:
    return node.services.store.read(lambda snapshot: fold_case(opener, snapshot.case_facts(opener, ref)))


def alike(case: Case) -> object:
    """What must be the same at every member: no ids of messages, which differ, and nothing that stays home."""

    def plain(values: tuple[Spoken, ...]) -> list[Spoken]:
        return sorted(values)

    return (
        [(name, plain(values)) for name, values in case.fields],
        plain(case.state),
        [(one.node, one.standing, plain(one.officers)) for one in case.members],
        case.coordinators,
        [(one.id, one.title, one.to, plain(one.states)) for one in case.tasks],
        case.heads,
        case.waiting,
    )


def taken(node: Node, text: str, marking: Marking = AMBER, classes: frozenset[Protected] = frozenset()) -> str:
    done = take(
        node.services,
        OFFICER,
        [TakenFile(name="a.txt", data=text.encode())],
        options=TakeOptions(marking=marking, classes=classes),
        progress=no_progress,
    )
    return done.messages[0]


def sample_fields(node: Node, form: str) -> dict[str, object]:
    values: dict[str, object] = {
        "account": {"scheme": "bank_account", "value": "0123456789", "bank": "KASITHBK", "country": "TH"},
        "money": {"minor": 100, "currency": "MYR"},
        "time": "2026-02-28T20:00:00+08:00",
        "text": "In words",
        "country": "SG",
        "bank": "DBSSSGSG",
        "phone": "+6591234567",
        "person": {"name": "Sam Contoh"},
        "identifier": {"scheme": "phone", "value": "+6591234567"},
        "number": 1,
    }
    return {one.code: values[one.kind] for one in node.services.packs.forms.forms[form].fields if one.kind in values}


def unchanged(node: Node) -> None:
    """A rebuild comes out equal."""
    before = node.services.store.write(lambda tx: tx.views_digest())
    rebuild(node.services, progress=no_progress)
    after = node.services.store.write(lambda tx: tx.views_digest())
    assert [name for name in before if before[name] != after[name]] == []
