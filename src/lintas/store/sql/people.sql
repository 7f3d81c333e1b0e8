-- view_class_add --
-- Put a message into a protected class.
UPDATE message SET classes = classes | :bit WHERE id = :id;

-- view_class_release --
-- Take a message out of a protected class.
UPDATE message SET classes = classes - (classes & :bit) WHERE id = :id;

-- view_need_list_put --
-- Show a need-to-know list; one that was opened before stays as it was.
INSERT INTO need_list (list, opened_by, opened_at, closed_at) VALUES (:list, :by, :at, '')
    ON CONFLICT (list) DO NOTHING;

-- view_need_list_close --
-- Show that nobody joins a list any more.
UPDATE need_list SET closed_at = :at WHERE list = :list AND closed_at = '';

-- view_need_join --
-- Put a person on a list.
INSERT INTO need_member (list, person, since) VALUES (:list, :person, :at) ON CONFLICT (list, person) DO NOTHING;

-- view_need_leave --
-- Take a person off a list.
DELETE FROM need_member WHERE list = :list AND person = :person;

-- view_need_restrict --
-- Restrict a message to a list.
INSERT INTO need (seq, list) SELECT m.seq, :list FROM message m WHERE m.id = :id ON CONFLICT (seq, list) DO NOTHING;

-- view_need_restricted --
-- Show on the message that it is restricted.
UPDATE message SET needs = 1 WHERE id = :id;

-- view_need_free --
-- Take a message off a list.
DELETE FROM need WHERE list = :list AND seq = (SELECT m.seq FROM message m WHERE m.id = :id);

-- view_need_freed --
-- Show on the message whether a list restricts it still.
UPDATE message SET needs = 0 WHERE id = :id AND NOT EXISTS (SELECT 1 FROM need n WHERE n.seq = message.seq);

-- view_duty_put --
-- Show a shift or a deputy.
INSERT INTO duty (id, seq, what, person, stands_for, starts_at, ends_at, ended_at)
VALUES (:id, :seq, :what, :person, :stands_for, :starts_at, :ends_at, '')
    ON CONFLICT (id) DO NOTHING;

-- view_duty_end --
-- Show that a shift or a deputy was ended before its time.
UPDATE duty SET ended_at = :at WHERE id = :id AND ended_at = '';

-- view_credential_put --
-- Show a passkey.
INSERT INTO credential (id, seq, account, algorithm, public, vouched_by, added_at, ended_at)
VALUES (:id, :seq, :account, :algorithm, :public, :vouched_by, :at, '')
    ON CONFLICT (id) DO NOTHING;

-- view_credential_end --
-- Show that a passkey counts no more.
UPDATE credential SET ended_at = :at WHERE id = :id AND ended_at = '';

-- view_order_put --
-- Show what somebody proposed.
INSERT INTO act_order (id, seq, action, by, at, expires_at, ground, classes)
VALUES (:id, :seq, :action, :by, :at, :expires_at, :ground, :classes);

-- view_order_remove --
-- Forget what somebody proposed.
DELETE FROM act_order WHERE seq = :seq;

-- view_assent_put --
-- Show what somebody said to an order.
INSERT INTO assent (seq, act_order, verdict, by, at, credential)
VALUES (:seq, :order, :verdict, :by, :at, :credential);

-- view_access_put --
-- Show that somebody read something.
INSERT INTO access (seq, viewer, verb, purpose, policy, at, shown)
VALUES (:seq, :viewer, :verb, :purpose, :policy, :at, :shown);

-- view_seen_put --
-- Show that an access entry showed a message.
INSERT INTO seen (message, access) VALUES (:message, :access) ON CONFLICT (message, access) DO NOTHING;

-- view_access_answer --
-- Show who acknowledged that oversight opened content.
UPDATE access SET answered_by = :by, answered_at = :at
 WHERE seq = (SELECT m.seq FROM message m WHERE m.id = :id) AND verb = 'opened' AND answered_by = '';

-- view_access_remove --
-- Forget who read something.
DELETE FROM access WHERE seq = :seq;

-- view_seen_remove --
-- Forget what an access entry showed.
DELETE FROM seen WHERE access = :seq;

-- empty_need --
-- Remove every restriction.
DELETE FROM need;

-- empty_need_list --
-- Remove every need-to-know list.
DELETE FROM need_list;

-- empty_need_member --
-- Remove everybody from every list.
DELETE FROM need_member;

-- empty_duty --
-- Remove every shift and deputy.
DELETE FROM duty;

-- empty_credential --
-- Remove every passkey.
DELETE FROM credential;

-- empty_act_order --
-- Remove every order.
DELETE FROM act_order;

-- empty_assent --
-- Remove every assent.
DELETE FROM assent;

-- empty_access --
-- Remove every access.
DELETE FROM access;

-- empty_seen --
-- Remove what every access showed.
DELETE FROM seen;

-- dump_need --
-- Every restriction.
SELECT seq, list FROM need ORDER BY seq, list;

-- dump_need_list --
-- Every need-to-know list.
SELECT list, opened_by, opened_at, closed_at FROM need_list ORDER BY list;

-- dump_need_member --
-- Everybody on every list.
SELECT list, person, since FROM need_member ORDER BY list, person;

-- dump_duty --
-- Every shift and deputy.
SELECT id, seq, what, person, stands_for, starts_at, ends_at, ended_at FROM duty ORDER BY seq;

-- dump_credential --
-- Every passkey.
SELECT id, seq, account, algorithm, public, vouched_by, added_at, ended_at FROM credential ORDER BY seq;

-- dump_act_order --
-- Every order.
SELECT id, seq, action, by, at, expires_at, ground, classes FROM act_order ORDER BY seq;

-- dump_assent --
-- Every assent.
SELECT seq, act_order, verdict, by, at, credential FROM assent ORDER BY seq;

-- dump_access --
-- Every access.
SELECT seq, viewer, verb, purpose, policy, at, shown, answered_by, answered_at FROM access ORDER BY seq;

-- dump_seen --
-- What every access showed.
SELECT message, access FROM seen ORDER BY message, access;

-- people_duties_of --
-- Shifts and deputies of one person, newest first.
SELECT id, seq, what, person, stands_for, starts_at, ends_at, ended_at FROM duty WHERE person = :person ORDER BY seq DESC;

-- people_duties --
-- Shifts and deputies that end after a time, in order of their start.
SELECT id, seq, what, person, stands_for, starts_at, ends_at, ended_at
  FROM duty
 WHERE ends_at > :since AND ended_at = ''
 ORDER BY starts_at, seq;

-- people_duty --
-- One shift or deputy.
SELECT id, seq, what, person, stands_for, starts_at, ends_at, ended_at FROM duty WHERE id = :id;

-- people_lists_of --
-- Need-to-know lists that one person is on.
SELECT list FROM need_member WHERE person = :person ORDER BY list;

-- people_need_lists --
-- Every need-to-know list, with how many messages it restricts.
SELECT l.list, l.opened_by, l.opened_at, l.closed_at, (SELECT COUNT(*) FROM need n WHERE n.list = l.list)
  FROM need_list l
 ORDER BY l.list;

-- people_members --
-- Who is on one list.
SELECT person FROM need_member WHERE list = :list ORDER BY person;

-- people_lists_on --
-- Lists that one message is restricted to.
SELECT list FROM need WHERE seq = :seq ORDER BY list;

-- people_credential --
-- One passkey, ended ones too.
SELECT id, seq, account, algorithm, public, vouched_by, added_at, ended_at FROM credential WHERE id = :id;

-- people_credentials_of --
-- Passkeys of one person, ended ones too, oldest first.
SELECT id, seq, account, algorithm, public, vouched_by, added_at, ended_at
  FROM credential
 WHERE account = :account
 ORDER BY seq;

-- people_credentials --
-- Every passkey that counts, oldest first.
SELECT id, seq, account, algorithm, public, vouched_by, added_at, ended_at
  FROM credential
 WHERE ended_at = ''
 ORDER BY seq;

-- people_order --
-- One order.
SELECT id, seq, action, by, at, expires_at, ground, classes FROM act_order WHERE id = :id;

-- people_orders --
-- Orders before a place in the log, newest first.
SELECT id, seq, action, by, at, expires_at, ground, classes
  FROM act_order
 WHERE seq < :before
 ORDER BY seq DESC LIMIT :limit;

-- people_orders_open --
-- Orders that are neither done, refused, lapsed nor fully reviewed, oldest first.
SELECT o.id, o.seq, o.action, o.by, o.at, o.expires_at, o.ground, o.classes
  FROM act_order o
 WHERE NOT EXISTS (SELECT 1 FROM assent a WHERE a.act_order = o.id
                    AND a.verdict IN ('refused', 'lapsed', 'reviewed', 'objected'))
   AND (NOT EXISTS (SELECT 1 FROM assent a WHERE a.act_order = o.id AND a.verdict = 'done')
        OR EXISTS (SELECT 1 FROM assent a WHERE a.act_order = o.id AND a.verdict = 'alone'))
 ORDER BY o.seq;

-- people_assents --
-- What people said to one order, in order.
SELECT seq, act_order, verdict, by, at, credential FROM assent WHERE act_order = :order ORDER BY seq;

-- people_seen --
-- Access entries that showed one message, newest first.
SELECT a.seq, m.id, a.viewer, a.verb, a.purpose, a.policy, a.at, a.shown, a.answered_by, a.answered_at
  FROM seen s
  JOIN access a ON a.seq = s.access
  JOIN message m ON m.seq = a.seq
 WHERE s.message = :message AND a.seq < :before
 ORDER BY a.seq DESC LIMIT :limit;

-- people_accesses --
-- Access entries before a place in the log, newest first.
SELECT a.seq, m.id, a.viewer, a.verb, a.purpose, a.policy, a.at, a.shown, a.answered_by, a.answered_at
  FROM access a
  JOIN message m ON m.seq = a.seq
 WHERE a.seq < :before
 ORDER BY a.seq DESC LIMIT :limit;

-- people_accesses_of --
-- Access entries of one person before a place in the log, newest first.
SELECT a.seq, m.id, a.viewer, a.verb, a.purpose, a.policy, a.at, a.shown, a.answered_by, a.answered_at
  FROM access a
  JOIN message m ON m.seq = a.seq
 WHERE a.viewer = :viewer AND a.seq < :before
 ORDER BY a.seq DESC LIMIT :limit;

-- people_accesses_found --
-- Access entries before a place in the log that a search may mean, newest first; an empty condition is none.
SELECT a.seq
  FROM access a
 WHERE a.seq < :before
   AND (:viewer = '' OR a.viewer = :viewer)
   AND (:verb = '' OR a.verb = :verb)
   AND (:policy = '' OR a.policy = :policy)
   AND a.at >= :since AND a.at < :until
 ORDER BY a.seq DESC LIMIT :limit;

-- people_openings --
-- Access entries by which oversight opened content, newest first; those that nobody acknowledged, or all.
SELECT a.seq, m.id, a.viewer, a.verb, a.purpose, a.policy, a.at, a.shown, a.answered_by, a.answered_at
  FROM access a
  JOIN message m ON m.seq = a.seq
 WHERE a.verb = 'opened' AND (:every = 1 OR a.answered_by = '')
 ORDER BY a.seq DESC LIMIT :limit;

-- people_accesses_showing --
-- Access entries before a place in the log that showed one message, newest first.
SELECT s.access FROM seen s WHERE s.message = :message AND s.access < :before ORDER BY s.access DESC LIMIT :limit;

-- people_trail --
-- How many access entries stand, how many the view has, how many messages they showed by its count, how many rows of
-- it say so.
SELECT (SELECT COUNT(*) FROM message m WHERE m.kind = 'access' AND m.erased = 0), (SELECT COUNT(*) FROM access),
       (SELECT COALESCE(SUM(a.shown), 0) FROM access a), (SELECT COUNT(*) FROM seen);
