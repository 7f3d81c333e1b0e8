-- What banks were asked about bookings, and what came of it, each document one row. It is a view.
CREATE TABLE question (
    seq     INTEGER PRIMARY KEY,
    message BLOB NOT NULL,
    ref     TEXT NOT NULL,
    doc     TEXT NOT NULL,
    what    TEXT NOT NULL,
    about   TEXT NOT NULL,
    by      TEXT NOT NULL,
    at      TEXT NOT NULL,
    said    TEXT NOT NULL
) STRICT;

CREATE INDEX question_ref ON question (ref, seq);

CREATE INDEX question_about ON question (about, seq) WHERE about <> '';

CREATE INDEX question_asked ON question (what, seq);
