-- view_case_doc_put --
-- Show what somebody said in a case.
INSERT INTO case_doc (seq, message, opener, ref, node, doc, after, what, by, at, said, short, lang)
VALUES (:seq, :message, :opener, :ref, :node, :doc, :after, :what, :by, :at, :said, :short, :lang)
    ON CONFLICT (seq) DO NOTHING;

-- view_case_doc_of --
-- The case that one place says something in.
SELECT opener, ref FROM case_doc WHERE seq = :seq;

-- view_case_doc_remove --
-- Forget what somebody said.
DELETE FROM case_doc WHERE seq = :seq;

-- view_case_item_put --
-- Show which message a case names as its item.
INSERT INTO case_item (seq, item) VALUES (:seq, :item) ON CONFLICT (seq) DO NOTHING;

-- view_case_item_remove --
-- Forget it.
DELETE FROM case_item WHERE seq = :seq;

-- view_case_put --
-- Show a case as its documents come to.
INSERT INTO case_file (seq, message, opener, ref, title, area, kind, open, standing, joint, coordinator, members,
                       conflicts, waiting, tasks, next_due, by, at, changed)
VALUES (:seq, :message, :opener, :ref, :title, :area, :kind, :open, :standing, :joint, :coordinator, :members,
        :conflicts, :waiting, :tasks, :next_due, :by, :at, :changed);

-- view_case_place --
-- Where a case is shown from.
SELECT seq FROM case_file WHERE ref = :ref AND opener = :opener;

-- view_case_remove --
-- Forget a case as it was.
DELETE FROM case_file WHERE ref = :ref AND opener = :opener;

-- view_case_task_put --
-- Show an open task of this node.
INSERT INTO case_task (message, seq, ref, opener, doc, title, officer, due)
VALUES (:message, :seq, :ref, :opener, :doc, :title, :officer, :due);

-- view_case_tasks_remove --
-- Forget the open tasks of one case.
DELETE FROM case_task WHERE seq = :seq;

-- case_has_ref --
-- Whether a reference names a case.
SELECT 1 FROM case_doc WHERE ref = :ref LIMIT 1;

-- case_docs --
-- What was said in one case, in the order in which it came.
SELECT d.seq, d.message, d.node, d.doc, d.after, d.what, d.by, d.at, d.said, d.short, d.lang
  FROM case_doc d WHERE d.ref = :ref AND d.opener = :opener ORDER BY d.seq;

-- case_named --
-- Cases of one reference: openers may have made the same one.
SELECT c.* FROM case_file c JOIN message m ON m.seq = c.seq WHERE c.ref = :ref AND /*visible m*/ ORDER BY c.seq LIMIT 20;

-- case_one --
-- One case, for the node itself.
SELECT c.* FROM case_file c WHERE c.ref = :ref AND c.opener = :opener;

-- case_by_message --
-- One case, by the message from which it is shown.
SELECT c.* FROM case_file c JOIN message m ON m.seq = c.seq
 WHERE c.seq = (SELECT s.seq FROM message s WHERE s.id = :message) AND /*visible m*/;

-- case_at --
-- The case that one place says something in.
SELECT c.* FROM case_doc d JOIN case_file c ON c.ref = d.ref AND c.opener = d.opener JOIN message m ON m.seq = c.seq
 WHERE d.seq = :seq AND /*visible m*/;

-- case_newest --
-- Cases, the one that changed last first.
SELECT c.* FROM case_file c JOIN message m ON m.seq = c.seq
 WHERE c.changed < :before AND (:state = '' OR c.open = CASE WHEN :state = 'open' THEN 1 ELSE 0 END)
   AND (:node = '' OR c.members LIKE '%' || :node || '%') AND /*visible m*/
 ORDER BY c.changed DESC LIMIT :limit;

-- case_joint_since --
-- Joint cases that changed since a place, for the node itself.
SELECT c.* FROM case_file c WHERE c.changed >= :since AND c.joint = 1 ORDER BY c.changed LIMIT :limit;

-- case_holding --
-- Places that say that one message is an item of a case.
SELECT seq FROM case_item WHERE item = :item ORDER BY seq;

-- case_tasks --
-- Open tasks of this node.
SELECT t.message, t.seq, t.ref, t.opener, t.doc, t.title, t.officer, t.due
  FROM case_task t JOIN message m ON m.seq = t.seq WHERE /*visible m*/ ORDER BY t.seq, t.message LIMIT :limit;

-- case_task --
-- One open task of this node.
SELECT t.message, t.seq, t.ref, t.opener, t.doc, t.title, t.officer, t.due
  FROM case_task t JOIN message m ON m.seq = t.seq WHERE t.message = :message AND /*visible m*/;

-- case_releases --
-- Which of what this node said in a case went over which channels.
SELECT d.seq, x.channel
  FROM case_doc d JOIN released r ON r.home = d.message JOIN message x ON x.seq = r.seq
 WHERE d.ref = :ref AND d.opener = :opener AND d.node = :node ORDER BY d.seq, x.channel;

-- empty_case_doc --
-- Remove what was said in cases.
DELETE FROM case_doc;

-- empty_case_file --
-- Remove every case.
DELETE FROM case_file;

-- empty_case_item --
-- Remove every item.
DELETE FROM case_item;

-- empty_case_task --
-- Remove every task.
DELETE FROM case_task;

-- dump_case_doc --
-- What was said in cases.
SELECT message, opener, ref, node, doc, after, what, by, at, said, short, lang FROM case_doc ORDER BY seq;

-- dump_case_file --
-- Cases.
SELECT message, opener, ref, title, area, kind, open, standing, joint, coordinator, members, conflicts, waiting, tasks,
       next_due, by, at, changed
  FROM case_file ORDER BY seq;

-- dump_case_item --
-- Items.
SELECT seq, item FROM case_item ORDER BY seq;

-- dump_case_task --
-- Tasks.
SELECT message, seq, ref, opener, doc, title, officer, due FROM case_task ORDER BY message;
