# SPDX-License-Identifier: Apache-2.0
"""Errors as peers are told them: a status, a code, a sentence, a hint.

Source: docs/spec/peer.md, "Errors".
"""

from collections.abc import Mapping
from math import ceil
from typing import Final

import msgspec
import structlog
from starlette.responses import Response

from lintas import errors

log = structlog.get_logger("lintas.peer")

# By what a peer did; what is not here is malformed.
_STATUS_OF: Final[Mapping[str, int]] = {
    "signature": 401,
    "mode": 403,
    "standing": 403,
    "gap": 409,
    "chain": 409,
    "fork": 409,
    "rollback": 409,
    "incarnation": 409,
    "size": 413,
}

# By our error: its own row, else that of its nearest kind.
_ROWS: Final[Mapping[type[errors.LintasError], tuple[int, str]]] = {
    errors.UnknownTerm: (404, "unknown"),
    errors.OverLimit: (413, "size"),
    errors.NotAllowed: (403, "standing"),
    errors.BadSignature: (401, "signature"),
    errors.MalformedKey: (401, "signature"),
    errors.BadInput: (400, "malformed"),
    errors.WrongUse: (400, "malformed"),
    errors.Quarantined: (503, "quarantined"),
    errors.StorageFailed: (503, "storage"),
    errors.NodeBusy: (503, "busy"),
    errors.LintasError: (500, "failed"),
}


class Problem(Exception):  # never leaves this package
    """A request that is turned away at the door."""

    def __init__(self, status: int, code: str, sentence: str, *, hint: str = "", retry_s: float = 0.0) -> None:
        self.status, self.code, self.sentence, self.hint, self.retry_s = status, code, sentence, hint, retry_s
        super().__init__(sentence)


def told(problem: Problem, *, cursor: str = "", close: bool = False) -> Response:
    """Answer with a problem.

    Args:
        cursor: How far we have the peer's streams, when it sent what does not follow.
        close: Hang up after it: part of the request was not read.
    """
    said = {"error": problem.code, "sentence": problem.sentence, "hint": problem.hint}
    if cursor:
        said["cursor"] = cursor
    headers = {"cache-control": "no-store"}
    if problem.retry_s > 0:
        headers["retry-after"] = str(ceil(problem.retry_s))
    if close:
        headers["connection"] = "close"
    return Response(
        msgspec.json.encode(said), status_code=problem.status, headers=headers, media_type="application/json"
    )


def problem_of(error: errors.LintasError) -> Problem:
    """Tell one of our errors as a peer may know it."""
    if isinstance(error, errors.PeerRefused):
        return Problem(_STATUS_OF.get(error.what, 400), error.what, error.message, hint=error.hint)
    if isinstance(error, errors.NotAllowed) and error.rule in {"address", "mode"}:
        return Problem(_STATUS_OF.get(error.rule, 400), error.rule, error.message, hint=error.hint)
    status, code = next(_ROWS[kind] for kind in type(error).__mro__ if kind in _ROWS)
    if status >= 500:
        log.warning("peer.failed", kind=type(error).__name__)
        return Problem(status, code, "This node cannot do that at this moment.", hint="Try again later.", retry_s=5)
    return Problem(status, code, error.message, hint=error.hint)
