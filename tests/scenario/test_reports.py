# SPDX-License-Identifier: Apache-2.0
"""Reports: taken, compared, changed, closed; what the victim hears; what can be asked at once."""

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lintas.errors import BadInput, LintasError, NotAllowed, UnknownTerm, WrongUse
from lintas.model.desk import Doc
from lintas.model.desk_ref import is_ref
from lintas.model.header import Kind
from lintas.model.marking import Tlp
from lintas.model.viewer import Viewer
from lintas.node.node import Node
from lintas.testing import OFFICER, FakeClock, carry, two_nodes
from lintas.work.accounts import create_account
from lintas.work.finding import find, show_message
from lintas.work.keeping import erase, rebuild
from lintas.work.lists import open_list, restrict
from lintas.work.proving import verify
from lintas.work.reports import (
    amend_report,
    close_report,
    file_report,
    list_reports,
    new_report_ref,
    reopen_report,
    show_report,
    victim_status,
)
from lintas.work.requests import list_requests, say, send
from lintas.work.services import Services, no_progress
from lintas.work.watching import add_watch, list_alerts
from tests.scenario.giving import take_text
from tests.scenario.reporting import LOW, OPERATOR, REPORT, SECOND, VICTIM, payment, report

ACCOUNT = "164012345678"


def rules(filed: Any) -> list[tuple[str, str]]:
    return [(line.ref, line.rule) for line in filed.duplicates]


def log_size(services: Services) -> int:
    return services.store.read(lambda snapshot: snapshot.size())


# Taking one


def test_a_report_is_taken_with_its_reference_and_read_back_in_its_form(services: Services) -> None:
    filed = file_report(services, OFFICER, REPORT, VICTIM)
    assert is_ref(filed.ref, Doc.REPORT)
    assert filed.ref.startswith("MY-R-")
    assert (filed.status, filed.is_again) == ("received", False)
    assert (filed.duplicates, filed.elsewhere, filed.notes) == ([], [], [])
    shown = show_report(services, OFFICER, filed.ref.lower().replace("-", " "))
    (paid,) = shown.said["payments"]
    assert paid["amount"] == {"minor": 1900050, "currency": "MYR"}
    assert paid["at"] == "2026-03-01T09:15:00+00:00"
    assert paid["from_bank"] == "CIBBMYKL"
    assert paid["to"] == {
        "scheme": "bank_account",
        "value": ACCOUNT,
        "bank": "MBBEMYKL",
        "country": "MY",
        "name": "EXAMPLE TRADING",
    }
    assert shown.owner == OFFICER.id


def test_an_empty_report_is_a_report(services: Services) -> None:
    filed = file_report(services, OFFICER, {})
    shown = show_report(services, OFFICER, filed.ref)
    assert (len(shown.said["payments"]), shown.victim, shown.suggestions) == (0, None, [])


@pytest.mark.parametrize(
    "unknown",
    [
        {"payments": [{}]},
        {"payments": [{"to": {"name": "SOMEBODY"}}]},
        {"payments": [{"amount": "RM 5"}]},
        {"payments": [{"at": "2026-03-01T09:15:00+08:00"}]},
        {"contacts": [{"scheme": "telegram", "value": "@example_desk"}]},
        {"short": "unclear", "lang": "en"},
    ],
)
def test_what_is_not_known_blocks_nothing(services: Services, unknown: dict[str, Any]) -> None:
    assert file_report(services, OFFICER, unknown).ref


def test_an_account_of_no_known_kind_is_kept_as_typed_and_said_so(services: Services) -> None:
    filed = file_report(services, OFFICER, report(payments=[payment(to={"value": "??12", "bank": "Bank Contoh"})]))
    assert "??12" in filed.notes[0]
    assert show_report(services, OFFICER, filed.ref).said["payments"][0]["to"]["value"] == "??12"


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        ({"payments": [payment(amount="many")]}, BadInput),
        ({"payments": [payment(amount="RM 5 or 6")]}, BadInput),
        ({"payments": [payment(amount={"minor": -5, "currency": "MYR"})]}, BadInput),
        ({"payments": [payment(amount={"minor": 5.5, "currency": "MYR"})]}, BadInput),
        ({"payments": [payment(amount={"minor": 5, "currency": "myr"})]}, BadInput),
        ({"payments": [payment(at="yesterday")]}, BadInput),
        ({"payments": [payment(at="0001-01-01T00:00")]}, BadInput),
        ({"payments": [payment(to={"value": ACCOUNT, "owner": "x"})]}, BadInput),
        ({"payments": [payment(to="here")]}, BadInput),
        ({"payments": [payment(rail="By Foot")]}, BadInput),
        ({"victim": "Siti Contoh"}, BadInput),
        ({"state": "closed"}, BadInput),
        ({"kind": "no_such_kind"}, UnknownTerm),
        ({"area": "no_such_area"}, UnknownTerm),
        ({"short": "x" * 501}, BadInput),
        ({"short": "a\x00b"}, BadInput),
        ({"slips": ["not a message"]}, BadInput),
        ({"payments": [payment()] * 101}, BadInput),
        ({"payments": "RM 5"}, BadInput),
        ({"payments": ["RM 5"]}, BadInput),
        ({"payments": [payment(note="x")]}, BadInput),
        ({"payments": [payment(at="2026-03-01")]}, BadInput),
        ({"payments": [payment(to=["x"])]}, BadInput),
        ({"kind": ["romance"]}, BadInput),
        ({"area": 5}, BadInput),
        ({"contacts": "phone"}, BadInput),
    ],
)
def test_what_no_report_says_is_refused_and_nothing_is_written(
    services: Services, wrong: dict[str, Any], error: type[LintasError]
) -> None:
    before = log_size(services)
    with pytest.raises(error):
        file_report(services, OFFICER, wrong, VICTIM)
    assert log_size(services) == before


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
NAMES = st.sampled_from(
    ["how", "area", "kind", "payments", "contacts", "slips", "short", "amount", "at", "to", "value"]
)
PARTS = st.dictionaries(NAMES, JSON | st.lists(st.dictionaries(NAMES, JSON | st.dictionaries(NAMES, JSON, max_size=2))))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(PARTS, st.dictionaries(st.sampled_from(["name", "phone", "own", "id_scheme", "id"]), JSON, max_size=3))
def test_whatever_is_typed_is_filed_or_refused_in_words(
    services: Services, said: dict[str, Any], victim: dict[str, Any]
) -> None:
    with suppress(LintasError):
        filed = file_report(services, OFFICER, said, victim)
        assert show_report(services, OFFICER, filed.ref).ref == filed.ref


def test_whoever_may_not_take_reports_takes_none(services: Services) -> None:
    with pytest.raises(NotAllowed):
        file_report(services, OPERATOR, REPORT)
    with pytest.raises(NotAllowed):
        list_reports(services, OPERATOR)


def test_filing_again_with_the_same_reference_is_one_report(services: Services) -> None:
    ref = new_report_ref(services)
    first = file_report(services, OFFICER, REPORT, VICTIM, ref=ref)
    before = log_size(services)
    again = file_report(services, OFFICER, REPORT, VICTIM, ref=ref)
    assert (again.ref, again.message, again.is_again) == (ref, first.message, True)
    assert log_size(services) == before + 1, "the access entry alone"
    assert len(list_reports(services, OFFICER)) == 1
    with pytest.raises(WrongUse):
        file_report(services, SECOND, REPORT, ref=ref)


# Who reported


def test_who_reported_is_withheld_until_a_person_unmasks_it_for_a_purpose(services: Services) -> None:
    ref = file_report(services, OFFICER, REPORT, VICTIM).ref
    shown = show_report(services, OFFICER, ref)
    assert shown.victim is not None
    assert (shown.victim.masked, shown.victim.said) == (True, {})
    assert "withheld" in shown.victim.note
    assert "Siti" not in json.dumps(shown.said)
    with pytest.raises(NotAllowed):
        show_report(services, OFFICER, ref, unmask=True)
    opened = show_report(services, OFFICER, ref, purpose="call the victim back", unmask=True)
    assert opened.victim is not None
    assert (opened.victim.said["name"], opened.victim.said["own"]["bank"]) == ("Siti Contoh", "CIBBMYKL")
    assert show_report(services, OFFICER, ref).victim == shown.victim, "for one view"


def test_a_victim_is_found_not_by_name_and_by_number_only_as_somebody_withheld(services: Services) -> None:
    file_report(services, OFFICER, REPORT, VICTIM)
    assert find(services, OFFICER, ["Siti"]).results[0].entities == []
    for term in ("+60123456700", "770305021234", "CIBBMYKL:7012345678"):
        (found,) = find(services, OFFICER, [term]).results
        assert "Siti" not in repr(found), term
        assert {entity.caption for entity in found.entities} == {"\u2592" * 3}, term


def test_a_report_is_found_by_its_receiving_account_and_its_handles(services: Services) -> None:
    ref = file_report(services, OFFICER, REPORT, VICTIM).ref
    for term in (f"MBBEMYKL:{ACCOUNT}", ACCOUNT, "+60123456789", "EXAMPLE TRADING"):
        (result,) = find(services, OFFICER, [term]).results
        assert any(entity.id.startswith(ref) for entity in result.entities), term


def test_a_watch_on_the_receiving_account_fires(services: Services) -> None:
    add_watch(services, OFFICER, [f"MBBEMYKL:{ACCOUNT}"], note="operation Contoh")
    file_report(services, SECOND, REPORT)
    assert len(list_alerts(services, OFFICER).alerts) == 1


def test_who_is_cleared_for_less_sees_no_report(services: Services) -> None:
    ref = file_report(services, OFFICER, REPORT, VICTIM).ref
    assert list_reports(services, LOW) == []
    with pytest.raises(UnknownTerm):
        show_report(services, LOW, ref)
    with pytest.raises(UnknownTerm):
        amend_report(services, LOW, ref, {"short": "x"})


# Duplicates and de-confliction


def test_a_report_to_the_hotline_and_one_to_the_police_are_shown_as_one_payment(services: Services) -> None:
    hotline = file_report(services, OFFICER, REPORT, VICTIM)
    police = payment(at="2026-03-01T09:27", reference="", to={"value": "MBBEMYKL:164012345678"})
    filed = file_report(services, SECOND, report(how="counter", payments=[police]))
    assert rules(filed) == [(hotline.ref, "same-payment")]
    (known,) = [one for one in filed.elsewhere if one.scheme == "bank_account"]
    assert known.reports == [hotline.ref]
    assert len(list_reports(services, OFFICER)) == 2, "nothing is merged"
    assert rules(show_report(services, OFFICER, hotline.ref)) == [(filed.ref, "same-payment")]


def test_the_same_victim_with_the_same_amount_is_shown_though_victims_are_masked(services: Services) -> None:
    first = file_report(services, OFFICER, REPORT, VICTIM)
    other = payment(to={"value": "9912345678"}, reference="", at="")
    filed = file_report(services, SECOND, report(payments=[other], contacts=[]), {"phone": "+60123456700"})
    assert rules(filed) == [(first.ref, "same-person")]
    assert "Siti" not in repr(filed)


def test_another_victim_of_the_same_mule_is_no_duplicate_but_known(services: Services) -> None:
    first = file_report(services, OFFICER, REPORT, VICTIM)
    other = payment(at="2026-03-01T15:00", reference="FT26060XYZ")
    filed = file_report(services, OFFICER, report(payments=[other]), {"phone": "+60198765432"})
    assert rules(filed) == []
    assert filed.elsewhere[0].reports == [first.ref]


def test_one_wrong_digit_is_shown(services: Services) -> None:
    first = file_report(services, OFFICER, REPORT)
    wrong = payment(to={"value": "164012345687", "bank": "Maybank"}, reference="")
    assert rules(file_report(services, SECOND, report(payments=[wrong]))) == [(first.ref, "other-digit")]


def test_a_list_that_gives_the_number_without_its_bank_knows_the_account_and_another_bank_s_does_not(
    services: Services,
) -> None:
    bare = take_text(services, f"account number: {ACCOUNT}", name="list.txt").messages
    take_text(services, f"CIMB account {ACCOUNT}", name="other.txt")
    (known,) = file_report(services, OFFICER, report(contacts=[])).elsewhere
    assert known.messages == bare


def test_what_a_viewer_may_not_see_is_no_duplicate_for_them(services: Services) -> None:
    file_report(services, OFFICER, REPORT, VICTIM)
    filed = file_report(services, LOW, REPORT, VICTIM)
    assert (filed.duplicates, filed.elsewhere) == ([], [])


def test_of_two_officers_who_file_at_once_one_sees_the_other(services: Services) -> None:
    gate = threading.Barrier(2)

    def one(viewer: Any) -> Any:
        gate.wait()
        return file_report(services, viewer, REPORT, VICTIM)

    with ThreadPoolExecutor(2) as pool:
        filed = list(pool.map(one, (OFFICER, SECOND)))
    assert sorted(len(each.duplicates) for each in filed) == [0, 1]
    assert len(list_reports(services, OFFICER)) == 2


def test_an_erased_report_is_no_duplicate_and_shows_nothing(services: Services) -> None:
    first = file_report(services, OFFICER, REPORT, VICTIM)
    erase(services, OFFICER, [first.message], ground="test")
    filed = file_report(services, SECOND, REPORT)
    assert (filed.duplicates, filed.elsewhere) == ([], [])
    with pytest.raises(UnknownTerm):
        show_report(services, OFFICER, first.ref)


# Changing and closing


def test_a_change_replaces_a_field_and_keeps_the_document_before(services: Services, clock: FakeClock) -> None:
    filed = file_report(services, OFFICER, REPORT, VICTIM)
    clock.forward(minutes=1)
    first = show_report(services, OFFICER, filed.ref)
    amend_report(services, SECOND, filed.ref, {"kind": "investment"}, {"phone": "+60111111111"}, seen_doc=first.doc)
    shown = show_report(services, OFFICER, filed.ref, purpose="call back", unmask=True)
    assert (shown.said["kind"], shown.said["payments"]) == ("investment", first.said["payments"])
    assert [one.by for one in shown.versions] == [SECOND.id, OFFICER.id]
    assert shown.victim is not None
    assert (shown.victim.said["phone"], shown.victim.said["name"]) == ("+60111111111", "Siti Contoh")
    assert shown.owner == OFFICER.id
    with pytest.raises(BadInput, match="changed this report meanwhile"):
        amend_report(services, OFFICER, filed.ref, {"kind": "romance"}, seen_doc=first.doc)


def test_changes_at_once_are_all_there_in_a_row(services: Services) -> None:
    ref = file_report(services, OFFICER, REPORT, VICTIM).ref
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda n: amend_report(services, OFFICER, ref, {"short": f"{n}", "lang": "en"}), range(8)))
    assert len(show_report(services, OFFICER, ref).versions) == 9


def test_a_duplicate_is_closed_with_the_report_that_goes_on(services: Services) -> None:
    first = file_report(services, OFFICER, REPORT)
    second = file_report(services, SECOND, REPORT)
    close_report(services, SECOND, second.ref, duplicate_of=first.ref)
    assert [(line.ref, line.state, line.duplicate_of) for line in list_reports(services, OFFICER)] == [
        (second.ref, "closed", first.ref),
        (first.ref, "open", ""),
    ]
    assert [line.ref for line in list_reports(services, OFFICER, state="open")] == [first.ref]
    with pytest.raises(BadInput, match="itself a duplicate"):
        close_report(services, OFFICER, first.ref, duplicate_of=second.ref)
    with pytest.raises(BadInput, match="of itself"):
        close_report(services, OFFICER, first.ref, duplicate_of=first.ref)
    with pytest.raises(WrongUse):
        close_report(services, OFFICER, second.ref)
    reopen_report(services, OFFICER, second.ref)
    assert show_report(services, OFFICER, second.ref).said["duplicate_of"] == ""
    with pytest.raises(WrongUse):
        reopen_report(services, OFFICER, second.ref)


@pytest.mark.parametrize("ref", ["MY-R-00000-00000-0", "no reference", "", "MY-R-7K3QF-9D2MX-Z"])
def test_a_reference_that_is_not_here_or_none_is_refused(services: Services, ref: str) -> None:
    for act in (show_report, amend_report, close_report):
        with pytest.raises((UnknownTerm, BadInput)):
            act(services, OFFICER, ref)


def test_reports_are_paged_newest_first(services: Services) -> None:
    refs = [file_report(services, OFFICER, report(short=f"{n}", lang="en")).ref for n in range(5)]
    first = list_reports(services, OFFICER, limit=2)
    rest = list_reports(services, OFFICER, before=first[-1].seq, limit=10)
    assert [line.ref for line in first + rest] == refs[::-1]


# What the victim hears


def test_the_victim_hears_the_same_whatever_happens_inside(services: Services) -> None:
    ref = file_report(services, OFFICER, REPORT, VICTIM).ref
    heard = {victim_status(services, OFFICER, ref)}
    amend_report(services, OFFICER, ref, {"kind": "investment"})
    file_report(services, SECOND, REPORT)
    heard.add(victim_status(services, OFFICER, ref))
    assert heard == {"working"}
    close_report(services, OFFICER, ref)
    assert victim_status(services, OFFICER, ref) == "ended"


def test_a_victim_whose_report_lacks_what_the_work_needs_is_asked_to_call(services: Services) -> None:
    assert victim_status(services, OFFICER, file_report(services, OFFICER, {}).ref) == "call_us"
    assert victim_status(services, OFFICER, new_report_ref(services)) == "call_us"
    with pytest.raises(BadInput):
        victim_status(services, OFFICER, "nothing")


# What can be asked at once


def test_a_foreign_bank_is_asked_through_the_desk_of_its_country_and_the_own_bank_recalls(tmp_path: Path) -> None:
    with two_nodes(tmp_path) as (here, there):
        abroad = payment(amount="SGD 45,000", to={"value": "0123456789", "bank": "DBS"})
        filed = file_report(here.services, OFFICER, report(payments=[abroad]), VICTIM)
        hold, recall = filed.suggestions
        assert (hold.how, hold.form, hold.to, hold.country) == ("peer", "hold", there.services.keys.node, "SG")
        assert hold.missing == []
        assert hold.fields["amount"] == {"minor": 4500000, "currency": "SGD"}
        assert hold.fields["account"]["bank"] == "DBSSSGSG"
        assert hold.asked["report"] == filed.ref
        assert "Siti" not in repr(filed.suggestions), "a request carries no victim's name"
        assert (recall.how, recall.form, recall.bank) == ("own_bank", "recall", "CIBBMYKL")
        assert recall.missing == []


def test_a_bank_at_home_is_held_under_own_law(services: Services) -> None:
    own, recall = file_report(services, OFFICER, REPORT).suggestions
    assert (own.how, own.form, own.country, own.bank) == ("own_door", "hold", "MY", "MBBEMYKL")
    assert own.doors
    assert recall.how == "own_bank"


def test_a_country_without_a_peer_shows_the_ladder(services: Services) -> None:
    abroad = payment(from_bank="", to={"value": "1234567890", "bank": "Kasikornbank"})
    (draft,) = file_report(services, OFFICER, report(payments=[abroad])).suggestions
    assert (draft.how, draft.country, draft.to) == ("nobody", "TH", "")


def test_what_is_missing_of_a_request_is_named(services: Services) -> None:
    own = file_report(services, OFFICER, report(payments=[payment(amount="", from_bank="")])).suggestions[0]
    assert own.missing == ["Amount"]
    nothing = file_report(services, OFFICER, report(payments=[{"amount": "RM 5"}]))
    assert nothing.suggestions == [], "nobody could find it"


# What stands in the log


def test_everything_is_rebuilt_from_the_log_and_verifies(node: Node) -> None:
    services = node.services
    first = file_report(services, OFFICER, REPORT, VICTIM)
    second = file_report(services, SECOND, REPORT)
    close_report(services, OFFICER, second.ref, duplicate_of=first.ref)
    before = [show_report(services, OFFICER, ref) for ref in (first.ref, second.ref)]
    lines = list_reports(services, OFFICER)
    rebuild(services, progress=no_progress)
    assert [show_report(services, OFFICER, ref) for ref in (first.ref, second.ref)] == before
    assert list_reports(services, OFFICER) == lines
    assert verify(services, progress=no_progress).ok


def test_no_header_says_anything_of_a_report_but_codes(services: Services) -> None:
    filed = file_report(services, OFFICER, REPORT, VICTIM)
    said = services.store.read(lambda all_: b"".join(entry.header for entry in all_.entries(0, all_.size())))
    for word in (filed.ref, ACCOUNT, "Contoh", "FT26060", "19000"):
        assert word.encode() not in said


def test_each_look_leaves_an_access_entry_with_what_was_shown(services: Services) -> None:
    filed = file_report(services, OFFICER, REPORT, VICTIM)
    show_report(services, SECOND, filed.ref)
    list_reports(services, SECOND)
    found = services.store.read(lambda snapshot: snapshot.accesses(before=2**62, limit=10, viewer=SECOND.id))
    assert [head.verb for head in found] == ["reports", "report"]
    assert show_message(services, OFFICER, filed.message).kind == Kind.ITEM.value


def test_a_suggestion_is_sent_as_it_stands_and_the_victim_hears_nothing_of_its_answer(tmp_path: Path) -> None:
    with two_nodes(tmp_path) as (here, there):
        abroad = payment(amount="SGD 45,000", to={"value": "0123456789", "bank": "DBS", "name": "EXAMPLE"})
        filed = file_report(here.services, OFFICER, report(payments=[abroad]), VICTIM)
        sent = send(here.services, OFFICER, **filed.suggestions[0].asked)
        again = send(here.services, SECOND, **filed.suggestions[0].asked)
        assert again.ref == sent.ref, "two officers who press the same button send it once"
        carry(here, there)
        (came,) = list_requests(there.services, OFFICER).lines
        assert came.ref == sent.ref
        assert find(there.services, OFFICER, ["Siti", "012-345 6700"]).results[0].entities == []
        assert show_report(here.services, OFFICER, filed.ref).requests == [sent.ref]
        before = victim_status(here.services, OFFICER, filed.ref)
        say(there.services, OFFICER, came.ref, "refused", ground="no_legal_power")
        carry(there, here)
        assert list_requests(here.services, OFFICER, newest=True).lines[0].state == "refused"
        assert victim_status(here.services, OFFICER, filed.ref) == before == "working"


def test_a_request_about_the_account_is_told_to_whoever_takes_the_next_report(tmp_path: Path) -> None:
    with two_nodes(tmp_path) as (here, there):
        abroad = payment(amount="SGD 45,000", to={"value": "0123456789", "bank": "DBS"})
        filed = file_report(here.services, OFFICER, report(payments=[abroad]))
        sent = send(here.services, OFFICER, **filed.suggestions[0].asked)
        carry(here, there)
        at_home = payment(amount="SGD 1,000", at="", reference="", to={"value": "012-345678-9", "bank": "DBS"})
        other = file_report(there.services, OFFICER, report(payments=[at_home], contacts=[]))
        assert [one.requests for one in other.elsewhere] == [[sent.ref]]


def test_what_a_restricted_report_says_later_is_restricted_too(services: Services) -> None:
    for name in ("Aminah", "Budi"):
        create_account(services, name=name, password=None, role="supervisor", clearance=Tlp.RED)
    keeper, other = (Viewer(id=f"officer-000{number}", clearance=Tlp.RED, role="supervisor") for number in (1, 2))
    open_list(services, keeper, "Quiet")
    keeper = replace(keeper, lists=frozenset({"Quiet"}))
    ref = file_report(services, keeper, REPORT, VICTIM).ref
    amend_report(services, keeper, ref, {"short": "said before"})
    restrict(services, keeper, "Quiet", [show_report(services, keeper, ref).message])
    for change in ({"short": "said after"}, {"short": "said at last"}):
        amend_report(services, keeper, ref, change, {"name": "Siti Contoh"})
    close_report(services, keeper, ref)
    with pytest.raises(UnknownTerm):
        show_report(services, other, ref)
    assert list_reports(services, other) == []
    for text in (VICTIM["phone"], ACCOUNT, ref):
        assert not any(row.sources or row.entities for row in find(services, other, [text]).results), text
    assert len(list_reports(services, keeper)) == 1
