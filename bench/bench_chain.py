# SPDX-License-Identifier: Apache-2.0
"""The golden-hour chain by machine: from a victim's report at one node to the bank's confirmation of a hold at another.

Two nodes and two banks, each a process of its own. What people do takes no time here: whoever reads, decides and signs
is played by the next call. Between the calls is what the machines need: banks that are asked, rows that are taken in, a
trace that goes on, a hand-off, a request, an order, the bank's word, and the news of it at the first desk.
"""

import base64
import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final, TypeVar

import msgspec
from linked import Side, free_port, linked
from measuring import Bench, quantile

from lintas.cli.client import File
from lintas.cli.client import ask as ask_with
from lintas.errors import UnknownTerm
from lintas.model.desk_answers import RequestShown
from lintas.model.intake_answers import Taken
from lintas.model.marking import Marking, Tlp
from lintas.model.question import NextHopList
from lintas.model.report_answers import ReportFiled
from lintas.model.trace_answers import KeptTraceDone, KeptTraceList, KeptTraceShown
from lintas.web.local import bank_wire, report_wire, request_wire, serving, tracing_wire, wire
from lintas.work.services import no_progress

SMALL: Final = 2
USUAL: Final = 40
LOOK_S: Final = 0.01
ENDS_S: Final = 120.0
BEGAN: Final = datetime.now(UTC)
LAW: Final = "Contoh Code, section 9"
PAID: Final = 2_500_000
BANKS: Final = {"SG": ("EXMPSGS0", "SGD"), "MY": ("BUMPMYK0", "MYR")}

T = TypeVar("T")


def measure_chain(bench: Bench) -> None:
    """Go through the chain some times, one victim after the other, each with accounts of their own."""
    count = SMALL if bench.small else USUAL
    with bench.folder() as folder, linked(folder) as (my, sg), _banks(folder, (my, sg), count + 1):
        my.start()
        sg.start()
        taken: list[dict[str, float]] = []
        for number in range(count + 1):
            times = _chain(my, sg, number)
            if number:  # readers and tracing workers are started by the first
                taken.append(times)
    whole = [sum(times.values()) for times in taken]
    for part in taken[0]:
        bench.say(f"chain, {part}: p50", quantile([times[part] for times in taken], 0.5) * 1e3, "ms")
    bench.say("report to the bank's confirmation: p50", quantile(whole, 0.5) * 1e3, "ms", chains=count)
    bench.say("report to the bank's confirmation: p95", quantile(whole, 0.95) * 1e3, "ms", target="< 3 s")


def _chain(my: Side, sg: Side, number: int) -> dict[str, float]:
    """One chain; returns seconds by part."""
    first, second = _account("SG", number), _account("MY", number)
    marks = [time.perf_counter()]
    ref, trace = _report(sg, first, number)
    marks.append(time.perf_counter())
    _ask_banks(sg, trace)
    _until(lambda: sg.ask(tracing_wire.TracingRelease(trace=trace), KeptTraceDone).handed)
    marks.append(time.perf_counter())
    _until(lambda: any(one.ref == trace for one in my.ask(tracing_wire.TracingList(), KeptTraceList).traces))
    _ask_banks(my, trace)
    _until(lambda: my.ask(tracing_wire.TracingRelease(trace=trace), KeptTraceDone).answered)
    _until(lambda: sg.ask(tracing_wire.TracingShow(trace=trace), KeptTraceShown).line.stands == "final")
    marks.append(time.perf_counter())
    sent = sg.ask(tracing_wire.TracingHold(trace=trace, account=second, to=my.id), request_wire.RequestSent)
    asked = sent.shown
    assert asked is not None, "nobody there has a passkey"
    _until(lambda: _listed(my, asked.ref))
    my.ask(request_wire.RequestSay(request=asked.ref, what="acknowledged"), RequestShown)
    my.ask(request_wire.RequestSay(request=asked.ref, what="ordered", fields=_order(second, number)), RequestShown)
    _until(lambda: sg.ask(request_wire.RequestShow(request=asked.ref), RequestShown).state == "held")
    marks.append(time.perf_counter())
    assert ref
    parts = ("report and trace", "first bank, hand-off", "second bank, answer", "request, order, bank's word")
    return {part: end - start for part, start, end in zip(parts, marks, marks[1:], strict=False)}


def _report(sg: Side, first: str, number: int) -> tuple[str, str]:
    bank, _, account = first.partition(":")
    at = _moment(-60)
    paid = {
        "amount": f"SGD {PAID / 100:.2f}", "at": at, "from_bank": bank, "rail": "", "reference": f"V{number}",
        "to": {"bank": bank, "value": account, "name": ""},
    }  # fmt: skip
    said = {"how": "phone", "area": "online_scams", "kind": "official_call", "payments": [paid]}
    filed = sg.ask(report_wire.ReportFile(report=said), ReportFiled)
    row = f"date,from,to,amount,currency,reference\n{at},{bank}:0{number:09d},{first},{PAID / 100:.2f},SGD,V{number}\n"
    where = serving.read(sg.folder)
    assert where is not None
    take = wire.Take(marking=Marking(tlp=Tlp.AMBER).codes(), source="bank", region="SG", format="payments")
    raw = ask_with(where.socket, take, [File(f"paid-{number}.csv", row.encode())], no_progress)
    taken = msgspec.json.decode(raw, type=Taken)
    assert taken.used == 1, taken
    seed = f"{first}@{at}:{PAID}"
    opened = sg.ask(tracing_wire.TracingOpen(seeds=[seed], currency="SGD", report=filed.ref), KeptTraceDone)
    return filed.ref, opened.shown.line.ref


def _ask_banks(side: Side, trace: str) -> None:
    """Ask each bank that can be asked, until they told."""

    def told() -> bool:
        hops = side.ask(bank_wire.BankNext(trace=trace, law=LAW), NextHopList).hops
        return bool(hops) and not any(one.stands in ("ask", "asked") for one in hops)

    _until(told)


def _listed(side: Side, ref: str) -> bool:
    try:
        side.ask(request_wire.RequestShow(request=ref), RequestShown)
    except UnknownTerm:
        return False
    return True


def _order(account: str, number: int) -> dict[str, Any]:
    bank, _, value = account.partition(":")
    return {
        "door": "police_order", "authority": "Bench MY", "law": LAW, "order_no": f"B{number}", "bank": bank,
        "account": {"scheme": "bank_account", "value": value, "bank": bank, "country": "MY", "name": ""},
        "amount": {"minor": PAID * 3, "currency": "MYR"}, "expires_at": _moment(86_400),
        "relies": "written_order", "words": "amount_held",
    }  # fmt: skip


@contextmanager
def _banks(folder: Path, sides: tuple[Side, Side], count: int) -> Iterator[None]:
    """A bank for each node, that knows of each victim's money before anybody asks."""
    children = []
    secret = folder / "secret"
    secret.write_bytes(base64.b64encode(bytes(range(32))))
    secret.chmod(0o600)
    try:
        for side in sides:
            bic, currency = BANKS[side.name]
            port, where = free_port(), folder / bic
            where.mkdir()
            (where / "accounts.json").write_text(json.dumps(_books(side.name, count)))
            command = [sys.executable, "-m", "lintas_simulators.bank", "--bank", bic, "--port", str(port)]
            command += ["--mode", "exercise", "--data", str(where / "bank.sqlite"), "--while-stdin"]
            command += ["--secret-file", str(secret), "--accounts", str(where / "accounts.json")]
            child = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
            children.append(child)
            assert child.stdout is not None
            assert child.stdout.readline()
            with (side.folder / "node.toml").open("a") as settings:
                settings.write(f'\n[bank.{bic.lower()}]\nurl = "http://127.0.0.1:{port}"\nsecret_file = "{secret}"\n')
                settings.write(f'banks = ["{bic}"]\ncurrency = "{currency}"\n')
        yield
    finally:
        for child in children:
            child.terminate()
            child.communicate(timeout=30)


def _books(country: str, count: int) -> dict[str, Any]:
    """What a bank's accounts had and have: each victim's money came to SG, and went on to MY, before it is reported."""
    accounts, bookings = [], []
    for number in range(count):
        here, there = _account("SG", number), _account("MY", number)
        reference = f"uetr:00000000-0000-4000-8000-{number:012d}"
        currency = BANKS[country][1]
        accounts.append({"account": _account(country, number).partition(":")[2], "currency": currency, "minor": 0})
        if country == "SG":
            bookings += [
                {"id": f"in{number}", "at": _moment(-60), "from": "", "to": here.partition(":")[2], "minor": PAID,
                 "other": f"EXMPSGS0:0{number:09d}", "reference": f"e2e:V{number}", "kind": "transfer"},
                {"id": f"on{number}", "at": _moment(-50), "from": here.partition(":")[2], "to": "", "minor": PAID,
                 "other": there, "reference": reference, "kind": "transfer",
                 "reached": {"currency": "MYR", "minor": PAID * 3}},
            ]  # fmt: skip
        else:
            bookings.append(
                {"id": f"in{number}", "at": _moment(-49), "from": "", "to": there.partition(":")[2],
                 "minor": PAID * 3, "other": here, "reference": reference, "kind": "transfer"}
            )  # fmt: skip
    return {"mode": "exercise", "accounts": accounts, "bookings": bookings}


def _account(country: str, number: int) -> str:
    return f"{BANKS[country][0]}:5{number:09d}"


def _moment(seconds: float) -> str:
    """A time beside the one at which the bench began: the banks booked before anybody called."""
    at = BEGAN + timedelta(seconds=seconds)
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _until(look: Callable[[], object]) -> None:
    """Look until it is so; a node tells a waiting call nothing of this."""
    ends = time.monotonic() + ENDS_S
    while not look():
        assert time.monotonic() < ends, "it never came"
        time.sleep(LOOK_S)


def main() -> None:
    """Measure."""
    bench = Bench("chain", "from a report to the bank's confirmation over a border, by machine")
    bench.run({"chain": measure_chain})
    bench.finish()


if __name__ == "__main__":
    main()
