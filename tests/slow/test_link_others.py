# SPDX-License-Identifier: Apache-2.0
"""A node after a week without its peer, and a node whose other peers are dark or lie."""

import shutil
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from lintas.model.marking import Marking, Tlp
from lintas.model.peer_answers import PeerLine
from lintas.model.watch_answers import Digest
from lintas.node.node import Node
from lintas.testing import OFFICER, FakeClock, shared_readers
from lintas.web.local import wire
from lintas.web.local.peer_wire import PeerShow
from lintas.work.intake import TakenFile, TakeOptions, take
from lintas.work.services import no_progress
from lintas.work.sharing import share
from tests.faults.proxy import Fault, FaultProxy, Kind
from tests.faults.whole import WATCHED
from tests.scenario.giving import stix_bundle, stix_object
from tests.slow.exchanged import check
from tests.slow.linked import Pair, Side, linked, meet, new_side

pytestmark = pytest.mark.slow
DAYS = 7
A_DAY = 290  # messages
URGENT_A_DAY = 30
RESIDENT_BYTES_MAX = 500 * 1000 * 1000
DARK = Fault(kind=Kind.BLACKHOLE, after_bytes=30_000)


def share_for_a_week(side: Side, to: Side, clock: FakeClock) -> None:
    """Take and share every day, when nobody is connected."""
    with Node.open(side.folder, clock=clock, readers=shared_readers()) as node:
        for day in range(DAYS):
            clock.forward(days=1)
            objects = [
                stix_object("identity", day * A_DAY + number, name=f"Example {number}", description=f"call {WATCHED}")
                for number in range(A_DAY)
            ]
            file = TakenFile(name=f"{day}.json", data=stix_bundle(*objects))
            options = TakeOptions(marking=Marking(tlp=Tlp.AMBER))
            messages = take(node.services, OFFICER, [file], options=options, progress=no_progress).messages
            for part, urgent in ((messages[URGENT_A_DAY:], False), (messages[:URGENT_A_DAY], True)):
                done = share(node.services, OFFICER, part, to=[to.id], urgent=urgent)
                assert done.refused == []
                side.remember(done.released)


def peak_bytes(pid: int) -> int:
    """The most memory that a process ever had resident."""
    (line,) = (one for one in Path(f"/proc/{pid}/status").read_text().splitlines() if one.startswith("VmHWM:"))
    return int(line.split()[1]) * 1024


def test_after_a_week_offline_all_arrives_and_alerts_come_first(tmp_path: Path) -> None:
    clock = FakeClock(datetime.now(UTC) - timedelta(days=DAYS + 1))
    with linked(tmp_path, 1, count=(0, 0), clock=clock) as pair:
        share_for_a_week(pair.my, pair.sg, clock)
        urgent = {line.released for line in pair.my.released.values() if line.lane == "alert"}
        pair.start()
        pair.sg.sees(pair.my.released_to(pair.sg))
        peak = peak_bytes(pair.sg.pid)
        (told,) = pair.sg.ask(wire.AlertDigest(), Digest).watches
        print(f"peak memory of the recipient: {peak / 1e6:.0f} MB")
        assert peak < RESIDENT_BYTES_MAX
        assert [(one.node, one.alerts) for one in told.from_] == [(pair.my.id, DAYS * A_DAY)]
        assert set(pair.sg.alerted[: len(urgent)]) == urgent
        pair.arrived()
        pair.witnessed()
        pair.stop()
        check(pair)


def suspends(side: Side, liar: Side) -> PeerLine:
    """Wait until a node has suspended another."""
    while (peer := side.ask(PeerShow(peer=liar.id), PeerLine)).standing != "suspended":
        side.look(wait_s=0.2)
    return peer


def test_a_dark_link_and_a_liar_keep_nothing_from_the_others(tmp_path: Path) -> None:
    with ExitStack() as stack:
        my, sg, th, vn = (new_side(stack, tmp_path, "others", country) for country in ("MY", "SG", "TH", "VN"))
        for other in (sg, th, vn):
            meet(my, other)
        for side, count in ((my, 31), (sg, 11), (th, 6), (vn, 6)):
            side.prepare(count)
        to_my = stack.enter_context(FaultProxy(my.proxy.address, then=DARK))
        with Node.open(th.folder, readers=shared_readers()) as node:
            host, port = to_my.address
            node.services.store.write(lambda tx: tx.set_address(my.id, f"https://{host}:{port}"))
        shutil.copytree(vn.folder, tmp_path / "earlier")
        th.proxy.use(then=DARK)
        for side in (my, sg, th, vn):
            side.begin()
        for side in (my, sg, th, vn):
            side.ready()

        vn.share(vn.messages[:3], my)
        my.sees(vn.released_to(my))
        vn.stop()
        shutil.rmtree(vn.folder)
        (tmp_path / "earlier").rename(vn.folder)  # an operator who puts an old copy back
        vn.start()
        vn.ask(wire.Share(messages=vn.messages[3:5], to=[my.id]), dict)

        my.share(my.messages[:20], th)  # more than passes before it is dark
        for start in range(0, 10, 2):
            my.share(my.messages[20 + start : 22 + start], sg, urgent=start % 4 == 0)
            sg.share(sg.messages[start : start + 2], my)
            sg.sees(my.released_to(sg))
            my.sees(sg.released_to(my))
        assert len(suspends(my, vn).evidence) > 0
        pair = Pair(my, sg)
        pair.arrived()
        assert not set(my.released_to(th)) <= set(th.alerted)

        for proxy in (th.proxy, to_my):
            proxy.use()
            proxy.cut()
        th.share(th.messages[:5], my)
        th.sees(my.released_to(th))
        my.sees(th.released_to(my))
        for side in (my, sg, th, vn):
            side.stop()
        assert {my.said_by[one] for one in my.alerted} == {sg.id, th.id, vn.id}
        assert [one for one in my.alerted if my.said_by[one] == vn.id] == vn.released_to(my)
        check(pair)
