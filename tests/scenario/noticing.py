# SPDX-License-Identifier: Apache-2.0
"""What tests of notices share: settings of servers of this machine, and what a receiver reads."""

import email
import email.policy
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Final

from lintas.config.notify import NotifyConfig, read_notify
from lintas.ports.notices import NoticeRow
from lintas.testing import OFFICER
from lintas.work.notifying import Rhythm
from lintas.work.services import Services
from lintas.work.watching import acknowledge, list_alerts
from tests.scenario.outside import secret

PHONE: Final = "+60123456789"
TO: Final = "duty@agency.example"
EVERY: Final = Rhythm(gather=timedelta(minutes=15))


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
