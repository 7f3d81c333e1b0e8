# SPDX-License-Identifier: Apache-2.0
"""Names and texts that strangers chose: no path, no half character, no header that grows beyond its limit."""

import pytest

from lintas.errors import BadInput, OverLimit, SetAside
from lintas.model.marking import Marking, Tlp
from lintas.testing import OFFICER
from lintas.work.finding import find, show_entity
from lintas.work.intake import TakeOptions, export
from lintas.work.intake.options import plain_name
from lintas.work.services import Services
from lintas.work.watching import add_watch
from tests.scenario.giving import take_text

NAMES = {
    "../../evil.txt": "evil.txt",
    "/etc/passwd": "passwd",
    "C:\\temp\\x.csv": "x.csv",
    "..": "file",
    "": "file",
    "a\x1b[2Jb\n\r\x00.txt": "a[2Jb.txt",
    "bad\udcff.txt": "bad.txt",
    "စာ\u200cရင်း.csv": "စာ\u200cရင်း.csv",
    "x" * 5000: "x" * 200,
}


@pytest.mark.parametrize("name", NAMES)
def test_a_file_is_given_back_under_a_plain_name(services: Services, name: str) -> None:
    taken = take_text(services, f"call +60123456789 {len(name)}", name=name)
    assert export(services, OFFICER, taken.intakes[0])[0] == NAMES[name] == plain_name(NAMES[name])


def test_a_name_that_turns_around_what_is_read_is_made_plain_and_its_file_set_aside(services: Services) -> None:
    assert plain_name("\u202etxt.exe") == "txt.exe"
    with pytest.raises(SetAside, match="set aside"):
        take_text(services, "call +60123456789", name="\u202etxt.exe")


@pytest.mark.parametrize("text", ["bad\udcff", "\ud800*"])
def test_half_a_character_is_refused_in_words(services: Services, text: str) -> None:
    for ask in (
        lambda: take_text(services, "hello", options=TakeOptions(source=text)),
        lambda: find(services, OFFICER, [f"{text}*"]),
        lambda: add_watch(services, OFFICER, ["+60123456789"], note=text),
        lambda: show_entity(services, OFFICER, text),
    ):
        with pytest.raises(BadInput, match="half a character"):
            ask()
    assert take_text(services, "hello").duplicates == 0


def test_a_header_that_would_be_too_large_is_refused_and_leaves_nothing(services: Services) -> None:
    many = Marking(tlp=Tlp.RED, purposes=frozenset(f"p{number:060d}" for number in range(400)))
    before = services.store.read(lambda snapshot: snapshot.size())
    with pytest.raises(OverLimit, match="header"):
        take_text(services, "large " * 20_000, options=TakeOptions(marking=many))
    assert services.store.read(lambda snapshot: snapshot.size()) == before
    assert list(services.blobs.names()) == []
