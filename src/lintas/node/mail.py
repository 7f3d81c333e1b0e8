# SPDX-License-Identifier: Apache-2.0
"""Give notices to a mail server, one address a target."""

import smtplib
import ssl
from contextlib import suppress
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from lintas.config.notify import NotifyConfig
from lintas.limits import NOTICE_CONNECT_S_MAX, NOTICE_SEND_S_MAX
from lintas.node.reaching import Exchange, reason_of, trusted
from lintas.ports.notices import Notice
from lintas.work.notifying import as_mail


class MailSender:
    """The Sender port over SMTP."""

    def __init__(self, config: NotifyConfig, address: str) -> None:
        self._config = config
        self._address = address
        self._exchange = Exchange()

    @property
    def target(self) -> str:
        """The address that is written to."""
        return f"mail {self._address}"

    def send(self, notice: Notice) -> str:
        """Give a notice to the mail server; returns why it did not take it, empty when it did."""
        try:
            self._give(message_of(notice, sender=self._config.email_from, to=self._address).as_bytes(policy=SMTP))
        except smtplib.SMTPAuthenticationError as exc:
            return f"The mail server refused the sign-in ({exc.smtp_code})."
        except smtplib.SMTPRecipientsRefused as exc:
            code, _ = exc.recipients[self._address]
            return f"The mail server refused the address ({code})."
        except smtplib.SMTPResponseException as exc:
            return f"The mail server answered {exc.smtp_code}."
        except smtplib.SMTPNotSupportedError:
            return "The mail server lacks what the settings ask of it: STARTTLS, or a sign-in."
        except smtplib.SMTPException:
            return "The mail server ended the connection."
        except OSError as exc:
            return reason_of(exc)
        return ""

    def cut(self) -> None:
        """End a `send` that runs in another thread."""
        self._exchange.cut()

    def _give(self, raw: bytes) -> None:
        config = self._config
        # What a client calls itself is told to the server: the domain of our address rather than this machine's name.
        named = domain_of(config.email_from)
        context: ssl.SSLContext | None = None if config.smtp_tls == "none" else trusted(config.ca_file)
        if config.smtp_tls == "tls":
            client: smtplib.SMTP = smtplib.SMTP_SSL(timeout=NOTICE_CONNECT_S_MAX, local_hostname=named, context=context)
        else:
            client = smtplib.SMTP(timeout=NOTICE_CONNECT_S_MAX, local_hostname=named)
        # the name that TLS verifies: only the constructor sets it, which would connect before we could cut it short
        client._host = config.smtp_host  # type: ignore[attr-defined]  # noqa: SLF001  # as above
        try:
            with self._exchange.within(NOTICE_SEND_S_MAX, lambda: client.sock):
                client.connect(config.smtp_host, config.smtp_port)
                if config.smtp_tls == "starttls":
                    client.starttls(context=context)
                if config.smtp_user:
                    client.login(config.smtp_user, config.smtp_password)
                client.sendmail(config.email_from, [self._address], raw)
                with suppress(smtplib.SMTPException, OSError):  # it has the message; how it says goodbye is its affair
                    client.quit()
        finally:
            client.close()


def message_of(notice: Notice, *, sender: str, to: str) -> EmailMessage:
    """The mail: the same Message-ID at each try."""
    said = as_mail(notice)
    message = EmailMessage(policy=SMTP)
    message["From"] = sender
    message["To"] = to
    message["Subject"] = said.subject
    message["Date"] = format_datetime(datetime.fromisoformat(notice.made_at))
    message["Message-ID"] = f"<{notice.id}@{domain_of(sender)}>"
    message["Auto-Submitted"] = "auto-generated"  # Source: RFC 3834: nobody's holiday reply comes back
    message.set_content(said.body, charset="utf-8", cte="quoted-printable")
    return message


def domain_of(address: str) -> str:
    """The part of an address after its at sign."""
    return address.rpartition("@")[2]
