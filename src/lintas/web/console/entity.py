# SPDX-License-Identifier: Apache-2.0
"""Entity: everything that may be seen of one person, account, device or thing, source by source."""

from collections.abc import Iterable, Mapping
from itertools import groupby

from starlette.responses import Response

from lintas.errors import UnknownTerm
from lintas.model.find_answers import EntityShown, Grounds, StatementShown
from lintas.model.marking import Tlp
from lintas.web.calls import Call
from lintas.web.console.page import page, question_of, watermark
from lintas.work.finding import show_entity


def show(call: Call) -> Response:
    """Show one entity."""
    key = call.query("key")
    if not key:
        raise UnknownTerm("No entity was named.", hint="Open one from a result of Find.")
    question_id, question = question_of(call)
    purpose = question.purpose if question else ""
    return _page(call, show_entity(call.services, call.viewer, key, purpose=purpose), question_id, purpose)


def show_unmasked(call: Call) -> Response:
    """Show one entity with what is masked of it: this once, for the purpose that was said."""
    key = call.form.text("key")
    purpose = call.form.text("why")[:200]
    return _page(call, show_entity(call.services, call.viewer, key, purpose=purpose, unmask=True), "", purpose)


def _page(call: Call, shown: EntityShown, question_id: str, purpose: str) -> Response:
    key = shown.id
    grounds: Mapping[str, Grounds] = {source.message: source for source in shown.sources}
    return page(
        call,
        "entity.html",
        title=shown.caption or shown.id,
        section="find",
        tlp=Tlp.from_text(shown.tlp) if shown.tlp else None,
        entity=shown,
        properties=by_property(shown.statements),
        incoming=by_property(shown.incoming),
        grounds=grounds,
        question_id=question_id,
        purpose=purpose,
        watermark=watermark(call, purpose) if shown.classes else "",
        revoked_by=tuple(dict.fromkeys(said.message for said in shown.statements if is_revoked(said, key))),
    )


def is_revoked(said: StatementShown, key: str) -> bool:
    """Say whether a statement withdraws the entity itself: STIX's `revoked`."""
    return said.prop == "revoked" and said.value.lower() == "true" and said.entity in ("", key)


def by_property(statements: Iterable[StatementShown]) -> list[tuple[str, list[StatementShown]]]:
    """Group statements by property, in order of first appearance within equal names."""
    ordered = sorted(statements, key=lambda said: said.prop)
    return [(prop, list(group)) for prop, group in groupby(ordered, key=lambda said: said.prop)]
