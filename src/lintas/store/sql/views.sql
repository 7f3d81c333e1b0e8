-- view_message_put --
-- Show a message; replaying it changes nothing.
INSERT INTO message
       (seq, id, kind, media_type, created_at, originator, tlp, marking, grading, size_bytes, erased, channel, classes,
        needs)
VALUES (:seq, :id, :kind, :media_type, :created_at, :originator, :tlp, :marking, :grading, :size_bytes, 0, :channel,
        :classes, 0);

-- view_message_erased --
-- Show that a message's payload is gone.
UPDATE message SET erased = 1 WHERE seq = :seq;

-- view_marking --
-- The number of a marking.
SELECT id FROM marking WHERE codes = :codes;

-- view_marking_put --
-- Give a marking a number.
INSERT INTO marking (id, codes) VALUES (:id, :codes);

-- view_marking_last --
-- The highest number given.
SELECT COALESCE(MAX(id), 0) FROM marking;

-- view_intake_put --
-- Show a taken file.
INSERT INTO intake (seq, source, file_name, format, digest, size_bytes, read, used, rejected)
VALUES (:seq, :source, :file_name, :format, :digest, :size_bytes, :read, :used, :rejected);

-- view_intake_item_put --
-- Say which message stands where in a file.
INSERT INTO intake_item (intake, position, item) VALUES (:intake, :position, :item);

-- view_intake_remove --
-- Forget a taken file.
DELETE FROM intake WHERE seq = :seq;

-- view_intake_items_remove --
-- Forget which messages it held.
DELETE FROM intake_item WHERE intake = :seq;

-- view_entity --
-- The number of an entity.
SELECT id FROM entity WHERE key = :key;

-- view_entity_put --
-- Give an entity a number.
INSERT INTO entity (id, key) VALUES (:id, :key);

-- view_entity_last --
-- The highest number given.
SELECT COALESCE(MAX(id), 0) FROM entity;

-- view_prop --
-- The number of a property.
SELECT id FROM prop WHERE name = :name AND kind = :kind;

-- view_prop_put --
-- Give a property a number.
INSERT INTO prop (id, name, kind) VALUES (:id, :name, :kind);

-- view_prop_last --
-- The highest number given.
SELECT COALESCE(MAX(id), 0) FROM prop;

-- view_value --
-- The number of a value.
SELECT id FROM value WHERE digest = :digest;

-- view_value_put --
-- Give a value a number.
INSERT INTO value (id, digest, searched, text) VALUES (:id, :digest, :searched, :text);

-- view_value_last --
-- The highest number given.
SELECT COALESCE(MAX(id), 0) FROM value;

-- view_identifier --
-- The number of an identifier.
SELECT id FROM identifier WHERE scheme = :scheme AND value = :value AND strength = :strength AND country = :country;

-- view_identifier_put --
-- Give an identifier a number.
INSERT INTO identifier (id, scheme, value, strength, country) VALUES (:id, :scheme, :value, :strength, :country);

-- view_identifier_last --
-- The highest number given.
SELECT COALESCE(MAX(id), 0) FROM identifier;

-- view_appearance_put --
-- Say how a message presents an entity.
INSERT INTO appearance (seq, entity, schema, caption) VALUES (:seq, :entity, :schema, :caption)
ON CONFLICT (entity, seq) DO NOTHING;

-- view_statement_put --
-- Keep one property value of one entity.
INSERT INTO statement (seq, n, entity, prop, value, confidence, valid_from, valid_until, lang)
VALUES (:seq, :n, :entity, :prop, :value, :confidence, :valid_from, :valid_until, :lang);

-- view_posting_put --
-- Post an identifier once for each entity that carries it in a message.
INSERT INTO posting (identifier, seq, entity, prop, flags, original)
VALUES (:identifier, :seq, :entity, :prop, :flags, :original)
ON CONFLICT (identifier, seq, entity, prop) DO NOTHING;

-- view_gram_put --
-- Add values to a 2-gram; their numbers only grow, so what is added goes to the end.
INSERT INTO gram (gram, block, members) VALUES (:gram, :block, :members)
ON CONFLICT (gram, block) DO UPDATE SET members = CAST(gram.members || excluded.members AS BLOB);

-- view_gram --
-- Members of one 2-gram in one block.
SELECT members FROM gram WHERE gram = :gram AND block = :block;

-- view_gram_set --
-- Replace the members of one 2-gram in one block.
UPDATE gram SET members = :members WHERE gram = :gram AND block = :block;

-- view_gram_remove --
-- Remove an empty 2-gram.
DELETE FROM gram WHERE gram = :gram AND block = :block;

-- view_derived_values --
-- Values that one message's statements use.
SELECT DISTINCT value FROM statement WHERE seq = :seq;

-- view_derived_entities --
-- Entities that one message names.
SELECT entity FROM appearance WHERE seq = :seq
UNION SELECT entity FROM statement WHERE seq = :seq
UNION SELECT entity FROM posting WHERE seq = :seq;

-- view_derived_identifiers --
-- Identifiers that one message posts.
SELECT DISTINCT identifier FROM posting WHERE seq = :seq;

-- view_derived_props --
-- Properties that one message's statements use.
SELECT DISTINCT prop FROM statement WHERE seq = :seq;

-- view_prop_remove_unused --
-- Remove a property that no statement uses any more: its name may come from the source.
DELETE FROM prop WHERE id = :id AND NOT EXISTS (SELECT 1 FROM statement WHERE statement.prop = prop.id);

-- view_statements_remove --
-- Remove what a message states.
DELETE FROM statement WHERE seq = :seq;

-- view_postings_remove --
-- Remove what a message posts.
DELETE FROM posting WHERE seq = :seq;

-- view_appearances_remove --
-- Remove how a message presents entities.
DELETE FROM appearance WHERE seq = :seq;

-- view_value_unused --
-- The text of a value that no statement uses any more, and whether its words are searched.
SELECT searched, text FROM value WHERE id = :id AND NOT EXISTS (SELECT 1 FROM statement WHERE statement.value = value.id);

-- view_value_remove --
-- Remove a value.
DELETE FROM value WHERE id = :id;

-- view_identifier_remove_unused --
-- Remove an identifier that nothing posts any more.
DELETE FROM identifier WHERE id = :id AND NOT EXISTS (SELECT 1 FROM posting WHERE posting.identifier = identifier.id);

-- view_entity_remove_unused --
-- Remove an entity that nothing names any more.
DELETE FROM entity
 WHERE id = :id
   AND NOT EXISTS (SELECT 1 FROM appearance WHERE appearance.entity = entity.id)
   AND NOT EXISTS (SELECT 1 FROM statement WHERE statement.entity = entity.id)
   AND NOT EXISTS (SELECT 1 FROM posting WHERE posting.entity = entity.id);

-- view_watch_put --
-- Show a watch.
INSERT INTO watch (seq, id, owner, note, created_at, expires_at, ended_at, ended_by)
VALUES (:seq, :id, :owner, :note, :created_at, :expires_at, '', '');

-- view_watch_term_put --
-- Watch one identifier.
INSERT INTO watch_term (scheme, value, watch) VALUES (:scheme, :value, :watch)
ON CONFLICT (scheme, value, watch) DO NOTHING;

-- view_watch_end --
-- Show that a watch was ended.
UPDATE watch SET ended_at = :at, ended_by = :by WHERE id = :id AND ended_at = '';

-- view_watch_remove --
-- Remove a watch whose payload was erased.
DELETE FROM watch WHERE seq = :seq;

-- view_watch_terms_remove --
-- Remove its terms.
DELETE FROM watch_term WHERE watch = :seq;

-- view_alert_put --
-- Show an alert; one row per alert id, whatever is replayed.
INSERT INTO alert (id, seq, watch, message, scheme, value, reason, at, acknowledged_by, acknowledged_at)
VALUES (:id, :seq, :watch, :message, :scheme, :value, :reason, :at, '', '')
ON CONFLICT (id) DO NOTHING;

-- view_alert_acknowledge --
-- Show who acknowledged an alert first; the alert is named by its message.
UPDATE alert SET acknowledged_by = :by, acknowledged_at = :at
 WHERE seq = (SELECT seq FROM entry WHERE entry.id = :id) AND acknowledged_by = '';

-- view_alert_remove --
-- Remove an alert whose payload was erased.
DELETE FROM alert WHERE seq = :seq;

-- seq_of --
-- The place of a message in the log.
SELECT seq FROM entry WHERE id = :id;
