-- find_terms_open --
-- A place for the terms of one find.
CREATE TEMPORARY TABLE IF NOT EXISTS term (n INTEGER NOT NULL, scheme TEXT NOT NULL, value TEXT NOT NULL);

-- find_terms_clear --
-- Forget the terms of the last find.
DELETE FROM term;

-- find_term_put --
-- One (scheme, canonical value) to look up.
INSERT INTO term (n, scheme, value) VALUES (:n, :scheme, :value);

-- find_hits_many --
-- Entities that carry any of many identifiers and that the viewer may see.
SELECT t.n, e.key, a.schema, a.caption, p.prop, p.flags, p.original, p.seq, m.classes & :masked
  FROM term t
  CROSS JOIN identifier i
  CROSS JOIN posting p
  CROSS JOIN message m
  CROSS JOIN entity e
  LEFT JOIN appearance a ON a.entity = p.entity AND a.seq = p.seq
 WHERE i.scheme = t.scheme AND i.value = t.value AND p.identifier = i.id AND m.seq = p.seq AND /*visible m*/
   AND e.id = p.entity;

-- find_hits_one --
-- Entities that carry one identifier and that the viewer may see, newest first.
SELECT e.key, a.schema, a.caption, p.prop, p.flags, p.original, p.seq, m.classes & :masked
  FROM identifier i
  JOIN posting p ON p.identifier = i.id
  JOIN message m ON m.seq = p.seq
  JOIN entity e ON e.id = p.entity
  LEFT JOIN appearance a ON a.entity = p.entity AND a.seq = p.seq
 WHERE i.scheme = :scheme AND i.value = :value AND /*visible m*/
 ORDER BY p.seq DESC, e.key LIMIT :limit;

-- find_identifiers_from --
-- Identifiers of any scheme whose value starts with a prefix, and that the viewer may see.
SELECT DISTINCT i.scheme, i.value
  FROM identifier i
 WHERE i.value >= :low AND i.value < :high
   AND EXISTS (SELECT 1 FROM posting p JOIN message m ON m.seq = p.seq
                WHERE p.identifier = i.id AND /*visible m*/ AND (m.classes & :masked) = 0)
 ORDER BY i.value, i.scheme LIMIT :limit;

-- find_identifiers_of_scheme_from --
-- Identifiers of one scheme whose value starts with a prefix, and that the viewer may see.
SELECT DISTINCT i.scheme, i.value
  FROM identifier i
 WHERE i.scheme = :scheme AND i.value >= :low AND i.value < :high
   AND EXISTS (SELECT 1 FROM posting p JOIN message m ON m.seq = p.seq
                WHERE p.identifier = i.id AND /*visible m*/ AND (m.classes & :masked) = 0)
 ORDER BY i.value LIMIT :limit;

-- find_gram --
-- Members of one 2-gram in all blocks.
SELECT block, members FROM gram WHERE gram = :gram ORDER BY block;

-- find_gram_in --
-- Members of one 2-gram in a range of blocks.
SELECT block, members FROM gram WHERE gram = :gram AND block >= :low AND block <= :high ORDER BY block;

-- find_grams_from --
-- Members of all 2-grams that start with one character.
SELECT block, members FROM gram WHERE gram >= :low AND gram < :high ORDER BY block;

-- find_gram_weight --
-- A cheap guess of how common a 2-gram is, 0 when nothing has it: the bytes of its first and its last block.
SELECT COALESCE((SELECT LENGTH(members) FROM gram WHERE gram = :gram ORDER BY block LIMIT 1), 0)
     + COALESCE((SELECT LENGTH(members) FROM gram WHERE gram = :gram ORDER BY block DESC LIMIT 1), 0);

-- find_value_text --
-- The text of one value.
SELECT text FROM value WHERE id = :id;

-- find_facts_of_value --
-- Statements that use one value and that the viewer may see, newest first.
SELECT e.key, pr.name, pr.kind, v.text, s.confidence, s.valid_from, s.valid_until, s.lang, s.seq, s.n, m.classes & :masked
  FROM statement s
  JOIN message m ON m.seq = s.seq
  JOIN entity e ON e.id = s.entity
  JOIN prop pr ON pr.id = s.prop
  JOIN value v ON v.id = s.value
 WHERE s.value = :value AND /*visible m*/ AND pr.kind IN ('name', 'text', 'string')
   AND (m.classes & :masked) = 0
 ORDER BY s.seq DESC, s.n LIMIT :limit;

-- find_head --
-- One message that the viewer may see.
SELECT m.seq, m.id, m.kind, m.media_type, m.created_at, m.originator, m.tlp, k.codes, m.grading, m.size_bytes,
       CASE WHEN (COALESCE(x.classes, 0) & :masked) <> 0 THEN '▒▒▒' ELSE COALESCE(i.source, '') END,
       x.id, m.erased, m.classes, m.classes & :masked
  FROM message m
  JOIN marking k ON k.id = m.marking
  LEFT JOIN intake i ON i.seq = (SELECT MIN(ii.intake) FROM intake_item ii JOIN message f ON f.seq = ii.intake
                                  WHERE ii.item = m.seq AND /*visible f*/)
  LEFT JOIN message x ON x.seq = i.seq
 WHERE m.seq = :seq AND /*visible m*/;

-- find_head_by_id --
-- One message by its id, if the viewer may see it.
SELECT m.seq, m.id, m.kind, m.media_type, m.created_at, m.originator, m.tlp, k.codes, m.grading, m.size_bytes,
       CASE WHEN (COALESCE(x.classes, 0) & :masked) <> 0 THEN '▒▒▒' ELSE COALESCE(i.source, '') END,
       x.id, m.erased, m.classes, m.classes & :masked
  FROM message m
  JOIN marking k ON k.id = m.marking
  LEFT JOIN intake i ON i.seq = (SELECT MIN(ii.intake) FROM intake_item ii JOIN message f ON f.seq = ii.intake
                                  WHERE ii.item = m.seq AND /*visible f*/)
  LEFT JOIN message x ON x.seq = i.seq
 WHERE m.id = :id AND /*visible m*/;

-- find_class_any --
-- Whether any message is of one of some classes.
SELECT 1 FROM message m WHERE m.classes <> 0 AND (m.classes & :bits) <> 0 LIMIT 1;

-- find_places_of --
-- Where entries of one kind stand.
SELECT seq FROM message WHERE kind = :kind ORDER BY seq;

-- find_appearances --
-- How messages that the viewer may see present one entity, newest first.
SELECT e.key, a.schema, a.caption, a.seq, m.classes & :masked
  FROM entity e
  JOIN appearance a ON a.entity = e.id
  JOIN message m ON m.seq = a.seq
 WHERE e.key = :key AND /*visible m*/
 ORDER BY a.seq DESC LIMIT :limit;

-- find_entities_of --
-- Entities that one message presents.
SELECT e.key, a.schema, a.caption, a.seq, m.classes & :masked
  FROM appearance a
  JOIN entity e ON e.id = a.entity
  JOIN message m ON m.seq = a.seq
 WHERE a.seq = :seq AND /*visible m*/
 ORDER BY a.caption, e.key LIMIT :limit;

-- find_facts_about --
-- Statements about one entity, by property, newest first.
SELECT e.key, pr.name, pr.kind, v.text, s.confidence, s.valid_from, s.valid_until, s.lang, s.seq, s.n, m.classes & :masked
  FROM entity e
  JOIN statement s ON s.entity = e.id
  JOIN message m ON m.seq = s.seq
  JOIN prop pr ON pr.id = s.prop
  JOIN value v ON v.id = s.value
 WHERE e.key = :key AND /*visible m*/
 ORDER BY pr.name, s.seq DESC, s.n LIMIT :limit;

-- find_facts_in --
-- Statements that one message makes, in their order.
SELECT e.key, pr.name, pr.kind, v.text, s.confidence, s.valid_from, s.valid_until, s.lang, s.seq, s.n, m.classes & :masked
  FROM statement s
  JOIN message m ON m.seq = s.seq
  JOIN entity e ON e.id = s.entity
  JOIN prop pr ON pr.id = s.prop
  JOIN value v ON v.id = s.value
 WHERE s.seq = :seq AND /*visible m*/
 ORDER BY s.n LIMIT :limit;

-- find_facts_pointing_at --
-- Statements of other entities whose value is this entity.
SELECT e.key, pr.name, pr.kind, v.text, s.confidence, s.valid_from, s.valid_until, s.lang, s.seq, s.n, m.classes & :masked
  FROM value v
  JOIN statement s ON s.value = v.id
  JOIN prop pr ON pr.id = s.prop
  JOIN message m ON m.seq = s.seq
  JOIN entity e ON e.id = s.entity
 WHERE v.digest = :digest AND pr.kind = 'entity' AND /*visible m*/
 ORDER BY s.seq DESC, s.n LIMIT :limit;

-- find_held_by --
-- Identifiers that one entity carries.
SELECT i.scheme, i.value, i.strength, i.country, p.prop, p.flags, p.original, e.key, p.seq, m.classes & :masked
  FROM entity e
  JOIN posting p ON p.entity = e.id
  JOIN message m ON m.seq = p.seq
  JOIN identifier i ON i.id = p.identifier
 WHERE e.key = :key AND /*visible m*/
 ORDER BY i.scheme, i.value, p.seq DESC LIMIT :limit;

-- find_held_in --
-- Identifiers in one message.
SELECT i.scheme, i.value, i.strength, i.country, p.prop, p.flags, p.original, e.key, p.seq, m.classes & :masked
  FROM posting p
  JOIN message m ON m.seq = p.seq
  JOIN identifier i ON i.id = p.identifier
  JOIN entity e ON e.id = p.entity
 WHERE p.seq = :seq AND /*visible m*/
 ORDER BY i.scheme, i.value LIMIT :limit;

-- find_intakes_of --
-- The files that held one item.
SELECT DISTINCT x.id FROM intake_item ii JOIN message x ON x.seq = ii.intake
 WHERE ii.item = :seq AND /*visible x*/ ORDER BY x.id;

-- find_intake --
-- One taken file.
SELECT i.seq, i.source, i.file_name, i.format, i.digest, i.size_bytes, i.read, i.used, i.rejected,
       m.classes & :masked
  FROM intake i JOIN message m ON m.seq = i.seq
 WHERE m.id = :id AND /*visible m*/;

-- find_intake_items --
-- The messages of one taken file, in order.
SELECT m.id FROM intake_item ii JOIN message m ON m.seq = ii.item
 WHERE ii.intake = :seq AND /*visible m*/ ORDER BY ii.position;

-- find_intakes --
-- Taken files, newest first.
SELECT i.seq, i.source, i.file_name, i.format, i.digest, i.size_bytes, i.read, i.used, i.rejected,
       m.classes & :masked
  FROM intake i JOIN message m ON m.seq = i.seq
 WHERE i.seq < :before AND /*visible m*/
 ORDER BY i.seq DESC LIMIT :limit;

-- count_messages --
-- Items that the viewer may see, counted to a million; what this node released of its own is one with its local item.
SELECT COUNT(*) FROM (SELECT 1 FROM message m
                       WHERE m.kind = 'item' AND /*visible m*/
                         AND (m.channel = 'local'
                              OR m.originator <> COALESCE((SELECT value FROM meta WHERE name = 'node'), ''))
                       LIMIT 1000000) AS c;

-- count_entities --
-- Entities that the viewer may see, counted to a million.
SELECT COUNT(*) FROM (SELECT DISTINCT a.entity FROM appearance a JOIN message m ON m.seq = a.seq
                       WHERE /*visible m*/ LIMIT 1000000) AS c;

-- count_statements --
-- Statements that the viewer may see, counted to a million.
SELECT COUNT(*) FROM (SELECT 1 FROM statement s JOIN message m ON m.seq = s.seq
                       WHERE /*visible m*/ LIMIT 1000000) AS c;

-- count_identifiers --
-- Identifiers that the viewer may see, counted to a million.
SELECT COUNT(*) FROM (SELECT DISTINCT p.identifier FROM posting p JOIN message m ON m.seq = p.seq
                       WHERE /*visible m*/ LIMIT 1000000) AS c;
