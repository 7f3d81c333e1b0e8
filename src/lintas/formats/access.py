# SPDX-License-Identifier: Apache-2.0
"""The access pack: roles, protected classes and activities, and which of them go together.

Source: docs/spec/access.md. What the rows mean is decided in `lintas.policy.access` alone.
"""

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from typing import Annotated, Final, Literal

import msgspec

from lintas.errors import BadPack
from lintas.model.marking import Protected

ACCESS_VERSION: Final = 1
EVERYBODY: Final = "*"
SEEING_CONTENT: Final = "content"  # among an activity's roles: each role that sees content

_CODE: Final = re.compile(r"[a-z][a-z0-9_.]{0,39}", re.ASCII)
_Text = Annotated[str, msgspec.Meta(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]+$")]


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassRow:
    """What a protected class asks for."""

    code: Protected
    label: str
    masked: bool
    closed: bool
    four_eyes: frozenset[str]  # activities
    never: frozenset[str]  # activities


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleRow:
    """What a role sees."""

    code: str
    label: str
    content: bool
    logs: bool
    opens: frozenset[Protected]


@dataclass(frozen=True, slots=True, kw_only=True)
class ActivityRow:
    """Who may do something, and what else it asks for."""

    code: str
    label: str
    roles: frozenset[str]  # taken apart: names of roles only
    content: bool
    owner: bool
    folder: bool
    binding: bool
    four_eyes: bool
    purpose: bool
    alone: bool


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class AccessTable:
    """The whole policy. Compared by identity, so that it can key a cache."""

    classes: Mapping[Protected, ClassRow]  # every class
    roles: Mapping[str, RoleRow]
    activities: Mapping[str, ActivityRow]
    digest: str  # SHA-256 of the pack's bytes, 64 lower-case hex digits

    def __repr__(self) -> str:
        return f"AccessTable({self.digest[:12]})"


NO_ACCESS: Final = AccessTable(classes={}, roles={}, activities={}, digest="")  # nothing is allowed


class _Class(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    label: _Text
    masked: bool = False
    closed: bool = False
    four_eyes: tuple[str, ...] = ()
    never: tuple[str, ...] = ()


class _Role(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    label: _Text
    content: bool
    logs: bool = False
    opens: tuple[Protected, ...] = ()


class _Activity(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    label: _Text
    roles: tuple[str, ...]
    content: bool = False
    owner: bool = False
    folder: bool = False
    binding: bool = False
    four_eyes: bool = False
    purpose: bool = False
    alone: bool = False


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    version: Literal[1]
    role: dict[str, _Role]
    activity: dict[str, _Activity]
    classes: dict[Protected, _Class] = msgspec.field(name="class")


@lru_cache(maxsize=4)  # a node reads it once; tests start many
def parse_access(raw: bytes) -> AccessTable:
    """Read the access pack.

    Raises:
        BadPack: It does not hold to its schema, leaves a class or an activity of ours out, or names what it does not
            define. An incomplete policy never comes into force.
    """
    try:
        file = msgspec.convert(tomllib.loads(raw.decode("utf-8")), _File)
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, msgspec.ValidationError) as exc:
        raise BadPack(f"packs/access.toml: {exc}", hint="docs/spec/access.md says what it may hold.") from exc
    if missing := sorted(set(Protected) - file.classes.keys()):
        raise BadPack(f"packs/access.toml says nothing of the class {missing[0]}.", hint="Every class has a row.")
    for code in (*file.role, *file.activity):
        if not _CODE.fullmatch(code):
            raise BadPack(f"packs/access.toml: {code[:40]!r} is no code.", hint="Lower-case letters, digits, . and _")
    roles = {
        code: RoleRow(code=code, label=row.label, content=row.content, logs=row.logs, opens=frozenset(row.opens))
        for code, row in file.role.items()
    }
    activities = {code: _activity(code, row, roles) for code, row in file.activity.items()}
    return AccessTable(
        classes={code: _class(code, row, activities) for code, row in file.classes.items()},
        roles=roles,
        activities=activities,
        digest=sha256(raw).hexdigest(),
    )


def _activity(code: str, row: _Activity, roles: Mapping[str, RoleRow]) -> ActivityRow:
    who: set[str] = set()
    for name in row.roles:
        if name == EVERYBODY:
            who |= roles.keys()
        elif name == SEEING_CONTENT:
            who |= {role.code for role in roles.values() if role.content}
        elif name in roles:
            who.add(name)
        else:
            raise BadPack(f"packs/access.toml: the activity {code} names the role {name[:40]!r}, which has no row.")
    return ActivityRow(
        code=code,
        label=row.label,
        roles=frozenset(who),
        content=row.content,
        owner=row.owner,
        folder=row.folder,
        binding=row.binding,
        four_eyes=row.four_eyes,
        purpose=row.purpose,
        alone=row.alone,
    )


def _class(code: Protected, row: _Class, activities: Mapping[str, ActivityRow]) -> ClassRow:
    _known(code, (*row.four_eyes, *row.never), activities)
    return ClassRow(
        code=code,
        label=row.label,
        masked=row.masked,
        closed=row.closed,
        four_eyes=frozenset(row.four_eyes),
        never=frozenset(row.never),
    )


def _known(code: Protected, named: Iterable[str], activities: Mapping[str, ActivityRow]) -> None:
    for name in named:
        if name not in activities:
            raise BadPack(f"packs/access.toml: the class {code} names the activity {name[:40]!r}, which has no row.")
