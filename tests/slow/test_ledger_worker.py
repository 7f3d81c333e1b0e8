# SPDX-License-Identifier: Apache-2.0
"""The tracing worker: what it gave up, what ends it, and that a killed one costs nothing that was acknowledged."""

import contextlib
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from lintas.errors import BadInput, Malformed, NotInstalled, SandboxLimit, WrongUse
from lintas.formats.ledger_rows import rows_digest, write_rows
from lintas.ledger.adapter import FolderLedger
from lintas.ledger.process import TracerLimits, TracerProcess
from lintas.model.header import Mode
from lintas.model.ids import MessageId
from lintas.model.money import LedgerRows, Method, Seed, TraceQuery, TraceResult
from lintas.node.node import Node
from lintas.testing import OFFICER, shared_readers
from lintas.work.keeping import doctor, erase
from lintas.work.tracing_jobs.looking import ledger_status
from lintas.work.tracing_jobs.tracing import Asked, ask_trace
from tests.faults.killing import how_long, lintas, moments, reopened, run_or_kill
from tests.scenario.paying import MAPPING, A, B, C, csv_of, take_payments
from tests.unit.ledger.paying import DAY, START, Paid, rows_of

pytestmark = pytest.mark.slow
M, N = MessageId("a" * 64), MessageId("b" * 64)
ROWS = rows_of([Paid(payer="A", payee="B", minor=500, at=START), Paid(payer="B", payee="C", minor=200, at=START + DAY)])
QUERY = TraceQuery(seeds=(Seed(label="1", account="A", minor=500),), method=Method.FIFO)


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[FolderLedger]:
    """A ledger, closed at the end."""
    made = FolderLedger(tmp_path / "ledger")
    yield made
    made.close()


def put(ledger: FolderLedger, message: MessageId = M, rows: LedgerRows = ROWS) -> None:
    data = write_rows(rows)
    ledger.add(message, data, digest=rows_digest(data))


def held(result: TraceResult) -> dict[str, int]:
    return {one.account: one.minor for one in result.held}


def test_the_worker_gave_up_the_network_other_programs_and_privileges(tmp_path: Path) -> None:
    (tmp_path / "ledger").mkdir()
    process = TracerProcess(tmp_path / "ledger", TracerLimits(), lambda *_: None)
    try:
        active = {one.name for one in process.protections if one.active}
        assert active >= {"system calls", "network", "programs", "memory", "privileges", "inspection"}
        environment = Path(f"/proc/{process.pid}/environ")
        assert not os.access(environment, os.R_OK) or b"PATH=" not in environment.read_bytes()
    finally:
        process.end()


def test_where_memory_may_not_be_run_nothing_is_compiled() -> None:
    script = (
        "import ctypes\nfrom lintas.ledger.worker import may_compile\n"
        "before = may_compile()\n"
        "refused = ctypes.CDLL(None).prctl(65, 1, 0, 0, 0) == 0\n"  # PR_SET_MDWE, as systemd may do it
        "print(before, may_compile() is not refused)\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout == "True True\n"


def test_a_trace_sees_the_named_messages_and_no_others(ledger: FolderLedger) -> None:
    put(ledger)
    put(ledger, N, rows_of([Paid(payer="C", payee="D", minor=200, at=START + 2 * DAY)]))
    assert held(ledger.trace([M], QUERY)) == {"B": 300, "C": 200}
    assert held(ledger.trace([M, N, MessageId("c" * 64)], QUERY)) == {"B": 300, "D": 200}
    assert ledger.trace([], QUERY).rows == 0
    assert [one.account for one in ledger.accounts([N], limit=9)] == ["C", "D"]


def test_what_is_open_grows_by_the_messages_that_it_lacks(ledger: FolderLedger, tmp_path: Path) -> None:
    many = {MessageId(letter * 64): [Paid(payer="B", payee=letter, minor=7, at=START + 9)] for letter in "fb0d"}
    put(ledger)
    ledger.trace([M], QUERY)
    opened = [M]
    for message, paid in many.items():
        put(ledger, message, rows_of(paid))
        opened.append(message)
        told: list[tuple[str, int]] = []
        grown = ledger.trace(opened, QUERY, progress=lambda what, _done, total: told.append((what, total)))  # noqa: B023 - called at once
        assert ("opening the ledger", 1) in told, "no row that is open is read again"
        anew = FolderLedger(tmp_path / "ledger")
        assert anew.trace(opened, QUERY) == grown
        assert anew.accounts(opened, limit=99) == ledger.accounts(opened, limit=99)
        assert anew.payments(opened, "B", limit=99) == ledger.payments(opened, "B", limit=99)
        anew.close()
    ledger.remove([MessageId("f" * 64)])
    assert ledger.status().opened_rows == 0, "what was erased is let go of"
    left = [one for one in opened if one != "f" * 64]
    assert "f" not in held(ledger.trace(left, QUERY))
    assert "d" not in held(ledger.trace([M], QUERY)), "who may see less gets less"


def test_a_worker_that_is_killed_while_idle_is_replaced_unseen(ledger: FolderLedger) -> None:
    put(ledger)
    pid = ledger.pid()
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    assert held(ledger.trace([M], QUERY)) == {"B": 300, "C": 200}
    assert ledger.pid() != pid


def test_workers_that_are_killed_at_work_leave_messages_whole_or_absent(tmp_path: Path) -> None:
    many = rows_of([Paid(payer="A", payee="B", minor=1, at=START + n * DAY) for n in range(60)])
    for after_s in moments(7, 6, low=0.0, high=0.5):
        ledger = FolderLedger(tmp_path / "ledger")
        put(ledger)
        pid = ledger.pid()
        assert pid is not None
        killer = threading.Timer(after_s, os.kill, (pid, signal.SIGKILL))
        killer.start()
        try:
            for _ in range(12):
                put(ledger, N, many)  # a killed worker's work is done again by another
        finally:
            killer.join()
            ledger.close()
        again = FolderLedger(tmp_path / "ledger")
        again.sweep()
        assert again.whole() == {M: rows_digest(write_rows(ROWS)), N: rows_digest(write_rows(many))}
        assert again.trace([M, N], QUERY).rows == 62
        again.close()


@pytest.mark.parametrize(
    ("bounds", "limit"),
    [(TracerLimits(wall_s=0.001), "wall"), (TracerLimits(output_bytes=900), "output")],
)
def test_a_limit_ends_the_question_and_not_the_ledger(tmp_path: Path, bounds: TracerLimits, limit: str) -> None:
    good = FolderLedger(tmp_path / "ledger")
    put(good)
    good.close()
    tight = FolderLedger(tmp_path / "ledger", limits=bounds)
    try:
        with pytest.raises(SandboxLimit) as refused:
            tight.trace([M], QUERY)
        assert refused.value.limit == limit
        assert tight.pid() is None
    finally:
        tight.close()


def test_a_worker_that_may_not_have_memory_says_so(tmp_path: Path) -> None:
    ledger = FolderLedger(tmp_path / "ledger", limits=TracerLimits(memory_bytes=1024))
    try:
        with pytest.raises((SandboxLimit, WrongUse)):
            put(ledger, M, rows_of([Paid(payer="A", payee="B", minor=1, at=START)] * 200_000))
    finally:
        ledger.close()
    assert ledger.whole() == {}


def test_rows_that_were_begun_before_they_have_a_message_are_its_rows(ledger: FolderLedger) -> None:
    data = write_rows(ROWS)
    made = ledger.make(data)
    assert ledger.whole() == {}
    ledger.add(M, data, digest=rows_digest(data), made=made)
    made.drop()
    assert ledger.whole() == {M: rows_digest(data)}
    assert held(ledger.trace([M], QUERY)) == {"B": 300, "C": 200}
    assert made_in(ledger) == []


def test_rows_that_were_begun_and_never_wanted_leave_nothing(ledger: FolderLedger) -> None:
    made = ledger.make(write_rows(ROWS))
    ledger.add(M, write_rows(ROWS), digest="0" * 64, is_wanted=lambda: False, made=made)
    made.drop()
    assert (ledger.whole(), made_in(ledger)) == ({}, [])


def test_rows_whose_beginning_was_lost_are_written_anew(ledger: FolderLedger) -> None:
    data = write_rows(ROWS)
    made = ledger.make(data)
    made.drop()
    ledger.add(M, data, digest=rows_digest(data), made=made)
    assert held(ledger.trace([M], QUERY)) == {"B": 300, "C": 200}
    nonsense = ledger.make(b"nonsense")
    with pytest.raises(Malformed):
        ledger.add(M, b"nonsense", digest="0" * 64, made=nonsense)
    assert ledger.whole() == {M: rows_digest(data)}


def test_workers_that_are_killed_while_rows_get_their_message_leave_them_whole(tmp_path: Path) -> None:
    many = write_rows(rows_of([Paid(payer="A", payee="B", minor=1, at=START + n * DAY) for n in range(60)]))
    for after_s in moments(8, 5, low=0.0, high=0.5):
        ledger = FolderLedger(tmp_path / "ledger")
        put(ledger)
        pid = ledger.pid()
        assert pid is not None
        killer = threading.Timer(after_s, os.kill, (pid, signal.SIGKILL))
        killer.start()
        try:
            for _ in range(12):
                made = ledger.make(many)
                ledger.add(N, many, digest=rows_digest(many), made=made)
                made.drop()
        finally:
            killer.join()
            ledger.close()
        again = FolderLedger(tmp_path / "ledger")
        again.sweep()
        assert again.whole() == {M: rows_digest(write_rows(ROWS)), N: rows_digest(many)}
        assert again.trace([M, N], QUERY).rows == 62
        again.close()


def made_in(ledger: FolderLedger) -> list[Path]:
    """What lies in the folder of what is being made."""
    return list((ledger.folder / "making").iterdir())


def test_what_is_no_rows_changes_nothing(ledger: FolderLedger) -> None:
    put(ledger)
    for data in (b"", b"nonsense", write_rows(ROWS)[:-1]):
        with pytest.raises(Malformed):
            ledger.add(M, data, digest="0" * 64)
    assert ledger.whole() == {M: rows_digest(write_rows(ROWS))}


def test_what_nobody_wants_any_more_is_not_added(ledger: FolderLedger) -> None:
    ledger.add(M, write_rows(ROWS), digest="0" * 64, is_wanted=lambda: False)
    assert ledger.whole() == {}


def test_what_is_removed_is_let_go_of_by_the_worker(ledger: FolderLedger) -> None:
    put(ledger)
    ledger.trace([M], QUERY)
    assert ledger.status().opened_rows == 2
    ledger.remove([M])
    assert (ledger.status().opened_rows, ledger.status().messages) == (0, 0)
    assert held(ledger.trace([M], QUERY)) == {}


def test_a_closed_ledger_starts_no_worker(tmp_path: Path) -> None:
    ledger = FolderLedger(tmp_path / "ledger")
    ledger.close()
    with pytest.raises(WrongUse):
        put(ledger)
    assert ledger.pid() is None


def test_a_query_that_cannot_be_answered_is_our_error(ledger: FolderLedger) -> None:
    put(ledger)
    both = rows_of([Paid(payer="A", payee="B", minor=500, at=START, currency=code) for code in ("THB", "SGD")])
    put(ledger, N, both)
    with contextlib.suppress(BadInput):
        assert ledger.trace([N], QUERY).objections
    assert held(ledger.trace([M], QUERY)) == {"B": 300, "C": 200}


def test_without_what_follows_money_a_node_takes_payments_and_says_how_to_trace(
    tmp_path: Path,
) -> None:
    Node.create(tmp_path / "node", name="Desk", country="MY", mode=Mode.EXERCISE)
    with Node.open(tmp_path / "node", readers=shared_readers()) as node:
        lacking = FolderLedger(tmp_path / "node" / "ledger", needs=("duckdb", "a_module_that_nobody_has"))
        services = replace(node.services, ledger=lacking)
        taken = take_payments(services)
        assert taken.used == 3
        assert "install" in taken.notes[-1]
        with pytest.raises(NotInstalled, match=r"lintas\[money\]"):
            ask_trace(services, OFFICER, Asked(seeds=(A,)))
        assert not ledger_status(services, OFFICER).installed
        (check,) = [one for one in doctor(services).checks if one.name == "ledger"]
        assert not check.ok
        assert erase(services, OFFICER, taken.messages, ground="retention").erased == taken.messages
        take_payments(services)
    with Node.open(tmp_path / "node", readers=shared_readers()) as node:
        assert ask_trace(node.services, OFFICER, Asked(seeds=(A,))).payments == 3


def test_command_lines_that_are_killed_while_taking_lose_no_acknowledged_payment(tmp_path: Path) -> None:
    node = tmp_path / "node"
    lintas("init", node, "--name", "Desk", "--country", "MY", "--mode", "exercise")
    file = tmp_path / "payments.csv"
    rows = [("1111111111", "2222222222", "500.00", "2026-01-31T09:00:00Z", "P1")]
    takes_s = 0.0
    for number in range(5):
        rows.append(("2222222222", "3333333333", "20.00", f"2026-02-0{number + 1}T09:05:00Z", f"Q{number}"))
        file.write_bytes(csv_of(rows))
        mapping = tmp_path / "mapping.json"
        mapping.write_text(MAPPING)
        asked = ("take", node, file, "--mapping", mapping)
        if not takes_s:
            takes_s = how_long(*asked)
            continue
        (after_s,) = moments(number, 1, low=0.4 * takes_s, high=1.1 * takes_s)
        said = run_or_kill(*asked, after_s=after_s)
        with reopened(node) as opened:
            found = ask_trace(opened.services, OFFICER, Asked(seeds=(f"{A}@:500.00",)))
            messages = opened.services.store.read(lambda s: s.ledger_messages())
            assert found.rows == sum(one.rows for one in messages)
            assert set(opened.services.ledger.whole()) == {one.message for one in messages}
            if said is not None:
                assert set(said["messages"]) <= {one.message for one in messages}
            assert {one.account for one in found.held} <= {B, C}
