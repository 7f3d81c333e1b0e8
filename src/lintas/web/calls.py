# SPDX-License-Identifier: Apache-2.0
"""What a page's function is given: who asks, what they sent, and what the console holds for them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from starlette.requests import Request

from lintas.model.intake_answers import Taken
from lintas.model.share_answers import Shared
from lintas.model.viewer import Viewer
from lintas.web.asking import Question
from lintas.web.console.language import Language, chosen
from lintas.web.cookies import LANGUAGE_COOKIE
from lintas.web.devices import device_words
from lintas.web.forms import Form
from lintas.web.held import Held
from lintas.web.rates import Limits
from lintas.web.rendering import Pages
from lintas.web.streams import Streams
from lintas.web.turns import Turns
from lintas.work.accounts import Session, form_secret
from lintas.work.accounts.relying_party import RelyingParty, relying_party
from lintas.work.intake import TakenFile, TakeOptions
from lintas.work.services import Services

THEMES: Final = ("auto", "light", "dark")


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """Files whose tables' columns a person is about to confirm."""

    files: tuple[TakenFile, ...]
    options: TakeOptions
    mappings: Mapping[int, str]  # index of the file -> the mapping that was guessed


@dataclass(frozen=True, slots=True, kw_only=True)
class FileTaken:
    """What became of one file."""

    name: str
    taken: Taken | None
    problem: str  # why it could not be read at all
    marking: str  # label under which its rejected parts are shown


@dataclass(frozen=True, slots=True, kw_only=True)
class Sharing:
    """Messages that a person is about to share, and what became of it."""

    messages: tuple[str, ...]  # ids, as they were chosen
    done: Shared | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Console:
    """One console: the node's services, and what stands in memory between pages."""

    services: Services
    pages: Pages
    streams: Streams
    questions: Held[Question]
    uploads: Held[Waiting]
    results: Held[tuple[FileTaken, ...]]
    sharings: Held[Sharing]
    sign_ins: Turns
    limits: Limits
    is_secure: bool  # whether browsers reach it by https, so that cookies may say so


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One request, after the gate: session and form are checked."""

    request: Request
    console: Console
    token: str  # the cookie that the forms of this page are bound to: the session's, or the one before it
    session: Session | None
    form: Form = field(default_factory=Form)

    @property
    def form_secret(self) -> str:
        """What every form of this page carries; empty when it can have none."""
        return form_secret(self.bound) if self.bound else ""

    @property
    def bound(self) -> str:
        """What forms are bound to: the session, whose token changes, or the cookie before it."""
        return self.session.key.hex() if self.session is not None else self.token

    @property
    def party(self) -> RelyingParty:
        """Where passkeys work, for the address that this page was opened at."""
        host = self.request.headers.get("host", "")
        return relying_party(self.services, host, is_secure=self.console.is_secure)

    @property
    def device(self) -> str:
        """What the browser says it is."""
        return device_words(self.request.headers.get("user-agent", ""))

    @property
    def services(self) -> Services:
        """The node's services."""
        return self.console.services

    @property
    def viewer(self) -> Viewer:
        """Who reads. The gate lets nobody reach a page that asks for this without a session."""
        assert self.session is not None, "a page that reads content stands behind the gate"
        return self.session.viewer

    @property
    def owner(self) -> bytes:
        """Names the session for what is held between pages."""
        assert self.session is not None, "only a session holds things"
        return self.session.key

    @property
    def is_partial(self) -> bool:
        """Whether the page's script asks for a part of a page."""
        return self.request.headers.get("hx-request") == "true"

    def query(self, name: str) -> str:
        """One value of the address's query."""
        return self.request.query_params.get(name, "").strip()

    def path(self, name: str) -> str:
        """One part of the address."""
        return str(self.request.path_params[name])

    def theme(self) -> Literal["auto", "light", "dark"]:
        """The look that this browser chose."""
        said = self.request.cookies.get("lintas-theme", "auto")
        return "light" if said == "light" else "dark" if said == "dark" else "auto"

    @property
    def language(self) -> Language:
        """The language that this reader gets."""
        own = self.session.language if self.session is not None else ""
        cookie = self.request.cookies.get(LANGUAGE_COOKIE, "")
        accepted = self.request.headers.get("accept-language", "")
        return self.console.pages.language(chosen(own, cookie, accepted, self.services.config.language))

    def say(self, english: str, **values: Any) -> str:
        """Say a text in the reader's language; its values stand in it as %(name)s."""
        return self.language.say(english, **values)

    def has_shortcuts(self) -> bool:
        """Whether single keys do something (WCAG 2.1.4: they can be switched off)."""
        return self.request.cookies.get("lintas-keys", "on") != "off"
