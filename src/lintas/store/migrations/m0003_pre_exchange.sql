-- What travels between nodes: released messages and their streams, peers, and what each says became of a message.

ALTER TABLE message ADD COLUMN channel TEXT NOT NULL DEFAULT 'local';

-- The entry whose payload has the same bytes: they stand there once, salt and openings stand with each.
ALTER TABLE payload ADD COLUMN same_as INTEGER;

CREATE INDEX payload_same_as ON payload (same_as) WHERE same_as IS NOT NULL;

-- Two peers may send the same bytes under the same salt: then two rows need one blob.
CREATE INDEX payload_blob ON payload (blob) WHERE blob <> '';

-- Views. What a peer can cause is keyed by its place in the log, so that nothing it sends can be refused as a double.

CREATE TABLE peer (
    node        TEXT PRIMARY KEY,
    channel     TEXT NOT NULL,
    introduced  INTEGER NOT NULL,
    suspended   INTEGER NOT NULL,
    removed     INTEGER NOT NULL,
    ground      TEXT NOT NULL,
    incarnation TEXT NOT NULL,
    changed_at  TEXT NOT NULL,
    added_at    TEXT NOT NULL,
    added       INTEGER NOT NULL
) STRICT;

CREATE INDEX peer_channel ON peer (channel);

CREATE TABLE peer_key (
    node        TEXT NOT NULL,
    seq         INTEGER NOT NULL,
    country     TEXT NOT NULL,
    incarnation TEXT NOT NULL,
    PRIMARY KEY (node, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE peer_profile (
    seq  INTEGER PRIMARY KEY,
    node TEXT NOT NULL,
    name TEXT NOT NULL
) STRICT;

CREATE INDEX peer_profile_node ON peer_profile (node, seq);

CREATE TABLE confirmation (
    seq          INTEGER PRIMARY KEY,
    node         TEXT NOT NULL,
    person       TEXT NOT NULL,
    their_person TEXT NOT NULL,
    at           TEXT NOT NULL
) STRICT;

CREATE INDEX confirmation_node ON confirmation (node, seq);

CREATE TABLE decision (
    channel    TEXT NOT NULL,
    conditions TEXT NOT NULL,
    policy     TEXT NOT NULL,
    message    BLOB NOT NULL,
    outcome    TEXT NOT NULL,
    rule       TEXT NOT NULL,
    seq        INTEGER NOT NULL,
    PRIMARY KEY (channel, conditions, policy)
) STRICT, WITHOUT ROWID;

-- A run of messages that stand next to each other, in the log and in one stream.
CREATE TABLE span (
    release     INTEGER PRIMARY KEY,
    direction   TEXT NOT NULL,
    channel     TEXT NOT NULL,
    node        TEXT NOT NULL,
    incarnation TEXT NOT NULL,
    lane        TEXT NOT NULL,
    first       INTEGER NOT NULL,
    length      INTEGER NOT NULL,
    seq         INTEGER NOT NULL,
    chain       TEXT NOT NULL
) STRICT;

CREATE INDEX span_place ON span (direction, channel, incarnation, lane, first);

CREATE INDEX span_channel_seq ON span (direction, channel, seq);

CREATE INDEX span_seq ON span (direction, seq);

-- Where each stream ends, and how far its recipient says that it stored ours.
CREATE TABLE stream (
    direction   TEXT NOT NULL,
    channel     TEXT NOT NULL,
    incarnation TEXT NOT NULL,
    lane        TEXT NOT NULL,
    node        TEXT NOT NULL,
    counter     INTEGER NOT NULL,
    chain       TEXT NOT NULL,
    release     INTEGER NOT NULL,
    stored      INTEGER NOT NULL,
    PRIMARY KEY (direction, channel, incarnation, lane)
) STRICT, WITHOUT ROWID;

CREATE INDEX stream_node ON stream (direction, node);

CREATE TABLE released (
    seq  INTEGER PRIMARY KEY,
    home BLOB NOT NULL
) STRICT;

CREATE INDEX released_home ON released (home);

CREATE TABLE receipt (
    message BLOB NOT NULL,
    node    TEXT NOT NULL,
    state   TEXT NOT NULL,
    ground  TEXT NOT NULL,
    desk    TEXT NOT NULL,
    person  TEXT NOT NULL,
    at      TEXT NOT NULL,
    seq     INTEGER NOT NULL,
    PRIMARY KEY (message, node, state)
) STRICT, WITHOUT ROWID;

CREATE TABLE rejection (
    seq      INTEGER PRIMARY KEY,
    node     TEXT NOT NULL,
    message  BLOB NOT NULL,
    rejected TEXT NOT NULL,
    total    INTEGER NOT NULL
) STRICT;

CREATE INDEX rejection_message ON rejection (message);

CREATE TABLE evidence (
    seq    INTEGER PRIMARY KEY,
    node   TEXT NOT NULL,
    what   TEXT NOT NULL,
    reason TEXT NOT NULL,
    at     TEXT NOT NULL
) STRICT;

CREATE INDEX evidence_node ON evidence (node, seq);

CREATE TABLE handover (
    seq    INTEGER PRIMARY KEY,
    target BLOB NOT NULL,
    person TEXT NOT NULL,
    heir   TEXT NOT NULL,
    at     TEXT NOT NULL
) STRICT;

CREATE INDEX handover_target ON handover (target);

-- Own state of this node, no view: heads of other logs, and where their nodes are reached.

CREATE TABLE peer_note (
    origin TEXT PRIMARY KEY,
    node   TEXT NOT NULL,
    size   INTEGER NOT NULL,
    root   BLOB NOT NULL,
    note   TEXT NOT NULL,
    at     TEXT NOT NULL
) STRICT;

CREATE TABLE peer_address (
    node TEXT PRIMARY KEY,
    url  TEXT NOT NULL
) STRICT;
