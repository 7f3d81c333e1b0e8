-- dump_message --
-- Every message in natural keys.
SELECT m.seq, m.id, m.kind, m.media_type, m.created_at, m.originator, m.tlp, k.codes, m.grading, m.size_bytes, m.erased,
       m.channel, m.classes, m.needs
  FROM message m JOIN marking k ON k.id = m.marking ORDER BY m.seq;

-- dump_intake --
-- Every taken file.
SELECT seq, source, file_name, format, digest, size_bytes, read, used, rejected FROM intake ORDER BY seq;

-- dump_intake_item --
-- Every item of a file.
SELECT intake, position, item FROM intake_item ORDER BY intake, position;

-- dump_entity --
-- Every entity.
SELECT key FROM entity ORDER BY key;

-- dump_appearance --
-- Every appearance.
SELECT a.seq, e.key, a.schema, a.caption FROM appearance a JOIN entity e ON e.id = a.entity ORDER BY a.seq, e.key;

-- dump_value --
-- Every value.
SELECT digest, searched, text FROM value ORDER BY digest;

-- dump_statement --
-- Every statement in natural keys.
SELECT s.seq, s.n, e.key, p.name, p.kind, v.text, s.confidence, s.valid_from, s.valid_until, s.lang
  FROM statement s
  JOIN entity e ON e.id = s.entity
  JOIN prop p ON p.id = s.prop
  JOIN value v ON v.id = s.value
 ORDER BY s.seq, s.n;

-- dump_identifier --
-- Every identifier.
SELECT scheme, value, strength, country FROM identifier ORDER BY scheme, value, strength, country;

-- dump_posting --
-- Every posting in natural keys.
SELECT i.scheme, i.value, p.seq, e.key, p.prop, p.flags, p.original
  FROM posting p JOIN identifier i ON i.id = p.identifier JOIN entity e ON e.id = p.entity
 ORDER BY i.scheme, i.value, p.seq, e.key, p.prop;

-- dump_watch --
-- Every watch.
SELECT seq, id, owner, note, created_at, expires_at, ended_at, ended_by FROM watch ORDER BY seq;

-- dump_watch_term --
-- Every watched term.
SELECT t.scheme, t.value, t.watch FROM watch_term t ORDER BY t.scheme, t.value, t.watch;

-- dump_alert --
-- Every alert.
SELECT id, seq, watch, message, scheme, value, reason, at, acknowledged_by, acknowledged_at FROM alert ORDER BY seq;

-- dump_gram --
-- Every 2-gram with its members' numbers.
SELECT gram, block, members FROM gram ORDER BY gram, block;

-- dump_peer --
-- Every peer.
SELECT node, channel, introduced, suspended, removed, ground, incarnation, changed_at, added_at, added FROM peer ORDER BY node;

-- dump_peer_key --
-- Every place of a key message.
SELECT node, seq, country, incarnation FROM peer_key ORDER BY node, seq;

-- dump_peer_profile --
-- Every descriptor.
SELECT seq, node, name FROM peer_profile ORDER BY seq;

-- dump_confirmation --
-- Every confirmation.
SELECT seq, node, person, their_person, at FROM confirmation ORDER BY seq;

-- dump_decision --
-- Every decision.
SELECT channel, conditions, policy, message, outcome, rule, seq FROM decision ORDER BY seq;

-- dump_span --
-- Every run of messages.
SELECT release, direction, channel, node, incarnation, lane, first, length, seq, chain FROM span ORDER BY release;

-- dump_stream --
-- Every stream.
SELECT direction, channel, incarnation, lane, node, counter, chain, release, stored FROM stream ORDER BY direction, channel, incarnation, lane;

-- dump_released --
-- Every released message.
SELECT seq, home FROM released ORDER BY seq;

-- dump_receipt --
-- Every receipt.
SELECT message, node, state, ground, desk, person, at, seq FROM receipt ORDER BY seq, message, state;

-- dump_rejection --
-- Every rejection.
SELECT seq, node, message, rejected, total FROM rejection ORDER BY seq;

-- dump_evidence --
-- All evidence.
SELECT seq, node, what, reason, at FROM evidence ORDER BY seq;

-- dump_handover --
-- Every handover.
SELECT seq, target, person, heir, at FROM handover ORDER BY seq;

-- dump_value_number --
-- The number that each value has, to read the members of 2-grams in natural keys.
SELECT id, digest FROM value;

-- empty_message --
-- Empty a view.
DELETE FROM message;

-- empty_marking --
-- Empty a view.
DELETE FROM marking;

-- empty_intake --
-- Empty a view.
DELETE FROM intake;

-- empty_intake_item --
-- Empty a view.
DELETE FROM intake_item;

-- empty_entity --
-- Empty a view.
DELETE FROM entity;

-- empty_prop --
-- Empty a view.
DELETE FROM prop;

-- empty_value --
-- Empty a view.
DELETE FROM value;

-- empty_identifier --
-- Empty a view.
DELETE FROM identifier;

-- empty_appearance --
-- Empty a view.
DELETE FROM appearance;

-- empty_statement --
-- Empty a view.
DELETE FROM statement;

-- empty_posting --
-- Empty a view.
DELETE FROM posting;

-- empty_gram --
-- Empty a view.
DELETE FROM gram;

-- empty_watch --
-- Empty a view.
DELETE FROM watch;

-- empty_watch_term --
-- Empty a view.
DELETE FROM watch_term;

-- empty_alert --
-- Empty a view.
DELETE FROM alert;

-- empty_peer --
-- Empty a view.
DELETE FROM peer;

-- empty_peer_key --
-- Empty a view.
DELETE FROM peer_key;

-- empty_peer_profile --
-- Empty a view.
DELETE FROM peer_profile;

-- empty_confirmation --
-- Empty a view.
DELETE FROM confirmation;

-- empty_decision --
-- Empty a view.
DELETE FROM decision;

-- empty_span --
-- Empty a view.
DELETE FROM span;

-- empty_stream --
-- Empty a view.
DELETE FROM stream;

-- empty_released --
-- Empty a view.
DELETE FROM released;

-- empty_receipt --
-- Empty a view.
DELETE FROM receipt;

-- empty_rejection --
-- Empty a view.
DELETE FROM rejection;

-- empty_evidence --
-- Empty a view.
DELETE FROM evidence;

-- empty_handover --
-- Empty a view.
DELETE FROM handover;
