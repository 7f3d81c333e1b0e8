-- Notices to people who are not at the desk: own state of this node, no view of the log. One row a target.
CREATE TABLE notice (
    target  TEXT PRIMARY KEY,
    id      TEXT NOT NULL,
    upto    INTEGER NOT NULL,
    made_at TEXT NOT NULL,
    state   TEXT NOT NULL,
    tries   INTEGER NOT NULL,
    next_at TEXT NOT NULL,
    reason  TEXT NOT NULL,
    sent_at TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- What waits at the desk, and what came since a time.
CREATE INDEX alert_open ON alert (acknowledged_by, seq);

CREATE INDEX alert_at ON alert (at);
