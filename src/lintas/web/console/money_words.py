# SPDX-License-Identifier: Apache-2.0
"""What pages about money call the codes of traces, in English."""

from collections.abc import Mapping
from typing import Final

from lintas.web.console.language import later

METHODS: Final[Mapping[str, tuple[str, str]]] = {
    "fifo": (later("First in, first out"), later("What came first leaves first.")),
    "lifo": (later("Last in, first out"), later("What came last leaves first.")),
    "prorata": (later("Pro rata"), later("Each payment carries its share.")),
    "poison": (later("Poison"), later("All that leaves after it is followed: an upper bound, and no claim.")),
}
KNOWLEDGE: Final[Mapping[str, tuple[str, str]]] = {
    "confirmed": (later("confirmed"), later("It is so whatever payments are missing.")),
    "partly": (later("confirmed in part"), later("A part of it is so whatever payments are missing.")),
    "inferred": (later("inferred"), later("It follows from the payments, if none is missing.")),
    "unknown": (later("unknown"), later("It came here; nobody told whether it still is.")),
}
WHY: Final[Mapping[str, str]] = {
    "cash": later("taken out in cash"),
    "fee": later("kept as a fee"),
    "border": later("went over the border"),
    "outside": later("left all accounts that are known"),
    "depth": later("beyond the number of payments that is followed"),
    "flight": later("on its way: left, and not arrived"),
    "in": later("from outside"),
}
STANDS: Final[Mapping[str, str]] = {
    "open": later("open"),
    "outstanding": later("not finished"),
    "final": later("final"),
    "stopped": later("stopped"),
}
STATUS: Final[Mapping[str, str]] = {
    "found": later("found and followed"),
    "capped": later("followed in part: less arrived than was handed on"),
    "not_found": later("no such payment found there"),
    "waiting": later("not answered yet"),
    "refused": later("refused"),
    "stopped": later("stopped"),
}
HOPS: Final[Mapping[str, str]] = {  # how it stands with the bank of an account of which nobody knows enough
    "ask": later("can be asked"),
    "asked": later("asked, no answer yet"),
    "answered": later("its bank told all that it was asked"),
    "failed": later("its bank refused"),
    "no_connection": later("no connection: ask that bank yourself, and take in what it gives"),
    "abroad": later("kept in another country: its own node asks there"),
}
SORTS: Final[Mapping[str, str]] = {
    "rule": later("what can be expected to be there"),
    "amount": later("largest amount"),
    "newest": later("newest money"),
    "account": later("account"),
    "off": later("no rule: as the trace has it"),
}
CHANNELS: Final[Mapping[str, str]] = {
    "": later("not known how"),
    "instant": later("instant payment"),
    "wire": later("wire"),
    "card": later("card"),
    "cash": later("cash"),
    "wallet": later("e-wallet"),
    "chain": later("on a chain"),
    "internal": later("within one bank"),
}
KINDS: Final[Mapping[str, str]] = {
    "transfer": later("transfer"),
    "return": later("return"),
    "fee": later("fee"),
    "cash_out": later("cash out"),
    "cash_in": later("cash in"),
    "crypto": later("crypto"),
    "recall": later("recall"),
}
