# SPDX-License-Identifier: Apache-2.0
"""All files of an exercise: (path, bytes), the list of them last. Layout: docs/spec/exercises.md."""

from collections.abc import Iterator
from hashlib import sha256
from typing import Any

from lintas.exercises.lands import HOUSES, LANDS, rate_of
from lintas.exercises.papers import rfc3339
from lintas.exercises.truth import truth_of
from lintas.exercises.world import World
from lintas.exercises.writing.booked import BankBooks
from lintas.exercises.writing.desk import chat, dumped, goaml, report_form, slip
from lintas.exercises.writing.iso import camt053, pacs008
from lintas.exercises.writing.simulated import accounts_file, behaviour_file
from lintas.exercises.writing.tables import chain_mapping, chain_table, mapping, mt940, table


def files_of(world: World) -> Iterator[tuple[str, bytes]]:
    """Write the exercise; `exercise.json` comes last and names all others."""
    listed: list[dict[str, Any]] = []
    for path, data in _contents(world):
        listed.append({"path": path, "bytes": len(data), "sha256": sha256(data).hexdigest()})
        yield path, data
    yield "exercise.json", dumped(_head(world) | {"files": listed})


def _contents(world: World) -> Iterator[tuple[str, bytes]]:
    books = BankBooks(world, world.moves)
    first = min(report.at for report in world.reports)
    for node in world.nodes:
        home = f"nodes/{node}"
        yield f"{home}/node.json", dumped(_node(world, books, node))
        yield from _bank_files(world, books, node, first)
        for report in world.reports:
            if report.node == node:
                yield f"{home}/reports/{report.ref}.json", report_form(world, report)
                yield f"{home}/slips/{report.ref}.png", slip(world, report)
                yield f"{home}/chats/{report.ref}.txt", chat(world, report)
                yield f"{home}/goaml/{report.ref}.xml", goaml(world, report)
        for note in world.notes:
            if note.node == node:
                yield f"{home}/notes/{note.name}", note.text.encode()
    yield "timeline.json", dumped(_timeline(world))
    yield "truth.json", dumped(truth_of(world))


def _bank_files(world: World, books: BankBooks, node: str, first: int) -> Iterator[tuple[str, bytes]]:
    for bic in books.banks_of(node):
        home = f"nodes/{node}"
        yield f"{home}/banks/{bic}/accounts.json", accounts_file(books, bic)
        yield f"{home}/banks/{bic}/behaviour.json", behaviour_file(world, bic)
        match HOUSES[bic].files:
            case "pacs008":
                yield f"{home}/payments/{bic}.pacs008.xml", pacs008(books, bic, first)
            case "camt053":
                yield f"{home}/payments/{bic}.camt053.xml", camt053(books, bic, first)
            case "mt940":
                yield f"{home}/payments/{bic}.mt940.txt", mt940(books, bic, first)
            case _:
                yield f"{home}/payments/{bic}.csv", table(books, bic, first)
                yield f"{home}/payments/{bic}.mapping.json", mapping(bic)
        if HOUSES[bic].kind == "exchange":
            yield f"{home}/payments/{bic}.chain.csv", chain_table(books, bic, world.ends_at)
            yield f"{home}/payments/{bic}.chain.mapping.json", chain_mapping(bic)
        yield f"{home}/statements/{bic}.camt053.xml", camt053(books, bic, world.ends_at)


def _head(world: World) -> dict[str, Any]:
    currencies = sorted({account.currency for account in world.accounts.values()} | {"USDT"})
    counts = {
        "accounts": len(world.accounts),
        "payments": len(world.moves),
        "victims": len({report.label for report in world.reports}),
        "networks": world.networks,
    }
    return {
        "v": 1,
        "mode": "exercise",
        "scenario": world.scenario,
        "seed": world.seed,
        "scale": world.scale,
        "starts_at": rfc3339(world.starts_at),
        "first_hour_at": rfc3339(world.first_hour_at),
        "ends_at": rfc3339(world.ends_at),
        "nodes": list(world.nodes),
        "injects": [str(one) for one in world.injects],
        "rates": {code: list(rate_of(code)) for code in currencies},
        "counts": counts,
    }


def _node(world: World, books: BankBooks, node: str) -> dict[str, Any]:
    land = LANDS[node]
    banks = [
        {"bic": bic, "name": HOUSES[bic].name, "kind": HOUSES[bic].kind, "files": HOUSES[bic].files}
        for bic in books.banks_of(node)
    ]
    bases = {pair.partition(">")[2]: list(codes) for pair, codes in sorted(world.bases.items()) if pair[:2] == node}
    return {
        "v": 1,
        "mode": "exercise",
        "country": node,
        "name": land.name,
        "currency": land.currency,
        "language": land.language,
        "utc_minutes": land.utc_minutes,
        "banks": banks,
        "bases": bases,
    }


def _timeline(world: World) -> dict[str, Any]:
    events: list[tuple[int, str, dict[str, Any]]] = []
    for report in world.reports:
        files = [
            f"nodes/{report.node}/reports/{report.ref}.json",
            f"nodes/{report.node}/slips/{report.ref}.png",
            f"nodes/{report.node}/chats/{report.ref}.txt",
            f"nodes/{report.node}/goaml/{report.ref}.xml",
        ]
        events.append((report.at, report.node, {"what": "report", "report": report.ref, "files": files}))
        if report.corrected_at:
            right = next(move.payee for move in world.moves if move.id == report.moves[0])
            said = {"what": "correction", "report": report.ref, "account": right}
            events.append((report.corrected_at, report.node, said))
    events += [
        (note.at, note.node, {"what": "note", "file": f"nodes/{note.node}/notes/{note.name}"}) for note in world.notes
    ]
    for node, (start, end) in world.offline.items():
        events += [(start, node, {"what": "offline"}), (end, node, {"what": "online"})]
    events.sort(key=lambda event: (event[0], event[1], event[2]["what"]))
    return {
        "v": 1,
        "mode": "exercise",
        "events": [{"at": rfc3339(at), "node": node} | said for at, node, said in events],
    }
