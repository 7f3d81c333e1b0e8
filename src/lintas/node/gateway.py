# SPDX-License-Identifier: Apache-2.0
"""Reach the desk's phones through the agency's gateway: one signed POST for a push, an SMS or a call."""

import hashlib
from urllib.parse import urlsplit

from lintas.config.notify import NotifyConfig
from lintas.config.notify_gateway import PhoneConfig
from lintas.node.posting import post_signed
from lintas.node.reaching import Exchange
from lintas.ports.clock import Clock
from lintas.ports.notices import Notice
from lintas.work.notifying import as_phone

SHOWN_DIGITS = 4


class GatewaySender:
    """The Sender port: one way to one phone."""

    def __init__(self, config: NotifyConfig, phone: PhoneConfig, kind: str, clock: Clock) -> None:
        assert config.gateway is not None, "made of the settings of a gateway"
        self._config = config
        self._gateway = config.gateway
        self._url = urlsplit(config.gateway.url)
        self._phone = phone
        self._kind = kind
        self._clock = clock
        self._exchange = Exchange()

    @property
    def target(self) -> str:
        """The way, and of the number what tells the desk's phones apart: reports are read by more than may call it."""
        return target_of(self._phone, self._kind)

    def send(self, notice: Notice) -> str:
        """Give a notice to the gateway; returns why it did not take it, empty when it did."""
        return post_signed(
            self._exchange,
            self._url,
            as_phone(
                notice,
                kind=self._kind,
                to=self._phone.number,
                desk=self._phone.desk,
                language=self._gateway.language,
            ),
            id_=notice.id,
            at=self._clock.now(),
            secret=self._gateway.secret,
            ca_file=self._config.ca_file,
        )

    def cut(self) -> None:
        """End a `send` that runs in another thread."""
        self._exchange.cut()


def target_of(phone: PhoneConfig, kind: str) -> str:
    """Names one way to one phone in the outbox."""
    digest = hashlib.sha256(phone.number.encode()).hexdigest()[:8]
    return f"{kind} …{phone.number[-SHOWN_DIGITS:]} {digest}"
