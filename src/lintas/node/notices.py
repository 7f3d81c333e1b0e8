# SPDX-License-Identifier: Apache-2.0
"""Tell people who are not at the desk, while the node runs: one thread a target, woken by alerts."""

import threading
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Final

from lintas.config.notify import NotifyConfig
from lintas.errors import LintasError
from lintas.limits import NOTICE_LOOK_S_MAX
from lintas.ports.clock import Clock
from lintas.ports.notices import Sender
from lintas.work.notifying import Rhythm, announce, forget_others
from lintas.work.services import Services

GATHER_S: Final = 0.5  # seconds; alerts that come together are one look
STOP_S_MAX: Final = 3.0  # seconds that threads are given to end; a server that does not let go is left alone

TellOfTrouble = Callable[[str, Mapping[str, str | int]], None]


def senders_of(config: NotifyConfig, clock: Clock) -> tuple[Sender, ...]:
    """Every target that the settings name."""
    if not (config.email_to or config.webhook_urls):
        return ()
    from lintas.node.mail import MailSender  # noqa: PLC0415  # costs time at import, and few nodes need it
    from lintas.node.webhooks import WebhookSender  # noqa: PLC0415  # as above

    mails = [MailSender(config, address) for address in config.email_to]
    return (*mails, *(WebhookSender(config, url, clock) for url in config.webhook_urls))


class Notifier:
    """The threads. A target whose server hangs holds no other up."""

    def __init__(self, services: Services, config: NotifyConfig, *, on_trouble: TellOfTrouble) -> None:
        self._services = services
        self._config = config
        self._on_trouble = on_trouble
        self._stopping = threading.Event()
        self._senders: Sequence[Sender] = senders_of(config, services.clock)
        self._rhythm = Rhythm(gather=timedelta(minutes=config.digest_minutes), immediately=config.immediately)
        self._threads: list[threading.Thread] = []

    def start(self) -> None:
        """Begin, with what was not sent before the node stopped.

        Raises:
            LintasError: The store refuses.
        """
        assert not self._threads
        forget_others(self._services, [sender.target for sender in self._senders])
        for sender in self._senders:
            thread = threading.Thread(target=self._keep, args=(sender,), name="lintas-notices", daemon=True)
            self._threads.append(thread)
            thread.start()

    def close(self) -> None:
        """End. What was on its way and not yet written down as taken is sent again at the next start."""
        self._stopping.set()
        for sender in self._senders:
            sender.cut()
        self._services.events.publish("alerts")  # wakes those who wait
        for thread in self._threads:
            thread.join(STOP_S_MAX)
        self._threads.clear()

    def _keep(self, sender: Sender) -> None:
        while not self._stopping.is_set():
            seen = self._services.events.count("alerts")
            try:
                left_s = announce(self._services, sender, self._rhythm, console=self._config.console_url)
            except LintasError as exc:
                if self._stopping.is_set():
                    return
                # a disk that refuses: nothing was sent that is not written down, and the next look tries again
                self._on_trouble("notice.failed", {"reason": type(exc).__name__})
                left_s = NOTICE_LOOK_S_MAX
            if not self._stopping.is_set():
                self._services.events.wait("alerts", seen=seen, timeout_s=left_s)
                self._stopping.wait(GATHER_S)
