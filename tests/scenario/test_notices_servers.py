# SPDX-License-Identifier: Apache-2.0
"""Mail servers and webhooks that prove who they are, and those that fail: named, tried again, never trusted."""

import hashlib
import re
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from lintas.node.mail import MailSender
from lintas.node.webhooks import WebhookSender
from lintas.ports.notices import Sender
from lintas.testing import FakeClock
from lintas.work.keeping import doctor, status
from lintas.work.notifying import announce, troubles
from lintas.work.services import Services
from tests.scenario.noticing import EVERY, TO, by_mail, row_of, to_hook
from tests.scenario.outside import (
    PASSWORD,
    USER,
    Authority,
    Mailbox,
    an_authority,
    mail_server,
    web_server,
)


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return an_authority(tmp_path_factory.mktemp("ca"))


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
