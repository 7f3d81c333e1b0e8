# SPDX-License-Identifier: Apache-2.0
"""The least of a browser: follow links of one address, keep cookies, send the form of a page. Standard library only."""

import http.client
import re
from collections.abc import Mapping
from html import unescape
from html.parser import HTMLParser
from http.cookies import SimpleCookie
from typing import Final
from urllib.parse import urlencode, urljoin, urlsplit

from lintas.errors import BadInput

PAGE_BYTES_MAX: Final = 8 * 1024 * 1024
REDIRECTS_MAX: Final = 5
Fields = Mapping[str, str | list[str]]
_PROBLEM: Final = re.compile(r'<div class="problem".*?<h2>(.*?)</h2>', re.DOTALL)
_REDIRECTS: Final = (301, 302, 303, 307, 308)


class _Forms(HTMLParser):
    """The forms of a page: where they go and what they hold."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[tuple[str, dict[str, str]]] = []
        self.assents: dict[str, str] = {}  # what a form asks the passkey, by the form's verdict
        self._asks = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Collect forms with method post, and their fields."""
        found = {name: value or "" for name, value in attrs}
        if tag == "form" and found.get("method", "get").lower() == "post":
            self.forms.append((found.get("action", ""), {}))
            self._asks = found.get("data-assent", "")
        elif tag in ("input", "button") and found.get("name") and self.forms:
            self.forms[-1][1][found["name"]] = found.get("value", "")
            if found["name"] == "verdict" and self._asks:
                self.assents[found["value"]] = self._asks


class Browser:
    """One visitor of one console."""

    def __init__(self, url: str) -> None:
        self._at = url
        self._netloc = urlsplit(url).netloc
        self.cookies: dict[str, str] = {}
        self.page = ""
        self.status = 0

    def open(self, path: str) -> str:
        """Open a page, following redirects."""
        return self._go("GET", urljoin(self._at, path), {})

    @property
    def path(self) -> str:
        """Where it is now."""
        return urlsplit(self._at).path

    def send(self, action: str, fields: Fields | None = None) -> str:
        """Send the page's form whose action holds this text, with what somebody filled in.

        Raises:
            BadInput: The page has no such form, or it was not taken.
        """
        for where, held in self._forms().forms:
            if action in urljoin(self._at, where):
                return self._taken("POST", urljoin(self._at, where), {**held, **(fields or {})})
        raise BadInput(f"{self._at} has no form for {action}.")

    def post(self, path: str, fields: Fields) -> str:
        """Send what a page's script would, with the secret of the page that is open.

        Raises:
            BadInput: It was not taken.
        """
        secret = next((held["form"] for _, held in self._forms().forms if held.get("form")), "")
        return self._taken("POST", urljoin(self._at, path), {"form": secret, **fields})

    def assents(self) -> dict[str, str]:
        """What the page asks a passkey, as JSON, by verdict."""
        return self._forms().assents

    def _forms(self) -> _Forms:
        parser = _Forms()
        parser.feed(self.page)
        return parser

    def _taken(self, method: str, address: str, fields: Fields) -> str:
        page = self._go(method, address, fields)
        if self.status >= http.client.BAD_REQUEST:
            said = _PROBLEM.search(page)
            raise BadInput(f"{address} answers {self.status}: {unescape(said.group(1)) if said else page[:200]}")
        return page

    def _go(self, method: str, address: str, fields: Fields) -> str:
        for _ in range(REDIRECTS_MAX):
            target = self._once(method, address, fields)
            if target is None:
                return self.page
            method, address, fields = "GET", urljoin(address, target), {}
        raise BadInput(f"{address} redirects without end.")

    def _once(self, method: str, address: str, fields: Fields) -> str | None:
        parts = urlsplit(address)
        if parts.netloc != self._netloc:
            raise BadInput(f"The console sends its visitor to another server: {parts.netloc}.")
        connection = http.client.HTTPConnection(self._netloc, timeout=20)
        headers = {"Accept": "text/html", "Connection": "close"}
        if self.cookies:
            headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        body = None
        if method == "POST":
            body = urlencode(fields, doseq=True)
            headers |= {"Content-Type": "application/x-www-form-urlencoded", "Origin": f"http://{self._netloc}"}
        try:
            connection.request(method, parts.path + (f"?{parts.query}" if parts.query else ""), body, headers)
            reply = connection.getresponse()
            for line in reply.headers.get_all("Set-Cookie", []):
                self.cookies |= {name: morsel.value for name, morsel in SimpleCookie(line).items()}
            self.page = reply.read(PAGE_BYTES_MAX).decode("utf-8", "replace")
            self.status, self._at = reply.status, address
            return reply.getheader("Location") if reply.status in _REDIRECTS else None
        except (OSError, http.client.HTTPException) as exc:
            raise BadInput(f"{address} does not answer: {exc}.") from exc
        finally:
            connection.close()
