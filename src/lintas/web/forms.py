# SPDX-License-Identifier: Apache-2.0
"""Forms and uploads as values, bounded while they arrive and kept in memory.

Starlette would write uploads over 1 MB to the machine's temporary folder; evidence has no business there.
"""

import unicodedata
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from typing import Final

from python_multipart.exceptions import FormParserError
from starlette.datastructures import FormData, UploadFile
from starlette.formparsers import FormParser, MultiPartException, MultiPartParser
from starlette.requests import ClientDisconnect, Request

from lintas.errors import BadInput, OverLimit
from lintas.web.rendering import size_words

FIELDS_MAX: Final = 1_000
FILES_MAX: Final = 200
FILE_NAME_CHARS_MAX: Final = 200
SECRET_FIELD: Final = "form"  # noqa: S105  # the name of a field


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """One file of a form."""

    field: str
    name: str
    data: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """What a form said."""

    fields: tuple[tuple[str, str], ...] = ()
    uploads: tuple[Upload, ...] = ()

    def text(self, name: str, default: str = "") -> str:
        """The first value of a field, without surrounding space."""
        return next((value.strip() for field, value in self.fields if field == name), default)

    def whole(self, name: str) -> str:
        """The first value of a field as it was sent."""
        return next((value for field, value in self.fields if field == name), "")

    def texts(self, name: str) -> tuple[str, ...]:
        """All values of a field, each once: boxes of one name that are ticked."""
        return tuple(dict.fromkeys(value.strip() for field, value in self.fields if field == name))

    def has(self, name: str) -> bool:
        """Whether a field was sent at all: a box that is ticked, a button that was pressed."""
        return any(field == name for field, _ in self.fields)

    def files(self, name: str) -> tuple[Upload, ...]:
        """Files of a field; a file input left empty sends none."""
        return tuple(upload for upload in self.uploads if upload.field == name)


class _InMemory(MultiPartParser):
    def __init__(self, request: Request, stream: AsyncGenerator[bytes, None], *, bytes_max: int) -> None:
        super().__init__(request.headers, stream, max_files=FILES_MAX, max_fields=FIELDS_MAX, max_part_size=bytes_max)
        self.spool_max_size = bytes_max + 1


async def read_form(request: Request, *, bytes_max: int) -> Form:
    """Read the form of a request.

    Args:
        bytes_max: Largest body in bytes; reading stops there.

    Raises:
        OverLimit: The body is larger.
        BadInput: It is no form, or it broke off.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    stream = _bounded(request, bytes_max)
    try:
        if kind == "multipart/form-data":
            data = await _InMemory(request, stream, bytes_max=bytes_max).parse()
        elif kind == "application/x-www-form-urlencoded":
            data = await FormParser(request.headers, stream, max_fields=FIELDS_MAX, max_part_size=bytes_max).parse()
        else:
            raise BadInput("The request holds no form.")
        return await _form(data)
    except (MultiPartException, FormParserError, ClientDisconnect, UnicodeDecodeError) as exc:
        raise BadInput("The form did not arrive whole.", hint="Send it again.") from exc


async def _bounded(request: Request, bytes_max: int) -> AsyncGenerator[bytes, None]:
    too_large = OverLimit(
        f"What was sent is larger than {size_words(bytes_max)}.",
        hint="Send less at once, or use the command line: lintas take.",
    )
    announced = request.headers.get("content-length", "0")
    if announced.isascii() and announced.isdigit() and int(announced[:20]) > bytes_max:
        raise too_large
    arrived = 0
    async for chunk in request.stream():
        arrived += len(chunk)
        if arrived > bytes_max:
            raise too_large
        yield chunk


async def _form(data: FormData) -> Form:
    fields: list[tuple[str, str]] = []
    uploads: list[Upload] = []
    for name, value in data.multi_items():
        if isinstance(value, UploadFile):
            content = await value.read()
            await value.close()
            if value.filename or content:
                uploads.append(Upload(field=name, name=_plain_name(value.filename or ""), data=content))
        else:
            fields.append((name, value.replace("\r\n", "\n")))
    return Form(fields=tuple(fields), uploads=tuple(uploads))


def _plain_name(name: str) -> str:
    """Keep the last part of a file's name and only characters that show."""
    last = name.replace("\\", "/").rpartition("/")[2]
    shown = "".join(char for char in last if unicodedata.category(char)[0] != "C")
    return shown[-FILE_NAME_CHARS_MAX:].strip() or "file"
