# SPDX-License-Identifier: Apache-2.0
"""How agreements stand, and which of them is a fast lane for a request now."""

import json
from collections.abc import Mapping
from itertools import groupby
from typing import Any

from lintas.errors import LintasError
from lintas.limits import AGREEMENTS_MAX
from lintas.model.agreements import Agreement, AgreementSaid, Terms
from lintas.policy.agreements import covers, put_together, terms_of
from lintas.policy.requests import money_of
from lintas.ports.store import Snapshot
from lintas.work.services import Services, as_text

_AMOUNTS = ("amount", "payment_amount", "loss")


def agreements_in(snapshot: Snapshot, ref: str = "") -> list[Agreement]:
    """Agreements as their documents come to, or those of one reference, the newest last."""
    said = sorted(snapshot.agreements_said(ref, limit=AGREEMENTS_MAX), key=lambda one: (one.proposer, one.ref, one.seq))
    found = []
    for _, group in groupby(said, key=lambda one: (one.proposer, one.ref)):
        if (agreement := _put_together(list(group))) is not None:
            found.append(agreement)
    return sorted(found, key=lambda one: one.said[0].seq)


def lane_for(services: Services, snapshot: Snapshot, other: str, said: Mapping[str, Any]) -> Agreement | None:
    """The agreement with another node that covers a request now; the one that the request names, if it does.

    Args:
        said: What the request says: form, power, fields, desk, agreement.
    """
    nodes = frozenset({services.keys.node, other})
    amount = next((found for name in _AMOUNTS if (found := money_of(said["fields"].get(name)))), None)
    now = as_text(services.clock.now())
    for agreement in agreements_in(snapshot, said.get("agreement", "")):
        decision = covers(
            agreement,
            nodes=nodes,
            form=said["form"],
            power=said["power"],
            amount=amount,
            desk=said["desk"],
            now=now,
        )
        if decision.allowed:
            return agreement
    return None


def _put_together(said: list[AgreementSaid]) -> Agreement | None:
    try:
        return put_together(said, _terms)
    except LintasError:
        return None  # a peer's proposal with terms that hold to no form: nobody can accept it


def _terms(said: AgreementSaid) -> Terms:
    return terms_of(json.loads(said.terms))
