-- watch_list --
-- All watches, newest first.
SELECT w.seq, w.id, w.owner, w.note, w.created_at, w.expires_at, w.ended_at,
       (SELECT COUNT(*) FROM watch_term t WHERE t.watch = w.seq)
  FROM watch w ORDER BY w.seq DESC;

-- watch_list_of --
-- Watches of one owner, newest first.
SELECT w.seq, w.id, w.owner, w.note, w.created_at, w.expires_at, w.ended_at,
       (SELECT COUNT(*) FROM watch_term t WHERE t.watch = w.seq)
  FROM watch w WHERE w.owner = :owner ORDER BY w.seq DESC;

-- watch_one --
-- One watch.
SELECT w.seq, w.id, w.owner, w.note, w.created_at, w.expires_at, w.ended_at,
       (SELECT COUNT(*) FROM watch_term t WHERE t.watch = w.seq)
  FROM watch w WHERE w.id = :id;

-- watch_terms --
-- Terms of one watch.
SELECT t.scheme, t.value FROM watch_term t JOIN watch w ON w.seq = t.watch WHERE w.id = :id ORDER BY t.scheme, t.value;

-- watch_any --
-- Whether any watch stands.
SELECT 1 FROM watch WHERE ended_at = '' LIMIT 1;

-- watching --
-- Live watches on one identifier.
SELECT w.seq, w.id, w.owner, w.note, w.created_at, w.expires_at, w.ended_at, 0
  FROM watch_term t JOIN watch w ON w.seq = t.watch
 WHERE t.scheme = :scheme AND t.value = :value AND w.ended_at = '' AND w.expires_at > :at
 ORDER BY w.seq;

-- alerts_after --
-- Alerts that the viewer may see, in order.
SELECT a.seq, a.id, a.watch, COALESCE(w.note, ''), a.message, m.originator,
       COALESCE((SELECT i.source FROM intake_item ii JOIN intake i ON i.seq = ii.intake
                   JOIN message f ON f.seq = ii.intake
                  WHERE ii.item = m.seq AND /*visible f*/ AND (f.classes & :masked) = 0 ORDER BY ii.intake LIMIT 1), ''),
       m.tlp, m.grading, a.scheme, a.value, a.reason, a.at, a.acknowledged_by, a.acknowledged_at,
       COALESCE(w.owner, ''),
       COALESCE((SELECT h.heir FROM handover h WHERE h.target = e.id ORDER BY h.seq DESC LIMIT 1), w.owner, ''),
       m.classes & :masked
  FROM alert a
  JOIN entry e ON e.seq = a.seq
  JOIN message m ON m.id = a.message
  LEFT JOIN watch w ON w.id = a.watch
 WHERE a.seq > :after AND /*visible m*/
 ORDER BY a.seq LIMIT :limit;

-- alerts_newest --
-- Alerts that the viewer may see, newest first.
SELECT a.seq, a.id, a.watch, COALESCE(w.note, ''), a.message, m.originator,
       COALESCE((SELECT i.source FROM intake_item ii JOIN intake i ON i.seq = ii.intake
                   JOIN message f ON f.seq = ii.intake
                  WHERE ii.item = m.seq AND /*visible f*/ AND (f.classes & :masked) = 0 ORDER BY ii.intake LIMIT 1), ''),
       m.tlp, m.grading, a.scheme, a.value, a.reason, a.at, a.acknowledged_by, a.acknowledged_at,
       COALESCE(w.owner, ''),
       COALESCE((SELECT h.heir FROM handover h WHERE h.target = e.id ORDER BY h.seq DESC LIMIT 1), w.owner, ''),
       m.classes & :masked
  FROM alert a
  JOIN entry e ON e.seq = a.seq
  JOIN message m ON m.id = a.message
  LEFT JOIN watch w ON w.id = a.watch
 WHERE a.seq > :after AND /*visible m*/
 ORDER BY a.seq DESC LIMIT :limit;

-- alerts_had_after --
-- Alerts that one person has and that the viewer may see, in order: handed to them, or of their own watch.
SELECT a.seq, a.id, a.watch, COALESCE(w.note, ''), a.message, m.originator,
       COALESCE((SELECT i.source FROM intake_item ii JOIN intake i ON i.seq = ii.intake
                   JOIN message f ON f.seq = ii.intake
                  WHERE ii.item = m.seq AND /*visible f*/ AND (f.classes & :masked) = 0 ORDER BY ii.intake LIMIT 1), ''),
       m.tlp, m.grading, a.scheme, a.value, a.reason, a.at, a.acknowledged_by, a.acknowledged_at,
       COALESCE(w.owner, ''), CAST(:person AS TEXT), m.classes & :masked
  FROM alert a
  JOIN entry e ON e.seq = a.seq
  JOIN message m ON m.id = a.message
  LEFT JOIN watch w ON w.id = a.watch
 WHERE a.seq > :after AND /*visible m*/
   AND COALESCE((SELECT h.heir FROM handover h WHERE h.target = e.id ORDER BY h.seq DESC LIMIT 1), w.owner, '') = :person
 ORDER BY a.seq LIMIT :limit;

-- alerts_had_newest --
-- Alerts that one person has and that the viewer may see, newest first.
SELECT a.seq, a.id, a.watch, COALESCE(w.note, ''), a.message, m.originator,
       COALESCE((SELECT i.source FROM intake_item ii JOIN intake i ON i.seq = ii.intake
                   JOIN message f ON f.seq = ii.intake
                  WHERE ii.item = m.seq AND /*visible f*/ AND (f.classes & :masked) = 0 ORDER BY ii.intake LIMIT 1), ''),
       m.tlp, m.grading, a.scheme, a.value, a.reason, a.at, a.acknowledged_by, a.acknowledged_at,
       COALESCE(w.owner, ''), CAST(:person AS TEXT), m.classes & :masked
  FROM alert a
  JOIN entry e ON e.seq = a.seq
  JOIN message m ON m.id = a.message
  LEFT JOIN watch w ON w.id = a.watch
 WHERE a.seq > :after AND /*visible m*/
   AND COALESCE((SELECT h.heir FROM handover h WHERE h.target = e.id ORDER BY h.seq DESC LIMIT 1), w.owner, '') = :person
 ORDER BY a.seq DESC LIMIT :limit;

-- alert_one --
-- One alert that the viewer may see.
SELECT a.seq, a.id, a.watch, COALESCE(w.note, ''), a.message, m.originator,
       COALESCE((SELECT i.source FROM intake_item ii JOIN intake i ON i.seq = ii.intake
                   JOIN message f ON f.seq = ii.intake
                  WHERE ii.item = m.seq AND /*visible f*/ AND (f.classes & :masked) = 0 ORDER BY ii.intake LIMIT 1), ''),
       m.tlp, m.grading, a.scheme, a.value, a.reason, a.at, a.acknowledged_by, a.acknowledged_at,
       COALESCE(w.owner, ''),
       COALESCE((SELECT h.heir FROM handover h WHERE h.target = e.id ORDER BY h.seq DESC LIMIT 1), w.owner, ''),
       m.classes & :masked
  FROM alert a
  JOIN entry e ON e.seq = a.seq
  JOIN message m ON m.id = a.message
  LEFT JOIN watch w ON w.id = a.watch
 WHERE a.id = :id AND /*visible m*/;

-- alert_tallies --
-- Alerts since a time that the viewer may see, counted by watch and originator.
SELECT a.watch, m.originator, COUNT(*), SUM(CASE WHEN a.acknowledged_by = '' THEN 1 ELSE 0 END), MIN(a.at), MAX(a.at)
  FROM alert a
  JOIN message m ON m.id = a.message
 WHERE a.at >= :since AND /*visible m*/
 GROUP BY a.watch, m.originator
 ORDER BY MAX(a.at) DESC, m.originator;

-- alert_values --
-- What met one watch since a time, as far as the viewer may see it, the latest first.
SELECT a.scheme, a.value
  FROM alert a
  JOIN message m ON m.id = a.message
 WHERE a.at >= :since AND a.watch = :watch AND /*visible m*/ AND (m.classes & :masked) = 0
 GROUP BY a.scheme, a.value
 ORDER BY MAX(a.seq) DESC LIMIT :limit;

-- alerts_about --
-- Alerts that one message caused.
SELECT a.id, e.id FROM alert a JOIN entry e ON e.seq = a.seq JOIN entry x ON x.id = a.message WHERE x.seq = :seq;
