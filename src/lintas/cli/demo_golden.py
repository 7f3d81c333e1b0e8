# SPDX-License-Identifier: Apache-2.0
"""The demo's golden hour: a victim calls SG; the money went over CN and TH to MY, and each desk sees its own part only.

SG, CN, TH and MY each ask their banks and hand on what crosses the border; TH asks MY to hold. The generator's truth is
opened at the end, for the score.
"""

import json
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, Final

from lintas.cli.demo_run import Run, Side, holds, until
from lintas.cli.demo_sharing import take
from lintas.cli.demo_world import BANKS, REPORT
from lintas.cli.exercise_folder import read_world
from lintas.cli.trace import amount
from lintas.errors import UnknownTerm
from lintas.exercises.record import Done, Record, What, write_record
from lintas.exercises.score import score_of
from lintas.model.case_answers import CaseDone, Cases
from lintas.model.desk_answers import RequestShown
from lintas.model.hold_answers import HoldListShown, HoldShown
from lintas.model.marking import Tlp
from lintas.model.money import country_of
from lintas.model.order_answers import OrderShown
from lintas.model.question import NextHopList, QuestionList
from lintas.model.report_answers import ReportFiled
from lintas.model.trace_answers import KeptTraceDone, KeptTraceList, KeptTraceShown
from lintas.web.local import bank_wire, case_wire, report_wire, request_wire, tracing_wire

COME_S_MAX: Final = 60.0
BANK_S_MAX: Final = 60.0
CHAIN_S_MAX: Final = 120.0
ENDS_SOON: Final = timedelta(seconds=10)
ENDS: Final = timedelta(hours=72)
LAW: Final = "Contoh Code, section 9"
TITLE: Final = "Investment scam, over four states"
PARTLY: Final = "BMISMYK0"  # the bank that finds less than was asked
GROUND: Final = "not_identified"
COINS: Final = "XCHGTHB0:C"  # accounts of coins at the exchange
BASES: Final = {"CN": "china_approval"}  # on which a desk asks and hands on
BASIS: Final = "police_cooperation"  # of the others


def report(run: Run) -> str:
    """The banks open; the victim calls SG; the bank's own report of it is taken in, and the money is followed."""
    banks = run.banks.open()
    where = run.banks.world / "nodes" / "SG"
    said: dict[str, Any] = json.loads((where / "reports" / f"{REPORT}.json").read_bytes())
    lim = run.sg.people[0]
    filed = run.sg.ask(report_wire.ReportFile(actor=lim, report=said["report"], victim=said["victim"]), ReportFiled)
    run.golden.report = filed.ref
    told(run, run.sg, "reported", report=REPORT)
    taken = take(run.sg, [where / "goaml" / f"{REPORT}.xml"], Tlp.AMBER, source="bank")
    (paid,) = said["report"]["payments"]
    number, currency = paid["amount"].split()[::-1]
    account = f"{paid['to']['bank']}:{paid['to']['value']}"
    opening = tracing_wire.TracingOpen(
        actor=lim, seeds=[f"{account}@{paid['at']}:{number}"], currency=currency, title=TITLE, report=filed.ref
    )
    opened = run.sg.ask(opening, KeptTraceDone)
    run.golden.trace = opened.shown.line.ref
    return (
        f"{banks} banks of 4 states answer; {filed.ref}: {currency} {number} is gone; the bank's own report is taken in"
        f" ({taken.used} payment), and {run.golden.trace} follows the money, hop by hop"
    )


def follow(run: Run) -> str:
    """Each desk asks its banks under its own law, and a named officer hands on what crossed the border."""
    routes: list[str] = []
    until(lambda: go_on(run, routes) or None, CHAIN_S_MAX, "the trace does not come to an end")
    shown = trace_at(run.sg, run)
    holds(shown is not None and all(one.status == "found" for one in shown.handed), "CN did not find what SG handed on")
    late = [one for one in asked_of(run.cn, run) if one[0] == "SHLICNB0"]
    holds(len(late) >= 1, "the bank that is late was not asked")
    return f"{'; '.join(dict.fromkeys(routes))}; one bank was late, each desk sees its own accounts only"


def go_on(run: Run, routes: list[str]) -> bool:
    """Ask banks and hand on what can be, at each desk to which the money came; says whether all of it is done."""
    is_done = [step(run, side, routes) for side in (run.sg, run.cn, run.th, run.my)]  # each does what it can
    return all(is_done)


def step(run: Run, side: Side, routes: list[str]) -> bool:
    """What one desk can do now; says whether nothing is left to do there."""
    if trace_at(side, run) is None:
        return False
    officer, ref = side.people[0], run.golden.trace
    hops = side.ask(bank_wire.BankNext(actor=officer, trace=ref, law=LAW), NextHopList)
    for question in hops.asked:
        told(run, side, "bank_asked", bank=question.bank, account=question.account, report=REPORT)
    if any(one.stands in ("ask", "asked") for one in hops.hops):
        return False
    done = side.ask(tracing_wire.TracingRelease(actor=officer, trace=ref, basis=basis_of(side)), KeptTraceDone)
    for reference in done.handed:
        line = next(one for one in done.shown.handed if one.direction == "out" and one.reference == reference)
        to = country_of(line.payee)
        told(run, side, "handed", to=to, payment=reference, report=REPORT, revision=line.revision)
        routes.append(f"{side.country} hands on to {to}")
    return not (done.handed or done.answered or done.shown.line.outstanding)


def basis_of(side: Side) -> str:
    """On which legal basis a desk asks and hands on."""
    return BASES.get(side.country, BASIS)


def trace_at(side: Side, run: Run) -> KeptTraceShown | None:
    """The trace as one desk sees it, once it has come there."""
    found = side.ask(tracing_wire.TracingList(actor=side.people[0]), KeptTraceList).traces
    if not any(one.ref == run.golden.trace for one in found):
        return None
    return side.ask(tracing_wire.TracingShow(actor=side.people[0], trace=run.golden.trace), KeptTraceShown)


def asked_of(side: Side, run: Run) -> list[tuple[str, str]]:
    """Bank and account of each question that was answered."""
    request = bank_wire.BankList(actor=side.people[0], about=run.golden.trace)
    questions = side.ask(request, QuestionList).questions
    return [(one.bank, one.account) for one in questions if one.state in ("done", "partly")]


def cross(run: Run) -> str:
    """What is known of all that went: SG is told totals and no account; a part left by an exchange."""
    at_sg = trace_at(run.sg, run)
    holds(at_sg is not None and at_sg.line.stands == "final", "SG is not told that nothing is outstanding")
    hidden = {account for bic in BANKS["TH"] for account in accounts_of(run, "TH", bic)}
    said = str(at_sg)
    holds(not any(account in said for account in hidden), "SG is told an account in TH")
    coins = [one for one in hold_lines(run.th, run, "TH") if one.account.startswith(COINS)]
    holds(coins and all(one.knowledge == "unknown" for one in coins), "what became coins is called known")
    (first, *_) = coins
    gone = amount(sum(one.amount_minor for one in coins), first.currency)
    return f"SG is told totals and no account in TH; TH sees {gone} turned into coins at an exchange: unknown since"


def accounts_of(run: Run, country: str, bic: str) -> list[str]:
    """Numbers of a bank's accounts, long enough to be told apart from anything else."""
    path = run.banks.world / "nodes" / country / "banks" / bic / "accounts.json"
    found: dict[str, Any] = json.loads(path.read_bytes())
    return [one["account"] for one in found["accounts"] if len(one["account"]) > 6]


def join_case(run: Run) -> str:
    """SG opens a case, MY and TH join it: one coordinating desk, an officer in charge at each. CN works by requests.

    The law pack lets CN give approval case by case, and knows no usual basis on which it would be in one.
    """
    lim = run.sg.people[0]
    opened = run.sg.ask(case_wire.CaseSay(actor=lim, do="open", these=[TITLE]), CaseDone)
    for side in (run.my, run.th):
        run.sg.ask(case_wire.CaseSay(actor=lim, do="invite", case=opened.ref, these=[side.node]), CaseDone)
        officer = side.people[0]
        until(partial(has_case, side, opened.ref), COME_S_MAX, f"{side.country} is not invited")
        joined = side.ask(case_wire.CaseSay(actor=officer, do="join", case=opened.ref, these=[officer]), CaseDone)
        holds(run.sg.name in joined.sent_to, f"{side.country} joins, and SG does not hear of it: {joined.not_sent}")
    until(partial(are_in, run, opened.ref, 3), COME_S_MAX, "SG does not see both of them join")
    return f"{opened.ref} “{TITLE}”: SG coordinates, MY and TH joined with an officer in charge; CN works by requests"


def has_case(side: Side, ref: str) -> bool | None:
    """Whether a case has come."""
    found = side.ask(case_wire.CaseList(actor=side.people[0]), Cases).cases
    return any(one.ref == ref for one in found) or None


def are_in(run: Run, ref: str, count: int) -> bool | None:
    """Whether SG sees so many in the case."""
    found = run.sg.ask(case_wire.CaseList(actor=run.sg.people[0]), Cases).cases
    return any(one.ref == ref and len(one.members) == count for one in found) or None


def refuse(run: Run) -> str:
    """CN asks TH to hold an account over the border; TH sees that the money went on, and refuses: a coded ground."""
    line = hold_lines(run.cn, run, "TH")[0]
    ref = ask_hold(run, run.cn, run.th, line)
    come(run.th, ref)
    said = request_wire.RequestSay(actor=run.th.people[0], request=ref, what="refused", ground=GROUND)
    run.th.ask(said, RequestShown)
    told(run, run.th, "refused", request=ref, report=REPORT, ground=GROUND)
    until_state(run.cn, ref, "refused", COME_S_MAX)
    return f"CN asks TH to hold money in {line.account}; it is gone from there, and TH refuses: a normal outcome"


def hold(run: Run) -> str:
    """TH asks MY to hold four accounts of its list; MY orders under its own law, two people each; its banks confirm."""
    lines = hold_lines(run.th, run, "MY")
    holds(len(lines) == 4, f"{len(lines)} accounts in MY are on TH's hold list, and the money went to 4")
    for line in lines:
        run.golden.holds[line.account] = ask_hold(run, run.th, run.my, line)
    said = []
    for line in lines:
        ref = run.golden.holds[line.account]
        order(run, ref, line, soon=line is lines[-1])  # the smallest that can be expected
        there = until_state(run.th, ref, "partly" if line.account.startswith(PARTLY) else "held", BANK_S_MAX)
        amounts = there.amounts
        told_held(run, ref, line, there)
        said.append(f"{amount(amounts.held, amounts.currency)} {there.state}")
    return f"MY holds by its own orders: {', '.join(said)}; TH hears of each at once"


def order(run: Run, ref: str, line: HoldShown, *, soon: bool) -> None:
    """Bala orders, Aminah approves, each by passkey."""
    aminah, bala = run.my.officers[0], run.my.officers[1]
    come(run.my, ref)
    run.my.ask(request_wire.RequestSay(actor=aminah.name, request=ref, what="acknowledged"), RequestShown)
    told(run, run.my, "acknowledged", request=ref, report=REPORT)
    ends = datetime.now(UTC) + (ENDS_SOON if soon else ENDS)
    bank, _, number = line.account.partition(":")
    fields = {
        "door": "police_order",
        "authority": run.my.name,
        "law": LAW,
        "order_no": f"DEMO {ref[-1]}",
        "bank": bank,
        "account": {"scheme": "bank_account", "value": number, "bank": bank, "country": run.my.country, "name": ""},
        "amount": {"minor": line.amount_minor, "currency": line.currency},
        "expires_at": ends.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "relies": "written_order",
        "words": "amount_held",
    }
    asked = request_wire.RequestOrder(actor=bala.name, request=ref, what="ordered", fields=fields)
    page = f"/approvals/{run.my.ask(asked, OrderShown).id}"
    bala.say(page, "confirmed")
    aminah.say(page, "approved")


def expire(run: Run) -> str:
    """One hold was ordered for a few seconds only: it ends on its own, both desks see it, nobody called it released."""
    account, ref = list(run.golden.holds.items())[-1]
    for side in (run.my, run.th):
        until_state(side, ref, "expired", COME_S_MAX + ENDS_SOON.total_seconds())
    told(run, run.my, "expired", hold=ref)
    return f"the hold on {account} ends as it was ordered, and says so at both desks"


def score(run: Run) -> str:
    """Open the truth: of what was reachable, how much is held, and was anything held wrongly?"""
    world = read_world(run.banks.world)
    nodes = tuple(world.nodes)
    done = sorted(run.golden.done, key=lambda one: one.at)
    record = Record(
        scenario=world.scenario, seed=world.seed, scale=world.scale, nodes=nodes, injects=(), desks="human",
        ended_at=now(), events=tuple(done),
    )  # fmt: skip
    (run.banks.world / "played.json").write_bytes(write_record(record))
    found = score_of(world, record)
    holds(not found["wrong_holds"], f"money was held that the truth calls clean: {found['wrong_holds']}")
    holds(not found["basis_errors"], f"asked on no basis: {found['basis_errors']}")
    rightly = sum(part["rightly"] for part in found["held"].values())
    holds(rightly, "nothing is held rightly")
    missed = len(found["missed_expiries"])
    held = ", ".join(amount(part["rightly"], code) for code, part in found["held"].items())
    return (
        f"against the truth: {held} rightly held of what could be held in MY, no wrong hold, no basis error, "
        f"{missed} hold ran out as it was meant to; lintas exercise report {run.banks.world} writes it up"
    )


def hold_lines(side: Side, run: Run, country: str) -> list[HoldShown]:
    """Accounts of a country on a desk's hold list, by the rule."""
    asked = tracing_wire.TracingHolds(actor=side.people[0], trace=run.golden.trace)
    return [one for one in side.ask(asked, HoldListShown).lines if one.country == country]


def ask_hold(run: Run, side: Side, there: Side, line: HoldShown) -> str:
    """One press on a line of the hold list; returns the request's reference."""
    asked = tracing_wire.TracingHold(
        actor=side.people[0],
        trace=run.golden.trace,
        account=line.account,
        currency=line.currency,
        to=there.node,
        basis=basis_of(side),
    )
    sent = side.ask(asked, request_wire.RequestSent).shown
    assert sent is not None, "nobody there has a passkey"
    said = {"request": sent.ref, "account": line.account, "basis": sent.basis, "purpose": sent.purpose}
    told(run, side, "asked", to=there.country, form="hold", report=REPORT, **said)
    return sent.ref


def come(side: Side, ref: str) -> None:
    """Wait until a request is there."""
    until(lambda: state_of(side, ref), COME_S_MAX, f"{ref} does not come to {side.country}")


def until_state(side: Side, ref: str, state: str, seconds: float) -> RequestShown:
    """Wait until a desk sees a request in a state."""

    def look() -> RequestShown | None:
        found = state_of(side, ref)
        return found if found is not None and found.state == state else None

    return until(look, seconds, f"{ref} is not {state} at {side.country}")


def state_of(side: Side, ref: str) -> RequestShown | None:
    """A request as a desk sees it, once it is there."""
    try:
        return side.ask(request_wire.RequestShow(actor=side.people[0], request=ref), RequestShown)
    except UnknownTerm:
        return None


def told_held(run: Run, ref: str, line: HoldShown, shown: RequestShown) -> None:
    """Note a hold that the bank confirmed."""
    told(
        run, run.my, "held", hold=ref, report=REPORT, account=line.account, currency=shown.amounts.currency,
        minor=shown.amounts.held, asked=line.amount_minor, hop=4, expires_at=shown.expires_at,
    )  # fmt: skip


def told(run: Run, side: Side, what: What, **said: Any) -> None:
    """Note what was done, as a record of the exercise says it."""
    run.golden.done.append(Done(at=now(), node=side.country, what=what, **said))


def now() -> str:
    """The time, as records write it."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
