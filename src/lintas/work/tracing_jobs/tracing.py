# SPDX-License-Identifier: Apache-2.0
"""Follow money once over what the asker may see: the one way from a viewer to the ledger."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from msgspec.structs import replace

from lintas.errors import OverLimit
from lintas.limits import TRACE_DEPTH_MAX, TRACE_LINES_MAX, TRACE_ROWS_MAX, TRACE_SEEDS_MAX
from lintas.model.ids import MessageId
from lintas.model.ledger import LedgerMessage
from lintas.model.money import Method, Seed, TraceQuery, TraceResult
from lintas.model.money_answers import TraceShown
from lintas.model.scope import Scope
from lintas.model.viewer import Viewer
from lintas.work.access import record_access, scope_of
from lintas.work.services import Progress, Services, no_progress
from lintas.work.tracing_jobs.borders import came_from_abroad
from lintas.work.tracing_jobs.catching_up import catch_up, mended
from lintas.work.tracing_jobs.seeds import Currencies, read_moment, read_seeds
from lintas.work.tracing_jobs.showing import seed_text, shown_trace

_CURRENCIES_MAX = 50  # of one account that are looked at
_ASKED_MAX = 50  # seeds named in an access entry


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A trace as people ask for it."""

    seeds: tuple[str, ...]  # ACCOUNT[@FROM][:AMOUNT]
    method: Method = Method.FIFO
    until: str = ""  # date (to its end) or RFC 3339
    depth: int = 0
    backward: bool = False
    labels: bool = False
    currency: str = ""  # of the seeds' amounts
    own: tuple[str, ...] = ()  # countries whose accounts are ours
    lines: int = 10_000


def trace_once(
    services: Services,
    actor: Viewer,
    query: TraceQuery,
    *,
    purpose: str = "",
    progress: Progress = no_progress,
    within: Scope | None = None,
) -> TraceResult:
    """Trace over all payments that the actor may see, and no others.

    Args:
        within: Of them, what this scope shows; None: all.

    Raises:
        NotAllowed: The policy refuses.
        NotInstalled: What follows money is not installed here.
        BadInput: The query cannot be answered.
        OverLimit: It asks for more than one trace does.
        SandboxLimit: The tracing worker reached a limit.
    """
    messages = seen_messages(services, actor, "trace.run", progress=progress, within=within)
    return _traced(services, actor, query, messages, purpose=purpose, progress=progress)


def ask_trace(
    services: Services, actor: Viewer, asked: Asked, *, purpose: str = "", progress: Progress = no_progress
) -> TraceShown:
    """Trace as people ask for it, and put the answer as they read it.

    Raises:
        UnknownTerm: No payment that the actor may see is of a seed's account.
        LintasError: As `trace_once`.
    """
    started = services.clock.monotonic_s()
    messages = seen_messages(services, actor, "trace.run", progress=progress)
    known = _Known(services, _ids(messages), progress)
    seeds = read_seeds(asked.seeds, known, currency=asked.currency)
    query = TraceQuery(
        seeds=seeds,
        method=asked.method,
        until=read_moment(asked.until, is_end=True),
        depth=asked.depth,
        backward=asked.backward,
        labels=asked.labels,
        own=asked.own,
        lines_max=asked.lines,
    )
    result = _traced(services, actor, query, messages, purpose=purpose, progress=progress)
    seconds = services.clock.monotonic_s() - started
    shown = shown_trace(result, seeds, messages=len(messages), seconds=seconds)
    if not query.backward:
        return shown
    return replace(shown, limits=[*came_from_abroad(result, services.config.country), *shown.limits])


def seen_messages(
    services: Services,
    actor: Viewer,
    activity: str,
    *,
    progress: Progress = no_progress,
    within: Scope | None = None,
) -> list[LedgerMessage]:
    """The messages whose payments an actor may see, all of them in the ledger if it can be.

    Args:
        within: Narrower than what the actor may see, made from it; None: all of that.

    Raises:
        NotAllowed: The policy refuses.
    """
    scope = scope_of(services, actor, activity)
    # how many messages are missing is nobody's to know who may not see them
    catch_up(services, progress=lambda what, _done, _total: progress(what, 0, 0))
    return services.store.read(lambda snapshot: snapshot.ledger_seen(scope=within or scope))


def _traced(
    services: Services,
    actor: Viewer,
    query: TraceQuery,
    messages: Sequence[LedgerMessage],
    *,
    purpose: str,
    progress: Progress,
) -> TraceResult:
    _check(query, messages)
    result = mended(
        services, lambda: services.ledger.trace(_ids(messages), query, progress=progress), progress=progress
    )
    asked = {
        "seeds": [seed_text(seed) for seed in query.seeds[:_ASKED_MAX]],
        "seeds_count": len(query.seeds),
        "method": query.method.value,
        "backward": query.backward,
        "messages": len(messages),
    }
    shown = {flow.message for flow in result.flows} & set(_ids(messages))
    record_access(services, actor, "trace", asked, shown, purpose=purpose)
    return result


def _check(query: TraceQuery, messages: Sequence[LedgerMessage]) -> None:
    rows = sum(one.rows for one in messages)
    for what, count, most in (
        ("seeds", len(query.seeds), TRACE_SEEDS_MAX),
        ("payments from a seed", query.depth, TRACE_DEPTH_MAX),
        ("lines of flows", query.lines_max, TRACE_LINES_MAX),
        ("payments", rows, TRACE_ROWS_MAX),
    ):
        if count > most:
            raise OverLimit(f"{count:,} {what} are asked for; one trace has at most {most:,}.")


def known_accounts(services: Services, actor: Viewer) -> Currencies:
    """What tells which accounts stand in the payments that an actor may see, and in which currencies.

    Raises:
        NotAllowed: The policy refuses.
    """
    return _Known(services, _ids(seen_messages(services, actor, "trace.run")), no_progress)


@dataclass(frozen=True, slots=True)
class _Known:
    """Tells which of some accounts the ledger has."""

    services: Services
    messages: Sequence[MessageId]
    progress: Progress

    def __call__(self, names: Sequence[str]) -> Mapping[str, Sequence[str]]:
        """Account -> its currencies."""
        found: dict[str, list[str]] = {}
        most = len(names) * _CURRENCIES_MAX
        ledger, progress = self.services.ledger, self.progress
        for one in mended(
            self.services,
            lambda: ledger.accounts(self.messages, names=names, limit=most, progress=progress),
            progress=progress,
        ):
            found.setdefault(one.account, []).append(one.currency)
        return {account: sorted(currencies) for account, currencies in found.items()}


def _ids(messages: Sequence[LedgerMessage]) -> list[MessageId]:
    return [one.message for one in messages]


__all__ = ["Asked", "Seed", "ask_trace", "known_accounts", "seen_messages", "trace_once"]
