-- What sign-in knows beside names and passwords: local state of this node, no view of the log.

-- Closed classes that a person was cleared for beside their role's: codes with blanks between.
ALTER TABLE account ADD COLUMN opens TEXT NOT NULL DEFAULT '';

-- Of a person who signs in elsewhere (OpenID Connect): issuer and subject, and the agency that it named.
ALTER TABLE account ADD COLUMN issuer TEXT NOT NULL DEFAULT '';

ALTER TABLE account ADD COLUMN subject TEXT NOT NULL DEFAULT '';

ALTER TABLE account ADD COLUMN agency TEXT NOT NULL DEFAULT '';

CREATE UNIQUE INDEX account_subject ON account (issuer, subject) WHERE subject <> '' AND state <> 'closed';

-- TOTP: the secret, and the last time step that was used, so that no code opens twice.
CREATE TABLE account_totp (
    account   TEXT PRIMARY KEY,
    secret    BLOB NOT NULL,
    last_step INTEGER NOT NULL,
    is_on     INTEGER NOT NULL
) STRICT;

CREATE TABLE account_recovery (
    digest  BLOB PRIMARY KEY,
    account TEXT NOT NULL
) STRICT;

CREATE INDEX account_recovery_account ON account_recovery (account);

-- How a passkey was last used; the key itself is a view of the log.
CREATE TABLE account_passkey (
    credential TEXT PRIMARY KEY,
    account    TEXT NOT NULL,
    label      TEXT NOT NULL,
    uses       INTEGER NOT NULL,
    used_at    TEXT NOT NULL
) STRICT;

-- Challenges that a browser is to answer, and states of sign-ins elsewhere: used once, soon too old.
CREATE TABLE account_challenge (
    digest  BLOB PRIMARY KEY,
    purpose TEXT NOT NULL,
    account TEXT NOT NULL,
    said    TEXT NOT NULL,
    made_at TEXT NOT NULL
) STRICT;

ALTER TABLE account_session ADD COLUMN device TEXT NOT NULL DEFAULT '';

-- How it began: password, password+totp, passkey, link, oidc, recovery.
ALTER TABLE account_session ADD COLUMN how TEXT NOT NULL DEFAULT '';

-- Of OpenID Connect: the provider's session, which it may end.
ALTER TABLE account_session ADD COLUMN issuer TEXT NOT NULL DEFAULT '';

ALTER TABLE account_session ADD COLUMN sid TEXT NOT NULL DEFAULT '';

-- A session changes its token while it is used. Each token has a row; `first` is the digest of the session's first.
ALTER TABLE account_session ADD COLUMN first BLOB;

ALTER TABLE account_session ADD COLUMN made_at TEXT NOT NULL DEFAULT '';

-- When a token was exchanged for a fresh one; it opens the session for a moment longer.
ALTER TABLE account_session ADD COLUMN rotated_at TEXT NOT NULL DEFAULT '';

-- Whether the browser ever came with this token: an answer that gave it may have been lost.
ALTER TABLE account_session ADD COLUMN is_used INTEGER NOT NULL DEFAULT 1;

UPDATE account_session SET first = digest, made_at = started_at;

CREATE INDEX account_session_first ON account_session (first);

-- Keys for engineers' systems: scoped, short-lived.
CREATE TABLE account_key (
    digest     BLOB PRIMARY KEY,
    id         TEXT NOT NULL UNIQUE,
    account    TEXT NOT NULL,
    label      TEXT NOT NULL,
    role       TEXT NOT NULL,
    activities TEXT NOT NULL,
    made_at    TEXT NOT NULL,
    expires_at TEXT NOT NULL,
    used_at    TEXT NOT NULL,
    ended_at   TEXT NOT NULL
) STRICT;
