# SPDX-License-Identifier: Apache-2.0
"""case: a node's own cases, and those that several nodes hold together."""

from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

import click

from lintas.cli import options, output
from lintas.errors import WrongUse
from lintas.web.local.case_wire import CaseAction

if TYPE_CHECKING:
    from lintas.model.case_answers import CaseShown


@options.verb(
    "case",
    "lintas case asc open 'Parcel scam, June' --kind parcel\n"
    "  lintas case asc account SG-C-7K3QF-9D2MX-K 0123456789 --bank KASITHBK --country TH\n"
    "  lintas case asc invite SG-C-7K3QF-9D2MX-K 'Sample crime desk'",
)
@options.folder
@click.argument("action", type=click.Choice(["list", "show", *get_args(CaseAction), "restrict"]))
@click.argument("case_", metavar="[CASE]", required=False, default="")
@click.argument("these", metavar="[WORD]...", nargs=-1)
@click.option("--kind", metavar="CODE", default="", help="Of a new case: what happened.")
@click.option("--area", metavar="CODE", default="", help="Of a new case: crime area.")
@click.option("--title", metavar="TEXT", default="", help="Of an item.")
@click.option("--note", metavar="TEXT", default="", help="Beside an item or a person.")
@click.option("--tell", is_flag=True, help="Members who may not have the item may know that it is there.")
@click.option("--scheme", metavar="SCHEME", default="", help="Of an account: bank_account unless given.")
@click.option("--bank", metavar="BANK", default="", help="Of an account: name or BIC.")
@click.option("--country", metavar="CC", default="", help="Of an account.")
@click.option("--name", metavar="NAME", default="", help="Holder of an account, as the payer saw it.")
@click.option("--role", metavar="CODE", default="", help="Of an account: mule, victim …")
@click.option("--home", is_flag=True, help="The note stays at this node.")
@click.option("--to", metavar="PEER", default="", help="Of a task: who is asked; this node unless given.")
@click.option("--officer", metavar="PERSON", default="", help="Of a task: who of this node does it.")
@click.option("--due", metavar="TIME", default="", help="Of a task; in the node's zone unless it names one.")
@click.option("--request", metavar="REF", default="", help="Of a task for another state: the request that asks for it.")
@click.option("--state", type=click.Choice(["open", "closed"]), default=None, help="Only such cases.")
@click.option("--words", metavar="TEXT", default="", help="Only cases in which these words stand.")
@click.option("--limit", type=click.IntRange(1, 100), default=50, show_default=True, help="Rows of list.")
@options.actor
@options.as_json
def case(
    *,
    folder: Path,
    action: str,
    case_: str,
    these: tuple[str, ...],
    state: str | None,
    words: str,
    limit: int,
    actor: str,
    as_json: bool,
    **given: Any,
) -> int:
    """Cases: open TITLE, list, show CASE, and what is said in one. CASE is its reference or its message's id.

    change CASE FIELD VALUE gives title, kind, area or summary another value; where two values stand past each other,
    this settles it. invite CASE PEER makes it joint; the peer says join CASE [OFFICER] or decline CASE GROUND. officer
    CASE NAME names who is in charge here; coordinator CASE PEER proposes another desk, accept CASE PROPOSAL accepts it.
    item CASE MESSAGE, account CASE VALUE, note CASE TEXT, event CASE TIME TEXT, person CASE ROLE NAME, task CASE TITLE
    add to it; done and drop CASE TASK end a task. restrict CASE LIST keeps it to a need-to-know list. leave, close,
    reopen CASE; go-on CASE waits no longer for documents that do not come.
    """
    if action == "list":
        return _list(folder, actor, state=state or "", words=words, limit=limit, as_json=as_json)
    if not case_:
        raise WrongUse(f"{action} takes a case." if action != "open" else "open takes a title.")
    if action == "show":
        return _show(folder, actor, case_, as_json=as_json)
    if action == "restrict":
        return _restrict(folder, actor, case_, these, as_json=as_json)
    chosen = {name: "yes" if value is True else value for name, value in given.items() if value}
    return _say(folder, actor, action, case_, these, chosen, as_json=as_json)


def _say(
    folder: Path, actor: str, action: str, case_: str, these: tuple[str, ...], chosen: dict[str, str], *, as_json: bool
) -> int:
    from lintas.cli.asking import have_done
    from lintas.model.case_answers import CaseDone
    from lintas.web.local import case_wire

    request = case_wire.CaseSay(actor=actor, do=action, case=case_, these=list(these), options=chosen)  # type: ignore[arg-type]  # one of them
    done = have_done(folder, request, CaseDone)
    if as_json:
        output.json_document(done)
        return 0
    output.line(f"{done.ref}  {done.what}  {done.document}")
    for name in done.sent_to:
        output.line(f"sent to {name}")
    for name, why in done.not_sent:
        output.line(f"not sent to {name}: {why}")
    for one in done.overlaps:
        output.line(f"also in {one.what} {one.ref} {one.node_name}: {one.scheme} {one.value}".rstrip())
    return 1 if done.not_sent else 0


def _restrict(folder: Path, actor: str, case_: str, these: tuple[str, ...], *, as_json: bool) -> int:
    from lintas.cli.asking import have_done
    from lintas.model.people_shown import NeedDone
    from lintas.web.local import case_wire

    if len(these) != 1:
        raise WrongUse("restrict takes the name of one list.")
    done = have_done(folder, case_wire.CaseRestrict(actor=actor, case=case_, name=these[0]), NeedDone)
    if as_json:
        output.json_document(done)
        return 0
    output.line(f"{done.name}  {done.action}  {len(done.messages)}")
    return 0


def _list(folder: Path, actor: str, *, state: str, words: str, limit: int, as_json: bool) -> int:
    from lintas.cli.asking import have_done
    from lintas.model.case_answers import Cases
    from lintas.web.local import case_wire

    found = have_done(folder, case_wire.CaseList(actor=actor, state=state, words=words, limit=limit), Cases)
    if as_json:
        output.json_document(found)
        return 0
    output.table(
        ["case", "state", "here", "title", "members", "tasks", "next due", "conflicts"],
        [
            (
                one.ref,
                one.state,
                one.standing,
                one.title,
                ", ".join(one.members),
                one.tasks,
                one.next_due,
                one.conflicts,
            )
            for one in found.cases
        ],
    )
    return 0


def _show(folder: Path, actor: str, case_: str, *, as_json: bool) -> int:
    from lintas.cli.asking import have_done
    from lintas.model.case_answers import CaseShown
    from lintas.web.local import case_wire

    found = have_done(folder, case_wire.CaseShow(actor=actor, case=case_), CaseShown)
    if as_json:
        output.json_document(found)
        return 0
    for line in _lines(found):
        output.line(line)
    return 0


def _lines(found: "CaseShown") -> list[str]:
    one = found.line
    lines = [f"{one.ref}  {one.title}  {one.state}  {found.marking}", f"coordinating: {one.coordinator}"]
    if found.invited_by:
        lines.append(f"invited by {found.invited_by}: join or decline")
    for member in found.members:
        officers = " | ".join(value.value for value in member.officers)
        unsent = f"  {member.unsent} not sent" if member.unsent else ""
        lines.append(f"member  {member.name}  {member.standing}  {officers}{unsent}")
    lines += [
        f"conflict  {field.name}: " + " | ".join(f"{value.value} ({value.node_name})" for value in field.values)
        for field in found.conflicts
    ]
    lines += [f"proposed  {one.id}  {one.name}: waits for {', '.join(one.waits_for)}" for one in found.proposals]
    lines += [f"task  {one.id[:8]}  {one.state}  {one.title}  {one.to_name}  {one.due}" for one in found.tasks]
    lines += [f"account  {one.scheme}  {one.value}  {one.bank}  {one.country}" for one in found.accounts]
    lines += [f"person  {one.role}  {one.name or '(withheld)'}" for one in found.people]
    for item in found.items:
        what = f"{item.message}  {item.marking}  {item.title}" if item.is_seen else "an item that you may not see"
        lines.append(f"item  {what}")
    lines += [f"event  {one.at}  {one.text}" for one in found.events]
    lines += [f"note  {one.at}  {one.node_name}  {one.text}" for one in found.notes]
    lines += [f"request  {one.ref}  {one.form}  {one.state}  {one.other}" for one in found.requests]
    lines += [f"also in  {one.what} {one.ref}  {one.scheme} {one.value}" for one in found.overlaps]
    if found.missing:
        lines.append(f"waiting: {found.missing} documents that others name have not come")
    lines += [f"changed nothing  {one.node_name}  {one.what}: {one.reason}" for one in found.idle]
    return lines
