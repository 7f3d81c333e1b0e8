# SPDX-License-Identifier: Apache-2.0
"""One of the demo's people: a browser at their agency's console, and a passkey in software that signs for them."""

import json
import os
from collections.abc import Sequence
from typing import Final
from urllib.parse import urlsplit

from lintas.cli.demo_browser import Browser
from lintas.crypto.passkeys import SoftPasskey
from lintas.errors import BadInput

HOST: Final = "localhost"  # passkeys belong to a name, never to an address of numbers


class Officer:
    """Somebody at a console."""

    def __init__(self, name: str, url: str) -> None:
        """Open no page yet.

        Args:
            url: Of the console, as it says that it serves.
        """
        self.name = name
        self.url = url.replace("127.0.0.1", HOST)
        self.browser = Browser(self.url)
        self.passkey = SoftPasskey(os.urandom, HOST, self.url)

    def enrol(self, link: str) -> None:
        """Sign in by a one-time link, once, and enrol the passkey."""
        self.browser.open(link)
        self.browser.send("/enter/")
        self.browser.open("/me")
        page = self.browser.page
        asked = json.loads(self.browser.post("/me/passkeys/ask", {}))
        self.browser.page = page  # what the script asked is no page
        self.browser.post("/me/passkeys", {"answer": json.dumps(self.passkey.register(asked)), "label": "demo"})

    def sign_in(self) -> None:
        """Sign in anew, by the passkey alone."""
        self.browser = Browser(self.url)
        page = self.browser.open("/sign-in")
        asked = json.loads(self.browser.post("/sign-in/passkey/ask", {}))
        self.browser.page = page
        self.browser.post("/sign-in/passkey", {"answer": json.dumps(self.passkey.answer_json(asked)), "next": "/desk"})

    def propose_share(self, messages: Sequence[str], to: str, *, purpose: str, urgent: bool = False) -> str:
        """Share on the console's page, which makes an order of it; returns the order's page.

        Raises:
            BadInput: It was no order that came of it.
        """
        self.browser.open("/outbox")
        self.browser.post("/share", {"message": list(messages)})
        form = self.browser.path
        self.browser.post(f"{form}/preview", {"for": purpose, "basis": _chosen(self.browser.page, "basis")})
        sent: dict[str, str | list[str]] = {
            "for": purpose,
            "basis": _chosen(self.browser.page, "basis"),
            "to": to,
            "looked_at": _value(self.browser.page, "looked_at"),
        }
        self.browser.post(form, sent | {"urgent": "yes"} if urgent else sent)
        if not self.browser.path.startswith("/approvals/"):
            raise BadInput(f"No order came of it, but {self.browser.path}.")
        return self.browser.path

    def say(self, order: str, verdict: str) -> str:
        """Answer an order by passkey, as its page asks; returns the page after it.

        Raises:
            BadInput: The page does not offer that answer, or the node did not take it.
        """
        self.browser.open(order)
        asks = self.browser.assents()
        if verdict not in asks:
            raise BadInput(f"{self.name} is not asked for “{verdict}” at {urlsplit(order).path}.")
        answer = self.passkey.answer_json(json.loads(asks[verdict]))
        return self.browser.post(order, {"verdict": verdict, "answer": json.dumps(answer)})

    def confirm(self, page: str, action: str, verdict: str = "") -> str:
        """Press a button that asks for the passkey, of a page, or of the one that is open; returns the page after it.

        Raises:
            BadInput: The page has no such button, or the node did not take it.
        """
        if page:
            self.browser.open(page)
        answer = self.passkey.answer_json(json.loads(self.browser.asks(action, verdict)))
        return self.browser.send(action, {"answer": json.dumps(answer)} | ({"verdict": verdict} if verdict else {}))


def _value(page: str, name: str) -> str:
    """The value of a hidden field."""
    _, _, rest = page.partition(f'name="{name}" value="')
    return rest.partition('"')[0]


def _chosen(page: str, name: str) -> str:
    """What a list of the page stands at."""
    _, _, rest = page.partition(f'<select id="{name}"')
    before, found, _ = rest.partition("</select>")[0].partition(" selected")
    return before.rpartition('value="')[2].partition('"')[0] if found else ""
