# SPDX-License-Identifier: Apache-2.0
import pytest

from lintas.model.marking import Tlp
from lintas.model.viewer import Viewer
from lintas.policy.peering import (
    is_folder_owner,
    may_answer_for_peers,
    may_change_peers,
    may_rotate_keys,
    may_see_peers,
    may_set_address,
    may_share,
)

ROLES = ("duty_officer", "supervisor", "focal_point", "analyst", "operator", "nobody")
DECIDE = {"duty_officer", "supervisor", "focal_point"}


def viewer(role: str, name: str = "officer-0001") -> Viewer:
    return Viewer(id=name, clearance=Tlp.GREEN, role=role)


@pytest.mark.parametrize("role", ROLES)
def test_everybody_may_know_whom_the_node_talks_to(role: str) -> None:
    assert may_see_peers(viewer(role)).allowed


@pytest.mark.parametrize("role", ROLES)
def test_only_who_answers_for_it_changes_a_peer(role: str) -> None:
    assert may_change_peers(viewer(role)).allowed is (role in DECIDE)
    assert may_share(viewer(role)).allowed is (role in DECIDE)
    assert may_answer_for_peers(viewer(role)).allowed is (role in DECIDE)


@pytest.mark.parametrize("role", ROLES)
def test_operators_keep_addresses_and_keys(role: str) -> None:
    assert may_set_address(viewer(role)).allowed is (role in DECIDE | {"operator"})
    assert may_rotate_keys(viewer(role)).allowed is (role in DECIDE | {"operator"})


def test_the_folders_owner_stops_but_vouches_for_nobody() -> None:
    owner = viewer("duty_officer", "local:cli")
    assert is_folder_owner(owner)
    assert may_change_peers(owner).allowed
    assert may_share(owner).allowed
    assert may_set_address(owner).allowed
    for rule in (may_answer_for_peers, may_rotate_keys):
        assert rule(owner).rule == "named-person"
        assert not rule(owner).allowed


@pytest.mark.parametrize("role", ROLES)
def test_every_outcome_has_a_rule_and_a_sentence(role: str) -> None:
    for rule in (may_see_peers, may_change_peers, may_answer_for_peers, may_set_address, may_rotate_keys):
        for name in ("officer-0001", "local:cli"):
            decision = rule(viewer(role, name))
            assert decision.rule
            assert len(decision.reason) > 20
