# SPDX-License-Identifier: Apache-2.0
"""Passkeys over a real node: enrol, sign in, vouch, end, lose."""

import contextlib
import json
from collections.abc import Iterator
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lintas.crypto.passkeys import SoftPasskey, from_base64url, to_base64url
from lintas.errors import LintasError, NotAllowed, OverLimit, UnknownTerm, WrongUse
from lintas.limits import CHALLENGE_S_MAX, PASSKEYS_MAX, SIGN_IN_TRIES_MAX
from lintas.model.header import Kind
from lintas.node.node import Node
from lintas.testing import FakeClock, a_node
from lintas.web.local.calling import LOCAL_VIEWER
from lintas.work import orders
from lintas.work.accounts import change_people, close_account, create_link, session_of, sign_in, use_link
from lintas.work.accounts.losing import lose
from lintas.work.accounts.passkey_entry import begin_passkey, sign_in_by_passkey
from lintas.work.accounts.passkeys import _verified, begin_enrolment, end_passkey, enrol, list_passkeys, rename_passkey
from lintas.work.accounts.relying_party import relying_party
from lintas.work.proving import verify
from lintas.work.services import Services, no_progress
from tests.scenario.browsing import PASSWORD, officer
from tests.scenario.signing import HOST, authenticator, enrolled, entered, party

CHALLENGE: Final = bytes(range(32))


def credentials(services: Services) -> list[dict[str, object]]:
    """Bodies of all credential entries of the log, in order."""

    def look(snapshot: object) -> list[dict[str, object]]:
        found = []
        for seq in snapshot.places_of(Kind.CREDENTIAL.value):  # type: ignore[attr-defined]  # a Snapshot
            found += [json.loads(entry.header)["body"] for entry in snapshot.entries(seq, seq + 1)]  # type: ignore[attr-defined]  # as above
        return found

    return services.store.read(look)


def rule_of(call: object, *args: object, **more: object) -> str:
    """The rule by which something is refused."""
    with pytest.raises(NotAllowed) as caught:
        call(*args, **more)  # type: ignore[operator]  # any function of ours
    return caught.value.rule


def test_a_passkey_signs_in_without_a_name(node: Node, services: Services) -> None:
    who, key = officer(node), authenticator(services)
    shown = enrolled(services, who, key, "phone")
    assert (shown.label, shown.vouched_by, shown.used_at, shown.ended_at) == ("phone", "", "", "")
    session = session_of(services, entered(services, key).token)
    assert session is not None
    assert (session.viewer.id, session.how) == (who, "passkey")
    assert list_passkeys(services, who)[0].used_at
    assert verify(services, progress=no_progress).ok


def test_the_log_holds_the_public_key_and_no_name(node: Node, services: Services) -> None:
    who, key = officer(node, "Aminah Contoh"), authenticator(services)
    enrolled(services, who, key, "phone of Aminah")
    (body,) = credentials(services)
    assert (body["account"], body["action"], body["algorithm"], body["vouched_by"]) == (who, "added", -7, "")
    headers = services.store.read(lambda s: b"".join(entry.header for entry in s.entries(0, s.size())))
    assert b"Contoh" not in headers and b"phone" not in headers


def test_a_challenge_is_answered_once(node: Node, services: Services) -> None:
    who, key = officer(node), authenticator(services)
    enrolled(services, who, key)
    answer = json.dumps(key.answer_json(begin_passkey(services, party(services))))
    sign_in_by_passkey(services, answer, party=party(services))
    assert rule_of(sign_in_by_passkey, services, answer, party=party(services)) == "sign-in"


def test_an_enrolment_is_answered_once_and_by_who_was_asked(node: Node, services: Services) -> None:
    who, other = officer(node), officer(node, "Budi")
    options = begin_enrolment(services, who, party(services))
    answer = json.dumps(authenticator(services).register(options))
    assert rule_of(enrol, services, other, answer, label="x", party=party(services)) == "passkey"
    assert rule_of(enrol, services, who, answer, label="x", party=party(services)) == "passkey"  # it was used up
    assert credentials(services) == []


def test_a_challenge_grows_old(node: Node, services: Services, clock: FakeClock) -> None:
    who, key = officer(node), authenticator(services)
    enrolled(services, who, key)
    answer = json.dumps(key.answer_json(begin_passkey(services, party(services))))
    clock.forward(seconds=CHALLENGE_S_MAX)
    assert rule_of(sign_in_by_passkey, services, answer, party=party(services)) == "sign-in"


def test_a_copied_passkey_is_refused_and_written_down(node: Node, services: Services) -> None:
    who, key = officer(node), authenticator(services)
    enrolled(services, who, key)
    entered(services, key)
    entered(services, key)
    seen = services.events.count("sign-in")
    key.count -= 2
    options = begin_passkey(services, party(services))
    answer = json.dumps(key.answer_json(options))
    assert rule_of(sign_in_by_passkey, services, answer, party=party(services)) == "passkey-copied"
    assert services.events.count("sign-in") == seen + 1
    actions = services.store.read(
        lambda s: [json.loads(e.header)["body"]["action"] for q in s.places_of("account") for e in s.entries(q, q + 1)]
    )
    assert actions[-1] == "passkey_copied"


def test_an_authenticator_that_keeps_no_counter_may_always_come(node: Node, services: Services) -> None:
    who, key = officer(node), authenticator(services)
    enrolled(services, who, key)
    for _ in range(3):
        key.count = -1
        entered(services, key)


@pytest.mark.parametrize("wrong", ["origin", "host", "unknown", "handle", "ended", "closed", "garbage", "type"])
def test_whatever_is_wrong_is_told_the_same(node: Node, services: Services, wrong: str) -> None:
    who, key = officer(node), authenticator(services)
    enrolled(services, who, key)
    options = begin_passkey(services, party(services))
    if wrong == "origin":
        key.origin = "http://localhost:1"
    if wrong == "host":
        key.rp_id = "else.example"
    answer = key.answer_json({**options, "rpId": key.rp_id})
    if wrong == "unknown":
        answer = authenticator(services).answer_json(options)
    if wrong == "handle":
        answer["response"]["userHandle"] = "AAAA"
    if wrong == "ended":
        enrolled(services, officer(node, "Chief", role="supervisor"), authenticator(services))
        end_passkey(services, who, list_passkeys(services, who)[0].id, by=who)
    if wrong == "closed":
        close_account(services, who)
    sent = {"garbage": "[1", "type": "[]"}.get(wrong, json.dumps(answer))
    with pytest.raises(NotAllowed) as caught:
        sign_in_by_passkey(services, sent, party=party(services))
    assert (caught.value.rule, caught.value.message) == ("sign-in", "This passkey does not sign anybody in here.")


def test_tries_with_one_passkey_are_throttled_whether_or_not_it_is_known(node: Node, services: Services) -> None:
    who, known = officer(node), authenticator(services)
    enrolled(services, who, known)
    for key in (known, authenticator(services)):
        key.origin = "http://localhost:1"
        rules = []
        for _ in range(SIGN_IN_TRIES_MAX + 1):
            answer = json.dumps(key.answer_json(begin_passkey(services, party(services))))
            rules.append(rule_of(sign_in_by_passkey, services, answer, party=party(services)))
        assert rules == ["sign-in"] * SIGN_IN_TRIES_MAX + ["throttled"]


def test_a_further_passkey_needs_somebody_who_vouches(node: Node, services: Services) -> None:
    who = officer(node)
    enrolled(services, who, authenticator(services))
    assert rule_of(begin_enrolment, services, who, party(services)) == "vouch"


def test_an_older_passkey_vouches_for_one_more_and_for_one_only(node: Node, services: Services) -> None:
    who, key = officer(node), authenticator(services)
    enrolled(services, who, key)
    session = session_of(services, entered(services, key).token)
    assert session is not None
    said = {"do": "passkey", "account": who}
    order = orders.propose(services, session.viewer, "own.access", said)
    assert rule_of(begin_enrolment, services, who, party(services)) == "vouch"  # proposed is not confirmed
    done = orders.answer(
        services, session.viewer, order.id, "confirmed", key.answer(orders.challenge(order.id, "confirmed"))
    )
    assert done.state == "done"
    second = enrolled(services, who, authenticator(services), "second")
    assert second.vouched_by == order.id
    assert verify(services, progress=no_progress).ok
    assert rule_of(begin_enrolment, services, who, party(services)) == "vouch"


def test_nobody_vouches_for_somebody_else_as_if_for_themselves(node: Node, services: Services) -> None:
    who, other = officer(node), officer(node, "Budi")
    key = authenticator(services)
    enrolled(services, who, key)
    enrolled(services, other, authenticator(services))
    session = session_of(services, entered(services, key).token)
    assert session is not None
    said = {"do": "passkey", "account": other}
    assert rule_of(orders.propose, services, session.viewer, "own.access", said) == "not-yours"


def test_a_passkey_is_named_and_ended_by_its_owner_only(node: Node, services: Services) -> None:
    who, other = officer(node), officer(node, "Budi")
    enrolled(services, officer(node, "Chief", role="supervisor"), authenticator(services))
    key = enrolled(services, who, authenticator(services))
    rename_passkey(services, who, key.id, "old phone")
    with pytest.raises(UnknownTerm):
        rename_passkey(services, other, key.id, "mine")
    with pytest.raises(UnknownTerm):
        end_passkey(services, other, key.id, by=other)
    with pytest.raises(WrongUse):
        rename_passkey(services, who, key.id, "\x00")
    end_passkey(services, who, key.id, by=who)
    assert [(one.label, bool(one.ended_at)) for one in list_passkeys(services, who)] == [("old phone", True)]
    with pytest.raises(UnknownTerm):
        end_passkey(services, who, key.id, by=who)


def test_nobody_locks_themselves_out(node: Node, services: Services) -> None:
    who = officer(node, password=None)
    key = enrolled(services, who, authenticator(services))
    assert rule_of(end_passkey, services, who, key.id, by=who) == "last-passkey"


def test_whoever_finds_a_browser_open_does_not_put_their_passkey_in_the_place_of_the_last_one(
    node: Node, services: Services
) -> None:
    who = officer(node, role="supervisor")  # has a password, and nobody else could vouch
    key = enrolled(services, who, authenticator(services))
    assert rule_of(end_passkey, services, who, key.id, by=who) == "last-passkey"
    assert rule_of(enrolled, services, who, authenticator(services)) == "vouch"
    session = session_of(services, sign_in(services, "Aminah", PASSWORD).token)
    assert session is not None
    lost = {"do": "lost", "account": who}
    assert rule_of(change_people, services, session.viewer, lost) == "needs-order"
    order = orders.propose(services, session.viewer, "people.change", lost)
    assert rule_of(orders.answer, services, session.viewer, order.id, "confirmed", None) == "passkey"
    assert verify(services, progress=no_progress).ok


def test_an_address_where_no_browser_would_answer_says_so(node: Node, services: Services) -> None:
    officer(node)
    for host, where in (("127.0.0.1:8420", "http://localhost:8420"), ("[::1]:8420", "http://localhost:8420")):
        found = relying_party(services, host, is_secure=False)
        assert (found.id, found.open_at) == ("", where)
        assert rule_of(begin_passkey, services, found) == "passkey-host"
    assert relying_party(services, "node.example", is_secure=True).id == ""
    assert relying_party(services, "[::", is_secure=True).id == ""
    assert relying_party(services, HOST, is_secure=False).origins == {"http://localhost:8420"}


def test_a_lost_device_ends_everything_and_a_link_lets_one_begin_again(node: Node, services: Services) -> None:
    who, key = officer(node), authenticator(services)
    enrolled(services, who, key)
    token = entered(services, key).token
    lost = lose(services, LOCAL_VIEWER, "Aminah")  # nobody is left who could answer an order
    assert (lost.passkeys, lost.sessions, lost.had_codes) == (1, 1, False)
    assert session_of(services, token) is None
    assert (
        rule_of(
            sign_in_by_passkey,
            services,
            json.dumps(key.answer_json(begin_passkey(services, party(services)))),
            party=party(services),
        )
        == "sign-in"
    )
    assert session_of(services, use_link(services, lost.token).token) is not None
    assert sign_in(services, "Aminah", PASSWORD).account == who
    assert enrolled(services, who, authenticator(services)).vouched_by == ""  # none is left on this node


def test_where_others_can_answer_a_loss_is_ordered_and_its_order_vouches(node: Node, services: Services) -> None:
    who = officer(node)
    boss = officer(node, "Chief", role="supervisor")
    deputy = officer(node, "Deputy", role="supervisor")
    enrolled(services, who, authenticator(services))
    key = authenticator(services)
    enrolled(services, boss, key)
    assert rule_of(lose, services, LOCAL_VIEWER, who) == "needs-order"
    session = session_of(services, entered(services, key).token)
    assert session is not None
    order = orders.propose(services, session.viewer, "people.change", {"do": "lost", "account": who})
    answer = key.answer(orders.challenge(order.id, "confirmed"))
    shown = orders.answer(services, session.viewer, order.id, "confirmed", answer)
    if shown.state != "done":  # a second person is asked where there are two
        second = authenticator(services)
        enrolled(services, deputy, second)
        other = session_of(services, entered(services, second).token)
        assert other is not None
        approval = second.answer(orders.challenge(order.id, "approved"))
        shown = orders.answer(services, other.viewer, order.id, "approved", approval)
    assert shown.state == "done"
    assert [bool(one.ended_at) for one in list_passkeys(services, who)] == [True]
    use_link(services, create_link(services, who))
    assert enrolled(services, who, authenticator(services), "new phone").vouched_by == order.id
    assert verify(services, progress=no_progress).ok


def test_a_person_has_so_many_passkeys(node: Node, services: Services) -> None:
    who = officer(node)
    body = {"account": who, "action": "added", "algorithm": -7, "by": who, "vouched_by": ""}

    def fill(tx: object) -> None:
        from lintas.work.appending import append, prepare_control

        for number in range(PASSKEYS_MAX):
            key = authenticator(services)
            more = {"credential": f"A{number:03d}AAAAAAAAAAAAAAAAAA", "public": key.public.hex()}
            append(tx, prepare_control(services, Kind.CREDENTIAL, body | more))  # type: ignore[arg-type]  # a Transaction

    services.store.write(fill)
    with pytest.raises(OverLimit):
        begin_enrolment(services, who, party(services))


def test_an_authenticator_that_is_enrolled_is_not_enrolled_again(node: Node, services: Services) -> None:
    who = officer(node)
    key: SoftPasskey = authenticator(services)
    enrolled(services, who, key)
    other = officer(node, "Budi")
    options = begin_enrolment(services, other, party(services))
    with pytest.raises(WrongUse, match="already"):
        enrol(services, other, json.dumps(key.register(options)), label="x", party=party(services))


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Services, str]]:
    """A node, and somebody on it."""
    with a_node(tmp_path_factory.mktemp("asked")) as node:
        yield node.services, officer(node)


def options_for(services: Services, who: str) -> dict[str, Any]:
    """What the node asks for a new passkey, with a challenge of ours."""
    return {**begin_enrolment(services, who, party(services)), "challenge": to_base64url(CHALLENGE)}


def changed(answer: dict[str, Any], at: int, bit: int) -> str:
    """An answer with one bit of what the authenticator said flipped."""
    said = bytearray(from_base64url(answer["response"]["attestationObject"]))
    said[at % len(said)] ^= 1 << bit
    return json.dumps({**answer, "response": {**answer["response"], "attestationObject": to_base64url(bytes(said))}})


@given(at=st.integers(0, 400), bit=st.integers(0, 7))
def test_a_flipped_bit_of_an_enrolment_raises_nothing_foreign(asked: tuple[Services, str], at: int, bit: int) -> None:
    services, who = asked
    key = authenticator(services)
    answer = key.register(options_for(services, who))
    with contextlib.suppress(LintasError):
        _verified(json.loads(changed(answer, at, bit)), CHALLENGE, party(services))


@given(sent=st.text(max_size=60) | st.recursive(st.none() | st.text(max_size=5), st.lists).map(json.dumps))
def test_any_text_as_an_answer_is_refused(asked: tuple[Services, str], sent: str) -> None:
    services, who = asked
    with pytest.raises(NotAllowed):
        enrol(services, who, sent, label="x", party=party(services))
    with pytest.raises(NotAllowed):
        sign_in_by_passkey(services, sent, party=party(services))
