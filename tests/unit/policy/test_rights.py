# SPDX-License-Identifier: Apache-2.0
"""What a role may do, in words, is what the policy decides."""

from typing import Final

import pytest

from lintas.config.packs import read_packs
from lintas.model.marking import Protected, Tlp
from lintas.model.viewer import Viewer
from lintas.policy.access import may
from lintas.policy.rights import rights_of

TABLE: Final = read_packs(None).access


@pytest.mark.parametrize("role", TABLE.roles)
def test_the_words_of_each_role_are_what_the_policy_decides(role: str) -> None:
    viewer = Viewer(id="officer-0009", clearance=Tlp.RED, role=role, purpose="a case")
    for right in rights_of(TABLE, role).rights:
        assert right.may == may(TABLE, viewer, right.activity), right
        owned = may(TABLE, viewer, right.activity, owner=viewer.id)
        assert right.is_any == owned, right
        assert right.activity in TABLE.activities


def test_a_role_without_content_is_not_said_to_see_a_class_that_was_opened() -> None:
    said = rights_of(TABLE, "oversight", frozenset({Protected.CT})).sentences()
    assert said[0] == "Sees nothing of what messages say."
    assert not any("Counter-terrorism" in one for one in said)


def test_what_an_activity_asks_for_stands_in_its_sentence() -> None:
    said = rights_of(TABLE, "supervisor").sentences()
    change = next(one for one in said if "make, change or close accounts" in one)
    assert "own passkey" in change
    assert "second person" in change
    shared = next(one for one in said if one.startswith("May release messages"))
    assert "never for: derived from a suspicious transaction report" in shared


def test_an_opened_class_is_named() -> None:
    said = rights_of(TABLE, "analyst", frozenset({Protected.CT})).sentences()
    assert "Sees what is closed to others: Counter-terrorism." in said


def test_a_role_that_the_pack_does_not_have_has_no_rights() -> None:
    with pytest.raises(KeyError):
        rights_of(TABLE, "wizard")
