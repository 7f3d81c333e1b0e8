# SPDX-License-Identifier: Apache-2.0
"""Apply what entries about named people change in the views."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from lintas.store.rows import Rows
from lintas.views.people_rows import AccessRow, AssentRow, ClassedRow, CredentialRow, DutyRow, NeedRow, OrderRow

PEOPLE_VIEWS: Final = (
    "need",
    "need_list",
    "need_member",
    "duty",
    "credential",
    "act_order",
    "assent",
    "access",
    "seen",
)
PEOPLE_ERASED: Final = ("view_order_remove", "view_access_remove", "view_seen_remove")


class PeopleViews(Rows):
    """Part of one transaction."""

    def show_classed(self, row: ClassedRow) -> None:
        """Show that messages got or lost a protected class."""
        name = "view_class_add" if row.is_added else "view_class_release"
        self._run_many(name, [{"id": bytes.fromhex(message), "bit": row.bit} for message in row.messages])

    def show_need(self, row: NeedRow) -> None:
        """Show what became of a need-to-know list."""
        values = {"list": row.list, "person": row.person, "by": row.by, "at": row.at}
        messages = [{"list": row.list, "id": bytes.fromhex(message)} for message in row.messages]
        for name in _LIST_STEPS.get(row.action, ()):
            self._run(name, values)
        for name in _MESSAGE_STEPS.get(row.action, ()):
            self._run_many(name, messages)

    def show_duty(self, row: DutyRow) -> None:
        """Show a shift or a deputy, or its end."""
        name = "view_duty_end" if row.is_ended else "view_duty_put"
        self._run(name, row._asdict() | {"id": bytes.fromhex(row.id)})

    def show_credential(self, row: CredentialRow) -> None:
        """Show a passkey, or its end."""
        self._run("view_credential_end" if row.is_ended else "view_credential_put", row._asdict())

    def show_order(self, row: OrderRow) -> None:
        """Show what somebody proposed."""
        self._run("view_order_put", row._asdict() | {"id": bytes.fromhex(row.id)})

    def show_assent(self, row: AssentRow) -> None:
        """Show what somebody said to an order."""
        self._run("view_assent_put", row._asdict() | {"order": bytes.fromhex(row.order)})

    def show_access(self, row: AccessRow) -> None:
        """Show who read what."""
        self._run("view_access_put", row._asdict() | {"shown": len(row.shown)})
        seen = [{"message": bytes.fromhex(message), "access": row.seq} for message in row.shown]
        self._run_many("view_seen_put", seen)


_LIST_STEPS: Final[Mapping[str, tuple[str, ...]]] = {
    "opened": ("view_need_list_put",),
    "joined": ("view_need_join",),
    "left": ("view_need_leave",),
    "closed": ("view_need_list_close",),
}
_MESSAGE_STEPS: Final[Mapping[str, tuple[str, ...]]] = {
    "restricted": ("view_need_restrict", "view_need_restricted"),
    "freed": ("view_need_free", "view_need_freed"),
}
PEOPLE_APPLY: Final[Mapping[type, Callable[[Any, Any], None]]] = {
    ClassedRow: PeopleViews.show_classed,
    NeedRow: PeopleViews.show_need,
    DutyRow: PeopleViews.show_duty,
    CredentialRow: PeopleViews.show_credential,
    OrderRow: PeopleViews.show_order,
    AssentRow: PeopleViews.show_assent,
    AccessRow: PeopleViews.show_access,
}
