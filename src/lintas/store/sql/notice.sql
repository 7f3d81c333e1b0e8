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
-- Unacknowledged alerts and requests, orders that wait for a second person, and clocks that ran out unseen, in numbers:
-- all, those beyond a place in the log, when the first of these happened, the last. What was done alone waits anew once it
-- is escalated.
WITH waits (seq, at) AS (
    SELECT a.seq, a.at
      FROM alert a
      JOIN message m ON m.id = a.message
     WHERE a.acknowledged_by = '' AND (m.classes & :closed) = 0
    UNION ALL
    SELECT MAX(t.seq), MAX(t.at)
      FROM assent t
      JOIN act_order o ON o.id = t.act_order
     WHERE t.verdict IN ('confirmed', 'alone', 'escalated') AND (o.classes & :closed) = 0
       AND NOT EXISTS (SELECT 1 FROM assent s WHERE s.act_order = t.act_order
                        AND s.verdict IN ('approved', 'refused', 'lapsed', 'reviewed', 'objected'))
       AND (NOT EXISTS (SELECT 1 FROM assent s WHERE s.act_order = t.act_order AND s.verdict = 'done')
            OR EXISTS (SELECT 1 FROM assent s WHERE s.act_order = t.act_order AND s.verdict = 'alone'))
     GROUP BY t.act_order
    UNION ALL
    SELECT r.seq, r.came
      FROM request r
      JOIN message m ON m.seq = r.seq
     WHERE r.state = 'requested' AND r.side = 'answerer' AND r.open = 1 AND (m.classes & :closed) = 0
    UNION ALL
    SELECT d.seq, d.at
      FROM due d
      JOIN message m ON m.id = d.target
      LEFT JOIN request r ON r.message = d.target
     WHERE d.seen_at = '' AND d.state = 'missed' AND (m.classes & :closed) = 0
       AND NOT (d.clock = 'acknowledge' AND COALESCE(r.state, '') = 'requested' AND r.side = 'answerer')
)
SELECT COUNT(*), COALESCE(SUM(CASE WHEN w.seq > :upto THEN 1 ELSE 0 END), 0),
       COALESCE(MIN(CASE WHEN w.seq > :upto THEN w.at END), ''), COALESCE(MAX(w.seq), -1)
  FROM waits w;

-- notice_pressing --
-- What nobody has taken on yet: requests to this desk that nobody acknowledged, clocks that ran out unseen, and holds or
-- reviews that are about to. Of a request that nobody acknowledged its own clock says the same once more.
SELECT r.seq, r.came, r.desk
  FROM request r
  JOIN message m ON m.seq = r.seq
 WHERE r.state = 'requested' AND r.side = 'answerer' AND r.open = 1 AND (m.classes & :closed) = 0
UNION ALL
SELECT d.seq, d.at, CASE WHEN r.side = 'answerer' THEN r.desk ELSE '' END
  FROM due d
  JOIN message m ON m.id = d.target
  LEFT JOIN request r ON r.message = d.target
 WHERE d.seen_at = '' AND (m.classes & :closed) = 0
   AND (d.state = 'missed' AND NOT (d.clock = 'acknowledge' AND COALESCE(r.state, '') = 'requested' AND r.side = 'answerer')
        OR d.state = 'warned' AND d.clock IN ('expiry', 'review')
           AND EXISTS (SELECT 1 FROM clock c WHERE c.target = d.target AND c.clock = d.clock AND c.item = d.item
                          AND c.at = d.due_at)
           AND NOT EXISTS (SELECT 1 FROM due e WHERE e.target = d.target AND e.clock = d.clock AND e.item = d.item
                              AND e.due_at = d.due_at AND e.state = 'missed'))
 ORDER BY 1
 LIMIT :most;
