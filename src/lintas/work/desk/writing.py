# SPDX-License-Identifier: Apache-2.0
"""Write a document of the desk into the log, and send it to the other desk: the one way for both.

What is true if we die: `prepare_doc` writes nothing that counts; `write_in` and `send_in` are part of the caller's
transaction, so a document is there with its place in the recipient's stream, or neither is.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from lintas.errors import LintasError, NotAllowed, WrongUse
from lintas.formats.desk import encode_doc
from lintas.model.desk import DESK_TYPE, DeskDoc, Doc
from lintas.model.desk_ref import make_ref
from lintas.model.header import Kind
from lintas.model.ids import MessageId
from lintas.model.marking import Marking, Protected, Tlp
from lintas.model.reading import ReadOptions
from lintas.model.share_answers import ReleasedLine
from lintas.model.viewer import Viewer
from lintas.ports.readers import DeriveJob
from lintas.ports.store import Snapshot, Transaction
from lintas.work.alerting import fire_watches
from lintas.work.appending import Prepared, append, prepare_content
from lintas.work.intake.recipe import Recipe, reader_packs, recipe_for
from lintas.work.services import Services, as_text
from lintas.work.sharing.share import share_in

_READER = "desk/1"
_OWN = "the desk"


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A document that is about to be written."""

    doc: Doc
    ref: str
    said: Mapping[str, Any]
    by: str  # pseudonym; `SELF` where the node itself says what it was told
    after: tuple[str, ...] = ()
    id: str = ""  # drawn when empty
    to: frozenset[str] = frozenset()  # nodes that may have it; nobody when empty
    purposes: frozenset[str] = frozenset()
    bases: frozenset[str] = frozenset()
    classes: frozenset[Protected] = frozenset()
    areas: tuple[str, ...] = ()
    tlp: Tlp = Tlp.AMBER  # of what travels; what does not is TLP:AMBER+STRICT at least
    is_open: bool = False  # it may travel later, to whom its writer then names


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A document that only waits for its place in the log."""

    doc: DeskDoc
    entry: Prepared
    recipe: Recipe = field(repr=False)
    purposes: frozenset[str] = frozenset()  # for which, and on which bases, it may travel
    bases: frozenset[str] = frozenset()


def new_id(services: Services) -> str:
    """An id for a document: 32 hex digits, random."""
    return services.keys.random(16).hex()


def new_ref(services: Services, snapshot: Snapshot, doc: Doc) -> str:
    """A reference that this node has not used."""
    while True:
        ref = make_ref(services.config.country, doc, services.keys.random)
        if not snapshot.has_ref(ref):
            return ref


def prepare_doc(services: Services, draft: Draft) -> Written:
    """Check, read and sign a document. Nothing of it is written yet.

    Raises:
        Malformed: It says what no document may.
        OverLimit: It is larger than a document may be.
        SandboxLimit: Reading it took more than it may.
    """
    doc = DeskDoc(
        draft.doc,
        draft.ref,
        draft.id or new_id(services),
        draft.after,
        draft.by,
        as_text(services.clock.now()),
        draft.said,
    )
    raw = encode_doc(doc)
    packs = reader_packs(services.packs)
    options = ReadOptions(region=services.config.region)
    recipe = recipe_for(services.keys, _READER, options, packs)
    (derived,) = services.readers.derive_each([DeriveJob(_READER, raw, DESK_TYPE, options, packs)])
    if isinstance(derived, LintasError):
        raise derived
    marking = Marking(
        tlp=draft.tlp if draft.to or draft.is_open else Tlp(max(draft.tlp, Tlp.AMBER_STRICT)),
        recipients=draft.to,
        purposes=draft.purposes,
        legal_basis=draft.bases,
        classes=draft.classes,
    )
    entry = prepare_content(
        services,
        Kind.ITEM,
        raw,
        media_type=DESK_TYPE,
        marking=marking,
        areas=draft.areas,
        reading=recipe.digest,
        derived=derived,
    )
    return Written(doc=doc, entry=entry, recipe=recipe, purposes=draft.purposes, bases=draft.bases)


def write_in(services: Services, tx: Transaction, written: Written) -> int:
    """Append a document, and fire the watches that it meets; returns its place. Part of the caller's transaction."""
    written.recipe.keep(tx)
    seq = append(tx, written.entry)
    fire_watches(services, tx, [written.entry], _OWN)
    return seq


def send_in(
    services: Services,
    tx: Transaction,
    viewer: Viewer,
    message: MessageId,
    *,
    to: str,
    activity: str,
    purpose: str = "",
    basis: str = "",
) -> ReleasedLine:
    """Release a document that was just written to one node, before everything else that waits for it.

    Args:
        activity: Of the access policy, by which the person may do it.

    Raises:
        NotAllowed: The release decision refuses it; the rule and sentence are its own.
    """
    done = share_in(
        services, tx, viewer, [message], to=[to], purpose=purpose, basis=basis, urgent=True, activity=activity
    )
    if done.refused:
        line = done.refused[0]
        raise NotAllowed(f"It may not go to {line.name or to[:24]}: {line.reason}.", rule=line.rule)
    if not done.released:
        raise WrongUse("Nothing was sent.")
    return done.released[0]
