# SPDX-License-Identifier: Apache-2.0
"""Hand-over: nothing of the desk is without an owner, and nothing changes hands but by name."""

from lintas.work.handing.changing import accept, decline, offer, offer_all, take
from lintas.work.handing.listing import list_open

__all__ = ["accept", "decline", "list_open", "offer", "offer_all", "take"]
