# SPDX-License-Identifier: Apache-2.0
"""The demo's first steps: two nodes, two servers, and the call on which people introduce them to each other."""

from typing import Final

from lintas.cli import demo_case, demo_files
from lintas.cli.client import File
from lintas.cli.demo_officer import Officer
from lintas.cli.demo_run import FactFailed, Run, Side, holds, until
from lintas.errors import WrongUse
from lintas.model.peer_answers import PeerAdded, PeerLine, Peers
from lintas.web.local import account_wire, peer_wire

CONNECT_S_MAX: Final = 60.0
CLEARANCE: Final = {"MY": "TLP:RED", "SG": "TLP:AMBER+STRICT", "TH": "TLP:AMBER+STRICT", "CN": "TLP:AMBER+STRICT"}
ROLES: Final = ("duty_officer", "supervisor", "oversight")
OTHER_WORDS: Final = ("abandon", "ability")  # of the same list, so that only a listener can tell


def make_nodes(run: Run) -> str:
    """Make four exercise nodes, and the banks' accounts. Each node publishes the end of the cable that leads to it."""
    from lintas.model.header import Mode
    from lintas.node.node import Node

    run.bank.close_for_now()
    run.banks.make()
    for side in run.places:
        side.node = Node.create(side.folder, name=side.name, country=side.country, mode=Mode.EXERCISE).node
        side.port = run.link.listen()
        with (side.folder / "node.toml").open("a", encoding="utf-8") as settings:
            settings.write(f'peer_url = "https://127.0.0.1:{side.port}"\n')
            settings.write(run.bank.settings() if side is run.my else "")
            settings.write(run.banks.settings(side.country))
    return ", ".join(f"{side.country} {side.name} {side.node[:15]}…" for side in run.places)


def make_files(run: Run) -> str:
    """Write the invented case, and see what real files there are."""
    run.files = demo_case.write_files(run.case)
    run.real = demo_case.real_files()
    real = f", and {len(run.real)} real STIX files" if run.real else ""
    names = ", ".join(path.name for path in run.files)
    return f"{names} of one invented case, {demo_files.ROWS} scam reports among it{real}"


def start_servers(run: Run) -> str:
    """Start all servers; from here on every verb goes through their sockets."""
    for side in run.places:
        side.server.start()
    for side in run.places:
        side.server.wait_ready()
        host, _, port = side.server.peer_url.removeprefix("https://").rpartition(":")
        run.link.lead(side.port, host, int(port))
    return "; ".join(f"{side.country} {side.server.url}, peers {side.server.peer_url}" for side in run.places)


def introduce(run: Run) -> str:
    """Swap descriptors; two people on each side hear the other's words; a wrong word is refused."""
    for side in run.places:
        for name, role in (*zip(side.people, ROLES, strict=True), (side.visitor, ROLES[0])):
            request = account_wire.AccountAdd(name=name, role=role, clearance=CLEARANCE[side.country])
            side.ask(request, account_wire.AccountAnswer)
    ways = [way for pair in run.pairs for way in (pair, pair[::-1])]
    for here, there in ways:
        add(run, here, there)
    mistaken = confirm_mistaken(run.sg, run.my)
    for here, there in ways:
        words = there.ask(peer_wire.PeerList(), Peers).words
        first, second = (confirm(here, there, number, words) for number in (0, 1))
        holds(first.standing == "unverified", f"one person was enough at {here.country}: {first.standing}")
        holds(second.standing == "live", f"{there.country} is {second.standing} at {here.country} after two people")
    for here, there in ways:
        until_connected(here, there)
    return f"{mistaken}; two people on each side heard the words: {len(ways)} times live, each reads the other's feed"


def until_connected(here: Side, there: Side) -> None:
    """Wait until one side reads the other's feed."""
    otherwise = f"{here.country} does not reach {there.country}"
    until(lambda: here.peer(there).link.we_read or None, CONNECT_S_MAX, otherwise)


def add(run: Run, here: Side, there: Side) -> None:
    """One side gives the other its descriptor as a file."""
    document = there.ask(peer_wire.PeerExport(), peer_wire.Exported).document.encode()
    (run.case.proof / f"{there.country.lower()}-descriptor.json").write_bytes(document)
    added = here.ask(peer_wire.PeerAdd(), PeerAdded, files=[File("descriptor", document)])
    holds(added.node == there.node, f"{here.country} read the descriptor of {there.country} as {added.node}")
    holds(added.standing == "unverified", f"a peer that nobody has introduced is {added.standing}")


def confirm(here: Side, there: Side, number: int, words: str) -> PeerLine:
    """One person types what they heard from one of the other side; `number` is 0 or 1."""
    request = peer_wire.PeerIntroduce(
        actor=here.people[number], peer=there.node, words=words, heard_from=there.people[number]
    )
    return here.ask(request, PeerLine)


def confirm_mistaken(here: Side, there: Side) -> str:
    """Somebody misheard the last word: that must be refused."""
    *right, last = there.ask(peer_wire.PeerList(), Peers).words.split()
    wrong = next(word for word in OTHER_WORDS if word != last)
    try:
        confirm(here, there, 0, " ".join([*right, wrong]))
    except WrongUse:
        return f"“… {wrong}” instead of “… {last}” was refused"
    raise FactFailed("a wrong word was accepted")


def enrol_all(run: Run) -> str:
    """Each of them enrols a passkey at their console; from the first one on, what binds needs one."""
    for side in run.sides:
        side.officers = [Officer(name, side.server.url) for name in side.people]
        for officer in side.officers:
            officer.enrol(side.ask(account_wire.AccountLink(name=officer.name), account_wire.LinkAnswer).path)
    roles = ", ".join(role.replace("_", " ") for role in ROLES)
    return f"{sum(len(side.officers) for side in run.sides)} people enrolled a passkey, at each side {roles}"
