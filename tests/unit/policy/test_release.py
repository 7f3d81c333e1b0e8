# SPDX-License-Identifier: Apache-2.0
"""What may leave this node: each rule with an example, and what holds for all markings."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lintas.formats.law import NO_LAW, LawProfiles, parse_law
from lintas.limits import RELEASE_BYTES_MAX
from lintas.model.header import TRAVELLING, Kind, Mode
from lintas.model.header_rules import is_code, is_digest
from lintas.model.marking import Marking, Onward, Pap, Protected, Tlp, Use
from lintas.model.peering import Standing
from lintas.policy.decision import Decision
from lintas.policy.release import (
    RULES,
    Recipient,
    Situation,
    conditions_digest,
    policy_digest,
    release,
    released_marking,
)
from lintas.policy.tipping import STOPPED

SG, TH, AU = ("lintas:" + letter * 52 for letter in "abc")

# AA has a confirmed profile with a treaty and a police basis; every other country has the default one.
PACK = """
version = 1
[group.pact]
label = "Parties to the pact"
source = "invented"
confirmed = true
countries = ["AA", "BB"]
[purpose.scam]
label = "stopping scams"
source = "invented"
confirmed = true
[purpose.trial]
label = "a trial"
source = "invented"
confirmed = false
[purpose.marketing]
label = "nobody's"
source = "invented"
confirmed = true
[basis.pact]
label = "the pact"
source = "invented"
confirmed = true
carries_evidence = true
covers = ["pact"]
[basis.police]
label = "police to police"
source = "invented"
confirmed = false
carries_evidence = false
covers = ["pact", "CC"]
purposes = ["scam"]
[basis.foreign]
label = "nobody's"
source = "invented"
confirmed = true
carries_evidence = true
covers = ["*"]
[profile.AA]
label = "A land"
source = "invented"
confirmed = true
purposes = ["scam", "trial"]
bases = ["pact", "police"]
[default]
label = "any other"
source = "invented"
confirmed = false
purposes = ["scam"]
bases = ["police"]
"""
LAW = parse_law(PACK.encode())


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One question to the policy."""

    marking: Marking
    recipient: Recipient
    situation: Situation

    def but(self, **changes: Any) -> "Case":
        """The same case with other fields of its parts."""
        parts = {
            name: replace(part, **{field: value for field, value in changes.items() if field in part.__slots__})
            for name, part in (
                ("marking", self.marking),
                ("recipient", self.recipient),
                ("situation", self.situation),
            )
        }
        return Case(**parts)  # type: ignore[arg-type]  # each part replaces one of its own type

    def decide(self) -> Decision:
        return release(self.marking, recipient=self.recipient, situation=self.situation)


GOOD = Case(
    marking=Marking(tlp=Tlp.AMBER),
    recipient=Recipient(node=SG, name="Example Police", country="BB", mode=Mode.LIVE, standing=Standing.LIVE),
    situation=Situation(
        own_mode=Mode.LIVE,
        own_country="AA",
        is_quarantined=False,
        is_own=True,
        kind="item",
        size_bytes=1000,
        named=frozenset({SG}),
        purpose="scam",
        basis="pact",
        law=LAW,
    ),
)

EXAMPLES: dict[str, dict[str, Any]] = {
    "quarantined": {"is_quarantined": True},
    "mode": {"mode": Mode.EXERCISE},
    "standing-removed": {"standing": Standing.REMOVED},
    "standing-suspended": {"standing": Standing.SUSPENDED},
    "standing-unverified": {"standing": Standing.UNVERIFIED},
    "kind": {"kind": "access"},
    "onward-none": {"is_own": False, "onward": Onward.NONE},
    "onward-consent": {"is_own": False},
    "class-str": {"classes": frozenset({Protected.STR})},
    "tipping-off": {"is_tipping": True},
    "nobody": {"named": frozenset()},
    "recipients": {"recipients": frozenset({TH})},
    "not-named": {"named": frozenset({TH})},
    "tlp-red": {"tlp": Tlp.RED},
    "tlp-amber-strict": {"tlp": Tlp.AMBER_STRICT},
    "purpose-missing": {"purpose": ""},
    "purposes": {"purposes": frozenset({"y", "x"})},
    "basis-missing": {"basis": ""},
    "legal-basis": {"legal_basis": frozenset({"x"})},
    "law-purpose": {"purpose": "marketing"},
    "law-basis": {"basis": "foreign"},
    "law-country": {"country": "DD"},
    "law-scope": {"basis": "police", "purpose": "trial"},
    "law-evidence": {"basis": "police", "use": Use.EVIDENCE},
    "size": {"size_bytes": RELEASE_BYTES_MAX + 1},
}

SENTENCES = {
    "quarantined": "this node was restored and has not shown that it is current: release it from quarantine first",
    "mode": "Example Police works in exercise mode and this node in live mode; they never mix",
    "standing-removed": "Example Police was removed from the peers: add and introduce it anew to release to it",
    "standing-suspended": "Example Police is suspended: see why, and let a named person resume it",
    "standing-unverified": "nobody has heard the words of Example Police yet: "
    "introduce it on a call by two people first",
    "kind": "a message of kind “access” never leaves its node",
    "onward-none": "its originator lets nobody pass it on: ask them to share it with Example Police themselves",
    "onward-consent": "it is passed on with its originator's consent alone, and there is none: "
    "ask them to share it with Example Police themselves",
    "class-str": "it is derived from a suspicious transaction report: the unit that holds it releases it first",
    "tipping-off": STOPPED,
    "nobody": "no recipient was named, so it goes to nobody: name who is to have it",
    "recipients": "its marking names its recipients, and Example Police is not one of them",
    "not-named": "Example Police was not named: name it too if it is to have this",
    "tlp-red": "it is TLP:RED, for named people and never for a node, so it stays home",
    "tlp-amber-strict": "it is TLP:AMBER+STRICT, which leaves only for recipients in its marking: "
    "mark it for Example Police if it is to go there",
    "purpose-missing": "no purpose was given: say what Example Police is to use it for",
    "purposes": "its marking allows the purposes x, y, not “scam”",
    "basis-missing": "no legal basis was given: say on which one Example Police may have it",
    "legal-basis": "its marking allows the legal basis x, not “pact”",
    "law-purpose": "the law profile of AA does not permit the purpose “marketing”: use one of scam, trial",
    "law-basis": "the law profile of AA does not know the legal basis “foreign”: use one of pact, police",
    "law-country": "the legal basis pact (the pact) does not cover “DD”, the country of Example Police: "
    "our law profile has no other that would do",
    "law-scope": "the unconfirmed legal basis police (police to police) does not serve the purpose “trial”: "
    "use one of pact",
    "law-evidence": "it is marked for use as evidence, and the unconfirmed legal basis police (police to police) "
    "carries intelligence only: use one of pact",
    "size": "it has 8388609 bytes, and at most 8388608 are released at once: split it",
}

ORDER = (
    "quarantined mode standing-removed standing-suspended standing-unverified kind onward-none onward-consent "
    "class-str tipping-off nobody recipients not-named tlp-red tlp-amber-strict purpose-missing purposes "
    "basis-missing legal-basis law-purpose law-basis law-country law-scope law-evidence size"
)

CODES = st.sampled_from(["scam", "trial", "marketing", "pact", "police", "foreign", "x"])
MARKINGS = st.builds(
    Marking,
    tlp=st.sampled_from(Tlp),
    pap=st.sampled_from(Pap),
    recipients=st.frozensets(st.sampled_from([SG, TH, AU])),
    purposes=st.frozensets(CODES),
    legal_basis=st.frozensets(CODES),
    use=st.sampled_from(Use),
    onward=st.sampled_from(Onward),
    retention=st.sampled_from(["standard", "case"]),
    classes=st.frozensets(st.sampled_from(Protected), max_size=2),
)
RECIPIENTS = st.builds(
    Recipient,
    node=st.sampled_from([SG, TH, AU]),
    name=st.text(max_size=20),
    country=st.sampled_from(["AA", "BB", "CC"]),
    mode=st.sampled_from(Mode),
    standing=st.sampled_from(Standing),
)
SITUATIONS = st.builds(
    Situation,
    own_mode=st.sampled_from(Mode),
    own_country=st.sampled_from(["AA", "BB", "ZZ"]),
    is_quarantined=st.booleans(),
    is_own=st.booleans(),
    kind=st.sampled_from([kind.value for kind in Kind]) | st.text(max_size=80),
    size_bytes=st.integers(0, 2 * RELEASE_BYTES_MAX),
    named=st.frozensets(st.sampled_from([SG, TH, AU])),
    purpose=st.just("") | CODES | st.text(max_size=80),
    basis=st.just("") | CODES | st.text(max_size=80),
    law=st.sampled_from([LAW, NO_LAW]),
    is_tipping=st.booleans(),
)
CASES = st.builds(Case, marking=MARKINGS, recipient=RECIPIENTS, situation=SITUATIONS)

# Half of the time what could be released: with fields all drawn by chance, nothing ever is.
NEAR = st.builds(
    lambda marking, purpose, basis, named, country, own: GOOD.but(
        purpose=purpose, basis=basis, named=named, country=country, own_country=own
    ).but(**{field: getattr(marking, field) for field in Marking.__slots__}),
    MARKINGS,
    st.sampled_from(["scam", "trial"]),
    st.sampled_from(["pact", "police"]),
    st.frozensets(st.sampled_from([SG, TH])),
    st.sampled_from(["AA", "BB", "CC"]),
    st.sampled_from(["AA", "ZZ"]),
)
OPEN = st.builds(
    lambda case, tlp: case.but(
        tlp=tlp, named=frozenset({SG}), recipients=case.marking.recipients | {SG}, purposes=frozenset({"scam"})
    ).but(purpose="scam", basis="police", legal_basis=frozenset({"police"}), use=Use.INTELLIGENCE_ONLY),
    NEAR,
    st.sampled_from([Tlp.CLEAR, Tlp.GREEN, Tlp.AMBER, Tlp.AMBER_STRICT]),
)
# What can be joined to an open case and leave it open.
OTHERS = MARKINGS | st.builds(
    Marking,
    tlp=st.sampled_from(Tlp),
    recipients=st.frozensets(st.sampled_from([TH, AU])).map(lambda nodes: nodes | {SG}),
    purposes=st.frozensets(CODES).map(lambda codes: codes | {"scam"}),
    legal_basis=st.sampled_from([frozenset[str](), frozenset({"police"})]),
    use=st.sampled_from(Use),
)
ASKED = CASES | NEAR | OPEN


def test_what_no_rule_refuses_is_released() -> None:
    assert GOOD.decide() == Decision(allowed=True, rule="released", reason="no rule refuses it")


@given(OPEN)
def test_the_open_cases_of_these_tests_are_released(case: Case) -> None:
    """Positive control: properties of what is released would hold for nothing at all."""
    assert case.decide().allowed


@pytest.mark.parametrize("rule", EXAMPLES)
def test_each_rule_refuses_with_a_sentence_to_act_on(rule: str) -> None:
    assert GOOD.but(**EXAMPLES[rule]).decide() == Decision(allowed=False, rule=rule, reason=SENTENCES[rule])


def test_every_rule_has_an_example_and_their_order_is_fixed() -> None:
    assert tuple(ORDER.split()) == RULES
    assert tuple(EXAMPLES) == RULES
    assert all(is_code(rule) for rule in (*RULES, "released"))


@pytest.mark.parametrize("first", RULES)
def test_of_two_refusals_the_first_in_the_table_is_told(first: str) -> None:
    for second in RULES[RULES.index(first) + 1 :]:
        both = GOOD.but(**EXAMPLES[second]).but(**EXAMPLES[first])
        if both.but(**EXAMPLES[second]) == both:  # else the examples exclude each other: one field, two values
            assert both.decide().rule == first, second


@given(ASKED)
def test_every_answer_has_a_rule_and_a_sentence(case: Case) -> None:
    decision = case.decide()
    assert decision.allowed is (decision.rule == "released")
    assert decision.rule in {*RULES, "released"}
    assert decision.reason
    assert len(decision.reason) < 1000


@given(ASKED, OTHERS)
def test_a_stricter_marking_never_releases_more(case: Case, other: Marking) -> None:
    """`use` is held: what may be used as evidence needs a stronger basis, and being intelligence only lifts that."""
    stricter = case.marking.strictest(replace(other, use=case.marking.use))
    if replace(case, marking=stricter).decide().allowed:
        assert case.decide().allowed


@given(ASKED, OTHERS)
def test_a_lesser_use_lifts_only_the_need_for_evidence(case: Case, other: Marking) -> None:
    if replace(case, marking=case.marking.strictest(other)).decide().allowed:
        assert case.decide().rule in {"released", "law-evidence"}


@given(ASKED)
def test_naming_nobody_releases_to_nobody(case: Case) -> None:
    assert not case.but(named=frozenset()).decide().allowed


@given(ASKED)
def test_who_was_not_named_gets_nothing(case: Case) -> None:
    assert not case.but(named=case.situation.named - {case.recipient.node}).decide().allowed


@given(ASKED)
def test_red_never_leaves(case: Case) -> None:
    assert not case.but(tlp=Tlp.RED).decide().allowed


@given(ASKED)
def test_the_other_mode_gets_nothing(case: Case) -> None:
    other = Mode.LIVE if case.situation.own_mode is Mode.EXERCISE else Mode.EXERCISE
    assert not case.but(mode=other).decide().allowed


@given(ASKED)
def test_a_quarantined_node_releases_nothing(case: Case) -> None:
    assert not case.but(is_quarantined=True).decide().allowed


@given(ASKED)
def test_what_came_from_others_is_not_passed_on(case: Case) -> None:
    assert not case.but(is_own=False).decide().allowed


@given(ASKED, st.sampled_from(["named", "recipients", "purposes", "legal_basis"]), st.data())
def test_taking_one_away_never_releases_more(case: Case, field: str, data: st.DataObject) -> None:
    """Of those that a marking names, one stays: an empty list is left to whoever shares, and no join empties one."""
    part = case.situation if field == "named" else case.marking
    listed: frozenset[str] = getattr(part, field)
    if len(listed) > (field != "named"):
        fewer = listed - {data.draw(st.sampled_from(sorted(listed)))}
        if case.but(**{field: fewer}).decide().allowed:
            assert case.decide().allowed


@given(ASKED)
def test_a_law_that_permits_nothing_releases_nothing(case: Case) -> None:
    assert not case.but(law=NO_LAW).decide().allowed


@given(ASKED)
def test_a_marking_for_what_is_released_is_never_looser(case: Case) -> None:
    if not case.decide().allowed:
        return
    before, said = case.marking, case.situation
    after = released_marking(before, recipient=case.recipient, purpose=said.purpose, basis=said.basis)
    assert after == replace(
        before,
        recipients=frozenset({case.recipient.node}),
        purposes=frozenset({said.purpose}),
        legal_basis=frozenset({said.basis}),
    )
    for field in ("recipients", "purposes", "legal_basis"):
        assert not getattr(before, field) or getattr(after, field) <= getattr(before, field)
    assert replace(case, marking=after).decide() == case.decide()


def test_what_a_marking_says_of_handling_travels_unchanged() -> None:
    strict = Marking(tlp=Tlp.GREEN, pap=Pap.RED, use=Use.EVIDENCE, onward=Onward.NONE, retention="case")
    assert released_marking(strict, recipient=GOOD.recipient, purpose="scam", basis="pact") == Marking(
        tlp=Tlp.GREEN,
        pap=Pap.RED,
        recipients=frozenset({SG}),
        purposes=frozenset({"scam"}),
        legal_basis=frozenset({"pact"}),
        use=Use.EVIDENCE,
        onward=Onward.NONE,
        retention="case",
    )


@pytest.mark.parametrize(
    ("field", "value"),
    [("recipients", frozenset({TH})), ("purposes", frozenset({"trial"})), ("legal_basis", frozenset({"police"}))],
)
def test_a_marking_that_was_not_allowed_is_not_made(field: str, value: frozenset[str]) -> None:
    marking = replace(GOOD.marking, **{field: value})  # type: ignore[arg-type]  # the name is one of the three above
    with pytest.raises(AssertionError, match=r"^release allows it first"):
        released_marking(marking, recipient=GOOD.recipient, purpose="scam", basis="pact")


@pytest.mark.parametrize("kind", [kind.value for kind in Kind])
def test_only_kinds_that_travel_leave(kind: str) -> None:
    assert GOOD.but(kind=kind).decide().allowed is (Kind(kind) in TRAVELLING)


@pytest.mark.parametrize(("size", "allowed"), [(0, True), (RELEASE_BYTES_MAX, True), (RELEASE_BYTES_MAX + 1, False)])
def test_the_limit_of_bytes_is_the_last_that_goes(size: int, allowed: bool) -> None:
    assert GOOD.but(size_bytes=size).decide().allowed is allowed


def test_an_unverified_peer_takes_part_in_exercises() -> None:
    exercise = GOOD.but(mode=Mode.EXERCISE, own_mode=Mode.EXERCISE, standing=Standing.UNVERIFIED)
    assert exercise.decide().allowed
    assert not exercise.but(mode=Mode.LIVE, own_mode=Mode.LIVE).decide().allowed


@pytest.mark.parametrize("standing", [Standing.SUSPENDED, Standing.REMOVED])
def test_a_suspended_or_removed_peer_takes_no_part_in_exercises(standing: Standing) -> None:
    assert not GOOD.but(mode=Mode.EXERCISE, own_mode=Mode.EXERCISE, standing=standing).decide().allowed


def test_amber_strict_leaves_for_whom_its_marking_names() -> None:
    assert GOOD.but(tlp=Tlp.AMBER_STRICT, recipients=frozenset({SG, TH})).decide().allowed


@pytest.mark.parametrize("pap", Pap)
def test_permissible_actions_are_the_recipients_to_keep(pap: Pap) -> None:
    assert GOOD.but(pap=pap).decide().allowed


def test_evidence_leaves_on_a_basis_that_carries_it() -> None:
    assert GOOD.but(use=Use.EVIDENCE, basis="pact").decide().allowed


def test_an_onward_rule_binds_others_and_not_the_originator() -> None:
    assert GOOD.but(onward=Onward.NONE).decide().allowed


def test_what_is_unconfirmed_is_said_where_it_decides() -> None:
    assert GOOD.but(basis="police").decide().reason == "no rule refuses it; unconfirmed: the legal basis police"
    assert GOOD.but(purpose="trial").decide().reason == "no rule refuses it; unconfirmed: the purpose trial"
    assert GOOD.but(own_country="ZZ", basis="police").decide().reason == (
        "no rule refuses it; the default law profile was asked, since “ZZ” has none of its own; "
        "unconfirmed: the law profile, the legal basis police"
    )
    assert GOOD.but(own_country="ZZ").decide().reason == (
        "the unconfirmed default law profile, since “ZZ” has none of its own, does not know the legal basis “pact”: "
        "use one of police"
    )
    sure_law = parse_law(PACK.replace("confirmed = false", "confirmed = true").encode())
    assert GOOD.but(own_country="ZZ", basis="police", law=sure_law).decide().reason == (
        "no rule refuses it; the default law profile was asked, since “ZZ” has none of its own"
    )
    assert GOOD.but(own_country="ZZ", law=sure_law).decide().reason.startswith("the default law profile, since “ZZ”")
    unsure = parse_law(PACK.replace('label = "A land"\nsource = "invented"\nconfirmed = true', SWAPPED).encode())
    assert GOOD.but(law=unsure).decide().reason == "no rule refuses it; unconfirmed: the law profile"
    assert GOOD.but(law=unsure, purpose="x").decide().reason.startswith("the unconfirmed law profile of AA does not")


SWAPPED = 'label = "A land"\nsource = "invented"\nconfirmed = false'


def test_a_refusal_names_what_else_would_do_or_that_nothing_would() -> None:
    no_other = parse_law(PACK.replace('bases = ["pact", "police"]', 'bases = ["pact"]').encode())
    assert GOOD.but(country="CC", law=no_other).decide().reason.endswith("our law profile has no other that would do")
    in_default = GOOD.but(own_country="ZZ", basis="police", use=Use.EVIDENCE)
    assert in_default.decide().reason.endswith("our law profile has no other that would do")
    assert GOOD.but(country="CC").decide().reason.endswith("the country of Example Police: use one of police")
    assert GOOD.but(law=NO_LAW).decide().reason.endswith("use one of none")


def test_what_would_do_fits_the_recipient_and_the_purpose_too() -> None:
    """The pact alone carries evidence and serves a trial, and it does not cover CC."""
    scope = GOOD.but(basis="police", purpose="trial", country="CC")
    assert scope.decide().reason.endswith("our law profile has no other that would do")
    evidence = GOOD.but(basis="police", use=Use.EVIDENCE, country="CC")
    assert evidence.decide().reason.endswith("our law profile has no other that would do")
    narrow = PACK.replace('covers = ["pact"]', 'covers = ["pact"]\npurposes = ["trial"]')
    unserved = GOOD.but(basis="police", use=Use.EVIDENCE, law=parse_law(narrow.encode()))
    assert unserved.decide().reason.endswith("our law profile has no other that would do")


@pytest.mark.parametrize("field", ["purpose", "basis", "kind"])
def test_a_long_code_is_cut_in_the_sentence(field: str) -> None:
    reason = GOOD.but(**{field: "x" * 100}).decide().reason
    assert "“" + "x" * 64 + "”" in reason


@given(ASKED, ASKED)
def test_what_has_one_digest_has_one_decision(one: Case, two: Case) -> None:
    """Else a stored decision would be taken for another. The second case is the first in one part as often as not."""
    for other in (two, replace(two, marking=one.marking), replace(one, situation=two.situation)):
        if _conditions(one) == _conditions(other) and one.situation.law is other.situation.law:
            assert one.decide().rule == other.decide().rule


@pytest.mark.parametrize(
    "changes",
    [
        *({**EXAMPLES[rule]} for rule in RULES),
        {"node": TH},
        {"country": "AA"},
        {"own_country": "BB"},
        {"own_mode": Mode.EXERCISE},
        {"pap": Pap.RED},
        {"retention": "case"},
        {"recipients": frozenset({SG})},
        {"purposes": frozenset({"scam"})},
        {"legal_basis": frozenset({"pact"})},
        {"kind": "receipt"},
    ],
    ids=lambda changes: "-".join(sorted(changes)),  # a set has no order of its own: two workers would differ
)
def test_what_may_decide_changes_the_digest(changes: dict[str, Any]) -> None:
    assert _conditions(GOOD.but(**changes)) != _conditions(GOOD)


@pytest.mark.parametrize(
    "changes",
    [
        {"named": frozenset({SG, TH})},
        {"size_bytes": RELEASE_BYTES_MAX},
        {"name": "Another name"},
        {"law": NO_LAW},
    ],
    ids=lambda changes: "-".join(sorted(changes)),
)
def test_what_decides_nothing_here_leaves_the_digest(changes: dict[str, Any]) -> None:
    assert _conditions(GOOD.but(**changes)) == _conditions(GOOD)


def test_the_digest_of_conditions_is_what_was_stored_before() -> None:
    """Stored decisions are found by it: it must not change unnoticed."""
    assert _conditions(GOOD.but(recipients=frozenset({TH}))) == (
        "c53ba26e374805add7baa69a388947c890225f7d37565168c3d3145806d434da"
    )
    assert _conditions(GOOD) == "f4665a3ad4c187c40e92e7e30df8e06926cda3f7692b54b715e4b6ab8c6b2b62"
    assert (
        _conditions(GOOD.but(recipients=frozenset({SG}), tlp=Tlp.GREEN))
        == "460d0d7e23892ebcf2d46ed6d0d3b41330a5a6e03896f7e0e291e7ab1c4496b8"
    )


def test_the_digest_of_the_policy_changes_with_the_law() -> None:
    assert is_digest(policy_digest(LAW))
    assert policy_digest(LAW) != policy_digest(NO_LAW)
    assert policy_digest(LAW) == policy_digest(parse_law(PACK.encode()))
    assert policy_digest(NO_LAW) == "7e6df708e24ace5e03e47d7a94d15890c0ed0552b8fb7308b4c1b6f980e40a02"


def _conditions(case: Case) -> str:
    digest = conditions_digest(case.marking, recipient=case.recipient, situation=case.situation)
    assert is_digest(digest)
    return digest


OUR_LAW: LawProfiles = parse_law(
    (Path(__file__).resolve().parents[3] / "src" / "lintas" / "packs" / "law.toml").read_bytes()
)


@pytest.mark.parametrize(
    ("sender", "recipient", "purpose", "basis", "use", "rule"),
    [
        ("MY", "SG", "scam_response", "police_cooperation", Use.INTELLIGENCE_ONLY, "released"),
        ("MY", "AU", "investigation", "police_cooperation", Use.INTELLIGENCE_ONLY, "released"),
        ("MY", "SG", "prosecution", "asean_mlat", Use.EVIDENCE, "released"),
        ("MY", "SG", "investigation", "police_cooperation", Use.EVIDENCE, "law-evidence"),
        ("MY", "TL", "prosecution", "asean_mlat", Use.EVIDENCE, "law-country"),
        ("TL", "MY", "investigation", "asean_mlat", Use.INTELLIGENCE_ONLY, "law-basis"),
        ("MY", "CN", "scam_response", "malaysia_china", Use.INTELLIGENCE_ONLY, "released"),
        ("SG", "CN", "scam_response", "malaysia_china", Use.INTELLIGENCE_ONLY, "law-basis"),
        ("SG", "CN", "scam_response", "asean_china_mou", Use.INTELLIGENCE_ONLY, "released"),
        ("CN", "MY", "scam_response", "police_cooperation", Use.INTELLIGENCE_ONLY, "law-basis"),
        ("CN", "MY", "scam_response", "china_approval", Use.INTELLIGENCE_ONLY, "released"),
        ("CN", "MY", "scam_response", "", Use.INTELLIGENCE_ONLY, "basis-missing"),
        ("TH", "MM", "victim_protection", "lancang_mekong", Use.INTELLIGENCE_ONLY, "released"),
        ("TH", "MY", "victim_protection", "lancang_mekong", Use.INTELLIGENCE_ONLY, "law-country"),
        ("ID", "PH", "counter_terrorism", "asean_acct", Use.INTELLIGENCE_ONLY, "released"),
        ("ID", "PH", "scam_response", "asean_acct", Use.INTELLIGENCE_ONLY, "law-scope"),
        ("MY", "SG", "prosecution", "police_cooperation", Use.INTELLIGENCE_ONLY, "law-scope"),
        ("AU", "MY", "investigation", "police_cooperation", Use.INTELLIGENCE_ONLY, "released"),
        ("AU", "MY", "investigation", "asean_mlat", Use.INTELLIGENCE_ONLY, "law-basis"),
        ("AU", "MY", "prosecution", "police_cooperation", Use.INTELLIGENCE_ONLY, "law-purpose"),
    ],
)
def test_our_law_pack_decides_as_its_rows_say(
    sender: str, recipient: str, purpose: str, basis: str, use: Use, rule: str
) -> None:
    asked = GOOD.but(own_country=sender, country=recipient, purpose=purpose, basis=basis, use=use, law=OUR_LAW)
    assert asked.decide().rule == rule
