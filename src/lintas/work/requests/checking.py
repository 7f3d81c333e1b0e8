# SPDX-License-Identifier: Apache-2.0
"""Hold what somebody wants to say against the packs, and fill up what the node knows better than a person.

The state machine is asked apart from this: it needs no pack.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from lintas.errors import BadInput, NotAllowed, UnknownTerm, WrongUse
from lintas.formats.desk import whole_fields
from lintas.limits import BANK_CLOCK_S_MAX, DESK_REVIEW_S
from lintas.model.desk import Side, Step, Thread
from lintas.model.desk_found import RequestHead
from lintas.policy.clocks import deadline
from lintas.policy.doors import review_clock
from lintas.policy.requests import money_of
from lintas.ports.store import Snapshot
from lintas.work.requests.buttons import fits_form
from lintas.work.requests.ordering import extended_fields, ordered_fields
from lintas.work.services import Services, as_text


def checked_fields(
    services: Services,
    snapshot: Snapshot,
    head: RequestHead,
    thread: Thread,
    what: Step,
    fields: Mapping[str, Any],
    *,
    ground: str,
) -> dict[str, Any]:
    """Check a step's fields, and give them with what the node adds.

    Raises:
        UnknownTerm: A code is in no pack.
        BadInput: A field cannot be.
        WrongUse: The step does not belong to the form.
    """
    if not fits_form(services, head, what):
        raise WrongUse("That is no answer to this form.", hint="The page Request shows what is.")
    if (what is Step.REFUSED) != bool(ground):
        raise WrongUse(
            "A refusal names its ground, and nothing else does.", hint="Grounds are codes of the forms pack."
        )
    if ground and ground not in services.packs.forms.grounds:
        raise UnknownTerm(f"There is no ground {ground[:40]!r}.")
    made = dict(fields)
    if (check := _CHECKS.get(what)) is not None:
        made = check(_Checked(services, snapshot, head, thread, made))
    return whole_fields(what, made)


class _Checked:
    """What a check looks at."""

    def __init__(
        self, services: Services, snapshot: Snapshot, head: RequestHead, thread: Thread, fields: dict[str, Any]
    ) -> None:
        self.services, self.snapshot, self.head, self.thread, self.fields = services, snapshot, head, thread, fields

    @property
    def now(self) -> datetime:
        """By our clock."""
        return self.services.clock.now()

    def moment(self, name: str) -> datetime | None:
        """A moment of a field."""
        value = self.fields.get(name)
        if not value:
            return None
        try:
            moment = datetime.fromisoformat(str(value))
        except ValueError:
            raise BadInput(f"{name} is no moment.", hint="Such as 2026-03-01T03:10:00+08:00.") from None
        if moment.tzinfo is None:
            raise BadInput(f"{name} names no zone.", hint="Such as 2026-03-01T03:10:00+08:00.")
        return moment


def _of_the_past(case: _Checked) -> dict[str, Any]:
    """What has happened happened before now, and not before it was asked for; `at` is now when nobody says it."""
    at = case.moment("at")
    if at is None:
        return case.fields | {"at": as_text(case.now)}
    if at > case.now + timedelta(seconds=BANK_CLOCK_S_MAX):
        raise BadInput("What has happened cannot have happened later than now.")
    return case.fields


def _of_the_future(case: _Checked, name: str) -> dict[str, Any]:
    moment = case.moment(name)
    if moment is None or moment <= case.now:
        raise BadInput("That time is over, or none is named.")
    return case.fields | {name: as_text(moment)}


def _confirmed(case: _Checked) -> dict[str, Any]:
    fields = _of_the_past(case)
    if not str(fields.get("bank", "")).strip():
        raise BadInput("A confirmation names the bank that gave it.")
    for name in ("blocked", "tainted"):
        if fields.get(name) is not None and money_of(fields[name]) is None:
            raise BadInput(f"{name} is no amount.")
    return fields


def _ended(case: _Checked) -> dict[str, Any]:
    fields = _of_the_past(case)
    amount = fields.get("amount")
    if amount is not None and ((money := money_of(amount)) is None or money.minor <= 0):
        raise BadInput("The amount is none. Leave it out to mean all that is held.")
    if amount is None and case.thread.held_minor:
        # with its amount, so that nobody has to guess what was held when it ended
        fields["amount"] = {"minor": case.thread.held_minor, "currency": case.thread.currency}
    return fields


def _corrected(case: _Checked) -> dict[str, Any]:
    why = check_why(case.services, str(case.fields.get("why", "")))
    return {"why": why, "review_s": review_seconds(case.services, case.snapshot, case.head)}


def check_why(services: Services, why: str) -> str:
    """A reason for a correction.

    Raises:
        UnknownTerm: It is in no pack.
    """
    known = services.packs.forms.terms.get("correction", {})
    if not why or (known and why not in known):
        raise UnknownTerm(f"There is no reason {why[:40]!r} for a correction.", hint=f"One of {', '.join(known)}.")
    return why


def review_seconds(services: Services, snapshot: Snapshot, head: RequestHead) -> int:
    """How long the authority of a thread has to review its order after a correction."""
    country = services.config.country
    if head.side == Side.ASKER:
        peer = snapshot.peer(head.other)
        country = "" if peer is None else peer.country
    place = services.packs.doors.of(country)
    row = review_clock(place)
    if row is None:
        return DESK_REVIEW_S
    now = services.clock.now()
    return max(1, int((deadline(now, row, place.calendar) - now).total_seconds()))


def _answered(case: _Checked) -> dict[str, Any]:
    answers = case.fields.get("answers")
    if not isinstance(answers, Mapping) or not answers:
        raise BadInput("An answer says something.")
    return case.fields


def _kept(case: _Checked) -> dict[str, Any]:
    promise = case.fields.get("promise")
    if promise not in {due.item for due in case.thread.dues}:
        raise NotAllowed("No such call was promised, or it was made.", rule="promise")
    return case.fields


_CHECKS: Final[Mapping[Step, Callable[[_Checked], dict[str, Any]]]] = {
    Step.DELIVERED: _of_the_past,
    Step.CONFIRMED: _confirmed,
    Step.FAILED: _of_the_past,
    Step.RELEASED: _ended,
    Step.RETURNED: _ended,
    Step.FORFEITED: _ended,
    Step.ORDERED: lambda case: ordered_fields(case.services, case.snapshot, case.head, case.fields),
    Step.EXTENDED: lambda case: extended_fields(case.services, case.snapshot, case.head, case.thread, case.fields),
    Step.CORRECTED: _corrected,
    Step.ANSWERED: _answered,
    Step.PROMISED: lambda case: _of_the_future(case, "at"),
    Step.CALL_BACK: lambda case: _of_the_future(case, "expires_at"),
    Step.KEPT: _kept,
}
