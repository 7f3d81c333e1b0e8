# SPDX-License-Identifier: Apache-2.0
"""What this node says of itself to others: keys, organisation, addresses and desks, as one signed document.

The newest document is the node's own state, no entry: what was said to whom stands in the log as released messages.
"""

from lintas.errors import LintasError
from lintas.formats.peer import PROTOCOL_VERSION, Profile
from lintas.formats.peer.descriptor import make_descriptor, read_descriptor
from lintas.ports.store import Snapshot, Transaction
from lintas.work.peering.directory import PeerKeys, own_keys
from lintas.work.services import Services

_HELD = "descriptor"  # name of the node's own state that holds it


def describe(services: Services) -> bytes:
    """The node's descriptor, signed anew when keys or settings changed since the last one.

    Raises:
        NodeDamaged: The log names no keys of this node.
        BadInput: The settings hold what no descriptor may say.
    """
    held = services.store.read(lambda snapshot: _current(services, snapshot))
    return held or services.store.write(lambda tx: describe_in(services, tx))


def describe_in(services: Services, tx: Transaction) -> bytes:
    """The same as part of the caller's transaction: keys that it has just changed are described."""
    if (held := _current(services, tx)) is not None:
        return held
    keys = own_keys(services, tx)
    # Beyond the log's size too: a node restored from an old backup does not say other things under a number that
    # its peers have seen.
    serial = max(_serial(tx) + 1, tx.size())
    document = make_descriptor(keys.signed, profile_of(services, keys), serial, services.keys.signing)
    # If we die before the commit, nobody has seen the document; the next one has the same number.
    tx.put_meta(_HELD, document.decode())
    return document


def profile_of(services: Services, keys: PeerKeys) -> Profile:
    """Who the settings say that this node is."""
    config = services.config
    return Profile(
        organisation=config.name,
        country=config.country,
        mode=config.mode.value,
        endpoints=(config.peer_url,) if config.peer_url and keys.tls else (),
        versions=(PROTOCOL_VERSION,),
        desks=config.desks,
    )


def _current(services: Services, snapshot: Snapshot) -> bytes | None:
    """The held document, if it still says what is so."""
    held = snapshot.meta(_HELD)
    if held is None:
        return None
    try:
        said = read_descriptor(held.encode())
    except LintasError:
        return None  # made by another version of Lintas, or damaged: it is no more than a copy
    keys = own_keys(services, snapshot)
    is_current = said.key_message.id == keys.message and said.profile == profile_of(services, keys)
    return held.encode() if is_current else None


def _serial(snapshot: Snapshot) -> int:
    held = snapshot.meta(_HELD)
    try:
        return -1 if held is None else read_descriptor(held.encode()).profile_serial
    except LintasError:
        return -1
