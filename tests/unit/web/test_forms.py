# SPDX-License-Identifier: Apache-2.0
"""Forms and uploads: any bytes give a form or one of our errors, within the limit."""

import asyncio
from collections.abc import Iterable

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from starlette.requests import Request
from starlette.types import Message

from lintas.errors import BadInput, LintasError, OverLimit
from lintas.web.forms import Form, read_form

URLENCODED = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data; boundary=x"


def form(body: Iterable[bytes], kind: str, *, bytes_max: int = 10_000, length: str = "") -> Form:
    """Send a body in pieces, as a server would."""
    pieces = [*body]
    waiting: list[Message] = [{"type": "http.request", "body": piece, "more_body": True} for piece in pieces]
    waiting.append({"type": "http.request", "body": b"", "more_body": False})

    async def receive() -> Message:
        return waiting.pop(0) if waiting else {"type": "http.disconnect"}

    headers = [(b"content-type", kind.encode())] + ([(b"content-length", length.encode())] if length else [])
    scope = {"type": "http", "method": "POST", "path": "/", "query_string": b"", "headers": headers}
    return asyncio.run(read_form(Request(scope, receive), bytes_max=bytes_max))


def part(name: str, data: bytes, file_name: str | None = None) -> bytes:
    disposition = f'form-data; name="{name}"' + ("" if file_name is None else f'; filename="{file_name}"')
    return f"--x\r\nContent-Disposition: {disposition}\r\n\r\n".encode() + data + b"\r\n"


def test_fields_keep_their_order_and_line_ends_are_one() -> None:
    read = form([b"a=1&b=%E0%B8%81%0D%0A2&a=3"], URLENCODED)
    assert read.fields == (("a", "1"), ("b", "ก\n2"), ("a", "3"))
    assert read.text("a") == "1"
    assert read.text("none", "else") == "else"
    assert read.has("b")
    assert not read.has("c")


def test_an_upload_keeps_its_bytes_and_loses_its_folder() -> None:
    body = (
        part("files", b"\x00\r\n\xff", "C:\\\\temp\\\\a b.csv") + part("files", b"x", "../../etc/passwd") + b"--x--\r\n"
    )
    read = form([body], MULTIPART)
    assert [(upload.name, upload.data) for upload in read.files("files")] == [
        ("a b.csv", b"\x00\r\n\xff"),
        ("passwd", b"x"),
    ]


def test_a_file_input_left_empty_sends_nothing() -> None:
    assert form([part("files", b"", "") + b"--x--\r\n"], MULTIPART).uploads == ()


@pytest.mark.parametrize("name", ["a\u202egpj.exe", "\x07bell", " ", "..", "a" * 500])
def test_a_files_name_shows_what_it_is(name: str) -> None:
    (upload,) = form([part("f", b"x", name) + b"--x--\r\n"], MULTIPART).uploads
    assert upload.name.isprintable()
    assert 1 <= len(upload.name) <= 200


@pytest.mark.parametrize("kind", [URLENCODED, MULTIPART])
def test_reading_stops_at_the_limit_though_no_length_was_announced(kind: str) -> None:
    start = b"a=" if kind == URLENCODED else part("a", b"", "a.bin").removesuffix(b"\r\n")
    with pytest.raises(OverLimit):
        form([start + b"x" * 600, b"x" * 600], kind, bytes_max=1000)


def test_an_announced_length_over_the_limit_is_refused_at_once() -> None:
    with pytest.raises(OverLimit):
        form([b"a=1"], URLENCODED, bytes_max=1000, length="1001")


@pytest.mark.parametrize("length", ["-1", "nonsense", "٣", "9" * 50])
def test_a_length_that_lies_changes_nothing_or_is_refused(length: str) -> None:
    try:
        assert form([b"a=1"], URLENCODED, bytes_max=1000, length=length).text("a") == "1"
    except OverLimit:
        assert length == "9" * 50


@pytest.mark.parametrize("kind", ["application/json", "", "multipart/form-data", "multipart/form-data; boundary=\x00"])
def test_what_is_no_form_is_refused(kind: str) -> None:
    with pytest.raises(BadInput):
        form([b"{}"], kind)


def test_too_many_fields_are_refused() -> None:
    with pytest.raises(BadInput):
        form([b"&".join(b"a=1" for _ in range(1001))], URLENCODED)


@given(
    st.lists(st.binary(max_size=60), max_size=4),
    st.sampled_from([URLENCODED, MULTIPART, "multipart/form-data; boundary="]),
)
@example([part("a", b"x")], MULTIPART)
@example([b"--x\r\nContent-Disposition: form-data\r\n\r\nx\r\n--x--"], MULTIPART)
@example([b"--x\r\nContent-Disposition: form-data; name=a; filename*=utf-8''%ff\r\n\r\nx\r\n--x--"], MULTIPART)
@example([b"%ff=%&=&&a"], URLENCODED)
def test_any_bytes_are_a_form_or_our_error(body: list[bytes], kind: str) -> None:
    try:
        read = form(body, kind, bytes_max=150)
    except LintasError:
        return
    assert isinstance(read, Form)


@given(st.lists(st.tuples(st.sampled_from("abc"), st.binary(max_size=40)), max_size=5), st.integers(1, 7))
def test_what_is_sent_arrives_however_it_is_cut(parts: list[tuple[str, bytes]], step: int) -> None:
    sent = [(name, data) for name, data in parts if b"--x" not in data]
    body = b"".join(part(name, data, f"{name}.bin") for name, data in sent) + b"--x--\r\n"
    read = form([body[at : at + step] for at in range(0, len(body), step)], MULTIPART)
    assert [(upload.field, upload.data) for upload in read.uploads] == sent


def test_boxes_of_one_name_are_all_read_each_once_in_order() -> None:
    read = form([b"to=b&to=a&to=%20b%20&other=c&to="], URLENCODED)
    assert read.texts("to") == ("b", "a", "")
    assert read.texts("nothing") == ()
