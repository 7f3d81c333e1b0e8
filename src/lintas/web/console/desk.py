# SPDX-License-Identifier: Apache-2.0
"""Desk: what came lately in numbers, alerts, newest first, who has each, and one's own standing questions."""

from datetime import timedelta
from typing import Any

from starlette.responses import Response

from lintas.errors import BadInput, LintasError, OverLimit
from lintas.limits import WATCH_DAYS_MAX
from lintas.model.watch_answers import AlertShown, WatchShown
from lintas.web.calls import Call
from lintas.web.console.approvals import clock_words
from lintas.web.console.page import offers, page, see_other
from lintas.web.console.terms import lines_of
from lintas.web.rendering import strictest
from lintas.work.access import one_entry
from lintas.work.accounts import list_accounts
from lintas.work.duties import list_duties, on_duty
from lintas.work.orders import waiting_orders
from lintas.work.overseeing import waiting_openings
from lintas.work.services import as_text
from lintas.work.watching import (
    acknowledge,
    add_watch,
    digest,
    end_watch,
    hand_over,
    list_alerts,
    list_watches,
    receivers,
    show_alert,
)
from lintas.work.watching.handing import may_give

ALERTS_SHOWN = 100
WATCH_DAYS_USUAL = 90
DIGEST_HOURS = 24
DIGEST_SHOWN = 6  # watches listed at once; the rest is folded away


def show_desk(call: Call) -> Response:
    """Show the newest alerts and one's watches."""
    return _desk(call)


def acknowledge_alert(call: Call) -> Response:
    """Say that an alert was seen by a named person."""
    done = acknowledge(call.services, call.viewer, call.path("alert"))
    return _row(call, done) if call.is_partial else see_other(f"/desk#alert-{done.id}")


def ask_who_takes_over(call: Call) -> Response:
    """Ask to whom an alert is to be handed over: in its row, or on a page of its own."""
    alert = show_alert(call.services, call.viewer, call.path("alert"))
    people = receivers(call.services, call.viewer, alert.id)
    template = "alert_row.html" if call.is_partial else "hand_over.html"
    return page(
        call,
        template,
        title="Hand over",
        section="desk",
        tlp=strictest([alert.marking]),
        alert=alert,
        people=people,
        **_around(call, [alert]),
    )


def give_alert(call: Call) -> Response:
    """Hand an alert over to another person."""
    given = hand_over(call.services, call.viewer, call.path("alert"), call.form.text("to"))
    return _row(call, given) if call.is_partial else see_other(f"/desk#alert-{given.id}")


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


def _row(call: Call, alert: AlertShown) -> Response:
    return page(call, "alert_row.html", title="Alert", alert=alert, people=None, **_around(call, [alert]))


def _around(call: Call, alerts: list[AlertShown]) -> dict[str, Any]:
    """What rows of alerts need beside the alert: names of this agency's people, and what may be handed over."""
    return {
        "names": {account.id: account.name for account in list_accounts(call.services)},
        "handable": {
            alert.id for alert in alerts if may_give(call.services, call.viewer, has=alert.has, owner=alert.owner)
        },
    }


def _desk(call: Call, problem: LintasError | None = None) -> Response:
    mine = call.query("mine") == "1"
    since = call.services.clock.now() - timedelta(hours=DIGEST_HOURS)
    with one_entry(call.services, call.viewer, "desk"):
        alerts = list_alerts(call.services, call.viewer, limit=ALERTS_SHOWN, newest=True, mine=mine).alerts
        lately = digest(call.services, call.viewer, as_text(since))
        watches = [watch for watch in list_watches(call.services, call.viewer) if is_shown(call, watch)]
    default = call.services.config.default_marking if watches or lately.watches else None
    held = call.query("held")
    decisions, alone = waiting_orders(call.services, call.viewer)
    return page(
        call,
        "desk.html",
        title="Desk",
        section="desk",
        tlp=strictest((alert.marking for alert in alerts), default),
        status=400 if problem else 200,
        alerts=alerts,
        people=None,
        **_around(call, alerts),
        on_duty=on_duty(list_duties(call.services, call.viewer)) if offers(call, "people.read") else [],
        mine=mine,
        lately=lately,
        lately_hours=DIGEST_HOURS,
        lately_shown=DIGEST_SHOWN,
        waiting=sum(1 for alert in alerts if not alert.acknowledged_by),
        limit=ALERTS_SHOWN,
        opened=waiting_openings(call.services, call.viewer) if offers(call, "oversee.acknowledge") else [],
        watches=sorted(watches, key=lambda watch: watch.state != "live"),
        days_max=WATCH_DAYS_MAX,
        days_usual=WATCH_DAYS_USUAL,
        problem=problem,
        sent=call.form,
        decisions=decisions,
        alone=[(line, clock_words(call, call.services.clock.now(), line.review_due)) for line in alone],
        already_held=int(held) if held.isascii() and held.isdigit() and len(held) < 9 else 0,
    )


def is_shown(call: Call, watch: WatchShown) -> bool:
    """Say whether a watch stands on this person's Desk: their own, and for a supervisor everybody's."""
    return watch.owner == call.viewer.id or call.viewer.role == "supervisor"
