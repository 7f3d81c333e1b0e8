# SPDX-License-Identifier: Apache-2.0
"""What is open at a desk, and who answers for it."""

import msgspec


class OpenThing(msgspec.Struct, frozen=True):
    """One open thing."""

    what: str  # request | promise | task | report | approval | alert | missed
    target: str  # id of the message by which somebody answers for it
    ref: str  # reference that may be read out; empty where it has none
    title: str  # short, or a code
    state: str  # code
    clock: str  # code of the next clock; empty when none runs
    due: str  # RFC 3339; empty when nothing is due
    is_missed: bool  # the time is over
    address: str  # of its page
    owner: str  # pseudonym; empty: nobody
    owner_name: str
    offered_to: str  # empty: it is offered to nobody
    offered_name: str
    why: str  # why the supervisor sees it: unowned | closed | off_duty | offered; empty when the owner is there


class HandOver(msgspec.Struct, frozen=True):
    """What a person answers for, what they are asked to take, and what has nobody."""

    person: str
    mine: list[OpenThing]
    to_me: list[OpenThing]  # offered to them: theirs once they accept it by name
    nobody: list[OpenThing]
    left: list[OpenThing]  # for supervisors: what has no owner who is there, or waits to be accepted
    is_supervisor: bool
    receivers: list[tuple[str, str]]  # (account, name) of those to whom things can be offered


class HandOverDone(msgspec.Struct, frozen=True):
    """What became of some things."""

    action: str  # offered | accepted | declined | taken
    done: list[str]  # targets
    refused: list[tuple[str, str]] = []  # (target, why)
