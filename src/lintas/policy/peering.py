# SPDX-License-Identifier: Apache-2.0
"""Who of this agency may see peers, change their standing, and change the node's own keys."""

from typing import Final

from lintas.model.viewer import Viewer
from lintas.policy.decision import Decision

_DECIDES: Final = frozenset({"duty_officer", "supervisor", "focal_point"})  # roles that answer for whom data goes to
_KEEPS_KEYS: Final = _DECIDES | {"operator"}

_SHOWN: Final = Decision(allowed=True, rule="staff", reason="everybody here may know whom this node talks to")
_ROLE: Final = Decision(
    allowed=False, rule="role", reason="a duty officer, focal point or supervisor decides whom this node talks to"
)


def is_folder_owner(viewer: Viewer) -> bool:
    """Say whether somebody acts with the node's folder rather than with an account of their own."""
    return viewer.id.startswith("local:")


def may_see_peers(viewer: Viewer) -> Decision:
    """Say whether a viewer may see the peers: names, keys and links, no content."""
    return _SHOWN


def may_change_peers(viewer: Viewer) -> Decision:
    """Say whether a viewer may add, suspend or remove a peer: whoever may stop a release may do so at once."""
    if viewer.role in _DECIDES:
        return Decision(allowed=True, rule="role", reason="your role answers for whom this node talks to")
    return _ROLE


def may_share(viewer: Viewer) -> Decision:
    """Say whether a viewer may release messages: analysts look at who would see it, and ask who answers for it."""
    if viewer.role in _DECIDES:
        return Decision(allowed=True, rule="role", reason="your role answers for what leaves this node")
    return Decision(
        allowed=False, rule="role", reason="a duty officer, focal point or supervisor releases; ask one of them"
    )


def may_answer_for_peers(viewer: Viewer) -> Decision:
    """Say whether a viewer may introduce or resume a peer or accept a new life of its log: a person with a name."""
    if is_folder_owner(viewer):
        return Decision(
            allowed=False,
            rule="named-person",
            reason="a person with an account answers for this, not the node's folder",
        )
    return may_change_peers(viewer)


def may_set_address(viewer: Viewer) -> Decision:
    """Say whether a viewer may set where a peer is reached: that changes nothing of who it is, its key is pinned."""
    if viewer.role == "operator":
        return Decision(allowed=True, rule="operator", reason="operators keep the node's connections")
    return may_change_peers(viewer)


def may_rotate_keys(viewer: Viewer) -> Decision:
    """Say whether a viewer may change the node's own keys. Whoever does holds its root key besides."""
    if is_folder_owner(viewer):
        return Decision(allowed=False, rule="named-person", reason="a person with an account answers for new keys")
    if viewer.role in _KEEPS_KEYS:
        return Decision(allowed=True, rule="role", reason="your role keeps the node's keys")
    return Decision(allowed=False, rule="role", reason="an operator, duty officer or supervisor changes keys")
