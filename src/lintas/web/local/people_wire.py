# SPDX-License-Identifier: Apache-2.0
"""What the verbs about people, need-to-know lists and duties say over the local socket."""

from typing import Any

from lintas.web.local.requesting import Request


class PersonChange(Request, frozen=True, kw_only=True):
    """Give an account another role, clearance, or closed classes."""

    said: dict[str, Any]  # as `lintas.work.accounts.changing` says


class PersonShow(Request, frozen=True, kw_only=True):
    """Say who somebody is here, and what their role may do."""

    name: str


AnyPeopleRequest = PersonChange | PersonShow
