# SPDX-License-Identifier: Apache-2.0
"""Whatever comes in: values or a rejection, one canonical form, and places that are true."""

import itertools
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lintas.formats.identifiers import canonical, extract, guess, implied, mask
from lintas.formats.identifiers.canonical import VALIDATORS
from lintas.formats.packs import Packs
from lintas.model.identifier import Identifier, Strength
from lintas.model.reading import Rejected

SCHEMES = st.sampled_from(sorted(VALIDATORS))
REGIONS = st.sampled_from(
    ["", "MY", "SG", "TH", "ID", "VN", "PH", "MM", "KH", "LA", "BN", "TL", "CN", "HK", "ZZ", "xx"]
)
# Text that looks nearly right finds more than text at random: pieces of real shapes, joined.
PIECES = st.sampled_from(
    [
        *(
            "hxxp://",
            "https://",
            "[.]",
            "(dot)",
            "[at]",
            "@",
            ".",
            ":",
            "::",
            "/",
            "?",
            "#",
            "%41",
            "%2e",
            "..",
            "-",
            "_",
            "+",
            " ",
            "\n",
        ),
        *(
            "evil",
            "desk",
            "example",
            "com",
            "th",
            "xn--",
            "bücher",
            "例子",
            "中国",
            "ก",
            "๑",
            "၁",
            "９",
            "ｅ",
            "\u200b",
            "\ud800",
            "\x00",
        ),
        *(
            "0812345678",
            "+66",
            "0066",
            "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa",
            "bc1q",
            "0x",
            "S1234567D",
            "3100600445635",
            "00",
            "01",
            "0",
        ),
        *(
            "KBank",
            "KASITHBK",
            "any:",
            "promptpay",
            "พร้อมเพย์",
            "telegram:",
            "wechat id:",
            "imei",
            "000201",
            "6304",
            "P<UTO",
            "<<",
            "<",
        ),
        *(
            "GB82 WEST",
            "TL38",
            "[",
            "]",
            "(",
            ")",
            "{",
            "\\",
            "mobile:",
            "passport:",
            "vpa:",
            "MYS:",
            "a/c",
            "ext",
            "x",
            "X",
        ),
    ]
)
NEARLY = st.lists(PIECES, max_size=14).map("".join)
TEXTS = st.one_of(st.text(max_size=120), NEARLY, st.text(alphabet="0123456789 -.+():x", max_size=40))


@given(text=TEXTS, scheme=SCHEMES, region=REGIONS)
def test_any_text_is_an_identifier_or_rejected_and_its_form_is_stable(
    text: str, scheme: str, region: str, packs: Packs
) -> None:
    found = canonical(scheme, text, packs=packs, region=region)
    if isinstance(found, Rejected):
        assert found.reason
        return
    for place in ("", region):
        again = canonical(scheme, found.value, packs=packs, region=place)
        assert isinstance(again, Identifier)
        assert (again.scheme, again.value) == (found.scheme, found.value)
    for one in implied(found, packs=packs):
        assert one.scheme in VALIDATORS
    mask(found, packs=packs)


@given(text=TEXTS, region=REGIONS)
def test_a_guess_is_canonical_and_never_fails(text: str, region: str, packs: Packs) -> None:
    found = guess(text, packs=packs, region=region)
    assert len({(one.scheme, one.value) for one in found}) == len(found)
    for one in found:
        again = canonical(one.scheme, one.value, packs=packs)
        assert isinstance(again, Identifier)
        assert again.value == one.value


@given(text=st.one_of(TEXTS, st.lists(NEARLY, max_size=6).map(" ".join)), region=REGIONS)
def test_a_mention_stands_where_it_says(text: str, region: str, packs: Packs) -> None:
    mentions = extract(text, packs=packs, region=region)
    own = [m for m in mentions if not any(flag.startswith("of-") for flag in m.identifier.flags)]
    for mention in mentions:
        assert text[mention.start : mention.end] == mention.original != ""
    for before, after in itertools.pairwise(own):
        assert before.end <= after.start
    for mention in own:
        again = canonical(mention.identifier.scheme, mention.identifier.value, packs=packs)
        assert isinstance(again, Identifier)
        assert again.value == mention.identifier.value


@given(text=st.text(max_size=60), region=REGIONS)
def test_what_is_found_in_a_text_is_found_in_the_middle_of_another(text: str, region: str, packs: Packs) -> None:
    """Thai, Chinese or a line end around a text changes nothing in it."""
    alone = [(m.identifier.scheme, m.identifier.value) for m in extract(f"\n{text}\n", packs=packs, region=region)]
    within = extract(f"ที่\n{text}\n在", packs=packs, region=region)
    assert [(m.identifier.scheme, m.identifier.value) for m in within] == alone


@pytest.mark.parametrize(
    ("scheme", "text", "missed_max"),
    [
        ("btc", "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa", 0),
        ("btc", "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0", 0),
        ("tron", "TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t", 0),
        ("iban", "TL380080012345678910157", 0),
        ("cn_ric", "11010519491231002X", 0),
        ("nric", "S1234567D", 0),
        ("imei", "490154203237518", 0),
        ("qr_payment", "00020101021129370016A000000677010111011300660000000005802TH530376463048956", 0),
        # Thailand weighs the third digit by 11, modulo 11: a slip there is not seen by anyone.
        ("thai_pin", "3100600445635", 9),
        ("promptpay", "tax:0105536000313", 9),
    ],
)
def test_any_one_changed_digit_fails_where_there_is_a_check(
    scheme: str, text: str, missed_max: int, packs: Packs
) -> None:
    changed = [
        text[:place] + str((int(char) + shift) % 10) + text[place + 1 :]
        for place, char in enumerate(text)
        if char.isdigit()
        for shift in range(1, 10)
    ]
    passed = [one for one in changed if isinstance(canonical(scheme, one, packs=packs), Identifier)]
    assert len(passed) == missed_max


@given(text=NEARLY)
def test_a_mask_hides_half_of_what_it_masks(text: str, packs: Packs) -> None:
    for one in guess(text, packs=packs):
        rule = packs.identifiers.schemes[one.scheme].mask
        shown = mask(one, packs=packs)
        if rule.kind == "middle":
            hidden = one.value.rpartition(":")[2]
            assert shown.count("*") >= len(hidden) - len(hidden) // 2
        assert len(shown) == len(one.value)


def test_a_checked_value_says_so(packs: Packs) -> None:
    found = canonical("nric", "S1234567D", packs=packs)
    assert isinstance(found, Identifier)
    assert found.strength is Strength.CHECKED


@pytest.mark.parametrize(
    "piece",
    [
        *("a.", "1 ", "1-", "(", "[.]", "a@", "http://", "http://a.com/(", ":", "::1 ", "P<UTO", "000201", "00020199"),
        *("GB82 WEST ", "tel 0812345678 ", "1234 5678 ", "telegram: ", "t.me/", "a-", "x.Yy.", "promptpay 12345678 "),
        *("\u200b", "İ", "๑", "0x5aAeb6053F3E94C9"),
    ],
)
def test_hostile_text_costs_little_more_than_plain(piece: str, packs: Packs) -> None:
    """20,000 characters of anything cost less than two seconds; plain text costs 4 ms."""

    def seconds(count: int) -> float:
        started = time.process_time()
        extract(piece * count, packs=packs, region="TH")
        return time.process_time() - started

    seconds(10)
    assert seconds(20_000 // len(piece)) < 20_000 * 100e-6
