-- The log proper, the views, and the node's own state.

CREATE TABLE meta (
    name  TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT;

-- Packs, option sets and recipes, by the SHA-256 of their bytes: what a message was read with.
CREATE TABLE pack (
    digest TEXT PRIMARY KEY,
    data   BLOB NOT NULL
) STRICT;

CREATE TABLE entry (
    seq       INTEGER PRIMARY KEY,
    id        BLOB NOT NULL UNIQUE,
    header    BLOB NOT NULL,
    key_id    TEXT NOT NULL,
    algorithm TEXT NOT NULL,
    signature BLOB NOT NULL
) STRICT;

-- The erasable part. A row without data names a blob.
CREATE TABLE payload (
    seq      INTEGER PRIMARY KEY,
    salt     BLOB NOT NULL,
    openings BLOB NOT NULL,
    data     BLOB,
    blob     TEXT NOT NULL
) STRICT;

CREATE TABLE taken (
    tag BLOB PRIMARY KEY,
    seq INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX taken_seq ON taken (seq);

CREATE TABLE tile (
    level  INTEGER NOT NULL,
    number INTEGER NOT NULL,
    hashes BLOB NOT NULL,
    PRIMARY KEY (level, number)
) STRICT;

CREATE TABLE checkpoint (
    size    INTEGER PRIMARY KEY,
    note    TEXT NOT NULL,
    made_at TEXT NOT NULL
) STRICT;

-- Views from here on: each can be emptied and comes back equal by replaying the log.

CREATE TABLE message (
    seq        INTEGER PRIMARY KEY,
    id         BLOB NOT NULL UNIQUE,
    kind       TEXT NOT NULL,
    media_type TEXT NOT NULL,
    created_at TEXT NOT NULL,
    originator TEXT NOT NULL,
    tlp        INTEGER NOT NULL,
    marking    INTEGER NOT NULL,
    grading    TEXT NOT NULL,
    size_bytes INTEGER NOT NULL,
    erased     INTEGER NOT NULL
) STRICT;

CREATE INDEX message_kind ON message (kind, seq);

CREATE TABLE marking (
    id    INTEGER PRIMARY KEY,
    codes TEXT NOT NULL UNIQUE
) STRICT;

CREATE TABLE intake (
    seq        INTEGER PRIMARY KEY,
    source     TEXT NOT NULL,
    file_name  TEXT NOT NULL,
    format     TEXT NOT NULL,
    digest     TEXT NOT NULL,
    size_bytes INTEGER NOT NULL,
    read       INTEGER NOT NULL,
    used       INTEGER NOT NULL,
    rejected   TEXT NOT NULL
) STRICT;

CREATE TABLE intake_item (
    intake   INTEGER NOT NULL,
    position INTEGER NOT NULL,
    item     INTEGER NOT NULL,
    PRIMARY KEY (intake, position)
) STRICT, WITHOUT ROWID;

CREATE INDEX intake_item_item ON intake_item (item, intake);

-- Dictionaries: each word stands once, rows refer to it by number.
CREATE TABLE entity (
    id  INTEGER PRIMARY KEY,
    key TEXT NOT NULL UNIQUE
) STRICT;

CREATE TABLE prop (
    id   INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    kind TEXT NOT NULL,
    UNIQUE (name, kind)
) STRICT;

-- A text that is searched by its words is another value than the same text as a code, so each is either indexed or not.
CREATE TABLE value (
    id       INTEGER PRIMARY KEY,
    digest   BLOB NOT NULL UNIQUE,
    searched INTEGER NOT NULL,
    text     TEXT NOT NULL
) STRICT;

-- What a later reader says of the same value otherwise is another row: each message keeps what was read of it.
CREATE TABLE identifier (
    id       INTEGER PRIMARY KEY,
    scheme   TEXT NOT NULL,
    value    TEXT NOT NULL,
    strength TEXT NOT NULL,
    country  TEXT NOT NULL,
    UNIQUE (scheme, value, strength, country)
) STRICT;

CREATE INDEX identifier_value ON identifier (value);

CREATE TABLE appearance (
    seq     INTEGER NOT NULL,
    entity  INTEGER NOT NULL,
    schema  TEXT NOT NULL,
    caption TEXT NOT NULL,
    PRIMARY KEY (entity, seq)
) STRICT, WITHOUT ROWID;

CREATE INDEX appearance_seq ON appearance (seq);

CREATE TABLE statement (
    seq         INTEGER NOT NULL,
    n           INTEGER NOT NULL,
    entity      INTEGER NOT NULL,
    prop        INTEGER NOT NULL,
    value       INTEGER NOT NULL,
    confidence  INTEGER NOT NULL,
    valid_from  TEXT NOT NULL,
    valid_until TEXT NOT NULL,
    lang        TEXT NOT NULL,
    PRIMARY KEY (seq, n)
) STRICT, WITHOUT ROWID;

CREATE INDEX statement_entity ON statement (entity);

CREATE INDEX statement_value ON statement (value);

-- A value is posted once; who carries it are rows of two numbers, never pairs of carriers.
CREATE TABLE posting (
    identifier INTEGER NOT NULL,
    seq        INTEGER NOT NULL,
    entity     INTEGER NOT NULL,
    prop       TEXT NOT NULL,
    flags      TEXT NOT NULL,
    original   TEXT NOT NULL,
    PRIMARY KEY (identifier, seq, entity, prop)
) STRICT, WITHOUT ROWID;

CREATE INDEX posting_seq ON posting (seq);

CREATE INDEX posting_entity ON posting (entity);

-- 2-grams of searched texts. Members are 16-bit offsets, little-endian and ascending, of values within a block of 4096.
CREATE TABLE gram (
    gram    TEXT NOT NULL,
    block   INTEGER NOT NULL,
    members BLOB NOT NULL,
    PRIMARY KEY (gram, block)
) STRICT, WITHOUT ROWID;

CREATE TABLE watch (
    seq        INTEGER PRIMARY KEY,
    id         BLOB NOT NULL UNIQUE,
    owner      TEXT NOT NULL,
    note       TEXT NOT NULL,
    created_at TEXT NOT NULL,
    expires_at TEXT NOT NULL,
    ended_at   TEXT NOT NULL,
    ended_by   TEXT NOT NULL
) STRICT;

CREATE TABLE watch_term (
    scheme TEXT NOT NULL,
    value  TEXT NOT NULL,
    watch  INTEGER NOT NULL,
    PRIMARY KEY (scheme, value, watch)
) STRICT, WITHOUT ROWID;

CREATE INDEX watch_term_watch ON watch_term (watch);

CREATE TABLE alert (
    id              BLOB PRIMARY KEY,
    seq             INTEGER NOT NULL UNIQUE,
    watch           BLOB NOT NULL,
    message         BLOB NOT NULL,
    scheme          TEXT NOT NULL,
    value           TEXT NOT NULL,
    reason          TEXT NOT NULL,
    at              TEXT NOT NULL,
    acknowledged_by TEXT NOT NULL,
    acknowledged_at TEXT NOT NULL
) STRICT;

CREATE INDEX alert_message ON alert (message);
