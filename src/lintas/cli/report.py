# SPDX-License-Identifier: Apache-2.0
"""report: what victims report, from the first call on."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from lintas.cli import options, output
from lintas.errors import BadInput

if TYPE_CHECKING:
    from lintas.model.report_answers import ChatRead, ReportFiled, ReportShown, SlipRead


@click.group("report")
def report() -> None:
    """Reports of victims: take one, look at it, change and close it; read slips and chats.

    A report is open from the first word: what is not known is left out. Who reported is withheld from all lists.
    """


@report.command(
    "new",
    epilog="\b\nExample:\n  lintas report new asc --amount 'RM 19,000' --at 2026-03-01T09:15 --from-bank CIMB \\\n"
    "      --to 164012345678 --to-bank Maybank --reference FT26060ABC --phone +60123456700",
)
@options.folder
@click.option("--form", metavar="FILE", default="", help="JSON with report and victim, in full; - reads it from input.")
@click.option("--how", metavar="CODE", default="", help="phone, counter, online, chat or peer; phone unless given.")
@click.option("--kind", metavar="CODE", default="", help="What happened: a kind of the forms pack.")
@click.option("--area", metavar="CODE", default="", help="Crime area.")
@click.option("--amount", metavar="TEXT", default="", help="As it is written: 'RM 19,000.50', '25k baht'.")
@click.option("--at", metavar="TIME", default="", help="When it was paid; in the node's zone unless it names one.")
@click.option("--from-bank", metavar="BANK", default="", help="The bank that paid: name or BIC.")
@click.option(
    "--to", "account", metavar="ACCOUNT", default="", help="Account, wallet, proxy or text of a payment code."
)
@click.option("--to-bank", metavar="BANK", default="", help="Its bank: name or BIC.")
@click.option("--to-name", metavar="NAME", default="", help="Its holder, as the payer saw it.")
@click.option("--reference", metavar="TEXT", default="", help="Reference of the payment.")
@click.option("--rail", metavar="CODE", default="", help="How it was paid: duitnow, promptpay, swift …")
@click.option(
    "--contact", "contacts", metavar="SCHEME:VALUE", multiple=True, help="How the scammer was reached; again."
)
@click.option("--slip", "slips", metavar="FILE", multiple=True, help="Photo of a slip: kept and read here; again.")
@click.option("--chat", "chats", metavar="FILE", multiple=True, help="Text of a chat: kept and read here; again.")
@click.option("--name", metavar="NAME", default="", help="Who reports. Withheld, as all that follows.")
@click.option("--phone", metavar="NUMBER", default="", help="Their phone.")
@click.option("--id", "id_", metavar="SCHEME:VALUE", default="", help="Their personal number: mykad:770305021234.")
@click.option("--own", metavar="ACCOUNT", default="", help="Their own account.")
@click.option("--own-bank", metavar="BANK", default="", help="Its bank: name or BIC.")
@click.option("--language", metavar="CODE", default="", help="They speak: en, ms, th, zh …")
@click.option("--short", metavar="TEXT", default="", help="In a few words, up to 500 characters.")
@click.option("--ref", metavar="REF", default="", help="From an earlier try: the same report, never a second one.")
@options.actor
@options.as_json
def new(*, folder: Path, actor: str, as_json: bool, **given: Any) -> int:
    """Take a report: say its reference, who else reported it, and what can be asked at once.

    Nothing is needed. What a slip or a chat suggests is shown, and filed only as you type it.
    """
    from lintas.cli.asking import have_done
    from lintas.model.report_answers import ReportFiled
    from lintas.web.local import report_wire

    said, victim = _typed(given)
    for name in given["slips"]:
        read = _slip(folder, actor, name)
        said["slips"] = [*said.get("slips", []), read.message]
        if not as_json:
            _tell_slip(name, read)
    for name in given["chats"]:
        found = _chat(folder, actor, name, "")
        said["texts"] = [*said.get("texts", []), found.message]
        if not as_json:
            _tell_chat(found)
    request = report_wire.ReportFile(actor=actor, report=said, victim=victim, ref=given["ref"])
    return _told(have_done(folder, request, ReportFiled), as_json=as_json)


@report.command("amend", epilog="\b\nExample:\n  lintas report amend asc MY-R-7K3QF-9D2MX-4 --form changed.json")
@options.folder
@click.argument("ref", metavar="REF")
@click.option("--form", metavar="FILE", required=True, help="JSON with the fields of report and victim that change.")
@options.actor
@options.as_json
def amend(*, folder: Path, ref: str, form: str, actor: str, as_json: bool) -> int:
    """Change what a report says: each field that is given replaces the one before."""
    from lintas.cli.asking import have_done
    from lintas.model.report_answers import ReportFiled
    from lintas.web.local import report_wire

    said, victim = _form(form)
    request = report_wire.ReportAmend(actor=actor, ref=ref, report=said, victim=victim)
    return _told(have_done(folder, request, ReportFiled), as_json=as_json)


@report.command("close", epilog="\b\nExample:\n  lintas report close asc MY-R-7K3QF-9D2MX-4")
@options.folder
@click.argument("ref", metavar="REF")
@click.option("--duplicate-of", metavar="REF", default="", help="The report of the same payment that goes on.")
@click.option("--reopen", is_flag=True, help="Open it again instead.")
@options.actor
@options.as_json
def close(*, folder: Path, ref: str, duplicate_of: str, reopen: bool, actor: str, as_json: bool) -> int:
    """Close a report, or open it again. Nothing of it is merged or lost."""
    from lintas.cli.asking import have_done
    from lintas.model.report_answers import ReportFiled
    from lintas.web.local import report_wire

    if reopen and duplicate_of:
        raise BadInput("A report that is opened again is a duplicate of nothing.")
    request: report_wire.ReportReopen | report_wire.ReportClose = report_wire.ReportReopen(actor=actor, ref=ref)
    if not reopen:
        request = report_wire.ReportClose(actor=actor, ref=ref, duplicate_of=duplicate_of)
    return _told(have_done(folder, request, ReportFiled), as_json=as_json)


@report.command("show", epilog="\b\nExample:\n  lintas report show asc MY-R-7K3QF-9D2MX-4")
@options.folder
@click.argument("ref", metavar="REF")
@click.option("--unmask", is_flag=True, help="Show who reported; needs --as and --purpose, and leaves a trace.")
@click.option("--purpose", metavar="TEXT", default="", help="What it is for; it stands in the access entry.")
@options.actor
@options.as_json
def show(*, folder: Path, ref: str, unmask: bool, purpose: str, actor: str, as_json: bool) -> int:
    """Show a report as it is now, who else reported it, and what can be asked."""
    from lintas.cli.asking import have_done
    from lintas.model.report_answers import ReportShown
    from lintas.web.local import report_wire

    request = report_wire.ReportShow(actor=actor, ref=ref, unmask=unmask, purpose=purpose)
    shown = have_done(folder, request, ReportShown)
    if as_json:
        output.json_document(shown)
    else:
        _show(shown)
    return 0


@report.command("list", epilog="\b\nExample:\n  lintas report list asc --state open")
@options.folder
@click.option("--state", type=click.Choice(["open", "closed"]), default=None, help="Only these.")
@click.option("--before", metavar="N", type=click.IntRange(0), default=0, help="Reports before this place of the log.")
@click.option("--limit", type=click.IntRange(1, 200), default=50, show_default=True, help="Most lines.")
@options.actor
@options.as_json
def show_list(*, folder: Path, state: str | None, before: int, limit: int, actor: str, as_json: bool) -> int:
    """Show reports, newest first."""
    from lintas.cli.asking import have_done
    from lintas.web.local import report_wire

    request = report_wire.ReportList(actor=actor, state=state or "", before=before, limit=limit)
    found = have_done(folder, request, report_wire.ReportLines)
    if as_json:
        output.json_document(found)
        return 0
    for line in found.reports:
        paid = line.payments[0] if line.payments else {}
        amount = _money(paid["minor"], paid["currency"]) if paid.get("currency") else ""
        more = f" and {len(line.payments) - 1} more" if len(line.payments) > 1 else ""
        doubled = f"  duplicate of {line.duplicate_of}" if line.duplicate_of else ""
        output.line(f"{line.ref}  {line.at}  {line.state:<6}  {amount} → {paid.get('value', '')}{more}{doubled}")
    if not found.reports:
        output.line("no report that you may see")
    if found.next_before:
        output.aside(f"older: --before {found.next_before}")
    return 0


@report.command("status", epilog="\b\nExample:\n  lintas report status asc MY-R-7K3QF-9D2MX-4")
@options.folder
@click.argument("ref", metavar="REF")
@options.actor
@options.as_json
def status(*, folder: Path, ref: str, actor: str, as_json: bool) -> int:
    """Say what who reported may hear by their reference: the same whatever happened inside."""
    from lintas.cli.asking import have_done
    from lintas.web.local import report_wire

    found = have_done(folder, report_wire.ReportStatus(actor=actor, ref=ref), report_wire.StatusAnswer)
    if as_json:
        output.json_document(found)
    else:
        output.line(f"{found.ref}  {found.label}. {found.sentence}")
    return 0


@report.command("slip", epilog="\b\nExample:\n  lintas report slip asc slip.jpg")
@options.folder
@click.argument("file", metavar="FILE")
@options.actor
@options.as_json
def slip(*, folder: Path, file: str, actor: str, as_json: bool) -> int:
    """Keep the photo of a slip, and read its QR codes here."""
    read = _slip(folder, actor, file)
    if as_json:
        output.json_document(read)
    else:
        _tell_slip(file, read)
    return 0


@report.command("chat", epilog="\b\nExample:\n  lintas report chat asc chat.txt --region TH")
@options.folder
@click.argument("file", metavar="FILE")
@click.option("--region", metavar="CC", default="", help="Where it was written; this node's region unless given.")
@options.actor
@options.as_json
def chat(*, folder: Path, file: str, region: str, actor: str, as_json: bool) -> int:
    """Keep the text of a chat, and find amounts, times, accounts and names in it. FILE may be -."""
    found = _chat(folder, actor, file, region)
    if as_json:
        output.json_document(found)
    else:
        _tell_chat(found)
    return 0


def _typed(given: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """What the options say, over what the form says."""
    said, victim = _form(given["form"]) if given["form"] else ({}, {})
    said |= {name: given[name] for name in ("how", "kind", "area", "language", "short") if given[name]}
    paid: dict[str, Any] = {name: given[name] for name in ("amount", "at", "from_bank", "reference", "rail")}
    paid["to"] = {"value": given["account"], "bank": given["to_bank"], "name": given["to_name"]}
    if any(paid["to"].values()) or any(value for name, value in paid.items() if name != "to"):
        said["payments"] = [*said.get("payments", []), paid]
    if given["contacts"]:
        said["contacts"] = [*said.get("contacts", []), *(_pair(text) for text in given["contacts"])]
    victim |= {name: given[name] for name in ("name", "phone", "language") if given[name]}
    if given["id_"]:
        pair = _pair(given["id_"])
        victim |= {"id_scheme": pair["scheme"], "id": pair["value"]}
    if given["own"] or given["own_bank"]:
        victim["own"] = {"value": given["own"], "bank": given["own_bank"]}
    return said, victim if victim.keys() - {"language"} else {}


def _form(name: str) -> tuple[dict[str, Any], dict[str, Any]]:
    import msgspec

    from lintas.cli import files as reading

    try:
        form = msgspec.json.decode(reading.read(name).data, type=dict[str, dict[str, Any]])
    except msgspec.MsgspecError as exc:
        raise BadInput(f"{name} is no form: {exc}.", hint='Write {"report": {…}, "victim": {…}}.') from exc
    if unknown := sorted(form.keys() - {"report", "victim"}):
        raise BadInput(f"A form has no part {unknown[0][:40]!r}.", hint="Its parts are report and victim.")
    return form.get("report", {}), form.get("victim", {})


def _pair(text: str) -> dict[str, str]:
    scheme, colon, value = text.partition(":")
    if not colon or not value.strip():
        raise BadInput(f"{text[:40]!r} lacks its scheme.", hint="Write phone:+60123456789 or telegram:@example.")
    return {"scheme": scheme.strip().lower(), "value": value.strip()}


def _slip(folder: Path, actor: str, name: str) -> "SlipRead":
    from lintas.cli import files as reading
    from lintas.cli.asking import have_done
    from lintas.model.report_answers import SlipRead
    from lintas.web.local import report_wire

    return have_done(folder, report_wire.ReportSlip(actor=actor), SlipRead, files=[reading.read(name)])


def _chat(folder: Path, actor: str, name: str, region: str) -> "ChatRead":
    from lintas.cli import files as reading
    from lintas.cli.asking import have_done
    from lintas.model.report_answers import ChatRead
    from lintas.web.local import report_wire

    request = report_wire.ReportChat(actor=actor, region=region)
    return have_done(folder, request, ChatRead, files=[reading.read(name)])


def _told(filed: "ReportFiled", *, as_json: bool) -> int:
    if as_json:
        output.json_document(filed)
        return 0
    output.line(f"{filed.ref}  {filed.status}{'  (it was filed before)' if filed.is_again else ''}")
    for line in filed.duplicates:
        output.line(f"perhaps the same as {line.ref} ({line.state}): {line.sentence}")
    for one in filed.elsewhere:
        known = [*one.reports, *one.requests, *one.cases, *(message[:16] for message in one.messages)]
        output.line(f"{one.value} is known here: {', '.join(known)}")
    for draft in filed.suggestions:
        whom = (
            (draft.bank if draft.how == "own_door" else "")
            or draft.to_name
            or draft.bank
            or draft.country
            or "nobody yet"
        )
        lacks = f"; still needed: {', '.join(draft.missing)}" if draft.missing else ""
        output.line(f"can be asked now: {draft.form} ({draft.how.replace('_', ' ')}: {whom}){lacks}")
    for note in filed.notes:
        output.aside(f"note: {note}")
    return 0


def _show(shown: "ReportShown") -> None:
    said = shown.said
    rows: list[tuple[str, object]] = [
        ("report", shown.ref),
        ("state", said.get("state", "erased")),
        ("duplicate of", said.get("duplicate_of", "")),
        ("taken by", f"{shown.versions[-1].by}  {shown.versions[-1].at}"),
        ("with", shown.owner),
        ("kind", said.get("kind", "")),
        ("words", said.get("short", "")),
    ]
    for paid in said.get("payments", ()):
        to, amount = paid["to"], paid["amount"]
        money = _money(amount["minor"], amount["currency"]) if amount else "amount not known"
        rows.append(("paid", f"{money}  {paid['at']}  {to['bank']} {to['value']} {to['name']}  {paid['reference']}"))
    rows += [("contact", f"{one['scheme']}:{one['value']}") for one in said.get("contacts", ())]
    if shown.victim is not None:
        who = shown.victim
        rows.append(("reported by", who.note if who.masked else f"{who.said['name']}  {who.said['phone']}"))
    rows += [("request", ref) for ref in shown.requests]
    rows += [("perhaps", f"{line.ref}: {line.sentence}") for line in shown.duplicates]
    output.pairs(rows)


def _tell_slip(name: str, read: "SlipRead") -> None:
    output.line(f"{name}: kept as {read.message[:16]}{f'; {read.note}' if read.note else ''}")
    for one in read.codes:
        if one.reason:
            output.line(f"  a code that is no payment: {one.reason}")
            continue
        paid = one.payment
        money = _money(paid["amount"]["minor"], paid["amount"]["currency"]) if paid.get("amount") else ""
        parts = [money, paid.get("to", {}).get("value", ""), paid.get("from_bank", ""), paid.get("reference", "")]
        output.line(f"  {one.scheme}: {'  '.join(part for part in parts if part)}")


def _tell_chat(found: "ChatRead") -> None:
    for fact in found.facts:
        money = _money(fact.money["minor"], fact.money["currency"]) if fact.money else fact.value
        notes = [word for word in (fact.role, "currency assumed" if fact.assumed else "") if word]
        output.line(f"  {fact.kind:<8} {money}{'  (' + ', '.join(notes) + ')' if notes else ''}  ← {fact.original}")
    if not found.facts:
        output.line("  nothing was found in it")


def _money(minor: int, currency: str) -> str:
    from lintas.formats.currencies import CURRENCIES

    known = CURRENCIES.get(currency)
    places = known.exponent if known else 2
    return f"{currency} {minor / 10**places:,.{places}f}" if minor >= 0 else "amount not known"
