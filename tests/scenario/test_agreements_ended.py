# SPDX-License-Identifier: Apache-2.0
"""An agreement that a node ended stays ended, however much another one says of it."""

from lintas.limits import AGREEMENTS_MAX
from lintas.model.agreements import Lane
from lintas.model.ids import MessageId
from lintas.node.node import Node
from lintas.views.agreements import AgreementRow
from lintas.work.agreements.standing import agreements_in

REF = "SG-A-00000-00000-0"
OWN, OTHER, THIRD = ("lintas:" + letter * 52 for letter in "abc")
TERMS = (
    '{"desks":[],"forms":["hold"],"from":"2026-01-01T00:00:00Z","max":null,'
    f'"nodes":["{OWN}","{OTHER}"],"powers":["hold"],"until":"2027-01-01T00:00:00Z"}}'
)


def said(seq: int, node: str, what: str, *, digest: str = "d", proposer: str = OTHER) -> AgreementRow:
    return AgreementRow(
        seq=seq,
        message=MessageId(f"{seq:064x}"),
        node=node,
        proposer=proposer,
        ref=REF,
        what=what,
        terms=TERMS,
        digest=digest,
        by="officer-0001",
        at="2026-03-01T03:00:00.000Z",
    )


def test_nobody_can_say_so_much_that_an_end_is_not_heard(node: Node) -> None:
    flood = AGREEMENTS_MAX + 5
    rows = [said(1, OTHER, "proposed"), said(2, OWN, "accepted")]
    rows += [said(10 + number, OTHER, "accepted", digest=f"{number}") for number in range(flood)]
    rows += [said(5_000 + number, OTHER, "accepted", proposer=f"{number}") for number in range(flood)]
    store = node.services.store
    store.write(lambda tx: tx.apply(rows))
    (before,) = store.read(lambda snapshot: agreements_in(snapshot, REF))
    assert before.state is Lane.ACCEPTED
    rows = [said(10_000 + number, THIRD, "ended", proposer=f"{number}") for number in range(flood)]
    store.write(lambda tx: tx.apply([*rows, said(20_000, OWN, "ended"), said(20_001, OWN, "ended")]))
    for ref in (REF, ""):
        (after,) = store.read(lambda snapshot, ref=ref: agreements_in(snapshot, ref))  # type: ignore[misc]  # bound now
        assert (after.state, after.ended_by) == (Lane.ENDED, OWN)
