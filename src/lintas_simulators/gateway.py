# SPDX-License-Identifier: Apache-2.0
"""An agency's gateway to phones: takes signed notices, keeps each on disk before it answers, and rings each once.

    python -m lintas_simulators.gateway --port 0 --record rung.jsonl --secret whsec_...

It prints `gateway http://127.0.0.1:PORT` once it listens. What it took is `GET /rung`; how it behaves from now on is
`PUT /behaviour` with any of `late_s`, `status`, `times` and `die` (before it keeps a notice, or after, unanswered).

Source: Standard Webhooks 1.0.0 for the signature, and for dropping what was taken already by its id.
"""

import argparse
import base64
import binascii
import hmac
import json
import os
import threading
import time
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Final

BODY_BYTES_MAX: Final = 65_536
OLDEST_S: Final = 300  # Source: Standard Webhooks 1.0.0, "Verifying webhook authenticity"
KINDS: Final = ("push", "sms", "voice")
DEAD: Final = 70  # exit code of a gateway that was told to die


@dataclass(frozen=True, slots=True, kw_only=True)
class Behaviour:
    """How the next requests are answered."""

    late_s: float = 0.0  # seconds until the answer, after the notice was kept
    status: int = 202  # anything from 400 on keeps nothing and rings nobody
    times: int = 0  # for how many requests this holds; 0 for good
    die: str = ""  # before: neither kept nor answered; after: kept, and not answered

    def __post_init__(self) -> None:
        if self.die not in {"", "before", "after"} or not 200 <= self.status <= 599:
            raise ValueError("no such behaviour")
        if not 0 <= self.late_s <= 600 or not 0 <= self.times <= 10_000:
            raise ValueError("no such behaviour")


@dataclass(slots=True)
class Gateway:
    """What it was given, on disk, and how it behaves."""

    record: Path
    secret: bytes
    behaviour: Behaviour = field(default_factory=Behaviour)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _taken: set[str] = field(default_factory=set)

    def open(self) -> None:
        """Read what earlier runs kept; a last line that was cut short is as if it had not come."""
        if not self.record.exists():
            return
        raw = self.record.read_bytes()
        whole = raw[: raw.rfind(b"\n") + 1]
        if len(whole) < len(raw):
            with self.record.open("r+b") as file:
                file.truncate(len(whole))
        self._taken = {json.loads(line)["id"] for line in whole.splitlines()}

    def next_behaviour(self) -> Behaviour:
        """How to answer one request."""
        with self._lock:
            now = self.behaviour
            if now.times == 1:
                self.behaviour = Behaviour()
            elif now.times > 1:
                self.behaviour = replace(now, times=now.times - 1)
            return now

    def take(self, id_: str, said: dict[str, Any]) -> bool:
        """Keep one notice; says whether the phone rang, which it does once for each id."""
        with self._lock:
            rang = id_ not in self._taken
            line = json.dumps({"id": id_, "rang": rang, "at": time.time(), "said": said}, ensure_ascii=False)
            with self.record.open("ab") as file:
                file.write(line.encode("utf-8") + b"\n")
                file.flush()
                os.fsync(file.fileno())
            self._taken.add(id_)
            return rang

    def rung(self) -> list[dict[str, Any]]:
        """All that it took, in order, repetitions with `rang` false."""
        with self._lock:
            return [json.loads(line) for line in self.record.read_bytes().splitlines()] if self.record.exists() else []

    def is_signed(self, headers: Any, body: bytes) -> bool:
        """Whether whoever knows the secret sent it, lately."""
        id_, at, proof = (headers.get(f"webhook-{name}", "") for name in ("id", "timestamp", "signature"))
        if not at.isascii() or not at.isdigit() or len(at) > 12 or abs(time.time() - int(at)) > OLDEST_S:
            return False
        mac = hmac.digest(self.secret, f"{id_}.{at}.".encode() + body, "sha256")
        wanted = f"v1,{base64.b64encode(mac).decode()}"
        return any(hmac.compare_digest(wanted, one) for one in proof.split())


class GatewayServer(ThreadingHTTPServer):
    """One gateway on an address of this machine."""

    daemon_threads = True

    def __init__(self, gateway: Gateway, port: int) -> None:
        self.gateway = gateway
        super().__init__(("127.0.0.1", port), Handler)


class Handler(BaseHTTPRequestHandler):
    """Answers for a self.server.gateway."""

    server: "GatewayServer"
    protocol_version = "HTTP/1.1"
    timeout = 30

    def do_GET(self) -> None:
        """Say what was taken."""
        if self.path == "/rung":
            self._answer(200, self.server.gateway.rung())
        else:
            self._answer(404, {"problem": "There is no such page."})

    def do_PUT(self) -> None:
        """Behave otherwise from now on."""
        try:
            self.server.gateway.behaviour = Behaviour(**json.loads(self._body()))
        except (TypeError, ValueError):
            self._answer(400, {"problem": "There is no such behaviour."})
        else:
            self._answer(200, {})

    def do_POST(self) -> None:
        """Take one notice."""
        body = self._body()
        if not self.server.gateway.is_signed(self.headers, body):
            self._answer(401, {"problem": "The signature is not good."})
            return
        said = _notice(body)
        if said is None:
            self._answer(422, {"problem": "That is no notice."})
            return
        behaviour = self.server.gateway.next_behaviour()
        if behaviour.die == "before":
            os._exit(DEAD)
        if behaviour.status >= 400:
            time.sleep(behaviour.late_s)
            self._answer(behaviour.status, {"problem": "As it was told to."})
            return
        rang = self.server.gateway.take(self.headers["webhook-id"], said)
        if behaviour.die == "after":
            os._exit(DEAD)
        time.sleep(behaviour.late_s)
        self._answer(behaviour.status, {"rang": rang})

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  # its name in the standard library
        """Print nothing: the record is what counts."""

    def _body(self) -> bytes:
        said = self.headers.get("content-length", "0")
        length = int(said) if said.isascii() and said.isdigit() else 0
        return self.rfile.read(min(length, BODY_BYTES_MAX))

    def _answer(self, status: int, said: object) -> None:
        raw = json.dumps(said, ensure_ascii=False).encode("utf-8")
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)


def _notice(body: bytes) -> dict[str, Any] | None:
    try:
        said = json.loads(body)
    except ValueError:
        return None
    is_one = isinstance(said, dict) and said.get("kind") in KINDS and str(said.get("to", "")).startswith("+")
    return said if is_one else None


def secret_of(text: str) -> bytes:
    """Read a secret as settings write it."""
    try:
        return base64.b64decode(text.removeprefix("whsec_").encode("ascii"), validate=True)
    except (binascii.Error, UnicodeEncodeError) as exc:
        raise argparse.ArgumentTypeError("whsec_ and base64") from exc


def main() -> None:
    """Serve until ended."""
    parser = argparse.ArgumentParser(prog="python -m lintas_simulators.gateway", description="A gateway to phones.")
    parser.add_argument("--port", type=int, default=0, help="0 for any that is free")
    parser.add_argument("--record", type=Path, required=True, help="file that keeps what was taken")
    parser.add_argument("--secret", type=secret_of, required=True, help="whsec_…, as in the node's settings")
    parser.add_argument("--behaviour", type=json.loads, default={}, help="as PUT /behaviour takes it")
    said = parser.parse_args()
    gateway = Gateway(record=said.record, secret=said.secret, behaviour=Behaviour(**said.behaviour))
    gateway.open()
    server = GatewayServer(gateway, said.port)
    print(f"gateway http://127.0.0.1:{server.server_address[1]}", flush=True)  # noqa: T201  # what tests wait for
    server.serve_forever()


if __name__ == "__main__":
    main()
