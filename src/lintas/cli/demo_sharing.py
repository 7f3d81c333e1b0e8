# SPDX-License-Identifier: Apache-2.0
"""The demo's main steps: watch, take, preview, share, be alerted, find; and a cable that is cut meanwhile."""

import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Final

from lintas.cli import demo_files
from lintas.cli.demo_run import Run, Side, holds, until
from lintas.cli.take import take_all
from lintas.model.find_answers import Found
from lintas.model.intake_answers import Taken
from lintas.model.log_answers import LogPage
from lintas.model.marking import Marking, Tlp
from lintas.model.peer_answers import PeerLine
from lintas.model.share_answers import OutboxPage, OutboxShown, Shared
from lintas.model.watch_answers import Alerts, WatchAdded
from lintas.web.local import wire

ALERT_S_MAX: Final = 60.0
CUT_S_MAX: Final = 60.0
SETTLE_S: Final = 0.4
CUT_AFTER_BYTES: Final = 1_600_000  # on the wire: in the middle of the second batch, which a batch's size allows
PAGE: Final = 500
PURPOSE: Final = "scam_response"
WATCHED: Final = {
    "phone": ("+60 12-345 6789", demo_files.PHONE),
    "bank_account": (demo_files.ACCOUNT, demo_files.ACCOUNT),
    "domain": (demo_files.DOMAIN.replace(".", "[.]"), demo_files.DOMAIN),
}


def set_watch(run: Run) -> str:
    """SG's duty officer asks to be told about a phone, an account and a site."""
    terms = [written for written, _ in WATCHED.values()]
    request = wire.WatchAdd(actor=run.sg.people[0], terms=terms, note="demo case")
    added = run.sg.ask(request, WatchAdded)
    read = {term.scheme: term.value for term in added.terms}
    wanted = {scheme: value for scheme, (_, value) in WATCHED.items()}
    holds(wanted.items() <= read.items(), f"the watch reads its terms as {read}")
    holds(not added.already_held, "SG holds some of it already")
    return f"SG watches {', '.join(wanted.values())}"


def take_case(run: Run) -> str:
    """MY takes its reports in as TLP:AMBER, what tells of its informant as TLP:RED; SG a report of another case."""
    run.taken = take(run.my, run.files, Tlp.AMBER, source="hotline")
    note = run.case.files / "informant.txt"
    note.write_bytes(demo_files.informant_note())
    (run.red_message,) = take(run.my, [note], Tlp.RED, source="field office").messages
    told = run.case.files / "victim.txt"
    told.write_bytes(demo_files.victim_statement())
    (run.victim_message,) = take(run.my, [told], Tlp.AMBER, source="counter", classes=("victim",)).messages
    own = run.case.files / "invoice.txt"
    own.write_bytes(demo_files.own_report())
    run.own_messages = take(run.sg, [own], Tlp.AMBER, source="counter").messages
    return f"MY {took(run.taken)} as TLP:AMBER, 1 note as TLP:RED, 1 statement of a victim; SG 1 report of another case"


def take(side: Side, paths: Sequence[Path], tlp: Tlp, *, source: str, classes: Sequence[str] = ()) -> Taken:
    """Take files as the verb does, and check the sum that every take must keep."""
    request = wire.Take(
        marking=Marking(tlp=tlp).codes(), grading="B2", source=source, region=side.country, classes=list(classes)
    )
    taken = take_all(side.folder, [str(path) for path in paths], request)
    holds(taken.read == taken.used + len(taken.rejected), f"read {taken.read} is not used + rejected")
    holds(taken.messages, "no message came of it")
    return taken


def took(taken: Taken) -> str:
    """What was taken, in words."""
    sums = f"read {taken.read:,} = used {taken.used:,} + rejected {len(taken.rejected):,}"
    return f"{sums}, {len(set(taken.messages)):,} messages"


def preview(run: Run) -> str:
    """Ask who would see it: the case goes, the TLP:RED note stays and says why."""
    messages = case_messages(run)
    request = wire.Share(messages=messages, to=[run.sg.node], purpose=PURPOSE, dry_run=True)
    shown = run.my.ask(request, Shared)
    check_refusal(run, shown)
    holds(not sent_items(run), "a dry run released something")
    (stays,) = shown.refused
    return f"{len(shown.released)} would go to {run.sg.name}; 1 stays home: {stays.reason} [{stays.rule}]"


def case_messages(run: Run) -> list[str]:
    """All that MY took in of the case, the TLP:RED note too."""
    assert run.taken is not None
    return [*run.taken.messages, run.red_message]


def check_refusal(run: Run, shown: Shared) -> None:
    """Only the TLP:RED note stays, by the rule for it."""
    stays = [(line.message, line.rule) for line in shown.refused]
    holds(stays == [(run.red_message, "tlp-red")], f"what stays home is {shown.refused}")
    holds(len(shown.released) == len(case_messages(run)) - 1, f"{len(shown.released)} messages would go")


def share_case(run: Run) -> str:
    """MY's officer confirms by passkey; SG's desk, which waits, is alerted on all three and told who says so."""
    officer, messages = run.my.officers[0], case_messages(run)
    shown = run.my.ask(wire.Share(messages=messages, to=[run.sg.node], purpose=PURPOSE, dry_run=True), Shared)
    check_refusal(run, shown)
    request = wire.Share(actor=officer.name, messages=messages, to=[run.sg.node], purpose=PURPOSE, urgent=True)
    waits = run.my.ask(request, Shared)
    holds(waits.order and not waits.released and not sent_items(run), "something went before a passkey answered")
    with ThreadPoolExecutor(1) as waiting:
        alerted = waiting.submit(first_alert, run.sg)
        began = time.monotonic()
        officer.say(f"/approvals/{waits.order}", "confirmed")
        shared = time.monotonic()
        first = alerted.result(ALERT_S_MAX + 1)
    run.released = [line.released for line in sent_items(run)]
    holds(len(run.released) == len(shown.released), f"{len(run.released)} messages went, not {len(shown.released)}")
    alerts = until(lambda: all_alerts(run), ALERT_S_MAX, "SG was not alerted on all three")
    holds(all(alert.from_ == run.my.node for alert in alerts.alerts), "an alert is not from MY")
    holds(all(run.my.name in alert.from_name for alert in alerts.alerts), "an alert does not say who says so")
    run.alert = next(alert for alert in alerts.alerts if alert.scheme == "phone")
    return (
        f"the verb proposes, {officer.name} confirms by passkey: {len(run.released)} messages released in "
        f"{(shared - began) * 1000:.0f} ms; SG's desk alerted {(first - began) * 1000:.0f} ms after that began, "
        f"on {len(WATCHED)} of {len(WATCHED)} identifiers; “{run.alert.reason}”, says {run.alert.from_name}"
    )


def share_victim(run: Run) -> str:
    """What tells of a victim needs a second person: the officer's own passkey is not enough, the supervisor's is."""
    officer, supervisor, _ = run.my.officers
    before = len(sent_items(run))
    order = officer.propose_share([run.victim_message], run.sg.node, purpose=PURPOSE)
    officer.say(order, "confirmed")
    holds(len(sent_items(run)) == before, "one person alone released what tells of a victim")
    officer.browser.open(order)
    holds("approved" not in officer.browser.assents(), f"{officer.name} is asked to approve their own order")
    looked_at = supervisor.browser.open(f"/message/{run.victim_message}")
    holds("last four digits" not in looked_at, "what tells of a victim is not masked")
    supervisor.say(order, "approved")
    sent = [line.released for line in sent_items(run)]
    holds(len(sent) == before + 1, "the supervisor approved, and nothing went")
    run.released += [one for one in sent if one not in run.released]
    return f"{officer.name} confirmed and may not approve; {supervisor.name} saw it, masked, and approved: it went"


def first_alert(side: Side) -> float:
    """Wait as `lintas alerts --wait` does, and return when the first alert was there."""
    found = side.ask(wire.AlertList(actor=side.people[0], wait_s=ALERT_S_MAX), Alerts)
    holds(found.alerts, "no alert came")
    return time.monotonic()


def all_alerts(run: Run) -> Alerts | None:
    """SG's alerts once there is one on each identifier."""
    found = run.sg.ask(wire.AlertList(actor=run.sg.people[0]), Alerts)
    holds(len({alert.id for alert in found.alerts}) == len(found.alerts), "an alert stands twice")
    wanted = {value for _, value in WATCHED.values()}
    return found if wanted <= {alert.term for alert in found.alerts} else None


def look_up(run: Run) -> str:
    """SG finds what it did not watch, and nothing of what stayed home: neither by asking nor in its files."""
    texts = [demo_files.WALLET, demo_files.INFORMANT_NAME, demo_files.INFORMANT_PHONE[1:], run.red_message]
    held = bytes_held(run.sg.folder, texts)  # before SG asks: what it asks is an entry of its log
    holds(held[0], "the search through SG's files does not see what SG does hold")
    holds(not any(held[1:]), "what is TLP:RED at MY lies in SG's files")
    terms = [demo_files.WALLET, demo_files.INFORMANT_PHONE, demo_files.INFORMANT_NAME]
    wallet, *secrets = run.sg.ask(wire.Find(actor=run.sg.people[0], terms=terms, purpose="exercise"), Found).results
    holds(wallet.entities, f"SG does not find {demo_files.WALLET}")
    holds({one.originator for one in wallet.sources} == {run.my.node}, "SG does not know who says so")
    holds(not any(result.entities or result.sources for result in secrets), "SG finds what is TLP:RED at MY")
    at_home = run.my.ask(wire.Find(actor=run.my.people[0], terms=terms[1:], purpose="exercise"), Found).results
    holds(all(result.entities for result in at_home), "MY does not find its own note")
    return f"SG finds {demo_files.WALLET}, from MY; the note's phone, name and id are nowhere at SG, disk included"


def bytes_held(folder: Path, texts: Sequence[str]) -> list[bool]:
    """Whether each text occurs in any file of a node."""
    contents = []
    for path in folder.rglob("*"):
        with suppress(FileNotFoundError):  # the node works, and what it wrote for a moment is gone again
            contents += [path.read_bytes()] if path.is_file() else []
    return [any(text.encode() in content for content in contents) for text in texts]


def cut_link(run: Run) -> str:
    """Cut the cable in the middle of a large delivery, mend it, and see that each message came exactly once."""
    link = run.link
    large = run.case.files / "wave.json"
    large.write_bytes(demo_files.wave())
    taken = take(run.my, [large, *run.real], Tlp.AMBER, source="crawler")
    link.cut_after(run.my.port, CUT_AFTER_BYTES)
    officer = run.my.officers[0]
    request = wire.Share(actor=officer.name, messages=taken.messages, to=[run.sg.node], purpose="cyber_defence")
    officer.say(f"/approvals/{run.my.ask(request, Shared).order}", "confirmed")
    known = set(run.released)
    fresh = [line.released for line in sent_items(run) if line.released not in known]
    holds(fresh, "nothing of the delivery went")
    run.released += fresh
    wanted = places(run.my.peer(run.sg), "sent")
    holds(link.wait_cut(CUT_S_MAX), f"{CUT_AFTER_BYTES:,} bytes were never sent")
    until(lambda: not run.sg.peer(run.my).link.we_read or None, CUT_S_MAX, "SG did not notice the cut")
    before = settled(run.sg, run.my)
    holds(before < wanted, "all was there before the cut")
    link.mend()
    until(lambda: places(run.sg.peer(run.my), "received") >= wanted or None, CUT_S_MAX, "SG did not get the rest")
    check_once(run)
    home = len(set(taken.messages)) - len(fresh)
    stays = f", {home} kept home" if home else ""
    ids = f"the ids of {len(run.released):,} items equal on both sides"
    return (
        f"{took(taken)}, {len(fresh):,} released{stays}; cut after {CUT_AFTER_BYTES:,} bytes, with "
        f"{before:,} of {wanted:,} at SG; mended: all {wanted:,} there, none missing, none twice, {ids}"
    )


def settled(here: Side, there: Side) -> int:
    """How many places are stored once nothing is on its way: a batch that was read whole is still being kept."""
    found = -1
    while found != (found := places(here.peer(there), "received")):
        time.sleep(SETTLE_S)
    return found


def places(line: PeerLine, which: str) -> int:
    """How many places of both lanes were sent or received."""
    return sum(getattr(lane, which) for lane in line.lanes)


def check_once(run: Run) -> None:
    """Each released id stands in SG's log exactly once, and nothing else came."""
    held = Counter(item_ids(run.sg)) - Counter(run.own_messages)
    released = run.released
    holds(len(set(released)) == len(released), "MY released something twice")
    missing = [one for one in released if not held[one]]
    holds(not missing, f"{len(missing)} messages are missing at SG")
    holds(held.keys() <= set(released), "SG holds items that MY did not release")
    holds(max(held.values()) == 1, "SG holds a message twice")


def item_ids(side: Side) -> list[str]:
    """Ids of all items in a log."""
    found: list[str] = []
    before = 0
    while True:
        page = side.ask(wire.ShowLog(before=before, limit=PAGE), LogPage)
        found += [line.id for line in page.entries if line.kind == "item"]
        before = page.next_before
        if not before:
            return found


def see_receipts(run: Run) -> str:
    """MY sees that SG stored everything, and that its desk was shown the alert once it is acknowledged there."""
    assert run.alert is not None
    message = run.alert.message
    lines = until(lambda: all_stored(run), ALERT_S_MAX, "SG did not say that it stored everything")
    heard = places(run.my.peer(run.sg), "received")
    run.sg.ask(wire.Acknowledge(actor=run.sg.people[0], alert=run.alert.id), wire.Acknowledged)
    until(lambda: places(run.my.peer(run.sg), "received") > heard or None, ALERT_S_MAX, "no receipt came")
    (line,) = [one for one in sent_items(run) if one.released == message]
    holds("shown" in line.states, f"MY's outbox says {line.states} of what SG acknowledged")
    return f"MY's outbox: {len(lines):,} stored; after SG acknowledged: {', '.join(line.states)} (desk {line.desks[0]})"


def all_stored(run: Run) -> list[OutboxShown] | None:
    """MY's outbox once SG has said of each message that it is stored."""
    if any(lane.stored < lane.sent for lane in run.my.peer(run.sg).lanes):
        return None
    lines = sent_items(run)
    return lines if all("stored" in line.states for line in lines) else None


def sent_items(run: Run) -> list[OutboxShown]:
    """All that people at MY released to SG."""
    found: list[OutboxShown] = []
    before = 0
    while True:
        page = run.my.ask(wire.ShowOutbox(peer=run.sg.node, before=before, limit=PAGE), OutboxPage)
        found += [line for line in page.lines if line.kind == "item"]
        before = page.next_before
        if not before:
            return found
