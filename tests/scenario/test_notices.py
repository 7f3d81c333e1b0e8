# SPDX-License-Identifier: Apache-2.0
"""People who are not at the desk are told that something waits, once, and nothing of what: over real servers."""

import base64
import hmac
import json
import re
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Final

import pytest

from lintas.config.notify import NotifyConfig
from lintas.model.header import Mode
from lintas.node.mail import MailSender
from lintas.node.node import Node
from lintas.node.notices import Notifier, senders_of
from lintas.node.webhooks import WebhookSender
from lintas.ports.notices import Notice, Sender
from lintas.testing import OFFICER, FakeClock, a_node
from lintas.work.notifying import Rhythm, announce, forget_others, troubles
from lintas.work.services import Services
from lintas.work.watching import add_watch, list_alerts
from tests.scenario.giving import take_text
from tests.scenario.noticing import EVERY, PHONE, TO, acknowledge_all, by_mail, mail_of, row_of, to_hook
from tests.scenario.outside import (
    mail_server,
    secret,
    until,
    web_server,
)

CONSOLE: Final = "https://desk.agency.example/"


def test_a_mail_says_that_something_waits_and_nothing_of_what(services: Services, watched: Callable[[], None]) -> None:
    with mail_server() as box:
        watched()
        watched()
        announce(services, MailSender(by_mail(box.port), TO), EVERY, console=CONSOLE)
        (raw,) = box.mails
    said = mail_of(raw)
    assert said["subject"] == "EXERCISE: Example anti-scam centre: something waits at your desk"
    assert said.get_content().splitlines() == [
        "EXERCISE EXERCISE EXERCISE",
        "",
        "Something waits at your desk at Example anti-scam centre.",
        "",
        "Alerts and decisions that wait for somebody: 2",
        f"Sign in: {CONSOLE}",
        "",
        "What it is about is never sent by mail.",
        "",
        "EXERCISE EXERCISE EXERCISE",
    ]
    assert said["auto-submitted"] == "auto-generated"
    assert box.to == [TO]
    assert box.called == ["agency.example"], "not this machine's name"


def planted(services: Services) -> list[bytes]:
    """All that must never leave in a notice: terms, names, ids, places, kinds, the node's own id."""
    (alert, *_) = list_alerts(services, OFFICER).alerts
    texts = [
        PHONE,
        PHONE[1:],
        "60123456789",
        "Siti",
        "Contoh",
        "operation",
        "note.txt",
        "phone",
        "mobile",
        alert.id,
        alert.id[:10],
        alert.watch[:10],
        alert.message[:10],
        services.keys.node.removeprefix("lintas:")[:12],
        OFFICER.id,
        "TLP",
        "AMBER",
    ]
    return [text.lower().encode() for text in texts if len(text) > 2]


def test_no_byte_that_leaves_tells_what_it_is_about(services: Services, watched: Callable[[], None]) -> None:
    with mail_server() as box, web_server() as hook:
        watched()
        announce(services, MailSender(by_mail(box.port), TO), EVERY)
        announce(services, WebhookSender(to_hook(hook.url), hook.url, services.clock), EVERY)
        (post,) = hook.posts
        (mail,) = box.mails
    left = [mail, post.body, json.dumps(post.headers).encode()]
    assert [word for word in planted(services) for part in left if word in part.lower()] == []
    assert any(b"example anti-scam centre" in part.lower() for part in left), "the search would find what is there"


def test_a_webhook_gets_one_signed_object(services: Services, watched: Callable[[], None], clock: FakeClock) -> None:
    with web_server() as hook:
        watched()
        announce(services, WebhookSender(to_hook(hook.url), hook.url, services.clock), EVERY, console=CONSOLE)
        (post,) = hook.posts
    assert post.path == "/hooks/desk?key=s3cret"
    assert json.loads(post.body) == {
        "v": 1,
        "type": "lintas.desk.waiting",
        "organisation": "Example anti-scam centre",
        "mode": "exercise",
        "text": "Something waits at your desk.",
        "waiting": 1,
        "console": CONSOLE,
        "made_at": row_of(services).made_at,
    }
    signed = f"{post.headers['webhook-id']}.{post.headers['webhook-timestamp']}.".encode() + post.body
    proof = base64.b64encode(hmac.digest(bytes(range(32)), signed, "sha256")).decode()
    assert post.headers["webhook-signature"] == f"v1,{proof}"
    assert post.headers["webhook-timestamp"] == str(int(clock.now().timestamp()))
    assert post.headers["webhook-id"] == row_of(services).id


def test_the_first_is_told_at_once_and_what_follows_is_gathered(
    services: Services, watched: Callable[[], None], clock: FakeClock
) -> None:
    with mail_server() as box:
        sender = MailSender(by_mail(box.port), TO)
        assert announce(services, sender, EVERY) > 0
        assert box.mails == []
        watched()
        announce(services, sender, EVERY)
        for _ in range(14):
            watched()
            clock.forward(minutes=1)
            assert 0 < announce(services, sender, EVERY) <= 60
        assert len(box.mails) == 1
        clock.forward(minutes=1)
        announce(services, sender, EVERY)
        clock.forward(hours=9)
        announce(services, sender, EVERY)
    counts = [re.search(r"wait for somebody: (\d+)", mail_of(raw).get_content()) for raw in box.mails]
    assert [found and found[1] for found in counts] == ["1", "15"]
    assert len({mail_of(raw)["message-id"] for raw in box.mails}) == 2


def test_after_a_clear_desk_the_next_is_told_at_once_again(services: Services, watched: Callable[[], None]) -> None:
    with mail_server() as box:
        sender = MailSender(by_mail(box.port), TO)
        for _ in range(3):
            watched()
            announce(services, sender, EVERY)
            acknowledge_all(services)
            announce(services, sender, EVERY)
    assert len(box.mails) == 3


def test_a_desk_that_wants_quiet_is_told_after_a_while_only(
    services: Services, watched: Callable[[], None], clock: FakeClock
) -> None:
    rhythm = Rhythm(gather=timedelta(minutes=15), immediately=False)
    with mail_server() as box:
        sender = MailSender(by_mail(box.port), TO)
        watched()
        announce(services, sender, rhythm)
        clock.forward(minutes=14)
        announce(services, sender, rhythm)
        assert box.mails == []
        clock.forward(minutes=1)
        announce(services, sender, rhythm)
        assert len(box.mails) == 1


def test_waiting_longer_and_longer_never_ends(
    services: Services, watched: Callable[[], None], clock: FakeClock
) -> None:
    with mail_server() as box:
        box.answer = "421 later"
        sender = MailSender(by_mail(box.port), TO)
        watched()
        pauses = []
        for _ in range(12):
            announce(services, sender, EVERY)
            row = row_of(services)
            due = [n for n in range(1, 3_700) if row.next_at <= _text(clock, seconds=n)]
            pauses.append(due[0])
            clock.forward(seconds=due[0])
        box.answer = "250 OK"
        announce(services, sender, EVERY)
    assert pauses == [30, 60, 120, 240, 480, 960, 1920, 3600, 3600, 3600, 3600, 3600]
    assert len(box.mails) == 1


def _text(clock: FakeClock, **after: float) -> str:
    from lintas.work.services import as_text

    return as_text(clock.now() + timedelta(**after))


def test_what_was_acknowledged_before_it_could_be_sent_is_never_sent(
    services: Services, watched: Callable[[], None], clock: FakeClock
) -> None:
    with mail_server() as box:
        box.answer = "452 full"
        sender = MailSender(by_mail(box.port), TO)
        watched()
        announce(services, sender, EVERY)
        acknowledge_all(services)
        box.answer = "250 OK"
        clock.forward(hours=1)
        announce(services, sender, EVERY)
        assert box.mails == []
        assert services.store.read(troubles) == []


def test_what_came_while_a_server_was_away_is_one_notice(
    services: Services, watched: Callable[[], None], clock: FakeClock
) -> None:
    with mail_server() as box:
        box.answer = "452 full"
        sender = MailSender(by_mail(box.port), TO)
        for _ in range(5):
            watched()
            announce(services, sender, EVERY)
            clock.forward(hours=1)
        box.answer = "250 OK"
        announce(services, sender, EVERY)
        clock.forward(hours=1)
        announce(services, sender, EVERY)
    assert len(box.mails) == 1
    assert "wait for somebody: 5" in mail_of(box.mails[0]).get_content()


class DiesAfter:
    """A sender whose process is killed right after the server took the notice."""

    def __init__(self, sender: Sender) -> None:
        self._sender = sender
        self.target = sender.target

    def send(self, notice: Notice) -> str:
        assert self._sender.send(notice) == ""
        raise SystemExit

    def cut(self) -> None:
        self._sender.cut()


def test_dying_between_acceptance_and_record_repeats_the_same_mail_once(tmp_path: Path) -> None:
    clock = FakeClock()
    with mail_server() as box:
        sender = MailSender(by_mail(box.port), TO)
        with a_node(tmp_path, clock=clock) as node:
            add_watch(node.services, OFFICER, [PHONE])
            take_text(node.services, f"call {PHONE}")
            with pytest.raises(SystemExit):
                announce(node.services, DiesAfter(sender), EVERY)
        for _ in range(3):
            clock.forward(minutes=1)
            with a_node(tmp_path, clock=clock) as node:
                announce(node.services, sender, EVERY)
        assert len(box.mails) == 2
        assert len({mail_of(raw)["message-id"] for raw in box.mails}) == 1


def test_a_restart_sends_nothing_twice(tmp_path: Path) -> None:
    clock = FakeClock()
    with mail_server() as box:
        for start in range(4):
            with a_node(tmp_path, clock=clock) as node:
                if not start:
                    add_watch(node.services, OFFICER, [PHONE])
                    take_text(node.services, f"call {PHONE}")
                announce(node.services, MailSender(by_mail(box.port), TO), EVERY)
            clock.forward(hours=1)
        assert len(box.mails) == 1


@pytest.mark.parametrize("back_s", [60, 86_400 * 400])
def test_a_clock_that_is_set_back_silences_nobody(
    services: Services, watched: Callable[[], None], clock: FakeClock, back_s: int
) -> None:
    with mail_server() as box:
        sender = MailSender(by_mail(box.port), TO)
        watched()
        announce(services, sender, EVERY)
        clock.set_back(seconds=back_s)
        watched()
        clock.forward(minutes=17)
        announce(services, sender, EVERY)
        assert len(box.mails) == 2


def test_a_target_that_the_settings_name_no_more_is_forgotten(services: Services, watched: Callable[[], None]) -> None:
    watched()
    announce(services, MailSender(by_mail(9), TO), EVERY)
    forget_others(services, [f"mail {TO}", "mail other@agency.example"])
    assert row_of(services).target == f"mail {TO}"
    forget_others(services, ["mail other@agency.example"])
    assert services.store.read(lambda snapshot: snapshot.notices()) == []
    assert services.store.read(troubles) == []


def test_without_targets_nobody_is_told_and_no_thread_runs(services: Services) -> None:
    assert senders_of(NotifyConfig(), services.clock) == ()


@pytest.fixture
def troubled() -> list[str]:
    return []


@contextmanager
def notifying(node: Node, config: NotifyConfig, troubled: list[str]) -> Iterator[Notifier]:
    notifier = Notifier(node.services, config, on_trouble=lambda name, _: troubled.append(name))
    notifier.start()
    try:
        yield notifier
    finally:
        notifier.close()


def test_a_running_node_is_woken_by_an_alert(node: Node, watched: Callable[[], None], troubled: list[str]) -> None:
    with mail_server() as box, web_server() as hook:
        config = by_mail(box.port, webhook_urls=[hook.url], webhook_secret=secret())
        with notifying(node, config, troubled):
            watched()
            until(lambda: bool(box.mails) and bool(hook.posts))
            acknowledge_all(node.services)
            until(lambda: {r.state for r in node.services.store.read(lambda s: s.notices())} == {"clear"})
            watched()
            until(lambda: len(box.mails) == 2 and len(hook.posts) == 2)
    assert troubled == []


def test_a_server_that_hangs_holds_up_neither_the_others_nor_the_end(
    node: Node, watched: Callable[[], None], troubled: list[str]
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent, web_server() as hook:
        config = by_mail(silent.getsockname()[1], webhook_urls=[hook.url], webhook_secret=secret())
        with notifying(node, config, troubled):
            watched()
            held, _ = silent.accept()
            until(lambda: bool(hook.posts))
            # closing now cuts the mail's connection, which the server's side sees
        with held:
            held.settimeout(30)
            while held.recv(4096):
                pass
    assert not [one for one in threading.enumerate() if one.name == "lintas-notices"]


def test_a_live_node_says_nothing_of_an_exercise(tmp_path: Path) -> None:
    with a_node(tmp_path, mode=Mode.LIVE) as node, mail_server() as box:
        add_watch(node.services, OFFICER, [PHONE])
        take_text(node.services, f"call {PHONE}")
        announce(node.services, MailSender(by_mail(box.port), TO), EVERY)
        assert b"EXERCISE" not in box.mails[0]
