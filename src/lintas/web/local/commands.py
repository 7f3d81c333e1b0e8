# SPDX-License-Identifier: Apache-2.0
"""The one table of verbs: what the command line can ask, and the function that does it.

The running node calls it for the local socket, the command line for a node that nobody serves: the same function.
"""

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

import msgspec

from lintas.errors import LintasError, NotAllowed
from lintas.formats.reader_names import current_reader, known_reader
from lintas.model.find_answers import ClassChanged, Found, MessageShown
from lintas.model.intake_answers import Taken
from lintas.model.key_answers import KeysAndHealth
from lintas.model.log_answers import Erased, LogPage, Rebuilt, Verified
from lintas.model.marking import Grading, Marking, protected_classes
from lintas.model.node_answers import BackedUp, Health, Status
from lintas.model.share_answers import OutboxPage, Shared
from lintas.model.viewer import Viewer
from lintas.model.watch_answers import Alerts, Digest, WatchAdded
from lintas.policy.access import RULES
from lintas.web.local import wire
from lintas.web.local.account_commands import ACCOUNT_COMMANDS
from lintas.web.local.activities import activity_of
from lintas.web.local.bank_commands import BANK_COMMANDS
from lintas.web.local.calling import LOCAL_VIEWER, Call, never, quiet
from lintas.web.local.case_commands import CASE_COMMANDS
from lintas.web.local.money_commands import MONEY_COMMANDS
from lintas.web.local.order_commands import ORDER_COMMANDS
from lintas.web.local.oversee_commands import OVERSEE_COMMANDS
from lintas.web.local.peer_commands import PEER_COMMANDS
from lintas.web.local.people_commands import PEOPLE_COMMANDS
from lintas.web.local.quarantine_commands import QUARANTINE_COMMANDS
from lintas.web.local.recall_commands import RECALL_COMMANDS
from lintas.web.local.report_commands import REPORT_COMMANDS
from lintas.web.local.request_commands import DESK_COMMANDS
from lintas.web.local.sign_in_commands import SIGN_IN_COMMANDS
from lintas.web.local.system_commands import SYSTEM_COMMANDS
from lintas.web.local.tracing_commands import TRACING_COMMANDS
from lintas.work import finding, intake, keeping, orders, protecting, proving, sharing, watching
from lintas.work.access import admit, record_refusal
from lintas.work.accounts.people import find_open
from lintas.work.accounts.viewing import viewer_of
from lintas.work.intake import TakenFile, TakeOptions
from lintas.work.services import Progress, Services

WAIT_SLICE_S: Final = 1.0  # longest time until a waiting call notices that the server stops


def take(call: Call, request: wire.Take) -> Taken:
    """Take files in."""
    marking = Marking.from_codes(request.marking) if request.marking is not None else None
    options = TakeOptions(
        format=reader_called(request.format),
        marking=marking,
        grading=Grading.from_text(request.grading) if request.grading else None,
        mapping=request.mapping,
        region=request.region,
        source=request.source,
        areas=tuple(request.areas),
        classes=protected_classes(request.classes),
    )
    return intake.take(call.services, call.viewer, call.files, options=options, progress=call.progress)


def reader_called(name: str) -> str:
    """The reader that a person means: `stix` is the newest one of that family; nothing leaves it to the file.

    Raises:
        UnknownTerm: There is no such reader.
    """
    if not name:
        return ""
    return known_reader(name) if "/" in name else current_reader(f"{name}/1")


def guess_mapping(call: Call, request: wire.GuessMapping) -> wire.MappingAnswer:
    """Say how the columns of a table would be read."""
    return wire.MappingAnswer(intake.guess_mapping(call.services, call.one_file(), region=request.region))


def find(call: Call, request: wire.Find) -> Found:
    """Look terms up."""
    return finding.find(
        call.services,
        call.viewer,
        request.terms,
        filters=request.filters,
        purpose=request.purpose,
        limit=request.limit,
        unmask=request.unmask,
    )


def watch_add(call: Call, request: wire.WatchAdd) -> WatchAdded:
    """Ask to be told."""
    return watching.add_watch(call.services, call.viewer, request.terms, days=request.days, note=request.note)


def watch_list(call: Call, _request: wire.WatchList) -> wire.Watches:
    """Show the standing questions."""
    return wire.Watches(watching.list_watches(call.services, call.viewer))


def watch_end(call: Call, request: wire.WatchEnd) -> wire.WatchEnded:
    """End a standing question."""
    return wire.WatchEnded(watching.end_watch(call.services, call.viewer, request.watch))


def alert_list(call: Call, request: wire.AlertList) -> Alerts:
    """Show alerts; wait in slices, so that a server that stops need not wait for those who wait."""
    deadline = time.monotonic() + request.wait_s
    while True:
        left_s = max(0.0, deadline - time.monotonic())
        if request.wait_s <= 0:
            return watching.list_alerts(
                call.services, call.viewer, after=request.after, limit=request.limit, mine=request.mine
            )
        slice_s = min(left_s, WAIT_SLICE_S)
        found = watching.wait_alerts(call.services, call.viewer, after=request.after, wait_s=slice_s, mine=request.mine)
        if found.alerts or left_s <= WAIT_SLICE_S or call.is_stopping():
            return msgspec.structs.replace(found, alerts=found.alerts[: request.limit])


def acknowledge(call: Call, request: wire.Acknowledge) -> wire.Acknowledged:
    """Say that an alert was seen."""
    return wire.Acknowledged(watching.acknowledge(call.services, call.viewer, request.alert))


def alert_digest(call: Call, request: wire.AlertDigest) -> Digest:
    """Count alerts by watch and by who says so."""
    return watching.digest(call.services, call.viewer, request.since)


def hand_over(call: Call, request: wire.HandOver) -> wire.HandedOver:
    """Give an alert to another person."""
    return wire.HandedOver(watching.hand_over(call.services, call.viewer, request.alert, request.to))


def show_log(call: Call, request: wire.ShowLog) -> LogPage:
    """Show entries, newest first."""
    return proving.log_page(call.services, call.viewer, before=request.before, limit=request.limit)


def receipt(call: Call, request: wire.Receipt) -> wire.FileAnswer:
    """Prove that the log holds a message."""
    data = proving.receipt(call.services, call.viewer, request.message)
    return wire.FileAnswer(f"{request.message[:16]}.tlog-proof", data)


def entry_file(call: Call, request: wire.EntryFile) -> wire.FileAnswer:
    """Give the signed header of a message."""
    data = proving.entry_file(call.services, call.viewer, request.message)
    return wire.FileAnswer(f"{request.message[:16]}.entry.json", data)


def export(call: Call, request: wire.Export) -> wire.FileAnswer:
    """Give a file back as it came."""
    given = intake.export_file(call.services, call.viewer, request.id, purpose=request.purpose, unmask=request.unmask)
    return wire.FileAnswer(given.name, given.data, given.watermark)


def show(call: Call, request: wire.Show) -> MessageShown:
    """Show one message."""
    return finding.show_message(call.services, call.viewer, request.id, purpose=request.purpose, unmask=request.unmask)


def class_change(call: Call, request: wire.ClassChange) -> ClassChanged:
    """Put messages into a protected class, or take them out of it."""
    if request.do == "add":
        return protecting.add_class(call.services, call.viewer, request.messages, request.code)
    return protecting.release_class(call.services, call.viewer, request.messages, request.code)


def verify(call: Call, request: wire.Verify) -> Verified:
    """Check the whole log."""
    return proving.verify(call.services, progress=call.progress, head=request.head.encode())


def rebuild(call: Call, request: wire.Rebuild) -> Rebuilt:
    """Build every view anew."""
    return keeping.rebuild(call.services, read_again=request.read_again, progress=call.progress)


def erase(call: Call, request: wire.Erase) -> Erased:
    """Erase payloads."""
    return keeping.erase(call.services, call.viewer, request.messages, ground=request.ground)


def backup(call: Call, request: wire.Backup) -> BackedUp:
    """Write a sealed copy."""
    return keeping.backup(
        call.services,
        Path(request.target),
        passphrase=request.passphrase,
        recipients=request.recipients,
        progress=call.progress,
    )


def show_status(call: Call, _request: wire.ShowStatus) -> Status:
    """Say how the node is."""
    return keeping.status(call.services)


def examine(call: Call, _request: wire.Examine) -> Health:
    """Check what the node stands on."""
    return keeping.doctor(call.services)


def key_status(call: Call, _request: wire.KeyStatus) -> KeysAndHealth:
    """Say which keys count and how they rest."""
    return keeping.keys_and_health(call.services, call.viewer)


def share(call: Call, request: wire.Share) -> Shared:
    """Release messages to peers, or say what that would do."""
    if request.dry_run:
        return sharing.preview(
            call.services, call.viewer, request.messages, to=request.to, purpose=request.purpose, basis=request.basis
        )
    services, viewer = call.services, call.viewer
    if services.store.read(lambda snapshot: orders.must_order(services, snapshot, viewer, "share")):
        said = {name: getattr(request, name) for name in ("messages", "to", "purpose", "basis", "urgent")}
        waits = orders.propose(services, viewer, "share", said)
        console = services.config.console_url.rstrip("/")
        return Shared([], [], "", "", dry_run=False, order=waits.id, confirm_at=f"{console}/approvals/{waits.id}")
    return sharing.share(
        call.services,
        call.viewer,
        request.messages,
        to=request.to,
        purpose=request.purpose,
        basis=request.basis,
        urgent=request.urgent,
    )


def show_outbox(call: Call, request: wire.ShowOutbox) -> OutboxPage:
    """Show what was released."""
    return sharing.outbox(
        call.services,
        call.viewer,
        peer=request.peer,
        before=request.before,
        limit=request.limit,
        only_items=not request.is_whole,
    )


def viewer_called(services: Services, name: str) -> Viewer:
    """Who acts: the command line itself, or the open account of that name or id, as everything stands now.

    Raises:
        UnknownTerm: There is no open account of that name.
    """
    if not name:
        return LOCAL_VIEWER
    return services.store.read(lambda snapshot: viewer_of(services, snapshot, find_open(snapshot, name)))


COMMANDS: Final[dict[type[wire.Request], Callable[[Call, Any], msgspec.Struct]]] = {
    wire.Take: take,
    wire.GuessMapping: guess_mapping,
    wire.Find: find,
    wire.WatchAdd: watch_add,
    wire.WatchList: watch_list,
    wire.WatchEnd: watch_end,
    wire.AlertList: alert_list,
    wire.Acknowledge: acknowledge,
    wire.AlertDigest: alert_digest,
    wire.HandOver: hand_over,
    wire.ShowLog: show_log,
    wire.Receipt: receipt,
    wire.EntryFile: entry_file,
    wire.Export: export,
    wire.Show: show,
    wire.ClassChange: class_change,
    wire.Verify: verify,
    wire.Rebuild: rebuild,
    wire.Erase: erase,
    wire.Backup: backup,
    wire.ShowStatus: show_status,
    wire.Examine: examine,
    wire.KeyStatus: key_status,
    wire.Share: share,
    wire.ShowOutbox: show_outbox,
    **ACCOUNT_COMMANDS,
    **MONEY_COMMANDS,
    **TRACING_COMMANDS,
    **BANK_COMMANDS,
    **ORDER_COMMANDS,
    **OVERSEE_COMMANDS,
    **PEER_COMMANDS,
    **PEOPLE_COMMANDS,
    **CASE_COMMANDS,
    **SIGN_IN_COMMANDS,
    **SYSTEM_COMMANDS,
    **QUARANTINE_COMMANDS,
    **RECALL_COMMANDS,
    **REPORT_COMMANDS,
    **DESK_COMMANDS,
}


def run(
    services: Services,
    request: wire.Request,
    *,
    files: Sequence[TakenFile] = (),
    progress: Progress = quiet,
    is_stopping: Callable[[], bool] = never,
) -> msgspec.Struct:
    """Do what a request asks.

    Raises:
        LintasError: As the verb's use case says.
    """
    viewer = viewer_called(services, request.actor)
    call = Call(services=services, viewer=viewer, files=files, progress=progress, is_stopping=is_stopping)
    try:
        admit(services, viewer, activity_of(request))
        return COMMANDS[type(request)](call, request)
    except NotAllowed as refused:
        if refused.rule in RULES and not isinstance(request, wire.READ_ONLY):
            record_refusal(services, viewer, refused.rule, str(type(request).__struct_config__.tag))
        raise


def failure_of(error: LintasError) -> wire.Failure:
    """An error of our tree as a line."""
    return wire.Failure(
        kind=type(error).__name__,
        message=error.message,
        hint=error.hint,
        exit_code=error.exit_code,
        rule=getattr(error, "rule", ""),
        limit=getattr(error, "limit", ""),
    )
