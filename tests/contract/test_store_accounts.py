# SPDX-License-Identifier: Apache-2.0
"""Accounts, sessions, links and tries of a store."""

import pytest

from lintas.errors import NodeDamaged
from lintas.ports.accounts import AccountRow, SessionRow
from lintas.ports.store import Store

AT, LATER = "2026-03-01T03:00:00.000Z", "2026-03-01T04:00:00.000Z"


def account(number: int, name: str = "Night desk") -> AccountRow:
    """An open account."""
    return AccountRow(
        number=number,
        id=f"officer-{number:04}",
        name=name,
        name_key=name.casefold(),
        role="analyst",
        clearance=2,
        password="",
        state="open",
        created_at=AT,
        closed_at="",
    )


def test_accounts_are_kept_and_listed_by_number(store: Store) -> None:
    rows = [account(2, "Second"), account(1, "First")]
    for row in rows:
        store.write(lambda tx, row=row: tx.add_account(row))  # type: ignore[misc]  # of this turn
    assert store.read(lambda s: s.accounts()) == [rows[1], rows[0]]
    assert store.read(lambda s: s.account("officer-0002")) == rows[0]
    assert store.read(lambda s: s.account("officer-0009")) is None


def test_a_name_is_free_again_once_its_account_is_closed(store: Store) -> None:
    store.write(lambda tx: tx.add_account(account(1)))
    with pytest.raises(NodeDamaged):
        store.write(lambda tx: tx.add_account(account(2)))
    store.write(lambda tx: tx.set_account_state("officer-0001", state="closed", closed_at=LATER))
    assert store.read(lambda s: s.account_named("night desk")) is None
    store.write(lambda tx: tx.add_account(account(2)))
    named = store.read(lambda s: s.account_named("night desk"))
    assert named is not None
    assert named.id == "officer-0002"
    closed = store.read(lambda s: s.account("officer-0001"))
    assert closed is not None
    assert (closed.state, closed.closed_at) == ("closed", LATER)


def test_a_password_is_replaced(store: Store) -> None:
    store.write(lambda tx: tx.add_account(account(1)))
    store.write(lambda tx: tx.set_account_password("officer-0001", "argon2"))
    found = store.read(lambda s: s.account("officer-0001"))
    assert found is not None
    assert found.password == "argon2"


def test_sessions_start_are_touched_and_end(store: Store) -> None:
    row = SessionRow(digest=b"d" * 32, account="officer-0001", started_at=AT, seen_at=AT)
    store.write(lambda tx: tx.add_session(row))
    store.write(lambda tx: tx.touch_session(row.digest, seen_at=LATER))
    stored = row._replace(seen_at=LATER, first=row.digest, made_at=AT)  # its first token names a session
    assert store.read(lambda s: s.session(row.digest)) == stored
    store.write(lambda tx: tx.end_session(row.digest))
    store.write(lambda tx: tx.end_session(row.digest))
    assert store.read(lambda s: s.session(row.digest)) is None


def test_a_link_opens_its_account_once_and_not_for_ever(store: Store) -> None:
    store.write(lambda tx: tx.add_link(b"l" * 32, account="officer-0001", made_at=LATER))
    assert store.read(lambda s: s.link_account(b"l" * 32, since=AT)) == "officer-0001"
    assert store.read(lambda s: s.link_account(b"l" * 32, since=LATER)) is None
    store.write(lambda tx: tx.use_link(b"l" * 32))
    assert store.read(lambda s: s.link_account(b"l" * 32, since=AT)) is None


def test_ending_an_accounts_access_leaves_others_alone(store: Store) -> None:
    for name in ("one", "two"):
        row = SessionRow(digest=name.encode(), account=name, started_at=AT, seen_at=AT)
        store.write(lambda tx, row=row: tx.add_session(row))  # type: ignore[misc]  # of this turn
        store.write(lambda tx, row=row: tx.add_link(row.digest, account=row.account, made_at=AT))  # type: ignore[misc]
    store.write(lambda tx: tx.end_account_access("one"))
    assert store.read(lambda s: (s.session(b"one"), s.link_account(b"one", since=""))) == (None, None)
    assert store.read(lambda s: s.session(b"two")) is not None
    assert store.read(lambda s: s.link_account(b"two", since="")) == "two"


def test_tries_are_counted_by_subject_and_forgotten(store: Store) -> None:
    for subject, at in ((b"a", AT), (b"a", LATER), (b"b", LATER)):
        store.write(lambda tx, subject=subject, at=at: tx.add_try(subject, at=at))  # type: ignore[misc]  # of this turn
    assert store.read(lambda s: (s.tries(b"a", since=""), s.tries(b"a", since=AT), s.tries(b"c", since=""))) == (
        2,
        1,
        0,
    )
    store.write(lambda tx: tx.forget_tries(b"a"))
    assert store.read(lambda s: (s.tries(b"a", since=""), s.tries(b"b", since=""))) == (0, 1)


def test_what_can_have_no_effect_any_more_is_removed(store: Store) -> None:
    for name, at in (("old", AT), ("new", LATER)):
        row = SessionRow(digest=name.encode(), account=name, started_at=at, seen_at=at)
        store.write(lambda tx, row=row: tx.add_session(row))  # type: ignore[misc]  # of this turn
        store.write(lambda tx, row=row: tx.add_link(row.digest, account=row.account, made_at=row.seen_at))  # type: ignore[misc]
        store.write(lambda tx, row=row: tx.add_try(row.digest, at=row.seen_at))  # type: ignore[misc]  # of this turn
    store.write(lambda tx: tx.forget_old_access(sessions_before=LATER, links_before=LATER, tries_before=LATER))
    assert store.read(lambda s: (s.session(b"old"), s.link_account(b"old", since=""), s.tries(b"old", since=""))) == (
        None,
        None,
        0,
    )
    assert store.read(lambda s: (s.session(b"new") is not None, s.tries(b"new", since=""))) == (True, 1)
