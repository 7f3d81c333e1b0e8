# SPDX-License-Identifier: Apache-2.0
"""Make signed entries and append them: the one way into the log."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lintas.crypto.canonical import canonical_json
from lintas.crypto.digests import SALT_BYTES, commitment, salted_digest
from lintas.crypto.envelope import sign_header
from lintas.errors import OverLimit, Quarantined
from lintas.limits import HEADER_BYTES_MAX, PAYLOAD_INLINE_BYTES_MAX
from lintas.model.header import Header, Kind, Payload, PayloadDigest, Signed
from lintas.model.header_rules import LOCAL_CHANNEL, LOCAL_TYPE
from lintas.model.ids import MessageId
from lintas.model.marking import Grading, Marking, Protected, Tlp
from lintas.model.reading import Derived
from lintas.ports.store import Transaction
from lintas.views.fold import Logged, fold
from lintas.work.services import Services, as_text


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """An entry that is signed and only waits for its place in the log."""

    signed: Signed
    header: Mapping[str, Any]
    payload: Payload | None = None
    blob: str = ""  # name of the blob that already holds the bytes
    derived: Derived | None = None
    same_as: int | None = None  # the entry whose payload has the same bytes, so that they stand once

    @property
    def id(self) -> MessageId:
        """The message's id."""
        return self.signed.id


def prepare_content(
    services: Services,
    kind: Kind,
    data: bytes,
    *,
    media_type: str = LOCAL_TYPE,
    marking: Marking | None = None,
    grading: Grading | None = None,
    areas: tuple[str, ...] = (),
    refs: Mapping[str, Sequence[str]] | None = None,
    reading: str = "",
    derived: Derived | None = None,
    channel: str = LOCAL_CHANNEL,
    same_as: int | None = None,
) -> Prepared:
    """Sign a message with an erasable payload. A large payload is already on disk when this returns.

    Args:
        marking: None for what only this node's own officers see: TLP:AMBER+STRICT with no recipient.
        refs: Field -> ids it refers to; they stand in the header as salted commitments.
        channel: On which it travels; its own node's otherwise.
        same_as: The entry that holds the same bytes already; they are not written again.
    """
    salt = services.keys.random(SALT_BYTES)
    handling = marking or Marking(tlp=Tlp.AMBER_STRICT)
    openings, closed = _close(services, {"recipients": sorted(handling.recipients)} | dict(refs or {}))
    digest = salted_digest(salt, data)
    header = Header(
        originator=services.keys.node,
        kind=kind,
        media_type=media_type,
        created_at=as_text(services.clock.now()),
        mode=services.config.mode,
        marking=handling,
        grading=grading or Grading(),
        channel=channel,
        areas=areas,
        refs=closed,
        payload=PayloadDigest(digest=digest, size_bytes=len(data)),
        reading=reading,
    )
    value = header.as_json()
    signed = sign_header(_bounded(value), services.keys.signing)
    blob = ""
    if len(data) > PAYLOAD_INLINE_BYTES_MAX and same_as is None:
        # If we die after this, the blob is an orphan that the next start sweeps.
        services.blobs.put(digest, data)
        blob = digest
    return Prepared(
        signed=signed,
        header=value,
        payload=Payload(salt=salt, data=data, openings=openings),
        blob=blob,
        derived=derived,
        same_as=same_as,
    )


def prepare_control(
    services: Services,
    kind: Kind,
    body: Mapping[str, object],
    *,
    channel: str = LOCAL_CHANNEL,
    classes: frozenset[Protected] = frozenset(),
) -> Prepared:
    """Sign a control message: codes and ids only, because it stays for good.

    Args:
        classes: Protected classes that the entry itself is of: that there is one may tell too much.
    """
    header = Header(
        originator=services.keys.node,
        kind=kind,
        media_type=LOCAL_TYPE,
        created_at=as_text(services.clock.now()),
        mode=services.config.mode,
        marking=Marking(tlp=Tlp.AMBER_STRICT, classes=classes),
        channel=channel,
        body=dict(body),
    )
    value = header.as_json()
    return Prepared(signed=sign_header(_bounded(value), services.keys.signing), header=value)


def _bounded(header: dict[str, object]) -> bytes:
    """The header's canonical bytes.

    Raises:
        OverLimit: They are more than a header may have; only what a person said of handling can make it so large.
    """
    raw = canonical_json(header)
    if len(raw) > HEADER_BYTES_MAX:
        raise OverLimit(
            f"The message's header would have {len(raw):,} bytes, the limit is {HEADER_BYTES_MAX:,}.",
            hint="Name fewer purposes, legal bases or crime areas.",
        )
    return raw


def append(tx: Transaction, entry: Prepared) -> int:
    """Append a prepared entry and what it changes in the views; part of the caller's transaction.

    Raises:
        Quarantined: The node was restored and has not shown that it is current: an entry could stand where another,
            lost one stood, which would be a fork.
    """
    if tx.meta("state") == "quarantined" and entry.header["kind"] != Kind.INCARNATION:
        raise Quarantined(hint="Show a newer head (`lintas restore DIR --head FILE`) or open a new incarnation.")
    if entry.payload is None and (held := tx.entry_by_id(entry.id)) is not None:
        return held.seq  # no salt: the same thing said twice within a millisecond is one entry
    seq = tx.append(entry.signed, entry.payload, entry.blob, entry.same_as)
    if entry.payload is None:
        tx.apply(fold(Logged(seq, entry.id, entry.header, None)))
    else:
        tx.apply(fold(Logged(seq, entry.id, entry.header, entry.payload.data, entry.derived, entry.payload.openings)))
    return seq


def append_content(services: Services, kind: Kind, said: Mapping[str, object], **more: Any) -> tuple[int, MessageId]:
    """Append one message whose payload is JSON, in a transaction of its own; durable when this returns."""
    entry = prepare_content(services, kind, as_payload(said), **more)
    return services.store.write(lambda tx: append(tx, entry)), entry.id


def append_control(services: Services, kind: Kind, body: Mapping[str, object]) -> tuple[int, MessageId]:
    """Append one control message in a transaction of its own; durable when this returns."""
    entry = prepare_control(services, kind, body)
    return services.store.write(lambda tx: append(tx, entry)), entry.id


def as_payload(said: Mapping[str, object]) -> bytes:
    """JSON for a local payload. Its bytes are what counts, so it need not be canonical."""
    return json.dumps(said, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode("utf-8", "surrogatepass")


def _close(
    services: Services, refs: Mapping[str, Sequence[str]]
) -> tuple[bytes, tuple[tuple[str, tuple[str, ...]], ...]]:
    """Turn references into commitments for the header and openings that are erased with the payload."""
    openings: dict[str, list[list[str]]] = {}
    closed = []
    for name in sorted(name for name in refs if refs[name]):
        salts = [services.keys.random(SALT_BYTES) for _ in refs[name]]
        pairs = list(zip(salts, refs[name], strict=True))
        openings[name] = [[salt.hex(), target] for salt, target in pairs]
        closed.append((name, tuple(commitment(salt, name, target) for salt, target in pairs)))
    return canonical_json(openings), tuple(closed)
