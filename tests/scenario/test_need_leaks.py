# SPDX-License-Identifier: Apache-2.0
"""Nothing tells who is not on a need-to-know list that something is there: not a count, a suggestion, nor an error.

Two nodes live the same day; one of them holds a case besides. To somebody who is not on its list both answer alike.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import pytest

from lintas.errors import LintasError
from lintas.model.marking import Marking, Protected, Tlp
from lintas.model.viewer import Viewer
from lintas.node.node import Node
from lintas.policy.access import scope_of
from lintas.testing import a_node
from lintas.work.accounts import create_account
from lintas.work.finding import find, list_intakes, show_entity, show_message
from lintas.work.intake import TakenFile, TakeOptions, export, take
from lintas.work.keeping import erase
from lintas.work.lists import list_lists, open_list, restrict
from lintas.work.protecting import add_class
from lintas.work.proving import entry_file, log_page, receipt
from lintas.work.services import Services, no_progress
from lintas.work.sharing import chosen, outbox
from lintas.work.watching import acknowledge, add_watch, digest, hand_over, list_alerts

LEAD = Viewer(id="officer-0001", clearance=Tlp.RED, role="case_officer", lists=frozenset({"case-1"}))
CLEARED = Viewer(id="officer-0003", clearance=Tlp.RED, role="case_officer", opens=frozenset({Protected.CT}))
OUTSIDER = Viewer(id="officer-0002", clearance=Tlp.RED, role="case_officer", lists=frozenset({"case-10", "ase-1"}))
SECRET = b"Zainab Rahsia quokka, call +60 12-345 6789, zainab@rahsia.example"
OTHER = b"Budi Biasa, call +60 12-999 8888"
PHONE = "+60123456789"
WORDS = ("zainab", "rahsia", "quokka", "123456789", "secret.txt", "case-1,", "officer-0001", "officer-0003")
OPTIONS = TakeOptions(source="Hotline", marking=Marking(tlp=Tlp.GREEN))
NO_MESSAGE = "0" * 64
_CHANGING = re.compile(
    r"lintas:[a-z2-7]{52}|[0-9a-f]{12,64}…?|\d{4}-\d\d-\d\dT[\d:.]+Z"
)  # ids and times: they differ anyway


class Worlds(NamedTuple):
    """A node with a case, one without, and what hides there."""

    full: Services
    empty: Services
    secret: str  # message
    alert: str


@pytest.fixture(scope="module", params=["list", "class"])
def worlds(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Worlds]:
    """For tests that change nothing that anybody is shown."""
    folder = tmp_path_factory.mktemp("worlds")
    with a_node(folder / "with") as full, a_node(folder / "without") as empty:
        yield _live(full, empty, is_listed=request.param == "list")


def _live(full: Node, empty: Node, *, is_listed: bool) -> Worlds:
    for node in (full, empty):
        for who in (LEAD, OUTSIDER, CLEARED):
            name, rights = f"Person {who.id[-1]}", {"role": who.role, "clearance": who.clearance, "opens": who.opens}
            assert create_account(node.services, name=name, password=None, **rights) == who.id  # type: ignore[arg-type]  # as named
        _take(node.services, OUTSIDER, OTHER, "other.txt")
        add_watch(node.services, OUTSIDER, [PHONE, "+60129998888"], note="mine")
        _take(node.services, OUTSIDER, OTHER + b" again", "again.txt")
    who = LEAD if is_listed else CLEARED
    for node in (full, empty):
        add_watch(node.services, who, [PHONE])  # that is no part of the case
    services = full.services
    options = OPTIONS if is_listed else replace(OPTIONS, classes=frozenset({Protected.CT}))
    file = TakenFile(name="secret.txt", data=SECRET)
    taken = take(services, who, [file], options=options, progress=no_progress)
    if is_listed:
        open_list(services, LEAD, "case-1")
        restrict(services, LEAD, "case-1", [taken.intakes[0]])
    (alert, *_) = [one for one in list_alerts(services, who).alerts if one.message == taken.messages[0]]
    return Worlds(services, empty.services, taken.messages[0], alert.id)


def _take(services: Services, who: Viewer, data: bytes, name: str) -> object:
    return take(services, who, [TakenFile(name=name, data=data)], options=OPTIONS, progress=no_progress)


def told(ask: Callable[[], object]) -> str:
    """An answer or a refusal as text, without ids and times."""
    try:
        answer = msgspec.json.encode(ask()).decode()
    except LintasError as error:
        answer = f"{type(error).__name__} {error.message} {error.hint}"
    return _CHANGING.sub("#", answer)


QUESTIONS: dict[str, Callable[[Services], Any]] = {
    "an identifier": lambda s: find(s, OUTSIDER, [PHONE]).results,
    "an identifier among many": lambda s: find(s, OUTSIDER, [PHONE, *(f"+6012{n:07d}" for n in range(300))]).results[0],
    "a prefix": lambda s: find(s, OUTSIDER, ["+6012345*", "+6012*"]).results,
    "words": lambda s: find(s, OUTSIDER, ["quokka", "zainab rahsia", '"zainab rahsia"', "budi"]).results,
    "a mail address and its domain": lambda s: find(s, OUTSIDER, ["zainab@rahsia.example", "rahsia.example"]).results,
    "counts": lambda s: s.store.read(lambda snap: snap.counts(scope=scope_of(s.packs.access, OUTSIDER))),
    "captions": lambda s: s.store.read(
        lambda snap: sorted(
            one.caption
            for seq in range(snap.size())
            for one in snap.entities_of(seq, scope=scope_of(s.packs.access, OUTSIDER), limit=99)
        )
    ),
    "alerts": lambda s: [(one.term, one.reason) for one in list_alerts(s, OUTSIDER).alerts],
    "the digest": lambda s: digest(s, OUTSIDER, "").watches,
    "the outbox": lambda s: outbox(s, OUTSIDER),
    "taken files": lambda s: [(one.source, one.file_name) for _, one in list_intakes(s, OUTSIDER)],
    "need-to-know lists": lambda s: list_lists(s, OUTSIDER),
}


@pytest.mark.parametrize("question", QUESTIONS)
def test_to_an_outsider_a_node_with_a_case_answers_as_one_without(worlds: Worlds, question: str) -> None:
    ask = QUESTIONS[question]
    with_case, without = told(lambda: ask(worlds.full)), told(lambda: ask(worlds.empty))
    assert with_case == without


BY_MESSAGE: dict[str, Callable[[Services, str], Any]] = {
    "showing it": lambda s, one: show_message(s, OUTSIDER, one),
    "saving it": lambda s, one: export(s, OUTSIDER, one),
    "its receipt": lambda s, one: str(receipt(s, OUTSIDER, one)),
    "its entry": lambda s, one: str(entry_file(s, OUTSIDER, one)),
    "choosing it to be shared": lambda s, one: chosen(s, OUTSIDER, [one]),
    "erasing it": lambda s, one: erase(s, OUTSIDER, [one], ground="retention"),
    "putting it into a class": lambda s, one: add_class(s, OUTSIDER, [one], "victim"),
    "restricting it": lambda s, one: restrict(s, OUTSIDER, "case-10", [one]),
}


@pytest.mark.parametrize("what", BY_MESSAGE)
def test_what_is_forbidden_and_what_is_unknown_are_told_in_the_same_words(worlds: Worlds, what: str) -> None:
    do = BY_MESSAGE[what]
    forbidden = told(lambda: do(worlds.full, worlds.secret))
    assert forbidden == told(lambda: do(worlds.full, NO_MESSAGE))
    assert forbidden == told(lambda: do(worlds.empty, worlds.secret))


@pytest.mark.parametrize("do", [acknowledge, lambda s, v, one: hand_over(s, v, one, "officer-0001")])
def test_an_alert_of_others_is_as_unknown_as_one_that_is_none(worlds: Worlds, do: Callable[..., object]) -> None:
    forbidden = told(lambda: do(worlds.full, OUTSIDER, worlds.alert))
    assert forbidden == told(lambda: do(worlds.full, OUTSIDER, NO_MESSAGE))


def test_an_entity_of_a_case_is_as_unknown_as_one_that_is_none(worlds: Worlds) -> None:
    seq = worlds.full.store.read(lambda s: s.entry_by_id(worlds.secret))  # type: ignore[arg-type]  # a message's id
    assert seq is not None
    insider = replace(LEAD, opens=frozenset(Protected))
    scope = scope_of(worlds.full.packs.access, insider)
    keys = {one.entity for one in worlds.full.store.read(lambda s: s.entities_of(seq.seq, scope=scope, limit=99))}
    assert keys
    for key in keys:
        assert told(lambda key=key: show_entity(worlds.full, OUTSIDER, key)) == told(  # type: ignore[misc]  # of this turn
            lambda: show_entity(worlds.full, OUTSIDER, "no such entity")
        )


def test_taking_the_very_same_thing_does_not_tell_that_it_is_held(tmp_path: Path) -> None:
    with a_node(tmp_path / "with") as full_node, a_node(tmp_path / "without") as empty_node:
        _take_the_same(_live(full_node, empty_node, is_listed=True))


def _take_the_same(worlds: Worlds) -> None:
    full, empty = (
        told(lambda s=s: replace_seconds(_take(s, OUTSIDER, SECRET, "secret.txt")))  # type: ignore[misc]  # of this turn
        for s in (worlds.full, worlds.empty)
    )
    assert full == empty
    again = told(lambda: replace_seconds(_take(worlds.full, OUTSIDER, SECRET, "secret.txt")))
    assert again == told(lambda: replace_seconds(_take(worlds.empty, OUTSIDER, SECRET, "secret.txt")))
    assert '"duplicates":1' in again, "their own they hold"
    assert find(worlds.full, OUTSIDER, [PHONE]).results[0].entities


def replace_seconds(answer: Any) -> Any:
    """The same answer without how long it took."""
    return msgspec.structs.replace(answer, seconds=0.0)


def test_the_page_of_the_log_shows_an_outsider_no_entry_of_the_case(worlds: Worlds) -> None:
    shown = log_page(worlds.full, OUTSIDER, limit=500)
    assert worlds.secret not in msgspec.json.encode(shown).decode()
    assert not any(word in told(lambda: shown).lower() for word in WORDS)


def test_who_is_on_the_list_sees_it_all(worlds: Worlds) -> None:
    """Else the tests above would show nothing."""
    insider = replace(LEAD, opens=frozenset({Protected.CT}))
    assert find(worlds.full, insider, [PHONE]).results[0].entities
    assert find(worlds.full, insider, ["quokka"]).results[0].entities
    assert show_message(worlds.full, insider, worlds.secret).id == worlds.secret
