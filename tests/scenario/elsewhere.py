# SPDX-License-Identifier: Apache-2.0
"""A real OpenID provider as a child, and a console that people reach by it."""

import json
import re
import socket
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final
from urllib.parse import urljoin

import httpx
import pytest
import uvicorn

from lintas.model.header import Mode
from lintas.node.clock import SystemClock
from lintas.node.node import Node
from lintas.testing import shared_readers
from lintas.web.app import build_app
from lintas.work.services import Services
from tools.oidc_provider import install

SECRET: Final = "an invented secret of more than 32 characters"
START_S: Final = 60  # seconds until Node has loaded the provider on a busy machine
ANSWER_S: Final = 60  # seconds that either may take to answer there
HOPS_MAX: Final = 12
SETTINGS: Final = """
[oidc]
issuer = "{issuer}"
client_id = "lintas"
client_secret_file = "oidc.secret"
console_url = "{console}"
roles_claim = "roles"
clearance_claim = "clearance"
agencies = ["Example anti-scam centre"]
accept_new = {accept_new}
label = "Agency account"

[oidc.roles]
"asc-supervisor" = "supervisor"
"asc-duty" = "duty_officer"
"asc-ghost" = "ghost"

[oidc.clearances]
"up to amber" = "AMBER"
"all" = "RED"
"""


class RealProvider:
    """The provider's process."""

    def __init__(self, process: subprocess.Popen[str], issuer: str) -> None:
        self.process = process
        self.issuer = issuer

    def name(self, sub: str, *roles: str, **claims: object) -> None:
        """Say who signs in next, and what is claimed of them."""
        said = {"roles": list(roles), "agency": "Example anti-scam centre", "clearance": "all", "name": sub, **claims}
        httpx.post(f"{self.issuer}/test/person", content=json.dumps({"sub": sub, "claims": said}), timeout=ANSWER_S)


@contextmanager
def a_provider(console: str) -> Iterator[RealProvider]:
    """Start the real provider for one console; it ends with its input."""
    program = install()
    if program is None:
        pytest.skip("the OpenID provider could not be installed: npm did not reach its packages")
    said = json.dumps({"console": console, "secret": SECRET})
    process = subprocess.Popen(
        ["node", program, said], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    try:
        assert process.stdin is not None
        assert process.stdout is not None
        first = process.stdout.readline()
        if not first:
            pytest.skip("the OpenID provider did not start: it needs a newer Node")
        yield RealProvider(process, json.loads(first)["issuer"])
    finally:
        process.communicate(timeout=START_S)  # closes its input


class Person:
    """A browser that goes to and fro between console and provider."""

    def __init__(self, console: str, issuer: str) -> None:
        self.console, self.issuer = console, issuer
        self.client = httpx.Client(follow_redirects=False, timeout=ANSWER_S)
        self.last = ""  # the address at which it came back

    def leave_for_provider(self) -> str:
        """Press the button; returns where the console sends."""
        sent = self.client.get(f"{self.console}/oidc/start?next=/peers")
        assert sent.status_code == 303, sent.text
        return sent.headers["location"]

    def go_through(self, address: str) -> str:
        """Follow the provider until it sends back; returns the address there."""
        for _ in range(HOPS_MAX):
            if address.startswith(self.console):
                return address
            answer = self.client.get(address)
            assert answer.status_code in (302, 303), answer.text
            address = urljoin(address, answer.headers["location"])
        raise AssertionError("the provider sends in circles")

    def come_back(self, address: str) -> httpx.Response:
        """Open the address that the provider sent to."""
        self.last = address
        return self.client.get(address)

    def sign_in(self) -> httpx.Response:
        """Sign in, from the button on."""
        return self.come_back(self.go_through(self.leave_for_provider()))

    def desk(self) -> int:
        """Status of a page that asks for a session."""
        return self.client.get(f"{self.console}/peers").status_code

    def log_out_at_provider(self) -> None:
        """Log out there, as its own page does."""
        page = self.client.get(f"{self.issuer}/session/end")
        found = re.search(r'name="xsrf" value="([^"]+)"', page.text)
        assert found is not None, page.text
        done = self.client.post(f"{self.issuer}/session/end/confirm", data={"xsrf": found[1], "logout": "yes"})
        assert done.status_code in (302, 303), done.text


class MovedClock(SystemClock):
    """The machine's clock, by which the provider dates its tokens, moved for a while."""

    def __init__(self) -> None:
        self._by = timedelta(0)

    def now(self) -> datetime:
        """The machine's time, and what it was moved by."""
        return super().now() + self._by

    def forward(self, *, seconds: float) -> None:
        """Be so much later."""
        self._by += timedelta(seconds=seconds)

    def set_back(self, *, seconds: float) -> None:
        """Be so much earlier."""
        self._by -= timedelta(seconds=seconds)


class Site:
    """A served console and its provider."""

    def __init__(self, node: Node, provider: RealProvider, console: str, clock: MovedClock) -> None:
        self.node, self.provider, self.console, self.clock = node, provider, console, clock
        self._people: list[Person] = []

    @property
    def services(self) -> Services:
        return self.node.services

    def person(self) -> Person:
        """Somebody with a browser of their own."""
        self._people.append(Person(self.console, self.provider.issuer))
        return self._people[-1]

    def close_browsers(self) -> None:
        """Close all connections."""
        for person in self._people:
            person.client.close()


@contextmanager
def a_site(folder: Path, *, accept_new: bool = True) -> Iterator[Site]:
    """Serve a console whose people sign in by a real provider."""
    place = folder / "node"
    clock = MovedClock()
    Node.create(place, name="Example anti-scam centre", country="MY", mode=Mode.EXERCISE, clock=clock)
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    console = f"http://127.0.0.1:{listening.getsockname()[1]}"
    with a_provider(console) as provider:
        (place / "oidc.secret").write_text(SECRET + "\n")
        said = SETTINGS.format(issuer=provider.issuer, console=console, accept_new=str(accept_new).lower())
        with (place / "node.toml").open("a") as settings:
            settings.write(said)
        with Node.open(place, clock=clock, readers=shared_readers()) as node:
            app = build_app(node.services, secure_cookies=False)
            config = uvicorn.Config(app, log_config=None, access_log=False, ws="none", timeout_graceful_shutdown=5)
            server = uvicorn.Server(config)
            thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
            thread.start()
            site = Site(node, provider, console, clock)
            try:
                yield site
            finally:
                site.close_browsers()
                app.state.streams.close()
                server.should_exit = True
                thread.join(30)
                assert not thread.is_alive()
