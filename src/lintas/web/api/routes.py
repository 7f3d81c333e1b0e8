# SPDX-License-Identifier: Apache-2.0
"""The part of the one table of routes that systems ask; `lintas.web.routes` joins the parts."""

from dataclasses import dataclass
from typing import Final, Literal

import msgspec

from lintas.limits import FILE_BYTES_MAX
from lintas.model.find_answers import EntityShown, Found, MessageShown
from lintas.model.intake_answers import Taken
from lintas.model.money_answers import AccountsShown, LedgerShown, PaymentsShown, TraceShown
from lintas.model.peer_answers import Peers
from lintas.model.watch_answers import Alerts, WatchAdded
from lintas.web.api import answers as api
from lintas.web.api import money, wire
from lintas.web.api.calls import ApiFunction
from lintas.web.sizes import PUBLIC_BYTES_MAX, TERMS_BYTES_MAX

API: Final = "/api/v1"


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiRouteSpec:
    """One route that systems ask. Each but a public one asks for a key made for its activity: there is no switch."""

    path: str
    method: Literal["GET", "POST"] = "GET"
    name: str
    says: str = ""  # what it does, in a line
    does: ApiFunction  # runs in a worker thread
    may: Literal["public", "key"] = "key"
    activity: str = ""  # of the access pack; empty for public routes alone
    query: type[msgspec.Struct] = wire.NoQuery
    body: type[msgspec.Struct] | Literal["", "file", "form"] = ""
    answer: type[msgspec.Struct] | None = None  # None for what is not described
    bytes_max: int = 0  # of the request's body

    def __post_init__(self) -> None:
        assert bool(self.activity) == (self.may == "key") == (self.answer is not None), f"who may {self.path}?"


API_ROUTES: Final = (
    ApiRouteSpec(path="/openapi.json", name="openapi", does=api.document, may="public"),
    ApiRouteSpec(
        path="/oidc/back-channel-logout",
        method="POST",
        name="elsewhere-ended",
        does=api.log_out,
        may="public",
        body="form",
        bytes_max=PUBLIC_BYTES_MAX,
    ),
    ApiRouteSpec(
        path=f"{API}/find",
        method="POST",
        name="api-find",
        says="Look terms up",
        does=api.find,
        activity="find",
        body=wire.FindBody,
        answer=Found,
        bytes_max=TERMS_BYTES_MAX,
    ),
    ApiRouteSpec(
        path=f"{API}/messages/{{message}}",
        name="api-message",
        says="Show one message",
        does=api.message,
        activity="read",
        query=wire.MessageQuery,
        answer=MessageShown,
    ),
    ApiRouteSpec(
        path=f"{API}/entities",
        name="api-entity",
        says="Show one entity",
        does=api.entity,
        activity="read",
        query=wire.EntityQuery,
        answer=EntityShown,
    ),
    ApiRouteSpec(
        path=f"{API}/take",
        method="POST",
        name="api-take",
        says="Take one file in",
        does=api.take,
        activity="take",
        query=wire.TakeQuery,
        body="file",
        answer=Taken,
        bytes_max=FILE_BYTES_MAX,
    ),
    ApiRouteSpec(
        path=f"{API}/watches",
        name="api-watches",
        says="Show the standing questions",
        does=api.watches,
        activity="watch",
        answer=wire.WatchList,
    ),
    ApiRouteSpec(
        path=f"{API}/watches",
        method="POST",
        name="api-watch",
        says="Ask to be told of identifiers",
        does=api.watch,
        activity="watch",
        body=wire.WatchBody,
        answer=WatchAdded,
        bytes_max=TERMS_BYTES_MAX,
    ),
    ApiRouteSpec(
        path=f"{API}/alerts",
        name="api-alerts",
        says="Show alerts",
        does=api.alerts,
        activity="watch",
        query=wire.AlertQuery,
        answer=Alerts,
    ),
    ApiRouteSpec(
        path=f"{API}/trace",
        method="POST",
        name="api-trace",
        says="Follow money through the payments that messages tell of",
        does=money.trace,
        activity="trace.run",
        body=money.TraceBody,
        answer=TraceShown,
        bytes_max=TERMS_BYTES_MAX,
    ),
    ApiRouteSpec(
        path=f"{API}/ledger",
        name="api-ledger",
        says="Say how many payments there are",
        does=money.status,
        activity="ledger.read",
        answer=LedgerShown,
    ),
    ApiRouteSpec(
        path=f"{API}/ledger/accounts",
        name="api-ledger-accounts",
        says="List accounts, those that moved most first",
        does=money.accounts,
        activity="ledger.read",
        query=money.AccountsQuery,
        answer=AccountsShown,
    ),
    ApiRouteSpec(
        path=f"{API}/ledger/payments",
        name="api-ledger-payments",
        says="List the payments of one account",
        does=money.payments,
        activity="ledger.read",
        query=money.PaymentsQuery,
        answer=PaymentsShown,
    ),
    ApiRouteSpec(
        path=f"{API}/peers",
        name="api-peers",
        says="Show the peers",
        does=api.peers,
        activity="peers.read",
        answer=Peers,
    ),
)
