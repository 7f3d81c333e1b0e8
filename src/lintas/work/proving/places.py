# SPDX-License-Identifier: Apache-2.0
"""Check the streams of a log: what was released and what came in stands in the run before the entry that says so.

A `release` or `received` entry names a run of a stream: how many messages stand right before it, at which counter the
first is, and the hash chain after the last. The chain is computed again from the ids; each run begins where the last
one of its stream ended. A restored node's streams begin anew under the new name of its log's life.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

from lintas.crypto.stream import chain_after, chain_start, place_digest
from lintas.model.found import EntryHead
from lintas.model.header_rules import LOCAL_CHANNEL

_FOLLOWED: Final = frozenset({"added", "rolled"})  # actions that say which life of a peer's log is followed


class _End(NamedTuple):
    counter: int
    chain: str


class _Travelled(NamedTuple):
    """A message on a channel that waits for the entry which gives it its place."""

    seq: int
    id: str
    originator: str
    channel: str


@dataclass(slots=True)
class Streams:
    """Where each stream ends, as the entries so far give it."""

    node: str
    ends: dict[tuple[str, str, str, str], _End] = field(default_factory=dict)
    waiting: list[_Travelled] = field(default_factory=list)
    decisions: dict[str, str] = field(default_factory=dict)  # decision to release -> channel
    followed: dict[str, str] = field(default_factory=dict)  # peer -> the life of its log that is followed

    def problems(self, entry: EntryHead, header: Mapping[str, Any], incarnation: str) -> list[tuple[int, str]]:
        """What is wrong with streams as of one entry: (entry, why).

        Args:
            incarnation: The present life of this log.
        """
        kind, body = header["kind"], header.get("body", {})
        if header["channel"] != LOCAL_CHANNEL:
            self.waiting.append(_Travelled(entry.seq, entry.id, header["originator"], header["channel"]))
            return []
        if kind == "release":
            return self._release(entry, body, incarnation)
        if kind == "received":
            return self._received(entry, body)
        if kind == "decision" and body["outcome"] == "release":
            self.decisions[entry.id] = body["channel"]
        if kind == "peer" and body["action"] in _FOLLOWED:
            self.followed[body["node"]] = body["incarnation"]
        return self.unplaced()

    def unplaced(self) -> list[tuple[int, str]]:
        """Messages on a channel that no entry gave a place in a stream."""
        found = [(one.seq, "no entry gives it a place in a stream") for one in self.waiting]
        self.waiting.clear()
        return found

    def _release(self, entry: EntryHead, body: Mapping[str, Any], incarnation: str) -> list[tuple[int, str]]:
        run = self._run()
        found = self._follows(entry, "out", body, [place_digest(one.id) for one in run])
        if any(one.originator != self.node or one.channel != body["channel"] for one in run):
            found.append((entry.seq, "what it releases is of another node or on another channel"))
        if self.decisions.get(body["decision"]) != body["channel"]:
            found.append((entry.seq, "no earlier decision lets that be released on this channel"))
        if body["incarnation"] != incarnation:
            found.append((entry.seq, "it releases under another life of this log"))
        return found

    def _received(self, entry: EntryHead, body: Mapping[str, Any]) -> list[tuple[int, str]]:
        if "withheld" in body:
            found = [*self.unplaced(), *self._follows(entry, "in", body, body["withheld"])]
            run: list[_Travelled] = []
        else:
            run = self._run()
            found = self._follows(entry, "in", body, [place_digest(one.id) for one in run])
        if any(one.originator != body["node"] or one.channel != body["channel"] for one in run):
            found.append((entry.seq, "what it says was received is of another node or on another channel"))
        if self.followed.get(body["node"]) != body["incarnation"]:
            found.append((entry.seq, "it is of a life of that node's log which nobody here accepted"))
        return found

    def _run(self) -> list[_Travelled]:
        run, self.waiting = self.waiting, []
        return run

    def _follows(
        self, entry: EntryHead, direction: str, body: Mapping[str, Any], digests: list[str]
    ) -> list[tuple[int, str]]:
        stream = (direction, body["channel"], body["incarnation"], body["lane"])
        end = self.ends.get(stream) or _End(0, chain_start(*stream[1:]))
        found = []
        if body["count"] != len(digests):
            found.append(
                (entry.seq, f"it says that {body['count']} messages stand before it, there are {len(digests)}")
            )
        if body["first"] != end.counter + 1:
            found.append((entry.seq, f"its stream goes on at {end.counter + 1}, not at {body['first']}"))
        if body["chain"] != chain_after(end.chain, digests):
            found.append((entry.seq, "the chain of its stream does not follow from the messages"))
        self.ends[stream] = _End(body["first"] + body["count"] - 1, body["chain"])
        return found
