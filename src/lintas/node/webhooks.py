# SPDX-License-Identifier: Apache-2.0
"""Give notices to a webhook: one signed POST."""

import hashlib
from urllib.parse import urlsplit

from lintas.config.notify import NotifyConfig
from lintas.node.posting import post_signed
from lintas.node.reaching import Exchange
from lintas.ports.clock import Clock
from lintas.ports.notices import Notice
from lintas.work.notifying import as_json


class WebhookSender:
    """The Sender port over HTTPS."""

    def __init__(self, config: NotifyConfig, url: str, clock: Clock) -> None:
        self._config = config
        self._url = urlsplit(url)
        self._clock = clock
        self._exchange = Exchange()
        # Whoever knows an address may be able to post to it, so the outbox knows it by host and digest.
        self._target = f"webhook {self._url.hostname} {hashlib.sha256(url.encode()).hexdigest()[:8]}"

    @property
    def target(self) -> str:
        """The host, and a digest that tells two webhooks of one host apart."""
        return self._target

    def send(self, notice: Notice) -> str:
        """Post a notice; returns why it was not taken, empty when it was."""
        return post_signed(
            self._exchange,
            self._url,
            as_json(notice),
            id_=notice.id,
            at=self._clock.now(),
            secret=self._config.webhook_secret,
            ca_file=self._config.ca_file,
        )

    def cut(self) -> None:
        """End a `send` that runs in another thread."""
        self._exchange.cut()
