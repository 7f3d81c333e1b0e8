# SPDX-License-Identifier: Apache-2.0
"""Check every decision of the log offline: whose passkey said what, and that what binds was done under an order.

From the first passkey on, an entry that binds a person has to stand in the run of entries that a `done` claims, of an
order about just that; and each `done` needs the assertions that its order asks for, under passkeys that counted there.
Neither the node's key nor its database can make one. What this cannot see: who holds a passkey. A person's first one is
vouched for by the password or link that opened their session; and accounts that an OpenID provider names have no order.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from lintas.crypto.assents import assertion_of, check_assent
from lintas.crypto.passkeys import from_base64url
from lintas.errors import LintasError
from lintas.formats.access import AccessTable
from lintas.model.header_rules import LOCAL_CHANNEL
from lintas.model.ids import MessageId
from lintas.model.marking import Protected, class_bits
from lintas.policy.orders import PERSONAL, Answering, OrderFacts, Said, refusal
from lintas.work.proving.desk_effects import FREE, SHARED, Left, left
from lintas.work.proving.effects import FIT, Effect
from lintas.work.streams import SELF

DECIDING: Final = frozenset({"order", "access", "introduction"})  # kinds whose payloads are looked into
_APPROVE: Final = "orders.approve"
_BY_ORDER: Final = frozenset({"created", "closed", "role", "clearance", "opens"})  # of what `account` entries say
_GIVING: Final = frozenset({"created", "provider_created", "provider_changed"})  # as above: all of somebody's rights
_ANSWERED: Final = frozenset({"introduced", "resumed", "rolled"})  # of what `peer` entries say
_VOUCHING: Final = frozenset({"people.change", "own.access"})  # orders that vouch for a passkey
_VOUCHES: Final = frozenset({"passkey", "lost"})  # what they then say
_POLICY: Final = re.compile(rb'"policy":"([0-9a-f]{64})"')


@dataclass(slots=True)
class _Passkey:
    account: str
    public: str
    counts: bool


@dataclass(slots=True)
class _Order:
    seq: int
    at: str
    said: Mapping[str, Any] | None  # the payload; None once it was erased
    assents: list[Said] = field(default_factory=list)
    needs_second: bool = False
    is_done: bool = False

    def facts(self) -> OrderFacts:
        said = self.said or {}
        return OrderFacts(
            by=said.get("by", self.assents[0].by if self.assents else ""),
            session="",
            expires_at=said.get("expires_at", "9999"),
            needs_second=self.needs_second,
            may_alone=True,
            ground=said.get("ground", "erased with what it said"),
            said=tuple(self.assents),
        )


@dataclass(slots=True)
class Decisions:
    """What the entries so far say of people and of what they decided."""

    node: str
    table: AccessTable
    is_bound: bool = False
    in_force: str = ""  # digest of the access policy
    decided: str = ""  # of the one that people put into force, until the operator has put it in place
    last: int = -1  # place of the last order, or of the last answer to one
    roles: dict[str, str] = field(default_factory=dict)  # of open accounts
    rights: dict[str, Mapping[str, Any]] = field(default_factory=dict)  # role, clearance and classes, as above
    passkeys: dict[str, _Passkey] = field(default_factory=dict)
    enrolled: set[str] = field(default_factory=set)  # who ever had a passkey
    vouched: set[str] = field(default_factory=set)  # orders that vouched for a passkey already
    orders: dict[str, _Order] = field(default_factory=dict)
    classes: dict[str, int] = field(default_factory=dict)  # of messages that have any
    channels: dict[str, str] = field(default_factory=dict)  # ours -> the peer
    run: list[Left] = field(default_factory=list)  # released items without their place yet
    lanes: set[str] = field(default_factory=set)  # references of fast lanes that people of this node agreed on
    waiting: dict[int, Effect] = field(default_factory=dict)  # what binds and no order has claimed yet

    def problems(
        self, seq: int, message: str, header: Mapping[str, Any], data: bytes | None, openings: bytes
    ) -> Iterator[str]:
        """Check one entry of this node against those before it.

        Args:
            data: Its payload, if it has one that is here and is the signed one.
            openings: What its references open to.
        """
        if header["originator"] != self.node:
            return
        kind = header["kind"]
        if codes := header["marking"].get("classes"):
            self.classes[message] = class_bits(Protected(one) for one in codes)
        if kind == "order":
            yield from self._order(seq, message, header, data)
        elif kind == "assent":
            yield from self._assent(seq, header)
        elif kind == "credential":
            yield from self._credential(seq, header["body"])
        elif kind == "access" and self.is_bound and data is not None:
            found = _POLICY.findall(data)  # the last one: what was asked stands before it
            yield from self._policy(found[-1].decode() if found else "")
        else:
            if kind == "account":
                yield from self._rights(header["body"])
            self._effect(seq, kind, header, data, openings)

    def unclaimed(self) -> Iterator[tuple[int, str]]:
        """What binds and was done under no order."""
        for seq, effect in sorted(self.waiting.items()):
            yield seq, f"{effect.words}, without an order that people confirmed"

    def _order(self, seq: int, message: str, header: Mapping[str, Any], data: bytes | None) -> Iterator[str]:
        self.last = seq
        said = None if data is None else json.loads(data)
        self.orders[message] = _Order(seq, header["created_at"], said)
        if self.is_bound and said is not None:
            yield from self._policy(said["shown"].get("the access policy", ""))

    def _credential(self, seq: int, body: Mapping[str, Any]) -> Iterator[str]:
        held = self.passkeys.get(body["credential"])
        if body["action"] == "ended":
            if held is None or held.account != body["account"]:
                yield "it ends a passkey that this person does not have"
            else:
                held.counts = False
            return
        self.is_bound = True
        if held is not None:
            yield "it adds a passkey that stands in the log before"
            return
        is_known = body["account"] in self.roles
        if not is_known:
            yield "it adds a passkey to somebody of whom no entry says that they work here"
        is_first = body["account"] not in self.enrolled
        is_vouched = not is_first and self._vouches(body["vouched_by"], body["account"])
        if not is_first and not is_vouched:
            yield "it adds a further passkey to a person, and nobody vouched for it"
        self.passkeys[body["credential"]] = _Passkey(
            body["account"], body["public"], is_known and (is_first or is_vouched)
        )
        self.enrolled.add(body["account"])

    def _vouches(self, name: str, account: str) -> bool:
        """Whether an order vouches for one more passkey of a person; each does so once."""
        order = self.orders.get(name)
        if order is None or not order.is_done or name in self.vouched:
            return False
        self.vouched.add(name)
        if order.said is None:
            return True  # what was ordered is erased; that people confirmed it is not
        said = order.said["said"]
        return order.said["action"] in _VOUCHING and (said.get("account"), said.get("do") in _VOUCHES) == (
            account,
            True,
        )

    def _assent(self, seq: int, header: Mapping[str, Any]) -> Iterator[str]:
        body = header["body"]
        order = self.orders.get(body["order"])
        if order is None:
            yield "it answers an order that does not stand before it"
        elif body["verdict"] == "done":
            yield from self._done(seq, order, body)
        elif body["verdict"] in PERSONAL:
            yield from self._personal(order, header)
        elif body["by"] != SELF:
            yield "it says for a person what the node itself says"
        else:
            order.assents.append(Said(body["verdict"], body["by"]))
        self.last = seq

    def _personal(self, order: _Order, header: Mapping[str, Any]) -> Iterator[str]:
        body = header["body"]
        held = self.passkeys.get(body.get("credential", ""))
        if held is None:
            yield "no passkey of this log answered that order"
            return
        if held.account != body["by"]:
            yield "the passkey that answered is another person's"
            return
        if not held.counts:
            yield "the passkey that answered did not count there: it was ended, or nobody vouched for it"
            return
        try:
            public = from_base64url(held.public)
            check_assent(public, assertion_of(body), order=MessageId(body["order"]), verdict=body["verdict"])
        except LintasError as exc:
            yield f"the passkey did not sign that answer to that order: {exc.message}"
            return
        if body["by"] not in self.roles:
            yield "whoever answered had no open account there, as the log tells"
            return
        order.needs_second = self._needs_second(order)
        acts, approves = self._lacks(order, body["by"])
        who = Answering(id=body["by"], session="", stands_for=frozenset(), may_act=acts, may_approve=approves)
        if why := refusal(order.facts(), who, body["verdict"], now=header["created_at"]):
            yield f"that answer does not count: {why[1]}"
            return
        order.assents.append(Said(body["verdict"], body["by"]))

    def _needs_second(self, order: _Order) -> bool:
        """As the node asked it there; of an older access policy only what the order itself says is known."""
        said = order.said
        if said is None or said["second"]:
            return said is not None
        if said["shown"].get("the access policy") != self.table.digest or said["action"] not in self.table.activities:
            return False
        action, classes = said["action"], said["classes"]
        if any(action in row.four_eyes for row in self.table.classes.values() if row.code.bit & classes):
            return True
        if said.get("lone") is True and action == "power.order" and said["said"]["lane"] in self.lanes:
            return False  # under a fast lane, which two people agreed on
        return self.table.activities[action].four_eyes and len(self._approvers()) > 1

    def _lacks(self, order: _Order, person: str) -> tuple[str, str]:
        """Why somebody's role, as the log tells it, may not do what is ordered, and not approve it; empty where it may.

        Of an order under an access policy that was in force before nothing is known.
        """
        said = order.said
        if said is None or {said["shown"].get("the access policy"), self.in_force or self.table.digest} != {
            self.table.digest
        }:
            return "", ""
        rows, role = self.table.activities, self.roles[person]
        names = (said["action"], _APPROVE)
        words = f"as the log tells, their role there was {role}, which may not"
        lacks = ["" if name not in rows or rows[name].owner or role in rows[name].roles else words for name in names]
        return lacks[0], lacks[1]

    def _approvers(self) -> set[str]:
        allowed = self.table.activities[_APPROVE].roles
        enrolled = {one.account for one in self.passkeys.values() if one.counts}
        return {person for person, role in self.roles.items() if person in enrolled and role in allowed}

    def _done(self, seq: int, order: _Order, body: Mapping[str, Any]) -> Iterator[str]:
        if order.is_done:
            yield "it says that an order was done which was done before"
            return
        facts = order.facts()
        if not facts.is_ready:
            yield "it says that an order was done which those who had to did not confirm"
            return
        if facts.actor != body["by"]:
            yield "it says that somebody did what another person confirmed"
            return
        order.is_done = True
        order.assents.append(Said("done", body["by"]))
        start = seq - body.get("effects", 0)
        if start <= max(self.last, order.seq):
            yield "it claims entries that stand before the last answer"
            return
        if order.said is None:
            for place in [one for one in self.waiting if start <= one < seq]:
                del self.waiting[place]  # what was ordered is erased; that people confirmed it is not
            return
        yield from self._claim(start, seq, order.said, MessageId(body["order"]), facts.actor)

    def _claim(self, start: int, stop: int, payload: Mapping[str, Any], order: MessageId, actor: str) -> Iterator[str]:
        action, said = payload["action"], payload["said"]
        bits = 0
        for message in said.get("messages", ()):
            bits |= self.classes.get(message, 0)
        if bits & ~payload["classes"] and action != "class.release":
            yield "the order says less than is of a protected class in what it is about"
        if action == "policy.change":
            self.decided = said["digest"]
        for place in [one for one in self.waiting if start <= one < stop]:
            effect = self.waiting[place]
            if effect.action == action and FIT[action](effect.said, {**said, "order": order, "actor": actor}):
                del self.waiting[place]
                if action == "agreement.change":
                    self._agreed(effect.said)

    def _agreed(self, said: Mapping[str, Any]) -> None:
        """Remember which fast lanes people of this node agreed on."""
        (self.lanes.discard if said["what"] == "ended" else self.lanes.add)(said["ref"])

    def _policy(self, digest: str) -> Iterator[str]:
        if not digest or digest == self.in_force:
            return
        if digest == self.decided:
            self.decided = ""
        elif self.in_force:
            yield f"from here on another access policy was in force ({digest[:16]}…), and no order says so"
        self.in_force = digest

    def _effect(self, seq: int, kind: str, header: Mapping[str, Any], data: bytes | None, openings: bytes) -> None:
        body: Mapping[str, Any] = header.get("body", {})
        effect: Effect | None = None
        match kind:
            case "item" if header["channel"] != LOCAL_CHANNEL:
                self.run.append(left(seq, _original(openings), header, data))
            case "introduction" if data is not None:
                heard = json.loads(data)
                said = {"what": "introduced", "node": heard["node"], "by": [heard["by"]]}
                effect = Effect("peers.answer", "it says that a peer's words were heard", said)
            case "key":
                effect = Effect("keys.change", "it puts new keys in the place of the node's", {})
            case "release":
                effect = self._release(seq, body)
            case "peer":
                effect = self._peer(body)
            case "account":
                effect = self._account(body)
            case "classed":
                effect = self._classed(body)
        if effect is not None and self.is_bound:
            self.waiting[seq] = effect

    def _release(self, seq: int, body: Mapping[str, Any]) -> Effect | None:
        bound = [one for one in self.run if one.seq >= seq - body["count"] and one.activity != FREE]
        self.run.clear()
        if not bound:
            return None  # what the protocol itself sends, or what a desk says without an order
        said = {"to": self.channels.get(body["channel"], ""), "actor": body["by"]}
        first = bound[0]
        if len(bound) > 1 or first.activity == SHARED:
            return Effect(SHARED, "it releases messages", said | {"messages": [one.original for one in bound]})
        if first.activity == "agreement.change" and not self.is_bound:
            self._agreed(first.said)
        words = {"request.send": "it asks another desk", "power.order": "it orders", "agreement.change": "it agrees"}
        return Effect(first.activity, words[first.activity], {**first.said, **said})

    def _peer(self, body: Mapping[str, Any]) -> Effect | None:
        self.channels[body["channel"]] = body["node"]
        if body["action"] not in _ANSWERED or body["by"] == [SELF]:
            return None
        said = {name: body[name] for name in ("node", "by", "incarnation")} | {"what": body["action"]}
        return Effect("peers.answer", f"it says that a peer was {body['action']}", said)

    def _rights(self, body: Mapping[str, Any]) -> Iterator[str]:
        """Role, clearance and classes change by entries that say so, and by no others: a table is easily altered."""
        action, account = body["action"], body["account"]
        now = {name: body.get(name, []) for name in ("role", "clearance", "opens")}
        held = self.rights.get(account)
        if action not in _GIVING and held is None:
            yield "it speaks of an account of which no entry says that it was made"
        elif action not in _GIVING and held is not None:
            other = [name for name in now if name != action and now[name] != held[name]]
            if other:
                yield f"it says another {' and '.join(other)} of an account than the entries before it"
        self.rights[account] = now

    def _account(self, body: Mapping[str, Any]) -> Effect | None:
        has_approvers = bool(self._approvers())  # without any, a node whose passkeys are all lost begins anew
        if body["action"] == "closed":
            self.roles.pop(body["account"], None)
        else:
            self.roles[body["account"]] = body["role"]
        if body["action"] not in _BY_ORDER or not has_approvers:
            return None
        return Effect("people.change", f"it says of an account: {body['action']}", dict(body))

    def _classed(self, body: Mapping[str, Any]) -> Effect | None:
        bit = Protected(body["class"]).bit
        for message in body["messages"]:
            held = self.classes.get(message, 0)
            self.classes[message] = held | bit if body["action"] == "added" else held & ~bit
        if body["action"] == "added":
            return None
        return Effect("class.release", "it takes messages out of a protected class", dict(body))


def _original(openings: bytes) -> str:
    """The local item that a released one is of; empty when that was erased."""
    try:
        targets = [str(target) for _, target in json.loads(openings).get("release_of", ())]
    except (ValueError, TypeError, AttributeError):
        return ""
    return targets[0] if targets else ""
