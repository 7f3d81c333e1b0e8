-- view_peer_added --
-- Show that a peer was added, or added again: whatever was said of it before counts no more.
INSERT INTO peer (node, channel, introduced, suspended, removed, ground, incarnation, changed_at, added_at, added)
VALUES (:node, :channel, 0, 0, 0, :ground, :incarnation, :at, :at, :seq)
ON CONFLICT (node) DO UPDATE
   SET channel = CASE WHEN excluded.channel <> '' THEN excluded.channel ELSE peer.channel END,
       introduced = 0, suspended = 0, removed = 0, ground = excluded.ground, incarnation = excluded.incarnation,
       changed_at = excluded.changed_at, added_at = excluded.added_at, added = excluded.added;

-- view_peer_changed --
-- Show what was done to a peer's standing; of a node that was never added, nothing.
UPDATE peer
   SET introduced = CASE WHEN :action = 'introduced' THEN 1 ELSE introduced END,
       suspended = CASE WHEN :action = 'suspended' THEN 1 WHEN :action = 'resumed' THEN 0 ELSE suspended END,
       removed = CASE WHEN :action = 'removed' THEN 1 ELSE removed END,
       incarnation = CASE WHEN :action = 'rolled' THEN :incarnation ELSE incarnation END,
       channel = CASE WHEN :channel <> '' THEN :channel ELSE channel END,
       ground = :ground, changed_at = :at
 WHERE node = :node;

-- view_peer_key_put --
-- Show where a node's key message stands.
INSERT INTO peer_key (node, seq, country, incarnation) VALUES (:node, :seq, :country, :incarnation)
ON CONFLICT (node, seq) DO NOTHING;

-- view_peer_profile_put --
-- Show who a peer says it is.
INSERT INTO peer_profile (seq, node, name) VALUES (:seq, :node, :name);

-- view_peer_profile_remove --
-- Forget a descriptor that was erased.
DELETE FROM peer_profile WHERE seq = :seq;

-- view_confirmation_put --
-- Show who heard a peer's words.
INSERT INTO confirmation (seq, node, person, their_person, at) VALUES (:seq, :node, :by, :their_person, :at);

-- view_confirmation_remove --
-- Forget an introduction that was erased.
DELETE FROM confirmation WHERE seq = :seq;

-- view_decision_put --
-- Show what was decided; the first decision on the same conditions stays.
INSERT INTO decision (channel, conditions, policy, message, outcome, rule, seq)
VALUES (:channel, :conditions, :policy, :message, :outcome, :rule, :seq)
ON CONFLICT (channel, conditions, policy) DO NOTHING;

-- view_span_put --
-- Show a run of messages in a stream.
INSERT INTO span (release, direction, channel, node, incarnation, lane, first, length, seq, chain)
VALUES (:release, :direction, :channel, :node, :incarnation, :lane, :first, :length, :seq, :chain);

-- view_stream_put --
-- Show where a stream ends now; it only grows.
INSERT INTO stream (direction, channel, incarnation, lane, node, counter, chain, release, stored)
VALUES (:direction, :channel, :incarnation, :lane, :node, :counter, :chain, :release, 0)
ON CONFLICT (direction, channel, incarnation, lane) DO UPDATE
   SET counter = excluded.counter, chain = excluded.chain, release = excluded.release
 WHERE excluded.counter > stream.counter;

-- view_stream_stored --
-- Show how far the recipient says that it stored one of our streams; this only grows.
UPDATE stream SET stored = :counter
 WHERE direction = 'out' AND channel = :channel AND incarnation = :incarnation AND lane = :lane AND stored < :counter;

-- view_released_put --
-- Show which local message a released one is of.
INSERT INTO released (seq, home) VALUES (:seq, :home) ON CONFLICT (seq) DO NOTHING;

-- view_released_remove --
-- Forget it when the released message was erased.
DELETE FROM released WHERE seq = :seq;

-- view_receipt_put --
-- Show what became of a message; what a node first said of one state stays.
INSERT INTO receipt (message, node, state, ground, desk, person, at, seq)
VALUES (:message, :node, :state, :ground, :desk, :by, :at, :seq)
ON CONFLICT (message, node, state) DO NOTHING;

-- view_rejection_put --
-- Show what a recipient's reader could not use.
INSERT INTO rejection (seq, node, message, rejected, total) VALUES (:seq, :node, :message, :rejected, :total);

-- view_rejection_remove --
-- Forget a rejection that was erased.
DELETE FROM rejection WHERE seq = :seq;

-- view_evidence_put --
-- Show what a peer sent that it should not have.
INSERT INTO evidence (seq, node, what, reason, at) VALUES (:seq, :node, :what, :reason, :at);

-- view_evidence_remove --
-- Forget evidence that was erased.
DELETE FROM evidence WHERE seq = :seq;

-- view_handover_put --
-- Show whose an alert is from here on.
INSERT INTO handover (seq, target, person, heir, at) VALUES (:seq, :target, :by, :heir, :at);

-- view_channel_of --
-- Our channel to a peer.
SELECT channel FROM peer WHERE node = :node;

-- view_seq_on_channel --
-- The place of a message, if it stands on one channel.
SELECT seq FROM message WHERE id = :id AND channel = :channel;

-- view_span_over --
-- The last run of one of our channels that begins at or before a place.
SELECT incarnation, lane, first, length, seq FROM span
 WHERE direction = 'out' AND channel = :channel AND seq >= 0 AND seq <= :seq
 ORDER BY seq DESC LIMIT 1;

-- peer_list --
-- All peers, by name.
SELECT p.node,
       COALESCE((SELECT f.name FROM peer_profile f WHERE f.node = p.node ORDER BY f.seq DESC LIMIT 1), '') AS name,
       COALESCE((SELECT k.country FROM peer_key k WHERE k.node = p.node ORDER BY k.seq DESC LIMIT 1), ''),
       p.channel, p.introduced, p.suspended, p.removed, p.ground, p.incarnation, p.changed_at, p.added_at,
       COALESCE((SELECT MAX(k.seq) FROM peer_key k WHERE k.node = p.node), 0),
       COALESCE((SELECT MAX(f.seq) FROM peer_profile f WHERE f.node = p.node), 0)
  FROM peer p ORDER BY name, p.node;

-- peer_one --
-- One peer.
SELECT p.node,
       COALESCE((SELECT f.name FROM peer_profile f WHERE f.node = p.node ORDER BY f.seq DESC LIMIT 1), ''),
       COALESCE((SELECT k.country FROM peer_key k WHERE k.node = p.node ORDER BY k.seq DESC LIMIT 1), ''),
       p.channel, p.introduced, p.suspended, p.removed, p.ground, p.incarnation, p.changed_at, p.added_at,
       COALESCE((SELECT MAX(k.seq) FROM peer_key k WHERE k.node = p.node), 0),
       COALESCE((SELECT MAX(f.seq) FROM peer_profile f WHERE f.node = p.node), 0)
  FROM peer p WHERE p.node = :node;

-- peer_of_channel --
-- The peer that one of our channels leads to.
SELECT node FROM peer WHERE channel = :channel ORDER BY node LIMIT 1;

-- peer_key_places --
-- Where the key entries of a node stand.
SELECT seq FROM peer_key WHERE node = :node ORDER BY seq;

-- peer_confirmations --
-- Who heard a peer's words since it was last added; each person once.
SELECT c.person, c.their_person, c.at
  FROM peer p JOIN confirmation c ON c.node = p.node
 WHERE p.node = :node AND c.seq > p.added
   AND NOT EXISTS (SELECT 1 FROM confirmation e
                    WHERE e.node = c.node AND e.seq > p.added AND e.seq < c.seq AND e.person = c.person)
 ORDER BY c.seq;

-- peer_decision --
-- What was decided once for some conditions.
SELECT message, outcome, rule FROM decision
 WHERE channel = :channel AND conditions = :conditions AND policy = :policy;

-- peer_tip --
-- Where a stream ends.
SELECT counter, chain, release FROM stream
 WHERE direction = :direction AND channel = :channel AND incarnation = :incarnation AND lane = :lane;

-- peer_stored --
-- How far the recipient says that it stored one of our streams.
SELECT stored FROM stream
 WHERE direction = 'out' AND channel = :channel AND incarnation = :incarnation AND lane = :lane;

-- peer_spans --
-- Runs of a stream that end beyond a counter, in order.
SELECT incarnation, lane, first, length, seq, chain, release FROM span
 WHERE direction = :direction AND channel = :channel AND incarnation = :incarnation AND lane = :lane
   AND first >= COALESCE((SELECT MAX(s.first) FROM span s
                           WHERE s.direction = :direction AND s.channel = :channel AND s.incarnation = :incarnation
                             AND s.lane = :lane AND s.first <= :after), 0)
   AND first + length > :after + 1
 ORDER BY first LIMIT :limit;

-- peer_span_at --
-- The last run of a stream that begins at or before a counter.
SELECT incarnation, lane, first, length, seq, chain, release FROM span
 WHERE direction = :direction AND channel = :channel AND incarnation = :incarnation AND lane = :lane
   AND first <= :counter
 ORDER BY first DESC LIMIT 1;

-- peer_channels_from --
-- Channels on which a peer has sent to us.
SELECT DISTINCT channel FROM stream WHERE direction = 'in' AND node = :node ORDER BY channel;

-- peer_releases_of --
-- Released messages of one local message.
SELECT r.seq, m.id, m.channel FROM released r JOIN message m ON m.seq = r.seq WHERE r.home = :home ORDER BY r.seq;

-- peer_receipts --
-- What recipients say of one message.
SELECT node, state, ground, desk, person, at, seq FROM receipt WHERE message = :message ORDER BY seq, node, state;

-- peer_rejections --
-- What recipients could not use of one message.
SELECT node, rejected, total FROM rejection WHERE message = :message ORDER BY seq;

-- peer_outbox --
-- Released messages of all channels, newest first.
SELECT m.seq, m.id, r.home, COALESCE(p.node, ''), m.kind, s.lane, s.first + m.seq - s.seq, s.incarnation,
       m.size_bytes, m.tlp, m.created_at,
       EXISTS (SELECT 1 FROM receipt t WHERE t.message = m.id AND t.node = p.node AND t.state = 'stored'),
       EXISTS (SELECT 1 FROM receipt t WHERE t.message = m.id AND t.node = p.node AND t.state = 'shown'),
       EXISTS (SELECT 1 FROM receipt t WHERE t.message = m.id AND t.node = p.node AND t.state = 'refused'),
       COALESCE((SELECT j.total FROM rejection j WHERE j.message = m.id AND j.node = p.node
                  ORDER BY j.seq DESC LIMIT 1), 0)
  FROM span s
  CROSS JOIN message m
  LEFT JOIN released r ON r.seq = m.seq
  LEFT JOIN peer p ON p.channel = s.channel
 WHERE s.direction = 'out' AND s.seq >= 0 AND s.seq < :before AND m.seq >= s.seq AND m.seq < s.seq + s.length
   AND m.seq < :before AND /*visible m*/
 ORDER BY s.seq DESC, m.seq DESC LIMIT :limit;

-- peer_outbox_of --
-- Released messages of one channel, newest first.
SELECT m.seq, m.id, r.home, COALESCE(p.node, ''), m.kind, s.lane, s.first + m.seq - s.seq, s.incarnation,
       m.size_bytes, m.tlp, m.created_at,
       EXISTS (SELECT 1 FROM receipt t WHERE t.message = m.id AND t.node = p.node AND t.state = 'stored'),
       EXISTS (SELECT 1 FROM receipt t WHERE t.message = m.id AND t.node = p.node AND t.state = 'shown'),
       EXISTS (SELECT 1 FROM receipt t WHERE t.message = m.id AND t.node = p.node AND t.state = 'refused'),
       COALESCE((SELECT j.total FROM rejection j WHERE j.message = m.id AND j.node = p.node
                  ORDER BY j.seq DESC LIMIT 1), 0)
  FROM span s
  CROSS JOIN message m
  LEFT JOIN released r ON r.seq = m.seq
  LEFT JOIN peer p ON p.channel = s.channel
 WHERE s.direction = 'out' AND s.channel = :channel AND s.seq >= 0 AND s.seq < :before
   AND m.seq >= s.seq AND m.seq < s.seq + s.length AND m.seq < :before AND /*visible m*/
 ORDER BY s.seq DESC, m.seq DESC LIMIT :limit;

-- peer_evidence --
-- What peers sent that they should not have, newest first.
SELECT v.seq, m.id, v.node, v.what, v.reason, v.at FROM evidence v JOIN message m ON m.seq = v.seq
 ORDER BY v.seq DESC LIMIT :limit;

-- peer_evidence_of --
-- What one peer sent that it should not have, newest first.
SELECT v.seq, m.id, v.node, v.what, v.reason, v.at FROM evidence v JOIN message m ON m.seq = v.seq
 WHERE v.node = :node ORDER BY v.seq DESC LIMIT :limit;

-- peer_handed_to --
-- Who has an alert since it was last handed over.
SELECT heir FROM handover WHERE target = :target ORDER BY seq DESC LIMIT 1;

-- peer_notes --
-- The newest verified head of each other log.
SELECT node, origin, size, root, note, at FROM peer_note ORDER BY origin;

-- peer_note_of --
-- The newest verified head of one log.
SELECT node, origin, size, root, note, at FROM peer_note WHERE origin = :origin;

-- peer_note_put --
-- Keep the newest verified head of another log.
INSERT INTO peer_note (origin, node, size, root, note, at) VALUES (:origin, :node, :size, :root, :note, :at)
ON CONFLICT (origin) DO UPDATE
   SET node = excluded.node, size = excluded.size, root = excluded.root, note = excluded.note, at = excluded.at;

-- peer_cosigned --
-- Replace the note of our own checkpoint of one size.
UPDATE checkpoint SET note = :note WHERE size = :size;

-- peer_address_of --
-- Where this node's operator said that a peer is reached.
SELECT url FROM peer_address WHERE node = :node;

-- peer_address_put --
-- Set where a peer is reached.
INSERT INTO peer_address (node, url) VALUES (:node, :url) ON CONFLICT (node) DO UPDATE SET url = excluded.url;

-- peer_address_remove --
-- Forget where a peer is reached.
DELETE FROM peer_address WHERE node = :node;
