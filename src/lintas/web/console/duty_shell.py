# SPDX-License-Identifier: Apache-2.0
"""What makes the phone's page one that can be installed: manifest, icons made here, and a worker that keeps no content.

All of it is the same for everybody and says nothing of what waits, so it is public.

Source: W3C Web Application Manifest; Service Workers; PNG (ISO/IEC 15948).
"""

import json
import struct
import zlib
from functools import cache
from typing import Final

from starlette.responses import Response

from lintas.errors import UnknownTerm
from lintas.web.calls import Call
from lintas.web.console.page import page
from lintas.web.rendering import asset_addresses

SCOPE: Final = "/duty"
GROUND: Final = (0x0B, 0x4F, 0x8A)  # the accent of light pages
MARK: Final = (0xFF, 0xFF, 0xFF)
SIZES: Final = (192, 512)  # Source: what browsers ask of an installable page
_DAY_S: Final = 86_400
# The mark on a grid of 32, inside the safe circle of maskable icons: an L and a line that crosses it, as on all pages.
_BARS: Final = (((9, 8), (9, 24)), ((9, 24), (24, 24)), ((14, 18), (24, 8)))
_HALF: Final = 1.4  # of a line's width, on that grid

_WORKER: Final = """// SPDX-License-Identifier: Apache-2.0
// Keeps one page that says that there is no connection, and nothing else: what waits is asked of the node each time.
const SHELL = "lintas-duty-%(version)s";
const OFFLINE = "/duty/offline";
const KEPT = %(kept)s;
addEventListener("install", (event) => {
  event.waitUntil(caches.open(SHELL).then((shell) => shell.addAll(KEPT)).then(() => skipWaiting()));
});
addEventListener("activate", (event) => {
  const isOld = (name) => name !== SHELL;
  const cleared = caches.keys().then((names) => Promise.all(names.filter(isOld).map((name) => caches.delete(name))));
  event.waitUntil(cleared.then(() => clients.claim()));
});
addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method !== "GET" || request.mode !== "navigate") return;
  event.respondWith(fetch(request).catch(() => caches.match(OFFLINE)));
});
"""


def manifest(call: Call) -> Response:
    """Say how the page is installed."""
    icons = [
        {"src": f"/duty/icon-{size}.png", "sizes": f"{size}x{size}", "type": "image/png", "purpose": purpose}
        for size in SIZES
        for purpose in ("any", "maskable")
    ]
    said = {
        "id": SCOPE,
        "name": "Lintas duty",
        "short_name": "Duty",
        "start_url": SCOPE,
        "scope": "/",
        "display": "standalone",
        "background_color": "#f7f7f5",
        "theme_color": "#0b4f8a",
        "icons": [{"src": "/duty/icon.svg", "sizes": "any", "type": "image/svg+xml"}, *icons],
    }
    return _kept(json.dumps(said).encode(), "application/manifest+json")


def icon_svg(call: Call) -> Response:
    """Give the icon as lines."""
    lines = "".join(f"M{x} {y}L{to_x} {to_y}" for (x, y), (to_x, to_y) in _BARS)
    ground, mark = (f"#{red:02x}{green:02x}{blue:02x}" for red, green, blue in (GROUND, MARK))
    said = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><path fill="{ground}" d="M0 0h32v32H0z"/>'
        f'<path d="{lines}" fill="none" stroke="{mark}" stroke-width="{2 * _HALF}" stroke-linecap="round"/></svg>'
    )
    return _kept(said.encode(), "image/svg+xml")


def icon_png(call: Call) -> Response:
    """Give the icon as dots.

    Raises:
        UnknownTerm: There is none of that size.
    """
    name = call.path("size")
    if name not in {f"{size}.png" for size in SIZES}:
        raise UnknownTerm("There is no such icon.")
    return _kept(drawn(int(name.removesuffix(".png"))), "image/png")


def worker(call: Call) -> Response:
    """Give the script that shows, without a connection, that there is none."""
    assets = asset_addresses()
    kept = ["/duty/offline", "/duty/icon.svg", *([assets["app.css"]] if "app.css" in assets else [])]
    version = assets.get("app.css", "").rpartition("=")[2] or "plain"
    script = _WORKER % {"version": version, "kept": json.dumps(kept)}
    # asked anew each time: a browser must not go on with an old one
    headers = {"cache-control": "no-cache", "service-worker-allowed": SCOPE}
    return Response(script, media_type="text/javascript", headers=headers)


def offline(call: Call) -> Response:
    """Show that there is no connection. It is the one page that a phone keeps."""
    response = page(call, "duty_offline.html", title="No connection")
    response.headers["cache-control"] = "no-cache"
    return response


@cache
def drawn(size: int) -> bytes:
    """Draw the icon.

    Args:
        size: Dots on a side.
    """
    dot, plain = 32 / size, bytes(GROUND)
    points = [point for bar in _BARS for point in bar]
    (left, right), (top, bottom) = (
        (min(side) - 2 * _HALF, max(side) + 2 * _HALF) for side in zip(*points, strict=True)
    )
    rows = []
    for row in range(size):
        line = bytearray(b"\0")  # no filter
        y = (row + 0.5) * dot
        for column in range(size):
            x = (column + 0.5) * dot
            is_near = left < x < right and top < y < bottom
            line += _colour(x, y, dot) if is_near else plain
        rows.append(bytes(line))
    header = struct.pack(">IIBBBBB", size, size, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(b"".join(rows), 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(name, data) for name, data in chunks)


def _colour(x: float, y: float, dot: float) -> bytes:
    """One dot: the mark, the ground, or between them where a line's edge runs through it."""
    near = min(_distance(x, y, *bar) for bar in _BARS)
    share = min(1.0, max(0.0, (_HALF - near) / dot + 0.5))
    return bytes(round(low + (high - low) * share) for low, high in zip(GROUND, MARK, strict=True))


def _distance(x: float, y: float, start: tuple[int, int], end: tuple[int, int]) -> float:
    (from_x, from_y), (to_x, to_y) = start, end
    along_x, along_y = to_x - from_x, to_y - from_y
    at = ((x - from_x) * along_x + (y - from_y) * along_y) / (along_x**2 + along_y**2)
    at = min(1.0, max(0.0, at))
    off_x, off_y = x - from_x - at * along_x, y - from_y - at * along_y
    return float((off_x**2 + off_y**2) ** 0.5)


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def _kept(data: bytes, media_type: str) -> Response:
    return Response(data, media_type=media_type, headers={"cache-control": f"public, max-age={_DAY_S}"})
