# SPDX-License-Identifier: Apache-2.0
"""Keys for systems: each is one account's, for some activities, for some hours; shown once and stored as a digest.

A key can never do more than its account can at that moment, nor more than its own role and activities: the policy is
asked for both. Nothing that binds, and nothing that is masked, is ever within a key's reach.
"""

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final

from lintas.errors import NotAllowed, OverLimit, UnknownTerm, WrongUse
from lintas.formats.access import AccessTable, ActivityRow
from lintas.limits import API_KEY_DAYS_MAX, API_KEY_HOURS, API_KEYS_MAX
from lintas.model.header import Kind
from lintas.model.system_key_answers import SystemKeyLine, SystemKeyMade
from lintas.model.viewer import Viewer
from lintas.ports.accounts import AccountRow
from lintas.ports.identity import KeyRow
from lintas.ports.store import Snapshot, Transaction
from lintas.work.access import admit, permit
from lintas.work.accounts.people import account_body, find_open
from lintas.work.accounts.secret_tokens import digest_of, new_token, text_before
from lintas.work.accounts.viewing import viewer_of
from lintas.work.appending import append, prepare_control
from lintas.work.services import Services, as_text

KEY_PREFIX: Final = "lintas-key_"  # so that scanners for leaked secrets know one
KEY_ACTIVITIES: Final = (
    "find",
    "read",
    "take",
    "watch",
    "ledger.read",
    "trace.run",
    "peers.read",
)  # what systems can be let do
KEY_CHARS_MAX: Final = 200
LABEL_CHARS_MAX: Final = 80
ID_BYTES: Final = 8
TOUCH_EVERY_S: Final = 60  # a key's last use is written at most this often


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedKey:
    """A key that is good at this moment: whose it is, and what it is limited to."""

    id: str
    owner: Viewer  # the account, as it could act by itself
    viewer: Viewer  # the same person, in the key's role
    activities: frozenset[str]


def make_key(
    services: Services,
    actor: Viewer,
    *,
    account: str,
    role: str = "",
    activities: tuple[str, ...] = (),
    days: int = 0,
    label: str = "",
) -> SystemKeyMade:
    """Make a key for an account, given by id or name.

    Args:
        role: The account's own, or one that may no more than it; empty for the account's own.
        activities: Of KEY_ACTIVITIES; none for all of them that both roles may.
        days: Until it ends, 1 to API_KEY_DAYS_MAX; 0 for API_KEY_HOURS.

    Raises:
        NotAllowed: The actor may not, or not for somebody else's account.
        UnknownTerm: There is no such open account.
        WrongUse: The role or an activity is more than the account may, or is none.
        OverLimit: The account has too many keys.
    """
    permit(services, actor, "apikeys.change")
    if not 0 <= days <= API_KEY_DAYS_MAX:
        raise WrongUse(f"A key is good for 1 to {API_KEY_DAYS_MAX} days.")
    if len(label) > LABEL_CHARS_MAX or not label.isprintable():
        raise WrongUse(f"A key's label has up to {LABEL_CHARS_MAX} printable characters.")
    now = services.clock.now()
    expires = now + (timedelta(days=days) if days else timedelta(hours=API_KEY_HOURS))
    id_ = services.keys.random(ID_BYTES).hex()
    key = f"{KEY_PREFIX}{id_}_{new_token(services.keys)}"

    def make(tx: Transaction) -> KeyRow:
        owner = find_open(tx, account)
        if not actor.is_folder_owner and owner.id != actor.id:
            raise NotAllowed("You may make keys for your own account only.", rule="own")
        alive = [one for one in tx.api_keys() if one.account == owner.id and _state(one, owner, as_text(now)) == "live"]
        if len(alive) >= API_KEYS_MAX:
            raise OverLimit(f"{owner.id} has {API_KEYS_MAX} keys already.", hint="End one: lintas key end DIR ID")
        used = role or owner.role
        whole = viewer_of(services, tx, owner)
        row = KeyRow(
            digest=digest_of(key),
            id=id_,
            account=owner.id,
            label=label.strip(),
            role=used,
            activities=" ".join(_within(services.packs.access, whole, used, activities)),
            made_at=as_text(now),
            expires_at=as_text(expires),
            used_at="",
            ended_at="",
        )
        tx.add_api_key(row)
        append(tx, prepare_control(services, Kind.ACCOUNT, account_body(owner, "key_made")))
        return row

    made = services.store.write(make)
    return SystemKeyMade(
        key=key,
        id=made.id,
        account=made.account,
        role=made.role,
        activities=made.activities.split(),
        expires_at=made.expires_at,
    )


def list_keys(services: Services, actor: Viewer) -> list[SystemKeyLine]:
    """Keys of the actor's account, newest first; all of them for whoever has the node's folder.

    Raises:
        NotAllowed: The actor may not.
    """
    permit(services, actor, "apikeys.change")
    now = as_text(services.clock.now())

    def gather(snapshot: Snapshot) -> list[SystemKeyLine]:
        return [
            _shown(row, snapshot.account(row.account), now)
            for row in snapshot.api_keys()
            if actor.is_folder_owner or row.account == actor.id
        ]

    return services.store.read(gather)


def end_key(services: Services, actor: Viewer, id_: str) -> SystemKeyLine:
    """End a key, given by its id; that it has ended already is no error.

    Raises:
        NotAllowed: The actor may not.
        UnknownTerm: There is no such key of theirs.
    """
    permit(services, actor, "apikeys.change")
    now = as_text(services.clock.now())

    def end(tx: Transaction) -> SystemKeyLine:
        row = next((one for one in tx.api_keys() if one.id == id_.strip()), None)
        if row is None or not (actor.is_folder_owner or row.account == actor.id):
            raise UnknownTerm("There is no such key of yours.", hint="lintas key list DIR shows their ids.")
        owner = tx.account(row.account)
        assert owner is not None, "accounts are closed, never removed"
        if not row.ended_at:
            tx.end_api_key(row.id, ended_at=now)
        if not row.ended_at and owner.state == "open":  # a closed account has said its last in the log
            append(tx, prepare_control(services, Kind.ACCOUNT, account_body(owner, "key_ended")))
        return _shown(row._replace(ended_at=row.ended_at or now), owner, now)

    return services.store.write(end)


def open_key(services: Services, key: str) -> OpenedKey | None:
    """Return what a key opens at this moment; None when it is unknown, ended or expired, or its account is closed."""
    if not key.startswith(KEY_PREFIX) or len(key) > KEY_CHARS_MAX:
        return None
    moment, digest = services.clock.now(), digest_of(key)
    found = services.store.read(lambda snapshot: _good(services, snapshot, digest, as_text(moment)))
    if found is None:
        return None
    row, opened = found
    if row.used_at < text_before(moment, seconds=TOUCH_EVERY_S):
        services.store.write(lambda tx: tx.touch_api_key(digest, used_at=as_text(moment)))
    return opened


def admit_key(services: Services, opened: OpenedKey, activity: str) -> None:
    """Ask whether a key may do something at all: by its activities, by its role, and by its account as it is now.

    Raises:
        NotAllowed: One of the three says no.
    """
    if activity not in opened.activities or not _is_for_systems(services.packs.access.activities[activity]):
        label = services.packs.access.activities[activity].label
        raise NotAllowed(
            f"This key may not {label}: it was not made for that.", rule="key", hint="lintas key list DIR shows."
        )
    admit(services, opened.owner, activity)
    admit(services, opened.viewer, activity)


def _good(services: Services, snapshot: Snapshot, digest: bytes, now: str) -> tuple[KeyRow, OpenedKey] | None:
    row = snapshot.api_key(digest)
    account = snapshot.account(row.account) if row is not None else None
    if row is None or account is None or _state(row, account, now) != "live":
        return None
    owner = viewer_of(services, snapshot, account, session=row.id)
    if not _is_no_more(services.packs.access, owner, row.role):
        return None  # the account was given less since
    viewer = replace(owner, role=row.role)
    return row, OpenedKey(id=row.id, owner=owner, viewer=viewer, activities=frozenset(row.activities.split()))


def _within(table: AccessTable, owner: Viewer, role: str, asked: tuple[str, ...]) -> list[str]:
    """The activities of a new key.

    Raises:
        WrongUse: One is not for systems, or more than the account or the role may.
    """
    if role not in table.roles:
        raise WrongUse(f"{role[:40]!r} is no role.", hint=f"The roles are {', '.join(table.roles)}.")
    if not _is_no_more(table, owner, role):
        raise WrongUse(f"The role {role} sees more than {owner.id}, whose role is {owner.role}.")
    possible = [
        one
        for one in KEY_ACTIVITIES
        if (row := table.activities.get(one)) is not None
        and _is_for_systems(row)
        and {role, owner.role} <= row.roles
        and (not row.content or table.roles[role].content)
    ]
    if refused := [one for one in asked if one not in possible]:
        raise WrongUse(
            f"A key with the role {role} cannot be made for {refused[0][:40]!r}.",
            hint=f"It can be for: {', '.join(possible) or 'nothing'}.",
        )
    if not possible:
        raise WrongUse(f"There is nothing that a key with the role {role} could do.")
    return [one for one in possible if not asked or one in asked]


def _is_for_systems(row: ActivityRow) -> bool:
    return row.code in KEY_ACTIVITIES and not (row.binding or row.four_eyes or row.purpose)


def _is_no_more(table: AccessTable, owner: Viewer, role: str) -> bool:
    """Whether a role sees no more than an account by itself does."""
    own, used = table.roles.get(owner.role), table.roles.get(role)
    if own is None or used is None:
        return False
    return used.opens <= own.opens | owner.opens and own.content >= used.content and own.logs >= used.logs


def _state(row: KeyRow, account: AccountRow | None, now: str) -> str:
    if row.ended_at:
        return "ended"
    if account is None or account.state != "open":
        return "closed"
    return "expired" if row.expires_at <= now else "live"


def _shown(row: KeyRow, account: AccountRow | None, now: str) -> SystemKeyLine:
    return SystemKeyLine(
        id=row.id,
        account=row.account,
        label=row.label,
        role=row.role,
        activities=row.activities.split(),
        made_at=row.made_at,
        expires_at=row.expires_at,
        used_at=row.used_at,
        ended_at=row.ended_at,
        state=_state(row, account, now),
    )
