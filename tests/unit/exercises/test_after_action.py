# SPDX-License-Identifier: Apache-2.0
import re
import zlib
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lintas.exercises.after_action import after_action_html, after_action_pages
from lintas.exercises.pdf import Line, pdf_of
from lintas.exercises.score import score_of
from tests.unit.exercises.worlds import EVERY, played, world


def page(seed: int) -> bytes:
    record = played(seed, EVERY, at_once=False)
    return after_action_html(world(seed, EVERY), record, score_of(world(seed, EVERY), record))


def paper(seed: int) -> bytes:
    record = played(seed, EVERY, at_once=False)
    said = score_of(world(seed, EVERY), record)
    return pdf_of("After-action report", after_action_pages(world(seed, EVERY), record, said))


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.wrong: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag != "meta":
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag == "rect"

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.wrong.append(tag)


def test_the_page_needs_nothing_else_and_is_whole() -> None:
    tags = _Tags()
    tags.feed(page(1).decode())
    assert tags.wrong == []
    assert tags.open == []
    assert b"http" not in page(1)
    assert b"<script" not in page(1)


def test_no_victim_is_named_on_it() -> None:
    made = world(1, EVERY)
    names = [made.holders[report.victim].name for report in made.reports]
    assert names
    assert not any(name.encode() in page(1) for name in names)


def test_it_says_what_went_wrong() -> None:
    record = played(2, EVERY, at_once=False)
    said = score_of(world(2, EVERY), record)
    assert said["wrong_holds"]
    text = page(2).decode()
    assert all(one["hold"] in text for one in said["wrong_holds"])


def streams(raw: bytes) -> list[bytes]:
    found = re.findall(rb"/Length (\d+) /Filter /FlateDecode >>\nstream\n", raw)
    places = [match.end() for match in re.finditer(rb"/FlateDecode >>\nstream\n", raw)]
    return [zlib.decompress(raw[place : place + int(size)]) for place, size in zip(places, found, strict=True)]


def assert_is_whole(raw: bytes) -> None:
    """Each place of the cross-reference table is where its object begins."""
    assert raw.startswith(b"%PDF-1.5\n")
    start = int(re.search(rb"startxref\n(\d+)\n%%EOF\n\Z", raw)[1])  # type: ignore[index]  # else the test fails
    assert raw[start : start + 5] == b"xref\n"
    places = re.findall(rb"(\d{10}) 00000 n \n", raw[start:])
    for number, place in enumerate(places, 1):
        assert raw[int(place) :].startswith(f"{number} 0 obj\n".encode())
    count = int(re.search(rb"/Count (\d+)", raw)[1])  # type: ignore[index]
    assert len(streams(raw)) == count


def test_the_paper_is_whole_and_the_same_again() -> None:
    assert paper(1) == paper(1)
    assert_is_whole(paper(1))
    text = b"\n".join(streams(paper(1)))
    assert b"(After-action report)" in text
    assert b"page 1 of " in text


@given(
    st.lists(st.tuples(st.sampled_from(["title", "head", "text", "row", "bar"]), st.text(max_size=300)), max_size=60)
)
def test_any_text_makes_a_whole_paper(lines: list[tuple[str, str]]) -> None:
    assert_is_whole(pdf_of("any", [Line(kind, text, 0.5) for kind, text in lines]))


@pytest.mark.parametrize("text", ["a (b) \\ c", "ตัวอย่าง", "line\nend"])
def test_what_a_paper_cannot_write_is_no_command_in_it(text: str) -> None:
    raw = pdf_of("any", [Line("text", text)])
    assert_is_whole(raw)
    for content in streams(raw):
        assert content.count(b"BT /F") == content.count(b") Tj ET")
