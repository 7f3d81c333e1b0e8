# SPDX-License-Identifier: Apache-2.0
"""Recompute everything that the log claims, and name the first entry that does not hold.

Order of the checks, marked in the code: (1) places are dense from 0; (2) the header is canonical and holds to its
format, its digest is the id, no id twice; (3) the signature verifies under a key that the newest key entry of its
originator names, a key entry under the root and with a greater number than the one before; (4) the mode is this
node's, the originator this node or a peer, of which only what travels stands here; (5) a surviving payload has the
salted digest, a missing one has an erasure entry, none survives its own; (6) recipes and packs are there and unaltered;
(7) tiles hold exactly these leaves; (8) every checkpoint is signed by a log key that counted then, and has the root of
its size; the incarnation is the one that the entries name; (9) kind, marking and erasure in the views, by which the
gate goes, are the signed ones, and protected classes and need-to-know lists hide all that the entries say; (10) a head
that was kept elsewhere is of this history; (11) whatever stands on a channel has its place in a stream whose chain
follows, and what was released was decided and is of an item here; (12) from the first passkey on, what binds a person
stands under an order that their own passkeys confirmed. Of the views nothing else is looked at: `rebuild` says what
differs.
"""

import json
from hashlib import sha256
from typing import Any, Final

from lintas.crypto.canonical import parse_canonical
from lintas.crypto.checkpoint import Checkpoint, open_checkpoint
from lintas.crypto.digests import commitment, salted_digest
from lintas.crypto.merkle import HASH_BYTES, Frontier, tiles_after
from lintas.crypto.note import NoteKey, parse_note, parse_vkey, verify_note
from lintas.errors import LintasError, NodeDamaged
from lintas.model.found import CheckpointRow, EntryHead, MessageHead, StoredPayload
from lintas.model.header import Header
from lintas.model.header_rules import LOCAL_CHANNEL
from lintas.model.ids import MessageId
from lintas.model.log_answers import Verified
from lintas.model.marking import Tlp
from lintas.model.scope import WHOLE
from lintas.ports.store import Snapshot
from lintas.work.payloads import bytes_of
from lintas.work.proving.auditing import Audit
from lintas.work.proving.decisions import DECIDING, Decisions
from lintas.work.proving.desk_effects import is_leaving
from lintas.work.proving.entries import signed_of
from lintas.work.proving.heads import verifier_key
from lintas.work.proving.hiding import Hiding
from lintas.work.proving.kept import contains_head
from lintas.work.proving.places import Streams
from lintas.work.proving.signers import Signers
from lintas.work.services import Progress, Services

_BATCH: Final = 500


def verify(services: Services, *, progress: Progress, head: bytes = b"") -> Verified:
    """Check the whole log against itself; reads everything, writes nothing.

    What this cannot see: entries never written, and, without a head that another party kept, a history rewritten whole
    by someone who holds the keys.

    Args:
        head: A signed checkpoint kept elsewhere; the log must contain it.
    """
    started = services.clock.monotonic_s()

    def check(snapshot: Snapshot) -> tuple[Audit, int, int]:
        size = snapshot.size()
        node, mode = services.keys.node, services.config.mode.value
        audit = Audit(
            node=node,
            mode=mode,
            signers=Signers(node=node, mode=mode),
            streams=Streams(node=node),
            decisions=Decisions(node=node, table=services.packs.access),
            hiding=Hiding(),
        )
        for start in range(0, size, _BATCH):
            progress("verifying", start, size)
            payloads = snapshot.payload_rows(start, start + _BATCH)
            heads = snapshot.heads(range(start, min(start + _BATCH, size)), scope=WHOLE)
            for entry in snapshot.entries(start, min(start + _BATCH, size)):
                if _entry(services, audit, snapshot, entry, payloads.get(entry.seq)):
                    _shown(audit, entry, payloads.get(entry.seq), heads.get(entry.seq))
        for seq, problem in audit.streams.unplaced():
            audit.report(problem, seq=seq)
        for seq, problem in audit.decisions.unclaimed():  # (12)
            audit.report(problem, seq=seq)
        for seq, problem in audit.hiding.problems(snapshot):  # (9)
            audit.report(problem, seq=seq)
        audit.problems += audit.hiding.strangers(snapshot)
        _missing(audit)
        _packs(audit, snapshot)
        _tiles(audit, snapshot)
        checkpoints = _checkpoints(services, audit, snapshot)
        _kept(services, audit, snapshot, head)
        return audit, size, checkpoints

    audit, size, checkpoints = services.store.read(check)
    progress("verified", size, size)
    return Verified(
        ok=not audit.problems,
        entries=size,
        first_bad=audit.first_bad[1] if audit.first_bad else (audit.problems[0] if audit.problems else None),
        problems=audit.problems,
        payloads=audit.payloads,
        erased=audit.erased,
        checkpoints=checkpoints,
        root=Frontier().extend(audit.leaves).root().hex(),
        seconds=round(services.clock.monotonic_s() - started, 3),
    )


def _kept(services: Services, audit: Audit, snapshot: Snapshot, head: bytes) -> None:  # (10)
    if not head:
        return
    try:
        contains_head(services, snapshot, head)
    except LintasError as exc:
        audit.problems.append(f"the head that was kept: {exc}")


def _entry(services: Services, audit: Audit, snapshot: Snapshot, entry: EntryHead, row: StoredPayload | None) -> bool:
    """Check one entry; returns whether its header can be read."""
    seq = entry.seq
    if seq != len(audit.leaves):  # (1)
        audit.report(f"entry {seq} stands in its place", seq=len(audit.leaves))
    try:
        signed = signed_of(entry)
    except NodeDamaged as exc:
        audit.leaves.append(bytes(HASH_BYTES))
        audit.report(exc.message, seq=seq)
        return False
    audit.leaves.append(signed.leaf)
    if signed.id != entry.id:  # (2)
        audit.report("the header was altered: its digest is not the id", seq=seq)
    if signed.id in audit.ids:
        audit.report("the same message stands in the log twice", seq=seq)
    audit.ids.add(signed.id)
    try:
        header: dict[str, Any] = parse_canonical(entry.header)
        Header.from_json(header)
    except LintasError as exc:
        audit.report(str(exc), seq=seq)
        return False
    if stranger := audit.signers.stranger(header):  # (4)
        audit.report(stranger, seq=seq)
    try:
        audit.signers.check(entry, header)  # (3)
    except LintasError as exc:
        audit.report(str(exc), seq=seq)
    if row is not None and header["kind"] == "item" and header["channel"] != LOCAL_CHANNEL:
        _released(services, audit, snapshot, entry, header, row)  # (11)
    _payload(services, audit, entry, header, row)  # (5)
    _body(audit, entry, header)
    for place, problem in audit.streams.problems(entry, header, audit.incarnation):  # (11)
        audit.report(problem, seq=place)
    _decided(services, audit, entry, header, row)  # (12)
    if "reading" in header:
        audit.readings[entry.id] = header["reading"]
    return True


def _decided(
    services: Services, audit: Audit, entry: EntryHead, header: dict[str, Any], row: StoredPayload | None
) -> None:
    """Hold what people decided against their passkeys. A payload that is not the signed one was reported before."""
    try:
        is_read = header["kind"] in DECIDING or is_leaving(header)
        data = bytes_of(services, row) if row is not None and is_read else None
        openings = b"{}" if row is None else row.openings
        for problem in audit.decisions.problems(entry.seq, entry.id, header, data, openings):
            audit.report(problem, seq=entry.seq)
    except (LintasError, ValueError, TypeError, AttributeError, KeyError) as exc:
        audit.report(f"what people decided cannot be read ({type(exc).__name__})", seq=entry.seq)


def _body(audit: Audit, entry: EntryHead, header: dict[str, Any]) -> None:
    """Hold what a control entry says against the entries before it."""
    body: dict[str, Any] = header.get("body", {})
    match header["kind"]:
        case "erase":
            for message in body["messages"]:
                audit.erased += audit.missing.pop(message, None) is not None
                if message in audit.standing:  # (5)
                    audit.report(f"it says that {message[:16]}… was erased, whose payload is here", seq=entry.seq)
        case "key" if header["originator"] == audit.node:
            audit.incarnation = audit.incarnation or body["incarnation"]
            if body["incarnation"] != audit.incarnation:
                audit.report("it names another life of the log than the entries before it", seq=entry.seq)
        case "derive":
            if any(message not in audit.ids for message in body["messages"]):
                audit.report("it reads a message again that does not stand before it", seq=entry.seq)
            audit.readings |= dict.fromkeys(body["messages"], body["reading"])
        case "incarnation":
            before = Frontier().extend(audit.leaves[: entry.seq])
            said = (body["previous"], body["previous_size"], body["previous_root"])
            if said != (audit.incarnation, before.size, before.root().hex()):
                audit.report("the end that it gives for the last incarnation is not the log's", seq=entry.seq)
            audit.incarnation = body["incarnation"]


def _payload(
    services: Services, audit: Audit, entry: EntryHead, header: dict[str, Any], row: StoredPayload | None
) -> None:
    said = header.get("payload")
    if said is None:
        if row is not None:
            audit.report("a control entry has a payload", seq=entry.seq)
        return
    if row is None:
        audit.missing[entry.id] = entry.seq
        return
    audit.payloads += 1
    audit.standing.add(entry.id)
    try:
        data = bytes_of(services, row)
        if len(data) != said["size_bytes"] or salted_digest(row.salt, data) != said["digest"]:
            audit.report("the payload was altered: its digest is not the one that was signed", seq=entry.seq)
        opened = _opened(row.openings)
        if opened is None or not _opens(opened, header, whole=header["originator"] == audit.node):
            audit.report("what it refers to was altered: its openings are not those that were signed", seq=entry.seq)
    except LintasError as exc:
        audit.report(exc.message, seq=entry.seq)


def _opens(opened: dict[str, list[str]], header: dict[str, Any], *, whole: bool) -> bool:
    """Say whether openings are of a header's references: of all of ours, of some of a peer's."""
    refs: dict[str, list[str]] = header["refs"]
    return opened == refs if whole else all(set(one) <= set(refs.get(name, ())) for name, one in opened.items())


def _released(
    services: Services,
    audit: Audit,
    snapshot: Snapshot,
    entry: EntryHead,
    header: dict[str, Any],
    row: StoredPayload,
) -> None:
    """A released item of ours is of one local item that stands before it, with the same bytes while they stand."""
    if header["originator"] != audit.node:
        return
    try:
        targets = [target for _, target in json.loads(row.openings).get("release_of", ())]
        home = snapshot.entry_by_id(MessageId(targets[0])) if len(targets) == 1 else None
        said = {} if home is None else json.loads(home.header)
        if home is None or home.seq >= entry.seq or (said["kind"], said["channel"]) != ("item", LOCAL_CHANNEL):
            audit.report("it is released, and of no local item that stands before it", seq=entry.seq)
            return
        held = snapshot.payload(home.seq)
        if held is not None and bytes_of(services, held) != bytes_of(services, row):
            audit.report("it is released with other bytes than those of the item that it is of", seq=entry.seq)
    except (LintasError, ValueError, TypeError, AttributeError, KeyError) as exc:
        audit.report(f"what it is released of cannot be read ({type(exc).__name__})", seq=entry.seq)


def _opened(openings: bytes) -> dict[str, list[str]] | None:
    """The commitments that openings open; None if they are no openings."""
    try:
        said: dict[str, Any] = parse_canonical(openings)
        return {
            field: [commitment(bytes.fromhex(salt), field, target) for salt, target in pairs]
            for field, pairs in said.items()
        }
    except (LintasError, ValueError, TypeError, AttributeError):
        return None


def _shown(audit: Audit, entry: EntryHead, row: StoredPayload | None, head: MessageHead | None) -> None:  # (9)
    """Hold what the gate goes by against what was signed: a marking that was lowered in the views shows too much."""
    header = json.loads(entry.header)
    audit.hiding.add(entry.id, header)
    said = (entry.id, header["kind"], Tlp[header["marking"]["tlp"]])
    if head is None or (head.id, head.kind, head.tlp) != said or (head.erased and row is not None):
        audit.report("the views show another marking, kind or erasure than was signed: rebuild them", seq=entry.seq)


def _missing(audit: Audit) -> None:
    for seq in sorted(audit.missing.values()):
        audit.report("the payload is missing and no erasure entry says why", seq=seq)


def _packs(audit: Audit, snapshot: Snapshot) -> None:  # (6)
    kept = set()
    # what an erased message was read with is forgotten with it, if it repeats what the message said
    recipes = {reading for message, reading in audit.readings.items() if message in audit.standing}
    needed = set(recipes)
    for digest, data in snapshot.packs():
        kept.add(digest)
        if sha256(data).hexdigest() != digest:
            audit.problems.append(f"pack {digest[:16]}…: it was altered")
        elif digest in recipes:
            needed.update(json.loads(data)["packs"].values())
    audit.problems += [f"recipe or pack {digest[:16]}…: it is missing" for digest in sorted(needed - kept)]


def _tiles(audit: Audit, snapshot: Snapshot) -> None:  # (7)
    wanted = {(level, index): row for level, index, row in tiles_after(0, audit.leaves, lambda *_: b"")}
    stored = {(level, number): hashes for level, number, hashes in snapshot.tiles()}
    wrong = [key for key in sorted(wanted) if stored.get(key) != wanted[key]]
    audit.problems += [f"tile {key}: it does not hold the log's leaves" for key in wrong]
    audit.problems += [f"tile {key}: there is no such tile in this log" for key in sorted(stored.keys() - wanted)]


def _checkpoints(services: Services, audit: Audit, snapshot: Snapshot) -> int:  # (8)
    if not audit.leaves:
        return 0
    if snapshot.meta("incarnation") != audit.incarnation:
        audit.problems.append("incarnation: it is not the one that the entries name")
    current = parse_vkey(verifier_key(services, snapshot))
    if not audit.signers.log_key_at(current.public, len(audit.leaves)):
        audit.problems.append("log key: no entry names the key that signs heads")
    frontier, at, count = Frontier(), 0, 0
    for row in snapshot.checkpoints():
        count += 1
        try:
            found = _open_head(audit, row, current)
            frontier, at = frontier.extend(audit.leaves[at : row.size]), row.size
            if found.root != frontier.root():
                raise NodeDamaged("Its root is not that of the entries here: history was changed after it was signed.")
        except LintasError as exc:
            audit.problems.append(f"checkpoint of size {row.size}: {exc}")
    return count


def _open_head(audit: Audit, row: CheckpointRow, current: NoteKey) -> Checkpoint:
    """Read a head under one of the log keys that counted at its size.

    An earlier life of the log signed under its own name, an earlier key under the same.
    """
    name = row.note.split("\n", 1)[0]
    if name.rpartition("/")[0] != current.name.rpartition("/")[0]:
        raise NodeDamaged("It is of another log or beyond this one's end.")
    keys = [NoteKey(name=name, type=current.type, public=public) for public in audit.signers.log_keys]
    (signer, *_) = verify_note(parse_note(row.note.encode()), keys)
    found = open_checkpoint(row.note.encode(), signer.key).checkpoint
    if found.size != row.size or row.size > len(audit.leaves):
        raise NodeDamaged("It is of another log or beyond this one's end.")
    if not audit.signers.log_key_at(signer.key.public, row.size):
        raise NodeDamaged("It is signed with a key that was revoked before.")
    return found
