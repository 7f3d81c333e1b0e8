# SPDX-License-Identifier: Apache-2.0
"""Requests: open ones with the next due first, narrowed and searched; new ones are counted, never pushed in."""

from dataclasses import dataclass, replace
from typing import Final
from urllib.parse import urlencode

from starlette.concurrency import run_in_threadpool
from starlette.responses import Response, StreamingResponse

from lintas.model.desk import Side, State
from lintas.model.desk_answers import RequestLine, RequestList
from lintas.model.marking import Tlp
from lintas.web.calls import Call
from lintas.web.console.page import page
from lintas.work.access import one_entry, scope_of
from lintas.work.accounts import list_accounts, session_of
from lintas.work.requests import list_requests, search_requests
from lintas.work.services import as_text

LINES: Final = 50
PAGES_READ_MAX: Final = 10  # of LINES each, to fill a page of those whose turn is ours
READS: Final = "request.read"
SHOWS: Final = ("", "ours", "asker", "answerer", "all")
TOPIC: Final = "log"  # published whenever something was said or came
TEXT_CHARS_MAX: Final = 200
_NEWEST: Final = 2**62  # beyond every place of the log
_COUNTED_MAX: Final = 100  # new rows that are counted at once


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What the address says is to be listed."""

    show: str = ""
    form: str = ""
    state: str = ""
    node: str = ""
    q: str = ""

    @property
    def is_narrowed(self) -> bool:
        """Whether anything is left out but ended requests."""
        return bool(self.show not in {"", "all"} or self.form or self.state or self.node or self.q)

    def with_(self, name: str, value: str) -> str:
        """The query of an address that asks for something else besides."""
        changed = replace(self, **{name: value})
        return urlencode({name: said for name in Asked.__slots__ if (said := getattr(changed, name))})


def show_all(call: Call) -> Response:
    """Show a page of requests."""
    asked = _asked(call)
    newest = _newest_place(call)  # before the rows are read, so that nothing between is missed
    with one_entry(call.services, call.viewer, "requests"):
        found = _found(call, asked)
    names = {account.id: account.name for account in list_accounts(call.services)}
    return page(
        call,
        "requests.html",
        title="Requests",
        section="requests",
        tlp=Tlp.AMBER if found.lines else None,
        rows=found.lines,
        names=names,
        now_text=as_text(call.services.clock.now()),
        asked=asked,
        older=f"/requests?{asked.with_('show', asked.show)}&{urlencode({'after': found.next})}" if found.next else "",
        newest=newest,
        forms=[code for code, form in call.services.packs.forms.forms.items() if not form.outside],
        states=[state.value for state in State],
        peers=call.services.store.read(lambda snapshot: snapshot.peers()),
        problem=None,
    )


async def live(call: Call) -> Response:
    """Tell an open list of requests that came since, by their ids."""
    services, viewer, token = call.services, call.viewer, call.token
    await run_in_threadpool(scope_of, services, viewer, READS)  # who may not is told before the stream
    after = call.request.headers.get("last-event-id", "") or call.query("after")
    call.console.streams.admit(call.owner)
    lines = call.console.streams.rows(
        call.owner,
        services.events,
        TOPIC,
        after=after if after.isascii() and after.isdigit() and len(after) < 16 else "0",
        news=lambda last: _newer(call, int(last)),
        is_signed_in=lambda: session_of(services, token, touch=False) is not None,
    )
    return StreamingResponse(lines, media_type="text/event-stream", headers={"x-accel-buffering": "no"})


def _found(call: Call, asked: Asked) -> RequestList:
    if asked.q:
        found = search_requests(call.services, call.viewer, asked.q, limit=LINES)
        return RequestList(lines=[line for line in found.lines if _passes(line, asked)], next="")
    side = asked.show if asked.show in {"asker", "answerer"} else ""
    lines: list[RequestLine] = []
    after = call.query("after")
    for _ in range(PAGES_READ_MAX):
        found = list_requests(
            call.services,
            call.viewer,
            newest=asked.show == "all",
            side=side,
            form=asked.form,
            state=asked.state,
            node=asked.node,
            after=after,
            limit=LINES,
        )
        lines += [line for line in found.lines if _passes(line, asked)]
        after = found.next
        if asked.show != "ours" or not after or len(lines) >= LINES:
            break
    return RequestList(lines=lines, next=after)


def is_our_turn(line: RequestLine) -> bool:
    """Whether this desk is to act: what it was asked back goes before what the other one owes."""
    return line.is_open and (line.side == Side.ASKER if line.state == State.CLARIFYING else line.is_ours)


def _passes(line: RequestLine, asked: Asked) -> bool:
    """Whether a line is one of those that were asked for, where the store was not asked so."""
    if asked.show == "ours" and not is_our_turn(line):
        return False
    wanted = ((asked.form, line.form), (asked.state, line.state), (asked.node, line.other))
    return all(not want or want == has for want, has in wanted)


def _newest_place(call: Call) -> int:
    scope = scope_of(call.services, call.viewer, READS)
    heads = call.services.store.read(lambda snapshot: snapshot.requests(scope=scope, before=_NEWEST, limit=1))
    return heads[0].seq if heads else 0


def _newer(call: Call, after: int) -> list[tuple[int, str]]:
    """(place, id) of requests beyond a place, oldest first; ids alone, so no access entry."""
    if _newest_place(call) <= after:
        return []
    scope = scope_of(call.services, call.viewer, READS)
    heads = call.services.store.read(
        lambda snapshot: snapshot.requests(scope=scope, before=_NEWEST, limit=_COUNTED_MAX)
    )
    return [(head.seq, head.message) for head in reversed(heads) if head.seq > after]


def _asked(call: Call) -> Asked:
    show, form, state, node = (call.query(name) for name in ("show", "form", "state", "node"))
    return Asked(
        show=show if show in SHOWS else "",
        form=form if form in call.services.packs.forms.forms else "",
        state=state if state in set(State) else "",
        node=node if len(node) < 100 else "",
        q=call.query("q")[:TEXT_CHARS_MAX],
    )
