# SPDX-License-Identifier: Apache-2.0
"""Whose bank to ask next in a kept trace, and one press that asks all that can be asked."""

from collections.abc import Collection
from datetime import UTC, datetime, timedelta

import msgspec

from lintas.errors import BadInput
from lintas.formats.bank_bookings import micros
from lintas.limits import LEDGER_US_MAX, LEDGER_US_MIN, TRACE_ASK_BEFORE_S, TRACE_ASK_UNDATED_S
from lintas.model.money import NEVER, TraceResult, country_of
from lintas.model.question import NextHopList, NextHopShown, QuestionShown
from lintas.model.scope import Scope
from lintas.model.trace_answers import KeptTraceShown
from lintas.model.viewer import Viewer
from lintas.policy.next_hop import NextHop, next_hops
from lintas.ports.bank import bank_for
from lintas.ports.store import Snapshot
from lintas.work.access import record_access, scope_of
from lintas.work.banking.asking import ASKS, SHOWN_MAX, ask_bank, shown_of
from lintas.work.services import Services, as_text
from lintas.work.tracing_jobs.opening import look_at_trace
from lintas.work.tracing_jobs.showing import time_text

HOPS_MAX = 200
_ASKED = {"open": "asked", "done": "answered", "partly": "ask", "failed": "failed", "dropped": "ask"}


def list_next_hops(services: Services, viewer: Viewer, trace: str) -> NextHopList:
    """Run a kept trace for the viewer, and list accounts of which more is followed than is certain.

    Raises:
        UnknownTerm: There is no such trace that this viewer may see.
        NotAllowed: The policy refuses.
        NotInstalled: What follows money is not installed here.
    """
    scope = scope_of(services, viewer, ASKS)
    return hops_of(services, viewer, *look_at_trace(services, viewer, trace), scope=scope)


def hops_of(
    services: Services, viewer: Viewer, shown: KeptTraceShown, result: TraceResult | None, *, scope: Scope
) -> NextHopList:
    """The same of a run that was just made.

    Args:
        scope: Of the viewer, by ASKS: which questions they are told of.
    """
    ref = shown.line.ref
    hops = (*_unseen(shown, result), *(() if result is None else next_hops(result)))[:HOPS_MAX]
    asked = services.store.read(lambda snapshot: _asked_for(snapshot, ref, scope))
    found = NextHopList(ref=ref, hops=[_shown(services, hop, asked) for hop in hops])
    record_access(services, viewer, "next hops", {"ref": ref}, [shown.line.message])
    return found


def ask_next_hops(
    services: Services, viewer: Viewer, trace: str, *, law: str, accounts: Collection[str] | None = None
) -> NextHopList:
    """Have every bank asked that can be asked about an account of which nobody knows enough: one press.

    Args:
        law: Under which the banks are asked.
        accounts: Keys of accounts; all that can be asked when None.

    Raises:
        BadInput: No law is named.
        LintasError: As `list_next_hops`, and `ask_bank`.
    """
    if not law.strip():
        raise BadInput("Name the law under which the banks are asked.", hint="The banks rely on it.")
    found = list_next_hops(services, viewer, trace)
    asked = [
        ask_bank(
            services,
            viewer,
            about=found.ref,
            bank=hop.bank,
            account=hop.account,
            currency=hop.currency,
            start=hop.told_until or _start(services, hop.since),
            law=law,
        )
        for hop in found.hops
        if hop.stands == "ask" and (accounts is None or hop.account in accounts)
    ]
    hops = services.store.read(lambda snapshot: _asked_for(snapshot, found.ref, scope_of(services, viewer, ASKS)))
    return NextHopList(ref=found.ref, hops=[_again(hop, hops) for hop in found.hops], asked=asked)


def _unseen(shown: KeptTraceShown, result: TraceResult | None) -> list[NextHop]:
    """Accounts to which a payment was handed that no row here tells of: nobody knows yet in which currency it came."""
    seen = set() if result is None else {flow.payment for flow in result.flows}
    found: dict[str, NextHop] = {}
    for one in shown.handed:
        if one.direction != "in" or one.reference in seen or not one.tainted:
            continue
        at = _told_at(one.at)
        before = found.get(one.payee, NextHop(one.payee, country_of(one.payee), "", 0, at, at))
        since, last = min(before.since, at), max(before.last, at)
        found[one.payee] = before._replace(unsure=before.unsure + one.tainted, since=since, last=last)
    return list(found.values())


def _told_at(text: str) -> int:
    """When another node says that a payment was debited; NEVER where it says nothing, or what no payment's time is."""
    at = micros(text) if text else NEVER
    return at if LEDGER_US_MIN <= at <= LEDGER_US_MAX else NEVER


def _asked_for(snapshot: Snapshot, ref: str, scope: Scope) -> list[QuestionShown]:
    return [shown_of(snapshot, one) for one in snapshot.questions(ref, scope=scope, limit=SHOWN_MAX)]


def _shown(services: Services, hop: NextHop, asked: list[QuestionShown]) -> NextHopShown:
    bank = hop.account.rpartition(":")[0]
    about = _about(hop.account, hop.currency, asked)
    stands = "ask"
    if hop.country not in ("", services.config.country):
        stands = "abroad"
    elif not bank_for(services.config.banks, bank, hop.currency):
        stands = "no_connection"
    elif about:
        stands = _ASKED[about[0].state]
        if stands == "answered" and (hop.last == NEVER or hop.last >= micros(about[0].end)):
            stands = "ask"  # such money came or went after all that its bank told
    return NextHopShown(
        account=hop.account,
        country=hop.country,
        currency=hop.currency,
        unsure_minor=hop.unsure,
        since="" if hop.since == NEVER else time_text(hop.since),
        bank=bank,
        stands=stands,
        questions=[one.ref for one in about],
        told_until=next((one.end for one in about if one.state in ("done", "partly")), ""),
    )


def _again(hop: NextHopShown, asked: list[QuestionShown]) -> NextHopShown:
    about = _about(hop.account, hop.currency, asked)
    if not about:
        return hop
    stands = _ASKED[about[0].state] if hop.stands == "ask" else hop.stands
    return msgspec.structs.replace(hop, stands=stands, questions=[one.ref for one in about])


def _about(account: str, currency: str, asked: list[QuestionShown]) -> list[QuestionShown]:
    number = account.rpartition(":")[2]
    return [one for one in asked if one.account == number and currency in ("", one.currency)]


def _start(services: Services, since: str) -> str:
    """Somewhat before money first came, for clocks of banks differ; where nobody knows when, some days before now."""
    now = services.clock.now()
    if not since:
        return as_text((now - timedelta(seconds=TRACE_ASK_UNDATED_S)).astimezone(UTC))
    return as_text((min(datetime.fromisoformat(since), now) - timedelta(seconds=TRACE_ASK_BEFORE_S)).astimezone(UTC))
