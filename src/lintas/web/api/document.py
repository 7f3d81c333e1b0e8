# SPDX-License-Identifier: Apache-2.0
"""The description of the API, made from the table of routes and the types of what is sent and answered.

Source: OpenAPI Specification 3.1.0.
"""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

import msgspec

from lintas import __version__
from lintas.web.api.wire import Problems

if TYPE_CHECKING:
    from lintas.web.api.routes import ApiRouteSpec

_REF: Final = "#/components/schemas/{name}"
_JSON: Final = "application/json"
_PART: Final = re.compile(r"\{(\w+)\}")
_WRONG: Final = {
    "400": "The request cannot be carried out as it was made",
    "401": "No key that is good now",
    "403": "The access policy, or the key, does not allow it",
    "404": "There is none that this key may see",
    "413": "Larger than a limit",
    "415": "Another media type",
    "422": "The file cannot be read",
    "429": "Too many requests; the header retry-after says when",
    "503": "Not now",
}


def openapi(routes: Sequence["ApiRouteSpec"]) -> bytes:
    """Describe all routes that ask for a key, as JSON."""
    described = [spec for spec in routes if spec.may == "key"]
    types: list[Any] = [Problems]
    for spec in described:
        types += [one for one in (spec.query, spec.body, spec.answer) if isinstance(one, type)]
    schemas, components = msgspec.json.schema_components(types, ref_template=_REF, schema_hook=_any)
    by_type = dict(zip(types, schemas, strict=True))
    paths: dict[str, dict[str, Any]] = {}
    for spec in described:
        paths.setdefault(spec.path, {})[spec.method.lower()] = _operation(spec, by_type, components)
    for one in (spec.query.__name__ for spec in described):
        components.pop(one, None)  # said as parameters
    whole = {
        "openapi": "3.1.0",
        "info": {
            "title": "Lintas",
            "version": __version__,
            "summary": "What systems of one agency ask its node.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "security": [{"key": []}],
        "paths": paths,
        "components": {
            "schemas": components,
            "securitySchemes": {"key": {"type": "http", "scheme": "bearer"}},
        },
    }
    return msgspec.json.format(msgspec.json.encode(whole), indent=1)


def _any(of: type) -> dict[str, Any]:
    """The schema of a type that msgspec has none for: codes of a marking may be anything that JSON has."""
    if of is object:
        return {"title": "Any JSON value"}
    raise TypeError(of)


def _operation(spec: "ApiRouteSpec", by_type: dict[Any, Any], components: dict[str, Any]) -> dict[str, Any]:
    answers: dict[str, Any] = {"200": _answer("Done", by_type[spec.answer])}
    answers |= {status: _answer(words, by_type[Problems]) for status, words in _WRONG.items()}
    said: dict[str, Any] = {
        "operationId": spec.name,
        "summary": spec.says,
        "description": f"Activity of the access policy: {spec.activity}.",
        "parameters": [*_path(spec.path), *_query(components[spec.query.__name__])],
        "responses": answers,
    }
    if isinstance(spec.body, type):
        said["requestBody"] = {"required": True, "content": {_JSON: {"schema": by_type[spec.body]}}}
    elif spec.body == "file":
        said["requestBody"] = {"required": True, "content": {"application/octet-stream": {"schema": {}}}}
    return said


def _answer(words: str, schema: Any) -> dict[str, Any]:
    return {"description": words, "content": {_JSON: {"schema": schema}}}


def _path(path: str) -> list[dict[str, Any]]:
    schema = {"type": "string", "pattern": "^[0-9a-f]{64}$"}
    return [{"name": name, "in": "path", "required": True, "schema": schema} for name in _PART.findall(path)]


def _query(schema: dict[str, Any]) -> list[dict[str, Any]]:
    needed = schema.get("required", [])
    return [
        {"name": name, "in": "query", "required": name in needed, "schema": one}
        for name, one in schema["properties"].items()
    ]
