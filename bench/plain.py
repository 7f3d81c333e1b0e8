# SPDX-License-Identifier: Apache-2.0
"""What one would build instead in an afternoon: POST over TLS into an SQLite table, and a GET of what is new.

    python bench/plain.py FOLDER PORT

No signature, no release rule, no log, no watch. Each message is on disk when it is answered (WAL, synchronous=FULL).
"""

import json
import sqlite3
import sys
from pathlib import Path

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route


def opened(folder: Path) -> sqlite3.Connection:
    """The table."""
    connection = sqlite3.connect(folder / "plain.sqlite", check_same_thread=False, isolation_level=None)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("CREATE TABLE IF NOT EXISTS came (seq INTEGER PRIMARY KEY, id TEXT UNIQUE, data BLOB)")
    return connection


def build(folder: Path) -> Starlette:
    """The server."""
    connection = opened(folder)

    async def take(request: Request) -> Response:
        data = await request.body()
        connection.execute("INSERT INTO came (id, data) VALUES (?, ?)", (json.loads(data)["id"], data))
        return Response(status_code=204)

    async def give(request: Request) -> Response:
        after = int(request.query_params["after"])
        rows = connection.execute("SELECT seq, id FROM came WHERE seq > ? ORDER BY seq", (after,)).fetchall()
        return JSONResponse(rows)

    return Starlette(routes=[Route("/came", take, methods=["POST"]), Route("/came", give, methods=["GET"])])


if __name__ == "__main__":
    place = Path(sys.argv[1])
    uvicorn.run(
        build(place),
        host="127.0.0.1",
        port=int(sys.argv[2]),
        log_level="error",
        access_log=False,
        ssl_certfile=place / "tls.crt",
        ssl_keyfile=place / "tls.key",
    )
