# SPDX-License-Identifier: Apache-2.0
"""Need-to-know lists: what is restricted to one is there for those on it, and for nobody else."""

from lintas.work.lists.changing import close_list, join, leave, open_list
from lintas.work.lists.listing import list_lists, lists_of_message
from lintas.work.lists.restricting import follow_in, free, restrict

__all__ = [
    "close_list",
    "follow_in",
    "free",
    "join",
    "leave",
    "list_lists",
    "lists_of_message",
    "open_list",
    "restrict",
]
