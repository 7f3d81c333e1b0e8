# SPDX-License-Identifier: Apache-2.0
"""The pages over a real node: what an officer does in a shift, and what one with less clearance never sees."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pytest

from lintas.model.header import Mode
from lintas.model.marking import Marking, Tlp
from lintas.node.node import Node
from lintas.testing import OFFICER, FakeClock, a_node
from lintas.web.routes import ROUTES
from lintas.work.finding import list_intakes
from lintas.work.intake import TakenFile, TakeOptions, take
from lintas.work.keeping import erase
from lintas.work.services import Services, no_progress
from lintas.work.watching import add_watch, list_alerts
from tests.scenario.browsing import Browser, Page, officer
from tests.scenario.giving import stix_bundle, stix_object

PHONE = "+60123456789"
TABLE = (
    "report,name,phone,account,marking\n"
    f"R-1,Siti Contoh,{PHONE},514012345678,AMBER+STRICT\n"
    "R-2,สมชาย ตัวอย่าง,+66812345678,514012345679,GREEN\n"
).encode()
HOSTILE = '<script>alert(1)</script> "><img src=x onerror=alert(1)> {{ 7*7 }} +60129999999'


@pytest.fixture
def browser(node: Node) -> Iterator[Browser]:
    officer(node, password=None)
    with Browser(node) as opened:
        opened.enter(node)
        yield opened


@pytest.fixture
def clerk(node: Node, browser: Browser) -> Iterator[Browser]:
    """A second officer, cleared for TLP:GREEN only."""
    officer(node, "Clerk", clearance=Tlp.GREEN, password=None)
    with Browser(node) as opened:
        opened.enter(node, "Clerk")
        yield opened


def taken(services: Services, data: bytes, name: str, *, tlp: Tlp | None = None) -> str:
    """Take a file in as another officer would; returns its first message."""
    options = TakeOptions(marking=Marking(tlp=tlp) if tlp is not None else None)
    done = take(services, OFFICER, [TakenFile(name=name, data=data)], options=options, progress=no_progress)
    return done.messages[0]


def banners(page: Page) -> list[str]:
    """The marking at the top and at the bottom."""
    return [unescape(found) for found in re.findall(r'<p class="banner [^"]*">(?:<strong>)?([^<]+)<', page.html)]


def send_table(browser: Browser, data: bytes = TABLE, **fields: str) -> Page:
    """Send a table on the Take page and open what comes next."""
    browser.get("/take")
    sent = browser.post("/take", {"look": "yes", **fields}, files=[("files", ("reports.csv", data, "text/csv"))])
    assert sent.status == 303, sent.text
    return browser.open(sent.location)


def test_an_empty_desk_says_what_it_is_for(browser: Browser) -> None:
    page = browser.get("/desk")
    assert "No alert that you may see" in page.text
    assert banners(page) == ["No marked content on this page"] * 2
    assert "EXERCISE" in page.text


def test_a_watch_is_set_met_acknowledged_and_ended(browser: Browser, services: Services) -> None:
    browser.get("/desk")
    sent = browser.post("/watches", {"terms": f"{PHONE}\n\n{PHONE}", "days": "30", "note": "case 7"})
    assert sent.status == 303
    page = browser.get("/desk")
    assert "1 live" in page.text
    assert "case 7" in page.text
    taken(services, f"call {PHONE} now".encode(), "note.txt")
    page = browser.get("/desk")
    assert "1 not acknowledged" in page.text
    assert PHONE in page.text
    assert banners(page) == ["TLP:AMBER+STRICT"] * 2
    (alert,) = list_alerts(services, OFFICER).alerts
    assert f'action="/alerts/{alert.id}/acknowledge"' in page.html
    assert browser.post(f"/alerts/{alert.id}/acknowledge").location == f"/desk#alert-{alert.id}"
    page = browser.get("/desk")
    assert "0 not acknowledged" in page.text
    assert "seen by officer-0001" in page.text
    watch = re.search(r'action="(/watches/[0-9a-f]{64}/end)"', page.html)
    assert watch is not None
    assert browser.post(watch.group(1)).status == 303
    assert "0 live" in browser.get("/desk").text


def test_acknowledging_in_place_answers_with_one_row(browser: Browser, services: Services) -> None:
    add_watch(services, OFFICER, [PHONE])
    taken(services, f"call {PHONE} now".encode(), "note.txt")
    (alert,) = list_alerts(services, OFFICER).alerts
    browser.get("/desk")
    row = browser.post(f"/alerts/{alert.id}/acknowledge", headers={"hx-request": "true"})
    assert row.status == 200
    assert row.html.strip().startswith("<li")
    assert "<html" not in row.html
    assert "seen by officer-0001" in row.text


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"terms": "", "days": "30"}, "1 to"),
        ({"terms": "just some words", "days": "30"}, "no identifier"),
        ({"terms": PHONE, "days": "0"}, "1 to"),
        ({"terms": PHONE, "days": "many"}, "number"),
        ({"terms": PHONE, "days": "9" * 5000}, "number"),
        ({"terms": PHONE, "days": "30", "note": "n" * 501}, "500"),
    ],
)
def test_a_watch_that_cannot_be_is_told_and_kept_in_the_form(
    browser: Browser, fields: dict[str, str], said: str
) -> None:
    browser.get("/desk")
    page = browser.post("/watches", fields)
    assert page.status == 400
    assert said in page.text
    assert 'role="alert"' in page.html
    assert unescape(fields["terms"]) in unescape(page.html)


def test_a_table_is_shown_corrected_and_taken(browser: Browser, services: Services) -> None:
    page = send_table(browser, reliability="B", credibility="2", source="Hotline", tlp="GREEN")
    assert "How the columns are read" in page.text
    assert "Nothing is taken yet" in page.text
    assert list_intakes(services, OFFICER) == []
    assert page.html.count("<select name=") >= 10
    number = re.search(r'name="as-0-(\d)" aria-label="account is read as"', page.html)
    assert number is not None
    address = re.search(r'action="(/take/columns/[^"]+)"', page.html)
    assert address is not None
    sent = browser.post(address.group(1), {f"as-0-{number.group(1)}": "keep"})
    assert sent.status == 303
    page = browser.get(sent.location)
    assert "read 2 = used 2 + rejected 0" in page.text
    assert "1 of 1 term found" in browser.find(PHONE).text
    assert "by words" in browser.find("514012345678").text  # kept as plain text, it is no bank account
    assert "Siti Contoh" in browser.find("Siti Contoh").text
    assert "Hotline" in browser.find("Siti Contoh").text
    assert "B2" in browser.find("Siti Contoh").text


def test_a_table_taken_as_guessed_is_found_by_its_identifiers(browser: Browser) -> None:
    page = send_table(browser)
    address = re.search(r'action="(/take/columns/[^"]+)"', page.html)
    assert address is not None
    assert browser.post(address.group(1)).status == 303
    found = browser.find("+60 12-345 6789", PHONE, "ตัวอย่าง")
    assert "3 of 3 terms found" in found.text
    assert banners(found) == ["TLP:AMBER+STRICT"] * 2


def test_a_correction_that_cannot_be_is_told(browser: Browser) -> None:
    page = send_table(browser)
    address = re.search(r'action="(/take/columns/[^"]+)"', page.html)
    assert address is not None
    for fields in ({"as-0-0": "scheme:nonsense"}, {"of-0-0": "nobody"}, {"as-0-0": "marking", "as-0-1": "marking"}):
        wrong = browser.post(address.group(1), fields)
        assert wrong.status == 400
        assert 'role="alert"' in wrong.html


def test_what_one_session_holds_no_other_sees(browser: Browser, clerk: Browser) -> None:
    waiting = send_table(browser)
    address = re.search(r'action="(/take/columns/[^"]+)"', waiting.html)
    assert address is not None
    browser.get("/find")
    question = browser.post("/find", {"terms": PHONE}).location
    for held in (address.group(1), question):
        assert browser.get(held).status == 200
        assert clerk.get(held).status == 404


def test_what_is_held_is_gone_after_signing_out(node: Node, browser: Browser) -> None:
    browser.get("/find")
    question = browser.post("/find", {"terms": PHONE}).location
    browser.get("/find")
    browser.post("/sign-out")
    browser.enter(node)
    page = browser.get(question)
    assert page.status == 404
    assert "no longer held" in page.text


def test_pasted_text_and_several_files_are_taken_at_once(browser: Browser) -> None:
    browser.get("/take")
    files = [
        ("files", ("one.txt", f"call {PHONE}".encode(), "text/plain")),
        ("files", ("../../etc/two.json", b'{"type": "bundle", "id": "broken"', "application/json")),
        ("files", ("", b"", "application/octet-stream")),
    ]
    sent = browser.post("/take", {"text": "โอนแล้ว 081-234-5678", "region": "TH"}, files=files)
    page = browser.open(sent.location)
    assert "one.txt" in page.text
    assert "pasted.txt" in page.text
    assert "two.json" in page.text
    assert "etc" not in page.text
    assert "Not taken." in page.text
    assert "1 of 1 term found" in browser.find("+66812345678").text


def test_a_taken_file_comes_back_byte_for_byte(browser: Browser) -> None:
    page = send_table(browser, TABLE.replace(b"\n", b"\r\n"))
    address = re.search(r'action="(/take/columns/[^"]+)"', page.html)
    assert address is not None
    page = browser.open(browser.post(address.group(1)).location)
    (file,) = [link for link in page.links("/message/") if link.endswith("/file")]
    back = browser.get(file)
    assert back.data == TABLE.replace(b"\n", b"\r\n")
    assert back.headers["content-type"] == "application/octet-stream"
    assert back.headers["content-disposition"].startswith('attachment; filename="reports.csv"')


def test_the_same_file_twice_is_told(browser: Browser) -> None:
    said = []
    for _ in range(2):
        browser.get("/take")
        sent = browser.post("/take", files=[("files", ("one.txt", f"call {PHONE}".encode(), "text/plain"))])
        said.append("held here already" in browser.open(sent.location).text)
    assert said == [False, True]


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"text": "   "},
        {"text": "x", "tlp": "PINK"},
        {"text": "x", "reliability": "G"},
        {"text": "x", "region": "MYS"},
        {"text": "x" * 200_001},
        {"text": "x", "format": "docx"},
    ],
    ids=lambda fields: " ".join(f"{name}={value[:10]}" for name, value in fields.items()) or "nothing",
)
def test_what_cannot_be_taken_is_told(browser: Browser, services: Services, fields: dict[str, str]) -> None:
    browser.get("/take")
    page = browser.post("/take", fields)
    assert page.status == 400
    assert 'role="alert"' in page.html
    assert list_intakes(services, OFFICER) == []


def test_a_question_stands_in_no_address(browser: Browser) -> None:
    browser.get("/find")
    sent = browser.post("/find", {"terms": PHONE, "purpose": "case 9"})
    assert "6012" not in sent.location
    page = browser.open(sent.location)
    assert "case 9" in page.text
    again = browser.get(f"/find?change={sent.location.rpartition('/')[2]}")
    assert PHONE in again.html
    assert 'value="case 9"' in again.html


def test_find_answers_each_term_in_order_misses_too(browser: Browser, services: Services) -> None:
    taken(services, f"call {PHONE}".encode(), "note.txt")
    page = browser.find("nobody@mail.test", PHONE, "8.8.8.8")
    assert "1 of 3 terms found" in page.text
    order = [page.html.index(f'aria-label="{term}"') for term in ("nobody@mail.test", PHONE, "8.8.8.8")]
    assert order == sorted(order)
    assert page.text.count("none that you may see") == 2
    assert "weighs little" not in page.text  # said by the sheet, not in the text
    assert "Public DNS" in page.text


def test_find_takes_a_file_of_terms_in_either_encoding(browser: Browser, services: Services) -> None:
    taken(services, f"call {PHONE}".encode(), "note.txt")
    for data in (f"\ufeff{PHONE}\r\n\r\nother\r\n".encode(), f"{PHONE}\nother".encode("utf-16")):
        browser.get("/find")
        sent = browser.post("/find", files=[("terms_file", ("list.txt", data, "text/plain"))])
        page = browser.open(sent.location)
        assert "1 of 2 terms found" in page.text
        assert "list.txt" in page.text
    browser.get("/find")
    wrong = browser.post("/find", files=[("terms_file", ("list.bin", b"\xff\x00\x81", "text/plain"))])
    assert wrong.status == 400


def test_find_narrows(browser: Browser, services: Services) -> None:
    taken(services, f"call {PHONE}".encode(), "note.txt", tlp=Tlp.GREEN)
    assert "1 of 1" in browser.find(PHONE, tlp="TLP:GREEN").text
    assert "0 of 1" in browser.find(PHONE, tlp="TLP:RED").text
    assert "0 of 1" in browser.find(PHONE, source="elsewhere").text
    assert "1 of 1" in browser.find(PHONE, scheme="phone", since="2026-03-01", until="2026-03-01").text


@pytest.mark.parametrize("fields", [{"terms": ""}, {"terms": " \n "}, {"terms": "a", "tlp": "PINK"}])
def test_a_question_that_cannot_be_is_told(browser: Browser, fields: dict[str, str]) -> None:
    browser.get("/find")
    page = browser.post("/find", fields)
    assert page.status == 400
    assert 'role="alert"' in page.html


def test_a_term_too_long_is_told_on_its_page(browser: Browser) -> None:
    browser.get("/find")
    page = browser.open(browser.post("/find", {"terms": "a" * 3000}).location)
    assert page.status == 400
    assert "3,000 characters" in page.text


def test_an_entity_that_its_source_revoked_says_so_first(browser: Browser, services: Services) -> None:
    stands = stix_object("intrusion-set", 1, name="Example Group")
    taken(services, stix_bundle(stands), "first.json", tlp=Tlp.GREEN)
    key = str(stands["id"])
    assert "Revoked" not in browser.get(f"/entity?key={key}").text
    taken(services, stix_bundle({**stands, "modified": "2026-02-02T03:04:05.000Z", "revoked": True}), "second.json")
    shown = browser.get(f"/entity?key={key}").text
    assert "Revoked , as second.json says" in " ".join(shown.split())
    assert shown.index("Revoked") < shown.index("Identifiers")


def test_an_entity_shows_each_source_beside_the_other(browser: Browser, services: Services) -> None:
    page = send_table(browser, source="Hotline")
    address = re.search(r'action="(/take/columns/[^"]+)"', page.html)
    assert address is not None
    browser.post(address.group(1))
    found = browser.find("Siti Contoh", purpose="case 9")
    entity = browser.get(found.links("/entity")[0])
    assert entity.status == 200
    for word in ("Siti Contoh", "Hotline", "Identifiers", "Statements", "Links to it", "Back to the results", "case 9"):
        assert word in entity.text
    assert banners(entity) == ["TLP:AMBER+STRICT"] * 2
    message = browser.get(entity.links("/message/")[0])
    assert message.status == 200
    assert "R-1" in message.text


def test_a_receipt_is_checked_without_lintas(browser: Browser, services: Services, tmp_path: Path) -> None:
    id_ = taken(services, f"call {PHONE}".encode(), "note.txt")
    page = browser.get(f"/message/{id_}")
    assert "lintas-verify" in page.text
    for name in ("receipt", "entry"):
        (tmp_path / name).write_bytes(browser.get(f"/message/{id_}/{name}").data)
    log = browser.get("/log")
    key = re.search(r'aria-label="Verifier key">([^<]+)<', log.html)
    assert key is not None
    command = [sys.executable, "-m", "lintas_verify", str(tmp_path / "receipt")]
    arguments = ["--entry", str(tmp_path / "entry"), "--key", unescape(key.group(1))]
    assert subprocess.run([*command, *arguments], check=False, timeout=250).returncode == 0
    altered = (tmp_path / "entry").read_bytes().replace(b"exercise", b"live0000")
    (tmp_path / "entry").write_bytes(altered if altered != (tmp_path / "entry").read_bytes() else b"{}")
    assert subprocess.run([*command, *arguments], check=False, timeout=250, capture_output=True).returncode != 0


def test_every_kind_of_entry_has_a_page(browser: Browser, services: Services) -> None:
    add_watch(services, OFFICER, [PHONE], note="case 7")
    taken(services, f"call {PHONE}".encode(), "note.txt")
    (alert,) = list_alerts(services, OFFICER).alerts
    browser.get("/desk")
    browser.post(f"/alerts/{alert.id}/acknowledge")
    log = browser.get("/log")
    pages = {link: browser.get(link) for link in log.links("/message/")}
    assert len(pages) >= 7
    assert {page.status for page in pages.values()} == {200}
    for page in pages.values():
        assert page.html.count("<h1") == 1
        assert len(banners(page)) == 2


def test_the_log_is_paged(browser: Browser, services: Services) -> None:
    for number in range(60):
        taken(services, f"note {number}".encode(), "note.txt")
    first = browser.get("/log")
    (older,) = first.links("/log?before=")
    second = browser.get(older)
    seen = [
        int(seq)
        for page in (first, second)
        for seq in re.findall(r'<th scope="row" class="number mono">(\d+)', page.html)
    ]
    assert seen == list(range(seen[0], -1, -1))
    assert browser.get("/log?before=nonsense").status == 200


def test_hostile_text_is_shown_and_never_run(browser: Browser, services: Services) -> None:
    add_watch(services, OFFICER, ["+60129999999"], note=HOSTILE)
    heard = f"She read out: {HOSTILE}"  # what begins as a page with a script is set aside and not read
    id_ = taken(services, heard.encode(), f"{HOSTILE[:40]}.txt")
    row = json.dumps({"type": "identity", "id": "identity--00000000-0000-4000-8000-000000000001", "name": HOSTILE})
    taken(services, f'{{"type": "bundle", "id": "bundle--1", "objects": [{row}]}}'.encode(), "feed.json")
    pages = [browser.get(address) for address in ("/desk", "/take", f"/message/{id_}", f"/message/{id_}/file")]
    found = browser.find("alert", HOSTILE)
    pages += [found, *(browser.get(link) for link in found.links("/entity"))]
    pages += [browser.get(f"/entity?key={HOSTILE[:30]}"), browser.get(f"/find?change={HOSTILE[:20]}")]
    assert len(pages) > 7
    for page in pages:
        if page.headers["content-type"].startswith("text/html"):
            assert "<script>" not in page.html
            assert "<img" not in page.html
            assert "{{ 7*7 }}" in page.html or "49" not in page.text.replace(str(page.status), "")


def test_the_least_cleared_officer_sees_nothing_above_it(
    browser: Browser, clerk: Browser, services: Services, clock: FakeClock
) -> None:
    add_watch(services, OFFICER, [PHONE])
    secret = taken(services, f"the hidden number is {PHONE}".encode(), "hidden.txt")
    open_ = taken(services, b"an open note about +6598765432", "open.txt", tlp=Tlp.GREEN)
    key = browser.find(PHONE).links("/entity")[0]
    intake = next(line.id for _, line in list_intakes(services, OFFICER) if line.file_name == "hidden.txt")
    (alert,) = list_alerts(services, OFFICER).alerts
    assert browser.get(f"/message/{secret}").status == 200

    for address in (f"/message/{secret}", f"/message/{intake}", f"/message/{alert.message}", key):
        refused = clerk.get(address)
        assert refused.status == 404
        assert "that you may see" in refused.text
    for part in ("receipt", "entry", "file"):
        assert clerk.get(f"/message/{secret}/{part}").status == 404
    clerk.get("/find")
    assert clerk.post(f"/alerts/{alert.id}/acknowledge").status == 404

    assert clerk.get(f"/message/{open_}").status == 200
    assert "1 of 2 terms found" in clerk.find(PHONE, "+6598765432").text
    seen = [clerk.get(address) for address in ("/desk", "/take", "/log", "/node", "/find")]
    seen += [clerk.find("hidden"), clerk.find(f"{PHONE[:8]}*"), clerk.find("number is")]
    for page in seen:
        assert "hidden.txt" not in page.text
        assert secret not in page.html
        assert alert.id not in page.html
    for page in seen[:5]:
        assert PHONE not in page.text
    assert {label for page in seen[:3] for label in banners(page)} <= {
        "No marked content on this page",
        "TLP:GREEN",
        "TLP:AMBER+STRICT",  # the marking of what is unmarked, where one's own watches stand
    }


def test_every_page_answers_whatever_it_is_asked(browser: Browser) -> None:
    paths = [spec.path for spec in ROUTES if spec.method == "GET" and not spec.is_stream]
    parts = ("0" * 64, "x", "%00", "%2e%2e%2f", "é", "a" * 1500)
    addresses = {re.sub(r"\{\w+\}", part, path) for path in paths for part in parts}
    for address in sorted(addresses):
        for query in ("", "?before=-1&q=x&key=%00&change=%f0&after=x&held=999999999999"):
            page = browser.get(address + query)
            assert page.status in {200, 303, 400, 403, 404}, (address, query, page.text[:200])


def test_each_read_is_in_the_log_before_the_page_leaves(browser: Browser, services: Services) -> None:
    taken(services, f"call {PHONE}".encode(), "note.txt")
    before = services.store.read(lambda snapshot: snapshot.size())
    browser.find(PHONE, purpose="case 9")
    headers = services.store.read(lambda s: [json.loads(e.header) for e in s.entries(before, s.size())])
    assert [header["kind"] for header in headers] == ["access"]


def test_an_erased_message_says_so_and_keeps_its_proof(browser: Browser, services: Services) -> None:
    id_ = taken(services, f"call {PHONE}".encode(), "note.txt")
    erase(services, OFFICER, [id_], ground="retention")
    page = browser.get(f"/message/{id_}")
    assert page.status == 200
    assert "Erased." in page.text
    assert PHONE not in page.text
    assert browser.get(f"/message/{id_}/receipt").status == 200
    assert browser.get(f"/message/{id_}/file").status in {400, 404}
    assert "0 of 1 term found" in browser.find(PHONE).text


def test_a_live_node_shows_no_exercise(tmp_path: Path) -> None:
    with a_node(tmp_path, mode=Mode.LIVE) as node:
        officer(node, password=None)
        with Browser(node) as browser:
            browser.enter(node)
            assert "EXERCISE" not in browser.get("/desk").text
