# SPDX-License-Identifier: Apache-2.0
"""What must hold of every desk at every moment of a night, and at its end."""

import json
import re
from dataclasses import replace
from functools import partial
from typing import Any, Final

import msgspec

from lintas.model.desk import ENDED, HOLDING, Thread
from lintas.model.desk_found import DueHead, OwnedHead, RequestHead
from lintas.model.header import Kind
from lintas.ports.bank import BankSettings
from lintas.ports.store import Snapshot
from lintas.testing import FakeClock
from lintas.transport.bank_http import HttpBank
from lintas.work.clocks import show_duty
from lintas.work.handing import list_open
from lintas.work.keeping import rebuild
from lintas.work.proving import verify
from lintas.work.requests import list_requests
from lintas.work.services import no_progress
from tests.scenario.banking import BankProcess
from tests.slow.night import Desk, Night, Person

SHOWS_HELD: Final = re.compile(r'class="amounts-held">.*?<dd>(.*?)</dd>', re.DOTALL)
SHOWS_STATE: Final = re.compile(r'class="rq-state rq-([a-z]+)"')
TAG: Final = re.compile(r"<[^>]*>")
BOOK_BYTES_MAX: Final = 1_000_000


def book(bank: BankProcess, clock: FakeClock, keys: Any) -> dict[str, Any]:
    """What a bank itself says of its accounts: the truth about what is held."""
    settings = replace(bank.settings, banks=(bank.bic,))
    assert isinstance(settings, BankSettings)
    asked = HttpBank(settings, clock=clock, keys=keys)._asked(
        "GET", "/book", b"", media_type="application/json", bytes_max=BOOK_BYTES_MAX
    )
    assert not isinstance(asked, str), asked
    found: dict[str, Any] = json.loads(asked[1])
    return found


def held_at_banks(night: Night) -> dict[str, int]:
    """Account -> minor units that its bank holds now; of a blocked account all that is on it."""
    keys = next(desk for desk in night.desks if desk.is_up).node.services.keys
    books = [book(bank, night.clock, keys) for bank in night.banks if night.is_open(bank)]
    return {
        one["account"]: one["minor"] if one["blocked"] else one["held"] for said in books for one in said["accounts"]
    }


def nothing_is_called_held_without_its_bank(night: Night) -> None:
    """On every page and in every JSON that names an amount: held is what a bank confirmed."""
    for desk in night.desks:
        if desk.is_up:
            heads = desk.heads()
            for head in heads:
                _check_thread(desk.thread(head.ref), desk.confirmed(head.ref))
            for person in desk.people.values():
                _check_what_a_person_reads(person, heads)


def nothing_is_held_that_no_bank_holds(night: Night) -> None:
    """What desks call held is there, once all that was said has reached them."""
    truth = held_at_banks(night)
    for desk in night.desks:
        for head in desk.heads() if desk.is_up else ():
            if (account := night.accounts[head.ref]) in truth:  # its bank may be away
                assert head.held_minor <= truth[account], (desk.country, head.ref, head.held_minor, truth)


def _check_thread(thread: Thread, confirmed: int) -> None:
    assert thread.blocked_minor <= confirmed
    assert thread.held_minor <= thread.blocked_minor
    assert thread.state not in HOLDING or confirmed > 0, thread


def _check_what_a_person_reads(person: Person, heads: list[RequestHead]) -> None:
    services, viewer = person.desk.node.services, person.viewer()
    held = {str(head.message): head.held_minor for head in heads}
    lines = msgspec.to_builtins(list_requests(services, viewer, newest=True, limit=50))["lines"]
    assert {line["message"]: line["held"] for line in lines} == held
    holding = {str(head.message): head.state in HOLDING for head in heads}
    for message, minor in held.items():
        shown = msgspec.to_builtins(person.shown(message))
        assert (shown["amounts"]["held"], shown["line"]["held"]) == (minor, minor)
        page = person.opens(f"/requests/{message}").html
        (words,) = SHOWS_HELD.findall(page)
        digits = re.sub(r"[^0-9]", "", TAG.sub("", words))
        assert int(digits or "0") == minor, (words, minor)
        assert (SHOWS_STATE.findall(page)[0] in HOLDING) == holding[message]
    listed = person.opens("/requests?show=all").html
    assert sum(state in HOLDING for state in SHOWS_STATE.findall(listed)) == sum(holding.values())
    duty = show_duty(services, viewer)
    assert all((line.state in HOLDING) == holding[line.message] for line in (*duty.waiting, *duty.open))
    person.opens("/duty")


def nothing_is_without_an_owner(night: Night) -> None:
    """Of each open thread somebody says that it is theirs; what nobody took yet warns those on duty."""
    for desk in night.desks:
        for head in desk.heads() if desk.is_up else ():
            owned = _owner(desk, head)
            is_new = head.state == "requested" and head.side == "answerer"
            if head.is_open and not is_new:
                assert owned is not None, (desk.country, head.ref)
                assert owned.owner in {person.id for person in desk.people.values()}, (desk.country, owned)
            if is_new:
                waiting = show_duty(desk.node.services, next(iter(desk.people.values())).viewer()).waiting
                assert head.message in {line.message for line in waiting}


def nothing_is_left(night: Night) -> None:
    """The list of what is open names nobody's things at none of the desks."""
    for desk in night.desks:
        for person in desk.people.values():
            found = list_open(desk.node.services, person.viewer())
            assert not found.nobody, (desk.country, person.name, found.nobody)
            assert not found.to_me, (desk.country, person.name, found.to_me)


def _owner(desk: Desk, head: RequestHead) -> OwnedHead | None:
    return desk.node.services.store.read(lambda snapshot: snapshot.owner(head.message))


def every_expiry_was_seen(night: Night) -> None:
    """Each clock that ran out has an entry of it, and the name of who saw it."""
    for desk in night.desks:
        named = {person.id for person in desk.people.values()}
        for head in desk.heads():
            for due in _dues(desk, head):
                assert due.seen_by in named or due.state == "warned", (desk.country, head.ref, due)
        assert desk.node.services.store.read(lambda snapshot: snapshot.dues_count()) == 0, desk.country


def _dues(desk: Desk, head: RequestHead) -> list[DueHead]:
    return desk.node.services.store.read(lambda snapshot: snapshot.dues_of(head.message))


def both_sides_agree(night: Night) -> None:
    """What a thread comes to is the same at both of its ends."""
    for desk in night.desks:
        for head in desk.heads():
            if head.side == "asker":
                other = next(one for one in night.desks if one.id == head.answerer)
                # what one of them said last, as that its bank has done it, may still be on its way
                desk.sees(partial(_agree, desk, other, head.ref), f"has {head.ref} as {other.country} has it")


def _agree(one: Desk, other: Desk, ref: str) -> bool:
    return _plain(one.thread(ref)) == _plain(other.thread(ref))


def _plain(thread: Thread) -> Thread:
    """Without what each side counts from its own clock, or only said at home."""
    return replace(thread, dues=(), heads=(), idle=(), acknowledged_by="")


def the_night_is_over(night: Night) -> None:
    """Everything that was asked came to an end, with its amounts."""
    for desk in night.desks:
        for head in desk.heads():
            thread = desk.thread(head.ref)
            assert thread.state in ENDED, (desk.country, head.ref, thread.state)
            ended = thread.released_minor + thread.returned_minor + thread.forfeited_minor
            assert thread.state in {"refused", "expired"} or ended == thread.tainted_minor, (head.ref, thread)
            assert not thread.held_minor


def logs_hold(night: Night) -> None:
    """Every log verifies, and its views are what a rebuild makes of it."""
    for desk in night.desks:
        services = desk.node.services
        found = verify(services, progress=no_progress)
        assert found.ok, (desk.country, found)
        assert rebuild(services, progress=no_progress).changed == [], desk.country


def entries(desk: Desk, kind: Kind) -> int:
    """How many entries of a kind its log has."""

    def count(snapshot: Snapshot) -> int:
        return len(snapshot.places_of(kind.value))

    return desk.node.services.store.read(count)
