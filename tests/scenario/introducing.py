# SPDX-License-Identifier: Apache-2.0
"""People of two nodes, and the call on which they introduce the nodes to each other."""

from lintas.model.marking import Tlp
from lintas.model.viewer import Viewer
from lintas.node.node import Node
from lintas.work.accounts import create_account
from lintas.work.peering import confirm_words, list_peers

FIRST, SECOND = "Contoh Satu", "Contoh Dua"


def person(node: Node, name: str, role: str = "duty_officer") -> Viewer:
    """Somebody with an account."""
    account = create_account(node.services, name=name, password=None, role=role, clearance=Tlp.AMBER_STRICT)
    return Viewer(id=account, clearance=Tlp.AMBER_STRICT, role=role)


def words_read_out(node: Node, by: Viewer) -> str:
    """What a person of a node reads out: the node's own words."""
    return list_peers(node.services, by).words


def introduce(here: Node, there: Node) -> tuple[Viewer, Viewer]:
    """Two new people of one node hear the words of the other; returns them."""
    people = person(here, FIRST), person(here, SECOND)
    words = list_peers(there.services, people[0]).words
    for one in people:
        confirm_words(here.services, one, there.services.keys.node, words, "Sample Person")
    return people
