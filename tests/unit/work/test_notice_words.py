# SPDX-License-Identifier: Apache-2.0
"""What a notice says, in both forms, whatever the organisation is called."""

import email
import email.policy
import json
from email.message import EmailMessage
from email.policy import SMTP

from hypothesis import given
from hypothesis import strategies as st

from lintas.model.header import Mode
from lintas.node.mail import message_of
from lintas.ports.notices import Notice
from lintas.work.notifying import as_json, as_mail

AT = "2026-03-01T03:00:00.000Z"
NAMES = st.text(st.characters(codec="utf-8"), min_size=1, max_size=100).filter(
    lambda name: name.isprintable() and name.strip()
)


def notice(name: str = "Example centre", *, mode: Mode = Mode.LIVE, waiting: int = 3, console: str = "") -> Notice:
    return Notice(id="a" * 32, organisation=name, mode=mode, waiting=waiting, console=console, made_at=AT)


def received(one: Notice) -> EmailMessage:
    raw = message_of(one, sender="lintas@agency.example", to="duty@agency.example").as_bytes(policy=SMTP)
    assert raw.isascii()
    assert all(len(line) <= 998 for line in raw.split(b"\r\n"))  # RFC 5322, 2.1.1
    return email.message_from_bytes(raw, policy=email.policy.default)


@given(NAMES, st.integers(1, 10**9))
def test_any_name_goes_through_a_mail(name: str, waiting: int) -> None:
    said = received(notice(name, waiting=waiting))
    assert " ".join(said["subject"].split()) == " ".join(f"{name}: something waits at your desk".split())
    assert f"Alerts and decisions that wait for somebody: {waiting}" in said.get_content().splitlines()
    assert sorted(said.keys()) == sorted(
        [
            "From",
            "To",
            "Subject",
            "Date",
            "Message-ID",
            "Auto-Submitted",
            "MIME-Version",
            "Content-Type",
            "Content-Transfer-Encoding",
        ]
    )


@given(NAMES)
def test_any_name_goes_through_a_webhook(name: str) -> None:
    assert json.loads(as_json(notice(name)))["organisation"] == name


def test_the_same_notice_is_the_same_bytes() -> None:
    assert as_json(notice()) == as_json(notice())
    assert received(notice())["message-id"] == f"<{'a' * 32}@agency.example>"


def test_without_a_console_no_address_is_named() -> None:
    assert "http" not in as_mail(notice()).body
    assert "https://desk.example" in as_mail(notice(console="https://desk.example")).body


def test_only_an_exercise_says_so() -> None:
    assert "EXERCISE" not in "".join(as_mail(notice()))
    said = as_mail(notice(mode=Mode.EXERCISE))
    assert said.subject.startswith("EXERCISE: ")
    assert said.body.startswith("EXERCISE")
    assert json.loads(as_json(notice(mode=Mode.EXERCISE)))["mode"] == "exercise"
