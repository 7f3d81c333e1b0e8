# SPDX-License-Identifier: Apache-2.0
"""Who may sign in to this node, and how."""

from lintas.work.accounts.changing import change_people, change_people_in, check_change, show_account
from lintas.work.accounts.links import LinkShown, create_link, show_link, use_link
from lintas.work.accounts.listing import list_people
from lintas.work.accounts.people import (
    AccountShown,
    close_account,
    create_account,
    list_accounts,
    set_password,
)
from lintas.work.accounts.sessions import Session, Started, form_secret, is_form_secret, session_of, sign_out
from lintas.work.accounts.signing_in import sign_in

__all__ = [
    "AccountShown",
    "LinkShown",
    "Session",
    "Started",
    "change_people",
    "change_people_in",
    "check_change",
    "close_account",
    "create_account",
    "create_link",
    "form_secret",
    "is_form_secret",
    "list_accounts",
    "list_people",
    "session_of",
    "set_password",
    "show_account",
    "show_link",
    "sign_in",
    "sign_out",
    "use_link",
]
