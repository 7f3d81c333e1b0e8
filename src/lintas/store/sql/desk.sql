-- view_request_put --
-- Keep a request; until its thread is put together it has no state, and one with a used reference never gets one.
INSERT INTO request (seq, message, asker, answerer, side, ref, doc, form, power, desk, urgency, agreement, case_ref, report,
                     by, at, came, levels, amount_minor, currency, state, open, next_due, next_clock, next_side,
                     held_minor, blocked_minor, ordered_by, acknowledged_by, changed, subject)
VALUES (:seq, :message, :asker, :answerer, :side, :ref, :doc, :form, :power, :desk, :urgency, :agreement, :case_ref,
        :report, :by, :at, :at, :levels, :amount_minor, :currency, '', 0, '', '', '', 0, 0, '', '', :seq, :subject)
    ON CONFLICT DO NOTHING;

-- view_request_state --
-- Show where a thread is.
UPDATE request
   SET state = :state, open = :open, next_due = :next_due, next_clock = :next_clock, next_side = :next_side,
       held_minor = :held_minor, blocked_minor = :blocked_minor, ordered_by = :ordered_by,
       acknowledged_by = :acknowledged_by, changed = :changed
 WHERE seq = :seq;

-- view_request_came --
-- Show when requests came, by our clock.
UPDATE request SET came = :at WHERE seq >= :first AND seq < :first + :length AND side = 'answerer';

-- view_request_in --
-- Threads that some places opened.
SELECT asker, ref FROM request WHERE seq >= :first AND seq < :first + :length;

-- view_request_remove --
-- Forget a thread whose request was erased.
DELETE FROM request WHERE seq = :seq;

-- view_request_of --
-- The thread that one place asks for.
SELECT asker, ref FROM request WHERE seq = :seq;

-- view_clocks_remove --
-- Forget the clocks of one thing.
DELETE FROM clock WHERE seq = :seq;

-- view_clock_put --
-- Show a clock that runs; of two alike the one put first counts.
INSERT INTO clock (target, clock, item, at, side, seq) VALUES (:target, :clock, :item, :at, :side, :seq)
    ON CONFLICT (target, clock, item) DO NOTHING;

-- view_step_put --
-- Show what somebody said in a thread.
INSERT INTO step (seq, message, asker, ref, node, doc, after, what, by, at, came, said)
VALUES (:seq, :message, :asker, :ref, :node, :doc, :after, :what, :by, :at, :at, :said)
    ON CONFLICT (seq) DO NOTHING;

-- view_step_came --
-- Show when steps came, by our clock.
UPDATE step SET came = :at WHERE seq >= :first AND seq < :first + :length AND node <> :own;

-- view_step_in --
-- Threads that some places say something in.
SELECT DISTINCT asker, ref FROM step WHERE seq >= :first AND seq < :first + :length;

-- view_step_of --
-- The thread that one place says something in.
SELECT asker, ref FROM step WHERE seq = :seq;

-- view_step_remove --
-- Forget what somebody said.
DELETE FROM step WHERE seq = :seq;

-- view_report_put --
-- Show a report, or a later state of one.
INSERT INTO report (seq, message, ref, doc, by, at, how, area, kind, state, duplicate_of)
VALUES (:seq, :message, :ref, :doc, :by, :at, :how, :area, :kind, :state, :duplicate_of)
    ON CONFLICT (seq) DO NOTHING;

-- view_report_payment_put --
-- Show a payment that a report tells.
INSERT INTO report_payment (seq, number, scheme, value, minor, currency, at, reference)
VALUES (:seq, :number, :scheme, :value, :minor, :currency, :at, :reference)
    ON CONFLICT (seq, number) DO NOTHING;

-- view_report_remove --
-- Forget a report.
DELETE FROM report WHERE seq = :seq;

-- view_report_payments_remove --
-- Forget what was paid.
DELETE FROM report_payment WHERE seq = :seq;

-- view_victim_put --
-- Show where it stands who reported something.
INSERT INTO victim (seq, message, ref) VALUES (:seq, :message, :ref) ON CONFLICT (seq) DO NOTHING;

-- view_victim_remove --
-- Forget it.
DELETE FROM victim WHERE seq = :seq;

-- view_owned_taken --
-- Show who answers for a thing; an offer that was open ends.
INSERT INTO owned (target, owner, offered_to, offered_by, at, seq) VALUES (:target, :to, '', '', :at, :seq)
    ON CONFLICT (target) DO UPDATE SET owner = excluded.owner, offered_to = '', offered_by = '', at = excluded.at,
                                       seq = excluded.seq;

-- view_owned_offered --
-- Show to whom a thing is offered; until they accept it, it stays with who has it.
INSERT INTO owned (target, owner, offered_to, offered_by, at, seq) VALUES (:target, '', :to, :by, :at, :seq)
    ON CONFLICT (target) DO UPDATE SET offered_to = excluded.offered_to, offered_by = excluded.offered_by,
                                       at = excluded.at, seq = excluded.seq;

-- view_owned_declined --
-- Show that an offer was declined.
UPDATE owned SET offered_to = '', offered_by = '', at = :at, seq = :seq WHERE target = :target;

-- view_due_put --
-- Show what time did to a clock.
INSERT INTO due (target, clock, item, due_at, state, by, at, seen_by, seen_at, seq)
VALUES (:target, :clock, :item, :due_at, :state, :by, :at, '', '', :seq)
    ON CONFLICT DO NOTHING;

-- view_due_seen --
-- Show who saw it.
UPDATE due SET seen_by = :by, seen_at = :at
 WHERE target = :target AND clock = :clock AND item = :item AND due_at = :due_at AND seen_at = '';

-- desk_has_ref --
-- Whether a reference was used.
SELECT 1 FROM request WHERE ref = :ref UNION ALL SELECT 1 FROM report WHERE ref = :ref
 UNION ALL SELECT 1 FROM agreement WHERE ref = :ref UNION ALL SELECT 1 FROM case_doc WHERE ref = :ref
 UNION ALL SELECT 1 FROM trace_doc WHERE ref = :ref UNION ALL SELECT 1 FROM question WHERE ref = :ref LIMIT 1;

-- desk_request --
-- One thread, by the message that opened it here.
SELECT r.* FROM request r JOIN message m ON m.seq = r.seq WHERE r.message = :message AND r.state <> '' AND /*visible m*/;

-- desk_request_by_ref --
-- Threads of one reference: askers may have made the same one.
SELECT r.* FROM request r JOIN message m ON m.seq = r.seq WHERE r.ref = :ref AND r.state <> '' AND /*visible m*/ ORDER BY r.seq LIMIT 20;

-- desk_thread --
-- The thread of one asker and reference, for the node itself.
SELECT r.* FROM request r WHERE r.ref = :ref AND r.asker = :asker ORDER BY r.seq LIMIT 1;

-- desk_steps --
-- What one node said in one thread, in the order in which it came.
SELECT s.seq, s.message, s.node, s.doc, s.after, s.what, s.by, s.at, s.came, s.said
  FROM step s WHERE s.ref = :ref AND s.asker = :asker AND s.node = :node ORDER BY s.seq LIMIT :limit;

-- desk_outsiders --
-- What nodes that are no side of a thread said under its reference.
SELECT s.seq, s.message, s.node, s.doc, s.after, s.what, s.by, s.at, s.came, s.said
  FROM step s WHERE s.ref = :ref AND s.asker = :asker AND s.node NOT IN (:asker, :answerer) ORDER BY s.seq LIMIT :limit;

-- desk_same --
-- Open threads of one side with one node about one subject, for the node itself, the oldest first.
SELECT r.* FROM request r
 WHERE r.subject = :subject AND r.open = 1 AND r.side = :side AND r.form = :form
   AND r.report = :report AND r.amount_minor = :amount_minor AND r.currency = :currency
   AND (CASE WHEN r.side = 'asker' THEN r.answerer ELSE r.asker END) = :node ORDER BY r.seq LIMIT :limit;

-- desk_refused --
-- The newest thread with one node about one subject that was refused, for the node itself.
SELECT r.* FROM request r
 WHERE r.subject = :subject AND r.state = 'refused' AND r.side = :side AND r.form = :form
   AND r.report = :report AND r.amount_minor = :amount_minor AND r.currency = :currency
   AND (CASE WHEN r.side = 'asker' THEN r.answerer ELSE r.asker END) = :node ORDER BY r.seq DESC LIMIT :limit;

-- desk_of_subject --
-- Threads about one subject.
SELECT r.* FROM request r JOIN message m ON m.seq = r.seq
 WHERE r.subject = :subject AND r.subject <> '' AND r.state <> '' AND /*visible m*/ ORDER BY r.seq LIMIT :limit;

-- desk_holding --
-- Threads about one subject that this node answers and in which a bank holds, for the node itself.
SELECT r.* FROM request r
 WHERE r.subject = :subject AND r.subject <> '' AND r.side = 'answerer' AND r.state IN ('held', 'partly')
 ORDER BY r.seq LIMIT :limit;

-- desk_steps_since --
-- What one node said of one kind beyond a place, for the node itself.
SELECT s.seq, s.asker, s.ref FROM step s WHERE s.seq > :after AND s.what = :what AND s.node = :node
 ORDER BY s.seq LIMIT :limit;

-- desk_due_first --
-- Open threads, the next due first.
SELECT r.* FROM request r JOIN message m ON m.seq = r.seq
 WHERE r.open = 1 AND (r.next_due, r.seq) > (:after_due, :after_seq)
   AND (:side = '' OR r.side = :side OR r.asker = r.answerer) AND (:form = '' OR r.form = :form) AND /*visible m*/
 ORDER BY r.next_due, r.seq LIMIT :limit;

-- desk_due_in_state --
-- Open threads in one state, the next due first.
SELECT r.* FROM request r JOIN message m ON m.seq = r.seq
 WHERE r.state = :state AND r.open = 1 AND (r.next_due, r.seq) > (:after_due, :after_seq)
   AND (:side = '' OR r.side = :side OR r.asker = r.answerer) AND (:form = '' OR r.form = :form)
   AND (:node = '' OR (CASE WHEN r.side = 'asker' THEN r.answerer ELSE r.asker END) = :node) AND /*visible m*/
 ORDER BY r.next_due, r.seq LIMIT :limit;

-- desk_due_with --
-- Open threads with one node, the next due first.
SELECT r.* FROM request r JOIN message m ON m.seq = r.seq
 WHERE (CASE WHEN r.side = 'asker' THEN r.answerer ELSE r.asker END) = :node AND r.open = 1
   AND (r.next_due, r.seq) > (:after_due, :after_seq)
   AND (:side = '' OR r.side = :side OR r.asker = r.answerer) AND (:form = '' OR r.form = :form) AND /*visible m*/
 ORDER BY r.next_due, r.seq LIMIT :limit;

-- desk_newest_first --
-- Threads, the newest first, ended ones too.
SELECT r.* FROM request r JOIN message m ON m.seq = r.seq
 WHERE r.seq < :before AND r.state <> '' AND (:side = '' OR r.side = :side OR r.asker = r.answerer) AND (:form = '' OR r.form = :form) AND /*visible m*/
 ORDER BY r.seq DESC LIMIT :limit;

-- desk_newest_in_state --
-- Threads in one state, the newest first.
SELECT r.* FROM request r JOIN message m ON m.seq = r.seq
 WHERE r.state = :state AND r.seq < :before AND (:side = '' OR r.side = :side OR r.asker = r.answerer) AND (:form = '' OR r.form = :form)
   AND (:node = '' OR (CASE WHEN r.side = 'asker' THEN r.answerer ELSE r.asker END) = :node) AND /*visible m*/
 ORDER BY r.seq DESC LIMIT :limit;

-- desk_newest_with --
-- Threads with one node, the newest first, ended ones too.
SELECT r.* FROM request r JOIN message m ON m.seq = r.seq
 WHERE (CASE WHEN r.side = 'asker' THEN r.answerer ELSE r.asker END) = :node AND r.seq < :before AND r.state <> ''
   AND (:side = '' OR r.side = :side OR r.asker = r.answerer) AND (:form = '' OR r.form = :form) AND /*visible m*/
 ORDER BY r.seq DESC LIMIT :limit;

-- desk_of_case --
-- Threads of one case.
SELECT r.* FROM request r JOIN message m ON m.seq = r.seq
 WHERE r.case_ref = :case AND r.case_ref <> '' AND r.state <> '' AND /*visible m*/ ORDER BY r.seq LIMIT :limit;

-- desk_of_report --
-- Threads of one report.
SELECT r.* FROM request r JOIN message m ON m.seq = r.seq
 WHERE r.report = :report AND r.report <> '' AND r.state <> '' AND /*visible m*/ ORDER BY r.seq LIMIT :limit;

-- desk_at --
-- The thread that one place opened or says something in.
SELECT r.* FROM request r JOIN message m ON m.seq = r.seq WHERE r.seq = :seq AND r.state <> '' AND /*visible m*/
UNION ALL
SELECT r.* FROM step s JOIN request r ON r.ref = s.ref AND r.asker = s.asker JOIN message m ON m.seq = r.seq
 WHERE s.seq = :seq AND r.state <> '' AND s.node IN (r.asker, r.answerer) AND /*visible m*/
 LIMIT 1;

-- desk_in_state --
-- Threads in one state on one side, for the node itself.
SELECT r.* FROM request r WHERE r.state = :state AND r.side = :side ORDER BY r.seq LIMIT :limit;

-- desk_clocks --
-- Clocks that run, the next one first.
SELECT c.target, c.clock, c.item, c.at, c.side, c.seq FROM clock c JOIN message m ON m.seq = c.seq
 WHERE c.at > :after AND /*visible m*/ ORDER BY c.at, c.seq LIMIT :limit;

-- desk_clocks_of --
-- Clocks of one thing.
SELECT c.target, c.clock, c.item, c.at, c.side, c.seq FROM clock c WHERE c.seq = :seq ORDER BY c.at;

-- desk_clocks_until --
-- Clocks that ran out by a time, or warn by then, for the node itself.
SELECT c.target, c.clock, c.item, c.at, c.side, c.seq FROM clock c
 WHERE c.at > :after AND c.at <= :until AND (:clock = '' OR c.clock = :clock)
   AND NOT EXISTS (SELECT 1 FROM due d WHERE d.target = c.target AND d.clock = c.clock AND d.item = c.item
                      AND d.due_at = c.at AND d.state = :state)
 ORDER BY c.at LIMIT :limit;

-- desk_own_clocks --
-- Clocks of one kind of threads that this node answers, that ran out by a time, for the node itself.
SELECT c.target, c.clock, c.item, c.at, c.side, c.seq FROM clock c JOIN request r ON r.seq = c.seq
 WHERE c.clock = :clock AND c.at <= :until AND r.side = 'answerer' ORDER BY c.at, c.seq LIMIT :limit;

-- desk_clocks_next --
-- When the next clock after a time runs out, for the node itself.
SELECT min(c.at) FROM clock c WHERE c.at > :after;

-- desk_dues_unseen --
-- What ran out, or warned and still runs, and nobody saw, the earliest first.
SELECT d.target, d.clock, d.item, d.due_at, d.state, d.by, d.at, d.seen_by, d.seen_at, d.seq
  FROM due d JOIN message m ON m.id = d.target
 WHERE d.seen_at = ''
   AND (d.state = 'missed'
        OR d.due_at > :now AND EXISTS (SELECT 1 FROM clock c WHERE c.target = d.target AND c.clock = d.clock
                                          AND c.item = d.item AND c.at = d.due_at))
   AND /*visible m*/ ORDER BY d.due_at, d.seq LIMIT :limit;

-- desk_dues_of --
-- What time did to one thing's clocks.
SELECT d.target, d.clock, d.item, d.due_at, d.state, d.by, d.at, d.seen_by, d.seen_at, d.seq
  FROM due d WHERE d.target = :target ORDER BY d.seq;

-- desk_dues_count --
-- How many clocks ran out that nobody saw, for the node's own notices.
SELECT count(*) FROM due d WHERE d.seen_at = '' AND d.state = 'missed';

-- desk_owner --
-- Who answers for a thing.
SELECT target, owner, offered_to, offered_by, at, seq FROM owned WHERE target = :target;

-- desk_owned_by --
-- What a person answers for.
SELECT target, owner, offered_to, offered_by, at, seq FROM owned WHERE owner = :person ORDER BY seq LIMIT :limit;

-- desk_offered_to --
-- What a person was asked to take.
SELECT target, owner, offered_to, offered_by, at, seq FROM owned WHERE offered_to = :person AND offered_to <> '' ORDER BY seq LIMIT :limit;

-- desk_report --
-- The documents of one report, the newest first.
SELECT r.seq, r.message, r.ref, r.doc, r.by, r.at, r.how, r.area, r.kind, r.state, r.duplicate_of
  FROM report r JOIN message m ON m.seq = r.seq WHERE r.ref = :ref AND /*visible m*/ ORDER BY r.seq DESC LIMIT 1000;

-- desk_reports --
-- Reports as they are now, the newest first.
SELECT r.seq, r.message, r.ref, r.doc, r.by, r.at, r.how, r.area, r.kind, r.state, r.duplicate_of
  FROM report r JOIN message m ON m.seq = r.seq
 WHERE r.seq < :before AND (:state = '' OR r.state = :state)
   AND NOT EXISTS (SELECT 1 FROM report l WHERE l.ref = r.ref AND l.seq > r.seq) AND /*visible m*/
 ORDER BY r.seq DESC LIMIT :limit;

-- desk_report_payments --
-- What one document of a report says was paid.
SELECT scheme, value, minor, currency, at, reference FROM report_payment WHERE seq = :seq ORDER BY number;

-- desk_reports_paying --
-- Reports that tell of a payment to one account as it was written, or with one transaction reference.
SELECT r.seq, r.message, r.ref, r.doc, r.by, r.at, r.how, r.area, r.kind, r.state, r.duplicate_of
  FROM report r JOIN message m ON m.seq = r.seq
 WHERE r.seq IN (SELECT p.seq FROM report_payment p WHERE p.value = :value
                 UNION SELECT p.seq FROM report_payment p WHERE p.reference = :reference AND p.reference <> '')
   AND NOT EXISTS (SELECT 1 FROM report l WHERE l.ref = r.ref AND l.seq > r.seq) AND /*visible m*/
 ORDER BY r.seq DESC LIMIT :limit;

-- desk_report_at --
-- The reference that one place's report or victim has.
SELECT ref FROM report WHERE seq = :seq UNION ALL SELECT ref FROM victim WHERE seq = :seq LIMIT 1;

-- desk_victim --
-- Where it stands who reported something, the newest last.
SELECT v.seq, v.message FROM victim v JOIN message m ON m.seq = v.seq WHERE v.ref = :ref AND /*visible m*/ ORDER BY v.seq;

-- empty_request --
-- Remove every thread.
DELETE FROM request;

-- empty_step --
-- Remove all that was said in threads.
DELETE FROM step;

-- empty_clock --
-- Remove every clock.
DELETE FROM clock;

-- empty_due --
-- Remove what time did.
DELETE FROM due;

-- empty_owned --
-- Remove who answers for what.
DELETE FROM owned;

-- empty_report --
-- Remove every report.
DELETE FROM report;

-- empty_report_payment --
-- Remove what reports say was paid.
DELETE FROM report_payment;

-- empty_victim --
-- Remove where it stands who reported.
DELETE FROM victim;

-- dump_request --
-- Threads in their natural keys.
SELECT message, asker, answerer, side, ref, doc, form, power, desk, urgency, agreement, case_ref, report, by, at, came,
       levels, amount_minor, currency, state, open, next_due, next_clock, next_side, held_minor, blocked_minor, ordered_by,
       acknowledged_by, changed, subject
  FROM request ORDER BY seq;

-- dump_step --
-- What was said in threads.
SELECT message, asker, ref, node, doc, after, what, by, at, came, said FROM step ORDER BY seq;

-- dump_clock --
-- Clocks.
SELECT target, clock, item, at, side, seq FROM clock ORDER BY target, clock, item;

-- dump_due --
-- What time did.
SELECT target, clock, item, due_at, state, by, at, seen_by, seen_at, seq FROM due
 ORDER BY target, clock, item, due_at, state;

-- dump_owned --
-- Who answers for what.
SELECT target, owner, offered_to, offered_by, at, seq FROM owned ORDER BY target;

-- dump_report --
-- Reports.
SELECT message, ref, doc, by, at, how, area, kind, state, duplicate_of FROM report ORDER BY seq;

-- dump_report_payment --
-- What reports say was paid.
SELECT seq, number, scheme, value, minor, currency, at, reference FROM report_payment ORDER BY seq, number;

-- dump_victim --
-- Where it stands who reported.
SELECT message, ref FROM victim ORDER BY seq;
