# SPDX-License-Identifier: Apache-2.0
"""The phone of the desk, without scripts: what waits, and each thing that one does about it."""

import json
import re
import struct
import zlib
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from lintas.model.desk import Step
from lintas.node.node import Node
from lintas.testing import OFFICER, FakeClock, carry, two_nodes
from lintas.web.console.duty_shell import GROUND, MARK, drawn
from lintas.work.clocks import promise_call, settle_clocks
from tests.scenario.browsing import Browser, officer
from tests.scenario.threads import ask, head_of, say


@pytest.fixture
def pair(tmp_path: Path, clock: FakeClock) -> Iterator[tuple[Node, Node]]:
    """The desk whose phone it is, and the one that asks it."""
    with two_nodes(tmp_path, clock=clock) as nodes:
        yield nodes


@pytest.fixture
def phone(pair: tuple[Node, Node]) -> Iterator[Browser]:
    officer(pair[0], "Aminah")
    with Browser(pair[0]) as browser:
        browser.enter(pair[0])
        yield browser


def test_what_waits_is_acknowledged_with_one_touch(pair: tuple[Node, Node], phone: Browser, clock: FakeClock) -> None:
    here, there = pair
    ref = ask(there, here)
    clock.forward(minutes=6)
    settle_clocks(here.services)
    page = phone.get("/duty")
    assert page.status == 200
    for part in ("Requests that nobody has acknowledged 1", "Hold money MYR 25,000.00", "From Sample crime desk", ref):
        assert part in page.text
    assert "overdue by 1 min" in page.text
    assert "TLP:AMBER" in page.text
    message = head_of(here, ref).message
    done = phone.post(f"/duty/{message}/acknowledge")
    assert (done.status, done.location) == (303, "/duty?done=acknowledged")
    page = phone.open(done.location)
    assert "You have it." in page.text
    assert "Requests that nobody has acknowledged 0" in page.text
    assert "with Aminah" in page.text
    assert "Clocks that nobody has seen" not in page.text, "whoever acknowledges late has seen that it is late"
    carry(here, there)
    assert head_of(there, ref).state == "acknowledged"


def test_of_two_who_press_at_once_one_has_it_and_the_other_hears_who(pair: tuple[Node, Node], phone: Browser) -> None:
    here, there = pair
    ref = ask(there, here)
    message = head_of(here, ref).message
    officer(here, "Budi")
    with Browser(here) as other:
        other.enter(here, "Budi")
        phone.get("/duty")
        other.get("/duty")
        assert phone.post(f"/duty/{message}/acknowledge").status == 303
        late = other.post(f"/duty/{message}/acknowledge")
        assert late.status == 403
        assert "has it already" in late.text


def test_a_refusal_needs_a_ground(pair: tuple[Node, Node], phone: Browser) -> None:
    here, there = pair
    ref = ask(there, here)
    message = head_of(here, ref).message
    page = phone.get("/duty")
    assert phone.post(f"/duty/{message}/refuse", {"ground": "because"}).status == 404
    assert phone.post(f"/duty/{message}/refuse", {}, secret=page.secret).status == 400
    ground = re.findall(r'<option value="([a-z_]+)">', page.html)[0]
    assert phone.post(f"/duty/{message}/refuse", {"ground": ground}, secret=page.secret).status == 303
    carry(here, there)
    assert head_of(there, ref).state == "refused"


def test_another_s_request_is_taken_over(pair: tuple[Node, Node], phone: Browser) -> None:
    here, there = pair
    ref = ask(there, here)
    say(here, ref, Step.ACKNOWLEDGED, there)
    message = head_of(here, ref).message
    assert "Take over" in phone.get("/duty").text
    assert phone.post(f"/duty/{message}/take-over").location == "/duty?done=taken"
    page = phone.open("/duty?done=taken")
    assert "with Aminah" in page.text
    assert f"/duty/{message}/take-over" not in page.html


def test_a_clock_is_seen_by_a_named_person(pair: tuple[Node, Node], phone: Browser, clock: FakeClock) -> None:
    here, there = pair
    ref = ask(there, here)
    say(here, ref, Step.ACKNOWLEDGED, there)
    clock.forward(minutes=31)
    settle_clocks(here.services)
    phone.enter(here)
    page = phone.get("/duty")
    assert "Clocks that nobody has seen 1" in page.text
    hidden = dict(re.findall(r'name="(target|clock|item|due_at)" value="([^"]*)"', page.html))
    assert phone.post("/duty/seen", hidden).status == 303
    assert "Clocks that nobody has seen" not in phone.get("/duty").text


def test_a_call_has_numbers_and_words_while_they_hold(
    pair: tuple[Node, Node], phone: Browser, clock: FakeClock
) -> None:
    here, there = pair
    ref = ask(there, here)
    address = f"/duty/{head_of(here, ref).message}/call"
    page = phone.get(address)
    assert 'href="tel:+6561234567"' in page.html
    assert "You say" not in page.text
    assert phone.post(address).status == 303
    page = phone.get(address)
    assert "You say" in page.text
    (call,) = re.findall(r'name="call" value="([0-9a-f]{32})"', page.html)
    assert phone.post(f"{address.removesuffix('call')}heard", {"call": call, "same": "no"}).status == 303
    page = phone.get(address)
    assert "another word was heard" in page.text
    assert "You say" not in page.text
    phone.post(address)
    clock.forward(minutes=11)
    page = phone.get(address)
    assert "expired" in page.text
    assert "You say" not in page.text


def test_an_operator_s_phone_shows_no_request_and_does_nothing_to_one(pair: tuple[Node, Node]) -> None:
    here, there = pair
    ref = ask(there, here)
    message = head_of(here, ref).message
    officer(here, "Operator", role="operator")
    with Browser(here) as browser:
        browser.enter(here, "Operator")
        page = browser.get("/duty")
        assert "Your role sees no requests." in page.text
        assert ref not in page.html
        for part in ("acknowledge", "refuse", "take-over", "call", "heard"):
            assert browser.post(f"/duty/{message}/{part}", secret=page.secret).status == 403
        assert browser.get(f"/duty/{message}/call").status == 403
        assert browser.get("/duty/stream").status == 403


def test_a_request_that_is_none_is_not_found(phone: Browser) -> None:
    secret = phone.get("/duty").secret
    for part in ("acknowledge", "take-over", "call", "heard"):
        assert phone.post(f"/duty/{'0' * 64}/{part}", secret=secret).status == 404
    assert phone.get(f"/duty/{'0' * 64}/call").status == 404


def test_nobody_who_is_not_signed_in_sees_more_than_the_shell(pair: tuple[Node, Node]) -> None:
    here, there = pair
    ref = ask(there, here)
    with Browser(here) as stranger:
        assert stranger.get("/duty").location == "/sign-in?next=%2Fduty"
        for address in ("/duty/manifest.webmanifest", "/duty/icon.svg", "/duty/worker.js", "/duty/offline"):
            page = stranger.get(address)
            assert page.status == 200
            assert ref not in page.html
            assert "Example anti-scam centre" not in page.html
        assert stranger.get("/duty/icon-99.png").status == 404


def test_no_answer_with_content_may_be_kept(pair: tuple[Node, Node], phone: Browser) -> None:
    here, there = pair
    ref = ask(there, here)
    message = head_of(here, ref).message
    for address in ("/duty", f"/duty/{message}/call", "/duty?done=seen"):
        assert phone.get(address).headers["cache-control"] == "no-store"


def test_the_worker_keeps_the_shell_and_nothing_else(phone: Browser) -> None:
    page = phone.get("/duty/worker.js")
    assert page.headers["service-worker-allowed"] == "/duty"
    assert page.headers["content-type"].startswith("text/javascript")
    (kept,) = re.findall(r"const KEPT = (\[.*\]);", page.html)
    assert {one.partition("?")[0] for one in json.loads(kept)} <= {"/duty/offline", "/duty/icon.svg", "/static/app.css"}
    assert ".put(" not in page.html, "what the network answers is never kept"


def test_the_manifest_makes_the_page_installable(phone: Browser) -> None:
    said = json.loads(phone.get("/duty/manifest.webmanifest").html)
    assert (said["start_url"], said["display"]) == ("/duty", "standalone")
    for icon in said["icons"]:
        page = phone.get(icon["src"])
        assert (page.status, page.headers["content-type"]) == (200, icon["type"])
    assert {icon["sizes"] for icon in said["icons"]} == {"any", "192x192", "512x512"}


@pytest.mark.parametrize("size", [192, 512])
def test_the_icon_is_a_picture_of_its_size(size: int) -> None:
    raw = drawn(size)
    assert raw.startswith(b"\x89PNG\r\n\x1a\n")
    width, height, depth, colour = struct.unpack(">IIBB", raw[16:26])
    assert (width, height, depth, colour) == (size, size, 8, 2)
    length = struct.unpack(">I", raw[33:37])[0]
    rows = zlib.decompress(raw[41 : 41 + length])
    assert len(rows) == size * (1 + 3 * size)
    row = rows[(size // 2) * (1 + 3 * size) :][1 : 1 + 3 * size]
    assert bytes(GROUND) == row[:3]
    assert bytes(MARK) in {row[at : at + 3] for at in range(0, 3 * size, 3)}
    for at in range(8, len(raw) - 4):  # every chunk's checksum is right
        if raw[at + 4 : at + 8] in {b"IHDR", b"IDAT", b"IEND"}:
            (long,) = struct.unpack(">I", raw[at : at + 4])
            end = at + 8 + long
            assert struct.unpack(">I", raw[end : end + 4])[0] == zlib.crc32(raw[at + 4 : end])


def test_a_rung_s_letter_is_saved_as_a_file_in_the_reader_s_language(pair: tuple[Node, Node], clock: FakeClock) -> None:
    answerer, asker = pair
    ref = ask(asker, answerer, more={"reference": "E2E-2026-0001", "from_bank": "DBSSSGSG"})
    clock.forward(minutes=10)
    officer(asker, "Aminah")
    message = head_of(asker, ref).message
    with Browser(asker) as browser:
        browser.enter(asker)
        letter = browser.get(f"/requests/{message}/letter/igrip")
        assert "As a file:" in letter.text
        for kind, part in (("txt", "MYR 25,000.00"), ("json", '"minor": 2500000'), ("html", "<h1>Stop payment")):
            page = browser.get(f"/requests/{message}/letter/igrip/file/{kind}")
            assert page.status == 200
            assert part in page.html
            assert page.headers["content-disposition"].startswith(f'attachment; filename="{ref}-igrip.{kind}"')
            assert page.headers["cache-control"] == "no-store"
        recall = browser.get(f"/requests/{message}/letter/bank_recall/file/xml")
        assert b"camt.056.001" in recall.data
        assert browser.get(f"/requests/{message}/letter/igrip/file/xml").status == 400
        assert browser.get(f"/requests/{message}/letter/igrip/file/exe").status == 404
        assert browser.get(f"/requests/{message}/letter/none/file/txt").status == 404
    officer(answerer, "Budi")
    with Browser(answerer) as other:
        other.enter(answerer, "Budi")
        assert other.get(f"/requests/{head_of(answerer, ref).message}/letter/igrip/file/txt").status == 403


def test_a_request_of_ours_that_nobody_answers_leads_to_the_next_doors(
    pair: tuple[Node, Node], clock: FakeClock
) -> None:
    answerer, asker = pair
    ref = ask(asker, answerer)
    officer(asker, "Aminah")
    with Browser(asker) as browser:
        browser.enter(asker)
        assert "Nobody answers there." not in browser.get("/duty").text
        clock.forward(minutes=10)
        page = browser.get("/duty")
        assert "Nobody answers there." in page.text
        assert f'/requests/{head_of(asker, ref).message}"' in page.html


def test_one_page_is_one_access_entry(pair: tuple[Node, Node], phone: Browser) -> None:
    here, there = pair
    ref = ask(there, here)

    def entries() -> int:
        return here.services.store.read(lambda snapshot: len(snapshot.accesses(before=2**62, limit=100)))

    for address in ("/duty", f"/duty/{head_of(here, ref).message}/call"):
        before = entries()
        assert phone.get(address).status == 200
        assert entries() == before + 1


def test_a_promised_call_is_said_to_be_made(pair: tuple[Node, Node], phone: Browser, clock: FakeClock) -> None:
    here, there = pair
    ref = ask(there, here)
    promise = promise_call(here.services, OFFICER, ref, clock.now() + timedelta(minutes=20), "the bank's desk")
    address = f"/duty/{head_of(here, ref).message}"
    page = phone.get(f"{address}/call")
    assert "the bank's desk : due in 20 min" in page.text
    assert phone.post(f"{address}/kept", {"promise": promise}).status == 303
    page = phone.get(f"{address}/call")
    assert "the bank's desk : made" in page.text
    secret = page.secret
    assert phone.post(f"{address}/kept", {"promise": promise}, secret=secret).status == 400
    assert phone.post(f"{address}/kept", {"promise": "0" * 32}, secret=secret).status == 404
