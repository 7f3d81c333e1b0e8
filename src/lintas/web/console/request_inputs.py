# SPDX-License-Identifier: Apache-2.0
"""What can be said in a thread, as forms: which fields each step has, under which key, and how they are read."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from lintas.errors import BadInput
from lintas.formats.currencies import CURRENCIES
from lintas.formats.forms import Forms
from lintas.formats.packs import Packs
from lintas.model.desk import Money, Step
from lintas.web.console.language import later
from lintas.web.console.typed import as_said, read_amount, read_bank, read_when
from lintas.web.forms import Form


@dataclass(frozen=True, slots=True, kw_only=True)
class Input:
    """One field of a step's form."""

    name: str
    label: str  # in English
    kind: str  # text | long | money | time | ahead | code | tick
    required: bool = False
    value: str = ""  # that stands in it at first
    currency: str = ""
    codes: tuple[str, ...] = ()
    table: str = ""  # of labels
    prefix: str = ""  # before a code, of labels by country


@dataclass(frozen=True, slots=True, kw_only=True)
class Saying:
    """One thing that can be said."""

    what: str
    key: str  # opens it, on its own
    verb: str  # in English
    inputs: tuple[Input, ...] = ()
    note: str = ""
    is_main: bool = False
    takes_order: bool = False
    goes_to: str = "say"  # last part of the address


_SHORT: Final = Input(name="short", label=later("In few words"), kind="long")
_QUESTION: Final = replace(_SHORT, required=True)
_NO: Final = Input(name="order_no", label=later("Number of the order"), kind="text")
_BANK: Final = Input(name="bank", label=later("Bank, code or name"), kind="text", required=True)
_AT: Final = Input(name="at", label=later("When"), kind="time", required=True, value="now")
_TO: Final = Input(name="to", label=later("To whom"), kind="text")
_AMOUNT: Final = Input(name="amount", label=later("Amount"), kind="money")
_END: Final = (_AMOUNT, _NO, _AT, _TO, _SHORT)

SAYINGS: Final = {
    one.what: one
    for one in (
        Saying(what="acknowledged", key="a", verb=later("Acknowledge"), is_main=True),
        Saying(
            what="ordered",
            key="o",
            verb=later("Order"),
            is_main=True,
            note=later("Your own order, under your own law: the request gives no power."),
            inputs=(
                Input(name="authority", label=later("Authority that answers for it"), kind="text", required=True),
                Input(name="law", label=later("Act and section"), kind="text"),
                _NO,
                Input(name="bank", label=later("Bank, code or name"), kind="text"),
                Input(name="account", label=later("Account"), kind="text", required=True),
                Input(name="whole", label=later("Block the whole account, not the amount alone"), kind="tick"),
                _AMOUNT,
                Input(name="expires_at", label=later("Ends (empty: as the door says)"), kind="ahead"),
                Input(name="relies", label=later("The bank relies on"), kind="code", table="relies", required=True),
                Input(name="words", label=later("To the account holder"), kind="code", table="word"),
                _SHORT,
            ),
        ),
        Saying(
            what="refused",
            key="r",
            verb=later("Refuse"),
            is_main=True,
            note=later("A refusal with its ground is a normal outcome."),
            inputs=(
                Input(name="ground", label=later("Ground"), kind="code", table="ground", required=True),
                _SHORT,
            ),
        ),
        Saying(what="clarify", key="c", verb=later("Ask back"), is_main=True, inputs=(_QUESTION,)),
        Saying(
            what="clarified",
            key="y",
            verb=later("Answer what was asked back"),
            is_main=True,
            inputs=(_QUESTION,),
        ),
        Saying(
            what="delivered",
            key="d",
            verb=later("The bank has the order"),
            is_main=True,
            inputs=(_BANK, _AT, Input(name="channel", label=later("By"), kind="code", table="channel")),
        ),
        Saying(
            what="confirmed",
            key="h",
            verb=later("The bank confirmed"),
            is_main=True,
            note=later("Only what the bank confirmed with amount and time counts as held."),
            inputs=(
                _BANK,
                _AT,
                Input(name="bank_ref", label=later("The bank's reference"), kind="text"),
                Input(name="blocked", label=later("Blocked in all"), kind="money", required=True),
                Input(name="tainted", label=later("Of it for this request"), kind="money"),
                Input(name="whole", label=later("The whole account is blocked"), kind="tick"),
            ),
        ),
        Saying(
            what="failed",
            key="f",
            verb=later("The bank could not"),
            inputs=(
                _BANK,
                _AT,
                Input(name="reason", label=later("Why"), kind="code", table="failure", required=True),
            ),
        ),
        Saying(
            what="gone",
            key="w",
            verb=later("The money went on"),
            is_main=True,
            inputs=(
                _AMOUNT,
                Input(name="next_bank", label=later("To which bank"), kind="text"),
                Input(name="next_account", label=later("To which account"), kind="text"),
                Input(name="next_name", label=later("Name shown for it"), kind="text"),
                Input(name="next_at", label=later("When it went"), kind="time"),
                _SHORT,
            ),
        ),
        Saying(what="answered", key="s", verb=later("Answer"), is_main=True, inputs=(_QUESTION,)),
        Saying(
            what="extended",
            key="e",
            verb=later("Extend the hold"),
            inputs=(
                Input(name="expires_at", label=later("New end"), kind="ahead", required=True),
                Input(name="law", label=later("Act and section"), kind="text"),
                _NO,
            ),
        ),
        Saying(what="released", key="l", verb=later("Release the hold"), inputs=_END),
        Saying(what="returned", key="u", verb=later("The money was returned"), inputs=_END),
        Saying(what="forfeited", key="", verb=later("The money was forfeited"), inputs=_END),
        Saying(
            what="corrected",
            key="m",
            verb=later("Our request was wrong"),
            note=later("It corrects all requests of the same report. Each authority that ordered reviews its order."),
            inputs=(
                Input(name="why", label=later("What was wrong"), kind="code", table="correction", required=True),
                _SHORT,
            ),
        ),
        Saying(
            what="reviewed",
            key="v",
            verb=later("Say what the review decided"),
            is_main=True,
            inputs=(Input(name="decision", label=later("Decision"), kind="code", table="decision", required=True),),
        ),
        Saying(
            what="recall_sent",
            key="q",
            verb=later("Ask the own bank to recall"),
            note=later("It makes the file (camt.056) that the bank reads; give it to the bank."),
            inputs=(
                Input(name="bank", label=later("Bank that paid"), kind="text"),
                Input(name="recall_reason", label=later("Why"), kind="code", table="recall_reason", value="frad"),
            ),
            goes_to="recall",
        ),
        Saying(what="withdrawn", key="i", verb=later("Withdraw the request"), inputs=(_SHORT,)),
        Saying(
            what="promised",
            key="p",
            verb=later("Promise a call"),
            inputs=(
                Input(name="at", label=later("When"), kind="ahead", required=True),
                Input(name="to", label=later("To whom"), kind="text", required=True),
            ),
        ),
        Saying(
            what="call_back",
            key="b",
            verb=later("Call back with two words"),
            note=later("Both officers read one word out: who knows it sits at that desk."),
        ),
        Saying(
            what="door",
            key="n",
            verb=later("A next door was tried"),
            inputs=(
                Input(name="door", label=later("Which door"), kind="code", table="rung", required=True),
                Input(name="how", label=later("How"), kind="code", table="door_how", required=True),
                Input(name="outcome", label=later("What came of it"), kind="code", table="door_outcome"),
            ),
        ),
        Saying(what="noted", key=".", verb=later("Note"), inputs=(_QUESTION,)),
        Saying(what="closed", key="z", verb=later("Close the thread")),
    )
}
ORDER: Final = tuple(SAYINGS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """How what is typed is read at this desk."""

    now: datetime
    zone: str
    region: str
    packs: Packs

    def money(self, form: Form, name: str) -> dict[str, Any] | None:
        """Read an amount and its currency.

        Raises:
            BadInput: It is no amount.
        """
        text = form.text(name)
        if not text:
            return None
        found = read_amount(text, form.text(f"{name}.currency"), self.region)
        if found is None:
            known = form.text(f"{name}.currency").upper() in CURRENCIES
            hint = "Write 25000, 25,000.50 or 25k." if known else "Write the currency's three letters, such as SGD."
            raise BadInput(f"{text[:40]!r} is no amount.", hint=hint)
        return money_said(found)

    def when(self, form: Form, name: str, *, ahead: bool = False) -> str:
        """Read a time; empty when none was typed.

        Raises:
            BadInput: It is no time.
        """
        text = form.text(name)
        if not text:
            return ""
        found = read_when(text, self.now, self.zone, self.region, ahead=ahead)
        if found is None:
            raise BadInput(f"{text[:40]!r} is no time.", hint="Write now, 2240, 22:40 or 22 Nov 2240.")
        return as_said(found)

    def bank(self, form: Form, name: str) -> str:
        """Read a bank: its BIC where the pack knows it, else as it was typed."""
        found = read_bank(form.text(name), self.packs.identifiers)
        return found.bic if found is not None else form.text(name)


def codes_of(forms: Forms, table: str) -> tuple[str, ...]:
    """Return the codes of one table of the forms pack."""
    rows: dict[str, Mapping[str, Any]] = {"ground": forms.grounds, "word": forms.words, "power": forms.powers}
    return tuple(rows.get(table) or forms.terms.get(table, {}))


def money_said(money: Money) -> dict[str, Any]:
    """Write an amount as documents of the desk carry it."""
    return {"minor": money.minor, "currency": money.currency}


def fields_of(what: Step, form: Form, typed: Typed) -> dict[str, Any]:
    """Read what a step's form says into the fields of its document; what was left empty is left out.

    Raises:
        BadInput: An amount or a time cannot be read, or what must be said was not.
    """
    saying = SAYINGS[what.value]
    for one in saying.inputs:
        if one.required and not form.text(one.name):
            raise BadInput(f"{one.label}: needed.")
    special = _SPECIAL.get(what)
    if special is not None:
        return special(form, typed)
    fields: dict[str, Any] = {}
    for one in saying.inputs:
        if one.name not in {"short", "ground"}:
            value = _read(one, form, typed)
            if value not in ("", None):
                fields[one.name] = value
    return fields


def _read(one: Input, form: Form, typed: Typed) -> Any:
    readers: Mapping[str, Callable[[], Any]] = {
        "money": lambda: typed.money(form, one.name),
        "time": lambda: typed.when(form, one.name),
        "ahead": lambda: typed.when(form, one.name, ahead=True),
        "tick": lambda: form.has(one.name),
    }
    if one.name == "bank":
        return typed.bank(form, one.name)
    return readers[one.kind]() if one.kind in readers else form.text(one.name)


def _gone(form: Form, typed: Typed) -> dict[str, Any]:
    amount = typed.money(form, "amount")
    fields: dict[str, Any] = {} if amount is None else {"amount": amount}
    account = {
        "value": form.text("next_account"),
        "bank": typed.bank(form, "next_bank"),
        "name": form.text("next_name"),
    }
    if any(account.values()):
        hop: dict[str, Any] = {"account": account, "at": typed.when(form, "next_at")}
        fields["next"] = [hop if amount is None else hop | {"amount": amount}]
    return fields


def _answered(form: Form, _: Typed) -> dict[str, Any]:
    return {"answers": {"answer": form.text("short")}}


_SPECIAL: Final[Mapping[Step, Callable[[Form, Typed], dict[str, Any]]]] = {
    Step.GONE: _gone,
    Step.ANSWERED: _answered,
}
