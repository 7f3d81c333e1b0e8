# SPDX-License-Identifier: Apache-2.0
"""Look a node over, and say of each trouble what to do."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from lintas.errors import LintasError
from lintas.formats.packs import GOAML_PREFIX
from lintas.formats.reader_names import current_reader
from lintas.model.found import EvidenceHead
from lintas.model.header import Kind
from lintas.model.marking import Tlp
from lintas.model.node_answers import Check, Health
from lintas.model.reading import ReadOptions
from lintas.model.scope import WHOLE
from lintas.ports.accounts import AccountRow
from lintas.ports.store import Snapshot
from lintas.work.intake.recipe import reader_packs
from lintas.work.notifying import troubles
from lintas.work.orders.in_force import policy_warning
from lintas.work.services import Services
from lintas.work.witness import own_alarm

_REPORT = b"<report><rentity_id>1</rentity_id></report>"
_LAST_LOOKED_AT = 1_000  # entries whose times are compared with the clock
_CLOCK_BACK_MAX = timedelta(minutes=2)  # a clock further behind the latest entry than this was set back


def doctor(services: Services) -> Health:
    """Check folder, keys, disk, sandbox, store, blobs, clock, head and packs."""
    checks = list(services.installation.checks())
    for name, look in _LOOKS:
        try:
            checks.append(look(services, name))
        except LintasError as exc:
            checks.append(Check(name=name, ok=False, detail=exc.message, hint=exc.hint))
    return Health(ok=all(check.ok for check in checks), checks=checks)


def _database(services: Services, name: str) -> Check:
    problems = services.store.check()
    if problems:
        hint = "Stop the node, keep a copy of its folder, and restore the last backup."
        return Check(name=name, ok=False, detail=problems[0], hint=hint)
    return Check(name=name, ok=True, detail=f"holds together, {services.store.size_bytes():,} bytes")


def _state(services: Services, name: str) -> Check:
    state = services.store.read(lambda snapshot: snapshot.meta("state"))
    if state == "live":
        return Check(name=name, ok=True, detail="live")
    return Check(
        name=name,
        ok=False,
        detail="this node was restored and has not yet shown that it is current",
        hint="Give a newer head (`lintas restore DIR --head FILE`) or open a new incarnation.",
    )


def _blobs(services: Services, name: str) -> Check:
    needed = services.store.read(lambda snapshot: set(snapshot.blob_names()))
    missing = needed - set(services.blobs.names())
    if missing:
        hint = "Run `lintas verify` to see which entries; restore them from a backup."
        return Check(name=name, ok=False, detail=f"{len(missing)} of {len(needed)} blobs are missing", hint=hint)
    return Check(name=name, ok=True, detail=f"all {len(needed)} are there")


def _clock(services: Services, name: str) -> Check:
    newest = services.store.read(_newest)
    if newest is None:
        return Check(name=name, ok=True, detail="nothing to compare with")
    behind = newest - services.clock.now()
    if behind > _CLOCK_BACK_MAX:
        hint = "Set the machine's clock (NTP). Order in the log is not touched; expiry of watches is."
        return Check(name=name, ok=False, detail=f"the clock is {behind} behind the latest entry", hint=hint)
    return Check(name=name, ok=True, detail="not behind the latest entry")


def _newest(snapshot: Snapshot) -> datetime | None:
    """The latest time of the last entries: after the clock was set back, the very last one is no longer it."""
    size = snapshot.size()
    heads = snapshot.heads(range(max(0, size - _LAST_LOOKED_AT), size), scope=WHOLE)
    latest = max((head.created_at for head in heads.values()), default=None)  # of one width, so text order is time
    return None if latest is None else datetime.fromisoformat(latest).astimezone(UTC)


def _head(services: Services, name: str) -> Check:
    def look(snapshot: Snapshot) -> tuple[int, int, EvidenceHead | None]:
        last = snapshot.checkpoint()
        return snapshot.size(), last.size if last else 0, own_alarm(snapshot)

    size, signed, alarm = services.store.read(look)
    if alarm is not None:
        hint = "Stop the node: it was rolled back, or a copy of it runs elsewhere. See docs/trust.md, Heads."
        return Check(name=name, ok=False, detail=alarm.reason, hint=hint)
    detail = f"signed up to entry {signed} of {size}"
    return Check(name=name, ok=signed <= size, detail=detail, hint="" if signed <= size else "Run `lintas verify`.")


def _accounts(services: Services, name: str) -> Check:
    """The table of accounts is no view: what a sign-in may see is held against what the log says of it."""

    def look(snapshot: Snapshot) -> tuple[list[AccountRow], dict[str, tuple[str, ...]]]:
        said = {}
        for seq in snapshot.places_of(Kind.ACCOUNT.value):
            for entry in snapshot.entries(seq, seq + 1):
                body = json.loads(entry.header)["body"]
                state = "closed" if body["action"] == "closed" else "open"
                said[body["account"]] = (body["role"], body["clearance"], state, *body.get("opens", ()))
        return list(snapshot.accounts()), said

    rows, said = services.store.read(look)
    held = {row.id: (row.role, Tlp(row.clearance).name, row.state, *sorted(row.opens.split())) for row in rows}
    wrong = sorted(account for account in held.keys() | said.keys() if held.get(account) != said.get(account))
    if wrong:
        hint = "Role, clearance, classes or state was changed beside Lintas. Close the account, and find out who could."
        return Check(name=name, ok=False, detail=f"{', '.join(wrong[:5])}: not as the log says", hint=hint)
    return Check(name=name, ok=True, detail=f"all {len(held)} are as the log says")


def _accesses(services: Services, name: str) -> Check:
    """Who saw what is a view: a row that somebody took out of it is missed by the counts."""
    entries, held, shown, seen = services.store.read(lambda snapshot: snapshot.trail())
    if entries != held or shown != seen:
        hint = "Somebody changed the views beside Lintas. Run `lintas rebuild`, and find out who could."
        detail = f"{entries} access entries and {held} of them in the view; {shown} messages shown and {seen} rows"
        return Check(name=name, ok=False, detail=detail, hint=hint)
    return Check(name=name, ok=True, detail=f"all {entries} access entries are in the view, with what they showed")


def _ledger(services: Services, name: str) -> Check:
    """Payments stand in files of their own: whether those of every message are there."""
    held = services.ledger.whole()
    messages = services.store.read(lambda snapshot: snapshot.ledger_messages())
    if not messages:
        return Check(name=name, ok=True, detail="no message holds payments")
    if not services.ledger.is_installed():
        detail = f"{len(messages)} messages hold payments, and what follows money is not installed"
        return Check(name=name, ok=False, detail=detail, hint=services.ledger.status().hint)
    if missing := sum(1 for one in messages if held.get(one.message) != one.digest):
        hint = "They are added while the node is served, and before the next trace; else run `lintas rebuild`."
        return Check(name=name, ok=False, detail=f"{missing} of {len(messages)} messages are not in it yet", hint=hint)
    rows = sum(one.rows for one in messages)
    return Check(name=name, ok=True, detail=f"holds all {rows:,} payments of {len(messages):,} messages")


def _notices(services: Services, name: str) -> Check:
    failing = services.store.read(troubles)
    if failing:
        first = failing[0]
        detail = f"{first.target}: {first.reason} {first.tries} tries, again at {first.next_at}"
        hint = "See docs/howto/notifications.md; mend the server, or [notify] in node.toml and start the node again."
        return Check(name=name, ok=False, detail=detail, hint=hint)
    told = services.store.read(lambda snapshot: [row for row in snapshot.notices() if row.sent_at])
    return Check(name=name, ok=True, detail=f"{len(told)} targets were told; none fails")


def _packs(services: Services, name: str) -> Check:
    return Check(name=name, ok=True, detail=", ".join(sorted(services.packs.digests)))


def _goaml(services: Services, name: str) -> Check:
    """The schema of goAML reports is tried where it is used: in a reader process, on a report of one line."""
    packs = reader_packs(services.packs)
    files = sum(1 for one in packs if one.startswith(GOAML_PREFIX))
    if not files:
        return Check(name=name, ok=True, detail="no schema is set; reports are read without one")
    options = ReadOptions(region=services.config.region)
    found = services.readers.read(
        _REPORT, file_name="", reader=current_reader("payments/1"), options=options, packs=packs
    )
    derived = found.slices[0].derived
    said = {one.prop: one.value for one in derived.statements}
    if said.get("validated") in {"yes", "no"}:
        detail = f"reports are held against a schema of {files} files, SHA-256 {said['schemaDigest'][:16]}…"
        return Check(name=name, ok=True, detail=detail)
    hint = "Mend what goaml_schema in node.toml names, or take it out. Until then reports are read without a schema."
    return Check(name=name, ok=False, detail=" ".join(derived.notes), hint=hint)


def _policy(services: Services, name: str) -> Check:
    """Another access policy comes into force by an order that people approved, or by somebody who has the folder."""
    warning = services.store.read(lambda snapshot: policy_warning(services, snapshot))
    if warning:
        hint = "Put the approved file back, or propose this one on the page Approvals."
        return Check(name=name, ok=False, detail=warning, hint=hint)
    return Check(name=name, ok=True, detail=f"access policy {services.packs.access.digest[:16]}…")


_LOOKS: tuple[tuple[str, Callable[[Services, str], Check]], ...] = (
    ("database", _database),
    ("state", _state),
    ("blobs", _blobs),
    ("clock", _clock),
    ("head", _head),
    ("accounts", _accounts),
    ("accesses", _accesses),
    ("ledger", _ledger),
    ("notices", _notices),
    ("packs", _packs),
    ("goaml", _goaml),
    ("policy", _policy),
)
