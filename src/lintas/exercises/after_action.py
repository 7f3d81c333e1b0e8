# SPDX-License-Identifier: Apache-2.0
"""The after-action report: what was done when, what it came to, what to talk about.

One page in HTML, and the same as lines of a paper. It names desks, accounts and invented references; victims are their
labels.
"""

from collections.abc import Iterator, Sequence
from html import escape
from typing import Any, Final

from lintas.exercises.pdf import Line
from lintas.exercises.record import Done, Record
from lintas.exercises.talking import LIMITS, questions
from lintas.exercises.world import Inject, World
from lintas.formats.currencies import said_amount

_STYLE: Final = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#111;"
    "background:#fff}"
    "table{border-collapse:collapse;width:100%;margin:1rem 0}th,td{border:1px solid #888;padding:.3rem .5rem;"
    "text-align:left;vertical-align:top}td.n{text-align:right;font-variant-numeric:tabular-nums}"
    "svg{width:100%;height:auto}strong.mark{border:2px solid #111;padding:.1rem .4rem}"
    "@media print{body{margin:0;max-width:none}}"
)
_INJECTS: Final = {
    Inject.WRONG_DIGIT: "A report named an account with one digit wrong.",
    Inject.INNOCENT_SALARY: "The salary of a holder who knew of nothing came into a mule account.",
    Inject.TWO_CASES: "Two networks used the same mule account.",
    Inject.DUPLICATE_REPORT: "The same payments were reported twice, by two offices.",
    Inject.CLOCK_SKEW: "One bank's clock was minutes off.",
    Inject.THAI_ANSWER: "One bank first answered by a letter in Thai.",
    Inject.NODE_OFFLINE: "One desk could not be reached for a part of the first hour.",
    Inject.TRAFFICKED_MULE: "The holder of one mule account was a trafficked person.",
    Inject.STILL_BELIEVES: "A victim went on paying after somebody else had reported.",
}
_WORDS: Final = {
    "reported": "A victim reported",
    "asked": "asked",
    "acknowledged": "acknowledged",
    "refused": "refused",
    "bank_asked": "asked the bank about an account",
    "bank_answered": "the bank told its bookings",
    "handed": "handed the trace on",
    "held": "the bank confirmed a hold",
    "extended": "extended a hold",
    "released": "released a hold",
    "expired": "a hold ran out",
    "protected": "took the holder for a victim",
    "noted": "noted",
}


def after_action_html(world: World, record: Record, score: dict[str, Any]) -> bytes:
    """The report as one page that needs nothing else."""
    parts = [
        f"<h1>After-action report</h1><p><strong class=mark>EXERCISE</strong> {escape(_what(world, record))}</p>",
        "<h2>What it came to</h2>",
        _table(("Figure", "Value"), figures(score)),
        _bars(score),
        "<h2>Held, by currency</h2>",
        _table(("Currency", "Held rightly", "Confirmed by banks", "Reachable", "Lost"), list(_by_currency(score))),
        "<h2>What made it hard</h2>",
        "<ul>" + "".join(f"<li>{escape(line)}</li>" for line in injects(world)) + "</ul>",
        "<h2>To talk about</h2>",
        "<ul>" + "".join(f"<li>{escape(line)}</li>" for line in questions(score)) + "</ul>",
        "<h2>Holds</h2>",
        _table(("At", "Desk", "Report", "Account", "Asked", "Confirmed", "Rightly", "Hop"), list(_holds(score))),
        "<h2>What was done</h2>",
        _table(("At", "Desk", "What", "Of"), [tuple(_event(one)) for one in record.events]),
        "<h2>What this cannot say</h2>",
        f"<p>{escape(LIMITS)}</p>",
    ]
    page = (
        '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>After-action report</title>'
        f'<meta name="viewport" content="width=device-width"><style>{_STYLE}</style></head><body>'
        f"<main>{''.join(parts)}</main></body></html>\n"
    )
    return page.encode()


def after_action_pages(world: World, record: Record, score: dict[str, Any]) -> Iterator[Line]:
    """The same as lines of a paper."""
    yield Line("title", "After-action report")
    yield Line("text", f"EXERCISE. {_what(world, record)}")
    yield Line("head", "What it came to")
    for name, value in figures(score):
        yield Line("row", f"{name:<28} {value}")
    yield Line("head", "Held of what was reachable")
    for code, rightly, _, reachable, _ in _by_currency(score):
        part = score["held"].get(code, {}).get("rightly", 0)
        whole = score["reachable"].get(code, 0)
        yield Line("bar", f"{rightly} of {reachable}", part / whole if whole else 0.0)
    yield Line("head", "What made it hard")
    for line in injects(world):
        yield Line("text", line)
    yield Line("head", "To talk about")
    for line in questions(score):
        yield Line("text", line)
    yield Line("head", "Holds")
    for row in _holds(score):
        at, desk, report, account, _, confirmed, rightly, hop = row
        yield Line("row", f"{at[11:19]} {desk} {report:<4} {account:<30} {confirmed:>18} hop {hop}")
        if confirmed != rightly:
            yield Line("row", f"{'':<42}of it rightly {rightly}")
    yield Line("head", "What was done")
    for one in record.events:
        at, desk, what, of = _event(one)
        yield Line("row", f"{at[11:19]} {desk} {what:<34} {of}")
    yield Line("head", "What this cannot say")
    yield Line("text", LIMITS)


def figures(score: dict[str, Any]) -> list[tuple[str, str]]:
    """The figures of a score, in words."""

    def percent(value: float | None) -> str:
        return "nothing to hold" if value is None else f"{value:.1%}"

    hops = ", ".join(f"{one['hop']}: {one['minutes']}" for one in score["minutes_per_hop"])
    return [
        ("Held of the reachable", percent(score["share_of_reachable"])),
        ("Held of the lost", percent(score["share_of_lost"])),
        ("Minutes to a hold, by hop", hops or "no hold"),
        ("Holds", str(len(score["holds"]))),
        ("Wrong holds", str(len(score["wrong_holds"]))),
        ("Ran out undecided", str(len(score["missed_expiries"]))),
        ("Wrong basis", str(len(score["basis_errors"]))),
        ("People protected", f"{score['protected']['done']} of {score['protected']['wanted']}"),
    ]


def injects(world: World) -> list[str]:
    """What was injected, in words."""
    return [_INJECTS[one] for one in world.injects] or ["Nothing was injected."]


def _what(world: World, record: Record) -> str:
    who = "desks that act by themselves" if record.desks == "auto" else "desks of people"
    return f"Golden hours, seed {world.seed}, scale {world.scale}, {', '.join(world.nodes)}; played by {who}."


def _by_currency(score: dict[str, Any]) -> Iterator[tuple[str, str, str, str, str]]:
    for code in sorted(score["held"].keys() | score["reachable"].keys() | score["lost"].keys()):
        held = score["held"].get(code, {"confirmed": 0, "rightly": 0})
        amounts = (held["rightly"], held["confirmed"], score["reachable"].get(code, 0), score["lost"].get(code, 0))
        rightly, confirmed, reachable, lost = (said_amount(one, code) for one in amounts)
        yield code, rightly, confirmed, reachable, lost


def _holds(score: dict[str, Any]) -> Iterator[tuple[str, ...]]:
    for one in score["holds"]:
        asked, confirmed, rightly = (said_amount(one[name], one["currency"]) for name in _AMOUNTS)
        yield one["at"], one["node"], one["report"], one["account"], asked, confirmed, rightly, str(one["hop"])


_AMOUNTS: Final = ("asked", "confirmed", "rightly")


def _event(one: Done) -> Sequence[str]:
    of = [one.report, one.account, one.payment[:20], one.hold, one.ground, one.short]
    if one.to:
        of.append(f"> {one.to} {one.basis}".strip())
    if one.minor:
        of.append(said_amount(one.minor, one.currency))
    return one.at, one.node, _WORDS[one.what], " ".join(part for part in of if part)


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    names = "".join(f'<th scope="col">{escape(name)}</th>' for name in head)
    body = "".join("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in rows)
    return f"<table><thead><tr>{names}</tr></thead><tbody>{body}</tbody></table>"


def _bars(score: dict[str, Any]) -> str:
    """Held of the reachable, as bars; the table above says the same."""
    rows = []
    for place, (code, rightly, _, reachable, _) in enumerate(_by_currency(score)):
        whole = score["reachable"].get(code, 0)
        part = score["held"].get(code, {}).get("rightly", 0) / whole if whole else 0.0
        y = 8 + 30 * place
        rows.append(
            f'<rect x="70" y="{y}" width="400" height="18" fill="#ddd" stroke="#111"/>'
            f'<rect x="70" y="{y}" width="{400 * min(1.0, part):.1f}" height="18" fill="#1a4d80"/>'
            f'<text x="8" y="{y + 14}">{escape(code)}</text>'
            f'<text x="480" y="{y + 14}" font-size="12">{escape(rightly)} of {escape(reachable)}</text>'
        )
    height = 16 + 30 * len(rows)
    return (
        f'<svg viewBox="0 0 760 {height}" role="img" aria-label="Held of the reachable, by currency">'
        f"{''.join(rows)}</svg>"
    )
