# SPDX-License-Identifier: Apache-2.0
"""Signs what two nodes say to and of each other, for tests of the store; the same bytes on every run."""

from collections.abc import Sequence

from lintas.crypto.signing import SigningKey
from lintas.crypto.stream import chain_after, chain_start, place_digest
from lintas.model.header import Kind
from lintas.model.ids import MessageId
from lintas.model.marking import Tlp
from lintas.model.reading import Derived
from lintas.ports.store import Store, Transaction
from lintas.work.appending import Prepared, as_payload
from tests.faults.scribe import Scribe, put

PEER_KEY = SigningKey.from_seed(b"\x08" * 32)
THIRD_KEY = SigningKey.from_seed(b"\x09" * 32)
OURS, THEIRS = "pair." + "a" * 32, "pair." + "b" * 32  # the channel of each to the other
OTHER = "pair." + "c" * 32  # our channel to a third node
LIFE, NEXT_LIFE = "1" * 16, "2" * 16  # incarnations


class PeerScribe(Scribe):
    """Makes the entries of exchange: of the node itself, or with another key of a peer."""

    def key(self, *, country: str = "SG", incarnation: str = LIFE) -> Prepared:
        """Who signs for this node."""
        key = {"algorithm": "ed25519", "id": "0" * 64, "public": "1" * 64}
        body: dict[str, object] = {
            "country": country,
            "incarnation": incarnation,
            "log": [key],
            "root": "2" * 64,
            "signing": [key],
        }
        return self.control(Kind.KEY, body)

    def descriptor(self, name: str, *, node: str) -> Prepared:
        """A peer says who it is, as this node keeps it."""
        return self.content(Kind.DESCRIPTOR, as_payload({"signed": {"node": node, "profile": {"organisation": name}}}))

    def peer(
        self,
        node: str,
        action: str,
        *,
        by: Sequence[str] = ("officer-0001",),
        channel: str = OURS,
        ground: str = "agreed",
        incarnation: str = LIFE,
    ) -> Prepared:
        """A peer's standing was changed."""
        body: dict[str, object] = {
            "action": action,
            "by": sorted(by),
            "channel": channel,
            "ground": ground,
            "incarnation": incarnation,
            "node": node,
        }
        return self.control(Kind.PEER, body)

    def introduction(self, node: str, by: str, *, their_person: str = "Inspector Example") -> Prepared:
        """One person heard a peer's words."""
        return self.content(
            Kind.INTRODUCTION, as_payload({"node": node, "by": by, "their_person": their_person}), tlp=Tlp.AMBER_STRICT
        )

    def decision(self, conditions: str, *, outcome: str = "release", rule: str = "marking") -> Prepared:
        """What may be released."""
        body: dict[str, object] = {
            "channel": OURS,
            "conditions": conditions,
            "outcome": outcome,
            "policy": "3" * 64,
            "rule": rule,
        }
        return self.control(Kind.DECISION, body)

    def released(
        self, of: Prepared, place: int, *, channel: str = OURS, tlp: Tlp = Tlp.GREEN, blob: bool = False
    ) -> Prepared:
        """A message of its own over the bytes of a local one."""
        assert of.payload is not None
        refs = {"release_of": [of.id]}
        return self.content(Kind.ITEM, of.payload.data, tlp=tlp, channel=channel, refs=refs, same_as=place, blob=blob)

    def sent(self, derived: Derived, *, channel: str = THEIRS, tlp: Tlp = Tlp.GREEN, data: bytes = b"sent") -> Prepared:
        """An item of a peer, as it arrives: what it is a release of stays closed."""
        return self.content(Kind.ITEM, data, tlp=tlp, channel=channel, derived=derived)

    def release(self, messages: Sequence[MessageId], first: int, **more: str) -> Prepared:
        """The messages before it stand in our stream."""
        return self.control(
            Kind.RELEASE,
            {**stream(messages, first, **{"channel": OURS, **more}), "by": "officer-0001", "decision": "4" * 64},
        )

    def received(self, node: str, messages: Sequence[MessageId], first: int, **more: str) -> Prepared:
        """The messages before it stand in a peer's stream."""
        return self.control(Kind.RECEIVED, {**stream(messages, first, **{"channel": THEIRS, **more}), "node": node})

    def withheld(self, node: str, first: int, digests: Sequence[str]) -> Prepared:
        """The sender did not give what stands in these places."""
        said = stream([MessageId(one) for one in digests], first, channel=THEIRS)
        return self.control(Kind.RECEIVED, {**said, "node": node, "withheld": list(digests)})

    def receipt(
        self,
        messages: Sequence[MessageId],
        state: str,
        *,
        channel: str = THEIRS,
        ground: str = "none",
        desk: str = "duty",
    ) -> Prepared:
        """What became of messages."""
        body: dict[str, object] = {
            "by": "node:self",
            "desk": desk,
            "ground": ground,
            "messages": list(messages),
            "state": state,
        }
        return self.control(Kind.RECEIPT, body, channel=channel)

    def rejection(self, message: MessageId, rejected: Sequence[tuple[str, str]], *, total: int) -> Prepared:
        """What a reader could not use."""
        said = {"message": message, "rejected": [{"id": i, "reason": r} for i, r in rejected], "total": total}
        return self.content(Kind.REJECTION, as_payload(said), channel=THEIRS)

    def evidence(self, node: str, what: str, reason: str = "It was altered.") -> Prepared:
        """What a peer sent that it should not have."""
        return self.content(Kind.EVIDENCE, as_payload({"node": node, "what": what, "reason": reason, "documents": []}))

    def handover(self, target: MessageId, to: str) -> Prepared:
        """An alert is another person's."""
        return self.control(Kind.HANDOVER, {"by": "officer-0001", "target": target, "to": to})


def stream(
    messages: Sequence[MessageId],
    first: int,
    *,
    channel: str,
    incarnation: str = LIFE,
    lane: str = "bulk",
) -> dict[str, object]:
    """Where a run stands; its chain is over this run alone, which is all that a store needs of it."""
    places = [place_digest(message) for message in messages]
    return {
        "chain": chain_after(chain_start(channel, incarnation, lane), places),
        "channel": channel,
        "count": len(messages),
        "first": first,
        "incarnation": incarnation,
        "lane": lane,
    }


def did(store: Store, *entries: Prepared) -> list[int]:
    """Append some entries."""
    return store.write(lambda tx: put(tx, *entries))


def share(store: Store, us: PeerScribe, count: int, first: int, *, lane: str = "bulk", **more: str) -> list[MessageId]:
    """Take and release some items in one transaction, as sharing does; returns the released ids."""

    def job(tx: Transaction) -> list[MessageId]:
        homes = [us.item() for _ in range(count)]
        places = put(tx, *homes)
        channel = more.get("channel", OURS)
        released = [us.released(one, place, channel=channel) for one, place in zip(homes, places, strict=True)]
        put(tx, *released, us.release([one.id for one in released], first, lane=lane, **more))
        return [one.id for one in released]

    return store.write(job)
