# SPDX-License-Identifier: Apache-2.0
"""Which language a reader gets, and what it calls things."""

import string
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lintas.config.packs import read_packs
from lintas.config.settings import _LANGUAGES
from lintas.policy.rights import rights_of
from lintas.web.console.catalog import Catalog, patterns_of
from lintas.web.console.labels import labels_of
from lintas.web.console.language import TONGUES, Language, accepted_first, chosen, languages, script_texts
from lintas.work.accounts.own import _HOW

PACKS: Final = read_packs(None)
LABELS: Final = labels_of(PACKS)
ALL: Final = languages(LABELS)
POWERS: Final = ("hold", "freeze", "preserve", "seize", "protect", "extend", "release")


def with_texts(**texts: str) -> Language:
    """A language with these translations; blanks stand as underscores in names."""
    said = {("", english): words for english, words in texts.items()}
    catalog = Catalog(texts=said, counted={}, patterns=patterns_of(texts))
    return Language(TONGUES["th"], catalog, {("form", "hold"): "Hold money"})


@pytest.mark.parametrize(
    ("own", "cookie", "accepted", "node", "gets"),
    [
        ("th", "zh", "ms", "en", "th"),
        ("", "zh", "ms", "en", "zh"),
        ("", "", "ms, en;q=0.5", "th", "ms"),
        ("", "", "", "th", "th"),
        ("", "", "", "", "en"),
        ("", "", "fr, de;q=0.9", "zh", "zh"),
        ("xx", "yy", "", "en", "en"),
        ("", "../../etc", "*", "th", "th"),
        ("", "", "zh-Hans-CN,zh;q=0.9,en;q=0.8", "th", "zh"),
        ("", "", "en-SG, ms;q=0.9", "th", "en"),
        ("", "", "en;q=0.1, th;q=0.9", "ms", "th"),
        ("", "", "th;q=0, ms;q=0.1", "en", "ms"),
        ("", "", "th;q=x", "en", "en"),
    ],
)
def test_the_person_then_the_browser_then_the_node_chooses(
    own: str, cookie: str, accepted: str, node: str, gets: str
) -> None:
    assert chosen(own, cookie, accepted, node) == gets


@given(st.text(), st.text(), st.text(), st.text())
def test_whatever_is_sent_some_language_is_chosen(own: str, cookie: str, accepted: str, node: str) -> None:
    assert chosen(own, cookie, accepted, node) in TONGUES


@given(st.text(alphabet=string.ascii_lowercase + "-;q=.,0123456789 "))
def test_no_accept_language_is_too_odd_to_read(accepted: str) -> None:
    assert accepted_first(accepted) in {"", *TONGUES}


def test_the_nodes_setting_takes_the_languages_that_pages_speak() -> None:
    assert set(_LANGUAGES) == set(TONGUES)


@pytest.mark.parametrize("code", ["ms", "th", "zh"])
def test_no_two_powers_are_called_the_same(code: str) -> None:
    said = [ALL[code].label("power", power) for power in POWERS]
    assert len(set(said)) == len(POWERS)


@pytest.mark.parametrize("code", ["ms", "th", "zh"])
def test_the_word_for_one_power_is_no_part_of_another_ones(code: str) -> None:
    said = {power: ALL[code].label("power", power).lower() for power in POWERS}
    assert [(a, b) for a in POWERS for b in POWERS if a != b and said[a] in said[b]] == []


@pytest.mark.parametrize("code", ["ms", "th", "zh"])
def test_requested_ordered_delivered_and_held_are_four_words(code: str) -> None:
    states = (
        "requested",
        "acknowledged",
        "ordered",
        "delivered",
        "held",
        "partly",
        "released",
        "returned",
        "forfeited",
    )
    assert len({ALL[code].label("state", state) for state in states}) == len(states)


@pytest.mark.parametrize("code", ["ms", "th", "zh"])
def test_each_ground_of_a_refusal_has_its_own_words(code: str) -> None:
    said = [ALL[code].label("ground", ground) for ground in PACKS.forms.grounds]
    assert len(set(said)) == len(said)


def test_english_says_what_stands_in_the_packs() -> None:
    assert ALL["en"].label("power", "hold") == "Hold"
    assert ALL["en"].say("This page is in English.") == "This page is in English."


def test_a_code_that_no_pack_knows_is_shown_as_it_is() -> None:
    assert [ALL[code].label("form", "brand_new") for code in TONGUES] == ["brand new"] * len(TONGUES)


def test_a_sentence_that_nobody_translated_stays_as_it_came() -> None:
    assert ALL["th"].sentence("Nobody foresaw this sentence.") == "Nobody foresaw this sentence."


def test_a_sentence_is_recognised_by_its_fixed_parts() -> None:
    language = with_texts(**{"The form %(1)s has no %(2)s.": "แบบ %(1)s ไม่มี %(2)s"})
    assert language.sentence("The form X has no field Y.") == "แบบ X ไม่มี field Y"


def test_a_sentence_without_its_value_is_another_one() -> None:
    language = with_texts(**{"The form %(1)s has none.": "แบบ %(1)s ไม่มี"})
    assert language.sentence("The form  has none.") == "The form  has none."


def test_what_is_wrong_with_a_field_is_said_after_the_fields_name() -> None:
    language = with_texts(
        **{"Hold money": "ระงับเงิน", "is no amount.": "ไม่ใช่จำนวนเงิน", "%(what)s: %(problem)s": "%(what)s: %(problem)s"}
    )
    assert language.sentence("Hold money: is no amount.") == "ระงับเงิน: ไม่ใช่จำนวนเงิน"
    assert language.sentence("Some name: is no amount.") == "Some name: is no amount."


def test_a_label_inside_a_sentence_is_translated_and_a_name_is_not() -> None:
    language = with_texts(**{"Hold money": "ระงับเงิน", "Close": "ปิด", "The form %(1)s is closed.": "แบบ %(1)s ปิดแล้ว"})
    assert language.sentence("The form Hold money is closed.") == "แบบ ระงับเงิน ปิดแล้ว"
    assert language.sentence("The form Close is closed.") == "แบบ Close ปิดแล้ว"


def test_a_value_that_begins_with_a_label_keeps_what_follows() -> None:
    language = with_texts(**{"Hold money": "ระงับเงิน", "%(1)s, request %(2)s.": "%(1)s ตามคำขอ %(2)s"})
    assert language.sentence("Hold money SGD 5.00, request SG-Q-1.") == "ระงับเงิน SGD 5.00 ตามคำขอ SG-Q-1"


def test_a_reason_inside_a_sentence_is_translated_and_a_name_of_two_words_is_not() -> None:
    language = with_texts(
        **{"it is too late": "สายเกินไป", "Siti Contoh": "nobody", "It cannot be said: %(1)s.": "แจ้งไม่ได้: %(1)s"}
    )
    assert language.sentence("It cannot be said: it is too late.") == "แจ้งไม่ได้: สายเกินไป"
    assert language.sentence("It cannot be said: Siti Contoh.") == "แจ้งไม่ได้: Siti Contoh"


def test_a_per_cent_sign_is_no_place() -> None:
    language = with_texts(**{"Full at 90 %%.": "เต็ม 90 %%"})
    assert language.sentence("Full at 90 %.") == "เต็ม 90 %"


def test_two_letters_are_no_pattern() -> None:
    assert patterns_of(["%(1)s: %(2)s.", "is %(1)s", "%(1)s"]) == ()


@given(st.text(min_size=1).filter(lambda one: "has no" not in one), st.text(min_size=1))
def test_values_come_through_a_recognised_sentence_unchanged(first: str, second: str) -> None:
    language = with_texts(**{"The form %(1)s has no %(2)s.": "%(2)s|%(1)s"})
    assert language.sentence(f"The form {first} has no {second}.") == f"{second}|{first}"


@given(st.text(max_size=4000))
def test_no_text_is_too_odd_to_be_a_sentence(text: str) -> None:
    assert isinstance(ALL["zh"].sentence(text), str)


@pytest.mark.parametrize("code", ["ms", "th", "zh"])
def test_all_that_the_script_says_is_handed_to_it(code: str) -> None:
    said = ALL[code].for_scripts()
    assert set(said) == set(script_texts())
    assert all(said[english] for english in said)


def test_english_hands_nothing_over_that_the_script_does_not_have() -> None:
    assert all(english == said for english, said in ALL["en"].for_scripts().items())


@pytest.mark.parametrize(
    ("english", "thai"),
    [
        ("Send a request to Sample desk: hold money", f"ส่งคำขอถึง Sample desk: {ALL['th'].label('form', 'hold')}"),
        ("Close the account of Siti (officer-0001)", "ปิดบัญชีผู้ใช้ของ Siti (officer-0001)"),
        ("Take 2 messages out of the class child", f"นำ 2 ข้อความออกจากชั้นคุ้มครอง {ALL['th'].label('class', 'child')}"),
        ("Put new keys in the place of log, tls", "เปลี่ยนกุญแจใหม่แทน บันทึก, การเชื่อมต่อ"),
    ],
)
def test_an_order_is_said_with_its_values(english: str, thai: str) -> None:
    assert ALL["th"].sentence(english) == thai
    assert ALL["en"].sentence(english) == english


def test_what_an_order_depends_on_is_said_part_by_part() -> None:
    said = ALL["th"].sentence("Since it was proposed the law, the peer Sample desk changed.")
    assert said == "ตั้งแต่เสนอมา กฎหมาย, โหนดคู่ติดต่อ Sample desk เปลี่ยนไป"
    unknown = ALL["th"].sentence("Since it was proposed the law, nothing such changed.")
    assert "the law, nothing such" in unknown


@pytest.mark.parametrize("code", ["ms", "th", "zh"])
def test_who_may_not_is_told_so_whole(code: str) -> None:
    roles = {role.label.lower(): ALL[code].label("role", role.code).lower() for role in PACKS.access.roles.values()}
    for activity in PACKS.access.activities.values():
        reason = f"to {activity.label} is for {', '.join(sorted(roles))}"
        said = ALL[code].sentence(f"You may not {activity.label}: {reason}.")
        assert activity.label not in said
        assert all(words in said for words in roles.values())


@pytest.mark.parametrize("code", ["ms", "th", "zh"])
def test_what_a_role_sees_and_how_one_signed_in_are_words_of_the_language(code: str) -> None:
    seen = {one for role in PACKS.access.roles for one in rights_of(PACKS.access, role).seeing()[:2]}
    said = [one for one in seen if not one.startswith("Sees what is closed")] + list(_HOW.values())
    assert [one for one in said if ALL[code].sentence(one) == one] == []
