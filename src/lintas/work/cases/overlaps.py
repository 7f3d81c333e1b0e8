# SPDX-License-Identifier: Apache-2.0
"""Tell which other cases, requests and reports here hold what a case is about, before two desks work past each other.

What peers said in joint cases and in requests stands in the same index, so it is met too. Only what the reader may see
is told: what is restricted or closed to them does not exist here.
"""

from collections.abc import Iterable, Sequence
from typing import Final

from lintas.model.case_answers import OverlapShown
from lintas.model.case_found import CaseHead
from lintas.model.found import Held
from lintas.model.scope import Scope
from lintas.ports.store import Snapshot

_HELD_MAX: Final = 200  # identifiers of one document or item
_HITS_MAX: Final = 50  # messages of one identifier that are looked at
_SHOWN_MAX: Final = 50


def overlaps_of(snapshot: Snapshot, case: CaseHead, seqs: Sequence[int], scope: Scope) -> list[OverlapShown]:
    """What else here holds an identifier that some messages of a case hold.

    Args:
        seqs: Places of those messages.
    """
    held: dict[tuple[str, str], Held] = {}
    for seq in seqs:
        for one in snapshot.held_in(seq, scope=scope, limit=_HELD_MAX):
            held.setdefault((one.scheme, one.value), one)
    pairs = sorted(held)[:_HELD_MAX]
    terms = [(index, scheme, value) for index, (scheme, value) in enumerate(pairs)]
    found: dict[tuple[str, str, str], OverlapShown] = {}
    for hit in snapshot.hits(terms, scope=scope, limit=_HITS_MAX) if terms else ():
        for what, ref, title, node in _things_at(snapshot, hit.seq, case, scope):
            if len(found) >= _SHOWN_MAX:
                break
            scheme, value = pairs[hit.term]
            found.setdefault(
                (what, ref, node),
                OverlapShown(what=what, ref=ref, title=title, node_name=node, scheme=scheme, value=value),
            )
    return [found[key] for key in sorted(found)]


def _things_at(snapshot: Snapshot, seq: int, case: CaseHead, scope: Scope) -> Iterable[tuple[str, str, str, str]]:
    """What a message belongs to: (what, reference, title, node at the other end)."""
    other = snapshot.case_at(seq, scope=scope)
    if other is not None and (other.ref, other.opener) != (case.ref, case.opener):
        yield "case", other.ref, other.title, other.opener
    request = snapshot.request_at(seq, scope=scope)
    if request is not None and request.case_ref != case.ref:
        yield "request", request.ref, request.form, request.other
    if report := snapshot.report_at(seq):
        yield "report", report, "", ""
    head = snapshot.heads([seq], scope=scope).get(seq)
    for place in snapshot.case_holding(head.id) if head is not None else ():
        holding = snapshot.case_at(place, scope=scope)
        is_seen = place in snapshot.heads([place], scope=scope)
        if holding is not None and is_seen and (holding.ref, holding.opener) != (case.ref, case.opener):
            yield "case", holding.ref, holding.title, holding.opener
