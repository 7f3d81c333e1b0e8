# SPDX-License-Identifier: Apache-2.0
"""The headers of every answer: the browser loads nothing from elsewhere, frames nothing, keeps nothing.

Source: OWASP Secure Headers Project; Content Security Policy Level 3.
"""

from collections.abc import MutableMapping
from typing import Any, Final

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_POLICY: Final = (
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "connect-src 'self'",
    "manifest-src 'self'",
    "worker-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
)
FILE_POLICY: Final = "default-src 'none'; sandbox; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
CONTENT_SECURITY_POLICY: Final = "; ".join(_POLICY)

ALWAYS: Final = (
    ("content-security-policy", CONTENT_SECURITY_POLICY),
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "DENY"),
    ("referrer-policy", "no-referrer"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    (
        "permissions-policy",
        "camera=(), clipboard-read=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()",
    ),
)
STRICT_TRANSPORT: Final = ("strict-transport-security", "max-age=31536000")
NO_STORE: Final = ("cache-control", "no-store")


class SecurityHeaders:
    """Adds the headers to every answer, errors and files too."""

    def __init__(self, app: ASGIApp, *, secure: bool) -> None:
        self.app = app
        self.always = (*ALWAYS, STRICT_TRANSPORT) if secure else ALWAYS

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._add(message)
            await send(message)

        await self.app(scope, receive, send_with_headers)

    def _add(self, message: MutableMapping[str, Any]) -> None:
        headers = MutableHeaders(scope=message)
        for name, value in self.always:
            headers[name] = value
        if headers.get("content-disposition", "").startswith("attachment"):
            headers["content-security-policy"] = FILE_POLICY  # whatever it is, and whoever makes a browser show it
        headers.setdefault(*NO_STORE)
