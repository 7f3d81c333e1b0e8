-- Messages that hold payments, in numbers; the payments stand in the ledger's own files. It is a view.
CREATE TABLE ledger_message (
    seq      INTEGER PRIMARY KEY,
    digest   TEXT NOT NULL,
    rows     INTEGER NOT NULL,
    first_at INTEGER NOT NULL,
    last_at  INTEGER NOT NULL,
    accounts INTEGER NOT NULL
) STRICT;
