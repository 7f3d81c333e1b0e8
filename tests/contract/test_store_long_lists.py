# SPDX-License-Identifier: Apache-2.0
"""Long lists give what short ones give, and what a job writes it can read."""

import pytest

from lintas.model.marking import Tlp
from lintas.ports.store import Store, Transaction
from lintas.testing import up_to
from tests.faults.scribe import Scribe, put, said

PHONE = "+60123456789"
RED = int(Tlp.RED)


@pytest.mark.parametrize("terms", [1, 400], ids=["short list", "long list"])
def test_of_more_hits_than_are_shown_the_newest_are(store: Store, scribe: Scribe, terms: int) -> None:
    items = [scribe.item(said(f"carrier-{n}", phone=PHONE)) for n in range(6)]
    store.write(lambda tx: put(tx, *items))
    asked = [(0, "phone", PHONE), *((n, "phone", f"+6598765{n:03d}") for n in range(1, terms))]
    found = store.read(lambda snapshot: list(snapshot.hits(asked, scope=up_to(RED), limit=3)))
    assert [(hit.term, hit.entity) for hit in found] == [(0, "carrier-5"), (0, "carrier-4"), (0, "carrier-3")]


def test_terms_of_a_long_list_are_answered_each_by_its_number(store: Store, scribe: Scribe) -> None:
    phones = [f"+6598765{n:03d}" for n in range(300)]
    items = [scribe.item(said(f"carrier-{n}", phone=phones[n])) for n in range(0, 300, 7)]
    store.write(lambda tx: put(tx, *items))
    asked = [(n, "phone", phone) for n, phone in reversed(list(enumerate(phones)))]
    found = store.read(lambda snapshot: list(snapshot.hits(asked, scope=up_to(RED), limit=3)))
    assert sorted((hit.term, hit.entity) for hit in found) == [(n, f"carrier-{n}") for n in range(0, 300, 7)]


def test_a_job_finds_what_it_has_just_written(store: Store, scribe: Scribe) -> None:
    item = scribe.item(said("carrier", name="Ali bin Contoh", phone=PHONE))

    def write_and_look(tx: Transaction) -> tuple[int, int, int]:
        put(tx, item)
        hits = list(tx.hits([(0, "phone", PHONE)], scope=up_to(RED), limit=9))
        words = tx.worded(("contoh",), phrase=False, scope=up_to(RED), limit=9)
        return len(hits), len(words), tx.counts(scope=up_to(RED))["statements"]

    assert store.write(write_and_look) == (1, 1, 2)


def test_the_same_words_said_again_in_a_later_transaction_keep_one_number(store: Store, scribe: Scribe) -> None:
    for n in range(3):
        again = scribe.item(said(f"carrier-{n}", name="Ali bin Contoh", phone=PHONE))
        store.write(lambda tx, again=again: put(tx, again))  # type: ignore[misc]
    digest = store.write(lambda tx: tx.views_digest())
    assert digest["value"][0] == 2, "one name, one number"
    assert digest["identifier"][0] == 1
