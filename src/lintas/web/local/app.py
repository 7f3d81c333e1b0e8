# SPDX-License-Identifier: Apache-2.0
"""The server's side of the local socket: one path, one request, lines back while it works."""

import asyncio
import traceback
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Final

import anyio
import anyio.to_thread
import msgspec
import structlog
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from lintas.errors import LintasError, Malformed, OverLimit
from lintas.limits import FILE_BYTES_MAX
from lintas.web.local import commands, wire
from lintas.work.access import durable_at_end
from lintas.work.intake import TakenFile
from lintas.work.services import Services

WORKING_MAX: Final = 4  # requests worked on at once; the others queue
WAITING_MAX: Final = 64  # calls that only wait for alerts
BODY_BYTES_MAX: Final = wire.HEAD_BYTES_MAX + FILE_BYTES_MAX

FRAMES_LOGGED_MAX: Final = 8

log = structlog.get_logger("lintas.local")


def build_app(services: Services, *, is_stopping: Callable[[], bool]) -> Starlette:
    """The application behind DIR/node.sock.

    Args:
        services: The node's own.
        is_stopping: Says that the server ends: calls that wait return then.
    """
    working = anyio.CapacityLimiter(WORKING_MAX)
    waiting = anyio.CapacityLimiter(WAITING_MAX)

    async def answer(http: Request) -> Response:
        try:
            envelope, files = cut(await read_body(http))
        except LintasError as error:
            return StreamingResponse(one(wire.encode_line(commands.failure_of(error))), media_type=wire.MEDIA_TYPE)
        except ClientDisconnect:
            return Response(status_code=400)  # nobody reads it
        limiter = waiting if isinstance(envelope.request, wire.AlertList) else working
        lines = work(services, envelope.request, files, is_stopping=is_stopping, limiter=limiter)
        return StreamingResponse(lines, media_type=wire.MEDIA_TYPE)

    return Starlette(routes=[Route(wire.PATH, answer, methods=["POST"])])


async def read_body(http: Request) -> bytearray:
    """The whole body, never more than a stated limit.

    Raises:
        OverLimit: It is larger.
    """
    body = bytearray()
    async for piece in http.stream():
        body += piece
        if len(body) > BODY_BYTES_MAX:
            raise OverLimit(
                f"The request is larger than {BODY_BYTES_MAX} bytes.",
                hint="Take large files one at a time, and find fewer terms at once.",
            )
    return body


def cut(body: bytearray) -> tuple[wire.Envelope, list[TakenFile]]:
    """Part the request line from the files that follow it.

    Raises:
        Malformed: It is not what the command line of this version writes.
    """
    end = body.find(b"\n")
    view = memoryview(body)  # a file may have 64 MiB: it is copied once
    try:
        envelope = msgspec.json.decode(view[: max(end, 0)], type=wire.Envelope)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as exc:
        raise Malformed(
            "The running node does not understand this request.",
            hint="Is the command line of the same version as the node? Restart `lintas serve`.",
        ) from exc
    start = end + 1
    if len(body) - start != sum(file.size_bytes for file in envelope.files):
        raise Malformed("The request was cut short; nothing of it was done.")
    files = []
    for file in envelope.files:
        files.append(TakenFile(name=file.name, data=bytes(view[start : start + file.size_bytes])))
        start += file.size_bytes
    return envelope, files


async def one(line: bytes) -> AsyncIterator[bytes]:
    """A reply of one line."""
    yield line


async def work(
    services: Services,
    request: wire.Request,
    files: list[TakenFile],
    *,
    is_stopping: Callable[[], bool],
    limiter: anyio.CapacityLimiter,
) -> AsyncIterator[bytes]:
    """Do it in a thread and yield its progress, then its result.

    A caller that hangs up does not stop it: what was begun is finished, and asking again is harmless.
    """
    loop = asyncio.get_running_loop()
    lines: asyncio.Queue[bytes | None] = asyncio.Queue()

    def tell(line: bytes | None) -> None:
        loop.call_soon_threadsafe(lines.put_nowait, line)

    def progress(what: str, done: int, total: int) -> None:
        tell(wire.encode_line(wire.Progress(what, done, total)))

    def do() -> None:
        try:
            with durable_at_end():
                answer = commands.run(services, request, files=files, progress=progress, is_stopping=is_stopping)
                result = wire.encode_line(wire.Result(msgspec.Raw(msgspec.json.encode(answer))))
            tell(result)
        except LintasError as error:
            tell(wire.encode_line(commands.failure_of(error)))
        except Exception as error:  # noqa: BLE001  # a thread of its own: nobody above would hear of it
            log.error(  # noqa: TRY400  # the exception's message stays out of the log
                "local.failed", verb=type(request).__name__, kind=type(error).__name__, at=frames_of(error)
            )
            tell(wire.encode_line(UNFORESEEN))
        finally:
            tell(None)

    working = asyncio.ensure_future(anyio.to_thread.run_sync(do, limiter=limiter))
    try:
        while (line := await lines.get()) is not None:
            yield line
    finally:
        await asyncio.shield(working)


def frames_of(error: Exception) -> str:
    """Where it failed, innermost last; never the message, which may hold what people wrote."""
    frames = traceback.extract_tb(error.__traceback__)[-FRAMES_LOGGED_MAX:]
    return " ".join(f"{Path(frame.filename).name}:{frame.lineno}" for frame in frames)


UNFORESEEN: Final = wire.Failure(
    kind="LintasError",
    message="The node failed in a way that it did not foresee; nothing was acknowledged.",
    hint="The node's own output says more. Then: lintas verify DIR",
    exit_code=3,
)
