# SPDX-License-Identifier: Apache-2.0
"""Routes of the desk: reports, requests, the strip of clocks."""

from typing import Final

from lintas.web.console import expiries, letters, report, request, request_new, requests
from lintas.web.route_spec import RouteSpec
from lintas.web.sizes import TERMS_BYTES_MAX

DESK_ROUTES: Final = (
    RouteSpec(path="/clocks/seen", method="POST", name="clock-seen", activity="request.read", does=expiries.see_clock),
    RouteSpec(path="/report", name="report", activity="report.take", does=report.show_form),
    RouteSpec(
        path="/report",
        method="POST",
        name="report-take",
        activity="report.take",
        does=report.take_report,
        bytes_max=TERMS_BYTES_MAX,
        keeps=report.show_again,
    ),
    RouteSpec(
        path="/report/read",
        method="POST",
        name="report-read",
        activity="report.take",
        does=report.read_sent,
        bytes_max=TERMS_BYTES_MAX,
        keeps=report.show_again,
    ),
    RouteSpec(
        path="/report/look",
        method="POST",
        name="report-look",
        activity="report.take",
        does=report.look,
        bytes_max=TERMS_BYTES_MAX,
    ),
    RouteSpec(path="/report/{ref}", name="reported", activity="report.read", does=report.show_one),
    RouteSpec(
        path="/report/{ref}/send", method="POST", name="report-send", activity="request.send", does=report.send_first
    ),
    RouteSpec(path="/reports", name="reports", activity="report.read", does=report.show_all),
    RouteSpec(path="/requests", name="requests", activity="request.read", does=requests.show_all),
    RouteSpec(path="/requests/stream", name="requests-stream", activity="request.read", streams=requests.live),
    RouteSpec(path="/requests/new", name="request-new", activity="request.send", does=request_new.show),
    RouteSpec(
        path="/requests/new",
        method="POST",
        name="request-send",
        activity="request.send",
        does=request_new.send_new,
    ),
    RouteSpec(path="/requests/{request}", name="request", activity="request.read", does=request.show),
    RouteSpec(path="/requests/{request}/stream", name="request-stream", activity="request.read", streams=request.live),
    RouteSpec(
        path="/requests/{request}/say",
        method="POST",
        name="request-say",
        activity="request.read",
        does=request.say_step,
    ),
    RouteSpec(
        path="/requests/{request}/recall",
        method="POST",
        name="request-recall",
        activity="request.answer",
        does=request.recall,
    ),
    RouteSpec(
        path="/requests/{request}/own", method="POST", name="request-own", activity="hand_over", does=request.own
    ),
    RouteSpec(
        path="/requests/{request}/letter", name="request-letter", activity="request.read", does=request.show_letter
    ),
    RouteSpec(
        path="/requests/{request}/letter/{rung}",
        name="request-rung",
        activity="request.read",
        does=request.show_letter,
    ),
    RouteSpec(
        path="/requests/{request}/letter/{rung}/file/{kind}",
        name="request-rung-file",
        activity="request.read",
        does=letters.download,
    ),
)
