-- What nodes said of fast lanes, each document one row; an agreement is what they come to. It is a view.
CREATE TABLE agreement (
    seq      INTEGER PRIMARY KEY,
    message  BLOB NOT NULL,
    node     TEXT NOT NULL,
    proposer TEXT NOT NULL,
    ref      TEXT NOT NULL,
    what     TEXT NOT NULL,
    terms    TEXT NOT NULL,
    digest   TEXT NOT NULL,
    by       TEXT NOT NULL,
    at       TEXT NOT NULL
) STRICT;

CREATE INDEX agreement_ref ON agreement (ref, proposer, seq);
