# SPDX-License-Identifier: Apache-2.0
"""A bank's core system as a server of its own: accounts, holds and instructions, with the faults that a file names.

    python -m lintas_simulators.bank --port 0 --data bank.sqlite --accounts accounts.json --secret-file secret

It listens on this machine alone and prints one line of JSON when it does. Protocol: docs/spec/bank.md.
"""

import argparse
import json
import os
import re
import signal
import sys
import threading
import time
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Final

from lintas_simulators.bank_behaviour import Rule, read_behaviour
from lintas_simulators.bank_ledger import Conflict, Ledger
from lintas_simulators.bank_recalls import RecallRefused, Recalls
from lintas_simulators.bank_signing import (
    NONCE_HEADER,
    SIGNATURE_HEADER,
    SKEW_S_MAX,
    TIME_HEADER,
    is_signed,
    read_secret,
    sign_answer,
    sign_asking,
)
from lintas_simulators.bank_time import Now, as_time, clock_of
from lintas_simulators.bank_traces import Traces

_BODY_BYTES_MAX: Final = 64 * 1024
_WAIT_S_MAX: Final = 60  # seconds for one request to arrive
_ENDLESS_BYTES: Final = 8 * 1024 * 1024
_ID: Final = re.compile(r"[0-9a-f]{32}", re.ASCII)
_TEXT: Final = re.compile(r"[^\x00-\x1f\x7f]{0,200}")
_FIELDS: Final = {"v", "id", "mode", "kind", "of", "bank", "account", "amount", "whole", "expires_at"} | {
    "reference",
    "authority",
    "law",
}
_ASKED: Final = {"v", "id", "mode", "bank", "account", "currency", "from", "until", "reference", "authority", "law"}


class _Malformed(Exception):
    """What was asked is no instruction."""


class _Handler(BaseHTTPRequestHandler):
    server_version = "bank/1"
    protocol_version = "HTTP/1.1"
    timeout = _WAIT_S_MAX

    def __init__(
        self,
        *arguments: Any,
        ledger: Ledger,
        recalls: Recalls,
        traces: Traces,
        secret: bytes,
        now: Now,
        **named: Any,
    ) -> None:
        self._ledger, self._recalls, self._traces, self._secret, self._now = ledger, recalls, traces, secret, now
        super().__init__(*arguments, **named)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the library's name
        """Keep no log: what was asked holds account numbers."""

    def do_POST(self) -> None:
        """Take an instruction, a recall, or a question about bookings."""
        body = self._body()
        if body is None or not self._is_asked_by_us(body):
            return
        if self.path == "/instructions":
            self._instruct(body)
        elif self.path == "/recalls":
            self._recall(body)
        elif self.path == "/traces":
            self._trace(body)
        else:
            self._refuse(404, "unknown")

    def do_GET(self) -> None:
        """Say what came of an instruction, a recall or a question, or show the books."""
        if not self._is_asked_by_us(b""):
            return
        path, _, id_ = self.path[1:].partition("/")
        if path == "instructions" and _ID.fullmatch(id_):
            found = self._ledger.state(id_)
            self._refuse(404, "unknown") if found is None else self._tell(*found)
        elif path == "traces" and _ID.fullmatch(id_):
            answered = self._traces.state(id_)
            self._refuse(404, "unknown") if answered is None else self._tell(*answered)
        elif path == "recalls" and (answer := self._recalls.answer(id_)) is not None:
            self._send(200, answer, media_type="application/xml")
        elif self.path == "/book":
            self._send(200, json.dumps(self._ledger.book()).encode())
        else:
            self._refuse(404, "unknown")

    def _instruct(self, body: bytes) -> None:
        try:
            answer, rule = self._ledger.take(_read(body), kill=_die)
        except _Malformed:
            self._refuse(400, "malformed")
        except Conflict:
            self._refuse(409, "other_instruction")
        else:
            self._tell(answer, rule)

    def _trace(self, body: bytes) -> None:
        try:
            answer, rule = self._traces.take(_read_question(body), kill=_die)
        except _Malformed:
            self._refuse(400, "malformed")
        except Conflict:
            self._refuse(409, "other_question")
        else:
            self._tell(answer, rule)

    def _recall(self, body: bytes) -> None:
        try:
            answer = self._recalls.take(body)
        except RecallRefused:
            self._refuse(400, "malformed")
        else:
            self._send(200, answer, media_type="application/xml")

    def _tell(self, answer: dict[str, Any], rule: Rule | None) -> None:
        body = json.dumps(answer, sort_keys=True).encode()
        act = rule.do if rule is not None else ""
        if act == "silent":
            self.close_connection = True
            return
        if rule is not None and act == "slow":
            time.sleep(rule.seconds or 0)
        if act == "garbage":
            body = b"\x00\xff<html>not found</html>"
        if act == "endless":
            body += b" " * _ENDLESS_BYTES
        self._send(200, body, is_signed=act != "unsigned")

    def _refuse(self, status: int, code: str) -> None:
        self._send(status, json.dumps({"v": 1, "error": code}).encode())

    def _send(self, status: int, body: bytes, *, is_signed: bool = True, media_type: str = "application/json") -> None:
        self.send_response(status)
        self.send_header("content-type", media_type)
        self.send_header("content-length", str(len(body)))
        if is_signed:
            nonce = self.headers.get(NONCE_HEADER, "")
            signature = sign_answer(self._secret, status=status, nonce=nonce, body=body)
            self.send_header(SIGNATURE_HEADER, signature)
        self.end_headers()
        self.wfile.write(body)

    def _body(self) -> bytes | None:
        size = self.headers.get("content-length", "")
        if not size.isdecimal() or int(size) > _BODY_BYTES_MAX:
            self.close_connection = True
            self._refuse(413, "size")
            return None
        return self.rfile.read(int(size))

    def _is_asked_by_us(self, body: bytes) -> bool:
        at, nonce = self.headers.get(TIME_HEADER, ""), self.headers.get(NONCE_HEADER, "")
        if not (at.isdecimal() and len(at) <= 12 and _ID.fullmatch(nonce)):
            self._refuse(401, "signature")
            return False
        wanted = sign_asking(self._secret, method=self.command, path=self.path, at_s=int(at), nonce=nonce, body=body)
        if not is_signed(wanted, self.headers.get(SIGNATURE_HEADER, "")):
            self._refuse(401, "signature")
            return False
        if abs(self._now().timestamp() - int(at)) > SKEW_S_MAX:
            self._refuse(401, "time")
            return False
        return True


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _read(body: bytes) -> dict[str, Any]:
    try:
        said: Any = json.loads(body)
    except (ValueError, RecursionError):
        raise _Malformed from None
    if not isinstance(said, dict) or set(said) != _FIELDS or said["v"] != 1:
        raise _Malformed
    texts = [said[name] for name in ("bank", "account", "expires_at", "reference", "authority", "law")]
    is_form = (
        isinstance(said["id"], str)
        and _ID.fullmatch(said["id"])
        and said["kind"] in ("hold", "release", "extend")
        and said["mode"] in ("live", "exercise")
        and isinstance(said["of"], str)
        and (_ID.fullmatch(said["of"]) or (said["of"] == "" and said["kind"] == "hold"))
        and all(isinstance(text, str) and _TEXT.fullmatch(text) for text in texts)
        and said["account"]
        and type(said["whole"]) is bool
        and (said["amount"] is None or _is_money(said["amount"]))
        and (said["kind"] != "hold" or said["whole"] or said["amount"] is not None)
    )
    if not is_form:
        raise _Malformed
    try:
        if said["expires_at"]:
            as_time(said["expires_at"])
    except ValueError:
        raise _Malformed from None
    return said


def _read_question(body: bytes) -> dict[str, Any]:
    try:
        said: Any = json.loads(body)
    except (ValueError, RecursionError):
        raise _Malformed from None
    if not isinstance(said, dict) or set(said) != _ASKED or said["v"] != 1:
        raise _Malformed
    texts = [said[name] for name in ("bank", "account", "from", "until", "reference", "authority", "law")]
    is_form = (
        isinstance(said["id"], str)
        and _ID.fullmatch(said["id"])
        and said["mode"] in ("live", "exercise")
        and all(isinstance(text, str) and _TEXT.fullmatch(text) for text in texts)
        and said["account"]
        and said["authority"]
        and said["law"]
        and isinstance(said["currency"], str)
        and re.fullmatch(r"[A-Z]{3}", said["currency"])
    )
    if not is_form:
        raise _Malformed
    try:
        start, until = as_time(said["from"]), as_time(said["until"]) if said["until"] else None
    except ValueError:
        raise _Malformed from None
    if until is not None and until <= start:
        raise _Malformed
    return said


def _is_money(value: Any) -> bool:
    if not isinstance(value, dict) or set(value) != {"minor", "currency"}:
        return False
    minor, currency = value["minor"], value["currency"]
    return (
        type(minor) is int
        and 0 < minor < 2**53
        and isinstance(currency, str)
        and re.fullmatch(r"[A-Z]{3}", currency) is not None
    )


def main(arguments: list[str] | None = None) -> None:
    """Serve one bank until this process is ended."""
    parser = argparse.ArgumentParser(prog="lintas_simulators.bank", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0 for any; it is printed")
    parser.add_argument("--data", type=Path, required=True, help="SQLite file; made if it is not there")
    parser.add_argument("--secret-file", type=Path, required=True, help="base64 of 24 to 64 bytes")
    parser.add_argument("--accounts", type=Path, help="JSON: accounts and bookings to begin with")
    parser.add_argument("--behaviour", type=Path, help="JSON: how it errs; read anew for each instruction")
    parser.add_argument("--bank", default="", help="its BIC, as recalls name it")
    parser.add_argument(
        "--mode", choices=("exercise", "live"), default="exercise", help="of instructions it carries out"
    )
    parser.add_argument("--seed", type=int, default=0, help="of what it leaves to chance")
    parser.add_argument("--clock", type=Path, help="file with its time; read anew each time")
    parser.add_argument("--at", default="", help="time at which it begins, RFC 3339")
    parser.add_argument("--pace", type=float, default=1.0, help="seconds of the bank in one second")
    parser.add_argument("--while-stdin", action="store_true", help="end when standard input ends")
    said = parser.parse_args(arguments)
    now = clock_of(file=said.clock, start=said.at, pace=said.pace)
    read_behaviour(said.behaviour)  # a wrong file is told now and not in the middle of a night
    behaviour = partial(read_behaviour, said.behaviour)
    ledger = Ledger(said.data, now=now, behaviour=behaviour, seed=said.seed, mode=said.mode)
    if said.accounts is not None:
        ledger.open_accounts(json.loads(said.accounts.read_text(encoding="utf-8")))
    recalls = Recalls(said.data.with_suffix(".recalls"), bank=said.bank, now=now, behaviour=behaviour)
    handler = partial(
        _Handler,
        ledger=ledger,
        recalls=recalls,
        traces=Traces(ledger, bank=said.bank),
        secret=read_secret(said.secret_file.read_text("ascii")),
        now=now,
    )
    server = ThreadingHTTPServer(("127.0.0.1", said.port), handler)
    server.daemon_threads = True
    sys.stdout.write(json.dumps({"port": server.server_address[1], "bank": said.bank, "pid": os.getpid()}) + "\n")
    sys.stdout.flush()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    if said.while_stdin:
        threading.Thread(target=_end_with_stdin, daemon=True).start()
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        sys.exit(130)


def _end_with_stdin() -> None:
    """End with whoever holds the other end of standard input, however they end."""
    while os.read(0, 4096):
        pass
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    main()
