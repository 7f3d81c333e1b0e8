# SPDX-License-Identifier: Apache-2.0
"""Who saw it, and oversight: who asked what and why is told; content only for a stated cause, which supervisors see."""

import io
import json
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

import lintas_verify
from lintas.crypto.encoding import from_base64
from lintas.crypto.envelope import pae
from lintas.crypto.signing import verify
from lintas.errors import BadInput, BadSignature, NotAllowed, UnknownTerm, WrongUse
from lintas.model.audit import AuditQuery
from lintas.model.ids import MessageId
from lintas.model.marking import Tlp
from lintas.model.peering import ReceiptState
from lintas.model.viewer import Viewer
from lintas.node.node import Node
from lintas.testing import CLERK, OFFICER, carry, two_nodes
from lintas.web.routes import ROUTES
from lintas.work.accounts.viewing import viewer_of
from lintas.work.exchange import tell
from lintas.work.finding import find, show_message
from lintas.work.keeping import rebuild
from lintas.work.overseeing import (
    acknowledge_opening,
    board,
    export_range,
    open_content,
    own_trail,
    search_log,
    waiting_openings,
    who_saw,
)
from lintas.work.overseeing.exporting import MANIFEST_TYPE
from lintas.work.services import no_progress
from lintas.work.sharing import share
from tests.scenario.browsing import Browser, officer
from tests.scenario.overseeing import PHONE, Filled, accesses, fill, holds_planted

OTHER = Viewer(id="officer-0077", clearance=Tlp.RED, role="duty_officer")
CAUSE = "complaint 12 of a citizen"


def person(node: Node, name: str, role: str, clearance: Tlp = Tlp.RED) -> Viewer:
    """Somebody with an account."""
    account = officer(node, name, role=role, clearance=clearance, password=None)

    def look(snapshot: object) -> Viewer:
        return viewer_of(node.services, snapshot, snapshot.account(account))  # type: ignore[arg-type, attr-defined]  # a snapshot

    return node.services.store.read(look)


@pytest.fixture
def filled(node: Node) -> Filled:
    return fill(node)


@pytest.fixture
def supervisor(node: Node) -> Viewer:
    return person(node, "Siti", "supervisor")


@pytest.fixture
def oversight(node: Node) -> Viewer:
    return person(node, "Omar", "oversight")


def test_who_saw_a_message_is_said_with_time_verb_purpose_and_policy(
    node: Node, filled: Filled, supervisor: Viewer
) -> None:
    find(node.services, supervisor, [PHONE], purpose="case 7")
    show_message(node.services, supervisor, filled.message)
    newest, older = who_saw(node.services, supervisor, filled.message).lines
    assert (newest.person, newest.name, newest.action, newest.purpose) == (supervisor.id, "Siti", "message", "")
    assert (older.action, older.purpose, older.role) == ("find", "case 7", "supervisor")
    assert older.policy == node.services.packs.access.digest
    assert newest.at and newest.asked == {}


def test_asking_who_saw_it_is_an_entry_itself_and_no_seeing(node: Node, filled: Filled, supervisor: Viewer) -> None:
    assert who_saw(node.services, supervisor, filled.message).lines == []
    assert accesses(node.services)[-1]["verb"] == "seen"
    assert who_saw(node.services, supervisor, filled.message).lines == []


@pytest.mark.parametrize("role", ["analyst", "operator", "engineer", "duty_officer"])
def test_who_saw_it_is_not_for_everybody(node: Node, filled: Filled, role: str) -> None:
    with pytest.raises(NotAllowed):
        who_saw(node.services, person(node, "Nobody", role), filled.message)


def test_who_may_not_know_of_a_message_does_not_hear_who_saw_it(node: Node, filled: Filled) -> None:
    low = person(node, "Low", "case_officer", Tlp.GREEN)
    with pytest.raises(UnknownTerm):
        who_saw(node.services, low, filled.message)


def test_pages_of_who_saw_it_lose_nobody(node: Node, filled: Filled, supervisor: Viewer) -> None:
    for _ in range(5):
        show_message(node.services, supervisor, filled.message)
    first = who_saw(node.services, supervisor, filled.message, limit=3)
    rest = who_saw(node.services, supervisor, filled.message, before=first.next_before, limit=3)
    assert [len(first.lines), len(rest.lines), rest.next_before] == [3, 2, 0]


def test_what_peers_signed_is_named_so_that_it_can_be_proven(tmp_path: Path) -> None:
    with two_nodes(tmp_path) as (here, there):
        filled = fill(here, tlp=Tlp.AMBER)
        released = share(here.services, OFFICER, [filled.message], to=[there.services.keys.node]).released[0].released
        shown = who_saw(here.services, person(here, "Siti", "supervisor"), filled.message)
        assert shown.peers == [] and len(shown.waiting) == 1
        carry(here, there)
        show_message(there.services, OFFICER, released)
        assert tell(there.services, MessageId(released), ReceiptState.SHOWN, "officer-0044")
        carry(there, here)
        page = who_saw(here.services, person(here, "Budi", "supervisor"), filled.message)
        assert [one.state for one in page.peers] == ["stored", "shown"]
        last = page.peers[-1]
        assert (last.by, last.desk, last.node) == ("officer-0044", "duty", there.services.keys.node)
        entry = here.services.store.read(lambda s: s.entry_by_id(MessageId(last.receipt)))
        assert entry is not None and entry.seq == last.entry
        assert json.loads(entry.header)["originator"] == there.services.keys.node
        assert last.key == f"ed25519:{there.services.keys.signing.key_id}"


def test_everybody_reads_their_own_trail_and_nobody_elses(node: Node, filled: Filled, supervisor: Viewer) -> None:
    find(node.services, supervisor, [PHONE], purpose="mine")
    find(node.services, OTHER, [PHONE], purpose="another's")
    (line,) = own_trail(node.services, supervisor, 50)
    assert (line.action, line.purpose, line.asked) == ("find", "mine", {})


def test_oversight_sees_who_asked_what_and_why_and_no_content(node: Node, filled: Filled, oversight: Viewer) -> None:
    find(node.services, OTHER, ["Nama Lain"], purpose="case 7")
    page = search_log(node.services, oversight, AuditQuery(words="case 7"))
    (line,) = page.lines
    assert (line.person, line.purpose, line.asked["terms"]) == (OTHER.id, "case 7", ["Nama Lain"])
    everything = search_log(node.services, oversight, AuditQuery(), limit=200)
    said = [line for line in everything.lines if line.kind in {"item", "intake", "alert"}]
    assert said and all(line.asked == {} and line.purpose == "" for line in said)


@pytest.mark.parametrize(
    ("query", "actions"),
    [
        (AuditQuery(verb="message"), ["message"]),
        (AuditQuery(person=OTHER.id, kind="access"), ["message", "find"]),
        (AuditQuery(kind="access", words="nothing like it"), []),
        (AuditQuery(kind="access", words="CASE"), ["find"]),
        (AuditQuery(kind="access", since="2026-03-02"), []),
        (AuditQuery(kind="access", until="2026-02-28"), []),
        (AuditQuery(kind="access", policy="ffff"), []),
        (AuditQuery(unmasked=True), []),
        (AuditQuery(decisions=True), []),
        (AuditQuery(kind="account", person="Omar"), []),
    ],
    ids=str,
)
def test_a_search_finds_what_fits_everything_that_is_given(
    node: Node, filled: Filled, oversight: Viewer, query: AuditQuery, actions: list[str]
) -> None:
    find(node.services, OTHER, [PHONE], purpose="case 7")
    show_message(node.services, OTHER, filled.message)
    found = search_log(node.services, oversight, query)
    assert [line.action for line in found.lines if line.action != "oversee"] == actions


def test_a_search_by_message_finds_who_was_shown_it_and_its_own_entry(
    node: Node, filled: Filled, oversight: Viewer
) -> None:
    show_message(node.services, OTHER, filled.message)
    found = search_log(node.services, oversight, AuditQuery(message=filled.message))
    assert [line.kind for line in found.lines] == ["access", "item"]


def test_pages_of_a_search_lose_nothing(node: Node, oversight: Viewer) -> None:
    for number in range(7):
        find(node.services, OTHER, [f"term {number}"])
    query, before, seen = AuditQuery(verb="find"), 0, list[int]()
    while True:
        page = search_log(node.services, oversight, query, before=before, limit=3)
        seen += [line.seq for line in page.lines]
        if not (before := page.next_before):
            break
    assert len(seen) == 7 and seen == sorted(seen, reverse=True)


@pytest.mark.parametrize("query", [AuditQuery(kind="gossip"), AuditQuery(since="yesterday")], ids=str)
def test_a_search_that_cannot_be_is_bad_input(node: Node, oversight: Viewer, query: AuditQuery) -> None:
    with pytest.raises(BadInput):
        search_log(node.services, oversight, query)


@pytest.mark.parametrize("role", ["analyst", "case_officer", "operator", "engineer", "trainer"])
def test_searching_the_log_is_for_oversight_and_supervisors(node: Node, role: str) -> None:
    with pytest.raises(NotAllowed):
        search_log(node.services, person(node, "Nobody", role), AuditQuery())


def test_a_supervisor_finds_only_what_they_are_cleared_for(node: Node, filled: Filled) -> None:
    find(node.services, OTHER, [PHONE])  # cleared for RED, so what they asked is
    low = person(node, "Low", "supervisor", Tlp.AMBER)
    assert search_log(node.services, low, AuditQuery(verb="find")).lines == []


def test_oversight_opens_content_only_with_a_cause_and_a_supervisor_hears_of_it(
    node: Node, filled: Filled, oversight: Viewer, supervisor: Viewer
) -> None:
    for cause in ("", "   ", "why not"):
        with pytest.raises((NotAllowed, WrongUse)):
            open_content(node.services, oversight, filled.message, cause=cause)
    assert waiting_openings(node.services, supervisor) == []
    opened = open_content(node.services, oversight, filled.message, cause=CAUSE)
    assert PHONE in opened.message.received
    (line,) = waiting_openings(node.services, supervisor)
    assert (line.id, line.person, line.purpose, line.target) == (opened.access, oversight.id, CAUSE, filled.message)
    acknowledge_opening(node.services, supervisor, opened.access)
    assert waiting_openings(node.services, supervisor) == []
    (kept,) = board(node.services, oversight).opened
    assert kept.answered_by == supervisor.id
    assert rebuild(node.services, progress=no_progress).changed == []
    assert waiting_openings(node.services, supervisor) == []


@pytest.mark.parametrize("role", ["supervisor", "case_officer", "operator"])
def test_only_oversight_opens_with_a_cause(node: Node, filled: Filled, role: str) -> None:
    with pytest.raises(NotAllowed):
        open_content(node.services, person(node, "Another", role), filled.message, cause=CAUSE)


def test_oversight_opens_nothing_above_their_clearance_and_no_access_entry(node: Node, filled: Filled) -> None:
    low = person(node, "Low", "oversight", Tlp.GREEN)
    with pytest.raises(UnknownTerm):
        open_content(node.services, low, filled.message, cause=CAUSE)
    find(node.services, OTHER, [PHONE])
    asked = node.services.store.read(lambda s: next(s.entries(s.size() - 1, s.size())).id)
    with pytest.raises(UnknownTerm):
        open_content(node.services, person(node, "Omar", "oversight"), asked, cause=CAUSE)


def test_oversight_does_not_acknowledge_what_oversight_opened(node: Node, filled: Filled, oversight: Viewer) -> None:
    opened = open_content(node.services, oversight, filled.message, cause=CAUSE)
    for who in (oversight, CLERK):
        with pytest.raises(NotAllowed):
            acknowledge_opening(node.services, who, opened.access)


def test_who_became_a_supervisor_does_not_acknowledge_what_they_opened_before(
    node: Node, filled: Filled, oversight: Viewer
) -> None:
    opened = open_content(node.services, oversight, filled.message, cause=CAUSE)
    with pytest.raises(NotAllowed) as caught:
        acknowledge_opening(node.services, replace(oversight, role="supervisor"), opened.access)
    assert caught.value.rule == "own-opening"


def test_an_export_is_checked_by_lintas_verify_and_by_the_nodes_signature(
    node: Node, filled: Filled, oversight: Viewer, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    find(node.services, OTHER, [PHONE], purpose="case 7")
    last = node.services.store.read(lambda s: s.size()) - 1
    made = export_range(node.services, oversight, 0, last)
    with zipfile.ZipFile(io.BytesIO(made.data)) as file:
        file.extractall(tmp_path)
    events = [json.loads(line) for line in (tmp_path / "events.ndjson").read_text().splitlines()]
    manifest = json.loads((tmp_path / "manifest.json").read_text())
    assert len(events) == made.count == manifest["count"] == last + 1
    assert (manifest["left_out"], manifest["events_sha256"]) == (0, made.sha256)
    for end in ("first", "last"):
        arguments = [str(tmp_path / f"{end}.tlog-proof"), "--entry", str(tmp_path / f"{end}.entry.json")]
        lintas_verify.main([*arguments, "--key", manifest["verifier_key"]])
        assert f"entry {manifest[end]['id']}" in capsys.readouterr().out
    envelope = json.loads((tmp_path / "manifest.dsse.json").read_text())
    raw, key = from_base64(envelope["payload"]), node.services.keys.signing
    assert raw == (tmp_path / "manifest.json").read_bytes()
    signature = from_base64(envelope["signatures"][0]["sig"])
    verify(key.public, pae(MANIFEST_TYPE, raw), signature)
    with pytest.raises(BadSignature):
        verify(key.public, pae(MANIFEST_TYPE, raw.replace(b'"count":', b'"count":1')), signature)


def test_an_export_has_the_schemas_fields_no_name_and_no_content(node: Node, filled: Filled, oversight: Viewer) -> None:
    find(node.services, OTHER, ["Nama Lain"], purpose="case 7")
    made = export_range(node.services, oversight, 0, node.services.store.read(lambda s: s.size()) - 1)
    with zipfile.ZipFile(io.BytesIO(made.data)) as file:
        raw = file.read("events.ndjson")
    found = [event for event in map(json.loads, raw.splitlines()) if event["event"]["action"] == "find"]
    event = found[-1]
    assert (event["user"], event["event"]["reason"]) == ({"id": OTHER.id, "roles": [OTHER.role]}, "case 7")
    assert (event["event"]["category"], event["event"]["outcome"]) == (["database"], "success")
    assert event["rule"]["version"] == node.services.packs.access.digest
    assert json.loads(event["labels"]["asked"])["terms"] == ["Nama Lain"]
    assert b"Omar" not in raw and holds_planted(raw.replace(b"60125550199", b"").replace(b"Melati Rekaan", b"")) == []


@pytest.mark.parametrize(("first", "last"), [(-1, 2), (3, 2), (0, 10**9)])
def test_a_range_that_is_not_in_the_log_is_bad_input(node: Node, oversight: Viewer, first: int, last: int) -> None:
    with pytest.raises(BadInput):
        export_range(node.services, oversight, first, last)


@pytest.fixture
def browser(node: Node, filled: Filled, oversight: Viewer) -> Iterator[Browser]:
    with Browser(node) as opened:
        opened.enter(node, "Omar")
        yield opened


def test_oversight_walks_every_page_and_no_content_comes(
    node: Node, filled: Filled, browser: Browser, oversight: Viewer, supervisor: Viewer
) -> None:
    """Terms that somebody asked are shown to oversight, so none here asks for a planted word."""
    parts = {"message": filled.message, "watch": filled.watch, "account": supervisor.id, "person": supervisor.id}
    for spec in ROUTES:
        if spec.may == "public" or spec.is_stream or spec.name == "sign-out":
            continue
        address = spec.path
        for name in {part.partition("}")[0] for part in spec.path.split("{")[1:]}:
            address = address.replace(f"{{{name}}}", parts.get(name, "x"))
        browser.get("/oversight")
        page = browser.get(address) if spec.method == "GET" else browser.post(address, {"message": filled.message})
        if spec.name in {"oversight", "oversight-open"} or page.status == 303:
            continue  # looked at below
        assert holds_planted(page.data) == [], (spec.method, spec.path)
    for address in (
        "/oversight?kind=item",
        "/oversight?kind=intake",
        "/oversight?kind=alert",
        f"/message/{filled.message}/seen",
    ):
        page = browser.get(address)
        assert page.status == 200 and holds_planted(page.data) == [], address


def test_the_page_searches_opens_and_tells_the_supervisor(
    node: Node, filled: Filled, browser: Browser, supervisor: Viewer
) -> None:
    browser.get("/oversight?verb=find&words=case")
    too_short = browser.post("/oversight/open", {"message": filled.message, "cause": "why"})
    assert too_short.status == 400 and holds_planted(too_short.data) == []
    browser.get("/oversight")
    opened = browser.post("/oversight/open", {"message": filled.message, "cause": CAUSE})
    assert opened.status == 200 and PHONE in opened.text and CAUSE in opened.text
    assert browser.get("/desk").status == 403
    with Browser(node) as other:
        other.enter(node, "Siti")
        desk = other.get("/desk")
        assert CAUSE in desk.text
        assert (
            other.post(
                desk.html.split('action="/oversight/opened/')[1].split('"')[0].join(["/oversight/opened/", ""])
            ).status
            == 303
        )
        assert CAUSE not in other.get("/desk").text
        assert CAUSE in other.get("/oversight").text


def test_the_page_exports_and_says_what_is_wrong(browser: Browser) -> None:
    assert browser.get("/oversight/export?first=0&last=1").headers["content-type"] == "application/zip"
    for wrong in ("?first=0&last=x", "?first=5&last=1", ""):
        page = browser.get(f"/oversight/export{wrong}")
        assert page.status == 400 and "Oversight" in page.text


def test_the_page_runs_the_nodes_checks_when_asked(browser: Browser) -> None:
    assert "✓ database" in browser.get("/oversight?checks=1").text
    assert "✓ database" not in browser.get("/oversight").text


def test_my_access_shows_what_i_did_and_nobody_elses_doing(node: Node, filled: Filled, supervisor: Viewer) -> None:
    find(node.services, OTHER, [PHONE], purpose="anothers reason")
    with Browser(node) as mine:
        mine.enter(node, "Siti")
        mine.find("Nama Lain", purpose="my own reason")
        page = mine.get("/me")
    assert page.status == 200 and "my own reason" in page.text
    assert "anothers reason" not in page.text
