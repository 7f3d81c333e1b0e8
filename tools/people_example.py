# SPDX-License-Identifier: Apache-2.0
"""The kinds of docs/spec/message.md that are about named people, of the same invented node."""

from hashlib import sha256
from typing import Any, Final

from lintas.crypto.assents import assent_challenge
from lintas.crypto.passkeys import EDDSA, SoftPasskey, to_base64url
from lintas.model.header import Kind
from lintas.model.ids import MessageId
from lintas.model.marking import Marking, Protected, Tlp
from lintas.work.appending import as_payload
from tools.message_example import OWN, TEXT, content, control

FIRST, SECOND = "officer-0001", "officer-0002"
STARTS, ENDS = "2026-01-01T00:00:00.000Z", "2026-01-01T12:00:00.000Z"
HOST: Final = "lintas.example"


def fixed(length: int) -> bytes:
    """What a real authenticator draws at random."""
    return sha256(b"passkey %d" % length).digest()[:length].ljust(length, b"\x01")


def people(item: str, reading: str) -> list[dict[str, Any]]:
    """One message of each such kind; `assent` with the assertion of a passkey in software."""
    passkey = SoftPasskey(fixed, HOST, f"https://{HOST}", algorithm=EDDSA)
    proposed: dict[str, Any] = {
        "v": 1,
        "action": "class.release",
        "by": FIRST,
        "said": {"class": "victim", "messages": [item]},
        "summary": "Take 1 message out of the class victim",
        "tells": [["messages", "1"]],
        "shown": {"the access policy": sha256(b"policy").hexdigest()},
        "expires_at": ENDS,
        "ground": "",
        "classes": Protected.VICTIM.bit,
        "second": True,
        "session": "0011223344556677",
    }
    marking = Marking(tlp=OWN.tlp, classes=frozenset({Protected.VICTIM}))
    order = content("order", Kind.ORDER, as_payload(proposed), marking=marking)
    answer = passkey.answer(assent_challenge(MessageId(order["id"]), "approved"))
    assent: dict[str, object] = {"by": SECOND, "order": order["id"], "verdict": "approved"}
    signed = {
        name: to_base64url(getattr(answer, name)) for name in ("authenticator", "client", "credential", "signature")
    }
    need: dict[str, object] = {"list": "case-17", "by": FIRST}
    return [
        protected_item(reading),
        order,
        control(Kind.ASSENT, assent | signed),
        control(Kind.ASSENT, assent | {"by": "node:self", "verdict": "done"}, name="assent without a passkey"),
        control(Kind.CREDENTIAL, credential(passkey)),
        control(Kind.NEED, need | {"action": "joined", "person": SECOND}, name="need, somebody joins"),
        control(Kind.NEED, need | {"action": "restricted", "messages": [item]}),
        control(Kind.DUTY, duty()),
        control(Kind.CLASSED, {"action": "added", "class": "child", "messages": [item], "by": FIRST}),
        control(Kind.ACCOUNT, cleared(), name="account, cleared for closed classes"),
    ]


def protected_item(reading: str) -> dict[str, Any]:
    """An item whose marking names protected classes."""
    marking = Marking(tlp=Tlp.AMBER, classes=frozenset({Protected.VICTIM, Protected.CHILD}))
    return content(
        "item of protected classes",
        Kind.ITEM,
        TEXT,
        marking=marking,
        media_type="text/plain;charset=utf-8",
        reading=reading,
    )


def credential(passkey: SoftPasskey) -> dict[str, object]:
    """A person's first passkey."""
    return {
        "account": SECOND,
        "action": "added",
        "algorithm": passkey.algorithm,
        "by": SECOND,
        "credential": to_base64url(passkey.credential),
        "public": to_base64url(passkey.public),
        "vouched_by": "",
    }


def duty() -> dict[str, object]:
    """Somebody stands in for somebody else."""
    return {
        "action": "set",
        "by": FIRST,
        "ends_at": ENDS,
        "id": sha256(b"duty").hexdigest(),
        "person": SECOND,
        "stands_for": FIRST,
        "starts_at": STARTS,
        "what": "deputy",
    }


def cleared() -> dict[str, object]:
    """An account that opens a closed class."""
    return {
        "account": SECOND,
        "action": "changed",
        "clearance": "RED",
        "opens": ["ct"],
        "role": "case_officer",
    }
