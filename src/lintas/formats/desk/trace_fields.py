# SPDX-License-Identifier: Apache-2.0
"""The form of the fields of what is said of a trace, and fields <-> values.

Source: docs/spec/tracing-handoff.md.
"""

from collections.abc import Mapping
from typing import Annotated, Any, Final

import msgspec
from msgspec import Meta

from lintas.errors import Malformed
from lintas.formats.desk import structs as form
from lintas.limits import (
    HANDOFF_ASSETS_MAX,
    HANDOFF_DEPTH_MAX,
    HANDOFF_HOPS_MAX,
    HANDOFF_REVISIONS_MAX,
    HANDOFF_SEGMENTS_MAX,
    HANDOFF_TEXT_CHARS_MAX,
    TRACE_DEPTH_MAX,
    TRACE_SEEDS_KEPT_MAX,
)
from lintas.model.header_rules import INTEGER_MAX
from lintas.model.kept_trace import Answer, Handed, Opened, Ran, Rules, Status, Told, Totals
from lintas.model.moments import moment_text, moment_us
from lintas.model.money import NEVER, UNKNOWN_MINOR, Method, Seed, Segment

Asset = Annotated[str, Meta(pattern=r"^[A-Z0-9]{1,12}\Z")]
AssetOrNone = Annotated[str, Meta(pattern=r"^[A-Z0-9]{0,12}\Z")]
Label = Annotated[
    str, Meta(pattern=r"^(\*|[A-Za-z0-9-]{0,24})\Z")
]  # which money it is of; `*` where nobody asks; empty: clean
_SEEN: Final = r"^[^\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff]*\Z"
Key = Annotated[
    str, Meta(min_length=1, max_length=HANDOFF_TEXT_CHARS_MAX, pattern=_SEEN)
]  # of an account or a payment; no ledger holds what nobody can see
KeyOrNone = Annotated[str, Meta(max_length=HANDOFF_TEXT_CHARS_MAX, pattern=_SEEN)]
Depth = Annotated[int, Meta(ge=0, le=TRACE_DEPTH_MAX)]
MethodCode = Annotated[str, Meta(pattern=r"^(fifo|lifo|prorata|poison)\Z")]
StatusCode = Annotated[str, Meta(pattern=r"^(found|capped|not_found|waiting|refused)\Z")]
Revision = Annotated[int, Meta(ge=1, le=HANDOFF_REVISIONS_MAX)]


class RulesPart(form.Part, frozen=True, kw_only=True):
    """By what money is followed."""

    method: MethodCode
    depth: Depth = 0
    labels: bool = False
    until: form.MomentOrNone = ""


class SeedPart(form.Part, frozen=True, kw_only=True):
    """Where the money is. It stays at home."""

    label: Annotated[str, Meta(pattern=r"^[A-Za-z0-9-]{1,24}\Z")]
    payee: Key  # the account that holds it, or gets it
    start: form.MomentOrNone = ""
    minor: Annotated[int, Meta(ge=UNKNOWN_MINOR, le=INTEGER_MAX)] = UNKNOWN_MINOR
    asset: AssetOrNone = ""
    payment: KeyOrNone = ""


class SegmentPart(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """A part of a payment."""

    minor: Annotated[int, Meta(ge=1, le=INTEGER_MAX)]
    label: Label
    depth: Annotated[int, Meta(ge=0, le=HANDOFF_DEPTH_MAX)]


class PaymentPart(form.Part, frozen=True, kw_only=True):
    """A payment over a border, as its sender's side knows it; who paid is not told."""

    reference: Key
    minor: Annotated[int, Meta(ge=1, le=INTEGER_MAX)]
    asset: Asset
    payee: Key
    at: form.MomentOrNone = ""


class TotalsPart(form.Part, frozen=True, kw_only=True):
    """Amounts in one currency."""

    asset: Asset
    came: form.Minor = 0
    still_here: form.Minor = 0
    confirmed: form.Minor = 0
    unknown: form.Minor = 0
    cash: form.Minor = 0
    crypto: form.Minor = 0
    other: form.Minor = 0
    gone_on: Annotated[
        dict[Annotated[str, Meta(pattern=r"^[A-Z]{2}\Z")], form.Minor], Meta(max_length=HANDOFF_ASSETS_MAX)
    ] = {}  # noqa: RUF012  # a struct copies it


TotalsParts = Annotated[tuple[TotalsPart, ...], Meta(max_length=HANDOFF_ASSETS_MAX)]


class OpenedPart(form.Part, frozen=True, kw_only=True):
    """A trace begins here."""

    rules: RulesPart
    seeds: Annotated[tuple[SeedPart, ...], Meta(min_length=1, max_length=TRACE_SEEDS_KEPT_MAX)]
    title: form.Text = ""
    case: form.RefOrNone = ""
    request: form.RefOrNone = ""
    report: form.RefOrNone = ""


class RanPart(form.Part, frozen=True, kw_only=True):
    """What a run came to."""

    viewer: form.Text  # in whose name: their rights decided which rows counted
    rows: form.Minor
    payments: form.Minor
    accounts: form.Minor
    conserved: bool | None
    digest: form.MessageDigest
    totals: TotalsParts = ()
    to_hand: form.Minor = 0
    to_answer: form.Minor = 0


class HandedPart(form.Part, frozen=True, kw_only=True):
    """One payment, with what is in it."""

    rules: RulesPart
    payment: PaymentPart
    segments: Annotated[tuple[SegmentPart, ...], Meta(min_length=1, max_length=HANDOFF_SEGMENTS_MAX)]
    revision: Revision
    hops: Annotated[int, Meta(ge=1, le=HANDOFF_HOPS_MAX)]
    rounds: Annotated[int, Meta(ge=0, le=HANDOFF_HOPS_MAX)] = 0


class TracedPart(form.Part, frozen=True, kw_only=True):
    """What came of it."""

    reference: Key
    revision: Revision
    status: StatusCode
    totals: TotalsParts = ()
    final: bool = False
    ground: form.CodeOrNone = ""


class StoppedPart(form.Part, frozen=True, kw_only=True):
    """Nothing more is asked."""

    why: form.CodeOrNone = ""


TRACE_FIELDS: Final[Mapping[Told, type[msgspec.Struct]]] = {
    Told.OPENED: OpenedPart,
    Told.RAN: RanPart,
    Told.HANDED: HandedPart,
    Told.TRACED: TracedPart,
    Told.STOPPED: StoppedPart,
}


def check_trace(what: Told, fields: Mapping[str, Any]) -> None:
    """Refuse what no node could say of a payment, whatever its rows.

    Raises:
        Malformed: The parts are not the whole, one is beyond the depth, or a moment is none.
    """
    rules = fields.get("rules", {})
    for moment in (rules.get("until", ""), *(seed["start"] for seed in fields.get("seeds", ()))):
        _check_moment(moment)
    if what is Told.HANDED:
        parts = fields["segments"]
        if sum(minor for minor, _, _ in parts) != fields["payment"]["minor"]:
            raise Malformed("The parts of a payment that is handed on are not the whole of it.")
        if rules["depth"] and any(label and depth > rules["depth"] for _, label, depth in parts):
            raise Malformed("A part of a payment that is handed on is beyond the depth of its trace.")
    for one in fields.get("totals", ()):
        if max(one["confirmed"], one["unknown"]) > one["still_here"]:
            raise Malformed("More is said to be confirmed, or unknown, than is said to be here.")


def _check_moment(text: str) -> None:
    try:
        if text:
            moment_us(text)
    except (ValueError, OverflowError):
        raise Malformed(f"The trace names what is no moment: {text[:40]!r}.") from None


def handed_of(said: Mapping[str, Any]) -> Handed:
    """The payment that checked fields hand on."""
    payment = said["payment"]
    return Handed(
        reference=payment["reference"],
        minor=payment["minor"],
        asset=payment["asset"],
        payee=payment["payee"],
        at=payment["at"],
        segments=tuple(Segment(*one) for one in said["segments"]),
        revision=said["revision"],
        hops=said["hops"],
        rounds=said["rounds"],
        rules=rules_of(said["rules"]),
    )


def handed_said(handed: Handed) -> dict[str, Any]:
    """A payment that is handed on, as fields."""
    return {
        "rules": rules_said(handed.rules),
        "payment": {
            "reference": handed.reference,
            "minor": handed.minor,
            "asset": handed.asset,
            "payee": handed.payee,
            "at": handed.at,
        },
        "segments": [[one.minor, one.label, one.depth] for one in handed.segments],
        "revision": handed.revision,
        "hops": handed.hops,
        "rounds": handed.rounds,
    }


def rules_of(said: Mapping[str, Any]) -> Rules:
    """Rules of checked fields."""
    return Rules(method=Method(said["method"]), depth=said["depth"], labels=said["labels"], until=said["until"])


def rules_said(rules: Rules) -> dict[str, Any]:
    """Rules as fields."""
    return {"method": rules.method.value, "depth": rules.depth, "labels": rules.labels, "until": rules.until}


def opened_of(said: Mapping[str, Any]) -> Opened:
    """What checked fields open."""
    seeds = tuple(
        Seed(
            label=one["label"],
            account=one["payee"],
            start=moment_us(one["start"]) if one["start"] else NEVER,
            minor=one["minor"],
            currency=one["asset"],
            payment=one["payment"],
        )
        for one in said["seeds"]
    )
    names = ("title", "case", "request", "report")
    return Opened(rules=rules_of(said["rules"]), seeds=seeds, **{name: said[name] for name in names})


def opened_said(opened: Opened) -> dict[str, Any]:
    """What is opened, as fields."""
    seeds = [
        {
            "label": one.label,
            "payee": one.account,
            "start": "" if one.start == NEVER else moment_text(one.start),
            "minor": one.minor,
            "asset": one.currency,
            "payment": one.payment,
        }
        for one in opened.seeds
    ]
    names = {"title": opened.title, "case": opened.case, "request": opened.request, "report": opened.report}
    return {"rules": rules_said(opened.rules), "seeds": seeds} | names


def answer_of(said: Mapping[str, Any]) -> Answer:
    """The answer that checked fields give."""
    return Answer(
        reference=said["reference"],
        revision=said["revision"],
        status=Status(said["status"]),
        totals=totals_of(said["totals"]),
        final=said["final"],
        ground=said["ground"],
    )


def answer_said(answer: Answer) -> dict[str, Any]:
    """An answer as fields."""
    return {
        "reference": answer.reference,
        "revision": answer.revision,
        "status": answer.status.value,
        "totals": totals_said(answer.totals),
        "final": answer.final,
        "ground": answer.ground,
    }


def ran_of(said: Mapping[str, Any], *, at: str) -> Ran:
    """What checked fields say of a run."""
    names = ("rows", "payments", "accounts", "conserved", "digest", "to_hand", "to_answer")
    return Ran(viewer=said["viewer"], at=at, totals=totals_of(said["totals"]), **{name: said[name] for name in names})


def ran_said(ran: Ran) -> dict[str, Any]:
    """A run as fields."""
    names = ("viewer", "rows", "payments", "accounts", "conserved", "digest", "to_hand", "to_answer")
    return {name: getattr(ran, name) for name in names} | {"totals": totals_said(ran.totals)}


def totals_of(said: Any) -> tuple[Totals, ...]:
    """Totals of checked fields, by currency."""
    found = [Totals(**(dict(one) | {"gone_on": tuple(sorted(one["gone_on"].items()))})) for one in said]
    return tuple(sorted(found))


def totals_said(totals: tuple[Totals, ...]) -> list[dict[str, Any]]:
    """Totals as fields."""
    return [one._asdict() | {"gone_on": dict(one.gone_on)} for one in totals]
