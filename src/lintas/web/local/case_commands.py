# SPDX-License-Identifier: Apache-2.0
"""The verbs about cases and hand-over."""

from collections.abc import Callable, Mapping
from typing import Any, Final

import msgspec

from lintas.errors import WrongUse
from lintas.model.case_answers import CaseDone, Cases, CaseShown
from lintas.model.handing_answers import HandOver, HandOverDone
from lintas.model.people_shown import NeedDone
from lintas.web.local import case_wire
from lintas.web.local.calling import Call
from lintas.web.local.requesting import Request
from lintas.work import cases, duties, handing
from lintas.work.services import as_text


def case_list(call: Call, request: case_wire.CaseList) -> Cases:
    """Show cases."""
    return cases.list_cases(
        call.services,
        call.viewer,
        state=request.state,
        words=request.words,
        before=request.before,
        limit=request.limit,
    )


def case_show(call: Call, request: case_wire.CaseShow) -> CaseShown:
    """Show one case."""
    return cases.show_case(call.services, call.viewer, request.case)


def case_say(call: Call, request: case_wire.CaseSay) -> CaseDone:
    """Say something in a case, or open one."""
    if request.do not in _SAYINGS:
        raise WrongUse(f"Nothing like {request.do[:40]!r} is said in a case.")
    least, most, named, does = _SAYINGS[request.do]
    if not least <= len(request.these) <= most:
        raise WrongUse(f"{request.do} takes {least if least == most else f'{least} to {most}'} more words.")
    if unknown := sorted(request.options.keys() - named):
        raise WrongUse(f"{request.do} has no option --{unknown[0]}.")
    return does(call, request.case, list(request.these), dict(request.options))


def case_restrict(call: Call, request: case_wire.CaseRestrict) -> NeedDone:
    """Restrict a case to a need-to-know list."""
    return cases.put_on_list(call.services, call.viewer, request.case, request.name)


def hand_show(call: Call, request: case_wire.HandShow) -> HandOver:
    """Show what is open."""
    return handing.list_open(call.services, call.viewer, request.person)


def hand_do(call: Call, request: case_wire.HandDo) -> HandOverDone:
    """Offer, accept, decline or take open things."""
    if request.do == "offer":
        if request.targets:
            return handing.offer(call.services, call.viewer, request.to, request.targets)
        return handing.offer_all(call.services, call.viewer, request.to)
    if request.do not in _HANDINGS:
        raise WrongUse(f"{request.do[:40]!r} is nothing that is done with open things.")
    return _HANDINGS[request.do](call.services, call.viewer, request.targets)


_HANDINGS: Final = {"accept": handing.accept, "decline": handing.decline, "take": handing.take}
_Words = list[str]
_Options = dict[str, str]
_Saying = tuple[int, int, frozenset[str], Callable[[Call, str, _Words, _Options], CaseDone]]


def _moment(call: Call, text: str) -> str:
    """A time as people write it here, as a document says it."""
    return as_text(duties.moment_of(call.services, text)) if text else ""


def _open(call: Call, case: str, words: _Words, options: _Options) -> CaseDone:
    return cases.open_case(call.services, call.viewer, " ".join([case, *words]).strip(), **options)


def _item(call: Call, case: str, words: _Words, options: _Options) -> CaseDone:
    tell = bool(options.pop("tell", ""))
    return cases.add_item(call.services, call.viewer, case, words[0], tell=tell, **options)


def _note(call: Call, case: str, words: _Words, options: _Options) -> CaseDone:
    return cases.add_note(call.services, call.viewer, case, words[0], home=bool(options.get("home")))


def _event(call: Call, case: str, words: _Words, _options: _Options) -> CaseDone:
    return cases.add_event(call.services, call.viewer, case, _moment(call, words[0]), words[1])


def _task(call: Call, case: str, words: _Words, options: _Options) -> CaseDone:
    due = _moment(call, options.pop("due", ""))
    return cases.add_task(call.services, call.viewer, case, words[0], due=due, **options)


def _ended(state: str) -> Callable[[Call, str, _Words, _Options], CaseDone]:
    def does(call: Call, case: str, words: _Words, _options: _Options) -> CaseDone:
        return cases.set_task(call.services, call.viewer, case, words[0], state)

    return does


def _plain(does: Callable[..., CaseDone]) -> Callable[[Call, str, _Words, _Options], CaseDone]:
    def done(call: Call, case: str, words: _Words, options: _Options) -> CaseDone:
        return does(call.services, call.viewer, case, *words, **options)

    return done


_NONE: Final[frozenset[str]] = frozenset()
_SAYINGS: Final[Mapping[case_wire.CaseAction, _Saying]] = {
    "open": (0, 50, frozenset({"kind", "area"}), _open),
    "change": (2, 2, _NONE, _plain(cases.change)),
    "invite": (1, 1, _NONE, _plain(cases.invite)),
    "join": (0, 1, _NONE, _plain(cases.join)),
    "decline": (1, 1, _NONE, _plain(cases.decline)),
    "leave": (0, 0, _NONE, _plain(cases.leave)),
    "officer": (1, 1, _NONE, _plain(cases.name_officer)),
    "coordinator": (1, 1, _NONE, _plain(cases.propose_coordinator)),
    "accept": (1, 1, _NONE, _plain(cases.accept_coordinator)),
    "close": (0, 0, _NONE, _plain(cases.close)),
    "reopen": (0, 0, _NONE, _plain(cases.reopen)),
    "go-on": (0, 0, _NONE, _plain(cases.go_on)),
    "item": (1, 1, frozenset({"title", "note", "tell"}), _item),
    "account": (1, 1, frozenset({"scheme", "bank", "country", "name", "role"}), _plain(cases.add_account)),
    "note": (1, 1, frozenset({"home"}), _note),
    "event": (2, 2, _NONE, _event),
    "person": (2, 2, frozenset({"note", "entity"}), _plain(cases.add_person)),
    "task": (1, 1, frozenset({"to", "officer", "due", "request"}), _task),
    "done": (1, 1, _NONE, _ended("done")),
    "drop": (1, 1, _NONE, _ended("dropped")),
}
CASE_COMMANDS: Final[dict[type[Request], Callable[[Call, Any], msgspec.Struct]]] = {
    case_wire.CaseList: case_list,
    case_wire.CaseShow: case_show,
    case_wire.CaseSay: case_say,
    case_wire.CaseRestrict: case_restrict,
    case_wire.HandShow: hand_show,
    case_wire.HandDo: hand_do,
}
