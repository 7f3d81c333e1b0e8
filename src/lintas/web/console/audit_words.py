# SPDX-License-Identifier: Apache-2.0
"""What pages call the acts that the log tells of, what a role may do, and the checks of a node, in English."""

from collections.abc import Mapping
from typing import Final

from lintas.policy.rights import Right, Rights
from lintas.web.console.language import ENGLISH, Language, later

ACTS: Final[Mapping[str, str]] = {  # verbs of accesses, and what other entries say was done
    "accepted": later("accepted"),
    "added": later("added"),
    "agreement": later("agreement"),
    "alerts": later("alerts"),
    "approved": later("approved"),
    "asked.read": later("read what was asked"),
    "banks": later("banks"),
    "case": later("case"),
    "cases": later("cases"),
    "clearance": later("clearance"),
    "closed": later("closed"),
    "created": later("created"),
    "declined": later("declined"),
    "device_lost": later("device lost"),
    "ended": later("ended"),
    "entity": later("entity"),
    "evidence": later("evidence"),
    "export": later("export"),
    "find": later("find"),
    "freed": later("freed"),
    "hand_over": later("hand over"),
    "hold draft": later("hold draft"),
    "hold list": later("hold list"),
    "intakes": later("taken files"),
    "introduction": later("introduction"),
    "joined": later("joined"),
    "ledger.accounts": later("accounts of the ledger"),
    "ledger.payments": later("payments of the ledger"),
    "left": later("left"),
    "live": later("live"),
    "log": later("log"),
    "message": later("message"),
    "needs": later("need to know"),
    "next hops": later("next hops"),
    "objected": later("objected"),
    "offered": later("offered"),
    "opened": later("opened"),
    "opens": later("closed classes"),
    "order": later("order"),
    "orders": later("orders"),
    "outbox": later("outbox"),
    "oversee": later("oversee"),
    "oversee.export": later("export for oversight"),
    "passkey": later("passkey"),
    "password_set": later("password set"),
    "peer": later("peer"),
    "peers.answer": later("introduce or resume a peer"),
    "people.change": later("change people"),
    "preview": later("preview"),
    "receipt": later("receipt"),
    "recovery_made": later("recovery codes made"),
    "recovery_used": later("recovery code used"),
    "refused": later("refused"),
    "removed": later("removed"),
    "report": later("report"),
    "request": later("request"),
    "restricted": later("restricted"),
    "reviewed": later("reviewed"),
    "role": later("role"),
    "seen": later("seen"),
    "set": later("set"),
    "share": later("share"),
    "shown": later("shown"),
    "stored": later("stored"),
    "suspended": later("suspended"),
    "taken": later("taken on"),
    "totp_off": later("codes turned off"),
    "totp_on": later("codes turned on"),
    "trace": later("trace"),
    "traces": later("traces"),
    "unmask": later("unmask"),
    "unverified": later("unverified"),
    "watch": later("watch"),
}
ASKS: Final[Mapping[str, str]] = {  # what an activity asks for besides
    "purpose": later("says what for"),
    "binding": later("confirms with their own passkey"),
    "second": later("needs a second person"),
    "second_for": later("needs a second person for: %(classes)s"),
    "never": later("never for: %(classes)s"),
}
CHECKS: Final[Mapping[str, str]] = {  # of `lintas doctor`
    "accesses": later("accesses"),
    "accounts": later("accounts"),
    "blobs": later("blobs"),
    "clock": later("clock"),
    "database": later("database"),
    "disk": later("disk"),
    "files": later("files"),
    "folder": later("folder"),
    "goaml": later("goAML"),
    "head": later("head"),
    "inspection": later("inspection"),
    "keys": later("keys"),
    "ledger": later("ledger"),
    "memory": later("memory"),
    "network": later("network"),
    "notices": later("notices"),
    "packs": later("packs"),
    "policy": later("policy"),
    "privileges": later("privileges"),
    "processes": later("processes"),
    "processor": later("processor"),
    "programs": later("programs"),
    "sandbox": later("sandbox"),
    "state": later("state"),
    "system calls": later("system calls"),
}
TERMS: Final[Mapping[str, str]] = {  # English says something else by the same word elsewhere
    "from": later("From"),
    "keys": later("Keys"),
    "now": later("Now"),
    "who": later("Who"),
}
SAID: Final = (  # why a hit weighs little: the head of a sentence of the pack `benign`; what stands for what is masked
    later("What it says is withheld (class: %(1)s). Unmask it if you must, and say what for."),
    later("%(1)s is on the list “%(2)s”"),
    later("%(1)s falls under %(2)s, which is on the list “%(3)s”"),
)
KEYS: Final[Mapping[str, str]] = {
    "root": later("root"),
    "signing": later("signing"),
    "log": later("log"),
    "tls": later("connections"),
    "cosign": later("countersigning"),
    "in use": later("in use"),
    "replaced": later("replaced"),
    "revoked": later("revoked"),
}
STATES: Final[Mapping[str, str]] = {  # of a node, of its mode, of a copy at a peer
    "live": later("live"),
    "exercise": later("exercise"),
    "restored": later("restored"),
    "stored": later("stored"),
    "shown": later("shown"),
    "refused": later("refused"),
}

SANDBOX: Final = (  # whole, because a pattern would leave one word of each in English
    later("A reader cannot open a network connection."),
    later("A reader cannot open a file."),
    later("A reader cannot start a process or a thread."),
    later("A reader cannot run a program."),
    later("A reader cannot use a privilege."),
    later("Other programs of the same user cannot look into a reader."),
    later("A reader could open a network connection."),
    later("A reader could open a file."),
    later("A reader could start a process or a thread."),
    later("A reader could run a program."),
    later("A reader could use a privilege."),
    later("Other programs of the same user could look into a reader."),
)


def audit_labels() -> dict[tuple[str, str], str]:
    """Return the label of each (kind, code): act, check, node_key, node_state."""
    tables = {"act": ACTS, "check": CHECKS, "node_key": KEYS, "node_state": STATES, "term": TERMS}
    return {(kind, code): words for kind, table in tables.items() for code, words in table.items()}


def act_words(language: Language, action: str) -> str:
    """Say what was done: the log's own code in English, words in other languages."""
    if language.code == ENGLISH:
        return action.replace("_", " ")
    kind, dot, what = action.partition(".")
    if dot and action not in ACTS:
        return language.say("%(kind)s: %(what)s", kind=language.label("entry", kind), what=act_words(language, what))
    return language.label("act", action)


def asks_words(language: Language, right: Right) -> str:
    """Say what an activity asks for besides."""
    return "; ".join(
        language.say(ASKS[code], classes=", ".join(language.label("class", one) for one in classes))
        for code, classes in right.asked
    )


SAID_AS_IT_IS: Final = (  # sentences and words of the core which pages translate as they come
    later("Sees what messages say."),
    later("Sees nothing of what messages say."),
    later("Sees every entry of the log, without what it says."),
    later("password"),
    later("password and a code"),
    later("passkey"),
    later("one-time link"),
    later("another account"),
    later("recovery code"),
)


def rights_words(language: Language, rights: Rights) -> list[str]:
    """Say what a role may do, a sentence for each."""
    said = [language.sentence(one) for one in rights.seeing()[: 1 + rights.logs]]
    if rights.content and rights.opens:
        labels = ", ".join(language.label("class", one) for one in rights.opens_codes)
        said.append(language.say("Sees what is closed to others: %(classes)s.", classes=labels))
    for right in rights.rights:
        if not right.is_any:
            continue
        what = language.sentence(right.label)
        own = language.say("%(what)s, where it is their own", what=what) if right.may_own else what
        asks = asks_words(language, right)
        all_ = language.say("%(what)s (%(asks)s)", what=own, asks=asks) if asks else own
        said.append(language.say("May %(what)s.", what=all_))
    return said
