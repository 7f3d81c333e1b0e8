# SPDX-License-Identifier: Apache-2.0
"""One signed POST to a server that is not ours, no redirect followed.

Source: Standard Webhooks 1.0.0, so that receivers find a library that checks the signature.
"""

import base64
import hmac
import http.client
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from urllib.parse import SplitResult

from lintas.limits import NOTICE_CONNECT_S_MAX, NOTICE_SEND_S_MAX
from lintas.node.reaching import Exchange, reason_of, trusted


def post_signed(
    exchange: Exchange,
    url: SplitResult,
    body: bytes,
    *,
    id_: str,
    at: datetime,
    secret: bytes,
    ca_file: Path | None,
) -> str:
    """Post some bytes; returns why they were not taken, as a sentence, and empty when they were."""
    at_s = int(at.timestamp())
    headers = {
        "content-type": "application/json",
        "user-agent": "lintas",
        "webhook-id": id_,
        "webhook-timestamp": str(at_s),
        "webhook-signature": signature_of(secret, id_=id_, at_s=at_s, body=body),
        "connection": "close",
    }
    try:
        status = _post(exchange, url, body, headers, ca_file)
    except http.client.HTTPException:
        return "The server's answer is no HTTP."
    except OSError as exc:
        return reason_of(exc)
    if 300 <= status < 400:
        return f"The server answered {status}; redirects are not followed."
    return "" if 200 <= status < 300 else f"The server answered {status}."


def _post(exchange: Exchange, url: SplitResult, body: bytes, headers: Mapping[str, str], ca_file: Path | None) -> int:
    host, port = url.hostname or "", url.port
    if url.scheme == "https":
        client: http.client.HTTPConnection = http.client.HTTPSConnection(
            host, port, timeout=NOTICE_CONNECT_S_MAX, context=trusted(ca_file)
        )
    else:
        client = http.client.HTTPConnection(host, port, timeout=NOTICE_CONNECT_S_MAX)
    path = (url.path or "/") + (f"?{url.query}" if url.query else "")
    try:
        with exchange.within(NOTICE_SEND_S_MAX, lambda: client.sock):
            client.request("POST", path, body=body, headers=dict(headers))
            return client.getresponse().status
    finally:
        client.close()


def signature_of(secret: bytes, *, id_: str, at_s: int, body: bytes) -> str:
    """Sign one post: HMAC-SHA256 over id, time and bytes."""
    signed = b"%s.%d.%s" % (id_.encode("ascii"), at_s, body)
    return f"v1,{base64.b64encode(hmac.digest(secret, signed, 'sha256')).decode('ascii')}"
