# SPDX-License-Identifier: Apache-2.0
"""What is ordered about single messages: take them out of a protected class, see what is masked, save them.

Unmasking and saving are used after the order is done, by who proposed it and for a while: `granted` of `work.binding`
says whether.
"""

from collections.abc import Callable
from typing import Any, Final

from lintas.errors import WrongUse
from lintas.model.header_rules import MESSAGES_MAX
from lintas.model.ids import MessageId
from lintas.model.marking import Protected
from lintas.model.viewer import Viewer
from lintas.policy import access as policy
from lintas.ports.store import Snapshot, Transaction
from lintas.work.finding.message import head_or_unknown
from lintas.work.intake.export import check_saved, parts_of
from lintas.work.orders.action import About, Action, Saying, touched
from lintas.work.orders.reading import text_of, texts_of
from lintas.work.protecting import meant_by_release, release_class_in
from lintas.work.services import Services

Words = Callable[[int, Saying], str]  # of how many messages, and what else is said -> one sentence


def _keep(services: Services, snapshot: Snapshot, viewer: Viewer, said: Saying) -> dict[str, Any]:
    scope = policy.scope_of(services.packs.access, viewer)
    messages = sorted({head_or_unknown(snapshot, one, scope).id for one in texts_of(said, "messages")})
    if not messages:
        raise WrongUse("No message is named.")
    if len(messages) > MESSAGES_MAX:
        raise WrongUse(f"{len(messages)} messages are more than the {MESSAGES_MAX} of one order.")
    return {"messages": messages}


def _keep_export(services: Services, snapshot: Snapshot, viewer: Viewer, said: Saying) -> dict[str, Any]:
    """Name beside a taken file the protected parts that it holds: whether two decide goes by what would be saved."""
    kept = _keep(services, snapshot, viewer, said)
    scope = policy.scope_of(services.packs.access, viewer)
    files = [parts_of(services, snapshot, one, scope) for one in kept["messages"]]
    for parts in files:
        check_saved(services, parts)  # nobody puts their name to what is refused whoever agrees
    messages = sorted({*kept["messages"], *(head.id for parts in files for head in parts[1:] if head.classes)})
    if len(messages) > MESSAGES_MAX:
        raise WrongUse(
            f"{len(messages)} messages are more than the {MESSAGES_MAX} of one order.",
            hint="Save what the file holds in parts.",
        )
    return {"messages": messages}


def _keep_release(services: Services, snapshot: Snapshot, viewer: Viewer, said: Saying) -> dict[str, Any]:
    try:
        code = Protected(text_of(said, "class"))
    except ValueError as exc:
        raise WrongUse("That is no protected class.", hint=f"They are {', '.join(Protected)}.") from exc
    kept = _keep(services, snapshot, viewer, said)
    scope = policy.scope_of(services.packs.access, viewer)
    for message in kept["messages"]:
        if not head_or_unknown(snapshot, message, scope).classes & code.bit:
            raise WrongUse(f"{message[:16]}… is not of the class {code.value}.")
    whole = meant_by_release(services, snapshot, viewer, kept["messages"], code.value)
    if len(whole) > MESSAGES_MAX:
        raise WrongUse(f"{len(whole)} messages are more than the {MESSAGES_MAX} of one order.", hint="Do it in parts.")
    return {"messages": sorted(whole), "class": code.value}


def _keep_unmask(services: Services, snapshot: Snapshot, viewer: Viewer, said: Saying) -> dict[str, Any]:
    purpose = text_of(said, "purpose")
    if not purpose:
        raise WrongUse("Say what you need it for.", hint="The purpose is kept, and those who answer for it see it.")
    return _keep(services, snapshot, viewer, said) | {"purpose": purpose[:500]}


def _about(services: Services, snapshot: Snapshot, viewer: Viewer, said: Saying, summary: Words) -> About:
    scope = policy.scope_of(services.packs.access, viewer)
    whole = touched(snapshot, [head_or_unknown(snapshot, one, scope) for one in said["messages"]])
    count = len(whole.messages)
    tells = [("What", "1 message" if count == 1 else f"{count:,} messages")]
    if "class" in said:
        tells.append(("Out of the class", services.packs.access.classes[Protected(said["class"])].label))
    if "purpose" in said:
        tells.append(("Purpose", said["purpose"]))
    return About(
        summary=summary(count, said),
        tells=tuple(tells),
        messages=whole.messages,
        tlp=whole.tlp,
        classes=whole.classes,
        lists=whole.lists,
        shown={"the messages": whole.digest},
    )


def _words_release(count: int, said: Saying) -> str:
    code = said["class"]
    return (
        f"Take 1 message out of the class {code}" if count == 1 else f"Take {count:,} messages out of the class {code}"
    )


def _words_unmask(count: int, _said: Saying) -> str:
    return "See what is masked in 1 message" if count == 1 else f"See what is masked in {count:,} messages"


def _words_export(count: int, _said: Saying) -> str:
    if count == 1:
        return "Save 1 message to be carried elsewhere"
    return f"Save {count:,} messages to be carried elsewhere"


def _saying(summary: Words) -> Callable[[Services, Snapshot, Viewer, Saying], About]:
    return lambda services, snapshot, viewer, said: _about(services, snapshot, viewer, said, summary)


def _release(services: Services, tx: Transaction, viewer: Viewer, _order: MessageId, said: Saying) -> dict[str, Any]:
    return {"changed": release_class_in(services, tx, viewer, said).changed}


def _grant(_services: Services, _tx: Transaction, _viewer: Viewer, _order: MessageId, _said: Saying) -> dict[str, Any]:
    """Nothing more is written: `granted` finds the order."""
    return {}


CLASS_RELEASE: Final = Action(keep=_keep_release, about=_saying(_words_release), run=_release, events=("log", "alerts"))
UNMASK: Final = Action(keep=_keep_unmask, about=_saying(_words_unmask), run=_grant, events=("log",))
EXPORT: Final = Action(keep=_keep_export, about=_saying(_words_export), run=_grant, events=("log",))
