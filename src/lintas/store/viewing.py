# SPDX-License-Identifier: Apache-2.0
"""Apply to the views what entries change, and compare two builds of them."""

import json
from collections.abc import Callable, Iterable, Mapping
from hashlib import sha256
from struct import unpack
from typing import Any, Final

from lintas.model.ids import MessageId
from lintas.store.case_views import CASE_APPLY, CASE_VIEWS, CaseViews
from lintas.store.derived import BLOCK_BITS, DerivedWrites
from lintas.store.desk_views import DESK_APPLY, DESK_VIEWS, DeskViews
from lintas.store.ledger import LEDGER_VIEWS, LedgerViews
from lintas.store.peer_views import PEER_APPLY, PEER_ERASED, PEER_VIEWS, PeerViews
from lintas.store.people_views import PEOPLE_APPLY, PEOPLE_ERASED, PEOPLE_VIEWS, PeopleViews
from lintas.store.questions import QUESTION_VIEWS, QuestionViews
from lintas.store.traces import TRACE_APPLY, TRACE_VIEWS, TraceViews
from lintas.views.desk_rows import CameRow
from lintas.views.questions import QuestionRow
from lintas.views.rows import (
    AlertRow,
    Change,
    DerivedRows,
    EndedRow,
    ErasedRow,
    IntakeRow,
    MessageRow,
    UnreadRow,
    WatchRow,
)

VIEWS: Final = (
    "message",
    "intake",
    "intake_item",
    "entity",
    "appearance",
    "value",
    "statement",
    "identifier",
    "posting",
    "gram",
    "watch",
    "watch_term",
    "alert",
    *PEER_VIEWS,
    *PEOPLE_VIEWS,
    *DESK_VIEWS,
    *CASE_VIEWS,
    *LEDGER_VIEWS,
    *TRACE_VIEWS,
    *QUESTION_VIEWS,
)
_ENDINGS: Final = {"watch": "view_watch_end", "alert": "view_alert_acknowledge", "opened": "view_access_answer"}
_DICTIONARIES: Final = ("marking", "prop")  # words that only other views refer to


class ViewWrites(DerivedWrites, PeerViews, PeopleViews, DeskViews, CaseViews, LedgerViews, TraceViews, QuestionViews):
    """Part of one transaction."""

    def apply(self, changes: Iterable[Change]) -> None:
        """Apply what entries change in the views, in order."""
        for change in changes:
            _APPLY[type(change)](self, change)

    def empty_views(self) -> None:
        """Remove every row of every view, in this transaction."""
        for view in (*VIEWS, *_DICTIONARIES):
            self._run(f"empty_{view}")
        self.start_derived()

    def views_digest(self) -> dict[str, tuple[int, str]]:
        """Per view: how many rows, and a SHA-256 over them in their natural keys."""
        self.write_derived()
        return {
            view: self._digest_of(self._grams_by_text() if view == "gram" else self._each(f"dump_{view}"))
            for view in VIEWS
        }

    def _grams_by_text(self) -> Iterable[tuple[Any, ...]]:
        digests = dict(self._all("dump_value_number"))
        current, members = "", list[bytes]()
        for gram, block, packed in self._each("dump_gram"):
            if gram != current and members:
                yield current, b"".join(sorted(members))
                members = []
            current = gram
            members += [digests[block << BLOCK_BITS | one] for one in unpack(f"<{len(packed) // 2}H", packed)]
        if members:
            yield current, b"".join(sorted(members))

    def _digest_of(self, rows: Iterable[tuple[Any, ...]]) -> tuple[int, str]:
        digest, count = sha256(), 0
        for row in rows:
            digest.update(repr(row).encode("utf-8", "surrogatepass"))
            count += 1
        return count, digest.hexdigest()

    def show_message(self, row: MessageRow) -> None:
        """Show a message."""
        values = row._asdict() | {"id": bytes.fromhex(row.id), "marking": self.marking_number(row.marking)}
        self._run("view_message_put", values)

    def show_derived(self, row: DerivedRows) -> None:
        """Show what a message says."""
        self.put_derived(row.seq, row.derived)
        self.show_ledger(row.seq, row.derived)

    def show_unread(self, row: UnreadRow) -> None:
        """Forget what messages say."""
        self.remove_derived(row.seqs)
        for seq in row.seqs:
            self.forget_ledger(seq)

    def show_all_came(self, row: CameRow) -> None:
        """Count what came by this node's clock."""
        self.show_came(row)
        self.show_trace_came(row)

    def show_intake(self, row: IntakeRow) -> None:
        """Show a taken file."""
        values = row._asdict()
        items = values.pop("items")
        values["rejected"] = json.dumps(row.rejected, ensure_ascii=False, separators=(",", ":"))
        self._run("view_intake_put", values)
        seqs = [self._number("seq_of", {"id": bytes.fromhex(item)}) for item in items]
        self._run_many(
            "view_intake_item_put",
            [{"intake": row.seq, "position": position, "item": seq} for position, seq in enumerate(seqs)],
        )

    def show_watch(self, row: WatchRow) -> None:
        """Show a watch."""
        values = row._asdict() | {"id": bytes.fromhex(row.id)}
        terms = values.pop("terms")
        self._run("view_watch_put", values)
        self._run_many("view_watch_term_put", [{"scheme": s, "value": v, "watch": row.seq} for s, v in terms])

    def show_alert(self, row: AlertRow) -> None:
        """Show an alert once."""
        raw = {name: bytes.fromhex(getattr(row, name)) for name in ("id", "watch", "message")}
        self._run("view_alert_put", row._asdict() | raw)

    def show_ended(self, row: EndedRow) -> None:
        """Show who ended or acknowledged."""
        self._run(_ENDINGS[row.what], {"id": bytes.fromhex(row.target), "by": row.by, "at": row.at})

    def show_erased(self, row: ErasedRow) -> None:
        """Forget what was erased."""
        props: set[int] = set()
        for message in row.messages:
            props |= self._forget(message)
        # Once for all of them: of a name that nothing uses any more, all statements are looked through.
        self.remove_unused_props(props)

    def _forget(self, message: MessageId) -> set[int]:
        """Forget one message; returns the numbers of the properties that it used."""
        found = self._one("seq_of", {"id": bytes.fromhex(message)})
        if found is None:
            return set()
        where = {"seq": found[0]}
        props = self.remove_derived(found)
        for name in (
            "view_message_erased",
            "view_intake_remove",
            "view_intake_items_remove",
            "view_watch_remove",
            "view_watch_terms_remove",
            "view_alert_remove",
            *PEER_ERASED,
            *PEOPLE_ERASED,
        ):
            self._run(name, where)
        self.forget_desk(where["seq"])
        self.forget_case(where["seq"])
        self.forget_trace(where["seq"])
        self.forget_question(where["seq"])
        self.forget_ledger(where["seq"])
        return props


_APPLY: Final[Mapping[type, Callable[[ViewWrites, Any], None]]] = {
    MessageRow: ViewWrites.show_message,
    DerivedRows: ViewWrites.show_derived,
    UnreadRow: ViewWrites.show_unread,
    IntakeRow: ViewWrites.show_intake,
    WatchRow: ViewWrites.show_watch,
    AlertRow: ViewWrites.show_alert,
    EndedRow: ViewWrites.show_ended,
    ErasedRow: ViewWrites.show_erased,
    **PEER_APPLY,
    **PEOPLE_APPLY,
    **DESK_APPLY,
    **CASE_APPLY,
    **TRACE_APPLY,
    QuestionRow: ViewWrites.show_question,
    CameRow: ViewWrites.show_all_came,
}
