-- account_by_id --
-- One account by its id, closed ones too.
SELECT number, id, name, name_key, role, clearance, password, state, created_at, closed_at, opens, issuer,
       subject, agency, language
  FROM account
 WHERE id = :id;

-- account_by_name --
-- The account with this folded name that is not closed.
SELECT number, id, name, name_key, role, clearance, password, state, created_at, closed_at, opens, issuer,
       subject, agency, language
  FROM account
 WHERE name_key = :name_key AND state <> 'closed';

-- account_list --
-- All accounts in order of their numbers.
SELECT number, id, name, name_key, role, clearance, password, state, created_at, closed_at, opens, issuer,
       subject, agency, language
  FROM account
 ORDER BY number;

-- account_add --
-- Add an account; a second open one of the same name is refused.
INSERT INTO account
       (number, id, name, name_key, role, clearance, password, state, created_at, closed_at, opens, issuer, subject,
        agency, language)
VALUES (:number, :id, :name, :name_key, :role, :clearance, :password, :state, :created_at, :closed_at, :opens, :issuer,
        :subject, :agency, :language);

-- account_set_state --
-- Open or close an account.
UPDATE account SET state = :state, closed_at = :closed_at WHERE id = :id;

-- account_set_rights --
-- Give an account another role, clearance, or closed classes.
UPDATE account SET role = :role, clearance = :clearance, opens = :opens WHERE id = :id;

-- account_set_password --
-- Replace the password string of an account.
UPDATE account SET password = :password WHERE id = :id;

-- account_set_language --
-- Keep which language a person reads pages in.
UPDATE account SET language = :language WHERE id = :id;

-- account_session_by_digest --
-- One session.
SELECT digest, account, started_at, seen_at, device, how, issuer, sid, first, made_at, rotated_at, is_used
  FROM account_session
 WHERE digest = :digest;

-- account_session_add --
-- Start a session.
INSERT INTO account_session
       (digest, account, started_at, seen_at, device, how, issuer, sid, first, made_at, rotated_at, is_used)
VALUES (:digest, :account, :started_at, :seen_at, :device, :how, :issuer, :sid, :first, :made_at, :rotated_at,
        :is_used);

-- account_session_touch --
-- Say that a session is in use.
UPDATE account_session SET seen_at = :seen_at, is_used = 1 WHERE digest = :digest;

-- account_session_end --
-- End one session, with every token that it had.
DELETE FROM account_session WHERE first = (SELECT first FROM account_session WHERE digest = :digest);

-- account_sessions_end --
-- End every session of one account.
DELETE FROM account_session WHERE account = :account;

-- account_sessions_forget --
-- Remove sessions that started too long ago.
DELETE FROM account_session WHERE started_at < :before;

-- account_link_by_digest --
-- The account that an unused one-time link opens, if the link is not too old.
SELECT account FROM account_link WHERE digest = :digest AND made_at > :since;

-- account_link_add --
-- Keep a one-time link.
INSERT INTO account_link (digest, account, made_at) VALUES (:digest, :account, :made_at);

-- account_link_use --
-- Remove a one-time link.
DELETE FROM account_link WHERE digest = :digest;

-- account_links_end --
-- Remove every one-time link of one account.
DELETE FROM account_link WHERE account = :account;

-- account_links_forget --
-- Remove one-time links that are too old.
DELETE FROM account_link WHERE made_at < :before;

-- account_tries --
-- How many tries to sign in as one subject began after a time.
SELECT COUNT(*) FROM account_try WHERE subject = :subject AND at > :since;

-- account_try_add --
-- Count a try to sign in.
INSERT INTO account_try (subject, at) VALUES (:subject, :at);

-- account_tries_forget --
-- Forget the tries of one subject.
DELETE FROM account_try WHERE subject = :subject;

-- account_tries_forget_old --
-- Forget tries that are too old to count.
DELETE FROM account_try WHERE at < :before;
