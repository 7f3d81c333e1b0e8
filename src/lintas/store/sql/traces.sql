-- view_trace_doc_put --
-- Show what somebody said of a trace.
INSERT INTO trace_doc (seq, message, opener, ref, node, to_node, doc, what, by, at, came, said, short)
VALUES (:seq, :message, :opener, :ref, :node, :to, :doc, :what, :by, :at, :at, :said, :short)
    ON CONFLICT (seq) DO NOTHING;

-- view_trace_doc_of --
-- The trace of which one place says something.
SELECT opener, ref FROM trace_doc WHERE seq = :seq;

-- view_trace_doc_remove --
-- Forget what somebody said.
DELETE FROM trace_doc WHERE seq = :seq;

-- view_trace_doc_in --
-- Traces of which messages that came together say something.
SELECT DISTINCT opener, ref FROM trace_doc WHERE seq >= :first AND seq < :first + :length;

-- view_trace_doc_came --
-- Show when it came, by our clock.
UPDATE trace_doc SET came = :at WHERE seq >= :first AND seq < :first + :length AND node <> :own;

-- view_trace_put --
-- Show a trace as its documents come to.
INSERT INTO trace_file (seq, message, opener, ref, title, case_ref, method, stands, by, at, ran_at, to_hand, to_answer,
                        outstanding, changed)
VALUES (:seq, :message, :opener, :ref, :title, :case_ref, :method, :stands, :by, :at, :ran_at, :to_hand, :to_answer,
        :outstanding, :changed);

-- view_trace_remove --
-- Forget a trace as it was.
DELETE FROM trace_file WHERE ref = :ref AND opener = :opener;

-- trace_docs --
-- What was said of one trace, in the order in which it came.
SELECT d.seq, d.message, d.node, d.to_node, d.doc, d.what, d.by, d.came, d.said, d.short
  FROM trace_doc d WHERE d.ref = :ref AND d.opener = :opener ORDER BY d.seq;

-- trace_named --
-- Traces of one reference: openers may have made the same one.
SELECT t.* FROM trace_file t JOIN message m ON m.seq = t.seq WHERE t.ref = :ref AND /*visible m*/ ORDER BY t.seq LIMIT 20;

-- trace_one --
-- One trace, for the node itself.
SELECT t.* FROM trace_file t WHERE t.ref = :ref AND t.opener = :opener;

-- trace_by_message --
-- One trace, by the message from which it is shown.
SELECT t.* FROM trace_file t JOIN message m ON m.seq = t.seq
 WHERE t.seq = (SELECT s.seq FROM message s WHERE s.id = :message) AND /*visible m*/;

-- trace_at --
-- The trace of which one place says something.
SELECT t.* FROM trace_doc d JOIN trace_file t ON t.ref = d.ref AND t.opener = d.opener JOIN message m ON m.seq = t.seq
 WHERE d.seq = :seq AND /*visible m*/;

-- trace_newest --
-- Traces, the one that changed last first.
SELECT t.* FROM trace_file t JOIN message m ON m.seq = t.seq
 WHERE t.changed < :before AND (:stands = '' OR t.stands = :stands) AND (:case_ref = '' OR t.case_ref = :case_ref)
   AND /*visible m*/
 ORDER BY t.changed DESC LIMIT :limit;

-- trace_live --
-- Traces that nobody stopped, beyond a place, for the node itself.
SELECT t.* FROM trace_file t WHERE t.stands <> 'stopped' AND t.seq > :after ORDER BY t.seq LIMIT :limit;

-- trace_spent --
-- How many payments one node handed another since a time, up to a place.
SELECT COUNT(*) FROM trace_doc d
 WHERE d.node = :node AND d.to_node = :to AND d.what = 'handed' AND d.came >= :since AND d.seq <= :until;

-- empty_trace_doc --
-- Remove what was said of traces.
DELETE FROM trace_doc;

-- empty_trace_file --
-- Remove every trace.
DELETE FROM trace_file;

-- dump_trace_doc --
-- What was said of traces.
SELECT message, opener, ref, node, to_node, doc, what, by, at, came, said, short FROM trace_doc ORDER BY seq;

-- dump_trace_file --
-- Traces.
SELECT message, opener, ref, title, case_ref, method, stands, by, at, ran_at, to_hand, to_answer, outstanding, changed
  FROM trace_file ORDER BY seq;
