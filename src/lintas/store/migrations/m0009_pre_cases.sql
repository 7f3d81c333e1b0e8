-- Cases: what was said in them, and what each comes to here. All of it is a view.

-- What was said in cases, by whomever: what is said by a node that is in none of them changes nothing.
CREATE TABLE case_doc (
    seq     INTEGER PRIMARY KEY,
    message BLOB NOT NULL,
    opener  TEXT NOT NULL,
    ref     TEXT NOT NULL,
    node    TEXT NOT NULL,
    doc     TEXT NOT NULL,
    after   TEXT NOT NULL,
    what    TEXT NOT NULL,
    by      TEXT NOT NULL,
    at      TEXT NOT NULL,
    said    TEXT NOT NULL,
    short   TEXT NOT NULL,
    lang    TEXT NOT NULL
) STRICT;

CREATE INDEX case_doc_of ON case_doc (ref, opener, seq);

CREATE INDEX case_doc_message ON case_doc (message);

-- A case as its documents come to here. `seq` is the place of the document by which it is seen or not.
CREATE TABLE case_file (
    seq         INTEGER PRIMARY KEY,
    message     BLOB NOT NULL,
    opener      TEXT NOT NULL,
    ref         TEXT NOT NULL,
    title       TEXT NOT NULL,
    area        TEXT NOT NULL,
    kind        TEXT NOT NULL,
    open        INTEGER NOT NULL,
    standing    TEXT NOT NULL,
    joint       INTEGER NOT NULL,
    coordinator TEXT NOT NULL,
    members     TEXT NOT NULL,
    conflicts   INTEGER NOT NULL,
    waiting     INTEGER NOT NULL,
    tasks       INTEGER NOT NULL,
    next_due    TEXT NOT NULL,
    by          TEXT NOT NULL,
    at          TEXT NOT NULL,
    changed     INTEGER NOT NULL
) STRICT;

CREATE UNIQUE INDEX case_file_ref ON case_file (ref, opener);

CREATE INDEX case_file_changed ON case_file (changed);

-- Messages that cases name as their items.
CREATE TABLE case_item (
    seq  INTEGER PRIMARY KEY,
    item BLOB NOT NULL
) STRICT;

CREATE INDEX case_item_of ON case_item (item, seq);

-- Open tasks of this node, each with the message that set it, by which somebody answers for it.
CREATE TABLE case_task (
    message BLOB PRIMARY KEY,
    seq     INTEGER NOT NULL,
    ref     TEXT NOT NULL,
    opener  TEXT NOT NULL,
    doc     TEXT NOT NULL,
    title   TEXT NOT NULL,
    officer TEXT NOT NULL,
    due     TEXT NOT NULL
) STRICT;

CREATE INDEX case_task_seq ON case_task (seq);
