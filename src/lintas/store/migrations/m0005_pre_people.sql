-- Protected classes and need-to-know on messages, and the views of named people's acts: all of them views of the log.

ALTER TABLE message ADD COLUMN classes INTEGER NOT NULL DEFAULT 0;

ALTER TABLE message ADD COLUMN needs INTEGER NOT NULL DEFAULT 0;

CREATE INDEX message_classed ON message (classes) WHERE classes <> 0;

-- Which need-to-know lists a message is restricted to.
CREATE TABLE need (
    seq   INTEGER NOT NULL,
    list  TEXT NOT NULL,
    PRIMARY KEY (seq, list)
) STRICT, WITHOUT ROWID;

CREATE INDEX need_of_list ON need (list);

-- Need-to-know lists; a list is a case's, or stands alone.
CREATE TABLE need_list (
    list      TEXT PRIMARY KEY,
    opened_by TEXT NOT NULL,
    opened_at TEXT NOT NULL,
    closed_at TEXT NOT NULL
) STRICT;

CREATE TABLE need_member (
    list   TEXT NOT NULL,
    person TEXT NOT NULL,
    since  TEXT NOT NULL,
    PRIMARY KEY (list, person)
) STRICT, WITHOUT ROWID;

CREATE INDEX need_member_person ON need_member (person);

-- Shifts, and who stands in for whom: `person` acts for `stands_for`, which is empty for a shift.
CREATE TABLE duty (
    id         BLOB PRIMARY KEY,
    seq        INTEGER NOT NULL,
    what       TEXT NOT NULL,
    person     TEXT NOT NULL,
    stands_for TEXT NOT NULL,
    starts_at  TEXT NOT NULL,
    ends_at    TEXT NOT NULL,
    ended_at   TEXT NOT NULL
) STRICT;

CREATE INDEX duty_person ON duty (person, what);

-- Passkeys: public keys with which people confirm what they decide. `vouched_by` is the order under which one was added;
-- empty for a person's first one.
CREATE TABLE credential (
    id         TEXT PRIMARY KEY,
    seq        INTEGER NOT NULL,
    account    TEXT NOT NULL,
    algorithm  INTEGER NOT NULL,
    public     TEXT NOT NULL,
    vouched_by TEXT NOT NULL,
    added_at   TEXT NOT NULL,
    ended_at   TEXT NOT NULL
) STRICT;

CREATE INDEX credential_account ON credential (account);

-- What named people propose to do; what it is stands in the order's payload.
CREATE TABLE act_order (
    id         BLOB PRIMARY KEY,
    seq        INTEGER NOT NULL UNIQUE,
    action     TEXT NOT NULL,
    by         TEXT NOT NULL,
    at         TEXT NOT NULL,
    expires_at TEXT NOT NULL,
    ground     TEXT NOT NULL,
    classes    INTEGER NOT NULL
) STRICT;

CREATE INDEX act_order_by ON act_order (by, seq);

-- What named people said to an order, each with their own passkey's assertion.
CREATE TABLE assent (
    seq        INTEGER PRIMARY KEY,
    act_order  BLOB NOT NULL,
    verdict    TEXT NOT NULL,
    by         TEXT NOT NULL,
    at         TEXT NOT NULL,
    credential TEXT NOT NULL
) STRICT;

CREATE INDEX assent_order ON assent (act_order, seq);

-- Who read what: one row for each access entry, and one for each message that it showed. `answered_by` acknowledged
-- that oversight opened content.
CREATE TABLE access (
    seq     INTEGER PRIMARY KEY,
    viewer  TEXT NOT NULL,
    verb    TEXT NOT NULL,
    purpose TEXT NOT NULL,
    policy  TEXT NOT NULL,
    at      TEXT NOT NULL,
    shown   INTEGER NOT NULL,
    answered_by TEXT NOT NULL DEFAULT '',
    answered_at TEXT NOT NULL DEFAULT ''
) STRICT;

CREATE INDEX access_viewer ON access (viewer, seq);

CREATE INDEX access_opened ON access (seq) WHERE verb = 'opened';

CREATE TABLE seen (
    message BLOB NOT NULL,
    access  INTEGER NOT NULL,
    PRIMARY KEY (message, access)
) STRICT, WITHOUT ROWID;

CREATE INDEX seen_access ON seen (access);
