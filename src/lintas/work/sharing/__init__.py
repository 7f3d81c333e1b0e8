# SPDX-License-Identifier: Apache-2.0
"""Release to peers what its marking allows, and show beforehand who will see it and why not the others."""

from lintas.work.sharing.choosing import Chosen, ChosenLine, chosen
from lintas.work.sharing.outbox import outbox
from lintas.work.sharing.share import preview, share

__all__ = ["Chosen", "ChosenLine", "chosen", "outbox", "preview", "share"]
