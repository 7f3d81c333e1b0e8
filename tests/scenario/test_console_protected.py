# SPDX-License-Identifier: Apache-2.0
"""Protected classes in the console: what a page shows masked, how it is unmasked, and that no page tells more."""

from collections.abc import Iterator
from urllib.parse import unquote

import pytest

from lintas.errors import NotAllowed
from lintas.model.marking import Marking, Protected, Tlp
from lintas.model.viewer import Viewer
from lintas.node.node import Node
from lintas.testing import FakeClock, a_node
from lintas.web.local import wire
from lintas.web.local.calling import LOCAL_VIEWER
from lintas.web.local.commands import run
from lintas.web.routes import ROUTES
from lintas.work.accounts import create_account
from lintas.work.intake import TakenFile, TakeOptions, take
from lintas.work.services import no_progress
from tests.scenario.browsing import Browser
from tests.scenario.test_console_gate import address_of

UNIT = Viewer(id="officer-0901", clearance=Tlp.RED, role="fiu_officer")
WORDS = {one: f"Tersorok{one.value.capitalize()}" for one in Protected}
PHONES = {one: f"+6012345{number}777" for number, one in enumerate(Protected)}
ROLES = ("focal_point", "duty_officer", "supervisor")


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Node]:
    with a_node(tmp_path_factory.mktemp("console-protected"), clock=FakeClock()) as opened:
        for role in (*ROLES, "fiu_officer"):
            create_account(opened.services, name=role, password=None, role=role, clearance=Tlp.RED)
        yield opened


@pytest.fixture(scope="module")
def planted(node: Node) -> dict[Protected, tuple[str, str]]:
    """(message, taken file) of each class, and a watch of everybody on everything."""
    for role in ROLES:
        run(node.services, wire.WatchAdd(actor=role, terms=list(PHONES.values())))
    found = {}
    for one, word in WORDS.items():
        taken = take(
            node.services,
            UNIT,
            [TakenFile(name=f"{word}.txt", data=f"{word} binti Contoh, {PHONES[one]}".encode())],
            options=TakeOptions(classes=frozenset({one}), marking=Marking(tlp=Tlp.AMBER)),
            progress=no_progress,
        )
        found[one] = (taken.messages[0], taken.intakes[0])
    return found


def secrets(html: str) -> list[str]:
    return [word for word in WORDS.values() if word in html]


@pytest.mark.parametrize("role", ROLES)
def test_no_page_shows_a_planted_word(node: Node, planted: dict[Protected, tuple[str, str]], role: str) -> None:
    with Browser(node) as browser:
        browser.enter(node, role)
        pages = [address_of(spec) for spec in ROUTES if spec.method == "GET" and not spec.is_stream]
        for message, intake in planted.values():
            pages += [f"/message/{one}{part}" for one in (message, intake) for part in ("", "/entry", "/file")]
        log = browser.open("/log")
        pages += log.links("/message/")
        for address in dict.fromkeys(pages):
            page = browser.get(address)
            if "<h1>Access " not in page.html:  # what others asked, as they wrote it, is for those who may read that
                assert secrets(page.html) == [], address
        for word in (*WORDS.values(), *(phone + "*" for phone in ("+6012345", "012-345"))):
            assert secrets(browser.find(word).html.replace(word, "")) == [], word
        for one, phone in PHONES.items():
            found = browser.find(phone)
            assert secrets(found.html) == []
            for link in found.links("/entity"):
                assert secrets(browser.get(link).html) == [], one


@pytest.mark.parametrize("one", [Protected.CT, Protected.STR])
def test_a_page_of_what_is_closed_is_that_of_what_is_not(
    node: Node, planted: dict[Protected, tuple[str, str]], one: Protected
) -> None:
    with Browser(node) as browser:
        browser.enter(node, "supervisor")
        closed, none = browser.get(f"/message/{planted[one][0]}"), browser.get(f"/message/{'0' * 64}")
        assert closed.status == none.status == 404
        assert closed.text == none.text


def test_the_desk_tells_of_no_alert_on_what_is_closed(node: Node, planted: dict[Protected, tuple[str, str]]) -> None:
    with Browser(node) as browser:
        browser.enter(node, "duty_officer")
        desk = browser.open("/desk").html
        assert planted[Protected.VICTIM][0] in desk
        assert planted[Protected.STR][0] not in desk
        assert planted[Protected.CT][0] not in desk


def test_a_person_unmasks_one_view_for_a_purpose(node: Node, planted: dict[Protected, tuple[str, str]]) -> None:
    message, word = planted[Protected.VICTIM][0], WORDS[Protected.VICTIM]
    with Browser(node) as browser:
        browser.enter(node, "duty_officer")
        page = browser.get(f"/message/{message}")
        assert "withheld" in page.text
        assert "Victim of a crime" in page.text
        refused = browser.post(f"/message/{message}", {"why": " "})
        assert refused.status == 403
        assert word not in refused.html
        shown = browser.post(f"/message/{message}", {"why": "call her family"})
        assert shown.status == 200
        assert word in shown.html
        assert "for: call her family" in shown.text  # the watermark
        assert word not in browser.get(f"/message/{message}").html
    with Browser(node) as browser:
        browser.enter(node, "supervisor")
        assert "call her family" in browser.get(f"/message/{message}").text


def test_an_entity_is_unmasked_for_one_view(node: Node, planted: dict[Protected, tuple[str, str]]) -> None:
    assert planted
    with Browser(node) as browser:
        browser.enter(node, "duty_officer")
        (link, *_) = browser.find(PHONES[Protected.WITNESS]).links("/entity")
        page = browser.get(link)
        assert "masked" in page.text
        key = link.partition("key=")[2].partition("&")[0]
        shown = browser.post("/entity", {"key": unquote(key), "why": "protect them"})
        assert shown.status == 200, shown.text
        assert "Unmasked" in shown.text
        assert WORDS[Protected.WITNESS] not in browser.get(link).html


def test_one_person_alone_unmasks_no_child(node: Node, planted: dict[Protected, tuple[str, str]]) -> None:
    message = planted[Protected.CHILD][0]
    with Browser(node) as browser:
        browser.enter(node, "supervisor")
        browser.get(f"/message/{message}")
        for address in (f"/message/{message}", f"/message/{message}/file"):
            page = browser.post(address, {"why": "to find them"})
            assert page.status >= 400
            assert WORDS[Protected.CHILD] not in page.html


def test_a_file_that_was_unmasked_says_who_saved_it(node: Node, planted: dict[Protected, tuple[str, str]]) -> None:
    intake = planted[Protected.HOLDER][1]
    with Browser(node) as browser:
        browser.enter(node, "duty_officer")
        browser.get(f"/message/{intake}")
        assert browser.get(f"/message/{intake}/file").status == 403
        browser.get(f"/message/{intake}")
        page = browser.post(f"/message/{intake}/file", {"why": "for the bank"})
        assert page.status == 200
        assert WORDS[Protected.HOLDER].encode() in page.data
        assert "for the bank" in page.headers["x-lintas-saved-by"]


def test_a_message_is_put_into_a_class_on_its_page(node: Node) -> None:
    taken = take(
        node.services,
        UNIT,
        [TakenFile(name="plain.txt", data=b"TersorokLater, +60123450000")],
        options=TakeOptions(marking=Marking(tlp=Tlp.AMBER)),
        progress=no_progress,
    )
    message = taken.messages[0]
    with Browser(node) as browser:
        browser.enter(node, "focal_point")
        assert "TersorokLater" in browser.get(f"/message/{message}").html
        sent = browser.post(f"/message/{message}/class", {"class": "witness"})
        assert sent.status == 303
        assert "TersorokLater" not in browser.get(f"/message/{message}").html
        assert browser.post(f"/message/{message}/class/release", {"class": "witness"}).status == 403
    with Browser(node) as browser:
        browser.enter(node, "supervisor")
        browser.get(f"/message/{message}")
        assert browser.post(f"/message/{message}/class/release", {"class": "witness"}).status == 303
        assert "TersorokLater" in browser.get(f"/message/{message}").html


def test_the_take_page_takes_into_a_class(node: Node) -> None:
    with Browser(node) as browser:
        browser.enter(node, "duty_officer")
        browser.get("/take")
        sent = browser.post("/take", {"text": "TersorokPasted, +60123450001", "class": ["victim", "witness"]})
        assert sent.status == 303, sent.text
        assert "TersorokPasted" not in browser.open(sent.location).html
        (result,) = run(node.services, wire.Find(actor="duty_officer", terms=["+60123450001"])).results  # type: ignore[attr-defined]  # what find answers
        assert result.entities[0].caption == "▒▒▒"


def test_the_folder_alone_unmasks_nothing(node: Node, planted: dict[Protected, tuple[str, str]]) -> None:
    assert LOCAL_VIEWER.is_folder_owner
    message = planted[Protected.VICTIM][0]
    for request in (
        wire.Show(id=message, unmask=True, purpose="to see"),
        wire.Export(id=message, unmask=True, purpose="to see"),
        wire.Find(terms=[PHONES[Protected.VICTIM]], unmask=True, purpose="to see"),
        wire.ClassChange(do="release", messages=[message], code="victim"),
    ):
        with pytest.raises(NotAllowed) as caught:
            run(node.services, request)
        assert WORDS[Protected.VICTIM] not in str(caught.value)


def test_what_is_marked_red_is_on_its_page_and_cannot_be_saved_from_it(node: Node) -> None:
    taken = take(
        node.services,
        UNIT,
        [TakenFile(name="eyes.txt", data=b"TersorokRed, +60123450001")],
        options=TakeOptions(marking=Marking(tlp=Tlp.RED)),
        progress=no_progress,
    )
    with Browser(node) as browser:
        browser.enter(node, "duty_officer")
        for one in (taken.messages[0], taken.intakes[0]):
            page = browser.get(f"/message/{one}")
            assert page.status == 200
            assert "/file" not in page.html
            for refused in (browser.get(f"/message/{one}/file"), browser.post(f"/message/{one}/file", {"why": "x"})):
                assert refused.status == 403
                assert "TLP:RED" in refused.text
                assert "never saved" in refused.text
                assert "TersorokRed" not in refused.html
        assert "TersorokRed" in browser.get(f"/message/{taken.messages[0]}").html
