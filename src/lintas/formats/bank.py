# SPDX-License-Identifier: Apache-2.0
"""Instructions to banks and their answers as JSON, and the signatures of both (docs/spec/bank.md)."""

import hashlib
import hmac
import re
from base64 import b64encode
from datetime import UTC, datetime
from typing import Annotated, Final

import msgspec

from lintas.errors import BadInput
from lintas.model.bank import MINOR_MAX, BankState, Instruction, InstructionKind, Outcome
from lintas.model.desk import Money

TIME_HEADER: Final = "bank-time"
NONCE_HEADER: Final = "bank-nonce"
SIGNATURE_HEADER: Final = "bank-signature"

_Minor = Annotated[int, msgspec.Meta(ge=0, le=MINOR_MAX)]
_Currency = Annotated[str, msgspec.Meta(pattern=r"^[A-Z]{3}\Z")]
_Text = Annotated[str, msgspec.Meta(max_length=200)]
_CODE: Final = re.compile(r"[a-z0-9_]{1,40}", re.ASCII)


class _Money(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    minor: _Minor
    currency: _Currency


class _Answer(msgspec.Struct, frozen=True):
    v: Annotated[int, msgspec.Meta(ge=1, le=1)]
    id: Annotated[str, msgspec.Meta(max_length=64)]
    kind: InstructionKind
    account: _Text
    state: BankState
    at: Annotated[str, msgspec.Meta(max_length=40)]
    blocked: _Money | None = None
    tainted: _Money | None = None
    whole: bool = False
    bank_ref: _Text = ""
    reason: _Text = ""
    hold: _Text = ""


def write_instruction(instruction: Instruction) -> bytes:
    """Write what a bank is told: JSON, the same bytes each time, so that it can tell a repetition."""
    amount = instruction.amount
    said = {
        "v": 1,
        "id": instruction.id,
        "mode": instruction.mode.value,
        "kind": instruction.kind.value,
        "of": instruction.of,
        "bank": instruction.bank,
        "account": instruction.account,
        "amount": None if amount is None else {"minor": amount.minor, "currency": amount.currency},
        "whole": instruction.whole,
        "expires_at": instruction.expires_at,
        "reference": instruction.reference,
        "authority": instruction.authority,
        "law": instruction.law,
    }
    return msgspec.json.encode(said, order="sorted")


def read_answer(raw: bytes) -> Outcome:
    """Read what a bank says; whether it can be so is for `policy.banks` to judge.

    Raises:
        BadInput: It is no answer; nothing of it is kept.
    """
    try:
        said = msgspec.json.decode(raw, type=_Answer)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise BadInput("The bank's answer cannot be read.") from None
    return Outcome(
        state=said.state,
        blocked=_money(said.blocked),
        tainted=_money(said.tainted),
        whole=said.whole,
        at=_time(said.at),
        bank_ref=_printable(said.bank_ref),
        reason=said.reason if _CODE.fullmatch(said.reason) else ("other" if said.reason else ""),
        hold=said.hold if _CODE.fullmatch(said.hold) else "",
        account=_printable(said.account),
        instruction=said.id if said.id.isascii() and said.id.isprintable() else "",
    )


def sign_asking(secret: bytes, *, method: str, path: str, at_s: int, nonce: str, body: bytes) -> str:
    """Sign what a bank is asked.

    Args:
        at_s: Our clock, seconds since 1970.
        nonce: 32 random hex digits; the answer is signed with them.
    """
    return _signed(secret, "ask", method, path, str(at_s), nonce, hashlib.sha256(body).hexdigest())


def is_answer_signed(secret: bytes, said: str, *, status: int, nonce: str, body: bytes) -> bool:
    """Whether an answer to just this asking was made by who has the secret."""
    wanted = _signed(secret, "answer", str(status), nonce, hashlib.sha256(body).hexdigest())
    return hmac.compare_digest(wanted.encode("ascii"), said.encode("utf-8", "replace"))


def _signed(secret: bytes, *words: str) -> str:
    digest = hmac.digest(secret, "\n".join(("bank/1", *words)).encode("utf-8"), "sha256")
    return "v1," + b64encode(digest).decode("ascii")


def _money(said: _Money | None) -> Money | None:
    return None if said is None else Money(said.minor, said.currency)


def _printable(text: str) -> str:
    return "".join(char for char in text if char.isprintable())


def _time(text: str) -> str:
    """A time in our one form; empty when it is none, or names no zone, which is judged as a time that cannot be."""
    try:
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is None:
            return ""
        return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    except (ValueError, OverflowError):
        return ""
