# SPDX-License-Identifier: Apache-2.0
"""Desk: alerts, newest first, and one's own standing questions."""

from starlette.responses import Response

from lintas.errors import BadInput, LintasError, OverLimit
from lintas.limits import WATCH_DAYS_MAX
from lintas.model.answers import WatchShown
from lintas.web.calls import Call
from lintas.web.console.page import page, see_other
from lintas.web.console.terms import lines_of
from lintas.web.rendering import strictest
from lintas.work.watching import acknowledge, add_watch, end_watch, list_alerts, list_watches

ALERTS_SHOWN = 100
WATCH_DAYS_USUAL = 90


def show_desk(call: Call) -> Response:
    """Show the newest alerts and one's watches."""
    return _desk(call)


def acknowledge_alert(call: Call) -> Response:
    """Say that an alert was seen by a named person."""
    done = acknowledge(call.services, call.viewer, call.path("alert"))
    if call.is_partial:
        return page(call, "alert_row.html", title="Alert", alert=done)
    return see_other(f"/desk#alert-{done.id}")


def start_watch(call: Call) -> Response:
    """Set a standing question."""
    try:
        days = int(call.form.text("days") or WATCH_DAYS_USUAL)
    except ValueError:
        return _desk(call, problem=BadInput("Days is a number.", hint=f"1 to {WATCH_DAYS_MAX}."))
    try:
        added = add_watch(
            call.services, call.viewer, lines_of(call.form.whole("terms")), days=days, note=call.form.text("note")
        )
    except (BadInput, OverLimit) as exc:
        return _desk(call, problem=exc)
    return see_other(f"/desk?held={added.already_held}#watch-{added.watch}")


def stop_watch(call: Call) -> Response:
    """End a standing question."""
    ended = end_watch(call.services, call.viewer, call.path("watch"))
    return see_other(f"/desk#watch-{ended.id}")


def _desk(call: Call, problem: LintasError | None = None) -> Response:
    alerts = list_alerts(call.services, call.viewer, limit=ALERTS_SHOWN, newest=True).alerts
    watches = [watch for watch in list_watches(call.services, call.viewer) if is_shown(call, watch)]
    default = call.services.config.default_marking if watches else None
    held = call.query("held")
    return page(
        call,
        "desk.html",
        title="Desk",
        section="desk",
        tlp=strictest((alert.marking for alert in alerts), default),
        status=400 if problem else 200,
        alerts=alerts,
        waiting=sum(1 for alert in alerts if not alert.acknowledged_by),
        limit=ALERTS_SHOWN,
        watches=sorted(watches, key=lambda watch: watch.state != "live"),
        days_max=WATCH_DAYS_MAX,
        days_usual=WATCH_DAYS_USUAL,
        problem=problem,
        sent=call.form,
        already_held=int(held) if held.isascii() and held.isdigit() and len(held) < 9 else 0,
    )


def is_shown(call: Call, watch: WatchShown) -> bool:
    """Say whether a watch stands on this person's Desk: their own, and for a supervisor everybody's."""
    return watch.owner == call.viewer.id or call.viewer.role == "supervisor"
