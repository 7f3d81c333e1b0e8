# SPDX-License-Identifier: Apache-2.0
"""What travels over the local socket: one request a verb, files after it, and lines back.

A request is one line of JSON (`Envelope`) followed by the bytes of its files, in order. The reply is NDJSON: any number
of `Progress` lines, then exactly one `Result` or `Failure`. Imports nothing heavy: the command line reads it at start.
"""

from typing import Annotated, Any, Literal

import msgspec

from lintas.model.find_answers import Filters
from lintas.model.watch_answers import AlertShown, WatchShown
from lintas.web.local.account_wire import AnyAccountRequest
from lintas.web.local.bank_wire import AnyBankRequest
from lintas.web.local.case_wire import AnyCaseRequest
from lintas.web.local.key_wire import KeyStatus as KeyStatus  # noqa: PLC0414  # the one name of it
from lintas.web.local.money_wire import AnyMoneyRequest
from lintas.web.local.order_wire import AnyOrderRequest
from lintas.web.local.oversee_wire import AnyOverseeRequest
from lintas.web.local.peer_wire import AnyPeerRequest
from lintas.web.local.people_wire import AnyPeopleRequest
from lintas.web.local.quarantine_wire import AnyQuarantineRequest
from lintas.web.local.recall_wire import AnyRecallRequest
from lintas.web.local.report_wire import AnyReportRequest
from lintas.web.local.request_wire import AnyDeskRequest
from lintas.web.local.requesting import Request as Request  # noqa: PLC0414  # the one name of it
from lintas.web.local.sign_in_wire import AnySignInRequest
from lintas.web.local.system_wire import AnySystemRequest
from lintas.web.local.tracing_wire import AnyTracingRequest

PATH = "/local/v1"
MEDIA_TYPE = "application/vnd.lintas.local"
HEAD_BYTES_MAX = 64 * 1024 * 1024  # bytes of the request line: 100,000 terms of 100 characters fit five times


class Take(Request, frozen=True, kw_only=True):
    """Take files in."""

    format: str = ""
    marking: dict[str, Any] | None = None  # codes, as `Marking.codes` writes them
    grading: str = ""
    source: str = ""
    mapping: str = ""
    region: str = ""
    areas: list[str] = []  # noqa: RUF012  # a struct copies it
    classes: list[str] = []  # noqa: RUF012  # as above; protected classes


class GuessMapping(Request, frozen=True, kw_only=True):
    """Say how the columns of one table would be read."""

    region: str = ""


class Find(Request, frozen=True, kw_only=True):
    """Look terms up."""

    terms: list[str]
    filters: Filters = Filters()
    purpose: str = ""
    limit: int = 20
    unmask: bool = False


class WatchAdd(Request, frozen=True, kw_only=True):
    """Ask to be told when one of some terms appears."""

    terms: list[str]
    days: int = 90
    note: str = ""


class WatchList(Request, frozen=True, kw_only=True):
    """Show the standing questions."""


class WatchEnd(Request, frozen=True, kw_only=True):
    """End a standing question."""

    watch: str


class AlertList(Request, frozen=True, kw_only=True):
    """Show alerts, waiting for one if there is none yet."""

    after: str = ""
    wait_s: float = 0.0
    limit: int = 200
    mine: bool = False


class AlertDigest(Request, frozen=True, kw_only=True):
    """Count alerts by watch and by who says so."""

    since: str = ""


class HandOver(Request, frozen=True, kw_only=True):
    """Give an alert to another person."""

    alert: str
    to: str


class Acknowledge(Request, frozen=True, kw_only=True):
    """Say that an alert was seen."""

    alert: str


class ShowLog(Request, frozen=True, kw_only=True):
    """Show entries of the log, newest first."""

    before: int = 0
    limit: int = 100


class Receipt(Request, frozen=True, kw_only=True):
    """Give the proof that the log holds a message."""

    message: str


class EntryFile(Request, frozen=True, kw_only=True):
    """Give the signed header of a message, as the stand-alone verifier reads it."""

    message: str


class Export(Request, frozen=True, kw_only=True):
    """Give a taken file or item back, byte for byte."""

    id: str
    purpose: str = ""
    unmask: bool = False


class Show(Request, frozen=True, kw_only=True):
    """Show one message."""

    id: str
    purpose: str = ""
    unmask: bool = False


class ClassChange(Request, frozen=True, kw_only=True):
    """Put messages into a protected class, or take them out of it."""

    do: Literal["add", "release"]
    messages: list[str]
    code: str


class Verify(Request, frozen=True, kw_only=True):
    """Check the whole log, and that it contains a head which was kept elsewhere."""

    head: str = ""


class Rebuild(Request, frozen=True, kw_only=True):
    """Build every view anew from the log."""

    read_again: bool = False


class Erase(Request, frozen=True, kw_only=True):
    """Erase the payloads of some messages."""

    messages: list[str]
    ground: str


class Backup(Request, frozen=True, kw_only=True):
    """Write a sealed copy of the node to a file of the same machine."""

    target: str  # absolute path
    passphrase: str | None = None
    recipients: list[str] = []  # noqa: RUF012  # a struct copies it


class ShowStatus(Request, frozen=True, kw_only=True):
    """Say how the node is."""


class Examine(Request, frozen=True, kw_only=True):
    """Check what the node stands on."""


class Share(Request, frozen=True, kw_only=True):
    """Release messages to peers, or say what that would do."""

    messages: list[str]
    to: list[str] = []  # noqa: RUF012  # a struct copies it
    purpose: str = ""
    basis: str = ""
    urgent: bool = False
    dry_run: bool = False


class ShowOutbox(Request, frozen=True, kw_only=True):
    """Show what was released, newest first."""

    peer: str = ""
    is_whole: bool = False  # what the node sends by itself too: receipts and descriptors
    before: int = 0
    limit: int = 50


AnyRequest = (
    Take
    | GuessMapping
    | Find
    | WatchAdd
    | WatchList
    | WatchEnd
    | AlertList
    | AlertDigest
    | HandOver
    | Acknowledge
    | ShowLog
    | Receipt
    | EntryFile
    | Export
    | Show
    | ClassChange
    | Verify
    | Rebuild
    | Erase
    | Backup
    | ShowStatus
    | Examine
    | Share
    | ShowOutbox
    | KeyStatus
    | AnyAccountRequest
    | AnyMoneyRequest
    | AnyOrderRequest
    | AnyOverseeRequest
    | AnyPeerRequest
    | AnyPeopleRequest
    | AnyCaseRequest
    | AnySignInRequest
    | AnyQuarantineRequest
    | AnyRecallRequest
    | AnyReportRequest
    | AnyDeskRequest
    | AnySystemRequest
    | AnyTracingRequest
    | AnyBankRequest
)


READ_ONLY = (Verify, ShowStatus, Examine)  # show no content, so write no entry: each process may look for itself


class FileHead(msgspec.Struct, frozen=True):
    """Name and size of a file that follows the request line."""

    name: str
    size_bytes: Annotated[int, msgspec.Meta(ge=0)]


class Envelope(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The request line."""

    request: AnyRequest
    files: list[FileHead] = []


class Progress(msgspec.Struct, frozen=True, tag_field="line", tag="progress"):
    """How far the work is; total 0 means unknown."""

    what: str
    done: int
    total: int


class Result(msgspec.Struct, frozen=True, tag_field="line", tag="result"):
    """The last line when it went well."""

    value: msgspec.Raw


class Failure(msgspec.Struct, frozen=True, tag_field="line", tag="failure"):
    """The last line when it did not: an error of our tree."""

    kind: str  # name of the class in lintas.errors
    message: str
    hint: str
    exit_code: int
    rule: str = ""
    limit: str = ""


Line = Progress | Result | Failure


class FileAnswer(msgspec.Struct, frozen=True):
    """A file given back: its bytes travel as base64."""

    name: str
    data: bytes
    watermark: str = ""  # who saved it, when and what for, where the policy asks for that


class MappingAnswer(msgspec.Struct, frozen=True):
    """A guessed column mapping, as canonical JSON."""

    mapping: str


class Watches(msgspec.Struct, frozen=True):
    """All standing questions that the viewer may see."""

    watches: list[WatchShown]


class Acknowledged(msgspec.Struct, frozen=True):
    """The alert, with who saw it and when."""

    alert: AlertShown


class HandedOver(msgspec.Struct, frozen=True):
    """The alert, with who has it now."""

    alert: AlertShown


class WatchEnded(msgspec.Struct, frozen=True):
    """The watch as it ended."""

    watch: WatchShown


def encode_line(line: Line) -> bytes:
    """One NDJSON line."""
    return msgspec.json.encode(line) + b"\n"
