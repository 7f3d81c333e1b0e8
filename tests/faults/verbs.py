# SPDX-License-Identifier: Apache-2.0
"""Verbs of the command line run in this process: exit code and answer."""

import contextlib
import io
import json
from typing import Any

from tests.faults.terminal import main


def verb(name: str, *arguments: object) -> tuple[int, Any]:
    """Run a verb; returns its exit code and the one JSON document that it printed."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = main([name, *map(str, arguments), "--json"])
    assert "Traceback" not in err.getvalue(), err.getvalue()
    return code, json.loads(out.getvalue())


def refused(name: str, *arguments: object, code: int = 3) -> tuple[str, str, str]:
    """Run a verb that must fail; returns class, message and hint of its error."""
    got, said = verb(name, *arguments)
    assert got == code, said
    error = said["error"]
    assert error["message"]
    assert error["hint"], f"{error['message']}: and what is to be done?"
    return error["class"], error["message"], error["hint"]


def done(name: str, *arguments: object) -> Any:
    """Run a verb that must succeed; returns what it said."""
    code, said = verb(name, *arguments)
    assert code == 0, said
    return said
