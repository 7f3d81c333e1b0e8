# SPDX-License-Identifier: Apache-2.0
from contextlib import suppress

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lintas.errors import LintasError, Malformed, NotAllowed, SandboxLimit
from lintas.web.local import wire
from lintas.web.local.app import cut, frames_of
from lintas.web.local.commands import COMMANDS, failure_of


def encoded(request: wire.AnyRequest, files: list[bytes]) -> bytearray:
    heads = [wire.FileHead(f"file {index}", len(data)) for index, data in enumerate(files)]
    return bytearray(msgspec.json.encode(wire.Envelope(request, heads)) + b"\n" + b"".join(files))


@given(st.lists(st.binary(max_size=200), max_size=5), st.text(max_size=20))
def test_files_come_out_as_they_went_in(files: list[bytes], source: str) -> None:
    envelope, taken = cut(encoded(wire.Take(source=source), files))
    assert isinstance(envelope.request, wire.Take)
    assert envelope.request.source == source
    assert [file.data for file in taken] == files


@given(st.binary(max_size=300))
def test_any_bytes_are_a_request_or_our_error(body: bytes) -> None:
    with suppress(LintasError):
        cut(bytearray(body))


@pytest.mark.parametrize("more", [b"x", b"\n"])
def test_bytes_that_nobody_announced_are_refused(more: bytes) -> None:
    with pytest.raises(Malformed):
        cut(encoded(wire.Take(), [b"abc"]) + more)


def test_a_file_cut_short_is_refused() -> None:
    with pytest.raises(Malformed):
        cut(encoded(wire.Take(), [b"abc"])[:-1])


def test_every_request_has_one_verb_in_the_table() -> None:
    assert set(COMMANDS) == set(wire.AnyRequest.__args__)
    assert set(wire.READ_ONLY) <= set(COMMANDS)


def test_verbs_are_named_in_plain_words() -> None:
    assert msgspec.json.decode(msgspec.json.encode(wire.WatchAdd(terms=["x"])))["verb"] == "watch-add"


@pytest.mark.parametrize(
    "error", [NotAllowed("no", rule="clearance", hint="ask"), SandboxLimit(limit="cpu"), LintasError("plain")]
)
def test_an_error_is_told_whole(error: LintasError) -> None:
    said = failure_of(error)
    assert (said.kind, said.message, said.hint) == (type(error).__name__, error.message, error.hint)
    assert said.exit_code == error.exit_code
    assert said.rule == getattr(error, "rule", "")
    assert said.limit == getattr(error, "limit", "")


def test_the_operators_log_says_where_but_not_what() -> None:
    with pytest.raises(ValueError, match="Contoh") as caught:
        int("Ali bin Contoh")
    said = frames_of(caught.value)
    assert said.startswith("test_local_wire.py:")
    assert "Contoh" not in said
