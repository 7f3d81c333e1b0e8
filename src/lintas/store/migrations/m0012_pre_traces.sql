-- Traces that are kept: what nodes said of each, and what it comes to here. All of it is a view.

-- What was said of traces, by whomever; what is between other nodes changes nothing here.
CREATE TABLE trace_doc (
    seq     INTEGER PRIMARY KEY,
    message BLOB NOT NULL,
    opener  TEXT NOT NULL,
    ref     TEXT NOT NULL,
    node    TEXT NOT NULL,
    to_node TEXT NOT NULL,
    doc     TEXT NOT NULL,
    what    TEXT NOT NULL,
    by      TEXT NOT NULL,
    at      TEXT NOT NULL,
    came    TEXT NOT NULL,
    said    TEXT NOT NULL,
    short   TEXT NOT NULL
) STRICT;

CREATE INDEX trace_doc_of ON trace_doc (ref, opener, seq);

-- Budgets: what went from one node to another on one day.
CREATE INDEX trace_doc_spent ON trace_doc (node, to_node, what, came);

-- A trace as its documents come to here. `seq` is the place of the document by which it is seen or not.
CREATE TABLE trace_file (
    seq         INTEGER PRIMARY KEY,
    message     BLOB NOT NULL,
    opener      TEXT NOT NULL,
    ref         TEXT NOT NULL,
    title       TEXT NOT NULL,
    case_ref    TEXT NOT NULL,
    method      TEXT NOT NULL,
    stands      TEXT NOT NULL,
    by          TEXT NOT NULL,
    at          TEXT NOT NULL,
    ran_at      TEXT NOT NULL,
    to_hand     INTEGER NOT NULL,
    to_answer   INTEGER NOT NULL,
    outstanding INTEGER NOT NULL,
    changed     INTEGER NOT NULL
) STRICT;

CREATE UNIQUE INDEX trace_file_ref ON trace_file (ref, opener);

CREATE INDEX trace_file_changed ON trace_file (changed);

CREATE INDEX trace_file_case ON trace_file (case_ref);
