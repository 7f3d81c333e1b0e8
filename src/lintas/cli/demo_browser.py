# SPDX-License-Identifier: Apache-2.0
"""The least of a browser: follow links of one address, keep cookies, send the form of a page. Standard library only."""

import http.client
import re
from collections.abc import Mapping
from html import unescape
from html.parser import HTMLParser
from http.cookies import SimpleCookie
from typing import Final, NamedTuple
from urllib.parse import urlencode, urljoin, urlsplit

from lintas.errors import BadInput

PAGE_BYTES_MAX: Final = 8 * 1024 * 1024
REDIRECTS_MAX: Final = 5
Fields = Mapping[str, str | list[str]]
File = tuple[str, str, str, bytes]  # field, name, media type, content
_PROBLEM: Final = re.compile(r'<div class="problem".*?<h2>(.*?)</h2>', re.DOTALL)
_REDIRECTS: Final = (301, 302, 303, 307, 308)


class _Form(NamedTuple):
    """Where a form goes, what it holds, and what it asks a passkey."""

    action: str
    held: dict[str, str]
    asks: str  # JSON; empty when it asks for none


class _Forms(HTMLParser):
    """The forms of a page with method post."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[_Form] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Collect forms and their fields."""
        found = {name: value or "" for name, value in attrs}
        if tag == "form" and found.get("method", "get").lower() == "post":
            self.forms.append(_Form(found.get("action", ""), {}, found.get("data-assent", "")))
        elif tag in ("input", "button") and found.get("name") and self.forms:
            self.forms[-1].held[found["name"]] = found.get("value", "")


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
        form = self._form(action)
        return self._taken("POST", urljoin(self._at, form.action), {**form.held, **(fields or {})})

    def send_file(self, action: str, to: str, fields: Mapping[str, str], file: File) -> str:
        """Send the same with a file, to where one of the form's buttons leads.

        Raises:
            BadInput: The page has no such form, or it was not taken.
        """
        form = self._form(action)
        return self._taken("POST", urljoin(self._at, to), {**form.held, **fields}, file)

    def held(self, action: str) -> dict[str, str]:
        """What the fields of the form for an action hold.

        Raises:
            BadInput: The page has no such form.
        """
        return dict(self._form(action).held)

    def asks(self, action: str, verdict: str = "") -> str:
        """What the form for an action, and a verdict if it has one, asks a passkey, as JSON.

        Raises:
            BadInput: The page has no such form.
        """
        return self._form(action, verdict).asks

    def post(self, path: str, fields: Fields) -> str:
        """Send what a page's script would, with the secret of the page that is open.

        Raises:
            BadInput: It was not taken.
        """
        secret = next((form.held["form"] for form in self._forms() if form.held.get("form")), "")
        return self._taken("POST", urljoin(self._at, path), {"form": secret, **fields})

    def assents(self) -> dict[str, str]:
        """What the page asks a passkey, as JSON, by verdict."""
        return {form.held["verdict"]: form.asks for form in self._forms() if form.asks and "verdict" in form.held}

    def _forms(self) -> list[_Form]:
        parser = _Forms()
        parser.feed(self.page)
        return parser.forms

    def _form(self, action: str, verdict: str = "") -> _Form:
        for form in self._forms():
            if action in urljoin(self._at, form.action) and verdict in ("", form.held.get("verdict", "")):
                return form
        raise BadInput(f"{self._at} has no form for {action}.")

    def _taken(self, method: str, address: str, fields: Fields, file: File | None = None) -> str:
        page = self._go(method, address, fields, file)
        if self.status >= http.client.BAD_REQUEST:
            said = _PROBLEM.search(page)
            raise BadInput(f"{address} answers {self.status}: {unescape(said.group(1)) if said else page[:200]}")
        return page

    def _go(self, method: str, address: str, fields: Fields, file: File | None = None) -> str:
        for _ in range(REDIRECTS_MAX):
            target = self._once(method, address, fields, file)
            if target is None:
                return self.page
            method, address, fields, file = "GET", urljoin(address, target), {}, None
        raise BadInput(f"{address} redirects without end.")

    def _once(self, method: str, address: str, fields: Fields, file: File | None) -> str | None:
        parts = urlsplit(address)
        if parts.netloc != self._netloc:
            raise BadInput(f"The console sends its visitor to another server: {parts.netloc}.")
        connection = http.client.HTTPConnection(self._netloc, timeout=60)
        headers = {"Accept": "text/html", "Connection": "close"}
        if self.cookies:
            headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        body = None
        if method == "POST":
            body, media_type = _encoded(fields, file)
            headers |= {"Content-Type": media_type, "Origin": f"http://{self._netloc}"}
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


def _encoded(fields: Fields, file: File | None) -> tuple[bytes, str]:
    """(body, media type) of a form as a browser sends it."""
    if file is None:
        return urlencode(fields, doseq=True).encode("ascii"), "application/x-www-form-urlencoded"
    edge = "lintas-demo-form"
    parts = [
        f'--{edge}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, values in fields.items()
        for value in ([values] if isinstance(values, str) else values)
        if name != file[0]
    ]
    field, name, media_type, content = file
    head = f'--{edge}\r\nContent-Disposition: form-data; name="{field}"; filename="{name}"\r\n'
    parts.append(f"{head}Content-Type: {media_type}\r\n\r\n".encode() + content + b"\r\n")
    return b"".join(parts) + f"--{edge}--\r\n".encode(), f"multipart/form-data; boundary={edge}"
