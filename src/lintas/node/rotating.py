# SPDX-License-Identifier: Apache-2.0
"""Put new keys in the place of a node's own, as its root says. The node does not run meanwhile.

What is true if we die: while the new keys are being written, nothing has changed, and the next start forgets them.
Once the entry that names them is committed, they are the node's keys and the peers' streams hold them, and the next
start moves their files into place. There is no moment in which the log names a key whose file is not there.
"""

from collections.abc import Collection, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from lintas.crypto.signing import SigningKey, node_id
from lintas.errors import BadInput, NodeDamaged, NotAllowed, OverLimit, WrongUse
from lintas.model.header import Kind
from lintas.model.key_answers import KeysRotated
from lintas.model.marking import Marking, Tlp
from lintas.model.viewer import Viewer
from lintas.node.inception import described, key_entry
from lintas.node.keys import OPERATIONAL, new_key, put_in_use, read_key, read_root, stage_keys
from lintas.node.node import Node, passphrase_of_keys
from lintas.ports.store import Snapshot, Transaction
from lintas.work.access import permit
from lintas.work.accounts.people import find_open
from lintas.work.accounts.viewing import viewer_of
from lintas.work.appending import append, as_payload, prepare_content
from lintas.work.binding import check_unordered
from lintas.work.orders import carry_out_in, finish_in
from lintas.work.peering.announcing import announce_in
from lintas.work.peering.directory import PeerKeys, own_keys
from lintas.work.proving import make_checkpoint
from lintas.work.services import Services

_ORDERED: Final = "keys.change"
_LISTED_MAX: Final = 10  # keys of one name in one `key` message; docs/spec/message.md
_REVOKED_MAX: Final = 100  # as above
_KEPT: Final[Mapping[str, int]] = {"tls": 2}  # a TLS key proves nothing later: only the last one is named still


def rotate(
    folder: Path,
    *,
    by: str,
    what: Collection[str] = OPERATIONAL,
    revoke: bool = False,
    root_file: Path | None = None,
    serial: int = 0,
    order: str = "",
) -> KeysRotated:
    """Make new keys, have the root name them, and put the news into every live peer's stream.

    Keys that are replaced still verify what they signed, unless they are revoked; nothing new is signed with them.

    Args:
        by: Account of who answers for it.
        what: Names of the keys to replace; one that the node never had is made in any case.
        revoke: The old keys are in wrong hands: from this entry on nothing counts that they sign.
        root_file: The root key, when it is kept elsewhere.
        serial: At least this number, for a node that was restored and whose peers know later keys.
        order: Id of an approved order `keys.change` that says the same; from the first passkey on there has to be one.

    Raises:
        WrongUse: A name is none.
        UnknownTerm: There is no such account.
        NotAllowed: Its role may not; or rule `needs-order`, and what an order has to be: `order`, `settled`, `stale`.
        BadInput: The root key is another node's.
        NodeDamaged: The root key is not there.
        NodeBusy: The node runs.
    """
    if unknown := sorted(set(what) - set(OPERATIONAL)):
        raise WrongUse(f"{unknown[0][:40]!r} is no key of a node.", hint=f"The keys are {', '.join(OPERATIONAL)}.")
    with Node.open(folder) as node:
        services = node.services
        if services.store.read(lambda snapshot: snapshot.meta("state")) != "live":
            raise WrongUse(
                "This node was restored and has not shown that it is current: it says nothing yet.",
                hint="lintas restore DIR --head FILE, or --open-incarnation",
            )
        viewer = _person(services, by)
        services.store.read(lambda snapshot: _ordered(services, snapshot, viewer, order, what, revoke=revoke))
        root = _root(services, folder, root_file)
        make_checkpoint(services)  # under the key that is still in use: what came before is signed by it
        known, life = services.store.read(lambda s: (own_keys(services, s), s.meta("incarnation") or ""))
        names = sorted({*what, *(name for name in OPERATIONAL if not _listed(known, name))}, key=OPERATIONAL.index)
        made = {name: new_key() for name in names}
        revoked = sorted(key["id"] for name in names for key in _listed(known, name)) if revoke else []
        body = _body(known, made, revoked, serial) | {"incarnation": life}
        # If we die from here on and before the commit, the waiting files are forgotten at the next start.
        stage_keys(folder, made, passphrase=passphrase_of_keys())
        told = _commit(services, viewer, root, body, made, revoked, order)
        # If we die from here on, the next start moves the files: the log names them.
        put_in_use(folder, names)
        services.keys.adopt(made)  # type: ignore[attr-defined]  # a Node has FileKeys
        return KeysRotated(
            node=known.node,
            serial=int(body["serial"]),
            made={name: key.key_id for name, key in made.items()},
            revoked=revoked,
            told=told,
        )


def _commit(
    services: Services,
    viewer: Viewer,
    root: SigningKey,
    body: Mapping[str, Any],
    made: Mapping[str, SigningKey],
    revoked: list[str],
    order: str,
) -> list[str]:
    """Append who did it, the keys, and for each peer the descriptor that names them: all of it or nothing."""
    said = {"viewer": viewer.id, "verb": "key", "asked": {"made": sorted(made), "revoked": revoked}}
    trace = prepare_content(
        services,
        Kind.ACCESS,
        as_payload(said | {"shown": [], "shown_count": 0, "purpose": ""}),
        marking=Marking(tlp=max(Tlp.AMBER_STRICT, viewer.clearance)),
    )
    entry = key_entry(root, body, mode=services.config.mode, clock=services.clock)
    renewed = replace(services, keys=services.keys.changed(made))  # type: ignore[attr-defined]  # a Node has FileKeys

    def job(tx: Transaction) -> list[str]:
        ordered = carry_out_in(services, tx, order, _ORDERED) if order else None
        since = tx.size()
        append(tx, trace)
        append(tx, entry)
        told = announce_in(renewed, tx, by=viewer.id)
        if ordered is not None:
            finish_in(renewed, tx, ordered, since=since)
        return told

    return services.store.write(job)


def _ordered(
    services: Services, snapshot: Snapshot, viewer: Viewer, order: str, what: Collection[str], *, revoke: bool
) -> None:
    """Refuse to go on without an order that says this very thing, where people's passkeys bind."""
    if not order:
        check_unordered(services, snapshot, viewer, _ORDERED)
        return
    said = carry_out_in(services, snapshot, order, _ORDERED).said
    if set(said["what"]) != set(what) or said["revoke"] is not revoke:
        raise NotAllowed(
            f"That order is for {', '.join(said['what'])}, {'revoking' if said['revoke'] else 'keeping'} the old ones.",
            rule="order",
            hint="Give --what and --revoke as it says, or propose another one.",
        )


def _body(known: PeerKeys, made: Mapping[str, SigningKey], revoked: Collection[str], serial: int) -> dict[str, Any]:
    all_revoked = sorted({*known.revoked, *revoked})
    if len(all_revoked) > _REVOKED_MAX:
        raise OverLimit(f"{_REVOKED_MAX} keys of this node are revoked, as many as one may have.")
    body: dict[str, Any] = {
        "country": known.country,
        "serial": max(known.serial + 1, serial),
    }
    for name in OPERATIONAL:
        before = [key for key in _listed(known, name) if key["id"] not in all_revoked]
        listed = [described(made[name]), *before] if name in made else before
        body[name] = listed[: _KEPT.get(name, _LISTED_MAX)]
    if all_revoked:
        body["revoked"] = all_revoked
    return body


def _listed(known: PeerKeys, name: str) -> list[dict[str, Any]]:
    """The keys of one name as the newest key message lists them, the one in use first."""
    body: dict[str, Any] = known.body
    return list(body.get(name, []))


def _person(services: Services, by: str) -> Viewer:
    row = services.store.read(lambda snapshot: find_open(snapshot, by))
    viewer = services.store.read(lambda snapshot: viewer_of(services, snapshot, row))
    permit(services, viewer, "keys.change")
    return viewer


def _root(services: Services, folder: Path, file: Path | None) -> SigningKey:
    if file is None:
        try:
            root = read_root(folder, passphrase=passphrase_of_keys())
        except NodeDamaged as exc:
            raise NodeDamaged(exc.message, hint="If the root key is kept elsewhere: --root FILE") from exc
    else:
        root = read_key(file, passphrase_of_keys())
    if node_id(root.public) != services.keys.node:
        raise BadInput("That is the root key of another node.")
    return root
