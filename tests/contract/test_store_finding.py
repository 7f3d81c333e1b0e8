# SPDX-License-Identifier: Apache-2.0
"""What a store finds, and for whom: a row above the viewer's clearance does not exist for that read."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from lintas.model.found import MessageHead
from lintas.model.ids import MessageId
from lintas.model.marking import Tlp
from lintas.model.reading import Derived
from lintas.ports.store import Snapshot, Store
from lintas.testing import up_to
from tests.faults.scribe import Scribe, put, said

PHONE, OTHER = "+60123456789", "+6598765432"
LOW, HIGH = int(Tlp.GREEN), int(Tlp.RED)


@pytest.fixture
def open_and_secret(store: Store, scribe: Scribe) -> tuple[MessageId, MessageId]:
    """One GREEN and one RED message, each with its file, that say things of the same entity and of their own."""
    green = scribe.item(said("shared", name="Ali bin Contoh", phone=PHONE, target="green-only"), tlp=Tlp.GREEN)
    red = scribe.item(
        said("shared", name="陈示例 informant", phone=PHONE, account="MBBEMYKL:1", target="red-only"), tlp=Tlp.RED
    )
    alone = scribe.item(said("red-only", name="Hidden Person", phone=OTHER), tlp=Tlp.RED)
    store.write(
        lambda tx: put(
            tx, green, red, alone, scribe.intake([green.id]), scribe.intake([red.id, alone.id], tlp=Tlp.RED, source="x")
        )
    )
    return green.id, red.id


READS: dict[str, Callable[[Snapshot, int], Any]] = {
    "hits": lambda s, c: list(s.hits([(0, "phone", PHONE), (1, "phone", OTHER)], scope=up_to(c), limit=9)),
    "many hits": lambda s, c: list(
        s.hits([(n, "phone", (PHONE, OTHER)[n % 2]) for n in range(400)], scope=up_to(c), limit=9)
    ),
    "prefix": lambda s, c: s.identifiers_from("+", scheme="", scope=up_to(c), limit=9),
    "prefix of a scheme": lambda s, c: s.identifiers_from("+", scheme="phone", scope=up_to(c), limit=9),
    "words": lambda s, c: s.worded(("hidden",), phrase=False, scope=up_to(c), limit=9),
    "unspaced words": lambda s, c: s.worded(("陈",), phrase=False, scope=up_to(c), limit=9),
    "heads": lambda s, c: sorted(s.heads(range(5), scope=up_to(c))),
    "appearances": lambda s, c: s.appearances("shared", scope=up_to(c), limit=9),
    "entities": lambda s, c: [s.entities_of(seq, scope=up_to(c), limit=9) for seq in range(3)],
    "facts about": lambda s, c: s.facts_about("shared", scope=up_to(c), limit=9),
    "facts in": lambda s, c: [s.facts_in(seq, scope=up_to(c), limit=9) for seq in range(3)],
    "facts pointing at": lambda s, c: [
        s.facts_pointing_at(e, scope=up_to(c), limit=9) for e in ("green-only", "red-only")
    ],
    "captions": lambda s, c: s.captions(["shared", "red-only"], scope=up_to(c)),
    "held by": lambda s, c: s.held_by("shared", scope=up_to(c), limit=9),
    "held in": lambda s, c: [s.held_in(seq, scope=up_to(c), limit=9) for seq in range(3)],
    "intakes of": lambda s, c: [s.intakes_of(seq, scope=up_to(c)) for seq in range(3)],
    "intakes": lambda s, c: s.intakes(scope=up_to(c), before=99, limit=9),
    "counts": lambda s, c: s.counts(scope=up_to(c)),
}
SECRETS = ("陈示例", "Hidden", OTHER, "MBBEMYKL")


@pytest.mark.parametrize("name", sorted(READS))
def test_no_read_shows_a_row_above_the_clearance(
    store: Store, open_and_secret: tuple[MessageId, MessageId], name: str
) -> None:
    low, high = (store.read(lambda s, c=c: READS[name](s, c)) for c in (LOW, HIGH))  # type: ignore[misc]  # of this turn
    assert low != high
    assert not [secret for secret in SECRETS if secret in repr(low)]
    assert str(open_and_secret[1]) not in repr(low)
    assert low == store.read(lambda s: READS[name](s, int(Tlp.AMBER_STRICT)))


@pytest.mark.parametrize("name", sorted(READS))
def test_a_viewer_of_nothing_sees_nothing(
    store: Store, open_and_secret: tuple[MessageId, MessageId], name: str
) -> None:
    def flat(value: Any) -> list[Any]:
        if isinstance(value, dict):
            return [one for one in value.values() if one]
        return [leaf for one in value for leaf in flat(one)] if isinstance(value, list) else [value]

    assert store.read(lambda s: flat(READS[name](s, -1))) == []


def test_one_message_is_shown_by_its_id_or_not_at_all(
    store: Store, open_and_secret: tuple[MessageId, MessageId]
) -> None:
    green, red = open_and_secret
    shown = store.read(lambda s: s.head(green, scope=up_to(LOW)))
    assert shown is not None
    assert (shown.seq, shown.source, shown.erased) == (0, "hotline", False)
    assert store.read(lambda s: s.head(red, scope=up_to(LOW))) is None
    hidden = store.read(lambda s: s.head(red, scope=up_to(HIGH)))
    assert hidden is not None
    assert hidden.tlp == HIGH


def test_an_intake_shows_only_the_items_that_the_viewer_may_see(store: Store, scribe: Scribe) -> None:
    green, red = scribe.item(tlp=Tlp.GREEN), scribe.item(tlp=Tlp.RED)
    intake = scribe.intake([red.id, green.id, red.id])
    store.write(lambda tx: put(tx, green, red, intake))
    seen = store.read(lambda s: s.intake(intake.id, scope=up_to(LOW)))
    assert seen is not None
    assert seen.items == (green.id,)
    assert seen.rejected == (("row 7", "no account"),)
    everything = store.read(lambda s: s.intake(intake.id, scope=up_to(HIGH)))
    assert everything is not None
    assert everything.items == (red.id, green.id, red.id)
    assert store.read(lambda s: s.intake(green.id, scope=up_to(HIGH))) is None


def shown_heads(ids: list[MessageId], clearance: int, snapshot: Snapshot) -> list[MessageHead | None]:
    """The first messages, together and by id."""
    together = snapshot.heads(range(len(ids)), scope=up_to(clearance))
    return [*together.values(), snapshot.head(ids[0], scope=up_to(clearance))]


@pytest.mark.parametrize("count", [1, 60])  # one by one, and joined
def test_an_item_is_shown_with_a_source_only_from_a_file_that_the_viewer_may_see(
    store: Store, scribe: Scribe, count: int
) -> None:
    items = [scribe.item(said(f"e{n}", phone=PHONE)) for n in range(count)]
    ids = [item.id for item in items]
    secret = scribe.intake(ids, tlp=Tlp.RED, source="the informant in the bank")
    store.write(lambda tx: put(tx, *items, secret))
    for clearance, source, intake in ((LOW, "", ""), (HIGH, "the informant in the bank", secret.id)):
        heads = store.read(partial(shown_heads, ids, clearance))
        assert {(head.source, head.intake) for head in heads if head} == {(source, intake)}
    store.write(lambda tx: put(tx, scribe.intake(ids, source="hotline")))
    shown = store.read(lambda s: s.head(ids[0], scope=up_to(LOW)))
    assert shown is not None
    assert shown.source == "hotline"


def test_hits_of_many_terms_are_those_of_one_by_one(store: Store, scribe: Scribe) -> None:
    phones = [f"+6012345{n:04}" for n in range(300)]
    store.write(lambda tx: put(tx, *(scribe.item(said(f"e{n}", phone=phones[n])) for n in range(0, 300, 3))))
    terms = [(n, "phone", phone) for n, phone in enumerate(phones)]
    together = store.read(lambda s: sorted(s.hits(terms, scope=up_to(HIGH), limit=5)))
    apart = store.read(lambda s: sorted(hit for term in terms for hit in s.hits([term], scope=up_to(HIGH), limit=5)))
    assert together == apart
    assert [hit.term for hit in together] == list(range(0, 300, 3))
    again = store.read(lambda s: sorted(s.hits(terms[:250], scope=up_to(HIGH), limit=5)))
    assert again == together[:84]  # the terms of the find before are forgotten


def test_hits_are_limited_for_each_term(store: Store, scribe: Scribe) -> None:
    store.write(lambda tx: put(tx, *(scribe.item(said(f"e{n}", phone=PHONE)) for n in range(9))))
    assert len(store.read(lambda s: list(s.hits([(0, "phone", PHONE)], scope=up_to(HIGH), limit=4)))) == 4
    many = [(n, "phone", PHONE) for n in range(300)]
    hits = store.read(lambda s: list(s.hits(many, scope=up_to(HIGH), limit=4)))
    assert len(hits) == 1200


def test_the_newest_comes_first(store: Store, scribe: Scribe) -> None:
    store.write(lambda tx: put(tx, *(scribe.item(said("e", name=f"Contoh {n}", phone=PHONE)) for n in range(4))))
    assert [h.seq for h in store.read(lambda s: list(s.hits([(0, "phone", PHONE)], scope=up_to(HIGH), limit=9)))] == [
        3,
        2,
        1,
        0,
    ]
    assert [a.seq for a in store.read(lambda s: s.appearances("e", scope=up_to(HIGH), limit=2))] == [3, 2]
    assert [f.value for f in store.read(lambda s: s.worded(("contoh",), phrase=False, scope=up_to(HIGH), limit=2))] == [
        "Contoh 3",
        "Contoh 2",
    ]


WORD_CASES: tuple[tuple[tuple[str, ...], bool, list[str]], ...] = (
    (("ali",), False, ["Ali bin Contoh"]),
    (("ali", "contoh"), False, ["Ali bin Contoh"]),
    (("contoh", "ali"), True, []),
    (("ali", "bin"), True, ["Ali bin Contoh"]),
    (("示例",), False, ["陈示例"]),
    (("例",), False, ["陈示例"]),
    (("示",), False, ["陈示例"]),
    (("ตัวอย่าง",), False, ["สมชาย ตัวอย่าง"]),
    (("ชาย",), False, ["สมชาย ตัวอย่าง"]),
    (("li",), False, []),  # not the start of a word
    (("nobody",), False, []),
    ((), False, []),
)


@pytest.mark.parametrize(("words", "phrase", "expected"), WORD_CASES)
def test_words_find_texts_of_any_script(
    store: Store, scribe: Scribe, words: tuple[str, ...], phrase: bool, expected: list[str]
) -> None:
    names = ("Ali bin Contoh", "陈示例", "สมชาย ตัวอย่าง", "Budi")
    store.write(lambda tx: put(tx, *(scribe.item(said(f"e{n}", name=name)) for n, name in enumerate(names))))
    found = store.read(lambda s: s.worded(words, phrase=phrase, scope=up_to(HIGH), limit=9))
    assert [fact.value for fact in found] == expected


def test_words_are_found_in_the_second_block_of_values_too(store: Store, scribe: Scribe) -> None:
    for start in range(0, 4200, 700):
        store.write(
            lambda tx, start=start: put(  # type: ignore[misc]  # of this turn
                tx, *(scribe.item(said(f"e{n}", name=f"contoh n{n:04}")) for n in range(start, start + 700))
            )
        )
    found = store.read(lambda s: s.worded(("contoh", "n4123"), phrase=False, scope=up_to(HIGH), limit=9))
    assert [fact.value for fact in found] == ["contoh n4123"]
    assert len(store.read(lambda s: s.worded(("contoh",), phrase=False, scope=up_to(HIGH), limit=5000))) == 4200


def test_a_code_is_not_searched_by_its_words(store: Store, scribe: Scribe) -> None:
    store.write(lambda tx: put(tx, scribe.item(said(name="hidden code", kind="code"))))
    assert store.read(lambda s: s.worded(("hidden",), phrase=False, scope=up_to(HIGH), limit=9)) == []


def test_what_is_erased_is_found_nowhere_and_its_entry_stays(store: Store, scribe: Scribe) -> None:
    gone = scribe.item(said("gone", name="Ali bin Contoh", phone=PHONE))
    kept = scribe.item(said("kept", name="Ali bin Tetap", phone=OTHER))
    store.write(lambda tx: put(tx, gone, kept))
    store.write(lambda tx: (put(tx, scribe.erase([gone.id])), tx.erase_payloads([0])))
    assert store.read(lambda s: list(s.hits([(0, "phone", PHONE)], scope=up_to(HIGH), limit=9))) == []
    assert store.read(lambda s: s.identifiers_from("+", scheme="", scope=up_to(HIGH), limit=9)) == [("phone", OTHER)]
    found = store.read(lambda s: s.worded(("ali",), phrase=False, scope=up_to(HIGH), limit=9))
    assert [fact.value for fact in found] == ["Ali bin Tetap"]
    assert store.read(lambda s: s.captions(["gone", "kept"], scope=up_to(HIGH))).keys() == {"kept"}
    head = store.read(lambda s: s.head(gone.id, scope=up_to(HIGH)))
    assert head is not None
    assert head.erased


def test_a_message_without_statements_counts_as_a_message(store: Store, scribe: Scribe) -> None:
    store.write(lambda tx: put(tx, scribe.item(Derived()), scribe.account()))
    assert store.read(lambda s: s.counts(scope=up_to(HIGH))) == {
        "messages": 1,
        "entities": 0,
        "statements": 0,
        "identifiers": 0,
    }
    assert store.read(lambda s: (s.places_of("item"), s.places_of("account"), s.places_of("none"))) == ([0], [1], [])
