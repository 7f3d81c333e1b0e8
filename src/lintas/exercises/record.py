# SPDX-License-Identifier: Apache-2.0
"""What was done in an exercise, as `played.json` says it. Source: docs/spec/exercises.md."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Final, Literal

import msgspec
from msgspec import Meta

from lintas.errors import BadInput
from lintas.limits import EXERCISE_EVENTS_MAX

What = Literal[
    "reported", "asked", "acknowledged", "refused", "bank_asked", "bank_answered", "handed", "held", "extended",
    "released", "expired", "protected", "noted",
]  # fmt: skip
_Text = Annotated[str, Meta(max_length=200)]
_Code = Annotated[str, Meta(max_length=64)]


class Done(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """One thing that was done, in time of the exercise."""

    at: _Text  # RFC 3339
    node: _Code
    what: What
    report: _Code = ""
    request: _Text = ""
    to: _Code = ""
    form: _Code = ""
    purpose: _Code = ""
    basis: _Code = ""
    account: _Text = ""
    bank: _Code = ""
    ground: _Code = ""
    payment: _Text = ""
    revision: int = 0
    hop: int = 0
    hold: _Text = ""
    unit: _Code = ""
    currency: _Code = ""
    minor: Annotated[int, Meta(ge=0, le=2**62)] = 0
    asked: Annotated[int, Meta(ge=0, le=2**62)] = 0
    expires_at: _Text = ""
    holder: _Code = ""
    short: _Text = ""

    @property
    def at_s(self) -> int:
        """Seconds since 1970 UTC."""
        return seconds(self.at)


class Record(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Everything that was done."""

    v: Literal[1] = 1
    mode: Literal["exercise"] = "exercise"
    scenario: _Code
    seed: int
    scale: int
    nodes: tuple[_Code, ...]
    injects: tuple[_Code, ...]
    desks: Literal["auto", "human"]
    ended_at: _Text
    events: Annotated[tuple[Done, ...], Meta(max_length=EXERCISE_EVENTS_MAX)]


_DECODER: Final = msgspec.json.Decoder(Record)


def read_record(raw: bytes) -> Record:
    """Read `played.json`.

    Raises:
        BadInput: It is none, or a time in it is none, or its events are out of order.
    """
    try:
        record = _DECODER.decode(raw)
        times = [one.at_s for one in record.events]
        ends = seconds(record.ended_at)
        for one in record.events:
            if one.expires_at:
                seconds(one.expires_at)
    except (msgspec.MsgspecError, ValueError, RecursionError) as exc:
        raise BadInput("The record of what was played cannot be read.", hint=str(exc)[:200]) from exc
    if times != sorted(times) or (times and times[-1] > ends):
        raise BadInput("The record of what was played is not in the order of time.")
    return record


def write_record(record: Record) -> bytes:
    """Write `played.json`."""
    return msgspec.json.format(msgspec.json.encode(record), indent=1) + b"\n"


def seconds(text: str) -> int:
    """A time as seconds since 1970 UTC.

    Raises:
        ValueError: It is no time, or names no zone.
    """
    found = datetime.fromisoformat(text)
    if found.tzinfo is None:
        raise ValueError(f"{text[:40]!r} names no zone")
    return int(found.timestamp())


def as_plain(record: Record) -> Mapping[str, Any]:
    """A record as objects of JSON."""
    found: Mapping[str, Any] = msgspec.to_builtins(record)
    return found
