# SPDX-License-Identifier: Apache-2.0
"""Files named on the command line: read whole, within limits, a few at a time."""

import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from lintas.cli.client import File
from lintas.errors import BadInput, LintasError, OverLimit, WrongUse
from lintas.limits import FILE_BYTES_MAX, TERM_CHARS_MAX

BATCH_FILES_MAX = 200  # files of one request


def named(arguments: Sequence[str], *, recursive: bool) -> list[str]:
    """The files that the arguments name, folders walked when asked, in order; `-` is standard input.

    Raises:
        WrongUse: One is missing, is a folder, or is no file.
    """
    found: list[str] = []
    for argument in arguments:
        path = Path(argument)
        if argument == "-" or path.is_file():
            found.append(argument)
        elif path.is_dir():
            if not recursive:
                raise WrongUse(f"{argument} is a folder.", hint="Add --recursive to take every file below it.")
            found += sorted(str(file) for file in path.rglob("*") if is_wanted(file, path))
        elif path.exists():
            raise WrongUse(f"{argument} is no ordinary file.", hint="Use - to read standard input.")
        else:
            raise WrongUse(f"There is no file {argument}.")
    if found.count("-") > 1:
        raise WrongUse("Standard input can be read once only.")
    return found


def is_wanted(file: Path, top: Path) -> bool:
    """Leave out what is hidden; a link is taken only if it names a file."""
    return file.is_file() and not any(part.startswith(".") for part in file.relative_to(top).parts)


def read(name: str) -> File:
    """Read one file, `-` being standard input.

    Raises:
        OverLimit: It is larger than FILE_BYTES_MAX.
        BadInput: The disk does not give it.
    """
    try:
        if name == "-":
            data = sys.stdin.buffer.read(FILE_BYTES_MAX + 1)
        else:
            with Path(name).open("rb") as file:
                data = file.read(FILE_BYTES_MAX + 1)
    except OSError as exc:
        raise BadInput(f"{name} cannot be read: {exc.strerror}.") from exc
    if len(data) > FILE_BYTES_MAX:
        raise OverLimit(f"{name} is larger than {FILE_BYTES_MAX // 2**20} MiB.", hint="Split it, then take the parts.")
    shown = Path(name).name.encode("utf-8", "replace").decode()  # a file's name may be any bytes
    return File("stdin" if name == "-" else shown, data)


class Unread(NamedTuple):
    """A file that could not be read here, and why."""

    name: str
    error: LintasError


def batches(names: Iterable[str]) -> Iterator[list[File] | Unread]:
    """Read files a few at a time, so that neither side holds more than about one largest file."""
    batch: list[File] = []
    size_bytes = 0
    for name in names:
        try:
            file = read(name)
        except (BadInput, OverLimit) as error:
            if batch:
                yield batch
                batch, size_bytes = [], 0
            yield Unread(name, error)
            continue
        if batch and (size_bytes + len(file.data) > FILE_BYTES_MAX or len(batch) >= BATCH_FILES_MAX):
            yield batch
            batch, size_bytes = [], 0
        batch.append(file)
        size_bytes += len(file.data)
    if batch:
        yield batch


def terms(arguments: Sequence[str], file: str) -> list[str]:
    """Terms of the command line, then those of a file, one a line; empty lines are left out.

    Raises:
        WrongUse: There is none.
        BadInput: The file is not UTF-8, or a line is too long to be a term.
    """
    found = [term for term in arguments if term.strip()]
    if file:
        try:
            text = read(file).data.decode("utf-8-sig")
        except UnicodeDecodeError as exc:
            raise BadInput(f"{file} is not UTF-8.", hint="Save it as UTF-8, one term a line.") from exc
        found += [line.strip() for line in text.splitlines() if line.strip()]
    if not found:
        raise WrongUse("No term was given.", hint="Name terms, or a file of them with --file.")
    if longest := next((term for term in found if len(term) > TERM_CHARS_MAX), None):
        raise BadInput(f"A term is longer than {TERM_CHARS_MAX} characters: {longest[:40]}…")
    return found
