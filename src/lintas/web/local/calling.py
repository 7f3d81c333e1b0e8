# SPDX-License-Identifier: Apache-2.0
"""What the function of a verb is given."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

from lintas.errors import WrongUse
from lintas.model.marking import Tlp
from lintas.model.viewer import Viewer
from lintas.work.intake import TakenFile
from lintas.work.services import Progress, Services

LOCAL_VIEWER: Final = Viewer(id="local:cli", clearance=Tlp.RED, role="duty_officer")


def quiet(_what: str, _done: int, _total: int) -> None:
    """Tell nobody."""


def never() -> bool:
    """A command line of its own stops for nobody."""
    return False


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """What a verb works with."""

    services: Services
    viewer: Viewer = LOCAL_VIEWER
    files: Sequence[TakenFile] = ()
    progress: Progress = quiet
    is_stopping: Callable[[], bool] = field(default=never)

    def one_file(self) -> TakenFile:
        """The only file.

        Raises:
            WrongUse: There is none, or more than one.
        """
        if len(self.files) != 1:
            raise WrongUse(f"This takes one file; {len(self.files)} were given.")
        return self.files[0]
