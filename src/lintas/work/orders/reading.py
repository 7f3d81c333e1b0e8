# SPDX-License-Identifier: Apache-2.0
"""Take values out of what somebody says an order is to be."""

from collections.abc import Mapping

from lintas.errors import BadInput
from lintas.model.header_rules import is_code


def text_of(said: Mapping[str, object], name: str) -> str:
    """A text; empty when it is not there.

    Raises:
        BadInput: It is none.
    """
    value = said.get(name, "")
    if not isinstance(value, str):
        raise BadInput(f"{name} is a text.")
    return value.strip()


def code_of(said: Mapping[str, object], name: str) -> str:
    """A code.

    Raises:
        BadInput: It is none.
    """
    value = text_of(said, name)
    if not is_code(value):
        raise BadInput(f"{value[:40]!r} is no {name}.", hint="A code: lower-case letters, digits, '_', '.' and '-'.")
    return value


def texts_of(said: Mapping[str, object], name: str) -> tuple[str, ...]:
    """A list of texts, each once.

    Raises:
        BadInput: It is none.
    """
    value = said.get(name, ())
    if not isinstance(value, list | tuple) or not all(isinstance(one, str) for one in value):
        raise BadInput(f"{name} is a list of texts.")
    return tuple(dict.fromkeys(one.strip() for one in value))


def flag_of(said: Mapping[str, object], name: str) -> bool:
    """Yes or no; no when it is not there.

    Raises:
        BadInput: It is neither.
    """
    value = said.get(name, False)
    if not isinstance(value, bool):
        raise BadInput(f"{name} is true or false.")
    return value
