-- identity_account --
-- The account of somebody who signs in elsewhere, the open one first.
SELECT number, id, name, name_key, role, clearance, password, state, created_at, closed_at, opens, issuer,
       subject, agency, language
  FROM account
 WHERE issuer = :issuer AND subject = :subject
 ORDER BY CASE state WHEN 'closed' THEN 1 ELSE 0 END, number DESC
 LIMIT 1;

-- identity_account_set --
-- Say who somebody is elsewhere.
UPDATE account SET issuer = :issuer, subject = :subject, agency = :agency WHERE id = :id;

-- identity_challenge --
-- One challenge of one purpose.
SELECT said, made_at FROM account_challenge WHERE digest = :digest AND purpose = :purpose;

-- identity_challenges --
-- How many challenges of one purpose wait.
SELECT COUNT(*) FROM account_challenge WHERE purpose = :purpose;

-- identity_challenge_add --
-- Keep a challenge.
INSERT INTO account_challenge (digest, purpose, account, said, made_at)
VALUES (:digest, :purpose, :account, :said, :made_at);

-- identity_challenge_end --
-- Take a challenge out.
DELETE FROM account_challenge WHERE digest = :digest AND purpose = :purpose;

-- identity_challenges_forget --
-- Remove challenges of one purpose that are too old.
DELETE FROM account_challenge WHERE purpose = :purpose AND made_at < :before;

-- identity_sessions_end_sid --
-- End the sessions that one session at the provider opened.
DELETE FROM account_session WHERE issuer = :issuer AND sid = :sid AND sid <> '';

-- identity_sessions_end_subject --
-- End the sessions that somebody opened by the provider; beside one that is named, those that name none.
DELETE FROM account_session
 WHERE issuer = :issuer
   AND account IN (SELECT id FROM account WHERE issuer = :issuer AND subject = :subject AND subject <> '')
   AND (:sid = '' OR sid = '');

-- identity_key --
-- One key of a system.
SELECT digest, id, account, label, role, activities, made_at, expires_at, used_at, ended_at
  FROM account_key
 WHERE digest = :digest;

-- identity_keys --
-- All keys of systems, newest first.
SELECT digest, id, account, label, role, activities, made_at, expires_at, used_at, ended_at
  FROM account_key
 ORDER BY made_at DESC, id;

-- identity_key_add --
-- Keep a key.
INSERT INTO account_key (digest, id, account, label, role, activities, made_at, expires_at, used_at, ended_at)
VALUES (:digest, :id, :account, :label, :role, :activities, :made_at, :expires_at, :used_at, :ended_at);

-- identity_key_touch --
-- Say that a key is in use.
UPDATE account_key SET used_at = :used_at WHERE digest = :digest;

-- identity_key_end --
-- End a key.
UPDATE account_key SET ended_at = :ended_at WHERE id = :id AND ended_at = '';
