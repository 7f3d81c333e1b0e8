# SPDX-License-Identifier: Apache-2.0
"""The demo's last steps: logs that hold, heads that the other side countersigned, a stranger's proof, the console."""

import http.client
import subprocess
import sys
from pathlib import Path
from typing import Final

from lintas.cli.demo_run import Run, Side, holds, until
from lintas.model.log_answers import LogPage, Verified
from lintas.model.peer_answers import PeerHeadAnswer, Peers
from lintas.web.local import account_wire, peer_wire, wire

VERIFIER_S: Final = 60  # seconds
HEADS_S_MAX: Final = 120.0  # two ticks of the log's heads, and the way there and back


def verify_logs(run: Run) -> str:
    """Check all logs whole."""
    said = []
    for side in run.places:
        found = side.ask(wire.Verify(), Verified)
        holds(found.ok, f"the log of {side.country} does not hold: {found.first_bad}")
        said.append(f"{side.country} {found.entries:,} entries, root {found.root[:12]}…")
    return f"all hold: {'; '.join(said)}"


def prove(run: Run) -> str:
    """Give a receipt of the alert's message to somebody who trusts neither us nor our program."""
    assert run.alert is not None
    receipt = run.sg.ask(wire.Receipt(message=run.alert.message), wire.FileAnswer)
    entry = run.sg.ask(wire.EntryFile(message=run.alert.message), wire.FileAnswer)
    vkey = run.sg.ask(wire.ShowLog(limit=1), LogPage).vkey
    receipt_path, entry_path = run.case.proof / receipt.name, run.case.proof / entry.name
    receipt_path.write_bytes(receipt.data)
    entry_path.write_bytes(entry.data)
    said = run_verifier(receipt_path, entry_path, vkey)
    holds(said.returncode == 0 and said.stdout.startswith("proven:"), f"the verifier says: {said.stdout}{said.stderr}")
    altered = run.case.proof / "altered.tlog-proof"
    lines = receipt.data.split(b"\n")
    place = next(index for index, line in enumerate(lines) if line.startswith(b"index "))
    lines[place] = b"index %d" % (int(lines[place][6:]) + 1)
    altered.write_bytes(b"\n".join(lines))
    refused = run_verifier(altered, entry_path, vkey)
    holds(refused.returncode == 1, f"the verifier accepts an altered receipt: {refused.stdout}{refused.stderr}")
    return f"lintas-verify: {said.stdout.split(' signed by')[0].strip()[:60]}…; an altered receipt is refused"


def run_verifier(receipt: Path, entry: Path, vkey: str) -> subprocess.CompletedProcess[str]:
    """Run the stand-alone verifier in a process of its own."""
    command = [sys.executable, "-m", "lintas_verify", str(receipt), "--entry", str(entry), "--key", vkey]
    return subprocess.run(  # noqa: S603  # our own program
        command, capture_output=True, text=True, check=False, timeout=VERIFIER_S
    )


def sign_in(run: Run) -> str:
    """Sign in to SG's console by passkey: the Desk shows the alert and who says so, Peers shows MY live."""
    assert run.alert is not None
    officer = run.sg.officers[0]
    officer.sign_in()
    browser = officer.browser
    desk = browser.open("/desk")
    holds(browser.status == 200, f"the Desk answers {browser.status}")
    holds(run.alert.term in desk, f"the Desk does not show {run.alert.term}")
    holds(run.my.name in desk, "the Desk does not show who says so")
    holds("EXERCISE" in desk.upper(), "the Desk does not say that this is an exercise")
    peers = browser.open("/peers")
    holds(browser.status == 200, f"the page Peers answers {browser.status}")
    row = next((row for row in peers.split("<tr>") if run.my.name in row and "<td>" in row), "")
    holds("standing-live" in row and "connected" in row, "the page Peers does not show MY live and connected")
    return f"SG's Desk shows the alert on {run.alert.term} from {run.my.name}; Peers shows it live"


def link_path(side: Side) -> str:
    """A one-time link for whoever looks on."""
    return side.ask(account_wire.AccountLink(name=side.visitor), account_wire.LinkAnswer).path


def oversee(run: Run) -> str:
    """MY's oversight sees who saw the victim's statement and on whose word it went, and not what it says."""
    officer, supervisor, oversight = run.my.officers
    browser = oversight.browser
    browser.open(f"/message/{run.victim_message}")
    holds(browser.status == http.client.FORBIDDEN, f"oversight opens content: {browser.status}")
    seen = browser.open(f"/message/{run.victim_message}/seen")
    holds(browser.status == http.client.OK, f"the page Who saw it answers {browser.status}")
    for one in (officer, supervisor):
        account = run.my.account(one.name)
        holds(account in seen or one.name in seen, f"the page Who saw it does not show {one.name}")
    board = browser.open("/oversight")
    holds(browser.status == http.client.OK, f"the page Oversight answers {browser.status}")
    holds("counter: the caller" not in seen + board, "oversight reads what the statement says")
    return f"{oversight.name} sees that {officer.name} and {supervisor.name} saw it, and not what it says"


def hold_heads(run: Run) -> str:
    """See that each side holds the other's signed head of now, countersigned it, and had its own countersigned."""
    newest = run.released[-1]
    sizes = {side.country: signed_size(side, newest) for side in run.sides}
    said = []
    for here, there in ((run.my, run.sg), (run.sg, run.my)):
        until_cosigned(here, there, sizes[there.country])
        head = here.ask(peer_wire.PeerNewestHead(peer=there.node), PeerHeadAnswer).head
        holds(head is not None, f"{here.country} shows no head of {there.country}")
        assert head is not None
        origin, size, *_ = head.note.splitlines()
        is_its = there.node in origin and int(size) == head.size and f"— {here.node}/cosign " in head.note
        holds(is_its, f"the head that {here.country} holds is not that of {there.country}, countersigned here")
        said.append(f"{here.country} holds and countersigned {there.country}'s head of {head.size:,} entries")
    return "; ".join(said)


def signed_size(side: Side, message: str) -> int:
    """How many entries the newest head of a log covers, the last shared message among them.

    Heads are signed every few seconds; a receipt that is asked for does not wait for the next.
    """
    side.ask(wire.Receipt(message=message), wire.FileAnswer)
    return side.ask(wire.ShowLog(limit=1), LogPage).checkpoint_size


def until_cosigned(here: Side, there: Side, size: int) -> None:
    """Wait until one side holds a head of the other that is so large, and its own is countersigned there."""

    def look() -> bool | None:
        found = here.ask(peer_wire.PeerList(), Peers)
        line = next(one for one in found.peers if one.node == there.node)
        return (line.head is not None and line.head.size >= size and there.node in found.cosigned_by) or None

    until(look, HEADS_S_MAX, f"{here.country} and {there.country} have not countersigned each other's newest heads")
