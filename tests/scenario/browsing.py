# SPDX-License-Identifier: Apache-2.0
"""A browser without a screen: cookies, forms and pages of one console in this process, over ASGI."""

import asyncio
import html
import re
from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Final, Self

import httpx

from lintas.model.marking import Tlp
from lintas.node.node import Node
from lintas.web.app import build_app
from lintas.work.accounts import create_link
from lintas.work.accounts.passwords import hash_password
from lintas.work.accounts.people import create_account_in

PASSWORD: Final = "several plain words"
_SECRET: Final = re.compile(r'name="form" value="([0-9a-f]{64})"')
_TAG: Final = re.compile(r"<[^>]*>")
_HASHED: Final[dict[str, str]] = {}

File = tuple[str, tuple[str, bytes, str]]  # field, (name, bytes, media type)


class Page:
    """One answer."""

    def __init__(self, answer: httpx.Response) -> None:
        self.status = answer.status_code
        self.headers = answer.headers
        self.data = answer.content
        self.html = answer.text
        self.location = answer.headers.get("location", "")

    @property
    def text(self) -> str:
        """What a person reads: no tags, one space between words."""
        return " ".join(html.unescape(_TAG.sub(" ", self.html)).split())

    @property
    def secret(self) -> str:
        """What its forms carry."""
        found = _SECRET.search(self.html)
        return found.group(1) if found else ""

    def links(self, start: str) -> list[str]:
        """Addresses of its links that begin so, in order, each once."""
        found = re.findall(r'href="([^"]*)"', self.html)
        return list(dict.fromkeys(html.unescape(link) for link in found if link.startswith(start)))


class Browser:
    """One person's browser."""

    def __init__(self, node: Node, *, secure: bool = False) -> None:
        self.app = build_app(node.services, secure_cookies=secure)
        self._runner = asyncio.Runner()
        scheme = "https" if secure else "http"
        transport = httpx.ASGITransport(app=self.app, raise_app_exceptions=False)
        self.client = httpx.AsyncClient(transport=transport, base_url=f"{scheme}://node.example")
        self.page: Page | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._runner.run(self.client.aclose())
        self._runner.close()

    def get(self, address: str, headers: Mapping[str, str] | None = None) -> Page:
        """Open an address; no redirect is followed."""
        return self._keep(self._runner.run(self.client.get(address, headers=headers)))

    def ask(self, method: str, address: str) -> Page:
        """Ask with any method, without a form."""
        return self._keep(self._runner.run(self.client.request(method, address)))

    def open(self, address: str) -> Page:
        """Open an address and go where it sends."""
        page = self.get(address)
        for _ in range(5):
            if page.status != 303:
                return page
            page = self.get(page.location)
        raise AssertionError(f"{address} sends in circles")

    def post(
        self,
        address: str,
        fields: Mapping[str, str | list[str]] | None = None,
        *,
        files: Sequence[File] = (),
        secret: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Page:
        """Send a form, with the secret of the page that was opened last unless another is given."""
        carried = (self.page.secret if self.page else "") if secret is None else secret
        data = {"form": carried, **(fields or {})} if carried else dict(fields or {})
        sent = self._runner.run(self.client.post(address, data=data, files=list(files) or None, headers=headers))
        return self._keep(sent)

    def sign_in(self, name: str, password: str = PASSWORD) -> Page:
        """Sign in by the form."""
        self.get("/sign-in")
        return self.post("/sign-in", {"name": name, "password": password})

    def enter(self, node: Node, name: str = "Aminah") -> Page:
        """Sign in by a one-time link, which costs no password hash."""
        address = f"/enter/{create_link(node.services, name)}"
        self.get(address)
        return self.post(address)

    def find(self, *terms: str, **fields: str) -> Page:
        """Ask on the Find page and open the answer."""
        self.get("/find")
        sent = self.post("/find", {"terms": "\n".join(terms), **fields})
        assert sent.status == 303, sent.text
        return self.open(sent.location)

    def _keep(self, answer: httpx.Response) -> Page:
        page = Page(answer)
        if page.secret:
            self.page = page
        return page


def officer(
    node: Node,
    name: str = "Aminah",
    *,
    clearance: Tlp = Tlp.RED,
    role: str = "duty_officer",
    password: str | None = PASSWORD,
) -> str:
    """Make an account; returns its id."""
    hashed = hashed_once(password, node) if password else ""
    return node.services.store.write(
        lambda tx: create_account_in(node.services, tx, name=name, hashed=hashed, role=role, clearance=clearance).id
    )


def hashed_once(password: str, node: Node) -> str:
    """What an account keeps of a password: hashing takes long, on purpose, and what is tested is signing in."""
    if password not in _HASHED:
        _HASHED[password] = hash_password(password, node.services.keys)
    return _HASHED[password]
