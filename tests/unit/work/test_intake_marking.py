# SPDX-License-Identifier: Apache-2.0
from itertools import product

import pytest

from lintas.model.marking import Marking, Onward, Pap, Tlp, Use
from lintas.model.reading import Derived, Slice
from lintas.work.intake.marking import marking_of
from lintas.work.intake.options import TakeOptions

DEFAULT = Tlp.AMBER_STRICT
SAID = Marking(
    tlp=Tlp.AMBER,
    pap=Pap.GREEN,
    recipients=frozenset({"lintas:a"}),
    purposes=frozenset({"scam"}),
    legal_basis=frozenset({"my.amla"}),
    use=Use.EVIDENCE,
    onward=Onward.NONE,
    retention="case",
)


def piece(tlp: str = "", pap: str = "") -> Slice:
    return Slice(spans=((0, 1),), media_type="text/plain", tlp=tlp, pap=pap, derived=Derived())


def test_what_nobody_marked_has_the_nodes_default() -> None:
    assert marking_of(piece(), TakeOptions(), DEFAULT) == Marking(tlp=DEFAULT)


def test_what_only_the_person_marked_is_as_they_said() -> None:
    assert marking_of(piece(), TakeOptions(marking=SAID), DEFAULT) == SAID


@pytest.mark.parametrize("tlp", Tlp)
def test_what_only_the_file_marked_is_as_it_says_even_if_less_strict_than_the_default(tlp: Tlp) -> None:
    assert marking_of(piece(tlp.name), TakeOptions(), DEFAULT) == Marking(tlp=tlp)


@pytest.mark.parametrize("pap", Pap)
def test_a_files_permissible_actions_are_kept(pap: Pap) -> None:
    assert marking_of(piece("GREEN", pap.name), TakeOptions(), DEFAULT).pap is pap


@pytest.mark.parametrize(("own", "said"), list(product(Tlp, Tlp)))
def test_of_two_labels_the_stricter_one_counts(own: Tlp, said: Tlp) -> None:
    assert marking_of(piece(own.name), TakeOptions(marking=Marking(tlp=said)), DEFAULT).tlp is max(own, said)


@pytest.mark.parametrize(("own", "said"), list(product(Pap, Pap)))
def test_of_two_permissible_actions_the_stricter_one_counts(own: Pap, said: Pap) -> None:
    options = TakeOptions(marking=Marking(tlp=Tlp.CLEAR, pap=said))
    assert marking_of(piece("CLEAR", own.name), options, DEFAULT).pap is max(own, said)


@pytest.mark.parametrize("own", Tlp)
def test_a_file_that_names_no_recipient_takes_none_from_the_person(own: Tlp) -> None:
    joined = marking_of(piece(own.name), TakeOptions(marking=SAID), DEFAULT)
    assert joined == Marking(
        tlp=max(own, SAID.tlp),
        pap=SAID.pap,
        recipients=SAID.recipients,
        purposes=SAID.purposes,
        legal_basis=SAID.legal_basis,
        use=SAID.use,
        onward=SAID.onward,
        retention=SAID.retention,
    )
