# SPDX-License-Identifier: Apache-2.0
"""Accounts, sessions, one-time links: over a real node."""

import json
import threading
from pathlib import Path

import pytest

from lintas.errors import NotAllowed, UnknownTerm, WrongUse
from lintas.limits import SESSION_IDLE_S_MAX, SESSION_S_MAX, SIGN_IN_LINK_S_MAX, SIGN_IN_TRIES_MAX, SIGN_IN_WINDOW_S
from lintas.model.marking import Tlp
from lintas.node.node import Node
from lintas.testing import FakeClock, shared_readers
from lintas.work.accounts import (
    close_account,
    create_account,
    create_link,
    list_accounts,
    session_of,
    set_password,
    show_link,
    sign_in,
    sign_out,
    use_link,
)
from lintas.work.proving import verify
from lintas.work.services import Services, no_progress
from tests.scenario.browsing import PASSWORD, officer


def control_bodies(services: Services) -> list[dict[str, object]]:
    """Bodies of all account entries of the log, in order."""
    headers = services.store.read(lambda s: [json.loads(entry.header) for entry in s.entries(0, s.size())])
    return [header["body"] for header in headers if header["kind"] == "account"]


def refusal(services: Services, name: str, password: str) -> tuple[str, str, str]:
    """What a sign-in that must fail says."""
    with pytest.raises(NotAllowed) as caught:
        sign_in(services, name, password)
    return caught.value.rule, caught.value.message, caught.value.hint


def test_an_account_is_numbered_and_logged_by_its_pseudonym(node: Node, services: Services) -> None:
    assert officer(node, "Aminah Contoh") == "officer-0001"
    assert officer(node, "Low Example", clearance=Tlp.GREEN) == "officer-0002"
    assert control_bodies(services) == [
        {"account": "officer-0001", "action": "created", "clearance": "RED", "role": "duty_officer"},
        {"account": "officer-0002", "action": "created", "clearance": "GREEN", "role": "duty_officer"},
    ]
    assert [account.name for account in list_accounts(services)] == ["Aminah Contoh", "Low Example"]
    assert verify(services, progress=no_progress).ok


def test_no_entry_of_the_log_holds_a_name(node: Node, services: Services) -> None:
    officer(node, "Aminah Contoh")
    headers = services.store.read(lambda s: b"".join(entry.header for entry in s.entries(0, s.size())))
    assert b"Contoh" not in headers


def test_no_secret_stands_in_the_database(node: Node, services: Services, tmp_path: Path) -> None:
    officer(node)
    session = sign_in(services, "Aminah", PASSWORD).token
    link = create_link(services, "Aminah")
    written = b"".join(path.read_bytes() for path in (tmp_path / "node").glob("node.sqlite*"))
    assert b"$argon2id$" in written
    for secret in (PASSWORD, session, link):
        assert secret.encode() not in written


@pytest.mark.parametrize("name", ["aminah", "  AMINAH ", "Aminah", "Ａｍｉｎａｈ"])
def test_a_name_is_known_however_it_is_typed(node: Node, services: Services, name: str) -> None:
    officer(node, "Aminah")
    assert sign_in(services, name, PASSWORD).account == "officer-0001"


def test_a_password_is_known_whichever_keyboard_sent_it(services: Services) -> None:
    create_account(services, name="Aminah", password="café au lait noir", role="analyst", clearance=Tlp.AMBER)
    assert sign_in(services, "Aminah", "café au lait noir").account == "officer-0001"


@pytest.mark.parametrize("name", ["", "   ", "a" * 81, "line\x00break", "hid\u202eden"])
def test_a_name_that_cannot_be_shown_is_refused(services: Services, name: str) -> None:
    with pytest.raises(WrongUse):
        create_account(services, name=name, password=None, role="duty_officer", clearance=Tlp.RED)


@pytest.mark.parametrize("password", ["", "short", "elevenchars", "aaaaaaaaaaaaaaaa", "aminah aminah", "x" * 257])
def test_a_weak_password_is_refused_and_makes_no_account(services: Services, password: str) -> None:
    with pytest.raises(WrongUse):
        create_account(services, name="Aminah", password=password, role="duty_officer", clearance=Tlp.RED)
    assert list_accounts(services) == ()
    assert control_bodies(services) == []


def test_an_unknown_role_is_refused(services: Services) -> None:
    with pytest.raises(WrongUse, match="no role"):
        create_account(services, name="Aminah", password=PASSWORD, role="root", clearance=Tlp.RED)


def test_two_open_accounts_never_share_a_name(node: Node, services: Services) -> None:
    officer(node, "Aminah")
    with pytest.raises(WrongUse, match="already"):
        officer(node, "AMINAH")
    close_account(services, "Aminah")
    assert officer(node, "Aminah") == "officer-0002"
    assert [account.state for account in list_accounts(services)] == ["closed", "open"]


def test_many_who_ask_for_one_name_at_once_get_one_account(node: Node, services: Services) -> None:
    made: list[str] = []

    def ask() -> None:
        try:
            made.append(create_account(services, name="Aminah", password=None, role="analyst", clearance=Tlp.RED))
        except WrongUse as exc:
            made.append(str(exc))

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert made.count("officer-0001") == 1
    assert len(list_accounts(services)) == 1
    assert len(control_bodies(services)) == 1


def test_unknown_wrong_closed_and_passwordless_are_told_the_same(node: Node, services: Services) -> None:
    officer(node, "Aminah")
    officer(node, "Closed")
    close_account(services, "Closed")
    create_account(services, name="Linked", password=None, role="analyst", clearance=Tlp.GREEN)
    said = {refusal(services, name, "another password") for name in ("Aminah", "Nobody", "Closed", "Linked", "")}
    assert len(said) == 1


def test_an_account_without_a_password_is_opened_by_no_password(services: Services) -> None:
    create_account(services, name="Linked", password=None, role="analyst", clearance=Tlp.GREEN)
    assert refusal(services, "Linked", "")[0] == "sign-in"


@pytest.mark.parametrize("name", ["Aminah", "Nobody"])
def test_tries_are_throttled_whether_or_not_the_account_exists(
    node: Node, services: Services, clock: FakeClock, name: str
) -> None:
    officer(node, "Aminah")
    rules = [refusal(services, name, "another password")[0] for _ in range(SIGN_IN_TRIES_MAX + 2)]
    assert rules == ["sign-in"] * SIGN_IN_TRIES_MAX + ["throttled"] * 2
    assert refusal(services, name, PASSWORD)[0] == "throttled"
    clock.forward(seconds=SIGN_IN_WINDOW_S)
    assert refusal(services, name, "another password")[0] == "sign-in"


def test_throttling_one_name_leaves_the_others_alone(node: Node, services: Services) -> None:
    officer(node, "Aminah")
    officer(node, "Low")
    for _ in range(SIGN_IN_TRIES_MAX + 1):
        refusal(services, "Aminah", "another password")
    assert sign_in(services, "Low", PASSWORD).account == "officer-0002"
    assert use_link(services, create_link(services, "Aminah")).account == "officer-0001"


def test_many_tries_at_once_do_not_slip_past_the_limit(node: Node, services: Services) -> None:
    officer(node, "Aminah")
    rules: list[str] = []
    threads = [
        threading.Thread(target=lambda: rules.append(refusal(services, "Aminah", "another password")[0]))
        for _ in range(SIGN_IN_TRIES_MAX + 6)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert rules.count("sign-in") == SIGN_IN_TRIES_MAX


def test_a_success_forgets_the_failures_before_it(node: Node, services: Services) -> None:
    officer(node, "Aminah")
    for _ in range(3):
        for _ in range(SIGN_IN_TRIES_MAX - 1):
            refusal(services, "Aminah", "another password")
        sign_in(services, "Aminah", PASSWORD)


def test_a_session_carries_role_and_clearance(node: Node, services: Services) -> None:
    officer(node, "Low", clearance=Tlp.GREEN, role="analyst")
    session = session_of(services, sign_in(services, "Low", PASSWORD).token)
    assert session is not None
    assert (session.viewer.id, session.viewer.clearance, session.viewer.role) == ("officer-0001", Tlp.GREEN, "analyst")


@pytest.mark.parametrize("token", ["", "x", "A" * 43, "\x00", "\ud800", "é" * 100])
def test_no_other_token_opens_a_session(node: Node, services: Services, token: str) -> None:
    officer(node)
    sign_in(services, "Aminah", PASSWORD)
    assert session_of(services, token) is None


def test_a_session_ends_when_it_rests_too_long(node: Node, services: Services, clock: FakeClock) -> None:
    officer(node)
    token = sign_in(services, "Aminah", PASSWORD).token
    clock.forward(seconds=SESSION_IDLE_S_MAX - 1)
    assert session_of(services, token) is not None
    clock.forward(seconds=SESSION_IDLE_S_MAX - 1)
    assert session_of(services, token) is not None
    clock.forward(seconds=SESSION_IDLE_S_MAX)
    assert session_of(services, token) is None


def test_a_page_that_waits_by_itself_does_not_keep_a_session(node: Node, services: Services, clock: FakeClock) -> None:
    officer(node)
    token = sign_in(services, "Aminah", PASSWORD).token
    clock.forward(seconds=SESSION_IDLE_S_MAX / 2)
    assert session_of(services, token, touch=False) is not None
    clock.forward(seconds=SESSION_IDLE_S_MAX / 2)
    assert session_of(services, token, touch=False) is None


def test_a_session_ends_with_the_shift_however_busy(node: Node, services: Services, clock: FakeClock) -> None:
    officer(node)
    token = sign_in(services, "Aminah", PASSWORD).token
    for _ in range(SESSION_S_MAX // 1200 - 1):
        clock.forward(seconds=1200)
        assert session_of(services, token) is not None
    clock.forward(seconds=1200)
    assert session_of(services, token) is None


def test_signing_out_ends_this_session_only(node: Node, services: Services) -> None:
    officer(node)
    one, two = (sign_in(services, "Aminah", PASSWORD).token for _ in range(2))
    sign_out(services, one)
    sign_out(services, one)
    assert session_of(services, one) is None
    assert session_of(services, two) is not None


def test_closing_an_account_ends_its_sessions_and_links_at_once(node: Node, services: Services) -> None:
    officer(node)
    token, link = sign_in(services, "Aminah", PASSWORD).token, create_link(services, "officer-0001")
    assert close_account(services, "aminah").state == "closed"
    assert session_of(services, token) is None
    with pytest.raises(NotAllowed):
        use_link(services, link)
    with pytest.raises(UnknownTerm):
        create_link(services, "officer-0001")
    assert [body["action"] for body in control_bodies(services)] == ["created", "closed"]


def test_a_new_password_ends_what_the_old_one_opened(node: Node, services: Services) -> None:
    officer(node)
    token = sign_in(services, "Aminah", PASSWORD).token
    set_password(services, "Aminah", "other plain words")
    assert session_of(services, token) is None
    assert refusal(services, "Aminah", PASSWORD)[0] == "sign-in"
    assert sign_in(services, "Aminah", "other plain words").account == "officer-0001"


def test_a_link_is_looked_at_often_and_used_once(node: Node, services: Services) -> None:
    officer(node)
    link = create_link(services, "Aminah")
    assert [show_link(services, link).name for _ in range(3)] == ["Aminah"] * 3
    assert session_of(services, use_link(services, link).token) is not None
    for look in (show_link, use_link):
        with pytest.raises(NotAllowed, match="does not work"):
            look(services, link)


def test_a_link_grows_old(node: Node, services: Services, clock: FakeClock) -> None:
    officer(node)
    link = create_link(services, "Aminah")
    clock.forward(seconds=SIGN_IN_LINK_S_MAX - 1)
    assert show_link(services, link).account == "officer-0001"
    clock.forward(seconds=1)
    with pytest.raises(NotAllowed):
        use_link(services, link)


def test_a_link_that_many_use_at_once_opens_one_session(node: Node, services: Services) -> None:
    officer(node)
    link = create_link(services, "Aminah")
    opened: list[bool] = []

    def use() -> None:
        try:
            use_link(services, link)
        except NotAllowed:
            opened.append(False)
        else:
            opened.append(True)

    threads = [threading.Thread(target=use) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert opened.count(True) == 1


def test_accounts_outlive_a_restart(node: Node, services: Services, tmp_path: Path, clock: FakeClock) -> None:
    officer(node)
    token = sign_in(services, "Aminah", PASSWORD).token
    node.close()
    with Node.open(tmp_path / "node", clock=clock, readers=shared_readers()) as again:
        assert session_of(again.services, token) is not None
        assert sign_in(again.services, "Aminah", PASSWORD).account == "officer-0001"
