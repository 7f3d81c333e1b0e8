# SPDX-License-Identifier: Apache-2.0
"""Watch identifiers, and be told when one appears."""

from lintas.work.watching.alerts import acknowledge, list_alerts, wait_alerts
from lintas.work.watching.watches import add_watch, end_watch, list_watches

__all__ = ["acknowledge", "add_watch", "end_watch", "list_alerts", "list_watches", "wait_alerts"]
