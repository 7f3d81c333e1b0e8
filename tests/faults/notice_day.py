# SPDX-License-Identifier: Apache-2.0
"""What a store is asked for people who are not at the desk, as a part of its day."""

from lintas.model.marking import Tlp
from lintas.ports.notices import NoticeRow
from lintas.ports.store import Snapshot, Store
from lintas.testing import up_to

AT = "2026-03-01T03:00:00.000Z"
ROW = NoticeRow("mail duty@agency.example", "0" * 32, 3, AT, "due", 1, AT, "The server cannot be reached.", "")


def notify_one(store: Store) -> None:
    """Call every method of notices and of the desk's lists."""

    def look(snapshot: Snapshot) -> None:
        assert snapshot.notices() == [ROW._replace(state="sent")]
        assert snapshot.waiting(-1).newest == -1  # the only alert is acknowledged
        assert snapshot.pressing() == []
        (tally,) = snapshot.alert_tallies("", scope=up_to(Tlp.RED))
        assert snapshot.alert_values(tally.watch, "", scope=up_to(Tlp.RED), limit=9)
        for newest in (False, True):
            assert snapshot.alerts(scope=up_to(Tlp.RED), after=-1, limit=9, newest=newest, person="officer-0001"), (
                "the owner of the watch has it"
            )

    store.write(lambda tx: tx.put_notice(ROW))
    store.write(lambda tx: tx.put_notice(ROW._replace(state="sent")))
    store.read(look)
    store.write(lambda tx: tx.remove_notice(ROW.target))
    assert store.read(lambda snapshot: snapshot.notices()) == []
