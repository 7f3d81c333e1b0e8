# SPDX-License-Identifier: Apache-2.0
"""One thing that a reader process gave up, as `lintas doctor` shows it."""

import msgspec


class Protection(msgspec.Struct, frozen=True, array_like=True):
    """A protection, whether it is active on this machine, and a sentence that says so."""

    name: str
    active: bool
    sentence: str
