# SPDX-License-Identifier: Apache-2.0
"""Load the named, described SQL of this package: one text for both engines.

A query stands under `-- name --` and one sentence that says what it gives. SQL is never built at run time; what
`/*visible m*/` stands for, the conditions under which a row of table message shows, comes from the access policy and
is put in when the files are read. Where engines differ, `for_postgresql` says how; docs/design/store.md lists the
differences.
"""

import re
from functools import cache
from importlib import resources
from typing import Final, NamedTuple

from lintas.policy.access import visible_sql

_HEADING: Final = re.compile(r"^-- (\w+) --\n((?:-- .*\n)+)", re.MULTILINE)
_VISIBLE: Final = re.compile(r"/\*visible (\w)\*/")  # stands for the access policy's conditions
_PARAMETER: Final = re.compile(r"(?<![:\w]):([a-z_]+)")
_PACKAGE: Final = "lintas.store"


class Query(NamedTuple):
    """One statement with what it is for."""

    name: str
    sentence: str
    sql: str


class Migration(NamedTuple):
    """One step of the schema: its file's name and its statements."""

    name: str
    statements: tuple[str, ...]


@cache
def queries() -> dict[str, Query]:
    """All named queries.

    Raises:
        AssertionError: A name stands twice, or a query has no sentence: a programmer's mistake.
    """
    found: dict[str, Query] = {}
    for file in sorted(resources.files(_PACKAGE).joinpath("sql").iterdir(), key=lambda f: f.name):
        if file.name.endswith(".sql"):
            for query in parse_queries(file.read_text(encoding="utf-8")):
                assert query.name not in found, f"two queries named {query.name}"
                found[query.name] = query
    return found


def parse_queries(text: str) -> list[Query]:
    """Cut one file into its queries."""
    parts = _HEADING.split(text)
    assert not parts[0].strip(), "SQL before the first name"
    result = []
    for name, sentence, sql in zip(parts[1::3], parts[2::3], parts[3::3], strict=True):
        scoped = _VISIBLE.sub(lambda found: visible_sql(found[1]), sql.strip().rstrip(";"))
        result.append(Query(name, " ".join(re.findall(r"-- (.*)", sentence)), scoped))
    return result


@cache
def migrations() -> tuple[Migration, ...]:
    """All steps of the schema, in order of their names."""
    folder = resources.files(_PACKAGE).joinpath("migrations")
    files = sorted((f for f in folder.iterdir() if f.name.endswith(".sql")), key=lambda f: f.name)
    return tuple(
        Migration(file.name.removesuffix(".sql"), split_statements(file.read_text(encoding="utf-8"))) for file in files
    )


def split_statements(text: str) -> tuple[str, ...]:
    """Cut a migration into statements; none of ours has a semicolon inside."""
    plain = re.sub(r"^\s*--.*$", "", text, flags=re.MULTILINE)
    return tuple(part.strip() for part in plain.split(";") if part.strip())


@cache
def by_place(sql: str) -> str:
    """The same statement with its parameters by place rather than by name: for rows by the hundred thousand.

    Binding by name takes a look-up for each value, 40 % more time a row.
    """
    names = _PARAMETER.findall(sql)
    assert len(names) == len(set(names)), "a parameter that stands twice has no one place"
    return _PARAMETER.sub("?", sql)


def for_postgresql(sql: str) -> str:
    """The same statement as PostgreSQL takes it: other type names, table options left out, parameters as psycopg's."""
    changed = re.sub(r"\) STRICT(, WITHOUT ROWID)?", ")", sql)
    changed = re.sub(r"\bBLOB\b", "BYTEA", changed)
    changed = re.sub(r"\bINTEGER\b", "BIGINT", changed)
    return _PARAMETER.sub(r"%(\1)s", changed.replace("%", "%%"))
