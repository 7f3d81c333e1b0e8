# SPDX-License-Identifier: Apache-2.0
"""What is held is found, as far as the viewer may see, and each find leaves one access entry."""

import json

import pytest

from lintas.errors import BadInput, NotAllowed, OverLimit, UnknownTerm
from lintas.limits import TERMS_PER_FIND_MAX
from lintas.model.find_answers import Filters
from lintas.model.marking import Marking, Tlp
from lintas.model.viewer import Viewer
from lintas.ports.store import Snapshot
from lintas.testing import CLERK, OFFICER, FakeClock
from lintas.work.finding import find, show_entity, show_message
from lintas.work.intake import TakeOptions, export
from lintas.work.services import Services
from tests.scenario.giving import stix_bundle, stix_object, take_bytes, take_text

RED = TakeOptions(marking=Marking(tlp=Tlp.RED))
GREEN = TakeOptions(marking=Marking(tlp=Tlp.GREEN))


def captions(services: Services, term: str) -> list[str]:
    return [entity.caption for entity in find(services, OFFICER, [term]).results[0].entities]


def last_access(services: Services) -> dict[str, object]:
    def newest(snapshot: Snapshot) -> bytes:
        row = snapshot.payload(snapshot.places_of("access")[-1])
        assert row is not None
        assert row.data is not None
        return row.data

    found: dict[str, object] = json.loads(services.store.read(newest))
    return found


@pytest.mark.parametrize(
    ("text", "term"),
    [
        ("call +60123456789 now", "012-345 6789"),
        ("visit hxxps://bad[.]example-site[.]com/login", "https://bad.example-site.com/login"),
        ("visit hxxps://bad[.]example-site[.]com/login", "bad.example-site.com"),
        ("pay to 1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa", "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa"),
        ("โทร ๐๘๑-๒๓๔-๕๖๗๘ หรือ +๖๖๘๑๒๓๔๕๖๗๘", "+66812345678"),
    ],
)
def test_an_identifier_is_found_however_it_was_written(services: Services, text: str, term: str) -> None:
    taken = take_text(services, text)
    result = find(services, OFFICER, [term]).results[0]
    assert result.how == "exact"
    assert [one.message for one in result.sources] == taken.messages


@pytest.mark.parametrize(
    ("name", "term"),
    [
        ("张伟强", "张伟"),
        ("张伟强", "伟强"),
        ("张伟强", "张"),
        ("สมชาย ใจดี", "สมชาย"),
        ("นายสมชายใจดี", "สมชาย"),
        ("Nguyễn Văn Đức", "nguyen duc"),
        ("ကျော်ဇော", "ကျော်"),
        ("ＡＣＭＥ Trading", "acme"),
        ("Wi\u200bdth Holdings", "width"),
        ("Abdul Rahman bin Yusof", "rahm"),
    ],
)
def test_words_are_found_in_every_script(services: Services, name: str, term: str) -> None:
    take_bytes(services, stix_bundle(stix_object("identity", 1, name=name, identity_class="individual")), name="a")
    assert captions(services, term) == [name]


def test_the_middle_of_a_spaced_word_does_not_count(services: Services) -> None:
    take_bytes(services, stix_bundle(stix_object("identity", 1, name="Rahman", identity_class="individual")), name="a")
    assert captions(services, "ahman") == []


def test_a_prefix_finds_identifiers(services: Services) -> None:
    take_text(services, "mail fraud-desk@example-bank.com")
    result = find(services, OFFICER, ["fraud-desk@*"]).results[0]
    assert (result.how, result.scheme) == ("prefix", "email")
    assert result.entities


def test_every_term_has_its_row_in_order_and_a_miss_says_what_it_means(services: Services) -> None:
    take_text(services, "call +60123456789")
    terms = ["+60199999999", "+60123456789", "nobody at all", ""]
    found = find(services, OFFICER, terms)
    assert [row.term for row in found.results] == terms
    assert [bool(row.entities) for row in found.results] == [False, True, False, False]
    assert {row.note for row in found.results if not row.entities} == {"none that you may see"}


def test_nothing_above_the_viewers_clearance_is_found_in_any_way(services: Services) -> None:
    taken = take_text(services, "call +60123456789, says 张伟强", options=RED)
    for term in ("+60123456789", "+6012*", "张伟"):
        row = find(services, CLERK, [term]).results[0]
        assert (row.entities, row.sources, row.note) == ([], [], "none that you may see")
    entity = find(services, OFFICER, ["+60123456789"]).results[0].entities[0].id
    for look in (
        lambda: show_entity(services, CLERK, entity),
        lambda: show_message(services, CLERK, taken.messages[0]),
    ):
        with pytest.raises(UnknownTerm) as refused:
            look()
        assert "RED" not in str(refused.value)


def test_sources_of_one_entity_stand_side_by_side_and_each_viewer_sees_his_own(services: Services) -> None:
    for number, (name, options) in enumerate((("Old name", GREEN), ("Secret name", RED))):
        thing = stix_object("identity", 1, name=name, identity_class="group", description=f"v{number}")
        take_bytes(services, stix_bundle(thing), name=f"{number}.json", options=options)
    key = "identity--00000000-0000-4000-8000-000000000001"
    everything = show_entity(services, OFFICER, key)
    assert {s.value for s in everything.statements if s.prop == "name"} == {"Old name", "Secret name"}
    assert everything.tlp == "TLP:RED"
    little = show_entity(services, CLERK, key)
    assert (little.caption, little.also, little.tlp) == ("Old name", [], "TLP:GREEN")
    assert "Secret" not in str(little)


def test_each_find_writes_one_access_entry_that_names_viewer_terms_and_messages(services: Services) -> None:
    taken = take_text(services, "call +60123456789")
    before = services.store.read(lambda s: s.size())
    found = find(services, OFFICER, ["+60123456789", "other"], purpose="scam-inquiry")
    assert services.store.read(lambda s: s.size()) == before + 1
    said = last_access(services)
    assert (said["viewer"], said["verb"], said["purpose"]) == (OFFICER.id, "find", "scam-inquiry")
    assert said["shown"] == taken.messages
    assert found.access == services.store.read(lambda s: next(s.entries(before, before + 1)).id)


def test_filters_narrow(services: Services, clock: FakeClock) -> None:
    take_text(services, "call +60123456789", name="a", options=TakeOptions(source="Hotline", areas=("online_scams",)))
    clock.forward(days=2)
    take_text(
        services, "again +60123456789", name="b", options=TakeOptions(source="Bank", marking=Marking(tlp=Tlp.RED))
    )

    def sources(**filters: str) -> list[str]:
        row = find(services, OFFICER, ["+60123456789"], filters=Filters(**filters)).results[0]
        return [one.source for one in row.sources]

    assert sources() == ["Bank", "Hotline"]
    assert sources(source="hot") == ["Hotline"]
    assert sources(tlp="TLP:RED") == ["Bank"]
    assert sources(area="online_scams") == ["Hotline"]
    assert sources(since="2026-03-02") == ["Bank"]
    assert sources(until="2026-03-01") == ["Hotline"]
    assert sources(since="2026-03-01T00:00:00+08:00", until="2026-03-02T07:59:59+08:00") == ["Hotline"]
    assert sources(scheme="email") == []


def test_a_benign_value_is_shown_with_the_reason(services: Services) -> None:
    take_text(services, "resolves at 8.8.8.8")
    row = find(services, OFFICER, ["8.8.8.8"]).results[0]
    assert row.entities
    assert "8.8.8.8" in row.benign[0]


def test_a_long_list_is_answered_and_a_longer_one_refused(services: Services) -> None:
    take_text(services, "call +60123456789")
    terms = [f"+6012{number:07d}" for number in range(3456000, 3457000)] + ["+60123456789"]
    rows = find(services, OFFICER, terms).results
    assert [row.term for row in rows if row.entities] == ["+60123456789", "+60123456789"][
        : len([r for r in rows if r.entities])
    ]
    with pytest.raises(OverLimit):
        find(services, OFFICER, ["x"] * (TERMS_PER_FIND_MAX + 1))


def test_a_filter_that_cannot_be_read_is_an_error(services: Services) -> None:
    with pytest.raises(BadInput):
        find(services, OFFICER, ["x"], filters=Filters(tlp="PURPLE"))
    for text in ("yesterday", "2026", "2026-02-30", "2026-03-01T08:00", "0001-01-01T00:00:00+14:00", "9999-12-31"):
        with pytest.raises(BadInput):
            find(services, OFFICER, ["x"], filters=Filters(until=text))
    for filters in (Filters(scheme="fone"), Filters(area="online-scams")):
        with pytest.raises(UnknownTerm, match="no "):
            find(services, OFFICER, ["x"], filters=filters)


def test_a_link_is_named_by_what_it_joins(services: Services) -> None:
    source = stix_object("malware", 1, name="Loader", is_family=False)
    target = stix_object("identity", 2, name="Mule ring", identity_class="group")
    link = stix_object(
        "relationship",
        3,
        relationship_type="targets",
        source_ref=source["id"],
        target_ref=target["id"],
        description="seen in March",
    )
    take_bytes(services, stix_bundle(source, target, link), name="a.json")
    assert captions(services, "seen in March") == ["Loader targets Mule ring"]


def test_what_somebody_asked_is_for_them_and_their_supervisor(services: Services) -> None:
    take_text(services, "call +60123456789")
    entry = find(services, OFFICER, ["+60123456789"]).access
    colleague = Viewer(id="officer-0007", clearance=Tlp.RED)
    boss = Viewer(id="officer-0008", clearance=Tlp.RED, role="supervisor")
    for look, why in ((show_message, "supervisor"), (export, "never saved")):
        with pytest.raises(NotAllowed, match=why):
            look(services, colleague, entry)
        with pytest.raises(UnknownTerm):
            look(services, CLERK, entry)
    assert "+60123456789" in show_message(services, boss, entry).received
    assert "+60123456789" in show_message(services, OFFICER, entry).received
