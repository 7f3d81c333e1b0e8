-- Accounts, sessions, one-time links and tries: local state of this node, no view of the log.

CREATE TABLE account (
    number     INTEGER PRIMARY KEY,
    id         TEXT NOT NULL UNIQUE,
    name       TEXT NOT NULL,
    name_key   TEXT NOT NULL,
    role       TEXT NOT NULL,
    clearance  INTEGER NOT NULL,
    password   TEXT NOT NULL,
    state      TEXT NOT NULL,
    created_at TEXT NOT NULL,
    closed_at  TEXT NOT NULL
) STRICT;

-- A name is free again once its account is closed.
CREATE UNIQUE INDEX account_name ON account (name_key) WHERE state <> 'closed';

CREATE TABLE account_session (
    digest     BLOB PRIMARY KEY,
    account    TEXT NOT NULL,
    started_at TEXT NOT NULL,
    seen_at    TEXT NOT NULL
) STRICT;

CREATE INDEX account_session_account ON account_session (account);

CREATE TABLE account_link (
    digest  BLOB PRIMARY KEY,
    account TEXT NOT NULL,
    made_at TEXT NOT NULL
) STRICT;

CREATE TABLE account_try (
    subject BLOB NOT NULL,
    at      TEXT NOT NULL
) STRICT;

CREATE INDEX account_try_subject ON account_try (subject, at);
