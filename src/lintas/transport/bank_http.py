# SPDX-License-Identifier: Apache-2.0
"""One bank over HTTP: signed both ways, every answer bounded in time and size, and nothing asked of any other host.

Plain http is spoken with a loopback address only; no redirect is followed; no proxy of the environment is used. Both
askings may be repeated: an instruction is done once, whatever a cut connection hid.
Source: docs/spec/bank.md.
"""

import ssl
import threading
import time
from typing import Final

import httpx

from lintas.errors import BadInput
from lintas.formats.bank import (
    NONCE_HEADER,
    SIGNATURE_HEADER,
    TIME_HEADER,
    is_answer_signed,
    read_answer,
    sign_asking,
    write_instruction,
)
from lintas.formats.bank_bookings import read_bookings, write_question
from lintas.limits import BANK_BOOKINGS_BYTES_MAX, BANK_BYTES_MAX, BANK_S_MAX, RECALL_BYTES_MAX
from lintas.model.bank import NO_ANSWER, BankState, Instruction, Outcome
from lintas.model.bookings import NOTHING_TOLD, BookingsTold, Question
from lintas.ports.bank import BankSettings
from lintas.ports.clock import Clock
from lintas.ports.keys import Keys

_JSON: Final = "application/json"
_XML: Final = "application/xml"
_NONCE_BYTES: Final = 16
# What a bank that understands us says besides 200; anything else is no answer, and is asked again.
_REFUSALS: Final = {400: "malformed", 404: "not_known", 409: "other_content"}


class HttpBank:
    """The Bank port over HTTP. Safe to use from several threads."""

    def __init__(self, settings: BankSettings, *, clock: Clock, keys: Keys) -> None:
        self._settings, self._clock, self._keys = settings, clock, keys
        self._context: ssl.SSLContext | None = None
        self._is_cut = threading.Event()

    def instruct(self, instruction: Instruction) -> Outcome:
        """Tell the bank to do something."""
        return self._outcome("POST", "/instructions", write_instruction(instruction))

    def state(self, instruction: Instruction) -> Outcome:
        """Ask what came of it."""
        return self._outcome("GET", f"/instructions/{instruction.id}", b"")

    def ask(self, question: Question) -> tuple[BookingsTold, bytes]:
        """Ask for the bookings of an account."""
        return self._bookings("POST", "/traces", write_question(question))

    def told(self, question: Question) -> tuple[BookingsTold, bytes]:
        """Hear again what it said to a question."""
        return self._bookings("GET", f"/traces/{question.id}", b"")

    def recall(self, request: bytes) -> bytes | None:
        """Ask for money back; returns the bank's file, which nobody has read."""
        return self._file("POST", "/recalls", request)

    def recall_state(self, id_: str) -> bytes | None:
        """Ask what came of a recall; its id stands in an address, so only plain ones are asked for."""
        if not id_.isascii() or not id_.replace("-", "").isalnum():
            return None
        return self._file("GET", f"/recalls/{id_}", b"")

    def cut(self) -> None:
        """Answer nothing any more; what runs ends within its time."""
        self._is_cut.set()

    def _outcome(self, method: str, path: str, body: bytes) -> Outcome:
        asked = self._asked(method, path, body, media_type=_JSON, bytes_max=BANK_BYTES_MAX)
        if isinstance(asked, str):
            return Outcome(state=BankState.UNKNOWN, reason=asked)
        status, raw = asked
        if status != 200:
            refusal = _REFUSALS.get(status)
            return Outcome(state=BankState.UNKNOWN, reason=refusal) if refusal else NO_ANSWER
        try:
            return read_answer(raw)
        except BadInput:
            return Outcome(state=BankState.UNKNOWN, objections=("unreadable",), reason="unreadable")

    def _bookings(self, method: str, path: str, body: bytes) -> tuple[BookingsTold, bytes]:
        asked = self._asked(method, path, body, media_type=_JSON, bytes_max=BANK_BOOKINGS_BYTES_MAX)
        if isinstance(asked, str):
            return BookingsTold(state=BankState.UNKNOWN, reason=asked), b""
        status, raw = asked
        if status != 200:
            refusal = _REFUSALS.get(status)
            return (BookingsTold(state=BankState.UNKNOWN, reason=refusal) if refusal else NOTHING_TOLD), b""
        try:
            return read_bookings(raw), raw
        except BadInput:
            return BookingsTold(state=BankState.UNKNOWN, objections=("unreadable",), reason="unreadable"), b""

    def _file(self, method: str, path: str, body: bytes) -> bytes | None:
        asked = self._asked(method, path, body, media_type=_XML, bytes_max=RECALL_BYTES_MAX)
        return asked[1] if not isinstance(asked, str) and asked[0] == 200 else None

    def _asked(
        self, method: str, path: str, body: bytes, *, media_type: str, bytes_max: int
    ) -> tuple[int, bytes] | str:
        """Ask once; returns status and bytes that the bank signed, or a code of why there are none."""
        if self._is_cut.is_set():
            return "no_answer"
        nonce, at_s = self._keys.random(_NONCE_BYTES).hex(), int(self._clock.now().timestamp())
        signature = sign_asking(self._settings.secret, method=method, path=path, at_s=at_s, nonce=nonce, body=body)
        headers = {
            "content-type": media_type,
            "accept": media_type,
            "accept-encoding": "identity",  # nothing swells on arrival
            "user-agent": "lintas",
            TIME_HEADER: str(at_s),
            NONCE_HEADER: nonce,
            SIGNATURE_HEADER: signature,
        }
        ends = time.monotonic() + BANK_S_MAX
        try:
            with (
                httpx.Client(
                    verify=self._trusted(), timeout=BANK_S_MAX, follow_redirects=False, trust_env=False
                ) as client,
                client.stream(
                    method, self._settings.url.rstrip("/") + path, content=body or None, headers=headers
                ) as response,
            ):
                raw = _bounded(response, ends, bytes_max)
                said = response.headers.get(SIGNATURE_HEADER, "")
        except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, OSError):
            return "no_answer"
        if raw is None:
            return "too_much_or_too_slow"
        if not is_answer_signed(self._settings.secret, said, status=response.status_code, nonce=nonce, body=raw):
            return "not_signed"
        return response.status_code, raw

    def _trusted(self) -> ssl.SSLContext:
        if self._context is None:
            self._context = ssl.create_default_context(cafile=self._settings.ca_file or None)
            self._context.minimum_version = ssl.TLSVersion.TLSv1_2
        return self._context


def _bounded(response: httpx.Response, ends: float, bytes_max: int) -> bytes | None:
    body = bytearray()
    for piece in response.iter_raw():
        body += piece
        if len(body) > bytes_max or time.monotonic() > ends:
            return None
    return bytes(body)
