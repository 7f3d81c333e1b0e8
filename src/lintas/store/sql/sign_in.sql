-- sign_in_totp --
-- A person's app that shows codes, when it is on.
SELECT account, secret, last_step FROM account_totp WHERE account = :account AND is_on = 1;

-- sign_in_totp_put --
-- Turn codes on, or say which was used last.
INSERT INTO account_totp (account, secret, last_step, is_on) VALUES (:account, :secret, :last_step, 1)
    ON CONFLICT (account) DO UPDATE SET secret = excluded.secret, last_step = excluded.last_step, is_on = 1;

-- sign_in_totp_end --
-- Turn codes off.
DELETE FROM account_totp WHERE account = :account;

-- sign_in_recovery --
-- One recovery code of a person.
SELECT account FROM account_recovery WHERE digest = :digest AND account = :account;

-- sign_in_recovery_left --
-- How many recovery codes a person has left.
SELECT COUNT(*) FROM account_recovery WHERE account = :account;

-- sign_in_recovery_add --
-- Keep a recovery code.
INSERT INTO account_recovery (digest, account) VALUES (:digest, :account);

-- sign_in_recovery_use --
-- Remove a recovery code that was used.
DELETE FROM account_recovery WHERE digest = :digest AND account = :account;

-- sign_in_recovery_end --
-- Remove every recovery code of a person.
DELETE FROM account_recovery WHERE account = :account;

-- sign_in_passkey --
-- How one passkey was last used.
SELECT credential, account, label, uses, used_at FROM account_passkey WHERE credential = :credential;

-- sign_in_passkey_put --
-- Say how a passkey is called and was used.
INSERT INTO account_passkey (credential, account, label, uses, used_at)
VALUES (:credential, :account, :label, :uses, :used_at)
    ON CONFLICT (credential) DO UPDATE SET label = excluded.label, uses = excluded.uses, used_at = excluded.used_at;

-- sign_in_sessions_of --
-- A person's sessions by their newest tokens, newest first.
SELECT digest, account, started_at, seen_at, device, how, issuer, sid, first, made_at, rotated_at, is_used
  FROM account_session
 WHERE account = :account AND rotated_at = ''
 ORDER BY started_at DESC, digest;

-- sign_in_newest_token --
-- A session by its newest token.
SELECT digest, account, started_at, seen_at, device, how, issuer, sid, first, made_at, rotated_at, is_used
  FROM account_session
 WHERE first = :first AND rotated_at = '';

-- sign_in_token_retire --
-- Say that a token was exchanged for a fresh one.
UPDATE account_session SET rotated_at = :rotated_at WHERE digest = :digest;

-- sign_in_session_end --
-- End one session of a person, with every token that it had.
DELETE FROM account_session WHERE account = :account AND first = :first;

-- sign_in_others_end --
-- End every session of a person but one.
DELETE FROM account_session WHERE account = :account AND first <> :first;
