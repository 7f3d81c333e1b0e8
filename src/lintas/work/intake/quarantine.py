# SPDX-License-Identifier: Apache-2.0
"""What is given and should not be read: set aside with a sentence, shown, and released or dropped by a named person.

A file that nothing speaks against never touches this: it goes from memory to a reader in the sandbox, as before.
What is set aside is in no view, no search and no backup; whoever released or dropped it stands in the log.
"""

from typing import Final

from lintas.errors import BadInput, NotAllowed, SetAside, UnknownTerm
from lintas.formats.suspicion import Suspicion, suspicion_of
from lintas.limits import REASON_CHARS_MAX
from lintas.model.marking import Tlp
from lintas.model.viewer import Viewer
from lintas.ports.quarantine import Aside
from lintas.work.access import permit, record_access
from lintas.work.intake.options import TakenFile, TakeOptions
from lintas.work.services import Services, as_text

_GROUND_CHARS: Final = (10, REASON_CHARS_MAX)
_LOCAL: Final = "local:"  # begins the name of who acts with the folder, without one of their own


def look_at(services: Services, actor: Viewer, file: TakenFile, options: TakeOptions) -> None:
    """Let a file pass, or set it aside.

    Raises:
        SetAside: It was; the message says why and under which id.
    """
    found = suspicion_of(file.data, file.name, declared=options.format.partition("/")[0])
    if found is not None:
        raise set_aside(services, actor, file, options, found)


def set_aside(services: Services, actor: Viewer, file: TakenFile, options: TakeOptions, found: Suspicion) -> SetAside:
    """Put a file into the quarantine and return what its giver is told."""
    given = options.marking.tlp if options.marking is not None else services.config.default_marking
    aside = Aside(
        id=services.keys.random(16).hex(),
        name=file.name,
        size_bytes=len(file.data),
        rule=found.rule,
        reason=found.reason[:REASON_CHARS_MAX],
        at=as_text(services.clock.now()),
        by=actor.id,
        tlp=max(given, services.config.default_marking),
    )
    if not services.quarantine.put(aside, file.data):
        return SetAside(f"{found.reason} It was refused: the quarantine is full.", hint="lintas quarantine DIR list")
    record_access(services, actor, "set aside", {"file": aside.id, "rule": found.rule, "size": aside.size_bytes}, [])
    return SetAside(
        f"{found.reason} It was set aside as {aside.id} and not read.",
        hint=f"A named person may release it: lintas quarantine DIR release {aside.id} --as NAME --ground WHY",
    )


def list_aside(services: Services, viewer: Viewer) -> list[Aside]:
    """What lies there that the viewer is cleared for, oldest first.

    Raises:
        NotAllowed: The viewer may not.
    """
    permit(services, viewer, "quarantine.read")
    return [one for one in services.quarantine.listed() if one.tlp <= viewer.clearance]


def show_aside(services: Services, viewer: Viewer, id_: str) -> Aside:
    """What is known of one file; never its content.

    Raises:
        UnknownTerm: There is none of that id, or of one beginning, that the viewer may see.
    """
    found = [one for one in list_aside(services, viewer) if id_ and one.id.startswith(id_)]
    if len(found) != 1:
        raise UnknownTerm("No file of that id is in the quarantine.", hint="lintas quarantine DIR list")
    return found[0]


def release(services: Services, viewer: Viewer, id_: str, *, ground: str) -> tuple[Aside, bytes]:
    """Give a file out to a named person who answers for it; it stays until it is dropped or too old.

    Raises:
        BadInput: The ground says nothing.
        NotAllowed: The viewer has no name of their own, or may not.
        UnknownTerm: There is none.
    """
    aside = _answered_for(services, viewer, id_, ground)
    data = services.quarantine.data(aside.id)
    if data is None:
        raise UnknownTerm("No file of that id is in the quarantine.", hint="lintas quarantine DIR list")
    said = {"file": aside.id, "rule": aside.rule, "ground": ground}
    record_access(services, viewer, "quarantine release", said, [], purpose=ground)  # before the bytes leave
    return aside, data


def drop(services: Services, viewer: Viewer, id_: str, *, ground: str) -> Aside:
    """Destroy a file.

    Raises:
        As `release`.
    """
    aside = _answered_for(services, viewer, id_, ground)
    said = {"file": aside.id, "rule": aside.rule, "ground": ground}
    record_access(services, viewer, "quarantine drop", said, [], purpose=ground)
    services.quarantine.remove(aside.id)
    return aside


def _answered_for(services: Services, viewer: Viewer, id_: str, ground: str) -> Aside:
    permit(services, viewer, "quarantine.release")
    if viewer.id.startswith(_LOCAL):
        raise NotAllowed("A named person answers for it.", rule="named", hint="--as NAME")
    least, most = _GROUND_CHARS
    if not least <= len(ground.strip()) <= most:
        raise BadInput(f"The ground has {least} to {most} characters.", hint="Say why, for who reads the log.")
    return show_aside(services, viewer, id_)


def mark_name(aside: Aside) -> str:
    """The name under which a file is given out: no program starts it by its name."""
    return f"{aside.id}.quarantined"


def label_of(aside: Aside) -> str:
    """Its marking as people read it."""
    return Tlp(aside.tlp).label
