-- view_question_put --
-- Show what was said of a question to a bank.
INSERT INTO question (seq, message, ref, doc, what, about, by, at, said)
VALUES (:seq, :message, :ref, :doc, :what, :about, :by, :at, :said) ON CONFLICT (seq) DO NOTHING;

-- view_question_remove --
-- Forget what was said of a question.
DELETE FROM question WHERE seq = :seq;

-- questions_unanswered --
-- Questions beyond a place that no answer ended, for the node itself.
SELECT q.seq, q.message, q.ref, q.doc, q.what, q.about, q.by, q.at, q.said FROM question q
 WHERE q.what = 'asked' AND q.seq > :after
   AND NOT EXISTS (SELECT 1 FROM question e WHERE e.ref = q.ref AND e.what IN ('told', 'dropped'))
 ORDER BY q.seq LIMIT :limit;

-- question_said --
-- All that was said of one question, for the node itself.
SELECT q.seq, q.message, q.ref, q.doc, q.what, q.about, q.by, q.at, q.said FROM question q
 WHERE q.ref = :ref ORDER BY q.seq LIMIT :limit;

-- questions_for --
-- Questions that were asked for one request or trace, for the node itself, newest first.
SELECT q.seq, q.message, q.ref, q.doc, q.what, q.about, q.by, q.at, q.said FROM question q
 WHERE q.about = :about AND q.about <> '' ORDER BY q.seq DESC LIMIT :limit;

-- questions_seen --
-- Questions, or those for one request or trace, newest first.
SELECT q.seq, q.message, q.ref, q.doc, q.what, q.about, q.by, q.at, q.said
  FROM question q JOIN message m ON m.seq = q.seq
 WHERE q.what = 'asked' AND (:about = '' OR q.about = :about) AND /*visible m*/ ORDER BY q.seq DESC LIMIT :limit;

-- question_called --
-- One question, by its reference.
SELECT q.seq, q.message, q.ref, q.doc, q.what, q.about, q.by, q.at, q.said
  FROM question q JOIN message m ON m.seq = q.seq
 WHERE q.ref = :ref AND q.what = 'asked' AND /*visible m*/ ORDER BY q.seq LIMIT 1;

-- empty_question --
-- Remove what was said of questions.
DELETE FROM question;

-- dump_question --
-- What was said of questions, in natural keys.
SELECT message, ref, doc, what, about, by, at, said FROM question ORDER BY seq;
