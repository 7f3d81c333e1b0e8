# SPDX-License-Identifier: Apache-2.0
"""What stands between a system's request and its function: key, activity, size and shape; errors come out as JSON.

A cookie opens nothing here, so no other site can make a browser ask; a key opens no page.
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, Any, Final

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from lintas.errors import BadInput, LintasError, NotAllowed, OverLimit
from lintas.policy.access import RULES
from lintas.web.api.answers import encoded
from lintas.web.api.calls import Api, ApiCall
from lintas.web.api.wire import Problem, Problems
from lintas.web.problems import status_of
from lintas.web.rates import too_many
from lintas.work.access import durable_at_end, record_refusal
from lintas.work.accounts.api_keys import OpenedKey, admit_key, open_key

if TYPE_CHECKING:
    from lintas.web.api.routes import ApiRouteSpec

REASON_CHARS_MAX: Final = 300
FORM: Final = "application/x-www-form-urlencoded"
JSON: Final = "application/json"


def guarded(spec: "ApiRouteSpec", api: Api) -> Callable[[Request], Awaitable[Response]]:
    """Wrap one route's function."""

    async def respond(request: Request) -> Response:
        key: OpenedKey | None = None
        try:
            if spec.may == "key":
                key = await run_in_threadpool(open_key, api.services, _bearer(request))
                if key is None:
                    return _no_key()
                if (wait_s := api.limits.of_account(key.viewer.id)) > 0:
                    return too_many(wait_s, is_api=True)
                admit_key(api.services, key, spec.activity)
            if (wanted := _wanted(spec)) and _kind(request) != wanted:
                return problem(415, f"Send {wanted}.", rule="content-type")
            raw = await _read(request, spec.bytes_max)
            return await _run(spec, _checked(spec, request, api, key, raw))
        except LintasError as error:
            exc = await run_in_threadpool(_refusal, spec, api, key, error)
            return problem(status_of(exc), exc.message, rule=str(getattr(exc, "rule", "")), hint=exc.hint)
        except ClientDisconnect:
            return problem(400, "The request did not arrive whole.")

    return respond


def _refusal(spec: "ApiRouteSpec", api: Api, key: OpenedKey | None, error: LintasError) -> LintasError:
    """What the access policy refused a key's owner stands in the log before they hear of it."""
    if key is not None and isinstance(error, NotAllowed) and error.rule in RULES:
        try:
            record_refusal(api.services, key.viewer, error.rule, spec.name)
        except LintasError as failed:
            return failed
    return error


def problem(
    status: int, message: str, *, rule: str = "", hint: str = "", headers: Mapping[str, str] | None = None
) -> Response:
    """Say why something was not done."""
    said = Problems(error=Problem(message=message, rule=rule, hint=hint))
    return Response(msgspec.json.encode(said), status_code=status, media_type=JSON, headers=dict(headers or {}))


async def _run(spec: "ApiRouteSpec", call: ApiCall) -> Response:
    if spec.may == "key" or not spec.bytes_max:
        return await run_in_threadpool(_answer, spec, call)
    async with call.api.turns.one():  # anybody can send it, and it may have to ask elsewhere
        return await run_in_threadpool(_answer, spec, call)


def _answer(spec: "ApiRouteSpec", call: ApiCall) -> Response:
    with durable_at_end():
        return encoded(spec.does(call))


def _checked(spec: "ApiRouteSpec", request: Request, api: Api, key: OpenedKey | None, raw: bytes) -> ApiCall:
    try:
        query: Any = msgspec.convert(_single(request), spec.query, strict=False)
        body: Any = raw
        if isinstance(spec.body, type):
            body = msgspec.json.decode(raw, type=spec.body)
    except (msgspec.DecodeError, UnicodeDecodeError) as exc:  # a ValidationError is a DecodeError
        raise BadInput(
            f"The request does not have its shape: {str(exc)[:REASON_CHARS_MAX]}.", hint="See /openapi.json."
        ) from None
    return ApiCall(request=request, api=api, key=key, query=query, body=body)


def _single(request: Request) -> dict[str, str]:
    pairs = request.query_params.multi_items()
    found = dict(pairs)
    if len(found) != len(pairs):
        raise BadInput("The address says something twice.", hint="See /openapi.json.")
    return found


def _wanted(spec: "ApiRouteSpec") -> str:
    """The media type that a request must have; a file may have any."""
    return JSON if isinstance(spec.body, type) else FORM if spec.body == "form" else ""


def _kind(request: Request) -> str:
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


def _bearer(request: Request) -> str:
    """The key that a request carries (RFC 6750, section 2.1); empty for none."""
    scheme, _, key = request.headers.get("authorization", "").partition(" ")
    return key.strip() if scheme.lower() == "bearer" else ""


def _no_key() -> Response:
    return problem(
        401,
        "No key that is good now came with the request.",
        rule="key",
        hint="Send it as Authorization: Bearer; lintas key create makes one.",
        headers={"www-authenticate": "Bearer"},
    )


async def _read(request: Request, bytes_max: int) -> bytes:
    """Read the body, and stop where it is too large.

    Raises:
        OverLimit: It is.
    """
    too_large = OverLimit(f"What was sent has more than {bytes_max:,} bytes.")
    announced = request.headers.get("content-length", "0")
    if announced.isascii() and announced.isdigit() and int(announced[:20]) > bytes_max:
        raise too_large
    found = bytearray()
    async for chunk in request.stream():
        found += chunk
        if len(found) > bytes_max:
            raise too_large
    return bytes(found)
