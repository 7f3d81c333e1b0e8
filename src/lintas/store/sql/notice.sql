-- notice_list --
-- The outboxes of all targets.
SELECT target, id, upto, made_at, state, tries, next_at, reason, sent_at FROM notice ORDER BY target;

-- notice_put --
-- Keep a target's newest notice in the place of the earlier one.
INSERT INTO notice (target, id, upto, made_at, state, tries, next_at, reason, sent_at)
VALUES (:target, :id, :upto, :made_at, :state, :tries, :next_at, :reason, :sent_at)
ON CONFLICT (target) DO UPDATE
   SET id = excluded.id, upto = excluded.upto, made_at = excluded.made_at, state = excluded.state,
       tries = excluded.tries, next_at = excluded.next_at, reason = excluded.reason, sent_at = excluded.sent_at;

-- notice_remove --
-- Forget a target.
DELETE FROM notice WHERE target = :target;

-- notice_waiting --
-- Unacknowledged alerts in numbers: all, those beyond a place in the log, when the first of these happened, the last.
SELECT COUNT(*), COALESCE(SUM(CASE WHEN a.seq > :upto THEN 1 ELSE 0 END), 0),
       COALESCE(MIN(CASE WHEN a.seq > :upto THEN a.at END), ''), COALESCE(MAX(a.seq), -1)
  FROM alert a
  JOIN message m ON m.id = a.message
 WHERE a.acknowledged_by = '' AND (m.classes & :closed) = 0;
