# SPDX-License-Identifier: Apache-2.0
"""The outbox of notices, and what waits at the desk in numbers."""

from lintas.limits import PRESSING_MAX
from lintas.ports.notices import NoticeRow, Pressing, Waiting
from lintas.store.rows import Rows


class NoticeTables(Rows):
    """Reads and writes of the outbox."""

    def notices(self) -> list[NoticeRow]:
        """The outboxes of all targets, by target."""
        return [NoticeRow(*row) for row in self._all("notice_list")]

    def waiting(self, upto: int, *, closed: int = 0) -> Waiting:
        """Alerts and decisions that wait, and how many beyond a place in the log; none of the classes `closed`."""
        row = self._one("notice_waiting", {"upto": upto, "closed": closed})
        assert row is not None, "an aggregate has one row"
        return Waiting(*row)

    def pressing(self, *, closed: int = 0) -> list[Pressing]:
        """What presses now, by its place in the log, at most PRESSING_MAX; none of the classes `closed`."""
        return [Pressing(*row) for row in self._all("notice_pressing", {"closed": closed, "most": PRESSING_MAX})]

    def put_notice(self, row: NoticeRow) -> None:
        """Keep a target's newest notice; replaces the earlier one."""
        self._run("notice_put", row._asdict())

    def remove_notice(self, target: str) -> None:
        """Forget a target; that it is gone already is no error."""
        self._run("notice_remove", {"target": target})
