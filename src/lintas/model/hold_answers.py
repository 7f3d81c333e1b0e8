# SPDX-License-Identifier: Apache-2.0
"""The hold list of a kept trace, as pages and verbs are told it."""

import msgspec


class HoldShown(msgspec.Struct, frozen=True):
    """One account, with every part of the sum by which it stands where it does."""

    place: int  # by the rule, from 1
    account: str
    country: str
    currency: str
    amount_minor: int  # followed, and still there as far as the rows say
    confirmed_minor: int
    expected_minor: int  # by the rule
    knowledge: str  # confirmed | inferred | unknown
    channel: str
    half_life_minutes: int
    half_life_confirmed: bool
    minutes: int  # since the last credit
    share_ppm: int
    minutes_confirmed: int
    share_confirmed_ppm: int
    sum: str  # the same in one line, as a person checks it
    requests: list[str]  # references of requests to hold money there that this node sent or got, and the viewer may see


class HoldListShown(msgspec.Struct, frozen=True):
    """Where a hold may still reach money."""

    ref: str
    rule: str  # name and version
    pack: str  # digest of the half-lives
    warning: str  # empty when every half-life that was used is confirmed
    sort: str
    at: str
    lines: list[HoldShown]
    expected_minor: dict[str, int]  # currency -> minor
    limits: list[str]


class HoldDraft(msgspec.Struct, frozen=True):
    """A hold request, filled from a line: what `request send` takes."""

    to: str  # node; this one for an account in its own country; empty: none is known
    to_name: str
    form: str
    fields: dict[str, object]
    case: str
    report: str
    place: int
    missing: str  # why it cannot be sent as it is; empty when it can
