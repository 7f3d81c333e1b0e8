# SPDX-License-Identifier: Apache-2.0
"""Which activity of the access policy each verb of the command line is; a verb without one does not run."""

from collections.abc import Callable, Mapping
from typing import Final

from lintas.web.local import (
    account_wire,
    bank_wire,
    case_wire,
    key_wire,
    money_wire,
    order_wire,
    oversee_wire,
    peer_wire,
    people_wire,
    quarantine_wire,
    recall_wire,
    report_wire,
    request_wire,
    sign_in_wire,
    system_wire,
    tracing_wire,
    wire,
)
from lintas.work.requests.buttons import POWERS


def _share(request: wire.Request) -> str:
    assert isinstance(request, wire.Share), "asked of one verb only"
    return "preview" if request.dry_run else "share"


def _class_change(request: wire.Request) -> str:
    assert isinstance(request, wire.ClassChange), "asked of one verb only"
    return "class.add" if request.do == "add" else "class.release"


def _peer_change(request: wire.Request) -> str:
    assert isinstance(request, peer_wire.PeerChange), "asked of one verb only"
    return "peers.answer" if request.action == "resume" else "peers.change"


def _need_change(request: wire.Request) -> str:
    assert isinstance(request, people_wire.NeedChange), "asked of one verb only"
    return "need.read" if request.do == "leave" else "need.change"


def _said(request: wire.Request) -> str:
    assert isinstance(request, request_wire.RequestSay), "asked of one verb only"
    return "power.order" if request.what in POWERS else "request.answer"


ACTIVITIES: Final[Mapping[type[wire.Request], str | Callable[[wire.Request], str]]] = {
    wire.Take: "take",
    wire.GuessMapping: "take",
    wire.Find: "find",
    wire.WatchAdd: "watch",
    wire.WatchList: "watch",
    wire.WatchEnd: "watch.end",
    wire.AlertList: "watch",
    wire.Acknowledge: "watch",
    wire.AlertDigest: "watch",
    wire.HandOver: "alert.hand_over",
    wire.ShowLog: "log.read",
    wire.Receipt: "prove",
    wire.EntryFile: "prove",
    wire.Export: "export",
    wire.Show: "read",
    wire.ClassChange: _class_change,
    wire.Verify: "node.keep",
    wire.Rebuild: "node.keep",
    wire.Erase: "erase",
    wire.Backup: "node.keep",
    wire.ShowStatus: "node.read",
    wire.Examine: "node.read",
    account_wire.AccountAdd: "people.change",
    account_wire.AccountList: "people.read",
    account_wire.AccountClose: "people.change",
    account_wire.AccountPassword: "people.change",
    account_wire.AccountLink: "people.change",
    wire.Share: _share,
    wire.ShowOutbox: "outbox",
    key_wire.KeyStatus: "keys.read",
    system_wire.SystemKeyMake: "apikeys.change",
    system_wire.SystemKeyList: "apikeys.change",
    system_wire.SystemKeyEnd: "apikeys.change",
    quarantine_wire.QuarantineList: "quarantine.read",
    quarantine_wire.QuarantineShow: "quarantine.read",
    quarantine_wire.QuarantineDecide: "quarantine.release",
    recall_wire.RecallNew: "request.answer",
    recall_wire.RecallFile: "request.read",
    recall_wire.RecallAnswer: "request.answer",
    report_wire.ReportFile: "report.take",
    report_wire.ReportAmend: "report.take",
    report_wire.ReportClose: "report.take",
    report_wire.ReportReopen: "report.take",
    report_wire.ReportShow: "report.read",
    report_wire.ReportList: "report.read",
    report_wire.ReportStatus: "report.read",
    report_wire.ReportSlip: "report.take",
    report_wire.ReportChat: "report.take",
    request_wire.RequestSend: "request.send",
    request_wire.RequestPreviewed: "request.send",
    request_wire.RequestShow: "request.read",
    request_wire.RequestClaims: "request.read",
    request_wire.RequestLines: "request.read",
    request_wire.RequestFind: "request.read",
    request_wire.RequestSay: _said,
    request_wire.RequestOrder: "power.order",
    request_wire.RequestCorrect: "request.answer",
    request_wire.LaneList: "request.read",
    request_wire.LaneSay: "agreement.change",
    peer_wire.PeerExport: "peers.read",
    peer_wire.PeerAdd: "peers.change",
    peer_wire.PeerList: "peers.read",
    peer_wire.PeerShow: "peers.read",
    peer_wire.PeerIntroduce: "peers.answer",
    peer_wire.PeerChange: _peer_change,
    peer_wire.PeerRoll: "peers.answer",
    peer_wire.PeerAddress: "peers.address",
    peer_wire.PeerNewestHead: "peers.read",
    peer_wire.PeerEvidence: "peers.read",
    peer_wire.PeerEvidenceFile: "peers.evidence",
    money_wire.Trace: "trace.run",
    money_wire.LedgerStatus: "ledger.read",
    money_wire.LedgerAccounts: "ledger.read",
    money_wire.LedgerPayments: "ledger.read",
    bank_wire.BankAsk: "trace.ask",
    bank_wire.BankList: "trace.ask",
    bank_wire.BankDrop: "trace.ask",
    bank_wire.BankNext: "trace.ask",
    tracing_wire.TracingList: "trace.read",
    tracing_wire.TracingShow: "trace.read",
    tracing_wire.TracingOpen: "trace.keep",
    tracing_wire.TracingRun: "trace.keep",
    tracing_wire.TracingRelease: "trace.hand_off",
    tracing_wire.TracingStop: "trace.hand_off",
    tracing_wire.TracingHolds: "trace.read",
    tracing_wire.TracingHold: "request.send",
    order_wire.OrderList: "orders.read",
    order_wire.OrderShow: "orders.read",
    oversee_wire.WhoSaw: "seen.read",
    oversee_wire.OverseeSearch: "oversee",
    oversee_wire.OverseeBoard: "oversee",
    oversee_wire.OverseeExport: "oversee",
    oversee_wire.OverseeOpen: "oversee.open",
    oversee_wire.OverseeAcknowledge: "oversee.acknowledge",
    sign_in_wire.AccessShow: "people.change",
    sign_in_wire.AccessEnd: "people.change",
    sign_in_wire.AccessLost: "people.change",
    case_wire.CaseList: "case.read",
    case_wire.CaseShow: "case.read",
    case_wire.CaseSay: "case.change",
    case_wire.CaseRestrict: "need.change",
    case_wire.HandShow: "hand_over",
    case_wire.HandDo: "hand_over",
    people_wire.PersonChange: "people.change",
    people_wire.PersonShow: "people.read",
    people_wire.NeedShow: "need.read",
    people_wire.NeedChange: _need_change,
    people_wire.DutyShow: "people.read",
    people_wire.ShiftSet: "duty.change",
    people_wire.DeputySet: "duty.change",
    people_wire.DutyEnd: "duty.change",
}


def activity_of(request: wire.Request) -> str:
    """The activity that a request is."""
    assert type(request) in ACTIVITIES, f"web/local/activities.py names the activity of {type(request).__name__}"
    found = ACTIVITIES[type(request)]
    return found if isinstance(found, str) else found(request)
