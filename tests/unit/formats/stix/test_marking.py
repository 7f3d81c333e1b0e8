# SPDX-License-Identifier: Apache-2.0
import pytest

from lintas.formats.stix.marking import PREDEFINED, TLP2_EXTENSION, collect, define
from lintas.model.marking import Pap, Tlp
from tests.unit.formats.builders import bundle, only, read, said, stix, stix_id

IDS = {tlp: [id_ for id_, known in PREDEFINED.items() if known is tlp] for tlp in Tlp}


def marked(*refs: str, **props: object) -> dict[str, object]:
    return stix("campaign", name="Example", object_marking_refs=list(refs), **props)


def tlp_definition(level: str, number: int = 1, **props: object) -> dict[str, object]:
    return {**stix("marking-definition", number, definition_type="tlp", definition={"tlp": level}), **props}


@pytest.mark.parametrize(("id_", "tlp"), PREDEFINED.items())
def test_a_predefined_marking_needs_no_definition(id_: str, tlp: Tlp) -> None:
    container = read(bundle(marked(id_)))
    assert only(container).tlp == tlp.name
    assert container.notes == ()


def test_nine_definitions_are_fixed_by_the_standards() -> None:
    assert {tlp.name: len(ids) for tlp, ids in IDS.items()} == {
        "CLEAR": 2,
        "GREEN": 2,
        "AMBER": 2,
        "AMBER_STRICT": 1,
        "RED": 2,
    }


def test_the_strictest_of_several_markings_counts() -> None:
    assert (
        only(read(bundle(marked(IDS[Tlp.CLEAR][0], IDS[Tlp.AMBER_STRICT][0], IDS[Tlp.GREEN][1])))).tlp == "AMBER_STRICT"
    )


def test_an_unmarked_object_has_no_tlp() -> None:
    assert only(read(bundle(stix("campaign", name="Example")))).tlp == ""


def test_a_marking_defined_in_the_file_counts_wherever_it_stands() -> None:
    objects = [tlp_definition("amber"), marked(stix_id("marking-definition"))]
    assert [each.tlp for each in read(bundle(*objects)).slices] == ["", "AMBER"]
    assert [each.tlp for each in read(bundle(*reversed(objects))).slices] == ["AMBER", ""]


def test_a_tlp_2_extension_is_read() -> None:
    definition = stix(
        "marking-definition",
        name="TLP:AMBER+STRICT",
        extensions={TLP2_EXTENSION: {"extension_type": "property-extension", "tlp_2_0": "amber+strict"}},
    )
    assert read(bundle(definition, marked(stix_id("marking-definition")))).slices[1].tlp == "AMBER_STRICT"


@pytest.mark.parametrize("ref", [stix_id("marking-definition", 9), "nonsense", 7, None, {"a": 1}])
def test_a_marking_that_cannot_be_resolved_is_red(ref: object) -> None:
    container = read(bundle(stix("campaign", name="Example", object_marking_refs=[IDS[Tlp.CLEAR][0], ref])))
    assert only(container).tlp == "RED"
    assert "TLP:RED" in container.notes[0]


@pytest.mark.parametrize("refs", ["marking-definition--x", {}, 3])
def test_markings_that_are_no_list_are_red(refs: object) -> None:
    assert only(read(bundle(stix("campaign", name="Example", object_marking_refs=refs)))).tlp == "RED"


@pytest.mark.parametrize(
    "definition",
    [
        tlp_definition("purple"),
        stix("marking-definition", definition_type="tlp", definition="red"),
        stix("marking-definition", definition_type="x-own", definition={"level": "free"}),
        stix("marking-definition"),
        stix("marking-definition", extensions={TLP2_EXTENSION: {"tlp_2_0": "purple"}}),
        stix("marking-definition", definition_type="statement", definition={}),
    ],
)
def test_a_marking_of_a_kind_that_is_not_known_is_red(definition: dict[str, object]) -> None:
    assert read(bundle(definition, marked(stix_id("marking-definition")))).slices[1].tlp == "RED"


def test_a_definition_that_was_rejected_leaves_its_objects_red() -> None:
    bad = tlp_definition("white")
    raw = bundle(bad, marked(stix_id("marking-definition"))).replace(
        b'"definition_type"', b'"type": "x", "definition_type"'
    )
    container = read(raw)
    assert [each.id for each in container.rejected] == [stix_id("marking-definition")]
    assert only(container).tlp == "RED"


def test_a_file_cannot_loosen_a_predefined_marking() -> None:
    red = IDS[Tlp.RED][0]
    assert read(bundle(tlp_definition("white", id=red), marked(red))).slices[1].tlp == "RED"


def test_of_two_definitions_of_one_id_the_strictest_counts() -> None:
    for first, second in (("white", "red"), ("red", "white")):
        raw = bundle(tlp_definition(first), tlp_definition(second), marked(stix_id("marking-definition")))
        assert read(raw).slices[2].tlp == "RED"


def test_a_name_that_is_stricter_than_its_definition_counts() -> None:
    assert define(tlp_definition("white", name="TLP:RED")).tlp is Tlp.RED


def test_a_granular_marking_counts_for_the_whole_object_and_is_named() -> None:
    granular = [
        {"marking_ref": IDS[Tlp.RED][1], "selectors": ["description", "labels.[0]"]},
        {"lang": "th", "selectors": ["name"]},
    ]
    container = read(bundle(marked(IDS[Tlp.GREEN][0], granular_markings=granular, description="x")))
    assert only(container).tlp == "RED"
    assert "description, labels.[0]" in only(container).derived.notes[0]


@pytest.mark.parametrize("granular", [[{"selectors": ["name"]}], [7], "x", [{"marking_ref": 5, "selectors": "name"}]])
def test_a_granular_marking_that_cannot_be_read_is_red(granular: object) -> None:
    assert only(read(bundle(stix("campaign", name="Example", granular_markings=granular)))).tlp == "RED"


def test_a_language_marking_is_no_restriction() -> None:
    granular = [{"lang": "th", "selectors": ["name"]}]
    each = only(read(bundle(stix("campaign", name="Example", granular_markings=granular))))
    assert (each.tlp, each.derived.notes) == ("", ())


def test_labels_can_only_tighten() -> None:
    assert only(read(bundle(marked(IDS[Tlp.AMBER][0], labels=["tlp:clear"])))).tlp == "AMBER"
    each = only(read(bundle(marked(IDS[Tlp.CLEAR][0], labels=["TLP:AMBER", "PAP:RED"]))))
    assert (each.tlp, each.pap) == ("AMBER", "RED")
    assert only(read(bundle(stix("campaign", name="Example", labels=["tlp:mauve"])))).tlp == "RED"


def test_a_statement_marking_survives_as_its_text() -> None:
    definition = stix("marking-definition", definition_type="statement", definition={"statement": "Copyright Example"})
    container = read(bundle(definition, marked(stix_id("marking-definition"))))
    assert said(container.slices[0].derived, "marking") == ["Copyright Example"]
    assert said(container.slices[1].derived, "object_marking_refs") == [stix_id("marking-definition")]
    assert [each.tlp for each in container.slices] == ["", ""]


def test_a_pap_statement_restricts_actions() -> None:
    definition = stix(
        "marking-definition", definition_type="statement", name="PAP:RED", definition={"statement": "PAP:RED"}
    )
    assert collect([definition])[stix_id("marking-definition")].pap is Pap.RED
    assert read(bundle(definition, marked(stix_id("marking-definition")))).slices[1].pap == "RED"


def test_many_unknown_markings_do_not_fill_a_page() -> None:
    container = read(bundle(*(marked(stix_id("marking-definition", n)) for n in range(40))))
    assert len(container.notes) == 11
