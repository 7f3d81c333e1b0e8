# SPDX-License-Identifier: Apache-2.0
"""People who are not at the desk are told that something waits, once, and nothing of what: over real servers."""

import base64
import email
import email.policy
import hashlib
import hmac
import json
import re
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Final

import pytest

from lintas.config.notify import NotifyConfig, read_notify
from lintas.model.header import Mode
from lintas.node.mail import MailSender
from lintas.node.node import Node
from lintas.node.notices import Notifier, senders_of
from lintas.node.webhooks import WebhookSender
from lintas.ports.notices import Notice, NoticeRow, Sender
from lintas.testing import OFFICER, FakeClock, a_node
from lintas.work.keeping import doctor, status
from lintas.work.notifying import Rhythm, announce, forget_others, troubles
from lintas.work.services import Services
from lintas.work.watching import acknowledge, add_watch, list_alerts
from tests.scenario.giving import take_text
from tests.scenario.outside import (
    PASSWORD,
    USER,
    Authority,
    Mailbox,
    an_authority,
    mail_server,
    secret,
    until,
    web_server,
)

PHONE: Final = "+60123456789"
TO: Final = "duty@agency.example"
EVERY: Final = Rhythm(gather=timedelta(minutes=15))
CONSOLE: Final = "https://desk.agency.example/"


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return an_authority(tmp_path_factory.mktemp("ca"))


@pytest.fixture
def watched(services: Services) -> Callable[[], None]:
    """Let another alert come; each call is one."""
    add_watch(services, OFFICER, [PHONE], note="operation Contoh")
    count = iter(range(1_000))

    def alert() -> None:
        take_text(services, f"{next(count)}: Siti Contoh, call {PHONE}", name="note.txt")

    return alert


def by_mail(port: int, **more: object) -> NotifyConfig:
    """Settings of a mail server without TLS, unless told otherwise."""
    said = {
        "email_to": [TO],
        "email_from": "lintas@agency.example",
        "smtp_host": "localhost",
        "smtp_port": port,
        "smtp_tls": "none",
    }
    return read_notify(Path(), said | more)


def to_hook(url: str, **more: object) -> NotifyConfig:
    """Settings of one webhook."""
    return read_notify(Path(), {"webhook_urls": [url], "webhook_secret": secret()} | more)


def mail_of(raw: bytes) -> EmailMessage:
    """Read a mail as its receiver does."""
    return email.message_from_bytes(raw, policy=email.policy.default)


def acknowledge_all(services: Services) -> None:
    for alert in list_alerts(services, OFFICER).alerts:
        acknowledge(services, OFFICER, alert.id)


def row_of(services: Services) -> NoticeRow:
    (row,) = services.store.read(lambda snapshot: snapshot.notices())
    return row


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
        "Alerts that nobody has acknowledged: 2",
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
    counts = [re.search(r"acknowledged: (\d+)", mail_of(raw).get_content()) for raw in box.mails]
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


@pytest.mark.parametrize("tls", ["starttls", "tls"])
def test_mail_goes_over_tls_to_a_server_that_proves_its_name(
    services: Services, watched: Callable[[], None], authority: Authority, tls: str
) -> None:
    with mail_server(authority, implicit=tls == "tls", with_sign_in=tls == "starttls") as box:
        more = {"smtp_user": USER, "smtp_password": PASSWORD} if tls == "starttls" else {}
        config = by_mail(box.port, smtp_tls=tls, ca_file=str(authority.ca_file), **more)
        watched()
        announce(services, MailSender(config, TO), EVERY)
    assert row_of(services).reason == ""
    assert (len(box.mails), box.was_encrypted) == (1, [True])
    assert box.signed_in == [tls == "starttls"]


def test_a_webhook_goes_over_tls_to_a_server_that_proves_its_name(
    services: Services, watched: Callable[[], None], authority: Authority
) -> None:
    with web_server(authority) as hook:
        watched()
        config = to_hook(hook.url, ca_file=str(authority.ca_file))
        announce(services, WebhookSender(config, hook.url, services.clock), EVERY)
    assert row_of(services).reason == ""
    assert len(hook.posts) == 1


@contextmanager
def _wrong_name(tmp_path: Path, **_: object) -> Iterator[tuple[Sender, Mailbox]]:
    authority = an_authority(tmp_path / "ca", name="other.example")
    with mail_server(authority, implicit=True) as box:
        config = by_mail(box.port, smtp_tls="tls", ca_file=str(authority.ca_file))
        yield MailSender(config, TO), box


@contextmanager
def _unknown_authority(tmp_path: Path, **_: object) -> Iterator[tuple[Sender, Mailbox]]:
    with mail_server(an_authority(tmp_path / "ca")) as box:
        trusted = an_authority(tmp_path / "other").ca_file
        yield MailSender(by_mail(box.port, smtp_tls="starttls", ca_file=str(trusted)), TO), box


@contextmanager
def _stripped(tmp_path: Path, **_: object) -> Iterator[tuple[Sender, Mailbox]]:
    with mail_server() as box:  # speaks no TLS at all, as one does whose offer somebody cut out
        yield MailSender(by_mail(box.port, smtp_tls="starttls"), TO), box


@contextmanager
def _wrong_password(tmp_path: Path, **_: object) -> Iterator[tuple[Sender, Mailbox]]:
    authority = an_authority(tmp_path / "ca")
    with mail_server(authority, with_sign_in=True) as box:
        more = {"ca_file": str(authority.ca_file), "smtp_user": USER, "smtp_password": "other words"}
        yield MailSender(by_mail(box.port, smtp_tls="starttls", **more), TO), box


@contextmanager
def _unknown_address(tmp_path: Path, **_: object) -> Iterator[tuple[Sender, Mailbox]]:
    with mail_server() as box:
        box.answer_to_address = "550 no such user duty@agency.example; ask the \x1b[31moperator"
        yield MailSender(by_mail(box.port), TO), box


@contextmanager
def _full(tmp_path: Path, **_: object) -> Iterator[tuple[Sender, Mailbox]]:
    with mail_server() as box:
        box.answer = "452 mailbox full"
        yield MailSender(by_mail(box.port), TO), box


@contextmanager
def _nobody_there(tmp_path: Path, **_: object) -> Iterator[tuple[Sender, Mailbox]]:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound and not listening: refused
        yield MailSender(by_mail(taken.getsockname()[1]), TO), Mailbox()


@contextmanager
def _no_ca_file(tmp_path: Path, **_: object) -> Iterator[tuple[Sender, Mailbox]]:
    yield MailSender(by_mail(9, smtp_tls="tls", ca_file=str(tmp_path / "gone.pem")), TO), Mailbox()


@contextmanager
def _no_such_host(tmp_path: Path, **_: object) -> Iterator[tuple[Sender, Mailbox]]:
    yield MailSender(by_mail(9, smtp_host="mail.invalid"), TO), Mailbox()


@contextmanager
def _no_mail_server(tmp_path: Path, **_: object) -> Iterator[tuple[Sender, Mailbox]]:
    with web_server() as hook:
        port = int(hook.url.split(":")[2].split("/")[0])
        yield MailSender(by_mail(port), TO), Mailbox()


REFUSALS = {
    "wrong name": (_wrong_name, "certificate is not good"),
    "unknown authority": (_unknown_authority, "certificate is not good"),
    "stripped": (_stripped, "STARTTLS"),
    "wrong password": (_wrong_password, r"sign-in \(535\)"),
    "unknown address": (_unknown_address, r"^The mail server refused the address \(550\)\.$"),
    "full": (_full, "answered 452"),
    "nobody there": (_nobody_there, "connection refused"),
    "no such host": (_no_such_host, "name is not known|did not answer"),
    "no ca file": (_no_ca_file, "no such file"),
    "no mail server": (_no_mail_server, "ended the connection|answered"),
}


@pytest.mark.parametrize("case", sorted(REFUSALS))
def test_a_mail_server_that_fails_is_named_and_tried_again_later(
    services: Services, watched: Callable[[], None], clock: FakeClock, tmp_path: Path, case: str
) -> None:
    opened, words = REFUSALS[case]
    watched()
    with opened(tmp_path) as (sender, box):
        announce(services, sender, EVERY)
        assert box.mails == []
        first = row_of(services)
        assert re.search(words, first.reason)
        assert (first.state, first.tries) == ("due", 1)
        announce(services, sender, EVERY)
        assert row_of(services) == first, "not before its time"
        clock.forward(seconds=31)
        announce(services, sender, EVERY)
    again = row_of(services)
    assert (again.tries, again.id) == (2, first.id)
    assert services.store.read(troubles) == [again]


def test_a_failure_stands_in_doctor_and_status_until_it_is_over(
    services: Services, watched: Callable[[], None], clock: FakeClock
) -> None:
    with mail_server() as box:
        box.answer = "452 mailbox full"
        sender = MailSender(by_mail(box.port), TO)
        watched()
        announce(services, sender, EVERY)
        (check,) = [one for one in doctor(services).checks if one.name == "notices"]
        assert not check.ok
        assert f"mail {TO}" in check.detail
        assert "452" in check.detail
        (line,) = status(services).notices
        assert (line.target, line.state, line.tries) == (f"mail {TO}", "due", 1)
        box.answer = "250 OK"
        clock.forward(minutes=1)
        announce(services, sender, EVERY)
        assert len(box.mails) == 1
    (check,) = [one for one in doctor(services).checks if one.name == "notices"]
    assert check.ok
    assert status(services).notices[0].state == "sent"


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
    assert "acknowledged: 5" in mail_of(box.mails[0]).get_content()


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


@pytest.mark.parametrize("status_code", [301, 302, 307, 308])
def test_a_redirect_is_not_followed(services: Services, watched: Callable[[], None], status_code: int) -> None:
    with web_server() as hook, web_server() as other:
        hook.status, hook.location = status_code, other.url
        watched()
        announce(services, WebhookSender(to_hook(hook.url), hook.url, services.clock), EVERY)
        assert (len(hook.posts), other.posts) == (1, [])
    assert "redirects are not followed" in row_of(services).reason


@pytest.mark.parametrize("status_code", [400, 401, 404, 410, 429, 500, 503])
def test_a_webhook_that_refuses_is_tried_again(
    services: Services, watched: Callable[[], None], clock: FakeClock, status_code: int
) -> None:
    with web_server() as hook:
        hook.status = status_code
        sender = WebhookSender(to_hook(hook.url), hook.url, services.clock)
        watched()
        announce(services, sender, EVERY)
        assert row_of(services).reason == f"The server answered {status_code}."
        hook.status = 200
        clock.forward(minutes=1)
        announce(services, sender, EVERY)
        assert row_of(services).state == "sent"
        assert hook.posts[0].headers["webhook-id"] == hook.posts[1].headers["webhook-id"]
        assert hook.posts[0].headers["webhook-signature"] != hook.posts[1].headers["webhook-signature"]


def test_the_outbox_names_no_secret_of_a_webhook(services: Services) -> None:
    url = "https://hooks.example/T000/B000/XXXXsecretXXXX"
    sender = WebhookSender(to_hook(url), url, services.clock)
    assert sender.target == f"webhook hooks.example {hashlib.sha256(url.encode()).hexdigest()[:8]}"


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
