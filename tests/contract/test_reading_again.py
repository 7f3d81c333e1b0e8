# SPDX-License-Identifier: Apache-2.0
"""Another pack: what was taken stays as it was read, until it is read again; then views are those of a rebuild."""

from importlib import resources
from pathlib import Path

from lintas.node.node import Node
from lintas.testing import OFFICER, FakeClock, a_node, up_to
from lintas.work.intake import TakenFile, TakeOptions, take
from lintas.work.keeping import erase, rebuild
from lintas.work.services import no_progress
from lintas.work.watching import add_watch, list_alerts
from tests.faults.whole import SOURCE, WATCHED, check_whole, files_of, take_again

ACCOUNT = "MBBEMYKL:114011223344"
Digests = dict[str, tuple[int, str]]


def table(number: int) -> TakenFile:
    """Reports that name an account of the bank that leaves the pack."""
    row = f"R-{number},Ali bin Contoh,MBBEMYKL,114011223344,+60123456789"
    return TakenFile(name="r.csv", data=f"Report no,Payee name,Bank BIC,Account number,Phone\n{row}\n".encode())


def without_the_bank() -> bytes:
    """Our identifier pack, a bank less."""
    ours = resources.files("lintas.packs").joinpath("identifiers.toml").read_text(encoding="utf-8")
    start = ours.rindex("[[bank]]", 0, ours.index('bic = "MBBEMYKL"'))
    return (ours[:start] + ours[ours.index("[[bank]]", start + 8) :]).encode()


def digests(node: Node) -> Digests:
    """Views that what messages say makes; those of messages and accesses grow with each reading, which is an entry."""
    found = node.services.store.write(lambda tx: tx.views_digest())
    return {view: found[view] for view in found if view not in {"message", "access", "seen"}}


def flags(node: Node) -> set[str]:
    """How the account is flagged where it stands."""
    hits = node.services.store.read(lambda s: list(s.hits([(0, "bank_account", ACCOUNT)], scope=up_to(4), limit=99)))
    assert hits
    return {hit.flags for hit in hits}


def test_a_bank_that_leaves_the_pack_changes_what_is_read_again_and_nothing_else(tmp_path: Path) -> None:
    clock = FakeClock()
    files = [*(table(number) for number in range(6)), *files_of("other")]
    with a_node(tmp_path, clock=clock) as node:
        add_watch(node.services, OFFICER, [ACCOUNT, WATCHED])
        clock.forward(seconds=1)
        take_again(node, files, check_whole(node))
        options = TakeOptions(source=SOURCE)
        gone = take(node.services, OFFICER, [table(90), table(91)], options=options, progress=no_progress)
        erase(node.services, OFFICER, [gone.intakes[0], gone.messages[1]], ground="retention")
        first, alerts = digests(node), list_alerts(node.services, OFFICER).alerts
        assert len({alert.id for alert in alerts}) == len(alerts) > 6
        known = flags(node)
    packs = tmp_path / "node" / "packs"
    packs.mkdir()
    (packs / "identifiers.toml").write_bytes(without_the_bank())
    with a_node(tmp_path, clock=clock) as node:
        assert rebuild(node.services, progress=no_progress).changed == []  # an operator's new pack reaches nothing old
        assert digests(node) == first
        rebuilt = rebuild(node.services, read_again=True, progress=no_progress)
        assert rebuilt.changed == []
        items = node.services.store.read(lambda s: s.counts(scope=up_to(4))["messages"])
        assert 0 < rebuilt.read_again <= items
        assert flags(node) != known
        assert rebuild(node.services, read_again=True, progress=no_progress).read_again == 0
        assert list_alerts(node.services, OFFICER).alerts == alerts
        take_again(node, files, check_whole(node))
    (packs / "identifiers.toml").unlink()
    with a_node(tmp_path, clock=clock) as node:
        assert rebuild(node.services, read_again=True, progress=no_progress).changed == []
        assert digests(node) == first
        assert flags(node) == known
        assert list_alerts(node.services, OFFICER).alerts == alerts
