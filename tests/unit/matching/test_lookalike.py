# SPDX-License-Identifier: Apache-2.0
"""A name that imitates a peer is flagged, and agencies that merely share words are not."""

from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lintas.matching.lookalike import NAME_CHARS_MAX, imitates

# Public agencies of many countries as they call themselves, and some that are made up: each is one of its own.
AGENCIES = (
    "Royal Malaysia Police",
    "Royal Thai Police",
    "Royal Brunei Police Force",
    "Royal Cambodian Armed Forces",
    "Royal Thai Army",
    "Royal Thai Navy",
    "Singapore Police Force",
    "Hong Kong Police Force",
    "Hong Kong Customs and Excise Department",
    "Singapore Customs",
    "Royal Malaysian Customs Department",
    "Philippine National Police",
    "Indonesian National Police",
    "Cambodian National Police",
    "Korean National Police Agency",
    "National Police Agency of Japan",
    "Myanmar Police Force",
    "Nigeria Police Force",
    "Niger Police Force",
    "Zambia Police Service",
    "Gambia Police Force",
    "Australian Federal Police",
    "Austrian Federal Police",
    "Slovakia Police",
    "Slovenia Police",
    "Iran Cyber Police",
    "Iraq Cyber Police",
    "National Anti-Fraud Centre",
    "National Scam Response Centre",
    "Anti-Scam Centre",
    "Anti-Money Laundering Office",
    "Anti-Money Laundering Council",
    "Central Narcotics Bureau",
    "National Narcotics Board",
    "Office of the Narcotics Control Board",
    "Bureau of Immigration",
    "Directorate General of Immigration",
    "Immigration Department of Malaysia",
    "General Department of Immigration",
    "National Bureau of Investigation",
    "Federal Bureau of Investigation",
    "Department of Special Investigation",
    "Criminal Investigation Department",
    "Commercial Crime Investigation Department",
    "Narcotics Crime Investigation Department",
    "Internal Security Department",
    "External Security Department",
    "Northern Region Police",
    "Southern Region Police",
    "Police Region 1",
    "Police Region 2",
    "Police Region II",
    "Police Region III",
    "Ha Giang Provincial Police",
    "An Giang Provincial Police",
    "Khanh Hoa Provincial Police",
    "Thanh Hoa Provincial Police",
    "Polda Jawa Barat",
    "Polda Jawa Timur",
    "Polda Jawa Tengah",
    "公安部",
    "外交部",
    "河北省公安厅反诈中心",
    "湖北省公安厅反诈中心",
    "สำนักงานตำรวจแห่งชาติ",
    "กรมสอบสวนคดีพิเศษ",
    "ตำรวจภูธรภาค 1",
    "ตำรวจภูธรภาค 2",
    "Бюро расследований",
    "Полиция Севера",
    "Bộ Công an",
    "Polícia Nacional de Timor-Leste",
)
PEERS = (("lintas:my", "Royal Malaysia Police"), ("lintas:th", "Royal Thai Police"))

LOOKS = "it looks the same: letters of another script, marks, digits or signs stand for letters"
PLAIN = "it differs in capitals, spaces, punctuation or invisible characters only"
ORDER = "it has the same words in another order, or with small words between them"
ONE = "it differs in one letter only"
TWO = "it differs in two letters only"


@pytest.mark.parametrize("name", AGENCIES)
def test_an_agency_of_its_own_is_not_flagged(name: str) -> None:
    assert imitates(name, [(other, other) for other in AGENCIES if other != name]) == []


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("Royal Malaysia Police", "it is the same name"),
        ("Roya1 Malaysia Police", LOOKS),
        ("Royal  Malaysia Po1ice", LOOKS),
        ("Police Royal Malaysia", ORDER),
        ("Royal M\u0430laysia Police", LOOKS),  # Cyrillic a
        ("R\u043eyal M\u0430l\u0430ysi\u0430 P\u043elic\u0435", LOOKS),
        ("\u0420\u043e\u0443\u0430l Malaysia Police", "it differs in one letter only"),  # Cyrillic Er looks like P
        ("Royal Μalaysia Police", LOOKS),  # Greek capital Mu
        ("Royal Malaysia Ροlice", LOOKS),  # Greek Rho and omicron
        ("Rοyal Μαlαysια Pοlιce", LOOKS),
        ("Royal Malaysia Polıce", LOOKS),  # Turkish dotless i
        ("Ｒｏｙａｌ Ｍａｌａｙｓｉａ Ｐｏｌｉｃｅ", PLAIN),
        ("𝐑𝐨𝐲𝐚𝐥 𝐌𝐚𝐥𝐚𝐲𝐬𝐢𝐚 𝐏𝐨𝐥𝐢𝐜𝐞", PLAIN),
        ("Royal Mala\u200bysia Police", PLAIN),
        ("Royal\u00a0Malaysia\u2003Police", PLAIN),
        ("\u202eRoyal Malaysia Police", PLAIN),
        ("Royal Malaysia\u3164Police", LOOKS),
        ("Royal Malay\ufe0fsia Police", PLAIN),
        ("Royal Malay\u00adsia Police", PLAIN),
        ("ROYAL MALAYSIA POLICE", PLAIN),
        ("  Royal   Malaysia Police ", PLAIN),
        ("Royal-Malaysia-Police.", PLAIN),
        ("Royal_Malaysia_Police!", PLAIN),
        ("Royal\nMalaysia\tPolice", PLAIN),
        ("RoyalMalaysia Police", LOOKS),
        ("R o y a l Malaysia Police", LOOKS),
        ("Royal MaIaysia Poiice", LOOKS),  # capital I for l
        ("R0yal Ma1aysia P0l1ce", LOOKS),
        ("Royal M@laysia Police", LOOKS),
        ("Royal Malay$ia Po|ice", LOOKS),
        ("Royal Malaysia Pol!ce", LOOKS),
        ("Royal Malaysia Polic€", ONE),
        ("Róyal Màlaysia Políce", LOOKS),
        ("Royal Rnalaysia Police", LOOKS),
        ("The Royal Malaysia Police", ORDER),
        ("Royal Police of Malaysia", ORDER),
        ("Official Royal Malaysia Police", ORDER),
        ("Royal Malaysia Polise", ONE),
        ("Royal Malasyia Police", ONE),
        ("Royal Malaysa Police", ONE),
        ("Royal Malaysiaa Police", ONE),
        ("Police Royal Malasyia", ONE),
        ("Royale Malaysia Polise", TWO),
        ("Roial Malaisia Police", TWO),
        ("Royal Mallaysiaa Police", TWO),
    ],
)
def test_a_name_that_could_be_taken_for_a_peers_is_flagged(name: str, reason: str) -> None:
    assert imitates(name, PEERS) == [("lintas:my", "Royal Malaysia Police", reason)]


@pytest.mark.parametrize(
    "name",
    [
        "Royal Malaysia",
        "Malaysia Police",
        "Royal Malaysia Police Cooperative Bank",
        "Royal Mongolia Police",
        "Royale Malayzia Polise",  # three letters
        "Royal Malayzzza Police",
        "Royal Indonesia Police",
        "Loyal Thay Police Union",
        "",
        "   ",
        "\u200b",
        "!!!",
    ],
)
def test_another_name_is_not_flagged(name: str) -> None:
    assert imitates(name, PEERS) == []


def test_short_names_are_compared_as_they_look_and_not_by_letters() -> None:
    known = [("a", "NBI"), ("b", "FIU")]
    assert imitates("NIB", known) == []
    assert imitates("NBO", known) == []
    assert imitates("N8I", known) == [("a", "NBI", LOOKS)]
    assert imitates("f.i.u.", known) == [("b", "FIU", LOOKS)]


def test_a_name_of_digits_keeps_its_digits() -> None:
    assert imitates("1155", [("a", "l1SS"), ("b", "1166"), ("c", "1150")]) == []
    assert imitates("Police Region l", [("a", "Police Region 1")]) == []


def test_names_in_other_scripts_are_compared_as_they_are() -> None:
    assert imitates("公安 部", [("a", "公安部")]) == [("a", "公安部", LOOKS)]
    assert imitates("Полиция\u200b Севера", [("a", "Полиция Севера")]) == [("a", "Полиция Севера", PLAIN)]
    assert imitates("Севера Полиция", [("a", "Полиция Севера")]) == [("a", "Полиция Севера", ORDER)]
    assert imitates("Cong an Viet Nam", [("a", "Công an Việt Nam")]) == [("a", "Công an Việt Nam", LOOKS)]


def test_all_that_are_imitated_are_told_in_their_order() -> None:
    known = [("b", "Anti-Scam Centre"), ("x", "Coast Guard"), ("a", "Anti Scam Centre")]
    assert [node for node, _, _ in imitates("Antl-Scam Centre", known)] == ["b", "a"]


def test_what_stands_beyond_the_limit_is_not_looked_at() -> None:
    start = "Long Name " * (NAME_CHARS_MAX // 10)
    assert imitates(start + "One", [("a", start + "Another")]) == [("a", start + "Another", PLAIN)]


NAMES = st.sampled_from(AGENCIES) | st.text(max_size=30) | st.text("a1lI оﾟ-", max_size=12)


@given(NAMES, NAMES)
def test_imitation_goes_both_ways(one: str, two: str) -> None:
    assert [reason for _, _, reason in imitates(one, [("n", two)])] == [
        reason for _, _, reason in imitates(two, [("n", one)])
    ]


@given(NAMES)
def test_a_name_imitates_itself(name: str) -> None:
    assert imitates(name, [("n", name)]) == [("n", name, "it is the same name")]


@given(st.text())
def test_any_text_is_compared_without_error(name: str) -> None:
    imitates(name, PEERS)


@given(st.permutations(["Royal", "Malaysia", "Police"]), st.sampled_from([" ", "  ", ", ", "-", "\u2009"]))
def test_no_order_of_words_goes_unseen(words: list[str], between: str) -> None:
    assert imitates(between.join(words), PEERS)


@given(st.integers(0, 20), st.sampled_from("bdfghjkmqvwxz"))
def test_no_changed_letter_in_a_long_word_goes_unseen(place: int, letter: str) -> None:
    name = "Metropolitan Constabulary"
    changed = name[:place] + letter + name[place + 1 :]
    assert imitates(changed, [("n", name)]) or name[place] == " "


def test_no_two_words_of_many_are_paired_wrongly() -> None:
    for first, second in permutations(["Metropolitan", "Constabulary"]):
        slipped = f"{first.replace('t', 'd', 1)} {second.replace('t', 'd', 1)}"
        assert imitates(slipped, [("n", "Metropolitan Constabulary")]) == [("n", "Metropolitan Constabulary", TWO)]
