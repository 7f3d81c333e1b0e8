# SPDX-License-Identifier: Apache-2.0
"""What a store is asked about signing in beside passwords, as a part of its day."""

from lintas.ports.accounts import SessionRow
from lintas.ports.identity import KeyRow
from lintas.ports.sign_in import PasskeyUse, TotpRow
from lintas.ports.store import Snapshot, Store, Transaction

WHO, ISSUER = "officer-0001", "https://id.example"
AT, LATER = "2026-03-01T03:00:00.000Z", "2026-03-01T04:00:00.000Z"
FIRST = b"1" * 32
KEY = KeyRow(b"k" * 32, "00" * 8, WHO, "pipeline", "engineer", "log.read prove", AT, LATER, "", "")


def sign_in_otherwise(store: Store) -> None:
    """Call every method about codes, passkeys, providers, sessions and keys; the account is there already."""
    sessions = [
        SessionRow(digest=name * 32, account=WHO, started_at=AT, seen_at=AT, issuer=ISSUER, sid=sid, first=first)
        for name, sid, first in (
            (b"1", "sid-1", FIRST),
            (b"2", "sid-2", b"2" * 32),
            (b"3", "", b"3" * 32),
            (b"4", "", b"4" * 32),
        )
    ]

    def change(tx: Transaction) -> None:
        tx.set_account_subject(WHO, issuer=ISSUER, subject="s-1", agency="MY")
        tx.put_totp(TotpRow(WHO, b"secret", 1))
        tx.put_totp(TotpRow(WHO, b"secret", 2))
        tx.set_recovery(WHO, [b"a" * 32, b"b" * 32])
        assert tx.use_recovery(WHO, b"a" * 32)
        assert not tx.use_recovery(WHO, b"a" * 32)
        tx.put_passkey_use(PasskeyUse("AAAA", WHO, "blue key", 7, AT))
        tx.keep_challenge(b"c" * 32, purpose="login", account=WHO, said="{}", made_at=AT)
        tx.keep_challenge(b"o" * 32, purpose="login", account=WHO, said="{}", made_at=AT)
        tx.add_api_key(KEY)
        tx.touch_api_key(KEY.digest, used_at=LATER)
        for session in sessions:
            tx.add_session(session)
        tx.retire_token(FIRST, rotated_at=LATER)

    def look(snapshot: Snapshot) -> None:
        found = snapshot.account_by_subject(ISSUER, "s-1")
        assert found is not None
        assert (found.id, found.agency) == (WHO, "MY")
        assert (snapshot.totp(WHO), snapshot.recovery_left(WHO)) == (TotpRow(WHO, b"secret", 2), 1)
        assert snapshot.passkey_use("AAAA") == PasskeyUse("AAAA", WHO, "blue key", 7, AT)
        assert (snapshot.has_challenge(b"c" * 32, purpose="login"), snapshot.challenges_of("login")) == (True, 2)
        assert snapshot.api_key(KEY.digest) == KEY._replace(used_at=LATER) == snapshot.api_keys()[0]
        assert FIRST not in {one.digest for one in snapshot.sessions_of(WHO)}, "its token was exchanged"
        assert snapshot.newest_token(b"2" * 32) is not None

    def end(tx: Transaction) -> None:
        assert tx.use_challenge(b"c" * 32, purpose="login", since="") == "{}"
        tx.forget_challenges("login", before=LATER)
        tx.end_api_key(KEY.id, ended_at=LATER)
        tx.end_totp(WHO)
        tx.set_recovery(WHO, [])
        tx.end_session_named(WHO, b"4" * 32)
        tx.end_sessions_of_sid(ISSUER, "sid-1")
        tx.end_other_sessions(WHO, b"2" * 32)
        tx.end_sessions_of_subject(ISSUER, "s-1", sid="sid-2")
        tx.end_sessions_of_subject(ISSUER, "s-1", sid="")

    store.write(change)
    store.read(look)
    store.write(end)
    assert store.read(lambda snapshot: (snapshot.sessions_of(WHO), snapshot.challenges_of("login"))) == ([], 0)
