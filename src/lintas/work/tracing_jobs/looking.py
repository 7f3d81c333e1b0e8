# SPDX-License-Identifier: Apache-2.0
"""Look at the ledger: how it is, which accounts are in it, what one of them paid and received."""

from lintas.errors import OverLimit
from lintas.limits import LEDGER_SHOWN_MAX
from lintas.model.money import NEVER
from lintas.model.money_answers import AccountsShown, LedgerShown, PaymentsShown
from lintas.model.viewer import Viewer
from lintas.work.access import record_access, scope_of
from lintas.work.services import Services
from lintas.work.tracing_jobs.catching_up import mended, missing_of
from lintas.work.tracing_jobs.showing import shown_account, shown_payment, time_text
from lintas.work.tracing_jobs.tracing import seen_messages


def ledger_status(services: Services, actor: Viewer) -> LedgerShown:
    """Say how the ledger is, as far as the actor may see.

    Raises:
        NotAllowed: The policy refuses.
    """
    scope = scope_of(services, actor, "ledger.read")
    seen = services.store.read(lambda snapshot: snapshot.ledger_seen(scope=scope))
    status = services.ledger.status([one.message for one in seen])
    times = [at for one in seen for at in (one.first_at, one.last_at) if at != NEVER]
    return LedgerShown(
        installed=status.installed,
        hint=status.hint,
        messages=len(seen),
        missing=len(missing_of(services, seen)),
        payments=sum(one.rows for one in seen),
        first_at=time_text(min(times, default=NEVER)),
        last_at=time_text(max(times, default=NEVER)),
        size_bytes=status.size_bytes,
    )


def ledger_accounts(services: Services, actor: Viewer, *, limit: int = 100, purpose: str = "") -> AccountsShown:
    """List accounts in the payments that the actor may see, those that moved most first.

    Raises:
        NotAllowed: The policy refuses.
        NotInstalled: What follows money is not installed here.
    """
    _check(limit)
    seen = [one.message for one in seen_messages(services, actor, "ledger.read")]
    found = mended(services, lambda: services.ledger.accounts(seen, limit=limit))
    record_access(services, actor, "ledger.accounts", {"limit": limit, "messages": len(seen)}, seen, purpose=purpose)
    return AccountsShown(accounts=[shown_account(one) for one in found], messages=len(seen))


def ledger_payments(
    services: Services, actor: Viewer, account: str, *, after: int = 0, limit: int = 100, purpose: str = ""
) -> PaymentsShown:
    """List the payments of one account that the actor may see, in order of time, as each message tells them.

    Raises:
        NotAllowed: The policy refuses.
        NotInstalled: What follows money is not installed here.
    """
    _check(limit)
    seen = [one.message for one in seen_messages(services, actor, "ledger.read")]
    name = account.strip()
    found = mended(services, lambda: services.ledger.payments(seen, name, after=after, limit=limit + 1))
    shown = found[:limit]
    asked = {"account": name, "after": after, "limit": limit}
    record_access(services, actor, "ledger.payments", asked, {one.message for one in shown}, purpose=purpose)
    return PaymentsShown(
        account=name, payments=[shown_payment(one) for one in shown], after=after, more=len(found) > limit
    )


def _check(limit: int) -> None:
    if not 1 <= limit <= LEDGER_SHOWN_MAX:
        raise OverLimit(f"At most {LEDGER_SHOWN_MAX:,} are shown at once.")
