# SPDX-License-Identifier: Apache-2.0
"""What OASIS's own library writes, we read without loss; what its validator calls valid, we never reject."""

import json
from collections.abc import Iterator

import pytest
import stix2
from stix2validator import ValidationOptions, validate_instance

from lintas.formats.stix.marking import PREDEFINED
from lintas.model.marking import Tlp
from tests.unit.formats.builders import bundle, only, posted, read, said, stix, stix_id

VALID: list[dict[str, object]] = [
    stix("tool", name="Example"),
    stix("identity", name="Example", identity_class="individual"),
    stix(
        "indicator", pattern_type="stix", pattern="[url:value = 'http://x.example/']", valid_from="2026-01-01T00:00:00Z"
    ),
    stix("relationship", relationship_type="uses", source_ref=stix_id("campaign"), target_ref=stix_id("malware")),
    stix("sighting", sighting_of_ref=stix_id("indicator"), count=3),
    {"type": "ipv4-addr", "spec_version": "2.1", "id": stix_id("ipv4-addr"), "value": "198.51.100.3"},
    stix("location", country="SG"),
    stix("x-example", x_any={"a": [1, {"b": None}]}),
]


@pytest.mark.parametrize("obj", VALID, ids=[str(obj["type"]) for obj in VALID])
def test_what_the_validator_calls_valid_is_used(obj: dict[str, object]) -> None:
    assert validate_instance(obj, ValidationOptions(version="2.1")).is_valid
    container = read(bundle(obj))
    assert container.rejected == ()
    assert only(container).derived.notes == ()


def objects() -> Iterator[object]:
    author = stix2.Identity(name="Example Unit", identity_class="organization")
    yield author
    indicator = stix2.Indicator(
        name="x",
        created_by_ref=author,
        pattern_type="stix",
        confidence=70,
        object_marking_refs=[stix2.TLP_AMBER],
        pattern="[file:hashes.'SHA-256' = 'abababababababababababababababababababababababababababababababab']",
        valid_from="2026-01-01T00:00:00Z",
    )
    yield indicator
    address = stix2.IPv4Address(value="198.51.100.3")
    yield address
    yield stix2.DomainName(value="evil.example.com", resolves_to_refs=[address])
    yield stix2.ObservedData(
        first_observed="2026-01-01T00:00:00Z",
        last_observed="2026-01-01T00:00:00Z",
        number_observed=1,
        object_refs=[address],
    )
    yield stix2.Relationship(indicator, "based-on", address)
    yield stix2.Sighting(indicator, where_sighted_refs=[author], count=2)
    yield stix2.Note(content="see 198.51.100.9", object_refs=[indicator])


def test_what_the_library_writes_is_read_without_loss() -> None:
    made = list(objects())
    raw = str(stix2.Bundle(*made).serialize(pretty=True)).encode()
    container = read(raw)
    assert container.read == len(made) == len(container.slices)
    for obj, each in zip(json.loads(raw)["objects"], container.slices, strict=True):
        values = {statement.value for statement in each.derived.statements}
        for name, value in obj.items():
            if name not in ("id", "spec_version", "hashes"):
                for part in value if isinstance(value, list) else [value]:
                    assert (json.dumps(part) if not isinstance(part, str) else part) in values
    assert [each.tlp for each in container.slices] == ["", "AMBER", *[""] * 6]
    assert {each.confidence for each in container.slices[1].derived.statements} == {70}
    assert ("ipv4", "198.51.100.9") in posted(container.slices[7].derived)


def test_the_library_and_we_name_the_same_predefined_markings() -> None:
    theirs = {"white": stix2.TLP_WHITE, "green": stix2.TLP_GREEN, "amber": stix2.TLP_AMBER, "red": stix2.TLP_RED}
    for level, definition in theirs.items():
        assert PREDEFINED[str(definition.id)] is Tlp.from_text(level)
        container = read(str(stix2.Bundle(definition).serialize()).encode())
        assert said(only(container).derived, "tlp") == [level]


def test_a_version_2_0_bundle_of_the_library_is_converted() -> None:
    made = stix2.v20.Bundle(
        stix2.v20.Indicator(labels=["malicious-activity"], pattern="[ipv4-addr:value = '198.51.100.3']"),
        stix2.v20.ObservedData(
            first_observed="2026-01-01T00:00:00Z", last_observed="2026-01-01T00:00:00Z", number_observed=1,
            objects={"0": {"type": "domain-name", "value": "evil.example.com", "resolves_to_refs": ["1"]},
                     "1": {"type": "ipv4-addr", "value": "198.51.100.3"}},
        ),
    )  # fmt: skip
    container = read(str(made.serialize()).encode())
    assert container.format == "STIX 2.0 bundle, converted"
    assert said(container.slices[0].derived, "indicator_types") == ["malicious-activity"]
    assert {("domain", "evil.example.com"), ("ipv4", "198.51.100.3")} <= posted(container.slices[1].derived)
