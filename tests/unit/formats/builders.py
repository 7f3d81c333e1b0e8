# SPDX-License-Identifier: Apache-2.0
"""Packs, and small files to read; all names and numbers are invented."""

import json
from functools import cache
from importlib import resources

from lintas.formats.packs import Packs, parse_packs
from lintas.formats.reader import READERS, detect
from lintas.model.reading import Container, Derived, ReadOptions, Slice

CREATED = {"created": "2026-01-01T00:00:00.000Z", "modified": "2026-01-02T00:00:00.000Z"}


@cache
def packs() -> Packs:
    folder = resources.files("lintas") / "packs"
    names = ("identifiers", "benign", "schemata")
    return parse_packs({name: (folder / f"{name}.toml").read_bytes() for name in names})


def stix_id(type_: str, number: int = 1) -> str:
    return f"{type_}--00000000-0000-4000-8000-{number:012d}"


def stix(type_: str, number: int = 1, /, **props: object) -> dict[str, object]:
    """A 2.1 object; `created` and `modified` are there unless it is a cyber-observable."""
    return {"type": type_, "spec_version": "2.1", "id": stix_id(type_, number), **CREATED, **props}


def bundle(*objects: object, **props: object) -> bytes:
    return json.dumps(
        {"type": "bundle", "id": stix_id("bundle"), **props, "objects": objects}, ensure_ascii=False
    ).encode()


def payload(raw: bytes, each: Slice) -> bytes:
    return b"".join(raw[start : start + size] for start, size in each.spans)


def read(raw: bytes, *, file_name: str = "", region: str = "", mapping: str = "") -> Container:
    """Read a file by the reader it is for, and check what holds for every reading."""
    return checked(raw, detect(raw, file_name), ReadOptions(region=region, mapping=mapping))


def checked(raw: bytes, name: str, options: ReadOptions | None = None) -> Container:
    options = options or ReadOptions()
    reader = READERS[name]
    container = reader.read(raw, options, packs())
    inside = sum(len(each.derived.rejected) for each in container.slices)
    used = sum(each.derived.read for each in container.slices) - inside
    assert container.read == used + inside + len(container.rejected)
    assert container.reader == name
    for each in container.slices:
        data = payload(raw, each)
        assert reader.derive(data, each.media_type, options, packs()) == each.derived
        for statement in each.derived.statements:
            assert 0 <= statement.entity < len(each.derived.entities)
            assert statement.value
            assert "\0" not in statement.value + statement.prop
        assert all(0 <= posting.entity < len(each.derived.entities) for posting in each.derived.postings)
        keys = [entity.key for entity in each.derived.entities]
        assert len(set(keys)) == len(keys)
    for rejected in container.rejected:
        assert rejected.id and rejected.reason.endswith((".", "…")), rejected
    return container


def only(container: Container) -> Slice:
    assert len(container.slices) == 1, container
    return container.slices[0]


def said(derived: Derived, prop: str, entity: int | None = None) -> list[str]:
    """The values of one property, of any entity or of one."""
    return [each.value for each in derived.statements if each.prop == prop and entity in (None, each.entity)]


def posted(derived: Derived) -> set[tuple[str, str]]:
    return {(each.identifier.scheme, each.identifier.value) for each in derived.postings}
