# SPDX-License-Identifier: Apache-2.0
"""Questions that a bank with a connection has not answered, found in the log; and those that follow of a request.

A request of form `trace` that a named person here has taken is asked of the bank by itself, where the agency said in
`node.toml` under which law that bank tells it bookings (`trace_law`). Without that a named person asks.
"""

import hashlib
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from lintas.errors import BadInput, LintasError, SandboxLimit, WrongUse
from lintas.limits import TRACE_ASK_BEFORE_S, TRACE_ASK_UNDATED_S
from lintas.model.desk import Doc, Side, State
from lintas.model.desk_found import RequestHead
from lintas.model.question import QuestionSaid
from lintas.policy.bookings import CHANGED
from lintas.ports.bank import BankSettings, bank_for
from lintas.ports.store import Snapshot, Transaction
from lintas.work.banking.asking import SAID_MAX, SHOWN_MAX, is_ended, prepare_asked, write_asked_in
from lintas.work.desk import new_ref
from lintas.work.requests.showing import asked_in
from lintas.work.services import Services, as_text
from lintas.work.streams import SELF

FORM: Final = "trace"
AT_ONCE: Final = 1_000
_THREADS_MAX: Final = 10_000


@dataclass(slots=True)
class QuestionsLooked:
    """What the last look found; it can be thrown away, and then the next look reads more."""

    upto: int = -1
    waiting: dict[str, QuestionSaid] = field(default_factory=dict)  # reference -> what was asked
    tried: set[str] = field(default_factory=set)  # messages of requests that nothing can be asked of a bank for


def look_questions(
    services: Services, settings: Mapping[str, BankSettings], looked: QuestionsLooked
) -> list[QuestionSaid]:
    """Every question that banks with these connections are still to be asked, the oldest first."""
    _ask_for_requests(services, settings, looked)

    def look(snapshot: Snapshot) -> list[QuestionSaid]:
        if snapshot.meta("state") != "live":
            return []  # a restored node asks nobody anything before it has shown that it is current
        while rows := snapshot.questions_open(looked.upto, limit=AT_ONCE):
            for one in rows:
                looked.upto = one.seq
                looked.waiting[one.ref] = one
        for ref in [ref for ref in looked.waiting if is_ended(snapshot, ref) or _was_changed(snapshot, ref)]:
            del looked.waiting[ref]
        return [one for one in looked.waiting.values() if bank_for(settings, one.said["bank"], one.said["currency"])]

    return services.store.read(look)


def _was_changed(snapshot: Snapshot, ref: str) -> bool:
    """Whether the bank said one thing and then another: nothing that it says to this question counts any more."""
    return any(CHANGED in one.said.get("codes", ()) for one in snapshot.question_said(ref, limit=SAID_MAX))


def _ask_for_requests(services: Services, settings: Mapping[str, BankSettings], looked: QuestionsLooked) -> None:
    if not any(one.trace_law for one in settings.values()):
        return

    def look(snapshot: Snapshot) -> list[tuple[RequestHead, Mapping[str, Any], str]]:
        if snapshot.meta("state") != "live":
            return []
        found = []
        for head in snapshot.requests_in(State.ACKNOWLEDGED.value, Side.ANSWERER.value, limit=_THREADS_MAX):
            if head.form != FORM or head.message in looked.tried:
                continue
            looked.tried.add(head.message)
            if not _was_asked(snapshot, head):
                with suppress(LintasError):  # erased since: there is nothing left to ask for
                    asked = asked_in(services, snapshot, head).said["fields"]
                    found.append((head, asked, new_ref(services, snapshot, Doc.QUESTION)))
        return found

    for head, asked, ref in services.store.read(look):
        try:
            _ask_for(services, settings, head, asked, ref)
        except (BadInput, WrongUse, SandboxLimit):
            continue  # what a peer wrote makes no question: a person asks; it holds nothing else up
        except LintasError:
            looked.tried.discard(head.message)
            raise


def _was_asked(snapshot: Snapshot, head: RequestHead) -> bool:
    """Whether a bank was asked for a request; another node may have made the same reference."""
    return any(one.said["asker"] == head.asker for one in snapshot.questions_for(head.ref, limit=SHOWN_MAX))


def _ask_for(
    services: Services,
    settings: Mapping[str, BankSettings],
    head: RequestHead,
    asked: Mapping[str, Any],
    ref: str,
) -> None:
    """Write the question that follows of a request, once; nothing, where no bank can be asked."""
    said = asked.get("account")
    account = said if isinstance(said, Mapping) else {}
    bank = str(account.get("bank") or asked.get("bank") or "")
    number = "".join(str(account.get("value", "")).split()).rpartition(":")[2]
    connection = bank_for(settings, bank, head.currency)
    if not connection or not number or not settings[connection].trace_law:
        return
    fields = {
        "about": head.ref,
        "asker": head.asker,
        "bank": bank,
        "account": {"scheme": "bank_account", "value": number, "bank": bank, "country": "", "name": ""},
        "currency": head.currency or settings[connection].currency,
        "start": _start(services, head, str(asked.get("paid_at") or "")),
        "until": "",
        "authority": services.config.name[:200],
        "law": settings[connection].trace_law,
    }
    document = hashlib.sha256(f"lintas-question-of-request-v1\n{head.message}".encode()).hexdigest()[:32]
    written = prepare_asked(services, ref=ref, fields=fields, by=SELF, document=document)

    def job(tx: Transaction) -> bool:
        if _was_asked(tx, head):
            return False  # two connections looked at once, or a person pressed meanwhile
        write_asked_in(services, tx, head.message, written, by=SELF)
        return True

    if services.store.write(job):
        services.events.publish("log")


def _start(services: Services, head: RequestHead, paid_at: str) -> str:
    """Somewhat before the payment, for clocks of banks differ; where nobody knows when it was, some days before."""
    came, before = datetime.fromisoformat(head.came), timedelta(seconds=TRACE_ASK_UNDATED_S)
    try:
        paid = datetime.fromisoformat(paid_at) if paid_at else None
    except ValueError:
        paid = None
    if paid is not None and paid.tzinfo is not None:
        came, before = min(paid, services.clock.now()), timedelta(seconds=TRACE_ASK_BEFORE_S)
    return as_text((came - before).astimezone(UTC))
