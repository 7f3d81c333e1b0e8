# SPDX-License-Identifier: Apache-2.0
"""From a trace to a hold: the list of accounts in the order of the rule, and a request filled from one line of it.

The list proposes and a person decides: nothing is sent but by their press, through the same way as every request.
"""

from datetime import UTC, datetime
from typing import Any, Final

from lintas.errors import BadInput, UnknownTerm, WrongUse
from lintas.model.desk_answers import RequestShown
from lintas.model.hold_answers import HoldDraft, HoldListShown, HoldShown
from lintas.model.kept_trace import KeptTrace
from lintas.model.money import NEVER, FlowLine, Method, TraceResult, country_of
from lintas.model.order_answers import OrderShown
from lintas.model.peering import Standing
from lintas.model.scope import Scope
from lintas.model.viewer import Viewer
from lintas.policy.hold_list import RULE, SORTS, HoldLine, hold_list, may_be_held
from lintas.ports.store import Snapshot
from lintas.work.access import permit, record_access, scope_of
from lintas.work.orders import send_or_propose
from lintas.work.requests.sending import SENDS
from lintas.work.requests.wanting import addressed
from lintas.work.services import Services, as_text
from lintas.work.tracing_jobs.advancing import run_in_name
from lintas.work.tracing_jobs.showing import time_text
from lintas.work.tracing_jobs.standing import READS, trace_in, trace_or_unknown

FORM: Final = "hold"
LINES_MAX: Final = 1_000
_REQUESTS_MAX: Final = 20
_WARNING: Final = (
    "The half-lives of this rule were not confirmed by anybody: take the order as a proposal, and sort otherwise where"
    " you know better."
)
_METHODS: Final = {Method.PRORATA: "pro_rata"}  # codes of the forms pack, where they are others than ours
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


class _Ran:
    """A trace that was just run for its hold list."""

    def __init__(self, services: Services, viewer: Viewer, ref: str) -> None:
        scope = scope_of(services, viewer, READS)
        permit(services, viewer, "trace.run")

        def look(snapshot: Snapshot) -> KeptTrace:
            return trace_in(services, snapshot, trace_or_unknown(snapshot, ref, scope))

        self.scope: Scope = scope
        self.trace = services.store.read(look)
        if not self.trace.is_here:
            raise WrongUse("Nothing of this trace is followed here.")
        self.result, _ = run_in_name(services, self.trace, viewer)


def _lines(services: Services, result: TraceResult, sort: str) -> tuple[HoldLine, ...]:
    """The list as of now."""
    now = (services.clock.now() - _EPOCH).total_seconds()
    return hold_list(
        may_be_held(result), services.packs.recovery, now=int(now * 1_000_000), until=_until(result), sort=sort
    )


def list_holds(services: Services, viewer: Viewer, ref: str, *, sort: str = "rule") -> HoldListShown:
    """Run a kept trace for the viewer, and list where a hold may still reach money.

    Args:
        sort: `rule`; `amount`, `newest` or `account`; `off` leaves the trace's own order. The place by the rule stands
            on each line whatever the order.

    Raises:
        UnknownTerm: There is no such trace that this viewer may see.
        BadInput: There is no such order.
        WrongUse: Nothing of it is followed here.
        NotInstalled: What follows money is not installed here.
    """
    if sort not in SORTS:
        raise BadInput(f"{sort[:20]!r} is no order.", hint=f"One of {', '.join(SORTS)}.")
    ran = _Ran(services, viewer, ref)
    record_access(services, viewer, "hold list", {"ref": ran.trace.ref, "sort": sort}, [])
    return holds_of(services, ran.trace.ref, ran.result, scope=ran.scope, sort=sort)


def holds_of(services: Services, ref: str, result: TraceResult, *, scope: Scope, sort: str = "rule") -> HoldListShown:
    """The hold list of a run that was just made.

    Args:
        scope: Of the viewer: which requests about an account they are told of.
        sort: As `list_holds`.
    """
    lines = _lines(services, result, sort)

    def asked(snapshot: Snapshot) -> dict[str, list[str]]:
        return {line.account: _requests_about(snapshot, line.account, scope) for line in lines[:LINES_MAX]}

    requests = services.store.read(asked)
    expected: dict[str, int] = {}
    for line in lines:
        expected[line.currency] = expected.get(line.currency, 0) + line.expected
    limits = list(result.limits)
    if len(lines) > LINES_MAX:
        limits.append(f"{len(lines) - LINES_MAX:,} further accounts are not shown.")
    return HoldListShown(
        ref=ref,
        rule=RULE,
        pack=services.packs.recovery.digest,
        warning="" if all(line.half_life_confirmed for line in lines) else _WARNING,
        sort=sort,
        at=as_text(services.clock.now()),
        lines=[_shown(line, requests[line.account]) for line in lines[:LINES_MAX]],
        expected_minor=expected,
        limits=limits,
    )


def draft_hold(
    services: Services, viewer: Viewer, ref: str, *, account: str, currency: str = "", to: str = ""
) -> HoldDraft:
    """Fill a hold request from one line of the list; nothing is sent.

    Args:
        account: Key of the account, as the line has it.
        currency: Where the account has money in several.
        to: Node or name; the own desk, or the peer of the account's country, when empty.

    Raises:
        UnknownTerm: There is no such trace, or no such line.
        WrongUse: The account has several currencies and none is named.
    """
    permit(services, viewer, SENDS)
    ran = _Ran(services, viewer, ref)
    line = _line_of(_lines(services, ran.result, "rule"), account, currency)
    opened = ran.trace.opened
    node, name, missing = services.store.read(lambda snapshot: _desk_for(services, snapshot, line, to))
    record_access(services, viewer, "hold draft", {"ref": ran.trace.ref, "account": account}, [])
    return HoldDraft(
        to=node,
        to_name=name,
        form=FORM,
        fields=_fields(ran, line),
        case="" if opened is None else opened.case,
        report="" if opened is None else opened.report,
        place=line.place,
        missing=missing,
    )


def open_hold(
    services: Services,
    viewer: Viewer,
    ref: str,
    *,
    account: str,
    currency: str = "",
    to: str = "",
    minor: int = 0,
    purpose: str = "",
    basis: str = "",
    urgency: str = "now",
    short: str = "",
    lang: str = "en",
) -> RequestShown | OrderShown:
    """Send the hold request of one line, or propose to where passkeys bind: one press. Pressed twice, it is one.

    Args:
        minor: Of the line's currency; all that is followed there when 0.

    Raises:
        WrongUse: No desk is known that could hold it.
        BadInput: More is asked to be held than is followed there.
        LintasError: As `draft_hold` and `orders.send_or_propose`.
    """
    drafted = draft_hold(services, viewer, ref, account=account, currency=currency, to=to)
    if drafted.missing:
        raise WrongUse(drafted.missing, hint="Send it by hand: lintas request send DIR hold --to …")
    fields = dict(drafted.fields)
    amount: Any = fields["amount"]
    if minor < 0 or minor > amount["minor"]:
        raise BadInput("More is asked to be held than is followed there.")
    if minor:
        fields["amount"] = {"minor": minor, "currency": amount["currency"]}
    asked = {
        "to": drafted.to,
        "form": FORM,
        "fields": fields,
        "purpose": purpose,
        "basis": basis,
        "urgency": urgency,
        "short": short,
        "lang": lang,
        "report": drafted.report,
        "case": drafted.case,
    }
    return send_or_propose(services, viewer, asked)


def _line_of(lines: tuple[HoldLine, ...], account: str, currency: str) -> HoldLine:
    found = [line for line in lines if line.account == account and currency in ("", line.currency)]
    if not found:
        raise UnknownTerm(
            f"No money that is followed is in {account[:60]!r}.", hint="lintas tracing DIR holds REF lists accounts."
        )
    if len(found) > 1:
        raise WrongUse(
            f"It has money in {', '.join(line.currency for line in found)}.", hint="Name one: --currency CODE."
        )
    return found[0]


def _desk_for(services: Services, snapshot: Snapshot, line: HoldLine, to: str) -> tuple[str, str, str]:
    """Which desk is asked: node, name, and why none is where none is. In the own country it is the own one."""
    if to or line.country == services.config.country:
        found = addressed(services, snapshot, to or services.keys.node)
        return found.node, found.name, ""
    if not line.country:
        return "", "", "The account does not say in which country it is kept: name the desk with --to."
    able = [one for one in snapshot.peers() if one.country == line.country and one.standing not in _UNABLE]
    if len(able) == 1:
        return able[0].node, able[0].name, ""
    if not able:
        return "", "", f"No peer of {line.country} is known here."
    names = ", ".join(one.name for one in able[:5])
    return "", "", f"Several peers are in {line.country} ({names}): name one with --to."


_UNABLE: Final = frozenset({Standing.SUSPENDED, Standing.REMOVED})


def _fields(ran: _Ran, line: HoldLine) -> dict[str, object]:
    """What a hold request says, of what the trace knows; what it does not know is left out."""
    bank, _, number = line.account.rpartition(":")
    account = {
        "scheme": _scheme(line.account),
        "value": number if bank else line.account,
        "bank": bank,
        "country": line.country,
        "name": "",
    }
    fields: dict[str, object] = {
        "account": account,
        "amount": {"minor": line.minor, "currency": line.currency},
        "method": _METHODS.get(ran.result.method, ran.result.method.value),
    }
    last = _last_payment(ran.result, line)
    if last is not None:
        at = last.credit_at if last.credit_at != NEVER else last.at
        if at != NEVER:
            fields["paid_at"] = time_text(at)
        kind, _, reference = last.payment.partition(":")
        if kind in ("uetr", "e2e", "tx") and reference:
            fields["reference"] = reference
        payer_bank = last.payer.rpartition(":")[0]
        if payer_bank and country_of(last.payer):
            fields["from_bank"] = payer_bank
    return fields


def _last_payment(result: TraceResult, line: HoldLine) -> FlowLine | None:
    """The largest payment that brought the money: by it the other bank finds the account's booking."""
    came = [one for one in result.flows if one.payee == line.account and one.tainted > 0]
    return max(came, key=lambda one: (one.tainted, one.at), default=None)


def _scheme(account: str) -> str:
    if ":" in account:
        return "bank_account"
    if account[:2].isalpha() and account[2:4].isdecimal():
        return "iban"
    if account.startswith("0x") and len(account) == 42:
        return "eth"
    if account.startswith("T") and len(account) == 34:
        return "tron"
    return (
        "btc"
        if (account[:1] in ("1", "3") and not account.isdecimal()) or account.startswith("bc1")
        else "bank_account"
    )


def _requests_about(snapshot: Snapshot, account: str, scope: Scope) -> list[str]:
    """Requests about an account that the viewer may see."""
    number = "".join(char for char in account.rpartition(":")[2].upper() if char.isalnum())
    found = snapshot.requests_about(number, scope=scope, limit=_REQUESTS_MAX)
    return [one.ref for one in found if one.form == FORM]


def _until(result: TraceResult) -> int:
    """Up to when the rows tell: what is confirmed was there then."""
    times = [max(one.at, one.credit_at) for one in result.flows]
    return max(times, default=NEVER)


def _shown(line: HoldLine, requests: list[str]) -> HoldShown:
    return HoldShown(
        place=line.place,
        account=line.account,
        country=line.country,
        currency=line.currency,
        amount_minor=line.minor,
        confirmed_minor=line.confirmed,
        expected_minor=line.expected,
        knowledge=line.knowledge,
        channel=line.channel,
        half_life_minutes=line.half_life,
        half_life_confirmed=line.half_life_confirmed,
        minutes=line.minutes,
        share_ppm=line.share,
        minutes_confirmed=line.minutes_confirmed,
        share_confirmed_ppm=line.share_confirmed,
        sum=line.in_words,
        requests=requests,
    )
