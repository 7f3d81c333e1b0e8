# SPDX-License-Identifier: Apache-2.0
"""The verbs about requests between desks."""

from collections.abc import Callable
from typing import Any, Final

import msgspec

from lintas.model.agreement_answers import AgreementList
from lintas.model.desk_answers import Claims, Corrected, RequestList, RequestPreview, RequestShown
from lintas.model.order_answers import OrderShown
from lintas.web.local import request_wire as wire
from lintas.web.local.calling import Call
from lintas.web.local.requesting import Request
from lintas.work import agreements, orders, requests


def _said(request: wire.RequestSend) -> dict[str, Any]:
    return {name: getattr(request, name) for name in wire.RequestSend.__struct_fields__ if name != "actor"}


def send(call: Call, request: wire.RequestSend) -> wire.RequestSent:
    """Send a request, or propose to where passkeys bind."""
    return wire.sent(orders.send_or_propose(call.services, call.viewer, _said(request)))


def preview(call: Call, request: wire.RequestPreviewed) -> RequestPreview:
    """See what sending it would do."""
    return requests.preview_request(call.services, call.viewer, **_said(request))


def show(call: Call, request: wire.RequestShow) -> RequestShown:
    """Show one thread."""
    return requests.show_request(call.services, call.viewer, request.request)


def claims(call: Call, request: wire.RequestClaims) -> Claims:
    """Show every request about the same account."""
    return requests.claims_on(call.services, call.viewer, request.request)


def lines(call: Call, request: wire.RequestLines) -> RequestList:
    """Show requests."""
    return requests.list_requests(
        call.services,
        call.viewer,
        newest=request.newest,
        side=request.side,
        form=request.form,
        state=request.state,
        case=request.case,
        report=request.report,
        after=request.after,
        limit=request.limit,
    )


def find(call: Call, request: wire.RequestFind) -> RequestList:
    """Find requests."""
    return requests.search_requests(call.services, call.viewer, request.text, limit=request.limit)


def say(call: Call, request: wire.RequestSay) -> RequestShown:
    """Say one thing in a thread."""
    return requests.say(
        call.services,
        call.viewer,
        request.request,
        request.what,
        request.fields,
        ground=request.ground,
        short=request.short,
        lang=request.lang,
    )


def order(call: Call, request: wire.RequestOrder) -> OrderShown:
    """Propose what takes a power; people sign it in the console."""
    said = {
        "request": request.request,
        "what": request.what,
        "fields": request.fields,
        "short": request.short,
        "lang": request.lang,
    }
    return orders.propose(call.services, call.viewer, "power.order", said)


def correct(call: Call, request: wire.RequestCorrect) -> Corrected:
    """Correct a request that was wrong."""
    return requests.correct(
        call.services,
        call.viewer,
        request.request,
        why=request.why,
        short=request.short,
        lang=request.lang,
        alone=request.alone,
    )


def lanes(call: Call, _request: wire.LaneList) -> AgreementList:
    """Show fast lanes."""
    return AgreementList(agreements.list_agreements(call.services, call.viewer))


def lane(call: Call, request: wire.LaneSay) -> wire.LaneSaid:
    """Propose, accept or end a fast lane; where passkeys bind, have that confirmed."""
    services, viewer = call.services, call.viewer
    said = {name: getattr(request, name) for name in ("what", "ref", "to", "terms")}
    if services.store.read(lambda snapshot: orders.must_order(services, snapshot, viewer, "agreement.change")):
        return wire.LaneSaid(order=orders.propose(services, viewer, "agreement.change", said))
    return wire.LaneSaid(line=agreements.agree(services, viewer, **said))


DESK_COMMANDS: Final[dict[type[Request], Callable[[Call, Any], msgspec.Struct]]] = {
    wire.RequestSend: send,
    wire.RequestPreviewed: preview,
    wire.RequestShow: show,
    wire.RequestClaims: claims,
    wire.RequestLines: lines,
    wire.RequestFind: find,
    wire.RequestSay: say,
    wire.RequestOrder: order,
    wire.RequestCorrect: correct,
    wire.LaneList: lanes,
    wire.LaneSay: lane,
}
