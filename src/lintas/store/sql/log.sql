-- log_size --
-- How many entries the log has.
SELECT COALESCE(MAX(seq) + 1, 0) FROM entry;

-- log_entries --
-- Entries of a range, in order.
SELECT seq, id, header, key_id, algorithm, signature FROM entry WHERE seq >= :start AND seq < :stop ORDER BY seq;

-- log_entry_by_id --
-- The entry of one message.
SELECT seq, id, header, key_id, algorithm, signature FROM entry WHERE id = :id;

-- log_append --
-- Add an entry; its place is given, and a second entry at one place is refused.
INSERT INTO entry (seq, id, header, key_id, algorithm, signature)
VALUES (:seq, :id, :header, :key_id, :algorithm, :signature);

-- log_payload --
-- The payload row of one entry, with the bytes from where they stand.
SELECT p.seq, p.salt, p.openings, h.data, h.blob
  FROM payload p JOIN payload h ON h.seq = COALESCE(p.same_as, p.seq)
 WHERE p.seq = :seq;

-- log_payloads --
-- Payload rows of a range, with the bytes from where they stand.
SELECT p.seq, p.salt, p.openings, h.data, h.blob
  FROM payload p JOIN payload h ON h.seq = COALESCE(p.same_as, p.seq)
 WHERE p.seq >= :start AND p.seq < :stop;

-- log_put_payload --
-- Keep the erasable part of an entry.
INSERT INTO payload (seq, salt, openings, data, blob, same_as)
VALUES (:seq, :salt, :openings, :data, :blob, :same_as);

-- log_lost_payloads --
-- Where content of a peer stands whose payload is missing though no erasure took it.
SELECT m.seq FROM message m
 WHERE m.originator = :originator AND m.channel <> 'local' AND m.erased = 0
   AND m.kind IN ('item', 'descriptor', 'rejection')
   AND NOT EXISTS (SELECT 1 FROM payload p WHERE p.seq = m.seq)
 ORDER BY m.seq;

-- log_payload_home --
-- Where the bytes of one payload stand.
SELECT COALESCE(same_as, seq) FROM payload WHERE seq = :seq;

-- log_sharing --
-- Entries whose payloads have their bytes from one entry's.
SELECT p.seq, e.id FROM payload p JOIN entry e ON e.seq = p.seq WHERE p.same_as = :seq ORDER BY p.seq;

-- log_erase_payload --
-- Remove the erasable part of an entry.
DELETE FROM payload WHERE seq = :seq;

-- log_blob_of --
-- The blob that one payload row names.
SELECT blob FROM payload WHERE seq = :seq AND blob <> '';

-- log_blob_needed --
-- Whether some payload row needs a blob.
SELECT 1 FROM payload WHERE blob = :blob AND blob <> '' LIMIT 1;

-- log_blob_names --
-- All blobs that some payload row needs.
SELECT blob FROM payload WHERE blob <> '';

-- log_tile --
-- Hashes of one tile.
SELECT hashes FROM tile WHERE level = :level AND number = :number;

-- log_tiles --
-- All tiles, in order.
SELECT level, number, hashes FROM tile ORDER BY level, number;

-- log_put_tile --
-- Keep a tile; a partial one is replaced by a longer one.
INSERT INTO tile (level, number, hashes) VALUES (:level, :number, :hashes)
ON CONFLICT (level, number) DO UPDATE SET hashes = excluded.hashes;

-- log_checkpoint --
-- The newest checkpoint.
SELECT size, note, made_at FROM checkpoint ORDER BY size DESC LIMIT 1;

-- log_checkpoint_at --
-- The checkpoint of one size.
SELECT size, note, made_at FROM checkpoint WHERE size = :size;

-- log_checkpoints --
-- All checkpoints, oldest first.
SELECT size, note, made_at FROM checkpoint ORDER BY size;

-- log_put_checkpoint --
-- Keep a signed head; the first one of a size stays.
INSERT INTO checkpoint (size, note, made_at) VALUES (:size, :note, :made_at) ON CONFLICT (size) DO NOTHING;

-- log_pack --
-- A pack by its digest.
SELECT data FROM pack WHERE digest = :digest;

-- log_packs --
-- All packs.
SELECT digest, data FROM pack ORDER BY digest;

-- log_put_pack --
-- Keep a pack; the same digest is the same bytes.
INSERT INTO pack (digest, data) VALUES (:digest, :data) ON CONFLICT (digest) DO NOTHING;

-- log_remove_pack --
-- Forget a recipe that no message is read with any more.
DELETE FROM pack WHERE digest = :digest;

-- log_taken --
-- The entry that holds the same bytes already.
SELECT seq FROM taken WHERE tag = :tag;

-- log_remember_taken --
-- Notice the same bytes next time.
INSERT INTO taken (tag, seq) VALUES (:tag, :seq) ON CONFLICT (tag) DO NOTHING;

-- log_forget_taken --
-- Forget the bytes of one entry.
DELETE FROM taken WHERE seq = :seq;

-- meta_get --
-- One value of the node's own state.
SELECT value FROM meta WHERE name = :name;

-- meta_put --
-- Set one value of the node's own state.
INSERT INTO meta (name, value) VALUES (:name, :value) ON CONFLICT (name) DO UPDATE SET value = excluded.value;
