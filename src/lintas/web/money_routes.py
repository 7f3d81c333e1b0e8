# SPDX-License-Identifier: Apache-2.0
"""Routes of money that is followed, and of exercises."""

from typing import Final

from lintas.web.console import exercise, money, money_trace
from lintas.web.route_spec import RouteSpec

MONEY_ROUTES: Final = (
    RouteSpec(path="/money", name="money", activity="trace.read", does=money.show_all),
    RouteSpec(path="/money", method="POST", name="money-open", activity="trace.keep", does=money.open_one),
    RouteSpec(path="/money/{trace}", name="money-trace", activity="trace.read", does=money_trace.show),
    RouteSpec(
        path="/money/{trace}/release",
        method="POST",
        name="money-release",
        activity="trace.hand_off",
        does=money_trace.release,
    ),
    RouteSpec(path="/money/{trace}/ask", method="POST", name="money-ask", activity="trace.ask", does=money_trace.ask),
    RouteSpec(path="/money/{trace}/run", method="POST", name="money-run", activity="trace.keep", does=money_trace.run),
    RouteSpec(
        path="/money/{trace}/stop", method="POST", name="money-stop", activity="trace.hand_off", does=money_trace.stop
    ),
    RouteSpec(
        path="/money/{trace}/hold", method="POST", name="money-hold", activity="request.send", does=money_trace.hold
    ),
    RouteSpec(path="/exercise", name="exercise", activity="exercise.read", does=exercise.show),
    RouteSpec(path="/exercise/report.html", name="exercise-html", activity="exercise.read", does=exercise.report_html),
    RouteSpec(path="/exercise/report.pdf", name="exercise-pdf", activity="exercise.read", does=exercise.report_pdf),
)
