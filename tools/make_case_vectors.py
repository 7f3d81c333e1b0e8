# SPDX-License-Identifier: Apache-2.0
"""Make docs/spec/vectors/cases/: what some documents of a case come to.

python -m tools.make_case_vectors [FOLDER]
"""

import json
import sys
from pathlib import Path
from typing import Any, Final

from lintas.model.case import Case, CaseFact, Said
from lintas.model.ids import MessageId
from lintas.views.case_fold import fold_case

FOLDER: Final = Path(__file__).resolve().parents[1] / "docs" / "spec" / "vectors" / "cases"
A, B, C = (f"lintas:{letter * 52}" for letter in "abc")


class Story:
    """Documents of one case."""

    def __init__(self) -> None:
        self.documents: list[dict[str, Any]] = []

    def say(self, author: str, what: Said, after: list[str], **fields: Any) -> str:
        """Write one; returns its id."""
        number = len(self.documents) + 1
        self.documents.append(
            {
                "node": author,
                "id": f"{number:032x}",
                "after": after,
                "what": what.value,
                "by": "officer-0001",
                "at": f"2026-03-01T03:00:{number:02d}.000Z",
                "fields": fields,
            }
        )
        return f"{number:032x}"

    def of_two(self) -> str:
        """A case of A that B joined; returns the newest document's id."""
        root = self.say(A, Said.OPENED, [], title="Parcel scam", area="", kind="")
        asked = self.say(A, Said.INVITED, [root], node=B, title="Parcel scam", members=[A], past=[])
        return self.say(B, Said.JOINED, [asked], officer="Wei")

    def titled(self, node: str, value: str, after: list[str]) -> str:
        """Give it another title."""
        return self.say(node, Said.CHANGED, after, field="title", value=value)


def stories() -> dict[str, Story]:
    """Every story by its name."""
    found: dict[str, Story] = {}

    def begun(name: str) -> tuple[Story, str]:
        found[name] = Story()
        return found[name], found[name].of_two()

    begun("a node joins")
    story, join = begun("two titles written past each other both stand")
    story.titled(A, "Ours", [join])
    story.titled(B, "Theirs", [join])
    story, join = begun("a document after both settles it")
    both = [story.titled(A, "Ours", [join]), story.titled(B, "Theirs", [join])]
    story.titled(B, "Agreed", sorted(both))
    story, join = begun("an outsider changes nothing")
    story.titled(C, "Evil", [join])
    story, join = begun("a member that does not coordinate invites nobody")
    asked = story.say(B, Said.INVITED, [join], node=C, title="", members=[A, B], past=[])
    story.say(C, Said.JOINED, [asked], officer="Nobody")
    story, join = begun("a document waits for the one that it names")
    story.titled(B, "Later", ["f" * 32])
    story, join = begun("the coordinating desk changes when both accepted")
    proposal = story.say(A, Said.COORDINATOR, [join], node=B, step="proposed", proposal="")
    story.say(B, Said.COORDINATOR, [proposal], node=B, step="accepted", proposal=proposal)
    story, join = begun("a proposal waits for the other desk")
    story.say(B, Said.COORDINATOR, [join], node=B, step="proposed", proposal="")
    story, join = begun("a task is ended by its node")
    task = story.say(A, Said.TASK, [join], title="Look", to=B, officer="", due="", request="")
    story.say(B, Said.TASK_STATE, [task], task=task, state="done")
    story, join = begun("whoever left says nothing more")
    left = story.say(B, Said.LEFT, [join])
    story.titled(B, "Afterwards", [left])
    story, join = begun("what comes after closing changes nothing")
    closed = story.say(A, Said.CLOSED, [join])
    story.titled(B, "Late", [closed])
    story, join = begun("an erased document is passed over")
    story.titled(A, "After it", ["e" * 32])
    story.say(A, Said.PASSED, [f"{1:032x}"], past=["e" * 32])
    return found


def read(documents: list[dict[str, Any]]) -> list[CaseFact]:
    """Documents of a vector as the fold takes them."""
    return [
        CaseFact(
            seq=number,
            message=MessageId(f"{number:064x}"),
            node=one["node"],
            id=one["id"],
            after=tuple(one["after"]),
            what=Said(one["what"]),
            by=one["by"],
            at=one["at"],
            said=one["fields"],
        )
        for number, one in enumerate(documents, start=1)
    ]


def outcome(case: Case) -> dict[str, Any]:
    """What a case comes to, as a vector says it."""
    return {
        "fields": {name: [[one.value, one.node] for one in values] for name, values in case.fields},
        "open": case.is_open,
        "members": {one.node: one.standing.value for one in case.members},
        "officers": {one.node: [value.value for value in one.officers] for one in case.members},
        "coordinators": list(case.coordinators),
        "proposals": {one.id: list(one.waits_for) for one in case.proposals},
        "tasks": {one.id: sorted({value.value for value in one.states}) for one in case.tasks},
        "heads": list(case.heads),
        "waiting": list(case.waiting),
        "idle": [list(one) for one in case.idle],
    }


def vectors() -> list[dict[str, Any]]:
    """Every vector."""
    return [
        {
            "name": name,
            "opener": A,
            "documents": story.documents,
            "comes_to": outcome(fold_case(A, read(story.documents))),
        }
        for name, story in stories().items()
    ]


def main(folder: Path = FOLDER) -> None:
    """Write the file."""
    folder.mkdir(parents=True, exist_ok=True)
    text = json.dumps(vectors(), indent=1, ensure_ascii=False, sort_keys=True)
    (folder / "folds.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER)
