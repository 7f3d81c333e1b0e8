# SPDX-License-Identifier: Apache-2.0
"""What one reader may see, as the store asks it: there is no read of content without a scope."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from lintas.model.marking import Tlp

ALL_LISTS: Final = "*"


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """A viewer's rights in the form of the conditions that `policy.access` states; `policy.access.scope_of` makes it.

    The store shows a row when all of it holds: its TLP is at most `clearance`, it is of no closed class, and the viewer
    is on every need-to-know list that it was restricted to.
    Of a masked class it shows that the row is there, not what it says.
    """

    clearance: int  # number of the highest TLP, -1 for nothing
    closed: int = 0  # bits of protected classes that are not shown at all
    masked: int = 0  # bits of protected classes that are shown masked
    lists: frozenset[str] | None = frozenset()  # need-to-know lists that the viewer is on; None: all
    sql: Mapping[str, int | str] = field(init=False, repr=False, compare=False)  # the parameters of each scoped query

    def __post_init__(self) -> None:
        lists = ALL_LISTS if self.lists is None else f",{','.join(sorted(self.lists))},"
        values = {"clearance": self.clearance, "closed": self.closed, "masked": self.masked, "lists": lists}
        object.__setattr__(self, "sql", values)


WHOLE: Final = Scope(clearance=int(Tlp.RED), lists=None)  # the node itself: rebuild, erase, verify; never for a person
