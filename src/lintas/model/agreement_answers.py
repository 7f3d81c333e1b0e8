# SPDX-License-Identifier: Apache-2.0
"""What pages and verbs are told of agreements. msgspec's structs, because they are written as JSON."""

import msgspec

from lintas.model.desk_answers import MoneyShown


class AgreementTerms(msgspec.Struct, frozen=True):
    """What is agreed."""

    forms: list[str]
    powers: list[str]
    most: MoneyShown | None  # of one request; None for any amount
    since: str
    until: str
    desks: list[str]  # empty for all


class AgreementLine(msgspec.Struct, frozen=True):
    """One agreement."""

    ref: str
    proposer: str
    with_: list[str] = msgspec.field(name="with")  # other nodes
    names: list[str] = []
    state: str = ""  # proposed | accepted | ended
    in_force: bool = False
    waits_for_us: bool = False
    ended_by: str = ""
    digest: str = ""  # SHA-256 of the terms
    terms: AgreementTerms | None = None


class AgreementList(msgspec.Struct, frozen=True):
    """Every agreement of a node, the newest first."""

    agreements: list[AgreementLine]
