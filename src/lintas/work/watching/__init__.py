# SPDX-License-Identifier: Apache-2.0
"""Watch identifiers, be told when one appears, and say who works on it."""

from lintas.work.watching.alerts import acknowledge, list_alerts, show_alert, wait_alerts
from lintas.work.watching.digests import digest
from lintas.work.watching.handing import Receiver, hand_over, receivers
from lintas.work.watching.watches import add_watch, end_watch, list_watches

__all__ = [
    "Receiver",
    "acknowledge",
    "add_watch",
    "digest",
    "end_watch",
    "hand_over",
    "list_alerts",
    "list_watches",
    "receivers",
    "show_alert",
    "wait_alerts",
]
