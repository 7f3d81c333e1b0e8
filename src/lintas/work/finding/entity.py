# SPDX-License-Identifier: Apache-2.0
"""Everything that a viewer may see of one entity, source by source."""

from msgspec import structs

from lintas.errors import UnknownTerm
from lintas.model.find_answers import EntityShown
from lintas.model.found import MASKED
from lintas.model.marking import classes_of
from lintas.model.scope import Scope
from lintas.model.viewer import Viewer
from lintas.ports.store import Snapshot
from lintas.work.access import record_access, scope_of
from lintas.work.finding.show import grounds, identifier, statement, strictest
from lintas.work.finding.unmasking import UNMASK, unmasks
from lintas.work.services import Services

_STATEMENTS_MAX = 500  # of one entity on one page; more are said to exist
_APPEARANCES_MAX = 200


def show_entity(
    services: Services, viewer: Viewer, key: str, *, purpose: str = "", unmask: bool = False
) -> EntityShown:
    """Show one entity; values of different sources stand side by side.

    Args:
        unmask: Show what is masked of it, for the purpose, for this one view; what takes two people stays masked.

    Raises:
        UnknownTerm: There is none that this viewer may see; whether there is another, this does not tell.
        NotAllowed: They may not unmask, or said no purpose.
    """
    scope = scope_of(services, viewer, "read")
    if unmask:
        viewer, scope = unmasks(services, viewer, purpose)
    shown = services.store.read(lambda snapshot: _gather(services, snapshot, key, scope))
    shown = structs.replace(shown, unmasked=unmask)
    verb = UNMASK if unmask else "entity"
    record_access(services, viewer, verb, {"entity": key}, [s.message for s in shown.sources], purpose=purpose)
    return shown


def _gather(services: Services, snapshot: Snapshot, key: str, scope: Scope) -> EntityShown:
    appearances = snapshot.appearances(key, scope=scope, limit=_APPEARANCES_MAX)
    facts = snapshot.facts_about(key, scope=scope, limit=_STATEMENTS_MAX + 1)
    incoming = snapshot.facts_pointing_at(key, scope=scope, limit=_STATEMENTS_MAX + 1)
    held = snapshot.held_by(key, scope=scope, limit=_STATEMENTS_MAX)
    if not (appearances or facts or incoming or held):
        raise UnknownTerm("There is no such entity that you may see.")
    seqs = {one.seq for one in appearances} | {fact.seq for fact in (*facts, *incoming)} | {one.seq for one in held}
    heads = snapshot.heads(seqs, scope=scope)
    pointed = [fact.value for fact in facts if fact.kind == "entity"]
    captions = snapshot.captions([*pointed, *(fact.entity for fact in incoming)], scope=scope)
    # a name that one source gives openly is shown; masked alone means that no source does
    names = list(dict.fromkeys(one.caption for one in appearances if one.caption != MASKED))
    names += [MASKED] if appearances and not names else []
    return EntityShown(
        id=key,
        schema=appearances[0].schema if appearances else "",
        caption=names[0] if names else key,
        also=names[1:],
        statements=[statement(fact, heads, captions) for fact in facts[:_STATEMENTS_MAX]],
        incoming=[statement(fact._replace(value=fact.entity), heads, captions) for fact in incoming[:_STATEMENTS_MAX]],
        identifiers=[identifier(one, heads, services.packs) for one in held],
        sources=[grounds(heads[seq]) for seq in sorted(heads, reverse=True)],
        tlp=strictest(heads.values()),
        more=len(facts) > _STATEMENTS_MAX or len(incoming) > _STATEMENTS_MAX,
        masked=any(head.masked for head in heads.values()),
        classes=sorted({one for head in heads.values() for one in classes_of(head.classes)}),
    )
