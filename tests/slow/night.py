# SPDX-License-Identifier: Apache-2.0
"""People and places of the night drill: nodes on one clock that moves only when told, linked by real TLS."""

import html
import json
import re
from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager, ExitStack
from datetime import timedelta
from importlib.resources import files
from pathlib import Path
from typing import Any, Final, Self

from lintas.crypto.passkeys import SoftPasskey
from lintas.model.desk import Side, Step, StepFact, Thread
from lintas.model.desk_answers import RequestShown
from lintas.model.desk_found import RequestHead
from lintas.model.header import Mode
from lintas.model.marking import Tlp
from lintas.model.scope import Scope
from lintas.model.viewer import Viewer
from lintas.node.node import Node
from lintas.ports.store import Snapshot
from lintas.testing import OFFICER, FakeClock, shared_readers
from lintas.work.accounts import create_account
from lintas.work.accounts.viewing import viewer_of
from lintas.work.clocks import show_calls
from lintas.work.clocks.calling import CallShown
from lintas.work.desk import load_thread
from lintas.work.peering import add_peer, confirm_words, describe, list_peers
from lintas.work.requests import show_request
from tests.scenario.banking import BankProcess
from tests.scenario.browsing import Page
from tests.scenario.introducing import person
from tests.scenario.meeting import Served, meet, served, until
from tests.scenario.signing import KeyBrowser
from tests.slow.night_wire import Wire

EVERYTHING: Final = Scope(clearance=Tlp.RED)
TOPICS: Final = ("log", "alerts", "streams", "peers")
_ASSENT: Final = re.compile(r'data-assent="([^"]*)">.*?name="verdict" value="([a-z]+)"', re.DOTALL)
_SEEN: Final = re.compile(r'<form [^>]*action="(/duty/seen|/clocks/seen)"[^>]*>(.*?)</form>', re.DOTALL)
_OFFERED: Final = re.compile(
    r'name="target" value="([0-9a-f]{64})"><input type="hidden" name="do" value="accept"', re.ASCII
)
_HIDDEN: Final = re.compile(r'name="([a-z_]+)" value="([^"]*)"')


class Desk:
    """One state's desk: its node while it runs, and the people at it."""

    def __init__(self, wire: Wire, clock: FakeClock, folder: Path, country: str) -> None:
        self.wire, self.clock, self.folder, self.country = wire, clock, folder, country
        self.name = f"Example desk {country}"
        self.id = str(Node.create(folder, name=self.name, country=country, mode=Mode.EXERCISE, clock=clock).node)
        self.people: dict[str, Person] = {}
        self.peers: list[Desk] = []
        self.hearers: list[Viewer] = []
        self._node: Node | None = None
        self._served: Served | None = None
        self._door: AbstractAsyncContextManager[Served] | None = None

    @property
    def node(self) -> Node:
        """While it runs."""
        assert self._node is not None, f"{self.country} is down"
        return self._node

    @property
    def is_up(self) -> bool:
        """Whether it runs."""
        return self._node is not None

    def replace_pack(self, name: str, change: Callable[[str], str]) -> None:
        """Put a changed copy of a pack into its folder, as an agency does."""
        (self.folder / "packs").mkdir(exist_ok=True)
        text = (files("lintas.packs") / f"{name}.toml").read_text("utf-8")
        (self.folder / "packs" / f"{name}.toml").write_text(change(text), "utf-8")

    def connect_bank(self, bank: BankProcess, currency: str) -> None:
        """Name a bank's connection in its settings."""
        (self.folder / f"{bank.bic}.secret").write_text((bank.folder / "secret").read_text())
        with (self.folder / "node.toml").open("a") as settings:
            settings.write(f'\n[bank.{bank.bic.lower()}]\nurl = "http://127.0.0.1:{bank.port}"\n')
            settings.write(f'secret_file = "{bank.bic}.secret"\nbanks = ["{bank.bic}"]\ncurrency = "{currency}"\n')

    def start(self) -> None:
        """Open it, with all that keeps it, and let its peers reach it and be reached."""
        self._node = Node.open(self.folder, clock=self.clock, readers=shared_readers())
        self._node.start_ticks()
        self._link()

    def relink(self) -> None:
        """Lose all connections and the address, as a line that fails over does."""
        assert self._door is not None
        self.wire.do(self._end(self._door))
        self._link()

    def _link(self) -> None:
        self._door = served(self.node)
        self._served = self.wire.do(self._door.__aenter__())
        for other in self.peers:
            if other._served is not None:
                meet(self.node, other._served)
                meet(other.node, self._served)

    def calls(self, other: "Desk") -> None:
        """Connect to a desk whose address one was told."""
        assert other._served is not None
        meet(self.node, other._served)

    def stop(self) -> None:
        """Close it as a power cut would not: what it has not done, it does at the next start."""
        for one in self.people.values():
            one.leave()
        if self._door is not None:
            self.wire.do(self._end(self._door))
            self._door, self._served = None, None
        if self._node is not None:
            self._node.close()
            self._node = None

    @staticmethod
    async def _end(door: AbstractAsyncContextManager[Served]) -> None:
        await door.__aexit__(None, None, None)

    def add(self, name: str, role: str) -> "Person":
        """Give somebody an account."""
        account = create_account(self.node.services, name=name, password=None, role=role, clearance=Tlp.RED)
        made = Person(self, name, account)
        self.people[name] = made
        return made

    def hire_hearers(self) -> None:
        """Give two people accounts who only hear the words of peers."""
        self.hearers = [person(self.node, f"Contoh {number}") for number in ("Satu", "Dua")]

    def wakes(self) -> None:
        """Let what waits on a clock look at it."""
        for topic in TOPICS:
            self.node.services.events.publish(topic)

    def sees(self, is_true: Callable[[], bool], what: str) -> None:
        """Wait until something is so here."""
        try:
            self.wire.do(until(self.node, is_true))
        except TimeoutError:
            raise AssertionError(f"{self.country}: never {what}") from None

    def head(self, ref: str) -> RequestHead | None:
        """A thread as this desk has it; None where it has none."""
        found = self.node.services.store.read(lambda snapshot: snapshot.requests_called(ref, scope=EVERYTHING))
        return found[0] if found else None

    def known(self, ref: str) -> RequestHead:
        """A thread that this desk has."""
        head = self.head(ref)
        assert head is not None, f"{self.country} does not have {ref}"
        return head

    def thread(self, ref: str) -> Thread:
        """What it comes to here."""
        head = self.known(ref)
        return self.node.services.store.read(lambda snapshot: load_thread(snapshot, head)[2])

    def steps(self, ref: str) -> list[StepFact]:
        """What was said in it that is known here."""
        head = self.known(ref)
        return self.node.services.store.read(lambda snapshot: load_thread(snapshot, head)[1])

    def confirmed(self, ref: str) -> int:
        """The most that confirmations of a bank in a thread say is blocked, by its entries alone; 0 without any."""
        steps = self.steps(ref)
        said = [step.said for step in steps if step.what is Step.CONFIRMED and step.side is Side.ANSWERER]
        return max((one["blocked"]["minor"] for one in said if one["blocked"] and one["bank"]), default=0)

    def heads(self) -> list[RequestHead]:
        """All threads, the newest first."""
        return self.node.services.store.read(
            lambda snapshot: snapshot.requests(scope=EVERYTHING, before=2**62, limit=100)
        )


class Person:
    """Somebody of a desk, with a console, and a phone that shows the same node."""

    def __init__(self, desk: Desk, name: str, account: str) -> None:
        self.desk, self.name, self.id = desk, name, account
        self.has_passkey = False
        self.at = ""  # where the last button led
        self._browser: KeyBrowser | None = None
        self._key: SoftPasskey | None = None

    @property
    def browser(self) -> KeyBrowser:
        """Their browser, signed in."""
        if self._browser is None:
            self._browser = KeyBrowser(self.desk.node)
            if self._key is not None:
                self._browser.key = self._key
            self._key = self._browser.key
            if self.has_passkey:
                self._browser.sign_in_by_key()
            else:
                self._browser.enter(self.desk.node, self.name)
        return self._browser

    def leave(self) -> None:
        """Close the browser; the authenticator stays with its person."""
        if self._browser is not None:
            self._browser.__exit__(None, None, None)
            self._browser = None

    def enrols(self) -> None:
        """Have a passkey from now on: what binds, they sign."""
        self.browser.enrol()
        self.has_passkey = True

    def viewer(self) -> Viewer:
        """Who they are to the policy now."""
        services = self.desk.node.services

        def look(snapshot: Snapshot) -> Viewer:
            row = snapshot.account(self.id)
            assert row is not None
            return viewer_of(services, snapshot, row)

        return services.store.read(look)

    def opens(self, address: str) -> Page:
        """Open a page."""
        page = self.browser.open(address)
        assert page.status == 200, f"{self.name} at {address}: {page.status} {page.text[:300]}"
        return page

    def presses(self, on: str, address: str, fields: Mapping[str, str] | None = None) -> Page:
        """Press a button of a page, and see where it leads.

        Args:
            on: Page that has the button.
            address: Where its form goes.
        """
        page = self.opens(on)
        assert f'action="{address}"' in page.html, f"{self.name} is not offered {address}: {page.text[:300]}"
        answer = self.browser.post(address, fields)
        assert answer.status == 303, f"{self.name} at {address}: {answer.status} {answer.text[:900]}"
        self.at = answer.location
        return self.opens(answer.location)

    def signs(self, on: str, address: str, verdict: str) -> Page:
        """Answer an order by passkey, as a page asks."""
        page = self.opens(on)
        asks = {word: html.unescape(said) for said, word in _ASSENT.findall(page.html)}
        assert verdict in asks, f"{self.name} is asked {sorted(asks)} on {on}, not “{verdict}”"
        answer = json.dumps(self.browser.key.answer_json(json.loads(asks[verdict])))
        said = self.browser.post(address, {"verdict": verdict, "answer": answer})
        assert said.status == 303, f"{self.name} at {address}: {said.status} {said.text[:600]}"
        return self.opens(said.location)

    def says(self, ref: str, what: str, **fields: str) -> Page:
        """Say something in a thread, on its page."""
        request = f"/requests/{self.desk.known(ref).message}"
        return self.presses(request, f"{request}/say", {"what": what, **fields})

    def shown(self, ref: str) -> RequestShown:
        """A thread as JSON shows it."""
        return show_request(self.desk.node.services, self.viewer(), ref)

    def reports(self, **fields: str) -> str:
        """Take a report, and send the first requests that it suggests; returns its reference."""
        form = self.opens("/report").html
        found = re.search(r'name="ref" value="([^"]+)"', form)
        assert found is not None
        ref = found[1]
        looked = self.browser.post("/report/look", {"ref": ref, **fields}, headers={"hx-request": "true"})
        assert looked.status == 200, looked.text
        ticked = re.findall(r'name="send" value="([^"]+)" checked', looked.html)
        assert ticked, looked.text
        answer = self.browser.post("/report", {"ref": ref, "send": ticked, **fields})
        assert answer.status == 303, answer.text[:600]
        page = self.opens(answer.location)
        assert ref in page.text and "None was sent" not in page.text, page.text[:600]
        return ref

    def answers_for(self) -> set[str]:
        """What the page Hand-over says is theirs."""
        return set(re.findall(r'form="offer" name="target" value="([0-9a-f]{64})"', self.opens("/hand-over").html))

    def is_offered(self) -> list[str]:
        """What the page Hand-over asks them to accept."""
        return _OFFERED.findall(self.opens("/hand-over").html)

    def sees_clocks(self, on: str = "/requests") -> int:
        """Press `seen` for each clock that a page says nobody saw; returns how many."""
        count = 0
        while found := _SEEN.search(self.opens(on).html):
            fields = {name: html.unescape(value) for name, value in _HIDDEN.findall(found[2])}
            answer = self.browser.post(found[1], {name: value for name, value in fields.items() if name != "form"})
            assert answer.status == 303, answer.text[:600]
            count += 1
            assert count < 100, "it never ends"
        return count

    def words(self, ref: str) -> list[CallShown]:
        """The words of calls that hold now."""
        calls = show_calls(self.desk.node.services, self.viewer(), ref).calls
        return [one for one in calls if one.state == "open"]

    def thumbs(self, ref: str, button: str, **fields: str) -> Page:
        """Press one of the few buttons of the phone."""
        return self.presses("/duty", f"/duty/{self.desk.known(ref).message}/{button}", fields)


class Night:
    """All of it; everything that was begun ends with it."""

    def __init__(self, folder: Path, start: FakeClock) -> None:
        self.folder, self.clock = folder, start
        self.wire = Wire()
        self.desks: list[Desk] = []
        self.banks: list[BankProcess] = []
        self.accounts: dict[str, str] = {}  # reference of a request -> account that it is about
        self.stack = ExitStack()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        try:
            for desk in self.desks:
                desk.stop()
        finally:
            self.wire.close()
            for bank in self.banks:
                bank.stop()
            self.stack.close()

    def desk(self, country: str, suffix: str = "") -> Desk:
        """Make a desk; it does not run yet."""
        made = Desk(self.wire, self.clock, self.folder / f"{country.lower()}{suffix}", country)
        self.desks.append(made)
        return made

    def bank(self, bic: str, accounts: Mapping[str, Any]) -> BankProcess:
        """Open a bank, in a process of its own."""
        bank = BankProcess(self.folder / bic, bic=bic, accounts=accounts)
        bank.set_clock(self.clock.now())
        self.banks.append(bank)
        bank.start()
        return bank

    def is_open(self, bank: BankProcess) -> bool:
        """Whether a bank answers now."""
        return bank._child is not None

    def introduce(self, one: Desk, other: Desk) -> None:
        """Let two desks know each other. Neither runs."""
        with (
            Node.open(one.folder, clock=self.clock, readers=shared_readers()) as here,
            Node.open(other.folder, clock=self.clock, readers=shared_readers()) as there,
        ):
            add_peer(here.services, OFFICER, describe(there.services))
            add_peer(there.services, OFFICER, describe(here.services))
        one.peers.append(other)
        other.peers.append(one)

    def hear_words(self, one: Desk, other: Desk) -> None:
        """Let two people of each desk hear the other's words, so that each is live to the other."""
        for here, there in ((one, other), (other, one)):
            words = list_peers(there.node.services, there.hearers[0]).words
            for hearer in here.hearers:
                confirm_words(here.node.services, hearer, there.node.services.keys.node, words, "Contoh")

    def passes(self, **by: float) -> None:
        """Let time pass, for desks and banks alike.

        Who speaks to a bank between the moves of the two clocks is refused for the hour it names: the last seconds pass
        apart, in which it tries again.
        """
        whole_s = timedelta(**by).total_seconds()
        last_s = min(20.0, whole_s / 2)
        if by.get("hours"):  # sessions end
            for one in [one for desk in self.desks for one in desk.people.values()]:
                one.leave()
        for seconds in (whole_s - last_s, last_s):
            self.clock.forward(seconds=seconds)
            for bank in self.banks:
                bank.set_clock(self.clock.now())
        for desk in self.desks:
            if desk.is_up:
                desk.wakes()
