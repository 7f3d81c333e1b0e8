# SPDX-License-Identifier: Apache-2.0
"""request: say what is done with a request; propose an order; correct one that was wrong."""

from pathlib import Path
from typing import Any

import click

from lintas.cli import options, output
from lintas.cli.request_fields import FIELDS, REF, told, typed


@click.command("ack", epilog="\b\nExample:\n  lintas request ack asc SG-Q-7K3QF-9D2MX-4 --as Aminah")
@options.folder
@REF
@options.actor
@options.as_json
def ack(*, folder: Path, name: str, actor: str, as_json: bool) -> int:
    """Acknowledge a request: a named person has it."""
    return _say(folder, actor, name, "acknowledged", as_json=as_json)


@click.command("refuse", epilog="\b\nExample:\n  lintas request refuse asc SG-Q-7K3QF-9D2MX-4 needs_mla --as Aminah")
@options.folder
@REF
@click.argument("ground", metavar="GROUND")
@click.option("--short", metavar="TEXT", default="", help="In a few words, up to 500 characters.")
@click.option("--lang", metavar="CODE", default="en", show_default=True, help="Of these words.")
@options.actor
@options.as_json
def refuse(*, folder: Path, name: str, ground: str, short: str, lang: str, actor: str, as_json: bool) -> int:
    """Refuse a request on a ground of the forms pack: a normal outcome."""
    return _say(folder, actor, name, "refused", ground=ground, short=short, lang=lang, as_json=as_json)


@click.command("say", epilog="\b\nExample:\n  lintas request say asc SG-Q-7K3QF-9D2MX-4 noted --short 'calling them'")
@options.folder
@REF
@click.argument("what", metavar="STEP")
@FIELDS
@click.option("--ground", metavar="CODE", default="", help="Of a refusal.")
@click.option("--short", metavar="TEXT", default="", help="In a few words, up to 500 characters.")
@click.option("--lang", metavar="CODE", default="en", show_default=True, help="Of these words.")
@options.actor
@options.as_json
def say(
    *,
    folder: Path,
    name: str,
    what: str,
    given: tuple[str, ...],
    ground: str,
    short: str,
    lang: str,
    actor: str,
    as_json: bool,
) -> int:
    """Say or do one thing in a thread: clarify, delivered, confirmed, gone, withdrawn, closed."""
    fields = typed(given)
    return _say(folder, actor, name, what, fields=fields, ground=ground, short=short, lang=lang, as_json=as_json)


@click.command(
    "order",
    epilog="\b\nExample:\n  lintas request order asc SG-Q-7K3QF-9D2MX-4 ordered --field door=bank_hold --as Chen\n"
    "  lintas request order asc SG-Q-7K3QF-9D2MX-4 ordered --field door=police_order --field law='Act 593, section 116'"
    " --field expires_at=2026-11-25T08:00:00Z --as Chen",
)
@options.folder
@REF
@click.argument("what", metavar="STEP", default="ordered")
@FIELDS
@click.option("--short", metavar="TEXT", default="", help="In a few words, up to 500 characters.")
@click.option("--lang", metavar="CODE", default="en", show_default=True, help="Of these words.")
@options.actor
@options.as_json
def order(
    *, folder: Path, name: str, what: str, given: tuple[str, ...], short: str, lang: str, actor: str, as_json: bool
) -> int:
    """Propose an order under your own law: ordered, extended, released, returned, forfeited or reviewed.

    Two people sign it with their passkeys on the page Approvals; under a fast lane one does.
    """
    from lintas.cli.asking import have_done
    from lintas.model.order_answers import OrderShown
    from lintas.web.local import request_wire

    asked = request_wire.RequestOrder(actor=actor, request=name, what=what, fields=typed(given), short=short, lang=lang)
    shown = have_done(folder, asked, OrderShown)
    if as_json:
        output.json_document(shown)
        return 0
    output.pairs([("order", shown.id), ("what", shown.line.summary), *shown.tells, ("signed by", shown.second)])
    return 0


@click.command(
    "correct", epilog="\b\nExample:\n  lintas request correct asc SG-Q-7K3QF-9D2MX-4 wrong_digit --as Aminah"
)
@options.folder
@REF
@click.argument("why", metavar="WHY")
@click.option("--alone", is_flag=True, help="Only this one, and none of those of the same report.")
@click.option("--short", metavar="TEXT", default="", help="In a few words, up to 500 characters.")
@click.option("--lang", metavar="CODE", default="en", show_default=True, help="Of these words.")
@options.actor
@options.as_json
def correct(*, folder: Path, name: str, why: str, alone: bool, short: str, lang: str, actor: str, as_json: bool) -> int:
    """Say that a request was wrong: what was ordered is reviewed, what was not is withdrawn."""
    from lintas.cli.asking import have_done
    from lintas.model.desk_answers import Corrected
    from lintas.web.local import request_wire

    asked = request_wire.RequestCorrect(actor=actor, request=name, why=why, alone=alone, short=short, lang=lang)
    done = have_done(folder, asked, Corrected)
    if as_json:
        output.json_document(done)
    else:
        for ref in done.corrected:
            output.line(f"{ref}  corrected: reviewed within {done.review_s // 3600} hours")
        for ref in done.withdrawn:
            output.line(f"{ref}  withdrawn")
        for ref, reason in done.refused:
            output.line(f"{ref}  NOT corrected: {reason}")
    return 1 if done.refused else 0


def _say(folder: Path, actor: str, name: str, what: str, *, as_json: bool, **said: Any) -> int:
    from lintas.cli.asking import have_done
    from lintas.model.desk_answers import RequestShown
    from lintas.web.local import request_wire

    asked = request_wire.RequestSay(actor=actor, request=name, what=what, **said)
    return told(have_done(folder, asked, RequestShown), as_json=as_json)
