# SPDX-License-Identifier: Apache-2.0
"""The ledger holds the payments of the messages that stand in the log, and a trace reads what its viewer may see."""

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pyrage
import pytest

from lintas.crypto.sealing import recipient_of
from lintas.errors import BadInput, NodeDamaged, NotAllowed, OverLimit, UnknownTerm
from lintas.ledger.adapter import FolderLedger
from lintas.limits import TRACE_DEPTH_MAX
from lintas.model.ids import MessageId
from lintas.model.marking import Tlp
from lintas.model.money import Method, Seed, TraceQuery
from lintas.model.money_answers import TraceShown
from lintas.node.node import Node
from lintas.node.restoring import release_with_head, restore
from lintas.sandbox.bounds import SandboxLimits
from lintas.sandbox.pool import ReaderPool
from lintas.testing import CLERK, OFFICER, FakeClock, a_node, carry, shared_readers, two_nodes
from lintas.work.intake import TakenFile, TakeOptions, take
from lintas.work.keeping import backup, doctor, erase, rebuild
from lintas.work.protecting import add_class
from lintas.work.services import Services, no_progress
from lintas.work.sharing import share
from lintas.work.tracing_jobs.catching_up import catch_up
from lintas.work.tracing_jobs.looking import ledger_accounts, ledger_payments, ledger_status
from lintas.work.tracing_jobs.tracing import Asked, ask_trace, seen_messages, trace_once
from tests.scenario.paying import MAPPING, PLAIN, STOLEN, A, B, C, csv_of, take_payments

STOLEN_500 = Asked(seeds=(f"{A}@2026-01-31:500.00",))
MORE = csv_of([("3333333333", "4444444444", "150.00", "2026-01-31T10:00:00Z", "P4")])


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Node]:
    """One node for the tests that change nothing, with two tables of payments: one for everybody, one RED."""
    with a_node(tmp_path_factory.mktemp("ledger")) as opened:
        take_payments(opened.services)
        take_payments(opened.services, MORE, name="more.csv", tlp=Tlp.RED)
        yield opened


def files_of(node: Node, message: str = "") -> list[Path]:
    """What the ledger's folder holds of a message, or of all."""
    return sorted(
        path for path in ledger_of(node).rglob(f"{message}*") if path.is_file() and "compiled" not in path.parts
    )


def ledger_of(node: Node) -> Path:
    """The ledger's folder."""
    ledger = node.services.ledger
    assert isinstance(ledger, FolderLedger)
    return ledger._files.folder


def held(found: TraceShown) -> dict[str, int]:
    """Account -> minor units."""
    return {one.account: one.amount_minor for one in found.held}


def test_taken_payments_are_in_the_ledger_at_once(node: Node) -> None:
    found = ledger_status(node.services, OFFICER)
    assert (found.payments, found.messages, found.missing, found.installed) == (4, 2, 0, True)
    assert (found.first_at, found.last_at) == ("2026-01-30T09:05:00.000Z", "2026-01-31T10:00:00.000Z")


def test_the_money_is_found_where_it_is_now(node: Node) -> None:
    found = ask_trace(node.services, OFFICER, STOLEN_500)
    assert held(found) == {B: 30_000, C: 12_000, "KASITHBK:4444444444": 8_000}
    assert found.conserved is True
    assert [one.tainted_minor for one in found.flows] == [50_000, 20_000, 8_000]


def test_pro_rata_shares_what_is_mixed(node: Node) -> None:
    found = ask_trace(node.services, OFFICER, Asked(seeds=STOLEN_500.seeds, method=Method.PRORATA))
    assert found.method == "prorata"
    assert sum(held(found).values()) == 50_000


def test_a_time_in_between_shows_where_it_was_then(node: Node) -> None:
    found = ask_trace(node.services, OFFICER, Asked(seeds=STOLEN_500.seeds, until="2026-01-31T09:01:00Z"))
    assert held(found) == {B: 50_000}


def test_who_may_see_less_traces_over_less(node: Node) -> None:
    found = ask_trace(node.services, replace(OFFICER, clearance=Tlp.AMBER), STOLEN_500)
    assert held(found) == {B: 30_000, C: 20_000}
    assert found.messages == 1


def test_who_may_see_none_of_it_is_told_of_no_account(node: Node) -> None:
    with pytest.raises(UnknownTerm):
        ask_trace(node.services, CLERK, STOLEN_500)
    assert ledger_accounts(node.services, CLERK).accounts == []
    assert ledger_payments(node.services, CLERK, A).payments == []
    assert ledger_status(node.services, CLERK).payments == 0


def test_the_size_on_disk_and_the_progress_tell_of_no_other_message(node: Node) -> None:
    none, few, all_of_it = (
        ledger_status(node.services, who).size_bytes for who in (CLERK, replace(OFFICER, clearance=Tlp.AMBER), OFFICER)
    )
    assert none == 0 < few < all_of_it
    ask_trace(node.services, OFFICER, STOLEN_500)
    assert "opened" not in repr(ledger_status(node.services, CLERK)), "what another traced is nobody's to know"
    node.services.ledger.remove(list(node.services.ledger.whole()))
    told: list[tuple[str, int, int]] = []
    seen_messages(node.services, CLERK, "trace.run", progress=lambda *step: told.append(step))
    assert told and {step[1:] for step in told} == {(0, 0)}


def test_who_sees_no_content_may_not_ask(node: Node) -> None:
    operator = replace(OFFICER, role="operator")
    for ask in (
        lambda: ask_trace(node.services, operator, STOLEN_500),
        lambda: trace_once(node.services, operator, TraceQuery(seeds=(), method=Method.FIFO)),
        lambda: ledger_status(node.services, operator),
        lambda: ledger_accounts(node.services, operator),
        lambda: ledger_payments(node.services, operator, A),
    ):
        with pytest.raises(NotAllowed):
            ask()


def test_each_question_is_an_entry_that_names_what_was_shown(node: Node) -> None:
    def last(services: Services) -> tuple[str, int]:
        (head, *_) = services.store.read(lambda s: s.accesses(before=2**62, limit=1))
        return head.verb, head.shown

    ask_trace(node.services, OFFICER, STOLEN_500)
    assert last(node.services) == ("trace", 2)
    ledger_payments(node.services, OFFICER, A)
    assert last(node.services) == ("ledger.payments", 1)
    ledger_accounts(node.services, OFFICER)
    assert last(node.services) == ("ledger.accounts", 2)


def test_payments_are_listed_in_order_of_time_part_by_part(node: Node) -> None:
    first = ledger_payments(node.services, OFFICER, C, limit=2)
    assert [one.reference for one in first.payments] == ["id:KASITHBK:P3", "id:KASITHBK:P2"]
    assert first.more
    rest = ledger_payments(node.services, OFFICER, C, after=2, limit=2)
    assert [one.reference for one in rest.payments] == ["id:KASITHBK:P4"]
    assert not rest.more


def test_questions_that_cannot_be_are_refused(node: Node) -> None:
    for seed in ("", "@", f"{A}@yesterday", f"{A}@2026-13-01", f"{A}:0", f"{A}@2026-01-31:0.001", f"{A}@2026-01-31:-5"):
        with pytest.raises((BadInput, UnknownTerm)):
            ask_trace(node.services, OFFICER, Asked(seeds=(seed,)))
    with pytest.raises(UnknownTerm):
        ask_trace(node.services, OFFICER, Asked(seeds=("KASITHBK:0000000000",)))
    with pytest.raises(BadInput):
        ask_trace(node.services, OFFICER, Asked(seeds=STOLEN_500.seeds, currency="SGD"))
    with pytest.raises(BadInput):
        ask_trace(node.services, OFFICER, Asked(seeds=STOLEN_500.seeds, until="soon"))
    with pytest.raises(OverLimit):
        ask_trace(node.services, OFFICER, Asked(seeds=STOLEN_500.seeds, depth=TRACE_DEPTH_MAX + 1))
    with pytest.raises(OverLimit):
        ledger_accounts(node.services, OFFICER, limit=0)


def test_a_use_case_may_trace_with_seeds_of_its_own(node: Node) -> None:
    query = TraceQuery(seeds=(Seed(label="R-1", account=A, minor=50_000, currency="THB"),), method=Method.FIFO, depth=1)
    found = trace_once(node.services, OFFICER, query)
    assert [(one.account, one.minor) for one in found.held] == [(B, 30_000)]
    assert [(one.why, one.minor) for one in found.left] == [("depth", 20_000)]


def test_the_doctor_looks_at_the_ledger(node: Node) -> None:
    (check,) = [one for one in doctor(node.services).checks if one.name == "ledger"]
    assert check.ok, check
    assert "4 payments" in check.detail


def test_the_node_itself_loads_neither_engine_nor_compiler(node: Node) -> None:
    script = (
        "import sys; from pathlib import Path; from lintas.node.node import Node; from lintas.testing import OFFICER\n"
        "from lintas.work.tracing_jobs.tracing import Asked, ask_trace\n"
        "from tests.scenario.paying import A, take_payments\n"
        "from lintas.testing import a_node\n"
        "with a_node(Path(sys.argv[1])) as node:\n"
        "    take_payments(node.services)\n"
        "    assert ask_trace(node.services, OFFICER, Asked(seeds=(A,))).payments == 3\n"
        "print(sorted({name.partition('.')[0] for name in sys.modules} & {'duckdb', '_duckdb', 'numba', 'llvmlite'}))\n"
    )
    folder = ledger_of(node).parent / "other"
    folder.mkdir()
    done = subprocess.run(
        [sys.executable, "-c", script, str(folder)], capture_output=True, text=True, check=False, timeout=90
    )
    assert (done.stdout, done.returncode) == ("[]\n", 0), done.stderr


def test_what_is_masked_is_in_no_trace(tmp_path: Path) -> None:
    with a_node(tmp_path) as node:
        taken = take_payments(node.services)
        add_class(node.services, OFFICER, taken.messages, "victim")
        with pytest.raises(UnknownTerm):
            ask_trace(node.services, OFFICER, STOLEN_500)
        assert ledger_status(node.services, OFFICER).payments == 0


def test_erased_payments_are_gone_from_disk_and_from_the_worker(tmp_path: Path) -> None:
    with a_node(tmp_path) as node:
        taken = take_payments(node.services)
        take_payments(node.services, MORE, name="more.csv")
        ask_trace(node.services, OFFICER, STOLEN_500)  # the worker has them open
        (message,) = taken.messages
        assert len(files_of(node, message)) == 3  # two days and the mark
        erase(node.services, OFFICER, [message], ground="retention")
        assert files_of(node, message) == []
        assert node.services.ledger.status().opened_rows == 0
        with pytest.raises(UnknownTerm):
            ask_trace(node.services, OFFICER, STOLEN_500)
        assert ledger_status(node.services, OFFICER).payments == 1
        assert rebuild(node.services, progress=no_progress).changed == []
        assert files_of(node, message) == []


def test_an_erasure_that_was_cut_short_is_finished_at_the_next_start(tmp_path: Path) -> None:
    with a_node(tmp_path) as node:
        (message,) = take_payments(node.services).messages
        rows = {path: path.read_bytes() for path in files_of(node, message)}
        erase(node.services, OFFICER, [message], ground="retention")
        for path, data in rows.items():  # as if it had died between its commit and the files
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(data)
        assert files_of(node, message)
    with a_node(tmp_path) as node:
        assert files_of(node, message) == []


def test_rows_that_are_missing_are_made_again(tmp_path: Path) -> None:
    with a_node(tmp_path) as node:
        (message,) = take_payments(node.services).messages
        before = ask_trace(node.services, OFFICER, STOLEN_500)
        node.services.ledger.remove([MessageId(message)])  # as if it had died between the commit and the rows
        assert ledger_status(node.services, OFFICER).missing == 1
        after = ask_trace(node.services, OFFICER, STOLEN_500)
        assert (after.flows, after.held) == (before.flows, before.held)
        assert catch_up(node.services).added == 0


def test_rows_without_their_mark_count_for_nothing(tmp_path: Path) -> None:
    with a_node(tmp_path) as node:
        (message,) = take_payments(node.services).messages
        (ledger_of(node) / "whole" / message).unlink()  # as if it had died before the mark
        (ledger_of(node) / "making" / "left").mkdir()
    with a_node(tmp_path) as node:
        assert files_of(node) == []
        assert held(ask_trace(node.services, OFFICER, STOLEN_500)) == {B: 30_000, C: 20_000}


def test_a_rebuild_makes_the_ledger_anew(tmp_path: Path) -> None:
    with a_node(tmp_path) as node:
        (message,) = take_payments(node.services).messages
        before = ask_trace(node.services, OFFICER, STOLEN_500)
        for path in files_of(node, message):
            if path.suffix == ".parquet":
                path.write_bytes(b"broken")
        assert rebuild(node.services, progress=no_progress).changed == []
        after = ask_trace(node.services, OFFICER, STOLEN_500)
        assert (after.flows, after.held) == (before.flows, before.held)


@pytest.mark.parametrize("harm", ["broken", "cut", "empty", "gone", "of another day"])
def test_a_damaged_file_is_made_again_from_its_message_at_once(tmp_path: Path, harm: str) -> None:
    with a_node(tmp_path) as node:
        (message,) = take_payments(node.services).messages
        (other,) = take_payments(node.services, MORE, name="more.csv").messages
        before = ask_trace(node.services, OFFICER, STOLEN_500)
        kept = {path: path.read_bytes() for path in files_of(node, other)}
        files = [path for path in files_of(node, message) if path.suffix == ".parquet"]
        node.services.ledger.trace([], TraceQuery(seeds=(), method=Method.FIFO))  # nothing is open
        for path in files:
            whole = path.read_bytes()
            if harm == "gone":
                path.unlink()
            elif harm == "of another day":
                path.rename(path.parent / "elsewhere.parquet")
            else:
                path.write_bytes({"broken": b"broken", "cut": whole[: len(whole) // 2], "empty": b""}[harm])
        told: list[str] = []
        after = ask_trace(node.services, OFFICER, STOLEN_500, progress=lambda what, _done, _total: told.append(what))
        assert (after.flows, after.held, after.payments) == (before.flows, before.held, before.payments)
        assert "payments of 1 messages were damaged: they are made again" in told
        assert {path: path.read_bytes() for path in files_of(node, other)} == kept
        assert ledger_status(node.services, OFFICER).missing == 0
        assert catch_up(node.services).added == 0


def test_rows_of_a_large_file_are_written_while_it_is_signed_and_none_are_left_over(tmp_path: Path) -> None:
    rows = [("1111111111", "2222222222", "1.00", f"2026-01-{1 + n % 28:02d}T10:00:00Z", f"L{n}") for n in range(16_000)]
    with a_node(tmp_path) as node:
        for number, duplicates in ((1, 0), (2, 1)):
            taken = take_payments(node.services, csv_of(rows), name="large.csv")
            assert (taken.used, taken.duplicates) == (16_000, duplicates), number
            assert list((ledger_of(node) / "making").iterdir()) == []
        (message,) = node.services.store.read(lambda s: s.ledger_messages())
        assert message.rows == 16_000
        assert node.services.ledger.whole() == {message.message: message.digest}
        (account, *_) = ledger_accounts(node.services, OFFICER).accounts
        assert (account.paid, account.received) in {(16_000, 0), (0, 16_000)}


def test_accounts_and_payments_are_listed_although_a_file_was_damaged(tmp_path: Path) -> None:
    with a_node(tmp_path) as node:
        (message,) = take_payments(node.services).messages
        accounts = ledger_accounts(node.services, OFFICER)
        payments = ledger_payments(node.services, OFFICER, B)
        for ask, before in (
            (lambda: ledger_accounts(node.services, OFFICER), accounts),
            (lambda: ledger_payments(node.services, OFFICER, B), payments),
        ):
            node.services.ledger.trace([], TraceQuery(seeds=(), method=Method.FIFO))  # nothing is open
            for path in files_of(node, message):
                if path.suffix == ".parquet":
                    path.write_bytes(b"broken")
            assert ask() == before


def test_an_answer_is_never_silent_of_damaged_payments_that_cannot_be_made_again(tmp_path: Path) -> None:
    with a_node(tmp_path) as node:
        (message,) = take_payments(node.services).messages
        for path in files_of(node, message):
            if path.suffix == ".parquet":
                path.write_bytes(b"broken")
        unable = ReaderPool(workers=1, limits=SandboxLimits(output_bytes=500))
        try:
            with pytest.raises(NodeDamaged, match="cannot be read"):
                ask_trace(replace(node.services, readers=unable), OFFICER, STOLEN_500)
        finally:
            unable.close()
        assert held(ask_trace(node.services, OFFICER, STOLEN_500)) == {B: 30_000, C: 20_000}


def test_a_table_that_is_read_another_way_is_in_the_ledger_so(tmp_path: Path) -> None:
    with a_node(tmp_path) as node:
        take_payments(node.services)
        other = MAPPING.replace('"payer":"from","payee":"to"', '"payer":"to","payee":"from"')
        assert take_payments(node.services, STOLEN, mapping=other).duplicates == 1
        assert held(ask_trace(node.services, OFFICER, Asked(seeds=(f"{C}@2026-01-31:200.00",)))) == {B: 20_000}
        assert ledger_status(node.services, OFFICER).missing == 0


def test_the_same_file_twice_is_one(tmp_path: Path) -> None:
    with a_node(tmp_path) as node:
        take_payments(node.services)
        assert take_payments(node.services).duplicates == 1
        assert ledger_status(node.services, OFFICER).payments == 3


def test_a_file_without_payments_starts_no_worker(tmp_path: Path) -> None:
    with a_node(tmp_path) as node:
        note = TakenFile(name="note.txt", data=b"call +60123456789")
        take(node.services, OFFICER, [note], options=TakeOptions(), progress=no_progress)
        assert not node.services.ledger.status().worker
        assert not ledger_of(node).exists()


def test_payments_from_a_peer_are_traced_where_they_came(tmp_path: Path) -> None:
    with two_nodes(tmp_path) as (here, there):
        taken = take_payments(here.services, PLAIN, tlp=Tlp.GREEN, mapping="")
        share(here.services, OFFICER, taken.messages, to=[there.services.keys.node], purpose="scam_response")
        assert carry(here, there) > 0
        assert held(ask_trace(there.services, OFFICER, STOLEN_500)) == {B: 30_000, C: 20_000}
        assert ledger_status(here.services, OFFICER).messages == 1  # what was released is no second message


def test_a_restored_backup_makes_its_ledger_anew(tmp_path: Path) -> None:
    identity = str(pyrage.x25519.Identity.generate())
    with a_node(tmp_path) as node:
        take_payments(node.services)
        recipients = [recipient_of(identity)]
        made = backup(node.services, tmp_path / "backup", passphrase=None, recipients=recipients, progress=no_progress)
    again = tmp_path / "again"
    restore(tmp_path / "backup", again, passphrase=None, identity=identity)
    assert not (again / "ledger").exists()
    assert release_with_head(again, made.checkpoint.encode()).state == "live"
    with Node.open(again, clock=FakeClock(), readers=shared_readers()) as node:
        assert held(ask_trace(node.services, OFFICER, STOLEN_500)) == {B: 30_000, C: 20_000}


def test_a_table_that_was_taken_as_a_plain_one_can_be_taken_as_payments_later(tmp_path: Path) -> None:
    data = b"date,from,to,amount,currency\n2026-03-01 10:00,111222333,444555666,1.00,SGD\n2026-03-01 10:00,1,2,x,SGD\n"
    file = TakenFile(name="bank.csv", data=data)
    with a_node(tmp_path) as node:
        plain = take(node.services, OFFICER, [file], options=TakeOptions(), progress=no_progress)
        assert any("1 of 2 rows cannot be used" in note for note in plain.notes)
        options = TakeOptions(format="payments/1")
        later = take(node.services, OFFICER, [file], options=options, progress=no_progress)
        assert (later.duplicates, later.used, len(later.rejected)) == (0, 1, 1)
        assert ledger_status(node.services, OFFICER).payments == 1
        again = take(node.services, OFFICER, [file], options=options, progress=no_progress)
        assert (again.messages, again.duplicates) == (later.messages, 1)
        assert rebuild(node.services, read_again=True, progress=no_progress).changed == []
