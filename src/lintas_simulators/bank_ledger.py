# SPDX-License-Identifier: Apache-2.0
"""Accounts, bookings and holds of one bank, in SQLite: what was answered is on disk first.

Money is in whole minor units of the account's currency. Whatever falls due by the bank's clock (bookings, instructions
that it is late with, holds that expire) happens in the order of time, before anything else is looked at.
"""

import json
import sqlite3
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

from lintas_simulators.bank_behaviour import Behaviour, Rule, fits
from lintas_simulators.bank_time import Now, as_text, as_time

_TABLES: Final = """
CREATE TABLE IF NOT EXISTS accounts (account TEXT PRIMARY KEY, currency TEXT NOT NULL, minor INTEGER NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS bookings (
    id TEXT PRIMARY KEY, at TEXT NOT NULL, source TEXT NOT NULL, target TEXT NOT NULL, minor INTEGER NOT NULL,
    reference TEXT NOT NULL, state TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS details (
    id TEXT PRIMARY KEY, other TEXT NOT NULL, of TEXT NOT NULL, kind TEXT NOT NULL, channel TEXT NOT NULL,
    reached_minor INTEGER NOT NULL, reached_currency TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS follows (id TEXT PRIMARY KEY, after TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS instructions (
    id TEXT PRIMARY KEY, said TEXT NOT NULL, rule TEXT NOT NULL, due_at TEXT NOT NULL, answer TEXT NOT NULL,
    told INTEGER NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS holds (
    id TEXT PRIMARY KEY, account TEXT NOT NULL, minor INTEGER NOT NULL, whole INTEGER NOT NULL,
    from_at TEXT NOT NULL, expires_at TEXT NOT NULL, ended_at TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS rules (number INTEGER PRIMARY KEY, used INTEGER NOT NULL) STRICT;
"""
_NEVER: Final = "9999-12-31T23:59:59.999Z"


class Conflict(Exception):
    """The same id came with another instruction."""


class Ledger:
    """One bank's books. Any thread may use them; one at a time does."""

    def __init__(self, path: Path, *, now: Now, behaviour: Callable[[], Behaviour], seed: int, mode: str) -> None:
        self._now, self._behaviour, self._seed, self._mode = now, behaviour, seed, mode
        self._lock = threading.RLock()  # an instruction is taken in steps, and no other comes between
        self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._db.executescript("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;" + _TABLES)

    def close(self) -> None:
        """Let go of the file."""
        with self._lock:
            self._db.close()

    def open_accounts(self, said: Mapping[str, Any]) -> None:
        """Take accounts and bookings that are not there yet; those that are stay as they are.

        A booking's `from` and `to` are accounts of this bank; `other` is the key of the one elsewhere, which its
        statement names. `kind`, `channel`, `of` and `reached` (what reached the other side) are as docs/spec/bank.md
        has them. `after` names a booking without which this one does not happen: what leaves one account here and is
        credited to another one here some seconds later is two.

        Raises:
            KeyError, TypeError, ValueError: They are none.
        """
        with self.change() as db:
            for one in said.get("accounts", []):
                db.execute(
                    "INSERT OR IGNORE INTO accounts VALUES (?, ?, ?)",
                    (str(one["account"]), str(one["currency"]), _minor(one["minor"])),
                )
            for one in said.get("bookings", []):
                at = as_text(as_time(one["at"]))
                values = (str(one["id"]), at, str(one.get("from", "")), str(one.get("to", "")), _minor(one["minor"]))
                db.execute(
                    "INSERT OR IGNORE INTO bookings VALUES (?, ?, ?, ?, ?, ?, 'due')",
                    (*values, str(one.get("reference", ""))),
                )
                db.execute("INSERT OR IGNORE INTO details VALUES (?, ?, ?, ?, ?, ?, ?)", _details(one))
                if one.get("after"):
                    db.execute("INSERT OR IGNORE INTO follows VALUES (?, ?)", (str(one["id"]), str(one["after"])))

    def take(self, said: Mapping[str, Any], *, kill: Callable[[], None]) -> tuple[dict[str, Any], Rule | None]:
        """Do what an instruction says, or say again what came of it. If we die here, all of it happened or nothing.

        Args:
            said: Checked in its form.
            kill: Ends this process at once.

        Raises:
            Conflict: The id was used for something else.
        """
        with self._lock:
            return self._take(said, json.dumps(said, sort_keys=True), kill)

    def _take(self, said: Mapping[str, Any], text: str, kill: Callable[[], None]) -> tuple[dict[str, Any], Rule | None]:
        with self.change() as db:
            now = as_text(self._now())
            self.settle(db, now)
            row = db.execute("SELECT said FROM instructions WHERE id = ?", (said["id"],)).fetchone()
            if row is not None:
                if row[0] != text:
                    raise Conflict
                return self._answer(db, said["id"], now)
            rule = self.choose(db, id_=said["id"], kind=said["kind"], account=said["account"])
            if rule is not None and rule.do == "silent":
                return {}, rule
        if rule is not None and rule.do == "die_before":
            kill()
        with self.change() as db:
            row = (said["id"], text, rule_text(rule), "", _accepted(said, now), 0)
            db.execute("INSERT INTO instructions VALUES (?, ?, ?, ?, ?, ?)", row)
            if rule is not None and rule.do == "late":
                due_at = _NEVER if rule.seconds is None else as_text(as_time(now) + timedelta(seconds=rule.seconds))
                db.execute("UPDATE instructions SET due_at = ? WHERE id = ?", (due_at, said["id"]))
            else:
                self._carry_out(db, said, rule, now)
        if rule is not None and rule.do == "die_after":
            kill()
        with self.change() as db:
            return self._answer(db, said["id"], now)

    def state(self, id_: str) -> tuple[dict[str, Any], Rule | None] | None:
        """What came of an instruction; None when there is none of that id."""
        with self.change() as db:
            now = as_text(self._now())
            self.settle(db, now)
            known = db.execute("SELECT 1 FROM instructions WHERE id = ?", (id_,)).fetchone()
            return self._answer(db, id_, now) if known else None

    def book(self) -> dict[str, Any]:
        """All there is, for whoever runs the exercise: balances, what is held of them, bookings."""
        with self.change() as db:
            now = as_text(self._now())
            self.settle(db, now)
            accounts = [
                {"account": one, "currency": currency, "minor": minor, "held": _held(db, one, now)[0]}
                | {"blocked": _held(db, one, now)[1]}
                for one, currency, minor in db.execute("SELECT * FROM accounts ORDER BY account").fetchall()
            ]
            bookings = [
                {"id": id_, "state": state} for id_, state in db.execute("SELECT id, state FROM bookings ORDER BY id")
            ]
            holds = [
                {"id": id_, "account": account, "minor": minor, "hold": _standing(expires_at, ended_at, now)}
                for id_, account, minor, _, from_at, expires_at, ended_at in db.execute(
                    "SELECT * FROM holds ORDER BY id"
                )
            ]
            return {"at": now, "accounts": accounts, "bookings": bookings, "holds": holds}

    @property
    def mode(self) -> str:
        """Of what it carries out."""
        return self._mode

    def now(self) -> str:
        """The bank's time."""
        return as_text(self._now())

    @contextmanager
    def change(self) -> Iterator[sqlite3.Connection]:
        """One transaction; it is on disk when this ends."""
        with self._lock:
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield self._db
            except BaseException:
                self._db.execute("ROLLBACK")
                raise
            self._db.execute("COMMIT")

    def choose(self, db: sqlite3.Connection, *, id_: str, kind: str, account: str) -> Rule | None:
        """The first rule that is for an instruction or a question."""
        for number, rule in enumerate(self._behaviour().rules):
            row = db.execute("SELECT used FROM rules WHERE number = ?", (number,)).fetchone()
            used = row[0] if row else 0
            if fits(rule, id_=id_, kind=kind, account=account, used=used, seed=self._seed, number=number):
                db.execute("INSERT OR REPLACE INTO rules VALUES (?, ?)", (number, used + 1))
                return rule
        return None

    def settle(self, db: sqlite3.Connection, now: str) -> None:
        """Let happen what fell due, in the order of time; part of a transaction."""
        due: list[tuple[str, int, str]] = [
            (at, 0, id_)
            for id_, at in db.execute("SELECT id, at FROM bookings WHERE state = 'due' AND at <= ?", (now,))
        ]
        late = "SELECT id, due_at FROM instructions WHERE due_at <> '' AND due_at <= ?"
        due += [(at, 1, id_) for id_, at in db.execute(late, (now,))]
        for at, is_instruction, id_ in sorted(due):
            if is_instruction:
                said, rule = db.execute("SELECT said, rule FROM instructions WHERE id = ?", (id_,)).fetchone()
                self._carry_out(db, json.loads(said), rule_of(rule), at)
            else:
                _book(db, id_, at)

    def _carry_out(self, db: sqlite3.Connection, said: Mapping[str, Any], rule: Rule | None, at: str) -> None:
        if said["mode"] != self._mode:
            came = _failed("other_mode")
        elif rule is not None and rule.do == "refuse":
            came = _failed(rule.reason)
        else:
            came = _DO[said["kind"]](db, said, at, self._behaviour().blocks, rule)
        answer = json.loads(_accepted(said, at)) | came
        answer["bank_ref"] = f"B{int(said['id'][:12], 16) % 10**9:09d}"
        db.execute(
            "UPDATE instructions SET answer = ?, due_at = '' WHERE id = ?",
            (json.dumps(answer, sort_keys=True), said["id"]),
        )

    def _answer(self, db: sqlite3.Connection, id_: str, now: str) -> tuple[dict[str, Any], Rule | None]:
        db.execute("UPDATE instructions SET told = told + 1 WHERE id = ?", (id_,))
        rule_text, text, told = db.execute(
            "SELECT rule, answer, told FROM instructions WHERE id = ?", (id_,)
        ).fetchone()
        answer: dict[str, Any] = json.loads(text)
        hold = db.execute("SELECT expires_at, ended_at FROM holds WHERE id = ?", (id_,)).fetchone()
        answer["hold"] = _standing(hold[0], hold[1], now) if hold else ""
        rule = rule_of(rule_text)
        if rule is not None and answer["state"] != "accepted":
            _bend(answer, rule, told, now)
        return answer, rule


def _bend(answer: dict[str, Any], rule: Rule, told: int, now: str) -> None:
    """Say it otherwise than it is, as the rule wants."""
    blocked = answer["blocked"]
    match rule.do:
        case "twice" if told > 1:
            answer["at"] = now
        case "changes" if told > 1 and blocked:
            answer["blocked"] = answer["tainted"] = blocked | {"minor": rule.minor}
        case "other_account":
            answer["account"] = answer["account"][:-1] + ("1" if answer["account"].endswith("0") else "0")
        case "other_amount" if blocked:
            answer["blocked"] = answer["tainted"] = blocked | {"minor": blocked["minor"] + max(1, rule.minor)}
        case "other_currency" if blocked:
            answer["blocked"] = answer["tainted"] = blocked | {"currency": "XTS"}
        case "other_time":
            answer["at"] = "2001-01-01T00:00:00.000Z"
        case "other_instruction":
            answer["id"] = answer["id"][::-1]


def _hold(db: sqlite3.Connection, said: Mapping[str, Any], at: str, blocks: str, rule: Rule | None) -> dict[str, Any]:
    row = db.execute("SELECT currency, minor FROM accounts WHERE account = ?", (said["account"],)).fetchone()
    if row is None:
        return _failed("no_account")
    currency, balance = row
    amount = said["amount"]
    if amount is not None and amount["currency"] != currency:
        return _failed("other_currency")
    if said["expires_at"] and as_text(as_time(said["expires_at"])) <= at:
        return _failed("too_late")
    held, _ = _held(db, said["account"], at)
    free = balance - held
    if rule is not None and rule.do == "part":
        free = min(free, rule.minor)
    if free <= 0:
        return _failed("no_money")
    asked = amount["minor"] if amount is not None else free
    tainted = min(asked, free)
    is_whole = said["whole"] or blocks == "account"
    expires_at = as_text(as_time(said["expires_at"])) if said["expires_at"] else _NEVER
    values = (said["id"], said["account"], tainted, is_whole, at, expires_at)
    db.execute("INSERT INTO holds VALUES (?, ?, ?, ?, ?, ?, '')", values)
    return {
        "state": "done" if tainted >= asked else "partly",
        "blocked": {"minor": balance if is_whole else tainted, "currency": currency},
        "tainted": {"minor": tainted, "currency": currency},
        "whole": is_whole,
    }


def _release(
    db: sqlite3.Connection, said: Mapping[str, Any], at: str, blocks: str, rule: Rule | None
) -> dict[str, Any]:
    found = _active(db, said, at)
    if isinstance(found, str):
        return _failed(found)
    minor, is_whole, currency = found
    amount = said["amount"]
    freed = minor if amount is None else min(minor, amount["minor"])
    if amount is not None and amount["currency"] != currency:
        return _failed("other_currency")
    if freed < minor and is_whole:
        return _failed("whole_only")
    if freed < minor:
        db.execute("UPDATE holds SET minor = minor - ? WHERE id = ?", (freed, said["of"]))
    else:
        db.execute("UPDATE holds SET ended_at = ? WHERE id = ?", (at, said["of"]))
    money = {"minor": freed, "currency": currency}
    return {"state": "done", "blocked": money, "tainted": money, "whole": is_whole}


def _extend(db: sqlite3.Connection, said: Mapping[str, Any], at: str, blocks: str, rule: Rule | None) -> dict[str, Any]:
    found = _active(db, said, at)
    if isinstance(found, str):
        return _failed(found)
    minor, is_whole, currency = found
    until = as_text(as_time(said["expires_at"])) if said["expires_at"] else _NEVER
    if until <= at:
        return _failed("too_late")
    db.execute("UPDATE holds SET expires_at = ? WHERE id = ?", (until, said["of"]))
    money = {"minor": minor, "currency": currency}
    return {"state": "done", "blocked": money, "tainted": money, "whole": is_whole}


_DO: Final[Mapping[str, Callable[..., dict[str, Any]]]] = {"hold": _hold, "release": _release, "extend": _extend}


def _active(db: sqlite3.Connection, said: Mapping[str, Any], at: str) -> tuple[int, bool, str] | str:
    """The hold that an instruction is about: amount, whether whole, currency; or why there is none."""
    row = db.execute(
        "SELECT h.minor, h.whole, h.expires_at, h.ended_at, a.currency"
        " FROM holds h JOIN accounts a ON a.account = h.account WHERE h.id = ? AND h.account = ?",
        (said["of"], said["account"]),
    ).fetchone()
    if row is None:
        return "no_hold"
    minor, is_whole, expires_at, ended_at, currency = row
    standing = _standing(expires_at, ended_at, at)
    return (minor, bool(is_whole), currency) if standing == "active" else f"already_{standing}"


def _held(db: sqlite3.Connection, account: str, at: str) -> tuple[int, bool]:
    """How much of an account is held at a time, and whether all of it is blocked."""
    minor, whole = db.execute(
        "SELECT COALESCE(SUM(minor), 0), COALESCE(MAX(whole), 0) FROM holds"
        " WHERE account = ? AND from_at <= ? AND expires_at > ? AND ended_at = ''",
        (account, at, at),
    ).fetchone()
    return int(minor), bool(whole)


def _book(db: sqlite3.Connection, id_: str, at: str) -> None:
    source, target, minor = db.execute("SELECT source, target, minor FROM bookings WHERE id = ?", (id_,)).fetchone()
    unpaid = "SELECT 1 FROM follows f LEFT JOIN bookings b ON b.id = f.after WHERE f.id = ? AND b.state IS NOT 'booked'"
    state = "refused" if db.execute(unpaid, (id_,)).fetchone() else "booked"
    if source and state == "booked":
        row = db.execute("SELECT minor FROM accounts WHERE account = ?", (source,)).fetchone()
        held, is_blocked = _held(db, source, at)
        if row is None or is_blocked or row[0] - held < minor:
            state = "refused"
    if state == "booked":
        db.execute("UPDATE accounts SET minor = minor - ? WHERE account = ?", (minor, source))
        db.execute("UPDATE accounts SET minor = minor + ? WHERE account = ?", (minor, target))
    db.execute("UPDATE bookings SET state = ? WHERE id = ?", (state, id_))


def _standing(expires_at: str, ended_at: str, at: str) -> str:
    if ended_at:
        return "released"
    return "active" if at < expires_at else "expired"


def _failed(reason: str) -> dict[str, Any]:
    return {"state": "failed", "reason": reason}


def _accepted(said: Mapping[str, Any], at: str) -> str:
    answer = {"v": 1, "id": said["id"], "kind": said["kind"], "account": said["account"], "state": "accepted"}
    rest = {"blocked": None, "tainted": None, "whole": False, "at": at, "bank_ref": "", "reason": "", "hold": ""}
    return json.dumps(answer | rest, sort_keys=True)


def _minor(value: Any) -> int:
    if type(value) is not int or not 0 <= value < 2**53:
        raise ValueError("an amount is a whole number of minor units")
    return value


def _details(one: Mapping[str, Any]) -> tuple[str, str, str, str, str, int, str]:
    """What a booking's statement says of its other side."""
    reached = one.get("reached") or {"minor": 0, "currency": ""}
    kind, channel = str(one.get("kind", "transfer")), str(one.get("channel", ""))
    other, of = str(one.get("other", "")), str(one.get("of", ""))
    return str(one["id"]), other, of, kind, channel, _minor(reached["minor"]), str(reached["currency"])


def rule_text(rule: Rule | None) -> str:
    """A rule as the books keep it; empty for none."""
    return json.dumps({name: getattr(rule, name) for name in Rule.__slots__}) if rule is not None else ""


def rule_of(text: str) -> Rule | None:
    """A rule as it was kept."""
    return Rule(**json.loads(text)) if text else None
