-- view_agreement_put --
-- Show what somebody said of an agreement.
INSERT INTO agreement (seq, message, node, proposer, ref, what, terms, digest, by, at)
VALUES (:seq, :message, :node, :proposer, :ref, :what, :terms, :digest, :by, :at)
    ON CONFLICT (seq) DO NOTHING;

-- view_agreement_remove --
-- Forget what somebody said of an agreement.
DELETE FROM agreement WHERE seq = :seq;

-- agreements_said --
-- What was said of agreements that their proposer proposed, or of one, for the node itself. That a node ended it comes
-- first and once: nobody can say so much that it is not heard.
SELECT a.seq, a.message, a.node, a.proposer, a.ref, a.what, a.terms, a.digest, a.by, a.at
  FROM agreement a
 WHERE (:ref = '' OR a.ref = :ref)
   AND EXISTS (SELECT 1 FROM agreement p WHERE p.ref = a.ref AND p.proposer = a.proposer AND p.node = p.proposer
                  AND p.what = 'proposed')
   AND NOT EXISTS (SELECT 1 FROM agreement e WHERE e.ref = a.ref AND e.proposer = a.proposer AND e.seq < a.seq
                      AND e.node = a.node AND e.what = a.what AND e.digest = a.digest)
   AND (a.what <> 'ended' OR NOT EXISTS (SELECT 1 FROM agreement e WHERE e.ref = a.ref AND e.proposer = a.proposer
                                            AND e.seq < a.seq AND e.node = a.node AND e.what = 'ended'))
 ORDER BY a.what <> 'ended', a.seq LIMIT :limit;

-- empty_agreement --
-- Remove what was said of agreements.
DELETE FROM agreement;

-- dump_agreement --
-- What was said of agreements, in natural keys.
SELECT message, node, proposer, ref, what, terms, digest, by, at FROM agreement ORDER BY seq;
