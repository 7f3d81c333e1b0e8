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
from lintas.work.notifying import PhoneRhythm, Rhythm, Timing, announce, forget_others
from lintas.work.services import Services

GATHER_S: Final = 0.5  # seconds; alerts that come together are one look
STOP_S_MAX: Final = 3.0  # seconds that threads are given to end; a server that does not let go is left alone

TellOfTrouble = Callable[[str, Mapping[str, str | int]], None]


def senders_of(config: NotifyConfig, clock: Clock) -> tuple[Sender, ...]:
    """Every target that the settings name."""
    return tuple(sender for sender, _ in targets_of(config, clock))


def targets_of(config: NotifyConfig, clock: Clock) -> tuple[tuple[Sender, Timing], ...]:
    """Every target that the settings name, each with when it is told."""
    if not (config.email_to or config.webhook_urls or config.gateway):
        return ()
    from lintas.node.mail import MailSender  # noqa: PLC0415  # costs time at import, and few nodes need it
    from lintas.node.webhooks import WebhookSender  # noqa: PLC0415  # as above

    rhythm = Rhythm(gather=timedelta(minutes=config.digest_minutes), immediately=config.immediately)
    senders: list[Sender] = [
        *(MailSender(config, address) for address in config.email_to),
        *(WebhookSender(config, url, clock) for url in config.webhook_urls),
    ]
    return (*((sender, rhythm) for sender in senders), *_phones_of(config, clock))


def _phones_of(config: NotifyConfig, clock: Clock) -> list[tuple[Sender, Timing]]:
    from lintas.node.gateway import GatewaySender, target_of  # noqa: PLC0415  # as above

    gateway = config.gateway
    if gateway is None:
        return []
    found: list[tuple[Sender, Timing]] = []
    for phone in gateway.phones:
        for place, kind in enumerate(gateway.kinds):
            rhythm = PhoneRhythm(
                desk=phone.desk,
                others=frozenset(one.desk for one in gateway.phones if one.desk),
                place=place,
                earlier=target_of(phone, gateway.kinds[place - 1]) if place else "",
                is_last=place == len(gateway.kinds) - 1,
                after=timedelta(minutes=gateway.after_minutes),
                step=timedelta(minutes=gateway.step_minutes),
                again=timedelta(minutes=gateway.again_minutes),
            )
            found.append((GatewaySender(config, phone, kind, clock), rhythm))
    return found


class Notifier:
    """The threads. A target whose server hangs holds no other up."""

    def __init__(self, services: Services, config: NotifyConfig, *, on_trouble: TellOfTrouble) -> None:
        self._services = services
        self._config = config
        self._on_trouble = on_trouble
        self._stopping = threading.Event()
        self._targets: Sequence[tuple[Sender, Timing]] = targets_of(config, services.clock)
        self._threads: list[threading.Thread] = []

    def start(self) -> None:
        """Begin, with what was not sent before the node stopped.

        Raises:
            LintasError: The store refuses.
        """
        assert not self._threads
        forget_others(self._services, [sender.target for sender, _ in self._targets])
        for sender, rhythm in self._targets:
            thread = threading.Thread(target=self._keep, args=(sender, rhythm), name="lintas-notices", daemon=True)
            self._threads.append(thread)
            thread.start()

    def close(self) -> None:
        """End. What was on its way and not yet written down as taken is sent again at the next start."""
        self._stopping.set()
        for sender, _ in self._targets:
            sender.cut()
        self._services.events.publish("alerts")  # wakes those who wait
        for thread in self._threads:
            thread.join(STOP_S_MAX)
        self._threads.clear()

    def _keep(self, sender: Sender, rhythm: Timing) -> None:
        while not self._stopping.is_set():
            seen = self._services.events.count("alerts")
            try:
                left_s = announce(self._services, sender, rhythm, console=self._config.console_url)
            except LintasError as exc:
                if self._stopping.is_set():
                    return
                # a disk that refuses: nothing was sent that is not written down, and the next look tries again
                self._on_trouble("notice.failed", {"reason": type(exc).__name__})
                left_s = NOTICE_LOOK_S_MAX
            if not self._stopping.is_set():
                self._services.events.wait("alerts", seen=seen, timeout_s=left_s)
                self._stopping.wait(GATHER_S)
