# SPDX-License-Identifier: Apache-2.0
"""What stands in the form of a new trace at first: the money of a report, of a request or of a case."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from lintas.errors import LintasError
from lintas.formats.currencies import CURRENCIES
from lintas.formats.money.accounts import AccountBook
from lintas.model.desk_ref import read_ref
from lintas.model.money import country_of
from lintas.policy.requests import money_of
from lintas.web.calls import Call
from lintas.web.console.amounts import plain_amount
from lintas.web.console.page import offers
from lintas.web.console.times import read_time
from lintas.work.reports import show_report
from lintas.work.requests import show_request

EARLIER_S: Final = 900  # ours: people's and banks' clocks differ by minutes


def prefilled(call: Call) -> dict[str, str]:
    """Fields of the form, by the address that led here: `?report=`, `?request=` or `?case=` with a reference."""
    report, request, case = (call.query(name)[:80] for name in ("report", "request", "case"))
    try:
        if report and offers(call, "report.read"):
            return _of_report(call, report)
        if request and offers(call, "request.read"):
            return _of_request(call, request)
        return {"case": read_ref(case)} if case else {}
    except LintasError:
        return {}  # the form stands there empty, and says nothing of what the reader may not see


def _of_report(call: Call, ref: str) -> dict[str, str]:
    shown = show_report(call.services, call.viewer, ref)
    seeds, currencies, abroad = [], set(), set()
    for paid in shown.said.get("payments") or ():
        amount = money_of(paid.get("amount"))
        seed, account = _seed(call, paid.get("to") or {}, paid.get("at") or "", amount)
        if _is_abroad(call, account):
            abroad.add(country_of(account))
        elif seed:
            seeds.append(seed)
            currencies |= {amount.currency} if amount is not None else set()
    found = {"report": shown.ref, "seeds": "\n".join(seeds), "title": shown.ref, "abroad": ", ".join(sorted(abroad))}
    return found | ({"currency": currencies.pop()} if len(currencies) == 1 else {})


def _of_request(call: Call, ref: str) -> dict[str, str]:
    shown = show_request(call.services, call.viewer, ref)
    fields: Mapping[str, Any] = shown.fields
    amount = money_of(fields.get("amount"))
    seed, account = _seed(call, fields.get("account") or {}, str(fields.get("paid_at") or ""), amount)
    found = {"request": shown.line.ref, "title": shown.line.ref, "case": shown.line.case}
    if _is_abroad(call, account):
        return found | {"abroad": country_of(account)}
    return found | {"seeds": seed} | ({"currency": amount.currency} if amount is not None and seed else {})


def _is_abroad(call: Call, account: str) -> bool:
    return country_of(account) not in ("", call.services.config.country)


def _seed(call: Call, account: Mapping[str, Any], at: str, amount: Any) -> tuple[str, str]:
    """A seed as the form takes it, and its account; both empty where the account is none that payments have."""
    config, number = call.services.config, str(account.get("value") or "")
    if not number:
        return "", ""
    book = AccountBook(call.services.packs.identifiers, config.region)
    try:
        key = book.key(number, str(account.get("bank") or ""))
    except ValueError:
        return "", ""
    since = _since(at)
    if amount is None:
        return (f"{key}@{since}" if since else key), key
    plain = plain_amount(amount.minor, amount.currency)
    # with a point it counts major units, else minor ones: what a currency has that is not known here
    said = plain if "." in plain or amount.currency not in CURRENCIES else f"{plain}.00"
    return f"{key}@{since}:{said}", key


def _since(at: str) -> str:
    """From when on the money is looked for: somewhat before the payment is said to have been."""
    said = read_time(at)
    return "" if said is None else f"{said - timedelta(seconds=EARLIER_S):%Y-%m-%dT%H:%M:%SZ}"
