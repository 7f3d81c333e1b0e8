# SPDX-License-Identifier: Apache-2.0
"""What a thread says, line by line: codes by their labels, banks and this agency's people by their names."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from lintas.formats.form_fields import FieldKind, wrong_value
from lintas.formats.forms import Forms
from lintas.formats.packs import Packs
from lintas.model.desk import Side, Step
from lintas.model.desk_answers import RequestShown, StepShown
from lintas.web.calls import Call
from lintas.web.console.language import later
from lintas.work.accounts import list_accounts
from lintas.work.banking.telling import DOOR as BANK_DOOR

_KINDS: Final = {  # of fields of steps, which no form of the pack has: name -> (kind, table of labels)
    "power": ("code", "power"),
    "relies": ("code", "relies"),
    "words": ("code", "word"),
    "channel": ("code", "channel"),
    "why": ("code", "correction"),
    "decision": ("code", "decision"),
    "how": ("code", "door_how"),
    "outcome": ("code", "door_outcome"),
    "kind": ("code", "power"),
    "recall_reason": ("code", "recall_reason"),
    "whole": ("tick", ""),
}
_TABLES: Final[Mapping[tuple[str, str], str]] = {  # of fields that mean another thing in each step
    (Step.FAILED, "reason"): "failure",
    (Step.RECALL_SENT, "reason"): "recall_reason",
    (Step.RECALL_ANSWERED, "status"): "recall_status",
}
_LABELS: Final = {
    "authority": later("Authority"),
    "law": later("Act and section"),
    "order_no": later("Number of the order"),
    "account": later("Account"),
    "whole": later("Whole account"),
    "amount": later("Amount"),
    "expires_at": later("Ends"),
    "relies": later("The bank relies on"),
    "words": later("To the account holder"),
    "bank": later("Bank"),
    "power": later("Power"),
    "door": later("Door"),
    "at": later("When"),
    "channel": later("By"),
    "bank_ref": later("The bank's reference"),
    "blocked": later("Blocked in all"),
    "tainted": later("Of it for this request"),
    "reason": later("Why"),
    "next": later("Went on to"),
    "to": later("To whom"),
    "why": later("What was wrong"),
    "decision": later("Decision"),
    "how": later("How"),
    "outcome": later("What came of it"),
    "answer": later("Answer"),
    "kind": later("What the bank was told"),
    "status": later("Answer of the bank"),
}
_HIDDEN: Final = frozenset({"clock", "words", "instruction", "recall", "promise", "review_s"})


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldLine:
    """One field as a page shows it."""

    code: str
    label: str  # in English
    kind: str
    value: Any
    table: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StepLine:
    """One thing that was said."""

    shown: StepShown
    by: str  # person: by name where they work here
    desk: str  # name of the node that said it
    is_new: bool  # the other side said it after this one said its last
    is_late: bool  # it came here later than it was said
    ground: str  # sentence of the pack
    lines: tuple[FieldLine, ...]


def step_lines(call: Call, shown: RequestShown) -> list[StepLine]:
    """What was said, the newest first and what is new on top of it."""
    own, line = call.services.config.name, shown.line
    country = line.other_country if line.side == Side.ASKER else call.services.config.country
    names = {line.other: line.other_name or line.other[:17], call.services.keys.node: own}
    people = {account.id: account.name for account in list_accounts(call.services)}
    grounds = call.services.packs.forms.grounds
    last = max((one.seq for one in shown.steps if one.side == line.side), default=0)
    steps = [
        StepLine(
            shown=one,
            by=people.get(one.by, one.by) if one.side == line.side or line.is_own else one.by,
            desk=names.get(one.node, one.node[:17]),
            is_new=one.side not in {line.side, "outsider"} and one.seq > last and not line.is_own,
            is_late=_is_late(one),
            ground=grounds[one.ground].sentence if one.ground in grounds else "",
            lines=_fields_of(one, call.services.packs, country),
        )
        for one in shown.steps
    ]
    return sorted(steps, key=lambda one: (not one.is_new, -one.shown.seq))


def _is_late(one: StepShown) -> bool:
    """Whether it came here in another minute than it was said in."""
    return one.at[:16] != one.came[:16]


def _fields_of(one: StepShown, packs: Packs, country: str) -> tuple[FieldLine, ...]:
    """What a step says beside its words; doors are those of the country that answers."""
    fields = dict(one.fields)
    if isinstance(answers := fields.pop("answers", None), dict):
        fields |= answers
    if isinstance(hops := fields.pop("next", None), list):
        fields |= {f"next{number}": hop.get("account") for number, hop in enumerate(hops) if isinstance(hop, dict)}
    lines = []
    for code, value in fields.items():
        if value in ("", None, [], {}, False) or (code in _HIDDEN and one.what != Step.ORDERED) or code == "clock":
            continue
        plain = code.rstrip("0123456789")
        if (plain, value) == ("door", BANK_DOOR):
            continue  # the line beside it says how
        kind, table = _kind_of(one.what, plain, value, packs.forms)
        said = f"{country}.{value}" if plain == "door" and kind == "code" else with_bank_names(packs, plain, value)
        lines.append(FieldLine(code=plain, label=_LABELS.get(plain, plain), kind=kind, value=said, table=table))
    return tuple(lines)


def _kind_of(what: str, code: str, value: Any, forms: Forms) -> tuple[str, str]:
    """How a step's field is shown."""
    if isinstance(value, dict):
        is_account = "value" in value and all(isinstance(part, str) for part in value.values())
        is_money = not wrong_value(FieldKind.MONEY, value, frozenset())
        return ("money" if is_money else "account" if is_account else "text", "")
    if not isinstance(value, str) and code != "whole":
        return ("text", "")  # in its answers a peer says what it likes
    if code == "door":
        return ("code", "rung" if what == Step.DOOR else "door")
    if code in _KINDS:
        return _KINDS[code]
    if (what, code) in _TABLES:
        table = _TABLES[what, code]
        return ("code", table) if value in forms.terms.get(table, {}) else ("text", "")
    is_time = code in {"at", "expires_at"}
    return ("time" if is_time else "text", "")


def with_bank_names(packs: Packs, code: str, value: Any) -> Any:
    """A bank, or an account's bank, by its name where the pack knows its code."""
    banks = packs.identifiers.banks
    match value:
        case {"bank": str(bank)} if bank in banks:
            return {**value, "bank": banks[bank].name}
        case str(bank) if code in {"bank", "from_bank", "provider"} and bank in banks:
            return banks[bank].name
    return value


def asked_lines(packs: Packs, shown: RequestShown) -> list[FieldLine]:
    """What the request says, in the order of its form; a field that the form does not have comes last."""
    forms = packs.forms
    form = forms.forms.get(shown.line.form)
    known = {one.code: one for one in form.fields} if form is not None else {}
    codes = [code for code in known if code in shown.fields] + [code for code in shown.fields if code not in known]
    lines = []
    for code in codes:
        kind = known[code].kind.value if code in known else "text"
        if wrong_value(FieldKind(kind), shown.fields[code], frozenset()):
            kind = "text"  # a peer says what it likes: shown as it was written, and nothing is made of it
        value = with_bank_names(packs, code, shown.fields[code])
        if value not in ("", None):
            lines.append(FieldLine(code=code, label="", kind=kind, value=value, table=_table_of(forms, code)))
    return lines


def _table_of(forms: Forms, code: str) -> str:
    """Which table of labels a field's codes stand in."""
    return code if code in forms.terms or code in {"kind", "ground"} else ""


def holder_words(forms: Forms, shown: RequestShown) -> list[str]:
    """What the holder of the account may be told, as the newest order says."""
    for one in reversed(shown.steps):
        if one.what == Step.ORDERED and one.counts:
            code = str(one.fields.get("words") or "")
            return [forms.words[word].sentence for word in (code, "ask_authority") if word in forms.words]
    return []
