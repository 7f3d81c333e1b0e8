# SPDX-License-Identifier: Apache-2.0
"""STIX 2.0 is read as if it were 2.1, from the same bytes."""

import json

import pytest

from lintas.formats.stix.objects import MEDIA_TYPE
from tests.unit.formats.builders import bundle, only, posted, read, said, stix, stix_id


def old(type_: str, number: int = 1, **props: object) -> dict[str, object]:
    return {name: value for name, value in stix(type_, number, **props).items() if name != "spec_version"}


def old_bundle(*objects: object) -> bytes:
    return bundle(*objects, spec_version="2.0")


OBSERVED = old(
    "observed-data",
    first_observed="2026-01-01T00:00:00Z",
    last_observed="2026-01-01T00:00:00Z",
    number_observed=1,
    objects={
        "0": {
            "type": "email-message",
            "is_multipart": False,
            "from_ref": "1",
            "to_refs": ["2", "nobody"],
            "subject": "x",
        },
        "1": {"type": "email-addr", "value": "a@example.com"},
        "2": {"type": "email-addr", "value": "b@example.com", "belongs_to_ref": "1"},
    },
)


def test_the_container_says_that_it_was_converted() -> None:
    container = read(old_bundle(old("tool", name="x")))
    assert container.format == "STIX 2.0 bundle, converted"
    assert only(container).media_type == f"{MEDIA_TYPE}2.0"
    assert only(container).derived.notes == ()


def test_observables_inside_observed_data_become_entities_of_its_message() -> None:
    derived = only(read(old_bundle(OBSERVED))).derived
    id_ = stix_id("observed-data")
    assert [entity.key for entity in derived.entities] == [id_, f"{id_}#0", f"{id_}#1", f"{id_}#2"]
    assert [entity.schema for entity in derived.entities] == ["Observation", "Email", "EmailAddress", "EmailAddress"]
    assert said(derived, "object_refs", 0) == [f"{id_}#0", f"{id_}#1", f"{id_}#2"]
    assert said(derived, "from_ref", 1) == [f"{id_}#1"]
    assert said(derived, "to_refs", 1) == [f"{id_}#2", "nobody"]
    assert posted(derived) == {("email", "a@example.com"), ("email", "b@example.com")}


def test_observables_are_not_said_twice() -> None:
    derived = only(read(old_bundle(OBSERVED))).derived
    assert not [each.prop for each in derived.statements if each.prop.startswith("objects")]


@pytest.mark.parametrize("objects", [{"0": 5}, {"0": {"type": "url"}, "1": None}, [], "x", {}])
def test_observables_in_a_wrong_shape_are_kept_as_plain_values(objects: object) -> None:
    assert len(only(read(old_bundle(old("observed-data", objects=objects)))).derived.entities) == 1


@pytest.mark.parametrize(
    ("type_", "prop"),
    [
        ("indicator", "indicator_types"),
        ("malware", "malware_types"),
        ("report", "report_types"),
        ("tool", "tool_types"),
        ("threat-actor", "threat_actor_types"),
        ("identity", "roles"),
    ],
)
def test_labels_become_the_types_of_2_1(type_: str, prop: str) -> None:
    derived = only(read(old_bundle(old(type_, name="x", labels=["one", "two"])))).derived
    assert said(derived, prop) == ["one", "two"]
    assert said(derived, "keywords") == []


def test_labels_of_other_types_stay_labels() -> None:
    assert said(only(read(old_bundle(old("campaign", name="x", labels=["one"])))).derived, "keywords") == ["one"]


def test_labels_stay_beside_types_that_are_there_already() -> None:
    derived = only(read(old_bundle(old("tool", name="x", labels=["one"], tool_types=["two"])))).derived
    assert (said(derived, "keywords"), said(derived, "tool_types")) == (["one"], ["two"])


def test_an_old_indicator_is_read_as_a_stix_pattern() -> None:
    derived = only(
        read(old_bundle(old("indicator", labels=["x"], pattern="[ipv4-addr:value = '198.51.100.3']")))
    ).derived
    assert posted(derived) == {("ipv4", "198.51.100.3")}
    assert said(derived, "pattern_type") == ["stix"]


def test_a_marking_of_2_0_counts() -> None:
    marked = old("tool", name="x", object_marking_refs=["marking-definition--f88d31f6-486f-44da-b317-01333bde0b82"])
    assert only(read(old_bundle(marked))).tlp == "AMBER"


def test_an_object_that_names_its_version_is_read_as_that() -> None:
    container = read(old_bundle(stix("tool", name="x", labels=["one"]), old("tool", 2, name="y", labels=["two"])))
    assert [each.media_type for each in container.slices] == [f"{MEDIA_TYPE}2.1", f"{MEDIA_TYPE}2.0"]
    assert said(container.slices[0].derived, "keywords") == ["one"]
    assert said(container.slices[1].derived, "tool_types") == ["two"]
    assert container.notes == ("1 of 2 objects are STIX 2.0 and were converted.",)


def test_an_old_indicator_without_a_bundle_is_known_by_its_shape() -> None:
    indicator = old("indicator", pattern="[url:value = 'http://evil.example.com/']")
    each = only(read(json.dumps([indicator]).encode()))
    assert each.media_type == f"{MEDIA_TYPE}2.0"
    assert ("url", "http://evil.example.com/") in posted(each.derived)


def test_an_unknown_version_of_a_bundle_is_noted() -> None:
    assert read(bundle(stix("tool", name="x"), spec_version="3.0")).notes == (
        "The bundle says version '3.0'; it was read as 2.1.",
    )
