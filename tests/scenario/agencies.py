# SPDX-License-Identifier: Apache-2.0
"""Two agencies for tests of the console: who signs in, what their nodes are called and how their peers stand."""

import re
from html import unescape
from typing import Final

from lintas.crypto.words import words_of
from lintas.model.marking import Marking, Tlp
from lintas.model.peering import Standing
from lintas.node.node import Node
from lintas.testing import OFFICER
from lintas.work.intake import TakenFile, TakeOptions, take
from lintas.work.peering import own_keys
from lintas.work.services import no_progress
from lintas.work.sharing import outbox
from tests.scenario.browsing import Browser, Page, officer

PHONE: Final = "+60123456789"
AMBER: Final = Marking(tlp=Tlp.AMBER)


def second(node: Node, name: str, *, role: str = "duty_officer", clearance: Tlp = Tlp.RED) -> Browser:
    """Another person's browser, signed in; the caller closes it."""
    officer(node, name, role=role, clearance=clearance, password=None)
    opened = Browser(node)
    opened.enter(node, name)
    return opened


def id_of(node: Node) -> str:
    return node.services.keys.node


def words(node: Node) -> str:
    """What a node's people read out."""
    return node.services.store.read(lambda snapshot: words_of(own_keys(node.services, snapshot).root))


def standing(node: Node, peer: Node) -> Standing:
    """How a peer stands at a node."""
    found = node.services.store.read(lambda snapshot: snapshot.peer(id_of(peer)))
    assert found is not None
    return found.standing


def taken(node: Node, text: str, marking: Marking = AMBER) -> str:
    """Take a text in; returns its message."""
    file = TakenFile(name="note.txt", data=text.encode())
    done = take(node.services, OFFICER, [file], options=TakeOptions(marking=marking), progress=no_progress)
    return done.messages[0]


def chosen(browser: Browser, message: str) -> Page:
    """Press “Share…” on a message's page."""
    browser.get(f"/message/{message}")
    sent = browser.post("/share", {"message": message})
    assert sent.status == 303, sent.text
    return browser.open(sent.location)


def address(page: Page) -> str:
    """Where the Share form is sent."""
    found = re.search(r'class="share-form" method="post" action="([^"]+)"', page.html)
    assert found is not None
    return found.group(1)


def looked_at(page: Page) -> str:
    """What the preview on a page was for."""
    found = re.search(r'name="looked_at" value="([^"]*)"', page.html)
    assert found is not None
    return unescape(found.group(1))


def as_seen(page: Page, **fields: str) -> dict[str, str]:
    """The form as the page shows it, with some fields filled in."""
    purpose, basis = looked_at(page).split(" ")
    return {"for": purpose, "basis": basis, "looked_at": looked_at(page), **fields}


def released(node: Node) -> list[str]:
    """Local messages that were released, newest first."""
    return [line.message for line in outbox(node.services, OFFICER, only_items=True).lines]
