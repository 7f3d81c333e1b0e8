# SPDX-License-Identifier: Apache-2.0
"""Anything in any order: views equal a rebuild, no alert fires twice, and what is RED is seen by nobody below it.

Each officer's answers are compared with what a plain list of facts says that they must be.
"""

import json
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from importlib import resources
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from lintas.errors import UnknownTerm
from lintas.model.marking import Marking, Tlp
from lintas.model.viewer import Viewer
from lintas.sandbox.pool import ReaderPool
from lintas.testing import CLERK, OFFICER, FakeClock, a_node, up_to
from lintas.work.finding import find, list_intakes, show_entity, show_message
from lintas.work.intake import TakenFile, TakeOptions, take
from lintas.work.keeping import erase, rebuild
from lintas.work.proving import log_page, verify
from lintas.work.services import no_progress
from lintas.work.watching import add_watch, end_watch, list_alerts
from tests.faults.killing import SOAK

PHONES = {f"+6012345678{n}": f"012-345 678{n}" for n in range(3)}
NAMES = ("kancil", "harimau", "陈示例", "ตัวอย่าง")
THINGS = tuple(f"identity--0000000{n}-0000-4000-a000-000000000000" for n in range(3))
PACKS = ("", "label", "strength", "banks")
LEVELS = st.sampled_from((Tlp.GREEN, Tlp.RED))


@dataclass(slots=True)
class Told:
    """One message that was taken, as the test remembers it."""

    id: str
    intake: str
    tlp: Tlp
    name: str
    phone: str
    entity: str
    taken: int
    is_erased: bool = False
    is_intake_erased: bool = False


@dataclass(slots=True)
class Watched:
    """One watch, as the test remembers it."""

    id: str
    phone: str
    met: set[str] = field(default_factory=set)
    is_ended: bool = False


def pack(change: str) -> bytes:
    """Our identifier pack, or one that an operator changed: another label, another strength, a bank less."""
    ours = resources.files("lintas.packs").joinpath("identifiers.toml").read_text(encoding="utf-8")
    if change == "label":
        ours = ours.replace('label = "Phone number"', 'label = "Telephone"', 1)
    elif change == "strength":
        ours = ours.replace(
            'label = "Phone number"\nstrength = "checked"', 'label = "Phone number"\nstrength = "format"', 1
        )
    elif change == "banks":
        start = ours.rindex("[[bank]]")
        ours = ours[:start] + ours[ours.index("\n[", start + 8) + 1 :]
    return ours.encode()


class AnyOrder(RuleBasedStateMachine):
    """A node, and what it must say."""

    readers: ReaderPool  # shared by all runs: starting them takes longer than a run

    @initialize()
    def make(self) -> None:
        """Make an empty node."""
        self.folder = Path(tempfile.mkdtemp(prefix="lintas-stateful-"))
        self.clock = FakeClock()
        self.opened = ExitStack()
        self.told: list[Told] = []
        self.watches: list[Watched] = []
        self.steps = 0
        self.pack = ""
        self.open()

    def open(self) -> None:
        """Open the node, as after a restart."""
        node = self.opened.enter_context(a_node(self.folder, clock=self.clock))
        self.services = replace(node.services, readers=self.readers)

    @rule()
    def restart(self) -> None:
        """Close and open."""
        self.opened.close()
        self.open()

    @rule(change=st.sampled_from(PACKS))
    def replace_pack(self, change: str) -> None:
        """An operator replaces a pack; it counts from the next start on."""
        packs = self.folder / "node" / "packs"
        packs.mkdir(exist_ok=True)
        (packs / "identifiers.toml").write_bytes(pack(change))
        self.restart()

    def taken(self, data: bytes, tlp: Tlp, *, name: str, phone: str, entity: str = "") -> None:
        """Take one file of one message, and remember what it says."""
        options = TakeOptions(marking=Marking(tlp=tlp), source=f"desk {tlp.name}")
        answer = take(
            self.services, OFFICER, [TakenFile(name="file", data=data)], options=options, progress=no_progress
        )
        (message,), (intake,) = answer.messages, answer.intakes
        held = next((one for one in self.told if one.id == message), None)
        if held is not None:
            assert answer.duplicates == 1
            assert answer.alerts == 0
            held.intake, held.is_intake_erased = intake, False
            return
        assert answer.duplicates == 0
        (shown,) = show_message(self.services, OFFICER, message).entities
        self.told.append(Told(message, intake, tlp, name, phone, entity or shown.id, len(self.told)))
        met = [watch for watch in self.watches if watch.phone == phone and not watch.is_ended]
        assert answer.alerts == len(met)
        for watch in met:
            watch.met.add(message)

    @rule(tlp=LEVELS, name=st.sampled_from(NAMES), phone=st.sampled_from(sorted(PHONES)), again=st.booleans())
    def take_text(self, tlp: Tlp, name: str, phone: str, again: bool) -> None:
        """Take a text, new or such as may have been taken before."""
        self.steps += 1
        mark = "" if again else f" {self.steps}"
        self.taken(f"{tlp.name.lower()}mark {name} call {PHONES[phone]}{mark}".encode(), tlp, name=name, phone=phone)

    @rule(tlp=LEVELS, name=st.sampled_from(NAMES), phone=st.sampled_from(sorted(PHONES)), thing=st.sampled_from(THINGS))
    def take_thing(self, tlp: Tlp, name: str, phone: str, thing: str) -> None:
        """Take what one source says of a thing that others speak of too."""
        said: dict[str, Any] = {
            "type": "identity",
            "spec_version": "2.1",
            "id": thing,
            "created": "2026-01-01T00:00:00.000Z",
            "modified": "2026-01-01T00:00:00.000Z",
            "name": f"{tlp.name.lower()}mark {name}",
            "description": f"call {PHONES[phone]}",
        }
        self.taken(json.dumps(said).encode(), tlp, name=name, phone=phone, entity=thing)

    @precondition(lambda self: self.told)
    @rule(data=st.data(), whole=st.booleans())
    def erase(self, data: st.DataObject, whole: bool) -> None:
        """Erase a message, or the file that held it."""
        one = data.draw(st.sampled_from(self.told))
        answer = erase(self.services, OFFICER, [one.intake if whole else one.id], ground="retention")
        gone = {*answer.erased, *answer.also}
        for other in self.told:
            other.is_erased |= other.id in gone
            other.is_intake_erased |= other.intake in gone
        for watch in self.watches:
            watch.met -= gone

    @rule(phone=st.sampled_from(sorted(PHONES)))
    def watch(self, phone: str) -> None:
        """Watch a phone from now on."""
        self.clock.forward(seconds=1)
        added = add_watch(self.services, OFFICER, [phone], days=90)
        self.watches.append(Watched(added.watch, phone))

    @precondition(lambda self: self.watches)
    @rule(data=st.data())
    def end_watch(self, data: st.DataObject) -> None:
        """End a watch; what it met stays."""
        watch = data.draw(st.sampled_from(self.watches))
        end_watch(self.services, OFFICER, watch.id)
        watch.is_ended = True

    @rule(read_again=st.booleans())
    def rebuild(self, read_again: bool) -> None:
        """Views come out of the log as they stand."""
        rebuilt = rebuild(self.services, read_again=read_again, progress=no_progress)
        assert rebuilt.changed == []

    @invariant()
    def officers_see_what_they_may(self) -> None:
        """The officer sees everything that was not erased, the clerk only what is not above GREEN."""
        for viewer in (OFFICER, CLERK):
            seen = [one for one in self.told if one.tlp <= viewer.clearance and not one.is_erased]
            self.check_finding(viewer, seen)
            self.check_lists(viewer, seen)
            self.check_things(viewer, seen)

    def check_finding(self, viewer: Viewer, seen: list[Told]) -> None:
        """Identifiers, prefixes and words."""
        terms = [*PHONES, "+6012345*", *NAMES, "redmark", "greenmark"]
        found = find(self.services, viewer, terms, limit=200).results
        expected = [
            *({one.id for one in seen if one.phone == phone} for phone in PHONES),
            {one.id for one in seen},
            *({one.id for one in seen if one.name == name} for name in NAMES),
            {one.id for one in seen if one.tlp == Tlp.RED},
            {one.id for one in seen if one.tlp == Tlp.GREEN},
        ]
        assert [{source.message for source in row.sources} for row in found] == expected
        shown = repr([(row.entities, row.sources) for row in found])
        assert viewer is OFFICER or ("redmark" not in shown and "RED" not in shown)

    def check_lists(self, viewer: Viewer, seen: list[Told]) -> None:
        """Alerts, files, pages of the log, counts."""
        alerts = list_alerts(self.services, viewer).alerts
        assert len({alert.id for alert in alerts}) == len(alerts)
        visible = {one.id for one in seen}
        met = {(watch.id, message) for watch in self.watches for message in watch.met if message in visible}
        assert {(alert.watch, alert.message) for alert in alerts} == met
        files = {line.id for _, line in list_intakes(self.services, viewer, limit=1000)}
        current = {one.intake for one in self.told if not one.is_intake_erased and one.tlp <= viewer.clearance}
        assert files == current
        page = log_page(self.services, viewer, limit=1000)
        assert {line.id for line in page.entries if line.kind == "item"} == {
            one.id for one in self.told if one.tlp <= viewer.clearance
        }
        counts = self.services.store.read(lambda s: s.counts(scope=up_to(viewer.clearance)))
        assert counts["entities"] == len({one.entity for one in seen})
        assert counts["identifiers"] == len({one.phone for one in seen})

    def check_things(self, viewer: Viewer, seen: list[Told]) -> None:
        """A thing of which several sources speak shows those that this viewer may see."""
        for thing in THINGS:
            about = {one.id for one in seen if one.entity == thing}
            try:
                shown = show_entity(self.services, viewer, thing)
            except UnknownTerm:
                assert about == set()
                continue
            assert {source.message for source in shown.sources} == about
            assert viewer is OFFICER or "redmark" not in repr(shown)

    def teardown(self) -> None:
        """The log holds at the end too."""
        if not hasattr(self, "services"):
            return
        self.rebuild(read_again=False)
        self.rebuild(read_again=True)
        assert verify(self.services, progress=no_progress).ok
        self.opened.close()
        shutil.rmtree(self.folder)


@pytest.fixture(scope="module")
def readers() -> Iterator[ReaderPool]:
    """Real readers."""
    with ReaderPool(workers=1) as pool:
        yield pool


def test_anything_in_any_order_keeps_views_alerts_and_clearances_right(readers: ReaderPool) -> None:
    class WithReaders(AnyOrder):
        pass

    WithReaders.readers = readers
    run_state_machine_as_test(
        WithReaders,
        settings=settings(
            max_examples=400 if SOAK else 8,
            stateful_step_count=40 if SOAK else 14,
            deadline=None,
            derandomize=not SOAK,
            suppress_health_check=list(HealthCheck),
        ),
    )
