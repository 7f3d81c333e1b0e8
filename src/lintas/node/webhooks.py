# SPDX-License-Identifier: Apache-2.0
"""Give notices to a webhook: one signed POST, no redirect followed.

Source: Standard Webhooks 1.0.0, so that receivers find a library that checks the signature.
"""

import base64
import hashlib
import hmac
import http.client
from urllib.parse import urlsplit

from lintas.config.notify import NotifyConfig
from lintas.limits import NOTICE_CONNECT_S_MAX, NOTICE_SEND_S_MAX
from lintas.node.reaching import Exchange, reason_of, trusted
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
        body = as_json(notice)
        at_s = int(self._clock.now().timestamp())
        headers = {
            "content-type": "application/json",
            "user-agent": "lintas",
            "webhook-id": notice.id,
            "webhook-timestamp": str(at_s),
            "webhook-signature": signature_of(self._config.webhook_secret, id_=notice.id, at_s=at_s, body=body),
            "connection": "close",
        }
        try:
            status = self._post(body, headers)
        except http.client.HTTPException:
            return "The server's answer is no HTTP."
        except OSError as exc:
            return reason_of(exc)
        if 300 <= status < 400:
            return f"The server answered {status}; redirects are not followed."
        return "" if 200 <= status < 300 else f"The server answered {status}."

    def cut(self) -> None:
        """End a `send` that runs in another thread."""
        self._exchange.cut()

    def _post(self, body: bytes, headers: dict[str, str]) -> int:
        host, port = self._url.hostname or "", self._url.port
        if self._url.scheme == "https":
            context = trusted(self._config.ca_file)
            client: http.client.HTTPConnection = http.client.HTTPSConnection(
                host, port, timeout=NOTICE_CONNECT_S_MAX, context=context
            )
        else:
            client = http.client.HTTPConnection(host, port, timeout=NOTICE_CONNECT_S_MAX)
        path = (self._url.path or "/") + (f"?{self._url.query}" if self._url.query else "")
        try:
            with self._exchange.within(NOTICE_SEND_S_MAX, lambda: client.sock):
                client.request("POST", path, body=body, headers=headers)
                return client.getresponse().status
        finally:
            client.close()


def signature_of(secret: bytes, *, id_: str, at_s: int, body: bytes) -> str:
    """Sign one post: HMAC-SHA256 over id, time and bytes."""
    signed = b"%s.%d.%s" % (id_.encode("ascii"), at_s, body)
    return f"v1,{base64.b64encode(hmac.digest(secret, signed, 'sha256')).decode('ascii')}"
