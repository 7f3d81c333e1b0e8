# SPDX-License-Identifier: Apache-2.0
"""One access entry a request, on disk before content leaves: walked over the one route table."""

from collections.abc import Callable, Iterator

import msgspec
import pytest

from lintas.errors import UnknownTerm
from lintas.limits import PAYLOAD_INLINE_BYTES_MAX, REFUSALS_PER_MINUTE_MAX
from lintas.model.audit import AuditQuery
from lintas.model.viewer import Viewer
from lintas.node.node import Node
from lintas.testing import OFFICER, FakeClock
from lintas.web.local import commands, oversee_wire, wire
from lintas.web.routes import ROUTES, RouteSpec
from lintas.work.access import one_entry, record_access, record_refusal
from lintas.work.accounts.api_keys import make_key
from lintas.work.accounts.viewing import viewer_of
from lintas.work.finding import find, show_message
from lintas.work.watching import list_alerts
from tests.scenario.browsing import Browser, Page, officer
from tests.scenario.overseeing import PHONE, TEXT, Filled, accesses, fill, holds_planted

PAGES = [spec for spec in ROUTES if spec.may == "signed_in" and not spec.is_stream and spec.method == "GET"]


@pytest.fixture
def officer_of(node: Node) -> Viewer:
    """A supervisor who may go nearly everywhere."""
    account = officer(node, role="supervisor", password=None)

    def look(snapshot: object) -> Viewer:
        row = snapshot.account(account)  # type: ignore[attr-defined]  # a snapshot
        return viewer_of(node.services, snapshot, row)  # type: ignore[arg-type]  # a snapshot

    return node.services.store.read(look)


@pytest.fixture
def filled(node: Node, officer_of: Viewer) -> Filled:
    return fill(node, owner=officer_of)


@pytest.fixture
def browser(node: Node, filled: Filled) -> Iterator[Browser]:
    with Browser(node) as opened:
        opened.enter(node)
        yield opened


def address_of(node: Node, spec: RouteSpec, filled: Filled, browser: Browser, viewer: Viewer) -> str:
    """An address that shows something."""
    if spec.name == "found":
        browser.get("/find")
        return str(browser.post("/find", {"terms": PHONE}).location)
    if spec.name in {"share-form", "shared"}:
        browser.get("/find")
        address = browser.post("/share", {"message": filled.message}).location
        return address if spec.name == "share-form" else f"{address}/done"
    if spec.name == "entity":
        shown = show_message(node.services, OFFICER, filled.message)
        return f"/entity?key={shown.entities[0].id}" if shown.entities else "/entity?key=none"
    if spec.name == "oversight":
        return "/oversight?kind=access"
    if spec.name == "oversight-export":
        return "/oversight/export?first=0&last=3"
    alert = list_alerts(node.services, viewer).alerts[0].id
    parts = dict.fromkeys(("waiting", "result", "token", "sharing", "question", "order", "name", "list", "key"), "x")
    parts |= {"alert": alert, "watch": filled.watch, "message": filled.message, "account": viewer.id}
    parts |= {"peer": f"lintas:{'a' * 52}", "access": filled.message, "person": viewer.id}
    try:
        return spec.path.format(**parts)
    except KeyError:
        return spec.path.replace("{", "").replace("}", "")


def walk(
    node: Node, browser: Browser, filled: Filled, viewer: Viewer, see: Callable[[RouteSpec, Page, int], None]
) -> None:
    """Open every page that a signed-in person can open; `see` hears how many access entries it wrote."""
    for spec in PAGES:
        address = address_of(node, spec, filled, browser, viewer)
        before = len(accesses(node.services))
        page = browser.get(address)
        see(spec, page, len(accesses(node.services)) - before)


def test_every_page_that_shows_content_writes_one_access_entry(
    node: Node, browser: Browser, filled: Filled, officer_of: Viewer
) -> None:
    content: set[str] = set()

    def see(spec: RouteSpec, page: Page, written: int) -> None:
        assert written <= 1, f"{spec.path} wrote {written} entries"
        assert page.status < 500, (spec.path, page.text)
        if holds_planted(page.data):
            content.add(spec.name)
            assert written == 1, f"{spec.path} showed content and wrote {written} entries"

    walk(node, browser, filled, officer_of, see)
    assert {"desk", "entity", "file", "found", "hand-over", "message", "share-form"} <= content


def test_every_verb_and_every_answer_to_a_system_that_shows_content_is_one_entry(
    node: Node, filled: Filled, officer_of: Viewer
) -> None:
    """The functions behind the command line, and the API over them."""
    alert = list_alerts(node.services, officer_of).alerts[0].id
    entity = show_message(node.services, OFFICER, filled.message).entities[0].id
    asked = [
        wire.Find(terms=[PHONE]),
        wire.WatchList(),
        wire.AlertList(),
        wire.AlertDigest(),
        wire.Export(id=filled.message),
        wire.Acknowledge(alert=alert),
        oversee_wire.WhoSaw(message=filled.message),
        oversee_wire.OverseeSearch(query=AuditQuery(kind="access")),
    ]
    for request in asked:
        before = len(accesses(node.services))
        answer = msgspec.json.encode(commands.run(node.services, msgspec.structs.replace(request, actor="Aminah")))
        written = len(accesses(node.services)) - before
        assert written == 1, f"{type(request).__name__} wrote {written} entries"
        assert holds_planted(answer) or isinstance(
            request, oversee_wire.WhoSaw | oversee_wire.OverseeSearch | wire.Export
        ), request

    key = make_key(node.services, officer_of, account="Aminah").key
    with Browser(node) as system:
        bearer = {"authorization": f"Bearer {key}"}
        for address in (f"messages/{filled.message}", f"entities?id={entity}", "watches", "alerts"):
            before = len(accesses(node.services))
            page = system.get(f"/api/v1/{address}", bearer)
            assert page.status == 200 and holds_planted(page.data), (address, page.text)
            assert len(accesses(node.services)) == before + 1, address
        before = len(accesses(node.services))
        assert system.get("/api/v1/peers", bearer).status == 200
        assert len(accesses(node.services)) == before


def test_no_content_leaves_when_its_entry_cannot_be_written(
    node: Node, browser: Browser, filled: Filled, officer_of: Viewer
) -> None:
    addresses = {spec.name: address_of(node, spec, filled, browser, officer_of) for spec in PAGES}
    node.services.store.close()  # reads go on, writes are refused: as on a full disk

    for spec in PAGES:
        page = browser.get(addresses[spec.name])
        if spec.name != "share-form":
            assert holds_planted(page.data) == [], spec.path
        if spec.name in {"desk", "found", "message", "file", "hand-over", "oversight", "seen", "share-form"}:
            assert page.status == 500, (spec.path, page.status)


def test_rows_that_the_pages_script_asks_for_write_their_entry_too(
    node: Node, browser: Browser, filled: Filled, officer_of: Viewer
) -> None:
    alert = list_alerts(node.services, officer_of).alerts[0].id
    browser.get("/desk")
    before = len(accesses(node.services))
    row = browser.post(f"/alerts/{alert}/acknowledge", headers={"hx-request": "true"})
    assert row.status == 200 and holds_planted(row.data)
    assert len(accesses(node.services)) == before + 1


def test_a_request_that_asks_several_things_is_one_entry_of_all_of_them(node: Node, filled: Filled) -> None:
    with one_entry(node.services, OFFICER, "both"):
        find(node.services, OFFICER, [PHONE], purpose="case 7")
        show_message(node.services, OFFICER, filled.message)
    said = accesses(node.services)[-1]
    assert (said["verb"], said["purpose"]) == ("both", "case 7")
    assert [part["verb"] for part in said["asked"]["parts"]] == ["find", "message"]
    assert said["shown"] == [filled.message]


def test_a_request_that_fails_half_way_writes_nothing_and_shows_nothing(node: Node, filled: Filled) -> None:
    before = len(accesses(node.services))

    def half_way() -> None:
        with one_entry(node.services, OFFICER, "both"):
            find(node.services, OFFICER, [PHONE])
            show_message(node.services, OFFICER, "0" * 64)

    with pytest.raises(UnknownTerm):
        half_way()
    assert len(accesses(node.services)) == before


@pytest.mark.parametrize("many", [10_000, pytest.param(100_000, marks=pytest.mark.soak)])
def test_a_find_of_very_many_terms_is_one_entry_in_a_blob(node: Node, filled: Filled, many: int) -> None:
    terms = [f"{number:012d}" for number in range(many - 1)] + [PHONE]
    before = len(accesses(node.services))
    find(node.services, OFFICER, terms)
    said = accesses(node.services)
    assert len(said) == before + 1
    assert said[-1]["asked"]["terms"] == terms
    assert said[-1]["shown"] == [filled.message]
    rows = node.services.store.read(lambda s: s.payload(s.size() - 1))
    assert rows is not None and rows.blob, "a payload beyond PAYLOAD_INLINE_BYTES_MAX is a file"


def test_an_entry_that_shows_thousands_of_messages_names_each(node: Node) -> None:
    shown = [f"{number:064x}" for number in range(5_000)]
    assert 64 * len(shown) > PAYLOAD_INLINE_BYTES_MAX
    record_access(node.services, OFFICER, "find", {"terms": ["x"]}, shown)
    assert accesses(node.services)[-1]["shown"] == shown


def test_what_a_person_is_refused_stands_in_the_log_without_content(node: Node, filled: Filled) -> None:
    officer(node, "Operator", role="operator", password=None)
    with Browser(node) as browser:
        browser.enter(node, "Operator")
        before = len(accesses(node.services))
        page = browser.get(f"/message/{filled.message}")
    assert page.status == 403 and holds_planted(page.data) == []
    (said,) = accesses(node.services)[before:]
    assert (said["verb"], said["role"], said["shown"]) == ("refused", "operator", [])
    assert said["asked"] == {"rule": "role", "what": "message"}


def test_refusals_cannot_fill_the_log(node: Node, clock: FakeClock) -> None:
    tried = [record_refusal(node.services, OFFICER, "role", "log") for _ in range(REFUSALS_PER_MINUTE_MAX * 3)]
    assert sum(tried) == REFUSALS_PER_MINUTE_MAX
    other = Viewer(id="officer-0009", clearance=OFFICER.clearance)
    assert record_refusal(node.services, other, "role", "log"), "another's are counted apart"
    clock.forward(seconds=61)
    assert record_refusal(node.services, OFFICER, "role", "log")


def test_a_form_without_its_secret_is_no_refusal_of_the_policy(node: Node, browser: Browser) -> None:
    before = len(accesses(node.services))
    assert browser.post("/find", {"terms": "a"}, secret="").status == 403
    assert len(accesses(node.services)) == before


def test_the_planted_text_is_what_pages_show(node: Node, browser: Browser, filled: Filled) -> None:
    assert TEXT in browser.get(f"/message/{filled.message}").text
