-- The desk: reports, requests and what is said in their threads, clocks, and who answers for what. All of it is a view.

-- A request's thread at one of its two desks, as its documents come to. `seq` is the place of the message that opened it.
CREATE TABLE request (
    seq             INTEGER PRIMARY KEY,
    message         BLOB NOT NULL UNIQUE,
    asker           TEXT NOT NULL,
    answerer        TEXT NOT NULL,
    side            TEXT NOT NULL,
    ref             TEXT NOT NULL,
    doc             TEXT NOT NULL,
    form            TEXT NOT NULL,
    power           TEXT NOT NULL,
    desk            TEXT NOT NULL,
    urgency         TEXT NOT NULL,
    agreement       TEXT NOT NULL,
    case_ref        TEXT NOT NULL,
    report          TEXT NOT NULL,
    by              TEXT NOT NULL,
    at              TEXT NOT NULL,
    came            TEXT NOT NULL,
    levels          TEXT NOT NULL,
    amount_minor    INTEGER NOT NULL,
    currency        TEXT NOT NULL,
    state           TEXT NOT NULL,
    open            INTEGER NOT NULL,
    next_due        TEXT NOT NULL,
    next_clock      TEXT NOT NULL,
    next_side       TEXT NOT NULL,
    held_minor      INTEGER NOT NULL,
    blocked_minor   INTEGER NOT NULL,
    ordered_by      TEXT NOT NULL,
    acknowledged_by TEXT NOT NULL,
    changed         INTEGER NOT NULL,
    subject         TEXT NOT NULL
) STRICT;

-- A reference that its asker uses again opens no second thread: of two rows the first counts, the other has no state.
CREATE INDEX request_ref ON request (ref, asker, seq);

CREATE INDEX request_subject ON request (subject, seq) WHERE subject <> '';

CREATE INDEX request_due ON request (open, next_due, seq);

CREATE INDEX request_state ON request (state, side, seq);

CREATE INDEX request_state_due ON request (state, open, next_due, seq);

CREATE INDEX request_other ON request ((CASE WHEN side = 'asker' THEN answerer ELSE asker END), seq);

CREATE INDEX request_other_due ON request ((CASE WHEN side = 'asker' THEN answerer ELSE asker END), open, next_due, seq);

CREATE INDEX request_case ON request (case_ref, seq) WHERE case_ref <> '';

CREATE INDEX request_report ON request (report, seq) WHERE report <> '';

-- What was said in threads, by whomever: what is no side of a thread changes nothing in it.
CREATE TABLE step (
    seq      INTEGER PRIMARY KEY,
    message  BLOB NOT NULL,
    asker    TEXT NOT NULL,
    ref      TEXT NOT NULL,
    node     TEXT NOT NULL,
    doc      TEXT NOT NULL,
    after    TEXT NOT NULL,
    what     TEXT NOT NULL,
    by       TEXT NOT NULL,
    at       TEXT NOT NULL,
    came     TEXT NOT NULL,
    said     TEXT NOT NULL
) STRICT;

CREATE INDEX step_thread ON step (ref, asker, seq);

-- Every clock that runs; `seq` is the place of the message that opened the thing, by which it is seen or not.
CREATE TABLE clock (
    target BLOB NOT NULL,
    clock  TEXT NOT NULL,
    item   TEXT NOT NULL,
    at     TEXT NOT NULL,
    side   TEXT NOT NULL,
    seq    INTEGER NOT NULL,
    PRIMARY KEY (target, clock, item)
) STRICT, WITHOUT ROWID;

CREATE INDEX clock_at ON clock (at);

CREATE INDEX clock_of ON clock (seq);

-- What time did to clocks, and who saw it.
CREATE TABLE due (
    target  BLOB NOT NULL,
    clock   TEXT NOT NULL,
    item    TEXT NOT NULL,
    due_at  TEXT NOT NULL,
    state   TEXT NOT NULL,
    by      TEXT NOT NULL,
    at      TEXT NOT NULL,
    seen_by TEXT NOT NULL,
    seen_at TEXT NOT NULL,
    seq     INTEGER NOT NULL,
    PRIMARY KEY (target, clock, item, due_at, state)
) STRICT, WITHOUT ROWID;

CREATE INDEX due_unseen ON due (seen_at, due_at);

-- Who answers for an open thing, and to whom it was offered.
CREATE TABLE owned (
    target     BLOB PRIMARY KEY,
    owner      TEXT NOT NULL,
    offered_to TEXT NOT NULL,
    offered_by TEXT NOT NULL,
    at         TEXT NOT NULL,
    seq        INTEGER NOT NULL
) STRICT;

CREATE INDEX owned_owner ON owned (owner);

CREATE INDEX owned_offered ON owned (offered_to) WHERE offered_to <> '';

-- Reports, each document one row; the newest of a reference is what it says now.
CREATE TABLE report (
    seq          INTEGER PRIMARY KEY,
    message      BLOB NOT NULL,
    ref          TEXT NOT NULL,
    doc          TEXT NOT NULL,
    by           TEXT NOT NULL,
    at           TEXT NOT NULL,
    how          TEXT NOT NULL,
    area         TEXT NOT NULL,
    kind         TEXT NOT NULL,
    state        TEXT NOT NULL,
    duplicate_of TEXT NOT NULL
) STRICT;

CREATE INDEX report_ref ON report (ref, seq);

CREATE TABLE report_payment (
    seq       INTEGER NOT NULL,
    number    INTEGER NOT NULL,
    scheme    TEXT NOT NULL,
    value     TEXT NOT NULL,
    minor     INTEGER NOT NULL,
    currency  TEXT NOT NULL,
    at        TEXT NOT NULL,
    reference TEXT NOT NULL,
    PRIMARY KEY (seq, number)
) STRICT, WITHOUT ROWID;

CREATE INDEX report_payment_to ON report_payment (value);

CREATE INDEX report_payment_reference ON report_payment (reference) WHERE reference <> '';

CREATE TABLE victim (
    seq     INTEGER PRIMARY KEY,
    message BLOB NOT NULL,
    ref     TEXT NOT NULL
) STRICT;

CREATE INDEX victim_ref ON victim (ref, seq);
