# SPDX-License-Identifier: Apache-2.0
"""What a bank says to whoever asks where money went on to: bookings of one account, with the faults that a file names.

An answer is on disk before it is given, and stays as it was: what is booked later is told to another question.
Source: docs/spec/bank.md, "Questions".
"""

import json
import sqlite3
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any, Final

from lintas_simulators.bank_behaviour import Rule
from lintas_simulators.bank_ledger import Conflict, Ledger, rule_of, rule_text
from lintas_simulators.bank_time import as_text, as_time

_TABLE: Final = """
CREATE TABLE IF NOT EXISTS traces (
    id TEXT PRIMARY KEY, said TEXT NOT NULL, rule TEXT NOT NULL, due_at TEXT NOT NULL, answer TEXT NOT NULL,
    told INTEGER NOT NULL) STRICT;
"""
_BOOKINGS: Final = """
SELECT b.id, b.at, b.source, b.target, b.minor, b.reference, d.other, d.of, d.kind, d.channel, d.reached_minor,
       d.reached_currency
  FROM bookings b LEFT JOIN details d ON d.id = b.id
 WHERE b.state = 'booked' AND (b.source = ? OR b.target = ?) AND b.at >= ?
 ORDER BY b.at, b.id
"""
_NEVER: Final = "9999-12-31T23:59:59.999Z"
_BOOKINGS_MAX: Final = 5_000


class Traces:
    """The questions that were asked of one bank."""

    def __init__(self, ledger: Ledger, *, bank: str) -> None:
        self._ledger, self._bank = ledger, bank
        with ledger.change() as db:
            db.execute(_TABLE)

    def take(self, said: Mapping[str, Any], *, kill: Callable[[], None]) -> tuple[dict[str, Any], Rule | None]:
        """Answer a question, or say again what was answered. If we die here, all of it happened or nothing.

        Args:
            said: Checked in its form.
            kill: Ends this process at once.

        Raises:
            Conflict: The id was used for something else.
        """
        text = json.dumps(said, sort_keys=True)
        with self._ledger.change() as db:
            row = db.execute("SELECT said FROM traces WHERE id = ?", (said["id"],)).fetchone()
            if row is not None:
                if row[0] != text:
                    raise Conflict
                return self._answer(db, said["id"])
            rule = self._ledger.choose(db, id_=said["id"], kind="trace", account=said["account"])
            if rule is not None and rule.do == "silent":
                return {}, rule
        if rule is not None and rule.do == "die_before":
            kill()
        with self._ledger.change() as db:
            now = self._ledger.now()
            due_at = ""
            if rule is not None and rule.do == "late":
                due_at = _NEVER if rule.seconds is None else as_text(as_time(now) + timedelta(seconds=rule.seconds))
            answer = _accepted(said, now) if due_at else self._told(db, said, rule, now)
            row = (said["id"], text, rule_text(rule), due_at, json.dumps(answer, sort_keys=True), 0)
            db.execute("INSERT OR IGNORE INTO traces VALUES (?, ?, ?, ?, ?, ?)", row)
        if rule is not None and rule.do == "die_after":
            kill()
        with self._ledger.change() as db:
            return self._answer(db, said["id"])

    def state(self, id_: str) -> tuple[dict[str, Any], Rule | None] | None:
        """What was answered; None when there is no question of that id."""
        with self._ledger.change() as db:
            known = db.execute("SELECT 1 FROM traces WHERE id = ?", (id_,)).fetchone()
            return self._answer(db, id_) if known else None

    def _answer(self, db: sqlite3.Connection, id_: str) -> tuple[dict[str, Any], Rule | None]:
        db.execute("UPDATE traces SET told = told + 1 WHERE id = ?", (id_,))
        said, rule_said, due_at, answer, told = db.execute(
            "SELECT said, rule, due_at, answer, told FROM traces WHERE id = ?", (id_,)
        ).fetchone()
        rule, now = rule_of(rule_said), self._ledger.now()
        if due_at and due_at <= now:
            made = self._told(db, json.loads(said), rule, due_at)
            answer = json.dumps(made, sort_keys=True)
            db.execute("UPDATE traces SET due_at = '', answer = ? WHERE id = ?", (answer, id_))
        found: dict[str, Any] = json.loads(answer)
        if rule is not None and found["state"] in ("done", "partly"):
            _bend(found, rule, told, now)
        return found, rule

    def _told(self, db: sqlite3.Connection, said: Mapping[str, Any], rule: Rule | None, at: str) -> dict[str, Any]:
        """The bookings as they are at a time."""
        self._ledger.settle(db, at)
        account, answer = said["account"], _accepted(said, at)
        row = db.execute("SELECT currency, minor FROM accounts WHERE account = ?", (account,)).fetchone()
        reason = _refusal(said, row, rule, self._ledger.mode)
        if reason:
            return answer | {"state": "failed", "reason": reason}
        currency, balance = row
        start = as_text(as_time(said["from"]))
        if rule is not None and rule.do == "more":
            start = as_text(as_time(start) - timedelta(days=30))
        wanted = min(as_text(as_time(said["until"])), at) if said["until"] else at
        rows = db.execute(_BOOKINGS, (account, account, start)).fetchall()
        opening = balance - sum(_signed(row, account) for row in rows)
        rows, end = [row for row in rows if row[1] < wanted], wanted
        most = _BOOKINGS_MAX if rule is None or rule.do != "part" else min(rule.minor, _BOOKINGS_MAX)
        if len(rows) > most:
            end = rows[most][1]
            rows = [row for row in rows if row[1] < end]  # of bookings at one time all are told, or none
        if start >= end:
            return answer | {"state": "failed", "reason": "nothing_yet"}
        closing = opening + sum(_signed(row, account) for row in rows)
        return answer | {
            "state": "done" if end == wanted else "partly",
            "coverage": {"start": start, "end": end, "opening": opening, "closing": closing},
            "bookings": [one for row in rows for one in self._booking(row, account)],
            "key": self._key(account),
            "currency": currency,
            "bank_ref": f"T{int(said['id'][:12], 16) % 10**9:09d}",
        }

    def _booking(self, row: tuple[Any, ...], account: str) -> list[dict[str, Any]]:
        """A row of the books as its account's statement has it: two lines of who pays themselves."""
        id_, at, source, target, minor, reference, other, of, kind, channel, reached_minor, reached_currency = row
        shared = {"at": at, "of": of or "", "kind": kind or "transfer", "channel": channel or ""}
        reached = {"minor": reached_minor, "currency": reached_currency} if reached_currency else None
        found = []
        for side, own, there in (("debit", source, target), ("credit", target, source)):
            if own != account:
                continue
            key = other or (self._key(there) if there else "")
            known = reference or (f"id:{self._bank}:{id_}" if there and self._bank else "")  # both accounts' statements
            one = {"id": f"{id_}-{side[0]}", "side": side, "minor": minor, "other": key, "reference": known}
            found.append(one | shared | ({"other_amount": reached} if reached and side == "debit" else {}))
        return found

    def _key(self, account: str) -> str:
        """An IBAN is a key by itself; a number is one with its bank."""
        is_iban = account[:2].isalpha() and account[2:4].isdecimal() and len(account) > 14
        return account if is_iban or not self._bank else f"{self._bank}:{account}"


def _refusal(said: Mapping[str, Any], row: tuple[str, int] | None, rule: Rule | None, mode: str) -> str:
    if said["mode"] != mode:
        return "other_mode"
    if rule is not None and rule.do == "refuse":
        return rule.reason
    if row is None:
        return "no_account"
    return "other_currency" if row[0] != said["currency"] else ""


def _signed(row: tuple[Any, ...], account: str) -> int:
    """What a booking changes in an account."""
    source, target, minor = row[2], row[3], int(row[4])
    return (minor if target == account else 0) - (minor if source == account else 0)


def _bend(answer: dict[str, Any], rule: Rule, told: int, now: str) -> None:
    """Say it otherwise than it is, as the rule wants."""
    bookings, coverage = answer["bookings"], answer["coverage"]
    match rule.do:
        case "twice" if told > 1:
            answer["at"] = now
        case "changes" if told > 1 and bookings:
            bookings.pop()
            coverage["closing"] = None
        case "other_account":
            answer["account"] = answer["account"][:-1] + ("1" if answer["account"].endswith("0") else "0")
        case "other_bank":
            answer["key"] = "XXXXXXXX:" + answer["account"]
        case "other_amount" if bookings:
            bookings[-1]["minor"] += max(1, rule.minor)
        case "other_currency":
            answer["currency"] = "XTS"
        case "other_time":
            answer["at"] = "2001-01-01T00:00:00.000Z"
        case "other_instruction":
            answer["id"] = answer["id"][::-1]
        case "double" if bookings:
            bookings.append(bookings[-1])
        case "absurd" if bookings:
            bookings[0] |= {"kind": "cash_out" if bookings[0]["side"] == "credit" else "cash_in"}
        case "short" if bookings:
            coverage |= {"end": bookings[-1]["at"], "closing": None}
            answer["bookings"] = [one for one in bookings if one["at"] < coverage["end"]]


def _accepted(said: Mapping[str, Any], at: str) -> dict[str, Any]:
    return {
        "v": 1,
        "id": said["id"],
        "account": said["account"],
        "key": "",
        "currency": said["currency"],
        "state": "accepted",
        "at": at,
        "coverage": None,
        "bookings": [],
        "bank_ref": "",
        "reason": "",
    }
