# SPDX-License-Identifier: Apache-2.0
"""The demo's short night: a victim calls SG, the money is in MY, and each step is what people do on their pages.

SG's officer sits at the desk's pages; MY's has the duty view of a phone. What binds, they sign.
"""

import re
import time
from functools import partial
from html import unescape
from typing import Final, NamedTuple

from lintas.cli import demo_bank, demo_files
from lintas.cli.demo_officer import Officer
from lintas.cli.demo_run import Run, holds, until
from lintas.cli.demo_sharing import bytes_held

COME_S_MAX: Final = 60.0  # for a document, to the other desk
BANK_S_MAX: Final = 60.0
CLOCKS_S_MAX: Final = 60.0  # the clocks are looked at every ten seconds
ENDS: Final = "+2h"  # of the order: soon enough to warn at once
REST: Final = "6,600.00"  # that went on before the order came
WRONG: Final = "514012345679"
_ASKED: Final = r"SG-Q-[0-9A-Z]{5}-[0-9A-Z]{5}-[0-9A-Z]"
_ID: Final = "[0-9a-f]{64}"
_TAG: Final = re.compile(r"<[^>]*>")
_AMOUNTS: Final = re.compile(r"<div[^>]*><dt>([a-z ]+)</dt><dd>(.*?)</dd></div>", re.DOTALL)
_STATE: Final = re.compile(r'class="rq-state rq-([a-z]+)"')


class Looked(NamedTuple):
    """What a request's page says."""

    id: str
    state: str
    amounts: dict[str, str]  # by what the page calls them
    html: str

    @property
    def text(self) -> str:
        """What a person reads."""
        return plain(self.html)


def take_report(run: Run) -> str:
    """Lim types what the caller says; amount, name and reference come from the QR code of the slip, read here."""
    browser = run.sg.officers[0].browser
    browser.open("/report")
    typed = {
        "name": demo_files.VICTIM_NAME,
        "phone": demo_files.VICTIM_PHONE,
        "own_bank": "DBS",
        "own_account": "0721234567",
        "at": "now",
        "to_bank": "Maybank",
        "to_account": demo_bank.MULE,
    }
    slip = ("slip", "slip.png", "image/png", demo_files.slip_picture())
    browser.send_file("/report", "/report/read", typed, slip)
    read = browser.held("/report")
    holds(read.get("amount", "").startswith("19000"), f"the slip's amount is read as {read.get('amount')!r}")
    holds(read.get("to_name") == demo_files.PAYEE, f"the slip's name is read as {read.get('to_name')!r}")
    holds(read.get("send"), "no first request is ready")
    page = plain(browser.send("/report", {"to_account": demo_bank.MULE, "to_bank": "Maybank"}))
    ref = found(r"SG-R-[0-9A-Z]{5}-[0-9A-Z]{5}-[0-9A-Z]", page)
    return (
        f"a victim calls SG; the slip's QR code gives amount, name and reference; the report is {ref}, "
        "and its first request waits for a passkey, before there is any case"
    )


def ask(run: Run) -> str:
    """Lim signs the first request; it is on MY's duty phone at once, without the victim's name; Aminah has it."""
    lim, aminah = run.sg.officers[0], run.my.officers[0]
    began = time.monotonic()
    page = lim.confirm("", "/send")
    run.request = found(_ASKED, plain(page))
    here = until(lambda: on_phone(aminah, run.request), COME_S_MAX, "nothing came to MY's phone")
    took = (time.monotonic() - began) * 1000
    held = bytes_held(run.my.folder, [run.request, demo_files.VICTIM_NAME])
    holds(held == [True, False], "the victim's name is at MY")
    aminah.browser.post(f"/duty/{here}/acknowledge", {})
    until(lambda: is_state(lim, run.request, "acknowledged"), COME_S_MAX, "SG does not hear that somebody has it")
    return f"{run.request} is on MY's duty phone {took:,.0f} ms after {lim.name} signed; {aminah.name} has it"


def order(run: Run) -> str:
    """Bala orders under MY's own law, Aminah approves on the phone; the bank is silent, so nothing is called held."""
    lim, aminah, bala = run.sg.officers[0], run.my.officers[0], run.my.officers[1]
    here = look(bala, run.request)
    holds("Order of the Royal Malaysia Police" in here.text, "the page does not show by which door MY orders")
    ordered = {
        "what": "ordered",
        "door": "police_order",
        "authority": run.my.name,
        "law": "Contoh Code, section 9",
        "order_no": "DEMO 1",
        "bank": demo_bank.BIC,
        "account": demo_bank.MULE,
        "amount": "19000",
        "amount.currency": demo_bank.CURRENCY,
        "expires_at": ENDS,
        "relies": "written_order",
        "words": "amount_held",
    }
    bala.browser.post(f"/requests/{here.id}/say", ordered)
    proposed = bala.browser.path
    holds(proposed.startswith("/approvals/"), f"no order came of it, but {proposed}")
    bala.say(proposed, "confirmed")
    holds(look(lim, run.request).state == "acknowledged", "one person alone ordered")
    aminah.confirm("/duty", f"/duty{proposed}", "approved")
    there = until(lambda: is_state(lim, run.request, "ordered"), COME_S_MAX, "SG does not hear of the order")
    holds(there.amounts["held now"] == "nothing", f"SG's page calls {there.amounts['held now']} held, and no bank did")
    said = f"{bala.name} orders under MY's law, {aminah.name} approves"
    return f"{said}; the bank is silent, so SG's page says held now: nothing"


def confirm(run: Run) -> str:
    """The bank confirms a part, which is all that is called held; the rest went on, and MY says where."""
    lim, aminah = run.sg.officers[0], run.my.officers[0]
    run.bank.open()
    there = until(lambda: is_state(lim, run.request, "partly"), BANK_S_MAX, "the bank's answer does not come to SG")
    held = there.amounts["held now"]
    holds(held == "MYR 12,400.00", f"SG's page calls {held} held, and the bank holds 12,400.00")
    next_hop = {"next_bank": "KASITHBK", "next_account": "0123456789", "next_name": demo_files.NAME_THAI}
    gone = {"what": "gone", "amount": REST, "amount.currency": demo_bank.CURRENCY, **next_hop}
    aminah.browser.post(f"/requests/{look(aminah, run.request).id}/say", gone)
    there = until(lambda: went_on(lim, run.request), COME_S_MAX, "SG does not hear where the rest went")
    holds(there.amounts["held now"] == held, "what went on changed what is held")
    return f"the bank confirms a part: {held} held of MYR 19,000.00; {there.amounts['gone on']} went on to a bank in TH"


def refuse(run: Run) -> str:
    """A second request names an account that nobody finds: MY refuses on the phone, with a coded ground."""
    lim, aminah = run.sg.officers[0], run.my.officers[0]
    lim.browser.open("/report")
    typed = {"amount": "900", "currency": "MYR", "to_bank": "Maybank", "to_account": WRONG, "to_country": "MY"}
    keys = re.findall(r'name="send" value="([^"]+)"', lim.browser.post("/report/look", typed))
    lim.browser.open("/report")
    lim.browser.send("/report", {**typed, "send": keys})
    named = re.findall(_ASKED, plain(lim.confirm("", "/send")))
    ref = next((one for one in named if one != run.request), "")
    holds(ref, "no second request was sent")
    here = until(lambda: on_phone(aminah, ref), COME_S_MAX, "nothing came to MY's phone")
    aminah.browser.post(f"/duty/{here}/refuse", {"ground": "not_identified"})
    there = until(lambda: is_state(lim, ref, "refused"), COME_S_MAX, "SG does not hear that it was refused")
    ground = plain(found(r"Ground:</strong>([^<]+)<", there.html))
    return f"{ref} is refused on MY's phone, a normal outcome with a coded ground: “{ground}”"


def see_clocks(run: Run) -> str:
    """The hold ends soon: it stands on every page of both desks until somebody there says that they saw it."""
    said = []
    for side in run.sides:
        officer = side.officers[0]
        until(partial(warns, officer, run.request), CLOCKS_S_MAX, f"{side.country} is not warned")
        while "/clocks/seen" in officer.browser.open("/requests"):
            officer.browser.send("/clocks/seen")
        said.append(f"{officer.name} at {side.country}")
    return f"{run.request} ends in 2 h: it stands on top of every page; {' and '.join(said)} say that they saw it"


def hand_over(run: Run) -> str:
    """Lim's shift ends: all that is open is offered to Tan, and stays Lim's until Tan accepts each by name."""
    lim, tan = run.sg.officers[0], run.sg.officers[1]
    request = look(lim, run.request).id
    lim.browser.open("/hand-over")
    lim.browser.post("/hand-over", {"do": "offer_all", "to": run.sg.account(tan.name)})
    offered = targets(tan)
    holds(request in offered, f"{tan.name} is not offered {run.request}")
    holds(f"with {lim.name}" in row_of(lim, run.request), f"{run.request} does not stay with {lim.name} until then")
    for target in offered:
        tan.browser.post("/hand-over", {"do": "accept", "target": target})
    holds(not targets(tan), "something is still offered")
    holds(f"with {tan.name}" in row_of(lim, run.request), f"{run.request} is not {tan.name}'s")
    return f"{lim.name} offers {len(offered)} open things; each stays theirs until {tan.name} accepts it by name"


def targets(officer: Officer) -> list[str]:
    """What somebody is asked to take."""
    page = officer.browser.open("/hand-over")
    return re.findall(rf'name="target" value="({_ID})"><input type="hidden" name="do" value="accept"', page)


def row_of(officer: Officer, ref: str) -> str:
    """What the list of requests says of one."""
    rows = officer.browser.open("/requests").split("<li")
    return next((plain(row) for row in rows if f">{ref}<" in row and "rq-what" in row), "")


def on_phone(officer: Officer, ref: str) -> str | None:
    """The request's id, once it stands on the phone's page."""
    here = re.search(rf'href="/requests/({_ID})">{ref}<', officer.browser.open("/duty"))
    return here[1] if here else None


def look(officer: Officer, ref: str) -> Looked:
    """Open a request's page."""
    listed = officer.browser.open(f"/requests?q={ref}")
    id_ = found(rf'data-alert="({_ID})"', listed)
    page = officer.browser.open(f"/requests/{id_}")
    amounts = {what: plain(words) for what, words in _AMOUNTS.findall(page)}
    return Looked(id_, found(_STATE.pattern, page), amounts, page)


def is_state(officer: Officer, ref: str, state: str) -> Looked | None:
    """The page, once it says that the request is there."""
    there = look(officer, ref)
    return there if there.state == state else None


def went_on(officer: Officer, ref: str) -> Looked | None:
    """The page, once it says that something went on."""
    there = look(officer, ref)
    return there if "gone on" in there.amounts else None


def warns(officer: Officer, ref: str) -> bool | None:
    """Whether any page warns of a request's clock, and nobody saw it."""
    rows = officer.browser.open("/desk").split("<li")
    return any("clock-unseen" in row and ref in row for row in rows) or None


def plain(page: str) -> str:
    """What a person reads."""
    return " ".join(unescape(_TAG.sub(" ", page)).split())


def found(pattern: str, text: str) -> str:
    """The first group of what is there, or all of it.

    Raises:
        FactFailed: It is not there.
    """
    match = re.search(pattern, text)
    holds(match, f"nothing like {pattern} is on the page: {text[:200]}")
    assert match is not None
    return match[match.re.groups and 1]
