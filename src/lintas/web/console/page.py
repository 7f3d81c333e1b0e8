# SPDX-License-Identifier: Apache-2.0
"""Answer with a page, with what stands on every page: marking, who is signed in, where one is."""

from typing import Any, Final, NamedTuple
from urllib.parse import quote

from starlette.responses import HTMLResponse, RedirectResponse, Response

from lintas.model.header import Mode
from lintas.model.marking import Tlp
from lintas.policy.access import admits
from lintas.web.asking import Question
from lintas.web.calls import Call
from lintas.web.console.language import later
from lintas.work.clocks import DueShown, list_due
from lintas.work.services import as_text

CLOCKS_SHOWN: Final = 3  # in the strip of every page; the page Requests has them all


class Section(NamedTuple):
    """One entry of the navigation; it stands there for whoever may do what its page is for."""

    key: str
    address: str
    label: str  # in English
    letter: str  # after `g`
    activity: str


SECTIONS: Final = (
    Section("desk", "/desk", later("Desk"), "d", "watch"),
    Section("report", "/report", later("Report"), "r", "report.take"),
    Section("requests", "/requests", later("Requests"), "q", "request.read"),
    Section("cases", "/cases", later("Cases"), "c", "case.read"),
    Section("money", "/money", later("Money"), "y", "trace.read"),
    Section("hand-over", "/hand-over", later("Hand-over"), "h", "hand_over"),
    Section("take", "/take", later("Take"), "t", "take"),
    Section("find", "/find", later("Find"), "f", "find"),
    Section("outbox", "/outbox", later("Outbox"), "o", "outbox"),
    Section("approvals", "/approvals", later("Approvals"), "a", "orders.read"),
    Section("peers", "/peers", later("Peers"), "p", "peers.read"),
    Section("lists", "/lists", later("Lists"), "n", "need.read"),
    Section("people", "/people", later("People"), "e", "people.read"),
    Section("log", "/log", later("Log"), "l", "log.read"),
    Section("exercise", "/exercise", later("Exercise"), "x", "exercise.read"),
    Section("oversight", "/oversight", later("Oversight"), "v", "oversee"),
)


def page(
    call: Call,
    template: str,
    *,
    title: str,
    tlp: Tlp | None = None,
    section: str = "",
    status: int = 200,
    **values: Any,
) -> HTMLResponse:
    """Fill a template.

    Args:
        title: The page's one heading, and the browser's title: in English, said in the reader's language.
        tlp: Strictest marking of what the page shows; None when it shows nothing marked.
        section: Which entry of the navigation one is in.
    """
    language = call.language
    shared = {
        "title": language.sentence(title),
        "tlp": None if tlp is None else tlp.label,
        "section": section,
        "sections": [one for one in SECTIONS if offers(call, one.activity) and _is_here(call, one.key)],
        "may": lambda activity: offers(call, activity),
        "clocks": lambda: clocks_of(call),
        "session": call.session,
        "theme": call.theme(),
        "shortcuts": call.has_shortcuts(),
        "here": here_of(call),
        "now": call.services.clock.now(),
        "form_secret": call.form_secret,
        "question_id": "",
        "watermark": "",
        "purpose": "",
    }
    html = call.console.pages.render(template, shared | values, language.code)
    headers = {"content-language": language.tag, "vary": "accept-language, cookie"}
    return HTMLResponse(html, status_code=status, headers=headers)


def _is_here(call: Call, section: str) -> bool:
    return section != "exercise" or call.services.config.mode is Mode.EXERCISE


def clocks_of(call: Call) -> list[DueShown]:
    """Return what ran out unseen and what runs out next, as far as whoever reads the page may see it."""
    return list_due(call.services, call.viewer, CLOCKS_SHOWN) if offers(call, "request.read") else []


def here_of(call: Call) -> str:
    """Return where one is, for forms that come back to it."""
    url = call.request.url
    return "/" if call.request.method != "GET" else f"{url.path}?{url.query}" if url.query else url.path


def offers(call: Call, activity: str) -> bool:
    """Whether a page offers something to whoever reads it: what the gate would refuse is not offered."""
    if call.session is None or (call.session.is_limited and activity != "own.access"):
        return False
    return admits(call.services.packs.access, call.session.viewer, activity).allowed


def see_other(address: str) -> Response:
    """Send the browser on with a GET, so that reloading sends nothing twice."""
    return RedirectResponse(address, status_code=303)


def attached(name: str, data: bytes, media_type: str) -> Response:
    """Answer with a file to be saved, never shown."""
    plain = "".join(char if char.isascii() and (char.isalnum() or char in "._-") else "_" for char in name) or "file"
    value = f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
    return Response(data, media_type=media_type, headers={"content-disposition": value})


def watermark(call: Call, purpose: str) -> str:
    """Who reads a page, when and what for: what is printed or saved of it says so."""
    at = as_text(call.services.clock.now())
    if purpose:
        return call.say("%(who)s, %(at)s, for: %(why)s", who=call.viewer.id, at=at, why=purpose)
    return f"{call.viewer.id}, {at}"


def question_of(call: Call) -> tuple[str, Question | None]:
    """Return the question that led here, for its purpose and the way back."""
    key = call.query("q")
    found = call.console.questions.get(call.owner, key) if key else None
    return (key if found else ""), found
