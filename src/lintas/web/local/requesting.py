# SPDX-License-Identifier: Apache-2.0
"""What every request over the local socket says."""

import re

import msgspec


def _tag(name: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "-", name).lower()


class Request(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="verb", tag=_tag):
    """What every request says."""

    actor: str = ""  # name of the account that acts; empty for the command line's own viewer
