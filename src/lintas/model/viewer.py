# SPDX-License-Identifier: Apache-2.0
"""Who reads: there is no read without a viewer."""

from dataclasses import dataclass

from lintas.model.marking import Protected, Tlp


@dataclass(frozen=True, slots=True, kw_only=True)
class Viewer:
    """A named person of this agency, or the operator's command line, with what they are cleared for."""

    id: str  # pseudonym that the node can resolve: "officer-0001"; never a name
    clearance: Tlp  # the most restrictive TLP they may see
    role: str = "duty_officer"
    opens: frozenset[Protected] = frozenset()  # closed classes that this person was cleared for, beside the role's
    lists: frozenset[str] = frozenset()  # need-to-know lists that they are on, by themselves or standing in
    stands_for: frozenset[str] = frozenset()  # whose deputy they are at this moment
    is_off_duty: bool = False  # they have shifts, and none is on
    purpose: str = ""  # what they said they do it for
    unmasks: bool = False  # they asked to see what is masked, for that purpose
    session: str = ""  # which of their sessions acts, as 16 hex digits; empty on the command line

    @property
    def is_folder_owner(self) -> bool:
        """Whether they act with the node's folder rather than with an account of their own."""
        return self.id.startswith("local:")
