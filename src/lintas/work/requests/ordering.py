# SPDX-License-Identifier: Apache-2.0
"""Fill up an order of the answering desk: its own, under its own law, through one door of its own place.

The request gives no power. Whoever orders names the authority that answers for it, the law, and what the bank relies
on; how long it lasts is computed where somebody confirmed the row, and else said by the person who signs.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from lintas.errors import BadInput, NotAllowed, UnknownTerm
from lintas.formats.doors import ClockRow, Door, Earmark, Place
from lintas.limits import LEVEL_S_MAX
from lintas.model.desk import Money, Step, StepFact, Thread
from lintas.model.desk_found import RequestHead
from lintas.policy.clocks import deadline, extended
from lintas.policy.doors import clock_of, doors_for
from lintas.policy.requests import ORDERABLE, money_of
from lintas.ports.store import Snapshot
from lintas.views.desk import subject_of
from lintas.work.desk import load_thread
from lintas.work.requests.showing import asked_in
from lintas.work.services import Services, as_text


def ordered_fields(
    services: Services, snapshot: Snapshot, head: RequestHead, fields: Mapping[str, Any]
) -> dict[str, Any]:
    """Check what an officer says of an order, and add what the request and the packs know.

    Raises:
        UnknownTerm: A door, or a code for what the bank relies on, is in no pack.
        BadInput: A field cannot be, or one is missing that nobody else can say.
        NotAllowed: It is about another account or more money than was asked.
    """
    power = str(fields.get("power") or head.power)
    place = services.packs.doors.of(services.config.country)
    door = _door(place, power, str(fields.get("door") or ""))
    asked = asked_in(services, snapshot, head).said["fields"]
    account = _account(head, asked, fields.get("account"))
    law = str(fields.get("law") or "").strip() or door.law  # who signs names it; the pack only suggests
    if not law:
        raise BadInput(_sentence(services, "law_unknown"))
    made = {
        "power": power,
        "door": door.code,
        "authority": str(fields.get("authority") or services.config.name).strip()[:200],
        "law": law[:200],
        "order_no": str(fields.get("order_no") or ""),
        "account": account,
        "whole": _whole(door, fields),
        "amount": _amount(asked, fields.get("amount")),
        "expires_at": _expiry(services, place, door, fields.get("expires_at")),
        "clock": door.clock,
        "relies": _known(services, "relies", fields.get("relies")),
        "words": _words(services, fields.get("words")),
        "bank": str(fields.get("bank") or account.get("bank") or asked.get("bank") or ""),
    }
    if not made["authority"]:
        raise BadInput("Every order names the authority that answers for it.")
    return made


def extended_fields(
    services: Services, snapshot: Snapshot, head: RequestHead, thread: Thread, fields: Mapping[str, Any]
) -> dict[str, Any]:
    """Check an extension, or compute its end where a confirmed row says how long it is.

    Raises:
        BadInput: Nobody knows how long it is and no end is named, or the end is not after what it extends.
        NotAllowed: A confirmed row allows no more, or not so long.
    """
    place = services.packs.doors.of(services.config.country)
    _, steps, _ = load_thread(snapshot, head)
    order = _order_of(steps, thread)
    row = place.clock(order.said["clock"]) if order is not None and order.said["clock"] else None
    used = sum(1 for step in steps if step.what is Step.EXTENDED and step.id not in dict(thread.idle))
    ends = datetime.fromisoformat(thread.expires_at) if thread.expires_at else services.clock.now()
    until = _computed_extension(place, row, ends, used)
    said = _moment(fields.get("expires_at"))
    if said is None:
        said = until
    elif until is not None and said > until:
        raise NotAllowed(f"By that law it goes on until {_utc(until)} at most.", rule="too-long")
    if said is None:
        raise BadInput(_sentence(services, "clock_unknown"))
    if said <= ends or said <= services.clock.now():
        raise BadInput("An extension ends later than what it extends.")
    law = str(fields.get("law") or "") or ("" if order is None else str(order.said["law"]))
    return {"expires_at": _utc(said), "law": law[:200], "order_no": str(fields.get("order_no") or "")}


def is_fast(services: Services, fields: Mapping[str, Any]) -> bool:
    """Whether an order goes through a door that a fast lane may use: confirmed, and its clock as well."""
    place = services.packs.doors.of(services.config.country)
    door = place.door(str(fields.get("door", "")))
    row = None if door is None else clock_of(place, door)
    return door is not None and door.confirmed and row is not None and row.confirmed


def order_in_force(snapshot: Snapshot, head: RequestHead) -> StepFact | None:
    """The order that stands in a thread now."""
    _, steps, thread = load_thread(snapshot, head)
    return _order_of(steps, thread) if thread.power_ordered else None


def _order_of(steps: list[StepFact], thread: Thread) -> StepFact | None:
    idle = dict(thread.idle)
    return next((one for one in reversed(steps) if one.what is Step.ORDERED and one.id not in idle), None)


def _computed_extension(place: Place, row: ClockRow | None, ends: datetime, used: int) -> datetime | None:
    if row is None or not row.confirmed:
        return None
    if used >= row.extensions:
        raise NotAllowed(
            f"By that law it goes on {row.extensions} times at most.",
            rule="no-extension",
            hint="Order it anew under another law, or let it end.",
        )
    return extended(ends, row, place.calendar, used=used)


def _door(place: Place, power: str, code: str) -> Door:
    if power not in ORDERABLE:
        raise NotAllowed("That is no power that is ordered.", rule="other-power")
    doors = doors_for(place, power)
    door = place.door(code) if code else next(iter(doors), None)
    if door is None or door.power != power:
        known = ", ".join(one.code for one in doors)
        raise UnknownTerm(f"There is no door {code[:40]!r} to {power} here.", hint=f"Doors are {known or 'unknown'}.")
    return door


def _account(head: RequestHead, asked: Mapping[str, Any], said: Any) -> dict[str, Any]:
    """The account of the request; an officer may add to it, and not change its digits: they ask back instead."""
    known = asked.get("account") or asked.get("own_account") or {}
    known = dict(known) if isinstance(known, Mapping) else {}
    if not said:
        return known
    if not isinstance(said, Mapping):
        raise BadInput("The account is none.")
    if known.get("value") and subject_of({"account": said}) != subject_of({"account": known}):
        raise NotAllowed(
            "That is another account than was asked about.", rule="other-account", hint="Ask the other desk back."
        )
    return known | {name: value for name, value in said.items() if value}


def _whole(door: Door, fields: Mapping[str, Any]) -> bool:
    whole = fields.get("whole", door.earmark is Earmark.NO)
    if not isinstance(whole, bool):
        raise BadInput("whole is true or false.")
    if door.earmark is Earmark.NO and not whole:
        raise BadInput("Through this door only the whole account can be blocked.", hint="Say so, or take another door.")
    return whole


def _amount(asked: Mapping[str, Any], said: Any) -> dict[str, Any] | None:
    known = money_of(asked.get("amount"))
    if said is None:
        return None if known is None else _as_said(known)
    amount = money_of(said)
    if amount is None or amount.minor <= 0:
        raise BadInput("The amount is none.")
    if known is not None and amount.currency == known.currency and amount.minor > known.minor:
        raise NotAllowed("That is more than was asked for.", rule="more-than-asked", hint="Ask the other desk back.")
    return _as_said(amount)


def _expiry(services: Services, place: Place, door: Door, said: Any) -> str:
    row, now = clock_of(place, door), services.clock.now()
    moment = _moment(said)
    if moment is not None and not now < moment <= now + timedelta(seconds=LEVEL_S_MAX):
        raise BadInput("An order ends later than now, and within a year.")
    if row is not None and row.confirmed:
        ends = deadline(now, row, place.calendar)
        return _utc(ends if moment is None or moment > ends else moment)
    if moment is None:
        raise BadInput(_sentence(services, "clock_unknown" if row is None else "clock_unconfirmed"))
    return _utc(moment)


def _moment(said: Any) -> datetime | None:
    if not said:
        return None
    try:
        moment = datetime.fromisoformat(str(said))
    except ValueError:
        raise BadInput("The end is no moment.", hint="Such as 2026-03-04T03:10:00+08:00.") from None
    if moment.tzinfo is None:
        raise BadInput("The end names no zone.", hint="Such as 2026-03-04T03:10:00+08:00.")
    return moment


def _sentence(services: Services, code: str) -> str:
    """A warning of the doors pack."""
    return services.packs.doors.terms["warning"][code].sentence


def _utc(moment: datetime) -> str:
    return as_text(moment.astimezone(UTC))


def _known(services: Services, table: str, code: Any) -> str:
    text = str(code or "")
    rows = services.packs.forms.terms.get(table, {})
    if text and rows and text not in rows:
        raise UnknownTerm(f"There is no {table} {text[:40]!r}.", hint=f"One of {', '.join(rows)}.")
    return text


def _words(services: Services, code: Any) -> str:
    text = str(code or "")
    if text and text not in services.packs.forms.words:
        known = ", ".join(services.packs.forms.words)
        raise UnknownTerm(f"There are no words {text[:40]!r} for the holder.", hint=f"One of {known}.")
    return text


def _as_said(money: Money) -> dict[str, Any]:
    return {"minor": money.minor, "currency": money.currency}
