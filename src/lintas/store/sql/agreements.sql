-- view_agreement_put --
-- Show what somebody said of an agreement.
INSERT INTO agreement (seq, message, node, proposer, ref, what, terms, digest, by, at)
VALUES (:seq, :message, :node, :proposer, :ref, :what, :terms, :digest, :by, :at)
    ON CONFLICT (seq) DO NOTHING;

-- view_agreement_remove --
-- Forget what somebody said of an agreement.
DELETE FROM agreement WHERE seq = :seq;

-- agreements_said --
-- What was said of agreements, or of one, for the node itself.
SELECT a.seq, a.message, a.node, a.proposer, a.ref, a.what, a.terms, a.digest, a.by, a.at
  FROM agreement a WHERE :ref = '' OR a.ref = :ref ORDER BY a.seq LIMIT :limit;

-- empty_agreement --
-- Remove what was said of agreements.
DELETE FROM agreement;

-- dump_agreement --
-- What was said of agreements, in natural keys.
SELECT message, node, proposer, ref, what, terms, digest, by, at FROM agreement ORDER BY seq;
