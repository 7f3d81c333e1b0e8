# SPDX-License-Identifier: Apache-2.0
"""Routes of cases and of hand-over."""

from typing import Final

from lintas.web.console import cases, handing
from lintas.web.route_spec import RouteSpec

CASE_ROUTES: Final = (
    RouteSpec(path="/cases", name="cases", activity="case.read", does=cases.show_all),
    RouteSpec(path="/cases", method="POST", name="case-open", activity="case.change", does=cases.open_one),
    RouteSpec(path="/cases/{case}", name="case", activity="case.read", does=cases.show_one),
    RouteSpec(path="/cases/{case}/say", method="POST", name="case-say", activity="case.change", does=cases.say),
    RouteSpec(
        path="/cases/{case}/restrict", method="POST", name="case-restrict", activity="need.change", does=cases.restrict
    ),
    RouteSpec(path="/hand-over", name="handing", activity="hand_over", does=handing.show),
    RouteSpec(path="/hand-over", method="POST", name="handing-do", activity="hand_over", does=handing.change),
)
