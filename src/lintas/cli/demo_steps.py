# SPDX-License-Identifier: Apache-2.0
"""What the demo does, one function a step. Each proves a fact and says it, or fails by saying what did not hold."""

import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from lintas.cli import demo_case, demo_files
from lintas.cli.asking import have_done
from lintas.cli.demo_browser import Browser
from lintas.cli.demo_case import Case
from lintas.cli.demo_server import Server
from lintas.cli.take import take_all
from lintas.errors import LintasError
from lintas.model.answers import Alerts, Found, LogPage, Taken, Verified, WatchAdded
from lintas.web.local import wire

ACCOUNT_NAME: Final = "Demo desk"
VERIFIER_S: Final = 20  # seconds
LOOKED_UP: Final = {
    "phone": demo_files.PHONE_WRITTEN,
    "account": demo_files.ACCOUNT,
    "name in Chinese": demo_files.NAME_CHINESE,
    "name in Thai": demo_files.NAME_THAI,
    "domain": f"hxxps://{demo_files.DOMAIN.replace('.', '[.]')}/my/claim",
}


class FactFailed(LintasError):
    """What this step should show did not hold."""

    exit_code = 3


@dataclass(slots=True, kw_only=True)
class Run:
    """What the steps hand to each other."""

    case: Case
    server: Server
    files: Sequence[Path] = ()
    real: Sequence[Path] = ()
    alert_message: str = ""
    alert_term: str = ""
    browser: Browser | None = field(default=None)

    @property
    def node(self) -> Path:
        """The node's folder."""
        return self.case.node


def holds(fact: object, otherwise: str) -> None:
    """Go on if a fact holds."""
    if not fact:
        raise FactFailed(otherwise)


def make_node(run: Run) -> str:
    """Make an exercise node, or use the one of an earlier run."""
    from lintas.model.header import Mode
    from lintas.node.node import Node

    if run.case.is_whole:
        return f"used {run.node} again"
    created = Node.create(run.node, name="Demo anti-scam centre", country="MY", mode=Mode.EXERCISE)
    return f"made {created.node}"


def make_files(run: Run) -> str:
    """Write the invented input, and see what real files there are."""
    run.files = demo_case.write_files(run.case)
    run.real = demo_case.real_files()
    demo_case.finish(run.case)
    real = f", and {len(run.real)} real files" if run.real else ""
    return f"{', '.join(path.name for path in run.files)} with one invented case{real}"


def start_server(run: Run) -> str:
    """Start the real server; from here on every verb goes through its socket."""
    run.server.start()
    return f"serving {run.server.url}"


def set_watch(run: Run) -> str:
    """Ask to be told about the caller's phone and the first mule's account."""
    held = have_done(run.node, wire.WatchList(), wire.Watches)
    wanted = {("phone", demo_files.PHONE), ("bank_account", demo_files.ACCOUNT)}
    for watch in held.watches:
        if watch.state == "live" and wanted <= {(term.scheme, term.value) for term in watch.terms}:
            return f"watch {watch.id[:16]} stands"
    request = wire.WatchAdd(terms=[demo_files.PHONE_WRITTEN, demo_files.ACCOUNT], note="demo case")
    added = have_done(run.node, request, WatchAdded)
    holds(wanted <= {(term.scheme, term.value) for term in added.terms}, f"the watch reads its terms as {added.terms}")
    return f"watch {added.watch[:16]} on {demo_files.PHONE} and {demo_files.ACCOUNT}"


def take_case(run: Run) -> str:
    """Take the invented case in."""
    return took(take(run.node, run.files, grading="B2"))


def take_real(run: Run) -> str:
    """Take real files in, if this machine has any."""
    if not run.real:
        return "none here; LINTAS_DATA may name a folder"
    taken = take(run.node, run.real)
    holds(taken.used >= 0.95 * taken.read, f"only {taken.used} of {taken.read} parts could be used")
    return f"{len(run.real)} files: {took(taken)}"


def take(node: Path, paths: Sequence[Path], *, grading: str = "") -> Taken:
    """Take files as the verb does."""
    return take_all(node, [str(path) for path in paths], wire.Take(grading=grading, source="demo", region="MY"))


def took(taken: Taken) -> str:
    """Check the sum that every take must keep, and say it."""
    holds(taken.read == taken.used + len(taken.rejected), f"read {taken.read} is not used + rejected")
    holds(taken.messages, "no message came of it")
    return (
        f"read {taken.read:,} = used {taken.used:,} + rejected {len(taken.rejected):,}; "
        f"{len(taken.messages):,} messages, {taken.duplicates:,} held before; {taken.alerts} alerts"
    )


def look_up(run: Run) -> str:
    """Find the phone, the account and the names, each in the form in which people write it."""
    found = have_done(run.node, wire.Find(terms=list(LOOKED_UP.values()), purpose="exercise"), Found)
    missing = [what for what, result in zip(LOOKED_UP, found.results, strict=True) if not result.entities]
    holds(not missing, f"not found: {', '.join(missing)}")
    holds(found.access, "no access entry was written")
    phone = found.results[0]
    return f"{len(found.results)} of {len(found.results)} terms hit; the phone stands in {len(phone.sources)} messages"


def see_alert(run: Run) -> str:
    """See the alert that the watch gave."""
    found = have_done(run.node, wire.AlertList(wait_s=5), Alerts)
    wanted = [alert for alert in found.alerts if alert.scheme == "phone"]
    holds(wanted, "the watch on the phone gave no alert")
    holds(len({alert.id for alert in found.alerts}) == len(found.alerts), "an alert stands twice")
    run.alert_message, run.alert_term = wanted[0].message, wanted[0].term
    return f"{len(found.alerts)} alerts; first: {wanted[0].term}: {wanted[0].reason}"


def verify_log(run: Run) -> str:
    """Check the whole log."""
    found = have_done(run.node, wire.Verify(), Verified)
    holds(found.ok, f"the log does not hold: {found.first_bad}")
    return f"{found.entries:,} entries hold, root {found.root[:16]}…"


def prove(run: Run) -> str:
    """Give a receipt to somebody who trusts neither us nor our program: the stand-alone verifier checks it."""
    receipt = have_done(run.node, wire.Receipt(message=run.alert_message), wire.FileAnswer)
    entry = have_done(run.node, wire.EntryFile(message=run.alert_message), wire.FileAnswer)
    vkey = have_done(run.node, wire.ShowLog(limit=1), LogPage).vkey
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
    """Sign in to the console by a one-time link, as a person would, and see the alert on the Desk."""
    browser = Browser(run.server.url)
    browser.open(link_path(run))
    holds(browser.status == 200, f"the link's page answers {browser.status}")
    browser.send("/enter/")
    desk = browser.open("/desk")
    holds(browser.status == 200, f"the Desk answers {browser.status}")
    holds(run.alert_term in desk, f"the Desk does not show {run.alert_term}")
    holds("EXERCISE" in desk.upper(), "the Desk does not say that this is an exercise")
    return f"the Desk shows the alert on {run.alert_term}"


def link_path(run: Run) -> str:
    """A one-time link for the demo's own account, which is made when it is missing."""
    held = have_done(run.node, wire.AccountList(), wire.Accounts)
    if not any(account.name == ACCOUNT_NAME and account.state == "open" for account in held.accounts):
        request = wire.AccountAdd(name=ACCOUNT_NAME, role="duty_officer", clearance="TLP:RED")
        have_done(run.node, request, wire.AccountAnswer)
    return have_done(run.node, wire.AccountLink(name=ACCOUNT_NAME), wire.LinkAnswer).path


def stop_server(run: Run) -> str:
    """End the server and see that nothing of it is left."""
    from lintas.web.local import serving

    pid = run.server.pid
    code = run.server.stop()
    holds(code == 0, f"the server ended with {code}")
    holds(serving.read(run.node) is None, "the server left its serving.json behind")
    holds(not Path(f"/proc/{pid}").exists(), f"process {pid} is still there")
    return "the server ended, nothing is left running"


STEPS: Final = (
    ("node", make_node),
    ("files", make_files),
    ("serve", start_server),
    ("watch", set_watch),
    ("take", take_case),
    ("take-real", take_real),
    ("find", look_up),
    ("alert", see_alert),
    ("verify", verify_log),
    ("prove", prove),
    ("sign-in", sign_in),
)
LAST: Final = ("stop", stop_server)
