# SPDX-License-Identifier: Apache-2.0
"""What time does to the desk: clocks warn and run out, a named person sees it, and silence has a next door."""

from lintas.work.clocks.settling import next_look, settle_clocks
from lintas.work.clocks.showing import DueShown, list_due, see_due

__all__ = ["DueShown", "list_due", "next_look", "see_due", "settle_clocks"]
