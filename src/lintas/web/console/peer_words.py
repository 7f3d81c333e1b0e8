# SPDX-License-Identifier: Apache-2.0
"""What pages about peers call their codes: how they stand, why, and what became of what was released, in English."""

from collections.abc import Mapping
from typing import Final

from lintas.web.console.language import later

STANDINGS: Final[Mapping[str, str]] = {
    "live": later("live"),
    "unverified": later("unverified"),
    "suspended": later("suspended"),
    "removed": later("removed"),
}
SUSPEND_GROUNDS: Final[Mapping[str, str]] = {
    "asked_by_peer": later("they asked for it"),
    "key_lost": later("they lost a key, or it was stolen"),
    "broken_in": later("somebody broke in there"),
    "misuse": later("what we sent was misused"),
    "doubt": later("we doubt that it is them"),
    "other": later("another reason, told elsewhere"),
}
RESUME_GROUNDS: Final[Mapping[str, str]] = {
    "explained": later("they explained it, and we believe it"),
    "mended": later("it was mended there"),
    "no_cause": later("there was no cause for it"),
}
REMOVE_GROUNDS: Final[Mapping[str, str]] = {
    "ended": later("the cooperation ended"),
    "replaced": later("another node takes its place"),
    "impostor": later("it is not who it says"),
    "mistake": later("it was added by mistake"),
}
OWN_GROUNDS: Final[Mapping[str, str]] = {  # grounds that the node gives by itself
    "descriptor": later("added by its descriptor"),
    "words_heard": later("its words were heard on a call"),
    "new_incarnation": later("a new life of its log was accepted"),
}
OUTBOX: Final[Mapping[str, str]] = {  # of what goes to peers; a power over money has the same word in English
    "released": later("released"),
    "title": later("Released"),
}
EVIDENCE: Final[Mapping[str, str]] = {  # what a peer sent that it should not have
    "address": later("wrong sender or recipient"),
    "altered": later("altered message"),
    "chain": later("broken chain"),
    "channel": later("wrong channel"),
    "fork": later("two histories of one log"),
    "key": later("unknown key"),
    "malformed": later("cannot be read"),
    "mode": later("live and exercise mixed"),
    "proof": later("false proof"),
    "replay": later("sent twice"),
    "signature": later("false signature"),
    "size": later("too large"),
}
GROUNDS: Final[Mapping[str, str]] = {**OWN_GROUNDS, **SUSPEND_GROUNDS, **RESUME_GROUNDS, **REMOVE_GROUNDS}


def peer_labels() -> dict[tuple[str, str], str]:
    """Return the label of each (kind, code): standing, peer_ground, outbox."""
    tables = {"standing": STANDINGS, "peer_ground": GROUNDS, "outbox": OUTBOX, "evidence": EVIDENCE}
    return {(kind, code): words for kind, table in tables.items() for code, words in table.items()}
