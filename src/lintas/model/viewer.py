# SPDX-License-Identifier: Apache-2.0
"""Who reads: there is no read without a viewer."""

from dataclasses import dataclass

from lintas.model.marking import Tlp


@dataclass(frozen=True, slots=True, kw_only=True)
class Viewer:
    """A named person of this agency, or the operator's command line, with what they are cleared for."""

    id: str  # pseudonym that the node can resolve: "officer-0001"; never a name
    clearance: Tlp  # the most restrictive TLP they may see
    role: str = "duty_officer"
