# SPDX-License-Identifier: Apache-2.0
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lintas.formats.table_mapping import marking_of_cell
from lintas.model.marking import Protected, Tlp, class_of_label


@pytest.mark.parametrize(
    ("cell", "tlp", "classes"),
    [
        ("", None, ()),
        (" ; , ", None, ()),
        ("AMBER", Tlp.AMBER, ()),
        ("TLP:AMBER+STRICT", Tlp.AMBER_STRICT, ()),
        ("AMBER; victim", Tlp.AMBER, ("victim",)),
        ("victim", None, ("victim",)),
        ("Victim, CHILD", None, ("child", "victim")),
        ('GREEN, lintas:class="ct"', Tlp.GREEN, ("ct",)),
        ("GREEN; RED", Tlp.RED, ()),
        ("AMBER; victims", Tlp.RED, ()),  # what cannot be read is RED, as ever
        ("lintas:class=nobody", Tlp.RED, ()),
        ("secret", Tlp.RED, ()),
    ],
)
def test_a_cell_says_a_label_and_classes(cell: str, tlp: Tlp | None, classes: tuple[str, ...]) -> None:
    assert marking_of_cell(cell) == (tlp, classes)


@given(st.text(max_size=60))
def test_no_cell_is_looser_than_what_it_could_say(cell: str) -> None:
    tlp, classes = marking_of_cell(cell)
    assert tlp is not None or classes or not cell.replace(";", "").replace(",", "").strip()
    assert set(classes) <= {one.value for one in Protected}


@pytest.mark.parametrize("one", Protected)
@pytest.mark.parametrize("form", ['lintas:class="{}"', "lintas:class={}", 'LINTAS:CLASS="{}"', " lintas:class={} "])
def test_a_label_names_a_class(one: Protected, form: str) -> None:
    assert class_of_label(form.format(one.value)) is one


@pytest.mark.parametrize("label", ["victim", "lintas:class", 'lintas:class="', "misp:class=victim", "tlp:red", ""])
def test_another_label_names_none(label: str) -> None:
    assert class_of_label(label) is None
