-- view_ledger_put --
-- Say that a message holds payments; what it said of them before is replaced.
INSERT INTO ledger_message (seq, digest, rows, first_at, last_at, accounts)
VALUES (:seq, :digest, :rows, :first_at, :last_at, :accounts)
    ON CONFLICT (seq) DO UPDATE SET digest = excluded.digest, rows = excluded.rows, first_at = excluded.first_at,
                                    last_at = excluded.last_at, accounts = excluded.accounts;

-- view_ledger_remove --
-- Forget that a message holds payments.
DELETE FROM ledger_message WHERE seq = :seq;

-- ledger_messages --
-- Messages that hold payments, whoever may see them, for the node itself.
SELECT l.seq, e.id, l.digest, l.rows, l.first_at, l.last_at, l.accounts
  FROM ledger_message l
  JOIN entry e ON e.seq = l.seq
 ORDER BY l.seq;

-- ledger_message_of --
-- What is said of the payments of one message, for the node itself.
SELECT l.seq, e.id, l.digest, l.rows, l.first_at, l.last_at, l.accounts
  FROM entry e
  JOIN ledger_message l ON l.seq = e.seq
 WHERE e.id = :id;

-- find_ledger_messages --
-- Messages that hold payments which the viewer may see, and see unmasked.
SELECT l.seq, m.id, l.digest, l.rows, l.first_at, l.last_at, l.accounts
  FROM ledger_message l
  JOIN message m ON m.seq = l.seq
 WHERE /*visible m*/ AND (m.classes & :masked) = 0
 ORDER BY l.seq;

-- empty_ledger_message --
-- Remove what is said of messages that hold payments.
DELETE FROM ledger_message;

-- dump_ledger_message --
-- Messages that hold payments, in natural keys.
SELECT e.id, l.digest, l.rows, l.first_at, l.last_at, l.accounts
  FROM ledger_message l
  JOIN entry e ON e.seq = l.seq
 ORDER BY l.seq;
